"""What else the newsrooms of the demo have published: pages that have nothing to do with the tracked story.

All of it was written for this program; places and people are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .wording import unwrap


@dataclass(frozen=True, slots=True)
class Piece:
    """An article that an outlet has in stock."""

    outlet: str
    path: str
    language: str
    title: str
    byline: str
    published: datetime
    text: str = field(repr=False)


def _piece(outlet: str, path: str, language: str, title: str, byline: str, published: str, text: str) -> Piece:
    return Piece(outlet, path, language, title, byline, datetime.fromisoformat(published), unwrap(text))


UNRELATED: tuple[Piece, ...] = (
    _piece(
        "courier",
        "/2026/03/library-lost-books",
        "en",
        "The library that wants its books back, whatever the year",
        "Sam Pettersen",
        "2026-03-09T08:00:00+00:00",
        """
        The town library of Port Merrin has declared a spring without fines. Until the end of April anybody may return
        a book that is overdue, no matter how long, and nobody at the desk will ask about it. Two biscuit tins stand
        ready for those who would like to explain themselves in writing.

        After ten days the librarians have taken in 411 volumes. The oldest had been lent in 1961, a guide to the care
        of canaries; the borrower’s granddaughter found it behind a wardrobe and came by with a cake. A crime novel
        was handed in with its last page missing. It was returned an hour later by a second person, with the page.

        The idea came from the trainee, Yusuf Brandt, who had calculated that the library earns less from fines than
        it spends on the letters that demand them. His paper on the subject ran to a page and a half. The head
        librarian says she read it standing up and then walked over to the mayor.

        Lending has risen as well, by a fifth. People who come to bring something back, it appears, do not like to go
        home with empty hands. If the numbers hold until summer, the fines will not return.
        """,
    ),
    _piece(
        "courier",
        "/2026/03/bell-foundry",
        "en",
        "A cracked bell goes home by tram",
        "Nora Whitlock",
        "2026-03-11T17:45:00+00:00",
        """
        The smaller of the two bells of Saint Ebba weighs as much as a grand piano and has been out of tune since the
        frost of January. On Monday it was lowered through the trapdoor of the tower on ropes, rolled across the
        square on broom handles and lifted on to a flat wagon of the tramway, the only vehicle in town that may cross
        the old bridge with such a load.

        The foundry lies at the other end of line 4. Its owner, Agnes Ruhl, will not weld the crack at once. First she
        warms the bell for three days in a bed of sand, because bronze, as she puts it, dislikes surprises. Then comes
        a seam of a hand’s length, and then a week in which nobody is allowed to touch it.

        Parishioners have collected 19,000 crowns towards the work, most of it by selling pancakes. Children were
        permitted to strike the bell once on the wagon. It made the sound of a saucepan.

        It should be hanging again by Whitsun. Until then the larger bell does the work of both and, the sexton says,
        has never sounded so pleased with itself.
        """,
    ),
    _piece(
        "gazette",
        "/news/weather-stations-in-the-shade",
        "en",
        "Two of nine weather stations stand in the shade",
        "Peter Oakes",
        "2026-03-10T06:30:00+00:00",
        """
        The county’s hottest village may be no such thing, and its coldest one is under review. A tour of all nine
        official weather stations by this newspaper has found that two of them stand beneath trees, although the rules
        ask for open ground in every direction for at least ten times the height of the nearest obstacle.

        In Lower Fenwick the instruments are hidden in a row of poplars which were planted in 1998, a year after the
        station had been built. In Cray the shade is that of a supermarket. A third station, at the airfield, is kept
        in good order but was found to be the home of a family of wrens.

        The meteorological office thanked us for our interest. A spokesman said that shaded thermometers do not
        necessarily show wrong values, since they measure the air and not the sun, but that the data since 1998 would
        be “looked at with affection and suspicion”.

        Farmers who buy frost insurance will be looking as well. Whether a policy pays out is decided by the nearest
        station. For orchards around Lower Fenwick, that is the one among the poplars.
        """,
    ),
    _piece(
        "gazette",
        "/news/chess-club-basement",
        "en",
        "Chess club wins its basement back, in the third hour",
        "Dana Moll",
        "2026-03-12T20:10:00+00:00",
        """
        The Ashby chess club may stay in the basement of the former savings bank. The town’s property committee
        withdrew the notice to quit on Thursday after a hearing that lasted nearly three hours, longer, as the club’s
        treasurer observed, than any game of his own since 2014.

        A gym had offered to pay twice the rent. The club, whose members are between seven and ninety-one years old,
        had little to put against that except a folder. It contained the minutes of every club evening since 1932, and
        in these minutes the youngest member, Rosa Lim, had found the sentence that turned the committee: the bank had
        given the room to the players “for as long as there are two who wish to sit down”.

        Whether a sentence in a minute book is a contract will not now be tested. The gym is to get the ground floor.
        The chess players have asked only that the weights be put down gently on Tuesdays and Fridays.
        """,
    ),
    _piece(
        "weekly",
        "/articles/knitting-school-for-men",
        "en",
        "Eleven beards and one dropped stitch",
        "Ilse Gauthier",
        "2026-03-08T10:00:00+00:00",
        """
        They meet on Mondays above the chandler’s shop, and nobody is allowed to call it a support group. Eleven men,
        most of them retired from the fishing fleet, are learning to knit the sweaters which their grandmothers made
        for the crews: one pattern for each village, so that a man who was washed ashore could be sent to the right
        churchyard.

        Their teacher, Magda Thorne, is twenty-six and took the patterns from museum pieces, stitch by stitch, with a
        magnifying glass. She has put forty-two of them on paper so far. For seven villages nothing survives except a
        photograph in which the wind has blown everybody’s oilskin shut.

        The men are patient pupils. Mending nets, it turns out, teaches you to count without knowing that you count.
        What they find hard is to stop: last week Magda had to switch off the light at a quarter to midnight.

        In May the first sweaters will be shown in the parish hall, along with the failures, by unanimous vote. The
        prize for the finest failure is a bottle of rum.
        """,
    ),
    _piece(
        "weekly",
        "/articles/the-egg-count",
        "en",
        "Counting eggs on Gull Stack with a drone and a broom",
        "Ilse Gauthier",
        "2026-03-06T09:15:00+00:00",
        """
        For sixty years volunteers have climbed Gull Stack each April and counted the nests of the kittiwakes by
        shouting numbers to one another over the surf. This spring a small drone will do the shouting. It hovers at a
        distance which the birds were found to ignore, takes one picture a second and is home before the tide.

        The trial last year was instructive. The drone saw 1,912 nests and the climbers 1,640; when both sat down with
        the photographs it emerged that the climbers had always left out a ledge that cannot be seen from the path.
        All the figures since 1966 may be a seventh too low.

        The broom is for the great skuas, which ignore nothing. One person stands next to the pilot and holds it
        upright overhead, because a skua attacks whatever is tallest. In the guidelines of the bird society the broom
        is described as a passive elevation device.

        Volunteers for the broom are still being sought.
        """,
    ),
    _piece(
        "lamplight",
        "/essays/in-praise-of-the-second-map",
        "en",
        "In praise of the second map",
        "Clement Arrow",
        "2026-03-05T12:00:00+00:00",
        """
        The first map anyone draws of a place is boastful. It wishes to show that the place is there and that the
        mapmaker was too. The second is made by a person who has been lost with the first, and it is a humbler and
        much more useful thing.

        I own a pair of them, of the same valley, drawn in 1788 and 1791. On the earlier sheet the river runs in
        flourishes and the hills are lit from the left like actors. On the later one somebody has written beside the
        ford, in a hand that was evidently wet, the single word “no”.

        Software has its second maps, and so have cookery books; a marriage may be one. What they share is that they
        leave things out for the right reasons. The hand that wrote “no” had understood what a reader needs to be told
        in the rain.

        We build monuments to those who came first. I would like a small one for those who came back with a pencil. It
        need not be on any map, and it should stand where the path divides.
        """,
    ),
    _piece(
        "tribune",
        "/2026/03/12/bakery-strike",
        "en",
        "Bakers of Merrin county go back to their ovens",
        "Louis Haddon",
        "2026-03-12T05:50:00+00:00",
        """
        The strike in the bakeries of Merrin county is over after six days. Union and employers agreed on Wednesday
        night on a raise of 4.5 per cent from May and on a rule that no shift may begin before three in the morning.
        In return the bakers will work on two more public holidays in the year.

        For the customers the consequences were mild: most supermarkets sold bread from the south, and home baking had
        a revival that emptied the shelves of yeast by the second day. Schools reported an unusual number of packed
        lunches with pancakes.

        The agreement covers about 900 people in 74 firms. It does not apply to petrol stations, where more than a
        third of all rolls are now sold and where no one is employed as a baker, since all that is needed is a button.
        The union calls that the question for the next round.

        The first loaves came out of the ovens at a quarter past three on Thursday. At the market hall the queue
        applauded.
        """,
    ),
    _piece(
        "digest",
        "/2026/03/orchestra-heating/",
        "en",
        "Orchestra plays in coats until the boiler is mended",
        "Northern Digest",
        "2026-03-07T18:20:00+00:00",
        """
        The audience at the municipal theatre in Holm kept its scarves on this week, and so did the second violins.
        The boiler from 1959 gave up during a rehearsal on Tuesday, a spare part is being cast by hand, and the
        orchestra has decided to go on with its season at eleven degrees.

        The choice of programme was adapted. A slow movement by a French composer had to be struck out because the
        flutes went flat, and was replaced by marches. The conductor, who normally works in tails, appeared in a ski
        jacket and received an ovation before the first note.

        Tickets have in fact become hard to get. The theatre hands out blankets at the door and sells soup in the
        interval, and on Friday a listener in the third row had brought a hot-water bottle for the cellist. The
        management is now wondering whether it ought to have the boiler mended quite so quickly.
        """,
    ),
    _piece(
        "kustbode",
        "/nieuws/strandhuisjes-loting/",
        "nl",
        "Loting om strandhuisjes loopt uit op een middag taart",
        "Marijke Toornstra",
        "2026-03-09T09:30:00+00:00",
        """
        In dorpshuis De Schelp is zaterdag geloot om de dertig strandhuisjes van Oosterduin. Er waren 214
        inschrijvingen, twee keer zoveel als vorig jaar, en daarom had de gemeente een notaris laten komen. Die trok
        de nummers uit een emmer die normaal voor mosselen wordt gebruikt.

        De stemming was gespannen tot het zeventiende lot. Toen bleek dat een echtpaar uit het dorp, dat al sinds 1983
        een huisje heeft, opnieuw had gewonnen. In plaats van boos te worden begon de zaal te klappen. Het echtpaar
        gaf het huisje na kort beraad door aan een gezin met drie kleuters dat naast hen zat.

        Daarna ging het snel. Nog vier winnaars besloten hun huisje te delen, om de week of om het weekend, zodat
        uiteindelijk veertig families deze zomer aan zee zitten. De notaris verklaarde dat hij daar geen formulier
        voor had, maar dat hij er ook geen bezwaar in zag.

        Wie buiten de boot viel, kreeg taart. Er was gerekend op honderd punten en er bleef niets over. Volgend jaar
        wil de gemeente de loting op het strand houden, als het weer het toelaat.
        """,
    ),
    _piece(
        "kustbode",
        "/nieuws/zilte-aardappel/",
        "nl",
        "De aardappel die van zout houdt",
        "Jelle Brouwer",
        "2026-03-11T07:00:00+00:00",
        """
        Achter de dijk bij Wierhuizen groeit een aardappel die eigenlijk niet kan bestaan. De grond is er zo zout dat
        gras geel wordt en dat de meeste boeren er schapen op hebben gezet. Maar Wietske Dam heeft dit voorjaar voor
        het derde jaar op rij gepoot, en ze verwacht achttien ton per hectare.

        Het geheim zit volgens haar niet in het ras, maar in het water geven. Ze doet dat ’s nachts, met kleine
        beetjes tegelijk, waardoor het zout naar beneden zakt en rond de wortels een bel van zoet water blijft hangen.
        De pomp loopt op een zonnepaneel en een oude vrachtwagenaccu.

        Onderzoekers van de landbouwschool hebben sensoren in haar akker begraven. Ze zijn voorzichtig: één natte
        zomer kan het beeld vertekenen. Wel staat vast dat de aardappels steviger zijn dan gewone, en dat proevers ze
        in een blinde test hoger waardeerden, vooral met mosterd.

        Uit drie landen is inmiddels gebeld om pootgoed. Dam verkoopt nog niets. Eerst wil ze weten of het de buurman
        ook lukt, want een methode die maar op één akker werkt, zegt ze, is gewoon geluk.
        """,
    ),
    _piece(
        "polderpost",
        "/artikel/fietsbrug-te-smal",
        "nl",
        "Nieuwe fietsbrug is twaalf centimeter te smal",
        "Redactie Polderpost",
        "2026-03-10T11:40:00+00:00",
        """
        De fietsbrug over de Lange Vaart kan voorlopig niet open. Bij de oplevering op maandag bleek dat het brugdek
        twaalf centimeter smaller is dan op de tekening. Twee bakfietsen kunnen elkaar daardoor niet passeren, en
        juist voor bakfietsen was de brug bedoeld: aan de overkant liggen twee basisscholen en een kinderopvang.

        De aannemer wijst naar de leuning, die op verzoek van omwonenden dikker is uitgevoerd. De omwonenden wijzen
        naar de gemeente, die het verzoek een jaar geleden heeft goedgekeurd. De wethouder heeft maandag eigenhandig
        gemeten en kwam op elf centimeter.

        Een nieuw dek kost zeker vier ton. Goedkoper is het om de leuning naar buiten te verzetten, maar dan steekt
        die boven het vaarwater en moet er een scheepvaartvergunning komen. Een raadslid stelde voor om in de spits
        met een verkeersregelaar te werken. Dat plan haalde het niet.

        Ondertussen hebben scholieren de brug al in gebruik genomen. Ze tillen hun fiets over het hek.
        """,
    ),
    _piece(
        "polderpost",
        "/artikel/kringloop-orgel",
        "nl",
        "Kringloopwinkel zoekt eigenaar van een draaiorgel",
        "Anouk Visser",
        "2026-03-12T13:05:00+00:00",
        """
        Medewerkers van kringloopwinkel Het Goede Begin vonden dinsdagochtend een draaiorgel op de stoep. Er hing geen
        briefje aan, er was niemand te zien en het was net begonnen te motregenen. Met zes man hebben ze het onder het
        afdak gereden, waarna het uit zichzelf drie maten van een wals speelde.

        Een kenner uit het museum schat dat het instrument rond 1920 is gebouwd. Het front is overgeschilderd, maar
        onder het groen zit vermoedelijk bladgoud. In een la lagen veertien boeken met ponskaarten, een pijp en een
        rekening van een hotel in Brugge uit 1954.

        Verkopen wil de winkel het voorlopig niet. Wie kan bewijzen dat het orgel van hem is, mag het ophalen; tot die
        tijd wordt er op zaterdag mee gedraaid. De omzet lag afgelopen weekend dertig procent hoger dan normaal, al
        zeggen de vrijwilligers erbij dat ze sindsdien allemaal dezelfde wals in hun hoofd hebben.

        Het oude repertoire wordt nu stuk voor stuk uitgeprobeerd, tussen de serviezen.
        """,
    ),
    _piece(
        "hafenblatt",
        "/lokales/stadtbaeume-giessen",
        "de",
        "Wer gießt die Linde? Eine Straße macht einen Dienstplan",
        "Katrin Abel",
        "2026-03-08T08:20:00+00:00",
        """
        In der Färbergasse hängt seit einer Woche ein Kalender am Laternenpfahl. Wer hier wohnt, trägt sich ein, holt
        zwei Kannen aus dem Keller der Nummer 12 und gießt eine der neun Linden, die die Stadt im vergangenen Herbst
        gepflanzt hat. Bis Ende September sind alle Tage vergeben, mit Ausnahme eines Fußballabends im Juni.

        Angefangen hat es mit einem Rechenfehler. Das Gartenamt hatte für die Bewässerung junger Bäume einen Tankwagen
        bestellt, der durch die Gasse nicht hindurchpasst. Als das im Februar auffiel, war der Vertrag schon
        geschlossen. Eine Mitarbeiterin des Amtes klingelte daraufhin persönlich an jeder Tür.

        Geholfen hat ihr ein pensionierter Mathematiklehrer. Er hat ausgerechnet, dass jeder Haushalt nur alle elf
        Tage an die Reihe kommt, und dazu ein Diagramm gezeichnet, auf dem auch der Regen verzeichnet ist. Inzwischen
        fragen zwei Nachbarstraßen nach einer Kopie.

        Die Stadt überlegt nun, den Tankwagen abzubestellen. Das würde 14.000 Euro sparen. Ein Teil davon, so der
        Wunsch der Anwohner, soll in eine Bank fließen, am besten im Schatten.
        """,
    ),
    _piece(
        "hafenblatt",
        "/kultur/stummfilm-akkordeon",
        "de",
        "Ein Akkordeon rettet den Stummfilmabend",
        "Jonas Wieland",
        "2026-03-11T21:30:00+00:00",
        """
        Der Pianist war auf der Autobahn liegen geblieben, der Saal ausverkauft und der Film von 1926 ohne Musik eine
        Geduldsprobe. Da meldete sich aus der letzten Reihe eine Frau, die ihr Akkordeon dabeihatte, weil sie direkt
        von einer Hochzeit kam. Was folgte, nennt der Betreiber des Kinos „die achtzig schönsten Minuten seit der
        Wiedereröffnung“.

        Elke Sobotta kannte den Film nicht. Sie spielte, was sie sah: einen Walzer für die Baronin, einen Marsch für
        die Polizei und für den Bankräuber ein Wiegenlied, das den Saal so verwirrte, dass bei seiner Verhaftung
        gebuht wurde. Wenn ihr nichts einfiel, ließ sie die Stille stehen, und auch das passte.

        Das Kino hat sie für den Rest der Reihe verpflichtet. Der Pianist, der kurz vor dem Abspann eintraf, soll mit
        ihr im Duo auftreten. Er habe sich in der letzten Szene auf die Treppe gesetzt, erzählt er, und zum ersten Mal
        verstanden, warum der Bankräuber das Geld zurückbringt.
        """,
    ),
    _piece(
        "hafenblatt",
        "/lokales/ampel-am-deich",
        "de",
        "Die Ampel am Deich zeigt seit Jahren nur Schafen Grün",
        "Katrin Abel",
        "2026-03-12T06:45:00+00:00",
        """
        Am Deichweg in Neu Wulsum steht eine Ampel, die niemand bestellt hat. Sie wurde 2011 aufgebaut, als die
        Bundesstraße saniert und der Verkehr umgeleitet wurde, und danach offenbar vergessen. Seither regelt sie den
        Übergang zwischen zwei Weiden, dreimal in der Minute, Tag und Nacht.

        Entdeckt hat das ein Auszubildender der Stadtwerke, der dem Stromverbrauch eines Zählers ohne Adresse
        nachging. Fünfzehn Jahre Rot, Gelb und Grün haben demnach rund 2.300 Euro gekostet. Zwei Birnen sind in dieser
        Zeit gewechselt worden. Von wem, weiß man nicht.

        Der Schäfer möchte die Anlage behalten. Seine Tiere hätten sich daran gewöhnt, sagt er, und blieben bei Rot
        tatsächlich stehen, jedenfalls die älteren. Das Ordnungsamt prüft, ob eine Ampel auf Privatgrund genehmigt
        werden kann, wenn sie ausschließlich von Schafen benutzt wird. Eine Vorschrift dazu wurde bisher nicht
        gefunden.

        Bis zur Entscheidung bleibt alles, wie es ist. Wer über die Weide möchte, darf auch bei Rot gehen, empfohlen
        wird es mit Rücksicht auf die Lämmer aber nicht.
        """,
    ),
)
