"""Give each action the reference by which other systems name it, and its evidence and that of criteria files."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import reporting.references


def name_them(apps, schema_editor):
    Initiative = apps.get_model("reporting", "Initiative")
    for row in Initiative.objects.only("pk").iterator():
        Initiative.objects.filter(pk=row.pk).update(reference=reporting.references.new_reference())


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0010_reports_of_comparisons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="initiative",
            name="reference",
            field=models.CharField(default="", editable=False, max_length=12, verbose_name="reference"),
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
        migrations.CreateModel(
            name="CriterionFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("criterion", models.CharField(max_length=60, verbose_name="criterion")),
                ("file", models.FileField(max_length=200, upload_to="assessments/%Y/%m/", verbose_name="file")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size in bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("added_at", models.DateTimeField(editable=False, verbose_name="added")),
            ],
            options={
                "verbose_name": "file of a criterion",
                "verbose_name_plural": "files of criteria",
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="initiativeevidence",
            name="initiative_evidence_says_something",
        ),
        migrations.AddField(
            model_name="initiativeevidence",
            name="content_type",
            field=models.CharField(blank=True, max_length=100, verbose_name="type"),
        ),
        migrations.AddField(
            model_name="initiativeevidence",
            name="file",
            field=models.FileField(blank=True, max_length=200, upload_to="actions/%Y/%m/", verbose_name="file"),
        ),
        migrations.AddField(
            model_name="initiativeevidence",
            name="name",
            field=models.CharField(blank=True, max_length=200, verbose_name="name"),
        ),
        migrations.AddField(
            model_name="initiativeevidence",
            name="sha256",
            field=models.CharField(blank=True, max_length=64, verbose_name="SHA-256"),
        ),
        migrations.AddField(
            model_name="initiativeevidence",
            name="size",
            field=models.PositiveBigIntegerField(default=0, verbose_name="size in bytes"),
        ),
        migrations.AddConstraint(
            model_name="initiativeevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True),
                    models.Q(("url", ""), _negated=True),
                    models.Q(("file", ""), _negated=True),
                    _connector="OR",
                ),
                name="initiative_evidence_says_something",
            ),
        ),
        migrations.AddField(
            model_name="criterionfile",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="criterionfile",
            name="assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="files",
                to="reporting.assessment",
                verbose_name="assessment",
            ),
        ),
    ]
