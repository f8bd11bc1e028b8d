-- The day from which the catalogue changes by the committee's decision alone, and HIS items that nobody has matched yet.

-- 目录启用日: one row at most, set once.
CREATE TABLE catalogue_control (
	id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	from_ymd BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	note TEXT
);
-- @append_only catalogue_control

-- Items of a site's HIS that were told (imported) without a product: they wait for 对码 before they are ever used. A row goes
-- when the item is matched; his_item has it then.
-- @site_owned
CREATE TABLE his_item_open (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	code TEXT NOT NULL,
	item_name TEXT NOT NULL,
	factor BIGINT,               -- units of ours in one of the HIS, where the list says it
	by_user BIGINT,
	at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX his_item_open_by_code ON his_item_open (site_id, code);
CREATE INDEX his_item_open_by_site ON his_item_open (site_id, id);

-- Holds of a product's lots, open or not: a search for the product starts from them.
CREATE INDEX hold_by_lot ON hold (lot_id, id);
