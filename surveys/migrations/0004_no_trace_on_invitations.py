"""A foreign key in the database locks the row it points at, and writes the lock on that row's page and in the write-ahead
log: a draft or a spent code would leave its transaction's number on the invitation. So these two keys are ours alone."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_next_round_told")]

    operations = [
        migrations.AlterField(
            "draft",
            "invitation",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="draft",
                serialize=False,
                to="surveys.invitation",
            ),
        ),
        migrations.AlterField(
            "spentcode",
            "invitation",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="spent",
                serialize=False,
                to="surveys.invitation",
            ),
        ),
    ]
