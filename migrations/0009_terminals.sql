-- Payments by contract number that terminals and banks reported. That a provider's transaction is taken once is said by
-- `provider_txn`; here stands what became of it, under our own number.
CREATE TABLE terminal_payment (
    account_id UUID        NOT NULL REFERENCES account (id),
    number     BIGINT      NOT NULL CHECK (number > 0),
    terminal   TEXT        NOT NULL,
    txn        TEXT        NOT NULL,
    amount     BIGINT      NOT NULL CHECK (amount > 0),
    state      TEXT        NOT NULL CHECK (state IN ('reserved', 'paid', 'cancelled')),
    entry_seq  BIGINT,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, number)
);
-- A confirmation names our number only.
CREATE UNIQUE INDEX terminal_payment_by_number ON terminal_payment (number);
CREATE INDEX terminal_payment_credited ON terminal_payment (terminal, changed_at, number) WHERE state = 'paid';
