"""A municipality with something on every page, and every address there is with what stands in it.

The matrix of rights (`test_matrix.py`) and the visit to every page (`browser/test_every_page.py`) stand on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from feedback.actions.answering import record_callback
from feedback.actions.calling import make_contact_card
from feedback.actions.correcting import add_attachments
from feedback.actions.listing import run_overdue_list
from feedback.actions.mailings import SentOut, record_mailing
from feedback.actions.records import add_ground, grade_card
from feedback.actions.saving import save_filter
from feedback.actions.sensitive import mark_sensitive
from feedback.actions.stories import Words, write_story
from feedback.actions.storing import Upload
from feedback.answer_links import answer_url
from feedback.models import (
    Attachment,
    Card,
    Category,
    ContactCard,
    Handover,
    IncomingMail,
    Mailing,
    OverdueEntry,
    RoutingRule,
    SavedFilter,
    Story,
)
from feedback.views.contact_cards import BATCH
from organisation.calendar import IsoWeek
from organisation.models import Person, ProviderRole, RoleAssignment
from organisation.permissions import Role
from reporting.actions.assessments import Judged, Shown, add_criterion_file, record_assessment, write_evidence
from reporting.actions.feeds import publish_indicators, save_feed
from reporting.actions.initiatives import add_evidence
from reporting.actions.interviews import draw_interviews
from reporting.actions.meetings import make_card
from reporting.assessment_versions import versions
from reporting.benchmark_profiles import profiles
from reporting.feeding import take_answer
from reporting.models import InterviewDraw
from surveys.actions.comments import Coding, send_comment
from surveys.models import Comment, Survey
from surveys.questionnaires import Stage
from tests.factories import (
    OSLO,
    AbsenceFactory,
    CategoryFactory,
    DayOffFactory,
    PersonFactory,
    RoleFactory,
    RuleFactory,
    Solvik,
    a_card,
)
from tests.feedback.letters import comes, letter
from tests.feedback.open311 import a_key, sent_to_a_neighbour
from tests.feedback.steps import called_back, try_three_times
from tests.organisation.told import a_webhook_with_deliveries
from tests.reporting.benchmarks import a_group_beside
from tests.reporting.houses import kolada
from tests.reporting.plans import a_meeting, an_action_with_a_course
from tests.reporting.reports import reports_out_and_in_work
from tests.reporting.scorecards import a_scorecard_with_figures
from tests.reporting.themes import weak_from_several_sides
from tests.surveys.commented import make_commented, the_comment
from tests.surveys.making import make_survey
from tests.surveys.rounds import survey_of_every_kind


class Life:
    """Something on every page."""

    def __init__(self, solvik: Solvik) -> None:
        now = timezone.now().astimezone(OSLO)  # its days are those of the municipality
        clerk, leader = solvik.clerk, solvik.roads_leader
        self.category: Category = CategoryFactory(name="Vei og gate")
        self.rule: RoutingRule = RuleFactory(unit=solvik.roads, words=["hull"])
        self.person: Person = solvik.handler
        late = now - timedelta(days=40)
        self.card: Card = a_card(now=late, unit=solvik.roads, category=self.category)
        a_card(now=late, unit=solvik.water, text="Lekkasje i kjelleren")
        a_card(now=now, text="Hull i veien")
        a_card(now=late, unit=solvik.mayor, political=True)
        called_back(a_card(now=late, unit=solvik.mayor, political=True), by=clerk, now=now)
        waiting = a_card(now=late, unit=solvik.roads)
        try_three_times(waiting, by=leader, now=now)
        make_contact_card(waiting, by=leader, now=now)
        self.printed_at = now
        ContactCard.objects.update(printed_at=now, printed_by=leader)
        self.week = IsoWeek.of((now - timedelta(days=7)).date())
        for week in (self.week.previous(), self.week):
            run_overdue_list(now=now, week=week)
        save_filter(name="Over frist", query="due=overdue", shared=True, by=clerk)
        self.mailing: Mailing = record_mailing(SentOut(now.date(), 1200, "posted", ["nb"]), by=clerk, now=now)
        self.story: Story = write_story(
            self.card, Words("Lys", "Det var mørkt.", "Lyset er på.", "nb"), by=clerk, now=now
        )
        self.webhook = a_webhook_with_deliveries(solvik.clerk, now)
        self.survey: Survey = survey_of_every_kind(
            opens_at=late, fielded_at=late, closes_at=now + timedelta(days=9), open_to_all=True, kiosk=True
        )
        self.draft: Survey = survey_of_every_kind(
            code="next", stage=Stage.DRAFT, opens_at=None, closes_at=None, fielded_at=None
        )
        self.commented: Survey = make_commented(
            "Hull i veien", "Fint bibliotek", code="commented", held=("Ring 33 18 10 00",)
        )
        self.grouped: Survey = make_survey("grouped", background={"owner": ["us", "them"]}, stage="fielded")
        asked = a_card(now=now, unit=solvik.water)
        record_callback(asked, held_at=now, summary="Tettet", reaction=5, interview=True, by=None, now=now)
        self.interviews: InterviewDraw = draw_interviews(
            name="Evaluering", first_on=late.date(), last_on=now.date(), size=1,
            contact_until=now.date() + timedelta(days=9), by=None, now=now,
        )  # fmt: skip
        self.held: Comment = the_comment(self.commented, "Ring")
        send_comment(the_comment(self.commented, "Hull"), Coding(unit=solvik.roads), by=None, now=now)
        RoleFactory(person=solvik.sector_leader, role=Role.QUALITY_ADVISER)
        RoleFactory(person=solvik.administrator, role=Role.PRIVACY)
        self.row = a_scorecard_with_figures(now)
        self.scorecard = self.row.factor.goal.scorecard
        self.group = a_group_beside(self.row.indicator, last=now.year - 1)
        form = versions()["kommunekompasset-2010"]
        for year, points in ((2014, 50), (2018, 61)):
            by_area = {area.key: points + place for place, area in enumerate(form.areas)}
            judged = Judged(version=form.key, year=year, points=by_area, total=500)
            self.assessment = record_assessment(judged, by=None, now=now, this_year=now.year)
        write_evidence(self.assessment, {"promises": Shown("partly", "Fire av ni")}, by=None, now=now)
        self.action = an_action_with_a_course(solvik.roads, self.row.indicator, now)
        self.meeting, (_light, self.said) = a_meeting(solvik.roads, "Gangfeltet er mørkt", "Flere benker")
        make_card(_light, by=None, now=now)
        self.theme = weak_from_several_sides(self.row.indicator, now)
        self.out, self.report = reports_out_and_in_work(now)
        publish_indicators([self.row.indicator], public=True, by=None, now=now)
        wanted = {"kind": "kolada", "external": "N1", "indicator": self.row.indicator}
        self.feed = save_feed(None, wanted, by=None, now=now)
        for answer in (kolada(("N1", "9801", 20225, 1)), b"<html>"):
            take_answer(self.feed, [answer], address="answer.json", by=None, now=now, this_year=now.year)
        sent_to_a_neighbour(self.card, a_card(now=now, unit=solvik.water), category=self.category, now=now)
        about = letter("Lyset er av.\n\n-- \nNabo", sender="Nabo <n@example.org>", subject=f"Om {self.card.reference}")
        self.mail: IncomingMail = comes(about, now=now)
        entry = OverdueEntry.objects.filter(card=self.card).latest("iso_week")
        self.answer = answer_url(entry, leader, now).removeprefix(settings.SITE_URL)
        self.sensitive = mark_sensitive(a_card(), reason="child", by=solvik.clerk, now=now)
        self.ground = add_ground(name="offl. § 13", about="Personlige forhold", by=None, now=now)
        grade_card(self.card, grade="exempt", ground=self.ground, title="", sender_shown=False, by=clerk, now=now)
        self.tablet = signing.dumps(self.survey.pk, salt="survey-kiosk")
        self.attachment: Attachment = a_picture_of(self.card, now)
        upload = an_upload("bilde.pdf")
        self.evidence = add_evidence(self.action, text="Brevet", url="", upload=upload, by=None, now=now)
        self.criterion_file = add_criterion_file(self.assessment, "promises", upload, by=None, now=now)
        self.day_off = DayOffFactory(on=now.date())
        self.api_key, _secret = a_key(solvik.clerk)
        self.absence = AbsenceFactory(person=leader, first_on=now.date(), last_on=now.date() + timedelta(days=9))
        self.provider_role = ProviderRole.objects.create(value="Innspill.Reader", role=Role.READER)
        self.adviser: Person = PersonFactory(name="Quinn Adviser", email="adviser@solvik.test")
        RoleFactory(person=self.adviser, role=Role.QUALITY_ADVISER)
        self.nobody: Person = PersonFactory(name="Nils Nobody", email="nobody@solvik.test")

    def standing_in(self, name: str) -> dict[str, Any]:
        """Return what stands in the address of this name: things of the roads unit, wherever a thing belongs to one."""
        page = self.card
        usual: dict[str, Any] = {
            "reference": page.reference, "secret": page.secret, "pk": 1, "week": str(self.week), "unit": "roads",
            "code": "roads", "step": "note", "role": 1, "absence": self.absence.pk, "area": "streets", "question": "road",
            "token": self.tablet, "form": "csv", "comment": self.held.pk, "key": self.scorecard.key, "name": self.report.name,
            "kind": "rows", "limits": 1, "one": 1, "item": 1, "answer": 1, "sha256": self.attachment.sha256,
            "id": self.webhook.key, "survey": self.draft.code, "group": self.group.key, "number": page.reference,
            "colour": "0a5c36", "uidb36": "1", "batch": "20261116T090000000000", "of": "figures", "anything": "nothing",
            "app_label": "organisation",
        }  # fmt: skip
        space, _colon, _short = name.rpartition(":")
        return {
            key: value
            for part in (usual, self._by_space.get(space, {}), self._by_name.get(name, {}))
            for key, value in part.items()
        }

    @cached_property
    def _by_space(self) -> dict[str, dict[str, Any]]:
        return {
            "organisation": {"key": self.webhook.key, "pk": self.person.pk},
            "surveys": {"code": self.draft.code},
            "open311": {"form": "json"},
            "figures": {"key": self.row.indicator.key, "reference": self.action.reference},
        }

    @cached_property
    def _by_name(self) -> dict[str, dict[str, Any]]:
        goal = self.row.factor.goal_id
        limits = self.row.thresholds.get().pk
        of_person = {"pk": self.person.pk}
        role = RoleAssignment.objects.get(person=self.person).pk
        handover = Handover.objects.get(card=self.card).pk
        said = {"pk": self.meeting.pk, "item": self.said.pk}
        form = {"pk": self.assessment.pk, "area": "users", "item": self.criterion_file.pk}
        shown = {"pk": self.action.pk, "item": self.evidence.pk}
        kiosk = {"code": self.survey.code}
        commented = {"code": self.commented.code}
        feed = {"pk": self.feed.pk, "answer": self.feed.fetched.latest("pk").pk}
        return {
            "api:attachment": {"reference": self.card.reference},
            "feedback:own_file": {"pk": self.attachment.pk},
            "feedback:own_step": {"step": "add"},
            "feedback:answer": {"token": self.answer.strip("/").rpartition("/")[2]},
            "feedback:remove_absence": {"pk": self.absence.pk},
            "feedback:look": {"reference": self.sensitive.reference},
            "feedback:filter": {"pk": SavedFilter.objects.get().pk},
            "feedback:attachment": {"pk": self.attachment.pk},
            "feedback:card_mail": {"pk": self.mail.pk},
            "feedback:contact_cards_document": {"batch": f"{self.printed_at.astimezone(UTC):{BATCH}}"},
            **{f"feedback:handover_{what}": {"pk": handover} for what in ("again", "number", "stop")},
            **{f"feedback:mail_{what}": {"pk": self.mail.pk} for what in ("in", "original", "card", "file", "dismiss")},
            **{f"feedback:{what}": {"pk": self.mailing.pk} for what in ("mailing", "remove_mailing")},
            **{
                f"feedback:{what}": {"pk": self.story.pk}
                for what in ("story", "publish_story", "withdraw_story", "delete_story")
            },
            "feedback:legal_ground": {"pk": self.ground.pk},
            "feedback:journal_file": {"version": "public", "form": "csv"},
            "feedback:close_unit": {"code": "water"},
            **{f"feedback:{what}": {"pk": self.rule.pk} for what in ("rule", "move_rule", "remove_rule")},
            **{
                f"feedback:{what}": {"code": self.category.code, "name": "where"}
                for what in ("category", "move_category", "offered_service", "new_service_question", "service_question",
                             "remove_service_question")
            },
            **{
                f"feedback:{what}": {"code": "county-roads"} for what in ("neighbour", "ask_neighbour", "map_services")
            },
            **{
                f"surveys:{what}": kiosk
                for what in ("answer", "thanks", "kiosk", "kiosk_answer", "kiosk_thanks", "copy", "fielding", "move_closing",
                             "open_now", "close", "paper", "letters", "remind", "mark", "results", "results_file")
            },
            **{
                f"surveys:{what}": commented
                for what in ("comments", "comments_by_area", "comments_file", "comments_undo", "comment", "comment_step")
            },
            "surveys:comment_step": commented | {"step": "release"},
            "surveys:groups_asked": {"code": self.grouped.code},
            "reporting:public_report": {"name": self.out.name},
            "reporting:public_report_file": {"name": self.out.name, "form": "pdf"},
            "reporting:report_file": {"form": "pdf"},
            **{f"reporting:{what}": {"name": self.out.name} for what in ("new_report_version", "withdraw_report")},
            **{f"reporting:{what}": {"pk": goal} for what in ("goal", "new_factor")},
            **{f"reporting:{what}": {"pk": self.row.factor_id} for what in ("factor", "new_row")},
            **{
                f"reporting:{what}": {"pk": self.row.pk, "limits": limits}
                for what in ("row", "remove_limits", "remove_part", "move_part")
            },
            **{
                f"reporting:{what}": {"key": self.row.indicator.key}
                for what in ("indicator", "indicator_settings", "benchmark", "benchmark_figures")
            },
            **{f"reporting:{what}": {"key": self.group.key} for what in ("group", "remove_group")},
            "reporting:make_profile": {"key": next(iter(profiles()))},
            **{f"reporting:{what}": feed for what in ("source", "edit_source", "remove_source", "fetch_now", "raw_answer")},
            **{
                f"reporting:{what}": form
                for what in ("assessment", "change_assessment", "remove_assessment", "criterion_file",
                             "remove_criterion_file", "evidence", "add_criterion_file")
            },
            **{f"reporting:{what}": {"key": self.theme.key} for what in ("theme", "remove_theme", "move_theme")},
            **{
                f"reporting:{what}": {"pk": self.interviews.pk, "one": self.interviews.interviewees.get().pk}
                for what in ("interview_draw", "throw_interviews_away", "note_interview", "interview_file")
            },
            **{
                f"reporting:{what}": shown
                for what in ("action", "change_action", "follow_up", "add_evidence", "evidence_file", "remove_evidence")
            },
            "reporting:remove_note": shown | {"item": self.action.events.filter(note__isnull=False).latest("pk").pk},
            **{
                f"reporting:{what}": said
                for what in ("meeting", "change_meeting", "remove_meeting", "write_inputs", "change_input", "remove_input",
                             "input_card", "make_card")
            },
            **{f"organisation:{what}": of_person | {"role": role} for what in ("give_role", "take_role", "send_link")},
            "organisation:take_back_absence": {"pk": self.absence.person_id},
            "organisation:remove_provider_role": {"pk": self.provider_role.pk},
            "organisation:text": {"key": "page.intro"},
            "organisation:open_after_all": {"pk": self.day_off.pk},
            "organisation:revoke_api_key": {"pk": self.api_key.pk},
            "organisation:replay_delivery": {"key": self.webhook.deliveries.filter(status="failed").get().key},
            "account_reset_password_from_key": {"key": "nothing"},
            "figures:scorecard": {"key": self.scorecard.key},
            "figures:assessment": {"reference": f"{self.assessment.version}-{self.assessment.year}"},
            "open311:definition": {"code": self.category.code, "form": "json"},
            "open311:trial-definition": {"code": self.category.code, "form": "json"},
        }  # fmt: skip


def a_picture_of(card: Card, now: datetime) -> Attachment:
    """Keep a file that the submitter sent with the card."""
    (kept,) = add_attachments(card, [an_upload("hull.pdf")], by=None, now=now)
    return kept


def an_upload(name: str) -> Upload:
    return Upload(name, "application/pdf", BytesIO(b"%PDF-1.4\n%%EOF"))


def addresses(resolver: URLResolver | None = None, space: str = "", path: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give every address there is with its name; what has none is named by its path."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield (f"{space}{pattern.name}" if pattern.name else here), pattern
        else:
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else space, here)


def address(name: str, pattern: URLPattern, standing: dict[str, Any]) -> str:
    """Return the address with what stands in it."""
    if not pattern.name:  # in Django's admin
        return "/" + re.sub(r"<\w+:\w+>", "1", name).replace("(?P<url>.*)$", "nothing/")
    names = [*pattern.pattern.converters, *getattr(pattern.pattern, "regex", re.compile("")).groupindex]
    return reverse(name, kwargs={name: standing.get(name, 1) for name in dict.fromkeys(names)})
