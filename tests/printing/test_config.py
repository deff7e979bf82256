"""A printer's settings are checked field by field before they are stored."""

from __future__ import annotations

import pytest

from shopdesk.core.errors import BadField
from shopdesk.printing.config import PrinterConfig, config_from_json, config_to_json


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"kind": "fax"}, "kind"),
        ({"kind": "network", "address": ""}, "address"),
        ({"kind": "network", "address": "host:0"}, "address"),
        ({"kind": "network", "address": "host:99999"}, "address"),
        ({"kind": "network", "address": "-oProxy"}, "address"),
        ({"kind": "network", "address": "ho st"}, "address"),
        ({"kind": "queue", "address": "-o"}, "address"),
        ({"kind": "queue", "address": "a;reboot"}, "address"),
        ({"kind": "device", "address": "lp0"}, "address"),
        ({"kind": "device", "address": "/dev/\0lp0"}, "address"),
        ({"kind": "folder", "address": "papers"}, "address"),
        ({"kind": "memory", "mode": "braille"}, "mode"),
        ({"kind": "memory", "columns": 40}, "columns"),
        ({"kind": "memory", "dots": 500}, "dots"),
        ({"kind": "memory", "code_page": "utf-8"}, "code_page"),
        ({"kind": "memory", "cut": "twice"}, "cut"),
        ({"kind": "memory", "drawer_pin": 3}, "drawer_pin"),
        ({"kind": "memory", "format": "docx"}, "format"),
        ({"kind": "network", "address": "host", "format": "pdf"}, "format"),
        ({"kind": "queue", "address": "office", "format": "pdf", "opens_drawer": True}, "opens_drawer"),
        ({"kind": "memory", "paper": "a3"}, "paper"),
        ({"kind": "memory", "baud": 300}, "baud"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(settings: dict[str, object], field: str) -> None:
    with pytest.raises(BadField) as caught:
        PrinterConfig(**settings)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.168.1.20", ("192.168.1.20", 9100)),
        ("kitchen.lan:9101", ("kitchen.lan", 9101)),
        ("[fe80::1]:9100", ("fe80::1", 9100)),
    ],
)
def test_a_network_printer_has_a_host_and_a_port(address: str, place: tuple[str, int]) -> None:
    assert PrinterConfig(kind="network", address=address).host_and_port == place


def test_settings_survive_being_stored() -> None:
    config = PrinterConfig(kind="network", address="host", mode="text", dots=384, columns=32, opens_drawer=True)
    assert config_from_json(config_to_json(config)) == config
    assert config_to_json(config_from_json('{"kind":"memory"}')) == config_to_json(PrinterConfig(kind="memory"))


@pytest.mark.parametrize(
    "stored", ["", "[]", '{"kind":"fax"}', '{"kind":"memory","dots":"many"}', '{"kind":"memory","dots":1}']
)
def test_stored_nonsense_is_refused_with_a_sentence(stored: str) -> None:
    with pytest.raises(BadField):
        config_from_json(stored)
