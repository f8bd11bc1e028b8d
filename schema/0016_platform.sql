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

-- 平台报送: a file of one kind for the purchasing platform, numbered without gaps, so that the other side sees what is missing.
-- @site_owned
CREATE TABLE platform_message (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	kind TEXT NOT NULL,          -- receipt (确认收货), invoice, return
	no BIGINT NOT NULL,
	until_ymd BIGINT NOT NULL,   -- what happened until that day
	line_count BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	UNIQUE (kind, no)
);
-- What the platform must learn: a row is written with the fact itself, and waits until a message takes it. Never sent twice:
-- one row that counts (again = 0) for each fact.
-- @site_owned
CREATE TABLE platform_report (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id), -- who pays
	kind TEXT NOT NULL,
	source_id BIGINT NOT NULL,   -- receipt line, part of an invoice (invoice_match), line of a return
	document_id BIGINT NOT NULL REFERENCES document (id),
	order_line_id BIGINT REFERENCES order_line (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	lot TEXT NOT NULL,
	expiry_ymd BIGINT NOT NULL,
	units BIGINT NOT NULL,       -- negative: a red invoice
	units_per_pack BIGINT NOT NULL,
	price_e4 BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	paper TEXT,                  -- delivery note, invoice number, reason of the return
	ymd BIGINT NOT NULL,
	message_id BIGINT REFERENCES platform_message (id), -- NULL: waits
	n BIGINT,                    -- in the message
	answer TEXT,                 -- accepted, refused
	answer_reason TEXT,
	platform_units BIGINT,       -- what the platform says it has; NULL: it did not say
	platform_fen BIGINT,
	difference TEXT,             -- refused, units, amount; NULL: none
	answered_at_ms BIGINT,
	again BIGINT NOT NULL,       -- 1: told anew by a later row
	open BIGINT NOT NULL         -- 1: the platform does not have it, or has it differently
);
CREATE UNIQUE INDEX platform_report_once ON platform_report (kind, source_id) WHERE again = 0;
CREATE INDEX platform_report_waiting ON platform_report (kind, id) WHERE message_id IS NULL;
CREATE UNIQUE INDEX platform_report_by_message ON platform_report (message_id, n) WHERE message_id IS NOT NULL;
CREATE INDEX platform_report_open ON platform_report (site_id, id) WHERE open = 1;
CREATE INDEX platform_report_by_site ON platform_report (site_id, id);

-- 平台配送: what a distributor says it has sent, lot by lot: the lines that a receipt may expect. A later file replaces a row.
-- @site_owned
CREATE TABLE platform_dispatch (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	dispatch_no TEXT NOT NULL,   -- of the platform or the distributor
	order_number TEXT NOT NULL,
	product_code TEXT NOT NULL,
	lot TEXT NOT NULL,
	made_ymd BIGINT,
	expiry_ymd BIGINT NOT NULL,
	packs BIGINT NOT NULL,
	order_id BIGINT REFERENCES purchase_order (id),
	order_line_id BIGINT REFERENCES order_line (id),
	units BIGINT NOT NULL,       -- 0 where the line is unknown
	sent_ymd BIGINT,
	difference TEXT,             -- unknown_order, unknown_line, not_sent, over; NULL: none
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	UNIQUE (dispatch_no, order_number, product_code, lot)
);
CREATE INDEX platform_dispatch_by_line ON platform_dispatch (order_line_id, id) WHERE order_line_id IS NOT NULL;
CREATE INDEX platform_dispatch_by_order ON platform_dispatch (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX platform_dispatch_different ON platform_dispatch (site_id, id) WHERE difference IS NOT NULL;
CREATE INDEX platform_dispatch_by_site ON platform_dispatch (site_id, id);
