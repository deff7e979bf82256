"""Reading a scanned code that is no exact match: the shop's barcode rules and GS1 element strings (R13); pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shopdesk.core.money import MILLI, round_half_away

_IDENTIFIERS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
"""What a scanner may send before a GS1 code: GS1-128, DataBar, DataMatrix, QR and DotCode."""
_SEPARATORS = ("<GS>", "{GS}", "\u241d", "\x1e", "\x04")
_GS = "\x1d"
_SHORTEST_GS1 = 16
GTIN_LENGTHS = (14, 13, 12, 8)


@dataclass(frozen=True, slots=True)
class Rule:
    """How to read a code: prefix, item digits, verifier, value digits and a check digit, anchored at both ends."""

    id: int
    prefix: str
    item_digits: int
    verifier_digits: int
    value_digits: int
    value_decimals: int
    kind: str
    check_digit: str

    @property
    def length(self) -> int:
        """How many characters a code of this rule has, its check digit included."""
        return len(self.prefix) + self.item_digits + self.verifier_digits + self.value_digits + 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What a code says beside the item: ``kind`` price (``value`` in minor units), weight or count (thousandths), or none.

    ``price_cents`` and ``measure_milli`` may both be there (GS1); ``is_kilograms`` says that the measure is a weight in kg.
    ``doubtful`` is true when a check digit that the rule only warns about was wrong.
    """

    item: str
    price_cents: int | None = None
    measure_milli: int | None = None
    is_kilograms: bool = False
    lot: str = ""
    expires_on: date | None = None
    doubtful: bool = False


def read_by_rule(rule: Rule, code: str, places: int) -> Reading | None:
    """What a rule reads in a code, None if it does not fit. ``places`` are the decimals of the shop's currency."""
    if len(code) != rule.length or not code.startswith(rule.prefix) or not (code.isascii() and code.isdigit()):
        return None
    at = len(rule.prefix)
    item = code[at : at + rule.item_digits]
    at += rule.item_digits
    verifier = code[at : at + rule.verifier_digits]
    at += rule.verifier_digits
    value = code[at : at + rule.value_digits]
    good = check_digit(code[:-1]) == code[-1] and (not verifier or value_verifier(value) in {verifier, None})
    if not good and rule.check_digit == "enforce":
        return None
    doubtful = not good and rule.check_digit == "warn"
    if rule.kind == "price":
        cents = round_half_away(int(value) * 10**places, 10**rule.value_decimals)
        return Reading(item, price_cents=cents, doubtful=doubtful)
    milli = round_half_away(int(value) * MILLI, 10**rule.value_decimals)
    return Reading(item, measure_milli=milli, doubtful=doubtful)


def check_digit(body: str) -> str:
    """The GS1 check digit of the digits before it, whatever their number."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(body)))
    return str(-total % 10)


def value_verifier(value: str) -> str | None:
    """The GS1 verifier digit of an embedded price or weight of 4 or 5 digits; None where the standard has none."""
    if len(value) not in {4, 5}:
        return None
    from biip.checksums import gs1_price_weight_check_digit  # 0.1 s to import: only for shops with such codes

    return str(gs1_price_weight_check_digit(value))


def gtin_forms(code: str) -> tuple[str, ...]:
    """The same GTIN with 14, 13, 12 and 8 digits, as far as only zeros fall away; nothing for what is no GTIN."""
    if not (code.isascii() and code.isdigit()) or len(code) not in GTIN_LENGTHS:
        return ()
    full = code.rjust(14, "0")
    return tuple(full[14 - length :] for length in GTIN_LENGTHS if not full[: 14 - length].strip("0"))


def read_gs1(code: str, places: int) -> Reading | None:
    """What a GS1 element string says: GTIN, lot, expiry, weight, price, count; None for any other code.

    Separators may come as the scanner sends them (GS, ``<GS>``, the visible sign) and the text may be typed with brackets.
    """
    text = code
    for separator in _SEPARATORS:
        text = text.replace(separator, _GS)
    for identifier in _IDENTIFIERS:
        text = text.removeprefix(identifier)
    text = text.strip(_GS + " ")
    if len(text) < _SHORTEST_GS1 or not text.startswith(("01", "02", "(01)", "(02)")):
        return None
    import biip
    from biip.gs1_messages import GS1Message

    try:
        if text.startswith("("):
            message: GS1Message | None = GS1Message.parse_hri(text)
        else:
            message = biip.parse(text).gs1_message
    except ValueError:
        return None
    return None if message is None else _from_message(message, places)


def _from_message(message: object, places: int) -> Reading | None:
    item, lot = "", ""
    expires: date | None = None
    price: int | None = None
    measure: int | None = None
    is_kilograms = False
    for element in message.element_strings:  # type: ignore[attr-defined] # biip is imported only when needed
        code: str = element.ai.ai
        value: str = element.value
        if code in {"01", "02"} and element.gtin is not None:
            item = value
        elif code == "10":
            lot = value
        elif code in {"15", "17"} and element.date is not None:
            expires = element.date if code == "17" or expires is None else expires
        elif code.startswith("310"):
            measure = round_half_away(int(value) * MILLI, 10 ** int(code[3]))
            is_kilograms = True
        elif code.startswith("392"):
            price = round_half_away(int(value) * 10**places, 10 ** int(code[3]))
        elif code in {"30", "37"} and measure is None:
            measure = int(value) * MILLI
    if not item:
        return None
    return Reading(item, price, measure, is_kilograms, lot, expires)
