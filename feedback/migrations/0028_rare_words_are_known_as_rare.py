from django.db import migrations

# A word of which the statistics know nothing was taken for one in two hundred cards: then the newest are walked through until
# thirty are found, and where there are none, all are. With ten times as many words known, what is not among them is rare.
KNOWN = "ALTER TABLE feedback_card ALTER COLUMN search SET STATISTICS {0};" + (
    "ALTER TABLE feedback_submitter ALTER COLUMN search SET STATISTICS {0}"
)


class Migration(migrations.Migration):
    atomic = False  # counting a million cards takes some seconds, in which nobody waits

    dependencies = [
        ("feedback", "0027_lists_by_days"),
    ]

    operations = [
        migrations.RunSQL(KNOWN.format(1000), KNOWN.format(-1)),
        migrations.RunSQL("ANALYZE feedback_card (search)", migrations.RunSQL.noop),
        migrations.RunSQL("ANALYZE feedback_submitter (search)", migrations.RunSQL.noop),
    ]
