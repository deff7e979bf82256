"""Texts made comparable for search: no accents, no case, words of letters and digits only."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
"""Letters that Unicode does not take apart into a base letter and a mark."""


_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
"""What each ASCII sign is in a folded text, by its number."""


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """The words of a text in lower case without accents, one space between them: ``Crème Brûlée-2`` is ``creme brulee 2``."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(sign))
    return " ".join("".join(sign if _in_word(sign) else " " for sign in plain).split())


def folded_words(text: str) -> tuple[str, ...]:
    """The words of ``folded``."""
    return tuple(folded(text).split())


@lru_cache(maxsize=4096)
def _in_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM"
