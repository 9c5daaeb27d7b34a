-- What the provider sells and by which rules. One text for SQLite and PostgreSQL.

CREATE TABLE tariff (
    code      TEXT    NOT NULL PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 40),
    name      TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    down_mbps BIGINT  NOT NULL CHECK (down_mbps > 0),
    up_mbps   BIGINT  NOT NULL CHECK (up_mbps > 0),
    offered   BOOLEAN NOT NULL,
    position  BIGINT  NOT NULL
);

-- A fee holds from the 1st of a month until the next version; versions are never edited once begun.
CREATE TABLE tariff_fee (
    tariff_code TEXT   NOT NULL REFERENCES tariff (code),
    starts_on   DATE   NOT NULL,
    fee         BIGINT NOT NULL CHECK (fee >= 0),
    PRIMARY KEY (tariff_code, starts_on)
);

-- Versions of the installation's policy; the greatest version is in force.
CREATE TABLE policy (
    version    BIGINT      NOT NULL PRIMARY KEY,
    body       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- Facts of the installation itself: the demo's mark, the highest day run.
CREATE TABLE installation (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
