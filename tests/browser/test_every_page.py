"""Every page there is, read off the table of addresses: a page that nobody visits here fails.

Each is opened in phone and desktop width, in light and dark, and at 320 px, which is a desktop at 400 %: axe has nothing
to say, the console is still (`conftest.py`), nothing has to be scrolled sideways, and there is one heading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from organisation.models import Person
from tests.browser.conftest import check_every_look, sign_in
from tests.factories import Solvik
from tests.life import Life, address, addresses

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
    "feedback:step": "/staff/cards/{card.reference}/note/",
    "feedback:sensitive": "/staff/sensitive/",
    "feedback:look": "/staff/cards/{sensitive.reference}/look/",
    "feedback:card_records": "/staff/cards/{card.reference}/public/",
    "feedback:journal": "/staff/journal/",
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
    "feedback:retention": "/staff/administration/retention/",
    "feedback:usual_retention": "/staff/administration/retention/usual/",
    "feedback:retention_rule": "/staff/administration/retention/categories/{category.code}/",
    "feedback:legal_grounds": "/staff/administration/legal-references/",
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
    "organisation:audit": "/staff/administration/audit/",
    "organisation:sign_ins": "/staff/administration/people/{person.pk}/sign-ins/",
    "organisation:provider_roles": "/staff/administration/provider/",
    "feedback:personal_data": "/staff/personal-data/",
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
    "feedback:personal_data_file", "feedback:mail_original", "feedback:card_mail", "organisation:audit_file",
    "feedback:journal_file", "mfa_download_recovery_codes",
}  # fmt: skip
"""Answered with a file, and tested where the file is."""
ELSEWHERE = {
    "feedback:own_step", "surveys:enter_by_surveys", "account_set_password", "set_language", "demo_mail", "provider_login",
    "provider_callback", "mfa_list_webauthn", "mfa_login_webauthn", "feedback:citizen_sign_in", "feedback:citizen_back",
    "feedback:citizen_signed_out", "feedback:citizen_ended_there", "feedback:my_cards",
    "feedback:citizen_sign_out",
}  # fmt: skip
"""Those that send on at once to a page that is visited, and those that have a test of their own: the demonstration's page,
and what is there only with a provider for citizens (`test_my_cards.py`)."""

QUALITY_ADVISER = {
    "feedback:card_audit": "/staff/cards/{card.reference}/audit/",
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


OTHER_DOORS = ("admin:", "api:", "surveys_api:", "figures:", "open311:")
"""The API's, which its schema lists, Open311's, and Django's own admin."""


@pytest.fixture
def life(solvik: Solvik) -> Life:
    return Life(solvik)


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
    named = {name: pattern for name, pattern in addresses() if pattern.name and not name.startswith(OTHER_DOORS)}
    assert visited - set(named) - {"demo_mail"} == set(), "These are there no more."
    for name in sorted(set(named) - visited):
        allowed = []
        for person in (solvik.clerk, solvik.administrator, solvik.sector_leader):
            client.force_login(person)
            allowed.append(client.get(address(name, named[name], life.standing_in(name))).status_code)
        assert 405 in allowed, f"{name} is a page: visit it in one of the tables above."


def visit(page: Page, server: str, pages: dict[str, str], life: Life) -> None:
    faults = []
    for name, path in pages.items():
        page.goto(server + path.format(**vars(life)))
        page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
        expect(page.locator(".to-come")).to_have_count(0)  # the forms of a card's steps
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
