"""How long the figures of a survey take: `python benchmarks/survey_results.py [ANSWERS] [ITEMS]`. Needs no database.

The mark is 10,000 answers to 60 questions in under a second on two cores. CPU time is what counts where the machine has
other work. It is no test.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.own_database import taken

ANSWERS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 60
TIMES = 5


def timed(what: str, run: Callable[[], Any]) -> None:
    print(f"{what:<58} {taken(run, TIMES)}")


def main() -> None:
    from surveys.statistics.answers import DONT_KNOW, valid
    from surveys.statistics.areas import area_figures, area_figures_by_group, area_scores
    from surveys.statistics.comparing import Comparator, compare_all
    from surveys.statistics.items import item_figures, item_figures_by_group
    from surveys.statistics.sampling import draw_simple
    from surveys.statistics.suppression import suppress
    from surveys.statistics.tables import Table, Variable
    from surveys.statistics.weighted import weighted_means
    from surveys.statistics.weighting import Design, rake

    chance = random.Random(2026)
    choices = [1, 2, 3, 4, 4, 5, 5, 6, DONT_KNOW, None]
    columns = [chance.choices(choices, k=ANSWERS) for _ in range(ITEMS)]
    areas = [columns[start : start + 7] for start in range(0, ITEMS, 7)]
    districts = [f"district {number}" for number in range(8)]
    ages = ["16-29", "30-49", "50-66", "67+"]
    by_district = chance.choices(districts, [40, 30, 20, 10, 5, 3, 2, 0.05], k=ANSWERS)
    by_age = chance.choices(ages, k=ANSWERS)
    country = Comparator.of_sample(4.0, 1.3, 12_000)
    people = 5 * ANSWERS

    def results() -> None:
        found = [item_figures(column, population=people) for column in columns]
        for area in areas:
            area_figures(area, population=people)
        compare_all([(figures.estimate, country) for figures in found])

    def by_group() -> None:
        for column in columns:
            item_figures_by_group(column, by_district)
        for area in areas:
            area_figures_by_group(area, by_district)

    here = sorted(set(by_district))
    margins = {"district": by_district, "age": by_age}
    sizes = {
        "district": {district: people / len(here) for district in here},
        "age": {age: people / len(ages) for age in ages},
    }

    def raked() -> None:
        weights = rake(Design.simple(ANSWERS, people), margins, sizes)
        values = [*(valid(column) for column in columns), *(area_scores(area) for area in areas)]
        weighted_means(values, weights)

    district, age = Variable.flat("district", districts), Variable.flat("age", ages)

    def protected() -> None:
        for column in columns:
            suppress(Table.of_answers(valid(column), [district], {"district": by_district}))

    def crossed() -> None:
        suppress(Table.of_answers(valid(columns[0]), [district, age], margins))

    register = [str(number) for number in range(people)]
    print(f"{ANSWERS:,} answers to {ITEMS} questions in {len(areas)} areas")
    timed("results: items, areas, alpha, against the country, Holm", results)
    timed(f"the same by {len(here)} districts", by_group)
    timed("raked to district and age, all items and areas", raked)
    timed("small groups by district, every item", protected)
    timed("small groups by district and age, one item", crossed)
    timed(f"500 drawn of {people:,}", lambda: draw_simple(register, 500, seed="2026"))


if __name__ == "__main__":
    main()
