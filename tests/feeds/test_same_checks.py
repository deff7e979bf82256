"""A file and the form agree on what may be stored (S35), and the doctor sees when somebody edits what imports keep."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopdesk.books.doctor import run_doctor
from shopdesk.catalogue.product_fields import BarcodeFields, ProductFields, VariantFields, check_product
from shopdesk.core.errors import ShopError
from shopdesk.feeds.products_read import ProductReader, ProductTerms
from tests.feeds.importing import bring, write
from tests.support.small_shop import actor_of

TERMS = ProductTerms(2, ".", {}, {}, None, clear_empty=False)
HEADER = ("SKU", "Name", "Description", "EAN", "Badge", "Option")
MAPPING = dict(zip(HEADER, ("sku", "title", "description", "barcodes", "badge", "option1"), strict=True))
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=70) | st.sampled_from(
    ["4111 1111 1111 1111", "x" * 201, "a\tb", "a\nb", "\u200b", "4006381333931", "ﬁ", "é" * 41, "'=1", "|", "\\"]
)


def form_accepts(sku: str, title: str, description: str, barcode: str, badge: str, option: str) -> bool:
    variant = VariantFields(
        sku=sku,
        price_cents=0,
        barcodes=(BarcodeFields(barcode),) if barcode else (),
        traits=(("Option", option),) if option else (),
    )
    try:
        check_product(ProductFields(title=title, variants=(variant,), description=description, badge=badge or None))
    except ShopError:
        return False
    return True


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(words, words, words, words, words, words)
def test_the_file_takes_what_the_form_takes_and_nothing_else(sku, title, description, barcode, badge, option) -> None:
    cells = [sku, title, description, barcode.replace("|", "").replace("*", "").replace("\\", ""), badge, option]
    given_cells = [cell.strip() for cell in cells]
    given_cells = [cell[1:] if cell[:2] in {"'=", "'+", "'-", "'@"} else cell for cell in given_cells]
    if not given_cells[0] or not given_cells[1]:
        return
    (entry,) = ProductReader(HEADER, MAPPING, TERMS).entries(iter([(2, cells)]))
    one_line = "\n" not in given_cells[5]  # a file wants options on one line
    assert (not entry.faults) == (form_accepts(*given_cells) and one_line) or given_cells[5] == "Default Title"


TAMPERING = [
    ("UPDATE product_feeds SET rows_good = rows_good + 1", "I31"),
    ("UPDATE product_feeds SET made = made + 5", "I31"),
    ("DELETE FROM feed_changes WHERE position = 2", "I31"),
    ("UPDATE feed_changes SET target_id = NULL", "I31"),
    ("UPDATE blobs SET checksum = '" + "0" * 64 + "' WHERE provider = 'pieces'", "I40"),
    ("UPDATE blobs SET size_bytes = 7 WHERE provider = 'pieces'", "I40"),
    ("UPDATE file_pieces SET content = 'nothing'", "I40"),
    ("DELETE FROM file_pieces", "I40"),
]


@pytest.mark.parametrize(("statement", "wrong"), TAMPERING)
def test_the_doctor_notices(sqlite_shop, tmp_path, statement, wrong) -> None:
    path = write(tmp_path / "p.csv", [["SKU", "Name", "Price"], ["TEA", "", "9.99"], ["NEW", "New", "1"]])
    bring(sqlite_shop, actor_of(sqlite_shop, "max"), path, "products")
    assert run_doctor(sqlite_shop.database, clock=sqlite_shop.clock).ok
    with sqlite_shop.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        connection.rollback()
        with connection.begin():
            connection.execute(sa.text(statement))
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
        connection.rollback()
    report = run_doctor(sqlite_shop.database, clock=sqlite_shop.clock)
    assert wrong in {one.id for one in report.findings if one.violations}
