-- Cold chain: sensors, readings, alarms. Readings come from gateways, are never changed and never imported backwards.

-- @site_owned
CREATE TABLE sensor (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	site_id BIGINT NOT NULL REFERENCES site (id),
	place_id BIGINT REFERENCES place (id),
	profile TEXT NOT NULL,       -- devices/profiles
	low_c100 BIGINT NOT NULL,    -- limits; the limit itself is inside
	high_c100 BIGINT NOT NULL,
	delay_s BIGINT NOT NULL,     -- how long beyond a limit before the alarm
	silence_s BIGINT NOT NULL,   -- how long without a reading before the alarm
	judge BYTES,                 -- the judge's own state (devices/coldchain.h), versioned by its size
	last_at_ms BIGINT,           -- of the last answer, right or wrong: the instant of the reading
	last_c100 BIGINT,
	last_rh_c100 BIGINT,
	last_status TEXT,
	heard_at_ms BIGINT           -- when that answer reached us; later where a gateway catches up
);
CREATE INDEX sensor_by_site ON sensor (site_id, id);

-- @clustered
-- @site_owned
CREATE TABLE reading (
	sensor_id BIGINT NOT NULL REFERENCES sensor (id),
	at_ms BIGINT NOT NULL,
	temp_c100 BIGINT,            -- NULL: the probe did not answer or was faulty
	rh_c100 BIGINT,
	status TEXT NOT NULL,        -- ok, silent, fault
	PRIMARY KEY (sensor_id, at_ms)
);
-- @append_only reading

-- How far a gateway's spool has been taken, so that a repeated batch counts once.
-- @clustered
CREATE TABLE gateway_cursor (
	gateway TEXT NOT NULL PRIMARY KEY,
	seq BIGINT NOT NULL,
	at_ms BIGINT NOT NULL
);

-- @site_owned
CREATE TABLE alarm (
	id BIGINT NOT NULL PRIMARY KEY,
	sensor_id BIGINT NOT NULL REFERENCES sensor (id),
	site_id BIGINT NOT NULL REFERENCES site (id),
	kind TEXT NOT NULL,          -- excursion_high, excursion_low, silence, sensor_fault
	state TEXT NOT NULL,         -- active, returned, acknowledged, closed
	opened_at_ms BIGINT NOT NULL,
	returned_at_ms BIGINT,
	peak_c100 BIGINT,
	acknowledged_at_ms BIGINT,
	acknowledged_by BIGINT,
	cause TEXT
);
CREATE INDEX alarm_by_site ON alarm (site_id, id);
CREATE INDEX alarm_open ON alarm (sensor_id, kind) WHERE state IN ('active', 'acknowledged') AND returned_at_ms IS NULL;
CREATE INDEX alarm_by_sensor ON alarm (sensor_id, id);
CREATE INDEX alarm_unclosed ON alarm (sensor_id, id) WHERE state <> 'closed';
