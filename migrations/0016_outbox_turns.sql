-- Each topic is claimed by itself, so that a hundred thousand tasks of one are not read through for the few of another.
CREATE INDEX outbox_turn ON outbox (topic, due_at, id) WHERE ended_at IS NULL;
