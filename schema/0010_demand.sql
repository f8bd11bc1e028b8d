-- Demand: the settings of the suggestion, plans of sites and of the county, what approval needs, when orders are due.

-- 备货参数: how many days the suggestion provides for. A row with site and class beats one with the site, that one beats one
-- with the class, that one beats the row for all; of equals the newest that has begun.
CREATE TABLE demand_setting (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT REFERENCES site (id), -- NULL: every site
	drug_class TEXT,             -- western, patent, decoction; NULL: every class
	from_ymd BIGINT NOT NULL,
	lead_days BIGINT NOT NULL CHECK (lead_days >= 0),     -- 到货天数
	safety_days BIGINT NOT NULL CHECK (safety_days >= 0), -- 安全天数
	cover_days BIGINT NOT NULL CHECK (cover_days > 0),    -- 备货天数
	round_to TEXT NOT NULL,      -- pack, box, case
	note TEXT,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);
CREATE INDEX demand_setting_by_date ON demand_setting (from_ymd, id);

-- 采购计划 of the centre (kind plan) and 分院计划 of a site (kind site_plan) are one kind of sheet.
-- @site_owned
CREATE TABLE demand_plan (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	ym BIGINT NOT NULL,          -- the month it is for, yyyymm
	filled_id BIGINT NOT NULL,   -- products up to this one have been looked at
	last_n BIGINT NOT NULL       -- of its lines
);
-- A product for a receiver. Figures stand as they were on figured_ymd, so that the sheet says later, too, what it was made of.
-- @site_owned
CREATE TABLE plan_line (
	id BIGINT NOT NULL PRIMARY KEY,
	plan_id BIGINT NOT NULL REFERENCES demand_plan (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	to_site_id BIGINT NOT NULL REFERENCES site (id), -- 收货单位
	supplier_id BIGINT REFERENCES supplier (id),
	direct BIGINT NOT NULL,      -- of a site plan: 1: straight from the supplier (直送)
	asked_units BIGINT NOT NULL CHECK (asked_units >= 0), -- of a county plan: by the plans of sites
	owed_units BIGINT NOT NULL,  -- 约定采购量 still owed
	stock_units BIGINT NOT NULL,
	transit_units BIGINT NOT NULL,
	on_order_units BIGINT NOT NULL,
	daily_milli BIGINT NOT NULL, -- used on a day with stock, in thousandths of a unit
	season_e3 BIGINT NOT NULL,
	days BIGINT NOT NULL,        -- lead, safety and cover
	round_units BIGINT NOT NULL,
	months TEXT NOT NULL,        -- units used in each of the last twelve months, oldest first
	suggest_units BIGINT NOT NULL CHECK (suggest_units >= 0),
	figured_ymd BIGINT NOT NULL,
	units BIGINT NOT NULL CHECK (units >= 0), -- typed or adopted; 0: none
	price_e4 BIGINT,             -- NULL: the price in force
	taken_line_id BIGINT,        -- of a site plan: the county plan's line that took it
	order_line_id BIGINT         -- of a county plan: the order line that came of it
);
CREATE UNIQUE INDEX plan_line_by_plan ON plan_line (plan_id, n);
CREATE UNIQUE INDEX plan_line_once ON plan_line (plan_id, product_id, to_site_id);
CREATE INDEX plan_line_by_taker ON plan_line (taken_line_id) WHERE taken_line_id IS NOT NULL;
CREATE INDEX plan_line_to_order ON plan_line (plan_id, supplier_id, to_site_id, n) WHERE units > 0 AND order_line_id IS NULL;
CREATE INDEX plan_line_by_order ON plan_line (order_line_id) WHERE order_line_id IS NOT NULL;

-- 审批限额: what a role may approve alone; without a row in force: any amount.
CREATE TABLE approval_limit (
	id BIGINT NOT NULL PRIMARY KEY,
	role TEXT NOT NULL,
	amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
	from_ymd BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);
CREATE UNIQUE INDEX approval_limit_once ON approval_limit (role, from_ymd);

-- Orders that look as if one had been cut to stay below a limit; one row for the order that made the sum pass it.
-- @site_owned
CREATE TABLE split_flag (
	id BIGINT NOT NULL PRIMARY KEY,
	order_id BIGINT NOT NULL REFERENCES purchase_order (id),
	other_id BIGINT NOT NULL REFERENCES purchase_order (id), -- the first of the others
	reason TEXT NOT NULL,        -- same_day, same_product
	order_count BIGINT NOT NULL, -- with this one
	sum_fen BIGINT NOT NULL,
	limit_fen BIGINT NOT NULL,
	at_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX split_flag_once ON split_flag (order_id, reason);

-- When an order is due: 72 hours after sending, 8 for an emergency, or on the day that was agreed.
-- @clustered
-- @site_owned
CREATE TABLE order_term (
	order_id BIGINT NOT NULL PRIMARY KEY REFERENCES purchase_order (id),
	urgency TEXT NOT NULL,       -- ordinary, emergency
	expected_ymd BIGINT,         -- agreed; NULL: by urgency
	sent_at_ms BIGINT,
	due_at_ms BIGINT,
	open BIGINT NOT NULL,        -- 1: sent and not all here
	answer_due_at_ms BIGINT,
	asking BIGINT NOT NULL       -- 1: sent, and the supplier has not answered to every line
);
CREATE INDEX order_term_asking ON order_term (answer_due_at_ms) WHERE asking = 1;
CREATE INDEX order_term_due ON order_term (due_at_ms) WHERE open = 1;

-- What the supplier said to a line; the last word counts.
-- @clustered
-- @site_owned
CREATE TABLE order_answer (
	line_id BIGINT NOT NULL PRIMARY KEY REFERENCES order_line (id),
	order_id BIGINT NOT NULL REFERENCES purchase_order (id),
	answer TEXT NOT NULL,        -- accepted, refused
	units BIGINT NOT NULL,
	reason TEXT,
	promised_ymd BIGINT,
	from_file BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);

-- 平台: what the procurement platform said of a line of an order; difference: the first thing that is not as we have it.
-- @site_owned
CREATE TABLE platform_line (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	platform_order_no TEXT NOT NULL,
	order_number TEXT NOT NULL,
	product_code TEXT NOT NULL,
	order_id BIGINT REFERENCES purchase_order (id),
	order_line_id BIGINT REFERENCES order_line (id),
	state TEXT NOT NULL,
	packs BIGINT NOT NULL,
	price_e4 BIGINT,
	difference TEXT,             -- unknown_order, unknown_line, units, price, state
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	UNIQUE (platform_order_no, product_code)
);
CREATE INDEX platform_line_different ON platform_line (site_id, id) WHERE difference IS NOT NULL;
CREATE INDEX platform_line_by_line ON platform_line (order_line_id) WHERE order_line_id IS NOT NULL;
