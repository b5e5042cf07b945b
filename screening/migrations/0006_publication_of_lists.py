"""A loaded file may wait for a second person; what was published is kept byte for byte; whom a change reaches."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

FREE = "'state', 'confirmed_at', 'index_name', 'index_bytes'"
DECISION = "'used_from', 'decided_by', 'decided_at', 'decision_reason'"

REFUSE_SNAPSHOT = f"""
CREATE OR REPLACE FUNCTION screening_refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{FREE}];
BEGIN
    IF OLD.state = 'awaiting' THEN
        free := free || ARRAY[{DECISION}];
    END IF;
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free)
       OR OLD.state IN ('quarantined', 'rejected')
       OR (OLD.state = 'superseded' AND NEW.state <> 'superseded')
       OR (OLD.state = 'current' AND NEW.state NOT IN ('current', 'superseded')) THEN
        RAISE EXCEPTION 'a loaded list is never altered: % refused', TG_OP;
    END IF;
    RETURN NEW;
END
$$
"""

REFUSE_SNAPSHOT_BEFORE = f"""
CREATE OR REPLACE FUNCTION screening_refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY[{FREE}]) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY[{FREE}])
       OR OLD.state = 'quarantined' OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') THEN
        RAISE EXCEPTION 'a loaded list is never altered: % refused', TG_OP;
    END IF;
    RETURN NEW;
END
$$
"""


def taken_into_use_when_loaded(apps, schema_editor):
    """Until now every file that was not refused was in use from the moment it was loaded."""
    snapshots = apps.get_model("screening", "Snapshot").objects
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE screening_snapshot DISABLE TRIGGER written_once")
        snapshots.exclude(state="quarantined").update(used_from=F("retrieved_at"))
        cursor.execute("ALTER TABLE screening_snapshot ENABLE TRIGGER written_once")


class Migration(migrations.Migration):
    dependencies = [("screening", "0005_batches")]

    operations = [
        migrations.AlterField(
            model_name="snapshot",
            name="state",
            field=models.CharField(
                choices=[
                    ("current", "in use"),
                    ("awaiting", "awaiting publication"),
                    ("superseded", "superseded"),
                    ("rejected", "rejected"),
                    ("quarantined", "quarantined"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="kept_as",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), default=list, size=None
            ),
        ),
        migrations.AddField("snapshot", "used_from", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("snapshot", "decided_by", models.CharField(blank=True, max_length=150)),
        migrations.AddField("snapshot", "decided_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("snapshot", "decision_reason", models.TextField(blank=True)),
        migrations.RunPython(taken_into_use_when_loaded, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE_SNAPSHOT, REFUSE_SNAPSHOT_BEFORE),
        migrations.CreateModel(
            name="Reach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("subjects", models.IntegerField()),
                ("pairs", models.JSONField(default=dict)),
                (
                    "snapshot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reach", to="screening.snapshot"
                    ),
                ),
            ],
            options={"verbose_name": "reach of a list", "verbose_name_plural": "reaches of lists"},
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(
                fields=("source",), condition=Q(state="awaiting"), name="one_awaiting_snapshot"
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=~Q(state="current") | Q(used_from__isnull=False), name="current_is_used"
            ),
        ),
    ]
