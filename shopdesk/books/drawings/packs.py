"""Drawings of what comes in packs, bottles, jars and cups."""

from __future__ import annotations

from shopdesk.books.drawings.canvas import Canvas, darker, lighter

WHITE, CREAM = "#ffffff", "#fff6e4"


def cup(c: Canvas, colour: str) -> None:
    """A cup of something hot."""
    c.shadow(rx=30)
    c.ring(74, 55, 11, 11, colour, 5)
    c.box(24, 40, 74, 60, colour)
    c.pie(49, 60, 25, 22, 0, 180, colour)
    c.oval(49, 40, 25, 6, lighter(colour, 0.3))
    c.oval(49, 40.5, 21, 4.4, "#6b4226")
    for x in (40, 50, 60):
        c.line([(x, 32), (x - 2.5, 27), (x + 2.5, 22), (x, 17)], lighter(c.ground, 0.8), 2.4)


def takeaway(c: Canvas, colour: str) -> None:
    """A paper cup with a lid."""
    c.shadow(rx=20)
    c.shape([(32, 30), (68, 30), (63, 84), (37, 84)], CREAM)
    c.shape([(33.5, 46), (66.5, 46), (64.3, 68), (35.7, 68)], colour)
    c.box(28, 24, 72, 31, darker(colour, 0.35), 2)
    c.box(33, 18, 67, 25, darker(colour, 0.25), 2)
    c.leaf(50, 63, 13, -90, lighter(colour, 0.6), 0.6)


def bottle(c: Canvas, colour: str) -> None:
    """A slim bottle of wine, oil or juice."""
    c.shadow(rx=16)
    c.box(45, 12, 55, 34, darker(colour, 0.15), 2)
    c.box(44, 11, 56, 18, darker(colour, 0.45), 1.5)
    c.oval(50, 42, 15, 13, colour)
    c.box(35, 42, 65, 84, colour, 4)
    c.box(35, 52, 65, 72, CREAM)
    c.oval(50, 62, 6, 6, colour)
    c.box(39, 40, 42, 80, lighter(colour, 0.35), 1.5)


def beer(c: Canvas, colour: str) -> None:
    """A brown bottle with a crown cap beside a full glass."""
    c.shadow(rx=32)
    c.box(27, 16, 36, 40, "#6a4326", 2)
    c.box(25.5, 12, 37.5, 18, "#d7b45a", 1.5)
    c.box(20, 38, 43, 84, "#6a4326", 6)
    c.box(20, 52, 43, 70, colour)
    c.star(31.5, 61, 6, WHITE, 6, 0.5)
    c.box(53, 40, 80, 84, "#f0b63c", 4)
    for x in (58, 66, 74):
        c.oval(x, 40, 6.5, 6, WHITE)
    c.box(57, 48, 61, 78, "#f8d27e", 2)


def can(c: Canvas, colour: str) -> None:
    """A drinks can."""
    c.shadow(rx=19)
    c.box(33, 20, 67, 84, colour, 6)
    c.box(36, 16, 64, 22, "#c8ced3", 2)
    c.oval(50, 17.5, 6, 2, "#9aa3aa")
    c.shape([(33, 60), (67, 40), (67, 54), (33, 74)], lighter(colour, 0.55))
    c.box(38, 24, 41, 80, lighter(colour, 0.35), 1.5)


def carton(c: Canvas, colour: str) -> None:
    """A carton of milk or juice."""
    c.shadow(rx=22)
    c.box(32, 36, 68, 84, WHITE, 2)
    c.shape([(32, 37), (40, 22), (60, 22), (68, 37)], lighter(colour, 0.45))
    c.box(39, 15, 61, 23, colour, 1.5)
    c.box(32, 58, 68, 84, colour, 2)
    c.oval(50, 54, 12, 12, lighter(colour, 0.65))
    c.leaf(50, 62, 16, -90, colour, 0.7)


def pouch(c: Canvas, colour: str) -> None:
    """A bag of coffee, rice or nuts."""
    c.shadow(rx=24)
    c.shape([(32, 24), (68, 24), (73, 84), (27, 84)], colour)
    c.box(31, 17, 69, 25, darker(colour, 0.25), 1)
    c.box(37, 42, 63, 68, CREAM, 3)
    c.oval(50, 55, 8.5, 11, darker(colour, 0.3))
    c.line([(50, 46), (48, 52), (52, 58), (50, 64)], CREAM, 1.8)


def teabox(c: Canvas, colour: str) -> None:
    """A box of tea with a bag on its string."""
    c.shadow(rx=34)
    c.box(20, 32, 66, 82, colour, 2)
    c.box(20, 32, 66, 42, darker(colour, 0.18), 2)
    c.oval(43, 61, 13, 13, CREAM)
    c.leaf(43, 71, 19, -90, "#5c9a55", 0.5)
    c.line([(66, 40), (76, 44), (78, 56)], "#b9a88a", 1.4)
    c.shape([(72, 56), (84, 56), (86, 78), (70, 78)], "#e6d3b0")
    c.box(73, 62, 83, 76, "#8a6a3e", 2)


def jar(c: Canvas, colour: str) -> None:
    """A jar of honey or jam with a cloth lid."""
    c.shadow(rx=24)
    c.box(28, 34, 72, 84, colour, 8)
    c.box(31, 37, 35, 80, lighter(colour, 0.4), 2)
    c.box(27, 22, 73, 34, "#e8e2d6", 3)
    for x in range(30, 73, 6):
        c.oval(x, 34, 3, 2.6, "#e8e2d6")
    c.box(36, 48, 66, 70, CREAM, 2)
    c.star(51, 59, 8, darker(colour, 0.1), 6, 0.8)


def tin(c: Canvas, colour: str) -> None:
    """A tin."""
    c.shadow(rx=26)
    c.box(26, 32, 74, 82, "#b7c0c6", 3)
    c.box(26, 40, 74, 76, colour)
    c.oval(50, 32, 24, 6, "#d6dce0")
    c.oval(50, 32, 19, 4.2, "#a9b3ba")
    c.oval(50, 58, 12, 12, lighter(colour, 0.7))
    c.leaf(44, 64, 16, -45, darker(colour, 0.1), 0.6)


def box(c: Canvas, colour: str) -> None:
    """An upright box of pasta, cereal or detergent with a window."""
    c.shadow(rx=26)
    c.box(28, 18, 66, 84, colour, 2)
    c.shape([(66, 18), (75, 25), (75, 80), (66, 84)], darker(colour, 0.22))
    c.box(34, 26, 60, 36, CREAM, 2)
    c.oval(47, 60, 13, 16, CREAM)
    for y in (52, 58, 64, 70):
        c.line([(39, y), (43, y - 3), (47, y), (51, y - 3), (55, y)], "#e3b04b", 2.2)


def tub(c: Canvas, colour: str) -> None:
    """A cup of yoghurt, butter or cream with a foil lid."""
    c.shadow(rx=24)
    c.shape([(28, 38), (72, 38), (65, 84), (35, 84)], WHITE)
    c.shape([(29.6, 50), (70.4, 50), (67, 72), (33, 72)], colour)
    c.oval(50, 38, 24, 6, "#d3d9dd")
    c.shape([(70, 36), (81, 32), (76, 41)], "#c2cad0")
    c.oval(50, 61, 8, 8, lighter(colour, 0.6))


def pump(c: Canvas, colour: str) -> None:
    """A bottle with a pump: soap, shampoo."""
    c.shadow(rx=20)
    c.line([(36, 20), (50, 18), (50, 34)], darker(colour, 0.4), 4)
    c.box(43, 30, 57, 38, darker(colour, 0.3), 1.5)
    c.box(31, 37, 69, 84, colour, 9)
    c.box(31, 52, 69, 72, WHITE)
    c.oval(44, 62, 5, 5, lighter(colour, 0.3))
    c.oval(54, 59, 3.4, 3.4, lighter(colour, 0.5))
    c.oval(56, 66, 2.4, 2.4, lighter(colour, 0.3))


def tube(c: Canvas, colour: str) -> None:
    """A tube of toothpaste or cream."""
    c.shadow(rx=18)
    c.box(30, 12, 70, 18, darker(colour, 0.2), 1)
    c.shape([(31, 18), (69, 18), (61, 72), (39, 72)], colour)
    c.shape([(34.5, 34), (65.5, 34), (63.2, 50), (36.8, 50)], WHITE)
    c.box(41, 72, 59, 84, darker(colour, 0.4), 2)
    c.line([(41, 42), (55, 42)], colour, 2.4)
