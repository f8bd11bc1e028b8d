-- Papers that lock count once quality has confirmed them; what a supplier trades in; which product we have ticked at which
-- distributor on the platform.

ALTER TABLE qualification ADD COLUMN confirmed_at_ms BIGINT; -- NULL: it waits for quality and does not count
ALTER TABLE qualification ADD COLUMN confirmed_by BIGINT;    -- NULL: nobody had to (an older store, opening data, a kind that locks nothing)
ALTER TABLE qualification ADD COLUMN replaces_id BIGINT;     -- the paper that ends when this one is confirmed
UPDATE qualification SET confirmed_at_ms = made_at_ms;
CREATE INDEX qualification_waiting ON qualification (id) WHERE confirmed_at_ms IS NULL AND ended_at_ms IS NULL;

-- 经营类别: drug, device, both, pieces (a maker of decoction pieces), preparation (a hospital that hands on its preparations).
ALTER TABLE supplier ADD COLUMN business TEXT NOT NULL DEFAULT 'drug';
-- Who has been delivering consumables trades in them; quality confirms the licence for it before he goes on.
UPDATE supplier SET business = 'both' WHERE id IN (SELECT o.supplier_id FROM purchase_order o JOIN order_line l ON l.order_id = o.id
	JOIN product p ON p.id = l.product_id WHERE p.kind = 'consumable');

-- 配送勾选: on the platform, this distributor was chosen for this product, by days.
CREATE TABLE platform_tick (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	platform_code TEXT,          -- of the product at this distributor, as the platform has it
	from_ymd BIGINT NOT NULL,
	until_ymd BIGINT,            -- last day; NULL: open
	made_at_ms BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	ended_at_ms BIGINT,          -- taken back
	ended_by BIGINT,
	end_note TEXT
);
CREATE INDEX platform_tick_by_product ON platform_tick (product_id, id);
CREATE INDEX platform_tick_by_supplier ON platform_tick (supplier_id, id);
CREATE UNIQUE INDEX platform_tick_once ON platform_tick (product_id, supplier_id, from_ymd) WHERE ended_at_ms IS NULL;

-- From when on orders ask for the tick (asked 1) or do not (0); the newest begun one counts, without any nobody asks.
-- @clustered
CREATE TABLE platform_tick_rule (
	from_ymd BIGINT NOT NULL PRIMARY KEY,
	asked BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);
