CREATE TABLE notification_types ( id INTEGER NOT NULL, code VARCHAR(64) NOT NULL, name TEXT NOT NULL, permission VARCHAR(64) NOT NULL, is_active BOOLEAN NOT NULL,
CONSTRAINT pk_notification_types PRIMARY KEY (id), CONSTRAINT uq_notification_types_code UNIQUE (code) )
;
CREATE TABLE reviews ( id INTEGER NOT NULL, product_id INTEGER NOT NULL, customer_id INTEGER NOT NULL, rating INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
is_verified_purchase BOOLEAN NOT NULL, status VARCHAR(64) NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, created_by INTEGER, updated_by INTEGER,
version INTEGER DEFAULT '1' NOT NULL, CONSTRAINT pk_reviews PRIMARY KEY (id), CONSTRAINT ck_reviews_status_known CHECK (status IN ('pending', 'approved', 'rejected')),
CONSTRAINT ck_reviews_rating_range CHECK (rating BETWEEN 1 AND 5), CONSTRAINT fk_reviews_product_id FOREIGN KEY(product_id) REFERENCES products (id),
CONSTRAINT fk_reviews_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id), CONSTRAINT fk_reviews_created_by FOREIGN KEY(created_by) REFERENCES users (id),
CONSTRAINT fk_reviews_updated_by FOREIGN KEY(updated_by) REFERENCES users (id) )
;
CREATE INDEX ix_reviews_customer_id ON reviews (customer_id)
;
CREATE INDEX ix_reviews_product ON reviews (product_id, status, id)
;
CREATE INDEX ix_reviews_status ON reviews (status, id)
;
CREATE TABLE wishlists ( id INTEGER NOT NULL, customer_id INTEGER NOT NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_wishlists PRIMARY KEY (id),
CONSTRAINT uq_wishlists_customer_id UNIQUE (customer_id), CONSTRAINT fk_wishlists_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id) )
;
CREATE TABLE favorites ( customer_id INTEGER NOT NULL, variant_id INTEGER NOT NULL, added_at BIGINT NOT NULL, added_by INTEGER,
CONSTRAINT pk_favorites PRIMARY KEY (customer_id, variant_id), CONSTRAINT fk_favorites_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
CONSTRAINT fk_favorites_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id), CONSTRAINT fk_favorites_added_by FOREIGN KEY(added_by) REFERENCES users (id)
)
;
CREATE INDEX ix_favorites_variant_id ON favorites (variant_id)
;
CREATE TABLE notifications ( id INTEGER NOT NULL, type_id INTEGER NOT NULL, user_id INTEGER NOT NULL, content TEXT NOT NULL, details TEXT, target_type VARCHAR(64),
target_id VARCHAR(64), created_at BIGINT NOT NULL, read_at BIGINT, CONSTRAINT pk_notifications PRIMARY KEY (id),
CONSTRAINT fk_notifications_type_id FOREIGN KEY(type_id) REFERENCES notification_types (id),
CONSTRAINT fk_notifications_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE INDEX ix_notifications_of_user ON notifications (user_id, id)
;
CREATE INDEX ix_notifications_type_id ON notifications (type_id)
;
CREATE INDEX ix_notifications_unread ON notifications (user_id, target_type, target_id) WHERE read_at IS NULL
;
CREATE TABLE wishlist_items ( id INTEGER NOT NULL, wishlist_id INTEGER NOT NULL, product_id INTEGER NOT NULL, variant_id INTEGER, added_at BIGINT NOT NULL,
added_by INTEGER, CONSTRAINT pk_wishlist_items PRIMARY KEY (id), CONSTRAINT fk_wishlist_items_wishlist_id FOREIGN KEY(wishlist_id) REFERENCES wishlists (id),
CONSTRAINT fk_wishlist_items_product_id FOREIGN KEY(product_id) REFERENCES products (id),
CONSTRAINT fk_wishlist_items_variant_id FOREIGN KEY(variant_id) REFERENCES product_variants (id),
CONSTRAINT fk_wishlist_items_added_by FOREIGN KEY(added_by) REFERENCES users (id) )
;
CREATE INDEX ix_wishlist_items_product_id ON wishlist_items (product_id)
;
CREATE INDEX ix_wishlist_items_variant_id ON wishlist_items (variant_id)
;
CREATE UNIQUE INDEX uq_wishlist_items_goods ON wishlist_items (wishlist_id, product_id, coalesce(variant_id, 0))
;
