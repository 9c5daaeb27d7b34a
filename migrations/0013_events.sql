-- Every instance reads the last seconds of the log, again and again, to tell those who listen that their account moved.
CREATE INDEX audit_recent ON audit (at, id) WHERE account_id IS NOT NULL;
