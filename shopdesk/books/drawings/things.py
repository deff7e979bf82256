"""Drawings of things for the house, to wear, to read and to play with."""

from __future__ import annotations

from shopdesk.books.drawings.canvas import Canvas, darker, lighter

WHITE, WOOD, GREEN = "#ffffff", "#b98652", "#4f9d5d"


def mug(c: Canvas, colour: str) -> None:
    """A mug with a stripe."""
    c.shadow(rx=28)
    c.ring(72, 54, 12, 14, colour, 6)
    c.box(25, 30, 70, 82, colour, 6)
    c.box(25, 48, 70, 62, lighter(colour, 0.55))
    c.oval(47.5, 31, 22.5, 5, darker(colour, 0.25))


def plate(c: Canvas, colour: str) -> None:
    """A deep bowl."""
    c.shadow(rx=24)
    c.pie(50, 46, 35, 36, 0, 180, colour)
    c.box(38, 76, 62, 83, darker(colour, 0.2), 2)
    c.oval(50, 46, 35, 8, lighter(colour, 0.4))
    c.oval(50, 46.5, 30, 6, darker(colour, 0.12))
    for x in (32, 50, 68):
        c.oval(x, 63, 3, 3, lighter(colour, 0.6))


def candle(c: Canvas, colour: str) -> None:
    """A candle in a glass."""
    c.shadow(rx=24)
    c.box(30, 42, 70, 83, lighter(colour, 0.3), 5)
    c.box(30, 52, 70, 83, colour, 5)
    c.box(39, 60, 61, 74, WHITE, 2)
    c.line([(50, 52), (50, 40)], "#4a4038", 1.6)
    c.leaf(50, 42, 24, -90, "#f2a33a", 0.55)
    c.leaf(50, 41, 13, -90, "#fbe08a", 0.55)


def plant(c: Canvas, colour: str) -> None:
    """A plant in a pot."""
    c.shadow(rx=22)
    for angle, length in ((-90, 44), (-120, 40), (-60, 40), (-150, 32), (-30, 32)):
        c.leaf(50, 62, length, angle, GREEN if angle % 60 else darker(GREEN, 0.15), 0.38)
    c.shape([(32, 60), (68, 60), (63, 84), (37, 84)], colour)
    c.box(29, 56, 71, 64, darker(colour, 0.15), 2)


def flowers(c: Canvas, colour: str) -> None:
    """A bunch of flowers in paper."""
    c.shadow(rx=14)
    for x, y in ((34, 34), (50, 26), (66, 34), (42, 44), (58, 44)):
        c.line([(x, y), (50, 70)], GREEN, 2)
        for dx, dy in ((0, -6), (6, -1), (3.6, 5), (-3.6, 5), (-6, -1)):
            c.oval(x + dx, y + dy, 5, 5, colour)
        c.oval(x, y, 4, 4, "#f7d35b")
    c.shape([(28, 50), (72, 50), (54, 86), (46, 86)], "#e9dcc3")
    c.shape([(28, 50), (50, 58), (46, 86)], "#dccba9")


def towel(c: Canvas, colour: str) -> None:
    """Folded towels."""
    c.shadow(rx=34)
    for y, tone in ((66, darker(colour, 0.12)), (52, colour), (38, lighter(colour, 0.3))):
        c.box(20, y, 80, y + 15, tone, 6)
        c.box(20, y + 9.5, 80, y + 11.5, lighter(tone, 0.4))


def soap(c: Canvas, colour: str) -> None:
    """A bar of soap with bubbles."""
    c.shadow(rx=32)
    c.box(20, 52, 80, 80, darker(colour, 0.12), 11)
    c.box(20, 48, 80, 75, colour, 11)
    c.box(31, 56, 69, 67, lighter(colour, 0.35), 5)
    for x, y, size in ((34, 36, 7), (50, 28, 9), (66, 38, 6), (58, 18, 4)):
        c.oval(x, y, size, size, lighter(c.ground, 0.7))
        c.oval(x - size / 3, y - size / 3, size / 4, size / 4, WHITE)


def brush(c: Canvas, colour: str) -> None:
    """A brush with a wooden handle."""
    c.shadow(rx=26)
    c.line([(24, 78), (58, 44)], WOOD, 8)
    c.box(50, 22, 84, 40, WOOD, 7)
    for x in range(54, 82, 4):
        c.line([(x, 40), (x - 1.5, 58)], colour, 3)


def bulb(c: Canvas, colour: str) -> None:
    """A light bulb."""
    c.shadow(rx=14)
    c.oval(50, 40, 23, 23, colour)
    c.shape([(36, 56), (64, 56), (58, 70), (42, 70)], colour)
    for y in (70, 75, 80):
        c.box(41, y, 59, y + 4, "#8c979e", 2)
    c.line([(44, 56), (46, 42), (50, 48), (54, 42), (56, 56)], darker(colour, 0.3), 1.8)
    c.oval(41, 32, 5, 7, WHITE)


def shirt(c: Canvas, colour: str) -> None:
    """A T-shirt."""
    c.shape(
        [
            (36, 22),
            (20, 30),
            (12, 48),
            (25, 54),
            (30, 46),
            (30, 82),
            (70, 82),
            (70, 46),
            (75, 54),
            (88, 48),
            (80, 30),
            (64, 22),
        ],
        colour,
    )
    c.pie(50, 21, 14, 11, 0, 180, darker(colour, 0.2))
    c.pie(50, 19, 12, 10, 0, 180, c.ground)
    c.star(50, 54, 11, lighter(colour, 0.55), 5, 0.5)


def socks(c: Canvas, colour: str) -> None:
    """A pair of socks."""
    for shift, tone in ((14, darker(colour, 0.15)), (0, colour)):
        c.box(26 + shift, 18, 48 + shift, 62, tone, 3)
        c.line([(37 + shift, 66), (60 + shift, 72)], tone, 21)
        c.box(26 + shift, 18, 48 + shift, 26, lighter(tone, 0.5), 3)
        for y in (34, 43):
            c.box(26 + shift, y, 48 + shift, y + 4, lighter(tone, 0.4))


def cap(c: Canvas, colour: str) -> None:
    """A woolly hat."""
    c.shadow(rx=30)
    c.oval(50, 20, 8, 8, lighter(colour, 0.5))
    c.pie(50, 62, 32, 40, 180, 360, colour)
    for x in (34, 50, 66):
        c.line([(x, 36), (x, 58)], darker(colour, 0.12), 2)
    c.box(15, 58, 85, 76, lighter(colour, 0.35), 5)
    for x in range(20, 84, 7):
        c.line([(x, 61), (x, 73)], lighter(colour, 0.15), 1.6)


def bag(c: Canvas, colour: str) -> None:
    """A tote bag."""
    c.shadow(rx=28)
    c.arc(50, 40, 15, 24, 180, 360, darker(colour, 0.2), 4)
    c.shape([(24, 38), (76, 38), (81, 84), (19, 84)], colour)
    c.leaf(50, 74, 26, -90, lighter(colour, 0.55), 0.55)
    c.leaf(50, 76, 18, -140, lighter(colour, 0.45), 0.5)
    c.leaf(50, 76, 18, -40, lighter(colour, 0.45), 0.5)


def book(c: Canvas, colour: str) -> None:
    """A book."""
    c.shadow(rx=28)
    c.box(27, 18, 76, 82, "#f4efe4", 2)
    c.box(24, 15, 72, 79, colour, 2)
    c.box(24, 15, 31, 79, darker(colour, 0.2), 2)
    c.box(38, 26, 66, 40, lighter(colour, 0.65), 1.5)
    c.oval(52, 58, 9, 9, lighter(colour, 0.4))


def notebook(c: Canvas, colour: str) -> None:
    """A notebook with rings and a pencil."""
    c.shadow(rx=28)
    c.box(28, 18, 72, 82, colour, 3)
    c.box(34, 30, 66, 46, WHITE, 2)
    for y in range(24, 80, 8):
        c.oval(28, y, 3, 1.8, "#6e777d")
    c.line([(80, 24), (80, 70)], "#f0b63c", 6)
    c.shape([(77, 70), (83, 70), (80, 80)], "#e8d3ac")
    c.oval(80, 22, 3, 3, "#d86f6f")


def card(c: Canvas, colour: str) -> None:
    """A greeting card with a heart and its envelope."""
    c.shadow(rx=34)
    c.box(18, 40, 70, 80, darker(c.ground, 0.1), 2)
    c.box(34, 22, 82, 70, WHITE, 2)
    c.oval(52, 42, 8, 8, colour)
    c.oval(64, 42, 8, 8, colour)
    c.shape([(45, 46), (71, 46), (58, 62)], colour)


def puzzle(c: Canvas, colour: str) -> None:
    """Pieces of a puzzle."""
    c.shadow(rx=30)
    tones = (colour, lighter(colour, 0.35), darker(colour, 0.15), lighter(colour, 0.6))
    for tone, (x, y) in zip(tones, ((22, 24), (51, 24), (22, 53), (51, 53)), strict=True):
        c.box(x, y, x + 27, y + 27, tone, 2)
    c.oval(51, 37, 6, 6, tones[0])
    c.oval(35, 53, 6, 6, tones[2])
    c.oval(64, 52, 6, 6, tones[1])
    c.oval(50, 67, 6, 6, tones[3])


def ball(c: Canvas, colour: str) -> None:
    """A striped ball."""
    c.shadow()
    c.oval(50, 52, 30, 30, WHITE)
    for start in (20, 140, 260):
        c.pie(50, 52, 30, 30, start, start + 60, colour)
    c.oval(50, 52, 7, 7, lighter(colour, 0.6))
    c.oval(38, 38, 5, 6, WHITE)


def bear(c: Canvas, colour: str) -> None:
    """A teddy bear."""
    c.shadow()
    c.oval(50, 70, 20, 16, colour)
    for x in (33, 67):
        c.oval(x, 26, 8, 8, colour)
        c.oval(x, 26, 4.5, 4.5, lighter(colour, 0.4))
        c.oval(x, 80, 8, 6, darker(colour, 0.1))
    c.oval(50, 42, 22, 20, colour)
    c.oval(50, 49, 9, 7, lighter(colour, 0.5))
    c.oval(50, 46, 3, 2.4, "#3a2a22")
    for x in (42, 58):
        c.oval(x, 38, 2.4, 2.6, "#3a2a22")


def umbrella(c: Canvas, colour: str) -> None:
    """An umbrella."""
    c.line([(50, 48), (50, 78)], "#6b5a4c", 3)
    c.arc(56, 78, 6, 6, 0, 180, "#6b5a4c", 3)
    c.pie(50, 50, 36, 34, 180, 360, colour)
    for x in (26, 50, 74):
        c.pie(x, 50, 12, 6, 180, 360, c.ground)
    c.pie(50, 50, 12, 34, 180, 360, lighter(colour, 0.3))
    c.pie(50, 50, 12, 6, 180, 360, c.ground)
    c.line([(50, 12), (50, 18)], "#6b5a4c", 2.4)


def battery(c: Canvas, colour: str) -> None:
    """Two batteries."""
    c.shadow(rx=26)
    for x in (36, 64):
        c.box(x - 5, 22, x + 5, 30, "#aeb7bd", 1.5)
        c.box(x - 12, 28, x + 12, 83, "#3b454c", 3)
        c.box(x - 12, 28, x + 12, 46, colour, 3)
        c.line([(x - 4, 64), (x + 4, 64)], WHITE, 2.2)
        c.line([(x, 60), (x, 68)], WHITE, 2.2)
