-- Rows of a subscriber stay together: keys begin with the account. A session is found by its token alone, before anyone
-- knows whose it is, and some of the audit belongs to no account, so those two keep their own keys.
CREATE TABLE quote_kept (
    account_id UUID        NOT NULL REFERENCES account (id),
    id         UUID        NOT NULL,
    body       TEXT        NOT NULL,
    binding    TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    order_id   UUID,
    PRIMARY KEY (account_id, id)
);
INSERT INTO quote_kept (account_id, id, body, binding, created_at, expires_at, order_id)
    SELECT account_id, id, body, binding, created_at, expires_at, order_id FROM quote;
DROP TABLE quote;
ALTER TABLE quote_kept RENAME TO quote;
CREATE INDEX quote_expiry ON quote (expires_at);

CREATE TABLE act_order_kept (
    account_id   UUID        NOT NULL REFERENCES account (id),
    id           UUID        NOT NULL,
    act          TEXT        NOT NULL,
    status       TEXT        NOT NULL CHECK (status IN ('planned', 'done', 'cancelled', 'undone')),
    body         TEXT        NOT NULL,
    starts_on    DATE,
    created_at   TIMESTAMPTZ NOT NULL,
    cancelled_on DATE,
    PRIMARY KEY (account_id, id)
);
INSERT INTO act_order_kept (account_id, id, act, status, body, starts_on, created_at, cancelled_on)
    SELECT account_id, id, act, status, body, starts_on, created_at, cancelled_on FROM act_order;
DROP TABLE act_order;
ALTER TABLE act_order_kept RENAME TO act_order;

CREATE TABLE profile_request_kept (
    account_id UUID        NOT NULL REFERENCES account (id),
    id         UUID        NOT NULL,
    field      TEXT        NOT NULL CHECK (field IN ('name', 'address')),
    wish       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    PRIMARY KEY (account_id, id)
);
INSERT INTO profile_request_kept (account_id, id, field, wish, created_at, decided_at)
    SELECT account_id, id, field, wish, created_at, decided_at FROM profile_request;
DROP TABLE profile_request;
ALTER TABLE profile_request_kept RENAME TO profile_request;

-- A browser of two contracts is known to both.
CREATE TABLE known_device_kept (
    account_id UUID        NOT NULL REFERENCES account (id),
    token_hash BYTEA       NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, token_hash)
);
INSERT INTO known_device_kept (account_id, token_hash, seen_at) SELECT account_id, token_hash, seen_at FROM known_device;
DROP TABLE known_device;
ALTER TABLE known_device_kept RENAME TO known_device;
CREATE INDEX known_device_age ON known_device (seen_at);
