-- What was bought in a month altogether, for shares of it; kept with table buy_month.
-- @clustered
CREATE TABLE buy_total (
	month BIGINT NOT NULL PRIMARY KEY, -- yyyymm
	amount_fen BIGINT NOT NULL,
	lines BIGINT NOT NULL
);
INSERT INTO buy_total (month, amount_fen, lines)
	SELECT month, CAST(sum(amount_fen) AS BIGINT), CAST(sum(lines) AS BIGINT) FROM buy_month GROUP BY month;
