CREATE TABLE sellers ( id INTEGER NOT NULL, user_id INTEGER, store_name TEXT NOT NULL, slug TEXT NOT NULL, description TEXT NOT NULL, logo_blob_id INTEGER,
business_email TEXT, business_phone TEXT, status VARCHAR(64) NOT NULL, is_verified BOOLEAN NOT NULL, commission_ppm INTEGER NOT NULL, created_at BIGINT NOT NULL,
updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_sellers PRIMARY KEY (id),
CONSTRAINT ck_sellers_status_known CHECK (status IN ('pending', 'approved', 'suspended')),
CONSTRAINT ck_sellers_commission_range CHECK (commission_ppm BETWEEN 0 AND 1000000), CONSTRAINT uq_sellers_user_id UNIQUE (user_id),
CONSTRAINT fk_sellers_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT uq_sellers_slug UNIQUE (slug),
CONSTRAINT fk_sellers_logo_blob_id FOREIGN KEY(logo_blob_id) REFERENCES blobs (id), CONSTRAINT fk_sellers_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_sellers_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_sellers_logo_blob_id ON sellers (logo_blob_id)
;
CREATE INDEX ix_sellers_store_name ON sellers (store_name, id)
;
CREATE TABLE customer_groups ( id INTEGER NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, price_list_id INTEGER, created_at BIGINT NOT NULL,
updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_customer_groups PRIMARY KEY (id),
CONSTRAINT uq_customer_groups_code UNIQUE (code), CONSTRAINT fk_customer_groups_price_list_id FOREIGN KEY(price_list_id) REFERENCES price_lists (id),
CONSTRAINT fk_customer_groups_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_customer_groups_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_customer_groups_name ON customer_groups (name, id)
;
CREATE INDEX ix_customer_groups_price_list_id ON customer_groups (price_list_id)
;
CREATE TABLE customer_consents ( id INTEGER NOT NULL, customer_id INTEGER NOT NULL, kind VARCHAR(64) NOT NULL, is_given BOOLEAN NOT NULL, source VARCHAR(64) NOT NULL,
at BIGINT NOT NULL, user_id INTEGER, CONSTRAINT pk_customer_consents PRIMARY KEY (id),
CONSTRAINT ck_customer_consents_kind_known CHECK (kind IN ('news_by_mail', 'news_by_phone', 'profile')),
CONSTRAINT ck_customer_consents_source_known CHECK (source IN ('in_person', 'in_writing', 'by_mail', 'by_phone', 'online')),
CONSTRAINT fk_customer_consents_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_customer_consents_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_customer_consents_customer_id ON customer_consents (customer_id)
;
CREATE TABLE customer_notes ( id INTEGER NOT NULL, customer_id INTEGER NOT NULL, text TEXT NOT NULL, created_at BIGINT NOT NULL, created_by INTEGER,
CONSTRAINT pk_customer_notes PRIMARY KEY (id), CONSTRAINT fk_customer_notes_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_customer_notes_created_by FOREIGN KEY(created_by) REFERENCES users (id) )
;
CREATE INDEX ix_customer_notes_customer_id ON customer_notes (customer_id)
;
CREATE TABLE distinct_customers ( first_id INTEGER NOT NULL, second_id INTEGER NOT NULL, said_at BIGINT NOT NULL, said_by INTEGER,
CONSTRAINT pk_distinct_customers PRIMARY KEY (first_id, second_id), CONSTRAINT ck_distinct_customers_in_order CHECK (first_id < second_id),
CONSTRAINT fk_distinct_customers_first_id FOREIGN KEY(first_id) REFERENCES customers (id),
CONSTRAINT fk_distinct_customers_second_id FOREIGN KEY(second_id) REFERENCES customers (id),
CONSTRAINT fk_distinct_customers_said_by FOREIGN KEY(said_by) REFERENCES users (id) )
;
CREATE INDEX ix_distinct_customers_second_id ON distinct_customers (second_id)
;
CREATE TABLE payment_methods ( id INTEGER NOT NULL, customer_id INTEGER NOT NULL, payment_type_id INTEGER NOT NULL, token TEXT NOT NULL, last4 VARCHAR(4),
card_type TEXT NOT NULL, expiry_month INTEGER, expiry_year INTEGER, holder TEXT NOT NULL, billing_address_id INTEGER, is_default BOOLEAN NOT NULL,
is_active BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL,
CONSTRAINT pk_payment_methods PRIMARY KEY (id), CONSTRAINT uq_payment_methods_payment_type_id_token UNIQUE (payment_type_id, token),
CONSTRAINT ck_payment_methods_month_exists CHECK (expiry_month BETWEEN 1 AND 12), CONSTRAINT ck_payment_methods_year_plausible CHECK (expiry_year BETWEEN 2000 AND 2200),
CONSTRAINT ck_payment_methods_default_is_active CHECK (is_active OR NOT is_default),
CONSTRAINT fk_payment_methods_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_payment_methods_payment_type_id FOREIGN KEY(payment_type_id) REFERENCES payment_types (id),
CONSTRAINT fk_payment_methods_billing_address_id FOREIGN KEY(billing_address_id) REFERENCES addresses (id),
CONSTRAINT fk_payment_methods_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_payment_methods_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_payment_methods_billing_address_id ON payment_methods (billing_address_id)
;
CREATE INDEX ix_payment_methods_customer_id ON payment_methods (customer_id)
;
CREATE UNIQUE INDEX uq_payment_methods_default ON payment_methods (customer_id) WHERE is_default
;
CREATE TABLE customer_group_members ( customer_id INTEGER NOT NULL, group_id INTEGER NOT NULL, CONSTRAINT pk_customer_group_members PRIMARY KEY (customer_id, group_id),
CONSTRAINT fk_customer_group_members_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_customer_group_members_group_id FOREIGN KEY(group_id) REFERENCES customer_groups (id) )
;
CREATE INDEX ix_customer_group_members_group_id ON customer_group_members (group_id)
;
