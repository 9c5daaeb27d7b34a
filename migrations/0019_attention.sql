-- Why a person must look at a payment, whatever its state, and since when; empty once that is decided.
ALTER TABLE payment ADD COLUMN attention TEXT;
ALTER TABLE payment ADD COLUMN attention_at TIMESTAMPTZ;
UPDATE payment SET attention = 'mismatch', attention_at = changed_at WHERE state = 'review';
DROP INDEX payment_in_review;
CREATE INDEX payment_attention ON payment (id) WHERE attention IS NOT NULL;
-- When the gateway last gave no page: nobody can pay such a payment, so it is not one of those that wait.
ALTER TABLE payment ADD COLUMN no_page_at TIMESTAMPTZ;

-- What a gateway said, in our words; the digest of what it signed, so that a repetition is kept once; and why a person
-- was called.
ALTER TABLE payment_event DROP COLUMN verified;
ALTER TABLE payment_event ADD COLUMN told TEXT NOT NULL DEFAULT '{}';
ALTER TABLE payment_event ADD COLUMN occurred_at TIMESTAMPTZ;
ALTER TABLE payment_event ADD COLUMN digest BYTEA;
ALTER TABLE payment_event ADD COLUMN attention TEXT;
CREATE UNIQUE INDEX payment_event_once ON payment_event (provider, digest) WHERE digest IS NOT NULL;
CREATE INDEX payment_event_bodies ON payment_event (received_at) WHERE LENGTH(body) > 0;
