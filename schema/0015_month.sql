-- The depots' books at the issue price beside the purchase price, and what was counted (盘点).

-- Issue prices as they came to hold. `no` counts 1, 2, 3 … in the order of taking effect, and after_seq never falls: writes up to
-- it see the price before, those behind it this one.
CREATE TABLE issue_change (
	no BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	after_seq BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,       -- the moment
	seq BIGINT NOT NULL,         -- the write that counted and booked it
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	line_id BIGINT               -- of the 调价单; NULL: held before the books knew issue prices
);
CREATE INDEX issue_change_of ON issue_change (product_id, no);
INSERT INTO issue_change (no, product_id, after_seq, at_ms, seq, price_e4, units_per_pack, line_id)
	SELECT CAST(row_number() OVER (ORDER BY product_id) AS BIGINT), product_id, 0, since_ms, 0, price_e4, units_per_pack, NULL
	FROM issue_price;
INSERT INTO projection (name, seq) SELECT 'depot_book_price', coalesce(max(no), 0) FROM issue_change;

-- The write that approved it: the count is never of an earlier one. NULL: approved before this column.
ALTER TABLE price_adjustment ADD COLUMN approve_seq BIGINT;

-- The second money of the books: at the issue price in force, where a product has none at what its batch cost.
ALTER TABLE depot_day ADD COLUMN issue_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE depot_value ADD COLUMN issue_fen BIGINT NOT NULL DEFAULT 0;
-- A batch keeps the class under which it came to the depot, whatever the catalogue says later.
ALTER TABLE depot_value ADD COLUMN class TEXT NOT NULL DEFAULT '';
UPDATE depot_value SET class = (SELECT g.class FROM batch b JOIN product p ON p.id = b.product_id JOIN drug g ON g.id = p.drug_id
	WHERE b.id = depot_value.batch_id);
CREATE INDEX depot_value_by_batch ON depot_value (batch_id, place_id);
ALTER TABLE month_close_line ADD COLUMN no BIGINT NOT NULL DEFAULT 0; -- the class as a number, for paging
UPDATE month_close_line SET no = CASE class WHEN 'western' THEN 1 WHEN 'patent' THEN 2 WHEN 'decoction' THEN 3 ELSE 4 END;
CREATE UNIQUE INDEX month_close_line_paged ON month_close_line (close_id, no);
ALTER TABLE month_close_line ADD COLUMN issue_opening_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_close_line ADD COLUMN issue_in_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_close_line ADD COLUMN issue_out_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_close_line ADD COLUMN issue_count_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_close_line ADD COLUMN issue_loss_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_close_line ADD COLUMN issue_rounding_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE month_close_line ADD COLUMN issue_closing_fen BIGINT NOT NULL DEFAULT 0;

-- What was booked until today stands in the second money at what it cost; the difference of what lies here to the issue price is
-- taken over in one row per depot and class (reason 'begin'), on a day that is not closed. Close days are at most the 28th.
UPDATE depot_day SET issue_fen = amount_fen;
UPDATE month_close_line SET issue_opening_fen = opening_fen, issue_in_fen = in_fen, issue_out_fen = out_fen,
	issue_count_fen = count_fen, issue_loss_fen = loss_fen, issue_rounding_fen = rounding_fen, issue_closing_fen = closing_fen;
UPDATE depot_value SET issue_fen = coalesce((SELECT (2 * depot_value.units * i.price_e4 + 100 * i.units_per_pack) /
	(200 * i.units_per_pack) FROM batch b JOIN issue_price i ON i.product_id = b.product_id WHERE b.id = depot_value.batch_id),
	amount_fen);
INSERT INTO depot_day (id, place_id, ymd, class, reason, way, units, amount_fen, issue_fen, lines, late)
	SELECT min(v.batch_id), v.place_id, CASE WHEN coalesce((SELECT max(c.to_ymd) FROM month_close c WHERE c.place_id = v.place_id
	AND c.current = 1), 0) >= (SELECT max(d.ymd) FROM depot_day d WHERE d.place_id = v.place_id) THEN (SELECT max(e.to_ymd) + 1 FROM
	month_close e WHERE e.place_id = v.place_id AND e.current = 1) ELSE (SELECT max(f.ymd) FROM depot_day f WHERE f.place_id =
	v.place_id) END, v.class, 'begin', 0, 0, 0, CAST(sum(v.issue_fen - v.amount_fen) AS BIGINT), 0, 0
	FROM depot_value v GROUP BY v.place_id, v.class HAVING sum(v.issue_fen) <> sum(v.amount_fen);

-- The lines of the books: an index of the ledger by depot and day with both moneys, what a figure of a month opens. A change of the
-- issue price stands here too, with way 0 and the write that booked it.
-- @clustered
-- @site_owned
CREATE TABLE depot_line (
	place_id BIGINT NOT NULL,
	ymd BIGINT NOT NULL,         -- the day of the book, as in depot_day
	seq BIGINT NOT NULL,         -- 0: the sum of what was booked before there were lines; n: the id of its depot_day
	n BIGINT NOT NULL,
	way BIGINT NOT NULL,
	class TEXT NOT NULL,
	reason TEXT NOT NULL,
	units BIGINT NOT NULL,       -- signed like the amounts
	amount_fen BIGINT NOT NULL,
	rounding_fen BIGINT NOT NULL,
	issue_fen BIGINT NOT NULL,
	issue_rounding_fen BIGINT NOT NULL,
	lines BIGINT NOT NULL,       -- 1; of a sum more
	late BIGINT NOT NULL,
	change_no BIGINT,            -- of issue_change; NULL: a move
	PRIMARY KEY (place_id, ymd, seq, n, way)
);
INSERT INTO depot_line (place_id, ymd, seq, n, way, class, reason, units, amount_fen, rounding_fen, issue_fen, issue_rounding_fen,
	lines, late)
	SELECT place_id, ymd, 0, id, way, class, reason, units, CASE WHEN reason = 'rounding' THEN 0 ELSE amount_fen END, CASE WHEN
	reason = 'rounding' THEN amount_fen ELSE 0 END, CASE WHEN reason = 'rounding' THEN 0 ELSE issue_fen END, CASE WHEN reason =
	'rounding' THEN issue_fen ELSE 0 END, lines, late FROM depot_day;

-- month_close_line.price_fen (调价损益) belongs to the second money alone: what goods cost does not change.

-- 盘点: what a 库存登记 of reason 'count' counted, lot by lot, and how much of the depot had been counted by then since its last close.
-- @site_owned
CREATE TABLE stock_count (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES adjustment (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	ymd BIGINT NOT NULL,
	line_count BIGINT NOT NULL,
	differing BIGINT NOT NULL,   -- lines that were not as the books said
	lots BIGINT NOT NULL,        -- lots that lie there, released, after this count
	covered BIGINT NOT NULL      -- of them counted since the depot's last close
);
CREATE INDEX stock_count_by_place ON stock_count (place_id, id);
-- @site_owned
-- @clustered
CREATE TABLE stock_count_line (
	count_id BIGINT NOT NULL REFERENCES stock_count (id),
	n BIGINT NOT NULL,
	place_id BIGINT NOT NULL,
	lot_id BIGINT NOT NULL REFERENCES lot (id),
	book_units BIGINT NOT NULL,
	counted_units BIGINT NOT NULL,
	PRIMARY KEY (count_id, n)
);
CREATE INDEX stock_count_line_of ON stock_count_line (place_id, lot_id, count_id);
