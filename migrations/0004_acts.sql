-- A quote keeps what was shown and what it was bound to; confirming it makes an order.
CREATE TABLE quote (
    id         UUID        NOT NULL PRIMARY KEY,
    account_id UUID        NOT NULL REFERENCES account (id),
    body       TEXT        NOT NULL,
    binding    TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    order_id   UUID
);
CREATE INDEX quote_expiry ON quote (expires_at);

CREATE TABLE act_order (
    id           UUID        NOT NULL PRIMARY KEY,
    account_id   UUID        NOT NULL REFERENCES account (id),
    act          TEXT        NOT NULL,
    status       TEXT        NOT NULL CHECK (status IN ('planned', 'done', 'cancelled', 'undone')),
    body         TEXT        NOT NULL,
    starts_on    DATE,
    created_at   TIMESTAMPTZ NOT NULL,
    cancelled_on DATE
);
CREATE INDEX act_order_of ON act_order (account_id, created_at, id);

-- The first answer to a keyed request, written in the transaction of the work it answers.
CREATE TABLE idempotency (
    account_id  UUID        NOT NULL REFERENCES account (id),
    key         TEXT        NOT NULL,
    request     TEXT        NOT NULL,
    answer      TEXT        NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Everything that changed something: who did what to which account.
CREATE TABLE audit (
    id         UUID        NOT NULL PRIMARY KEY,
    account_id UUID,
    at         TIMESTAMPTZ NOT NULL,
    actor      TEXT        NOT NULL,
    act        TEXT        NOT NULL,
    details    TEXT        NOT NULL
);
CREATE INDEX audit_of ON audit (account_id, at, id);
