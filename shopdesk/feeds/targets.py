"""What columns of a file can mean, and the guess from their names in English, German and other shops' words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopdesk.core.folding import folded
from shopdesk.core.i18n import N_

KINDS: tuple[tuple[str, str], ...] = (
    ("products", N_("Products")),
    ("customers", N_("Customers")),
    ("stock", N_("Stock")),
    ("prices", N_("Prices")),
)
ATTRIBUTE, STOCK_OF = "attribute:", "stock:"
"""Targets that carry a name: an attribute's, a warehouse's."""
TEXT, MONEY, QUANTITY, NUMBER, FLAG = "text", "money", "quantity", "number", "flag"


@dataclass(frozen=True, slots=True)
class Target:
    """A meaning that a column can be given; ``guesses`` are names under which files carry it, folded."""

    key: str
    title: str
    guesses: str = ""
    holds: str = TEXT
    required: bool = False


PRODUCTS = (
    Target("handle", N_("Handle"), "handle|slug|product handle|url key|parent|parent sku|product id"),
    Target(
        "title",
        N_("Name"),
        "title|name|product name|bezeichnung|artikelname|produktname|titel|product|produkt|artikel",
        required=True,
    ),
    Target("description", N_("Description"), "description|body html|body|text|beschreibung|long description|langtext"),
    Target(
        "category",
        N_("Categories"),
        "category|categories|product category|kategorie|kategorien|warengruppe|shelf|group",
    ),
    Target("tax", N_("Tax class"), "tax|tax class|vat|mwst|ust|steuer|steuerklasse|steuersatz|tax code"),
    Target("unit", N_("Unit"), "unit|einheit|mengeneinheit"),
    Target("weighed", N_("Sold by weight"), "weighed|is weighed|sold by weight|waage|wiegeartikel", FLAG),
    Target("badge", N_("Badge"), "badge|label|etikett"),
    Target("status", N_("Approval"), "approval|freigabe"),
    Target("active", N_("On sale"), "active|is active|on sale|published|aktiv|im verkauf|veroffentlicht", FLAG),
    Target("weight", N_("Weight in grams"), "weight grams|grams|weight g|gewicht g|gewicht in gramm", NUMBER),
    Target("length", N_("Length in mm"), "length mm|lange mm", NUMBER),
    Target("width", N_("Width in mm"), "width mm|breite mm", NUMBER),
    Target("height", N_("Height in mm"), "height mm|hohe mm", NUMBER),
    Target("attributes", N_("Attributes"), "attributes|attribute|merkmale|eigenschaften"),
    Target(
        "images", N_("Picture links"), "images|image|pictures|picture links|image src|image url|bild|bilder|bild url"
    ),
    Target("image_alt", N_("Picture text"), "image alt|image alt text|alt text|picture text|bildtext"),
    Target("image_position", N_("Picture's place"), "image position|picture place|bildposition", NUMBER),
    Target(
        "sku",
        N_("SKU"),
        "sku|variant sku|article number|item number|artikelnummer|artikelnr|artikel nr|art nr|nr|number|code|artikel",
    ),
    Target("option1_name", N_("Option 1, name"), "option1 name|option 1 name"),
    Target("option1", N_("Option 1, value"), "option1 value|option 1 value|option 1"),
    Target("option2_name", N_("Option 2, name"), "option2 name|option 2 name"),
    Target("option2", N_("Option 2, value"), "option2 value|option 2 value|option 2"),
    Target("option3_name", N_("Option 3, name"), "option3 name|option 3 name"),
    Target("option3", N_("Option 3, value"), "option3 value|option 3 value|option 3"),
    Target("option4_name", N_("Option 4, name"), "option4 name"),
    Target("option4", N_("Option 4, value"), "option4 value"),
    Target("option5_name", N_("Option 5, name"), "option5 name"),
    Target("option5", N_("Option 5, value"), "option5 value"),
    Target("option6_name", N_("Option 6, name"), "option6 name"),
    Target("option6", N_("Option 6, value"), "option6 value"),
    Target("variant", N_("Variant's name"), "variant|variant name|variante|variantenname"),
    Target(
        "price",
        N_("Price"),
        "price|variant price|sales price|retail price|preis|verkaufspreis|vk|vk preis|vk brutto|rrp",
        MONEY,
        required=True,
    ),
    Target(
        "compare_at",
        N_("Compare-at price"),
        "compare at|compare at price|variant compare at price|uvp|old price|streichpreis|alter preis",
        MONEY,
    ),
    Target("cost", N_("Cost"), "cost|cost per item|cost price|purchase price|einkaufspreis|ek|ek preis|einkauf", MONEY),
    Target("tracked", N_("Stock is counted"), "tracked|track stock|track inventory|bestandsfuhrung", FLAG),
    Target("policy", N_("When sold out"), "policy|inventory policy|variant inventory policy|when sold out"),
    Target("variant_active", N_("Variant on sale"), "variant active|variante aktiv", FLAG),
    Target("barcodes", N_("Barcodes"), "barcode|barcodes|variant barcode|ean|ean code|gtin|upc|isbn|strichcode"),
    Target(
        "stock",
        N_("Stock"),
        "stock|quantity|qty|on hand|inventory|variant inventory qty|bestand|lagerbestand|menge",
        QUANTITY,
    ),
)
CUSTOMERS = (
    Target("customer", N_("Customer's id"), "customer|customer id|customer uid|uid|id|kundennummer|kunde"),
    Target("first_name", N_("First name"), "first name|firstname|given name|vorname"),
    Target("last_name", N_("Last name"), "last name|lastname|surname|family name|nachname|name|familienname"),
    Target("company", N_("Company"), "company|company name|organisation|organization|firma|firmenname"),
    Target("email", N_("E-mail"), "email|e mail|mail|email address|e mail adresse|mailadresse"),
    Target("phone", N_("Phone"), "phone|telephone|mobile|phone number|telefon|telefonnummer|handy|mobil"),
    Target("card_number", N_("Customer card"), "card number|card|customer card|kundenkarte|kartennummer"),
    Target("language", N_("Language"), "language|sprache"),
    Target("notes", N_("Notes"), "notes|note|comment|notizen|bemerkung|kommentar"),
    Target("groups", N_("Groups"), "groups|group|customer group|tags|gruppe|gruppen|kundengruppe"),
    Target("price_list", N_("Price list"), "price list|preisliste"),
    Target("tax_exempt", N_("Tax exempt"), "tax exempt|steuerfrei", FLAG),
    Target("account_limit", N_("Account limit"), "account limit|credit limit|kreditlimit", MONEY),
    Target("address_type", N_("Address: kind"), "address type|address kind|adressart"),
    Target(
        "line1",
        N_("Address: street"),
        "address|address 1|address1|address line 1|street|strasse|adresse|anschrift|default address address1",
    ),
    Target(
        "line2", N_("Address: second line"), "address 2|address2|address line 2|adresszusatz|default address address2"
    ),
    Target(
        "postal_code",
        N_("Address: postal code"),
        "postal code|postcode|zip|zip code|plz|postleitzahl|default address zip",
    ),
    Target("city", N_("Address: city"), "city|town|ort|stadt|default address city"),
    Target("state", N_("Address: state"), "state|province|region|bundesland|kanton|default address province code"),
    Target("country", N_("Address: country"), "country|country code|land|landercode|default address country code"),
    Target("default", N_("Address: the usual one"), "default|default address|standardadresse", FLAG),
)
STOCK = (
    Target(
        "sku",
        N_("SKU"),
        "sku|variant sku|article number|item number|artikelnummer|artikelnr|artikel nr|art nr|nr|code|artikel",
    ),
    Target("barcode", N_("Barcode"), "barcode|ean|gtin|upc|isbn|strichcode|variant barcode"),
    Target("warehouse", N_("Warehouse"), "warehouse|location|store|lager|lagerort|filiale"),
    Target(
        "quantity",
        N_("Quantity"),
        "quantity|qty|stock|on hand|count|counted|bestand|menge|anzahl|lagerbestand|change",
        QUANTITY,
        required=True,
    ),
    Target("reason", N_("Reason"), "reason|grund"),
)
PRICES = (
    Target(
        "sku",
        N_("SKU"),
        "sku|variant sku|article number|item number|artikelnummer|artikelnr|artikel nr|art nr|nr|code|artikel",
    ),
    Target("barcode", N_("Barcode"), "barcode|ean|gtin|upc|isbn|strichcode|variant barcode"),
    Target("price_list", N_("Price list"), "price list|list|preisliste|liste"),
    Target("from", N_("From quantity"), "from|from quantity|min quantity|minimum quantity|ab menge|staffel", QUANTITY),
    Target("price", N_("Price"), "price|new price|preis|verkaufspreis|vk|variant price", MONEY, required=True),
    Target(
        "compare_at",
        N_("Compare-at price"),
        "compare at|compare at price|uvp|streichpreis|variant compare at price",
        MONEY,
    ),
    Target("cost", N_("Cost"), "cost|cost price|purchase price|einkaufspreis|ek|cost per item", MONEY),
)
TARGETS: Mapping[str, tuple[Target, ...]] = {
    "products": PRODUCTS,
    "customers": CUSTOMERS,
    "stock": STOCK,
    "prices": PRICES,
}
SHOPIFY_MARKS = frozenset({"handle", "variant price", "option1 name", "image src"})
SHOPIFY = {
    "handle": "handle",
    "title": "title",
    "body html": "description",
    "product category": "category",
    "published": "active",
    "option1 name": "option1_name",
    "option1 value": "option1",
    "option2 name": "option2_name",
    "option2 value": "option2",
    "option3 name": "option3_name",
    "option3 value": "option3",
    "variant sku": "sku",
    "variant grams": "weight",
    "variant inventory policy": "policy",
    "variant price": "price",
    "variant compare at price": "compare_at",
    "variant barcode": "barcodes",
    "cost per item": "cost",
    "variant inventory qty": "stock",
    "image src": "images",
    "image alt text": "image_alt",
    "image position": "image_position",
}
"""Columns of Shopify's product export and what they mean; the others become attributes or are kept as they came."""
SHOPIFY_KEPT = (
    "variant inventory tracker",
    "variant fulfillment service",
    "variant requires shipping",
    "variant taxable",
    "variant image",
    "variant weight unit",
    "variant tax code",
    "gift card",
)
"""Columns of Shopify that belong to a row and not to the product."""


def is_shopify(header: Sequence[str]) -> bool:
    """Whether a header is that of Shopify's product export."""
    return {folded(name) for name in header} >= SHOPIFY_MARKS


def guess_kind(header: Sequence[str]) -> str:
    """The kind of file whose meanings fit most columns; required ones count more."""
    if is_shopify(header):
        return "products"
    best, most = "products", -1.0
    for kind, _title in KINDS:
        found = set(guess_mapping(kind, header).values())
        if kind in {"stock", "prices"} and not found & {"sku", "barcode"}:
            continue
        missing = sum(target.required and target.key not in found for target in TARGETS[kind])
        score = len(found) - 3 * missing + (0.5 if kind in {"stock", "prices"} and len(header) <= 4 else 0)
        if score > most:
            best, most = kind, score
    return best


def guess_mapping(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Column name to meaning, each meaning once; columns that mean nothing known are left out."""
    if kind == "products" and is_shopify(header):
        return _shopify_mapping(header)
    known = _by_name(kind)
    fitting: list[tuple[int, int, str, str]] = []
    for place, name in enumerate(header):
        key = _named(kind, name)
        if key:
            fitting.append((-1, place, name, key))
        for rank, meaning in known.get(folded(name).replace("e mail", "email"), known.get(folded(name), ())):
            fitting.append((rank, place, name, meaning))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _rank, _place, name, key in sorted(fitting):  # the surest names first
        if name not in found and key not in taken:
            found[name] = key
            taken.add(key)
    return {name: found[name] for name in header if name in found}


def _named(kind: str, name: str) -> str:
    """Meanings that carry a name of their own: ``stock: Main``, ``attribute: Colour``."""
    if kind != "products":
        return ""
    for prefix, words in ((STOCK_OF, ("stock", "bestand")), (ATTRIBUTE, ("attribute", "merkmal"))):
        before, colon, rest = name.partition(":")
        if colon and rest.strip() and folded(before) in words:
            return f"{prefix}{rest.strip()}"
    return ""


def _shopify_mapping(header: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in header:
        key = folded(name)
        if key in SHOPIFY:
            found[name] = SHOPIFY[key]
        elif name and key not in SHOPIFY_KEPT and not key.startswith("variant "):
            found[name] = f"{ATTRIBUTE}{name}"
    return found


@lru_cache(maxsize=8)
def _by_name(kind: str) -> Mapping[str, Sequence[tuple[int, str]]]:
    """What a folded name may mean, each with its rank among the names of that meaning: the first are the surest."""
    names: dict[str, list[tuple[int, str]]] = {}
    for target in TARGETS[kind]:
        for rank, name in enumerate((folded(target.key), *target.guesses.split("|"))):
            names.setdefault(name, []).append((rank, target.key))
    return names
