-- +goose Up
-- The audit record only grows. Whoever owns the file can remove these triggers: that rows were changed or cut in spite of them is
-- what opsbot audit verify finds. REPLACE fires no trigger for the row that it deletes, so a row must come after the last one.

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.seq <= (SELECT MAX(seq) FROM audit) BEGIN
    SELECT RAISE(ABORT, 'the audit record is append-only');
END;
-- +goose StatementEnd
