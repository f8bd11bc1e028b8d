-- Demand by depot and day: what was used, when there was none, and what long prescriptions will need.

-- Units used at a depot on a day; a day without use has no row. A projection of the ledger's moves to patients (projection
-- 'day_use'); days before a product's first move at the depot (depot_stand.first_ymd) are history that was told.
-- @clustered
-- @site_owned
CREATE TABLE day_use (
	product_id BIGINT NOT NULL,
	place_id BIGINT NOT NULL REFERENCES place (id),
	ymd BIGINT NOT NULL,
	units BIGINT NOT NULL,
	PRIMARY KEY (product_id, place_id, ymd)
);
-- How a product stands at a depot, by the moves that were projected.
-- @clustered
-- @site_owned
CREATE TABLE depot_stand (
	product_id BIGINT NOT NULL,
	place_id BIGINT NOT NULL REFERENCES place (id),
	units BIGINT NOT NULL,       -- released
	first_ymd BIGINT NOT NULL,   -- of its first move here
	out_from_ymd BIGINT,         -- the first whole day without stock; NULL: there is stock
	PRIMARY KEY (product_id, place_id)
);
-- Whole days without stock that are over; their number stands in consumption.days_out, too.
-- @clustered
-- @site_owned
CREATE TABLE stock_out (
	product_id BIGINT NOT NULL,
	place_id BIGINT NOT NULL REFERENCES place (id),
	from_ymd BIGINT NOT NULL,    -- the first whole day without
	to_ymd BIGINT NOT NULL,      -- the day on which goods came: not one of them
	PRIMARY KEY (product_id, place_id, from_ymd)
);

-- 长处方 on file: what a depot's patients will need of a product. No patient stands here, only the sum.
-- @site_owned
CREATE TABLE long_demand (
	id BIGINT NOT NULL PRIMARY KEY,
	place_id BIGINT NOT NULL REFERENCES place (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	units_30 BIGINT NOT NULL CHECK (units_30 > 0), -- in thirty days
	from_ymd BIGINT NOT NULL,
	until_ymd BIGINT NOT NULL,   -- the last day
	source TEXT NOT NULL,        -- who told it: 慢病门诊, HIS …
	note TEXT,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	UNIQUE (product_id, place_id, from_ymd, source)
);
CREATE INDEX long_demand_by_place ON long_demand (place_id, id);

-- What a line's suggestion was made of, depot by depot, on the line's figured_ymd.
-- @clustered
-- @site_owned
CREATE TABLE plan_line_depot (
	line_id BIGINT NOT NULL REFERENCES plan_line (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	used_units BIGINT NOT NULL,  -- in the whole months that count
	known_units BIGINT NOT NULL, -- of them by long prescriptions
	stock_days BIGINT NOT NULL,
	out_days BIGINT NOT NULL,
	daily_milli BIGINT NOT NULL,
	long_units BIGINT NOT NULL,  -- by long prescriptions in the days ahead
	expected_units BIGINT NOT NULL,
	stock_units BIGINT NOT NULL,
	transit_units BIGINT NOT NULL,
	suggest_units BIGINT NOT NULL,
	PRIMARY KEY (line_id, place_id)
);
ALTER TABLE plan_line ADD COLUMN long_units BIGINT NOT NULL DEFAULT 0;
ALTER TABLE plan_line ADD COLUMN expected_units BIGINT NOT NULL DEFAULT 0; -- of all depots in the days ahead
ALTER TABLE plan_line ADD COLUMN typed BIGINT NOT NULL DEFAULT 0;          -- 1: the quantity is somebody's own
UPDATE plan_line SET expected_units = daily_milli * season_e3 / 1000 * days / 1000;
UPDATE plan_line SET typed = 1 WHERE units > 0 AND units <> suggest_units;
