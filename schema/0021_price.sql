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

-- Whose HIS must take a 调价单, and who said that it has.
-- @clustered
-- @site_owned
CREATE TABLE price_adjustment_site (
	adjustment_id BIGINT NOT NULL REFERENCES price_adjustment (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	confirmed_at_ms BIGINT,
	confirmed_by BIGINT,
	note TEXT,
	PRIMARY KEY (adjustment_id, site_id)
);
CREATE INDEX price_adjustment_site_waits ON price_adjustment_site (site_id, adjustment_id) WHERE confirmed_at_ms IS NULL;
INSERT INTO price_adjustment_site (adjustment_id, site_id) SELECT d.id, s.id FROM document d CROSS JOIN site s
	WHERE d.kind = 'price_adjustment' AND d.state IN ('scheduled', 'effective') AND s.kind <> 'clinic';

-- 补差条款: what the contract with a supplier says from a day on.
CREATE TABLE price_clause (
	id BIGINT NOT NULL PRIMARY KEY,
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	from_ymd BIGINT NOT NULL,
	given BIGINT NOT NULL CHECK (given IN (0, 1)), -- 1: he pays for what became dearer than the new price
	source TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	by_user BIGINT
);
-- The newest of two told for a day holds.
CREATE INDEX price_clause_of ON price_clause (supplier_id, from_ymd, id);

-- 补差 of one supplier for one line of a 调价单.
-- @site_owned
CREATE TABLE supplier_claim (
	id BIGINT NOT NULL PRIMARY KEY,
	line_id BIGINT NOT NULL REFERENCES price_adjustment_line (id),
	adjustment_id BIGINT NOT NULL REFERENCES price_adjustment (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	state TEXT NOT NULL,         -- open, settled, waived
	version BIGINT NOT NULL,
	invoice_id BIGINT REFERENCES invoice (id), -- the red invoice that settled it
	note TEXT,
	settled_at_ms BIGINT,
	settled_by BIGINT
);
CREATE INDEX supplier_claim_by_supplier ON supplier_claim (supplier_id, id);
CREATE INDEX supplier_claim_by_state ON supplier_claim (state, id);
CREATE INDEX supplier_claim_by_line ON supplier_claim (line_id);
CREATE INDEX supplier_claim_by_adjustment ON supplier_claim (adjustment_id, id);
CREATE INDEX supplier_claim_by_invoice ON supplier_claim (invoice_id) WHERE invoice_id IS NOT NULL;
-- Claims of before: told on the line, one supplier each.
INSERT INTO supplier_claim (id, line_id, adjustment_id, supplier_id, product_id, units, amount_fen, state, version)
	SELECT id, id, adjustment_id, supplier_id, product_id, claim_units, claim_fen, 'open', 1 FROM price_adjustment_line
	WHERE claim_fen > 0 AND supplier_id IS NOT NULL;
