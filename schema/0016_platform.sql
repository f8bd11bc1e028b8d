-- 采购退货 and what is told to the purchasing platform.

-- 采购退货单: goods that go back to the supplier they came from.
-- @site_owned
CREATE TABLE supplier_return (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	place_id BIGINT NOT NULL REFERENCES place (id), -- the depot they lie in
	amount_fen BIGINT NOT NULL,  -- at the prices they came for
	line_count BIGINT NOT NULL
);
-- One batch in one quality. Once it has left: less_units were not invoiced yet (the supplier invoices less), due_units were,
-- and a red invoice must come for them; red_units of those have come.
-- @site_owned
CREATE TABLE supplier_return_line (
	id BIGINT NOT NULL PRIMARY KEY,
	return_id BIGINT NOT NULL REFERENCES supplier_return (id),
	n BIGINT NOT NULL,
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	quality TEXT NOT NULL,       -- released, rejected, returned
	units BIGINT NOT NULL CHECK (units > 0),
	amount_fen BIGINT NOT NULL,
	reason TEXT NOT NULL,        -- quality, expiry, wrong, recall, other
	note TEXT,
	dropped BIGINT NOT NULL,     -- 1: replaced by an edit of the draft
	payable_id BIGINT REFERENCES payable (id), -- NULL: not gone yet, or nothing was owed for it
	less_units BIGINT NOT NULL CHECK (less_units >= 0),
	due_units BIGINT NOT NULL CHECK (due_units >= 0 AND less_units + due_units <= units),
	red_units BIGINT NOT NULL CHECK (red_units >= 0 AND red_units <= due_units),
	red_fen BIGINT NOT NULL      -- positive
);
CREATE INDEX supplier_return_line_by_return ON supplier_return_line (return_id, n);
CREATE INDEX supplier_return_line_by_payable ON supplier_return_line (payable_id, id) WHERE payable_id IS NOT NULL;
CREATE INDEX supplier_return_line_due ON supplier_return_line (payable_id, id) WHERE due_units > red_units;
-- The packs that were scanned for a line.
-- @site_owned
CREATE TABLE supplier_return_pack (
	return_id BIGINT NOT NULL,
	pack_id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	PRIMARY KEY (return_id, pack_id)
);
CREATE INDEX supplier_return_pack_by_pack ON supplier_return_pack (pack_id);
