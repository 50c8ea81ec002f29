from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while cards come in

    dependencies = [
        ("feedback", "0026_journal_along_indexes"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(fields=["received_on", "id"], name="card_by_receipt"),
        ),
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(fields=["due_on", "id"], name="card_by_deadline"),
        ),
        RemoveIndexConcurrently(model_name="card", name="card_received"),
        RemoveIndexConcurrently(model_name="card", name="card_due"),
    ]
