-- What a round selected, listed by round; what a supplier will bring of an order's line.
CREATE UNIQUE INDEX volume_product_by_round ON volume_product (round_id, product_id);

ALTER TABLE order_line ADD COLUMN answered_units BIGINT; -- what the supplier said that comes, 0: refused; NULL: all of it
UPDATE order_line SET answered_units = (SELECT a.units FROM order_answer a WHERE a.line_id = order_line.id)
	WHERE id IN (SELECT line_id FROM order_answer);
UPDATE order_line SET open = 0 WHERE open = 1 AND received_units >= coalesce(answered_units, units);
-- A rejected delivery opened lines of orders that had been closed.
UPDATE order_line SET open = 0 WHERE open = 1 AND order_id IN (SELECT id FROM document WHERE kind = 'order' AND state IN ('draft', 'closed'));

-- Nor is an order late of which nothing comes any more.
UPDATE order_term SET open = 0, asking = 0 WHERE open = 1 AND NOT EXISTS (SELECT 1 FROM order_line l
	WHERE l.order_id = order_term.order_id AND l.dropped = 0 AND l.open = 1);

ALTER TABLE order_line ADD COLUMN off_list BIGINT NOT NULL DEFAULT 0; -- 1: the county's list did not hold it when it was submitted
CREATE INDEX order_line_off_list ON order_line (order_id, n) WHERE off_list = 1;

ALTER TABLE buy_maker_month ADD COLUMN returned_fen BIGINT NOT NULL DEFAULT 0; -- taken off already
UPDATE buy_maker_month SET returned_fen = (SELECT CAST(coalesce(sum(b.returned_fen), 0) AS BIGINT) FROM buy_month b
	JOIN product p ON p.id = b.product_id JOIN buy_maker m ON m.name = p.maker
	WHERE b.month = buy_maker_month.month AND m.no = buy_maker_month.maker_no);

-- 货位
CREATE INDEX depot_product_by_bin ON depot_product (place_id, bin) WHERE bin IS NOT NULL;
