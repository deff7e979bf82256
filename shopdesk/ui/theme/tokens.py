"""Every colour and size of the program; nothing else names one."""

from __future__ import annotations

from typing import NamedTuple

SPACE_4 = 4
SPACE_8 = 8
SPACE_12 = 12
SPACE_16 = 16
SPACE_24 = 24
SPACE_32 = 32

RADIUS = 6
RADIUS_CARD = 10
FOCUS_RING = 2

OFFICE_SECONDARY = 12
OFFICE_TEXT = 13
OFFICE_SECTION = 15
OFFICE_TITLE = 20
TILL_TEXT = 16
TILL_LINE = 20
TILL_FOCUS = 28
TILL_TOTAL = 44
TILL_GRAND = 56

REGULAR = 400
SEMIBOLD = 600

ICON_TABLE = 16
ICON_BUTTON = 20
ICON_TILL = 28

TARGET_OFFICE = 32
TARGET_TILL = 48
KEY_GAP = 2
ROW_HEIGHT = 32

MOTION_MS = 120
SPINNER_AFTER_MS = 300
SEARCH_WAIT_MS = 150
TWO_COLUMNS_FROM = 1200


class Scheme(NamedTuple):
    """The colours of one appearance, as ``#RRGGBB``; the names say what they are for.

    ``hover``, ``selected`` and ``sunken`` are mixed from the named ones, so that there is one source.
    """

    name: str
    background: str
    surface: str
    border: str
    text: str
    secondary: str
    accent: str
    accent_text: str
    success: str
    warning: str
    danger: str

    @property
    def dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return luminance(self.text) > luminance(self.background)

    @property
    def hover(self) -> str:
        """The ground under the pointer."""
        return mix(self.border, self.surface, 0.35)

    @property
    def pressed(self) -> str:
        """The ground of a pressed control."""
        return mix(self.border, self.surface, 0.8)

    @property
    def selected(self) -> str:
        """The ground of a chosen row: a breath of accent."""
        return mix(self.accent, self.surface, 0.16 if self.dark else 0.09)

    @property
    def accent_hover(self) -> str:
        """The primary button under the pointer; further from its text, never nearer."""
        return mix(self.text if not self.dark else "#FFFFFF", self.accent, 0.12)

    @property
    def danger_hover(self) -> str:
        """The dangerous button under the pointer."""
        return mix(self.text if not self.dark else "#FFFFFF", self.danger, 0.12)

    @property
    def disabled(self) -> str:
        """Text of what cannot be used now."""
        return mix(self.secondary, self.surface, 0.6)

    def colours(self) -> dict[str, str]:
        """All colours by name, with the mixed ones."""
        named = {field: str(value) for field, value in self._asdict().items() if field != "name"}
        for mixed in ("hover", "pressed", "selected", "accent_hover", "danger_hover", "disabled"):
            named[mixed] = getattr(self, mixed)
        return named


LIGHT = Scheme(
    name="light",
    background="#F7F8FA",
    surface="#FFFFFF",
    border="#E1E4EA",
    text="#1B1F27",
    secondary="#5B6472",
    accent="#1F6FEB",
    accent_text="#FFFFFF",
    success="#1A7F4B",
    warning="#9A6700",
    danger="#C62828",
)
DARK = Scheme(
    name="dark",
    background="#14171C",
    surface="#1C2027",
    border="#2C323C",
    text="#E8EAEE",
    secondary="#9AA3B0",
    accent="#5B9DFF",
    accent_text="#0B1220",
    success="#4CC38A",
    warning="#E2B341",
    danger="#FF7B72",
)
SCHEMES = {LIGHT.name: LIGHT, DARK.name: DARK}

# Which text stands on which ground: the accent as a text only on the surface, a state's colour never on a chosen row.
TEXT_PAIRS = (
    *((text, ground) for text in ("text", "secondary") for ground in ("background", "surface", "hover", "selected")),
    *((text, ground) for text in ("success", "warning", "danger") for ground in ("background", "surface")),
    ("text", "pressed"),
    ("accent", "surface"),
    *(("accent_text", ground) for ground in ("accent", "accent_hover", "danger", "danger_hover", "warning")),
)
MINIMUM_CONTRAST = 4.5


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2, between 0 and 1."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2, between 1 and 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(colour: str, ground: str, share: float) -> str:
    """``share`` of a colour laid over a ground."""
    parts = (
        round(int(colour[at : at + 2], 16) * share + int(ground[at : at + 2], 16) * (1 - share)) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02X}" for part in parts)
