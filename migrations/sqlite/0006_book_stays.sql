-- The book is only ever added to. Only the demo's database may be emptied, to be made anew.
CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'an entry of the book is never changed');
END;

CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry
WHEN NOT EXISTS (SELECT 1 FROM installation WHERE name = 'demo')
BEGIN
    SELECT RAISE(ABORT, 'an entry of the book is never deleted');
END;
