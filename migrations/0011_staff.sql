-- The office: its people, the vouchers it prints and the registers of banks it takes in.
CREATE TABLE staff (
    id          UUID        NOT NULL PRIMARY KEY,
    name        TEXT        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    role        TEXT        NOT NULL CHECK (role IN ('cashier', 'support', 'manager', 'admin')),
    created_at  TIMESTAMPTZ NOT NULL,
    disabled_at TIMESTAMPTZ
);

-- Staff sign in as subscribers do, so a credential, its sessions and its devices belong to either: the owner is an
-- account or a member of staff, and one unique index keeps all logins apart.
CREATE TABLE credential_kept (
    owner_id      UUID        NOT NULL PRIMARY KEY,
    account_id    UUID        REFERENCES account (id),
    staff_id      UUID        REFERENCES staff (id),
    login         TEXT        UNIQUE,
    password_hash TEXT        NOT NULL,
    must_change   BOOLEAN     NOT NULL,
    changed_at    TIMESTAMPTZ NOT NULL,
    CHECK ((account_id IS NULL) <> (staff_id IS NULL)),
    CHECK (owner_id = COALESCE(account_id, staff_id)),
    CHECK (staff_id IS NULL OR login IS NOT NULL)
);
INSERT INTO credential_kept (owner_id, account_id, login, password_hash, must_change, changed_at)
    SELECT account_id, account_id, login, password_hash, must_change, changed_at FROM credential;

CREATE TABLE session_kept (
    id           UUID        NOT NULL PRIMARY KEY,
    owner_id     UUID        NOT NULL REFERENCES credential_kept (owner_id),
    delivery     TEXT        NOT NULL CHECK (delivery IN ('cookie', 'body')),
    user_agent   TEXT        NOT NULL,
    address      TEXT        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    revoked_at   TIMESTAMPTZ
);
INSERT INTO session_kept (id, owner_id, delivery, user_agent, address, created_at, last_used_at, revoked_at)
    SELECT id, account_id, delivery, user_agent, address, created_at, last_used_at, revoked_at FROM session;

CREATE TABLE refresh_token_kept (
    hash        BYTEA       NOT NULL PRIMARY KEY,
    session_id  UUID        NOT NULL REFERENCES session_kept (id),
    issued_at   TIMESTAMPTZ NOT NULL,
    replaced_at TIMESTAMPTZ
);
INSERT INTO refresh_token_kept (hash, session_id, issued_at, replaced_at)
    SELECT hash, session_id, issued_at, replaced_at FROM refresh_token;

CREATE TABLE known_device_kept (
    owner_id   UUID        NOT NULL REFERENCES credential_kept (owner_id),
    token_hash BYTEA       NOT NULL,
    seen_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (owner_id, token_hash)
);
INSERT INTO known_device_kept (owner_id, token_hash, seen_at) SELECT account_id, token_hash, seen_at FROM known_device;

DROP TABLE known_device;
DROP TABLE refresh_token;
DROP TABLE session;
DROP TABLE credential;
ALTER TABLE credential_kept RENAME TO credential;
ALTER TABLE session_kept RENAME TO session;
ALTER TABLE refresh_token_kept RENAME TO refresh_token;
ALTER TABLE known_device_kept RENAME TO known_device;
CREATE INDEX session_of ON session (owner_id, created_at);
CREATE UNIQUE INDEX refresh_token_live ON refresh_token (session_id) WHERE replaced_at IS NULL;
CREATE INDEX refresh_token_of ON refresh_token (session_id);
CREATE INDEX known_device_age ON known_device (seen_at);

-- Which member of staff it was; the office's own console has none.
ALTER TABLE audit ADD COLUMN staff_id UUID REFERENCES staff (id);
CREATE INDEX audit_by ON audit (staff_id, at) WHERE staff_id IS NOT NULL;

-- Everything a person is found by, folded to one form; filled by the program, which knows more alphabets than ASCII.
ALTER TABLE profile ADD COLUMN search TEXT NOT NULL DEFAULT '';

ALTER TABLE profile_request ADD COLUMN granted BOOLEAN;
CREATE INDEX profile_request_open ON profile_request (created_at, id) WHERE decided_at IS NULL;

CREATE INDEX payment_in_review ON payment (id) WHERE state = 'review';
CREATE INDEX payment_event_orphaned ON payment_event (received_at, id) WHERE payment_id IS NULL;
CREATE INDEX outbox_dead ON outbox (ended_at, id) WHERE outcome = 'dead';

-- Vouchers of one nominal, printed together.
CREATE TABLE voucher_series (
    id           UUID        NOT NULL PRIMARY KEY,
    nominal      BIGINT      NOT NULL CHECK (nominal > 0),
    vouchers     BIGINT      NOT NULL CHECK (vouchers > 0),
    good_through DATE        NOT NULL,
    note         TEXT        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    cancelled_at TIMESTAMPTZ
);

-- Nobody's until it is redeemed, so its key is the keyed hash of its code, which stands nowhere else.
CREATE TABLE voucher (
    code_hash   BYTEA       NOT NULL PRIMARY KEY,
    series_id   UUID        NOT NULL REFERENCES voucher_series (id),
    account_id  UUID        REFERENCES account (id),
    entry_seq   BIGINT,
    redeemed_at TIMESTAMPTZ,
    CHECK ((account_id IS NULL) = (entry_seq IS NULL) AND (account_id IS NULL) = (redeemed_at IS NULL))
);
CREATE INDEX voucher_of ON voucher (series_id);

-- Lines of banks' registers, each once whatever file repeats it; those nobody could be matched to wait for a person.
CREATE TABLE bank_line (
    register    TEXT        NOT NULL,
    document    TEXT        NOT NULL,
    id          UUID        NOT NULL UNIQUE,
    paid_on     DATE        NOT NULL,
    amount      BIGINT      NOT NULL CHECK (amount > 0),
    purpose     TEXT        NOT NULL,
    payer       TEXT        NOT NULL,
    state       TEXT        NOT NULL CHECK (state IN ('credited', 'waiting', 'dismissed')),
    why         TEXT        NOT NULL,
    account_id  UUID        REFERENCES account (id),
    entry_seq   BIGINT,
    imported_at TIMESTAMPTZ NOT NULL,
    decided_at  TIMESTAMPTZ,
    PRIMARY KEY (register, document),
    CHECK ((state = 'credited') = (account_id IS NOT NULL) AND (account_id IS NULL) = (entry_seq IS NULL))
);
CREATE INDEX bank_line_waiting ON bank_line (id) WHERE state = 'waiting';
CREATE INDEX bank_line_of ON bank_line (account_id, entry_seq) WHERE account_id IS NOT NULL;
