"""Where things are in Solvik: districts with streets, bus stops and facilities, bodies outside, and the routing rules.

The town is made up; its coordinates lie in open sea, so that no pin ever points at somebody's house.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.demo.municipality import CATEGORIES, POLITICAL_CATEGORY
from feedback.routing import Facts, Rule, first_fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A district. `weight` is how many of the inhabitants live there, relative to the others."""

    name: str
    weight: int
    latitude: float
    longitude: float
    streets: tuple[str, ...]
    stops: tuple[str, ...]
    school: str
    kindergarten: str
    park: str
    playground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """First that fits wins; what a rule leaves empty fits anything (`feedback.routing`)."""

    unit: str
    name: str
    category: str = ""
    area: str = ""
    words: tuple[str, ...] = ()


AREAS = (
    Area(
        name="Sentrum", weight=20, latitude=58.9350, longitude=10.3200,
        streets=("Storgata", "Torggata", "Havnegata", "Kirkegata", "Bryggeveien", "Skippergata", "Rådhusgata", "Tollbodgata", "Bankgata"),
        stops=("Torget", "Rådhuset", "Solvik brygge"),
        school="Strand skole", kindergarten="Torget barnehage", park="Byparken", playground="lekeplassen i Byparken",
    ),
    Area(
        name="Lia", weight=16, latitude=58.9480, longitude=10.3080,
        streets=("Liaveien", "Bjørkeveien", "Rogneveien", "Granstubben", "Lyngveien", "Solsvingen", "Einerveien", "Hasselbakken", "Blåklokkeveien"),
        stops=("Liakrysset", "Bjørkeveien", "Lia skole"),
        school="Lia skole", kindergarten="Trollskogen barnehage", park="Liaparken", playground="lekeplassen i Rogneveien",
    ),
    Area(
        name="Neset", weight=11, latitude=58.9220, longitude=10.3460,
        streets=("Nesveien", "Fyrveien", "Måkeveien", "Ternestien", "Skjærgårdsveien", "Losveien", "Båtstøveien"),
        stops=("Nesveien", "Fyrveien", "Neset snuplass"),
        school="Strand skole", kindergarten="Måkereiret barnehage", park="Fyrparken", playground="lekeplassen i Ternestien",
    ),
    Area(
        name="Strandbyen", weight=15, latitude=58.9310, longitude=10.3330,
        streets=("Strandveien", "Skjellveien", "Sandgata", "Badeveien", "Tangveien", "Krabbestien", "Moloveien", "Øysteinsgata"),
        stops=("Strand skole", "Badeveien", "Moloen"),
        school="Strand skole", kindergarten="Skjellet barnehage", park="Strandparken", playground="lekeplassen i Skjellveien",
    ),
    Area(
        name="Fagerdal", weight=12, latitude=58.9560, longitude=10.2890,
        streets=("Fagerdalsveien", "Møllebakken", "Elvefaret", "Åkerveien", "Kornstien", "Låveveien", "Brufaret", "Kvernveien"),
        stops=("Fagerdal kirke", "Møllebakken", "Brufaret"),
        school="Lia skole", kindergarten="Fagerdal barnehage", park="Mølleparken", playground="lekeplassen i Elvefaret",
    ),
    Area(
        name="Øvre Solvik", weight=12, latitude=58.9600, longitude=10.3180,
        streets=("Åsveien", "Tårnveien", "Skogfaret", "Myrveien", "Tiurveien", "Orrestien", "Vardeveien", "Furukollen"),
        stops=("Åsen", "Tårnveien", "Vardeveien"),
        school="Lia skole", kindergarten="Tiurleiken barnehage", park="Vardeparken", playground="lekeplassen i Tiurveien",
    ),
    Area(
        name="Holmen", weight=8, latitude=58.9400, longitude=10.3400,
        streets=("Holmenveien", "Verkstedgata", "Seilmakerveien", "Dokkgata", "Slippveien", "Ankerveien"),
        stops=("Holmen bru", "Verkstedet", "Dokka"),
        school="Strand skole", kindergarten="Ankeret barnehage", park="Dokkparken", playground="lekeplassen ved Slippen",
    ),
    Area(
        name="Vika", weight=8, latitude=58.9260, longitude=10.3010,
        streets=("Vikaveien", "Naustveien", "Fiskerstien", "Tollnesveien", "Odden", "Svabergveien"),
        stops=("Vika brygge", "Naustveien", "Tollneskrysset"),
        school="Strand skole", kindergarten="Naustet barnehage", park="Vikaparken", playground="lekeplassen i Naustveien",
    ),
)  # fmt: skip

SPORTS_GROUNDS = (
    "Solvikhallen",
    "Lia idrettspark",
    "svømmehallen",
    "kunstgressbanen i Fagerdal",
    "skøytebanen på Holmen",
)
TRAILS = ("kyststien", "lysløypa", "turstien rundt Myrtjern", "stien opp til Varden", "elvestien")
BUILDINGS = (
    "rådhuset",
    "kulturhuset",
    "Holmen grendehus",
    "Fagerdal samfunnshus",
    "Solvikhallen",
    "det gamle brannvernhuset",
)

STATE_ROADS = "Statens vegvesen"
COUNTY = "fylkeskommunen"
BUS_COMPANY = "kollektivselskapet"
POLICE = "politiet"
NAV = "NAV"
GRID_COMPANY = "nettselskapet"
TAX = "Skatteetaten"
FOOD_SAFETY = "Mattilsynet"
HOSPITAL = "sykehuset"
PORT = "Kystverket"
POST = "posten"

OUTSIDE_BODIES = (STATE_ROADS, COUNTY, BUS_COMPANY, POLICE, NAV, GRID_COMPANY, TAX, FOOD_SAFETY, HOSPITAL, PORT, POST)

UPHILL_AREAS = ("Lia", "Fagerdal", "Øvre Solvik")
SEASIDE_AREAS = ("Sentrum", "Neset", "Strandbyen", "Holmen", "Vika")

# Political cards go to the mayor before any rule is asked. «Annet» has no rule on purpose: the service centre looks at it,
# and buses are the county's: the service centre tells the submitter itself.
RULES = (
    RoutingRule(
        unit="VA",
        words=("kloakk", "kumlokk", "vannlekkasje", "overvann"),
        name="Lukt, lokk og lekkasjer, uansett kategori",
    ),
    RoutingRule(unit="VEI", words=("brøyt", "strøbil", "snøskuff"), name="Brøyting og strøing, uansett kategori"),
    RoutingRule(unit="VEI", words=("gatelys", "lyktestolpe", "veilys"), name="Gatelys, uansett kategori"),
    RoutingRule(unit="VEI", category="road", name="Vei og fortau"),
    RoutingRule(unit="VEI", category="snow", name="Vinterveien"),
    RoutingRule(unit="VEI", category="street_light", name="Lys langs veien"),
    RoutingRule(unit="VEI", category="traffic_safety", name="Trafikksikkerhet"),
    RoutingRule(unit="VEI", category="parking", name="Parkering"),
    RoutingRule(unit="SERV", category="public_transport", name="Buss: servicesenteret svarer selv"),
    RoutingRule(unit="VA", category="water", name="Vann og avløp"),
    RoutingRule(unit="RENO", category="waste", name="Avfall"),
    RoutingRule(unit="PARK", category="park", name="Parker"),
    RoutingRule(unit="PARK", category="playground", name="Lekeplasser"),
    RoutingRule(unit="PARK", category="sports", name="Idrett og bad"),
    RoutingRule(unit="PARK", category="trail", name="Turstier"),
    RoutingRule(unit="PLAN", category="planning", name="Plan og byggesak"),
    RoutingRule(unit="EIEN", category="building", name="Kommunale bygg"),
    RoutingRule(
        unit="NES",
        category="school",
        words=("ungdomsskole", "tiende", "niende", "åttende"),
        name="Ungdomstrinnet, hele kommunen",
    ),
    *(RoutingRule(unit="LIA", category="school", area=area, name=f"Barneskolen for {area}") for area in UPHILL_AREAS),
    *(RoutingRule(unit="STRA", category="school", area=area, name=f"Barneskolen for {area}") for area in SEASIDE_AREAS),
    RoutingRule(unit="BHG", category="kindergarten", name="Barnehager"),
    RoutingRule(unit="HJEM", category="home_care", name="Hjemmetjenester"),
    RoutingRule(unit="SYKE", category="nursing_home", name="Sykehjem"),
    RoutingRule(unit="HELS", category="health", name="Helsehuset"),
    RoutingRule(unit="BIB", category="library", name="Biblioteket"),
    RoutingRule(unit="KULT", category="culture", name="Kultur og ungdom"),
    RoutingRule(unit="SERV", category="service", name="Service og informasjon"),
    RoutingRule(unit="ORDF", words=("kommunestyret", "formannskapet"), name="Gjelder de folkevalgte, uten kategori"),
    RoutingRule(unit="RENO", words=("søppel", "hageavfall", "gjenvinning"), name="Avfall, uten kategori"),
    RoutingRule(unit="VEI", words=("hull i vei", "hull i asfalt", "asfalt"), name="Vei, uten kategori"),
)

# Made after the cards came in: what waits at the service centre is suggested by them, and went nowhere by itself.
NEW_RULES = (
    RoutingRule(unit="HELS", words=("durer", "støy"), name="Støy, uten kategori"),
    RoutingRule(unit="BIB", words=("gamle bilder", "gamle brev"), name="Lokalhistorie, uten kategori"),
    RoutingRule(unit="PARK", words=("båt på land", "bålplass"), name="Strand og friområde, uten kategori"),
)

_CATEGORY_IDS = {category.code: number for number, category in enumerate(CATEGORIES, start=1)}
_FITTING = [Rule(i, 0, _CATEGORY_IDS.get(r.category), "", r.area, r.words) for i, r in enumerate(RULES)]


def first_unit(*, category: str | None, kind: str, area: str, place: str, text: str, political: bool) -> str:
    """The unit that the software will pick; what fits nothing stays with the service centre."""
    if political or category == POLITICAL_CATEGORY:
        return "ORDF"
    facts = Facts(text=text, category_id=_CATEGORY_IDS.get(category or ""), kind=kind, place=place, area=area)
    rule = first_fit(_FITTING, facts)
    return RULES[rule.rule_id].unit if rule else "SERV"
