-- The pair of keys this installation signs notifications to browsers with. A browser that subscribed with it hears
-- nobody else, so there is one, and it stays. The secret part is sealed before it comes here.
CREATE TABLE push_key (
    public_key TEXT        NOT NULL PRIMARY KEY,
    sealed     BYTEA       NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- A browser that asked for notifications, by the session it asked in: when that is ended, nothing goes there any more.
CREATE TABLE push_device (
    account_id UUID        NOT NULL REFERENCES account (id),
    id         UUID        NOT NULL,
    session_id UUID        NOT NULL,
    -- Where its push service takes notifications. Whoever knows it could send them there, and nobody else.
    endpoint   TEXT        NOT NULL UNIQUE,
    p256dh     TEXT        NOT NULL,
    auth       TEXT        NOT NULL,
    user_agent TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    told_at    TIMESTAMPTZ,
    -- How often in a row its push service refused one.
    failures   BIGINT      NOT NULL DEFAULT 0 CHECK (failures >= 0),
    PRIMARY KEY (account_id, id)
);
CREATE INDEX push_device_session ON push_device (session_id);

-- What is told to browsers is wished by itself: it costs nothing, so more of it is.
CREATE TABLE notice_wish_kept (
    account_id     UUID    NOT NULL REFERENCES account (id),
    ways           TEXT    NOT NULL CHECK (ways IN ('messages', 'push')),
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
    told_on        DATE    NOT NULL,
    PRIMARY KEY (account_id, ways)
);
INSERT INTO notice_wish_kept (account_id, ways, sms, email, threshold_days, period, period_day, on_payment, on_block,
    on_unblock, on_change, armed, crossings, told_on)
SELECT account_id, 'messages', sms, email, threshold_days, period, period_day, on_payment, on_block,
    on_unblock, on_change, armed, crossings, told_on FROM notice_wish;
DROP TABLE notice_wish;
ALTER TABLE notice_wish_kept RENAME TO notice_wish;
CREATE INDEX notice_wish_on ON notice_wish (ways, account_id) WHERE sms OR email OR ways = 'push';

-- Another column in the place of the one whose check knew two ways.
ALTER TABLE notice ADD COLUMN way TEXT NOT NULL DEFAULT 'sms' CHECK (way IN ('email', 'push', 'sms'));
UPDATE notice SET way = channel;
ALTER TABLE notice DROP COLUMN channel;
ALTER TABLE notice RENAME COLUMN way TO channel;
