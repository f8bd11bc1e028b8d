-- Ways to rows that would otherwise be looked for: a page's cost must not grow with the data behind it.

-- Who sees a move: the sites of its two depots and everything above them, newest first. Built late, with move_card.
-- @clustered
CREATE TABLE move_scope (
	site_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (site_id, seq, n)
);
CREATE INDEX move_card_by_place ON move_card (place_id, seq, n);
-- Both are built anew from the ledger.
UPDATE projection SET seq = 0 WHERE name = 'move_card';

-- What a place holds in all, and how much of it stands in packs with codes: written with holding (warehouse/stock.c).
-- @clustered
-- @site_owned
CREATE TABLE place_sum (
	place_id BIGINT NOT NULL PRIMARY KEY REFERENCES place (id),
	units BIGINT NOT NULL CHECK (units >= 0),
	traced_units BIGINT NOT NULL CHECK (traced_units >= 0 AND traced_units <= units)
);
INSERT INTO place_sum (place_id, units, traced_units)
	SELECT place_id, CAST(sum(units) AS BIGINT), CAST(sum(traced_units) AS BIGINT) FROM holding GROUP BY place_id;

-- What expires where, instead of what expires anywhere.
CREATE INDEX holding_expiring ON holding (place_id, expiry_ymd);
DROP INDEX holding_by_expiry;

CREATE INDEX purchase_order_by_supplier ON purchase_order (supplier_id, id);
CREATE INDEX refusal_by_site ON refusal (site_id, at_ms);
CREATE INDEX alarm_waiting ON alarm (site_id) WHERE state IN ('active', 'returned');
-- 封签号, scanned by whoever takes the tote.
CREATE INDEX shipment_by_seal ON shipment (seal_no) WHERE seal_no IS NOT NULL;

-- 对码: who said so and when, and what the hospital's system calls the item; an id to page by.
ALTER TABLE his_item ADD COLUMN id BIGINT;
ALTER TABLE his_item ADD COLUMN item_name TEXT;
ALTER TABLE his_item ADD COLUMN at_ms BIGINT;
ALTER TABLE his_item ADD COLUMN by_user BIGINT;
UPDATE his_item SET id = (SELECT count(*) FROM his_item o WHERE o.site_id < his_item.site_id OR (o.site_id = his_item.site_id AND o.code <= his_item.code));
CREATE UNIQUE INDEX his_item_by_id ON his_item (site_id, id);
CREATE INDEX his_item_by_product ON his_item (product_id, site_id);
