"""No entry stands before the first: a row numbered 0 or less would be one that no walk over the chain meets.

The constraint is added without looking at the rows that are there (``NOT VALID``): one that was forged before must not
keep a deployment from starting. The walk over the chain finds and names it.
"""

from django.db import migrations, models

CONSTRAINT = models.CheckConstraint(condition=models.Q(sequence__gt=0), name="entries_count_from_one")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE audit_entry ADD CONSTRAINT entries_count_from_one CHECK (sequence > 0) NOT VALID",
                    "ALTER TABLE audit_entry DROP CONSTRAINT entries_count_from_one",
                )
            ],
            state_operations=[migrations.AddConstraint(model_name="entry", constraint=CONSTRAINT)],
        ),
    ]
