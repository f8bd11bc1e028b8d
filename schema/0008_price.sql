-- The unified price (统一价格): which rule priced an order line, flags, received purchases, 备案采购, 议价, 调价单.

-- What priced an order line on the day when it was last looked at (written, approved): RULE DOMAIN-12.3-price-rule.
ALTER TABLE order_line ADD COLUMN price_rule TEXT;     -- selected, agreed, listed, filed; NULL: written before there were rules
ALTER TABLE order_line ADD COLUMN price_id BIGINT;     -- the price fact
ALTER TABLE order_line ADD COLUMN priced_ymd BIGINT;   -- that day
CREATE INDEX order_line_filed ON order_line (price_id) WHERE price_rule = 'filed';

-- Price facts as they begin, for the list of changes; products of one drug and maker (四同).
CREATE INDEX price_by_from ON price (from_ymd, id);
CREATE INDEX product_by_drug_and_maker ON product (drug_id, maker);

-- Products whose price rule changes on a day, waiting for their flags to be looked at again.
-- @clustered
CREATE TABLE price_turn (
	on_ymd BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	PRIMARY KEY (on_ymd, product_id)
);
INSERT INTO price_turn (on_ymd, product_id) SELECT DISTINCT from_ymd, product_id FROM price;
INSERT INTO price_turn (on_ymd, product_id) SELECT DISTINCT to_ymd + 1, product_id FROM price WHERE to_ymd IS NOT NULL
	ON CONFLICT DO NOTHING;

-- What costs more than the rule of today allows: an open order line, a batch in stock; or what a receipt line found when
-- the goods came (kept). The rule's price stands beside it; NULL: no rule prices the product any more.
-- @clustered
CREATE TABLE price_flag (
	subject TEXT NOT NULL,       -- line, batch, receipt
	subject_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	rule TEXT,
	price_id BIGINT,
	rule_e4 BIGINT,
	rule_units_per_pack BIGINT,
	since_ymd BIGINT NOT NULL,
	PRIMARY KEY (subject, subject_id)
);
CREATE INDEX price_flag_by_product ON price_flag (product_id, subject);

-- 四同: products of one drug (name, form, strength) and maker that cost differently per unit.
-- @clustered
CREATE TABLE price_spread (
	product_id BIGINT NOT NULL PRIMARY KEY,
	drug_id BIGINT NOT NULL,
	maker TEXT NOT NULL,
	rule TEXT NOT NULL,
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	lowest_product_id BIGINT NOT NULL,
	over_e4 BIGINT NOT NULL      -- above the lowest, in 1/10,000 of it
);
CREATE INDEX price_spread_by_drug ON price_spread (drug_id, product_id);

-- Received and accepted purchases with the rule they were bought by and the ceiling of that day, for the price reports.
-- id: the receipt line.
-- @site_owned
CREATE TABLE price_paid (
	id BIGINT NOT NULL PRIMARY KEY,
	order_id BIGINT NOT NULL,
	site_id BIGINT NOT NULL,     -- 收货单位
	supplier_id BIGINT NOT NULL,
	product_id BIGINT NOT NULL,
	ymd BIGINT NOT NULL,
	ym BIGINT NOT NULL,
	units BIGINT NOT NULL,
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	rule TEXT NOT NULL,
	ceiling_e4 BIGINT,           -- per units_per_pack of the line; NULL: none in force
	share_e4 BIGINT NOT NULL,    -- paid / ceiling in 1/10,000; 0: no ceiling
	saved_fen BIGINT NOT NULL    -- ceiling − paid
);
CREATE INDEX price_paid_by_site ON price_paid (site_id, id);
CREATE INDEX price_paid_by_month ON price_paid (site_id, ym, id);
CREATE INDEX price_paid_near ON price_paid (site_id, id) WHERE share_e4 >= 9500;
CREATE INDEX price_paid_filed ON price_paid (site_id, id) WHERE rule = 'filed';
CREATE INDEX price_paid_of_product ON price_paid (product_id, id);
-- The same, summed per month and receiver.
-- @clustered
-- @site_owned
CREATE TABLE price_saving (
	site_id BIGINT NOT NULL,
	ym BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	ceiling_fen BIGINT NOT NULL, -- what the lines with a ceiling would have cost at it
	saved_fen BIGINT NOT NULL,
	PRIMARY KEY (site_id, ym)
);

-- 备案采购: the only door to a product that no price is listed for.
-- @site_owned
CREATE TABLE filing (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	supplier_id BIGINT REFERENCES supplier (id),
	reason TEXT NOT NULL,        -- shortage, rescue
	price_e4 BIGINT NOT NULL,    -- at most, per units_per_pack
	units_per_pack BIGINT NOT NULL,
	units BIGINT NOT NULL CHECK (units > 0), -- at most
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT NOT NULL,
	filing_no TEXT,              -- 备案号
	price_id BIGINT REFERENCES price (id) -- the fact that it opened
);
CREATE INDEX filing_by_price ON filing (price_id) WHERE price_id IS NOT NULL;

-- 议价
-- @site_owned
CREATE TABLE negotiation (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	alliance TEXT,               -- NULL: alone
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,
	minutes TEXT
);
-- @site_owned
CREATE TABLE negotiation_member (
	id BIGINT NOT NULL PRIMARY KEY,
	negotiation_id BIGINT NOT NULL REFERENCES negotiation (id),
	n BIGINT NOT NULL,
	name TEXT NOT NULL,
	duty TEXT,
	recused BIGINT NOT NULL,     -- 1: 回避
	reason TEXT
);
CREATE INDEX negotiation_member_of ON negotiation_member (negotiation_id, n);
-- @site_owned
CREATE TABLE negotiation_line (
	id BIGINT NOT NULL PRIMARY KEY,
	negotiation_id BIGINT NOT NULL REFERENCES negotiation (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units_per_pack BIGINT NOT NULL
);
CREATE INDEX negotiation_line_of ON negotiation_line (negotiation_id, n);
-- @site_owned
CREATE TABLE negotiation_quote (
	id BIGINT NOT NULL PRIMARY KEY,
	line_id BIGINT NOT NULL REFERENCES negotiation_line (id),
	n BIGINT NOT NULL,
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	price_e4 BIGINT NOT NULL,
	note TEXT,
	chosen BIGINT NOT NULL
);
CREATE UNIQUE INDEX negotiation_quote_of ON negotiation_quote (line_id, supplier_id);

-- 发药价/调拨价: one for all branches, changed only by a 调价单.
-- @clustered
CREATE TABLE issue_price (
	product_id BIGINT NOT NULL PRIMARY KEY REFERENCES product (id),
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	since_ms BIGINT NOT NULL,
	adjustment_id BIGINT NOT NULL
);
-- 调价单
-- @site_owned
CREATE TABLE price_adjustment (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	effective_at_ms BIGINT NOT NULL,
	due BIGINT NOT NULL,         -- 1: approved and waiting for its moment
	done_at_ms BIGINT,           -- when the count was taken
	gain_fen BIGINT NOT NULL,    -- 调价损益 of all depots
	line_count BIGINT NOT NULL
);
CREATE INDEX price_adjustment_due ON price_adjustment (effective_at_ms, id) WHERE due = 1;
-- @site_owned
CREATE TABLE price_adjustment_line (
	id BIGINT NOT NULL PRIMARY KEY,
	adjustment_id BIGINT NOT NULL REFERENCES price_adjustment (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	basis_e4 BIGINT NOT NULL,    -- the purchase price it follows (零差率), per units_per_pack
	margin_percent BIGINT NOT NULL,
	old_e4 BIGINT,               -- the issue price before, per units_per_pack; NULL: the first one
	claim BIGINT NOT NULL,       -- 1: the contract gives 补差
	supplier_id BIGINT REFERENCES supplier (id), -- from whom; needed with claim
	units BIGINT NOT NULL,
	gain_fen BIGINT NOT NULL,
	claim_units BIGINT NOT NULL,
	claim_fen BIGINT NOT NULL
);
CREATE INDEX price_adjustment_line_of ON price_adjustment_line (adjustment_id, n);
CREATE INDEX price_claim ON price_adjustment_line (id) WHERE claim_fen > 0;
-- What lay where at the moment, and what it gained or lost.
-- @clustered
-- @site_owned
CREATE TABLE price_adjustment_stock (
	line_id BIGINT NOT NULL REFERENCES price_adjustment_line (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	adjustment_id BIGINT NOT NULL,
	units BIGINT NOT NULL,
	old_fen BIGINT NOT NULL,
	new_fen BIGINT NOT NULL,
	gain_fen BIGINT NOT NULL,
	PRIMARY KEY (line_id, place_id)
);
CREATE INDEX price_adjustment_stock_of ON price_adjustment_stock (adjustment_id, line_id, place_id);

-- Settings of prices. decoction_margin_percent: 0 to 25.
-- @clustered
CREATE TABLE price_setting (
	name TEXT NOT NULL PRIMARY KEY,
	value BIGINT NOT NULL
);
INSERT INTO price_setting (name, value) VALUES ('decoction_margin_percent', 0);
