"""From the books to paper: what stands on receipts, voids, X and Z is what was sold, and copies say so."""

from __future__ import annotations

import json

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.printing.documents import ReceiptDocument, ShiftReportDocument, TestPageDocument
from shopdesk.printing.receipt import receipt_pdf, receipt_text
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.documents import DOCUMENTS, PaperJob, document_of, numbered_document, receipt_document
from shopdesk.sales.reprint import (
    PrintGiftReceipt,
    PrintTestPage,
    Reprint,
    print_gift_receipt,
    print_test_page,
    reprint,
)
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shift_paper import shift_report_document, z_document
from shopdesk.sales.shifts import CountedPieces
from shopdesk.sales.training import sell_training
from shopdesk.system.models import PrintJob
from shopdesk.system.settings import ChangeSettings, change_settings
from tests.support.counter_day import (
    approval,
    close,
    one,
    open_drawer_with,
    pay,
    put_in,
    rows,
    sell,
    take_out,
    void,
)


def refusal(call: object, *args: object, **more: object) -> str:
    with pytest.raises(ShopError) as caught:
        call(*args, **more)  # type: ignore[operator]
    return caught.value.code


def a_sale(shop: Shop, actor: Actor, key: str) -> str:
    lines = (
        SaleLine(2_000, sku="TEA", discount=Discount(cents=50, label="Dented")),
        SaleLine(1_250, sku="APPLE"),
        SaleLine(1_000, sku="MUG"),
    )
    command = CommitSale(
        key=key,
        lines=lines,
        customer="kim@example.org",
        order_discount=Discount(ppm=100_000),
        payments=pay(card=500, cash=2_000),
        note="for the office",
    )
    return shop.execute(commit_sale, command, actor).number


KEY = "0193e5a0-0000-7000-8000-000000000001"


def test_a_receipt_tells_the_sale_to_the_cent(shop: Shop, actor: Actor) -> None:
    number = a_sale(shop, actor, KEY)
    document = shop.ask(receipt_document, number)
    assert isinstance(document, ReceiptDocument)
    kept = rows(
        shop, "SELECT subtotal_cents, discount_cents, total_cents, rounding_cents FROM orders WHERE uid = :uid", uid=KEY
    )[0]
    assert (document.subtotal_cents, document.discount_cents, document.total_cents, document.rounding_cents) == kept
    assert sum(line.gross_cents for line in document.lines) == document.subtotal_cents
    taken_off = sum(step.amount_cents for line in document.lines for step in line.discounts)
    assert taken_off == -document.discount_cents
    assert sum(line.total_cents for line in document.lines) == document.total_cents
    assert sum(tax.tax_cents for tax in document.taxes) == one(shop, "SELECT tax_cents FROM orders")
    given = sum(tender.amount_cents for tender in document.tenders)
    assert given - document.change_cents == document.total_cents
    assert document.journal_short == one(shop, "SELECT hash FROM journal WHERE number = :n", n=number)
    assert (document.till, document.clerk, document.customer, document.note) == (
        "T1",
        "olga",
        "Kim Lee",
        "for the office",
    )
    assert document.sold_at.utcoffset() is not None
    assert document.sold_at.hour == 10  # nine in UTC is ten in Berlin
    labels = [step.label for step in document.lines[0].discounts]
    assert labels == ["Dented", "Discount on the sale"]
    assert document.lines[1].unit == "kg"
    text = receipt_text(document)
    assert number in text
    assert "COPY" not in text
    assert receipt_pdf(document).startswith(b"%PDF")


def test_a_gift_receipt_tells_no_price(shop: Shop, actor: Actor) -> None:
    number = a_sale(shop, actor, KEY)
    shop.execute(print_gift_receipt, PrintGiftReceipt(number), actor)
    document, job_number = rows(shop, "SELECT document, number FROM print_jobs ORDER BY id DESC LIMIT 1")[0]
    text = receipt_text(shop.ask(document_of, PaperJob(document, job_number, 1)))
    assert "GIFT RECEIPT" in text
    assert "Green tea" in text
    assert not any(figure in text for figure in ("3.50", "7.99", "EUR"))
    assert refusal(shop.execute, print_gift_receipt, PrintGiftReceipt("T1-S000009"), actor) == "not_found"


def test_a_void_receipt_is_the_sale_with_the_other_sign(shop: Shop, actor: Actor) -> None:
    number = a_sale(shop, actor, KEY)
    sale = shop.ask(receipt_document, number)
    voided = shop.ask(receipt_document, void(shop, actor, number, "wrong person"))
    assert (voided.kind, voided.number, voided.voids_number, voided.reason) == (
        "void",
        "T1-V000001",
        number,
        "wrong person",
    )
    assert voided.total_cents == -sale.total_cents
    assert [line.total_cents for line in voided.lines] == [-line.total_cents for line in sale.lines]
    assert [tax.tax_cents for tax in voided.taxes] == [-tax.tax_cents for tax in sale.taxes]
    assert sum(tender.amount_cents for tender in voided.tenders) == voided.total_cents
    assert voided.change_cents == 0
    assert voided.journal_short == one(shop, "SELECT hash FROM journal WHERE kind = 'void'")
    assert shop.ask(receipt_document, number) == sale  # the sale's own receipt stays as it was


def test_a_receipt_does_not_change_with_the_catalogue(shop: Shop, actor: Actor) -> None:
    number = a_sale(shop, actor, KEY)
    before = shop.ask(receipt_document, number)
    with shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE products SET title = 'Renamed'")
        connection.exec_driver_sql("UPDATE product_variants SET price_cents = 1")
    assert shop.ask(receipt_document, number) == before


def test_x_and_z_on_paper(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 10_000)
    a_sale(shop, actor, KEY)
    put_in(shop, actor, 500, "change")
    take_out(shop, actor, 200, "stamps")
    void(shop, actor, sell(shop, actor).number)
    x_report = shop.ask(shift_report_document, 1, "X")
    assert isinstance(x_report, ShiftReportDocument)
    assert (x_report.kind, x_report.expected_cents, x_report.counted_cents, x_report.z_number) == ("X", None, None, "")
    assert refusal(shop.ask, shift_report_document, 1, "Z") == "not_found"
    cash = int(one(shop, "SELECT sum(amount_cents) FROM payments WHERE kind = 'cash'")) - 350
    due = 10_000 + cash + 300
    counts = (CountedPieces(100, due // 100), CountedPieces(1, due % 100))
    close(shop, actor, None, counts=counts, left_cents=5_000)
    z = shop.ask(z_document, "T1-Z000001")
    assert (z.expected_cents, z.counted_cents, z.difference_cents, z.left_cents) == (due, due, 0, 5_000)
    assert [(move.amount_cents, move.reason, move.by) for move in z.cash_moves] == [
        (500, "change", "olga"),
        (-200, "stamps", "olga"),
    ]
    assert [(row.denomination_cents, row.pieces) for row in z.counted] == [(100, due // 100), (1, due % 100)]
    assert z.float_cents + z.cash_taken_cents + 300 == due
    assert z.sales_cents + z.voids_cents == z.perpetual_cents
    seq, hashed = rows(shop, "SELECT seq, hash FROM journal WHERE kind = 'z'")[0]
    assert z.head == f"T1:{seq}:{hashed}"  # the Z itself is anchored on its paper
    assert (z.sales_count, z.voids_count, z.sales_cents) == (
        x_report.sales_count,
        x_report.voids_count,
        x_report.sales_cents,
    )
    assert "T1-Z000001" in receipt_text(z)
    assert refusal(shop.ask, z_document, "T1-Z000009") == "not_found"


def test_a_copy_says_copy_and_is_on_record(shop: Shop, clerk: Actor, manager: Actor) -> None:
    open_drawer_with(shop, manager, 0)
    sale = sell(shop, manager)
    number = void(shop, manager, sale.number)
    close(shop, manager, 0)
    assert refusal(shop.execute, reprint, Reprint(sale.number), clerk) == "not_permitted"
    for wanted in (sale.number, number, "T1-Z000001"):
        shop.execute(reprint, Reprint(wanted), manager)
    yes = approval(shop, manager, clerk, Permission.REPRINT, sale.number)
    shop.execute(reprint, Reprint(sale.number, approvals=(yes,)), clerk)
    assert refusal(shop.execute, reprint, Reprint(number, approvals=(yes,)), clerk) == "not_permitted"
    jobs = rows(shop, "SELECT document, number, options FROM print_jobs WHERE options LIKE '%copy%' ORDER BY id")
    assert [job[:2] for job in jobs] == [
        ("receipt", sale.number),
        ("void", number),
        ("shift_report", "T1-Z000001"),
        ("receipt", sale.number),
    ]
    for document, job_number, options in jobs:
        paper = shop.ask(document_of, PaperJob(document, job_number, 1, json.loads(options)))
        assert "COPY" in receipt_text(paper)
    noted = rows(shop, "SELECT actor_id, target_id FROM audit_log WHERE action = 'reprinted' ORDER BY id")
    assert noted[-1] == (clerk.user_id, sale.number)
    assert len(noted) == 4
    assert refusal(shop.execute, reprint, Reprint("T1-S000099"), manager) == "not_found"


def test_every_job_that_the_shop_writes_can_be_made_into_paper(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 0)
    sale = sell(shop, actor)
    void(shop, actor, sale.number)
    shop.execute(print_test_page, PrintTestPage(), actor)
    close(shop, actor, 0)
    for document, number, till_id, options in rows(
        shop, "SELECT document, number, till_id, options FROM print_jobs WHERE document <> 'drawer'"
    ):
        made = shop.ask(document_of, PaperJob(document, number, till_id, json.loads(options)))
        assert number in (getattr(made, "number", ""), getattr(made, "z_number", ""), getattr(made, "till", ""))


def test_any_paper_is_found_by_its_number(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 0)
    sale = sell(shop, actor).number
    practised = CommitSale(key=KEY, lines=(SaleLine(sku="TEA"),))
    numbers = [sale, void(shop, actor, sale), shop.execute(sell_training, practised, actor).number]
    numbers.append(close(shop, actor, 0).z)
    assert numbers == ["T1-S000001", "T1-V000001", "T1-TR000001", "T1-Z000001"]
    for number in numbers:
        assert number in receipt_text(shop.ask(numbered_document, number))
    for number in ("T1-S000009", "T1-Z000009", "T1-TR000009", "T9-V000001", "", "nonsense"):
        assert refusal(shop.ask, numbered_document, number) == "unknown_sale"


def test_there_is_a_maker_for_every_kind_of_paper() -> None:
    check = next(item for item in PrintJob.__table__.constraints if str(item.name).endswith("document_known"))
    words = {word.strip().strip("'") for word in str(check.sqltext).split("(")[1].rstrip(")").split(",")}  # type: ignore[attr-defined]
    assert set(DOCUMENTS) == words - {"drawer"}


def test_the_head_of_the_paper_is_the_shops(shop: Shop, actor: Actor) -> None:
    settings = {"address": "1 High Street\n  12345 Town ", "tax_id": "DE1", "receipt_footer": "Thank you"}
    shop.execute(change_settings, ChangeSettings(settings), actor)
    head = shop.ask(receipt_document, sell(shop, actor).number).letterhead
    assert (head.shop_name, head.address_lines, head.tax_id, head.footer) == (
        "Corner shop",
        ("1 High Street", "12345 Town"),
        "DE1",
        "Thank you",
    )
    page = shop.ask(document_of, PaperJob("test_page", "T1", 1))
    assert isinstance(page, TestPageDocument)
    assert page.till == "T1"


@pytest.mark.parametrize(
    "more",
    [
        {"note": "4111 1111 1111 1111"},
        {"lines": (SaleLine(sku="TEA", note="4111111111111111"),)},
        {"lines": (SaleLine(sku="TEA", discount=Discount(cents=1, label="4111111111111111")),)},
        {"order_discount": Discount(cents=1, label="4111-1111-1111-1111")},
        {"note": "\x1bp0"},
    ],
)
def test_nothing_that_a_printer_or_a_thief_wants_gets_into_a_sale(
    sqlite_shop: Shop, actor: Actor, more: dict[str, object]
) -> None:
    command = CommitSale(**{"key": KEY, "lines": (SaleLine(sku="TEA"),), **more})  # type: ignore[arg-type]
    assert refusal(sqlite_shop.execute, commit_sale, command, actor) in ("card_number", "bad_field")
    assert one(sqlite_shop, "SELECT count(*) FROM orders") == 0
