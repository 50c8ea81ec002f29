"""A survey's results: for the staff, published, and in all their states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from organisation.permissions import Role
from surveys.actions.publication_drafts import compute_waiting_drafts, save_draft
from surveys.actions.publishing import publish_results
from surveys.models import Answer, Comparator, Survey
from tests.browser.conftest import check_accessibility, check_every_look, focus, sign_in
from tests.factories import PersonFactory, RoleFactory, Solvik
from tests.surveys.against_r import answers_of
from tests.surveys.making import answer_all, make_survey

AREAS = {"reputation": ["q1", "q2", "q3", "q4", "q5"], "meeting": ["q6", "q7", "q8"]}


@pytest.fixture
def survey(solvik: Solvik) -> Survey:
    columns = answers_of("simple")
    before = make_survey("people-2022", areas=AREAS)
    answer_all(before, answers_of("earlier"))
    made = make_survey(
        areas=AREAS,
        background={"district": sorted({value for value in columns["district"] if value})},
        population_size=950,
        previous=before,
    )
    for key, title in (("reputation", "Reputation"), ("meeting", "Meeting the municipality")):
        made.areas.filter(key=key).update(titles={"nb": title, "en": title})
    answer_all(made, columns)
    for survey, years in ((before, 4), (made, 0)):
        Survey.objects.filter(pk=survey.pk).update(
            **{
                name: getattr(survey, name) - timedelta(days=366 * years)
                for name in ("opens_at", "closes_at", "fielded_at", "closed_at")
            }
        )
    country = Comparator.objects.create(kind="nation", name="The country", year=2025, source="KS", weighs="people")
    for key, mean in (("q1", 3.2), ("q2", 4.1), ("q3", 4.9), ("reputation", 4.2), ("meeting", 3.5)):
        country.values.create(key=key, mean=mean, sd=1.2, n=12000)
    return made


@pytest.fixture
def adviser(solvik: Solvik) -> Any:
    person = PersonFactory(language="en", password=solvik.clerk.password)
    RoleFactory(person=person, role=Role.QUALITY_ADVISER)
    return person


def published(survey: Survey, by: Any) -> None:
    now = timezone.now()
    publish_results(
        survey,
        publish_on=timezone.localdate(now),
        words={"en": "Thank you to all who answered. We shall answer the phone sooner."},
        by=by,
        now=now,
    )


def test_the_pages_can_be_read_by_everybody(look: Page, live_server: Any, survey: Survey, adviser: Any) -> None:
    published(survey, adviser)
    look.goto(f"{live_server.url}/surveys/{survey.code}/results/")
    look.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    check_every_look(look, "public")
    sign_in(look, live_server.url, adviser)
    look.goto(f"{live_server.url}/staff/surveys/{survey.code}/results/?by=district")
    check_every_look(look, "staff")
    save_draft(survey, publish_on=None, words={}, by=adviser, now=timezone.now())
    look.goto(f"{live_server.url}/staff/surveys/{survey.code}/results/publish/")
    expect(look.get_by_role("progressbar")).to_be_visible()
    check_accessibility(look)
    compute_waiting_drafts(now=timezone.now())
    expect(look.get_by_text("The figures are computed")).to_be_visible()
    check_every_look(look, "publish")
    look.goto(f"{live_server.url}/staff/surveys/{survey.code}/results/preview/")
    check_accessibility(look)
    look.goto(f"{live_server.url}/staff/surveys/{survey.code}/results/withdraw/")
    check_every_look(look, "withdraw")
    look.get_by_label("Why the results are withdrawn").fill("There was an error in them.")
    look.get_by_role("button", name="Withdraw the results").click()
    expect(look.get_by_text("The public page tells why.")).to_be_visible()
    look.goto(f"{live_server.url}/surveys/{survey.code}/results/")
    expect(look.get_by_text("There was an error in them.")).to_be_visible()
    check_accessibility(look)


def test_publishing_by_keyboard(page: Page, live_server: Any, survey: Survey, adviser: Any) -> None:
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}/staff/surveys/{survey.code}/results/")
    focus(page.get_by_role("link", name="Publish", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish the results")
    page.get_by_label("Published from").fill("2020-01-01")
    focus(page.get_by_role("button", name="Publish"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="The day is past. Choose today or later.")).to_be_visible()
    page.get_by_label("Published from").fill(timezone.localdate().isoformat())
    page.get_by_label("What the municipality says of the result: English").fill("Thank you.")
    focus(page.get_by_role("button", name="Save the draft"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The figures are being computed.")).to_be_visible()
    compute_waiting_drafts(now=timezone.now())
    # The page looks again by itself.
    page.get_by_role("link", name="Look at the page as everybody will see it").press("Enter")
    expect(page.get_by_text("It is not public yet.")).to_be_visible()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.get_by_role("link", name="Back").press("Enter")
    focus(page.get_by_role("button", name="Publish"))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="The public page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Citizen survey")
    page.get_by_role("link", name="Say what you think of the result").click()
    expect(page.get_by_role("textbox").first).to_have_value("Citizen survey: ")


def test_all_of_it_without_script(browser: Browser, live_server: Any, survey: Survey, adviser: Any) -> None:
    published(survey, adviser)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/surveys/{survey.code}/results/")
    expect(page.get_by_text("clearly higher").first).to_be_visible()
    expect(page.get_by_text("no certain difference").first).to_be_visible()
    page.get_by_text("Meeting the municipality").last.click()
    with page.expect_download() as found:
        page.get_by_role("link", name="Figures as CSV").click()
    assert found.value.suggested_filename == "people-2026-figures.csv"
    context.close()


def test_the_public_page_is_light(page: Page, live_server: Any, survey: Survey, adviser: Any) -> None:
    published(survey, adviser)
    html = len(page.request.get(f"{live_server.url}/surveys/{survey.code}/results/").body())
    css = len(page.request.get(f"{live_server.url}/static/innspill/results.css").body())
    assert html + css < 60_000


def test_while_it_runs_and_when_something_is_wrong(page: Page, live_server: Any, survey: Survey, adviser: Any) -> None:
    running = make_survey("running", stage="fielded")
    Answer.objects.bulk_create(Answer(survey=running, values={"q1": 4}) for _each in range(9))
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}/staff/surveys/running/results/")
    expect(page.get_by_text("Answers still come in")).to_be_visible()
    check_accessibility(page)
    page.goto(f"{live_server.url}/staff/surveys/{survey.code}/results/?by=shoe-size")
    expect(page.get_by_role("alert")).to_contain_text("is not something to group by")
    check_accessibility(page)
