CREATE TABLE saved_views ( id BIGSERIAL NOT NULL, user_id BIGINT NOT NULL, screen VARCHAR(64) NOT NULL, name VARCHAR(64) NOT NULL, content TEXT NOT NULL,
is_default BOOLEAN NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, CONSTRAINT pk_saved_views PRIMARY KEY (id),
CONSTRAINT uq_saved_views_user_id_screen_name UNIQUE (user_id, screen, name), CONSTRAINT fk_saved_views_user_id FOREIGN KEY(user_id) REFERENCES users (id) )
;
CREATE TABLE jobs ( id BIGSERIAL NOT NULL, idempotency_key VARCHAR(120) NOT NULL, type VARCHAR(64) NOT NULL, title TEXT NOT NULL, payload TEXT NOT NULL, result TEXT,
error TEXT, status VARCHAR(64) NOT NULL, worker VARCHAR(120), attempts BIGINT NOT NULL, max_attempts BIGINT NOT NULL, cancel_wanted BOOLEAN NOT NULL,
progress_done BIGINT NOT NULL, progress_total BIGINT NOT NULL, progress_said TEXT NOT NULL, user_id BIGINT NOT NULL, api_key_id BIGINT, scopes TEXT,
created_at BIGINT NOT NULL, started_at BIGINT, completed_at BIGINT, failed_at BIGINT, retry_at BIGINT NOT NULL, lease_until BIGINT, CONSTRAINT pk_jobs PRIMARY KEY (id),
CONSTRAINT ck_jobs_status_known CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
CONSTRAINT ck_jobs_attempts_count_up CHECK (attempts >= 0 AND max_attempts >= 1), CONSTRAINT uq_jobs_idempotency_key UNIQUE (idempotency_key),
CONSTRAINT fk_jobs_user_id FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT fk_jobs_api_key_id FOREIGN KEY(api_key_id) REFERENCES api_keys (id) )
;
CREATE INDEX ix_jobs_api_key_id ON jobs (api_key_id)
;
CREATE INDEX ix_jobs_status ON jobs (status, id)
;
CREATE INDEX ix_jobs_user_id ON jobs (user_id)
;
CREATE INDEX ix_jobs_waiting ON jobs (retry_at, id) WHERE status IN ('queued', 'running')
;
