-- What a task was to do may name an address, and is of no use once the task is done. A word to an address that is the
-- account's no longer is not tried again either.
UPDATE outbox SET body = '' WHERE outcome = 'done' OR (outcome = 'dead' AND body LIKE '%"email_changed"%');
