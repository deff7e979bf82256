CREATE TABLE file_pieces ( blob_id INTEGER NOT NULL, position INTEGER NOT NULL, content BLOB NOT NULL, CONSTRAINT pk_file_pieces PRIMARY KEY (blob_id, position),
CONSTRAINT fk_file_pieces_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id) ON DELETE CASCADE )
;
CREATE TABLE feed_mappings ( kind VARCHAR(64) NOT NULL, header_hash VARCHAR(64) NOT NULL, mapping TEXT NOT NULL, options TEXT NOT NULL, updated_at BIGINT NOT NULL,
updated_by INTEGER NOT NULL, CONSTRAINT pk_feed_mappings PRIMARY KEY (kind, header_hash),
CONSTRAINT fk_feed_mappings_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE TABLE product_feeds ( id INTEGER NOT NULL, uid VARCHAR(36) NOT NULL, blob_id INTEGER NOT NULL, file_name TEXT NOT NULL, kind VARCHAR(64) NOT NULL,
shape VARCHAR(64) NOT NULL, format VARCHAR(64) NOT NULL, reading TEXT NOT NULL, header TEXT NOT NULL, mapping TEXT NOT NULL, options TEXT NOT NULL,
status VARCHAR(64) NOT NULL, rows_total INTEGER NOT NULL, rows_processed INTEGER NOT NULL, rows_good INTEGER NOT NULL, rows_bad INTEGER NOT NULL, made INTEGER NOT NULL,
changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, jumps INTEGER NOT NULL, lost_codes INTEGER NOT NULL, meanwhile INTEGER NOT NULL, undone INTEGER NOT NULL,
kept INTEGER NOT NULL, cursor INTEGER NOT NULL, error TEXT NOT NULL, job_id INTEGER, created_by INTEGER NOT NULL, created_at BIGINT NOT NULL, checked_at BIGINT,
started_at BIGINT, completed_at BIGINT, CONSTRAINT pk_product_feeds PRIMARY KEY (id),
CONSTRAINT ck_product_feeds_kind_known CHECK (kind IN ('products', 'customers', 'stock', 'prices')),
CONSTRAINT ck_product_feeds_shape_known CHECK (shape IN ('table', 'shopify')), CONSTRAINT ck_product_feeds_format_known CHECK (format IN ('csv', 'xlsx')),
CONSTRAINT ck_product_feeds_status_known CHECK (status IN ('new', 'checking', 'checked', 'applying', 'done', 'failed', 'cancelled', 'undoing', 'undone', 'discarded')),
CONSTRAINT ck_product_feeds_rows_add_up CHECK (rows_processed = rows_good + rows_bad), CONSTRAINT ck_product_feeds_rows_within_total CHECK (rows_processed <= rows_total),
CONSTRAINT uq_product_feeds_uid UNIQUE (uid), CONSTRAINT fk_product_feeds_blob_id FOREIGN KEY(blob_id) REFERENCES blobs (id),
CONSTRAINT fk_product_feeds_job_id FOREIGN KEY(job_id) REFERENCES jobs (id), CONSTRAINT fk_product_feeds_created_by FOREIGN KEY(created_by) REFERENCES users (id) )
;
CREATE INDEX ix_product_feeds_blob_id ON product_feeds (blob_id)
;
CREATE INDEX ix_product_feeds_created_by ON product_feeds (created_by)
;
CREATE INDEX ix_product_feeds_job_id ON product_feeds (job_id)
;
CREATE TABLE product_origins ( product_id INTEGER NOT NULL, shape VARCHAR(64) NOT NULL, cells TEXT NOT NULL,
CONSTRAINT pk_product_origins PRIMARY KEY (product_id, shape), CONSTRAINT fk_product_origins_product_id FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE
)
;
CREATE TABLE feed_changes ( feed_id INTEGER NOT NULL, position INTEGER NOT NULL, rows INTEGER NOT NULL, action VARCHAR(64) NOT NULL, state VARCHAR(64) NOT NULL,
target_id INTEGER, name TEXT NOT NULL, title TEXT NOT NULL, flags INTEGER NOT NULL, details TEXT NOT NULL, "before" TEXT, mark TEXT, note TEXT NOT NULL,
CONSTRAINT pk_feed_changes PRIMARY KEY (feed_id, position), CONSTRAINT ck_feed_changes_action_known CHECK (action IN ('new', 'changed')),
CONSTRAINT ck_feed_changes_state_known CHECK (state IN ('planned', 'applied', 'undone', 'kept')),
CONSTRAINT fk_feed_changes_feed_id FOREIGN KEY(feed_id) REFERENCES product_feeds (id) ) WITHOUT ROWID
;
CREATE INDEX ix_feed_changes_flagged ON feed_changes (feed_id, position) WHERE flags <> 0
;
CREATE TABLE feed_errors ( feed_id INTEGER NOT NULL, "row" INTEGER NOT NULL, place INTEGER NOT NULL, first_row INTEGER NOT NULL, last_row INTEGER NOT NULL,
column_name TEXT NOT NULL, code VARCHAR(64) NOT NULL, message TEXT NOT NULL, CONSTRAINT pk_feed_errors PRIMARY KEY (feed_id, "row", place),
CONSTRAINT fk_feed_errors_feed_id FOREIGN KEY(feed_id) REFERENCES product_feeds (id) ) WITHOUT ROWID
;
