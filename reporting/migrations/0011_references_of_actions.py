"""Give each action the reference by which other systems name it."""

from django.db import migrations, models

import reporting.references


def name_them(apps, schema_editor):
    Initiative = apps.get_model("reporting", "Initiative")
    for row in Initiative.objects.only("pk").iterator():
        Initiative.objects.filter(pk=row.pk).update(reference=reporting.references.new_reference())


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0010_reports_of_comparisons"),
    ]

    operations = [
        migrations.AddField(
            model_name="initiative",
            name="reference",
            field=models.CharField(
                default="", editable=False, max_length=12, verbose_name="reference"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="initiative",
            name="reference",
            field=models.CharField(
                default=reporting.references.new_reference,
                editable=False,
                max_length=12,
                unique=True,
                verbose_name="reference",
            ),
        ),
    ]
