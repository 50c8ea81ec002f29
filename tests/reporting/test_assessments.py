"""Assessments as they are written down: Örebro, Røros, Grästorp and our own, what is refused, and the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from organisation.errors import NotAllowed, Refused
from organisation.history_door import erasing
from organisation.models import Change, Person
from organisation.permissions import Role
from reporting.actions.assessments import (
    AreaUnknown,
    AssessmentThere,
    AssessmentYear,
    Judged,
    NothingAssessed,
    OnlyOurEvidence,
    OthersAssessThemselves,
    PointsOutside,
    Shown,
    TotalOutside,
    VersionUnknown,
    change_assessment,
    know_municipality,
    record_assessment,
    remove_assessment,
    write_evidence,
)
from reporting.assessment_pages import assessments, highest_of, lines, overview, page_of
from reporting.assessment_versions import versions
from reporting.models import AreaPoints, Assessment, Elsewhere, Evidence
from tests.factories import RoleFactory, Solvik, oslo

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)
FORM = versions()["kommunekompasset-2010"]
AREAS = [area.key for area in FORM.areas]
GRASTORP = (61, 60, 73, 53, 70, 56, 65, 68)
HERE = "/staff/assessments/"


def by_area(*points: int) -> dict[str, int]:
    return dict(zip(AREAS, points, strict=False))


def write(year: int = 2026, by: Person | None = None, **more: Any) -> Assessment:
    return record_assessment(Judged(**({"version": FORM.key, "year": year} | more)), by=by, now=NOW, this_year=2026)


def other(name: str, country: str = "NO") -> Elsewhere:
    return know_municipality(name, country=country, by=None, now=NOW)


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    return RoleFactory(role=Role.QUALITY_ADVISER, person__language="en").person


def test_the_histories_that_are_published(solvik: Solvik) -> None:
    orebro, roros, grastorp = other("Örebro", "SE"), other("Røros"), other("Grästorp", "SE")
    for place, totals in ((orebro, {2012: 615, 2015: 650}), (roros, {2013: 254, 2017: 396, 2021: 593})):
        for year, total in totals.items():
            write(year, elsewhere=place, total=total)
    write(2014, elsewhere=grastorp, points=by_area(*GRASTORP))
    found = {str(line.assessment): line for line in lines(assessments().filter(elsewhere=roros))}
    assert [(line.total.points, line.change) for line in found.values()] == [(593, 197), (396, 142), (254, None)]
    (line,) = lines(assessments().filter(elsewhere=grastorp))
    assert (line.total.points, line.total.from_areas) == (506, True)
    highest = overview(FORM, [("external", "Outside")]).highest
    assert highest is not None
    assert (highest.assessment.elsewhere, highest.total.points) == (orebro, 650)


def test_the_highest_is_from_outside_and_the_earliest_of_equals(solvik: Solvik) -> None:
    write(2025, total=700, kind="self")
    first = write(2020, total=600)
    write(2024, total=600)
    found = highest_of(lines(assessments()))
    assert found is not None
    assert found.assessment == first


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"version": "nothing"}, VersionUnknown, "version"),
        ({"year": 20225}, AssessmentYear, "year"),
        ({"year": 2027}, AssessmentYear, "year"),
        ({"year": 1949}, AssessmentYear, "year"),
        ({"points": {"users": 101}}, PointsOutside, "users"),
        ({"points": {"users": -1}}, PointsOutside, "users"),
        ({"points": {"weather": 5}}, AreaUnknown, ""),
        ({"total": 801}, TotalOutside, "total"),
        ({"total": None}, NothingAssessed, "total"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    solvik: Solvik, given: dict[str, Any], refusal: type[Refused], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        write(**({"total": 500} | given))
    assert refused.value.field == field
    assert str(refused.value)
    assert Assessment.objects.count() == Change.objects.count() == 0


def test_one_a_year_of_each_kind_and_place(solvik: Solvik) -> None:
    write(total=500)
    write(total=520, kind="self")
    write(total=530, elsewhere=other("Røros"))
    for again in ({"total": 1}, {"total": 1, "kind": "self"}, {"total": 1, "elsewhere": other("RØROS")}):
        with pytest.raises(AssessmentThere):
            write(**again)
    with pytest.raises(OthersAssessThemselves):
        write(2020, total=1, kind="self", elsewhere=other("Røros"))
    assert Elsewhere.objects.count() == 1


def test_putting_right_keeps_what_stays_and_is_in_the_log(solvik: Solvik, adviser: Person) -> None:
    made = write(points=by_area(10, 20, 30), by=adviser)
    with erasing():
        Change.objects.all().delete()
    changed = Judged(version=FORM.key, year=2026, points={"openness": 10, "users": 25}, total=400, note="Se brevet")
    change_assessment(made, changed, by=adviser, now=NOW, this_year=2026)
    made = assessments().get()
    assert (made.points(), made.total, made.note) == ({"openness": 10, "users": 25}, 400, "Se brevet")
    told = sorted((change.what, change.name) for change in Change.objects.all())
    assert told == [
        ("changed", "kommunekompasset-2010 2026"),
        ("changed", "users: 25"),
        ("removed", "political-steering: 30"),
    ]


def test_evidence_is_written_taken_away_and_ours_alone(solvik: Solvik, adviser: Person) -> None:
    made = write(total=500)
    write_evidence(made, {"ethics": Shown("met", "  Håndbok 2025 "), "dialogue": Shown("", "")}, by=adviser, now=NOW)
    assert list(Evidence.objects.values_list("criterion", "standing", "text")) == [("ethics", "met", "Håndbok 2025")]
    write_evidence(made, {"ethics": Shown("", "")}, by=adviser, now=NOW)
    assert not Evidence.objects.exists()
    with pytest.raises(OnlyOurEvidence):
        write_evidence(write(2020, total=1, elsewhere=other("Røros")), {}, by=adviser, now=NOW)
    remove_assessment(made, by=adviser, now=NOW)
    assert not AreaPoints.objects.filter(assessment__elsewhere=None).exists()


def test_others_than_those_who_keep_figures_are_refused(solvik: Solvik) -> None:
    made = write(total=500)
    for act in (
        lambda: write(2020, total=1, by=solvik.clerk),
        lambda: remove_assessment(made, by=solvik.chief, now=NOW),
        lambda: write_evidence(made, {}, by=solvik.roads_leader, now=NOW),
        lambda: know_municipality("Røros", by=solvik.clerk, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_page_names_change_and_the_weakest(solvik: Solvik) -> None:
    write(2022, points=by_area(50, 50, 50, 50, 50, 50, 50, 50))
    made = write(2026, points=by_area(*GRASTORP), total=504)
    (line, _before) = lines(assessments())
    page = page_of(line.assessment, lines(assessments())[1], language="nb", names=("Nå", "Før"))
    assert [row.change.change for row in page.rows] == [point - 50 for point in GRASTORP]
    assert [row.part.key for row in page.rows if row.is_weak] == ["users", "leadership", "employer"]
    assert page.total.disagrees
    assert page.total.points == 506
    assert page.chart is not None
    assert [shape.name for shape in page.chart.shapes] == ["Nå", "Før"]
    assert line.change == 106
    assert line.assessment == made


def test_pages_and_who_may(client: Client, solvik: Solvik, adviser: Person) -> None:
    made = write(points=by_area(*GRASTORP), total=504)
    theirs = write(2015, total=650, elsewhere=other("Örebro", "SE"))
    pages = [HERE, f"{HERE}{made.pk}/", f"{HERE}{theirs.pk}/", f"{HERE}{made.pk}/users/"]
    doors = [f"{HERE}new/", f"{HERE}{made.pk}/settings/"]
    for person, seen, written in ((adviser, 200, 200), (solvik.chief, 200, 403), (solvik.handler, 403, 403)):
        client.force_login(person)
        assert [client.get(path).status_code for path in pages] == [seen] * 4, person
        assert [client.get(path).status_code for path in doors] == [written] * 2, person
    client.force_login(adviser)
    html = client.get(HERE, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "The highest known here is 650 points (Örebro 2015)." in html
    assert "published as 504" in html
    for missing in (f"{HERE}99/", f"{HERE}{made.pk}/weather/", f"{HERE}{theirs.pk}/users/"):
        assert client.get(missing).status_code == 404
    client.force_login(solvik.chief)
    for path in (f"{HERE}{made.pk}/remove/", f"{HERE}{made.pk}/users/", f"{HERE}new/"):
        assert client.post(path).status_code == 403


def test_a_form_keeps_all_and_says_at_the_field(client: Client, solvik: Solvik, adviser: Person) -> None:
    client.force_login(adviser)
    typed = {"of": "Røros", "kind": "external", "year": "20225", "users": "mange", "results": "70", "note": "Hei"}
    response = client.post(f"{HERE}new/?form={FORM.key}", typed, HTTP_ACCEPT_LANGUAGE="en")
    html = response.content.decode()
    assert response.status_code == 422
    for sentence in ("«20225» is no year from 1950 to ", "Write a whole number of points."):
        assert html.count(sentence) == 2, sentence
    for kept in ('value="Røros"', 'value="20225"', 'value="mange"', 'value="70"', "Hei</textarea>"):
        assert kept in html
    response = client.post(
        f"{HERE}new/?form={FORM.key}", typed | {"year": "2017", "users": "101"}, HTTP_ACCEPT_LANGUAGE="en"
    )
    assert (response.status_code, response.content.decode().count("Write whole points from 0 to 100.")) == (422, 2)
    assert not Elsewhere.objects.exists()
    response = client.post(f"{HERE}new/?form={FORM.key}", typed | {"year": "2017", "users": "60"})
    assert response.headers["Location"] == f"{HERE}?form={FORM.key}"
    assert Assessment.objects.get().elsewhere == Elsewhere.objects.get(name="Røros")


def test_evidence_goes_from_area_to_area(client: Client, solvik: Solvik, adviser: Person) -> None:
    made = write(total=500)
    client.force_login(adviser)
    sent = {"promises-standing": "met", "promises-text": "Serviceerklæringer", "next": "1"}
    response = client.post(f"{HERE}{made.pk}/users/", sent)
    assert response.headers["Location"] == f"{HERE}{made.pk}/political-steering/"
    assert client.post(f"{HERE}{made.pk}/community/", {"next": "1"}).headers["Location"] == f"{HERE}{made.pk}/"
    assert client.post(f"{HERE}{made.pk}/users/", {"promises-standing": "perhaps"}).status_code == 422
    assert "1 of 3 criteria" in client.get(f"{HERE}{made.pk}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    client.force_login(solvik.chief)
    html = client.get(f"{HERE}{made.pk}/users/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Serviceerklæringer" in html
    assert "<textarea" not in html


def test_the_list_costs_the_same_for_few_and_many(
    client: Client, solvik: Solvik, adviser: Person, django_assert_max_num_queries: Any
) -> None:
    client.force_login(adviser)
    for year in range(2000, 2020):
        write(year, points=by_area(*GRASTORP))
        write(year, total=400, elsewhere=other(f"Kommune {year}"))
    with django_assert_max_num_queries(9):
        assert client.get(HERE).status_code == 200
    made = Assessment.objects.filter(elsewhere=None).latest("year")
    with django_assert_max_num_queries(12):
        assert client.get(f"{HERE}{made.pk}/").status_code == 200
