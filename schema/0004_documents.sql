-- The documents of purchase, receipt, distribution, use and shortage. Each has the id of its head in table document.

-- 采购订单. Who buys, pays, owns and receives stands on each line, so that goods may go straight to a branch.
-- @site_owned
CREATE TABLE purchase_order (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	buyer_site_id BIGINT NOT NULL REFERENCES site (id),
	amount_fen BIGINT NOT NULL,
	line_count BIGINT NOT NULL
);
-- @site_owned
CREATE TABLE order_line (
	id BIGINT NOT NULL PRIMARY KEY,
	order_id BIGINT NOT NULL REFERENCES purchase_order (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0),
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	ceiling_e4 BIGINT NOT NULL,  -- in force when the line was written
	ceiling_price_id BIGINT NOT NULL,
	to_site_id BIGINT NOT NULL REFERENCES site (id),    -- 收货单位
	owner_site_id BIGINT NOT NULL REFERENCES site (id), -- 货主
	payer_site_id BIGINT NOT NULL REFERENCES site (id), -- 付款单位
	received_units BIGINT NOT NULL CHECK (received_units >= 0 AND received_units <= units),
	announced_units BIGINT NOT NULL,
	dropped BIGINT NOT NULL,     -- 1: replaced by an edit of the draft
	open BIGINT NOT NULL         -- 1: submitted and not all received: on order for its receiver. Drafts stay out of the index.
);
CREATE INDEX order_line_by_order ON order_line (order_id, n);
CREATE INDEX order_line_open ON order_line (product_id, to_site_id) WHERE open = 1;

-- 收货单
-- @site_owned
CREATE TABLE receipt (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	order_id BIGINT NOT NULL REFERENCES purchase_order (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	place_id BIGINT NOT NULL REFERENCES place (id)
);
CREATE INDEX receipt_by_order ON receipt (order_id);
-- @site_owned
CREATE TABLE receipt_line (
	id BIGINT NOT NULL PRIMARY KEY,
	receipt_id BIGINT NOT NULL REFERENCES receipt (id),
	order_line_id BIGINT NOT NULL REFERENCES order_line (id),
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL CHECK (units > 0),
	outcome TEXT NOT NULL,       -- pending, accepted, rejected
	approval_no TEXT,            -- as seen on the box
	appearance TEXT,
	reason TEXT,
	inspected_by BIGINT,
	inspected_at_ms BIGINT,
	posted BIGINT NOT NULL       -- 1: booked to its quality
);
CREATE INDEX receipt_line_by_receipt ON receipt_line (receipt_id, id);
CREATE UNIQUE INDEX receipt_line_once ON receipt_line (receipt_id, order_line_id, batch_id);
-- 拒收单: what came beyond the order, never booked.
-- @site_owned
CREATE TABLE receipt_refused (
	id BIGINT NOT NULL PRIMARY KEY,
	receipt_id BIGINT NOT NULL REFERENCES receipt (id),
	order_line_id BIGINT NOT NULL REFERENCES order_line (id),
	lot TEXT NOT NULL,
	units BIGINT NOT NULL,
	reason TEXT NOT NULL
);
CREATE INDEX receipt_refused_by_receipt ON receipt_refused (receipt_id);
-- Which packs were scanned into which line.
-- @site_owned
CREATE TABLE receipt_pack (
	receipt_id BIGINT NOT NULL,
	pack_id BIGINT NOT NULL,
	line_id BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	PRIMARY KEY (receipt_id, pack_id)
);

-- 请领单
-- @site_owned
CREATE TABLE request (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	place_id BIGINT NOT NULL REFERENCES place (id) -- the depot that asks
);
-- @site_owned
CREATE TABLE request_line (
	id BIGINT NOT NULL PRIMARY KEY,
	request_id BIGINT NOT NULL REFERENCES request (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0),
	approved_units BIGINT NOT NULL CHECK (approved_units >= 0 AND approved_units <= units),
	reduce_reason TEXT,          -- 核减原因
	shipped_units BIGINT NOT NULL CHECK (shipped_units >= 0),
	received_units BIGINT NOT NULL CHECK (received_units >= 0),
	dropped BIGINT NOT NULL
);
CREATE INDEX request_line_by_request ON request_line (request_id, n);

-- 配送单
-- @site_owned
CREATE TABLE shipment (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	from_place_id BIGINT NOT NULL REFERENCES place (id),
	to_place_id BIGINT NOT NULL REFERENCES place (id),
	transit_place_id BIGINT REFERENCES place (id),
	request_id BIGINT REFERENCES request (id),
	tote_code TEXT NOT NULL UNIQUE, -- on the tote's label
	seal_no TEXT                 -- 封签号
);
CREATE INDEX shipment_by_request ON shipment (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX shipment_on_road ON shipment (transit_place_id) WHERE transit_place_id IS NOT NULL;
-- @site_owned
CREATE TABLE shipment_line (
	id BIGINT NOT NULL PRIMARY KEY,
	shipment_id BIGINT NOT NULL REFERENCES shipment (id),
	n BIGINT NOT NULL,
	request_line_id BIGINT,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL CHECK (units > 0),
	unmet_units BIGINT NOT NULL
);
CREATE INDEX shipment_line_by_shipment ON shipment_line (shipment_id, n);
-- The batches chosen for a line (FEFO), with what became of them.
-- @site_owned
CREATE TABLE shipment_allocation (
	id BIGINT NOT NULL PRIMARY KEY,
	shipment_id BIGINT NOT NULL REFERENCES shipment (id),
	line_id BIGINT NOT NULL REFERENCES shipment_line (id),
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL CHECK (units > 0),
	picked_units BIGINT NOT NULL CHECK (picked_units >= 0 AND picked_units <= units),
	received_units BIGINT NOT NULL CHECK (received_units >= 0 AND received_units <= picked_units)
);
CREATE INDEX shipment_allocation_by_shipment ON shipment_allocation (shipment_id, line_id);
-- Batches that FEFO passed over, and why.
-- @site_owned
CREATE TABLE shipment_passed_over (
	id BIGINT NOT NULL PRIMARY KEY,
	shipment_id BIGINT NOT NULL REFERENCES shipment (id),
	line_id BIGINT NOT NULL,
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL,
	reason TEXT NOT NULL         -- expired, held, reserved, pending, rejected
);
CREATE INDEX shipment_passed_over_by_line ON shipment_passed_over (shipment_id, line_id);
-- @site_owned
CREATE TABLE shipment_pack (
	shipment_id BIGINT NOT NULL,
	pack_id BIGINT NOT NULL,
	allocation_id BIGINT NOT NULL,
	received BIGINT NOT NULL,    -- 1: scanned by the receiver
	PRIMARY KEY (shipment_id, pack_id)
);
CREATE INDEX shipment_pack_by_pack ON shipment_pack (pack_id);

-- 差异: what a receiver did not get as sent; a task for the sender. The goods stay on the road until it is resolved.
-- @site_owned
CREATE TABLE discrepancy (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	shipment_id BIGINT NOT NULL REFERENCES shipment (id),
	allocation_id BIGINT NOT NULL,
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	place_id BIGINT NOT NULL REFERENCES place (id), -- where the goods are kept on the books
	units BIGINT NOT NULL CHECK (units > 0),
	reason TEXT NOT NULL,        -- short, damaged, wrong, warm
	outcome TEXT
);
CREATE INDEX discrepancy_by_shipment ON discrepancy (shipment_id);

-- 库存登记: opening stock, usage, losses, finds, returns from patients.
-- @site_owned
CREATE TABLE adjustment (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	reason TEXT NOT NULL
);
-- @site_owned
CREATE TABLE adjustment_line (
	id BIGINT NOT NULL PRIMARY KEY,
	adjustment_id BIGINT NOT NULL REFERENCES adjustment (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL CHECK (units > 0)
);
CREATE INDEX adjustment_line_by_adjustment ON adjustment_line (adjustment_id, n);

-- 缺药登记
-- @site_owned
CREATE TABLE shortage (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	product_id BIGINT REFERENCES product (id),
	drug_text TEXT,              -- where the catalogue has no such product
	units BIGINT NOT NULL CHECK (units > 0),
	unit_name TEXT,
	needed_ymd BIGINT,
	urgency TEXT NOT NULL,       -- normal, urgent, critical
	reason TEXT NOT NULL,        -- not_in_list, out_of_stock, supplier_out, new_need
	patient_name TEXT,
	patient_phone TEXT,
	due_at_ms BIGINT NOT NULL,   -- deadline of the present state
	open BIGINT NOT NULL
);
CREATE INDEX shortage_open ON shortage (due_at_ms) WHERE open = 1;
