"""Each invariant by its number: what breaks it is told under it."""

from __future__ import annotations

from shopdesk.books.doctor_words import IDS, NOT_YET
from tests.support.busy_day import busy_day
from tests.support.tampering import Tampering, drop_guards

LAST_SALE = "(SELECT max(id) FROM orders)"
BREAKS = [
    ("I01", "UPDATE stock_levels SET on_hand = on_hand + 1000 WHERE variant_id = 1 AND warehouse_id = 1"),
    ("I01", "DELETE FROM stock_levels WHERE variant_id = 1 AND warehouse_id = 1"),
    ("I02", "UPDATE stock_levels SET reserved = 900000000 WHERE variant_id = 2"),
    ("I03", "UPDATE stock_levels SET reserved = 1000 WHERE variant_id = 2"),
    ("I02", "DELETE FROM oversell_exceptions"),
    ("I04", "UPDATE inventory_ledger SET quantity_after = quantity_after + 1 WHERE id = 3"),
    ("I04", "UPDATE inventory_ledger SET notes = 'looked at' WHERE id = 3"),
    ("I05", "DELETE FROM inventory_ledger WHERE type = 'sale' AND variant_id = 2"),
    ("I05", "DELETE FROM inventory_ledger WHERE type = 'void'"),
    ("I05", "DELETE FROM inventory_ledger WHERE type = 'transfer_in'"),
    ("I06", "UPDATE inventory_ledger SET quantity_change = -quantity_change WHERE type = 'transfer_in'"),
    ("I06", "UPDATE inventory_ledger SET reference_id = 999 WHERE type = 'void' AND line_id = 2"),
    ("I07", f"UPDATE orders SET subtotal_cents = subtotal_cents + 1 WHERE id = {LAST_SALE}"),
    ("I07", f"UPDATE orders SET total_cents = total_cents + 1 WHERE id = {LAST_SALE}"),
    ("I08", f"UPDATE order_items SET unit_price_cents = unit_price_cents + 1 WHERE order_id = {LAST_SALE}"),
    ("I09", "UPDATE order_taxes SET taxable_cents = taxable_cents - 1 WHERE order_id = 1"),
    ("I09", "UPDATE orders SET tax_cents = tax_cents + 1 WHERE id = 1"),
    ("I10", "UPDATE order_adjustments SET amount_cents = amount_cents - 1"),
    ("I11", f"UPDATE payments SET amount_cents = 1, tendered_cents = 1, change_cents = 0 WHERE order_id = {LAST_SALE}"),
    ("I12", "UPDATE voids SET total_cents = total_cents - 1"),
    ("I12", "UPDATE refunds SET amount_cents = amount_cents + 1"),
    ("I12", "UPDATE refunds SET payment_id = 1"),
    ("I12", "UPDATE returns SET fee_cents = fee_cents - 50"),
    ("I14", "UPDATE shipment_items SET quantity = 9000"),
    ("I06", "UPDATE shipment_items SET quantity = 1000"),
    ("I17", "DELETE FROM invoices"),
    ("I19", "UPDATE payments SET amount_cents = 800, change_cents = 200 WHERE number IS NOT NULL"),
    ("I19", "UPDATE order_plan_lines SET unit_price_cents = 1 WHERE line = 1"),
    ("I30", "UPDATE orders SET status = 'delivered' WHERE fulfilment <> 'counter'"),
    ("I13", "UPDATE return_items SET quantity = 4000 WHERE line = 1"),
    ("I13", "UPDATE return_items SET total_cents = total_cents - 1, gross_cents = gross_cents - 1 WHERE line = 2"),
    ("I13", "UPDATE return_items SET warehouse_id = NULL WHERE line = 1"),
    ("I09", "UPDATE return_taxes SET tax_cents = tax_cents + 1"),
    ("I06", "DELETE FROM return_items"),
    ("I17", "DELETE FROM returns"),
    ("I19", "UPDATE returns SET reason = 'no reason'"),
    ("I36", "UPDATE returns SET user_id = (SELECT id FROM users WHERE username = 'ann')"),
    ("I15", "DELETE FROM idempotency_keys WHERE use_case = 'sell'"),
    ("I15", "UPDATE idempotency_keys SET request_hash = answer WHERE use_case = 'void'"),
    ("I16", f"DELETE FROM orders WHERE id = {LAST_SALE}"),
    ("I16", "UPDATE orders SET number = 'T1-S000099' WHERE number = 'T1-S000001'"),
    ("I16", "UPDATE counters SET value = value + 1 WHERE series = 'V'"),
    ("I16", "DELETE FROM counters WHERE series = 'R'"),
    ("I17", "DELETE FROM voids"),
    ("I17", "DELETE FROM journal WHERE kind = 'cash_in'"),
    ("I17", "UPDATE journal SET kind = 'party' WHERE kind = 'no_sale'"),
    ("I18", "UPDATE journal SET payload = replace(payload, '\"gross\":0', '\"gross\":1') WHERE kind = 'z'"),
    ("I18", "UPDATE journal SET prev_hash = hash WHERE seq = 3"),
    ("I18", "UPDATE counters SET hash = prev.hash FROM (SELECT hash FROM journal WHERE seq = 2) prev WHERE series = 'journal'"),
    ("I19", "UPDATE orders SET customer_note = 'nothing' WHERE id = 1"),
    ("I19", "UPDATE cash_movements SET reason = 'lunch'"),
    ("I19", "UPDATE stock_adjustments SET notes = 'never mind' WHERE id = 2"),
    ("I19", "UPDATE cash_counts SET pieces = pieces + 1"),
    ("I20", "UPDATE z_reports SET totals = replace(totals, '\"no_sales\":1', '\"no_sales\":0')"),
    ("I20", "UPDATE journal SET perpetual_cents = perpetual_cents + 1 WHERE seq = 4"),
    ("I22", "UPDATE shifts SET opening_difference_cents = 5 WHERE number = 2"),
    ("I22", "UPDATE shifts SET counted_cents = 1, difference_cents = 1 - expected_cents WHERE status = 'closed'"),
    ("I30", "UPDATE orders SET status = 'shipped' WHERE id = 1"),
    ("I30", "DELETE FROM order_status_history WHERE order_id = 2"),
    ("I33", "UPDATE users SET role_id = 99 WHERE username = 'ann'"),
    ("I34", "UPDATE categories SET parent_id = 3 - id WHERE id IN (1, 2)"),
    ("I34", "UPDATE product_categories SET is_primary = NOT is_primary WHERE product_id = 1"),
    ("I34", "INSERT INTO product_images (id, product_id, variant_id, alt_text, position, is_primary) "
            "VALUES (99, 1, 2, 'not its own', 0, true)"),
    ("I34", "INSERT INTO freed_codes (id, variant_id, kind, code, pack_quantity, was_active) "
            "VALUES (99, 1, 'sku', 'OLD', 1000, true)"),
    ("I36", "UPDATE voids SET user_id = (SELECT id FROM users WHERE username = 'ann')"),
    ("I36", "UPDATE cash_movements SET approved_by = 2"),
    ("I37", "UPDATE audit_log SET action = 'shift.peeked' WHERE action = 'shift.opened'"),
    ("I37", "DELETE FROM audit_log WHERE id = (SELECT max(id) FROM audit_log WHERE action = 'sale')"),
    ("I38", "UPDATE journal SET created_at = created_at - 999999999999 WHERE seq = 5"),
    ("I39", "UPDATE carts SET note = 'card 4111 1111 1111 1111'"),
    ("I39", "UPDATE customers SET notes = 'visa 4111111111111111'"),
    ("I39", "UPDATE payments SET card_last4 = '12345' WHERE type = 'card'"),
    ("I40", "INSERT INTO blobs (id, storage_key, file_name, content_type, size_bytes, checksum, provider, created_at) "
            "VALUES (77, 'k', 'f.png', 'image/png', 3, 'no', 'database', 1)"),
    ("I41", "UPDATE customers SET status = 'erased'"),
    ("I42", "UPDATE alembic_version SET version_num = '0000'"),
    ("I35", "UPDATE users SET is_active = NOT is_active WHERE username = 'ann'"),
    ("I35", "UPDATE sessions SET token_hash = 'the token itself'"),
]  # fmt: skip
ELSEWHERE = {"I21", "I31"}
"""Proven by the tests of anchors and of jobs."""


def test_every_rule_is_broken_once():
    assert {id for id, _statement in BREAKS} | ELSEWHERE | NOT_YET == set(IDS)


def test_each_break_is_told_under_its_number(shop, clock):
    busy_day(shop, clock)
    extra(shop, clock)
    drop_guards(shop.database)
    silent = []
    with Tampering((shop.database, (), clock)) as tampering:
        assert tampering.noticed() == set()
        for id, statement in BREAKS:
            if shop.database.dialect == "postgresql" and id in {"I33"}:
                continue  # its own constraints are what is looked at there
            told = tampering.noticed_after(statement, {}, with_database=True)
            if told is None or id not in told:
                silent.append((id, statement, told))
    assert silent == []


def extra(shop, clock) -> None:
    """What a day at the counter does not make: a cart in hand and somebody signed in."""
    now = int(clock.now().timestamp() * 1_000_000)
    with shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql(
            "INSERT INTO carts (uid, status, label, note, is_training, created_at, updated_at) "
            f"VALUES ('c-1', 'active', '', '', false, {now}, {now})"
        )
        connection.exec_driver_sql(
            "INSERT INTO sessions (uid, token_hash, user_id, device_type, host, user_agent, created_at, last_activity_at, "
            f"expires_at) VALUES ('s-1', '{'ab' * 32}', (SELECT id FROM users WHERE username = 'ann'), 'desktop', '', '', "
            f"{now}, {now}, {now + 10**12})"
        )
