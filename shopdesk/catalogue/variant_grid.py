"""The grid of a product's variants: every combination of its traits' values, with SKUs by a pattern; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product as every

from shopdesk.catalogue.product_fields import MOST_VARIANTS, VariantFields, variant_name
from shopdesk.core.errors import BadField
from shopdesk.core.folding import folded
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _

USUAL_PATTERN = "{product}-{values}"
"""The product's first word and number signs, then each value: ``SHIRT-S-RED``."""
MOST_TRAITS = 6
_PLACE = re.compile(r"\{([^{}]*)\}")
_LONGEST_SKU = 64
Combination = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trait:
    """What tells variants apart, with its values in their order: Size with S, M, L."""

    type: str
    values: tuple[str, ...]


def traits_of(variants: Iterable[VariantFields]) -> tuple[Trait, ...]:
    """The traits that a product's variants have, types and values in the order in which they occur."""
    found: dict[str, dict[str, None]] = {}
    for variant in variants:
        for kind, value in variant.traits:
            found.setdefault(kind, {})[value] = None
    return tuple(Trait(kind, tuple(values)) for kind, values in found.items())


def checked_traits(traits: Sequence[Trait]) -> tuple[Trait, ...]:
    """The traits without blanks around their words; raises BadField for one twice, an empty one, or too many variants."""
    if len(traits) > MOST_TRAITS:
        raise BadField("traits", _("at most {most} traits tell variants apart.").format(most=MOST_TRAITS))
    clean: list[Trait] = []
    count = 1
    for place, trait in enumerate(traits):
        field = f"traits[{place}]"
        kind = checked_text(trait.type, field=field, longest=60, required=True)
        values = tuple(checked_text(value, field=field, longest=60, required=True) for value in trait.values)
        if kind.casefold() in {one.type.casefold() for one in clean}:
            raise BadField(field, _("{value} is there twice.").format(value=kind))
        if not values:
            raise BadField(field, _("{name} needs at least one value.").format(name=kind))
        seen: set[str] = set()
        for value in values:
            if value.casefold() in seen:
                raise BadField(field, _("{value} is there twice.").format(value=value))
            seen.add(value.casefold())
        clean.append(Trait(kind, values))
        count *= len(values)
    if count > MOST_VARIANTS:
        raise BadField(
            "traits",
            _("these traits make {count} variants; a product has at most {most}.").format(
                count=count, most=MOST_VARIANTS
            ),
        )
    return tuple(clean)


def combinations(traits: Sequence[Trait]) -> tuple[Combination, ...]:
    """Every combination of the traits' values, the last trait changing first; one empty combination without traits."""
    return tuple(
        tuple(zip((trait.type for trait in traits), values, strict=True))
        for values in every(*(trait.values for trait in traits))
    )


def made_grid(
    traits: Sequence[Trait],
    variants: Sequence[VariantFields],
    *,
    title: str,
    pattern: str = USUAL_PATTERN,
    template: VariantFields | None = None,
    taken: Iterable[str] = (),
) -> tuple[VariantFields, ...]:
    """The variants of a product for these traits: those it has stay as they are, only combinations that are new are made.

    A variant that has fewer traits than there are now takes the first value of each new one; one with a value that is no
    longer wanted is left out; one that was retired is put on sale again. New ones are like ``template`` (else like the
    first variant) with a SKU by the ``pattern``, which none of ``taken`` equals. Raises BadField.
    """
    clean = checked_traits(traits)
    like = template or (variants[0] if variants else VariantFields(sku="", price_cents=0))
    known: dict[frozenset[tuple[str, str]], VariantFields] = {}
    for variant in variants:
        settled = _settled(variant, clean)
        if settled is not None and (settled not in known or (variant.is_active and not known[settled].is_active)):
            known[settled] = variant
    used = {*taken, *(variant.sku for variant in variants)}
    grid: list[VariantFields] = []
    for combination in combinations(clean):
        old = known.get(frozenset(combination))
        if old is not None:
            own_name = old.name if old.name and old.name != variant_name(old.traits) else ""
            grid.append(replace(old, traits=combination, name=own_name or variant_name(combination), is_active=True))
            continue
        sku = sku_by(pattern, title, combination, used)
        used.add(sku)
        grid.append(
            replace(
                like,
                variant_id=None,
                sku=sku,
                name=variant_name(combination),
                traits=combination,
                barcodes=(),
                is_active=True,
                keep_cost=False,
            )
        )
    return tuple(grid)


def sku_by(pattern: str, title: str, combination: Combination, taken: Iterable[str] = ()) -> str:
    """A SKU by a pattern: ``{product}``, ``{values}`` or a trait's name in brackets, other signs as they stand.

    Words become capital letters and digits. If somebody has it, a number is put behind it. Raises BadField for a pattern
    that names something else or makes nothing.
    """
    by_type = {kind.casefold(): _code(value) for kind, value in combination}

    def put(found: re.Match[str]) -> str:
        name = found[1].strip().casefold()
        if name == "product":
            return _code(title, words=2)
        if name == "values":
            return "-".join(by_type.values())
        if name not in by_type:
            raise BadField("pattern", _("{name} is no trait of this product.").format(name=found[1]))
        return by_type[name]

    made = re.sub(r"-{2,}", "-", _PLACE.sub(put, pattern.strip())).strip("-")[:_LONGEST_SKU]
    if not made or not made.isprintable():
        raise BadField("pattern", _("makes no SKU."))
    known = set(taken)
    sku, count = made, 1
    while sku in known:
        count += 1
        tail = f"-{count}"
        sku = f"{made[: _LONGEST_SKU - len(tail)]}{tail}"
    return sku


def _settled(variant: VariantFields, traits: Sequence[Trait]) -> frozenset[tuple[str, str]] | None:
    """A variant's combination among these traits, new traits at their first value; None if it has none of their values."""
    own = dict(variant.traits)
    chosen = []
    for trait in traits:
        value = own.get(trait.type, trait.values[0])
        if value not in trait.values:
            return None
        chosen.append((trait.type, value))
    return frozenset(chosen)


def _code(text: str, words: int = 0) -> str:
    """The words of a text as capitals without blanks; only the first ``words`` of them if that is not 0."""
    parts = folded(text).split()
    return "".join(parts[:words] if words else parts).upper()[:24]
