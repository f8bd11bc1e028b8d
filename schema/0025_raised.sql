-- A listed price above the one before it is told where it matters; an agreed price belongs to the supplier whose quote was chosen.

ALTER TABLE price ADD COLUMN raised_from BIGINT;  -- of a listed price: the one before it, where that was lower
ALTER TABLE price ADD COLUMN supplier_id BIGINT;  -- of an agreed price: whose quote it is; NULL: anybody's
UPDATE price SET raised_from = (SELECT b.id FROM price b WHERE b.product_id = price.product_id AND b.kind = 'listed'
	AND b.closed_by = price.id AND b.price_e4 * price.units_per_pack < price.price_e4 * b.units_per_pack LIMIT 1)
	WHERE kind = 'listed' AND id IN (SELECT closed_by FROM price WHERE closed_by IS NOT NULL);
UPDATE price SET supplier_id = (SELECT q.supplier_id FROM negotiation_line l
	JOIN negotiation n ON n.id = l.negotiation_id AND n.from_ymd = price.from_ymd
	JOIN document d ON d.id = n.id AND d.state = 'executed'
	JOIN negotiation_quote q ON q.line_id = l.id AND q.chosen = 1 AND q.price_e4 = price.price_e4
	WHERE l.product_id = price.product_id ORDER BY n.id DESC LIMIT 1) WHERE kind = 'agreed';
CREATE INDEX price_raised ON price (at_ms, id) WHERE raised_from IS NOT NULL;
