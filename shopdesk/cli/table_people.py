"""The use cases of customers by their headless names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopdesk.books.customer_export import ExportCustomer, note_export, write_export
from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.marketing import reviews, wish_favourites, wish_lists
from shopdesk.parties import addresses, customers, doubles, erasing, groups, merging, notes, payment_methods, sellers


class _Exporting(Doing):
    """Writes down that a customer's data is taken along, once, then the file."""

    def run(self, shop: Shop, actor: Actor, request: Mapping[str, Any], till: str | None) -> dict[str, object]:
        """Note the export, then write the file; the answer says where it is."""
        known = super().run(shop, actor, request, till)
        command = ExportCustomer(**{name: value for name, value in request.items() if name != "key"})
        return {**known, "path": write_export(shop, command, actor)}


_exporting = as_it_is(note_export, ExportCustomer)
PEOPLE: dict[str, Doing] = {
    "create_customer": as_it_is(customers.create_customer, customers.CreateCustomer),
    "edit_customer": as_it_is(customers.edit_customer, customers.EditCustomer),
    "delete_customer": as_it_is(customers.delete_customer, customers.CustomerChosen),
    "restore_customer": as_it_is(customers.restore_customer, customers.CustomerChosen),
    "change_customers": as_it_is(customers.change_customers, customers.ChangeCustomers),
    "erase_customer": as_it_is(erasing.erase_customer, customers.CustomerChosen),
    "merge_customers": as_it_is(merging.merge_customers, merging.MergeCustomers),
    "export_customer": _Exporting(
        "Write everything the shop holds about a customer into a file.",
        _exporting.request,
        _exporting.use_case,
        _exporting.command,
        _exporting.answer,
        _exporting.keyed,
    ),
    "save_address": as_it_is(addresses.save_address, addresses.SaveAddress),
    "remove_address": as_it_is(addresses.remove_address, addresses.RemoveAddress),
    "save_payment_method": as_it_is(payment_methods.save_payment_method, payment_methods.SavePaymentMethod),
    "remove_payment_method": as_it_is(payment_methods.remove_payment_method, payment_methods.MethodChosen),
    "add_note": as_it_is(notes.add_note, notes.AddNote),
    "remove_note": as_it_is(notes.remove_note, notes.NoteChosen),
    "record_consent": as_it_is(notes.record_consent, notes.RecordConsent),
    "set_distinct": as_it_is(doubles.set_distinct, doubles.DistinctPair),
    "forget_distinct": as_it_is(doubles.forget_distinct, doubles.DistinctPair),
    "add_wish": as_it_is(wish_lists.add_wish, wish_lists.AddWish),
    "remove_wish": as_it_is(wish_lists.remove_wish, wish_lists.WishChosen),
    "move_wishes": as_it_is(wish_lists.move_wishes, wish_lists.MoveWishes),
    "mark_favourite": as_it_is(wish_favourites.mark_favourite, wish_favourites.FavouriteMark),
    "write_review": as_it_is(reviews.write_review, reviews.WriteReview),
    "set_review_status": as_it_is(reviews.set_review_status, reviews.SetReviewStatus),
    "remove_review": as_it_is(reviews.remove_review, reviews.ReviewChosen),
    "save_group": as_it_is(groups.save_group, groups.SaveGroup),
    "remove_group": as_it_is(groups.remove_group, groups.GroupChosen),
    "join_group": as_it_is(groups.join_group, groups.Membership),
    "save_seller": as_it_is(sellers.save_seller, sellers.SaveSeller),
    "set_seller_status": as_it_is(sellers.set_seller_status, sellers.SetSellerStatus),
    "leave_group": as_it_is(groups.leave_group, groups.Membership),
}
