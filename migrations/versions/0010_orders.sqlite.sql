CREATE TABLE shipping_options ( id INTEGER NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, carrier VARCHAR(64) NOT NULL, service TEXT NOT NULL,
basis VARCHAR(64) NOT NULL, rate_cents INTEGER NOT NULL, free_from_cents INTEGER, countries TEXT NOT NULL, estimated_days TEXT NOT NULL, position INTEGER NOT NULL,
is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL,
CONSTRAINT pk_shipping_options PRIMARY KEY (id), CONSTRAINT ck_shipping_options_basis_known CHECK (basis IN ('flat', 'weight', 'value')),
CONSTRAINT uq_shipping_options_name UNIQUE (name), CONSTRAINT fk_shipping_options_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_shipping_options_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE order_addresses ( id INTEGER NOT NULL, order_id INTEGER NOT NULL, kind VARCHAR(64) NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
company TEXT NOT NULL, phone TEXT NOT NULL, line1 TEXT NOT NULL, line2 TEXT NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL, postal_code TEXT NOT NULL,
country_code VARCHAR(2) NOT NULL, CONSTRAINT pk_order_addresses PRIMARY KEY (id), CONSTRAINT uq_order_addresses_order_id_kind UNIQUE (order_id, kind),
CONSTRAINT ck_order_addresses_kind_known CHECK (kind IN ('shipping', 'billing')), CONSTRAINT fk_order_addresses_order_id FOREIGN KEY(order_id) REFERENCES orders (id) )
;
CREATE TABLE order_events ( id INTEGER NOT NULL, order_id INTEGER NOT NULL, kind VARCHAR(64) NOT NULL, details TEXT NOT NULL, user_id INTEGER NOT NULL,
at BIGINT NOT NULL, CONSTRAINT pk_order_events PRIMARY KEY (id), CONSTRAINT fk_order_events_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_order_events_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_order_events_order_id ON order_events (order_id)
;
CREATE TABLE shipments ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, order_id INTEGER NOT NULL, till_id INTEGER NOT NULL,
warehouse_id INTEGER NOT NULL, carrier VARCHAR(64) NOT NULL, service TEXT NOT NULL, tracking VARCHAR(64), status VARCHAR(64) NOT NULL, address TEXT NOT NULL,
weight_grams INTEGER, cost_cents INTEGER NOT NULL, label_blob_id INTEGER, notes TEXT NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL, shipped_at BIGINT,
estimated_at BIGINT, delivered_at BIGINT, CONSTRAINT pk_shipments PRIMARY KEY (id),
CONSTRAINT ck_shipments_status_known CHECK (status IN ('packed', 'shipped', 'delivered', 'cancelled')), CONSTRAINT uq_shipments_uid UNIQUE (uid),
CONSTRAINT uq_shipments_number UNIQUE (number), CONSTRAINT fk_shipments_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_shipments_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_shipments_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_shipments_label_blob_id FOREIGN KEY(label_blob_id) REFERENCES blobs (id), CONSTRAINT fk_shipments_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_shipments_created ON shipments (created_at, id)
;
CREATE INDEX ix_shipments_order_id ON shipments (order_id)
;
CREATE INDEX ix_shipments_under_way ON shipments (status, estimated_at, id) WHERE status IN ('packed', 'shipped')
;
CREATE UNIQUE INDEX uq_shipments_tracking ON shipments (tracking) WHERE tracking IS NOT NULL
;
CREATE TABLE invoices ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, kind VARCHAR(64) NOT NULL, order_id INTEGER NOT NULL,
return_id INTEGER, till_id INTEGER NOT NULL, total_cents INTEGER NOT NULL, due_at BIGINT, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL,
CONSTRAINT pk_invoices PRIMARY KEY (id), CONSTRAINT ck_invoices_kind_known CHECK (kind IN ('invoice', 'credit_note')), CONSTRAINT uq_invoices_uid UNIQUE (uid),
CONSTRAINT uq_invoices_number UNIQUE (number), CONSTRAINT fk_invoices_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_invoices_return_id FOREIGN KEY(return_id) REFERENCES returns (id), CONSTRAINT fk_invoices_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_invoices_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_invoices_order_id ON invoices (order_id)
;
CREATE INDEX ix_invoices_return_id ON invoices (return_id)
;
CREATE TABLE shipping_rates ( id INTEGER NOT NULL, shipping_option_id INTEGER NOT NULL, from_value INTEGER NOT NULL, rate_cents INTEGER NOT NULL,
CONSTRAINT pk_shipping_rates PRIMARY KEY (id), CONSTRAINT uq_shipping_rates_shipping_option_id_from_value UNIQUE (shipping_option_id, from_value),
CONSTRAINT fk_shipping_rates_shipping_option_id FOREIGN KEY(shipping_option_id) REFERENCES shipping_options (id) )
;
CREATE TABLE order_plans ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, quote_number VARCHAR(64), state VARCHAR(64) NOT NULL, order_id INTEGER,
customer_id INTEGER NOT NULL, channel VARCHAR(64) NOT NULL, fulfilment VARCHAR(64) NOT NULL, terms VARCHAR(64) NOT NULL, till_id INTEGER NOT NULL,
warehouse_id INTEGER NOT NULL, shipping_option_id INTEGER, shipping_cents INTEGER NOT NULL, discount_cents INTEGER NOT NULL, discount_ppm INTEGER NOT NULL,
discount_label TEXT NOT NULL, subtotal_cents INTEGER NOT NULL, total_cents INTEGER NOT NULL, deposit_cents INTEGER NOT NULL, promised_at BIGINT, valid_until BIGINT,
customer_note TEXT NOT NULL, staff_note TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER,
version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_order_plans PRIMARY KEY (id),
CONSTRAINT ck_order_plans_state_known CHECK (state IN ('quoted', 'declined', 'ordered', 'invoiced', 'cancelled')),
CONSTRAINT ck_order_plans_channel_known CHECK (channel IN ('till', 'phone', 'web')), CONSTRAINT ck_order_plans_fulfilment_known CHECK (fulfilment IN ('ship', 'pickup')),
CONSTRAINT ck_order_plans_terms_known CHECK (terms IN ('now', 'account')),
CONSTRAINT ck_order_plans_amounts CHECK (total_cents >= 0 AND shipping_cents >= 0 AND deposit_cents >= 0), CONSTRAINT uq_order_plans_uid UNIQUE (uid),
CONSTRAINT fk_order_plans_order_id FOREIGN KEY(order_id) REFERENCES orders (id), CONSTRAINT fk_order_plans_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_order_plans_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_order_plans_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_order_plans_shipping_option_id FOREIGN KEY(shipping_option_id) REFERENCES shipping_options (id),
CONSTRAINT fk_order_plans_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_order_plans_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_order_plans_customer_id ON order_plans (customer_id)
;
CREATE INDEX ix_order_plans_promised ON order_plans (promised_at, id) WHERE promised_at IS NOT NULL
;
CREATE UNIQUE INDEX uq_order_plans_order ON order_plans (order_id) WHERE order_id IS NOT NULL
;
CREATE UNIQUE INDEX uq_order_plans_quote ON order_plans (quote_number) WHERE quote_number IS NOT NULL
;
CREATE TABLE shipment_items ( id INTEGER NOT NULL, shipment_id INTEGER NOT NULL, order_item_id INTEGER NOT NULL, quantity INTEGER NOT NULL,
CONSTRAINT pk_shipment_items PRIMARY KEY (id), CONSTRAINT uq_shipment_items_shipment_id_order_item_id UNIQUE (shipment_id, order_item_id),
CONSTRAINT ck_shipment_items_quantity_positive CHECK (quantity > 0), CONSTRAINT fk_shipment_items_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipments (id),
CONSTRAINT fk_shipment_items_order_item_id FOREIGN KEY(order_item_id) REFERENCES order_items (id) )
;
CREATE INDEX ix_shipment_items_order_item_id ON shipment_items (order_item_id)
;
CREATE TABLE tracking_steps ( id INTEGER NOT NULL, shipment_id INTEGER NOT NULL, status VARCHAR(64) NOT NULL, details TEXT NOT NULL, at BIGINT NOT NULL,
user_id INTEGER NOT NULL, CONSTRAINT pk_tracking_steps PRIMARY KEY (id), CONSTRAINT fk_tracking_steps_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipments (id),
CONSTRAINT fk_tracking_steps_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_tracking_steps_shipment_id ON tracking_steps (shipment_id)
;
CREATE TABLE order_plan_lines ( id INTEGER NOT NULL, plan_id INTEGER NOT NULL, line INTEGER NOT NULL, variant_id INTEGER NOT NULL, quantity INTEGER NOT NULL,
list_price_cents INTEGER NOT NULL, unit_price_cents INTEGER NOT NULL, price_source VARCHAR(64) NOT NULL, price_label TEXT NOT NULL, discount_cents INTEGER NOT NULL,
discount_ppm INTEGER NOT NULL, discount_label TEXT NOT NULL, note TEXT NOT NULL, CONSTRAINT pk_order_plan_lines PRIMARY KEY (id),
CONSTRAINT uq_order_plan_lines_plan_id_line UNIQUE (plan_id, line), CONSTRAINT ck_order_plan_lines_quantity_positive CHECK (quantity > 0),
CONSTRAINT fk_order_plan_lines_plan_id FOREIGN KEY(plan_id) REFERENCES order_plans (id),
CONSTRAINT fk_order_plan_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_order_plan_lines_variant_id ON order_plan_lines (variant_id)
;
CREATE TABLE quote_addresses ( id INTEGER NOT NULL, plan_id INTEGER NOT NULL, kind VARCHAR(64) NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
company TEXT NOT NULL, phone TEXT NOT NULL, line1 TEXT NOT NULL, line2 TEXT NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL, postal_code TEXT NOT NULL,
country_code VARCHAR(2) NOT NULL, CONSTRAINT pk_quote_addresses PRIMARY KEY (id), CONSTRAINT uq_quote_addresses_plan_id_kind UNIQUE (plan_id, kind),
CONSTRAINT ck_quote_addresses_kind_known CHECK (kind IN ('shipping', 'billing')), CONSTRAINT fk_quote_addresses_plan_id FOREIGN KEY(plan_id) REFERENCES order_plans (id) )
;
