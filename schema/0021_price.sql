-- Prices: what an entry closed opens again with it; rules of a running round change with a reason; HIS of each site
-- confirms a 调价单; 补差 by contract, per supplier, until a red invoice settles it.

ALTER TABLE price ADD COLUMN closed_by BIGINT;    -- the later fact whose entry set to_ymd; NULL: it was told, or there is none
ALTER TABLE price ADD COLUMN end_reason TEXT;     -- why a person ended it or took it back
ALTER TABLE price ADD COLUMN ended_at_ms BIGINT;
ALTER TABLE price ADD COLUMN ended_by BIGINT;

-- What was changed in a round after it was made, and why.
CREATE TABLE volume_change (
	id BIGINT NOT NULL PRIMARY KEY,
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	product_id BIGINT REFERENCES product (id), -- NULL: a rule of the whole round
	what TEXT NOT NULL,          -- basis, other_pm, commit_pm, warn_pm; of a product role, measure_e3
	old_value TEXT NOT NULL,
	new_value TEXT NOT NULL,
	reason TEXT,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);
-- @append_only volume_change
CREATE INDEX volume_change_by_round ON volume_change (round_id, id);

ALTER TABLE negotiation_line ADD COLUMN single_reason TEXT;   -- why there is one quote only
ALTER TABLE price_adjustment_line ADD COLUMN reason TEXT;     -- why the issue price lies below the purchase price

-- Products whose issue price lies above what 零差率 allows are flagged too (price_flag.subject 'issue', the product's id).
INSERT INTO price_turn (on_ymd, product_id) SELECT 20000101, product_id FROM issue_price WHERE price_e4 >= 0
	ON CONFLICT DO NOTHING;
