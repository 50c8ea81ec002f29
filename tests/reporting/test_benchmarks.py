"""Groups, the benchmark as it is assembled, Vännäs' lists, and its pages: who may, what is refused, what it costs."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from organisation.errors import NotAllowed, Refused
from organisation.history_door import erasing
from organisation.models import Change, Person
from organisation.permissions import Role
from organisation.queries import municipality
from reporting.actions.assessments import know_municipality
from reporting.actions.groups import (
    GroupKeyTaken,
    MunicipalityUnknown,
    Named,
    NobodyInGroup,
    NotAMunicipalityNumber,
    NumberTaken,
    SeveralOfThatName,
    WeAreBesideThem,
    change_group,
    create_group,
    know_place,
    remove_group,
)
from reporting.actions.profiles import make_profile
from reporting.actions.recording import Figure, record_values
from reporting.benchmark_profiles import profiles
from reporting.benchmarks import Against, differences_to_each
from reporting.judging import Turn
from reporting.models import Elsewhere, Group, GroupMember, Indicator, Value
from reporting.periods import Period
from surveys.statistics.wording import Saying
from tests.factories import RoleFactory, Solvik
from tests.reporting.benchmarks import YEAR, a_group, beside, places, theirs
from tests.reporting.scorecards import NOW, a_scorecard, an_indicator, write
from tests.reporting.test_scorecards import FIGURES

pytestmark = pytest.mark.django_db

D = Decimal
HERE = "/staff/benchmarks/"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    return RoleFactory(role=Role.QUALITY_ADVISER, person__language="en").person


def names_in(group: Group) -> list[str]:
    return [each.name for each in places(group).members]


# Groups


def test_a_group_is_made_in_its_order_and_changed(solvik: Solvik, adviser: Person) -> None:
    group = a_group("Vik", "Dal", "Nes", by=adviser)
    assert (group.key, names_in(group)) == ("naboer", ["Vik", "Dal", "Nes"])
    assert Elsewhere.objects.filter(kind="country").count() == 1
    members = [Named("", "nes"), Named("", "Vik"), Named("5099", "Ås"), Named("", "Vik")]
    with erasing():
        Change.objects.all().delete()
    change_group(group, names={"nb": "Nære"}, kind="own", members=members, by=adviser, now=NOW)
    group.refresh_from_db()
    assert (group.key, group.name_in("nb"), group.kind, names_in(group)) == (
        "naboer", "Nære", "own", ["Nes", "Vik", "Ås"],
    )  # fmt: skip
    told = {(change.kind.partition(".")[2], change.what) for change in Change.objects.all()}
    assert told >= {
        ("group", "changed"),
        ("groupmember", "removed"),
        ("groupmember", "created"),
        ("elsewhere", "created"),
    }
    remove_group(group, by=adviser, now=NOW)
    assert not GroupMember.objects.exists()
    assert Elsewhere.objects.filter(name="Vik").exists()


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ([], NobodyInGroup),
        ([Named("", "Rørs")], MunicipalityUnknown),
        ([Named("5777", "")], MunicipalityUnknown),
        ([Named("20225", "Vik")], NotAMunicipalityNumber),
        ([Named("5001", "Vik")], NumberTaken),
        ([Named("", "Solvik kommune")], WeAreBesideThem),
        ([Named("", "Våler")], SeveralOfThatName),
        ([Named("5001", ""), Named("", "Ingen")], MunicipalityUnknown),
    ],
)
def test_members_that_cannot_be_are_refused_and_nothing_is_made(
    solvik: Solvik, members: list[Named], refusal: type[Refused]
) -> None:
    house = municipality()
    house.name = "Solvik kommune"
    house.save()
    for code, name in (("5001", "Trondheim"), ("3419", "Våler"), ("3114", "Våler")):
        know_place(Named(code, name), by=None, now=NOW)
    known = Elsewhere.objects.count()
    with pytest.raises(refusal) as refused:
        create_group(names={"nb": "Gruppe"}, kind="own", members=members, by=None, now=NOW)
    assert refused.value.field == "members"
    assert str(refused.value)
    assert (Group.objects.count(), Elsewhere.objects.count()) == (0, known)


def test_a_municipality_known_by_name_gets_its_number(solvik: Solvik) -> None:
    known = know_municipality("Røros", by=None, now=NOW)
    assert know_place(Named("5025", "røros"), by=None, now=NOW) == known
    known.refresh_from_db()
    assert (known.code, Elsewhere.objects.count()) == ("5025", 1)
    assert know_place(Named("5025", ""), by=None, now=NOW) == known
    orebro = know_municipality("Örebro", country="SE", by=None, now=NOW)
    assert know_place(Named("", "Örebro"), by=None, now=NOW) == orebro


def test_only_those_who_keep_figures_make_groups_and_profiles(solvik: Solvik) -> None:
    group = a_group("Vik")
    with pytest.raises(GroupKeyTaken):
        a_group("Dal", key="naboer")
    for act in (
        lambda: a_group("Dal", by=solvik.chief),
        lambda: change_group(group, names={"nb": "A"}, kind="own", members=[], by=solvik.clerk, now=NOW),
        lambda: remove_group(group, by=solvik.chief, now=NOW),
        lambda: make_profile(profiles()["kkik-2007"], by=solvik.roads_leader, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


# The benchmark


def test_ours_beside_a_group_with_some_missing(solvik: Solvik) -> None:
    indicator = an_indicator("E-post besvart", "percent")
    group = a_group("Vik", "Dal", "Nes", "Ås", "Li")
    theirs(indicator, {"Vik": 80, "Dal": 90, "Nes": None, "Ås": 70, "the country": 84})
    write(indicator, {YEAR - 2: 71, YEAR: 76})
    (line,) = beside(group).lines
    assert (line.mean, line.contributing) == (D(80), 3)
    assert (line.rank.place, line.rank.of) == (3, 4) if line.rank else False
    assert line.cut is not None
    assert line.cut == (D("75"), D(78), D(83))  # of 70, 76, 80, 90: 74.5, 78, 82.5, halves up
    assert line.quarter == 3
    assert [(row.place.name, row.standing) for row in line.others if row.value is None] == [
        ("Nes", "not_measured"), ("Li", ""),
    ]  # fmt: skip
    assert (line.to_group.amount, line.to_group.turn) == (-4, Turn.WORSE) if line.to_group else False
    assert (line.to_country.amount, line.to_country.saying) == (-8, Saying.NOT_TESTED) if line.to_country else False
    assert [row.place.name for row in line.all] == ["Dal", "Vik", municipality().name, "Ås", "Nes", "Li"]
    assert [(each.year, each.ours, each.mean, each.n) for each in line.years] == [
        (2021, None, None, 0), (2022, None, None, 0), (2023, D(71), None, 0), (2024, None, None, 0), (2025, D(76), D(80), 3),
    ]  # fmt: skip


def test_what_is_better_follows_the_direction(solvik: Solvik) -> None:
    group = a_group("Vik", "Dal")
    days = an_indicator("Ventetid", "days", direction="lower")
    cost = an_indicator("Kostnad", "count", direction="neither")
    for indicator in (days, cost):
        theirs(indicator, {"Vik": 10, "Dal": 20})
        write(indicator, {YEAR: 12})
    found = beside(group)
    assert [line.name for line in found.over] == ["Ventetid"]
    assert [line.name for line in found.apart] == ["Kostnad"]
    assert [line.rank.place for line in found.lines if line.rank] == [2, 2]
    assert found.under == found.alike == found.unheld == []


def test_figures_that_read_alike_are_alike(solvik: Solvik) -> None:
    """4.64 and 4.61 both read 4.6: they share the rank, and the difference is none."""
    indicator = an_indicator("Fornøyd")
    group = a_group("Vik", "Dal")
    theirs(indicator, {"Vik": "4.64", "Dal": "4.58"})
    write(indicator, {YEAR: "4.61"})
    (line,) = beside(group).alike
    assert (line.rank.place, line.rank.tied) == (1, 3) if line.rank else False


def test_certainty_is_said_only_with_margins_and_after_holm(solvik: Solvik) -> None:
    group = a_group("Vik", "Dal")
    safe, mixed = an_indicator("Trygg", "0-100"), an_indicator("Nøgd", "0-100")
    for indicator in (safe, mixed):
        write(indicator, {YEAR: 69}, n=400, margin=D(2))
    theirs(safe, {"Vik": 60, "Dal": 64, "the country": 61}, n=400, margin=D(2))
    theirs(mixed, {"Vik": 60}, n=400, margin=D(2))
    theirs(mixed, {"Dal": 64})
    found = {line.indicator.key: line for line in beside(group).lines}
    sure, unsure = found[safe.key].to_group, found[mixed.key].to_group
    assert sure is not None
    assert unsure is not None
    assert (sure.saying, unsure.saying) == (Saying.CLEARLY_HIGHER, Saying.NOT_TESTED)
    assert sure.comparison.p_holm == sure.comparison.p  # one test was made
    each = differences_to_each(found[mixed.key])
    by_name = {row.place.name: each[row.place.pk] for row in found[mixed.key].others if row.place.pk}
    assert (by_name["Vik"].saying, by_name["Dal"].saying) == (Saying.CLEARLY_HIGHER, Saying.NOT_TESTED)


def test_what_may_be_chance_comes_last(solvik: Solvik) -> None:
    """Ours is 1 under of a spread of 14 without margins, and 9 under of the same spread with wide ones."""
    group = a_group("Vik", "Dal")
    near, far = an_indicator("Nær", "0-100"), an_indicator("Fjern", "0-100")
    theirs(near, {"Vik": 60, "Dal": 80})
    write(near, {YEAR: 69})
    theirs(far, {"Vik": 60, "Dal": 80}, n=20, margin=D(12))
    write(far, {YEAR: 61}, n=20, margin=D(12))
    found = beside(group).under
    assert [line.name for line in found] == ["Nær", "Fjern"]
    assert [line.to_group.saying for line in found if line.to_group] == [
        Saying.NOT_TESTED, Saying.NO_CERTAIN_DIFFERENCE,
    ]  # fmt: skip


def test_a_number_that_still_grows_is_held_against_nothing(solvik: Solvik) -> None:
    indicator = an_indicator("Besøk", "count")
    group = a_group("Vik", "Dal")
    theirs(indicator, {"Vik": 10, "Dal": 20})
    write(indicator, {YEAR: 5})
    Value.objects.filter(elsewhere=None).update(counted_through=NOW.date(), how="computed")
    (line,) = beside(group).lines
    assert line.ours.value == 5
    assert (line.rank, line.quarter, line.to_group) == (None, None, None)


def test_vannas_lists_come_out_as_published(solvik: Solvik) -> None:
    """Vännäs 2010: three results over the mean of all that took part, two under. The figures are made to agree with that."""
    if not FIGURES.exists():
        pytest.skip(f"the domain's figures are not here: {FIGURES}")
    published = json.loads(FIGURES.read_text("utf-8"))["kkik"]
    made = {
        "Bemötande": (92, (80, 86, 74)), "Behörighet till gymnasiet": (93, (88, 86, 90)),
        "Hur trygga medborgarna känner sig": (64, (58, 60, 56)), "Svarstid på e-post": (5, (2, 3, 1)),
        "Bibliotekens öppettider utöver 8-17": (6, (15, 11, 19)),
    }  # fmt: skip
    group = a_group("Ett", "Två", "Tre")
    for name, (ours, others) in made.items():
        waits = name.startswith("Svarstid")
        indicator = an_indicator(name, "days" if waits else "count", direction="lower" if waits else "higher")
        write(indicator, {2010: ours})
        theirs(indicator, dict(zip(("Ett", "Två", "Tre"), others, strict=True)), year=2010)
    found = beside(group)
    assert found.year == 2010
    assert {line.name for line in found.over} == set(published["above_mean"])
    assert {line.name for line in found.under} == set(published["below_mean"])
    said = found.as_json()
    assert (len(said["over_mean"]), len(said["under_mean"])) == (3, 2)


def test_profiles_are_made_once_and_shown_by_perspective(solvik: Solvik) -> None:
    profile = profiles()["kkik-2007"]
    group = a_group("Vik")
    assert len(beside(group, "profile:kkik-2007").chosen.missing) == 29
    assert make_profile(profile, by=None, now=NOW) == 29
    assert make_profile(profile, by=None, now=NOW) == 0
    later = profiles()["kkik-2019"]
    assert make_profile(later, by=None, now=NOW) == 30 - len(
        {one.key for one in profile.measures} & {one.key for one in later.measures}
    )
    theirs(Indicator.objects.get(key="kkik-safe"), {"Vik": 60})
    found = beside(group, "profile:kkik-2007")
    assert (found.year, found.chosen.missing) == (YEAR, ())
    assert [len(part.lines) for part in found.parts] == [9, 3, 4, 6, 7]
    assert found.parts[1].title == "Trygghet"


def test_a_scorecard_is_held_against_others(solvik: Solvik) -> None:
    indicator = an_indicator()
    card = a_scorecard(("God kvalitet", indicator, None))
    group = a_group("Vik")
    theirs(indicator, {"Vik": "4.2"})
    write(indicator, {YEAR: "4.4"})
    found = beside(group, f"scorecard:{card.key}")
    assert [(part.title, [line.name for line in part.lines]) for part in found.parts] == [
        ("Gode tjenester", ["Opplevd god service"])
    ]


def test_others_figures_are_written_of_what_we_count_ourselves(solvik: Solvik) -> None:
    indicator = an_indicator("Svar i tide", "percent", origin="survey", formula="answers")
    group = a_group("Vik")
    theirs(indicator, {"Vik": 80})
    assert Value.objects.get().elsewhere == places(group).members[0]
    with pytest.raises(Refused):
        record_values(indicator, [Figure(Period(YEAR), D(70))], by=None, now=NOW, this_year=2026)


def test_the_command_prints_what_the_page_shows(solvik: Solvik) -> None:
    indicator = an_indicator("E-post", "percent")
    group = a_group("Vik", "Dal")
    theirs(indicator, {"Vik": 80, "Dal": 90, "the country": 84})
    write(indicator, {YEAR: 76})
    out = StringIO()
    call_command("benchmark", "naboer", "--json", "--year", str(YEAR), "--against", "country", stdout=out)
    assert json.loads(out.getvalue()) == json.loads(
        json.dumps(beside(group, against=Against.COUNTRY, year=YEAR).as_json())
    )
    (line,) = json.loads(out.getvalue())["parts"][0]["lines"]
    assert (line["group_mean"]["value"], line["country"]["value"], line["rank"]["place"]) == (85, 84, 3)
    call_command("benchmark", "naboer", stdout=out)
    assert "E-post: 76; mean 85 (2 of 2); 3 of 3; -9 worse, no margin known" in out.getvalue()
    for wrong in (["nobody"], ["naboer", "--set", "profile:none"]):
        with pytest.raises(CommandError):
            call_command("benchmark", *wrong)


# Pages


@pytest.fixture
def indicator(solvik: Solvik) -> Indicator:
    """A group of two, and one indicator with their figures and ours."""
    found = an_indicator("E-post besvart", "percent")
    a_group("Vik", "Dal")
    theirs(found, {"Vik": 80, "Dal": 90, "the country": 84})
    write(found, {YEAR - 1: 70, YEAR: 76})
    return found


def test_pages_and_who_may(client: Client, solvik: Solvik, adviser: Person, indicator: Indicator) -> None:
    one = f"{HERE}indicators/{indicator.key}/"
    pages = [HERE, f"{HERE}groups/", one]
    doors = [f"{HERE}groups/new/", f"{HERE}groups/naboer/", f"{one}figures/"]
    posts = [*doors, f"{HERE}groups/naboer/remove/", f"{HERE}profiles/kkik-2007/"]
    for person, seen, written in ((adviser, 200, 200), (solvik.chief, 200, 403), (solvik.handler, 403, 403)):
        client.force_login(person)
        assert [client.get(path).status_code for path in pages] == [seen] * 3, person
        assert [client.get(path).status_code for path in doors] == [written] * 3, person
        if person != adviser:
            assert [client.post(path).status_code for path in posts] == [403] * 5, person
    assert (Group.objects.count(), Indicator.objects.count()) == (1, 1)
    client.force_login(adviser)
    for asked in ("group=none", "set=profile:none", "set=nothing", "year=20225", "year=2030", "against=nobody"):
        assert client.get(f"{HERE}?{asked}").status_code == 404, asked
    for missing in (f"{HERE}groups/none/", f"{HERE}indicators/none/", f"{HERE}indicators/none/figures/"):
        assert client.get(missing).status_code == 404
    assert client.post(f"{HERE}profiles/none/").status_code == 404


def test_the_overview_says_where_we_are_weak(client: Client, adviser: Person, indicator: Indicator) -> None:
    client.force_login(adviser)
    html = " ".join(client.get(HERE, HTTP_ACCEPT_LANGUAGE="en").content.decode().split())
    under = html.index('id="under"')
    assert under < html.index("E-post besvart") < html.index('id="over"')
    for said in ("1 under the mean", "(2 of 2)", "3 of 3", "no margin known", "−9"):
        assert said in html, said
    beside_country = client.get(f"{HERE}?against=country", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "−8" in beside_country


def test_one_indicator_names_everybody(client: Client, adviser: Person, indicator: Indicator) -> None:
    client.force_login(adviser)
    html = client.get(f"{HERE}indicators/{indicator.key}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    for said in ("Vik", "Dal", "as published", "ranked__bar--ours", "(2 of 2 municipalities, each counting the same)"):
        assert said in html, said
    assert html.count('class="ranked"') == 3


def test_nobody_to_stand_beside_is_said(client: Client, adviser: Person) -> None:
    client.force_login(adviser)
    html = client.get(HERE, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "There is no group of municipalities yet" in html
    a_group("Vik")
    response = client.get(f"{HERE}?set=profile:kkik-2007", HTTP_ACCEPT_LANGUAGE="en")
    assert "29 indicators of this profile are not made yet." in response.content.decode()
    assert client.post(f"{HERE}profiles/kkik-2007/").headers["Location"] == f"{HERE}?set=profile%3Akkik-2007"
    assert Indicator.objects.count() == 29
    html = client.get(f"{HERE}?set=profile:kkik-2007", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Nobody else has figures here yet." in html


def test_a_group_is_written_line_by_line(client: Client, adviser: Person, indicator: Indicator) -> None:
    client.force_login(adviser)
    dal = Elsewhere.objects.get(name="Dal")
    typed = {"name_nb": "Like store", "kind": "similar", "members": "5025 Røros\n\nRørs\n", "known": [str(dal.pk)]}
    response = client.post(f"{HERE}groups/new/", typed, HTTP_ACCEPT_LANGUAGE="en")
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count("«Rørs» is not known here.") == 2
    assert 'value="Like store"' in html
    assert "5025 Røros\n\nRørs" in html.replace("\r", "")
    assert not Elsewhere.objects.filter(name="Røros").exists()
    response = client.post(f"{HERE}groups/new/", typed | {"members": "5025, Røros\nvik"})
    assert response.status_code == 302
    assert names_in(Group.objects.get(key="like-store")) == ["Røros", "Vik", "Dal"]
    assert client.post(f"{HERE}groups/like-store/remove/").status_code == 302
    assert not Group.objects.filter(key="like-store").exists()


def test_others_figures_are_typed_and_nothing_is_lost(client: Client, adviser: Person, indicator: Indicator) -> None:
    client.force_login(adviser)
    page = f"{HERE}indicators/{indicator.key}/figures/?year={YEAR}"
    grid = client.get(page).context["grid"]
    sent: dict[str, str] = {}
    for row in grid.rows:
        pk = row.place.pk
        sent |= {f"v-{pk}": row.value, f"n-{pk}": row.n, f"m-{pk}": row.margin}
        sent |= {f"was-{pk}": row.was, f"seen-{pk}": str(row.seen)}
    vik, dal, nation = (row.place.pk for row in grid.rows)
    wrong = {f"v-{vik}": "101", f"n-{vik}": "400", f"v-{dal}": "mange", f"m-{nation}": "-1", "source": "KKiK"}
    response = client.post(page, sent | wrong, HTTP_ACCEPT_LANGUAGE="en")
    html = response.content.decode()
    assert response.status_code == 422
    for sentence in ("«mange» is no number.", "«-1» is no margin"):
        assert html.count(sentence) == 2, sentence
    for kept in ('value="101"', 'value="400"', 'value="mange"', 'value="KKiK"'):
        assert kept in html
    response = client.post(page, sent | {f"v-{vik}": "101"}, HTTP_ACCEPT_LANGUAGE="en")
    assert (response.status_code, response.content.decode().count("The scale goes from 0 to 100")) == (422, 2)
    response = client.post(page, sent | {f"v-{dal}": ""}, HTTP_ACCEPT_LANGUAGE="en")
    assert "There is a figure here." in response.content.decode()
    assert Value.objects.filter(replaced_at__isnull=False).count() == 0
    right = {f"v-{vik}": "82", f"n-{vik}": "400", f"m-{vik}": "3,5", f"v-{dal}": "–", "source": "KKiK"}
    assert client.post(page, sent | right).status_code == 302
    stands = Value.objects.filter(replaced_at=None, elsewhere__isnull=False, year=YEAR).order_by("elsewhere__code")
    assert [(each.value, each.n, each.margin, each.source) for each in stands if each.elsewhere_id in (vik, dal)] == [
        (D(82), 400, D("3.5"), "KKiK"), (None, None, None, "KKiK"),
    ]  # fmt: skip
    again = client.post(page, sent | {f"v-{vik}": "83"}, HTTP_ACCEPT_LANGUAGE="en")
    assert "Somebody else has written here meanwhile: 82." in again.content.decode()


def test_the_overview_costs_the_same_for_few_and_many(
    client: Client, solvik: Solvik, adviser: Person, django_assert_max_num_queries: Any
) -> None:
    names = [f"Kommune {letter}" for letter in "abcdefghijkl"]
    a_group(*names)
    a_group("Alene", names={"nb": "Andre"})
    make_profile(profiles()["kkik-2007"], by=None, now=NOW)
    made = list(Indicator.objects.all())
    rows = {each.name: each for each in Elsewhere.objects.all()}
    Value.objects.bulk_create(
        Value(indicator=each, elsewhere=rows.get(name), year=year, value=D(50), how="typed", recorded_at=NOW)
        for each in made
        for name in (*names, "")
        for year in (2023, 2024, 2025)
    )
    card = a_scorecard(*[("God kvalitet", each, None) for each in made])
    client.force_login(adviser)
    for asked in ("set=profile:kkik-2007", "set=all", f"set=scorecard:{card.key}"):
        with django_assert_max_num_queries(11):
            assert client.get(f"{HERE}?group=naboer&{asked}").status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(f"{HERE}indicators/kkik-safe/?set=profile:kkik-2007").status_code == 200
