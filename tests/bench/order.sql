-- One order of 20 lines as a stored procedure: the rows that the service writes for it, without HTTP, rules, seals or answers
-- to anybody. pgbench calls it; run.py puts it into a copy of the county.
CREATE SEQUENCE bench_seq START 1000000000;
CREATE SEQUENCE bench_id START 9000000000000000;
CREATE FUNCTION bench_order() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	s bigint := nextval('bench_seq');
	doc bigint := nextval('bench_id');
	who bigint := (SELECT id FROM app_user WHERE name = 'bench');
	home bigint := (SELECT root_site_id FROM app_user WHERE name = 'bench');
	from_whom bigint := (SELECT id FROM supplier ORDER BY id LIMIT 1);
	zero bytea := decode(repeat('00', 32), 'hex');
	no bigint;
BEGIN
	INSERT INTO number_counter (prefix, ymd, last) VALUES ('CG', 20991231, 1)
		ON CONFLICT (prefix, ymd) DO UPDATE SET last = number_counter.last + 1 RETURNING last INTO no;
	INSERT INTO document (id, kind, number, state, version, from_site_id, to_site_id, made_at_ms, made_by)
		VALUES (doc, 'order', 'CG-20991231-' || no, 'draft', 1, home, home, 1, who);
	INSERT INTO document_scope (site_id, kind, document_id, state) VALUES (home, 'order', doc, 'draft');
	INSERT INTO document_event (seq, n, document_id, action, from_state, to_state, version, at_ms, user_id)
		VALUES (s, 1, doc, 'make', '', 'draft', 1, 1, who);
	INSERT INTO change (seq, n, topic, site_id, other_site_id, ref, at_ms) VALUES (s, 1, 'orders', home, home, doc, 1);
	INSERT INTO purchase_order (id, supplier_id, buyer_site_id, amount_fen, line_count) VALUES (doc, from_whom, home, 1, 20);
	INSERT INTO order_line (id, order_id, n, product_id, units, price_e4, units_per_pack, amount_fen, ceiling_e4, ceiling_price_id,
		to_site_id, owner_site_id, payer_site_id, received_units, announced_units, dropped, open)
		SELECT nextval('bench_id'), doc, row_number() OVER (), p.id, 24, 1, 1, 1, 1, 1, home, home, home, 0, 0, 0, 0
		FROM (SELECT id FROM product ORDER BY id OFFSET floor(random() * 300) LIMIT 20) p;
	INSERT INTO audit (seq, node, at_ms, user_id, action, ref_id, request_id, row_count, rows_hash, seal_version, previous_hash, hash)
		VALUES (s, 1, 1, who, 'order.make', doc, '12345', 1, zero, 1, zero, zero);
	INSERT INTO idempotency (user_id, key, fingerprint, http, answer, at_ms) VALUES (who, 'p' || s, zero, 201, repeat('x', 150), 1);
	RETURN doc;
END $$;
