-- 集采 (带量采购): rounds, who committed to how much, and how far each site has come.

-- 批次: one agreement year. Shares and rates are per mille.
CREATE TABLE volume_round (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	from_ymd BIGINT NOT NULL,    -- agreement year: first and last day
	to_ymd BIGINT NOT NULL,
	from_day BIGINT NOT NULL,    -- the same as days since 1970, for the share of the year that is over
	to_day BIGINT NOT NULL,
	basis TEXT NOT NULL,         -- what progress is counted by: receipt (入库), use (使用)
	other_pm BIGINT NOT NULL,    -- 非中选 may be at most so much of a generic
	commit_pm BIGINT NOT NULL,   -- so much of the confirmed 报量 becomes 约定采购量
	warn_pm BIGINT NOT NULL,     -- warned of where progress lies so much behind the time
	version BIGINT NOT NULL,
	made_at_ms BIGINT NOT NULL,
	made_by BIGINT NOT NULL
);
CREATE INDEX volume_round_by_days ON volume_round (to_ymd, from_ymd);

-- What a round takes as one generic when it counts shares.
CREATE TABLE volume_generic (
	id BIGINT NOT NULL PRIMARY KEY,
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	name TEXT NOT NULL,
	UNIQUE (round_id, name)
);
-- The drugs in it, by name and dosage form: a strength or a product that the catalogue gets later belongs to it too.
-- @clustered
CREATE TABLE volume_group (
	drug_name TEXT NOT NULL,
	drug_form TEXT NOT NULL,
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	generic_id BIGINT NOT NULL REFERENCES volume_generic (id),
	PRIMARY KEY (drug_name, drug_form, round_id)
);
CREATE INDEX volume_group_by_generic ON volume_group (generic_id);
-- 折算系数 of a strength: thousandths of the main strength in one unit. A strength without a row counts 1000.
-- @clustered
CREATE TABLE volume_measure (
	generic_id BIGINT NOT NULL REFERENCES volume_generic (id),
	strength TEXT NOT NULL,
	measure_e3 BIGINT NOT NULL CHECK (measure_e3 > 0),
	PRIMARY KEY (generic_id, strength)
);
-- 中选 (selected), 备选 (reserve) and those named as 非中选 (non_selected); any other product of the group is 非中选 too.
-- @clustered
CREATE TABLE volume_product (
	product_id BIGINT NOT NULL REFERENCES product (id),
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	generic_id BIGINT NOT NULL REFERENCES volume_generic (id),
	role TEXT NOT NULL,
	price_e4 BIGINT,             -- 中选价 (备选价)
	units_per_pack BIGINT NOT NULL,
	PRIMARY KEY (product_id, round_id)
);
CREATE INDEX volume_product_by_generic ON volume_product (generic_id, role);

-- 报量: what a site says it will use; the lead confirms; what is confirmed becomes committed.
-- @site_owned
CREATE TABLE volume_report (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	open BIGINT NOT NULL         -- 1: neither committed nor cancelled
);
CREATE UNIQUE INDEX volume_report_open ON volume_report (round_id, site_id) WHERE open = 1;
-- @site_owned
CREATE TABLE volume_report_line (
	id BIGINT NOT NULL PRIMARY KEY,
	report_id BIGINT NOT NULL REFERENCES volume_report (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0),
	confirmed_units BIGINT NOT NULL CHECK (confirmed_units >= 0 AND confirmed_units <= units),
	reason TEXT,                 -- why less was confirmed
	dropped BIGINT NOT NULL
);
CREATE INDEX volume_report_line_by_report ON volume_report_line (report_id, n);

-- 约定采购量, change by change; each comes from a document.
-- @site_owned
CREATE TABLE volume_commitment (
	id BIGINT NOT NULL PRIMARY KEY,
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	units BIGINT NOT NULL,       -- signed
	document_id BIGINT NOT NULL REFERENCES document (id),
	at_ms BIGINT NOT NULL
);
-- @append_only volume_commitment
CREATE INDEX volume_commitment_by_site ON volume_commitment (round_id, product_id, site_id, id);

-- 进度, what was received or used for a site's volume, one row for each fact; returns are negative.
-- @clustered
-- @site_owned
CREATE TABLE volume_credit (
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,          -- receipt, return, use, opening (before this program kept count)
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,  -- paid for them; 0 for use
	listed_fen BIGINT NOT NULL,  -- the same at the listed price of the day; where none was in force, what was paid
	document_id BIGINT NOT NULL REFERENCES document (id),
	line_id BIGINT,              -- of the receipt
	ymd BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (round_id, product_id, site_id, id)
);
-- @append_only volume_credit
CREATE INDEX volume_credit_by_line ON volume_credit (line_id) WHERE line_id IS NOT NULL;

-- The sums of both, written with them (warehouse/volume/progress.c); `yaocang verify` adds them up again.
-- @clustered
-- @site_owned
CREATE TABLE volume_progress (
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	generic_id BIGINT NOT NULL REFERENCES volume_generic (id),
	units BIGINT NOT NULL CHECK (units >= 0), -- committed
	received_units BIGINT NOT NULL,
	used_units BIGINT NOT NULL,
	paid_fen BIGINT NOT NULL,
	listed_fen BIGINT NOT NULL,
	PRIMARY KEY (round_id, product_id, site_id)
);
CREATE INDEX volume_progress_by_site ON volume_progress (site_id, round_id, product_id);

-- Whose volume an order line is, in the order in which receipts fill it. The units of a line's rows sum to the line's.
-- @clustered
-- @site_owned
CREATE TABLE order_line_volume (
	order_line_id BIGINT NOT NULL REFERENCES order_line (id),
	n BIGINT NOT NULL,
	site_id BIGINT NOT NULL REFERENCES site (id),
	units BIGINT NOT NULL CHECK (units > 0),
	received_units BIGINT NOT NULL CHECK (received_units >= 0 AND received_units <= units),
	given BIGINT NOT NULL,       -- 1: told by who planned it, not divided by the program
	PRIMARY KEY (order_line_id, n)
);

-- 约定量调剂: volume goes from one site to another; the record stays.
-- @site_owned
CREATE TABLE volume_reallocation (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	from_site_id BIGINT NOT NULL REFERENCES site (id),
	to_site_id BIGINT NOT NULL REFERENCES site (id)
);
-- @site_owned
CREATE TABLE volume_reallocation_line (
	id BIGINT NOT NULL PRIMARY KEY,
	reallocation_id BIGINT NOT NULL REFERENCES volume_reallocation (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0)
);
CREATE INDEX volume_reallocation_line_by_head ON volume_reallocation_line (reallocation_id, n);

-- 特批: why a 备选 or 非中选 product may be bought after all, and how much of it.
-- @site_owned
CREATE TABLE volume_release (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	round_id BIGINT NOT NULL REFERENCES volume_round (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	reason TEXT NOT NULL,        -- refused, timeout, clinical
	units BIGINT NOT NULL CHECK (units > 0),
	approved_units BIGINT NOT NULL -- 0 until approved
);
CREATE INDEX volume_release_by_product ON volume_release (product_id, round_id);
