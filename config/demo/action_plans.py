"""Solvik's actions in all states, and two meetings with what was said there. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from config.demo.days import at
from feedback.models import Card
from feedback.workflow import Channel
from organisation.models import Person, Unit
from reporting.actions import initiatives as actions
from reporting.actions import meetings
from reporting.actions.initiatives import Plan, Said
from reporting.models import Indicator, Initiative, Meeting, MeetingInput, Theme
from reporting.plans import MeetingKind, Origin, Status


@dataclass(frozen=True)
class Told:
    """A follow-up so many days before today."""

    ago: int
    text: str
    status: str = ""
    due_in: int | None = None


@dataclass(frozen=True)
class Planned:
    """An action that was planned `ago` days before today, with a deadline `due` days after today (before it: negative)."""

    title: str
    what: str
    unit: str
    ago: int
    due: int
    theme: str = ""
    indicator: str = ""
    place: str = ""
    target: str = ""
    person: str = ""
    amount: int | None = None
    note: str = ""
    origin: str = ""
    source: str = ""
    told: tuple[Told, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()


PLANNED = (
    Planned(
        "Ny rutine for tilbakemelding i teknisk sektor", "Hver mandag går enhetslederne gjennom ukens meldinger sammen. Den "
        "som tar saken, ringer før onsdag.", "VEI", 1010, -330, "services", "user-satisfaction", "TEK", "4.2", origin=Origin.SURVEY,
        source="Brukerundersøkelsen i teknisk sektor", told=(
            Told(1000, "Første mandagsmøte holdt. Alle seks enhetene var med.", Status.UNDER_WAY),
            Told(720, "Rutinen er skrevet ned og ligger i håndboka."),
            Told(345, "Alle enhetene følger rutinen. Vi fortsetter med den som en del av driften.", Status.DONE),
        ), evidence=(("Rutinen i kvalitetshåndboka", "https://solvik.example/handbok/tilbakemelding"),),
    ),
    Planned(
        "Skifte de dårligste vannledningene", "1,8 km ledning i Strandgata og på Neset, der lekkasjen er størst.", "VA", 690, 190,
        "water-and-waste", "water-loss", "", "25", "per.arne.sletten", 4_200_000, "Delt på to år. Resten er ført opp i investeringsplanen.",
        Origin.INDICATOR, told=(
            Told(640, "Anbudet er ute.", Status.UNDER_WAY),
            Told(300, "Strandgata er ferdig. Neset begynner når telen er gått."),
            Told(40, "Neset er halvferdig. Vi er i rute."),
        ),
    ),
    Planned(
        "Brøyteplan for skoleveiene", "Skoleveiene brøytes før klokken sju. Kart over rekkefølgen legges ut på nettsidene.", "VEI",
        140, 9, "roads", "mean-reaction", "", "4.5", "jan.petter.ulvik", 350_000, "Ett mannskap til i ukene 48–12.", Origin.THEME,
        told=(Told(120, "Planen er drøftet med de tre rektorene.", Status.UNDER_WAY),),
    ),
    Planned(
        "Ringe innen fem dager", "Saksbehandlerne får en fast ringetime hver dag.", "VEI", 200, -12, "meeting", "called-back-in-time", "", "90",
        origin=Origin.OVERDUE, source="Forfallslistene i høst", told=(
            Told(190, "Ringetimen er mellom ti og elleve.", Status.UNDER_WAY),
            Told(95, "To av fire holder ringetimen. Vi flytter fristen.", due_in=-12),
        ),
    ),
    Planned(
        "Lengre åpningstid på biblioteket", "Ubetjent åpent til klokken 22 alle hverdager.", "BIB", 70, 120, "culture", amount=280_000,
        note="Dørlås, kamera og en halv stilling.", origin=Origin.SURVEY, source="Innbyggerundersøkelsen, kommentarene",
    ),
    Planned(
        "Brukerråd ved alle barnehagene", "Ett råd for hver barnehage, med møte hvert halvår.", "BHG", 240, 60, "democracy",
        "user-involvement", "OPP", "4.8", told=(Told(210, "Tre av fem barnehager har fått råd.", Status.UNDER_WAY),),
        origin=Origin.ASSESSMENT, source="Området «Medvirkning»",
    ),
    Planned(
        "Vikarpool for hjemmetjenesten", "Åtte faste vikarer på tvers av sonene.", "HJEM", 400, 40, "employees", "sick-leave", "HEO", "9.5",
        "", 1_900_000, "Motsvares av mindre overtid.", told=(
            Told(380, "Utlyst.", Status.UNDER_WAY), Told(200, "Seks av åtte er ansatt."), Told(15, "Alle åtte er på plass."),
        ),
    ),
    Planned(
        "Tilsyn med lekeplassene hver måned", "Skjema på telefonen i stedet for papir.", "PARK", 500, -200, told=(
            Told(480, "Skjemaet er i bruk på ni plasser.", Status.UNDER_WAY),
            Told(210, "I bruk på alle plassene. Feil rettes samme uke.", Status.DONE),
        ), evidence=(("14 tilsyn i oktober, to feil, begge rettet", ""),),
    ),
    Planned(
        "Egen app for avfall", "Varsel om tømmedag på telefonen.", "RENO", 330, 30, amount=600_000, note="Ikke lenger aktuelt.", told=(
            Told(150, "Det interkommunale selskapet lager en som vi får bruke.", Status.DROPPED),
        ),
    ),
    Planned(
        "Svare på nynorsk til dem som skriver nynorsk", "Ferdige tekster på begge målformer i servicesenteret.", "SERV", 25, 75,
        person="solveig.nygaard",
    ),
)  # fmt: skip

YEAR_OF_BUDGET = 1
"""The budget that is made this autumn is next year's."""


def action_plans(*, by: Person, today: date) -> None:
    """Write the actions and the meetings as they were written day by day. Needs indicators, themes and people."""
    units = {unit.code: unit for unit in Unit.objects.all()}
    indicators = {row.key: row for row in Indicator.objects.all()}
    themes = {row.key: row for row in Theme.objects.all()}
    people = {person.email.split("@")[0]: person for person in Person.objects.all()}
    for plan in PLANNED:
        made_on = today - timedelta(days=plan.ago)
        made = actions.plan_initiative(
            Plan(
                title=plan.title,
                what=plan.what,
                unit=units[plan.unit],
                due_on=max(made_on, today + timedelta(days=plan.due)),
                theme=themes.get(plan.theme),
                indicator=indicators.get(plan.indicator),
                place=units.get(plan.place),
                target=Decimal(plan.target) if plan.target else None,
                target_year=today.year if plan.target else None,
                person=people.get(plan.person),
                budget_amount=plan.amount,
                budget_note=plan.note,
                budget_year=today.year + YEAR_OF_BUDGET if plan.note else None,
                origin=plan.origin,
                source=plan.source,
            ),
            by=by,
            now=at(made_on, 10),
            today=made_on,
        )
        _follow(made, plan, people.get(plan.person) or units[plan.unit].leader or by, today)
    _meetings(units, by, today)


def _follow(made: Initiative, plan: Planned, who: Person, today: date) -> None:
    for told in plan.told:
        on = today - timedelta(days=told.ago)
        due_on = None if told.due_in is None else max(on, today + timedelta(days=told.due_in))
        actions.follow_up(made, Said(told.text, told.status, due_on), by=who, now=at(on, 13), today=on)
    for text, url in plan.evidence:
        actions.add_evidence(made, text=text, url=url, by=who, now=at(today - timedelta(days=plan.told[-1].ago), 14))


COUNCIL = (
    "Det er vanskelig å se hvem som er på vakt. Navnet på tavla hadde hjulpet.",
    "Middagen kommer for tidlig. Flere vil spise klokken fire.",
    "Turgruppen på tirsdager er det beste i uka.",
)
DIALOGUE = (
    "Sykkelparkering ved kaia. Stativene ved torget er alltid fulle.",
    "Benkene i parken bør settes ut før 17. mai.",
    "Kan ordføreren komme til møtene i velforeningene?",
)


def _meetings(units: dict[str, Unit], by: Person, today: date) -> None:
    """A user council of which an action came, and a dialogue meeting of which cards came; something still waits."""
    on = today - timedelta(days=23)
    council = _held(
        "Brukerrådet ved Strandtunet", on, MeetingKind.USER_COUNCIL, "Strandtunet, dagstua", units["SYKE"], 9, by
    )
    names, *_more = meetings.write_inputs(council, COUNCIL, by=by)
    made_on = on + timedelta(days=2)
    plan = Plan(
        title="Navn på tavla for alle som er på vakt", what=names.text, unit=units["SYKE"], due_on=today + timedelta(days=35),
        origin=Origin.MEETING, source=council.title,
    )  # fmt: skip
    actions.plan_initiative(plan, by=by, now=at(made_on, 9), today=made_on, meeting_input=names)
    # The story's own card that came by a meeting: the demonstration has as many cards as Larvik's scheme, and mails nobody.
    cards = list(
        Card.objects.filter(channel=Channel.MEETING, language="nb", political=False).order_by("-registered_at")[:1]
    )
    on = cards[0].received_on if cards else today - timedelta(days=9)
    dialogue = _held("Folkemøte på rådhuset", on, MeetingKind.RESIDENTS, "Kommunestyresalen", None, 41, by)
    meetings.write_inputs(dialogue, [*(card.text for card in cards), *DIALOGUE], by=by)
    for card in cards:
        MeetingInput.objects.filter(meeting=dialogue, text=card.text).update(card=card, card_made=True)
        Card.objects.filter(pk=card.pk).update(source=dialogue.title)


def _held(title: str, on: date, kind: str, place: str, unit: Unit | None, participants: int, by: Person) -> Meeting:
    held = meetings.Held(title, on, kind, place, unit, None, participants)
    return meetings.record_meeting(held, by=by, now=at(on, 20), today=on)
