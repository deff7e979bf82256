"""Variants as a grid: every combination once, SKUs by a pattern, later values add only what is new."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.catalogue.variant_grid import Trait, combinations, made_grid, sku_by, traits_of
from shopdesk.core.errors import BadField

SIZE = Trait("Size", ("S", "M", "L"))
COLOUR = Trait("Colour", ("Red", "Blue", "Bottle green", "Black"))
LIKE = VariantFields(sku="", price_cents=1999, cost_cents=800)


def test_size_by_colour_makes_twelve_in_one_step() -> None:
    grid = made_grid((SIZE, COLOUR), (), title="Crème T-shirt", template=LIKE)
    assert len(grid) == 12
    assert [variant.sku for variant in grid[:3]] == ["CREMET-S-RED", "CREMET-S-BLUE", "CREMET-S-BOTTLEGREEN"]
    assert grid[0].name == "S / Red"
    assert {variant.price_cents for variant in grid} == {1999}
    assert len({variant.sku for variant in grid}) == 12


def test_a_value_that_comes_later_adds_only_its_own_combinations() -> None:
    first = made_grid((Trait("Size", ("S", "M")),), (), title="Shirt", template=LIKE)
    stored = tuple(replace(variant, variant_id=place, price_cents=place) for place, variant in enumerate(first, 1))
    grid = made_grid((SIZE,), stored, title="Shirt")
    assert [(variant.variant_id, variant.price_cents) for variant in grid] == [(1, 1), (2, 2), (None, 1)]
    assert grid[2].sku == "SHIRT-L"


def test_a_trait_that_comes_later_gives_its_first_value_to_those_there_are() -> None:
    stored = tuple(
        replace(variant, variant_id=place, barcodes=(BarcodeFields(str(place)),))
        for place, variant in enumerate(made_grid((SIZE,), (), title="Shirt", template=LIKE), 1)
    )
    grid = made_grid((SIZE, Trait("Colour", ("Red", "Blue"))), stored, title="Shirt")
    assert [(variant.variant_id, variant.name) for variant in grid] == [
        (1, "S / Red"), (None, "S / Blue"), (2, "M / Red"), (None, "M / Blue"), (3, "L / Red"), (None, "L / Blue"),
    ]  # fmt: skip
    assert grid[0].barcodes == (BarcodeFields("1"),)
    assert grid[1].barcodes == ()


def test_a_value_that_goes_leaves_its_variants_out_and_one_that_returns_is_put_on_sale_again() -> None:
    stored = tuple(
        replace(variant, variant_id=place, is_active=place != 2)
        for place, variant in enumerate(made_grid((SIZE,), (), title="Shirt", template=LIKE), 1)
    )
    assert [v.variant_id for v in made_grid((Trait("Size", ("S", "L")),), stored, title="Shirt")] == [1, 3]
    assert [(v.variant_id, v.is_active) for v in made_grid((SIZE,), stored, title="Shirt")] == [
        (1, True), (2, True), (3, True),
    ]  # fmt: skip


def test_a_name_that_somebody_gave_stays() -> None:
    stored = (VariantFields(sku="A", price_cents=1, variant_id=1, name="The small one", traits=(("Size", "S"),)),)
    assert [variant.name for variant in made_grid((SIZE,), stored, title="Shirt")] == ["The small one", "M", "L"]


@pytest.mark.parametrize(
    ("pattern", "sku"),
    [
        ("{product}-{values}", "WOOLSCARF-RED-L"),
        ("S-{Size}/{colour}", "S-L/RED"),
        ("{values}", "RED-L"),
        ("100{Size}", "100L"),
    ],
)
def test_skus_follow_the_pattern(pattern: str, sku: str) -> None:
    assert sku_by(pattern, "Wool scarf, soft", (("Colour", "red"), ("Size", "L"))) == sku


def test_a_sku_that_somebody_has_gets_a_number() -> None:
    assert sku_by("A", "x", (), {"A", "A-2"}) == "A-3"
    long = sku_by("x" * 80, "x", (), {"x" * 64})
    assert len(long) == 64
    assert long.endswith("-2")


@pytest.mark.parametrize("pattern", ["{Flavour}", "", "  ", "-", "{product"])
def test_a_pattern_that_makes_nothing_is_refused_or_taken_as_it_stands(pattern: str) -> None:
    if pattern == "{product":
        assert sku_by(pattern, "x", ()) == "{product"
        return
    with pytest.raises(BadField):
        sku_by(pattern, "x", ())


@pytest.mark.parametrize(
    "traits",
    [
        (Trait("Size", ()),),
        (Trait("", ("S",)),),
        (Trait("Size", ("S", "s")),),
        (Trait("Size", ("S",)), Trait("size", ("M",))),
        (Trait("Size", ("S", " ")),),
        (Trait("A", tuple(map(str, range(30)))), Trait("B", tuple(map(str, range(30))))),
        tuple(Trait(str(number), ("x",)) for number in range(7)),
    ],
)
def test_traits_that_make_no_grid_are_refused(traits: tuple[Trait, ...]) -> None:
    with pytest.raises(BadField):
        made_grid(traits, (), title="x", template=LIKE)


words = st.lists(st.text("abcde", min_size=1, max_size=4), min_size=1, max_size=4, unique=True)
grids = st.lists(words, min_size=0, max_size=3).map(
    lambda rows: tuple(Trait(f"T{place}", tuple(values)) for place, values in enumerate(rows))
)


@given(grids, grids)
def test_a_grid_has_each_combination_once_and_each_sku_once(
    before: tuple[Trait, ...], after: tuple[Trait, ...]
) -> None:
    first = tuple(
        replace(variant, variant_id=place)
        for place, variant in enumerate(made_grid(before, (), title="Thing", template=LIKE), 1)
    )
    grid = made_grid(after, first, title="Thing", template=LIKE)
    assert [variant.traits for variant in grid] == list(combinations(after))
    assert len(grid) == prod(len(trait.values) for trait in after)
    assert len({variant.sku for variant in grid}) == len(grid)
    kept = [variant.variant_id for variant in grid if variant.variant_id is not None]
    assert len(set(kept)) == len(kept)
    again = made_grid(after, grid, title="Thing", template=LIKE)
    assert again == grid
    if after:
        assert traits_of(grid) == after
