"""Text can be read everywhere, and there is one source of colours, sizes and icons."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from shopdesk.core.paths import resource_path
from shopdesk.ui.theme import appearance, icons, tokens
from shopdesk.ui.theme.glyphs import GLYPHS
from shopdesk.ui.theme.tokens import DARK, LIGHT, MINIMUM_CONTRAST, TEXT_PAIRS, Scheme, contrast, mix

UI = Path(appearance.__file__).parents[1]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=lambda scheme: scheme.name)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable_on_its_ground(scheme: Scheme, text: str, ground: str) -> None:
    colours = scheme.colours()
    assert contrast(colours[text], colours[ground]) >= MINIMUM_CONTRAST


def test_contrast_agrees_with_the_published_extremes() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert mix("#FFFFFF", "#000000", 0.5) == "#808080"


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=lambda scheme: scheme.name)
def test_every_placeholder_of_the_sheet_is_filled(scheme: Scheme) -> None:
    sheet = appearance.style_sheet(scheme)
    assert "$" not in sheet
    assert scheme.accent in sheet


def test_combo_and_spin_boxes_have_no_border_in_the_sheet() -> None:
    sheet = resource_path("styles", "shopdesk.qss").read_text(encoding="utf-8")
    rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert not re.search(r"QComboBox|QSpinBox|QDateEdit", rules)


def test_no_other_file_names_a_colour() -> None:
    named = {
        str(file.relative_to(UI))
        for file in UI.rglob("*.py")
        if file.name != "tokens.py" and re.search(r"""["'(]#[0-9A-Fa-f]{3,8}\b""", file.read_text(encoding="utf-8"))
    }
    assert named == set()


def test_glyphs_are_those_of_the_font() -> None:
    table = next(icons.font_file().parent.glob("materialdesignicons6-webfont-charmap-*.json"))
    charmap = {name: int(code, 16) for name, code in json.loads(table.read_text(encoding="utf-8")).items()}
    assert {name: charmap.get(name) for name in GLYPHS} == GLYPHS


def test_distances_follow_the_grid() -> None:
    spaces = [value for name, value in vars(tokens).items() if name.startswith("SPACE_")]
    assert spaces == [4, 8, 12, 16, 24, 32]
