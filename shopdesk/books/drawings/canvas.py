"""A small canvas for flat illustrations: shapes in units of a hundredth, smooth edges, a soft ground and a shadow."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

SIDE = 320
_FINE = 2
Point = tuple[float, float]


class Canvas:
    """A square picture of 100 by 100 units with (0, 0) at the top left; colours are ``#rrggbb``."""

    def __init__(self, ground: str) -> None:
        self.ground = ground
        self._scale = SIDE * _FINE / 100
        self._image = Image.new("RGB", (SIDE * _FINE, SIDE * _FINE), ground)
        self._draw = ImageDraw.Draw(self._image)
        self.oval(50, 46, 40, 40, lighter(ground, 0.35))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: str) -> None:
        """A filled ellipse around (x, y)."""
        self._draw.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), fill=colour)

    def ring(self, x: float, y: float, rx: float, ry: float, colour: str, width: float) -> None:
        """The outline of an ellipse."""
        self._draw.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), outline=colour, width=self._px(width))

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, radius: float = 0) -> None:
        """A filled rectangle with round corners."""
        self._draw.rounded_rectangle(
            self._box(left, top, right, bottom), self._px(radius) if radius else 0, fill=colour
        )

    def shape(self, points: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in points], fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """A line with round joints and ends."""
        spots = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(spots, fill=colour, width=self._px(width), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval(x, y, width / 2, width / 2, colour)

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, colour: str, width: float
    ) -> None:
        """A part of an ellipse's outline; degrees, clockwise from three o'clock."""
        self._draw.arc(self._box(x - rx, y - ry, x + rx, y + ry), start, end, fill=colour, width=self._px(width))

    def pie(self, x: float, y: float, rx: float, ry: float, start: float, end: float, colour: str) -> None:
        """A filled slice of an ellipse."""
        self._draw.pieslice(self._box(x - rx, y - ry, x + rx, y + ry), start, end, fill=colour)

    def star(self, x: float, y: float, radius: float, colour: str, rays: int = 5, inner: float = 0.45) -> None:
        """A star, or a flower's zigzag, with its first ray upwards."""
        points = []
        for step in range(rays * 2):
            size = radius if step % 2 == 0 else radius * inner
            angle = math.pi * step / rays - math.pi / 2
            points.append((x + size * math.cos(angle), y + size * math.sin(angle)))
        self.shape(points, colour)

    def leaf(self, x: float, y: float, length: float, angle: float, colour: str, width: float = 0.4) -> None:
        """A leaf from (x, y) in a direction; degrees, clockwise from three o'clock."""
        turn = math.radians(angle)
        along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
        points = []
        for step in range(21):
            part = step / 20
            bulge = math.sin(math.pi * part) * length * width / 2
            points.append(
                (x + along[0] * length * part + across[0] * bulge, y + along[1] * length * part + across[1] * bulge)
            )
        for step in range(20, -1, -1):
            part = step / 20
            bulge = -math.sin(math.pi * part) * length * width / 2
            points.append(
                (x + along[0] * length * part + across[0] * bulge, y + along[1] * length * part + across[1] * bulge)
            )
        self.shape(points, colour)

    def shadow(self, x: float = 50, y: float = 83, rx: float = 26) -> None:
        """The soft shadow that things stand on."""
        self.oval(x, y, rx, 3.6, darker(self.ground, 0.12))

    def webp(self) -> bytes:
        """The picture as WebP."""
        small = self._image.resize((SIDE, SIDE), Image.Resampling.BOX)
        written = io.BytesIO()
        small.save(written, "WEBP", quality=82, method=2)
        return written.getvalue()

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        scale = self._scale
        return left * scale, top * scale, right * scale, bottom * scale

    def _px(self, units: float) -> int:
        return max(1, round(units * self._scale))


def lighter(colour: str, part: float) -> str:
    """A colour moved towards white by a part from 0 to 1."""
    return _mixed(colour, 255, part)


def darker(colour: str, part: float) -> str:
    """A colour moved towards black by a part from 0 to 1."""
    return _mixed(colour, 0, part)


def _mixed(colour: str, target: int, part: float) -> str:
    values = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return "#" + "".join(f"{round(value + (target - value) * part):02x}" for value in values)
