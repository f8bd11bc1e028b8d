-- Goods that went back to their suppliers count in the figures: the score, what was paid, the watch list.

-- Once the line has left, and only for goods that had been accepted and are therefore owed.
ALTER TABLE supplier_return_line ADD COLUMN back_month BIGINT;    -- yyyymm it went back in; NULL: it counts in no figure
ALTER TABLE supplier_return_line ADD COLUMN order_line_id BIGINT; -- it was bought by
UPDATE supplier_return_line SET
	back_month = (SELECT min(r.ymd) / 100 FROM platform_report r WHERE r.kind = 'return' AND r.source_id = supplier_return_line.id),
	order_line_id = (SELECT y.order_line_id FROM payable y WHERE y.id = supplier_return_line.payable_id)
	WHERE payable_id IS NOT NULL;
CREATE INDEX supplier_return_line_by_month ON supplier_return_line (back_month, id) WHERE back_month IS NOT NULL;
CREATE INDEX supplier_return_line_by_order_line ON supplier_return_line (order_line_id, id) WHERE order_line_id IS NOT NULL;

-- The score: what was found after the acceptance. Arrived and rejected stay what the delivery was.
ALTER TABLE supplier_line ADD COLUMN returned_units BIGINT NOT NULL DEFAULT 0;
ALTER TABLE supplier_line ADD COLUMN fault_units BIGINT NOT NULL DEFAULT 0;  -- of those: quality, sent wrong, recalled
ALTER TABLE supplier_month ADD COLUMN returned_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE supplier_month ADD COLUMN fault_fen BIGINT NOT NULL DEFAULT 0;
UPDATE supplier_line SET
	returned_units = (SELECT CAST(coalesce(sum(x.units), 0) AS BIGINT) FROM supplier_return_line x WHERE x.order_line_id = line_id),
	fault_units = (SELECT CAST(coalesce(sum(x.units), 0) AS BIGINT) FROM supplier_return_line x WHERE x.order_line_id = line_id
		AND x.reason IN ('quality', 'wrong', 'recall'))
	WHERE line_id IN (SELECT order_line_id FROM supplier_return_line WHERE order_line_id IS NOT NULL);
UPDATE supplier_month SET
	returned_fen = (SELECT CAST(coalesce(sum(f.ordered_fen * f.returned_units / f.ordered_units), 0) AS BIGINT) FROM supplier_line f
		WHERE f.supplier_id = supplier_month.supplier_id AND f.month = supplier_month.month),
	fault_fen = (SELECT CAST(coalesce(sum(f.ordered_fen * f.fault_units / f.ordered_units), 0) AS BIGINT) FROM supplier_line f
		WHERE f.supplier_id = supplier_month.supplier_id AND f.month = supplier_month.month);

-- What was paid: a return is a row of its own in its month, with everything negative; id: the return's line. The rule and the
-- ceiling are those of the receipt; share_e4 is 0, for it is no purchase near a ceiling.
ALTER TABLE price_paid ADD COLUMN return_id BIGINT; -- NULL: a receipt
CREATE INDEX price_paid_bought ON price_paid (product_id, id) WHERE return_id IS NULL;
INSERT INTO price_paid (id, order_id, site_id, supplier_id, product_id, ymd, ym, units, price_e4, units_per_pack, amount_fen, rule,
	ceiling_e4, share_e4, saved_fen, return_id)
	SELECT x.id, f.order_id, f.site_id, f.supplier_id, f.product_id,
		(SELECT min(r.ymd) FROM platform_report r WHERE r.kind = 'return' AND r.source_id = x.id), x.back_month, -x.units,
		f.price_e4, f.units_per_pack, -x.amount_fen, f.rule, f.ceiling_e4, 0,
		CASE WHEN f.ceiling_e4 IS NULL THEN 0 ELSE x.amount_fen - (x.units * f.ceiling_e4 * 2 + f.units_per_pack * 100)
			/ (f.units_per_pack * 200) END, x.return_id
	FROM supplier_return_line x JOIN payable y ON y.id = x.payable_id JOIN price_paid f ON f.id = y.receipt_line_id
	WHERE x.back_month IS NOT NULL;
INSERT INTO price_saving (site_id, ym, lines, amount_fen, ceiling_fen, saved_fen)
	SELECT f.site_id, f.ym, 0, CAST(sum(f.amount_fen) AS BIGINT),
		CAST(sum(CASE WHEN f.ceiling_e4 IS NULL THEN 0 ELSE f.amount_fen + f.saved_fen END) AS BIGINT), CAST(sum(f.saved_fen) AS BIGINT)
	FROM price_paid f WHERE f.return_id IS NOT NULL GROUP BY f.site_id, f.ym
	ON CONFLICT (site_id, ym) DO UPDATE SET amount_fen = price_saving.amount_fen + excluded.amount_fen,
	ceiling_fen = price_saving.ceiling_fen + excluded.ceiling_fen, saved_fen = price_saving.saved_fen + excluded.saved_fen;

-- The watch list: units and amounts of a month are what was accepted less what went back in it, and may be negative.
ALTER TABLE buy_month ADD COLUMN returned_units BIGINT NOT NULL DEFAULT 0; -- taken off already
ALTER TABLE buy_month ADD COLUMN returned_fen BIGINT NOT NULL DEFAULT 0;
INSERT INTO buy_month (month, product_id, units, amount_fen, lines, ceiling_lines, returned_units, returned_fen)
	SELECT x.back_month, b.product_id, CAST(-sum(x.units) AS BIGINT), CAST(-sum(x.amount_fen) AS BIGINT), 0, 0,
		CAST(sum(x.units) AS BIGINT), CAST(sum(x.amount_fen) AS BIGINT)
	FROM supplier_return_line x JOIN batch b ON b.id = x.batch_id WHERE x.back_month IS NOT NULL GROUP BY x.back_month, b.product_id
	ON CONFLICT (month, product_id) DO UPDATE SET units = buy_month.units + excluded.units, amount_fen = buy_month.amount_fen +
	excluded.amount_fen, returned_units = excluded.returned_units, returned_fen = excluded.returned_fen;
INSERT INTO buy_total (month, amount_fen, lines)
	SELECT month, CAST(-sum(returned_fen) AS BIGINT), 0 FROM buy_month WHERE returned_fen <> 0 GROUP BY month
	ON CONFLICT (month) DO UPDATE SET amount_fen = buy_total.amount_fen + excluded.amount_fen;
INSERT INTO buy_maker_month (month, maker_no, amount_fen, lines)
	SELECT b.month, m.no, CAST(-sum(b.returned_fen) AS BIGINT), 0 FROM buy_month b JOIN product p ON p.id = b.product_id
	JOIN buy_maker m ON m.name = p.maker WHERE b.returned_fen <> 0 GROUP BY b.month, m.no
	ON CONFLICT (month, maker_no) DO UPDATE SET amount_fen = buy_maker_month.amount_fen + excluded.amount_fen;

-- What was refused (拒收) is told to the platform as kind 'refusal' of platform_report and platform_message: source_id is the row
-- of receipt_refused or the rejected receipt line, paper the reason; expiry_ymd 0: a lot that we had not received before.
