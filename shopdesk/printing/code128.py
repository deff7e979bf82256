"""Code 128 as bars: the shortest mix of letters (set B) and pairs of figures (set C) for printable ASCII."""

from __future__ import annotations

from typing import Final

# Widths of bars and spaces of the values 0 to 105 in turn (ISO/IEC 15417, table 1).
_WIDTHS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231"
    "113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211"
    "212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131"
    "113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111"
    "314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211"
    "241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214"
    "211232"
)
_MODULES: Final = tuple(
    "".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(_WIDTHS[at : at + 6]))
    for at in range(0, len(_WIDTHS), 6)
)
_STOP: Final = "1100011101011"
_TO: Final = {"B": 100, "C": 99}
_START: Final = {"B": 104, "C": 105}


def code128(text: str) -> str:
    """The bars of a text of printable ASCII as ``1`` and ``0``, one a module, start, check and stop included."""
    values = _shortest(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return "".join(_MODULES[value] for value in (*values, check)) + _STOP


def _shortest(text: str) -> list[int]:
    """The symbols with the start before them: from the end of the text, the best way on from each set."""
    best: dict[str, list[int]] = {"B": [], "C": []}
    after_pair = best
    for at in range(len(text) - 1, -1, -1):
        ways: dict[str, list[int]] = {"B": [ord(text[at]) - 32, *best["B"]]}
        pair = text[at : at + 2]
        if len(pair) == 2 and pair.isdigit():
            ways["C"] = [int(pair), *after_pair["C"]]
        now = {}
        for codes in "BC":
            reached = [(len(way) + (codes != other), codes != other, other) for other, way in ways.items()]
            _length, _switch, chosen = min(reached)
            now[codes] = ways[chosen] if chosen == codes else [_TO[chosen], *ways[chosen]]
        after_pair, best = best, now
    starts = [[_START[codes], *way] for codes, way in best.items()]
    return min(starts, key=len)
