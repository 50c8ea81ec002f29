"""Every page there is, read off the table of addresses: a page that nobody visits here fails.

Each is opened in phone and desktop width, in light and dark, and at 320 px, which is a desktop at 400 %: axe has nothing
to say, the console is still (`conftest.py`), nothing has to be scrolled sideways, and there is one heading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page

from feedback.actions.answering import record_callback
from feedback.actions.calling import make_contact_card
from feedback.actions.listing import run_overdue_list
from feedback.actions.mailings import SentOut, record_mailing
from feedback.actions.saving import save_filter
from feedback.actions.stories import Words, write_story
from feedback.answer_links import answer_url
from feedback.models import Card, Category, IncomingMail, Mailing, OverdueEntry, RoutingRule, Story
from organisation.calendar import IsoWeek
from organisation.models import Person
from organisation.permissions import Role
from reporting.actions.assessments import Judged, Shown, record_assessment, write_evidence
from reporting.actions.feeds import publish_indicators, save_feed
from reporting.actions.interviews import draw_interviews
from reporting.actions.meetings import make_card
from reporting.assessment_versions import versions
from reporting.feeding import take_answer
from reporting.models import InterviewDraw
from surveys.actions.comments import Coding, send_comment
from surveys.models import Comment, Survey
from surveys.questionnaires import Stage
from tests.browser.conftest import check_every_look, sign_in
from tests.factories import CategoryFactory, RoleFactory, RuleFactory, Solvik, a_card
from tests.feedback.letters import comes, letter
from tests.feedback.open311 import sent_to_a_neighbour
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

CITIZENS = {
    "feedback:send": "/",
    "feedback:offline": "/offline/",
    "feedback:find": "/card/",
    "feedback:status": "/card/{card.secret}/",
    "feedback:receipt": "/card/{card.secret}/receipt/",
    "feedback:withdraw": "/card/{card.secret}/withdraw/",
    "feedback:answer": "{answer}",
    "feedback:privacy": "/privacy/",
    "reporting:hear": "/what-we-hear/",
    "reporting:stories": "/what-we-hear/you-said/",
    "reporting:public_reports": "/reports/",
    "reporting:public_report": "/reports/{out.name}/",
    "reporting:open_data": "/open-data/",
    "surveys:enter": "/answer/",
    "surveys:answer": "/surveys/{survey.code}/",
    "surveys:thanks": "/surveys/{survey.code}/thanks/",
    "surveys:kiosk_answer": "/surveys/{survey.code}/kiosk/{tablet}/",
    "surveys:kiosk_thanks": "/surveys/{survey.code}/kiosk/{tablet}/thanks/",
    "account_login": "/accounts/login/",
    "account_signup": "/accounts/signup/",
    "account_inactive": "/accounts/inactive/",
    "account_reset_password": "/accounts/password/reset/",
    "account_reset_password_done": "/accounts/password/reset/done/",
    "account_reset_password_from_key": "/accounts/password/reset/key/1-nothing/",
    "account_reset_password_from_key_done": "/accounts/password/reset/key/done/",
}
SERVICE_CENTRE = {
    "feedback:worklist": "/staff/",
    "feedback:today": "/staff/today/",
    "feedback:absence": "/staff/absence/",
    "feedback:filters": "/staff/filters/",
    "feedback:export": "/staff/export/",
    "feedback:register": "/staff/register/",
    "feedback:contact_cards": "/staff/contact-cards/",
    "feedback:handovers": "/staff/neighbours/",
    "feedback:card": "/staff/cards/{card.reference}/",
    "feedback:write_story": "/staff/cards/{card.reference}/story/",
    "feedback:overdue_weeks": "/staff/overdue/",
    "feedback:preview_overdue": "/staff/overdue/preview/",
    "feedback:overdue_week": "/staff/overdue/{week}/",
    "feedback:overdue_list": "/staff/overdue/{week}/roads/",
    "feedback:paper_card": "/staff/paper-card/",
    "feedback:mail_queue": "/staff/mail/",
    "feedback:mail_in": "/staff/mail/{mail.pk}/",
    "feedback:mailings": "/staff/mailings/",
    "feedback:mailing": "/staff/mailings/{mailing.pk}/",
    "feedback:stories": "/staff/stories/",
    "feedback:story": "/staff/stories/{story.pk}/",
    "feedback:escalations": "/staff/escalations/",
    "feedback:escalation": "/staff/escalations/{week}/",
    "reporting:statistics": "/staff/statistics/",
    "surveys:kiosk": "/surveys/{survey.code}/kiosk/",
    "account_logout": "/accounts/logout/",
    "account_change_password": "/accounts/password/change/",
    "account_reauthenticate": "/accounts/reauthenticate/",
}
ADMINISTRATOR = {
    "feedback:administration": "/staff/administration/",
    "feedback:close_unit": "/staff/administration/units/water/close/",
    "feedback:categories": "/staff/administration/categories/",
    "feedback:new_category": "/staff/administration/new-category/",
    "feedback:category": "/staff/administration/categories/{category.code}/",
    "feedback:rules": "/staff/administration/rules/",
    "feedback:new_rule": "/staff/administration/new-rule/",
    "feedback:rule": "/staff/administration/rules/{rule.pk}/",
    "feedback:deadlines": "/staff/administration/deadlines/",
    "feedback:open311": "/staff/administration/open311/",
    "feedback:new_neighbour": "/staff/administration/open311/new-neighbour/",
    "feedback:neighbour": "/staff/administration/open311/neighbours/county-roads/",
    "feedback:offered_service": "/staff/administration/open311/services/{category.code}/",
    "feedback:new_service_question": "/staff/administration/open311/services/{category.code}/new/",
    "feedback:service_question": "/staff/administration/open311/services/{category.code}/where/",
    "feedback:import_cards": "/staff/administration/import/",
    "organisation:units": "/staff/administration/units/",
    "organisation:new_unit": "/staff/administration/new-unit/",
    "organisation:unit": "/staff/administration/units/roads/",
    "organisation:people": "/staff/administration/people/",
    "organisation:new_person": "/staff/administration/new-person/",
    "organisation:api_keys": "/staff/administration/keys/",
    "organisation:new_api_key": "/staff/administration/new-key/",
    "organisation:person": "/staff/administration/people/{person.pk}/",
    "organisation:texts": "/staff/administration/texts/",
    "organisation:text": "/staff/administration/texts/page.intro/",
    "organisation:calendar": "/staff/administration/calendar/",
    "organisation:municipality": "/staff/administration/municipality/",
    "organisation:look": "/staff/administration/look/",
    "organisation:webhooks": "/staff/administration/webhooks/",
    "organisation:new_webhook": "/staff/administration/new-webhook/",
    "organisation:given_up": "/staff/administration/webhooks/given-up/",
    "organisation:webhook": "/staff/administration/webhooks/{webhook.key}/",
    "organisation:change_webhook": "/staff/administration/webhooks/{webhook.key}/change/",
    "organisation:log": "/staff/administration/log/",
    "organisation:sign_ins": "/staff/administration/people/{person.pk}/sign-ins/",
    "organisation:provider_roles": "/staff/administration/provider/",
}
MAYORS_OFFICE = {"feedback:political": "/staff/political/"}
CHIEF_EXECUTIVE = {"feedback:chief": "/staff/chief/"}

FILES = {
    "feedback:own_file", "feedback:download", "feedback:contact_cards_document", "feedback:contact_card",
    "feedback:attachment", "feedback:overdue_week_document", "feedback:overdue_list_document",
    "feedback:paper_card_file", "surveys:letters", "surveys:questionnaire_pdf", "surveys:results_file",
    "surveys:public_results_file", "surveys:comments_file", "reporting:interview_file", "reporting:budget_file",
    "reporting:report_file", "reporting:public_report_file", "reporting:benchmarks_json", "reporting:benchmarks_csv",
    "feedback:import_template", "surveys:population_template", "surveys:import_answers_template",
    "reporting:import_template", "reporting:evidence_file", "reporting:criterion_file",
    "security_txt", "reporting:raw_answer", "look:colour", "look:arms", "feedback:send_worker",
    "feedback:mail_original", "feedback:card_mail", "mfa_download_recovery_codes",
}  # fmt: skip
"""Answered with a file, and tested where the file is."""
ELSEWHERE = {
    "feedback:own_step", "surveys:enter_by_surveys", "account_set_password", "set_language", "demo_mail", "provider_login",
    "provider_callback", "mfa_list_webauthn", "mfa_login_webauthn",
}  # fmt: skip
"""Those that send on at once to a page that is visited, and the demonstration's own page, which has its own test."""

QUALITY_ADVISER = {
    "surveys:surveys": "/staff/surveys/",
    "surveys:new": "/staff/surveys/new/",
    "surveys:survey": "/staff/surveys/{draft.code}/",
    "surveys:settings": "/staff/surveys/{draft.code}/settings/",
    "surveys:copy": "/staff/surveys/{survey.code}/copy/",
    "surveys:questionnaire": "/staff/surveys/{draft.code}/questionnaire/",
    "surveys:library": "/staff/surveys/{draft.code}/library/",
    "surveys:new_area": "/staff/surveys/{draft.code}/new-area/",
    "surveys:area": "/staff/surveys/{draft.code}/areas/streets/",
    "surveys:new_question": "/staff/surveys/{draft.code}/areas/streets/new-question/",
    "surveys:question": "/staff/surveys/{draft.code}/questions/road/",
    "surveys:populations": "/staff/populations/",
    "surveys:sample": "/staff/surveys/{draft.code}/sample/",
    "surveys:import_answers": "/staff/surveys/{draft.code}/import/",
    "surveys:fielding": "/staff/surveys/{survey.code}/fielding/",
    "surveys:groups_asked": "/staff/surveys/{grouped.code}/fielding/groups/",
    "reporting:interviews": "/staff/interviews/",
    "reporting:interview_draw": "/staff/interviews/{interviews.pk}/",
    "surveys:close": "/staff/surveys/{survey.code}/fielding/close/",
    "surveys:paper": "/staff/surveys/{survey.code}/paper/",
    "surveys:results": "/staff/surveys/{survey.code}/results/",
    "surveys:comments": "/staff/surveys/{commented.code}/comments/",
    "surveys:comments_by_area": "/staff/surveys/{commented.code}/comments/by-area/",
    "surveys:comment": "/staff/surveys/{commented.code}/comments/one/{held.pk}/",
}
SCORECARDS = {
    "reporting:scorecards": "/staff/scorecards/",
    "reporting:new_scorecard": "/staff/scorecards/new/",
    "reporting:scorecard": "/staff/scorecards/{scorecard.key}/",
    "reporting:scorecard_settings": "/staff/scorecards/{scorecard.key}/settings/",
    "reporting:structure": "/staff/scorecards/{scorecard.key}/structure/",
    "reporting:new_goal": "/staff/scorecards/{scorecard.key}/new-goal/",
    "reporting:goal": "/staff/scorecards/{scorecard.key}/goals/{row.factor.goal_id}/",
    "reporting:new_factor": "/staff/scorecards/{scorecard.key}/goals/{row.factor.goal_id}/new-factor/",
    "reporting:factor": "/staff/scorecards/{scorecard.key}/factors/{row.factor_id}/",
    "reporting:new_row": "/staff/scorecards/{scorecard.key}/factors/{row.factor_id}/new-indicator/",
    "reporting:row": "/staff/scorecards/{scorecard.key}/rows/{row.pk}/",
    "reporting:overview": "/staff/figures/",
    "reporting:choose_overview": "/staff/figures/choose/",
    "reporting:themes": "/staff/themes/",
    "reporting:theme_order": "/staff/themes/order/",
    "reporting:new_theme": "/staff/themes/new/",
    "reporting:theme": "/staff/themes/{theme.key}/",
    "reporting:assessments": "/staff/assessments/",
    "reporting:new_assessment": "/staff/assessments/new/",
    "reporting:assessment": "/staff/assessments/{assessment.pk}/",
    "reporting:change_assessment": "/staff/assessments/{assessment.pk}/settings/",
    "reporting:evidence": "/staff/assessments/{assessment.pk}/users/",
    "reporting:benchmarks": "/staff/benchmarks/",
    "reporting:groups": "/staff/benchmarks/groups/",
    "reporting:new_group": "/staff/benchmarks/groups/new/",
    "reporting:group": "/staff/benchmarks/groups/{group.key}/",
    "reporting:benchmark": "/staff/benchmarks/indicators/{row.indicator.key}/",
    "reporting:benchmark_figures": "/staff/benchmarks/indicators/{row.indicator.key}/figures/",
    "reporting:indicators": "/staff/indicators/",
    "reporting:new_indicator": "/staff/indicators/new/",
    "reporting:indicator": "/staff/indicators/{row.indicator.key}/",
    "reporting:indicator_settings": "/staff/indicators/{row.indicator.key}/settings/",
    "reporting:values": "/staff/values/",
    "reporting:import": "/staff/values/import/",
    "reporting:reports": "/staff/reports/",
    "reporting:new_report": "/staff/reports/new/",
    "reporting:report": "/staff/reports/{report.name}/",
    "reporting:report_texts": "/staff/reports/{report.name}/texts/",
    "reporting:publish_report": "/staff/reports/{report.name}/publish/",
    "reporting:new_report_version": "/staff/reports/{out.name}/new-version/",
    "reporting:withdraw_report": "/staff/reports/{out.name}/withdraw/",
}
ACTIONS = {
    "reporting:actions": "/staff/actions/?status=all",
    "reporting:new_action": "/staff/actions/new/?input={said.pk}",
    "reporting:budget": "/staff/actions/budget/",
    "reporting:action": "/staff/actions/{action.pk}/",
    "reporting:change_action": "/staff/actions/{action.pk}/settings/",
    "reporting:meetings": "/staff/meetings/",
    "reporting:new_meeting": "/staff/meetings/new/",
    "reporting:meeting": "/staff/meetings/{meeting.pk}/",
    "reporting:change_meeting": "/staff/meetings/{meeting.pk}/settings/",
    "reporting:change_input": "/staff/meetings/{meeting.pk}/said/{said.pk}/",
    "reporting:input_card": "/staff/meetings/{meeting.pk}/said/{said.pk}/card/",
    "reporting:sources": "/staff/sources/",
    "reporting:new_source": "/staff/sources/new/",
    "reporting:source": "/staff/sources/{feed.pk}/",
    "reporting:edit_source": "/staff/sources/{feed.pk}/settings/",
    "reporting:open_indicators": "/staff/sources/open-data/",
}
RESULTS = {"surveys:results_publish", "surveys:results_preview", "surveys:results_withdraw", "surveys:public_results"}
"""Visited with a survey that is closed and published, in all looks: test_survey_results.py."""
SECOND_STEP = {
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn", "mfa_remove_webauthn",
}  # fmt: skip
"""Visited by somebody who sets a second step up and uses it, in all looks: test_second_step.py."""


class Life:
    """Something on every page."""

    def __init__(self, solvik: Solvik) -> None:
        now = timezone.now()
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
        self.tablet = signing.dumps(self.survey.pk, salt="survey-kiosk")


@pytest.fixture
def life(solvik: Solvik) -> Life:
    return Life(solvik)


def addresses(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give every named address of ours: not the API's, which its schema lists, nor Open311's, nor Django's own admin."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{space}{pattern.name}", pattern
        elif not str(pattern.pattern).startswith(("api/", "open311/", "admin/")):
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else space)


def test_every_address_is_visited_here_or_takes_no_visits(life: Life, client: Client, solvik: Solvik) -> None:
    """What is in no table below is a door for forms alone: asked for as a page, it says so (405)."""
    visited = {
        *CITIZENS,
        *SERVICE_CENTRE,
        *ADMINISTRATOR,
        *MAYORS_OFFICE,
        *CHIEF_EXECUTIVE,
        *FILES,
        *ELSEWHERE,
        *QUALITY_ADVISER,
        *SCORECARDS,
        *ACTIONS,
        *RESULTS,
        *SECOND_STEP,
    }
    named = dict(addresses(get_resolver()))
    assert visited - set(named) - {"demo_mail"} == set(), "These are there no more."
    for name in sorted(set(named) - visited):
        allowed = []
        for person in (solvik.clerk, solvik.administrator, solvik.sector_leader):
            client.force_login(person)
            allowed.append(client.get(an_address(name, named[name], life)).status_code)
        assert 405 in allowed, f"{name} is a page: visit it in one of the tables above."


def an_address(name: str, pattern: URLPattern, life: Life) -> str:
    values = {
        "reference": life.card.reference, "secret": life.card.secret, "pk": 1, "week": str(life.week), "unit": "roads",
        "code": life.draft.code if name.startswith("surveys:") else "roads", "step": "note", "role": 1, "absence": 1,
        "area": "streets", "question": "road", "token": life.tablet, "form": "csv", "comment": life.held.pk,
        "key": life.webhook.key if name.startswith("organisation:") else life.scorecard.key,
        "name": life.report.name, "kind": "rows", "limits": 1, "one": 1, "item": 1, "answer": 1,
    }  # fmt: skip
    return reverse(name, kwargs={name: values[name] for name in pattern.pattern.converters})


def visit(page: Page, server: str, pages: dict[str, str], life: Life) -> None:
    faults = []
    for name, path in pages.items():
        page.goto(server + path.format(**vars(life)))
        page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
        check_every_look(page, name)
        if (headings := page.locator("h1").count()) != 1:
            faults.append(f"{name} has {headings} headings of the first level")
    assert faults == []


def test_citizens(page: Page, live_server: Any, life: Life) -> None:
    visit(page, live_server.url, CITIZENS, life)


@pytest.mark.parametrize(
    ("pages", "who"),
    [
        (dict(list(SERVICE_CENTRE.items())[:12]), lambda solvik: solvik.clerk),
        (dict(list(SERVICE_CENTRE.items())[12:]), lambda solvik: solvik.clerk),
        (dict(list(ADMINISTRATOR.items())[:11]), lambda solvik: solvik.administrator),
        (dict(list(ADMINISTRATOR.items())[11:]), lambda solvik: solvik.administrator),
        (MAYORS_OFFICE, lambda solvik: solvik.mayors_secretary),
        (CHIEF_EXECUTIVE, lambda solvik: solvik.chief),
        (QUALITY_ADVISER, lambda solvik: solvik.sector_leader),
        (SCORECARDS, lambda solvik: solvik.administrator),
        (ACTIONS, lambda solvik: solvik.administrator),
    ],
    ids=[
        "centre-1",
        "centre-2",
        "administrator-1",
        "administrator-2",
        "mayor",
        "chief",
        "adviser",
        "scorecards",
        "actions",
    ],
)
def test_staff(
    page: Page, live_server: Any, solvik: Solvik, life: Life, pages: dict[str, str], who: Callable[[Solvik], Person]
) -> None:
    sign_in(page, live_server.url, who(solvik))
    visit(page, live_server.url, pages, life)
