from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while cards come in

    dependencies = [
        ("feedback", "0030_versions_of_own_pages"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(
                condition=models.Q(("returned_at__isnull", False), ("state", "registered")),
                fields=["due_on", "id"],
                name="card_returned",
            ),
        ),
    ]
