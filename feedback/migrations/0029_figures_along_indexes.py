from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while cards come in

    dependencies = [
        ("feedback", "0028_rare_words_are_known_as_rare"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="callback",
            index=models.Index(fields=["held_at"], name="callback_held"),
        ),
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(
                condition=models.Q(("reopened_at__isnull", False)), fields=["reopened_at"], name="card_reopened"
            ),
        ),
    ]
