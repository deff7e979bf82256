"""The use cases of the catalogue by their headless names."""

from __future__ import annotations

from shopdesk.catalogue import barcode_rules, categories, category_moves, favourites, price_lists, products, taxes
from shopdesk.cli.commands import Doing, as_it_is

CATALOGUE: dict[str, Doing] = {
    "create_product": as_it_is(products.create_product, products.CreateProduct),
    "edit_product": as_it_is(products.edit_product, products.EditProduct),
    "set_product_active": as_it_is(products.set_product_active, products.SetProductActive),
    "delete_product": as_it_is(products.delete_product, products.DeleteProduct),
    "create_category": as_it_is(categories.create_category, categories.CreateCategory),
    "edit_category": as_it_is(categories.edit_category, categories.EditCategory),
    "remove_category": as_it_is(category_moves.remove_category, category_moves.RemoveCategory),
    "save_tax_rate": as_it_is(taxes.save_tax_rate, taxes.SaveTaxRate),
    "save_tax_class": as_it_is(taxes.save_tax_class, taxes.SaveTaxClass),
    "remove_tax_class": as_it_is(taxes.remove_tax_class, taxes.RemoveTaxClass),
    "save_barcode_rule": as_it_is(barcode_rules.save_barcode_rule, barcode_rules.SaveBarcodeRule),
    "remove_barcode_rule": as_it_is(barcode_rules.remove_barcode_rule, barcode_rules.RemoveBarcodeRule),
    "set_favourite": as_it_is(favourites.set_favourite, favourites.SetFavourite),
    "arrange_favourites": as_it_is(favourites.arrange_favourites, favourites.ArrangeFavourites),
    "save_price_list": as_it_is(price_lists.save_price_list, price_lists.SavePriceList),
    "set_list_price": as_it_is(price_lists.set_list_price, price_lists.SetListPrice),
}
