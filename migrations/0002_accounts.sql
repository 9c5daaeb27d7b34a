-- The subscriber's account. `revision` grows with every change of anything below the account:
-- touching it locks the row on PostgreSQL, comparing it proves that nothing moved since it was read.
CREATE TABLE account (
    id               UUID        NOT NULL PRIMARY KEY,
    contract         TEXT        NOT NULL UNIQUE CHECK (length(contract) BETWEEN 1 AND 20),
    opened_on        DATE        NOT NULL,
    closed_on        DATE,
    suspended_since  DATE,
    suspended_reason TEXT,
    blocked_since    DATE,
    balance          BIGINT      NOT NULL,
    credit           BIGINT      NOT NULL CHECK (credit >= 0),
    entries          BIGINT      NOT NULL CHECK (entries >= 0),
    revision         BIGINT      NOT NULL
);

-- A connection of a monthly service. The count (fee, month, days) is the state of cumulative rounding:
-- how many days of that month were charged at that fee.
CREATE TABLE service (
    id                UUID   NOT NULL,
    account_id        UUID   NOT NULL REFERENCES account (id),
    kind              TEXT   NOT NULL CHECK (kind IN ('tariff')),
    tariff_code       TEXT   NOT NULL REFERENCES tariff (code),
    tariff_changed_on DATE,
    planned_tariff    TEXT   REFERENCES tariff (code),
    planned_on        DATE,
    planned_order     UUID,
    charged_through   DATE   NOT NULL,
    count_fee         BIGINT NOT NULL,
    count_month       DATE   NOT NULL,
    count_days        BIGINT NOT NULL CHECK (count_days BETWEEN 0 AND 31),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, kind),
    CHECK ((planned_tariff IS NULL) = (planned_on IS NULL))
);

-- Days on which the account was suspended by staff or blocked for want of money; last_day is empty while it lasts.
CREATE TABLE standing_spell (
    account_id UUID NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL CHECK (kind IN ('suspended', 'blocked')),
    first_day  DATE NOT NULL,
    last_day   DATE,
    PRIMARY KEY (account_id, kind, first_day)
);

CREATE TABLE profile (
    account_id  UUID        NOT NULL PRIMARY KEY REFERENCES account (id),
    last_name   TEXT        NOT NULL,
    first_name  TEXT        NOT NULL,
    middle_name TEXT        NOT NULL,
    address     TEXT        NOT NULL,
    phones      TEXT        NOT NULL,
    email       TEXT,
    consent_promotions  BOOLEAN NOT NULL,
    consent_draws       BOOLEAN NOT NULL,
    consents_changed_at TIMESTAMPTZ,
    contacts_updated_at TIMESTAMPTZ,
    language    TEXT        NOT NULL CHECK (language IN ('uk', 'ru', 'en')),
    theme       TEXT        NOT NULL CHECK (theme IN ('system', 'light', 'dark'))
);

-- What the subscriber asks staff to change: a new name or address.
CREATE TABLE profile_request (
    id         UUID        NOT NULL PRIMARY KEY,
    account_id UUID        NOT NULL REFERENCES account (id),
    field      TEXT        NOT NULL CHECK (field IN ('name', 'address')),
    wish       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ
);
CREATE INDEX profile_request_of ON profile_request (account_id, created_at);
