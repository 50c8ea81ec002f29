from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

KILOBYTES = 256


def _limited(model, name):
    """Django would make the index anew for it, which takes minutes on a million cards: this takes a moment."""
    limited = GinIndex(fields=["search"], name=name, gin_pending_list_limit=KILOBYTES)
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER INDEX {name} SET (gin_pending_list_limit = {KILOBYTES})",
                f"ALTER INDEX {name} RESET (gin_pending_list_limit)",
            )
        ],
        state_operations=[migrations.RemoveIndex(model, name), migrations.AddIndex(model, limited)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0032_cards_of_another_day"),
    ]

    operations = [_limited("card", "card_search"), _limited("submitter", "submitter_search")]
