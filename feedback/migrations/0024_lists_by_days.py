from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while cards come in

    dependencies = [
        ("feedback", "0023_citizens_sign_in_and_files_scanned"),
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
