"""Made-up goods and people: names that read like a shop's, codes that check, prices that fit; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from shopdesk.catalogue.bulk import NewProduct
from shopdesk.catalogue.codes import check_digit
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.core.folding import folded
from shopdesk.parties.customer_fields import CustomerFields

_MAKERS = (
    "Alder", "Birkholm", "Casa Verde", "Dorfladen", "Eastgate", "Fjord", "Gärtner", "Hillside", "Isla", "Juniper",
    "Kestrel", "Linden", "Morgenrot", "Northwind", "Olivera", "Pinewood", "Quinta", "Rosenhof", "Søndergaard", "Tannhof",
    "Umbra", "Valmont", "Westfield", "Xylo", "Yarrow", "Zephyr", "Maple & Co", "Brightside", "Corvus", "Daybreak",
)  # fmt: skip
_KINDS = (
    "Classic", "Organic", "Fine", "Mild", "Strong", "Wild", "Golden", "Dark", "Light", "Crispy", "Smoked", "Fresh",
    "Natural", "Royal", "Country", "Alpine", "Nordic", "Garden", "Winter", "Summer", "Soft", "Roasted", "Sweet", "Tangy",
    "Velvet", "Rustic", "Blue", "Green", "Crimson", "Amber", "Ivory", "Copper", "Silver", "Cedar", "Lavender", "Honey",
)  # fmt: skip
_SHELVES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[int, int]], ...] = (
    ("Food > Pantry", "PAN", ("pasta", "rice", "lentils", "müsli", "flour", "honey", "jam", "olive oil", "vinegar",
     "tomato sauce", "mustard", "oat flakes", "chickpeas", "couscous", "peanut butter"), ("250 g", "500 g", "1 kg"), (99, 899)),
    ("Food > Chilled", "CHI", ("yoghurt", "butter", "cream", "cheese", "tofu", "pesto", "hummus", "salami", "ham",
     "mozzarella", "quark", "feta"), ("150 g", "250 g", "400 g"), (89, 799)),
    ("Food > Sweets", "SWE", ("chocolate", "biscuits", "gummy bears", "nougat", "wafers", "caramels", "marzipan",
     "liquorice", "pralines", "cookies"), ("75 g", "100 g", "200 g"), (79, 699)),
    ("Food > Produce", "PRO", ("apples", "pears", "carrots", "potatoes", "onions", "tomatoes", "grapes", "peppers",
     "cabbage", "plums"), ("",), (99, 599)),
    ("Drinks > Coffee and tea", "COF", ("espresso", "filter coffee", "green tea", "black tea", "rooibos", "cocoa",
     "mint tea", "chai"), ("20 bags", "250 g", "500 g"), (199, 1599)),
    ("Drinks > Cold", "DRI", ("apple juice", "lemonade", "mineral water", "cola", "iced tea", "orange juice", "tonic",
     "kombucha"), ("0.33 l", "0.7 l", "1 l"), (69, 499)),
    ("Drinks > Wine and beer", "WIN", ("riesling", "pinot noir", "pale ale", "lager", "cider", "merlot", "prosecco",
     "wheat beer"), ("0.33 l", "0.5 l", "0.75 l"), (129, 2499)),
    ("Home > Kitchen", "KIT", ("mug", "bowl", "plate", "cutting board", "pan", "whisk", "knife", "jar", "teapot",
     "tea towel", "apron", "grater"), ("small", "medium", "large"), (399, 6999)),
    ("Home > Living", "LIV", ("candle", "cushion", "vase", "blanket", "picture frame", "lamp", "basket", "plant pot",
     "clock", "rug"), ("small", "medium", "large"), (599, 9999)),
    ("Home > Care", "CAR", ("soap", "shampoo", "hand cream", "toothpaste", "bath salt", "towel", "sponge", "detergent",
     "dish brush"), ("100 ml", "250 ml", "500 ml"), (149, 2499)),
    ("Wear", "WEA", ("T-shirt", "socks", "scarf", "cap", "jumper", "gloves", "shirt", "belt", "pyjamas"), ("",), (599, 8999)),
    ("Paper and play", "PAP", ("notebook", "pencil set", "card", "puzzle", "board game", "picture book", "calendar",
     "sticker sheet", "teddy bear"), ("",), (199, 4999)),
)  # fmt: skip
_SIZES = ("S", "M", "L", "XL")
_FIRST = (
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Kim", "Lena", "Mateo", "Nora",
    "Oskar", "Paula", "Quentin", "Rosa", "Samir", "Tara", "Umut", "Vera", "Willem", "Xenia", "Yusuf", "Zoë", "Amélie",
    "Björn", "Chiara", "Dörte", "Emil", "Fatma", "Giulia", "Hanna", "Ivan", "Jana", "Karol", "Lucía", "Mila", "Noah",
)  # fmt: skip
_LAST = (
    "Adler", "Bauer", "Cohen", "Demir", "Evans", "Fischer", "García", "Hansen", "Ivanov", "Jansen", "Kowalski", "Lehmann",
    "Müller", "Nowak", "Okafor", "Petersen", "Quinn", "Rossi", "Schäfer", "Tanaka", "Ulrich", "Vogel", "Weber", "Xu",
    "Yılmaz", "Zimmermann", "Almeida", "Brandt", "Costa", "Dubois", "Eriksen", "Fuchs", "Greco", "Horváth", "Iversen",
    "Jung", "Krause", "Lindqvist", "Moreau", "Nguyen", "Olsen", "Papadakis", "Ramos", "Steiner", "Thomsen", "Vasić",
)  # fmt: skip


def made_up_products(rng: random.Random, count: int, first: int, taxes: Sequence[str | None]) -> Iterator[NewProduct]:
    """``count`` products whose codes begin at number ``first``; ``taxes`` are the shop's tax classes, None for no tax."""
    for number in range(first, first + count):
        shelf, prefix, nouns, sizes, (lowest, highest) = _SHELVES[rng.randrange(len(_SHELVES))]
        noun, size = rng.choice(nouns), rng.choice(sizes)
        title = f"{rng.choice(_MAKERS)} {rng.choice(_KINDS).lower()} {noun}{' ' if size else ''}{size}"
        price = _price(rng, lowest, highest)
        tax = taxes[len(prefix + noun) % len(taxes)] if taxes else None
        weighed = prefix == "PRO"
        traits = _SIZES if prefix == "WEA" and rng.random() < 0.5 else ("",)
        variants = tuple(
            VariantFields(
                sku=f"{prefix}-{number:07d}{trait and '-' + trait}",
                price_cents=price,
                cost_cents=price * rng.randint(45, 70) // 100,
                inventory_policy="continue" if rng.random() < 0.03 else "deny",
                barcodes=(BarcodeFields(_ean(number * 10 + place)),),
                traits=(("Size", trait),) if trait else (),
            )
            for place, trait in enumerate(traits)
        )
        yield NewProduct(
            title=title,
            variants=variants,
            tax=tax,
            category=shelf,
            unit="kg" if weighed else "pc",
            is_weighed=weighed,
        )


def made_up_customers(rng: random.Random, count: int, first: int) -> Iterator[CustomerFields]:
    """``count`` customers whose mail addresses and cards begin at number ``first``."""
    for number in range(first, first + count):
        name, surname = rng.choice(_FIRST), rng.choice(_LAST)
        plain = f"{folded(name)}.{folded(surname)}".replace(" ", "")
        yield CustomerFields(
            first_name=name,
            last_name=surname,
            email=f"{plain}.{number}@example.org",
            phone=f"+49{rng.randrange(10**8, 10**9)}" if rng.random() < 0.6 else None,
            card_number=f"C{number:08d}" if rng.random() < 0.3 else None,
        )


def _price(rng: random.Random, lowest: int, highest: int) -> int:
    """More cheap things than dear ones, ending in 9."""
    return max(9, int(lowest * (highest / lowest) ** rng.random()) // 10 * 10 + 9)


def _ean(number: int) -> str:
    body = f"590{number:09d}"
    return body + check_digit(body)
