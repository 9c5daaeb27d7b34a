-- Bills. A row is never changed: how a bill stands is told from what the book took in since its date. `month` is the first
-- day of the month closed, `dated` the 1st after it; what stood on the bill's lines is JSON.
CREATE TABLE bill (
    account_id UUID        NOT NULL REFERENCES account (id),
    month      DATE        NOT NULL,
    dated      DATE        NOT NULL,
    number     TEXT        NOT NULL,
    first_seq  BIGINT      NOT NULL,
    last_seq   BIGINT      NOT NULL CHECK (last_seq >= first_seq),
    opening    BIGINT      NOT NULL,
    charged    BIGINT      NOT NULL CHECK (charged >= 0),
    paid       BIGINT      NOT NULL CHECK (paid >= 0),
    closing    BIGINT      NOT NULL,
    to_pay     BIGINT      NOT NULL CHECK (to_pay >= 0),
    due_on     DATE,
    lines      TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, month)
);

-- One row a month that is closed for every account.
CREATE TABLE bill_run (
    month       DATE        NOT NULL PRIMARY KEY,
    finished_at TIMESTAMPTZ NOT NULL,
    bills       BIGINT      NOT NULL
);
