"""Where things are in Solvik: districts with streets, bus stops and facilities, bodies outside, and the routing rules.

The town is made up; its coordinates lie in open sea, so that no pin ever points at somebody's house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


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
    """First that fits wins; what a rule leaves empty fits anything. A word fits the beginning of a word in the text."""

    unit: str
    category: str = ""
    kind: str = ""
    areas: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    note: str = ""

    def fits(self, *, category: str | None, kind: str, area: str, text: str) -> bool:
        return (
            self.category in ("", category or "-")
            and self.kind in ("", kind)
            and (not self.areas or area in self.areas)
            and (not self.words or any(re.search(rf"\b{re.escape(w)}", text, re.IGNORECASE) for w in self.words))
        )


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

# Political cards go to the mayor before any rule is asked. «Annet» has no rule on purpose: the service centre looks at it.
RULES = (
    RoutingRule(
        unit="VA",
        words=("kloakk", "kumlokk", "vannlekkasje", "overvann"),
        note="Lukt, lokk og lekkasjer er VA, uansett hva kortet heter",
    ),
    RoutingRule(unit="VEI", words=("brøyt", "strøbil", "snøskuff"), note="Brøyting og strøing"),
    RoutingRule(unit="VEI", words=("gatelys", "lyktestolpe", "veilys"), note="Gatelys"),
    RoutingRule(unit="VEI", category="road"),
    RoutingRule(unit="VEI", category="snow"),
    RoutingRule(unit="VEI", category="street_light"),
    RoutingRule(unit="VEI", category="traffic_safety"),
    RoutingRule(unit="VEI", category="parking"),
    RoutingRule(
        unit="SERV",
        category="public_transport",
        note="Buss hører til utenfor kommunen: servicesenteret tar kontakt selv",
    ),
    RoutingRule(unit="VA", category="water"),
    RoutingRule(unit="RENO", category="waste"),
    RoutingRule(unit="PARK", category="park"),
    RoutingRule(unit="PARK", category="playground"),
    RoutingRule(unit="PARK", category="sports"),
    RoutingRule(unit="PARK", category="trail"),
    RoutingRule(unit="PLAN", category="planning"),
    RoutingRule(unit="EIEN", category="building"),
    RoutingRule(
        unit="NES",
        category="school",
        words=("ungdomsskole", "tiende", "niende", "åttende"),
        note="Ungdomstrinnet, hele kommunen",
    ),
    RoutingRule(unit="LIA", category="school", areas=UPHILL_AREAS),
    RoutingRule(unit="STRA", category="school", areas=SEASIDE_AREAS),
    RoutingRule(unit="BHG", category="kindergarten"),
    RoutingRule(unit="HJEM", category="home_care"),
    RoutingRule(unit="SYKE", category="nursing_home"),
    RoutingRule(unit="HELS", category="health"),
    RoutingRule(unit="BIB", category="library"),
    RoutingRule(unit="KULT", category="culture"),
    RoutingRule(unit="SERV", category="service"),
    RoutingRule(unit="ORDF", category="political"),
    RoutingRule(unit="ORDF", words=("kommunestyret", "formannskapet"), note="Gjelder folkevalgte, uten kategori"),
    RoutingRule(unit="RENO", words=("søppel", "hageavfall", "gjenvinning"), note="Uten kategori"),
)


def first_unit(*, category: str | None, kind: str, area: str, text: str, political: bool) -> str | None:
    """The unit that the rules pick; None is the service centre's own queue."""
    if political:
        return "ORDF"
    return next((r.unit for r in RULES if r.fits(category=category, kind=kind, area=area, text=text)), None)
