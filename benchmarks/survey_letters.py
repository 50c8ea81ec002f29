"""How long 500 letters of a survey take in one PDF: `python benchmarks/survey_letters.py [letters]`. Needs no database.

Target: under 10 s. Look at the CPU time where the machine has other work: one core makes them.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from organisation.models import Municipality  # noqa: E402
from surveys import letters  # noqa: E402
from surveys.codes import new_code  # noqa: E402
from surveys.models import Draw, Invitation, Resident, Survey  # noqa: E402

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LANGUAGES = ["nb", "nn", "sv", "en"]


def main(how_many: int) -> None:
    """Make the letters once, and print the seconds, the size and the machine's load."""
    random = Random(4)
    house = Municipality(name="Solvik kommune", email="post@solvik.example", phone="33 00 00 00", language="nb")
    survey = Survey(
        code="innbygger-2026",
        titles={"nb": "Innbyggerundersøkelsen 2026"},
        opens_at=AT,
        closes_at=AT + timedelta(days=21),
    )
    draw = Draw(method=Draw.Method.PROPORTIONAL, stratum="district", drawn=how_many, population_size=12_000)
    invited = [
        Invitation(
            code=new_code(random),
            resident=Resident(
                name=f"Åse Ørjasæter {n}", address=f"Bråtaveien {n}, 6480 Solvik", language=LANGUAGES[n % 4]
            ),
        )
        for n in range(how_many)
    ]
    with patch.object(letters, "draw_of", lambda survey: draw), patch.object(letters, "municipality", lambda: house):
        wall, processor = time.perf_counter(), time.process_time()
        made = letters.letters_pdf(survey, invited, now=AT)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{how_many} letters: {wall:.1f} s ({processor:.1f} s of CPU), {len(made.content) / 1e6:.1f} MB, "
        f"load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
