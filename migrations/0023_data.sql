-- A subscriber may ask that everything personal goes: one more kind of wish that staff decide.
CREATE TABLE profile_request_kept (
    account_id UUID        NOT NULL REFERENCES account (id),
    id         UUID        NOT NULL,
    field      TEXT        NOT NULL CHECK (field IN ('name', 'address', 'erasure')),
    wish       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    granted    BOOLEAN,
    PRIMARY KEY (account_id, id)
);
INSERT INTO profile_request_kept (account_id, id, field, wish, created_at, decided_at, granted)
    SELECT account_id, id, field, wish, created_at, decided_at, granted FROM profile_request;
DROP TABLE profile_request;
ALTER TABLE profile_request_kept RENAME TO profile_request;
CREATE INDEX profile_request_open ON profile_request (created_at, id) WHERE decided_at IS NULL;

-- When everything personal was taken away; the row itself stays, empty.
ALTER TABLE profile ADD COLUMN erased_at TIMESTAMPTZ;

-- The office reads the whole log by time, that of no account too.
DROP INDEX audit_recent;
CREATE INDEX audit_at ON audit (at, id);

-- The key a series of vouchers was asked for under: codes are told once, so a repetition is told the series instead.
ALTER TABLE voucher_series ADD COLUMN request_key TEXT;
CREATE UNIQUE INDEX voucher_series_asked ON voucher_series (request_key) WHERE request_key IS NOT NULL;

-- A refund the office has its gateway carry out, by the entry that took it off the balance. It is asked for once: whether
-- an answer that was lost meant yes, only a person can find out.
CREATE TABLE gateway_refund (
    account_id UUID        NOT NULL REFERENCES account (id),
    seq        BIGINT      NOT NULL,
    payment_id UUID        NOT NULL,
    amount     BIGINT      NOT NULL CHECK (amount > 0),
    reason     TEXT        NOT NULL,
    state      TEXT        NOT NULL CHECK (state IN ('waits', 'asked', 'done', 'failed')),
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, seq)
);
