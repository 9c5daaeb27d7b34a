-- What subscribers ask support, and are answered. A ticket counts its messages, and those its subscriber has read.
CREATE TABLE ticket (
    account_id   UUID        NOT NULL REFERENCES account (id),
    id           UUID        NOT NULL,
    topic        TEXT        NOT NULL CHECK (topic IN ('charges', 'connection', 'other')),
    -- The day of the statement it is about.
    about_day    DATE,
    state        TEXT        NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    messages     BIGINT      NOT NULL,
    read_through BIGINT      NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    moved_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, id),
    CHECK (read_through BETWEEN 0 AND messages)
);
CREATE INDEX ticket_queue ON ticket (state, id);

CREATE TABLE ticket_message (
    account_id UUID        NOT NULL,
    ticket_id  UUID        NOT NULL,
    seq        BIGINT      NOT NULL CHECK (seq > 0),
    author     TEXT        NOT NULL CHECK (author IN ('subscriber', 'staff')),
    -- Which member of staff; the office's own console is none.
    staff_id   UUID        REFERENCES staff (id),
    body       TEXT        NOT NULL,
    -- The business day, by which a contract's messages are counted.
    day        DATE        NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, ticket_id, seq),
    FOREIGN KEY (account_id, ticket_id) REFERENCES ticket (account_id, id),
    CHECK (staff_id IS NULL OR author = 'staff')
);
CREATE INDEX ticket_message_day ON ticket_message (account_id, day);

-- A file is sent first and belongs to a message once that is; one that never does is thrown away.
CREATE TABLE ticket_file (
    account_id UUID        NOT NULL REFERENCES account (id),
    id         UUID        NOT NULL,
    ticket_id  UUID,
    seq        BIGINT,
    name       TEXT        NOT NULL,
    media_type TEXT        NOT NULL,
    size       BIGINT      NOT NULL CHECK (size > 0),
    content    BYTEA       NOT NULL,
    day        DATE        NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, ticket_id, seq) REFERENCES ticket_message (account_id, ticket_id, seq),
    CHECK ((ticket_id IS NULL) = (seq IS NULL))
);
CREATE INDEX ticket_file_of ON ticket_file (account_id, ticket_id, seq);
CREATE INDEX ticket_file_day ON ticket_file (account_id, day);
CREATE INDEX ticket_file_loose ON ticket_file (at) WHERE ticket_id IS NULL;

-- What is told to everybody, or to who lives in some places. A language without words of its own is told the Ukrainian.
CREATE TABLE news (
    id           UUID        NOT NULL PRIMARY KEY,
    kind         TEXT        NOT NULL CHECK (kind IN ('news', 'planned_work')),
    title_uk     TEXT        NOT NULL CHECK (title_uk <> ''),
    title_ru     TEXT        NOT NULL,
    title_en     TEXT        NOT NULL,
    body_uk      TEXT        NOT NULL,
    body_ru      TEXT        NOT NULL,
    body_en      TEXT        NOT NULL,
    places       TEXT        NOT NULL,
    shown_from   TIMESTAMPTZ NOT NULL,
    shown_until  TIMESTAMPTZ NOT NULL,
    starts_at    TIMESTAMPTZ,
    ends_at      TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    -- The key it was asked for under, and the digest of what was asked: repeated, it is told and not written again.
    request_key  TEXT,
    request_hash BYTEA,
    CHECK (shown_from < shown_until),
    CHECK ((request_key IS NULL) = (request_hash IS NULL)),
    CHECK ((kind = 'planned_work') = (starts_at IS NOT NULL) AND (starts_at IS NULL) = (ends_at IS NULL)),
    CHECK (starts_at IS NULL OR starts_at < ends_at)
);
CREATE INDEX news_live ON news (shown_until) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX news_asked ON news (request_key) WHERE request_key IS NOT NULL;

CREATE TABLE news_read (
    account_id UUID        NOT NULL REFERENCES account (id),
    news_id    UUID        NOT NULL REFERENCES news (id),
    read_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, news_id)
);
