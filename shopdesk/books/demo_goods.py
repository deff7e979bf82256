"""What the demo shop sells: products, variants, prices and which drawing stands for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoGoods:
    """A product of the demo shop. ``sizes`` are (trait value, extra cents) of its variants, of the trait ``trait``.

    ``drawing`` names a function of the drawings, ``colour`` and ``ground`` its colours. ``stock`` are units on the shelf.
    """

    sku: str
    title: str
    category: str
    price_cents: int
    cost_cents: int
    drawing: str
    colour: str
    ground: str
    tax: str = "red"
    unit: str = "pc"
    stock: int = 60
    policy: str = "deny"
    trait: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    badge: str = ""
    text: str = ""


MINT, PEACH, SKY, ROSE, SAND, LILAC = "#e8f1ea", "#fdeee0", "#e6eff6", "#f6e9ee", "#fbf3d9", "#ece8f4"
_SHIRTS = (("S", 0), ("M", 0), ("L", 0), ("XL", 200))
_FRUIT, _GREENS = "Fresh > Fruit", "Fresh > Vegetables"
_BREAD, _SWEETS = "Bakery > Bread and rolls", "Bakery > Cakes and sweets"
_DAIRY, _COUNTER = "Chilled > Dairy and eggs", "Chilled > Cheese, meat and fish"
_HOT, _COLD, _WINE = "Drinks > Coffee and tea", "Drinks > Juice and water", "Drinks > Wine and beer"
_DRY, _HOME, _CARE = "Pantry", "Home > Kitchen and living", "Home > Bath and care"
_WEAR, _PAPER, _PLAY = "Wear", "Paper and gifts", "Toys and games"

DEMO_GOODS: tuple[DemoGoods, ...] = (
    DemoGoods("APPLE", "Apples Elstar", _FRUIT, 299, 150, "fruit", "#d9534f", MINT, unit="kg", stock=80),
    DemoGoods("PEAR", "Pears Conference", _FRUIT, 349, 180, "fruit", "#a9b84c", PEACH, unit="kg", stock=45),
    DemoGoods("ORANGE", "Oranges", _FRUIT, 279, 140, "citrus", "#ef9a3d", SKY, unit="kg", stock=60),
    DemoGoods("LEMON", "Lemon", _FRUIT, 59, 25, "citrus", "#f2cf3e", LILAC, stock=90),
    DemoGoods("BANANA", "Bananas", _FRUIT, 199, 105, "banana", "#f4cd45", SKY, unit="kg", stock=70),
    DemoGoods("GRAPE", "Grapes, seedless", _FRUIT, 449, 240, "grapes", "#7a5aa6", ROSE, unit="kg", stock=25),
    DemoGoods("STRAWB", "Strawberries 500 g", _FRUIT, 399, 220, "berries", "#d8324a", MINT, stock=30, badge="New"),
    DemoGoods("CARROT", "Carrots, bunch", _GREENS, 229, 110, "carrot", "#ed8b32", SKY, stock=40),
    DemoGoods("TOMATO", "Vine tomatoes", _GREENS, 379, 200, "tomato", "#dc4b3e", SAND, unit="kg", stock=35),
    DemoGoods("POTATO", "Potatoes, waxy", _GREENS, 149, 70, "potato", "#d3aa6b", MINT, unit="kg", stock=120),
    DemoGoods("LETTUCE", "Lettuce", _GREENS, 159, 80, "salad", "#7cb45b", PEACH, stock=32),
    DemoGoods("CABBAGE", "Red cabbage", _GREENS, 199, 95, "salad", "#9a5c97", SAND, stock=18),
    DemoGoods("RYE", "Rye loaf 1 kg", _BREAD, 459, 190, "loaf", "#a8703a", SAND, stock=24, policy="continue"),
    DemoGoods("SPELT", "Spelt loaf 750 g", _BREAD, 489, 210, "loaf", "#d59a56", SKY, stock=18, policy="continue"),
    DemoGoods("BAGUETTE", "Baguette", _BREAD, 219, 85, "baguette", "#d9a35f", LILAC, stock=40, policy="continue"),
    DemoGoods("ROLL", "Breakfast roll", _BREAD, 45, 14, "roll", "#dca55d", MINT, stock=260, policy="continue"),
    DemoGoods(
        "CROISSANT", "Butter croissant", _BREAD, 165, 60, "croissant", "#e0a24e", ROSE, stock=90, policy="continue"
    ),
    DemoGoods("CAKE", "Cherry cake, slice", _SWEETS, 320, 120, "cake", "#c05b6b", PEACH, stock=40),
    DemoGoods("COOKIE", "Chocolate cookie", _SWEETS, 140, 45, "cookie", "#d9a05b", SKY, stock=75),
    DemoGoods(
        "ICE",
        "Ice cream cone",
        _SWEETS,
        250,
        80,
        "ice",
        "#f0a3b5",
        MINT,
        trait="Flavour",
        stock=50,
        sizes=(("Strawberry", 0), ("Vanilla", 0), ("Pistachio", 30)),
    ),
    DemoGoods(
        "CHOC",
        "Chocolate 100 g",
        _SWEETS,
        279,
        130,
        "chocolate",
        "#8a4f9e",
        SAND,
        trait="Kind",
        stock=60,
        sizes=(("Milk", 0), ("Dark 70 %", 20), ("Hazelnut", 30)),
    ),
    DemoGoods("MILK", "Whole milk 1 l", _DAIRY, 149, 95, "carton", "#4a8ec2", ROSE, stock=110),
    DemoGoods("OATMILK", "Oat drink 1 l", _DAIRY, 219, 120, "carton", "#8fae4e", PEACH, stock=70, tax="std"),
    DemoGoods(
        "YOGHURT",
        "Yoghurt 500 g",
        _DAIRY,
        169,
        90,
        "tub",
        "#5b8fd0",
        SAND,
        trait="Kind",
        stock=45,
        sizes=(("Plain", 0), ("Strawberry", 20), ("Vanilla", 20)),
    ),
    DemoGoods("BUTTER", "Butter 250 g", _DAIRY, 259, 180, "tub", "#eec144", LILAC, stock=60),
    DemoGoods("EGGS", "Free-range eggs, 10", _DAIRY, 349, 220, "eggs", "#e3b98a", MINT, stock=48),
    DemoGoods("GOUDA", "Gouda, matured", _COUNTER, 1690, 980, "cheese", "#f1bd4c", SKY, unit="kg", stock=14),
    DemoGoods("BRIE", "Brie de Meaux", _COUNTER, 2190, 1320, "cheese", "#f3e2b3", ROSE, unit="kg", stock=8),
    DemoGoods("SALMON", "Salmon fillet", _COUNTER, 3290, 2100, "fish", "#ee8d6d", SKY, unit="kg", stock=9),
    DemoGoods("SAUSAGE", "Grill sausages, 4", _COUNTER, 549, 310, "sausage", "#c0603f", SAND, stock=36),
    DemoGoods("PIZZA", "Pizza slice, salami", _COUNTER, 390, 140, "pizza", "#c9453c", MINT, stock=30),
    DemoGoods(
        "COFFEE",
        "Coffee to go",
        _HOT,
        260,
        55,
        "takeaway",
        "#8a5a3c",
        MINT,
        tax="std",
        trait="Size",
        stock=400,
        sizes=(("Small", 0), ("Large", 90)),
    ),
    DemoGoods("CAPPU", "Cappuccino", _HOT, 310, 80, "cup", "#4f8f86", PEACH, tax="std", stock=300),
    DemoGoods(
        "BEANS",
        "Coffee beans 500 g",
        _HOT,
        1190,
        720,
        "pouch",
        "#6d4a35",
        SAND,
        trait="Roast",
        stock=28,
        sizes=(("Espresso", 0), ("Filter", 0), ("Decaf", 100)),
    ),
    DemoGoods("GREENTEA", "Green tea, 20 bags", _HOT, 349, 150, "teabox", "#5b9a68", ROSE, stock=52),
    DemoGoods("BLACKTEA", "Earl Grey, 20 bags", _HOT, 329, 140, "teabox", "#38618c", SAND, stock=47),
    DemoGoods("CREME", "Crème brûlée tea", _HOT, 429, 210, "teabox", "#c98145", SKY, stock=22, badge="New"),
    DemoGoods("JUICE", "Orange juice 1 l", _COLD, 329, 190, "bottle", "#ef9a3d", LILAC, tax="std", stock=48),
    DemoGoods("WATER", "Mineral water 0.7 l", _COLD, 99, 40, "bottle", "#7db7dc", SAND, tax="std", stock=140),
    DemoGoods("COLA", "Cola 0.33 l", _COLD, 149, 65, "can", "#c53a3a", MINT, tax="std", stock=120),
    DemoGoods("LEMONADE", "Lemonade 0.33 l", _COLD, 159, 70, "can", "#e4c229", LILAC, tax="std", stock=90),
    DemoGoods("REDWINE", "Pinot noir 0.75 l", _WINE, 1090, 610, "bottle", "#7d2b3f", SAND, tax="std", stock=36),
    DemoGoods("WHITEWINE", "Riesling 0.75 l", _WINE, 950, 540, "bottle", "#9fb558", PEACH, tax="std", stock=42),
    DemoGoods(
        "BEER",
        "Craft beer 0.33 l",
        _WINE,
        239,
        120,
        "beer",
        "#3f7f73",
        SKY,
        tax="std",
        trait="Style",
        stock=72,
        sizes=(("Pale ale", 0), ("Stout", 20), ("Wheat", 0)),
    ),
    DemoGoods("PASTA", "Spaghetti 500 g", _DRY, 189, 90, "box", "#3c6fb0", SAND, stock=80),
    DemoGoods("RICE", "Basmati rice 1 kg", _DRY, 389, 210, "pouch", "#3d8f6d", ROSE, stock=44),
    DemoGoods("MUESLI", "Müsli, nuts 750 g", _DRY, 499, 280, "box", "#b5713c", MINT, stock=38),
    DemoGoods("HONEY", "Blossom honey 500 g", _DRY, 699, 420, "jar", "#e9a62f", SKY, stock=34),
    DemoGoods("JAM", "Raspberry jam 340 g", _DRY, 379, 190, "jar", "#c23b5a", LILAC, stock=41),
    DemoGoods("OLIVE", "Olive oil 0.5 l", _DRY, 1090, 690, "bottle", "#8b9a3b", ROSE, stock=33),
    DemoGoods("BEANTIN", "Chopped tomatoes, tin", _DRY, 129, 60, "tin", "#d1453b", MINT, stock=95),
    DemoGoods(
        "MUG",
        "Stoneware mug",
        _HOME,
        1290,
        560,
        "mug",
        "#4f7f93",
        PEACH,
        tax="std",
        trait="Colour",
        stock=16,
        sizes=(("Blue", 0), ("Moss", 0), ("Terracotta", 0)),
    ),
    DemoGoods("BOWL", "Hand-thrown bowl", _HOME, 1890, 900, "plate", "#c4704a", SAND, tax="std", stock=14),
    DemoGoods(
        "CANDLE",
        "Scented candle",
        _HOME,
        1490,
        610,
        "candle",
        "#c9889c",
        MINT,
        tax="std",
        trait="Scent",
        stock=20,
        sizes=(("Fig", 0), ("Cedar", 0), ("Linen", 0)),
    ),
    DemoGoods("PLANT", "Succulent in a pot", _HOME, 990, 450, "plant", "#cf7a4e", SKY, stock=18),
    DemoGoods("FLOWERS", "Bunch of flowers", _HOME, 1290, 600, "flowers", "#e0607e", SAND, stock=15, policy="continue"),
    DemoGoods("BULB", "LED bulb E27", _HOME, 590, 260, "bulb", "#f6d566", LILAC, tax="std", stock=50),
    DemoGoods("BATTERY", "AA batteries, 4", _HOME, 549, 220, "battery", "#e08a2e", MINT, tax="std", stock=64),
    DemoGoods("SOAP", "Olive soap", _CARE, 490, 190, "soap", "#93ab5b", PEACH, tax="std", stock=55),
    DemoGoods("SHAMPOO", "Shampoo 300 ml", _CARE, 690, 330, "pump", "#6f7fc0", SAND, tax="std", stock=40),
    DemoGoods("TOOTH", "Toothpaste 75 ml", _CARE, 279, 120, "tube", "#45a0a0", ROSE, tax="std", stock=66),
    DemoGoods("BRUSH", "Dish brush, beech", _CARE, 420, 170, "brush", "#e7dcc4", SKY, tax="std", stock=37),
    DemoGoods(
        "TOWEL",
        "Bath towel",
        _CARE,
        2490,
        1200,
        "towel",
        "#7fa8b8",
        ROSE,
        tax="std",
        trait="Colour",
        stock=12,
        sizes=(("Sea", 0), ("Sand", 0)),
    ),
    DemoGoods(
        "SHIRT",
        "T-shirt, organic cotton",
        _WEAR,
        2490,
        1050,
        "shirt",
        "#c96f4a",
        SKY,
        tax="std",
        trait="Size",
        stock=14,
        sizes=_SHIRTS,
    ),
    DemoGoods(
        "SOCKS",
        "Wool socks",
        _WEAR,
        1290,
        560,
        "socks",
        "#5e86b3",
        SAND,
        tax="std",
        trait="Size",
        stock=22,
        sizes=(("36-39", 0), ("40-43", 0), ("44-47", 0)),
    ),
    DemoGoods("HAT", "Woolly hat", _WEAR, 1990, 820, "cap", "#a4507a", MINT, tax="std", stock=17),
    DemoGoods("TOTE", "Tote bag", _WEAR, 990, 330, "bag", "#55896b", PEACH, tax="std", stock=45),
    DemoGoods("UMBRELLA", "Umbrella", _WEAR, 1790, 760, "umbrella", "#4a78b5", SAND, tax="std", stock=19),
    DemoGoods("COOKBOOK", "The weeknight cookbook", _PAPER, 2400, 1440, "book", "#d0783c", MINT, stock=12),
    DemoGoods("NOVEL", "Novel, paperback", _PAPER, 1300, 780, "book", "#41698f", ROSE, stock=20),
    DemoGoods("NOTEBOOK", "Notebook A5, dotted", _PAPER, 890, 370, "notebook", "#3f8f8b", SAND, tax="std", stock=34),
    DemoGoods("CARD", "Greeting card", _PAPER, 350, 110, "card", "#dc4f68", SKY, tax="std", stock=85),
    DemoGoods("PUZZLE", "Puzzle, 500 pieces", _PLAY, 1690, 790, "puzzle", "#7560a8", MINT, tax="std", stock=13),
    DemoGoods("BALL", "Beach ball", _PLAY, 890, 340, "ball", "#e0573f", SKY, tax="std", stock=24),
    DemoGoods("BEAR", "Teddy bear", _PLAY, 1990, 880, "bear", "#b9824f", ROSE, tax="std", stock=11),
)
"""In the order in which the till shows them."""

CUSTOMERS: tuple[tuple[str, str, str], ...] = (
    ("Kim", "Lee", ""),
    ("Zoë", "Müller", ""),
    ("Ayşe", "Yılmaz", ""),
    ("Jonas", "Weber", ""),
    ("Lena", "Hofmann", ""),
    ("Mateo", "García", ""),
    ("Ines", "Duarte", ""),
    ("Oskar", "Nowak", ""),
    ("Mila", "Petrović", ""),
    ("Emil", "Jensen", ""),
    ("Sofia", "Rossi", ""),
    ("Noah", "Becker", ""),
    ("Charlotte", "Dupont", ""),
    ("Tim", "Schäfer", ""),
    ("Anna", "Kowalska", ""),
    ("Felix", "Wagner", ""),
    ("Nora", "Lindqvist", ""),
    ("Paul", "O'Brien", ""),
    ("Hanna", "Vogel", ""),
    ("Elif", "Demir", ""),
    ("Marek", "Dvořák", ""),
    ("Greta", "Sommer", ""),
    ("Luca", "Bianchi", ""),
    ("Amélie", "Laurent", ""),
    ("Ben", "Krause", ""),
    ("Ida", "Nielsen", ""),
    ("Viktor", "Horváth", ""),
    ("Clara", "Brandt", ""),
    ("Yuki", "Tanaka", ""),
    ("Samuel", "Okafor", ""),
    ("Julia", "Fischer", "Café Kante"),
    ("Robert", "Klein", "Klein & Partner"),
    ("Marta", "Silva", "Hotel Linde"),
    ("Daniel", "Roth", ""),
    ("Eva", "Steiner", ""),
    ("Leon", "Maier", ""),
)
"""First name, last name, company."""
