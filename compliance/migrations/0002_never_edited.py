"""What people signed and what the law answered is never edited: the database refuses it too."""

from django.db import migrations

TABLES = ("compliance_storeddetermination", "compliance_verdict", "compliance_comment")

FUNCTION = """
CREATE FUNCTION compliance_never_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are written once: % refused', TG_TABLE_NAME, TG_OP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION compliance_never_edited()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER never_edited BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION compliance_never_edited()",
                f"DROP TRIGGER never_edited ON {table}",
            )
            for table in TABLES
        ),
    ]
