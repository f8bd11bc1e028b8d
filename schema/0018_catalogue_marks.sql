-- What a label says of a consumable (UDI), where our mandates hold and for what, delivery rights that run out.

-- UDI: the label that was scanned when the line was received, letter for letter (UDI-DI with its UDI-PI).
ALTER TABLE receipt_line ADD COLUMN udi TEXT;

-- Areas that we lie in, as a mandate (授权委托书) may name them: 寿县, 淮南市, 安徽省, 全国. Without any, no mandate is
-- compared with where we are.
CREATE TABLE own_region (
	id BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);

-- What a mandate is limited to, read from its words: products, generic names, all of a maker's. Without rows here it is for
-- everything.
-- @clustered
CREATE TABLE mandate_goods (
	mandate_id BIGINT NOT NULL REFERENCES qualification (id),
	kind TEXT NOT NULL,          -- product, drug, maker
	ref_id BIGINT NOT NULL,
	PRIMARY KEY (mandate_id, kind, ref_id)
);

CREATE INDEX delivery_right_by_end ON delivery_right (until_ymd, id) WHERE ended_at_ms IS NULL AND until_ymd IS NOT NULL;
