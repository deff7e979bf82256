"""A parcel's label: the right words from the order, kept by checksum with the parcel, asked for by number or tracking."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import sqlalchemy as sa
import zxingcpp

from shopdesk.app import open_shop
from shopdesk.catalogue.pictures import picture
from shopdesk.cli.context import pull_globals
from shopdesk.cli.main import run
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.fulfilment.parcel_labels import MakeLabels, make_labels
from shopdesk.fulfilment.shipping import (
    CancelShipment,
    PackShipment,
    ShipShipment,
    cancel_shipment,
    pack_shipment,
    ship_shipment,
)
from shopdesk.orders.commands import AddressGiven, CreateOrder, OrderContent, ProcessOrder
from shopdesk.orders.models import Shipment
from shopdesk.orders.placing import create_order
from shopdesk.orders.processing import process_order
from shopdesk.orders.shipping_options import SaveShippingOption, save_shipping_option
from shopdesk.printing.raster import pdf_pictures
from shopdesk.sales.sale_command import SaleLine
from shopdesk.system.models import Blob
from tests.orders.test_orders import sound
from tests.printing.papers import pdf_text
from tests.printing.zpl import pictures, texts
from tests.support.small_shop import actor_of

BERLIN = AddressGiven("Lime Street 4", "DE", first_name="Kim", last_name="Lee", city="Berlin", postal_code="10115")
OHIO = AddressGiven(
    "742 Evergreen Terrace", "US", company="Nuclear ^XA", city="Springfield", state="OH", postal_code="45501"
)


def parcel(shop, actor, address=BERLIN, **more) -> str:
    option = more.pop("option", None)
    lines = (SaleLine(1000, sku="TEA"),)
    content = OrderContent(customer="kim@example.org", lines=lines, shipping=address, shipping_option_id=option)
    taken = shop.execute(create_order, CreateOrder(key=uuid7(), content=content), actor)
    shop.execute(process_order, ProcessOrder(key=uuid7(), order=taken.number), actor)
    return shop.execute(pack_shipment, PackShipment(key=uuid7(), order=taken.number, **more), actor).number


def make(shop, actor, *names, **more):
    return make_labels(shop, MakeLabels(shipments=names, **more), actor)


def blob_of(shop, number):
    return shop.ask(
        lambda reader: reader.connection.execute(
            sa.select(Shipment.label_blob_id).where(Shipment.number == number)
        ).scalar_one()
    )


def blobs(shop):
    return shop.ask(lambda reader: reader.connection.execute(sa.select(Blob.id, Blob.checksum)).all())


def refusal(call) -> str:
    with pytest.raises(ShopError) as caught:
        call()
    return caught.value.code


def test_a_label_is_kept_with_its_parcel_once_and_follows_its_tracking_number(shop, actor):
    number = parcel(shop, actor, weight_grams=1200, service="Insured")
    made = make(shop, actor, number)
    said = pdf_text(made.pdf)
    for words in ("Corner shop", "Kim Lee", "Lime Street 4", "10115 Berlin", number, "T1-O000001", "1.2 kg", "Insured"):
        assert words in said
    assert "GERMANY" not in said
    assert made.data == made.pdf == shop.ask(picture, blob_of(shop, number))
    first = blob_of(shop, number)
    (kept,) = [row for row in blobs(shop) if row.id == first]
    assert kept.checksum == hashlib.sha256(made.data).hexdigest()
    before = blobs(shop)
    assert make(shop, actor, number).data == made.data
    assert (blob_of(shop, number), blobs(shop)) == (first, before)
    shop.execute(ship_shipment, ShipShipment(key=uuid7(), shipment=number, tracking="JJD0003900077"), actor)
    later = make(shop, actor, "JJD0003900077", kind="zpl")
    assert later.numbers == (number,)
    assert later.data == shop.ask(picture, blob_of(shop, number))
    assert first not in [row.id for row in blobs(shop)]  # nothing shows the label before any more
    read = {one.text for one in zxingcpp.read_barcodes(pictures(later.data)[0])}
    assert read == {one.text for one in zxingcpp.read_barcodes(pdf_pictures(later.pdf)[0])} == {"JJD0003900077"}
    sound(shop)


def test_abroad_both_countries_are_named_and_no_name_is_a_command(shop, actor):
    number = parcel(shop, actor, OHIO)
    said = texts(make(shop, actor, number, kind="zpl").data)
    for line in ("Nuclear ^XA", "742 Evergreen Terrace", "Springfield, OH 45501", "UNITED STATES", "GERMANY"):
        assert line in said


def test_the_service_is_the_one_that_was_agreed(shop, actor):
    plain = SaveShippingOption(name="Parcel", rate_cents=490)
    special = SaveShippingOption(name="Fast", service="Express 12:00", rate_cents=990)
    for command, service in ((plain, "Parcel"), (special, "Express 12:00")):
        option = shop.execute(save_shipping_option, command, actor)
        assert service in texts(make(shop, actor, parcel(shop, actor, option=option), kind="zpl").data)


def test_several_parcels_are_one_print_and_each_keeps_its_own(shop, actor):
    numbers = [parcel(shop, actor), parcel(shop, actor, OHIO)]
    made = make(shop, actor, *numbers, numbers[0], size="4x6")
    assert made.numbers == tuple(numbers)
    pages = pdf_pictures(made.pdf)
    assert [zxingcpp.read_barcodes(page)[0].text for page in pages] == numbers
    assert len({blob_of(shop, number) for number in numbers}) == 2
    in_zpl = make(shop, actor, *numbers, kind="zpl").data
    assert [zxingcpp.read_barcodes(drawn)[0].text for drawn in pictures(in_zpl)] == numbers


def test_what_cannot_have_a_label_says_so(shop, actor):
    number = parcel(shop, actor)
    assert refusal(lambda: make(shop, actor, "T1-W999999")) == "unknown_shipment"
    assert refusal(lambda: make(shop, actor, number, size="a7")) == "bad_field"
    assert refusal(lambda: make(shop, actor)) == "bad_field"
    nobody = replace(actor, permissions=actor.permissions - {Permission.ORDER_SHIP.value})
    assert refusal(lambda: make(shop, nobody, number)) == "not_permitted"
    shop.execute(cancel_shipment, CancelShipment(number), actor)
    assert refusal(lambda: make(shop, actor, number)) == "wrong_step"
    assert blob_of(shop, number) is None


def test_the_word_label_writes_the_same_bytes(sqlite_shop_url, clock, capfdbinary):
    shop = open_shop(sqlite_shop_url, clock=clock)
    actor = actor_of(shop, "olga")
    number = parcel(shop, actor, tracking="00340434161094")

    def said(*words: str, status: int = 0) -> bytes:
        call, rest = pull_globals(["--db", sqlite_shop_url, "label", *words])
        assert run(call, rest) == status
        return capfdbinary.readouterr().out

    assert said("00340434161094") == make(shop, actor, number).data
    assert said(number, "--format", "zpl", "--dpi", "300") == make(shop, actor, number, kind="zpl", dots=300).data
    assert said(number, "--format", "doc", status=2) == b""
    assert said("T1-W999999", status=1) == b""
    shop.close()
