-- The book is only ever added to. Only the demo's database may be emptied, to be made anew.
CREATE FUNCTION entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM installation WHERE name = 'demo') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an entry of the book is never changed or deleted' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER entry_is_not_changed BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION entry_stays();

CREATE TRIGGER entry_is_not_truncated BEFORE TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION entry_stays();
