-- Payments through gateways. The redirect is what the payer was sent with, so that a lost answer can be given again.
CREATE TABLE payment (
    account_id      UUID        NOT NULL REFERENCES account (id),
    id              UUID        NOT NULL,
    provider        TEXT        NOT NULL,
    amount          BIGINT      NOT NULL CHECK (amount > 0),
    state           TEXT        NOT NULL
        CHECK (state IN ('created', 'pending', 'paid', 'failed', 'expired', 'review', 'reversed')),
    credited_seq    BIGINT,
    reversed        BIGINT      NOT NULL DEFAULT 0 CHECK (reversed BETWEEN 0 AND amount),
    reversed_posted BIGINT      NOT NULL DEFAULT 0 CHECK (reversed_posted BETWEEN 0 AND reversed),
    provider_ref    TEXT,
    redirect        TEXT,
    fiscal_url      TEXT,
    created_at      TIMESTAMPTZ NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL,
    changed_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, id)
);
-- A notification names the payment only.
CREATE UNIQUE INDEX payment_by_id ON payment (id);

-- Everything a gateway said, as it came; never changed.
CREATE TABLE payment_event (
    id           UUID        NOT NULL PRIMARY KEY,
    provider     TEXT        NOT NULL,
    payment_id   UUID,
    verified     BOOLEAN     NOT NULL,
    kind         TEXT        NOT NULL,
    body         BYTEA       NOT NULL,
    note         TEXT        NOT NULL,
    received_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX payment_event_of ON payment_event (payment_id, received_at) WHERE payment_id IS NOT NULL;

-- Money of a provider's transaction enters the book once, whatever the account: the key has none.
CREATE TABLE provider_txn (
    provider   TEXT        NOT NULL,
    txn        TEXT        NOT NULL,
    kind       TEXT        NOT NULL,
    account_id UUID        NOT NULL REFERENCES account (id),
    number     BIGINT      NOT NULL,
    amount     BIGINT      NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (provider, txn, kind)
);

-- What is to be done outside, written in the transaction of its cause and done after it.
CREATE TABLE outbox (
    id           UUID        NOT NULL PRIMARY KEY,
    topic        TEXT        NOT NULL CHECK (topic IN ('notice', 'network', 'bill', 'webhook', 'payment_poll')),
    account_id   UUID,
    body         TEXT        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    due_at       TIMESTAMPTZ,
    leased_until TIMESTAMPTZ,
    attempts     BIGINT      NOT NULL DEFAULT 0,
    ended_at     TIMESTAMPTZ,
    outcome      TEXT CHECK (outcome IN ('done', 'dead')),
    error        TEXT,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE ended_at IS NULL;
