"""Solvik as an organisation: settings, sectors and result units, people with roles, categories.

Everybody here is made up. Names were put together from common Norwegian first names and surnames; a likeness to
somebody who exists is chance. Telephone numbers lie in one narrow series, e-mail addresses in the reserved `.example`.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Solvik kommune"
SHORT_NAME = "Solvik"
NUMBER = "0000"  # no Norwegian municipality has it
DOMAIN = "solvik.example"
POSTCODE = "0000"
TIME_ZONE = "Europe/Oslo"
STAFF_PHONE_SERIES = "33 00 00 "  # staff have 10–99 of it, 00 is the switchboard
COUNTRY = "NO"
LANGUAGES = ("nb", "nn", "sv", "en")
PHONE = "33 00 00 00"
EMAIL = f"post@{DOMAIN}"
MESSAGE_EMAIL = f"melding@{DOMAIN}"
STREET_ADDRESS = "Rådhusgata 1"
OPENING_HOURS = "Mandag–fredag 08.00–15.30"

# Shown on the sign-in page of a demonstration, and only there; the same as settings.DEMONSTRATION_PASSWORD.
SHARED_PASSWORD = "solvik-hører-etter"  # noqa: S105

# Days the town hall keeps shut besides public holidays, as (month, day).
OWN_DAYS_OFF = ((12, 24), (12, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    code: str
    name: str
    email: str
    leader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A result unit. `leader` and `deputy` are e-mail addresses; `leader_away` is days from today, first and last."""

    code: str
    name: str
    sector: str
    leader: str
    deputy: str
    service_centre: bool = False
    mayors_office: bool = False
    leader_away: tuple[int, int] | None = None

    @property
    def email(self) -> str:
        return _address(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    roles: tuple[str, ...]
    unit: str | None = None
    title: str = ""

    @property
    def email(self) -> str:
        return email_of(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """`deadline_days` only where the category has a deadline of its own."""

    code: str
    nb: str
    nn: str
    sv: str
    en: str
    deadline_days: int | None = None


def _address(local_part: str) -> str:
    return f"{local_part.lower().translate(_TO_ASCII)}@{DOMAIN}"


def email_of(name: str) -> str:
    """`Kari Moen Ås` → `kari.moen.aas@solvik.example`."""
    return _address(".".join(name.split()))


_TO_ASCII = str.maketrans({"å": "aa", "ø": "o", "æ": "ae", "é": "e", "á": "a", "ö": "o", "ä": "a", " ": "."})

SECTORS = (
    Sector(
        code="ORG", name="Organisasjon og service", email=_address("organisasjon"), leader=email_of("Berit Haugland")
    ),
    Sector(code="TEK", name="Teknisk", email=_address("teknisk"), leader=email_of("Morten Tveiten")),
    Sector(code="OPP", name="Oppvekst", email=_address("oppvekst"), leader=email_of("Siri Nordbø")),
    Sector(code="HEO", name="Helse og omsorg", email=_address("helse-omsorg"), leader=email_of("Anne Lise Kvam")),
    Sector(code="KUL", name="Kultur", email=_address("kultur"), leader=email_of("Trygve Sandnes")),
)

UNITS = (
    Unit(
        code="SERV",
        name="Servicesenteret",
        sector="ORG",
        leader=email_of("Berit Haugland"),
        deputy=email_of("Lene Myhre"),
        service_centre=True,
    ),
    Unit(
        code="ORDF",
        name="Ordførerens kontor",
        sector="ORG",
        leader=email_of("Gro Stensrud"),
        deputy=email_of("Jonas Aasen"),
        mayors_office=True,
    ),
    Unit(
        code="VEI", name="Vei og gate", sector="TEK", leader=email_of("Roar Lindseth"), deputy=email_of("Hege Brattås")
    ),
    Unit(
        code="VA",
        name="Vann og avløp",
        sector="TEK",
        leader=email_of("Kjersti Østby"),
        deputy=email_of("Per Arne Sletten"),
    ),
    Unit(
        code="PARK",
        name="Park og idrett",
        sector="TEK",
        leader=email_of("Odd Gunnar Fossum"),
        deputy=email_of("Silje Rønning"),
    ),
    Unit(
        code="RENO",
        name="Renovasjon",
        sector="TEK",
        leader=email_of("Nina Bakkerud"),
        deputy=email_of("Farid Hosseini"),
    ),
    Unit(
        code="PLAN",
        name="Plan og byggesak",
        sector="TEK",
        leader=email_of("Eivind Skaar"),
        deputy=email_of("Marte Lien"),
    ),
    Unit(code="EIEN", name="Eiendom", sector="TEK", leader=email_of("Tor Erik Vatne"), deputy=email_of("Wenche Dahl")),
    Unit(code="LIA", name="Lia skole", sector="OPP", leader=email_of("Ingvild Moe"), deputy=email_of("Stian Hagen")),
    Unit(
        code="STRA",
        name="Strand skole",
        sector="OPP",
        leader=email_of("Arild Kjelsrud"),
        deputy=email_of("Mona Grøtting"),
    ),
    Unit(
        code="NES",
        name="Neset ungdomsskole",
        sector="OPP",
        leader=email_of("Randi Torgersen"),
        deputy=email_of("Håkon Vik"),
    ),
    Unit(
        code="BHG",
        name="Solvik barnehager",
        sector="OPP",
        leader=email_of("Tone Sørli"),
        deputy=email_of("Camilla Engen"),
    ),
    Unit(
        code="HJEM",
        name="Hjemmetjenesten",
        sector="HEO",
        leader=email_of("Elisabeth Rud"),
        deputy=email_of("Yonas Tesfaye"),
    ),
    Unit(
        code="SYKE",
        name="Strandtunet sykehjem",
        sector="HEO",
        leader=email_of("Gunn Marit Holte"),
        deputy=email_of("Terje Solum"),
    ),
    Unit(
        code="HELS",
        name="Solvik helsehus",
        sector="HEO",
        leader=email_of("Kristin Ålien"),
        deputy=email_of("Pål Hestnes"),
    ),
    Unit(
        code="BIB",
        name="Solvik bibliotek",
        sector="KUL",
        leader=email_of("Astrid Fjeldberg"),
        deputy=email_of("Mats Olofsson"),
        leader_away=(-3, 9),
    ),
    Unit(
        code="KULT",
        name="Kultur og ungdom",
        sector="KUL",
        leader=email_of("Trygve Sandnes"),
        deputy=email_of("Ida Marie Lunde"),
    ),
)

LEADER = ("unit_leader",)
HANDLER = ("case_handler",)

PEOPLE = (
    # The house at the top and the service centre.
    Person(
        name="Berit Haugland", roles=("service_centre", "unit_leader"), unit="SERV", title="leder for servicesenteret"
    ),
    Person(name="Lene Myhre", roles=("service_centre",), unit="SERV", title="rådgiver"),
    Person(name="Ahmed Warsame", roles=("service_centre",), unit="SERV", title="konsulent"),
    Person(name="Solveig Nygård", roles=("service_centre",), unit="SERV", title="konsulent"),
    Person(name="Vidar Klokk", roles=("administrator",), unit="SERV", title="systemansvarlig"),
    Person(name="Helene Brandval", roles=("chief_executive",), title="kommunedirektør"),
    Person(
        name="Gro Stensrud", roles=("mayors_office", "unit_leader"), unit="ORDF", title="leder for ordførerens kontor"
    ),
    Person(name="Jonas Aasen", roles=("mayors_office", "case_handler"), unit="ORDF", title="politisk sekretær"),
    Person(name="Rune Ekeberg", roles=("mayors_office",), unit="ORDF", title="ordfører"),
    Person(name="Ragnhild Opsahl", roles=("quality_adviser",), title="kvalitetsrådgiver"),
    Person(name="Oddbjørn Lauvås", roles=("reader",), title="leder av kontrollutvalget"),
    Person(name="Eldbjørg Tangen", roles=("privacy",), title="personvernombud"),
    # Sectors.
    Person(name="Morten Tveiten", roles=("reader",), title="kommunalsjef teknisk"),
    Person(name="Siri Nordbø", roles=("reader",), title="kommunalsjef oppvekst"),
    Person(name="Anne Lise Kvam", roles=("reader",), title="kommunalsjef helse og omsorg"),
    # Teknisk.
    Person(name="Roar Lindseth", roles=LEADER, unit="VEI", title="veisjef"),
    Person(name="Hege Brattås", roles=HANDLER, unit="VEI", title="veiingeniør"),
    Person(name="Kåre Myrvold", roles=HANDLER, unit="VEI", title="veiformann"),
    Person(name="Linda Aamodt", roles=HANDLER, unit="VEI", title="trafikkplanlegger"),
    Person(name="Jan Petter Ulvik", roles=HANDLER, unit="VEI", title="driftsleder vei og vinter"),
    Person(name="Kjersti Østby", roles=LEADER, unit="VA", title="VA-sjef"),
    Person(name="Per Arne Sletten", roles=HANDLER, unit="VA", title="driftsingeniør"),
    Person(name="Odd Gunnar Fossum", roles=LEADER, unit="PARK", title="parksjef"),
    Person(name="Silje Rønning", roles=HANDLER, unit="PARK", title="landskapsarkitekt"),
    Person(name="Tommy Brekke", roles=HANDLER, unit="PARK", title="formann park"),
    Person(name="Nina Bakkerud", roles=LEADER, unit="RENO", title="renovasjonssjef"),
    Person(name="Farid Hosseini", roles=HANDLER, unit="RENO", title="driftskonsulent"),
    Person(name="Eivind Skaar", roles=LEADER, unit="PLAN", title="plan- og bygningssjef"),
    Person(name="Marte Lien", roles=HANDLER, unit="PLAN", title="byggesaksbehandler"),
    Person(name="Tor Erik Vatne", roles=LEADER, unit="EIEN", title="eiendomssjef"),
    Person(name="Wenche Dahl", roles=HANDLER, unit="EIEN", title="driftsleder bygg"),
    # Oppvekst.
    Person(name="Ingvild Moe", roles=LEADER, unit="LIA", title="rektor"),
    Person(name="Stian Hagen", roles=HANDLER, unit="LIA", title="inspektør"),
    Person(name="Arild Kjelsrud", roles=LEADER, unit="STRA", title="rektor"),
    Person(name="Mona Grøtting", roles=HANDLER, unit="STRA", title="SFO-leder"),
    Person(name="Randi Torgersen", roles=LEADER, unit="NES", title="rektor"),
    Person(name="Håkon Vik", roles=HANDLER, unit="NES", title="inspektør"),
    Person(name="Tone Sørli", roles=LEADER, unit="BHG", title="enhetsleder barnehager"),
    Person(name="Camilla Engen", roles=HANDLER, unit="BHG", title="styrer"),
    # Helse og omsorg.
    Person(name="Elisabeth Rud", roles=LEADER, unit="HJEM", title="enhetsleder hjemmetjenesten"),
    Person(name="Yonas Tesfaye", roles=HANDLER, unit="HJEM", title="avdelingsleder"),
    Person(name="Gunn Marit Holte", roles=LEADER, unit="SYKE", title="enhetsleder sykehjem"),
    Person(name="Terje Solum", roles=HANDLER, unit="SYKE", title="avdelingsleder"),
    Person(name="Kristin Ålien", roles=LEADER, unit="HELS", title="enhetsleder helsehuset"),
    Person(name="Pål Hestnes", roles=HANDLER, unit="HELS", title="ledende helsesykepleier"),
    # Kultur.
    Person(name="Astrid Fjeldberg", roles=LEADER, unit="BIB", title="biblioteksjef"),
    Person(name="Mats Olofsson", roles=HANDLER, unit="BIB", title="bibliotekar"),
    Person(name="Trygve Sandnes", roles=LEADER, unit="KULT", title="kultursjef"),
    Person(name="Ida Marie Lunde", roles=HANDLER, unit="KULT", title="ungdomskonsulent"),
)

# One login for each role, in the order that the sign-in page shows them.
DEMO_LOGINS = (
    ("service_centre", email_of("Lene Myhre")),
    ("unit_leader", email_of("Roar Lindseth")),
    ("case_handler", email_of("Hege Brattås")),
    ("mayors_office", email_of("Gro Stensrud")),
    ("chief_executive", email_of("Helene Brandval")),
    ("quality_adviser", email_of("Ragnhild Opsahl")),
    ("privacy", email_of("Eldbjørg Tangen")),
    ("administrator", email_of("Vidar Klokk")),
    ("reader", email_of("Oddbjørn Lauvås")),
)

CATEGORIES = (
    Category(code="road", nb="Vei og fortau", nn="Veg og fortau", sv="Gator och trottoarer", en="Roads and pavements"),
    Category(
        code="snow",
        nb="Brøyting og strøing",
        nn="Brøyting og strøing",
        sv="Snöröjning och halka",
        en="Snow clearing and gritting",
    ),
    Category(code="street_light", nb="Gatelys", nn="Gatelys", sv="Gatubelysning", en="Street lights"),
    Category(
        code="traffic_safety", nb="Trafikksikkerhet", nn="Trafikktryggleik", sv="Trafiksäkerhet", en="Traffic safety"
    ),
    Category(code="parking", nb="Parkering", nn="Parkering", sv="Parkering", en="Parking"),
    Category(
        code="public_transport",
        nb="Buss og kollektivtrafikk",
        nn="Buss og kollektivtrafikk",
        sv="Buss och kollektivtrafik",
        en="Buses and public transport",
    ),
    Category(code="water", nb="Vann og avløp", nn="Vatn og avløp", sv="Vatten och avlopp", en="Water and sewage"),
    Category(
        code="waste",
        nb="Avfall og gjenvinning",
        nn="Avfall og attvinning",
        sv="Avfall och återvinning",
        en="Waste and recycling",
    ),
    Category(
        code="park",
        nb="Parker og grøntområder",
        nn="Parkar og grøntområde",
        sv="Parker och grönområden",
        en="Parks and green areas",
    ),
    Category(code="playground", nb="Lekeplasser", nn="Leikeplassar", sv="Lekplatser", en="Playgrounds"),
    Category(code="sports", nb="Idrett og bad", nn="Idrett og bad", sv="Idrott och bad", en="Sports and swimming"),
    Category(
        code="trail",
        nb="Turstier og friluftsliv",
        nn="Turstigar og friluftsliv",
        sv="Vandringsleder och friluftsliv",
        en="Trails and outdoor life",
    ),
    # Building cases take longer by law; the municipality promises three weeks there.
    Category(
        code="planning",
        nb="Plan og byggesak",
        nn="Plan og byggjesak",
        sv="Plan och bygglov",
        en="Planning and building",
        deadline_days=21,
    ),
    Category(
        code="building", nb="Kommunale bygg", nn="Kommunale bygg", sv="Kommunala byggnader", en="Municipal buildings"
    ),
    Category(code="school", nb="Skole og SFO", nn="Skule og SFO", sv="Skola och fritids", en="Schools"),
    Category(code="kindergarten", nb="Barnehage", nn="Barnehage", sv="Förskola", en="Kindergartens"),
    Category(code="home_care", nb="Hjemmetjenester", nn="Heimetenester", sv="Hemtjänst", en="Home care"),
    Category(code="nursing_home", nb="Sykehjem", nn="Sjukeheim", sv="Äldreboende", en="Nursing homes"),
    Category(
        code="health",
        nb="Helsestasjon og lege",
        nn="Helsestasjon og lege",
        sv="Vårdcentral",
        en="Health centre and doctors",
    ),
    Category(code="library", nb="Bibliotek", nn="Bibliotek", sv="Bibliotek", en="Library"),
    Category(
        code="culture", nb="Kultur og ungdom", nn="Kultur og ungdom", sv="Kultur och unga", en="Culture and youth"
    ),
    Category(
        code="service",
        nb="Service og informasjon",
        nn="Service og informasjon",
        sv="Service och information",
        en="Service and information",
    ),
    Category(
        code="political",
        nb="Politikk og prioriteringer",
        nn="Politikk og prioriteringar",
        sv="Politik och prioriteringar",
        en="Politics and priorities",
    ),
    Category(code="other", nb="Annet", nn="Anna", sv="Övrigt", en="Other"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """A text that Solvik has worded itself, in the languages in which it has."""

    key: str
    nb: str
    nn: str


OWN_TEXT = OwnText(
    key="answer.preliminary",
    nb="Takk for at du sa fra. {unit} ser på saken og trenger litt mer tid. Vi ringer deg igjen, senest {day}.",
    nn="Takk for at du sa frå. {unit} ser på saka og treng litt meir tid. Vi ringjer deg att, seinast {day}.",
)

POLITICAL_CATEGORY = "political"
CALLBACK_DAYS = 10


def deadline_days(category: str | None) -> int:
    """Calendar days that a card of this category has."""
    own = next((c.deadline_days for c in CATEGORIES if c.code == category), None)
    return own or CALLBACK_DAYS


def handlers_of(unit: str) -> tuple[str, ...]:
    """E-mail addresses of those the unit's leader may delegate to."""
    return tuple(
        p.email for p in PEOPLE if p.unit == unit and "unit_leader" not in p.roles and "administrator" not in p.roles
    )


def leader_of(unit: str) -> str:
    return next(u.leader for u in UNITS if u.code == unit)


SERVICE_CENTRE_STAFF = tuple(p.email for p in PEOPLE if "service_centre" in p.roles)
