-- Settlement: who proves a delivery, sheets by the sequence of the ledger, payments that came back.

-- Dated approvals about invoices (warehouse/settlement/permit.c). 'remote': a remote site may have one more invoice (加开一票);
-- 'maker': a supplier counts as a maker (视同生产企业). In force once a second person approved it, from its first day through its
-- last, until it is ended. The scan is an attachment (owner_kind remote_approval, maker_permit).
CREATE TABLE invoice_permit (
	id BIGINT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	site_id BIGINT REFERENCES site (id),         -- of a remote one
	supplier_id BIGINT REFERENCES supplier (id), -- who counts as …
	maker_id BIGINT REFERENCES maker (id),       -- … this maker
	reason TEXT,                 -- maker (itself), sales (its only sales company), import (the sole agent of imported goods)
	paper TEXT NOT NULL,         -- 批准文号, or the number of the letter
	from_ymd BIGINT NOT NULL,
	to_ymd BIGINT,               -- last day; NULL: open (never of a remote one that was approved)
	at_ms BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	approved_at_ms BIGINT,
	approved_by BIGINT,
	ended_ymd BIGINT,            -- no longer on this day
	ended_at_ms BIGINT,
	ended_by BIGINT,
	end_note TEXT
);
CREATE INDEX invoice_permit_by_site ON invoice_permit (site_id, from_ymd) WHERE site_id IS NOT NULL;
CREATE INDEX invoice_permit_by_maker ON invoice_permit (maker_id, supplier_id) WHERE maker_id IS NOT NULL;
CREATE INDEX invoice_permit_by_supplier ON invoice_permit (supplier_id, id) WHERE supplier_id IS NOT NULL;
CREATE INDEX invoice_permit_by_kind ON invoice_permit (kind, id);
-- What one person registered alone, without scan and mostly without a last day, waits for a second one. The table it was in stays as
-- it is; nothing reads it any more.
INSERT INTO invoice_permit (id, kind, site_id, paper, from_ymd, to_ymd, at_ms, by_user)
	SELECT id, 'remote', site_id, paper, from_ymd, to_ymd, at_ms, by_user FROM remote_approval;

-- Units whose invoice to us proves them alone, because its issuer counted as their maker on its day.
ALTER TABLE payable ADD COLUMN single_units BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice_match ADD COLUMN single BIGINT NOT NULL DEFAULT 0; -- 1: left_units of this row are such ones

-- 退票: the day the bank gave the money back.
ALTER TABLE payment ADD COLUMN returned_ymd BIGINT;

-- A sheet has its party's entries of the money ledger behind those of the sheet before, up to this write: whatever is booked
-- later, also on the same day, is the next sheet's.
ALTER TABLE sheet ADD COLUMN upto_seq BIGINT NOT NULL DEFAULT 0;
UPDATE sheet SET upto_seq = (SELECT min(v.seq) FROM document_event v WHERE v.document_id = sheet.id);
UPDATE sheet SET upto_seq = (SELECT min(e.seq) - 1 FROM money_entry e WHERE e.ymd > sheet.to_ymd)
	WHERE upto_seq > (SELECT min(e.seq) - 1 FROM money_entry e WHERE e.ymd > sheet.to_ymd);
CREATE INDEX money_entry_of_site ON money_entry (site_id, account, seq, n);
CREATE INDEX money_entry_of_supplier ON money_entry (supplier_id, account, seq, n) WHERE supplier_id IS NOT NULL;
