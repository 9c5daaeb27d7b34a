-- The book. Rows are only ever added; a correction is a new row that names the one it reverses.
CREATE TABLE entry (
    account_id    UUID        NOT NULL REFERENCES account (id),
    seq           BIGINT      NOT NULL CHECK (seq > 0),
    posted_on     DATE        NOT NULL,
    posted_at     TIMESTAMPTZ NOT NULL,
    kind          TEXT        NOT NULL,
    amount        BIGINT      NOT NULL CHECK (amount <> 0),
    balance_after BIGINT      NOT NULL,
    service_id    UUID,
    tariff_code   TEXT,
    covers_from   DATE,
    covers_to     DATE,
    fee           BIGINT,
    days_before   BIGINT,
    days_after    BIGINT,
    reference     TEXT,
    reverses      BIGINT,
    actor         TEXT        NOT NULL,
    PRIMARY KEY (account_id, seq),
    CHECK ((covers_from IS NULL) = (covers_to IS NULL)),
    CHECK (covers_from IS NULL OR covers_from <= covers_to)
);

-- A payment or an act is posted once, an entry is reversed once, a service-day is charged once.
CREATE UNIQUE INDEX entry_reference ON entry (account_id, reference) WHERE reference IS NOT NULL;
CREATE UNIQUE INDEX entry_reverses ON entry (account_id, reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX entry_service_day ON entry (account_id, service_id, covers_to) WHERE service_id IS NOT NULL;

-- Covers a month of the statement: the daily run scatters an account's month over as many pages as it has
-- days, so reading it from the table would be one random page a day.
CREATE INDEX entry_month ON entry
    (account_id, posted_on, seq, kind, amount, balance_after, tariff_code, covers_from, covers_to, fee, days_before, days_after);

-- One row a finished day of the daily run; `failed` accounts keep the day open.
CREATE TABLE day_run (
    day         DATE        NOT NULL PRIMARY KEY,
    started_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    accounts    BIGINT      NOT NULL,
    charged     BIGINT      NOT NULL,
    total       BIGINT      NOT NULL
);

CREATE TABLE lease (
    name       TEXT        NOT NULL PRIMARY KEY,
    holder     UUID        NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
