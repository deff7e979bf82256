"""The use cases of customers by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.parties import addresses, customers

PEOPLE: dict[str, Doing] = {
    "create_customer": as_it_is(customers.create_customer, customers.CreateCustomer),
    "edit_customer": as_it_is(customers.edit_customer, customers.EditCustomer),
    "delete_customer": as_it_is(customers.delete_customer, customers.CustomerChosen),
    "erase_customer": as_it_is(customers.erase_customer, customers.CustomerChosen),
    "save_address": as_it_is(addresses.save_address, addresses.SaveAddress),
    "remove_address": as_it_is(addresses.remove_address, addresses.RemoveAddress),
}
