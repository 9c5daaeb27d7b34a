-- The IPv6 prefix of a static address is given with it: told at sign-in, and kept beside the connection, where every read of an
-- account finds it. What routers told of sessions is found by when they ended.
ALTER TABLE static_ip ADD COLUMN prefix TEXT;
UPDATE static_ip SET prefix = (SELECT p.ipv6_prefix FROM ip_address p WHERE p.address = static_ip.address);
CREATE INDEX network_session_ended ON network_session (stopped_at) WHERE stopped_at IS NOT NULL;

-- Kinds of routers that are told the address are told the prefix, in the words all of them know.
INSERT INTO router_line (kind, access, position, attribute, op, value)
SELECT kind, access, MAX(position) + 1, 'Delegated-IPv6-Prefix', ':=', '{prefix}' FROM router_line
WHERE access = 'open' AND kind IN ('mikrotik', 'accel-ppp', 'cisco', 'juniper')
GROUP BY kind, access HAVING MAX(CASE attribute WHEN 'Framed-IP-Address' THEN 1 ELSE 0 END) = 1;

-- The views of 0025 once more, with the prefix.
CREATE OR REPLACE VIEW radius.profile AS
SELECT s.account_id, s.username, s.access, s.at, p.generation, p.down_kbit, p.up_kbit, p.address, p.next_change, p.prefix
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
           )::timestamp AT TIME ZONE 'Europe/Kyiv') AS next_change,
           CASE WHEN s.access = 'open' AND i.connected_on <= s.today AND (i.serves_until IS NULL OR i.serves_until >= s.today)
               THEN i.prefix END AS prefix
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

-- `kind` is empty for what every router is told.
CREATE OR REPLACE VIEW radius.reply AS
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
           replace(replace(replace(replace(replace(replace(replace(replace(l.value,
               '{down_kbit}', p.down_kbit::text),
               '{up_kbit}', p.up_kbit::text),
               '{down_bit}', (p.down_kbit * 1000)::text),
               '{up_bit}', (p.up_kbit * 1000)::text),
               '{down_rate}', CASE p.down_kbit % 1000 WHEN 0 THEN p.down_kbit / 1000 || 'M' ELSE p.down_kbit || 'k' END),
               '{up_rate}', CASE p.up_kbit % 1000 WHEN 0 THEN p.up_kbit / 1000 || 'M' ELSE p.up_kbit || 'k' END),
               '{ip}', COALESCE(p.address, '')),
               '{prefix}', COALESCE(p.prefix, '')),
           l.kind
    FROM router_line l
    WHERE l.access = p.access AND (p.address IS NOT NULL OR l.value NOT LIKE '%{ip}%')
        AND (p.prefix IS NOT NULL OR l.value NOT LIKE '%{prefix}%') AND l.value NOT LIKE '%{pool}%'
) r;
