"""The sale in hand without a window: lines, focus, undo, stock, labels with printed prices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.catalogue.sellable import ListPrice, Sellable
from shopdesk.core.errors import ShopError
from shopdesk.sales.basket import Discount, DiscountTooLarge, TaxRules
from shopdesk.ui.till.cart_lines import Buyer
from shopdesk.ui.till.cart_state import CartState, OnlyWhole, TooFewLeft, TooMany
from shopdesk.ui.till.typed import read_typed


def goods(variant_id: int = 1, price: int = 350, *, available: int = 1_000_000, **more: object) -> Sellable:
    values: dict[str, object] = {
        "code": f"code-{variant_id}",
        "variant_id": variant_id,
        "product_id": variant_id,
        "sku": f"SKU{variant_id}",
        "product_name": f"Thing {variant_id}",
        "variant_name": "",
        "unit": "pc",
        "is_weighed": False,
        "price_cents": price,
        "cost_cents": None,
        "track_stock": True,
        "inventory_policy": "deny",
        "taxes": ((1, "VAT", 190_000, False),),
        "list_prices": (),
        "on_hand_milli": available,
        "reserved_milli": 0,
        **more,
    }
    return Sellable(**values)  # type: ignore[arg-type]


@pytest.fixture
def state() -> CartState:
    return CartState()


def shown(state: CartState) -> list[tuple[int, int]]:
    return [(line.goods.variant_id, line.quantity_milli) for line in state.cart.lines]


def test_the_same_goods_are_counted_onto_their_line(state):
    state.add(goods(1))
    state.add(goods(2))
    state.add(goods(1), 2000)
    assert shown(state) == [(1, 3000), (2, 1000)]
    assert state.cart.focus.goods.variant_id == 1


def test_a_line_with_a_discount_price_or_note_stays_by_itself(state):
    first = state.add(goods(1))
    state.set_discount(first.id, Discount(ppm=100_000))
    second = state.add(goods(1))
    state.set_price(second.id, 300)
    third = state.add(goods(1))
    state.set_line_note(third.id, "for Kim")
    state.add(goods(1))
    assert shown(state) == [(1, 1000)] * 4
    assert state.basket.due_cents == 315 + 300 + 350 + 350


def test_removing_moves_the_focus_and_undo_brings_it_all_back(state):
    for number in (1, 2, 3):
        state.add(goods(number))
    state.focus_on(state.cart.lines[1].id)
    state.remove(state.cart.lines[1].id)
    assert shown(state) == [(1, 1000), (3, 1000)]
    assert state.cart.focus.goods.variant_id == 3
    assert state.undo()
    assert shown(state) == [(1, 1000), (2, 1000), (3, 1000)]
    assert state.cart.focus.goods.variant_id == 2


def test_undo_never_gives_a_line_the_id_of_another(state):
    first = state.add(goods(1)).id
    state.undo()
    second = state.add(goods(2)).id
    assert second > first


def test_stock_is_guarded_over_all_lines_and_nothing_changes_on_refusal(state):
    few = goods(1, available=2000)
    line = state.add(few)
    state.set_line_note(line.id, "alone")
    state.add(few)
    with pytest.raises(TooFewLeft) as refused:
        state.add(few)
    assert refused.value.values["left_milli"] == 0
    with pytest.raises(TooFewLeft):
        state.set_quantity(line.id, 2000)
    assert shown(state) == [(1, 1000), (1, 1000)]


def test_pieces_kept_for_others_are_sold_only_after_a_manager_said_so(state):
    kept = goods(1, available=5000, reserved_milli=4000)
    state.add(kept)
    with pytest.raises(TooFewLeft) as refused:
        state.add(kept)
    assert refused.value.values["on_hand_milli"] == 4000
    state.allow_reserved(1)
    state.add(kept)
    assert shown(state) == [(1, 2000)]


def test_what_may_go_below_zero_and_what_is_not_counted_is_always_sold(state):
    state.add(goods(1, available=0, inventory_policy="continue"), 5000)
    state.add(goods(2, available=0, track_stock=False), 5000)
    state.training = True
    state.add(goods(3, available=0))
    assert len(shown(state)) == 3


def test_a_printed_price_is_kept_to_the_cent_and_each_label_is_a_line(state):
    label = goods(1, 1299, unit="kg", is_weighed=True, quantity_milli=250, fixed_total_cents=325, fixed_unit_cents=1300)
    state.add(label, 2000)
    assert shown(state) == [(1, 250), (1, 250)]
    assert state.basket.due_cents == 650
    with pytest.raises(TooMany):
        state.add(label, 1500)


def test_part_of_a_piece_is_refused(state):
    with pytest.raises(OnlyWhole):
        state.add(goods(1), 1500)
    with pytest.raises(TooMany):
        state.add(goods(1), 10**12)
    assert state.empty


def test_price_lists_by_quantity_hold_at_once(state):
    cheap = goods(1, 500, list_prices=(ListPrice(10_000, 400, "ten up", 1),))
    line = state.add(cheap)
    assert state.basket.due_cents == 500
    state.set_quantity(line.id, 10_000)
    assert state.basket.due_cents == 4000
    assert [step.kind for step in state.priced_line(line.id).steps] == ["price_list"]


def test_a_customer_without_tax_pays_none_where_prices_are_without_it():
    state = CartState(TaxRules(prices_include_tax=False))
    state.add(goods(1, 1000))
    assert state.basket.due_cents == 1190
    state.set_buyer(Buyer(1, "Embassy", tax_exempt=True))
    assert state.basket.due_cents == 1000


def test_a_discount_larger_than_the_line_is_refused_whole(state):
    line = state.add(goods(1, 100))
    with pytest.raises(DiscountTooLarge):
        state.set_discount(line.id, Discount(cents=101))
    assert state.cart.line(line.id).discount is None


@given(st.lists(st.tuples(st.sampled_from("adqrpudn"), st.integers(1, 4), st.integers(-2, 12)), max_size=40))
def test_whatever_is_done_the_total_is_the_sum_of_the_lines_and_undo_reaches_the_beginning(steps):
    state = CartState()
    for action, variant, figure in steps:
        focus = state.cart.focus
        try:
            if action == "a":
                state.add(goods(variant), figure * 500)
            elif focus is None:
                continue
            elif action == "q":
                state.set_quantity(focus.id, figure * 1000)
            elif action == "r":
                state.remove(focus.id)
            elif action == "p":
                state.set_price(focus.id, figure * 10 if figure >= 0 else None)
            elif action == "d":
                state.set_discount(focus.id, Discount(ppm=max(0, figure) * 100_000))
            elif action == "n":
                state.move_focus(figure)
            else:
                state.undo()
        except ShopError:
            pass
        assert state.basket.due_cents == sum(line.total_cents for line in state.basket.lines)
        ids = [line.id for line in state.cart.lines]
        assert ids == sorted(set(ids)) or len(ids) == len(set(ids))
        assert (state.cart.focus is None) == state.empty
    while state.undo():
        pass
    assert state.empty


@pytest.mark.parametrize(
    ("text", "rest", "quantity", "given_"),
    [
        ("tea", "tea", 1000, False),
        ("3*", "", 3000, True),
        (" 3 * tea", "tea", 3000, True),
        ("0,25*apple", "apple", 250, True),
        ("0*tea", "0*tea", 1000, False),
        ("3**", "*", 3000, True),
        ("x*3", "x*3", 1000, False),
        ("1.2345*a", "1.2345*a", 1000, False),
        ("", "", 1000, False),
    ],
)
def test_quantity_before_a_star(text, rest, quantity, given_):
    typed = read_typed(text)
    assert (typed.text, typed.quantity_milli, typed.given) == (rest, quantity, given_)


@given(st.text(max_size=50))
def test_anything_typed_is_read(text):
    typed = read_typed(text)
    assert typed.quantity_milli > 0
