-- A static address may come with an IPv6 prefix, and no two of them with the same.
CREATE UNIQUE INDEX ip_address_prefix ON ip_address (ipv6_prefix) WHERE ipv6_prefix IS NOT NULL;

-- Who sent a file for a ticket: a message takes its own author's only.
ALTER TABLE ticket_file ADD COLUMN author TEXT NOT NULL DEFAULT 'subscriber'
    CHECK (author IN ('subscriber', 'staff'));

-- What became of a short message that its gateway took, where the gateway tells.
ALTER TABLE notice ADD COLUMN delivery TEXT CHECK (delivery IN ('delivered', 'failed'));
