"""The invariants by their ids: what each is about, and what to do when it is broken."""

from __future__ import annotations

from shopdesk.core.i18n import N_

IDS = tuple(f"I{number:02d}" for number in range(1, 43))

NOT_YET = frozenset(
    {"I23", "I24", "I25", "I26", "I27", "I28", "I29", "I32"},
)
"""Invariants whose tables come with later features (reservations, returns, postings, coupons, points, cards, sellers, ...)."""

NAMES = {
    "I01": N_("stock on hand is the sum of its ledger"),
    "I02": N_("nothing is oversold unseen"),
    "I03": N_("reserved stock is reserved for somebody"),
    "I04": N_("the stock ledger is unbroken"),
    "I05": N_("every sold line moved its stock once"),
    "I06": N_("every move of stock has its document"),
    "I07": N_("subtotals and totals add up"),
    "I08": N_("lines add up"),
    "I09": N_("taxes add up"),
    "I10": N_("discounts add up"),
    "I11": N_("sales are paid"),
    "I12": N_("nothing is given back twice"),
    "I13": N_("returns stay within what was sold"),
    "I14": N_("shipments stay within what was sold"),
    "I15": N_("every request was done once and its answer kept"),
    "I16": N_("numbers run without gaps"),
    "I17": N_("documents and journal belong together"),
    "I18": N_("the journal is unbroken"),
    "I19": N_("documents are what the journal vouches for"),
    "I20": N_("totals of journal and Z agree"),
    "I21": N_("known heads are in the journal"),
    "I22": N_("drawers and shifts balance"),
    "I23": N_("postings balance"),
    "I24": N_("coupons stay within their limits"),
    "I25": N_("points balance"),
    "I26": N_("gift cards balance"),
    "I27": N_("commissions add up"),
    "I28": N_("payouts add up"),
    "I29": N_("group buys stay within their rules"),
    "I30": N_("orders went through allowed steps"),
    "I31": N_("jobs end once"),
    "I32": N_("copies on the server agree"),
    "I33": N_("references lead somewhere"),
    "I34": N_("catalogue and addresses are well-formed"),
    "I35": N_("sessions and keys are sound"),
    "I36": N_("approvals were given by somebody else"),
    "I37": N_("the audit log is unbroken and complete"),
    "I38": N_("time runs forward"),
    "I39": N_("no card numbers are kept"),
    "I40": N_("stored files are whole"),
    "I41": N_("erased people are gone"),
    "I42": N_("the database is the shipped one and sound"),
}

_TAMPERED = N_(
    "Somebody changed the books past the program. Keep this file as evidence and restore the last good backup."
)
_COUNT = N_("Count the goods and correct the stock with an adjustment; the ledger itself is never edited.")
_REPORT = N_("Please report this with the samples: the program wrote what it should not have written.")
_SETTLE = N_("Look the document up and correct it with a new one (a void, a cash movement); never edit it.")
_RESTORE = N_("Stop selling on this file. Restore the last good backup beside it and compare.")
_LATER = N_("Nothing to do: this comes with a later feature.")

HINTS = {
    "I01": _COUNT,
    "I02": N_("Count the goods, correct the stock with an adjustment, and mark the entry as looked at."),
    "I03": N_("Open Set aside and end what is over; report it if the sum is still wrong."),
    "I04": _TAMPERED,
    "I05": _COUNT,
    "I06": _TAMPERED,
    "I07": _SETTLE,
    "I08": _SETTLE,
    "I09": _SETTLE,
    "I10": _SETTLE,
    "I11": _SETTLE,
    "I12": _SETTLE,
    "I13": N_("Look at the return beside its sale; report it if the program made it."),
    "I14": N_("Look at the order beside its parcels; report it if the program made it."),
    "I15": _TAMPERED,
    "I16": _TAMPERED,
    "I17": _TAMPERED,
    "I18": _TAMPERED,
    "I19": _TAMPERED,
    "I20": _TAMPERED,
    "I21": N_("The journal's end was cut off, or an older copy was put back. Find the newer copy before you sell on."),
    "I22": N_("Count the drawer and book the difference with its reason when you close the shift."),
    "I23": _LATER,
    "I24": _LATER,
    "I25": _LATER,
    "I26": _LATER,
    "I27": _LATER,
    "I28": _LATER,
    "I29": _LATER,
    "I30": _REPORT,
    "I31": N_("Open ShopDesk or run 'shopdesk jobs run': work that was broken off is taken up again."),
    "I32": _LATER,
    "I33": _RESTORE,
    "I34": N_("Open the entry named in the samples and choose one primary category, picture or default address."),
    "I35": N_("End the sessions of that user and issue new keys."),
    "I36": N_("Ask the people named in the document; compare with the audit log."),
    "I37": _TAMPERED,
    "I38": N_("Set the machine's clock; sales were kept in their true order."),
    "I39": N_("Remove the number from the text named in the samples; keep the last four digits at most."),
    "I40": N_("Load the picture or file again."),
    "I41": N_("Erase the customer again."),
    "I42": _RESTORE,
}
