"""Words in the shop's language: gettext, chosen once and changeable while running."""

from __future__ import annotations

import gettext as _gettext

from shopdesk.core.paths import resource_path

_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()
_language = "en"


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a text as translatable where it is declared; it is translated where it is shown."""
    return text


def _(text: str) -> str:
    """The text in the language of the moment."""
    return _catalogue.gettext(text) if text else text


def ngettext(one: str, many: str, count: int) -> str:
    """The singular or plural text for a count."""
    return _catalogue.ngettext(one, many, count)


def use_language(language: str) -> None:
    """Switch to a language; an unknown one falls back to English."""
    global _catalogue, _language
    folder = str(resource_path("locale"))
    _catalogue = _gettext.translation("shopdesk", folder, languages=[language], fallback=True)
    _language = language


def language() -> str:
    """The language code in use."""
    return _language
