-- Lots, batches, the ledger and what is projected from it, traced packs.

-- 批号: one maker's lot of one product. Recall, expiry and freezes act on it.
CREATE TABLE lot (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	lot TEXT NOT NULL,
	made_ymd BIGINT,
	expiry_ymd BIGINT NOT NULL,
	UNIQUE (product_id, lot)
);
CREATE INDEX lot_by_name ON lot (lot);

-- 入库批次: a lot as it came: from whom, at what price, on which line, owned by whom. Ledger and holdings name batches.
CREATE TABLE batch (
	id BIGINT NOT NULL PRIMARY KEY,
	lot_id BIGINT NOT NULL REFERENCES lot (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	source_line_id BIGINT,       -- receipt or adjustment line
	supplier_id BIGINT REFERENCES supplier (id),
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	owner_site_id BIGINT REFERENCES site (id), -- 货主
	made_at_ms BIGINT NOT NULL
);
CREATE INDEX batch_by_lot ON batch (lot_id);
CREATE INDEX batch_by_line ON batch (source_line_id) WHERE source_line_id IS NOT NULL;

-- The ledger: every change of stock, once, for ever. From and to are places; the moves of a batch sum to zero over all
-- places. Keyed by the write that made it; a document's moves are found by the writes of its events.
-- @clustered
-- @site_owned
CREATE TABLE stock_move (
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL CHECK (units > 0),
	from_place_id BIGINT NOT NULL REFERENCES place (id),
	from_quality TEXT NOT NULL,
	to_place_id BIGINT NOT NULL REFERENCES place (id),
	to_quality TEXT NOT NULL,
	document_id BIGINT NOT NULL REFERENCES document (id),
	line_id BIGINT,
	reason TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	reverses_seq BIGINT,         -- the move that this one takes back, at most once
	reverses_n BIGINT,
	PRIMARY KEY (seq, n)
);
CREATE UNIQUE INDEX stock_move_reversed_once ON stock_move (reverses_seq, reverses_n) WHERE reverses_seq IS NOT NULL;
-- @append_only stock_move

-- The balance of an inside place: written only with the ledger (warehouse/stock.c). Product and expiry stand in the key,
-- so that a depot's stock of a product reads in FEFO order. traced_units of them are in packs with codes.
-- @clustered
-- @site_owned
CREATE TABLE holding (
	place_id BIGINT NOT NULL REFERENCES place (id),
	product_id BIGINT NOT NULL,
	expiry_ymd BIGINT NOT NULL,
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	quality TEXT NOT NULL,       -- pending, released, rejected, returned
	quality_no BIGINT NOT NULL,  -- the same as a number, for paging
	units BIGINT NOT NULL CHECK (units >= 0),
	traced_units BIGINT NOT NULL CHECK (traced_units >= 0 AND traced_units <= units),
	PRIMARY KEY (place_id, product_id, expiry_ymd, batch_id, quality_no)
);
CREATE INDEX holding_by_batch ON holding (batch_id, place_id);
CREATE INDEX holding_by_product ON holding (product_id, place_id);
CREATE INDEX holding_by_expiry ON holding (expiry_ymd);
CREATE INDEX holding_not_released ON holding (quality) WHERE quality <> 'released';

-- The stock card (库存流水): an index of the ledger by product and place, built a little behind by the idle writer.
-- @clustered
-- @site_owned
CREATE TABLE move_card (
	product_id BIGINT NOT NULL,
	place_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (product_id, place_id, seq, n)
);
-- How far such late projections have come.
-- @clustered
CREATE TABLE projection (
	name TEXT NOT NULL PRIMARY KEY,
	seq BIGINT NOT NULL
);

-- 冻结: a lot may not be issued at a place (NULL: anywhere) until this row is released. Several may stand at once.
CREATE TABLE hold (
	id BIGINT NOT NULL PRIMARY KEY,
	lot_id BIGINT NOT NULL REFERENCES lot (id),
	place_id BIGINT REFERENCES place (id),
	reason TEXT NOT NULL,
	source TEXT NOT NULL,        -- manual, coldchain
	source_id BIGINT,
	opened_at_ms BIGINT NOT NULL,
	opened_by BIGINT NOT NULL,
	released_at_ms BIGINT,
	released_by BIGINT,
	released_note TEXT
);
CREATE INDEX hold_open ON hold (lot_id) WHERE released_at_ms IS NULL;
CREATE INDEX hold_by_source ON hold (source_id) WHERE source_id IS NOT NULL;

-- Goods promised to a document's line: a row, never a counter.
-- @site_owned
CREATE TABLE reservation (
	id BIGINT NOT NULL PRIMARY KEY,
	document_id BIGINT NOT NULL REFERENCES document (id),
	line_id BIGINT NOT NULL,
	place_id BIGINT NOT NULL REFERENCES place (id),
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL CHECK (units > 0),
	state TEXT NOT NULL,         -- pending, posted, voided
	at_ms BIGINT NOT NULL
);
CREATE INDEX reservation_pending ON reservation (place_id, batch_id) WHERE state = 'pending';
CREATE INDEX reservation_by_document ON reservation (document_id);

-- A traced package (追溯码, GS1 SGTIN) on its outermost level or inside another. Only an outermost one has a place of its
-- own; what is inside is where its parent is, until it is taken out (detached_seq). Key: trace_prefix.no × 10^13 + serial;
-- foreign codes (pack_text) have keys from the number 0.
-- @site_owned
CREATE TABLE pack (
	id BIGINT NOT NULL PRIMARY KEY,
	parent_id BIGINT REFERENCES pack (id),
	detached_seq BIGINT,
	product_id BIGINT NOT NULL,
	level BIGINT NOT NULL,
	lot_id BIGINT,               -- NULL while only announced without a lot
	batch_id BIGINT,             -- once here
	place_id BIGINT,             -- outermost and here
	quality TEXT,
	state TEXT NOT NULL,         -- announced, here, gone
	units BIGINT NOT NULL,       -- when whole
	units_left BIGINT NOT NULL CHECK (units_left >= 0 AND units_left <= units),
	order_line_id BIGINT         -- announced for
);
CREATE INDEX pack_by_parent ON pack (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX pack_at ON pack (batch_id, place_id) WHERE place_id IS NOT NULL;

-- Codes that are no 20 digits, letter for letter.
CREATE TABLE pack_text (
	code TEXT NOT NULL PRIMARY KEY,
	pack_id BIGINT NOT NULL UNIQUE
);

-- What happened to an outermost pack; sealed. A pack inside shares its parent's events while it is inside.
-- @clustered
-- @site_owned
CREATE TABLE pack_event (
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	pack_id BIGINT NOT NULL REFERENCES pack (id),
	event TEXT NOT NULL,         -- received, released, rejected, shipped, arrived, opened, used, returned …
	from_place_id BIGINT,
	to_place_id BIGINT,
	units BIGINT NOT NULL,
	document_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	PRIMARY KEY (seq, n)
);
CREATE INDEX pack_event_by_pack ON pack_event (pack_id, seq, n);
-- @append_only pack_event
