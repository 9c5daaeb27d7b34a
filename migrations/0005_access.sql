-- Who may sign in. `login` is the name of one's own choosing; the contract number always works too.
CREATE TABLE credential (
    account_id    UUID        NOT NULL PRIMARY KEY REFERENCES account (id),
    login         TEXT        UNIQUE,
    password_hash TEXT        NOT NULL,
    must_change   BOOLEAN     NOT NULL,
    changed_at    TIMESTAMPTZ NOT NULL
);

-- A session is a family of refresh tokens: each use replaces the token, an old one seen again ends the family.
CREATE TABLE session (
    id           UUID        NOT NULL PRIMARY KEY,
    account_id   UUID        NOT NULL REFERENCES account (id),
    delivery     TEXT        NOT NULL CHECK (delivery IN ('cookie', 'body')),
    user_agent   TEXT        NOT NULL,
    address      TEXT        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    revoked_at   TIMESTAMPTZ
);
CREATE INDEX session_of ON session (account_id, created_at);

CREATE TABLE refresh_token (
    hash        BYTEA       NOT NULL PRIMARY KEY,
    session_id  UUID        NOT NULL REFERENCES session (id),
    issued_at   TIMESTAMPTZ NOT NULL,
    replaced_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX refresh_token_live ON refresh_token (session_id) WHERE replaced_at IS NULL;
CREATE INDEX refresh_token_of ON refresh_token (session_id);

CREATE TABLE recovery_code (
    account_id UUID        NOT NULL PRIMARY KEY REFERENCES account (id),
    code_hash  BYTEA       NOT NULL,
    tries      BIGINT      NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Failures within a window: by contract, by address, over all. Shared by every instance and kept over restarts.
CREATE TABLE throttle (
    bucket     TEXT        NOT NULL PRIMARY KEY,
    failures   BIGINT      NOT NULL,
    last_at    TIMESTAMPTZ NOT NULL,
    open_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX throttle_age ON throttle (last_at);

-- A browser that signed in before is not slowed by the wrong tries of others.
CREATE TABLE known_device (
    token_hash BYTEA       NOT NULL PRIMARY KEY,
    account_id UUID        NOT NULL REFERENCES account (id),
    seen_at    TIMESTAMPTZ NOT NULL
);

CREATE TABLE signing_key (
    kid        TEXT        NOT NULL PRIMARY KEY,
    public_key BYTEA       NOT NULL,
    sealed     BYTEA       NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
