-- A promised payment, from the day it was taken until it has run out and is paid back. `credit` is what it lends through
-- its last day; what was promised before stands among the orders.
ALTER TABLE account ADD COLUMN promised_on DATE;
ALTER TABLE account ADD COLUMN promised_until DATE CHECK (
    (promised_on IS NULL) = (promised_until IS NULL)
    AND (promised_on IS NULL) = (credit = 0)
    AND (promised_on IS NULL OR promised_on <= promised_until)
);

-- The orders of one act, for its limits and for the audit.
CREATE INDEX act_order_promises ON act_order (account_id, starts_on) WHERE act = 'promised_payment';

-- Everything but the daily charges, by day: a day's money and the journal are read from it.
CREATE INDEX entry_money ON entry (posted_on, account_id, seq) WHERE service_id IS NULL;
