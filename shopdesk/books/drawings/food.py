"""Drawings of things to eat: fruit, vegetables, bread, sweets, what comes in packs and jars."""

from __future__ import annotations

from shopdesk.books.drawings.canvas import Canvas, darker, lighter

GREEN, STALK, CRUST = "#4f9d5d", "#7a5230", "#c98a4b"


def fruit(c: Canvas, colour: str) -> None:
    """An apple, or any round fruit with a stalk and a leaf."""
    c.shadow()
    c.oval(42, 56, 21, 24, colour)
    c.oval(58, 56, 21, 24, colour)
    c.oval(40, 50, 7, 10, lighter(colour, 0.35))
    c.line([(50, 36), (52, 24)], STALK, 3)
    c.leaf(52, 30, 20, -25, GREEN)


def citrus(c: Canvas, colour: str) -> None:
    """An orange or a lemon beside its cut half."""
    c.shadow(rx=32)
    c.oval(40, 56, 24, 24, colour)
    c.oval(33, 48, 7, 9, lighter(colour, 0.35))
    c.leaf(42, 33, 15, -40, GREEN)
    c.oval(67, 64, 18, 18, colour)
    c.oval(67, 64, 15.5, 15.5, lighter(colour, 0.75))
    for start in range(0, 360, 60):
        c.pie(67, 64, 13.5, 13.5, start + 5, start + 55, lighter(colour, 0.2))


def banana(c: Canvas, colour: str) -> None:
    """Two bananas."""
    c.shadow(rx=30)
    for shift, tone in ((0, darker(colour, 0.08)), (7, colour)):
        c.arc(52, 28 + shift, 36, 40, 25, 150, tone, 14)
        c.oval(84, 45 + shift, 4, 4, STALK)
        c.oval(21, 48 + shift, 3.4, 3.4, STALK)


def grapes(c: Canvas, colour: str) -> None:
    """A bunch of grapes."""
    c.shadow(rx=18)
    c.line([(50, 32), (50, 18)], STALK, 3)
    c.leaf(50, 26, 24, -10, GREEN, 0.6)
    for row, count in enumerate((4, 4, 3, 2, 1)):
        for place in range(count):
            x, y = 50 + (place - (count - 1) / 2) * 14, 36 + row * 10.5
            c.oval(x, y, 7.6, 7.6, colour)
            c.oval(x - 2.2, y - 2.6, 2, 2.2, lighter(colour, 0.5))


def berries(c: Canvas, colour: str) -> None:
    """A punnet of berries."""
    c.shadow(rx=30)
    for x, y in ((30, 52), (43, 46), (57, 46), (70, 52), (36, 58), (50, 56), (64, 58)):
        c.oval(x, y, 9, 10, colour)
        c.oval(x - 2.5, y - 3, 2, 2.4, lighter(colour, 0.5))
        c.star(x, y - 8, 5, GREEN, 5, 0.5)
    c.shape([(18, 58), (82, 58), (75, 82), (25, 82)], "#8fc1a9")
    c.box(16, 56, 84, 62, "#79ad94", 2)


def carrot(c: Canvas, colour: str) -> None:
    """A bunch of carrots."""
    c.shadow(rx=24)
    for x, bottom in ((34, 76), (66, 76), (50, 84)):
        for angle in (-110, -90, -70):
            c.leaf(x, 38, 24, angle, GREEN, 0.35)
        c.shape([(x - 9, 38), (x + 9, 38), (x + 1.5, bottom), (x - 1.5, bottom)], colour)
        c.oval(x, 38, 9, 5, colour)
        for y in (48, 58):
            c.line([(x - 5, y), (x, y)], darker(colour, 0.15), 1.4)


def tomato(c: Canvas, colour: str) -> None:
    """A tomato."""
    c.shadow()
    c.oval(50, 58, 28, 24, colour)
    c.oval(38, 50, 7, 8, lighter(colour, 0.4))
    c.star(50, 38, 16, GREEN, 5, 0.3)
    c.line([(50, 38), (52, 27)], GREEN, 3)


def potato(c: Canvas, colour: str) -> None:
    """Three potatoes."""
    c.shadow(rx=32)
    for x, y, rx, ry in ((36, 62, 20, 17), (66, 64, 19, 15), (52, 46, 19, 15)):
        c.oval(x, y, rx, ry, colour)
        c.oval(x - 6, y - 5, 5, 4, lighter(colour, 0.25))
        for dx, dy in ((4, 3), (-3, 6), (9, -3)):
            c.oval(x + dx, y + dy, 1.2, 1, darker(colour, 0.3))


def salad(c: Canvas, colour: str) -> None:
    """A head of lettuce, cabbage or broccoli."""
    c.shadow()
    for x, y, size in ((34, 54, 18), (66, 54, 18), (50, 42, 19), (40, 66, 17), (60, 66, 17)):
        c.star(x, y, size, darker(colour, 0.12), 11, 0.82)
    c.star(50, 57, 19, colour, 11, 0.82)
    c.star(50, 58, 11, lighter(colour, 0.35), 9, 0.8)


def loaf(c: Canvas, colour: str) -> None:
    """A loaf of bread."""
    c.shadow(rx=36)
    c.oval(50, 56, 36, 24, darker(colour, 0.18))
    c.oval(50, 52, 36, 23, colour)
    for x in (30, 46, 62):
        c.line([(x, 44), (x + 9, 56)], lighter(colour, 0.5), 4)


def baguette(c: Canvas, colour: str) -> None:
    """Two baguettes in a paper bag."""
    c.shadow(rx=20)
    for x in (43, 58):
        c.line([(x, 24), (x, 70)], colour, 14)
        for y in (24, 36, 48):
            c.line([(x - 4, y + 4), (x + 4, y - 2)], lighter(colour, 0.5), 2.6)
    c.box(30, 50, 71, 84, "#e9d9bd", 2)
    c.shape([(30, 50), (37, 45), (44, 50), (51, 45), (58, 50), (65, 45), (71, 50)], "#e9d9bd")
    c.star(50, 67, 8, "#c9a876", 8, 0.6)


def roll(c: Canvas, colour: str) -> None:
    """A round roll with a cross and seeds."""
    c.shadow(rx=28)
    c.oval(50, 62, 31, 20, darker(colour, 0.2))
    c.oval(50, 56, 31, 23, colour)
    c.line([(34, 54), (66, 54)], lighter(colour, 0.5), 3.4)
    c.line([(50, 38), (50, 70)], lighter(colour, 0.5), 3.4)
    for x, y in ((36, 46), (62, 44), (38, 64), (64, 64), (44, 40)):
        c.oval(x, y, 1.6, 2.2, "#f6e7c8")


def croissant(c: Canvas, colour: str) -> None:
    """A croissant."""
    c.shadow(rx=32)
    c.arc(50, 72, 32, 36, 190, 350, colour, 21)
    c.oval(50, 47, 15, 12.5, darker(colour, 0.06))
    for x, y, size in ((32, 54, 10), (68, 54, 10), (22, 66, 6.5), (78, 66, 6.5)):
        c.oval(x, y, size, size, colour)
    for x1, y1, x2, y2 in ((40, 38, 43, 57), (60, 38, 57, 57), (28, 46, 34, 62), (72, 46, 66, 62)):
        c.line([(x1, y1), (x2, y2)], darker(colour, 0.22), 2)


def cake(c: Canvas, colour: str) -> None:
    """A slice of cake."""
    c.shadow(rx=34)
    c.shape([(18, 52), (82, 40), (82, 74), (18, 78)], "#f2d9a8")
    c.shape([(18, 60), (82, 51), (82, 56), (18, 65)], colour)
    c.shape([(18, 52), (60, 32), (82, 40)], lighter(colour, 0.2))
    c.shape([(18, 52), (82, 40), (82, 46), (18, 58)], lighter(colour, 0.35))
    c.oval(60, 32, 6, 6, "#d8324a")
    c.oval(58, 30, 1.6, 1.6, "#f7b6be")


def cookie(c: Canvas, colour: str) -> None:
    """Two cookies with chips."""
    c.shadow(rx=30)
    for x, y, size in ((60, 50, 23), (40, 60, 23)):
        c.oval(x, y, size, size, darker(colour, 0.12))
        c.oval(x, y - 1.5, size, size, colour)
        for dx, dy in ((-9, -8), (6, -10), (11, 3), (-3, 4), (-12, 6), (4, 13)):
            c.oval(x + dx, y + dy, 3, 2.8, "#5a3825")


def chocolate(c: Canvas, colour: str) -> None:
    """A bar of chocolate half out of its wrapper."""
    c.shadow(rx=24)
    c.box(32, 18, 68, 60, "#5b3a29", 2)
    for x in (38, 50.2):
        for y in (23, 35, 47):
            c.box(x, y, x + 11, y + 10.5, "#6d4733", 1.5)
    c.box(29, 48, 71, 83, colour, 2)
    c.box(29, 48, 71, 53, lighter(colour, 0.4))
    c.star(50, 67, 9, lighter(colour, 0.65), 8, 0.55)


def ice(c: Canvas, colour: str) -> None:
    """An ice cream in a cone."""
    c.shadow(rx=10)
    c.shape([(34, 48), (66, 48), (50, 86)], "#d9a45f")
    for x in (40, 47, 54):
        c.line([(x, 50), (x + 6, 62)], "#b9813f", 1.2)
    c.oval(50, 38, 19, 18, colour)
    c.oval(39, 47, 6, 6, colour)
    c.oval(50, 49, 6, 6, colour)
    c.oval(61, 47, 6, 6, colour)
    c.oval(43, 31, 5, 4, lighter(colour, 0.55))
    c.oval(52, 19, 4.5, 4.5, "#d8324a")


def cheese(c: Canvas, colour: str) -> None:
    """A wedge of cheese."""
    c.shadow(rx=34)
    c.shape([(16, 62), (64, 34), (84, 48), (84, 54)], lighter(colour, 0.3))
    c.shape([(16, 62), (84, 50), (84, 76), (16, 80)], colour)
    for x, y, size in ((34, 70, 5), (58, 66, 6.5), (74, 60, 3.6), (46, 60, 2.8)):
        c.oval(x, y, size, size * 0.9, darker(colour, 0.18))


def eggs(c: Canvas, colour: str) -> None:
    """Eggs in a box."""
    c.shadow(rx=36)
    for x in (29, 43, 57, 71):
        c.oval(x, 52, 8.5, 12, colour)
        c.oval(x - 2.5, 47, 2, 3, lighter(colour, 0.6))
    c.box(16, 54, 84, 80, "#9aa7a1", 4)
    for x in (29, 43, 57, 71):
        c.oval(x, 56, 8, 4, "#87958f")


def fish(c: Canvas, colour: str) -> None:
    """A fish."""
    c.shadow(rx=34)
    c.shape([(70, 55), (88, 40), (84, 55), (88, 70)], darker(colour, 0.12))
    c.oval(46, 55, 30, 17, colour)
    c.pie(46, 55, 30, 17, 125, 235, lighter(colour, 0.25))
    c.oval(28, 51, 3, 3, "#ffffff")
    c.oval(28, 51, 1.5, 1.5, "#22303a")
    for x in (46, 55, 64):
        c.arc(x - 6, 55, 8, 9, -50, 50, darker(colour, 0.15), 1.6)


def sausage(c: Canvas, colour: str) -> None:
    """Sausages on a string."""
    c.shadow(rx=28)
    for y in (38, 55, 72):
        c.line([(30, y), (70, y)], colour, 13)
        c.line([(32, y - 3.5), (60, y - 3.5)], lighter(colour, 0.3), 2)
        for x in (22, 78):
            c.oval(x, y, 2, 2, darker(colour, 0.35))


def pizza(c: Canvas, colour: str) -> None:
    """A slice of pizza."""
    c.shadow(y=88, rx=12)
    c.shape([(20, 32), (80, 32), (50, 86)], "#f3c65a")
    c.line([(19, 30), (81, 30)], CRUST, 10)
    for x, y, size in ((38, 44, 6), (60, 46, 6.5), (50, 61, 5.5)):
        c.oval(x, y, size, size, colour)
    c.leaf(44, 54, 9, 20, GREEN)
    c.leaf(58, 57, 8, 140, GREEN)
