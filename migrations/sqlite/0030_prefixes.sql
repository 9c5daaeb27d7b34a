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
