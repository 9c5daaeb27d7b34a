-- What a subscriber switches on beside the tariff: Turbo, pauses, a static address.

-- Tariffs of one group may follow each other; a tariff may come with free Turbo.
ALTER TABLE tariff ADD COLUMN tariff_group TEXT NOT NULL DEFAULT '';
ALTER TABLE tariff ADD COLUMN free_turbo_option TEXT;
ALTER TABLE tariff ADD COLUMN free_turbos BIGINT NOT NULL DEFAULT 0 CHECK (free_turbos >= 0);

-- The pause that waits, runs or was the last; its days stand among the spells too. When the last Turbo ends.
ALTER TABLE account ADD COLUMN pause_from DATE;
ALTER TABLE account ADD COLUMN pause_until DATE;
ALTER TABLE account ADD COLUMN pause_order UUID;
ALTER TABLE account ADD COLUMN paused_through DATE;
ALTER TABLE account ADD COLUMN turbo_until TIMESTAMPTZ;

-- A pause is a third reason for days without service. SQLite changes no CHECK: the table is made anew.
CREATE TABLE spell_of_standing (
    account_id UUID NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL CHECK (kind IN ('suspended', 'blocked', 'paused')),
    first_day  DATE NOT NULL,
    last_day   DATE,
    PRIMARY KEY (account_id, kind, first_day),
    CHECK (kind <> 'paused' OR last_day IS NOT NULL)
);
INSERT INTO spell_of_standing (account_id, kind, first_day, last_day)
    SELECT account_id, kind, first_day, last_day FROM standing_spell;
DROP TABLE standing_spell;
ALTER TABLE spell_of_standing RENAME TO standing_spell;

-- Hours of more speed, by the order that bought them.
CREATE TABLE turbo_run (
    account_id  UUID        NOT NULL REFERENCES account (id),
    order_id    UUID        NOT NULL,
    option_code TEXT        NOT NULL,
    taken_on    DATE        NOT NULL,
    starts_at   TIMESTAMPTZ NOT NULL,
    ends_at     TIMESTAMPTZ NOT NULL,
    down_mbps   BIGINT      NOT NULL CHECK (down_mbps > 0),
    up_mbps     BIGINT      NOT NULL CHECK (up_mbps > 0),
    free        BOOLEAN     NOT NULL,
    PRIMARY KEY (account_id, order_id),
    CHECK (starts_at < ends_at)
);
CREATE INDEX turbo_run_of ON turbo_run (account_id, ends_at);

-- The provider's static addresses. One that was given up rests: it is nobody's, and is given again from `free_from`.
CREATE TABLE ip_address (
    address     TEXT    NOT NULL PRIMARY KEY,
    pool        TEXT    NOT NULL CHECK (length(pool) BETWEEN 1 AND 40),
    ipv6_prefix TEXT,
    account_id  UUID    REFERENCES account (id),
    free_from   DATE    NOT NULL,
    withdrawn   BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX ip_address_of ON ip_address (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX ip_address_free ON ip_address (free_from, address) WHERE account_id IS NULL;

-- The static address of an account, charged like a tariff with a count of its own. Every connection has an id of its own.
CREATE TABLE static_ip (
    account_id      UUID   NOT NULL PRIMARY KEY REFERENCES account (id),
    service_id      UUID   NOT NULL,
    order_id        UUID   NOT NULL,
    address         TEXT   NOT NULL REFERENCES ip_address (address),
    connected_on    DATE   NOT NULL,
    serves_until    DATE,
    charged_through DATE   NOT NULL,
    count_fee       BIGINT NOT NULL,
    count_month     DATE   NOT NULL,
    count_days      BIGINT NOT NULL CHECK (count_days BETWEEN 0 AND 31)
);
