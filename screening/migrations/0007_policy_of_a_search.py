"""A run and a batch keep the exceptions to their threshold, so that each proves from where on it asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0006_publication_of_lists")]

    operations = [
        migrations.AddField(model_name="batch", name="rules", field=models.JSONField(default=list)),
        migrations.AddField(model_name="run", name="rules", field=models.JSONField(default=list)),
    ]
