"""What the staff of Solvik write down: calls, measures, reactions, reasons, notes.

`SUMMARIES` is looked up by (category, kind), then by (category, ""), then by ("", kind).
"""

from __future__ import annotations

SUMMARIES: dict[tuple[str, str], tuple[str, ...]] = {
    ("road", "request"): (
        "Forklarte hvordan veiene prioriteres, og at {street} [ligger på asfaltlista for neste år|er med i årets befaring|ikke er med i år, men vurderes på nytt til høsten].",
        "Gikk gjennom hva kommunen har ansvar for, og hva som er privat vei. [Innmelder visste ikke at grensen går ved nr. {no}.|Sender kart.]",
        "Avtalte befaring i {street} [torsdag|neste uke] sammen med innmelder.",
    ),
    ("road", "suggestion"): (
        "Takket for forslaget. Det er lagt inn i innspillene til [trafikksikkerhetsplanen|veiplanen|budsjettet], og innmelder får vite når den behandles.",
        "Godt forslag, vi ser på kostnaden. Forklarte at grunnen ved {street} er privat og at eieren må være med.",
        "Forklarte hvorfor dette er vanskelig akkurat der (bredde, vann i grunnen), men at vi tar det med når {street} skal graves uansett.",
    ),
    ("road", "fault_report"): (
        "Fortalte at [laget|formannen] har vært på stedet og [sikret det|tettet det midlertidig]. Varig utbedring kommer når det er tørt nok.",
        "Innmelder beskrev nøyaktig hvor skaden er. Arbeidsordre sendt mens vi snakket.",
        "Feilen var allerede rettet da jeg ringte. Innmelder hadde sett det.",
    ),
    ("road", "complaint"): (
        "Beklaget at det har tatt tid. Forklarte rekkefølgen på arbeidene og hva som gjenstår i {street}.",
        "Lyttet til hele historien. Vi er enige om at arbeidet ikke var godt nok, entreprenøren må tilbake.",
        "Forklarte at oppgravingen er et ledningsanlegg og at vi har bedt entreprenøren varsle naboene bedre.",
    ),
    ("road", "criticism"): (
        "Ga innmelder rett i at samordningen har vært for dårlig. Forklarte den nye graveplanen.",
        "Snakket om hvordan midlene fordeles mellom sentrum og {area}. Innmelder fikk tallene på e-post etterpå.",
    ),
    ("snow", ""): (
        "Forklarte brøyteruta og at {street} er klasse 2-vei. [Skal tas tidligere når det er skoledag.|Sjåføren er bedt om å løfte skjæret ved utkjørslene.]",
        "Beklaget. Bilen sto på verksted den morgenen, reservebilen kom sent ut.",
        "Strøing er utført. Innmelder fikk direktenummeret til vintervakta.",
        "Sandkassa er fylt. Forklarte hvem som har ansvar for trappa.",
    ),
    ("street_light", ""): (
        "Lyset er meldt til entreprenøren, som har ti dager på seg. Innmelder ga stolpenummer.",
        "Forklarte at kabelfeil tar lengre tid enn pærebytte. [Graving avtalt i uke {week}.|]",
        "Forklarte hvorfor lysene dempes om natta, og at vi ser på tidspunktet.",
        "Ny stolpe krever strøm fram til stedet. Vi tar det med i neste års plan for {area}.",
    ),
    ("traffic_safety", ""): (
        "Vi setter ut måleutstyr i {street} i to uker og ringer igjen med tallene.",
        "Forklarte kravene for [fartsdumper|gangfelt|30-sone] og at saken legges fram for trafikksikkerhetsutvalget.",
        "Driftslaget klipper siktsonen i krysset denne uka.",
        "Snakket lenge om skoleveien. Avtalte å gå den sammen med rektor og FAU.",
    ),
    ("parking", ""): (
        "Forklarte hvordan gebyret påklages, og sendte skjemaet.",
        "Forklarte hvorfor ordningen er innført og når den skal evalueres. Innspillet er notert til evalueringen.",
        "Skiltet er sjekket på stedet og flyttet så det synes.",
    ),
    ("public_transport", ""): (
        "Forklarte at fylket har ansvaret for rutene, og hvem som kan gi svar. Vi har sendt innspillet videre i neste møte med dem.",
    ),
    ("water", ""): (
        "Driftsvakta har vært på stedet. [Ventilen er skiftet.|Lekkasjen er funnet og graves opp i uke {week}.]",
        "Fortalte at prøvene er innenfor kravene, og hva som ga lukten.",
        "Beklaget manglende varsel. Adressen var ikke med i varslingslista, det er rettet.",
        "Forklarte ansvarsgrensen mellom privat stikkledning og kommunal ledning. Vi filmer røret og ringer igjen.",
    ),
    ("waste", ""): (
        "Beklaget. Bilen var innom, men kom ikke fram for parkerte biler. Ekstra tømming er bestilt.",
        "Forklarte sorteringen og sendte ny kalender.",
        "Ny dunk er bestilt og kommer [tirsdag|i neste uke].",
        "Snakket om gebyret og hva det dekker. Innmelder fikk regnestykket.",
    ),
    ("park", ""): (
        "Parklaget tar dette i neste runde i {area}. Innmelder ble invitert til å være med på befaring.",
        "Forklarte hvorfor treet måtte felles (råte), og at det plantes to nye.",
        "Forslaget er godt og billig. Vi prøver det i {park} til våren.",
    ),
    ("playground", ""): (
        "Lekeapparatet er [sperret av og repareres|sikret samme dag]. Ny del er bestilt.",
        "Snakket med [innmelder|barnet og moren]. Ønsket er tatt med i planen for lekeplasser, som barna får stemme over.",
        "Forklarte kontrollrutinene: alle lekeplasser sjekkes hver måned, og denne er tatt en gang til i dag.",
    ),
    ("sports", ""): (
        "Forklarte fordelingen av tider og fristen for å søke neste sesong.",
        "Vaktmester har sett på det. Delen er i bestilling.",
    ),
    ("trail", ""): (
        "Turlaget og kommunen deler på stien. Vi legger ut nye klopper på dugnaden.",
        "Er rettet i dag. Innmelder hadde sendt bilde, det var til stor hjelp.",
    ),
    ("planning", ""): (
        "Gikk gjennom saken og hvor den står. Ventet på uttalelse fra nabo, den er kommet nå.",
        "Forklarte reglene og hva som ikke må søkes om. Sender veilederen.",
        "Forklarte klageretten og fristen. Innmelder vil tenke på det.",
    ),
    ("building", ""): (
        "Vaktmester tar det i løpet av uka. Forklarte hvorfor delen har latt vente på seg.",
        "Huset står på vedlikeholdslista. Innmelder fikk vite plassen og summen.",
    ),
    ("school", ""): (
        "Rektor snakket med innmelder og forklarte bemanningen fram mot ferien. Avtalte ny samtale.",
        "Forslaget tas opp i samarbeidsutvalget, og innmelder er invitert dit.",
        "Beklaget sen beskjed. Rutinen er endret: melding sendes nå før kl. 7.",
    ),
    ("kindergarten", ""): (
        "Styrer forklarte situasjonen og når nye vikarer er på plass.",
        "Forklarte opptaksreglene og plassen på ventelista.",
        "Låsen er byttet. Takket for at innmelder sa fra.",
    ),
    ("home_care", ""): (
        "Lyttet. Vi legger om listene så det blir færre og mer faste ansatte.",
        "Avtalte fast tidspunkt og hvem som ringer ved forsinkelse.",
        "Forklarte hvordan det søkes, og tilbød hjelp med skjemaet.",
    ),
    ("nursing_home", ""): (
        "Avdelingsleder inviterte til samtale og en kopp kaffe på Strandtunet.",
        "Forklarte vaskerirutinene. Klærne er funnet.",
        "Forslaget er tatt opp i brukerrådet, de ble begeistret.",
    ),
    ("health", ""): (
        "Forklarte bestillingen og ga direktenummeret.",
        "Beklaget ventetiden. Telefontiden er utvidet fra neste måned.",
    ),
    ("library", ""): (
        "Forklarte åpningstidene og hva meråpent bibliotek er. Innmelder får kort.",
        "Gebyret er slettet, boka sto i hylla.",
        "Vi bestiller inn det som ble foreslått.",
    ),
    ("culture", ""): (
        "Forklarte tilskuddsordningen og fristen.",
        "Snakket om ventelista og tilbød prøvetime.",
        "Ungdomsrådet tar saken i neste møte.",
    ),
    ("service", ""): (
        "Fant skjemaet sammen mens vi snakket.",
        "Beklaget. Feilen er rettet og ny faktura sendes.",
        "Forklarte hvem som har saken og når svaret kommer.",
    ),
    ("political", ""): (
        "Ordføreren ringte selv. Forklarte vedtaket og når saken kommer opp igjen.",
        "Innspillet er referert for formannskapet. Innmelder er invitert til åpen halvtime.",
        "Uenige, men en god samtale. Innmelder vil stille spørsmålet i kommunestyret.",
    ),
    ("", "request"): (
        "Svarte på spørsmålet og forklarte hvem som har ansvaret.",
        "Ga de opplysningene innmelder trengte, og direktenummeret til oss.",
    ),
    ("", "suggestion"): (
        "Takket for forslaget og fortalte hvordan det behandles videre.",
        "Forslaget er sendt videre til [ledermøtet|budsjettarbeidet].",
    ),
    ("", "fault_report"): (
        "Feilen er meldt til driften og rettes fortløpende.",
        "Takket for at innmelder sa fra. Rettet.",
    ),
    ("", "complaint"): ("Beklaget og forklarte hva som gikk galt.", "Lyttet og noterte. Vi ser på rutinen."),
    ("", "criticism"): (
        "En god samtale om hva vi kan gjøre bedre.",
        "Forklarte bakgrunnen. Innmelder sto på sitt, men satte pris på telefonen.",
    ),
    ("", "praise"): (
        "Takket for rosen og fortalte at den er lest opp på [morgenmøtet|personalmøtet].",
        "Hyggelig samtale. De ansatte det gjelder har fått hilsenen.",
        "Takket. Innmelder hadde et lite forslag attåt, som er notert.",
    ),
}

MEASURES: dict[str, tuple[str, ...]] = {
    "road": (
        "Hullet er tettet.",
        "Arbeidsordre til veilaget, uke {week}.",
        "Satt på asfaltlista.",
        "Sperremateriell satt ut.",
        "Befaring avtalt.",
    ),
    "snow": (
        "Brøyteruta er endret.",
        "Strødd.",
        "Sandkasse fylt.",
        "Snakket med sjåføren.",
        "Kanten fjernet med hjullaster.",
    ),
    "street_light": (
        "Meldt til entreprenør.",
        "Pære byttet.",
        "Stolpe rettet opp.",
        "Kabelfeil utbedres i uke {week}.",
    ),
    "traffic_safety": (
        "Fartsmåling settes ut.",
        "Siktrydding bestilt.",
        "Gangfeltet males på nytt.",
        "Saken meldt til trafikksikkerhetsutvalget.",
    ),
    "parking": ("Skilt flyttet.", "Gebyret frafalt.", "Notert til evalueringen."),
    "water": ("Lekkasje tettet.", "Kumlokk skiftet.", "Vannprøve tatt.", "Rørinspeksjon bestilt."),
    "waste": ("Ekstra tømming.", "Ny dunk utlevert.", "Snakket med renovatøren.", "Ryddet."),
    "park": ("Beskåret.", "Ny benk bestilt.", "Klipperunde framskyndet."),
    "playground": ("Sperret og reparert.", "Sand skiftet.", "Ekstra kontroll utført."),
    "": (
        "Rutinen er endret.",
        "Tatt opp på avdelingsmøtet.",
        "Rettet.",
        "Opplysningene på nettsida er oppdatert.",
        "Sendt skriftlig orientering.",
    ),
}
NO_MEASURE = ("Ingen tiltak ut over samtalen.", "")

NEGATIVE_REASONS = (
    "Synes det tar for lang tid.",
    "Har hørt det samme i flere år og tror ikke på det før det er gjort.",
    "Mener kommunen skyver ansvaret fra seg.",
    "Synes ikke pengene brukes riktig.",
    "Forventet at det skulle ordnes med en gang.",
    "Er uenig i prioriteringen mellom sentrum og bydelene.",
    "Fikk ikke svar på det egentlige spørsmålet.",
    "Mener at trafikksikkerhet for barn må gå foran alt annet.",
    "Misfornøyd med at midlertidig løsning blir stående.",
    "Synes svaret var et «nei» pakket inn i mange ord.",
    "Vil ha det skriftlig, stoler ikke på muntlige løfter.",
    "Reagerer på at det var tilfeldig hvem som ringte.",
    "Har selv lagt fram en billigere løsning som ikke er vurdert.",
    "Skuffet over at nabogata fikk ja på samme spørsmål.",
    "Mener reglene er urimelige for eldre uten bil.",
    "Ønsket å snakke med lederen.",
)

ALTERNATIVES = (
    "Foreslår at naboene gjør jobben mot at kommunen holder materialer.",
    "Foreslår enveiskjøring på prøve i tre måneder.",
    "Vil heller ha én skikkelig utbedring hvert femte år enn lapping hvert år.",
    "Foreslår midlertidig skilting til varig løsning er på plass.",
    "Foreslår å flytte pengene fra blomsterkasser i sentrum.",
    "Foreslår felles befaring med velforeninga hver vår.",
    "Foreslår at ruta snus annenhver uke, så ikke de samme alltid er sist.",
    "Vil ha en fast kontaktperson for bydelen.",
    "Foreslår å bruke ungdommer i sommerjobb.",
    "Foreslår et gjerde i stedet for skilt.",
    "Foreslår lengre åpningstid én dag og kortere en annen.",
    "Foreslår at kommunen tar en telefon FØR arbeidet begynner.",
    "Foreslår grus i stedet for asfalt, da blir det i hvert fall gjort.",
    "Foreslår at saken legges fram for bydelsmøtet.",
)

# Alternatives good enough to become a suggestion card of their own, by the category of the first card.
GROWN_SUGGESTIONS = {
    "road": "Velforeninga får materialer av kommunen og fyller hullene i {street} på dugnad.",
    "traffic_safety": "Enveiskjøring i {street} på prøve i tre måneder, med måling før og etter.",
    "street_light": "La naboene i {street} velge mellom to styrker på lyset, og prøv begge en måned.",
    "waste": "Fast kveldsåpent på gjenvinningsstasjonen en gang i måneden, mot kortere dag på mandager.",
}

PRELIMINARY_REASONS = (
    "Vi må på befaring før vi kan svare, og venter til telen er gått.",
    "Saken krever svar fra to enheter.",
    "Entreprenøren er bedt om en redegjørelse.",
    "Venter på prøvesvar.",
    "Saksbehandler er syk, vikar er på plass fra neste uke.",
    "Fartsmålingen må gå i to uker før vi har tall.",
    "Spørsmålet skal opp i samarbeidsutvalget.",
    "Tegningene ligger i arkivet og må hentes fram.",
    "Regningen må kontrolleres av økonomiavdelingen.",
)

MISROUTED_REASONS = (
    "Ikke vårt ansvarsområde. Tror dette er privat vei.",
    "Vi drifter ikke dette bygget.",
    "Feilsendt: gjelder en annen skole.",
    "Hører ikke til hos oss, men vi vet ikke helt hvor.",
    "Stedet ligger i nabobydelen, og anlegget er ikke vårt.",
)

INTERNAL_NOTES = (
    "Ring helst i dag.",
    "Du kjenner stedet, ta en titt på vei hjem.",
    "Ta befaring først.",
    "Innmelder har ringt meg også.",
    "Samme sak som i fjor, se mappa.",
    "Obs: står på asfaltlista allerede.",
    "Sjekk med entreprenøren før du ringer.",
    "Jeg har møte med velforeninga torsdag og tar det opp der.",
)

NO_ANSWER_NOTES = (
    "Ikke svar.",
    "Ikke svar.",
    "Telefonsvarer.",
    "Opptatt.",
    "Ingen svarte, prøver igjen i morgen.",
    "Telefonen var slått av.",
    "Ektefellen svarte, ber oss ringe senere.",
    "Svarte, men satt i møte. Ringer igjen.",
    "Prøvde i lunsjen, ikke svar.",
)

FOLLOW_UPS: dict[str, tuple[str, ...]] = {
    "request": (
        "Spørsmålet er besvart på nettsida. Innmelder har ikke oppgitt telefon.",
        "Brev sendt til oppgitt adresse.",
        "Anonym henvendelse. Tatt med i neste befaring.",
    ),
    "suggestion": (
        "Forslaget er lagt i idébanken for budsjettet.",
        "Forslaget er sendt til planarbeidet.",
        "Notert. Tas opp på avdelingsmøtet.",
    ),
    "fault_report": (
        "Feilen er rettet.",
        "Meldt til driftslaget og utbedret.",
        "Kontrollert på stedet, satt på arbeidslista.",
        "Var allerede meldt. Rettes.",
    ),
    "complaint": (
        "Klagen er gjennomgått på avdelingsmøtet. Rutinen strammes inn.",
        "Sjekket på stedet og fulgt opp med entreprenøren.",
        "Anonym klage. Forholdet er utbedret.",
    ),
    "criticism": (
        "Lest og drøftet i ledergruppa.",
        "Tatt til etterretning. Informasjonen på nettsida er gjort tydeligere.",
    ),
    "praise": (
        "Rosen er hengt opp på tavla.",
        "Lest høyt på morgenmøtet.",
        "Hilsenen er gitt videre til den det gjelder.",
    ),
}

OUTSIDE_NOTES = (
    "Ringte innmelder og forklarte hvem som har ansvaret. Ga telefonnummer.",
    "Tok kontakt med innmelder og sendte meldingen videre etter avtale.",
    "Innmelder fikk lenke til meldeskjemaet hos rette instans.",
)
OUTSIDE_ANONYMOUS_NOTE = "Innmelder er ukjent. Vi har selv varslet rette instans."

AGREED_WAYS = (
    "Innmelder er tunghørt og vil ha svaret på e-post.",
    "Innmelder er på sjøen og ba om skriftlig svar.",
    "Innmelder ønsker svar på engelsk, på e-post.",
)
WRITTEN_SUMMARIES = (
    "Svar sendt på e-post etter avtale, med forklaring og navn på saksbehandler.",
    "Skriftlig svar sendt som avtalt. Innmelder takket på e-post.",
)

CLOSE_NOTES = ("", "", "Avsluttet.", "Følges opp i driften.", "Ingen videre oppfølging avtalt.")
WITHDRAWN_NOTES = (
    "Innmelder ringte og sa at det har ordnet seg.",
    "Trukket av innmelder, var sendt til feil kommune.",
    "Innmelder ba om at meldingen strykes.",
    "Innmelder fant svaret selv på nettsida.",
)
DUPLICATE_NOTES = (
    "Samme innmelder og samme sak, sendt både på kort og nett.",
    "To like kort fra samme husstand.",
    "Gjentar forrige melding ord for ord.",
)
REOPEN_REASONS = (
    "Innmelder ringte: hullet er der igjen.",
    "Arbeidet ble ikke gjort som avtalt.",
    "Innmelder fikk kontaktkortet etter ferien og har nå ringt.",
    "Feilen er kommet tilbake.",
    "Lovet befaring er ikke holdt.",
)
