CREATE TABLE suppliers ( id INTEGER NOT NULL, name TEXT NOT NULL, code VARCHAR(64), contact_name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL,
website TEXT NOT NULL, line1 TEXT NOT NULL, line2 TEXT NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL, postal_code TEXT NOT NULL, country_code VARCHAR(2),
tax_id TEXT NOT NULL, our_number TEXT NOT NULL, payment_terms TEXT NOT NULL, lead_time_days INTEGER NOT NULL, minimum_order_cents INTEGER NOT NULL, notes TEXT NOT NULL,
search_text TEXT NOT NULL, is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER,
version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_suppliers PRIMARY KEY (id), CONSTRAINT ck_suppliers_lead_time_range CHECK (lead_time_days BETWEEN 0 AND 730),
CONSTRAINT ck_suppliers_minimum_range CHECK (minimum_order_cents BETWEEN 0 AND 1000000000000), CONSTRAINT uq_suppliers_name UNIQUE (name),
CONSTRAINT uq_suppliers_code UNIQUE (code), CONSTRAINT fk_suppliers_country_code FOREIGN KEY(country_code) REFERENCES countries (code),
CONSTRAINT fk_suppliers_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_suppliers_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_suppliers_country_code ON suppliers (country_code)
;
CREATE TABLE purchase_orders ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64), supplier_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL,
till_id INTEGER, status VARCHAR(64) NOT NULL, expected_on VARCHAR(10) NOT NULL, supplier_reference TEXT NOT NULL, notes TEXT NOT NULL, staff_notes TEXT NOT NULL,
total_cents INTEGER NOT NULL, ordered_at BIGINT, ordered_by INTEGER, sent_at BIGINT, sent_to TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_purchase_orders PRIMARY KEY (id),
CONSTRAINT ck_purchase_orders_status_known CHECK (status IN ('draft', 'ordered', 'part_received', 'received', 'cancelled')),
CONSTRAINT ck_purchase_orders_numbered CHECK (number IS NOT NULL OR status IN ('draft', 'cancelled')), CONSTRAINT uq_purchase_orders_uid UNIQUE (uid),
CONSTRAINT uq_purchase_orders_number UNIQUE (number), CONSTRAINT fk_purchase_orders_supplier_id FOREIGN KEY(supplier_id) REFERENCES suppliers (id),
CONSTRAINT fk_purchase_orders_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_purchase_orders_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_purchase_orders_ordered_by FOREIGN KEY(ordered_by) REFERENCES users (id),
CONSTRAINT fk_purchase_orders_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_purchase_orders_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_purchase_orders_expected ON purchase_orders (expected_on, id)
;
CREATE INDEX ix_purchase_orders_status ON purchase_orders (status, id)
;
CREATE INDEX ix_purchase_orders_supplier ON purchase_orders (supplier_id, id)
;
CREATE INDEX ix_purchase_orders_warehouse_id ON purchase_orders (warehouse_id)
;
CREATE TABLE supplier_items ( id INTEGER NOT NULL, supplier_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, supplier_code VARCHAR(64) NOT NULL,
supplier_name TEXT NOT NULL, pack_quantity INTEGER NOT NULL, pack_cost_cents INTEGER, minimum_quantity INTEGER NOT NULL, is_preferred BOOLEAN NOT NULL,
last_pack_cost_cents INTEGER, last_cost_at BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER,
version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_supplier_items PRIMARY KEY (id), CONSTRAINT uq_supplier_items_supplier_id_variant_id UNIQUE (supplier_id, variant_id),
CONSTRAINT ck_supplier_items_pack_positive CHECK (pack_quantity > 0), CONSTRAINT ck_supplier_items_minimum_not_negative CHECK (minimum_quantity >= 0),
CONSTRAINT ck_supplier_items_cost_range CHECK (pack_cost_cents BETWEEN 0 AND 1000000000000),
CONSTRAINT fk_supplier_items_supplier_id FOREIGN KEY(supplier_id) REFERENCES suppliers (id),
CONSTRAINT fk_supplier_items_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_supplier_items_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_supplier_items_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_supplier_items_code ON supplier_items (supplier_id, supplier_code)
;
CREATE INDEX ix_supplier_items_variant_id ON supplier_items (variant_id)
;
CREATE UNIQUE INDEX uq_supplier_items_preferred ON supplier_items (variant_id) WHERE is_preferred
;
CREATE TABLE purchase_order_history ( purchase_order_id INTEGER NOT NULL, position INTEGER NOT NULL, event VARCHAR(64) NOT NULL, status VARCHAR(64) NOT NULL,
note TEXT NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_purchase_order_history PRIMARY KEY (purchase_order_id, position),
CONSTRAINT ck_purchase_order_history_event_known CHECK (event IN ('created', 'ordered', 'sent', 'received', 'reversed', 'cancelled')),
CONSTRAINT ck_purchase_order_history_status_known CHECK (status IN ('draft', 'ordered', 'part_received', 'received', 'cancelled')),
CONSTRAINT fk_purchase_order_history_purchase_order_id FOREIGN KEY(purchase_order_id) REFERENCES purchase_orders (id),
CONSTRAINT fk_purchase_order_history_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE purchase_order_lines ( id INTEGER NOT NULL, purchase_order_id INTEGER NOT NULL, position INTEGER NOT NULL, variant_id INTEGER NOT NULL,
sku VARCHAR(64) NOT NULL, name TEXT NOT NULL, supplier_code VARCHAR(64) NOT NULL, quantity INTEGER NOT NULL, received INTEGER NOT NULL, cancelled INTEGER NOT NULL,
pack_quantity INTEGER NOT NULL, pack_cost_cents INTEGER NOT NULL, unit_cost_cents INTEGER NOT NULL, CONSTRAINT pk_purchase_order_lines PRIMARY KEY (id),
CONSTRAINT uq_purchase_order_lines_purchase_order_id_variant_id UNIQUE (purchase_order_id, variant_id),
CONSTRAINT ck_purchase_order_lines_asks_for_something CHECK (quantity > 0), CONSTRAINT ck_purchase_order_lines_received_not_negative CHECK (received >= 0),
CONSTRAINT ck_purchase_order_lines_cancelled_range CHECK (cancelled BETWEEN 0 AND quantity), CONSTRAINT ck_purchase_order_lines_pack_positive CHECK (pack_quantity > 0),
CONSTRAINT ck_purchase_order_lines_cost_range CHECK (pack_cost_cents BETWEEN 0 AND 1000000000000),
CONSTRAINT fk_purchase_order_lines_purchase_order_id FOREIGN KEY(purchase_order_id) REFERENCES purchase_orders (id),
CONSTRAINT fk_purchase_order_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_purchase_order_lines_purchase_order_id ON purchase_order_lines (purchase_order_id)
;
CREATE INDEX ix_purchase_order_lines_variant_id ON purchase_order_lines (variant_id)
;
CREATE TABLE purchase_order_papers ( id INTEGER NOT NULL, purchase_order_id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL,
till_id INTEGER NOT NULL, content TEXT NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_purchase_order_papers PRIMARY KEY (id),
CONSTRAINT uq_purchase_order_papers_purchase_order_id UNIQUE (purchase_order_id),
CONSTRAINT fk_purchase_order_papers_purchase_order_id FOREIGN KEY(purchase_order_id) REFERENCES purchase_orders (id),
CONSTRAINT uq_purchase_order_papers_uid UNIQUE (uid), CONSTRAINT uq_purchase_order_papers_number UNIQUE (number),
CONSTRAINT fk_purchase_order_papers_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_purchase_order_papers_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE receipts ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, supplier_id INTEGER NOT NULL, purchase_order_id INTEGER,
reverses_id INTEGER, warehouse_id INTEGER NOT NULL, till_id INTEGER NOT NULL, delivery_note TEXT NOT NULL, reason TEXT NOT NULL, notes TEXT NOT NULL,
total_cents INTEGER NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_receipts PRIMARY KEY (id), CONSTRAINT uq_receipts_uid UNIQUE (uid),
CONSTRAINT uq_receipts_number UNIQUE (number), CONSTRAINT fk_receipts_supplier_id FOREIGN KEY(supplier_id) REFERENCES suppliers (id),
CONSTRAINT fk_receipts_purchase_order_id FOREIGN KEY(purchase_order_id) REFERENCES purchase_orders (id), CONSTRAINT uq_receipts_reverses_id UNIQUE (reverses_id),
CONSTRAINT fk_receipts_reverses_id FOREIGN KEY(reverses_id) REFERENCES receipts (id),
CONSTRAINT fk_receipts_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id), CONSTRAINT fk_receipts_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_receipts_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_receipts_created_at ON receipts (created_at)
;
CREATE INDEX ix_receipts_purchase_order_id ON receipts (purchase_order_id)
;
CREATE INDEX ix_receipts_supplier ON receipts (supplier_id, id)
;
CREATE INDEX ix_receipts_warehouse_id ON receipts (warehouse_id)
;
CREATE TABLE receipt_lines ( id INTEGER NOT NULL, receipt_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, order_line_id INTEGER, reverses_line_id INTEGER,
sku VARCHAR(64) NOT NULL, name TEXT NOT NULL, track_stock BOOLEAN NOT NULL, quantity INTEGER NOT NULL, pack_quantity INTEGER NOT NULL, pack_cost_cents INTEGER NOT NULL,
total_cents INTEGER NOT NULL, CONSTRAINT pk_receipt_lines PRIMARY KEY (id), CONSTRAINT ck_receipt_lines_moves_something CHECK (quantity <> 0),
CONSTRAINT ck_receipt_lines_pack_positive CHECK (pack_quantity > 0), CONSTRAINT ck_receipt_lines_sign_of_reversal CHECK ((quantity > 0) = (reverses_line_id IS NULL)),
CONSTRAINT fk_receipt_lines_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipts (id),
CONSTRAINT fk_receipt_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_receipt_lines_order_line_id FOREIGN KEY(order_line_id) REFERENCES purchase_order_lines (id),
CONSTRAINT uq_receipt_lines_reverses_line_id UNIQUE (reverses_line_id),
CONSTRAINT fk_receipt_lines_reverses_line_id FOREIGN KEY(reverses_line_id) REFERENCES receipt_lines (id) )
;
CREATE INDEX ix_receipt_lines_order_line_id ON receipt_lines (order_line_id)
;
CREATE INDEX ix_receipt_lines_receipt_id ON receipt_lines (receipt_id)
;
CREATE INDEX ix_receipt_lines_variant_id ON receipt_lines (variant_id)
;
CREATE TABLE supplier_returns ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, supplier_id INTEGER NOT NULL, receipt_id INTEGER,
warehouse_id INTEGER NOT NULL, till_id INTEGER NOT NULL, reason TEXT NOT NULL, notes TEXT NOT NULL, total_cents INTEGER NOT NULL, user_id INTEGER NOT NULL,
created_at BIGINT NOT NULL, CONSTRAINT pk_supplier_returns PRIMARY KEY (id), CONSTRAINT uq_supplier_returns_uid UNIQUE (uid),
CONSTRAINT uq_supplier_returns_number UNIQUE (number), CONSTRAINT fk_supplier_returns_supplier_id FOREIGN KEY(supplier_id) REFERENCES suppliers (id),
CONSTRAINT fk_supplier_returns_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipts (id),
CONSTRAINT fk_supplier_returns_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_supplier_returns_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_supplier_returns_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_supplier_returns_created_at ON supplier_returns (created_at)
;
CREATE INDEX ix_supplier_returns_receipt_id ON supplier_returns (receipt_id)
;
CREATE INDEX ix_supplier_returns_supplier ON supplier_returns (supplier_id, id)
;
CREATE INDEX ix_supplier_returns_warehouse_id ON supplier_returns (warehouse_id)
;
CREATE TABLE supplier_return_lines ( id INTEGER NOT NULL, supplier_return_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, receipt_line_id INTEGER,
sku VARCHAR(64) NOT NULL, name TEXT NOT NULL, track_stock BOOLEAN NOT NULL, quantity INTEGER NOT NULL, pack_quantity INTEGER NOT NULL, pack_cost_cents INTEGER NOT NULL,
total_cents INTEGER NOT NULL, CONSTRAINT pk_supplier_return_lines PRIMARY KEY (id), CONSTRAINT ck_supplier_return_lines_moves_something CHECK (quantity > 0),
CONSTRAINT ck_supplier_return_lines_pack_positive CHECK (pack_quantity > 0),
CONSTRAINT fk_supplier_return_lines_supplier_return_id FOREIGN KEY(supplier_return_id) REFERENCES supplier_returns (id),
CONSTRAINT fk_supplier_return_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_supplier_return_lines_receipt_line_id FOREIGN KEY(receipt_line_id) REFERENCES receipt_lines (id) )
;
CREATE INDEX ix_supplier_return_lines_receipt_line_id ON supplier_return_lines (receipt_line_id)
;
CREATE INDEX ix_supplier_return_lines_supplier_return_id ON supplier_return_lines (supplier_return_id)
;
CREATE INDEX ix_supplier_return_lines_variant_id ON supplier_return_lines (variant_id)
;
