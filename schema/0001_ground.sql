-- The ground of every store: who, where, documents and their seals.
-- Types: BIGINT (also money, time, booleans as 0/1), TEXT, BYTES. `_at_ms` = UTC milliseconds, `_ymd` = yyyymmdd in China.
-- Ids are made by the program. Directives `-- @…` are turned into the engine's own words by core/store_*.c.

-- Facts about this store: code, name, made_at_ms, demo seed.
-- @clustered
CREATE TABLE store_info (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

-- One row each time a writer opens the store: the node number inside the ids it makes.
-- @clustered
CREATE TABLE node_lease (
	lease BIGINT NOT NULL PRIMARY KEY,
	node BIGINT NOT NULL,
	taken_at_ms BIGINT NOT NULL
);

-- The last running number of a document prefix on a day (单号).
-- @clustered
CREATE TABLE number_counter (
	prefix TEXT NOT NULL,
	ymd BIGINT NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (prefix, ymd)
);

-- 机构: the lead hospital, township hospitals, village clinics, as a tree with one root.
CREATE TABLE site (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,          -- lead, township, clinic
	parent_id BIGINT REFERENCES site (id), -- NULL only for the lead
	inhabitants BIGINT NOT NULL  -- people served, for demand
);

-- The closure of the tree: each site with itself and everything above it. Kept by core/people.c.
-- @clustered
CREATE TABLE site_above (
	site_id BIGINT NOT NULL REFERENCES site (id),
	above_id BIGINT NOT NULL REFERENCES site (id),
	PRIMARY KEY (site_id, above_id)
);

-- Where goods can be. Inside places are depots (库房) and shipments on the road (在途); the outside (supplier, patient,
-- loss, found, opening) exists once each and holds no balance.
CREATE TABLE place (
	id BIGINT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,          -- depot, transit, supplier, patient, loss, found, opening
	site_id BIGINT REFERENCES site (id), -- depots: the owner; all others NULL
	code TEXT NOT NULL,          -- depots: unique within the site
	name TEXT NOT NULL,
	depot_kind TEXT              -- store, outpatient, inpatient, herbal, ward, trolley
);
CREATE UNIQUE INDEX place_of_site ON place (site_id, code);

-- Accounts. A user works for one site and everything below it.
CREATE TABLE app_user (
	id BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	display_name TEXT NOT NULL,
	password_hash TEXT NOT NULL, -- argon2id
	root_site_id BIGINT NOT NULL REFERENCES site (id),
	made_at_ms BIGINT NOT NULL,
	disabled_at_ms BIGINT
);

-- @clustered
CREATE TABLE user_role (
	user_id BIGINT NOT NULL REFERENCES app_user (id),
	role TEXT NOT NULL,
	PRIMARY KEY (user_id, role)
);

-- The closed set of sites a user may see: his own and all below. Kept by core/people.c.
-- @clustered
CREATE TABLE user_site (
	user_id BIGINT NOT NULL REFERENCES app_user (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	PRIMARY KEY (user_id, site_id)
);
CREATE INDEX user_site_by_site ON user_site (site_id);

-- The depots of those sites, so that lists by place read in key order. Kept by core/people.c.
-- @clustered
CREATE TABLE user_place (
	user_id BIGINT NOT NULL REFERENCES app_user (id),
	place_id BIGINT NOT NULL REFERENCES place (id),
	PRIMARY KEY (user_id, place_id)
);
CREATE INDEX user_place_by_place ON user_place (place_id);

-- Open sessions; only the hash of the token is kept.
-- @clustered
CREATE TABLE session (
	token_hash BYTES NOT NULL PRIMARY KEY,
	user_id BIGINT NOT NULL REFERENCES app_user (id),
	made_at_ms BIGINT NOT NULL,
	ends_at_ms BIGINT NOT NULL
);
CREATE INDEX session_by_user ON session (user_id, made_at_ms);

-- The first answer to each write, by user and key, kept at least 90 days.
-- @clustered
CREATE TABLE idempotency (
	user_id BIGINT NOT NULL,
	key TEXT NOT NULL,
	fingerprint BYTES NOT NULL, -- SHA-256 of method, path and body
	http BIGINT NOT NULL,
	answer TEXT NOT NULL,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_by_age ON idempotency (at_ms);

-- What changed, in commit order, for the event stream; kept 7 days. site_id NULL: everybody may know.
-- @clustered
-- @site_owned
CREATE TABLE change (
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	topic TEXT NOT NULL,
	site_id BIGINT,
	other_site_id BIGINT,
	ref BIGINT,
	at_ms BIGINT NOT NULL,
	PRIMARY KEY (seq, n)
);

-- One entry per write: who did what, sealed over the ledger, document-event and pack-event rows of that write and over
-- the entry before it (core/audit.c). The head of the chain is printed elsewhere, so that a cut tail shows too.
-- @clustered
CREATE TABLE audit (
	seq BIGINT NOT NULL PRIMARY KEY,
	node BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	user_id BIGINT,
	action TEXT NOT NULL,
	ref_id BIGINT,
	request_id TEXT,
	row_count BIGINT NOT NULL,
	rows_hash BYTES NOT NULL,
	seal_version BIGINT NOT NULL,
	previous_hash BYTES NOT NULL,
	hash BYTES NOT NULL
);
-- @append_only audit

-- Refused writes that must stay on record (over ceiling, expired licence, double code …).
-- @site_owned
CREATE TABLE refusal (
	id BIGINT NOT NULL PRIMARY KEY,
	at_ms BIGINT NOT NULL,
	user_id BIGINT,
	site_id BIGINT REFERENCES site (id),
	action TEXT NOT NULL,
	code TEXT NOT NULL,
	detail TEXT NOT NULL,
	seq BIGINT NOT NULL
);
-- @append_only refusal

-- Kinds of documents, their states and steps; filled from the program's tables at start.
-- @clustered
CREATE TABLE document_state (
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	title TEXT NOT NULL,
	PRIMARY KEY (kind, state)
);

-- @clustered
CREATE TABLE document_step (
	kind TEXT NOT NULL,
	from_state TEXT NOT NULL,
	action TEXT NOT NULL,
	to_state TEXT NOT NULL,
	PRIMARY KEY (kind, from_state, to_state, action)
);

-- The head that all documents (单据) share; each kind has a table of its own with the same id.
-- @site_owned
CREATE TABLE document (
	id BIGINT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	number TEXT NOT NULL UNIQUE, -- 单号
	state TEXT NOT NULL,
	version BIGINT NOT NULL,
	from_site_id BIGINT REFERENCES site (id),
	to_site_id BIGINT REFERENCES site (id),
	reference TEXT,              -- 外部单号
	note TEXT,
	made_at_ms BIGINT NOT NULL,
	made_by BIGINT NOT NULL,
	FOREIGN KEY (kind, state) REFERENCES document_state (kind, state)
);
CREATE INDEX document_by_reference ON document (reference, id) WHERE reference IS NOT NULL;
-- @steps document

-- Who sees a document: its sites and everything above them. Lists read it newest first.
-- @clustered
CREATE TABLE document_scope (
	site_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	document_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (site_id, kind, document_id)
);
CREATE INDEX document_scope_by_state ON document_scope (site_id, kind, state, document_id);
CREATE INDEX document_scope_by_document ON document_scope (document_id);

-- What happened to a document, one row per step or edit; sealed.
-- @clustered
-- @site_owned
CREATE TABLE document_event (
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	document_id BIGINT NOT NULL REFERENCES document (id),
	action TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	version BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	note TEXT,
	PRIMARY KEY (seq, n)
);
CREATE INDEX document_event_by_document ON document_event (document_id, seq, n);
-- @append_only document_event

-- Documents that belong together (order and receipt, request and shipment …); stored both ways.
-- @clustered
-- @site_owned
CREATE TABLE document_link (
	document_id BIGINT NOT NULL REFERENCES document (id),
	other_id BIGINT NOT NULL REFERENCES document (id),
	PRIMARY KEY (document_id, other_id)
);
