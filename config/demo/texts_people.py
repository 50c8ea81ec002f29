"""What people in Solvik write about schools, care, health, culture, service and politics."""

from __future__ import annotations

from config.demo.places import HOSPITAL, NAV, POST, TAX
from config.demo.wording import Raw, belongs_to, spring, summer, winter

PEOPLE_TEXTS: Raw = {
    "school": {
        "request": (
            "Når får vi vite hvilken klasse {child} skal gå i? [Skolestart nærmer seg.|Han spør hver dag.]",
            "Kan SFO på {school} åpne kl. 6.45? [Vi er to foreldre i turnus.|Toget går før dere åpner.]",
            "Er det målt luft på {school}? Barna kommer hjem med hodepine.",
            "Hvordan søker vi om skoleskyss? Skoleveien til {school} er [4,1 km|uten fortau].",
            "Kan ungdomsskolen låne ut gymsalen i høstferien? Vi i klubben ordner vakter.",
            "Hvem tar imot tilbud om å være leksehjelper? Jeg er pensjonert lærer på {old} og har god tid.",
        ),
        "suggestion": (
            "Frukt til alle på {school}. [Vi foreldre skjærer gjerne opp.|Sultne barn lærer ingenting.]",
            "Elevrådet ved {school} foreslår tak over sykkelstativene. Setene er alltid våte.",
            "Lag skolehage på {school}. Vi besteforeldre kan stelle den i ferien.",
            "Start skoledagen kl. 9 på ungdomsskolen! Forskning sier det. Vi som går der sier det også.",
            "Gammeldags kakelotteri er greit, men hva med å la oss gi penger til skolebiblioteket på nett?",
        ),
        "fault_report": (
            "Porten på {school} lukker seg ikke. De minste går rett ut i veien.",
            "Toalettene i kjelleren på {school} er tette [igjen|for tredje gang].",
            "Radiatoren i klasserom {grade} koker. Barna sitter i T-skjorte med åpne vinduer.",
        ),
        "complaint": (
            "Det har vært vikar i {grade} i {n} uker. [Når kommer en fast lærer?|Barna kan ikke navnet på dem lenger.]",
            "SFO-prisen er gått opp igjen, men det er færre voksne der.",
            "Vi fikk melding kl. 7.40 om at {school} var stengt. Da var vi alt på vei.",
            "Mobbing må tas på alvor på skolene i kommunen. Vi foreldre opplever at vi sendes rundt.",
            "Svømmeundervisninga i ungdomsskolen er kuttet. Vi bor ved sjøen!",
        ),
        "criticism": (
            "Det kommer så mange meldinger i skoleappen at ingen leser den viktige.",
            "Skoleporten ser flott ut, men lærebøkene er fra før jeg flyttet hit.",
            "Enda et utviklingsprosjekt på {school}. La lærerne få undervise.",
        ),
        "praise": (
            "Takk til assistentene på {school}! {child} gleder seg til hver eneste dag.",
            "Rektor sto i porten og ønsket alle velkommen, i regnet. Sånt husker man.",
            "Forestillinga til {grade} på {school} var bedre enn det jeg har betalt for i hovedstaden.",
        ),
    },
    "kindergarten": {
        "request": (
            "Er det ledig plass i {kindergarten} fra [januar|mars|august]? Vi flytter til {area}.",
            "Kan barnehagene ha felles planleggingsdag med skolen? Vi har barn begge steder.",
            "Hva er reglene for {kindergarten} i sommer? Fikk tre ulike svar om ferien.",
        ),
        "suggestion": (
            "Åpen barnehage på {kindergarten} en formiddag i uka for oss i permisjon.",
            "Bytt plastlekene i {kindergarten} mot kjeler og planker. De leker mest med det likevel.",
            "Kan bestefar få komme og snekre i {kindergarten}? Han er {old} og kan alt om seljefløyter.",
        ),
        "fault_report": (
            "Låsen på porten til {kindergarten} er ødelagt. {child} kan åpne den alene.",
            "Gjerdet bak {kindergarten} har et hull stort nok for en treåring.",
        ),
        "complaint": (
            "{kindergarten} har hatt redusert åpningstid {n} uker på rad. [Sjefen min begynner å lure.|Dette går ikke.]",
            "Søsken fikk plass i hver sin barnehage, en i {area} og en i andre enden av byen. Kom igjen.",
            "Hentetid 16.15 passer ingen som jobber til fire.",
        ),
        "criticism": ("Det er bygd barnehage uten plass til å snu bilen. {no} foreldre rygger ut samtidig kl. 16.",),
        "praise": (
            "De ansatte i {kindergarten} er gull verdt. [{child} snakker om dem hele kvelden.|Vi gruer oss til skolestart.]",
            "Takk for turen i skogen! {child} fant en «dinosaurtann». Den ligger i fryseren.",
        ),
    },
    "home_care": {
        "request": (
            "Kan hjemmehjelpen komme på et fast tidspunkt? [Mor på {old} sitter og venter hele dagen.|Vi i familien trenger å vite det.]",
            "Hvordan søker vi om trygghetsalarm til far? [Skjemaet på nettet vil ha innlogging han ikke har.|Han er {old} og bor i {area}.]",
            "Hvem ringer vi når middagen ikke kommer? Det sto ikke på arket.",
            "Er det mulig å få en oversikt over hvem som kommer hjem til mamma i ferien?",
        ),
        "suggestion": (
            "La hjemmetjenesten ha navneskilt med STOR skrift. [Vi gamle ser dårlig og er høflige.|]",
            "Send en melding til pårørende når besøket er gjort. Fred i sinnet for oss som bor langt unna.",
            "Middagslag i {area}: to ganger i uka på grendehuset i stedet for mat i plastboks alene.",
        ),
        "fault_report": (
            "Nøkkelboksen utenfor leiligheten i {street} henger i én skrue. Hjemmesykepleien har sagt fra, sier de.",
        ),
        "complaint": (
            "Det har vært {no} ulike mennesker innom min mor på en måned. [Hun er sliten av å presentere seg.|Alle er hyggelige, men nå får det være nok.]",
            "Støvsugingen er kuttet til hver fjerde uke. Jeg er {old}, ikke ferdig med livet.",
            "Jeg har ventet på hjelpemidler i {n} måneder.",
            "Besøket som skulle komme kl. 9 kom kl. 11.30, uten beskjed. Igjen.",
        ),
        "criticism": (
            "Hjemmesykepleierne løper. De har ikke tid til å ta av seg jakka. Det er ikke deres skyld.",
            "Dere snakker om «hverdagsmestring». Jeg vil bare ha vinduene vasket.",
        ),
        "praise": (
            "Jentene i hjemmesykepleien er helt fantastiske med far. [Han pynter seg før de kommer.|Takk av hele hjertet.]",
            "Fikk trygghetsalarm på to dager. Nå sover jeg bedre enn mor gjør.",
            "Den nye gutten i hjemmetjenesten sang for meg. {old} år og rødmet.",
        ),
    },
    "nursing_home": {
        "request": (
            "Hva er visningstidene på Strandtunet nå? Nettsida sier noe annet enn døra.",
            "Kan beboerne på Strandtunet få komme mer ut? Vi pårørende kan gjerne være med og trille.",
            "Hvordan melder jeg meg som besøksvenn på sykehjemmet? Har en snill hund.",
        ),
        "suggestion": (
            "Høner i hagen på Strandtunet! Det har de på et sykehjem i Danmark, og alle går ut for å se.",
            "La ungdomsskolen spise lunsj på Strandtunet en gang i uka. Begge parter trenger det.",
            winter("Tenn bålpanna på uteplassen på Strandtunet om vinteren også. Ullpledd har vi."),
        ),
        "fault_report": ("Døra til hagen på Strandtunet er så tung at ingen av beboerne får den opp.",),
        "complaint": (
            "Klær forsvinner på vaskeriet på Strandtunet. [Vi har merket alt.|Nå går noen andre i morfars strikkejakke.]",
            "Middag kl. 13 og kveldsmat kl. 17. Det er lenge til frokost.",
            "Det var to på vakt på hele avdelingen i helga. To!",
        ),
        "criticism": ("Fine ord i verdiplanen på veggen. Heng opp bemanningsplanen ved siden av.",),
        "praise": (
            "Takk for den verdige måten dere tok dere av bestemor på, helt til slutt.",
            "Kaféen på Strandtunet har byens beste vafler. Jeg er ikke engang pårørende.",
        ),
    },
    "health": {
        "request": (
            "Hvordan bytter jeg fastlege når ingen i Solvik har ledig plass?",
            "Når er det vaksinasjon for oss over 65? [Telefonen er opptatt hele tida.|]",
            "Finnes det kveldstime på helsestasjonen? Vi jobber begge to.",
        ),
        "suggestion": (
            "Helsestasjon for ungdom må være åpen på torsdager også. Tirsdag er det trening. Hilsen tre i {nth_grade}",
            "Trilletur-gruppe fra helsehuset for nybakte fedre. Vi finnes.",
        ),
        "fault_report": ("Timebestillinga til helsehuset kaster meg ut når jeg har fylt ut alt.",),
        "complaint": (
            "{no} minutter i telefonkø til helsehuset. Til slutt ble jeg lagt på av maskinen.",
            "Venterommet på legevakta har ett toalett og det er ute av drift.",
            belongs_to(HOSPITAL, "Innkallinga fra poliklinikken kom dagen etter timen. Kan dere ta det opp med dem?"),
        ),
        "criticism": ("Alt skal bestilles på nett. Jeg er {old} og har telefon med snor.",),
        "praise": (
            "Helsesykepleieren på {school} er et funn. Hun ser hver enkelt.",
            "Rask og vennlig hjelp på helsestasjonen. Takk!",
        ),
    },
    "library": {
        "request": (
            "Kan biblioteket ha søndagsåpent [om vinteren|i eksamenstida]?",
            "Har dere bøker på [polsk|arabisk|tigrinja|ukrainsk]? Svigermor leser alt.",
            "Kan jeg låne symaskin på biblioteket, eller var det nabokommunen?",
        ),
        "suggestion": (
            "Bokbussen bør stoppe i {area} igjen. [Vi lover å stå klare.|Ungene savner den.]",
            "Sett ut en bokkasse på brygga i sommer: ta en, legg igjen en.",
            "Kjøp tegneserier for voksne også. {n} av oss på {stop} diskuterte det senest i dag.",
            "Lag en stille krok. Det er nok av steder i verden med tastaturlyd.",
        ),
        "fault_report": (
            "Innleveringsluka på biblioteket er full. Bøkene ligger i regnet.",
            "Skriveren på biblioteket spiser papir og mynter.",
        ),
        "complaint": (
            "Purregebyr på en bok jeg har levert! Den står i hylla, jeg har sett den.",
            "Biblioteket stenger kl. 15 i {n} uker i ferien. Det er jo da vi har tid.",
        ),
        "criticism": ("Selvbetjent bibliotek er fint for dere som liker skjermer. Jeg går dit for menneskene.",),
        "praise": (
            "Lesesirkelen på biblioteket har reddet vinteren min. [Takk, Solvik!|]",
            "Bibliotekaren fant boka jeg bare husket fargen på. Den var grønn.",
            "Sommerles er genialt. {child} på {age} har lest elleve bøker for å få en ny ansiktsmaling.",
        ),
    },
    "culture": {
        "request": (
            "Er det ledig plass på kulturskolen for [fiolin|trommer|dans]? {child} har stått på venteliste {since}.",
            "Kan klubben holde åpent på lørdager? Det er ingenting å gjøre for oss på {age_teen}. Hilsen {child}",
            "Hvor søker korpset om støtte til nye uniformer? De gamle passer bare de gamle.",
        ),
        "suggestion": (
            "Kino på havna! Lerret på siloen, folk i båter. Dere hører sukket fra publikum, ikke sant?",
            "Grafittivegg i {area}, en lovlig en. Da lar vi kanskje den andre veggen være. Hilsen noen",
            "Ta vare på fyrvokterboligen og gjør den til atelier.",
            "Lokal bandkveld på kulturhuset, uten aldersgrense. Vi har {n} band på {age_teen} år som venter.",
        ),
        "fault_report": (
            "Teleslynga i kulturhuset virker ikke. Konserten ble en stumfilm for meg.",
            "Halvparten av stolene på rad {no} i kulturhuset knirker midt i de stille partiene.",
        ),
        "complaint": (
            "Billettene til julekonserten var utsolgt før de kom ut. Hvem fikk dem?",
            "Øvingslokalet vårt er gitt bort uten et ord. Koret står på gata.",
            summer(
                "Festivalen holdt {street} våken til kl. 3 tre netter på rad. Jeg liker musikk. Jeg liker også søvn."
            ),
        ),
        "criticism": ("Kulturplanen har mange bilder av unge, men ingen har spurt oss.",),
        "praise": (
            "Så god stemning på {seasonal_event}! Takk til alle frivillige og kommunen.",
            "Ungdomskonsulenten tar oss på alvor. Hilsen fem jenter på klubben",
        ),
    },
    "service": {
        "request": (
            "Hvor finner jeg skjema for [skjenkebevilling|redusert foreldrebetaling|startlån]? Har lett i en time.",
            "Fakturaen for kommunale avgifter har feil navn. Min mann døde i fjor. Kan dere rette det uten at jeg må innom?",
            "Kan dere sende svar på papir? Jeg har ikke digital postkasse og vil ikke ha.",
            "Når er borgerlig vigsel mulig på en lørdag? Vi er blitt enige, han og jeg.",
            belongs_to(
                TAX,
                "Jeg har flyttet til {street} {no}, men posten går til gammel adresse. Kan dere endre det i folkeregisteret?",
            ),
            belongs_to(NAV, "Har ventet på svar på bostøtte og dagpenger i {n} uker. Hvem kan hjelpe?"),
            belongs_to(POST, "Postkassestativet i {street} må flyttes. Hvem bestemmer det?"),
        ),
        "suggestion": (
            "Ha servicesenteret åpent til kl. 18 én dag i uka.",
            "Lag et lite kurs: «Slik bruker du kommunens nettside». Gjerne med kaffe.",
            "Vis køen på nett, så vet vi når det lønner seg å ringe.",
            "Legg disse meldingskortene på bensinstasjonen og i kassa på butikken også.",
        ),
        "fault_report": (
            "Søket på nettsida gir treff fra [forrige århundre|for ti år siden] øverst.",
            "Skjemaet for barnehageplass sletter alt når man trykker tilbake.",
        ),
        "complaint": (
            "Ble satt over {n} ganger og endte hos den jeg begynte med.",
            "Ingen svarer på e-post. Jeg har ventet {since}.",
            "Brevet jeg fikk var på {no} sider og jeg skjønte ikke om svaret var ja eller nei.",
        ),
        "criticism": (
            "«Din mening er viktig for oss», sa telefonsvareren i tjue minutter.",
            "Nye logoer, nye bannere, ny slagord. Er veien i {area} også blitt ny?",
        ),
        "praise": (
            "Hun i skranken på servicesenteret ga seg ikke før saken min var løst. [Gi henne kake.|Sånn skal det være.]",
            "Imponert over at noen faktisk ringte meg tilbake! Og på dag to.",
            "Denne ordninga med meldingskort er noe av det beste dere har funnet på.",
        ),
    },
    "political": {
        "request": (
            "Jeg vil vite hvordan partiene i kommunestyret stiller seg til eiendomsskatten. Kan ordføreren svare?",
            "Når skal kommunestyret behandle skolestrukturen? Vi i {area} vil møte opp.",
            "Kan ordføreren komme på møte i velforeninga i {area}? Vi har kaffe, kake og {n} spørsmål.",
        ),
        "suggestion": (
            "Forslag til politikerne: legg ett kommunestyremøte i året til hver bydel. Første i {area}.",
            "Lag et ungdomsbudsjett på en million som vi under 18 stemmer over.",
            "Dropp fyrverkeriet og bruk pengene på julegaver til dem som ikke får.",
            spring("La 17. mai-toget gå gjennom {area} i år. Vi har også flagg."),
        ),
        "complaint": (
            "Eiendomsskatten øker mens veiene forfaller. Jeg stemte ikke for dette.",
            "Vedtaket om å legge ned skolen på Neset ble gjort uten at vi ble hørt. Jeg klager til ordføreren.",
            "Formannskapet lukket møtet om strandsona. Hvorfor får ikke folk høre?",
        ),
        "criticism": (
            "Dere politikere synes bare i valgkampen. Nå er det {n} år til, så nå er det stille.",
            "Nytt rådhustak til millioner, men ikke råd til bokbuss. Prioriteringer!",
            "Kommunestyret bruker mer tid på å diskutere møteplanen enn på eldreomsorgen.",
        ),
        "praise": (
            "All ære til et samlet kommunestyre for vedtaket om gratis svømming for barn.",
            "Ordføreren svarte meg selv, på en søndag. Jeg er fortsatt uenig, men takk!",
        ),
    },
    "other": {
        "request": (
            "Hvem eier flaggstanga på toppen i {area}? Snora slår hele natta.",
            "Kan noen fortelle meg hva den høye lyden var i natt? Hele {area} våknet.",
        ),
        "suggestion": (
            "Vi burde ha en vennskapsby med noe varmt.",
            "Sett opp en gjenglemt-boks på torget. Jeg har funnet {n} votter i år, alle venstre.",
        ),
        "fault_report": ("Kirkeklokka i {area} slår ett slag for mye.",),
        "complaint": (
            "Måkene på torget stjal hele pølsa mi. Kan kommunen gjøre noe med måkene?",
            "Naboens hane i {street} galer fra kl. 4. Finnes det regler?",
        ),
        "criticism": ("Alt var bedre før, bortsett fra tannlegen.",),
        "praise": (
            "Solvik er et godt sted å bo. Det er alt jeg ville si.",
            "Ville bare takke den som fant lommeboka mi og leverte den på rådhuset, med alle pengene i.",
        ),
    },
}

# Nothing in these leads a rule anywhere: the service centre must read and decide.
UNROUTED = (
    "Det er noe som durer hver natt mellom kl. 2 og 4. Vi hører det i hele {area}. Kan noen finne ut hva det er?",
    "Katten vår har gått inn i kjelleren på et kommunalt hus i {street}, og ingen har nøkkel. Hvem ringer jeg?",
    "Det ligger en båt på land ved {street}. Ingen vet hvem som eier den. Hvem kan fjerne den?",
    "Jeg fant en boks med gamle bilder fra {area}, kanskje fra 1920-tallet. Vil noen i kommunen ha dem?",
)

# One card, two matters: category and text of each, to be split.
TWO_MATTERS = (
    (
        "road",
        "Hullet i {street} ved nr. {no} må fylles.",
        "library",
        "Og kan biblioteket holde åpent til kl. 19 på torsdager?",
    ),
    (
        "street_light",
        "Gatelyset ved {stop} er gått.",
        "kindergarten",
        "Dessuten: når kommer svaret om barnehageplass i {kindergarten}?",
    ),
    (
        "playground",
        "Husken på {playground} er i stykker.",
        "waste",
        "Så lurer jeg på hvorfor papirdunken vår ikke ble tømt i {street}.",
    ),
    (
        "road",
        "Fortauet i {street} er umulig med rullator.",
        "home_care",
        "Og så ville jeg be om at hjemmehjelpen ringer før de kommer.",
    ),
    (
        "traffic_safety",
        "Vi trenger fartsdump i {street}.",
        "school",
        "Samtidig: er det bestemt når skolegården på {school} skal pusses opp?",
    ),
)
