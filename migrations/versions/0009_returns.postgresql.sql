CREATE TABLE returns ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, order_id BIGINT NOT NULL, till_id BIGINT NOT NULL, shift_id BIGINT,
reason TEXT NOT NULL, currency VARCHAR(3) NOT NULL, prices_include_tax BOOLEAN NOT NULL, gross_cents BIGINT NOT NULL, discount_cents BIGINT NOT NULL,
tax_cents BIGINT NOT NULL, shipping_cents BIGINT NOT NULL, fee_cents BIGINT NOT NULL, rounding_cents BIGINT NOT NULL, total_cents BIGINT NOT NULL,
set_off_cents BIGINT NOT NULL, user_id BIGINT NOT NULL, approved_by BIGINT, created_at BIGINT NOT NULL, business_date VARCHAR(10) NOT NULL,
CONSTRAINT pk_returns PRIMARY KEY (id), CONSTRAINT ck_returns_gives_back CHECK (total_cents <= 0 AND fee_cents >= 0 AND set_off_cents >= 0),
CONSTRAINT uq_returns_uid UNIQUE (uid), CONSTRAINT uq_returns_number UNIQUE (number), CONSTRAINT fk_returns_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_returns_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_returns_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
CONSTRAINT fk_returns_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT fk_returns_approved_by FOREIGN KEY(approved_by) REFERENCES users (id) )
;
CREATE INDEX ix_returns_created ON returns (created_at, id)
;
CREATE INDEX ix_returns_order_id ON returns (order_id)
;
CREATE INDEX ix_returns_shift_id ON returns (shift_id)
;
CREATE INDEX ix_returns_total ON returns (total_cents, id)
;
CREATE TABLE refunds ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, order_id BIGINT NOT NULL, payment_id BIGINT NOT NULL, return_id BIGINT,
payment_type_id BIGINT NOT NULL, type VARCHAR(64) NOT NULL, kind VARCHAR(64) NOT NULL, amount_cents BIGINT NOT NULL, reason TEXT NOT NULL, status VARCHAR(64) NOT NULL,
staff_notes TEXT NOT NULL, till_id BIGINT NOT NULL, shift_id BIGINT, user_id BIGINT NOT NULL, requested_at BIGINT NOT NULL, processed_at BIGINT, transaction_id TEXT,
raw_response TEXT, CONSTRAINT pk_refunds PRIMARY KEY (id), CONSTRAINT ck_refunds_status_known CHECK (status IN ('pending', 'processed', 'failed')),
CONSTRAINT ck_refunds_amount_positive CHECK (amount_cents > 0), CONSTRAINT uq_refunds_uid UNIQUE (uid),
CONSTRAINT fk_refunds_order_id FOREIGN KEY(order_id) REFERENCES orders (id), CONSTRAINT fk_refunds_payment_id FOREIGN KEY(payment_id) REFERENCES payments (id),
CONSTRAINT fk_refunds_return_id FOREIGN KEY(return_id) REFERENCES returns (id),
CONSTRAINT fk_refunds_payment_type_id FOREIGN KEY(payment_type_id) REFERENCES payment_types (id),
CONSTRAINT fk_refunds_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_refunds_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
CONSTRAINT fk_refunds_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_refunds_of_no_return ON refunds (shift_id, id) WHERE return_id IS NULL
;
CREATE INDEX ix_refunds_order_id ON refunds (order_id)
;
CREATE INDEX ix_refunds_payment_id ON refunds (payment_id)
;
CREATE INDEX ix_refunds_pending ON refunds (till_id, id) WHERE status = 'pending'
;
CREATE INDEX ix_refunds_return_id ON refunds (return_id)
;
CREATE TABLE return_items ( id BIGSERIAL NOT NULL, return_id BIGINT NOT NULL, line BIGINT NOT NULL, order_item_id BIGINT NOT NULL, variant_id BIGINT,
product_name TEXT NOT NULL, variant_name TEXT NOT NULL, sku VARCHAR(64) NOT NULL, unit VARCHAR(64) NOT NULL, quantity BIGINT NOT NULL, unit_price_cents BIGINT NOT NULL,
gross_cents BIGINT NOT NULL, discount_cents BIGINT NOT NULL, tax_cents BIGINT NOT NULL, tax_rates TEXT NOT NULL, total_cents BIGINT NOT NULL,
condition VARCHAR(64) NOT NULL, warehouse_id BIGINT, track_stock BOOLEAN NOT NULL, CONSTRAINT pk_return_items PRIMARY KEY (id),
CONSTRAINT uq_return_items_return_id_line UNIQUE (return_id, line), CONSTRAINT ck_return_items_condition_known CHECK (condition IN ('stock', 'damaged', 'gone')),
CONSTRAINT ck_return_items_comes_back CHECK (quantity > 0 AND discount_cents >= 0 AND total_cents >= 0),
CONSTRAINT fk_return_items_return_id FOREIGN KEY(return_id) REFERENCES returns (id),
CONSTRAINT fk_return_items_order_item_id FOREIGN KEY(order_item_id) REFERENCES order_items (id),
CONSTRAINT fk_return_items_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_return_items_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id) )
;
CREATE INDEX ix_return_items_order_item_id ON return_items (order_item_id)
;
CREATE TABLE return_taxes ( return_id BIGINT NOT NULL, tax_rate_id BIGINT NOT NULL, name TEXT NOT NULL, rate_ppm BIGINT NOT NULL, taxable_cents BIGINT NOT NULL,
tax_cents BIGINT NOT NULL, CONSTRAINT pk_return_taxes PRIMARY KEY (return_id, tax_rate_id),
CONSTRAINT fk_return_taxes_return_id FOREIGN KEY(return_id) REFERENCES returns (id),
CONSTRAINT fk_return_taxes_tax_rate_id FOREIGN KEY(tax_rate_id) REFERENCES tax_rates (id) )
;
