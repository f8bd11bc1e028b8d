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
-- Who else ordered a product lately, whoever supplies it.
CREATE INDEX order_line_by_product ON order_line (product_id, order_id) WHERE dropped = 0;
