"""The demo's tracked story, its translations, and what other outlets made of it. Places and people are invented.

Only `ENGLISH`, `DUTCH`, `GERMAN`, `REWRITE` and the pages with words of their own are written out;
every other text is derived from them by named edits, so that what a copy changed can be read here.
"""

from __future__ import annotations

from .wording import pick, revise, unwrap

# --- the original and its two translations, paragraph by paragraph -------------------------------

ENGLISH_TITLE = "Port Merrin’s only ferry will stop in June, and nobody has ordered a new one"

ENGLISH = unwrap("""
PORT MERRIN — For fifty-one years the ferry Anna Lind has left the north quay at ten past six every morning, in fog,
in snow and once with a wedding party still dancing on the car deck. On 30 June she will make the crossing to the
island of Skerra for the last time. What sails on 1 July, nobody at the town hall can say.

The decision was taken behind closed doors on Tuesday evening. By nine votes to six, the harbour board refused to pay
for the steel work that the shipping inspectorate had demanded: 4.2 million crowns for a hull that was launched in
1975 and was meant to last for thirty years.

The board’s own papers, which The Harbour Courier has seen, show that the members had known of the problem for much
longer. An engineer’s report dated 14 March 2023 lists 212 plates that had lost more than a fifth of their thickness.
A second report, delivered eighteen months later, counted 340. Neither was put on the agenda of a public meeting.

“I signed both of them and sent them by registered post,” said Tomas Reith, the engineer who climbed through the
ferry’s tanks with a hammer and a lamp. “After the second one I telephoned to ask whether it had arrived. They told me
that it was being read. It was being read for a year and a half.”

Skerra has 1,140 inhabitants, a school with 86 pupils, a dairy and no hospital. Every week the Anna Lind carries about
2,900 passengers, 700 cars and eleven tankers of milk. The dairy’s manager, Hanne Orvik, has worked out that without
the morning sailing she would have to pour away 38,000 litres a week. “Cows do not read board minutes,” she said.
“They want to be milked tomorrow as well.”

For the sick the arithmetic is harsher. Last year 164 people were brought to the mainland on stretchers, most of them
in the ferry’s small cabin behind the galley. The rescue helicopter needs forty minutes to reach the island, when it
flies at all; it was grounded by wind on 57 days last winter.

The inspectorate does not want to be the villain of this story. Its director, Ingrid Solheim, gave a long interview to
the news agency Coastwire on Wednesday. “A ship does not become unsafe overnight. She becomes unsafe on the day when
somebody decides not to look,” Solheim told the agency. She added: “We gave Port Merrin three deadlines and three
extensions. I will not sign a fourth paper and then read out the names of the drowned.”

In the same interview Solheim said that eleven other ferries along the coast were older than forty years. “If you
think that this is about one rusty boat, you have not been counting,” she told Coastwire.

The chairman of the harbour board, Edvard Lange, rejects the charge that he hid anything. He says that the reports
were “technical material” and that the board had hoped for money from the capital. A request for a subsidy of 60
million crowns for a new electric ferry was indeed sent, in October. It was turned down within three weeks, because a
form on the depth of the fairway was missing.

That form is one page long. The Courier asked the pilots’ station how long it takes to fill in. “Twenty minutes,” said
the pilot on duty, “twenty-five if you make coffee.”

There is a plan of sorts. The board wants to charter a catamaran from a company on the southern coast, at 31,000
crowns a day. It carries passengers but no vehicles, and it may not sail when the waves are higher than two metres.
According to the weather service that was the case on 93 days last year, which is to say on one day in four.

On Skerra the reaction has been quiet, in the manner of an island. At the shop by the landing, somebody has pinned a
sheet of paper to the door on which people can write what they will need to have brought over before the end of June.
The list began with flour, diesel and a wardrobe. On Thursday a child had added, in green pencil, “grandmother”.

Captain Liv Marstrand, who has commanded the Anna Lind for nineteen years, does not talk about politics. She talks
about the sound the ship makes when she leans into the swell off the Needle rocks, a long low note which the islanders
call the organ. “People sleep through it,” she said. “It is when it stops that they will wake up.”

The board meets again on 22 April. For the first time in two years, the item “ferry” is on the public agenda. It is
the ninth of ten points, between the price of berths for pleasure boats and any other business.
""")

DUTCH_TITLE = "De enige veerboot van Port Merrin stopt in juni, en niemand heeft een nieuwe besteld"

DUTCH_CREDIT = "Dit artikel verscheen oorspronkelijk op The Harbour Courier"

DUTCH = unwrap("""
PORT MERRIN – Eenenvijftig jaar lang is de veerboot Anna Lind elke ochtend om tien over zes van de noordkade
vertrokken, in mist, in sneeuw en één keer met een bruiloftsgezelschap dat nog op het autodek aan het dansen was. Op
30 juni maakt ze voor de laatste keer de overtocht naar het eiland Skerra. Wat er op 1 juli vaart, kan niemand op het
stadhuis zeggen.

Het besluit viel dinsdagavond achter gesloten deuren. Met negen stemmen tegen zes weigerde het havenbestuur te betalen
voor het staalwerk dat de scheepvaartinspectie had geëist: 4,2 miljoen kronen voor een romp die in 1975 van stapel
liep en die dertig jaar mee had moeten gaan.

Uit de eigen stukken van het bestuur, die The Harbour Courier heeft ingezien, blijkt dat de leden al veel langer van
het probleem wisten. In een ingenieursrapport van 14 maart 2023 staan 212 platen die meer dan een vijfde van hun dikte
hadden verloren. Een tweede rapport, dat anderhalf jaar later werd afgeleverd, telde er 340. Geen van beide kwam op de
agenda van een openbare vergadering.

“Ik heb ze allebei ondertekend en aangetekend verstuurd”, zei Tomas Reith, de ingenieur die met een hamer en een lamp
door de tanks van de veerboot is gekropen. “Na het tweede rapport heb ik opgebeld om te vragen of het was aangekomen.
Ze zeiden dat het werd gelezen. Het is anderhalf jaar lang gelezen.”

Skerra heeft 1140 inwoners, een school met 86 leerlingen, een zuivelfabriek en geen ziekenhuis. Elke week vervoert de
Anna Lind zo’n 2900 passagiers, 700 auto’s en elf tankwagens met melk. De directeur van de zuivelfabriek, Hanne Orvik,
heeft uitgerekend dat ze zonder de ochtendafvaart 38.000 liter per week zou moeten weggooien. “Koeien lezen geen
notulen”, zei ze. “Die willen morgen ook weer gemolken worden.”

Voor de zieken valt de rekensom nog harder uit. Vorig jaar zijn 164 mensen op een brancard naar het vasteland
gebracht, de meesten in de kleine hut achter de kombuis van de veerboot. De reddingshelikopter doet er veertig minuten
over om het eiland te bereiken, als hij al vliegt; afgelopen winter stond hij 57 dagen aan de grond vanwege de wind.

De inspectie wil niet de schurk in dit verhaal zijn. Directeur Ingrid Solheim gaf woensdag een lang interview aan het
persbureau Coastwire. “Een schip wordt niet van de ene op de andere dag onveilig. Het wordt onveilig op de dag dat
iemand besluit om niet te kijken”, zei Solheim tegen het persbureau. En ze voegde eraan toe: “We hebben Port Merrin
drie termijnen en drie keer uitstel gegeven. Ik ga geen vierde papier ondertekenen om daarna de namen van de
verdronkenen voor te lezen.”

In hetzelfde interview zei Solheim dat elf andere veerboten langs de kust ouder zijn dan veertig jaar. “Wie denkt dat
dit over één roestige boot gaat, heeft niet zitten tellen”, zei ze tegen Coastwire.

De voorzitter van het havenbestuur, Edvard Lange, wijst het verwijt van de hand dat hij iets heeft verzwegen. Hij zegt
dat de rapporten “technisch materiaal” waren en dat het bestuur op geld uit de hoofdstad had gehoopt. In oktober is er
inderdaad een subsidie van 60 miljoen kronen aangevraagd voor een nieuwe elektrische veerboot. Die werd binnen drie
weken afgewezen, omdat een formulier over de diepte van de vaargeul ontbrak.

Dat formulier is één bladzijde lang. De Courier vroeg aan het loodsstation hoe lang het duurt om het in te vullen.
“Twintig minuten”, zei de dienstdoende loods, “vijfentwintig als je er koffie bij zet.”

Er is wel een soort plan. Het bestuur wil voor 31.000 kronen per dag een catamaran huren van een bedrijf aan de
zuidkust. Die neemt passagiers mee maar geen voertuigen, en mag niet varen als de golven hoger zijn dan twee meter.
Volgens de weerdienst was dat vorig jaar op 93 dagen het geval, dus op een van elke vier dagen.

Op Skerra wordt er stil gereageerd, zoals dat op een eiland gaat. In de winkel bij de aanlegsteiger heeft iemand een
vel papier op de deur geprikt waarop mensen kunnen schrijven wat er voor eind juni nog overgebracht moet worden. De
lijst begon met meel, diesel en een kledingkast. Donderdag had een kind er met groen potlood “oma” bij gezet.

Kapitein Liv Marstrand, die al negentien jaar het bevel voert over de Anna Lind, praat niet over politiek. Ze praat
over het geluid dat het schip maakt als het bij de Naaldrotsen in de deining gaat hangen, een lange lage toon die de
eilanders het orgel noemen. “Mensen slapen erdoorheen”, zei ze. “Pas als het ophoudt, worden ze wakker.”

Het bestuur vergadert opnieuw op 22 april. Voor het eerst in twee jaar staat het punt “veerboot” op de openbare
agenda. Het is het negende van tien punten, tussen de prijs van ligplaatsen voor plezierjachten en de rondvraag.
""")

GERMAN_TITLE = "Port Merrin verliert seine Fähre, und eine neue hat niemand bestellt"

GERMAN = unwrap("""
PORT MERRIN. Einundfünfzig Jahre lang hat die Fähre Anna Lind jeden Morgen um zehn nach sechs den Nordkai verlassen,
bei Nebel, bei Schnee und einmal mit einer Hochzeitsgesellschaft, die auf dem Autodeck noch tanzte. Am 30. Juni wird
sie zum letzten Mal zur Insel Skerra übersetzen. Was am 1. Juli fährt, kann im Rathaus niemand sagen.

Die Entscheidung fiel am Dienstagabend hinter verschlossenen Türen. Mit neun zu sechs Stimmen lehnte es der
Hafenvorstand ab, die Stahlarbeiten zu bezahlen, die die Schifffahrtsaufsicht verlangt hatte: 4,2 Millionen Kronen für
einen Rumpf, der 1975 vom Stapel lief und dreißig Jahre halten sollte.

Aus internen Unterlagen des Vorstands, die dieser Redaktion vorliegen, geht hervor, dass die Mitglieder schon viel
länger von dem Problem wussten. Ein Ingenieursbericht vom 14. März 2023 führt 212 Platten auf, die mehr als ein
Fünftel ihrer Dicke verloren hatten. Ein zweiter Bericht, anderthalb Jahre später vorgelegt, zählte 340. Keiner von
beiden kam je auf die Tagesordnung einer öffentlichen Sitzung.

„Ich habe beide unterschrieben und per Einschreiben geschickt“, sagte Tomas Reith, der Ingenieur, der mit Hammer und
Lampe durch die Tanks der Fähre gekrochen ist. „Nach dem zweiten habe ich angerufen und gefragt, ob er angekommen sei.
Man sagte mir, er werde gelesen. Er wurde anderthalb Jahre lang gelesen.“

Skerra hat 1140 Einwohner, eine Schule mit 86 Kindern, eine Molkerei und kein Krankenhaus. Jede Woche befördert die
Anna Lind rund 2900 Fahrgäste, 700 Autos und elf Tankwagen voll Milch. Die Leiterin der Molkerei, Hanne Orvik, hat
ausgerechnet, dass sie ohne die Abfahrt am Morgen 38.000 Liter in der Woche wegschütten müsste. „Kühe lesen keine
Sitzungsprotokolle“, sagte sie. „Die wollen auch morgen gemolken werden.“

Für die Kranken ist die Rechnung noch härter. Im vergangenen Jahr wurden 164 Menschen auf Tragen aufs Festland
gebracht, die meisten in der kleinen Kabine hinter der Kombüse der Fähre. Der Rettungshubschrauber braucht vierzig
Minuten bis zur Insel, wenn er überhaupt fliegt; im vergangenen Winter musste er wegen des Windes an 57 Tagen am Boden
bleiben.

Die Aufsicht will in dieser Geschichte nicht der Bösewicht sein. Ihre Direktorin Ingrid Solheim gab der
Nachrichtenagentur Coastwire am Mittwoch ein langes Interview. „Ein Schiff wird nicht über Nacht unsicher. Es wird an
dem Tag unsicher, an dem jemand beschließt, nicht hinzusehen“, sagte Solheim der Agentur. Und sie fügte hinzu: „Wir
haben Port Merrin drei Fristen gesetzt und dreimal Aufschub gewährt. Ich werde kein viertes Papier unterschreiben und
dann die Namen der Ertrunkenen verlesen.“

In demselben Interview sagte Solheim, elf weitere Fähren an der Küste seien älter als vierzig Jahre. „Wer glaubt, dass
es hier um ein einzelnes rostiges Boot geht, der hat nicht mitgezählt“, sagte sie Coastwire.

Der Vorsitzende des Hafenvorstands, Edvard Lange, weist den Vorwurf zurück, er habe etwas verschwiegen. Die Berichte
seien „technisches Material“ gewesen, sagt er, und der Vorstand habe auf Geld aus der Hauptstadt gehofft. Ein Antrag
auf einen Zuschuss von 60 Millionen Kronen für eine neue Elektrofähre wurde im Oktober tatsächlich abgeschickt. Er
wurde innerhalb von drei Wochen abgelehnt, weil ein Formular über die Tiefe der Fahrrinne fehlte.

Dieses Formular ist eine Seite lang. Wie lange man zum Ausfüllen braucht, weiß die Lotsenstation. „Zwanzig Minuten“,
sagte der diensthabende Lotse, „fünfundzwanzig, wenn man Kaffee kocht.“

Eine Art Plan gibt es. Der Vorstand will für 31.000 Kronen am Tag einen Katamaran von einem Unternehmen an der
Südküste mieten. Er nimmt Fahrgäste mit, aber keine Fahrzeuge, und er darf nicht auslaufen, wenn die Wellen höher als
zwei Meter sind. Nach Angaben des Wetterdienstes war das im vergangenen Jahr an 93 Tagen der Fall, also an jedem
vierten Tag.

Auf Skerra sind die Reaktionen leise, wie es auf einer Insel üblich ist. Im Laden am Anleger hat jemand ein Blatt
Papier an die Tür geheftet, auf das man schreiben kann, was bis Ende Juni noch herübergebracht werden muss. Die Liste
begann mit Mehl, Diesel und einem Kleiderschrank. Am Donnerstag hatte ein Kind mit grünem Stift „Oma“ daruntergesetzt.

Kapitänin Liv Marstrand, die die Anna Lind seit neunzehn Jahren führt, spricht nicht über Politik. Sie spricht über
das Geräusch, das das Schiff macht, wenn es sich vor den Nadelfelsen in die Dünung legt, einen langen tiefen Ton, den
die Inselbewohner die Orgel nennen. „Die Leute schlafen dabei“, sagte sie. „Erst wenn er aufhört, werden sie
aufwachen.“

Der Vorstand tagt am 22. April wieder. Zum ersten Mal seit zwei Jahren steht der Punkt „Fähre“ auf der öffentlichen
Tagesordnung. Es ist der neunte von zehn Punkten, zwischen den Liegegebühren für Sportboote und Verschiedenem.
""")

# --- derived from them --------------------------------------------------------------------------

ENGLISH_LATER = revise(ENGLISH, ("Last year 164 people were brought", "Last year 171 people were brought"))
"""The original after the Courier has openly revised a figure."""

DUTCH_TITLE_LATER = "Vanaf 1 juli vaart er geen boot meer naar Skerra, en een nieuwe is niet besteld"

GERMAN_LATER = revise(GERMAN, ("Mit neun zu sechs Stimmen", "Mit zehn zu fünf Stimmen"))
"""An edit that will be undone."""

EDITED_TITLE = "Island faces life without its ferry after closed-door vote"

EDITED = revise(
    ENGLISH,
    ("PORT MERRIN — For fifty-one years", "For more than half a century"),
    ("in fog, in snow and once with a wedding party still dancing on the car deck", "in fog and in snow"),
    ("nobody at the town hall can say", "the town hall cannot say"),
    ("The decision was taken behind closed doors on Tuesday evening.", "The vote was held in private on Tuesday."),
    ("The board’s own papers, which The Harbour Courier has seen, show", "Internal papers seen by this newspaper show"),
    ("the engineer who climbed through the ferry’s tanks with a hammer and a lamp", "who inspected the vessel"),
    ("For the sick the arithmetic is harsher.", "For patients the figures are worse."),
    ("Last year 164 people were brought to the mainland", "Last year 164 people had to be taken to the mainland"),
    ("The inspectorate does not want to be the villain of this story. Its director", "The inspectorate’s director"),
    ("The Courier asked the pilots’ station how long it takes to fill in.", "How long does it take to fill in?"),
    ("There is a plan of sorts. The board wants", "As a stopgap the board wants"),
    (", which is to say on one day in four", ", or one day in four"),
    ("has been quiet, in the manner of an island", "has been muted"),
)
"""Lightly edited, under another headline, without credit."""

EDITED_LATER = revise(EDITED, ("4.2 million crowns for a hull", "2.4 million crowns for a hull"))
"""A figure has changed, and the page does not say so."""

ABRIDGED_TITLE = "Port Merrin’s ferry will stop in June"

ABRIDGED_CREDIT = "This article originally appeared on The Harbour Courier."

ABRIDGED_CORRECTED = pick(ENGLISH, 1, 2, 3, 5, 6, 11, 12)
"""Seven of fourteen paragraphs, none of them changed."""

ABRIDGED = revise(ABRIDGED_CORRECTED, ("launched in 1975", "launched in 1957"))
"""The same with a slip of the pen, as it is printed first."""

ABRIDGED_CORRECTION = "Correction: An earlier version of this article gave a wrong year for the launch of the ferry. It was 1975, not 1957."

EXCERPT_TITLE = "A short history of boats that were going to be replaced next year"

EXCERPT = unwrap(f"""
Every coast has its replacement boat. It is drawn in a fine hand, it has been costed twice, and it hangs behind glass
in the corridor where the public waits to be seen. I have collected such drawings for twenty years now, mostly from
skips, and I can report that the lines are nearly always handsome.

The oldest in my flat shows a paddle steamer for the river mouth at Osterby. The harbour master ordered it in 1911 and
cancelled it in 1912, after the price of coal had risen and a cousin had been found who would lend a barge. The barge
was still in service when my mother learned to swim from it.

Then there is the hovercraft. In 1969 the county of Tarn believed in hovercraft in the way that other counties
believed in the atom. A terminal was built with a glass roof and a bar. For one glorious season a machine on loan
roared over the mud flats with thirty visitors inside; it frightened the geese, sucked up a great many shells and was
sent back. The bar is open to this day, and it is the best place on the estuary for smoked eel.

I thought of all of them again when I read this month about a harbour further north, where the old boat is at last
being taken away before the new one has even been drawn.

{pick(ENGLISH, 3)}

{pick(ENGLISH, 9)}

What strikes me in such stories is never the rust. Rust is honest; it does what it said it would. What strikes me is
the corridor with the picture frames, and how long a town can walk past a drawing and take it for a vessel.

My newest acquisition is a brochure, eight pages on heavy paper, for an electric catamaran with a roof of solar cells.
On the last page the designers have drawn the people who will use it. They are thin, they carry no luggage, and not
one of them is looking at the sea.
""")
"""Two paragraphs of the story inside another writer's longer essay."""

TRANSLATED_EXCERPT_TITLE = "Eilanders in de wacht: vier dorpen over hun laatste verbinding"

TRANSLATED_EXCERPT = unwrap(f"""
Hoe woon je op een plek waar je niet zomaar weg kunt? Wij vroegen het aan bewoners van vier dorpen die alleen over het
water te bereiken zijn. Hun antwoorden gaan zelden over romantiek en vaak over boodschappen.

In Vlierzand, aan de monding van de Oude Aa, vaart sinds de jaren tachtig een kabelpontje dat door vrijwilligers wordt
bediend. Truus Hoekema doet het op dinsdag en vrijdag. Ze rekent een euro per fiets en laat honden gratis mee, behalve
die van haar zwager. Als het hard waait, belt ze de school zelf af.

In Noordergors ligt de steiger er keurig bij, maar de boot komt alleen op bestelling. Dat moet een dag van tevoren en
via een formulier op internet, wat voor de vier oudste bewoners betekent dat hun buurjongen voor hen klikt. Hij is
twaalf en rekent in drop.

Verder weg, in Port Merrin, is het ernst geworden.

{pick(DUTCH, 5)}

{pick(DUTCH, 6)}

Zover is het bij ons nog niet, zeggen ze in Kwelderbuurt, het vierde dorp op ons lijstje. Daar heeft de gemeente vorig
najaar een nieuwe aanlegplaats laten heien, met lantaarns en een wachthokje van glas. Er is alleen nog geen besluit
over wie er mag aanleggen. In het hokje zit intussen een zwaluwnest, en dat mag tot september niet worden verstoord.
""")
"""Two paragraphs of the Dutch translation inside another writer's longer piece."""

# --- own words ----------------------------------------------------------------------------------

REWRITE_TITLE = "Ferry to Skerra ends on 30 June: what we know"

REWRITE = unwrap("""
After fifty-one years of sailing from Port Merrin’s north quay at ten past six each morning, the ferry Anna Lind will
cross to the island of Skerra for the final time on 30 June. The town hall was unable to say what vessel, if any, will
run from 1 July.

On Tuesday evening the harbour board met in closed session and voted nine to six against paying for repairs to the
ship’s steel, which the shipping inspectorate had ordered. The work would have cost 4.2 million crowns. The hull was
launched in 1975 and had been built to serve for thirty years.

Papers of the board, first seen by The Harbour Courier, reveal that its members had been aware of the trouble for far
longer. In a report of 14 March 2023 an engineer named 212 plates which had become thinner by more than a fifth. His
second report, a year and a half later, put the number at 340. The board never discussed either of them in public.

The engineer, Tomas Reith, who had gone through the tanks carrying a lamp and a hammer, says that he signed the two
reports and sent them by registered mail. When he rang up about the second, he was informed that it was being read;
that, he says, went on for eighteen months.

Some 2,900 passengers, 700 cars and eleven milk tankers use the Anna Lind in a normal week. Skerra’s 1,140 residents
have a dairy and a school of 86 pupils, but no hospital. If there were no sailing in the morning, the dairy would have
to throw away 38,000 litres of milk every week, its manager Hanne Orvik has calculated.

The sick will feel it most. Stretchers carried 164 patients to the mainland last year, generally in the little cabin
that lies behind the ferry’s galley. A rescue helicopter takes forty minutes to get there, and last winter the wind
kept it on the ground on 57 days.

Edvard Lange, who chairs the board, denies having concealed anything; the reports, in his view, were technical, and
the board was counting on the capital for help. In October it did apply for 60 million crowns towards a new electric
ferry. Within three weeks the application was refused, as a one-page form about the depth of the fairway was lacking.

As a stopgap the board intends to hire a catamaran from a southern company for 31,000 crowns a day. It takes no
vehicles and must stay in port when waves exceed two metres. That happened on 93 days last year, the weather service
says: one day in every four.

The next meeting of the board is on 22 April. The ferry is the ninth of ten points on its public agenda, where it has
not appeared for two years.
""")
"""Every fact of the story in the same order, hardly a sentence in the same words, no credit line."""

QUOTES_ONLY_TITLE = "Who checks the hulls? A day with three inspectors and a very small torch"

QUOTES_ONLY = unwrap("""
The workboat smells of diesel and oranges. Three people in orange overalls are eating the latter while they wait for
the tide to uncover a slipway in Brannock, forty kilometres south of anything that appears in the tourist brochures.
They are half of all the hull surveyors this country has.

Their trade has rarely been in the news, and this week it is. The reason is their director. “A ship does not become
unsafe overnight. She becomes unsafe on the day when somebody decides not to look,” Ingrid Solheim told the agency
Coastwire on Wednesday. The three have printed the sentence and taped it inside the lid of the toolbox.

Looking, it turns out, is mostly lying down. Mirre Aldous, the youngest, slides under a trawler with a lamp no longer
than her thumb and taps. A good plate answers like a bell, she explains, a tired one like a door. She marks the doors
with yellow chalk. By noon the trawler resembles a cheese.

The owner of the trawler watches from a folding chair. He bought the boat from his uncle, who had bought her from a
widow, and no one along that chain ever asked for the drawings. He is not angry. He only wants to know how many of the
yellow circles he must pay for before the mackerel come.

Nobody here expects the work to become less. “If you think that this is about one rusty boat, you have not been
counting,” Solheim said in the same interview, and the surveyors have in fact been counting: they keep a tally of
every vessel that was postponed to the next season, in pencil, on the inner door of the van. There was little room
left on the door.

At four the water returns. Aldous peels the last orange, and the trawler, chalk and all, begins to float.
""")
"""Another reportage that quotes the same person from the same agency."""

RELATED_TITLE = "Drums and oilskins outside Port Merrin town hall as harbour board votes on ferry"

RELATED = unwrap("""
Some two hundred people stood in the drizzle in front of Port Merrin’s town hall on Tuesday night while, one floor
above them, the harbour board decided on the future of the boat to Skerra. They had brought drums, thermos flasks and
a life-size ferry of cardboard, which the rain slowly turned back into boxes.

The protest had been called by the Skerra parents’ council. Its spokeswoman, Birgit Falk, said that teenagers from the
island would have to board with strangers on the mainland during the week if the boat did not run in the evenings. “My
daughter is thirteen and plays the cello,” she said. “Which of the members has a spare room for a cello?”

Shortly before eight the mood became heated when two members of the board left through the fish market. Constable Per
Niemi spoke to the crowd through a borrowed megaphone and was applauded when he admitted that his own parents live on
Skerra. No one was arrested. A window of the harbour office was broken; according to the police it was the wind.

Traders near the quay are worried as well. The ironmonger Jakob Sand told this newspaper that a third of his customers
come over by boat on Saturdays. He has already cancelled an order for garden furniture.

When the result was read out at half past nine, there was silence at first, then a single drum. A petition with 3,480
signatures will be handed to the provincial governor next Monday. The organisers hope to persuade the province to run
the service itself, as it did for a few years in the eighties.
""")
"""The same event in other words and with other facts."""

MENTIONS_TITLE = "What the others write: our press review for the weekend"

MENTIONS = unwrap("""
Good morning. It was a week of numbers, and several newsrooms along the coast did us the favour of checking them. Here
is what we read, and what you may want to read too.

The Harbour Courier has got hold of the harbour board’s papers on the Skerra boat and tells the tale with a fine ear
for absurdity. Take ten minutes for it, and read to the end.

The Inland Gazette has visited all nine of the county’s weather stations and found that two of them stand in the shade
of trees which were planted in the year after the stations were built. The measurements are being looked at.

Coastal Weekly went to a knitting school for men, and Lamplight Review prints a poem about an auction of buoys. It
does not rhyme, but it made our sub-editor put her sandwich down.

Abroad, the debate about shop hours goes on. We counted eleven editorials, of which seven were in favour, three
against and one about something else entirely.

Finally, a correction to our own press review of last week: the heron in the photograph was an egret.
""")
"""Names the outlet and links to the story; none of its text."""

NOTICE = unwrap("""
This house has many doors and this paper prints a notice about each of them, so that nobody can say they were not
told. Some open at the second knock. Some lead outside, where visitors have no business, and a few lead nowhere at all.

Those who knock are asked to wait as long as the sign on the door says. The porter has only two hands and a kettle. He
will see to everyone in turn, and he remembers those who do not wait.
""")
"""What stands on the pages that misbehave, once they behave."""
