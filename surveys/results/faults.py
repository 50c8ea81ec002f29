"""What results say when they cannot be given: a sentence for whoever asked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from organisation.errors import Refused
from surveys.statistics.errors import CannotCompute


class NoResults(Refused):
    """The figures that were asked for do not exist. `sentence` says why."""

    code = "no_results"
    message = "%(sentence)s"

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence=sentence)
        self.field = field


def in_words(error: CannotCompute) -> str:
    """Return the sentence of a figure that cannot be computed."""
    about = {name: str(value) for name, value in error.about.items()}
    sentences = {
        "more_answers_than_people": _(
            "There are %(answers)s answers and only %(population)s people in the population."
        ),
        "unknown_group": _("There are answers from «%(group)s», and how many people that is of is not known."),
        "group_missing": _("Some have not stated «%(group)s», so that the answers cannot be weighted by it."),
        "empty_cell": _("Nobody in «%(group)s» has answered, so that no figure for the whole population follows."),
        "sum_is_not_population": _("«%(margin)s» adds up to %(sum)s people, and the population is %(population)s."),
        "margins_contradict": _("No weights fit all the numbers: see «%(margin)s»."),
        "no_convergence": _("The weights did not settle in %(rounds)s rounds."),
        "not_on_scale": _("An answer is %(value)s, which is outside the scale %(low)s–%(high)s."),
        "no_such_number": _("«%(name)s» cannot be %(value)s."),
    }
    sentence = sentences.get(error.code)
    return sentence % about if sentence else str(error)
