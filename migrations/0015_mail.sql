-- How a subscriber's e-mail stands. Whoever writes another address into the profile takes its confirmation away: the
-- statement that does so is one.
ALTER TABLE profile ADD COLUMN email_confirmed_at TIMESTAMPTZ;
ALTER TABLE profile ADD COLUMN email_refusals BIGINT NOT NULL DEFAULT 0 CHECK (email_refusals >= 0);
ALTER TABLE profile ADD COLUMN email_failing_since TIMESTAMPTZ;
ALTER TABLE profile ADD COLUMN email_bills BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX profile_email_bills ON profile (account_id) WHERE email_bills;

-- The newest code sent to an account's e-mail. Nothing of the code itself is here: it is made of the id and the
-- installation's secret.
CREATE TABLE email_code (
    account_id UUID        NOT NULL PRIMARY KEY REFERENCES account (id),
    id         UUID        NOT NULL,
    address    TEXT        NOT NULL,
    tries      BIGINT      NOT NULL,
    used       BOOLEAN     NOT NULL,
    sent_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Codes sent in a business day: to a contract, to an address (by its keyed hash), in all.
CREATE TABLE email_codes_sent (
    bucket TEXT   NOT NULL,
    day    DATE   NOT NULL,
    sent   BIGINT NOT NULL,
    PRIMARY KEY (bucket, day)
);
