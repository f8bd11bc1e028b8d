-- Imports (导入): one row for every run, and the rows of long files between their check and the day they are in force.

CREATE TABLE import_job (
	id BIGINT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,          -- warehouse/intake/intake.c
	file_name TEXT NOT NULL,
	user_id BIGINT REFERENCES app_user (id), -- NULL: a command on the machine
	state TEXT NOT NULL,         -- checking, ready, refused, indexing, applying, done, broken, dropped
	keep_good BIGINT NOT NULL,   -- 1: bad rows are left out, the others taken
	dry_run BIGINT NOT NULL,     -- 1: once checked it waits for somebody to say go
	total BIGINT NOT NULL,       -- of the phase under way: bytes of the file, rows of the index, rows
	done BIGINT NOT NULL,
	row_count BIGINT NOT NULL,   -- rows of the file
	added BIGINT NOT NULL,       -- what the check found
	changed BIGINT NOT NULL,
	unchanged BIGINT NOT NULL,
	refused_rows BIGINT NOT NULL,
	overtaken_rows BIGINT NOT NULL, -- left out at the end: somebody else changed the same thing meanwhile
	message TEXT,                -- why it is broken
	made_at_ms BIGINT NOT NULL,
	ended_at_ms BIGINT
);
CREATE INDEX import_job_by_state ON import_job (state, id);

-- Checked rows that wait: some hundred in one piece (warehouse/intake/slice.c), gone in the write that puts them in force.
CREATE TABLE import_slice (
	import_id BIGINT NOT NULL REFERENCES import_job (id),
	n BIGINT NOT NULL,
	rows BYTES NOT NULL,
	done BIGINT NOT NULL,        -- bytes of it that are in force
	PRIMARY KEY (import_id, n)
);

-- What the report says of rows: every refused one up to a bound, and the first of the others.
-- @clustered
CREATE TABLE import_row (
	import_id BIGINT NOT NULL REFERENCES import_job (id),
	outcome TEXT NOT NULL,       -- refused, added, changed, overtaken
	row_no BIGINT NOT NULL,      -- as a spreadsheet counts
	n BIGINT NOT NULL,           -- several faults in one row
	field TEXT,
	code TEXT,                   -- of core/status.def
	message TEXT NOT NULL,
	PRIMARY KEY (import_id, outcome, row_no, n)
);
CREATE INDEX import_row_by_row ON import_row (import_id, row_no, n, outcome);
