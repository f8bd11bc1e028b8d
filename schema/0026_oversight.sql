-- What the supervisor looks at: the orders of a split, what each site got, approvals about to end.

-- The orders that a split_flag counts, and how much of each: every one of them shows it.
-- @clustered
-- @site_owned
CREATE TABLE split_part (
	order_id BIGINT NOT NULL REFERENCES purchase_order (id),
	flag_id BIGINT NOT NULL REFERENCES split_flag (id),
	amount_fen BIGINT NOT NULL,  -- same_product: the lines of what they share
	PRIMARY KEY (order_id, flag_id)
);
CREATE INDEX split_part_by_flag ON split_part (flag_id, order_id);
-- Of the older flags the first two are known.
INSERT INTO split_part (order_id, flag_id, amount_fen)
	SELECT f.order_id, f.id, o.amount_fen FROM split_flag f JOIN purchase_order o ON o.id = f.order_id;
INSERT INTO split_part (order_id, flag_id, amount_fen)
	SELECT f.other_id, f.id, o.amount_fen FROM split_flag f JOIN purchase_order o ON o.id = f.other_id;

-- What each site got in a month: accepted in its depots or come from other sites, less what went back to suppliers or on to other
-- sites. Kept with payable, supplier_return_line and site_flow; all sites together are what the county bought.
-- @clustered
-- @site_owned
CREATE TABLE site_goods_line (
	id BIGINT NOT NULL PRIMARY KEY, -- of the payable, of the return's line; of a move between sites a number below all of these
	site_id BIGINT NOT NULL REFERENCES site (id),
	month BIGINT NOT NULL,       -- yyyymm
	product_id BIGINT NOT NULL REFERENCES product (id),
	source TEXT NOT NULL,        -- bought, returned, moved
	document_id BIGINT NOT NULL,
	supplier_id BIGINT,
	other_site_id BIGINT,
	units BIGINT NOT NULL,       -- negative: they left
	amount_fen BIGINT NOT NULL   -- at what the batch cost
);
INSERT INTO site_goods_line (id, site_id, month, product_id, source, document_id, supplier_id, other_site_id, units, amount_fen)
	SELECT y.id, p.site_id, y.month, y.product_id, 'bought', y.receipt_id, y.supplier_id, NULL, y.units, y.amount_fen
	FROM payable y JOIN receipt r ON r.id = y.receipt_id JOIN place p ON p.id = r.place_id;
INSERT INTO site_goods_line (id, site_id, month, product_id, source, document_id, supplier_id, other_site_id, units, amount_fen)
	SELECT x.id, p.site_id, x.back_month, b.product_id, 'returned', x.return_id, r.supplier_id, NULL, -x.units, -x.amount_fen
	FROM supplier_return_line x JOIN supplier_return r ON r.id = x.return_id JOIN place p ON p.id = r.place_id
	JOIN batch b ON b.id = x.batch_id WHERE x.back_month IS NOT NULL;
INSERT INTO site_goods_line (id, site_id, month, product_id, source, document_id, supplier_id, other_site_id, units, amount_fen)
	SELECT (f.seq * 1000000 + f.n) * 2 + CASE WHEN f.units < 0 THEN 1 ELSE 0 END, f.site_id, f.ymd / 100, b.product_id, 'moved',
		m.document_id, NULL, f.other_site_id, f.units, f.amount_fen
	FROM site_flow f JOIN stock_move m ON m.seq = f.seq AND m.n = f.n JOIN batch b ON b.id = m.batch_id;
CREATE INDEX site_goods_line_by_product ON site_goods_line (site_id, month, product_id, id);
-- @clustered
-- @site_owned
CREATE TABLE site_goods_month (
	month BIGINT NOT NULL,
	site_id BIGINT NOT NULL REFERENCES site (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	PRIMARY KEY (month, site_id, product_id)
);
INSERT INTO site_goods_month (month, site_id, product_id, units, amount_fen, lines)
	SELECT month, site_id, product_id, CAST(sum(units) AS BIGINT), CAST(sum(amount_fen) AS BIGINT), count(*)
	FROM site_goods_line GROUP BY month, site_id, product_id;
CREATE INDEX site_goods_month_by_amount ON site_goods_month (site_id, month, amount_fen, product_id); -- the top ten
-- @clustered
-- @site_owned
CREATE TABLE site_goods_total (
	month BIGINT NOT NULL,
	site_id BIGINT NOT NULL REFERENCES site (id),
	amount_fen BIGINT NOT NULL,
	PRIMARY KEY (month, site_id)
);
INSERT INTO site_goods_total (month, site_id, amount_fen)
	SELECT month, site_id, CAST(sum(amount_fen) AS BIGINT) FROM site_goods_month GROUP BY month, site_id;

-- Approvals about invoices that wait for a second person, and those that end.
CREATE INDEX invoice_permit_waiting ON invoice_permit (kind, id) WHERE approved_at_ms IS NULL AND ended_at_ms IS NULL;
CREATE INDEX invoice_permit_ending ON invoice_permit (kind, to_ymd, id) WHERE approved_at_ms IS NOT NULL AND ended_at_ms IS NULL AND to_ymd IS NOT NULL;
