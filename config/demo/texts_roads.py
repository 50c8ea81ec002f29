"""What people in Solvik write about roads, snow, street lights, traffic, parking and buses."""

from __future__ import annotations

from config.demo.places import BUS_COMPANY, COUNTY, POLICE, STATE_ROADS
from config.demo.wording import Raw, bare, belongs_to, dark, spring, summer, winter

ROADS: Raw = {
    "road": {
        "request": (
            "[Når blir {street} asfaltert?|Når skal {street} få ny asfalt?|Når kommer asfalten i {street}?] Det er blitt lovet i flere år.",
            "Kan dere [fylle|tette] hullene i {street}? [Det ligger an til punktering.|Vi kjører slalåm hver morgen.|Bilen min liker det ikke.]",
            "Ønsker svar på når fortauet i {street} blir reparert. [Jeg går med rullator|Jeg triller barnevogn|Moren min sitter i rullestol] og må ut i veibanen ved nr. {no}.",
            "Hvem eier egentlig [veistubben|stikkveien] mellom {street} og {street2}? [Vi er {n} hus som deler på å måke og gruse.|Ingen vil ta ansvar.]",
            "Er det planer om fortau langs {street}? [Det er mange skolebarn som går der.|Vi har ventet siden boligfeltet kom.]",
            "Kan kommunen skrape opp grusen i {street}? Veien er [som et vaskebrett|bare humper og groper] nå.",
            bare(
                "Kan dere [salte|vanne] grusveien i {street}? [Støvet står rett inn i stua når bilene kjører forbi.|Vi kan ikke ha vinduene oppe.]"
            ),
            "Rekkverket ved {street} er [rustet tvers igjennom|bøyd etter en påkjørsel]. Når kommer det nytt?",
            "Vi i {street} lurer på om veien kan få et navneskilt. [Budbilene|Drosjen|Hjemmesykepleien] finner ikke fram.",
            "Kan kantsteinen ved nr. {no} i {street} senkes? [Jeg kommer ikke opp med rullestolen.|Det er umulig med tvillingvogn.]",
            spring(
                "Når kommer feiebilen til {street}? [All grusen fra i vinter ligger der ennå.|Syklene glir på strøsanden.]"
            ),
            "Jeg trenger beskjed om når gravearbeidet i {street} er ferdig. [Skiltet sier forrige måned.|Ingen har informert oss som bor her.]",
            "Er det kommunen eller huseier som skal klippe hekken som henger ut over fortauet i {street}? Man må bøye seg for å komme forbi.",
            "Kan vi få et speil i krysset {street}/{street2}? Det er umulig å se hva som kommer.",
        ),
        "suggestion": (
            "Forslag: legg ned heller og sett en benk på [hjørnet|fliken] mellom {street} og {street2}. Der samles folk likevel.",
            "Bygg gang- og sykkelvei fra {area} til [skolen|sentrum]! [Da blir det færre biler.|Ungene fortjener det.]",
            "Hva med å gjøre {street} enveiskjørt? [Det er aldri plass til å møtes.|Da blir det plass til et skikkelig fortau.]",
            "Jeg foreslår at dere asfalterer den siste biten av {street} samtidig som dere er her med maskinene [likevel|uansett]. Det må da bli billigere.",
            "Tegn opp sykkelfelt i {street}. Maling koster lite.",
            "La oss som bor i {street} få lappe veien selv! Dere gir oss [asfalten|massen], vi stiller med [spader|folk og kaffe].",
            "Forslag til kommunen: lag en app eller et kart der vi ser når veien vår står for tur. Da slipper dere [slike kort som dette|alle telefonene].",
            "Trappa mellom {street} og {street2} burde få rekkverk på begge sider. [Vi blir ikke yngre, noen av oss.|Jeg er {old} år og holder meg fast i busken.]",
            "Kan det lages snarvei med grus fra {street} til {stop}? Folk går der allerede, det er tråkket en sti.",
            "Sett opp skilt «Blindvei» ved innkjøringen til {street}. Vi har [turister|vogntog] i hagen hver uke.",
            "Brosteinen i {street} er fin å se på, men vond å gå på. Legg ei stripe med glatte heller i midten, sånn som de har andre steder.",
            "Bruk lokal pukk i stedet for den fine grusen i {street}, så slipper dere å kjøre på nytt etter hvert regnvær.",
        ),
        "fault_report": (
            "Stort hull i asfalten utenfor {street} {no}. [Ca. 40 cm bredt.|Nesten så en katt kan bli borte i det.]",
            "Det er [gått ut|rast ut] masse fra veikanten i {street}. Asfalten henger i løse lufta.",
            "Løs brostein i {street}. [Jeg snublet i går.|Det er et tidsspørsmål før noen faller.]",
            "Skiltet i krysset {street}/{street2} [er påkjørt og ligger i grøfta|peker feil vei|mangler].",
            "Fortauet ved {street} {no} har sunket [flere centimeter|og det står vann der hele tida].",
            "Hull i veien, {street}, midt i svingen. Haster!",
            "Stikkrenna under {street} er tett. [Ved regn går vannet over veien.|Bekken har funnet seg ny vei, nemlig i garasjen min.]",
            "Rista i veien ved {street} {no} [klaprer hver gang en bil kjører over|ligger skjevt]. Får ikke sove.",
            "[Kantsteinen|Trafikkøya] i {street} er kjørt i stykker og bitene ligger i veibanen.",
            "Asfaltkant på {n} cm der dere gravde i {street}. [Sykkelen min overlevde, bakhjulet gjorde ikke.|Farlig i mørket.]",
            "Rekkverket på brua ved {street} er løst.",
            "Et tre har veltet over {street}. [Vi kommer fram på den ene siden.|Naboen har sagd av toppen, resten må dere ta.]",
            belongs_to(
                STATE_ROADS,
                "Det er et dypt hull på riksveien ved avkjøringen til {area}. [Måtte svinge over i motsatt felt.|Fikk ødelagt felgen.]",
            ),
            belongs_to(
                COUNTY,
                "Fylkesveien gjennom {area} er så [humpete|sporete] at vannet blir stående. Nesten vannplaning i går.",
            ),
        ),
        "complaint": (
            "Jeg klager på tilstanden til {street}. [Dette er tredje året jeg melder fra.|Har ringt to ganger uten at noe skjer.]",
            "Gravearbeidet i {street} har vart i {n} måneder. [Vi har ikke fått ett eneste varsel.|Kundene mine finner ikke inngangen.] [Nå får det være nok.|Når tar det slutt?]",
            "Lappingen dere gjorde i {street} [varte i to uker|er verre enn hullet var]. [Bortkastede penger.|Gjør det skikkelig neste gang.]",
            "Etter at dere la ny asfalt i {street} renner alt regnvannet inn i [oppkjørselen min|kjelleren vår]. Jeg krever at det blir rettet.",
            "Vi betaler samme skatt som alle andre, men {street} er nok en gang [strøket av lista|glemt]. Hvorfor?",
            "Anleggsmaskinene har kjørt i stykker gresset foran {street} {no}, og ingen rydder opp etter seg. [Hvem erstatter det?|Jeg vil ha svar.]",
            "Fortauet i {street} er sperret av stillas for {nth} uke på rad. Skolebarna går i veibanen.",
            "Støvet fra {street} er [uutholdelig|helt forferdelig] i tørt vær. Jeg har skrevet om dette før og fikk et pent brev til svar. Brev binder ikke støv.",
            "Hekken hos kommunens eget bygg i {street} dekker hele fortauet. Hadde det vært min hekk, hadde jeg fått brev.",
            "Tungtrafikken i {street} rister huset vårt så [bildene henger skjevt|koppene klirrer]. Ble det ikke lovet omkjøring?",
            spring("Det er [mai snart|full vår] og ingen har feid {street}. I fjor var det gjort til 17. mai."),
            "Dumpa dere laget i {street} er så bratt at bilen slår i. [Dette er ikke en fartshump, det er et gjerde.|Jeg har sendt regning for støtfangeren.]",
        ),
        "criticism": (
            "Har noen i kommunen prøvd å kjøre {street} i det siste? [Ta gjerne en tur, ta med sjåførpute.|Jeg stiller med bil.]",
            "Først asfalterer dere {street}, så graver dere den opp igjen {n} uker etter. Snakker ikke avdelingene sammen?",
            "Veiene i {area} er kommunens stebarn. Det brukes penger i sentrum hele tida.",
            "Jeg synes det er [flaut|pinlig] å få besøk når de må kjøre {street} for å komme hit.",
            "Dere lapper og lapper. En gang må dere ta hele {street}, det ser jo [et barn|enhver].",
            "Ny brostein i {street} er vel og bra, men hvem har tenkt på oss med rullator? [Stilig på bilder, håpløst i bruk.|]",
            "Skiltinga rundt omkjøringa i {area} er et kaos. Jeg er født her og kjørte feil to ganger.",
            "Det står «midlertidig» på sperringene i {street}. De har stått der {since}.",
            "Hvorfor kommer det alltid et nytt firma for å grave i {street}? Vi har hatt {n} hull på like mange år.",
        ),
        "praise": (
            "Endelig ny asfalt i {street}! [Det er en fryd å sykle til jobb.|Tusen takk fra oss alle i gata.]",
            "Ros til gutta som lappet hullene i {street} [samme dag jeg ringte|før helga]. [Imponerende!|Slik skal det gjøres.]",
            "Vil bare si at det nye fortauet i {street} er blitt veldig bra. [Nå kan jeg gå til butikken selv.|Barna går trygt til skolen.]",
            "Takk for at dere satte opp rekkverk ved trappa i {street}. {old} år gamle knær takker!",
            "Meldte om et løst kumlokk på fredag, lørdag var det ordnet. [Hatten av!|Det hadde jeg ikke trodd.]",
            spring("Så rent og pent det ble i {street} etter at feiebilen var her. [Takk!|Våren kan komme.]"),
        ),
    },
    "snow": {
        "request": (
            winter("Når på dagen brøytes {street}? [Jeg skal rekke bussen kl. 6.30.|Jeg begynner på jobb kl. 6.]"),
            winter(
                "Kan dere strø bakken i {street}? [Hjemmehjelpen kommer ikke opp.|Postbilen snudde i dag.|Naboen på {old} tør ikke gå ut.]"
            ),
            winter("Hvem skal måke trappa mellom {street} og {street2}? Den er stengt av snø [hver vinter|nå]."),
            winter("Hvor kan vi hente strøsand? [Kassa i {street} er tom.|Kassa ved {stop} er låst.]"),
            winter(
                "Kan brøytebilen løfte skjæret forbi utkjørselen i {street} {no}? Jeg er {old} og orker ikke å måke bort den kanten en gang til."
            ),
            winter(
                "Blir fortauene i {area} brøytet i år? [I fjor måtte vi gå i veibanen.|Ingen svarer på telefonen om det.]"
            ),
        ),
        "suggestion": (
            winter(
                "Forslag: brøyt gang- og sykkelveiene FØR bilveiene. Bilene klarer seg, det gjør ikke [ungene|vi som sykler]."
            ),
            winter("Sett ut en kasse med strøsand nederst i {street}, så kan vi [som bor her|naboene] ta et tak selv."),
            winter(
                "Kan det ikke avtales med bonden i {area} at han brøyter {street}? Han kjører forbi med traktoren likevel."
            ),
            winter("Send SMS når brøyteruta starter i {area}, så kan vi flytte bilene [i tide|av gata]."),
            winter("Strø med grov singel i stedet for sand i {street}. Sanden er borte etter ti minutter."),
        ),
        "fault_report": (
            winter("{street} er ikke brøytet. Klokka er [8|9|10|11] og det ligger [20|25|30] cm."),
            winter(
                "Blank is i bakken i {street}. [To biler står på tvers.|Jeg så en syklist gå over ende.] Må strøs NÅ."
            ),
            winter("Snøskuffa på brøytebilen tok med seg [postkassestativet|gjerdet] vårt i {street} {no} i natt."),
            winter("Snøhaugen på hjørnet {street}/{street2} er så høy at en ikke ser trafikken."),
            winter(
                "Fortauet fra {stop} til {street} er ikke strødd. [Helt speilblankt.|Folk går med armene rett ut som pingviner.]"
            ),
        ),
        "complaint": (
            winter(
                "Brøytebilen la igjen en meterhøy kant foran garasjen i {street} {no}. [For tredje gang denne uka.|Jeg kom for sent på jobb.]"
            ),
            winter("{street} ble brøytet [kl. 14|etter at alle var dratt på jobb]. Hva er vitsen da?"),
            winter(
                "Vi i {street} er alltid sist på brøyteruta. [Kan rekkefølgen snus en gang iblant?|Er det fordi vi bor øverst?]"
            ),
            winter(
                "Brøytingen av gangveien ved skolen er ikke god nok. {age}-åringen min gikk i veien i mørket i dag."
            ),
            winter("Dere har strødd med noe som ødelegger både parketten og hundepotene i {street}. Hva er det?"),
            winter("Hekken min i {street} {no} er brøytet flat. Jeg vil ha den erstattet."),
        ),
        "criticism": (
            winter(
                "Det kan umulig komme som en overraskelse på kommunen at det snør i [januar|Norge|denne byen]. {street} er ubrøytet igjen."
            ),
            winter("Glattisen i sentrum er en skam. Rådhustrappa er bar og tørr, den."),
            winter(
                "Før brøytet de {street} innen kl. 6. Nå er det flaks om det skjer før kl. 12. [Det kalles visst effektivisering.|]"
            ),
            winter(
                "Brøytekantene i {street} gjør veien så smal at [søppelbilen|brannbilen] ikke kommer fram. Har noen tenkt på det?"
            ),
        ),
        "praise": (
            winter(
                "All ære til brøytemannskapene! [{street} var ren kl. 6 i dag.|Det var nybrøytet og strødd da jeg skulle på tidligvakt.]"
            ),
            winter(
                "Takk til han som kjører brøytebilen i {area}. Han [vinker til ungene|stoppet og dyttet bilen min ut av grøfta]."
            ),
            winter("Så bra at dere strør gangveiene så tidlig! Jeg er {old} og har kunnet gå ut hver dag."),
        ),
    },
    "street_light": {
        "request": (
            "Kan dere sette opp gatelys i [svingen|enden] av {street}? Det er stummende mørkt.",
            "Når kommer de nye lysene i {street}? [Grøfta er gravd, stolpene ligger der, men ingen er her.|Vi har ventet {since}.]",
            dark("Gatelysene i {street} slukker kl. 23. Kan de stå på til siste buss har gått?"),
            "Hvem melder jeg fra til når det er nr. {no} i {street} som ikke lyser? Stolpen har ikke noe nummer.",
            dark(
                "Kan lyset på gangveien mellom {street} og skolen tennes litt tidligere? [Ungene går i mørket kl. 8.|SFO-barna går hjem i mørket.]"
            ),
        ),
        "suggestion": (
            "Bytt til lys som dempes når ingen går der. [Sparer strøm, og vi får se stjernene.|Det har de i nabokommunen.]",
            "Sett opp lys på lekeplassen ved {street}, så kan barna være ute etter skolen også om vinteren.",
            "Sett et telefonnummer på hver lyktestolpe, så er det lett å melde fra når den er mørk.",
            "Flytt lyktestolpen foran {street} {no} en meter til høyre. Da lyser den på veien i stedet for på soverommet [mitt|til kona].",
        ),
        "fault_report": (
            "Gatelyset utenfor {street} {no} [er gått|blinker|står og durer].",
            "{n} lys på rad er mørke i {street}. [Har vært slik i flere uker.|Det begynte etter stormen.]",
            "Lyktestolpen ved {stop} står på skrå. [Noen har kjørt på den.|Den svaier i vinden.]",
            "Alle lys ute på gangveien {street}–{street2}.",
            "Lokket nederst på lyktestolpen i {street} {no} er borte og ledningene er bare. FARLIG for barn!",
            "Gatelyset i {street} lyser hele dagen og er mørkt om natta. [Noen har snudd bryteren.|Artig, men ikke meningen vel?]",
            "veilys gått ved {stop}",
        ),
        "complaint": (
            "Har meldt om mørke gatelys i {street} [to|tre|fire] ganger. [Intet skjer.|Hver gang får jeg vite at det er «notert».]",
            "Det nye LED-lyset skinner rett inn på soverommet i {street} {no}. [Vi må ha mørke gardiner.|Som å bo på en fotballbane.]",
            dark("Jeg tør ikke gå hjem fra bussen ved {stop}, for lysene har vært ute i {n} uker."),
            dark("Datteren min på {age} går til trening i bekmørke {street} fordi ingen skifter ei pære."),
        ),
        "criticism": (
            "Hele {area} er mørklagt mens rådhuset er opplyst som et juletre. [Rart å spare der folk går.|]",
            "Det tar kortere tid å få en ny bil enn en ny lyspære i {street}.",
        ),
        "praise": (
            dark("De nye lysene i {street} er nydelige. [Varmt lys og ikke i øynene.|Føler meg mye tryggere.]"),
            "Meldte om et mørkt gatelys på [mandag|tirsdag] og på [torsdag|fredag] lyste det. Bra jobba!",
        ),
    },
    "traffic_safety": {
        "request": (
            "Vi ønsker fartsdumper i {street}. [Det kjøres i 70.|Mopedene bruker gata som racerbane.]",
            "Kan kommunen måle farten i {street}? [Grensa er 30, men ingen bryr seg.|Jeg låner gjerne ut oppkjørselen til måleutstyret.]",
            "Er det mulig å få gangfelt over {street} ved {stop}? [Vi er mange eldre her.|{age}-åringen skal begynne å gå alene til skolen.]",
            "Kan busker og kratt i krysset {street}/{street2} ryddes? Det er ingen sikt.",
            "Hva skal til for å få 30-sone i {street}? Vi har samlet {no} underskrifter.",
            "Hvem har ansvaret for skolepatruljen ved {school}? De små står der alene.",
        ),
        "suggestion": (
            "Lag «hjertesone» rundt {school}. Foreldre som kjører barna helt til døra er den største faren for barna.",
            "Sett ut blomsterkasser i {street} som farten må svinge rundt. [Pent og billig.|Ungdommene kan male dem.]",
            "Kan vi få blinkende «din fart»-skilt i {street}? Det virket da dere hadde det ute på prøve.",
            "Forslag: opphøyd gangfelt ved {kindergarten}. Da ser bilistene at det er noe der.",
            "La {street} være stengt for gjennomkjøring. De som skal til {area} har en annen vei.",
            "Barna i gata foreslår et skilt de har tegnet selv: «Her bor vi, kjør sakte». [Kan vi henge det opp?|Tegningen følger med.]",
        ),
        "fault_report": (
            "Gangfeltet ved {stop} er helt slitt bort. [Bilene stopper ikke lenger.|Det er bare merkene igjen.]",
            "Fartsdumpen i {street} har løsnet, boltene stikker opp.",
            "Speilet i krysset {street}/{street2} er knust.",
            "Skiltet «Barn leker» i {street} er stjålet.",
            "Busker skjuler vikepliktskiltet i {street}. Nesten ulykke i går ettermiddag.",
            "Lyskrysset ved {stop} gir ikke grønt for fotgjengere.",
        ),
        "complaint": (
            "Vi har bedt om tiltak mot råkjøring i {street} {since}. [Må noen bli påkjørt først?|Svaret er alltid at det skal vurderes.]",
            "Varebilene til {stop} rygger over fortauet akkurat når skolen begynner. Dette går ikke bra til slutt.",
            "Anleggstrafikken forbi {kindergarten} må stoppes kl. 7.30–8.30! Lastebilene kjører som om de har blålys.",
            "Etter at dere fjernet gangfeltet i {street} må {age}-åringen min løpe over. Hvem kom på det?",
            "Fartsdumpene i {street} er så lave at [ingen merker dem|de unge bruker dem som hopp].",
            "Jeg ble nesten kjørt ned i gangfeltet ved {stop}. [Det er andre gang i år.|Jeg har hvit stokk og syntes godt.] Gjør noe.",
            "Elsparkesyklene ligger strødd over fortauet i {street}. For oss som ser dårlig er de snubletråder.",
            belongs_to(
                POLICE,
                "Hver [fredag|lørdag] natt er det råkjøring og brent gummi på parkeringsplassen ved {stop}. Kan dere gjøre noe?",
            ),
            belongs_to(
                STATE_ROADS,
                "Avkjøringen fra riksveien til {area} er livsfarlig. [Vi må krysse to felt.|Det trengs rundkjøring.]",
            ),
        ),
        "criticism": (
            "Dere lager trafikksikkerhetsplan på {no} sider, men klarer ikke å klippe en busk i {street}.",
            "Skoleveien i {area} er blitt glemt igjen. På kartet er den visst «trygg». Prøv å gå den [en regnværsdag|kl. 8].",
            "Den nye rundkjøringa forvirrer alle. Halvparten tror den er til pynt.",
            "Hvorfor er det 50-sone i {street} og 30 i nabogata der det ikke bor barn?",
        ),
        "praise": (
            "Så flott med nye fartsdumper i {street}! [Endelig kan ungene leke ute.|Merker stor forskjell.]",
            "Takk for raskt svar og nytt gangfelt ved {stop}. [Bestemor går over med hodet høyt.|Det redder kanskje et liv.]",
            "Ros til dem som planla skoleveien i {area}. Nå går {age}-åringen alene, og mor sover om natta.",
        ),
    },
    "parking": {
        "request": (
            "Hvorfor er det innført avgift på parkeringa ved {stop}? Og hvor kan vi som bor i {street} stå nå?",
            "Kan det settes av en plass for forflytningshemmede nærmere [legen|biblioteket|apoteket] i {street}?",
            "Jeg fikk gebyr i {street}, men skiltet var dekket av [løv|en gren]. Hvem klager jeg til?",
            "Når kommer de lovede ladeplassene i {area}?",
        ),
        "suggestion": (
            "Innfør gratis parkering i sentrum [lørdager|den første timen]. Butikkene trenger det.",
            "Lag beboerparkering i {street}. [Pendlerne tar alle plassene før kl. 7.|Vi kjører rundt i ring hver kveld.]",
            "Mal opp plassene ved {stop}, så får det plass til {n} biler til.",
        ),
        "fault_report": (
            "Parkeringsautomaten ved {stop} [tar ikke kort|slukte tjuelappen min|er ute av drift].",
            "Det står et bilvrak uten skilter i {street}. Har stått der {since}.",
        ),
        "complaint": (
            "Gebyr på 900 kr fordi billetten lå opp ned! Jeg klager.",
            "Det parkeres på begge sider av {street}, så [ambulansen|søppelbilen] ikke kommer fram. Hvorfor bøtelegger dere ikke der?",
            "Campingbilene ved {stop} har tatt over hele plassen [igjen|i hele ferien]. Vi som bor her finner ikke noe sted å stå.",
        ),
        "criticism": (
            "Dere jager folk ut av sentrum med parkeringsavgiften. Til slutt er det bare duene igjen.",
            "Skiltene om parkering i {street} er så mange at en må stoppe (ulovlig) for å lese dem.",
        ),
        "praise": ("Fin ordning med gratis parkering for [blodgivere|de frivillige] ved {stop}. Takk!",),
    },
    "public_transport": {
        "request": (
            belongs_to(
                BUS_COMPANY,
                "Hvorfor går ikke bussen fra {stop} etter kl. 18 lenger? [Jeg kommer ikke hjem fra jobb.|Ungdommen kommer ikke på trening.]",
            ),
            belongs_to(
                BUS_COMPANY, "Kan det komme leskur på {stop}? [Det blåser rett inn fra sjøen.|Vi står som våte høns.]"
            ),
        ),
        "suggestion": (
            belongs_to(
                COUNTY,
                "Forslag: en liten servicebuss som går runden {area}–helsehuset–sentrum to ganger i uka for oss [eldre|uten bil].",
            ),
            belongs_to(BUS_COMPANY, "La bussen vente på ferga! Den kjører ett minutt før vi er i land."),
        ),
        "fault_report": (
            belongs_to(BUS_COMPANY, "Leskuret på {stop} er knust. Det ligger glass overalt."),
            belongs_to(BUS_COMPANY, "Rutetabellen på {stop} er fra i fjor."),
        ),
        "complaint": (
            belongs_to(
                BUS_COMPANY,
                "Skolebussen fra {stop} er så full at de minste står i midtgangen. [Det må da være ulovlig?|Jeg vil ha svar før helga.]",
            ),
            belongs_to(BUS_COMPANY, "Bussen kjørte rett forbi {stop} i dag, enda vi var {n} som sto og vinket."),
        ),
        "criticism": (
            belongs_to(COUNTY, "Kollektivtilbudet i {area} er en vits: én buss inn om morgenen og ingen hjem."),
        ),
        "praise": (
            belongs_to(BUS_COMPANY, "Ros til sjåføren på morgenbussen fra {stop}! Han kan navnet på alle ungene."),
        ),
    },
}

SUMMER_ROADS: Raw = {
    "road": {
        "fault_report": (
            summer(
                "Asfalten i {street} er så myk i varmen at sykkelstøtta synker. [Artig, men fila er full av hull.|]"
            ),
        ),
        "request": (
            bare("Kan grøfta langs {street} slås? [Gresset er høyere enn sønnen min på {age}.|Vi ser ikke bilene.]"),
        ),
        "complaint": (
            bare(
                "Kantslåtten i {street} tok med seg staudebedet mitt og lot [hundekjeksen|brennesla] stå. Det må være et kunststykke."
            ),
        ),
        "praise": (
            bare(
                "Så pent det er i grøftekanten langs {street} i år! Takk for at dere lar blomstene stå til de er ferdige."
            ),
        ),
    },
}
