"""Half-filled answers and spent codes lie in unlogged tables: no write-ahead log, no replica, no base backup has them.

`pg_dump` leaves their rows out with `--no-unlogged-table-data`. A crash empties them: a draft is begun anew, and a code
whose answer is stored may be asked to answer again; no stored answer is lost.
"""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.RunSQL(
            ["ALTER TABLE surveys_draft SET UNLOGGED", "ALTER TABLE surveys_spentcode SET UNLOGGED"],
            ["ALTER TABLE surveys_draft SET LOGGED", "ALTER TABLE surveys_spentcode SET LOGGED"],
        )
    ]
