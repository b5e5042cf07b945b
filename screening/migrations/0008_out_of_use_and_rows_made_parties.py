"""A source may be taken out of use, with a reason; a row of a spreadsheet remembers which party it became."""

from django.db import migrations, models
from django.db.models import Q

FREE = "'state', 'confirmed_at', 'index_name', 'index_bytes'"
DECISION = "'used_from', 'decided_by', 'decided_at', 'decision_reason'"
ENDING = "'used_until', 'retired_by', 'retire_reason'"

REFUSE = f"""
CREATE OR REPLACE FUNCTION screening_refuse_snapshot_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY[{FREE}];
BEGIN
    IF OLD.state = 'awaiting' THEN
        free := free || ARRAY[{DECISION}];
    END IF;
    IF OLD.state = 'current' AND NEW.state = 'retired' THEN
        free := free || ARRAY[{ENDING}];
    END IF;
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free)
       OR OLD.state IN ('quarantined', 'rejected', 'retired')
       OR (OLD.state = 'superseded' AND NEW.state <> 'superseded')
       OR (OLD.state = 'current' AND NEW.state NOT IN ('current', 'superseded', 'retired')) THEN
        RAISE EXCEPTION 'a loaded list is never altered: % refused', TG_OP;
    END IF;
    RETURN NEW;
END
$$
"""

REFUSE_BEFORE = f"""
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


class Migration(migrations.Migration):
    dependencies = [("screening", "0007_policy_of_a_search")]

    operations = [
        migrations.AlterField(
            model_name="snapshot",
            name="state",
            field=models.CharField(
                max_length=12,
                choices=[
                    ("current", "in use"),
                    ("awaiting", "awaiting publication"),
                    ("superseded", "superseded"),
                    ("rejected", "rejected"),
                    ("quarantined", "quarantined"),
                    ("retired", "taken out of use"),
                ],
            ),
        ),
        migrations.AddField("snapshot", "used_until", models.DateTimeField(null=True, blank=True)),
        migrations.AddField(
            "snapshot", "retired_by", models.CharField(max_length=150, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(
            "snapshot", "retire_reason", models.TextField(blank=True, default=""), preserve_default=False
        ),
        migrations.AddConstraint(
            "snapshot",
            models.CheckConstraint(
                condition=~Q(state="retired") | (Q(used_until__isnull=False) & ~Q(retire_reason="")),
                name="out_of_use_since_and_why",
            ),
        ),
        migrations.AddField(
            "batchrow", "subject_ref", models.CharField(max_length=64, blank=True, default=""), preserve_default=False
        ),
        migrations.RunSQL(REFUSE, REFUSE_BEFORE),
    ]
