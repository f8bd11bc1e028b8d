-- The catalogue (统一目录): kinds, dated flags, lists per level, what the committee decides, temporary purchases,
-- substitutes, codes learned by two people, and the history of every field.

ALTER TABLE product ADD COLUMN kind TEXT NOT NULL DEFAULT 'drug'; -- drug, decoction, granule, preparation, consumable
ALTER TABLE product ADD COLUMN origin TEXT;   -- 产地
ALTER TABLE product ADD COLUMN standard TEXT; -- 执行标准
UPDATE product SET kind = 'decoction' WHERE drug_id IN (SELECT id FROM drug WHERE class = 'decoction');

-- Who added a code and who confirmed it; NULL: it came with an import.
ALTER TABLE product_code ADD COLUMN by_user BIGINT;
ALTER TABLE product_code ADD COLUMN confirmed_by BIGINT;
ALTER TABLE product_code ADD COLUMN at_ms BIGINT;

-- A code that one person tied to a product and another has yet to confirm; only then it finds the product.
CREATE TABLE code_binding (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	kind TEXT NOT NULL,
	code TEXT NOT NULL,
	units BIGINT NOT NULL,
	bound_by BIGINT NOT NULL,
	bound_at_ms BIGINT NOT NULL,
	state TEXT NOT NULL,         -- open, confirmed, refused
	closed_by BIGINT,
	closed_at_ms BIGINT,
	note TEXT
);
CREATE UNIQUE INDEX code_binding_open ON code_binding (code, kind) WHERE state = 'open';
CREATE INDEX code_binding_by_state ON code_binding (state, id);

-- What is said of a product from a day on (warehouse/catalogue/flag.c knows the flags and their values). Of several rows
-- the one that began last counts, as long as it has not ended.
CREATE TABLE product_flag (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	flag TEXT NOT NULL,
	value TEXT NOT NULL,
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,               -- last day it holds; NULL: open
	source TEXT NOT NULL,        -- the list or decision that says so
	by_user BIGINT,
	at_ms BIGINT NOT NULL,
	document_id BIGINT
);
CREATE INDEX product_flag_by_product ON product_flag (product_id, flag, from_ymd);
CREATE INDEX product_flag_by_flag ON product_flag (flag, product_id, from_ymd);
INSERT INTO product_flag (id, product_id, flag, value, from_ymd, source, at_ms)
	SELECT id, id, 'controlled', controlled, 20000101, '建库', 0 FROM product WHERE controlled IS NOT NULL;

-- 分级目录: what each level may ask for. Products from before the lists stand on all three.
-- @clustered
CREATE TABLE level_list (
	level BIGINT NOT NULL,       -- 1 county, 2 township, 3 village
	product_id BIGINT NOT NULL REFERENCES product (id),
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,               -- last day; NULL: open
	document_id BIGINT,          -- the decision; NULL: an import
	PRIMARY KEY (level, product_id, from_ymd)
);
CREATE INDEX level_list_by_product ON level_list (product_id, level, from_ymd);
INSERT INTO level_list (level, product_id, from_ymd)
	SELECT l.level, p.id, 20000101 FROM product p CROSS JOIN (SELECT 1 AS level UNION ALL SELECT 2 UNION ALL SELECT 3) AS l
	WHERE p.active = 1;

-- What changed in a product, field by field.
CREATE TABLE product_history (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	field TEXT NOT NULL,
	old_value TEXT,
	new_value TEXT,
	from_ymd BIGINT NOT NULL,    -- from when it holds
	at_ms BIGINT NOT NULL,
	by_user BIGINT,
	why TEXT NOT NULL,
	document_id BIGINT
);
CREATE INDEX product_history_by_product ON product_history (product_id, id);
-- @append_only product_history

-- A site's own permission for what is not for everybody: 印鉴卡 and the like; for a preparation, the 调剂批件.
-- @site_owned
CREATE TABLE entitlement (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	kind TEXT NOT NULL,          -- seal_card, toxic, radioactive, precursor, preparation
	product_id BIGINT REFERENCES product (id), -- of a preparation
	number TEXT NOT NULL,
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT NOT NULL,
	units BIGINT,                -- at most so many in the period; NULL: no limit
	by_user BIGINT,
	at_ms BIGINT NOT NULL
);
CREATE INDEX entitlement_by_site ON entitlement (site_id, kind, product_id);
-- What a site has asked for under a 调剂批件.
-- @clustered
-- @site_owned
CREATE TABLE entitlement_use (
	entitlement_id BIGINT NOT NULL REFERENCES entitlement (id),
	request_id BIGINT NOT NULL,
	units BIGINT NOT NULL,
	PRIMARY KEY (entitlement_id, request_id)
);
CREATE INDEX entitlement_use_by_request ON entitlement_use (request_id);

-- 目录调整: an application that the committee (药事管理与药物治疗学委员会) decides.
-- @site_owned
CREATE TABLE catalogue_change (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	what TEXT NOT NULL,          -- admission, change, stop, replacement
	product_id BIGINT REFERENCES product (id), -- NULL: an admission that is not yet carried out
	other_product_id BIGINT REFERENCES product (id), -- what takes its place
	applicant TEXT NOT NULL,
	reason TEXT NOT NULL,
	from_ymd BIGINT,             -- from when it holds
	warnings TEXT,               -- lines: what the committee must look at, found when it was prepared
	meeting_ymd BIGINT,
	minutes TEXT,
	due BIGINT NOT NULL          -- 1: decided and carried out on its day
);
CREATE INDEX catalogue_change_due ON catalogue_change (from_ymd) WHERE due = 1;
-- @clustered
-- @site_owned
CREATE TABLE catalogue_change_field (
	change_id BIGINT NOT NULL REFERENCES catalogue_change (id),
	field TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (change_id, field)
);
-- @clustered
-- @site_owned
CREATE TABLE catalogue_member (
	change_id BIGINT NOT NULL REFERENCES catalogue_change (id),
	n BIGINT NOT NULL,
	name TEXT NOT NULL,
	recused BIGINT NOT NULL,     -- 1: took no part
	vote TEXT,                   -- for, against, abstain
	why TEXT,
	PRIMARY KEY (change_id, n)
);

-- 临时采购: a site may ask for so much of a product that its list does not hold.
-- @site_owned
CREATE TABLE exception (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0),
	used_units BIGINT NOT NULL CHECK (used_units >= 0 AND used_units <= units),
	until_ymd BIGINT NOT NULL,
	cause TEXT NOT NULL,         -- patient, specialist, emergency
	counted_year BIGINT,         -- the year whose limit it was counted against; NULL: not approved
	drug_name TEXT NOT NULL      -- generic name, for the limit
);
CREATE INDEX exception_by_drug ON exception (drug_name, counted_year);
-- @clustered
-- @site_owned
CREATE TABLE exception_use (
	exception_id BIGINT NOT NULL REFERENCES exception (id),
	request_id BIGINT NOT NULL,
	units BIGINT NOT NULL,
	PRIMARY KEY (exception_id, request_id)
);
CREATE INDEX exception_use_by_request ON exception_use (request_id);

-- What may be given instead, by decision; the same generic name needs none.
CREATE TABLE substitute (
	id BIGINT NOT NULL PRIMARY KEY,
	product_id BIGINT NOT NULL REFERENCES product (id),
	other_id BIGINT NOT NULL REFERENCES product (id),
	both_ways BIGINT NOT NULL,   -- 1: the other way round too
	units BIGINT NOT NULL CHECK (units > 0),             -- so many units of product_id
	other_units BIGINT NOT NULL CHECK (other_units > 0), -- are as much as so many of other_id
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,
	decision TEXT NOT NULL,
	by_user BIGINT,
	at_ms BIGINT NOT NULL
);
CREATE INDEX substitute_by_product ON substitute (product_id);
CREATE INDEX substitute_by_other ON substitute (other_id);

-- Earlier 对码 of a site's HIS item.
-- @site_owned
CREATE TABLE his_item_history (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	code TEXT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	factor BIGINT NOT NULL,
	by_user BIGINT,
	at_ms BIGINT NOT NULL
);
CREATE INDEX his_item_history_by_site ON his_item_history (site_id, id);

-- Limits that a county sets for itself.
CREATE TABLE catalogue_setting (
	id BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL,
	value BIGINT NOT NULL
);
INSERT INTO catalogue_setting (id, name, title, value) VALUES
	(1, 'exceptions_antibiotic', '抗菌药物同一通用名每年临时采购次数', 5),
	(2, 'exceptions_other', '其他药品同一通用名每年临时采购次数', 12),
	(3, 'antibiotic_kinds', '县级目录抗菌药物品种数上限', 35),
	(4, 'ephedrine_packs', '含麻黄碱复方制剂村卫生室每次请领包装数上限', 20),
	(5, 'members_min', '委员会表决人数下限 (不含回避)', 3);

-- What is in use, in the order of the lists that leave the rest out.
CREATE INDEX product_by_active ON product (active, id);
