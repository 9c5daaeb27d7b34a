-- The network: which routers there are, who signs in at them, what they told of sessions, and how far they follow.

-- How a kind of router is told a profile: attributes with places for speeds and addresses.
CREATE TABLE router_line (
    kind      TEXT   NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    access    TEXT   NOT NULL CHECK (access IN ('open', 'garden')),
    position  BIGINT NOT NULL CHECK (position > 0),
    attribute TEXT   NOT NULL,
    op        TEXT   NOT NULL CHECK (op IN (':=', '+=')),
    value     TEXT   NOT NULL,
    PRIMARY KEY (kind, access, position)
);

-- Routers that hold sessions; `address` is where their requests come from and changes are sent to.
CREATE TABLE router (
    name     TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 40),
    address  TEXT    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL,
    secret   TEXT    NOT NULL CHECK (length(secret) BETWEEN 1 AND 128),
    coa_port BIGINT  NOT NULL CHECK (coa_port BETWEEN 1 AND 65535),
    signs    BOOLEAN NOT NULL,
    demands  BOOLEAN NOT NULL
);

-- With what a subscriber's equipment signs in at a router. The secret is kept in clear, as CHAP needs it, and is no
-- password of the cabinet.
CREATE TABLE network_login (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id),
    username   TEXT NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 64),
    secret     TEXT NOT NULL CHECK (length(secret) BETWEEN 1 AND 128)
);

-- Sessions as routers tell of them, by the name FreeRADIUS gives each. Octets are counted from the router: what it received
-- is the subscriber's upload. `account_id` is empty where nobody is called so.
CREATE TABLE network_session (
    id            TEXT        NOT NULL PRIMARY KEY,
    account_id    UUID        REFERENCES account (id),
    username      TEXT        NOT NULL,
    router        TEXT        NOT NULL,
    session       TEXT        NOT NULL,
    port          TEXT,
    address       TEXT,
    caller        TEXT,
    class         TEXT,
    started_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    stopped_at    TIMESTAMPTZ,
    seconds       BIGINT      NOT NULL,
    input_octets  BIGINT      NOT NULL,
    output_octets BIGINT      NOT NULL,
    ended         TEXT
);
CREATE INDEX network_session_of ON network_session (account_id, started_at);
CREATE INDEX network_session_open ON network_session (account_id) WHERE stopped_at IS NULL;
CREATE INDEX network_session_at ON network_session (router) WHERE stopped_at IS NULL;

-- The profile wished for an account with its generation, the one its sessions were last told, and the moment for which a task
-- waits because the profile then changes by itself.
CREATE TABLE network_state (
    account_id         UUID        NOT NULL PRIMARY KEY REFERENCES account (id),
    generation         BIGINT      NOT NULL CHECK (generation > 0),
    profile            TEXT,
    changed_at         TIMESTAMPTZ NOT NULL,
    applied_generation BIGINT,
    applied            TEXT,
    applied_at         TIMESTAMPTZ,
    turns_at           TIMESTAMPTZ,
    failure            TEXT
);

-- When the network took a Turbo: one that it did not take is paid back.
ALTER TABLE turbo_run ADD COLUMN applied_at TIMESTAMPTZ;
