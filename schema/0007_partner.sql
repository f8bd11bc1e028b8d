-- Papers attached to anything, and the partners: makers, who may deliver what, their qualifications, first purchases, scores.

-- The content of attached files, once per content however often it is attached.
CREATE TABLE attachment_content (
	id BIGINT NOT NULL PRIMARY KEY,
	hash BYTES NOT NULL UNIQUE,  -- SHA-256 of all bytes
	type TEXT NOT NULL,          -- media type, as found in the bytes
	bytes BIGINT NOT NULL
);
-- Its bytes in pieces of 64 KiB, so that no reader needs more than one of them.
CREATE TABLE attachment_chunk (
	content_id BIGINT NOT NULL REFERENCES attachment_content (id),
	n BIGINT NOT NULL,
	data BYTES NOT NULL,
	PRIMARY KEY (content_id, n)
);
-- @append_only attachment_chunk
-- A file attached to one thing. Never deleted: a newer one takes its place and the old one stays with the date.
-- @site_owned
CREATE TABLE attachment (
	id BIGINT NOT NULL PRIMARY KEY,
	owner_kind TEXT NOT NULL,    -- a kind of document, or supplier, maker, product, qualification …
	owner_id BIGINT NOT NULL,
	name TEXT NOT NULL,          -- as the person's file was called
	content_id BIGINT NOT NULL REFERENCES attachment_content (id),
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	replaced_at_ms BIGINT,
	replaced_by BIGINT           -- the attachment that took its place
);
CREATE INDEX attachment_by_owner ON attachment (owner_kind, owner_id, id);

-- 生产企业 (药品上市许可持有人). product.maker stays as the words on the box; which maker that is stands in product_maker.
CREATE TABLE maker (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL UNIQUE,
	credit_code TEXT,            -- 统一社会信用代码
	phone TEXT,
	active BIGINT NOT NULL
);
-- Kept by warehouse/partner/maker.c whenever a product's words change.
-- @clustered
CREATE TABLE product_maker (
	product_id BIGINT NOT NULL PRIMARY KEY REFERENCES product (id),
	maker_id BIGINT NOT NULL REFERENCES maker (id)
);
CREATE INDEX product_maker_by_maker ON product_maker (maker_id, product_id);
INSERT INTO maker (id, code, name, active) SELECT min(id), 'SC' || CAST(row_number() OVER (ORDER BY min(id)) AS TEXT), maker, 1
FROM product WHERE maker <> '' GROUP BY maker;
INSERT INTO product_maker (product_id, maker_id) SELECT p.id, m.id FROM product p JOIN maker m ON m.name = p.maker;

ALTER TABLE supplier ADD COLUMN credit_code TEXT;
ALTER TABLE supplier ADD COLUMN contact TEXT;

-- 配送关系: which distributor a maker has authorised to deliver its goods to us, by days. A maker without any row here has
-- declared nothing and binds nobody.
CREATE TABLE delivery_right (
	id BIGINT NOT NULL PRIMARY KEY,
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	maker_id BIGINT NOT NULL REFERENCES maker (id),
	region TEXT,                 -- as the letter says: 寿县, 淮南市 …
	from_ymd BIGINT NOT NULL,
	until_ymd BIGINT,            -- last day; NULL: open
	made_at_ms BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	ended_at_ms BIGINT,          -- taken back before its day
	ended_by BIGINT,
	end_note TEXT
);
CREATE INDEX delivery_right_by_maker ON delivery_right (maker_id, supplier_id);
CREATE INDEX delivery_right_by_supplier ON delivery_right (supplier_id, id);
CREATE UNIQUE INDEX delivery_right_once ON delivery_right (supplier_id, maker_id, from_ymd) WHERE ended_at_ms IS NULL;

-- 资质: a licence, mandate, agreement, registration … of a supplier, a maker or a product; its scan is an attachment
-- (owner_kind qualification). A renewed one is a new row; the old one ends and stays.
CREATE TABLE qualification (
	id BIGINT NOT NULL PRIMARY KEY,
	owner_kind TEXT NOT NULL,    -- supplier, maker, product
	owner_id BIGINT NOT NULL,
	kind TEXT NOT NULL,          -- word of warehouse/partner/paper.def
	number TEXT NOT NULL,
	from_ymd BIGINT,
	until_ymd BIGINT,            -- last day; NULL: no end
	person TEXT,                 -- of a mandate: the salesman …
	region TEXT,                 -- … where …
	scope TEXT,                  -- … and for which goods
	note TEXT,
	made_at_ms BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	ended_at_ms BIGINT,          -- replaced, or taken out with a reason
	ended_by BIGINT,
	end_note TEXT,
	replaced_by BIGINT,
	renewal_no TEXT,             -- 再注册受理: a renewal is under way
	renewal_ymd BIGINT,
	allowed_at_ms BIGINT,        -- the chief pharmacist lets ordering go on meanwhile
	allowed_by BIGINT,
	allowed_note TEXT
);
CREATE INDEX qualification_by_owner ON qualification (owner_kind, owner_id, kind);
CREATE INDEX qualification_by_end ON qualification (until_ymd, id) WHERE ended_at_ms IS NULL AND until_ymd IS NOT NULL;
-- The licence that stood on the supplier is its first paper.
INSERT INTO qualification (id, owner_kind, owner_id, kind, number, until_ymd, made_at_ms, made_by)
SELECT id, 'supplier', id, 'drug_licence', licence_no, licence_until_ymd, 0, 0 FROM supplier;

-- 首营: whom and what may be bought, since quality approved the file. What an older store knew counts as approved.
-- @clustered
CREATE TABLE first_purchase (
	kind TEXT NOT NULL,          -- supplier, product
	ref_id BIGINT NOT NULL,
	source TEXT NOT NULL,        -- before (an older store), opening (opening data), document
	document_id BIGINT,
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	PRIMARY KEY (kind, ref_id)
);
INSERT INTO first_purchase (kind, ref_id, source, at_ms, by_user) SELECT 'supplier', id, 'before', 0, 0 FROM supplier;
INSERT INTO first_purchase (kind, ref_id, source, at_ms, by_user) SELECT 'product', id, 'before', 0, 0 FROM product;

-- 首营企业审批, 首营品种审批.
-- @site_owned
CREATE TABLE first_supplier (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id)
);
CREATE INDEX first_supplier_by_supplier ON first_supplier (supplier_id);
-- @site_owned
CREATE TABLE first_product (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	product_id BIGINT NOT NULL REFERENCES product (id),
	supplier_id BIGINT REFERENCES supplier (id) -- who offers it
);
CREATE INDEX first_product_by_product ON first_product (product_id);

-- How a supplier kept one line of a sent order: the fact behind his score.
-- @site_owned
CREATE TABLE supplier_line (
	line_id BIGINT NOT NULL PRIMARY KEY REFERENCES order_line (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	month BIGINT NOT NULL,       -- yyyymm of sending
	order_id BIGINT NOT NULL,
	due_at_ms BIGINT NOT NULL,
	ordered_units BIGINT NOT NULL,
	ordered_fen BIGINT NOT NULL,
	ceiling_fen BIGINT NOT NULL, -- the same units at the ceiling of the day
	arrived_units BIGINT NOT NULL,
	rejected_units BIGINT NOT NULL,
	done_at_ms BIGINT            -- when all was here
);
CREATE INDEX supplier_line_by_month ON supplier_line (supplier_id, month, line_id);
-- The sums of those lines; kept with them, so that a score costs a row.
-- @clustered
CREATE TABLE supplier_month (
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	month BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	done_lines BIGINT NOT NULL,
	on_time_lines BIGINT NOT NULL,
	ordered_fen BIGINT NOT NULL,
	ceiling_fen BIGINT NOT NULL,
	arrived_fen BIGINT NOT NULL,
	rejected_fen BIGINT NOT NULL,
	PRIMARY KEY (supplier_id, month)
);
-- Codes of makers that come with products go on behind those made above.
INSERT INTO number_counter (prefix, ymd, last) SELECT 'SC', 0, count(*) FROM maker;
