"""What must hold of every sale: its rows as the journal vouches for them, and their sums to the cent (I07-I11, I15, I19, I30)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.db.batch import Prepared
from shopdesk.db.invariants import UNREADABLE, Found, Rows, Scope, query, stream
from shopdesk.sales.digests import ADJUSTMENT, ITEM, ORDER, PAYMENT, SALE_TABLES, STEP, TAX
from shopdesk.system.invariants import canonical_bytes

_TRUTHS = frozenset({"prices_include_tax", "track_stock"})


def _columns(alias: str, names: Sequence[str]) -> str:
    """Columns as the journal saw them: truth values as 0 and 1 on both databases."""
    return ", ".join(f"CAST({alias}.{name} AS INTEGER)" if name in _TRUTHS else f"{alias}.{name}" for name in names)


_ORDERS = query(
    "SELECT " + _columns("o", ORDER) + ", o.status, j.payload, j.till_id, j.seq, j.hash, j.created_at, "
    "k.use_case, k.answer FROM orders o LEFT JOIN journal j ON j.kind = 'sale' AND j.number = o.number "
    "LEFT JOIN idempotency_keys k ON k.key = o.uid WHERE o.id > :order_floor AND o.fulfilment = 'counter' ORDER BY o.id"
)
_ITEMS = query(
    "SELECT " + _columns("i", ITEM) + " FROM order_items i WHERE i.order_id > :order_floor ORDER BY i.order_id, i.line"
)
_STEPS = query(
    "SELECT i.order_id, "
    + _columns("p", STEP)
    + " FROM price_steps p JOIN order_items i ON i.id = p.order_item_id WHERE i.order_id > :order_floor "
    "ORDER BY i.order_id, i.line, p.position"
)


def _of_order(table: str, columns: Sequence[str], order: str) -> Prepared:
    return query(
        "SELECT " + _columns("t", columns) + f" FROM {table} t WHERE t.order_id > :order_floor "
        f"ORDER BY t.order_id, t.{order}"
    )


_ADJUSTMENTS = _of_order("order_adjustments", ADJUSTMENT, "id")
_TAXES = _of_order("order_taxes", TAX, "tax_rate_id")
_PAYMENTS = _of_order("payments", PAYMENT, "id")
_HISTORY = _of_order("order_status_history", ("order_id", "status", "at", "user_id", "position"), "position")
_SHIFTS = query("SELECT s.id, s.till_id, s.number FROM shifts s")
_TILLS = query("SELECT t.id, t.code FROM tills t")

_O = {name: place for place, name in enumerate((*ORDER, "status", "payload", "till", "seq", "hash", "at", "use_case"))}
_I = {name: place for place, name in enumerate(ITEM)}
_QUANTITY, _UNIT, _DISCOUNT, _TAX = (
    _I[name] for name in ("quantity", "unit_price_cents", "discount_cents", "tax_cents")
)
_TOTAL, _RATES, _NAME, _SKU = (_I[name] for name in ("total_cents", "tax_rates", "product_name", "sku"))
_N = len(ORDER)
_TAX_RATE, _TAXABLE, _TAX_CENTS, _TAX_PPM = (
    TAX.index(name) for name in ("tax_rate_id", "taxable_cents", "tax_cents", "rate_ppm")
)
_PAID, _CHANGE, _TENDER, _STATE = (PAYMENT.index(name) for name in ("amount_cents", "change_cents", "type", "status"))
_AMOUNT, _ORDER_ID_OF = (
    ADJUSTMENT.index("amount_cents"),
    {
        "order_items": _I["order_id"],
        "order_adjustments": ADJUSTMENT.index("order_id"),
        "order_taxes": TAX.index("order_id"),
        "payments": PAYMENT.index("order_id"),
    },
)
_NEXT_STATUS = {
    "pending": {"processing", "cancelled"},
    "processing": {"shipped", "cancelled"},
    "shipped": {"delivered"},
}
_facts = itemgetter(
    *(
        _O[name]
        for name in (
            *(
                "number",
                "uid",
                "till_id",
                "shift_id",
                "user_id",
                "prices_include_tax",
                "subtotal_cents",
                "discount_cents",
            ),
            *("tax_cents", "shipping_cents", "rounding_cents", "total_cents", "placed_at", "status", "payload", "till"),
            *("seq", "hash", "at", "use_case"),
        )
    )
)
_line_facts = itemgetter(_QUANTITY, _UNIT, _DISCOUNT, _TAX, _TOTAL, _RATES, _NAME, _SKU)
_TABLE_NAMES = tuple(name for name, _columns_of in SALE_TABLES)
Row = tuple[Any, ...]  # Any: rows as the driver gives them


class _Payload(msgspec.Struct):
    """What the journal says of a sale."""

    key: str
    rows: str
    tax: list[list[int]]
    tenders: list[tuple[str, int]]
    lines: int
    shift: int
    gross: int
    clerk: int
    till: str


class _AnswerLine(msgspec.Struct):
    line: int
    sku: str
    unit_price_cents: int
    discount_cents: int
    tax_cents: int
    total_cents: int


class _Answer(msgspec.Struct):
    """The figures of a stored answer of ``sell``."""

    number: str
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    rounding_cents: int
    total_cents: int
    change_cents: int
    lines: list[_AnswerLine]
    head: str


_payload = msgspec.json.Decoder(_Payload).decode
_answer = msgspec.json.Decoder(_Answer).decode
_rates = msgspec.json.Decoder(list[tuple[int, int, int, int]]).decode


def walk_sales(connection: sa.Connection, scope: Scope, found: Found) -> None:
    """Every sale with all of its rows, in one pass over seven ordered streams."""
    tills = {row[0]: row[1] for row in stream(connection, _TILLS, {})}
    shifts = {row[0]: row[1:] for row in stream(connection, _SHIFTS, {})}
    values = scope.values
    items = Rows(stream(connection, _ITEMS, values), _ORDER_ID_OF["order_items"]).of
    steps = Rows(stream(connection, _STEPS, values)).of
    adjustments = Rows(stream(connection, _ADJUSTMENTS, values), _ORDER_ID_OF["order_adjustments"]).of
    taxes = Rows(stream(connection, _TAXES, values), _ORDER_ID_OF["order_taxes"]).of
    payments = Rows(stream(connection, _PAYMENTS, values), _ORDER_ID_OF["payments"]).of
    history = Rows(stream(connection, _HISTORY, values)).of
    for order in stream(connection, _ORDERS, values):
        id = order[0]
        tables = items(id), [step[1:] for step in steps(id)], adjustments(id), taxes(id), payments(id)
        past = history(id)
        try:
            sound = _sound(order, *tables, past, tills, shifts)
        except UNREADABLE:
            sound = False
        if not sound:  # once more, in full words
            _Sale(order, *tables, found).check(tills, shifts, past)


def _sound(
    order: Row,
    lines: list[Row],
    steps: list[Row],
    adjustments: list[Row],
    taxes: list[Row],
    payments: list[Row],
    history: list[Row],
    tills: Mapping[int, str],
    shifts: Mapping[int, Row],
) -> bool:
    """Whether everything that ``_Sale`` would complain about holds: the same checks without words, for the many that are fine."""
    number, uid, till_id, shift_id, user_id, inclusive, *figures = _facts(order)
    subtotal, discount, tax, shipping, rounding, total, placed, status, payload, j_till, seq, hashed, at, use_case = (
        figures
    )
    made = off = paid = taxed = 0
    by_rate: dict[int, list[int]] = {}
    for line in lines:
        quantity, unit, less, line_tax, due, rates, name, sku = _line_facts(line)
        extended = (2 * quantity * unit + 1000) // 2000
        if due != extended - less + (0 if inclusive else line_tax) or due < 0 or name is None or sku is None:
            return False
        made += extended
        off += less
        taxed += line_tax
        paid += due
        for rate_id, _ppm, _compound, cents in _rates(rates):
            line_tax -= cents
            sums = by_rate.get(rate_id)
            if sums is None:
                by_rate[rate_id] = [due - line[_TAX], cents]
            else:
                sums[0] += due - line[_TAX]
                sums[1] += cents
        if line_tax:
            return False
    says, told = _payload(payload), _answer(order[-1])
    given, change, tenders = 0, 0, []
    for row in payments:
        kept = row[_PAID]
        given += kept if row[_STATE] == "succeeded" else 0
        change += row[_CHANGE]
        tenders.append((row[_TENDER], kept))
    till = tills[till_id]
    rows = zip(_TABLE_NAMES, ((order[:_N],), lines, steps, adjustments, taxes, payments), strict=True)
    shift = shifts[shift_id] if shift_id is not None else (till_id, 0)
    return (
        hashlib.sha256(canonical_bytes(list(rows))).hexdigest() == says.rows
        and (made, off, taxed, paid + shipping + rounding) == (subtotal, discount, tax, total)
        and -sum([row[_AMOUNT] for row in adjustments]) == off
        and sum([row[_TAX_CENTS] for row in taxes]) == tax
        and {row[_TAX_RATE]: [row[_TAXABLE], row[_TAX_CENTS]] for row in taxes} == by_rate
        and given == total
        and history == [(order[0], "delivered", placed, user_id, 1)]
        and (status, use_case, j_till, at) == ("delivered", "sell", till_id, placed)
        and (says.key, says.gross, says.lines, says.clerk, says.till) == (uid, total, len(lines), user_id, till)
        and (till_id, says.shift) == shift
        and sorted(says.tax) == sorted([[row[_TAX_PPM], row[_TAXABLE], row[_TAX_CENTS]] for row in taxes])
        and says.tenders == tenders
        and (told.number, told.total_cents, told.change_cents) == (number, total, change)
        and (told.subtotal_cents, told.discount_cents, told.tax_cents) == (subtotal, discount, tax)
        and told.rounding_cents == rounding
        and told.head == f"{till}:{seq}:{hashed}"
        and len(told.lines) == len(lines)
    )


class _Sale:
    """One sale's rows side by side."""

    __slots__ = ("adjustments", "found", "lines", "number", "order", "payments", "steps", "taxes")

    def __init__(
        self,
        order: Row,
        lines: list[Row],
        steps: list[Row],
        adjustments: list[Row],
        taxes: list[Row],
        payments: list[Row],
        found: Found,
    ) -> None:
        self.order = order
        self.lines = lines
        self.steps = steps
        self.adjustments = adjustments
        self.taxes = taxes
        self.payments = payments
        self.found = found
        self.number = order[1]

    def check(self, tills: Mapping[int, str], shifts: Mapping[int, Row], history: list[Row]) -> None:
        """Everything that must hold of one sale."""
        try:
            self._sums()
            self._taxes()
            self._money()
        except UNREADABLE as error:
            self._wrong("I07", f"figures that are none ({error})")
        self._history(history)
        if self.order[_O["payload"]] is None:
            self._wrong("I17", "has no journal entry")
        else:
            self._vouched(tills, shifts)
        self._answered(tills)

    def _wrong(self, id: str, text: str) -> None:
        self.found.add(id, f"sale {self.number}: {text}")

    def _get(self, name: str) -> Any:
        return self.order[_O[name]]

    def _sums(self) -> None:
        """I07, I08, I10: lines, subtotal, discount, total."""
        inclusive = self._get("prices_include_tax")
        subtotal = discount = total = 0
        for line in self.lines:
            extended = (2 * line[_QUANTITY] * line[_UNIT] + 1000) // 2000
            subtotal += extended
            discount += line[_DISCOUNT]
            total += line[_TOTAL]
            due = extended - line[_DISCOUNT] + (0 if inclusive else line[_TAX])
            if line[_TOTAL] != due or line[_TOTAL] < 0 or line[_NAME] is None or line[_SKU] is None:
                self._wrong("I08", f"line {line[2]} costs {line[_TOTAL]}, its figures make {due}")
        if self._get("subtotal_cents") != subtotal:
            self._wrong("I07", f"subtotal {self._get('subtotal_cents')}, lines make {subtotal}")
        due = total + self._get("shipping_cents") + self._get("rounding_cents")
        if self._get("total_cents") != due:
            self._wrong("I07", f"total {self._get('total_cents')}, its parts make {due}")
        given = -sum(row[_AMOUNT] for row in self.adjustments)
        if not self._get("discount_cents") == discount == given or discount > subtotal:
            self._wrong("I10", f"discount {self._get('discount_cents')}, lines {discount}, adjustments {given}")

    def _taxes(self) -> None:
        """I09: the order's tax, its lines' and its rates' agree, and so do the bases."""
        by_rate: dict[int, list[int]] = {}
        tax = 0
        for line in self.lines:
            tax += line[_TAX]
            if line[_RATES] == "[]":
                if line[_TAX]:
                    self._wrong("I09", f"line {line[2]} is taxed at no rate")
                continue
            parts = _rates(line[_RATES])
            for rate_id, _ppm, _compound, cents in parts:
                sums = by_rate.setdefault(rate_id, [0, 0])
                sums[0] += line[_TOTAL] - line[_TAX]
                sums[1] += cents
            if sum(part[3] for part in parts) != line[_TAX]:
                self._wrong("I09", f"the rates of line {line[2]} do not make its tax")
        split = sum(row[_TAX_CENTS] for row in self.taxes)
        if not self._get("tax_cents") == tax == split:
            self._wrong("I09", f"tax {self._get('tax_cents')}, lines {tax}, rates {split}")
        if {row[_TAX_RATE]: [row[_TAXABLE], row[_TAX_CENTS]] for row in self.taxes} != by_rate:
            self._wrong("I09", "what was taxed at each rate is not the lines' net")

    def _money(self) -> None:
        """I11: a delivered counter sale is paid."""
        paid = sum(row[_PAID] for row in self.payments if row[_STATE] == "succeeded")
        if paid != self._get("total_cents") and self._get("status") == "delivered":
            self._wrong("I11", f"total {self._get('total_cents')}, paid {paid}")

    def _history(self, history: list[Row]) -> None:
        """I30: steps that may follow each other, the last one the order's; the first made with the sale."""
        steps = [row[1] for row in history]
        if not steps or steps[-1] != self._get("status"):
            self._wrong("I30", f"status {self._get('status')}, history ends with {steps[-1] if steps else 'nothing'}")
        elif [row[4] for row in history] != list(range(1, len(history) + 1)):
            self._wrong("I30", f"a step is missing: {len(history)} are there, numbered {[row[4] for row in history]}")
        elif history[0][2:4] != (self._get("placed_at"), self._get("user_id")):
            self._wrong("I30", "its first step was not made with the sale")
        if any(after not in _NEXT_STATUS.get(before, ()) for before, after in pairwise(steps)):
            self._wrong("I30", f"steps that may not follow each other: {' > '.join(map(str, steps))}")

    def _vouched(self, tills: Mapping[int, str], shifts: Mapping[int, Row]) -> None:
        """I19: the journal's bytes say the same as the rows, and their digest is that of the rows."""
        try:
            says = _payload(self._get("payload"))
        except msgspec.MsgspecError as error:
            self._wrong("I19", f"its journal entry cannot be read ({error})")
            return
        tables = (self.order[:_N],), self.lines, self.steps, self.adjustments, self.taxes, self.payments
        rows = [(name, table) for (name, _columns_), table in zip(SALE_TABLES, tables, strict=True)]
        try:
            digest = hashlib.sha256(canonical_bytes(rows)).hexdigest()
        except UNREADABLE:
            digest = ""
        if digest != says.rows:
            self._wrong("I19", "its rows are not the ones that the journal vouches for")
        shift = shifts.get(self._get("shift_id"))
        facts = (
            says.key == self._get("uid"),
            says.gross == self._get("total_cents"),
            says.lines == len(self.lines),
            says.clerk == self._get("user_id"),
            says.till == tills.get(self._get("till_id")) and self._get("till") == self._get("till_id"),
            self._get("at") == self._get("placed_at"),
            (says.shift == 0) if shift is None else (shift == (self._get("till_id"), says.shift)),
            sorted(says.tax) == sorted([row[_TAX_PPM], row[_TAXABLE], row[_TAX_CENTS]] for row in self.taxes),
            says.tenders == [(row[_TENDER], row[_PAID]) for row in self.payments],
        )
        if not all(facts):
            self._wrong("I19", "its figures are not those of the journal")

    def _answered(self, tills: Mapping[int, str]) -> None:
        """I15: the stored answer is there and tells this sale."""
        text = self.order[-1]
        if text is None or self._get("use_case") != "sell":
            self._wrong("I15", "its key has no stored answer")
            return
        try:
            told = _answer(text)
        except msgspec.MsgspecError as error:
            self._wrong("I15", f"its stored answer cannot be read ({error})")
            return
        figures = ("number", "subtotal_cents", "discount_cents", "tax_cents", "rounding_cents", "total_cents")
        same = all(getattr(told, name) == self._get(name) for name in figures)
        same = same and told.change_cents == sum(row[_CHANGE] for row in self.payments)
        same = same and [(line.line, line.sku, line.unit_price_cents, line.total_cents) for line in told.lines] == [
            (line[2], line[_SKU], line[_UNIT], line[_TOTAL]) for line in self.lines
        ]
        head = f"{tills.get(self._get('till_id'))}:{self._get('seq')}:{self._get('hash')}"
        if not same or (self._get("seq") is not None and told.head != head):
            self._wrong("I15", "its stored answer tells something else")
