-- What FreeRADIUS reads and writes (deploy/freeradius): views computed at the instant of the question, so that a Turbo ends
-- and a pause begins with no program awake. Column names are those of rlm_sql. The same rules stand in
-- `core::network::profile`; a test holds both equal.
CREATE SCHEMA radius;

-- The one place that asks what time it is.
CREATE VIEW radius.clock AS SELECT now() AS at;

-- Who may sign in somewhere, and whether they are served, sent to the cabinet alone, or refused. `OFFSET 0` keeps what is
-- computed once from being written into every place that reads it: FreeRADIUS has each question planned anew, and planning
-- would cost more than reading.
CREATE VIEW radius.standing AS
SELECT l.username, l.secret, f.account_id, f.access, f.at, f.today, f.day_change
FROM network_login l
CROSS JOIN LATERAL (
    SELECT a.id AS account_id, d.at, d.today,
           CASE
               WHEN a.closed_on <= d.today OR a.opened_on > d.today THEN 'off'
               WHEN a.suspended_since IS NOT NULL OR a.blocked_since IS NOT NULL
                   OR (a.pause_from <= d.today AND d.today <= a.pause_until) THEN 'garden'
               ELSE 'open'
           END AS access,
           LEAST(
               CASE WHEN a.closed_on > d.today THEN a.closed_on END,
               CASE WHEN a.pause_from > d.today THEN a.pause_from END,
               CASE WHEN a.pause_from <= d.today AND a.pause_until >= d.today THEN a.pause_until + 1 END
           ) AS day_change
    FROM (SELECT at, (at AT TIME ZONE 'Europe/Kyiv')::date AS today FROM radius.clock OFFSET 0) d
    JOIN account a ON a.id = l.account_id
    OFFSET 0
) f;

-- What each of them gets, and when that changes by itself.
CREATE VIEW radius.profile AS
SELECT s.account_id, s.username, s.access, s.at, p.generation, p.down_kbit, p.up_kbit, p.address, p.next_change
FROM radius.standing s
CROSS JOIN LATERAL (
    SELECT COALESCE(n.generation, 0) AS generation,
           CASE s.access WHEN 'open' THEN GREATEST(t.down_mbps, o.down_mbps) * 1000 ELSE 1000 END AS down_kbit,
           CASE s.access WHEN 'open' THEN GREATEST(t.up_mbps, o.up_mbps) * 1000 ELSE 1000 END AS up_kbit,
           CASE WHEN s.access = 'open' AND i.connected_on <= s.today AND (i.serves_until IS NULL OR i.serves_until >= s.today)
               THEN i.address END AS address,
           LEAST(o.change, LEAST(
               s.day_change,
               CASE WHEN c.planned_on > s.today THEN c.planned_on END,
               CASE WHEN i.serves_until >= s.today THEN i.serves_until + 1 END
           )::timestamp AT TIME ZONE 'Europe/Kyiv') AS next_change
    FROM service c
    JOIN tariff t ON t.code = CASE WHEN c.planned_on <= s.today THEN c.planned_tariff ELSE c.tariff_code END
    LEFT JOIN static_ip i ON i.account_id = s.account_id
    LEFT JOIN network_state n ON n.account_id = s.account_id
    CROSS JOIN LATERAL (
        SELECT MAX(r.down_mbps) FILTER (WHERE r.starts_at <= s.at) AS down_mbps,
               MAX(r.up_mbps) FILTER (WHERE r.starts_at <= s.at) AS up_mbps,
               MIN(CASE WHEN r.starts_at > s.at THEN r.starts_at ELSE r.ends_at END) AS change
        FROM turbo_run r WHERE r.account_id = s.account_id AND r.ends_at > s.at
    ) o
    WHERE c.account_id = s.account_id
    OFFSET 0
) p
WHERE s.access <> 'off';

CREATE VIEW radius.radcheck AS
SELECT 1 AS id, username,
       CASE access WHEN 'off' THEN 'Auth-Type' ELSE 'Cleartext-Password' END AS attribute,
       ':='::text AS op,
       CASE access WHEN 'off' THEN 'Reject' ELSE secret END AS value
FROM radius.standing;

-- `kind` is empty for what every router is told. Sessions that end by themselves at one instant are spread over a minute.
CREATE VIEW radius.reply AS
SELECT r.id, p.username, r.attribute, r.op, r.value, r.kind
FROM radius.profile p
CROSS JOIN LATERAL (
    SELECT 1 AS id, 'Class'::text AS attribute, ':='::text AS op, 'g' || p.generation AS value, NULL::text AS kind
    UNION ALL
    SELECT 2, 'Session-Timeout', ':=',
           GREATEST(60, CEIL(EXTRACT(EPOCH FROM p.next_change - p.at)) + get_byte(uuid_send(p.account_id), 15) % 61)::bigint::text,
           NULL
    WHERE p.next_change IS NOT NULL
    UNION ALL
    SELECT 10 + l.position, l.attribute, l.op,
           replace(replace(replace(replace(replace(replace(replace(l.value,
               '{down_kbit}', p.down_kbit::text),
               '{up_kbit}', p.up_kbit::text),
               '{down_bit}', (p.down_kbit * 1000)::text),
               '{up_bit}', (p.up_kbit * 1000)::text),
               '{down_rate}', CASE p.down_kbit % 1000 WHEN 0 THEN p.down_kbit / 1000 || 'M' ELSE p.down_kbit || 'k' END),
               '{up_rate}', CASE p.up_kbit % 1000 WHEN 0 THEN p.up_kbit / 1000 || 'M' ELSE p.up_kbit || 'k' END),
               '{ip}', COALESCE(p.address, '')),
           l.kind
    FROM router_line l
    WHERE l.access = p.access AND (p.address IS NOT NULL OR l.value NOT LIKE '%{ip}%') AND l.value NOT LIKE '%{pool}%'
) r;

-- The same for FreeRADIUS, which has each question planned anew: the plan of this one, which takes longer than its answer, is
-- kept by the connection.
CREATE FUNCTION radius.reply_of(login text)
RETURNS TABLE (id bigint, attribute text, op text, value text, kind text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5 AS $$
BEGIN
    RETURN QUERY SELECT r.id::bigint, r.attribute, r.op, r.value, r.kind FROM radius.reply r WHERE r.username = login;
END
$$;
REVOKE ALL ON FUNCTION radius.reply_of(text) FROM PUBLIC;

CREATE VIEW radius.radreply AS
SELECT r.id, l.username, r.attribute, r.op, r.value, r.kind
FROM network_login l
CROSS JOIN LATERAL radius.reply_of(l.username) r;

CREATE VIEW radius.radusergroup AS
SELECT 1 AS id, username, access AS groupname, 1 AS priority FROM radius.standing WHERE access <> 'off';

-- Routers tell of each session every five minutes.
CREATE VIEW radius.radgroupreply AS
SELECT id, groupname, 'Acct-Interim-Interval'::text AS attribute, ':='::text AS op, '300'::text AS value
FROM (VALUES (1, 'open'), (2, 'garden')) AS g (id, groupname);

CREATE VIEW radius.radgroupcheck AS
SELECT id, groupname, attribute, op, value FROM radius.radgroupreply WHERE FALSE;

CREATE VIEW radius.nas AS
SELECT row_number() OVER (ORDER BY name) AS id, address AS nasname, name AS shortname, kind AS type, NULL::bigint AS ports, secret,
       NULL::text AS server, NULL::text AS community, name AS description
FROM router;

-- Accounting is written through this view into the table that the cabinet reads.
CREATE VIEW radius.radacct AS
SELECT id AS acctuniqueid, session AS acctsessionid, username, router AS nasipaddress, port AS nasportid,
       address AS framedipaddress, caller AS callingstationid, class, started_at AS acctstarttime,
       updated_at AS acctupdatetime, stopped_at AS acctstoptime, seconds AS acctsessiontime,
       input_octets AS acctinputoctets, output_octets AS acctoutputoctets, ended AS acctterminatecause
FROM network_session;

-- Whose a session is: the role that writes them may not ask.
CREATE FUNCTION radius.know_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.account_id IS NULL THEN
        NEW.account_id := (SELECT l.account_id FROM network_login l WHERE l.username = NEW.username);
    END IF;
    RETURN NEW;
END
$$;
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION radius.know_account() SET search_path = %I, pg_temp', current_schema());
END
$$;
CREATE TRIGGER network_session_is_somebodys BEFORE INSERT ON network_session
    FOR EACH ROW EXECUTE FUNCTION radius.know_account();

-- Two roles for FreeRADIUS: one reads the views, one writes accounting; neither sees a table. Roles are the cluster's: where
-- this program may not make them, or a book was restored elsewhere, its administrator does and calls radius.admit().
CREATE FUNCTION radius.admit() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'radius_ro') THEN
        GRANT USAGE ON SCHEMA radius TO radius_ro;
        GRANT SELECT ON radius.radcheck, radius.radreply, radius.radusergroup, radius.radgroupreply, radius.radgroupcheck, radius.nas
            TO radius_ro;
        GRANT EXECUTE ON FUNCTION radius.reply_of(text) TO radius_ro;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'radius_acct') THEN
        GRANT USAGE ON SCHEMA radius TO radius_acct;
        GRANT SELECT, INSERT, UPDATE ON radius.radacct TO radius_acct;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION radius.admit() FROM PUBLIC;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['radius_ro', 'radius_acct'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$$;
SELECT radius.admit();
