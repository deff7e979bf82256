CREATE TABLE blobs ( id BIGSERIAL NOT NULL, storage_key TEXT NOT NULL, file_name TEXT NOT NULL, content_type TEXT NOT NULL, size_bytes BIGINT NOT NULL,
checksum VARCHAR(64) NOT NULL, provider VARCHAR(64) NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_blobs PRIMARY KEY (id),
CONSTRAINT uq_blobs_storage_key UNIQUE (storage_key) )
;
CREATE TABLE countries ( code VARCHAR(2) NOT NULL, name TEXT NOT NULL, states TEXT NOT NULL, CONSTRAINT pk_countries PRIMARY KEY (code) )
;
CREATE TABLE idempotency_keys ( key VARCHAR(36) NOT NULL, use_case VARCHAR(64) NOT NULL, request_hash VARCHAR(64) NOT NULL, answer TEXT NOT NULL,
created_at BIGINT NOT NULL, CONSTRAINT pk_idempotency_keys PRIMARY KEY (key) )
;
CREATE TABLE permissions ( id BIGSERIAL NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, CONSTRAINT pk_permissions PRIMARY KEY (id),
CONSTRAINT uq_permissions_code UNIQUE (code) )
;
CREATE TABLE roles ( id BIGSERIAL NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, code VARCHAR(64) NOT NULL,
name TEXT NOT NULL, discount_cap_ppm BIGINT, is_builtin BOOLEAN NOT NULL, CONSTRAINT pk_roles PRIMARY KEY (id),
CONSTRAINT ck_roles_cap_share CHECK (discount_cap_ppm BETWEEN 0 AND 1000000), CONSTRAINT uq_roles_code UNIQUE (code) )
;
CREATE TABLE search_forms ( key TEXT NOT NULL, form TEXT NOT NULL, CONSTRAINT pk_search_forms PRIMARY KEY (key, form) )
;
CREATE TABLE sign_in_misses ( scope VARCHAR(64) NOT NULL, subject VARCHAR(80) NOT NULL, count BIGINT NOT NULL, pending BIGINT NOT NULL, blocked_until BIGINT,
last_at BIGINT NOT NULL, CONSTRAINT pk_sign_in_misses PRIMARY KEY (scope, subject), CONSTRAINT ck_sign_in_misses_scope_known CHECK (scope IN ('account', 'pin', 'till')) )
;
CREATE TABLE blob_contents ( blob_id BIGINT NOT NULL, content BYTEA NOT NULL, CONSTRAINT pk_blob_contents PRIMARY KEY (blob_id),
CONSTRAINT fk_blob_contents_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id) ON DELETE CASCADE )
;
CREATE TABLE role_permissions ( role_id BIGINT NOT NULL, permission_id BIGINT NOT NULL, CONSTRAINT pk_role_permissions PRIMARY KEY (role_id, permission_id),
CONSTRAINT fk_role_permissions_role_id FOREIGN KEY(role_id) REFERENCES roles (id),
CONSTRAINT fk_role_permissions_permission_id FOREIGN KEY(permission_id) REFERENCES permissions (id) )
;
CREATE INDEX ix_role_permissions_permission_id ON role_permissions (permission_id)
;
CREATE TABLE users ( id BIGSERIAL NOT NULL, username VARCHAR(64) NOT NULL, email TEXT, phone TEXT, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
role_id BIGINT NOT NULL, is_active BOOLEAN NOT NULL, is_builtin BOOLEAN NOT NULL, email_verified_at BIGINT, language TEXT, created_at BIGINT NOT NULL,
updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_users PRIMARY KEY (id),
CONSTRAINT uq_users_username UNIQUE (username), CONSTRAINT uq_users_email UNIQUE (email), CONSTRAINT uq_users_phone UNIQUE (phone),
CONSTRAINT fk_users_role_id FOREIGN KEY(role_id) REFERENCES roles (id), CONSTRAINT fk_users_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_users_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_users_role_id ON users (role_id)
;
CREATE TABLE api_keys ( id BIGSERIAL NOT NULL, user_id BIGINT NOT NULL, key_hash VARCHAR(64) NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
is_active BOOLEAN NOT NULL, is_revoked BOOLEAN NOT NULL, revoked_at BIGINT, created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at BIGINT,
CONSTRAINT pk_api_keys PRIMARY KEY (id), CONSTRAINT fk_api_keys_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash) )
;
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id)
;
CREATE TABLE auth_providers ( id BIGSERIAL NOT NULL, user_id BIGINT NOT NULL, provider VARCHAR(64) NOT NULL, provider_id TEXT NOT NULL, secret_hash TEXT,
must_change BOOLEAN NOT NULL, last_used_at BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, CONSTRAINT pk_auth_providers PRIMARY KEY (id),
CONSTRAINT uq_auth_providers_provider_provider_id UNIQUE (provider, provider_id),
CONSTRAINT ck_auth_providers_provider_known CHECK (provider IN ('password', 'pin', 'oidc')),
CONSTRAINT fk_auth_providers_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_auth_providers_user_id ON auth_providers (user_id)
;
CREATE TABLE barcode_rules ( id BIGSERIAL NOT NULL, name TEXT NOT NULL, position BIGINT NOT NULL, prefix TEXT NOT NULL, item_digits BIGINT NOT NULL,
verifier_digits BIGINT NOT NULL, value_digits BIGINT NOT NULL, value_decimals BIGINT NOT NULL, kind VARCHAR(64) NOT NULL, check_digit VARCHAR(64) NOT NULL,
is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL,
CONSTRAINT pk_barcode_rules PRIMARY KEY (id), CONSTRAINT ck_barcode_rules_kind_known CHECK (kind IN ('price', 'weight', 'count')),
CONSTRAINT ck_barcode_rules_check_digit_known CHECK (check_digit IN ('enforce', 'warn', 'ignore')),
CONSTRAINT fk_barcode_rules_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_barcode_rules_updated_by FOREIGN KEY(updated_by) REFERENCES users (id)
)
;
CREATE TABLE categories ( id BIGSERIAL NOT NULL, parent_id BIGINT, name TEXT NOT NULL, slug TEXT NOT NULL, description TEXT NOT NULL, position BIGINT NOT NULL,
created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL,
CONSTRAINT pk_categories PRIMARY KEY (id), CONSTRAINT ck_categories_not_its_own_parent CHECK (parent_id <> id),
CONSTRAINT fk_categories_parent_id FOREIGN KEY(parent_id) REFERENCES categories (id), CONSTRAINT uq_categories_slug UNIQUE (slug),
CONSTRAINT fk_categories_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_categories_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_categories_parent_id ON categories (parent_id)
;
CREATE UNIQUE INDEX uq_categories_name ON categories (coalesce(parent_id, 0), name)
;
CREATE TABLE event_log ( id BIGSERIAL NOT NULL, event_type VARCHAR(64) NOT NULL, details TEXT NOT NULL, user_id BIGINT, created_at BIGINT NOT NULL,
CONSTRAINT pk_event_log PRIMARY KEY (id), CONSTRAINT fk_event_log_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_event_log_created_at ON event_log (created_at)
;
CREATE INDEX ix_event_log_event_type ON event_log (event_type)
;
CREATE INDEX ix_event_log_user_id ON event_log (user_id)
;
CREATE TABLE payment_types ( id BIGSERIAL NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, kind VARCHAR(64) NOT NULL,
is_active BOOLEAN NOT NULL, opens_drawer BOOLEAN NOT NULL, position BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT,
updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_payment_types PRIMARY KEY (id),
CONSTRAINT ck_payment_types_kind_known CHECK (kind IN ('cash', 'card', 'other')), CONSTRAINT uq_payment_types_code UNIQUE (code),
CONSTRAINT fk_payment_types_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_payment_types_updated_by FOREIGN KEY(updated_by) REFERENCES users (id)
)
;
CREATE TABLE price_lists ( id BIGSERIAL NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, for_everybody BOOLEAN NOT NULL, priority BIGINT NOT NULL,
starts_at BIGINT, ends_at BIGINT, is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT,
version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_price_lists PRIMARY KEY (id), CONSTRAINT uq_price_lists_code UNIQUE (code),
CONSTRAINT fk_price_lists_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_price_lists_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE settings ( key VARCHAR(64) NOT NULL, value TEXT NOT NULL, updated_at BIGINT NOT NULL, updated_by BIGINT, CONSTRAINT pk_settings PRIMARY KEY (key),
CONSTRAINT fk_settings_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE tax_classes ( id BIGSERIAL NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_tax_classes PRIMARY KEY (id), CONSTRAINT uq_tax_classes_code UNIQUE (code),
CONSTRAINT fk_tax_classes_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_tax_classes_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE tax_rates ( id BIGSERIAL NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, rate_ppm BIGINT NOT NULL, region TEXT, valid_from BIGINT, valid_to BIGINT,
is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL,
CONSTRAINT pk_tax_rates PRIMARY KEY (id), CONSTRAINT ck_tax_rates_rate_range CHECK (rate_ppm BETWEEN 0 AND 10000000), CONSTRAINT uq_tax_rates_code UNIQUE (code),
CONSTRAINT fk_tax_rates_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_tax_rates_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE warehouses ( id BIGSERIAL NOT NULL, name TEXT NOT NULL, location TEXT NOT NULL, is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL,
updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_warehouses PRIMARY KEY (id),
CONSTRAINT uq_warehouses_name UNIQUE (name), CONSTRAINT fk_warehouses_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_warehouses_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE customers ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL, company TEXT NOT NULL, email TEXT,
phone TEXT, card_number TEXT, status VARCHAR(64) NOT NULL, user_id BIGINT, price_list_id BIGINT, tax_exempt BOOLEAN NOT NULL, language TEXT, notes TEXT NOT NULL,
account_limit_cents BIGINT NOT NULL, consent_at BIGINT, salt TEXT, search_text TEXT NOT NULL, deleted_at BIGINT, deleted_by BIGINT, created_at BIGINT NOT NULL,
updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_customers PRIMARY KEY (id),
CONSTRAINT ck_customers_status_known CHECK (status IN ('active', 'blocked', 'erased')), CONSTRAINT uq_customers_uid UNIQUE (uid),
CONSTRAINT uq_customers_email UNIQUE (email), CONSTRAINT uq_customers_card_number UNIQUE (card_number),
CONSTRAINT fk_customers_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT fk_customers_price_list_id FOREIGN KEY(price_list_id) REFERENCES price_lists (id),
CONSTRAINT fk_customers_deleted_by FOREIGN KEY(deleted_by) REFERENCES users (id), CONSTRAINT fk_customers_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_customers_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_customers_name ON customers (last_name, first_name, id)
;
CREATE INDEX ix_customers_phone ON customers (phone)
;
CREATE INDEX ix_customers_price_list_id ON customers (price_list_id)
;
CREATE INDEX ix_customers_user_id ON customers (user_id)
;
DO $search$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX ix_customers_search_text_trgm ON customers USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
RAISE NOTICE 'pg_trgm cannot be used: search finds the beginnings of words only';
CREATE INDEX ix_customers_search_text_fts ON customers USING gin (to_tsvector('simple', search_text)); END $search$
;
CREATE TABLE products ( id BIGSERIAL NOT NULL, title TEXT NOT NULL, slug TEXT NOT NULL, description TEXT NOT NULL, status VARCHAR(64) NOT NULL, rejection_reason TEXT,
badge TEXT, is_active BOOLEAN NOT NULL, unit VARCHAR(64) NOT NULL, is_weighed BOOLEAN NOT NULL, weight_grams BIGINT, length_mm BIGINT, width_mm BIGINT, height_mm BIGINT,
tax_class_id BIGINT, deleted_at BIGINT, deleted_by BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT,
version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_products PRIMARY KEY (id), CONSTRAINT ck_products_status_known CHECK (status IN ('pending', 'approved', 'rejected')),
CONSTRAINT uq_products_slug UNIQUE (slug), CONSTRAINT fk_products_tax_class_id FOREIGN KEY(tax_class_id) REFERENCES tax_classes (id),
CONSTRAINT fk_products_deleted_by FOREIGN KEY(deleted_by) REFERENCES users (id), CONSTRAINT fk_products_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_products_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_products_tax_class_id ON products (tax_class_id)
;
CREATE INDEX ix_products_title ON products (title, id)
;
CREATE TABLE tax_class_rates ( tax_class_id BIGINT NOT NULL, tax_rate_id BIGINT NOT NULL, position BIGINT NOT NULL, is_compound BOOLEAN NOT NULL,
CONSTRAINT pk_tax_class_rates PRIMARY KEY (tax_class_id, tax_rate_id), CONSTRAINT fk_tax_class_rates_tax_class_id FOREIGN KEY(tax_class_id) REFERENCES tax_classes (id),
CONSTRAINT fk_tax_class_rates_tax_rate_id FOREIGN KEY(tax_rate_id) REFERENCES tax_rates (id) )
;
CREATE INDEX ix_tax_class_rates_tax_rate_id ON tax_class_rates (tax_rate_id)
;
CREATE TABLE tills ( id BIGSERIAL NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, warehouse_id BIGINT NOT NULL, printer TEXT, device_hash TEXT,
is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL,
CONSTRAINT pk_tills PRIMARY KEY (id), CONSTRAINT uq_tills_code UNIQUE (code), CONSTRAINT fk_tills_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_tills_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_tills_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_tills_warehouse_id ON tills (warehouse_id)
;
CREATE TABLE addresses ( id BIGSERIAL NOT NULL, customer_id BIGINT NOT NULL, type VARCHAR(64) NOT NULL, line1 TEXT NOT NULL, line2 TEXT NOT NULL, city TEXT NOT NULL,
state TEXT NOT NULL, postal_code TEXT NOT NULL, country_code VARCHAR(2) NOT NULL, is_default BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL, CONSTRAINT pk_addresses PRIMARY KEY (id),
CONSTRAINT ck_addresses_type_known CHECK (type IN ('shipping', 'billing')), CONSTRAINT fk_addresses_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_addresses_country_code FOREIGN KEY(country_code) REFERENCES countries (code),
CONSTRAINT fk_addresses_created_by FOREIGN KEY(created_by) REFERENCES users (id), CONSTRAINT fk_addresses_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_addresses_country_code ON addresses (country_code)
;
CREATE INDEX ix_addresses_customer_id ON addresses (customer_id)
;
CREATE UNIQUE INDEX uq_addresses_default ON addresses (customer_id, type) WHERE is_default
;
CREATE TABLE approvals ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, action VARCHAR(64) NOT NULL, subject_uid VARCHAR(64) NOT NULL, amount_cents BIGINT NOT NULL,
till_id BIGINT, approver_id BIGINT NOT NULL, actor_id BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, used_by_ref TEXT,
CONSTRAINT pk_approvals PRIMARY KEY (id), CONSTRAINT ck_approvals_another_person CHECK (approver_id <> actor_id), CONSTRAINT uq_approvals_uid UNIQUE (uid),
CONSTRAINT fk_approvals_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_approvals_approver_id FOREIGN KEY(approver_id) REFERENCES users (id),
CONSTRAINT fk_approvals_actor_id FOREIGN KEY(actor_id) REFERENCES users (id) )
;
CREATE INDEX ix_approvals_actor_id ON approvals (actor_id)
;
CREATE INDEX ix_approvals_approver_id ON approvals (approver_id)
;
CREATE INDEX ix_approvals_subject_uid ON approvals (subject_uid)
;
CREATE INDEX ix_approvals_till_id ON approvals (till_id)
;
CREATE TABLE audit_log ( id BIGSERIAL NOT NULL, chain VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, actor_id BIGINT, actor_type VARCHAR(64) NOT NULL, actor_email TEXT,
action VARCHAR(64) NOT NULL, target_type VARCHAR(64), target_id TEXT, metadata TEXT NOT NULL, till_id BIGINT, host TEXT NOT NULL, ip_address TEXT,
user_agent TEXT NOT NULL, created_at BIGINT NOT NULL, prev_hash VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL, CONSTRAINT pk_audit_log PRIMARY KEY (id),
CONSTRAINT uq_audit_log_chain_seq UNIQUE (chain, seq), CONSTRAINT fk_audit_log_actor_id FOREIGN KEY(actor_id) REFERENCES users (id),
CONSTRAINT fk_audit_log_till_id FOREIGN KEY(till_id) REFERENCES tills (id) )
;
CREATE INDEX ix_audit_log_action ON audit_log (action, id) WHERE action <> 'sale'
;
CREATE INDEX ix_audit_log_actor ON audit_log (actor_id, id) WHERE action <> 'sale'
;
CREATE INDEX ix_audit_log_target ON audit_log (target_type, target_id) WHERE target_type <> 'order'
;
CREATE TABLE counters ( scope VARCHAR(64) NOT NULL, series VARCHAR(64) NOT NULL, till_id BIGINT, value BIGINT NOT NULL, hash VARCHAR(64), perpetual_cents BIGINT NOT NULL,
last_at BIGINT NOT NULL, CONSTRAINT pk_counters PRIMARY KEY (scope, series), CONSTRAINT ck_counters_value_counts_up CHECK (value >= 0),
CONSTRAINT fk_counters_till_id FOREIGN KEY(till_id) REFERENCES tills (id) )
;
CREATE INDEX ix_counters_till_id ON counters (till_id)
;
CREATE TABLE journal ( id BIGSERIAL NOT NULL, till_id BIGINT NOT NULL, seq BIGINT NOT NULL, kind VARCHAR(64) NOT NULL, number VARCHAR(64) NOT NULL, payload TEXT NOT NULL,
prev_hash VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL, perpetual_cents BIGINT NOT NULL, created_at BIGINT NOT NULL, signature BYTEA,
CONSTRAINT pk_journal PRIMARY KEY (id), CONSTRAINT uq_journal_till_id_seq UNIQUE (till_id, seq), CONSTRAINT uq_journal_kind_number UNIQUE (kind, number),
CONSTRAINT fk_journal_till_id FOREIGN KEY(till_id) REFERENCES tills (id) )
;
CREATE TABLE print_jobs ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, document VARCHAR(64) NOT NULL, number VARCHAR(64) NOT NULL, options TEXT NOT NULL,
till_id BIGINT NOT NULL, state VARCHAR(64) NOT NULL, attempts BIGINT NOT NULL, next_try_at BIGINT NOT NULL, leased_until BIGINT, error TEXT, created_at BIGINT NOT NULL,
finished_at BIGINT, CONSTRAINT pk_print_jobs PRIMARY KEY (id), CONSTRAINT ck_print_jobs_state_known CHECK (state IN ('queued', 'printing', 'done', 'failed', 'skipped')),
CONSTRAINT ck_print_jobs_document_known CHECK (document IN ('receipt', 'gift_receipt', 'void', 'shift_report', 'training', 'drawer', 'test_page')),
CONSTRAINT fk_print_jobs_till_id FOREIGN KEY(till_id) REFERENCES tills (id) )
;
CREATE INDEX ix_print_jobs_waiting ON print_jobs (state, next_try_at) WHERE state IN ('queued', 'printing', 'failed')
;
CREATE TABLE product_attributes ( id BIGSERIAL NOT NULL, product_id BIGINT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, unit TEXT, position BIGINT NOT NULL,
CONSTRAINT pk_product_attributes PRIMARY KEY (id), CONSTRAINT fk_product_attributes_product_id FOREIGN KEY(product_id) REFERENCES products (id) )
;
CREATE INDEX ix_product_attributes_product_id ON product_attributes (product_id)
;
CREATE TABLE product_categories ( product_id BIGINT NOT NULL, category_id BIGINT NOT NULL, is_primary BOOLEAN NOT NULL, position BIGINT NOT NULL,
CONSTRAINT pk_product_categories PRIMARY KEY (product_id, category_id), CONSTRAINT fk_product_categories_product_id FOREIGN KEY(product_id) REFERENCES products (id),
CONSTRAINT fk_product_categories_category_id FOREIGN KEY(category_id) REFERENCES categories (id) )
;
CREATE INDEX ix_product_categories_category_id ON product_categories (category_id)
;
CREATE UNIQUE INDEX uq_product_categories_primary ON product_categories (product_id) WHERE is_primary
;
CREATE TABLE product_variants ( id BIGSERIAL NOT NULL, product_id BIGINT NOT NULL, sku VARCHAR(64) NOT NULL, name TEXT NOT NULL, price_cents BIGINT NOT NULL,
compare_at_cents BIGINT, cost_cents BIGINT, track_stock BOOLEAN NOT NULL, inventory_policy VARCHAR(64) NOT NULL, is_active BOOLEAN NOT NULL, position BIGINT NOT NULL,
created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by BIGINT, updated_by BIGINT, version BIGINT DEFAULT '1' NOT NULL,
CONSTRAINT pk_product_variants PRIMARY KEY (id), CONSTRAINT ck_product_variants_inventory_policy_known CHECK (inventory_policy IN ('deny', 'continue')),
CONSTRAINT ck_product_variants_price_range CHECK (price_cents BETWEEN 0 AND 1000000000000),
CONSTRAINT ck_product_variants_cost_range CHECK (cost_cents BETWEEN 0 AND 1000000000000),
CONSTRAINT fk_product_variants_product_id FOREIGN KEY(product_id) REFERENCES products (id), CONSTRAINT uq_product_variants_sku UNIQUE (sku),
CONSTRAINT fk_product_variants_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_product_variants_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_product_variants_price ON product_variants (price_cents, id)
;
CREATE INDEX ix_product_variants_product_id ON product_variants (product_id)
;
CREATE TABLE refresh_tokens ( id BIGSERIAL NOT NULL, token_hash VARCHAR(64) NOT NULL, family_uid VARCHAR(36) NOT NULL, user_id BIGINT NOT NULL, till_id BIGINT,
device_info TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, revoked_at BIGINT, CONSTRAINT pk_refresh_tokens PRIMARY KEY (id),
CONSTRAINT uq_refresh_tokens_token_hash UNIQUE (token_hash), CONSTRAINT fk_refresh_tokens_user_id FOREIGN KEY(user_id) REFERENCES users (id),
CONSTRAINT fk_refresh_tokens_till_id FOREIGN KEY(till_id) REFERENCES tills (id) )
;
CREATE INDEX ix_refresh_tokens_family_uid ON refresh_tokens (family_uid)
;
CREATE INDEX ix_refresh_tokens_till_id ON refresh_tokens (till_id)
;
CREATE INDEX ix_refresh_tokens_user_id ON refresh_tokens (user_id)
;
CREATE TABLE sessions ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, token_hash VARCHAR(64) NOT NULL, user_id BIGINT, till_id BIGINT, device_type TEXT NOT NULL,
host TEXT NOT NULL, ip_address TEXT, user_agent TEXT NOT NULL, payload TEXT, created_at BIGINT NOT NULL, last_activity_at BIGINT NOT NULL, locked_at BIGINT,
expires_at BIGINT NOT NULL, ended_at BIGINT, end_reason TEXT, family_uid VARCHAR(36), CONSTRAINT pk_sessions PRIMARY KEY (id), CONSTRAINT uq_sessions_uid UNIQUE (uid),
CONSTRAINT uq_sessions_token_hash UNIQUE (token_hash), CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id),
CONSTRAINT fk_sessions_till_id FOREIGN KEY(till_id) REFERENCES tills (id) )
;
CREATE INDEX ix_sessions_family_uid ON sessions (family_uid)
;
CREATE INDEX ix_sessions_live ON sessions (ended_at, expires_at)
;
CREATE INDEX ix_sessions_till_id ON sessions (till_id)
;
CREATE INDEX ix_sessions_user_id ON sessions (user_id)
;
CREATE TABLE shifts ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, till_id BIGINT NOT NULL, number BIGINT NOT NULL, status VARCHAR(64) NOT NULL,
business_date VARCHAR(10) NOT NULL, opened_at BIGINT NOT NULL, opened_by BIGINT NOT NULL, opening_float_cents BIGINT NOT NULL, opening_difference_cents BIGINT NOT NULL,
closed_at BIGINT, closed_by BIGINT, expected_cents BIGINT, counted_cents BIGINT, left_cents BIGINT, difference_cents BIGINT, difference_reason TEXT, approved_by BIGINT,
CONSTRAINT pk_shifts PRIMARY KEY (id), CONSTRAINT uq_shifts_till_id_number UNIQUE (till_id, number),
CONSTRAINT ck_shifts_status_known CHECK (status IN ('open', 'closed')),
CONSTRAINT ck_shifts_closed_is_counted CHECK (status = 'open' OR (closed_at IS NOT NULL AND expected_cents IS NOT NULL AND counted_cents IS NOT NULL AND difference_cents = counted_cents - expected_cents)),
CONSTRAINT uq_shifts_uid UNIQUE (uid), CONSTRAINT fk_shifts_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_shifts_opened_by FOREIGN KEY(opened_by) REFERENCES users (id), CONSTRAINT fk_shifts_closed_by FOREIGN KEY(closed_by) REFERENCES users (id),
CONSTRAINT fk_shifts_approved_by FOREIGN KEY(approved_by) REFERENCES users (id) )
;
CREATE UNIQUE INDEX uq_shifts_one_open ON shifts (till_id) WHERE status = 'open'
;
CREATE TABLE stock_adjustments ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, warehouse_id BIGINT NOT NULL, till_id BIGINT NOT NULL,
reason TEXT NOT NULL, notes TEXT NOT NULL, user_id BIGINT NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_stock_adjustments PRIMARY KEY (id),
CONSTRAINT uq_stock_adjustments_uid UNIQUE (uid), CONSTRAINT uq_stock_adjustments_number UNIQUE (number),
CONSTRAINT fk_stock_adjustments_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_stock_adjustments_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_stock_adjustments_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_stock_adjustments_created_at ON stock_adjustments (created_at)
;
CREATE INDEX ix_stock_adjustments_warehouse_id ON stock_adjustments (warehouse_id)
;
CREATE TABLE stock_transfers ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, from_warehouse_id BIGINT NOT NULL,
to_warehouse_id BIGINT NOT NULL, till_id BIGINT NOT NULL, notes TEXT NOT NULL, user_id BIGINT NOT NULL, created_at BIGINT NOT NULL,
CONSTRAINT pk_stock_transfers PRIMARY KEY (id), CONSTRAINT ck_stock_transfers_two_places CHECK (from_warehouse_id <> to_warehouse_id),
CONSTRAINT uq_stock_transfers_uid UNIQUE (uid), CONSTRAINT uq_stock_transfers_number UNIQUE (number),
CONSTRAINT fk_stock_transfers_from_warehouse_id FOREIGN KEY(from_warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_stock_transfers_to_warehouse_id FOREIGN KEY(to_warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_stock_transfers_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_stock_transfers_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_stock_transfers_created_at ON stock_transfers (created_at)
;
CREATE INDEX ix_stock_transfers_from_warehouse_id ON stock_transfers (from_warehouse_id)
;
CREATE INDEX ix_stock_transfers_to_warehouse_id ON stock_transfers (to_warehouse_id)
;
CREATE TABLE till_favourites ( id BIGSERIAL NOT NULL, product_id BIGINT NOT NULL, position BIGINT NOT NULL, CONSTRAINT pk_till_favourites PRIMARY KEY (id),
CONSTRAINT uq_till_favourites_product_id UNIQUE (product_id), CONSTRAINT fk_till_favourites_product_id FOREIGN KEY(product_id) REFERENCES products (id) )
;
CREATE TABLE training_sales ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, till_id BIGINT NOT NULL, user_id BIGINT NOT NULL,
total_cents BIGINT NOT NULL, answer TEXT NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_training_sales PRIMARY KEY (id),
CONSTRAINT uq_training_sales_uid UNIQUE (uid), CONSTRAINT uq_training_sales_number UNIQUE (number),
CONSTRAINT fk_training_sales_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_training_sales_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE carts ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, status VARCHAR(64) NOT NULL, till_id BIGINT, user_id BIGINT, session_id BIGINT, customer_id BIGINT,
label TEXT NOT NULL, note TEXT NOT NULL, order_discount TEXT, is_training BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, held_at BIGINT,
paying_at BIGINT, abandoned_at BIGINT, converted_at BIGINT, CONSTRAINT pk_carts PRIMARY KEY (id),
CONSTRAINT ck_carts_status_known CHECK (status IN ('active', 'abandoned', 'converted')), CONSTRAINT uq_carts_uid UNIQUE (uid),
CONSTRAINT fk_carts_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_carts_user_id FOREIGN KEY(user_id) REFERENCES users (id),
CONSTRAINT fk_carts_session_id FOREIGN KEY(session_id) REFERENCES sessions (id), CONSTRAINT fk_carts_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id) )
;
CREATE INDEX ix_carts_customer_id ON carts (customer_id)
;
CREATE INDEX ix_carts_open ON carts (till_id, held_at) WHERE status = 'active'
;
CREATE INDEX ix_carts_session_id ON carts (session_id)
;
CREATE INDEX ix_carts_user_id ON carts (user_id)
;
CREATE TABLE cash_counts ( id BIGSERIAL NOT NULL, shift_id BIGINT NOT NULL, kind VARCHAR(64) NOT NULL, denomination_cents BIGINT NOT NULL, pieces BIGINT NOT NULL,
CONSTRAINT pk_cash_counts PRIMARY KEY (id), CONSTRAINT ck_cash_counts_kind_known CHECK (kind IN ('open', 'close')),
CONSTRAINT uq_cash_counts_shift_id_kind_denomination_cents UNIQUE (shift_id, kind, denomination_cents), CONSTRAINT ck_cash_counts_pieces_counted CHECK (pieces >= 0),
CONSTRAINT fk_cash_counts_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id) )
;
CREATE TABLE cash_movements ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, till_id BIGINT NOT NULL, shift_id BIGINT NOT NULL,
type VARCHAR(64) NOT NULL, amount_cents BIGINT NOT NULL, reason TEXT NOT NULL, user_id BIGINT NOT NULL, approved_by BIGINT, created_at BIGINT NOT NULL,
CONSTRAINT pk_cash_movements PRIMARY KEY (id), CONSTRAINT ck_cash_movements_type_known CHECK (type IN ('in', 'out')),
CONSTRAINT ck_cash_movements_amount_positive CHECK (amount_cents > 0), CONSTRAINT uq_cash_movements_uid UNIQUE (uid), CONSTRAINT uq_cash_movements_number UNIQUE (number),
CONSTRAINT fk_cash_movements_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_cash_movements_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
CONSTRAINT fk_cash_movements_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT fk_cash_movements_approved_by FOREIGN KEY(approved_by) REFERENCES users (id) )
;
CREATE INDEX ix_cash_movements_shift_id ON cash_movements (shift_id)
;
CREATE TABLE drawer_openings ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, till_id BIGINT NOT NULL, shift_id BIGINT,
reason TEXT NOT NULL, user_id BIGINT NOT NULL, approved_by BIGINT, created_at BIGINT NOT NULL, CONSTRAINT pk_drawer_openings PRIMARY KEY (id),
CONSTRAINT uq_drawer_openings_uid UNIQUE (uid), CONSTRAINT uq_drawer_openings_number UNIQUE (number),
CONSTRAINT fk_drawer_openings_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_drawer_openings_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
CONSTRAINT fk_drawer_openings_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT fk_drawer_openings_approved_by FOREIGN KEY(approved_by) REFERENCES users (id)
)
;
CREATE INDEX ix_drawer_openings_shift_id ON drawer_openings (shift_id)
;
CREATE TABLE inventory_ledger ( id BIGSERIAL NOT NULL, variant_id BIGINT NOT NULL, warehouse_id BIGINT NOT NULL, seq BIGINT NOT NULL, type VARCHAR(64) NOT NULL,
quantity_change BIGINT NOT NULL, quantity_after BIGINT NOT NULL, reference_type VARCHAR(64) NOT NULL, reference_id BIGINT NOT NULL, line_id BIGINT NOT NULL,
reason TEXT NOT NULL, notes TEXT NOT NULL, user_id BIGINT NOT NULL, created_at BIGINT NOT NULL, prev_hash VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL,
CONSTRAINT pk_inventory_ledger PRIMARY KEY (id), CONSTRAINT uq_inventory_ledger_variant_id_warehouse_id_seq UNIQUE (variant_id, warehouse_id, seq),
CONSTRAINT uq_inventory_ledger_reference_type_reference_id_line_id_type UNIQUE (reference_type, reference_id, line_id, type),
CONSTRAINT ck_inventory_ledger_type_known CHECK (type IN ('receive', 'sale', 'void', 'return', 'damage', 'adjust', 'transfer_out', 'transfer_in', 'count')),
CONSTRAINT ck_inventory_ledger_reference_type_known CHECK (reference_type IN ('order', 'void', 'adjustment', 'transfer')),
CONSTRAINT ck_inventory_ledger_moves_something CHECK (quantity_change <> 0),
CONSTRAINT fk_inventory_ledger_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_inventory_ledger_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_inventory_ledger_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE orders ( id BIGSERIAL NOT NULL, number VARCHAR(64) NOT NULL, uid VARCHAR(36) NOT NULL, channel VARCHAR(64) NOT NULL, status VARCHAR(64) NOT NULL,
till_id BIGINT NOT NULL, shift_id BIGINT, customer_id BIGINT, user_id BIGINT NOT NULL, currency VARCHAR(3) NOT NULL, prices_include_tax BOOLEAN NOT NULL,
tax_rounding VARCHAR(64) NOT NULL, subtotal_cents BIGINT NOT NULL, discount_cents BIGINT NOT NULL, tax_cents BIGINT NOT NULL, shipping_cents BIGINT NOT NULL,
rounding_cents BIGINT NOT NULL, total_cents BIGINT NOT NULL, customer_note TEXT NOT NULL, staff_note TEXT NOT NULL, placed_at BIGINT NOT NULL,
business_date VARCHAR(10) NOT NULL, expected_ship_at BIGINT, actual_ship_at BIGINT, expected_delivery_at BIGINT, actual_delivery_at BIGINT,
CONSTRAINT pk_orders PRIMARY KEY (id), CONSTRAINT ck_orders_channel_known CHECK (channel IN ('till', 'phone', 'web')),
CONSTRAINT ck_orders_status_known CHECK (status IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled')),
CONSTRAINT ck_orders_tax_rounding_known CHECK (tax_rounding IN ('line', 'order')),
CONSTRAINT ck_orders_discount_within_subtotal CHECK (discount_cents BETWEEN 0 AND subtotal_cents), CONSTRAINT uq_orders_number UNIQUE (number),
CONSTRAINT uq_orders_uid UNIQUE (uid), CONSTRAINT fk_orders_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_orders_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id), CONSTRAINT fk_orders_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_orders_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_orders_customer_placed ON orders (customer_id, placed_at, id) WHERE customer_id IS NOT NULL
;
CREATE INDEX ix_orders_placed ON orders (placed_at, id)
;
CREATE INDEX ix_orders_shift_id ON orders (shift_id)
;
CREATE INDEX ix_orders_total ON orders (total_cents, id)
;
CREATE TABLE price_list_items ( id BIGSERIAL NOT NULL, price_list_id BIGINT NOT NULL, variant_id BIGINT NOT NULL, min_quantity BIGINT NOT NULL,
price_cents BIGINT NOT NULL, CONSTRAINT pk_price_list_items PRIMARY KEY (id),
CONSTRAINT uq_price_list_items_price_list_id_variant_id_min_quantity UNIQUE (price_list_id, variant_id, min_quantity),
CONSTRAINT fk_price_list_items_price_list_id FOREIGN KEY(price_list_id) REFERENCES price_lists (id),
CONSTRAINT fk_price_list_items_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_price_list_items_variant_id ON price_list_items (variant_id)
;
CREATE TABLE product_images ( id BIGSERIAL NOT NULL, product_id BIGINT NOT NULL, variant_id BIGINT, blob_id BIGINT, source_url TEXT, alt_text TEXT NOT NULL,
position BIGINT NOT NULL, is_primary BOOLEAN NOT NULL, CONSTRAINT pk_product_images PRIMARY KEY (id),
CONSTRAINT fk_product_images_product_id FOREIGN KEY(product_id) REFERENCES products (id),
CONSTRAINT fk_product_images_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_product_images_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id) )
;
CREATE INDEX ix_product_images_blob_id ON product_images (blob_id)
;
CREATE INDEX ix_product_images_product_id ON product_images (product_id)
;
CREATE INDEX ix_product_images_variant_id ON product_images (variant_id)
;
CREATE UNIQUE INDEX uq_product_images_primary ON product_images (product_id) WHERE is_primary
;
CREATE TABLE stock_adjustment_lines ( id BIGSERIAL NOT NULL, adjustment_id BIGINT NOT NULL, variant_id BIGINT NOT NULL, quantity_change BIGINT NOT NULL,
CONSTRAINT pk_stock_adjustment_lines PRIMARY KEY (id), CONSTRAINT ck_stock_adjustment_lines_changes_something CHECK (quantity_change <> 0),
CONSTRAINT fk_stock_adjustment_lines_adjustment_id FOREIGN KEY(adjustment_id) REFERENCES stock_adjustments (id),
CONSTRAINT fk_stock_adjustment_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_stock_adjustment_lines_adjustment_id ON stock_adjustment_lines (adjustment_id)
;
CREATE INDEX ix_stock_adjustment_lines_variant_id ON stock_adjustment_lines (variant_id)
;
CREATE TABLE stock_levels ( variant_id BIGINT NOT NULL, warehouse_id BIGINT NOT NULL, on_hand BIGINT NOT NULL, reserved BIGINT NOT NULL, low_stock_threshold BIGINT,
ledger_seq BIGINT NOT NULL, ledger_hash VARCHAR(64) NOT NULL, updated_at BIGINT NOT NULL, CONSTRAINT pk_stock_levels PRIMARY KEY (variant_id, warehouse_id),
CONSTRAINT ck_stock_levels_reserved_not_negative CHECK (reserved >= 0), CONSTRAINT fk_stock_levels_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_stock_levels_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id) )
;
CREATE INDEX ix_stock_levels_warehouse_id ON stock_levels (warehouse_id)
;
CREATE INDEX ix_stock_levels_watched ON stock_levels (warehouse_id, variant_id) WHERE low_stock_threshold IS NOT NULL
;
CREATE TABLE stock_transfer_lines ( id BIGSERIAL NOT NULL, transfer_id BIGINT NOT NULL, variant_id BIGINT NOT NULL, quantity BIGINT NOT NULL,
CONSTRAINT pk_stock_transfer_lines PRIMARY KEY (id), CONSTRAINT ck_stock_transfer_lines_moves_something CHECK (quantity > 0),
CONSTRAINT fk_stock_transfer_lines_transfer_id FOREIGN KEY(transfer_id) REFERENCES stock_transfers (id),
CONSTRAINT fk_stock_transfer_lines_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_stock_transfer_lines_transfer_id ON stock_transfer_lines (transfer_id)
;
CREATE INDEX ix_stock_transfer_lines_variant_id ON stock_transfer_lines (variant_id)
;
CREATE TABLE variant_barcodes ( id BIGSERIAL NOT NULL, variant_id BIGINT NOT NULL, barcode VARCHAR(64) NOT NULL, pack_quantity BIGINT NOT NULL,
CONSTRAINT pk_variant_barcodes PRIMARY KEY (id), CONSTRAINT ck_variant_barcodes_pack_positive CHECK (pack_quantity > 0),
CONSTRAINT fk_variant_barcodes_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id), CONSTRAINT uq_variant_barcodes_barcode UNIQUE (barcode) )
;
CREATE INDEX ix_variant_barcodes_variant_id ON variant_barcodes (variant_id)
;
CREATE TABLE variant_search ( variant_id BIGINT NOT NULL, words TEXT NOT NULL, CONSTRAINT pk_variant_search PRIMARY KEY (variant_id),
CONSTRAINT fk_variant_search_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) ON DELETE CASCADE )
;
DO $search$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX ix_variant_search_words_trgm ON variant_search USING gin (words gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
RAISE NOTICE 'pg_trgm cannot be used: search finds the beginnings of words only';
CREATE INDEX ix_variant_search_words_fts ON variant_search USING gin (to_tsvector('simple', words)); END $search$
;
CREATE TABLE variant_traits ( id BIGSERIAL NOT NULL, variant_id BIGINT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, position BIGINT NOT NULL,
CONSTRAINT pk_variant_traits PRIMARY KEY (id), CONSTRAINT uq_variant_traits_variant_id_type UNIQUE (variant_id, type),
CONSTRAINT fk_variant_traits_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE TABLE z_reports ( id BIGSERIAL NOT NULL, number VARCHAR(64) NOT NULL, shift_id BIGINT NOT NULL, till_id BIGINT NOT NULL, totals TEXT NOT NULL,
first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, head TEXT NOT NULL, perpetual_cents BIGINT NOT NULL, expected_cents BIGINT NOT NULL, counted_cents BIGINT NOT NULL,
difference_cents BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT NOT NULL, CONSTRAINT pk_z_reports PRIMARY KEY (id),
CONSTRAINT uq_z_reports_number UNIQUE (number), CONSTRAINT uq_z_reports_shift_id UNIQUE (shift_id),
CONSTRAINT fk_z_reports_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id), CONSTRAINT fk_z_reports_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_z_reports_created_by FOREIGN KEY(created_by) REFERENCES users (id) )
;
CREATE INDEX ix_z_reports_till_id ON z_reports (till_id)
;
CREATE TABLE card_intents ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, cart_uid VARCHAR(36) NOT NULL, till_id BIGINT NOT NULL, user_id BIGINT NOT NULL,
amount_cents BIGINT NOT NULL, status VARCHAR(64) NOT NULL, transaction_id TEXT, card_brand TEXT, card_last4 TEXT, raw_response TEXT, order_id BIGINT,
created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, CONSTRAINT pk_card_intents PRIMARY KEY (id),
CONSTRAINT ck_card_intents_status_known CHECK (status IN ('pending', 'approved', 'declined', 'timed_out', 'cancelled', 'used', 'reversed')),
CONSTRAINT uq_card_intents_uid UNIQUE (uid), CONSTRAINT fk_card_intents_till_id FOREIGN KEY(till_id) REFERENCES tills (id),
CONSTRAINT fk_card_intents_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT uq_card_intents_transaction_id UNIQUE (transaction_id),
CONSTRAINT fk_card_intents_order_id FOREIGN KEY(order_id) REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED )
;
CREATE INDEX ix_card_intents_cart_uid ON card_intents (cart_uid)
;
CREATE INDEX ix_card_intents_order_id ON card_intents (order_id)
;
CREATE INDEX ix_card_intents_till_id ON card_intents (till_id)
;
CREATE TABLE cart_items ( id BIGSERIAL NOT NULL, cart_id BIGINT NOT NULL, position BIGINT NOT NULL, variant_id BIGINT NOT NULL, quantity BIGINT NOT NULL,
price_cents BIGINT NOT NULL, name TEXT NOT NULL, metadata TEXT NOT NULL, added_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, CONSTRAINT pk_cart_items PRIMARY KEY (id),
CONSTRAINT fk_cart_items_cart_id FOREIGN KEY(cart_id) REFERENCES carts (id) ON DELETE CASCADE,
CONSTRAINT fk_cart_items_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_cart_items_cart_id ON cart_items (cart_id)
;
CREATE INDEX ix_cart_items_variant_id ON cart_items (variant_id)
;
CREATE TABLE order_items ( id BIGSERIAL NOT NULL, order_id BIGINT NOT NULL, line BIGINT NOT NULL, product_id BIGINT, variant_id BIGINT, product_name TEXT NOT NULL,
variant_name TEXT NOT NULL, sku VARCHAR(64) NOT NULL, barcode TEXT, unit VARCHAR(64) NOT NULL, quantity BIGINT NOT NULL, list_price_cents BIGINT NOT NULL,
unit_price_cents BIGINT NOT NULL, discount_cents BIGINT NOT NULL, tax_rate_ppm BIGINT NOT NULL, tax_rates TEXT NOT NULL, tax_cents BIGINT NOT NULL,
total_cents BIGINT NOT NULL, cost_cents BIGINT, warehouse_id BIGINT, track_stock BOOLEAN NOT NULL, metadata TEXT NOT NULL, CONSTRAINT pk_order_items PRIMARY KEY (id),
CONSTRAINT uq_order_items_order_id_line UNIQUE (order_id, line), CONSTRAINT ck_order_items_quantity_positive CHECK (quantity > 0),
CONSTRAINT ck_order_items_line_not_negative CHECK (discount_cents >= 0 AND total_cents >= 0),
CONSTRAINT fk_order_items_order_id FOREIGN KEY(order_id) REFERENCES orders (id), CONSTRAINT fk_order_items_product_id FOREIGN KEY(product_id) REFERENCES products (id),
CONSTRAINT fk_order_items_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_order_items_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id) )
;
CREATE TABLE order_status_history ( order_id BIGINT NOT NULL, position BIGINT NOT NULL, status VARCHAR(64) NOT NULL, at BIGINT NOT NULL, user_id BIGINT NOT NULL,
CONSTRAINT pk_order_status_history PRIMARY KEY (order_id, position),
CONSTRAINT ck_order_status_history_status_known CHECK (status IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled')),
CONSTRAINT ck_order_status_history_position_counts CHECK (position >= 1), CONSTRAINT fk_order_status_history_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_order_status_history_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE order_taxes ( order_id BIGINT NOT NULL, tax_rate_id BIGINT NOT NULL, name TEXT NOT NULL, rate_ppm BIGINT NOT NULL, taxable_cents BIGINT NOT NULL,
tax_cents BIGINT NOT NULL, CONSTRAINT pk_order_taxes PRIMARY KEY (order_id, tax_rate_id), CONSTRAINT fk_order_taxes_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_order_taxes_tax_rate_id FOREIGN KEY(tax_rate_id) REFERENCES tax_rates (id) )
;
CREATE TABLE oversell_exceptions ( id BIGSERIAL NOT NULL, variant_id BIGINT NOT NULL, warehouse_id BIGINT NOT NULL, order_id BIGINT, quantity_after BIGINT NOT NULL,
state VARCHAR(64) NOT NULL, created_at BIGINT NOT NULL, resolved_at BIGINT, resolved_by BIGINT, CONSTRAINT pk_oversell_exceptions PRIMARY KEY (id),
CONSTRAINT ck_oversell_exceptions_state_known CHECK (state IN ('open', 'resolved')),
CONSTRAINT fk_oversell_exceptions_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_oversell_exceptions_warehouse_id FOREIGN KEY(warehouse_id) REFERENCES warehouses (id),
CONSTRAINT fk_oversell_exceptions_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_oversell_exceptions_resolved_by FOREIGN KEY(resolved_by) REFERENCES users (id) )
;
CREATE INDEX ix_oversell_exceptions_order_id ON oversell_exceptions (order_id)
;
CREATE INDEX ix_oversell_exceptions_place ON oversell_exceptions (variant_id, warehouse_id, state)
;
CREATE INDEX ix_oversell_exceptions_state ON oversell_exceptions (state, id)
;
CREATE TABLE payments ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, order_id BIGINT NOT NULL, payment_type_id BIGINT NOT NULL, type VARCHAR(64) NOT NULL,
kind VARCHAR(64) NOT NULL, amount_cents BIGINT NOT NULL, tendered_cents BIGINT NOT NULL, change_cents BIGINT NOT NULL, status VARCHAR(64) NOT NULL, transaction_id TEXT,
card_brand TEXT, card_last4 TEXT, raw_response TEXT, till_id BIGINT NOT NULL, shift_id BIGINT, user_id BIGINT NOT NULL, created_at BIGINT NOT NULL,
CONSTRAINT pk_payments PRIMARY KEY (id), CONSTRAINT ck_payments_status_known CHECK (status IN ('pending', 'succeeded', 'failed', 'refunded')),
CONSTRAINT ck_payments_change_adds_up CHECK (amount_cents = tendered_cents - change_cents), CONSTRAINT uq_payments_uid UNIQUE (uid),
CONSTRAINT fk_payments_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_payments_payment_type_id FOREIGN KEY(payment_type_id) REFERENCES payment_types (id),
CONSTRAINT fk_payments_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_payments_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
CONSTRAINT fk_payments_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_payments_order_id ON payments (order_id)
;
CREATE UNIQUE INDEX uq_payments_transaction_id ON payments (transaction_id) WHERE transaction_id IS NOT NULL
;
CREATE TABLE voids ( id BIGSERIAL NOT NULL, uid VARCHAR(36) NOT NULL, number VARCHAR(64) NOT NULL, order_id BIGINT NOT NULL, till_id BIGINT NOT NULL, shift_id BIGINT,
reason TEXT NOT NULL, total_cents BIGINT NOT NULL, cash_cents BIGINT NOT NULL, user_id BIGINT NOT NULL, approved_by BIGINT, created_at BIGINT NOT NULL,
business_date VARCHAR(10) NOT NULL, CONSTRAINT pk_voids PRIMARY KEY (id),
CONSTRAINT ck_voids_gives_back CHECK (total_cents <= 0 AND cash_cents BETWEEN 0 AND -total_cents), CONSTRAINT uq_voids_uid UNIQUE (uid),
CONSTRAINT uq_voids_number UNIQUE (number), CONSTRAINT uq_voids_order_id UNIQUE (order_id), CONSTRAINT fk_voids_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_voids_till_id FOREIGN KEY(till_id) REFERENCES tills (id), CONSTRAINT fk_voids_shift_id FOREIGN KEY(shift_id) REFERENCES shifts (id),
CONSTRAINT fk_voids_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT fk_voids_approved_by FOREIGN KEY(approved_by) REFERENCES users (id) )
;
CREATE INDEX ix_voids_created ON voids (created_at, id)
;
CREATE INDEX ix_voids_shift_id ON voids (shift_id)
;
CREATE INDEX ix_voids_total ON voids (total_cents, id)
;
CREATE TABLE order_adjustments ( id BIGSERIAL NOT NULL, order_id BIGINT NOT NULL, order_item_id BIGINT, description TEXT NOT NULL, amount_cents BIGINT NOT NULL,
source_type VARCHAR(64) NOT NULL, source_id BIGINT, approved_by BIGINT, CONSTRAINT pk_order_adjustments PRIMARY KEY (id),
CONSTRAINT fk_order_adjustments_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
CONSTRAINT fk_order_adjustments_order_item_id FOREIGN KEY(order_item_id) REFERENCES order_items (id),
CONSTRAINT fk_order_adjustments_approved_by FOREIGN KEY(approved_by) REFERENCES users (id) )
;
CREATE INDEX ix_order_adjustments_order_id ON order_adjustments (order_id)
;
CREATE INDEX ix_order_adjustments_order_item_id ON order_adjustments (order_item_id)
;
CREATE TABLE price_steps ( id BIGSERIAL NOT NULL, order_item_id BIGINT NOT NULL, position BIGINT NOT NULL, kind VARCHAR(64) NOT NULL, label TEXT NOT NULL,
before_cents BIGINT NOT NULL, amount_cents BIGINT NOT NULL, after_cents BIGINT NOT NULL, approved_by BIGINT, CONSTRAINT pk_price_steps PRIMARY KEY (id),
CONSTRAINT uq_price_steps_order_item_id_position UNIQUE (order_item_id, position), CONSTRAINT ck_price_steps_adds_up CHECK (after_cents = before_cents + amount_cents),
CONSTRAINT fk_price_steps_order_item_id FOREIGN KEY(order_item_id) REFERENCES order_items (id),
CONSTRAINT fk_price_steps_approved_by FOREIGN KEY(approved_by) REFERENCES users (id) )
;
