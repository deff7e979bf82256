CREATE TABLE stock_counts ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64), name TEXT NOT NULL, warehouse_id INTEGER NOT NULL,
scope VARCHAR(64) NOT NULL, category_id INTEGER, is_blind BOOLEAN NOT NULL, limit_cents INTEGER NOT NULL, state VARCHAR(64) NOT NULL, rest VARCHAR(64) NOT NULL,
notes TEXT NOT NULL, till_id INTEGER, posted_at BIGINT, posted_by INTEGER, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER,
version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_stock_counts PRIMARY KEY (id),
CONSTRAINT ck_stock_counts_scope_known CHECK (scope IN ('all', 'category', 'list', 'free')),
CONSTRAINT ck_stock_counts_state_known CHECK (state IN ('open', 'posted', 'cancelled')), CONSTRAINT uq_stock_counts_uid UNIQUE (uid),
CONSTRAINT uq_stock_counts_number UNIQUE (number), CONSTRAINT fk_stock_counts_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_stock_counts_category_id FOREIGN KEY(category_id) REFERENCES categories (id), CONSTRAINT fk_stock_counts_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_stock_counts_posted_by FOREIGN KEY(posted_by) REFERENCES users (id), CONSTRAINT fk_stock_counts_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_stock_counts_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_stock_counts_category_id ON stock_counts (category_id)
;
CREATE INDEX ix_stock_counts_state ON stock_counts (state, id)
;
CREATE INDEX ix_stock_counts_warehouse_id ON stock_counts (warehouse_id)
;
CREATE TABLE transfer_documents ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64), state VARCHAR(64) NOT NULL, from_warehouse_id INTEGER NOT NULL,
to_warehouse_id INTEGER NOT NULL, till_id INTEGER, notes TEXT NOT NULL, sent_at BIGINT, sent_by INTEGER, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_transfer_documents PRIMARY KEY (id),
CONSTRAINT ck_transfer_documents_state_known CHECK (state IN ('draft', 'sent', 'received', 'cancelled')),
CONSTRAINT ck_transfer_documents_two_places CHECK (from_warehouse_id <> to_warehouse_id), CONSTRAINT uq_transfer_documents_uid UNIQUE (uid),
CONSTRAINT uq_transfer_documents_number UNIQUE (number), CONSTRAINT fk_transfer_documents_from_warehouse_id FOREIGN KEY(from_warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_transfer_documents_to_warehouse_id FOREIGN KEY(to_warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_transfer_documents_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_transfer_documents_sent_by FOREIGN KEY(sent_by) REFERENCES users (id),
CONSTRAINT fk_transfer_documents_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_transfer_documents_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_transfer_documents_from_warehouse_id ON transfer_documents (from_warehouse_id)
;
CREATE INDEX ix_transfer_documents_state ON transfer_documents (state, id)
;
CREATE INDEX ix_transfer_documents_to_warehouse_id ON transfer_documents (to_warehouse_id)
;
CREATE TABLE cost_changes ( id INTEGER NOT NULL, variant_id INTEGER NOT NULL, seq INTEGER NOT NULL, kind VARCHAR(64) NOT NULL, average_before INTEGER,
average_after INTEGER NOT NULL, on_hand INTEGER NOT NULL, quantity INTEGER NOT NULL, total_cents INTEGER NOT NULL, reference_type VARCHAR(64) NOT NULL,
reference_id INTEGER NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL, prev_hash VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL,
CONSTRAINT pk_cost_changes PRIMARY KEY (id), CONSTRAINT uq_cost_changes_variant_id_seq UNIQUE (variant_id, seq),
CONSTRAINT ck_cost_changes_kind_known CHECK (kind IN ('start', 'by_hand', 'receipt')), CONSTRAINT ck_cost_changes_average_not_negative CHECK (average_after >= 0),
CONSTRAINT fk_cost_changes_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_cost_changes_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE reservations ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, variant_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL, customer_id INTEGER,
plan_line_id INTEGER, quantity INTEGER NOT NULL, state VARCHAR(64) NOT NULL, expires_at BIGINT, note TEXT NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL,
closed_at BIGINT, closed_by INTEGER, CONSTRAINT pk_reservations PRIMARY KEY (id),
CONSTRAINT ck_reservations_state_known CHECK (state IN ('open', 'used', 'released', 'expired')), CONSTRAINT ck_reservations_sets_something_aside CHECK (quantity > 0),
CONSTRAINT uq_reservations_uid UNIQUE (uid), CONSTRAINT fk_reservations_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_reservations_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_reservations_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id), CONSTRAINT fk_reservations_user_id FOREIGN KEY(user_id) REFERENCES users (id),
CONSTRAINT fk_reservations_closed_by FOREIGN KEY(closed_by) REFERENCES users (id) )
;
CREATE INDEX ix_reservations_customer_id ON reservations (customer_id)
;
CREATE INDEX ix_reservations_due ON reservations (expires_at, id) WHERE state = 'open'
;
CREATE INDEX ix_reservations_place ON reservations (variant_id, warehouse_id, state)
;
CREATE INDEX ix_reservations_plan_line_id ON reservations (plan_line_id)
;
CREATE INDEX ix_reservations_state ON reservations (state, id)
;
CREATE TABLE variant_costs ( variant_id INTEGER NOT NULL, average_micro INTEGER NOT NULL, seq INTEGER NOT NULL, hash VARCHAR(64) NOT NULL, updated_at BIGINT NOT NULL,
CONSTRAINT pk_variant_costs PRIMARY KEY (variant_id), CONSTRAINT ck_variant_costs_average_not_negative CHECK (average_micro >= 0),
CONSTRAINT fk_variant_costs_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE TABLE stock_count_entries ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, count_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, area VARCHAR(40) NOT NULL,
round INTEGER NOT NULL, quantity INTEGER NOT NULL, undoes_id INTEGER, on_hand INTEGER NOT NULL, ledger_seq INTEGER NOT NULL, user_id INTEGER NOT NULL,
machine TEXT NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_stock_count_entries PRIMARY KEY (id), CONSTRAINT uq_stock_count_entries_uid UNIQUE (uid),
CONSTRAINT fk_stock_count_entries_count_id FOREIGN KEY(count_id) REFERENCES stock_counts (id),
CONSTRAINT fk_stock_count_entries_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id), CONSTRAINT uq_stock_count_entries_undoes_id UNIQUE (undoes_id),
CONSTRAINT fk_stock_count_entries_undoes_id FOREIGN KEY(undoes_id) REFERENCES stock_count_entries (id),
CONSTRAINT fk_stock_count_entries_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_stock_count_entries_goods ON stock_count_entries (count_id, variant_id, id)
;
CREATE INDEX ix_stock_count_entries_newest ON stock_count_entries (count_id, id)
;
CREATE INDEX ix_stock_count_entries_variant_id ON stock_count_entries (variant_id)
;
CREATE TABLE stock_count_goods ( count_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, CONSTRAINT pk_stock_count_goods PRIMARY KEY (count_id, variant_id),
CONSTRAINT fk_stock_count_goods_count_id FOREIGN KEY(count_id) REFERENCES stock_counts (id),
CONSTRAINT fk_stock_count_goods_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_stock_count_goods_variant_id ON stock_count_goods (variant_id)
;
CREATE TABLE stock_count_lines ( id INTEGER NOT NULL, count_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, counted INTEGER NOT NULL, expected INTEGER NOT NULL,
ledger_seq INTEGER NOT NULL, quantity_change INTEGER NOT NULL, value_cents INTEGER NOT NULL, CONSTRAINT pk_stock_count_lines PRIMARY KEY (id),
CONSTRAINT uq_stock_count_lines_count_id_variant_id UNIQUE (count_id, variant_id),
CONSTRAINT ck_stock_count_lines_difference CHECK (quantity_change = counted - expected),
CONSTRAINT fk_stock_count_lines_count_id FOREIGN KEY(count_id) REFERENCES stock_counts (id),
CONSTRAINT fk_stock_count_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_stock_count_lines_variant_id ON stock_count_lines (variant_id)
;
CREATE TABLE stock_count_recounts ( id INTEGER NOT NULL, count_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, round INTEGER NOT NULL, user_id INTEGER NOT NULL,
created_at BIGINT NOT NULL, CONSTRAINT pk_stock_count_recounts PRIMARY KEY (id),
CONSTRAINT uq_stock_count_recounts_count_id_variant_id_round UNIQUE (count_id, variant_id, round), CONSTRAINT ck_stock_count_recounts_later_round CHECK (round > 1),
CONSTRAINT fk_stock_count_recounts_count_id FOREIGN KEY(count_id) REFERENCES stock_counts (id),
CONSTRAINT fk_stock_count_recounts_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_stock_count_recounts_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_stock_count_recounts_variant_id ON stock_count_recounts (variant_id)
;
CREATE TABLE transfer_document_lines ( id INTEGER NOT NULL, document_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, quantity INTEGER NOT NULL,
is_sent BOOLEAN NOT NULL, CONSTRAINT pk_transfer_document_lines PRIMARY KEY (id),
CONSTRAINT uq_transfer_document_lines_document_id_variant_id UNIQUE (document_id, variant_id),
CONSTRAINT ck_transfer_document_lines_not_less_than_nothing CHECK (quantity >= 0),
CONSTRAINT fk_transfer_document_lines_document_id FOREIGN KEY(document_id) REFERENCES transfer_documents (id),
CONSTRAINT fk_transfer_document_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_transfer_document_lines_variant_id ON transfer_document_lines (variant_id)
;
CREATE TABLE transfer_receipts ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, document_id INTEGER NOT NULL, till_id INTEGER NOT NULL,
notes TEXT NOT NULL, user_id INTEGER NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_transfer_receipts PRIMARY KEY (id),
CONSTRAINT uq_transfer_receipts_uid UNIQUE (uid), CONSTRAINT uq_transfer_receipts_number UNIQUE (number),
CONSTRAINT uq_transfer_receipts_document_id UNIQUE (document_id), CONSTRAINT fk_transfer_receipts_document_id FOREIGN KEY(document_id) REFERENCES transfer_documents (id),
CONSTRAINT fk_transfer_receipts_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_transfer_receipts_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE transfer_receipt_lines ( id INTEGER NOT NULL, receipt_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, sent INTEGER NOT NULL, received INTEGER NOT NULL,
damaged INTEGER NOT NULL, reason TEXT NOT NULL, CONSTRAINT pk_transfer_receipt_lines PRIMARY KEY (id),
CONSTRAINT uq_transfer_receipt_lines_receipt_id_variant_id UNIQUE (receipt_id, variant_id),
CONSTRAINT ck_transfer_receipt_lines_not_less_than_nothing CHECK (sent >= 0 AND received >= 0 AND damaged >= 0),
CONSTRAINT fk_transfer_receipt_lines_receipt_id FOREIGN KEY(receipt_id) REFERENCES transfer_receipts (id),
CONSTRAINT fk_transfer_receipt_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_transfer_receipt_lines_variant_id ON transfer_receipt_lines (variant_id)
;
