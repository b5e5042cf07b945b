"""A verdict names the maker of its own decision, so that “the maker is never the checker” cannot be got round.

The constraint of the verdict compares two of its own columns. Whoever writes past the program could name another maker;
the database now looks the maker up. Verdicts and stored determinations are not emptied either.
"""

from django.db import migrations

OF_ITS_DECISION = """
CREATE FUNCTION compliance_verdict_of_its_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    maker bigint;
BEGIN
    SELECT proposed_by_id INTO maker FROM compliance_decision WHERE id = NEW.decision_id;
    IF maker IS DISTINCT FROM NEW.proposed_by_id THEN
        RAISE EXCEPTION 'a verdict names the person who made its proposal'
            USING ERRCODE = 'integrity_constraint_violation',
                HINT = 'proposed_by of the verdict must be proposed_by of its decision.';
    END IF;
    RETURN NEW;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0003_programs")]

    operations = [
        migrations.RunSQL(OF_ITS_DECISION, "DROP FUNCTION compliance_verdict_of_its_decision()"),
        migrations.RunSQL(
            "CREATE TRIGGER of_its_decision BEFORE INSERT ON compliance_verdict "
            "FOR EACH ROW EXECUTE FUNCTION compliance_verdict_of_its_decision()",
            "DROP TRIGGER of_its_decision ON compliance_verdict",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION compliance_never_edited()",
                f"DROP TRIGGER never_emptied ON {table}",
            )
            for table in ("compliance_verdict", "compliance_storeddetermination")
        ),
    ]
