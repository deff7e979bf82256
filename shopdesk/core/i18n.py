"""Words in a person's language: gettext, chosen when somebody signs in and changeable while running."""

from __future__ import annotations

import gettext as _gettext
from functools import lru_cache

from shopdesk.core.paths import resource_path

DOMAIN = "shopdesk"
SOURCE_LANGUAGE = "en"
_FROM_THE_RIGHT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_OWN_NAMES = {"ar": "العربية", "de": "Deutsch", "en": "English"}

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()
_language = SOURCE_LANGUAGE


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a text as translatable where it is declared; it is translated where it is shown."""
    return text


def _(text: str) -> str:
    """The text in the language of the moment."""
    return _catalogue.gettext(text) if text else text


def ngettext(one: str, many: str, count: int) -> str:
    """The text for a count, in as many forms as the language has (Arabic has six)."""
    return _catalogue.ngettext(one, many, count)


def use_language(language: str) -> None:
    """Switch to a language (``de``, ``de_AT``); one without a catalogue falls back to English, in words only."""
    global _catalogue, _language
    _catalogue = _gettext.translation(DOMAIN, str(resource_path("locale")), languages=_fitting(language), fallback=True)
    _language = language


def language() -> str:
    """The language code in use."""
    return _language


def from_the_right(language: str = "") -> bool:
    """Whether a language (that of the moment, if none is named) is written from right to left."""
    return (language or _language).replace("-", "_").split("_", 1)[0] in _FROM_THE_RIGHT


@lru_cache(maxsize=1)
def languages() -> tuple[tuple[str, str], ...]:
    """The languages the program speaks: code, and name in the language itself."""
    folders = resource_path("locale").glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    codes = {SOURCE_LANGUAGE, *(file.parent.parent.name for file in folders)}
    return tuple(sorted(((code, _own_name(code)) for code in codes), key=lambda pair: pair[1].casefold()))


def _own_name(code: str) -> str:
    if code in _OWN_NAMES:
        return _OWN_NAMES[code]
    from babel import Locale

    locale = Locale.parse(code)
    return str(locale.get_display_name(locale) or code)


def _fitting(language: str) -> list[str]:
    """The language, then it without its country."""
    whole = language.replace("-", "_")
    return list(dict.fromkeys((whole, whole.split("_", 1)[0])))
