-- The phone short messages go to: one of the profile's, confirmed by a code. Whoever writes phones without it into the
-- profile takes it away: the statement that does so is one. A gateway that was told by the phone's owner to send nothing
-- stops it.
ALTER TABLE profile ADD COLUMN sms_phone TEXT;
ALTER TABLE profile ADD COLUMN sms_phone_confirmed_at TIMESTAMPTZ;
ALTER TABLE profile ADD COLUMN sms_phone_stopped_at TIMESTAMPTZ;
-- Which wording the consents were given to; empty for those from before it was kept.
ALTER TABLE profile ADD COLUMN consents_text TEXT NOT NULL DEFAULT '';
CREATE INDEX profile_draws ON profile (account_id) WHERE consent_draws;
CREATE INDEX profile_promotions ON profile (account_id) WHERE consent_promotions;

-- The newest code sent to a contact of an account. Nothing of the code itself is here: it is made of the id and the
-- installation's secret.
CREATE TABLE contact_code (
    account_id UUID        NOT NULL REFERENCES account (id),
    channel    TEXT        NOT NULL CHECK (channel IN ('email', 'sms')),
    id         UUID        NOT NULL,
    address    TEXT        NOT NULL,
    tries      BIGINT      NOT NULL,
    used       BOOLEAN     NOT NULL,
    sent_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, channel)
);
INSERT INTO contact_code (account_id, channel, id, address, tries, used, sent_at, expires_at)
SELECT account_id, 'email', id, address, tries, used, sent_at, expires_at FROM email_code;
DROP TABLE email_code;
ALTER TABLE email_codes_sent RENAME TO contact_codes_sent;

-- What a subscriber wishes to be told, by which ways, and what is remembered of what was told.
CREATE TABLE notice_wish (
    account_id     UUID    NOT NULL PRIMARY KEY REFERENCES account (id),
    sms            BOOLEAN NOT NULL,
    email          BOOLEAN NOT NULL,
    threshold_days BIGINT,
    period         TEXT CHECK (period IN ('weekly', 'monthly')),
    period_day     BIGINT,
    on_payment     BOOLEAN NOT NULL,
    on_block       BOOLEAN NOT NULL,
    on_unblock     BOOLEAN NOT NULL,
    on_change      BOOLEAN NOT NULL,
    -- The money lasted longer than the threshold since it was last told that it does not.
    armed          BOOLEAN NOT NULL,
    -- How often it was told.
    crossings      BIGINT  NOT NULL,
    -- The last day the balance was told by the calendar, or from which it is.
    told_on        DATE    NOT NULL
);
CREATE INDEX notice_wish_on ON notice_wish (account_id) WHERE sms OR email;

-- A notice, written with its cause, once by its key.
CREATE TABLE notice (
    account_id UUID        NOT NULL REFERENCES account (id),
    id         UUID        NOT NULL,
    channel    TEXT        NOT NULL CHECK (channel IN ('email', 'sms')),
    kind       TEXT        NOT NULL,
    facts      TEXT        NOT NULL,
    dedup_key  TEXT        NOT NULL,
    -- The business day it was written, by which a contract's notices are counted.
    day        DATE        NOT NULL,
    state      TEXT        NOT NULL CHECK (state IN ('queued', 'sent', 'unknown', 'refused', 'unreachable', 'spent')),
    created_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ,
    -- The gateway's own name of the message, and how many messages it was charged as.
    gateway_id TEXT,
    parts      BIGINT,
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, dedup_key)
);
CREATE INDEX notice_day ON notice (account_id, day);
CREATE INDEX notice_age ON notice (created_at);

-- A prize draw that was held, once under its title: among how many, and who won.
CREATE TABLE prize_draw (
    id             UUID        NOT NULL PRIMARY KEY,
    title          TEXT        NOT NULL UNIQUE,
    updated_since  DATE        NOT NULL,
    contracts      BIGINT      NOT NULL CHECK (contracts > 0),
    winner         UUID        NOT NULL REFERENCES account (id),
    held_at        TIMESTAMPTZ NOT NULL,
    staff_id       UUID REFERENCES staff (id)
);

-- Notices are a topic of their own: they come by the thousand in the morning, and codes must not wait behind them.
CREATE TABLE outbox_kept (
    id           UUID        NOT NULL PRIMARY KEY,
    topic        TEXT        NOT NULL
        CHECK (topic IN ('notice', 'network', 'message', 'bill', 'webhook', 'payment_poll')),
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
INSERT INTO outbox_kept (id, topic, account_id, body, created_at, due_at, leased_until, attempts, ended_at, outcome, error)
SELECT id, topic, account_id, body, created_at, due_at, leased_until, attempts, ended_at, outcome, error FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_kept RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (due_at) WHERE ended_at IS NULL;
CREATE INDEX outbox_turn ON outbox (topic, due_at, id) WHERE ended_at IS NULL;
CREATE INDEX outbox_dead ON outbox (ended_at, id) WHERE outcome = 'dead';
