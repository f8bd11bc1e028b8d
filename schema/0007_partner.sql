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
