"""`manage.py survey_results SURVEY --json`: a survey's figures at full precision. `docs/surveys-results.md` tells all."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from feedback.importing.columns import UnreadableFile
from surveys.importing.margins import read_margins
from surveys.models import Survey
from surveys.results import NoResults, Results, results_of
from surveys.results.figures import AreaResult, RatedFigures


class Command(BaseCommand):
    help = "Print a survey's results. Groups of fewer than five answers, and what they follow from, are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("survey", help="the survey's code")
        parser.add_argument("--json", action="store_true", help="everything, at full precision")
        parser.add_argument("--by", action="append", default=[], metavar="VARIABLE", help="by group; may be repeated")
        parser.add_argument("--population", type=int, metavar="N", help="the population, in place of the survey's own")
        parser.add_argument(
            "--weights",
            metavar="WHICH",
            help="none; variables that the register knows, such as gender,district; or a CSV file with the columns "
            "variable, value, population",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute and print. Raises CommandError for what cannot be computed."""
        with translation.override("en"):
            survey = Survey.objects.select_related("previous").filter(code=options["survey"]).first()
            if survey is None:
                raise CommandError(f"There is no survey «{options['survey']}».")
            try:
                results = results_of(
                    survey, by=options["by"], population=options["population"], **_weights(options["weights"])
                )
            except (NoResults, UnreadableFile) as error:
                raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(results.as_json(), ensure_ascii=False, indent=2, allow_nan=False))
            return
        for line in _lines(results):
            self.stdout.write(line)


def _weights(given: str | None) -> dict[str, Any]:
    if not given:
        return {}
    if given == "none":
        return {"drawn": False}
    path = Path(given)
    if path.is_file():
        return {"margins": read_margins(path.read_bytes())}
    if path.suffix or "/" in given:
        raise CommandError(f"There is no file {given}.")
    return {"margins_by": [name.strip() for name in given.split(",") if name.strip()]}


def _lines(results: Results) -> list[str]:
    invited = f" of {results.n_invited}" if results.n_invited else ""
    lines = [f"{results.survey}: {results.n_answered}{invited} answered."]
    if results.running:
        return [*lines, "Answers still come in: there are no figures until the survey is closed."]
    shown: list[AreaResult | RatedFigures] = [*results.areas, *results.items]
    for one in shown:
        found = one.estimate
        if one.suppressed or found.mean is None:
            lines.append(f"  {one.key:<40} –")
        else:
            margin = f" ({found.ci_low:.2f}–{found.ci_high:.2f})" if found.ci_low is not None else ""
            lines.append(f"  {one.key:<40} {found.mean:.2f}{margin}, n {found.n}")
    return [*lines, *results.notes]
