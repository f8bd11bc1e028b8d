-- Settlement: invoices of both legs (两票制), what is owed and paid, the money ledger, the depots' monthly books.

-- Settings of settlement with the day from which they hold; the newest begun one counts (warehouse/settlement/setting.c).
-- @clustered
CREATE TABLE settle_setting (
	name TEXT NOT NULL,
	from_ymd BIGINT NOT NULL,
	value BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	by_user BIGINT,
	PRIMARY KEY (name, from_ymd)
);

-- Remote places for which one more invoice (加开一票) was approved and published.
CREATE TABLE remote_approval (
	id BIGINT NOT NULL PRIMARY KEY,
	site_id BIGINT NOT NULL REFERENCES site (id),
	paper TEXT NOT NULL,         -- 批准文号
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,               -- last day; NULL: open
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL
);
CREATE INDEX remote_approval_by_site ON remote_approval (site_id, from_ymd);

-- The money ledger: debit positive, credit negative; each write balances within every site. Never changed, sealed.
-- @clustered
-- @site_owned
CREATE TABLE money_entry (
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	site_id BIGINT NOT NULL REFERENCES site (id),
	account TEXT NOT NULL,       -- see money_accounts in warehouse/settlement/money.c
	supplier_id BIGINT,          -- of payable and estimated
	other_site_id BIGINT,        -- of internal: the other side
	amount_fen BIGINT NOT NULL,
	document_id BIGINT NOT NULL REFERENCES document (id),
	line_id BIGINT,
	reason TEXT NOT NULL,
	ymd BIGINT NOT NULL,         -- booked on
	paper_ymd BIGINT NOT NULL,   -- the date on the paper
	late BIGINT NOT NULL,        -- 1: that date lay in a month that was closed already
	at_ms BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	PRIMARY KEY (seq, n)
);
CREATE INDEX money_entry_by_document ON money_entry (document_id, seq, n);
CREATE INDEX money_entry_by_site ON money_entry (site_id, account, ymd, seq, n);
CREATE INDEX money_entry_by_supplier ON money_entry (supplier_id, account, ymd, seq, n) WHERE supplier_id IS NOT NULL;
-- @append_only money_entry

-- The ledger by site, account, party and month; written with it and nowhere else. supplier_id, other_site_id 0: none.
-- @clustered
-- @site_owned
CREATE TABLE money_month (
	site_id BIGINT NOT NULL,
	account TEXT NOT NULL,
	supplier_id BIGINT NOT NULL,
	other_site_id BIGINT NOT NULL,
	month BIGINT NOT NULL,       -- yyyymm of the booking
	amount_fen BIGINT NOT NULL,
	PRIMARY KEY (site_id, account, supplier_id, other_site_id, month)
);
-- The same without months: what stands today.
-- @clustered
-- @site_owned
CREATE TABLE money_balance (
	site_id BIGINT NOT NULL,
	account TEXT NOT NULL,
	account_no BIGINT NOT NULL,  -- the same as a number, for paging
	supplier_id BIGINT NOT NULL,
	other_site_id BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	PRIMARY KEY (site_id, account_no, supplier_id, other_site_id)
);

-- 应付: one row for each accepted receipt line; it arises when the line is posted and is owed by the line's payer.
-- @site_owned
CREATE TABLE payable (
	id BIGINT NOT NULL PRIMARY KEY,
	receipt_line_id BIGINT NOT NULL UNIQUE REFERENCES receipt_line (id),
	receipt_id BIGINT NOT NULL REFERENCES receipt (id),
	order_line_id BIGINT NOT NULL REFERENCES order_line (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	site_id BIGINT NOT NULL REFERENCES site (id),       -- who pays
	owner_site_id BIGINT NOT NULL REFERENCES site (id), -- whose goods they are
	product_id BIGINT NOT NULL REFERENCES product (id),
	batch_id BIGINT NOT NULL REFERENCES batch (id),
	units BIGINT NOT NULL CHECK (units > 0),
	price_e4 BIGINT NOT NULL,
	units_per_pack BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,  -- at the order's price
	accepted_ymd BIGINT NOT NULL,
	month BIGINT NOT NULL,       -- yyyymm of it
	due_ymd BIGINT NOT NULL,
	fund BIGINT NOT NULL,        -- 1: 集采 goods that the insurance fund pays directly
	leg1_units BIGINT NOT NULL,  -- proven by invoices maker → distributor
	leg3_units BIGINT NOT NULL,  -- by the extra invoice
	extra BIGINT NOT NULL,       -- 1: its first leg names another buyer, so the extra invoice is needed
	proven BIGINT NOT NULL,      -- 1: every leg is there for all units
	returned_units BIGINT NOT NULL CHECK (returned_units >= 0), -- gone back to the supplier by a red invoice
	invoiced_units BIGINT NOT NULL CHECK (invoiced_units >= 0 AND invoiced_units + returned_units <= units),
	invoiced_fen BIGINT NOT NULL,
	estimated_fen BIGINT NOT NULL, -- 暂估 that stands
	estimate_id BIGINT,
	held_fen BIGINT NOT NULL,    -- in payments under way
	paid_fen BIGINT NOT NULL,
	open BIGINT NOT NULL         -- 1: units without invoice, or invoiced and not paid
);
CREATE INDEX payable_by_supplier ON payable (supplier_id, month, id);
CREATE INDEX payable_by_product ON payable (product_id, month, id);
CREATE INDEX payable_by_batch ON payable (batch_id);
CREATE INDEX payable_by_receipt ON payable (receipt_id, id);
CREATE INDEX payable_open ON payable (supplier_id, product_id, id) WHERE open = 1;
CREATE INDEX payable_due ON payable (due_ymd, id) WHERE open = 1;
CREATE INDEX payable_not_invoiced ON payable (id) WHERE invoiced_units + returned_units < units;
CREATE INDEX payable_unproven ON payable (id) WHERE proven = 0;
CREATE INDEX payable_to_prove ON payable (supplier_id, product_id, id) WHERE proven = 0;
CREATE INDEX payable_by_site ON payable (site_id, id);

-- 两票 proof: accepted lines and proven ones, by payer, supplier and month of acceptance. Kept with table payable.
-- @clustered
-- @site_owned
CREATE TABLE proof_month (
	month BIGINT NOT NULL,
	supplier_id BIGINT NOT NULL,
	site_id BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	proven BIGINT NOT NULL,
	PRIMARY KEY (month, supplier_id, site_id)
);

-- 发票
-- @site_owned
CREATE TABLE invoice (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	invoice_no TEXT NOT NULL UNIQUE, -- 数电票, 20 digits
	leg BIGINT NOT NULL CHECK (leg IN (1, 2, 3)), -- 1 maker → distributor, 2 distributor → us, 3 the extra one
	supplier_id BIGINT NOT NULL REFERENCES supplier (id), -- whose delivery to us it proves
	issuer TEXT NOT NULL,
	buyer TEXT NOT NULL,
	issued_ymd BIGINT NOT NULL,
	net_fen BIGINT NOT NULL,
	tax_fen BIGINT NOT NULL,
	gross_fen BIGINT NOT NULL,   -- negative: 红字发票
	red_of BIGINT REFERENCES invoice (id),
	red_kind TEXT,               -- correct (错票), return (退货), allowance (补差); NULL: not red
	line_count BIGINT NOT NULL
);
CREATE INDEX invoice_by_supplier ON invoice (supplier_id, id);
CREATE INDEX invoice_red_of ON invoice (red_of) WHERE red_of IS NOT NULL;
-- @site_owned
CREATE TABLE invoice_line (
	id BIGINT NOT NULL PRIMARY KEY,
	invoice_id BIGINT NOT NULL REFERENCES invoice (id),
	n BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	lot TEXT,
	receipt_line_id BIGINT REFERENCES receipt_line (id), -- NULL: found by product and lot
	units BIGINT NOT NULL,       -- negative: returned; 0 of a red invoice: 补差
	price_e4 BIGINT NOT NULL,    -- with tax
	units_per_pack BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL   -- with tax
);
CREATE INDEX invoice_line_by_invoice ON invoice_line (invoice_id, n);
-- Which part of an invoice line pays for (or proves) which part of a receipt line. left_…: not yet taken back by red invoices.
-- @site_owned
CREATE TABLE invoice_match (
	id BIGINT NOT NULL PRIMARY KEY,
	invoice_id BIGINT NOT NULL REFERENCES invoice (id),
	invoice_line_id BIGINT NOT NULL REFERENCES invoice_line (id),
	payable_id BIGINT NOT NULL REFERENCES payable (id),
	leg BIGINT NOT NULL,
	units BIGINT NOT NULL,
	expected_fen BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	left_units BIGINT NOT NULL CHECK (left_units >= 0),
	left_fen BIGINT NOT NULL
);
CREATE INDEX invoice_match_by_invoice ON invoice_match (invoice_id, id);
CREATE INDEX invoice_match_by_line ON invoice_match (invoice_line_id);
CREATE INDEX invoice_match_by_payable ON invoice_match (payable_id, id);

-- 暂估入库 of a month: one row for each estimate that was booked.
-- @site_owned
CREATE TABLE estimate (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	to_ymd BIGINT NOT NULL,      -- accepted until then and without invoice
	line_count BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL
);
-- @site_owned
CREATE TABLE estimate_line (
	id BIGINT NOT NULL PRIMARY KEY,
	estimate_id BIGINT NOT NULL REFERENCES estimate (id),
	payable_id BIGINT NOT NULL REFERENCES payable (id),
	amount_fen BIGINT NOT NULL,
	reversed_by BIGINT           -- the invoice that came
);
CREATE INDEX estimate_line_by_estimate ON estimate_line (estimate_id, id);
CREATE INDEX estimate_line_by_payable ON estimate_line (payable_id, id);

-- 付款单
-- @site_owned
CREATE TABLE payment (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	supplier_id BIGINT NOT NULL REFERENCES supplier (id),
	payer_site_id BIGINT NOT NULL REFERENCES site (id), -- the one central payer
	channel TEXT NOT NULL,       -- bank, fund (医保基金直接结算)
	until_ymd BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	line_count BIGINT NOT NULL,
	paid_ymd BIGINT
);
-- @site_owned
CREATE TABLE payment_line (
	id BIGINT NOT NULL PRIMARY KEY,
	payment_id BIGINT NOT NULL REFERENCES payment (id),
	payable_id BIGINT NOT NULL REFERENCES payable (id),
	amount_fen BIGINT NOT NULL
);
CREATE INDEX payment_line_by_payment ON payment_line (payment_id, id);
CREATE INDEX payment_line_by_payable ON payment_line (payable_id);

-- What was bought in a month, for the supervisor's watch list; kept with table payable.
-- @clustered
CREATE TABLE buy_month (
	month BIGINT NOT NULL,
	product_id BIGINT NOT NULL REFERENCES product (id),
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	ceiling_lines BIGINT NOT NULL, -- bought exactly at the ceiling
	PRIMARY KEY (month, product_id)
);
CREATE INDEX buy_month_by_product ON buy_month (product_id, month);
-- The same by maker; names are texts of the catalogue, `no` makes them pageable.
CREATE TABLE buy_maker (
	no BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);
-- @clustered
CREATE TABLE buy_maker_month (
	month BIGINT NOT NULL,
	maker_no BIGINT NOT NULL REFERENCES buy_maker (no),
	amount_fen BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	PRIMARY KEY (month, maker_no)
);
CREATE INDEX product_by_drug ON product (drug_id);

-- The depots' books, built a little behind the ledger like move_card (projection 'depot_book'). Money at the batch's price,
-- a line rounded by itself; the difference to the value of the stock stands in reason 'rounding'.
-- @clustered
-- @site_owned
CREATE TABLE depot_day (
	id BIGINT NOT NULL,          -- for paging
	place_id BIGINT NOT NULL,
	ymd BIGINT NOT NULL,         -- the day of the book: after a close, the next month's first
	class TEXT NOT NULL,
	reason TEXT NOT NULL,
	way BIGINT NOT NULL,         -- 1 in, -1 out, 0 neither
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	lines BIGINT NOT NULL,
	late BIGINT NOT NULL,        -- of them booked after their own month was closed
	PRIMARY KEY (place_id, ymd, class, reason, way)
);
CREATE UNIQUE INDEX depot_day_paged ON depot_day (place_id, ymd, id);
-- Units and value of a batch at a depot as far as the books have come.
-- @clustered
-- @site_owned
CREATE TABLE depot_value (
	place_id BIGINT NOT NULL,
	batch_id BIGINT NOT NULL,
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	PRIMARY KEY (place_id, batch_id)
);
-- Goods that changed the site: an index of the ledger for the sheets of branches, from the side of site_id (out: negative).
-- @clustered
-- @site_owned
CREATE TABLE site_flow (
	site_id BIGINT NOT NULL,
	ymd BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	other_site_id BIGINT NOT NULL,
	units BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,
	settled_by BIGINT,           -- the sheet that has it
	PRIMARY KEY (site_id, ymd, seq, n)
);
CREATE INDEX site_flow_open ON site_flow (site_id, ymd, seq, n) WHERE settled_by IS NULL;

-- 月结单 of a depot
-- @site_owned
CREATE TABLE month_close (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	month BIGINT NOT NULL,       -- yyyymm of its last day
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT NOT NULL,
	current BIGINT NOT NULL,     -- 0: reopened
	close_seq BIGINT NOT NULL,   -- the write that closed it
	reopen_seq BIGINT,
	late_lines BIGINT NOT NULL   -- papers of earlier months that came into this one
);
CREATE UNIQUE INDEX month_close_once ON month_close (place_id, month) WHERE current = 1;
CREATE INDEX month_close_by_place ON month_close (place_id, to_ymd);
-- @site_owned
CREATE TABLE month_close_line (
	close_id BIGINT NOT NULL REFERENCES month_close (id),
	class TEXT NOT NULL,
	opening_units BIGINT NOT NULL,
	opening_fen BIGINT NOT NULL,
	in_units BIGINT NOT NULL,
	in_fen BIGINT NOT NULL,
	out_units BIGINT NOT NULL,   -- what left, positive
	out_fen BIGINT NOT NULL,
	count_units BIGINT NOT NULL, -- found less missing
	count_fen BIGINT NOT NULL,
	loss_units BIGINT NOT NULL,  -- positive
	loss_fen BIGINT NOT NULL,
	price_fen BIGINT NOT NULL,   -- 调价损益
	rounding_fen BIGINT NOT NULL,
	closing_units BIGINT NOT NULL,
	closing_fen BIGINT NOT NULL,
	PRIMARY KEY (close_id, class)
);

-- 结算单 of a branch or a supplier for a month
-- @site_owned
CREATE TABLE sheet (
	id BIGINT NOT NULL PRIMARY KEY REFERENCES document (id),
	kind TEXT NOT NULL,          -- branch, supplier
	party_site_id BIGINT REFERENCES site (id),
	supplier_id BIGINT REFERENCES supplier (id),
	month BIGINT NOT NULL,
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT NOT NULL,
	opening_fen BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL,  -- the sum of its rows
	closing_fen BIGINT NOT NULL,
	line_count BIGINT NOT NULL,
	current BIGINT NOT NULL      -- 0: withdrawn
);
CREATE UNIQUE INDEX sheet_of_branch ON sheet (party_site_id, month) WHERE current = 1 AND party_site_id IS NOT NULL;
CREATE UNIQUE INDEX sheet_of_supplier ON sheet (supplier_id, month) WHERE current = 1 AND supplier_id IS NOT NULL;
-- @clustered
-- @site_owned
CREATE TABLE sheet_line (
	sheet_id BIGINT NOT NULL REFERENCES sheet (id),
	n BIGINT NOT NULL,
	seq BIGINT NOT NULL,         -- of the stock ledger (branch) or the money ledger (supplier)
	entry_n BIGINT NOT NULL,
	ymd BIGINT NOT NULL,
	document_id BIGINT NOT NULL REFERENCES document (id),
	product_id BIGINT REFERENCES product (id),
	lot TEXT,
	units BIGINT,
	other_site_id BIGINT,
	reason TEXT NOT NULL,
	amount_fen BIGINT NOT NULL,
	PRIMARY KEY (sheet_id, n)
);
