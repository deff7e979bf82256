"""The use cases of the catalogue by their headless names."""

from __future__ import annotations

from shopdesk.catalogue import (
    barcode_rules,
    categories,
    category_moves,
    favourites,
    internal_codes,
    pictures,
    price_list_bulk,
    price_lists,
    product_bulk,
    product_status,
    products,
    taxes,
)
from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.cli.pictures import PICTURES

CATALOGUE: dict[str, Doing] = {
    "create_product": as_it_is(products.create_product, products.CreateProduct),
    "edit_product": as_it_is(products.edit_product, products.EditProduct),
    "set_product_active": as_it_is(products.set_product_active, products.SetProductActive),
    "delete_product": as_it_is(products.delete_product, products.DeleteProduct),
    "restore_product": as_it_is(products.restore_product, products.RestoreProduct),
    "approve_product": as_it_is(product_status.approve_product, product_status.ApproveProduct),
    "reject_product": as_it_is(product_status.reject_product, product_status.RejectProduct),
    "submit_product": as_it_is(product_status.submit_product, product_status.SubmitProduct),
    "change_products": as_it_is(product_bulk.change_products, product_bulk.ChangeProducts),
    "delete_products": as_it_is(product_bulk.delete_products, product_bulk.DeleteProducts),
    "restore_products": as_it_is(product_bulk.restore_products, product_bulk.RestoreProducts),
    "change_variants": as_it_is(product_bulk.change_variants, product_bulk.ChangeVariants),
    **PICTURES,
    "make_picture_primary": as_it_is(pictures.make_picture_primary, pictures.ProductPicture),
    "remove_picture": as_it_is(pictures.remove_picture, pictures.ProductPicture),
    "make_barcodes": as_it_is(internal_codes.make_barcodes, internal_codes.MakeBarcodes),
    "set_barcode_range": as_it_is(internal_codes.set_barcode_range, internal_codes.SetBarcodeRange),
    "create_category": as_it_is(categories.create_category, categories.CreateCategory),
    "edit_category": as_it_is(categories.edit_category, categories.EditCategory),
    "move_category": as_it_is(category_moves.move_category, category_moves.MoveCategory),
    "remove_category": as_it_is(category_moves.remove_category, category_moves.RemoveCategory),
    "save_tax_rate": as_it_is(taxes.save_tax_rate, taxes.SaveTaxRate),
    "save_tax_class": as_it_is(taxes.save_tax_class, taxes.SaveTaxClass),
    "remove_tax_class": as_it_is(taxes.remove_tax_class, taxes.RemoveTaxClass),
    "save_barcode_rule": as_it_is(barcode_rules.save_barcode_rule, barcode_rules.SaveBarcodeRule),
    "remove_barcode_rule": as_it_is(barcode_rules.remove_barcode_rule, barcode_rules.RemoveBarcodeRule),
    "arrange_barcode_rules": as_it_is(barcode_rules.arrange_barcode_rules, barcode_rules.ArrangeBarcodeRules),
    "set_favourite": as_it_is(favourites.set_favourite, favourites.SetFavourite),
    "arrange_favourites": as_it_is(favourites.arrange_favourites, favourites.ArrangeFavourites),
    "save_price_list": as_it_is(price_lists.save_price_list, price_lists.SavePriceList),
    "set_list_price": as_it_is(price_lists.set_list_price, price_lists.SetListPrice),
    "set_list_prices": as_it_is(price_list_bulk.set_list_prices, price_list_bulk.SetListPrices),
    "put_list_prices": as_it_is(price_list_bulk.put_list_prices, price_list_bulk.PutListPrices),
    "copy_price_list": as_it_is(price_list_bulk.copy_price_list, price_list_bulk.CopyPriceList),
}
