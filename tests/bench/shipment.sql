-- One shipment of 20 lines as a stored procedure: the rows that the service writes for it, without HTTP, rules, seals or answers
-- to anybody. pgbench calls it; engines.py puts it into a copy of the county, behind order.sql, whose sequences it shares.
CREATE FUNCTION bench_shipment() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	s bigint := nextval('bench_seq');
	doc bigint := nextval('bench_id');
	who bigint := (SELECT id FROM app_user WHERE name = 'bench');
	home bigint := (SELECT root_site_id FROM app_user WHERE name = 'bench');
	there bigint := (SELECT id FROM site WHERE parent_id = home ORDER BY id LIMIT 1);
	from_place bigint := (SELECT id FROM place WHERE kind = 'depot' AND site_id = home ORDER BY id LIMIT 1);
	to_place bigint := (SELECT id FROM place WHERE kind = 'depot' AND site_id = there ORDER BY id LIMIT 1);
	zero bytea := decode(repeat('00', 32), 'hex');
	no bigint;
BEGIN
	INSERT INTO number_counter (prefix, ymd, last) VALUES ('PS', 20991231, 1)
		ON CONFLICT (prefix, ymd) DO UPDATE SET last = number_counter.last + 1 RETURNING last INTO no;
	INSERT INTO document (id, kind, number, state, version, from_site_id, to_site_id, made_at_ms, made_by)
		VALUES (doc, 'shipment', 'PS-20991231-' || no, 'draft', 1, home, there, 1, who);
	INSERT INTO document_scope (site_id, kind, document_id, state)
		SELECT DISTINCT above_id, 'shipment', doc, 'draft' FROM site_above WHERE site_id IN (home, there);
	INSERT INTO document_event (seq, n, document_id, action, from_state, to_state, version, at_ms, user_id)
		VALUES (s, 1, doc, 'make', '', 'draft', 1, 1, who);
	INSERT INTO change (seq, n, topic, site_id, other_site_id, ref, at_ms) VALUES (s, 1, 'shipments', home, there, doc, 1);
	INSERT INTO shipment (id, from_place_id, to_place_id, tote_code) VALUES (doc, from_place, to_place, 'T20991231' || no);
	INSERT INTO shipment_line (id, shipment_id, n, product_id, units, unmet_units)
		SELECT nextval('bench_id'), doc, row_number() OVER (), p.id, 24, 24
		FROM (SELECT id FROM product ORDER BY id OFFSET floor(random() * 300) LIMIT 20) p;
	INSERT INTO audit (seq, node, at_ms, user_id, action, ref_id, request_id, row_count, rows_hash, seal_version, previous_hash, hash)
		VALUES (s, 1, 1, who, 'shipment.make', doc, '12345', 1, zero, 1, zero, zero);
	INSERT INTO idempotency (user_id, key, fingerprint, http, answer, at_ms) VALUES (who, 'p' || s, zero, 201, repeat('x', 150), 1);
	RETURN doc;
END $$;
