"""A row of a spreadsheet tells how many less sure parties were found and not kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0008_out_of_use_and_rows_made_parties")]

    operations = [migrations.AddField(model_name="batchrow", name="more", field=models.IntegerField(default=0))]
