import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0002_written_once")]

    operations = [
        migrations.CreateModel(
            name="RunSubject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_ref", models.CharField(max_length=64)),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="screening.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "screened subject",
                "verbose_name_plural": "screened subjects",
                "indexes": [models.Index(fields=["subject_ref", "-run"], name="newest_run_of_subject")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "subject_ref"), name="one_subject_once_per_run")
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON screening_runsubject "
            "FOR EACH ROW EXECUTE FUNCTION screening_refuse_change()",
            "DROP TRIGGER written_once ON screening_runsubject",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON screening_runsubject "
            "FOR EACH STATEMENT EXECUTE FUNCTION screening_refuse_change()",
            "DROP TRIGGER never_emptied ON screening_runsubject",
        ),
    ]
