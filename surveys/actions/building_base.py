"""What every action on a questionnaire begins with: the locked survey, which is still a draft, and clean texts."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.conditions import Fault, first_fault
from surveys.models import Area, Question, Survey
from surveys.queries import items_of
from surveys.questionnaires import EASY, Stage, text_in
from surveys.rules import require_manager

LONGEST_TITLE = 150
LONGEST_QUESTION = 500
LONGEST_PROSE = 4000
STEP = 10
"""Between two neighbours' positions."""

LANGUAGES = [code for code, _name in settings.LANGUAGES]
Texts = Mapping[str, str]


class SurveyFrozen(Refused):
    """Edited after fielding: people have been asked the questions as they stand."""

    code = "survey_frozen"
    message = _("«%(survey)s» has been sent out, and its questions stay as they are. Copy it to make the next round.")


class TextMissing(Refused):
    code = "text_missing"
    message = _("Write it in %(language)s.")

    def __init__(self, field: str, language: str) -> None:
        super().__init__(language=dict(settings.LANGUAGES)[language])
        self.field = field


class TextTooLong(Refused):
    code = "text_too_long"
    message = _("This is longer than %(longest)s characters. Shorten it.")

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(longest=longest)
        self.field = field


class LanguageUnknown(Refused):
    code = "unknown_language"
    field = "languages"
    message = _("«%(language)s» is not one of the languages here.")


class ConditionBroken(Refused):
    """Somewhere in the questionnaire «asked only if» would name what is not there, or not yet asked."""

    code = "condition_broken"
    field = "show_if_question"
    message = _("«%(question)s» is asked only with certain answers to «%(other)s», which must come before it.")


class ConditionOfOther(Refused):
    """A choice goes that another question waits for."""

    code = "condition_of_other"
    message = _("«%(question)s» is asked only with an answer to «%(other)s» that would be gone. Change that first.")


class ConditionHalf(Refused):
    code = "condition_half"
    field = "show_if_values"
    message = _("Choose with which answers the question is asked.")


class GoneMeanwhile(Refused):
    """Somebody else took away what the page is about, between its being fetched and its being changed."""

    code = "gone_meanwhile"
    message = _("Somebody has taken this away meanwhile. Go back to the questionnaire and look again.")


def draft(survey: Survey, by: Person | None) -> Survey:
    """Return the survey's row as it stands now, locked until the transaction ends.

    The lock is what keeps keys unique over the whole survey. Raises NotAllowed, SurveyFrozen, GoneMeanwhile.
    """
    require_manager(by)
    found = Survey.objects.select_for_update().filter(pk=survey.pk).first()
    if found is None:
        raise GoneMeanwhile
    if found.stage != Stage.DRAFT:
        raise SurveyFrozen(survey=found.title(municipality().language))
    return found


def still_there(area: Area) -> Area:
    """Return the area's row as it stands now, in the locked survey. Raises GoneMeanwhile."""
    found = Area.objects.select_related("survey").filter(pk=area.pk).first()
    if found is None:
        raise GoneMeanwhile
    return found


def clean_texts(
    texts: Texts, *, field: str, longest: int, needed: bool = True, one_line: bool = True
) -> dict[str, str]:
    """Return `texts` without white space around them and without empty ones, in a fixed order of languages.

    Easy-to-read variants have the code `nb-easy`. What is `needed` must be there in bokmål or in the municipality's first
    language. Raises TextMissing, TextTooLong, LanguageUnknown; their `field` is `field` with the language («text_nb»).
    """
    known = [f"{code}{easy}" for code in LANGUAGES for easy in ("", EASY)]
    for code in texts:
        if code not in known:
            raise LanguageUnknown(language=code)
    clean: dict[str, str] = {}
    for code in known:
        text = str(texts.get(code) or "").replace("\x00", "").strip()
        text = " ".join(text.split()) if one_line else "\n".join(line.rstrip() for line in text.splitlines())
        if len(text) > longest:
            raise TextTooLong(f"{field}_{code.replace('-', '_')}", longest)
        if text:
            clean[code] = text
    first = municipality().language
    if needed and not (clean.get(first) or clean.get("nb")):
        raise TextMissing(f"{field}_{first}", first)
    return clean


def keys_in(survey: Survey) -> set[str]:
    """Return the keys of the survey's areas and questions: means from elsewhere name either, so all differ."""
    areas = Area.objects.filter(survey=survey).values_list("key", flat=True)
    return {*areas, *Question.objects.filter(area__survey=survey).values_list("key", flat=True)}


def check_conditions(survey: Survey, *, changed: str = "") -> None:
    """Raise for the first question whose «asked only if» does not hold, after a change to the question `changed`.

    Raises ConditionBroken, ConditionHalf, ConditionOfOther.
    """
    items = items_of(survey)
    if (fault := first_fault(items)) is None:
        return
    if fault.fault == Fault.NO_VALUE:
        raise ConditionHalf
    language = municipality().language
    named = {item.key: text_in(item.texts, language) for item in items}
    names = {"question": named[fault.key], "other": named.get(fault.other, fault.other)}
    if fault.key != changed and fault.fault == Fault.NO_SUCH_VALUE:
        raise ConditionOfOther(**names)
    if fault.fault == Fault.NO_SUCH_VALUE:
        raise ConditionHalf
    raise ConditionBroken(**names)
