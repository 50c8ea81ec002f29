from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def _day_ahead(seconds):
    shape = f"((%(expressions)s AT TIME ZONE 'UTC') + interval '{seconds} seconds')::date"
    return models.Func(models.F("registered_at"), output_field=models.DateField(), template=shape)


class Migration(migrations.Migration):
    atomic = False  # the index is made while cards come in

    dependencies = [
        ("feedback", "0031_cards_sent_back_are_found_alone"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(
                condition=models.Q(
                    ("received_on__gt", _day_ahead(0)), ("received_on__lt", _day_ahead(10800)), _connector="OR"
                ),
                fields=["-registered_at", "-id"],
                name="card_another_day",
            ),
        ),
    ]
