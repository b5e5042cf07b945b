"""Lists, runs, matches and judgements are written once: the database refuses to change them.

A snapshot may change only its state, the moment it was last confirmed, and where its index lies.
"""

from django.db import migrations

ONCE = ("screening_judgement", "screening_match", "screening_run", "screening_listedparty", "screening_listedname")

REFUSE = """
CREATE FUNCTION screening_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are written once: % refused', TG_TABLE_NAME, TG_OP;
END
$$
"""

REFUSE_SNAPSHOT = """
CREATE FUNCTION screening_refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY['state', 'confirmed_at', 'index_name', 'index_bytes'])
       IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'confirmed_at', 'index_name', 'index_bytes'])
       OR OLD.state = 'quarantined' OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') THEN
        RAISE EXCEPTION 'a loaded list is never altered: % refused', TG_OP;
    END IF;
    RETURN NEW;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION screening_refuse_change()"),
        migrations.RunSQL(REFUSE_SNAPSHOT, "DROP FUNCTION screening_refuse_snapshot_change()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION screening_refuse_change()",
                f"DROP TRIGGER written_once ON {table}",
            )
            for table in ONCE
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE ON screening_snapshot "
            "FOR EACH ROW EXECUTE FUNCTION screening_refuse_snapshot_change()",
            "DROP TRIGGER written_once ON screening_snapshot",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once_delete BEFORE DELETE ON screening_snapshot "
            "FOR EACH ROW EXECUTE FUNCTION screening_refuse_change()",
            "DROP TRIGGER written_once_delete ON screening_snapshot",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION screening_refuse_change()",
                f"DROP TRIGGER never_emptied ON {table}",
            )
            for table in (*ONCE, "screening_snapshot")
        ),
    ]
