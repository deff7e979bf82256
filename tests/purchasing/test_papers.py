"""What the supplier reads: the order as it was sent, in the shop's language, and the note that goes with goods sent back."""

from __future__ import annotations

import pytest

from shopdesk.core.errors import NotFound
from shopdesk.core.ids import uuid7
from shopdesk.purchasing.paper import order_pdf, return_pdf
from shopdesk.purchasing.send_back import SendBack, SentBackLine, send_back
from shopdesk.system.settings import ChangeSettings, change_settings
from tests.printing.papers import pdf_text
from tests.purchasing.conftest import Buying


def test_an_order_says_who_what_how_many_and_how_much(buying: Buying) -> None:
    order = buying.draft(("TEA", 24_000), ("MUG", 5_000), notes="Ring at the back <b>door</b>")
    text = pdf_text(buying.shop.ask(order_pdf, order))
    assert "DRAFT" in text
    assert "T1-P" not in text
    buying.place(order)
    text = pdf_text(buying.shop.ask(order_pdf, order))
    assert "DRAFT" not in text
    for said in ("T1-P000001", "Tea House", "Green tea", "TH-TEA", "2 x 12", "24.00", "48.00", "15.50", "EUR 63.50"):
        assert said in text, said
    assert "Ring at the back <b>door</b>" in text  # data is never markup


def test_what_is_added_past_the_program_is_not_on_the_paper(buying: Buying) -> None:
    order = buying.ordered(("TEA", 12_000), ("MUG", 1_000))
    with buying.shop.database.writing() as connection, connection.begin():
        names = (
            "sku, name, quantity, pack_quantity, pack_cost_cents, unit_cost_cents, supplier_code, received, cancelled"
        )
        connection.exec_driver_sql(
            f"INSERT INTO purchase_order_lines (purchase_order_id, position, variant_id, {names}) "
            f"SELECT purchase_order_id, position + 2, variant_id + 2, {names} FROM purchase_order_lines "
            f"WHERE purchase_order_id = {order}"
        )
    # The paper was frozen when the order was placed: what somebody adds to the tables is not on it.
    assert pdf_text(buying.shop.ask(order_pdf, order)).count("Mug") == 1


def test_goods_sent_back_carry_their_note(buying: Buying) -> None:
    order = buying.ordered(("TEA", 12_000))
    receipt = buying.receive(order, ("TEA", 12_000), delivery_note="DN 77")
    goes = (SentBackLine(sku="TEA", quantity_milli=3_000),)
    back = SendBack(key=uuid7(), lines=goes, reason="Smells of smoke", receipt_id=receipt.receipt_id)
    made = buying.do(send_back, back)
    text = pdf_text(buying.shop.ask(return_pdf, made.supplier_return_id))
    for said in ("T1-B000001", "Tea House", "Smells of smoke", "T1-G000001", "DN 77", "EUR 6.00"):
        assert said in text, said
    for ask in (order_pdf, return_pdf):
        with pytest.raises(NotFound):
            buying.shop.ask(ask, 999)


def test_the_paper_speaks_the_shops_language(buying: Buying) -> None:
    order = buying.ordered(("TEA", 12_000))
    buying.do(change_settings, ChangeSettings({"language": "de"}))
    assert "24,00" in pdf_text(buying.shop.ask(order_pdf, order))
