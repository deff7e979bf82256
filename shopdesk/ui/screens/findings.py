"""What Ctrl+K finds besides places and commands: goods, people and documents, as far as the person may see them."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.catalogue.queries import products_page, variants_page
from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import Reader
from shopdesk.parties.queries import find_customers
from shopdesk.purchasing.order_queries import orders_page
from shopdesk.purchasing.supplier_queries import suppliers_page
from shopdesk.system.findings import documents_by_number

EACH = 5
"""How many of a kind are shown."""
SHORTEST = 2
_BOX = "package-variant-closed"
GOODS, PEOPLE, DOCUMENTS = N_("Goods"), N_("People"), N_("Documents")

DOCUMENT_KINDS: dict[str, tuple[str, str, Permission]] = {
    "sale": (N_("Sale"), "receipt-text-outline", Permission.SALES_VIEW),
    "void": (N_("Void"), "receipt-text-outline", Permission.SALES_VIEW),
    "return": (N_("Return"), "receipt-text-outline", Permission.SALES_VIEW),
    "stock_adjustment": (N_("Stock adjustment"), "warehouse", Permission.STOCK_VIEW),
    "stock_transfer": (N_("Stock transfer"), "warehouse", Permission.STOCK_VIEW),
    "transfer_sent": (N_("Transfer sent"), "warehouse", Permission.STOCK_VIEW),
    "transfer_received": (N_("Transfer received"), "warehouse", Permission.STOCK_VIEW),
    "stock_count": (N_("Stock count"), "warehouse", Permission.STOCK_VIEW),
    "receipt": (N_("Delivery"), _BOX, Permission.SUPPLIER_VIEW),
    "receipt_reversal": (N_("Delivery taken back"), _BOX, Permission.SUPPLIER_VIEW),
    "supplier_return": (N_("Return to supplier"), _BOX, Permission.SUPPLIER_VIEW),
}
"""Kinds of journal entries that can be opened by number: words, icon, and who may see them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: ``kind`` and ``id`` are its target, ``group`` the heading it stands under."""

    group: str
    kind: str
    id: str
    words: str
    second: str
    glyph: str


def find_everywhere(reader: Reader, text: str, actor: Actor) -> tuple[Finding, ...]:
    """What a text may mean in the whole shop; people as S31 has it. A handful of each kind."""
    typed = text.strip()
    if len(typed) < SHORTEST:
        return ()
    return (*_documents(reader, typed, actor), *_goods(reader, typed, actor), *_people(reader, typed, actor))


def _goods(reader: Reader, text: str, actor: Actor) -> list[Finding]:
    if not actor.may(Permission.CATALOGUE_VIEW):
        return []
    products = products_page(reader, PageRequest(sort="title", search=text, limit=EACH)).rows
    variants = variants_page(reader, PageRequest(sort="sku", search=text, limit=EACH), actor).rows
    plain = {row.product_id: row for row in variants if not row.name}
    found = [
        Finding(GOODS, "product", str(row.id), row.title, plain[row.id].sku if row.id in plain else "", _BOX)
        for row in products
    ]
    shown = {row.id for row in products}
    found += [
        Finding(GOODS, "variant", str(row.id), " ".join(filter(None, (row.title, row.name))), row.sku, "tag-outline")
        for row in variants
        if row.name or row.product_id not in shown  # a product with one variant stands there once
    ]
    return found


def _people(reader: Reader, text: str, actor: Actor) -> list[Finding]:
    found = []
    if actor.may(Permission.CUSTOMER_VIEW):
        try:
            people = find_customers(reader, text, actor, EACH)
        except ShopError:  # too few letters to look for a person
            people = ()
        found += [
            Finding(PEOPLE, "customer", str(one.id), one.name, one.email or one.phone or "", "account-outline")
            for one in people
        ]
    if actor.may(Permission.SUPPLIER_VIEW):
        suppliers = suppliers_page(reader, PageRequest(sort="name", search=text, limit=EACH)).rows
        found += [
            Finding(PEOPLE, "supplier", str(one.id), one.name, _("Supplier"), "store-outline") for one in suppliers
        ]
    return found


def _documents(reader: Reader, text: str, actor: Actor) -> list[Finding]:
    kinds = [kind for kind, (_words, _glyph, needs) in DOCUMENT_KINDS.items() if actor.may(needs)]
    found = []
    for document in documents_by_number(reader, text, kinds)[:EACH]:
        words, glyph, _needs = DOCUMENT_KINDS[document.kind]
        found.append(Finding(DOCUMENTS, document.kind, document.number, document.number, _(words), glyph))
    if actor.may(Permission.SUPPLIER_VIEW) and any(sign.isdigit() for sign in text):
        orders = orders_page(reader, PageRequest(sort="newest", descending=True, search=text, limit=EACH)).rows
        found += [
            Finding(DOCUMENTS, "purchase_order", str(row.id), row.number, _("Purchase order"), "clipboard-text-outline")
            for row in orders
            if row.number
        ]
    return found
