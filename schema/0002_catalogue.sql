-- The unified catalogue (统一目录), prices, suppliers.

-- A generic drug: name, dosage form, strength.
CREATE TABLE drug (
	id BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,          -- 通用名
	form TEXT NOT NULL,          -- 剂型
	strength TEXT NOT NULL,      -- 规格
	class TEXT NOT NULL,         -- western, patent, decoction (西药, 中成药, 饮片)
	UNIQUE (name, form, strength)
);

-- 品规: what is ordered, stocked and issued. Quantities everywhere are in its smallest unit.
CREATE TABLE product (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	drug_id BIGINT NOT NULL REFERENCES drug (id),
	name TEXT NOT NULL,          -- generic name with form, as people say it
	trade_name TEXT,
	spec TEXT NOT NULL,          -- strength × pack, for the eye
	maker TEXT NOT NULL,
	unit_name TEXT NOT NULL,     -- 片, 粒, 支
	pack_name TEXT NOT NULL,     -- 盒, 瓶
	units_per_pack BIGINT NOT NULL CHECK (units_per_pack > 0),
	units_per_box BIGINT NOT NULL CHECK (units_per_box > 0),   -- 中包装
	units_per_case BIGINT NOT NULL CHECK (units_per_case > 0), -- 件
	approval_no TEXT,            -- 批准文号
	storage TEXT NOT NULL,       -- normal, cool, cold
	controlled TEXT,             -- narcotic, psychotropic1, psychotropic2, toxic, NULL
	traced BIGINT NOT NULL,      -- 1: each pack has a 追溯码
	active BIGINT NOT NULL,
	warn_days BIGINT NOT NULL,   -- near-expiry warning
	search_text TEXT NOT NULL    -- lines: name, trade name, maker, spec, approval number, codes; for core/search.h
);

-- Every code a product may be found or scanned by. 本位码 names holder and product, so several packs share it.
CREATE TABLE product_code (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	kind TEXT NOT NULL,          -- gtin, national, nhsa, platform, site
	code TEXT NOT NULL,
	units BIGINT NOT NULL        -- how many units one scan of it stands for; 0: says nothing
);
CREATE INDEX product_code_by_code ON product_code (code, kind);
CREATE INDEX product_code_by_product ON product_code (product_id);
CREATE UNIQUE INDEX product_code_gtin ON product_code (code) WHERE kind = 'gtin';

-- Search pieces of search_text (core/search.h).
-- @clustered
CREATE TABLE product_piece (
	piece BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	PRIMARY KEY (piece, product_id)
);

-- 药品标识码: the first seven digits of a 20-digit trace code name product and pack level. `no` is a small running number
-- that makes the integer key of a pack (no × 10^13 + serial). A new one is bound by one person, confirmed by another.
CREATE TABLE trace_prefix (
	no BIGINT NOT NULL PRIMARY KEY,
	prefix TEXT NOT NULL UNIQUE,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0), -- in one code
	level BIGINT NOT NULL,       -- 1 smallest pack, 2 box, 3 case
	bound_by BIGINT,
	bound_at_ms BIGINT NOT NULL,
	confirmed_by BIGINT,
	order_line_id BIGINT         -- where it was bound
);
CREATE INDEX trace_prefix_by_product ON trace_prefix (product_id);

-- Dated price facts per pricing pack. kind: listed (挂网价/限价, the ceiling), agreed, selected (中选价), insurance.
CREATE TABLE price (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	kind TEXT NOT NULL,
	price_e4 BIGINT NOT NULL CHECK (price_e4 >= 0),
	units_per_pack BIGINT NOT NULL CHECK (units_per_pack > 0),
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,               -- last day it holds; NULL: open
	source TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	by_user BIGINT
);
-- all that an order line asks of a price, without a look into the table
CREATE INDEX price_in_force ON price (product_id, kind, from_ymd, to_ymd, price_e4, units_per_pack, source);
CREATE UNIQUE INDEX price_once ON price (product_id, kind, from_ymd, price_e4);

CREATE TABLE supplier (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	licence_no TEXT NOT NULL,
	licence_until_ymd BIGINT NOT NULL,
	phone TEXT,
	active BIGINT NOT NULL
);

-- How a supplier names the columns of its delivery notes.
-- @clustered
CREATE TABLE column_map (
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	field TEXT NOT NULL,
	column_name TEXT NOT NULL,
	PRIMARY KEY (supplier_id, field)
);

-- A product's place in a depot: its bin (货位, in walking order) and the stock wished for.
-- @clustered
CREATE TABLE depot_product (
	place_id BIGINT NOT NULL REFERENCES place (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	bin TEXT,
	PRIMARY KEY (place_id, product_id)
);

-- Consumption per depot and month: units used and days without stock. A projection of usage moves, and of imported history.
-- @clustered
CREATE TABLE consumption (
	product_id BIGINT NOT NULL,
	place_id BIGINT NOT NULL,
	month BIGINT NOT NULL,       -- yyyymm
	units BIGINT NOT NULL,
	days_out BIGINT NOT NULL,
	PRIMARY KEY (product_id, place_id, month)
);

-- What the hospital's own system (HIS) of a site calls a product.
-- @clustered
-- @site_owned
CREATE TABLE his_item (
	site_id BIGINT NOT NULL REFERENCES site (id),
	code TEXT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	factor BIGINT NOT NULL CHECK (factor > 0), -- units per HIS unit
	PRIMARY KEY (site_id, code)
);

-- Lines of the HIS that could not be matched; they wait on a page and are counted. site-owned.
-- @site_owned
CREATE TABLE usage_unmatched (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	reference TEXT NOT NULL,
	item_code TEXT NOT NULL,
	item_name TEXT NOT NULL,
	quantity BIGINT NOT NULL,    -- negative: a return
	lot TEXT,
	why TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	state TEXT NOT NULL,         -- open, matched
	document_id BIGINT
);
CREATE INDEX usage_unmatched_by_site ON usage_unmatched (site_id, state, id);
CREATE UNIQUE INDEX usage_unmatched_once ON usage_unmatched (place_id, reference, item_code);
