"""Breaking text into lines that fit, whatever a line is measured in."""

from __future__ import annotations

from collections.abc import Callable

Measure = Callable[[str], int]


def wrap(text: str, room: int, measure: Measure, most_lines: int = 8) -> list[str]:
    """Lines no wider than ``room``, broken at spaces, inside a word only where the word alone is too wide.

    At most ``most_lines`` lines; the rest is dropped. A single character wider than the room is dropped too.
    """
    if measure(text) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if measure(longer) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        pieces = _pieces(word, room, measure)
        lines.extend(pieces[:-1])
        line = pieces[-1]
        if len(lines) >= most_lines:
            return lines[:most_lines]
    if line:
        lines.append(line)
    return lines[:most_lines] or [""]


def _pieces(word: str, room: int, measure: Measure) -> list[str]:
    if measure(word) <= room:
        return [word]
    pieces: list[str] = []
    piece = ""
    for char in word:
        if measure(piece + char) <= room:
            piece += char
            continue
        if piece:
            pieces.append(piece)
        piece = char if measure(char) <= room else ""
    return [*pieces, piece]


def wrap_or_cut(text: str, room: int, measure: Measure, most_lines: int) -> list[str]:
    """Lines as ``wrap`` makes them; where they are too many the last one ends with an ellipsis."""
    lines = wrap(text, room, measure, most_lines + 1)
    if len(lines) <= most_lines:
        return lines
    kept = lines[:most_lines]
    last = kept[-1]
    while last and measure(f"{last}…") > room:
        last = last[:-1].rstrip()
    kept[-1] = f"{last}…"
    return kept
