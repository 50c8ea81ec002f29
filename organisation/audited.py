"""What a migration says to have a table's new rows written into the audit log by the database itself, and to let nobody
change a history. Pure: SQL and no database.

A migration runs what stands here when it is applied: what has been released is not changed, only added to.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

NOW_ROWS = "REFERENCING NEW TABLE AS now_rows"

FUNCTIONS = """
-- After the statement, not for each row: an import's COPY of a hundred thousand events costs one INSERT more.
CREATE FUNCTION organisation_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    EXECUTE 'INSERT INTO organisation_auditentry (at, person_id, action, kind, row, reference, fields, was, became) '
        || TG_ARGV[0];
    RETURN NULL;
END $$;
CREATE FUNCTION organisation_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE before record; BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := NEW;
        before.number := OLD.number;
        before.hash := OLD.hash;
        IF OLD.number IS NULL AND NEW.number IS NOT NULL AND length(NEW.hash) = 64 AND before IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log is only added to.' USING ERRCODE = 'insufficient_privilege';
END $$;
-- A history stays as it was written. What it points at may go (a person's id becomes null: `TG_ARGV[0]` names such columns),
-- and the whole row where somebody's data is erased: `SET LOCAL innspill.erasing = 'on'` (organisation.history_door).
CREATE FUNCTION organisation_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was jsonb; becomes jsonb; col text; BEGIN
    IF current_setting('innspill.erasing', true) = 'on' AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        was := to_jsonb(OLD);
        becomes := to_jsonb(NEW);
        FOREACH col IN ARRAY string_to_array(TG_ARGV[0], ',') LOOP
            IF becomes -> col = 'null' THEN
                was := was - col;
                becomes := becomes - col;
            END IF;
        END LOOP;
        IF was = becomes THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The history in % is only added to.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON organisation_auditentry
    FOR EACH ROW EXECUTE FUNCTION organisation_audit_stays();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON organisation_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION organisation_audit_stays();
"""
NO_FUNCTIONS = """
DROP TRIGGER stays_whole ON organisation_auditentry;
DROP TRIGGER stays ON organisation_auditentry;
DROP FUNCTION organisation_history_stays();
DROP FUNCTION organisation_audit_stays();
DROP FUNCTION organisation_audit();
"""


def audited(
    table: str,
    *,
    kind: str,
    action: str,
    at: str = "r.at",
    by: str = "r.by_id",
    row: str = "r.id",
    reference: str = "''",
    fields: str = "'{}'",
    was: str = "''",
    became: str = "''",
    join: str = "",
    where: str = "true",
) -> RunSQL:
    """Have each new row of `table` leave an entry in the audit log, whoever writes it.

    All but `table` are SQL over the new row `r` and what `join` joins: `by` an id of a person or NULL, `kind` the label of
    a model («'feedback.card'»), `fields` an array of names. Nothing personal and nothing written freely may be among them.
    """
    select = (
        f"SELECT {at}, {by}, {action}, {kind}, {row}, {reference}, {fields}, {was}, {became}"  # noqa: S608
        f" FROM now_rows r {join} WHERE {where} ORDER BY r.id"
    )
    return RunSQL(
        f"CREATE TRIGGER audited AFTER INSERT ON {table} {NOW_ROWS} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION organisation_audit({_quoted(select)})",
        f"DROP TRIGGER audited ON {table}",
    )


def audited_removal(table: str, *, kind: str, reference: str = "''") -> RunSQL:
    """Have each row of `table` that is deleted leave an entry «removed», as of the database's own clock and of nobody."""
    select = (
        f"SELECT now(), NULL::bigint, 'removed', {kind}, r.id, {reference}, '{{}}'::varchar[], '', ''"  # noqa: S608
        " FROM then_rows r ORDER BY r.id"
    )
    return RunSQL(
        f"CREATE TRIGGER audited_removal AFTER DELETE ON {table} REFERENCING OLD TABLE AS then_rows FOR EACH STATEMENT"
        f" EXECUTE FUNCTION organisation_audit({_quoted(select)})",
        f"DROP TRIGGER audited_removal ON {table}",
    )


def only_added_to(table: str, *, but: str = "by_id") -> RunSQL:
    """Let nobody change, delete or truncate the rows of a history; columns named in `but` (with commas) may become null.

    Rows can be deleted while somebody's data is erased: `organisation.history_door`.
    """
    return RunSQL(
        f"CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION organisation_history_stays({_quoted(but)});"
        f"CREATE TRIGGER stays_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION organisation_history_stays({_quoted(but)})",
        f"DROP TRIGGER stays_whole ON {table}; DROP TRIGGER stays ON {table}",
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
