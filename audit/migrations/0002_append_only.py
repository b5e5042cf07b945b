"""Evidence is added and read. The database refuses to change, remove or empty it, whoever asks."""

from django.db import migrations, models

TABLES = ("audit_entry", "audit_seal")

FUNCTION = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING HINT = 'Entries and seals are never changed or removed. Write a new entry instead.';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION audit_append_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
                f"DROP TRIGGER append_only ON {table}",
            )
            for table in TABLES
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
                f"DROP TRIGGER never_emptied ON {table}",
            )
            for table in TABLES
        ),
        migrations.CreateModel(
            name="LastCheck",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("upto", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("broken_at", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=16)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_last_check")],
            },
        ),
    ]
