CREATE TABLE barcode_ranges ( id INTEGER NOT NULL, code VARCHAR(64) NOT NULL, prefix VARCHAR(64) NOT NULL, next_number INTEGER NOT NULL, created_at BIGINT NOT NULL,
updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER, version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_barcode_ranges PRIMARY KEY (id),
CONSTRAINT ck_barcode_ranges_number_counts_up CHECK (next_number > 0), CONSTRAINT uq_barcode_ranges_code UNIQUE (code),
CONSTRAINT fk_barcode_ranges_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_barcode_ranges_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE freed_codes ( id INTEGER NOT NULL, variant_id INTEGER NOT NULL, kind VARCHAR(64) NOT NULL, code VARCHAR(64) NOT NULL, pack_quantity INTEGER NOT NULL,
was_active BOOLEAN NOT NULL, CONSTRAINT pk_freed_codes PRIMARY KEY (id), CONSTRAINT ck_freed_codes_kind_known CHECK (kind IN ('sku', 'barcode')),
CONSTRAINT fk_freed_codes_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id) )
;
CREATE INDEX ix_freed_codes_variant_id ON freed_codes (variant_id)
;
