"""Those who said yes to an interview, and Solvik's draw of twenty among them."""

from __future__ import annotations

from datetime import datetime
from random import Random

from config.demo.days import DAY
from feedback.consent import WORDING
from feedback.models import Callback, CardEvent, InterviewConsent
from organisation.models import Person
from organisation.queries import municipality
from reporting.actions.interviews import USUAL_NUMBER, draw_interviews, note_interview
from reporting.models import Interviewee

ASKED_SINCE = 90
"""Days: since then callers ask at the end of the callback."""
NAME = "Evaluering av meldingskortet"
LEFT = 7
"""Of the twenty: how many are still to be rung."""


def interviews(*, by: Person, now: datetime, seed: int) -> None:
    """Write consents for callbacks of late, and one draw that is half rung. In the caller's transaction."""
    chance = Random(f"interviews {seed}")
    talks = Callback.objects.filter(held_at__gte=now - ASKED_SINCE * DAY, held_at__lte=now).exclude(
        card__submitter__phone=""
    )
    answers: dict[int, InterviewConsent] = {}
    for talk in talks.select_related("card").order_by("held_at", "id"):
        answer = chance.choices(["yes", "no", ""], [45, 20, 35])[0]
        if answer and talk.card_id not in answers:
            answers[talk.card_id] = InterviewConsent(
                card=talk.card,
                cycle=talk.cycle,
                agreed=answer == "yes",
                wording=WORDING,
                recorded_at=talk.recorded_at,
                recorded_by_id=talk.recorded_by_id,
            )
    InterviewConsent.objects.bulk_create(answers.values())
    CardEvent.objects.bulk_create(
        CardEvent(
            card=one.card,
            what=CardEvent.What.INTERVIEW_ANSWERED,
            at=one.recorded_at,
            by_id=one.recorded_by_id,
            to_value="yes" if one.agreed else "no",
            details={"wording": one.wording},
        )
        for one in answers.values()
    )
    today = now.astimezone(municipality().zone).date()
    draw = draw_interviews(
        name=NAME,
        first_on=today - ASKED_SINCE * DAY,
        last_on=today - DAY,
        size=USUAL_NUMBER,
        contact_until=today + 40 * DAY,
        seed=f"solvik-{today.year}",
        by=by,
        now=now - DAY,
    )
    rung = list(Interviewee.objects.filter(draw=draw).order_by("position"))[:-LEFT]
    for one in rung:
        status = chance.choices(["interviewed", "declined", "not_reached"], [75, 10, 15])[0]
        note_interview(one, status=status, by=by, now=now - DAY / 4)
