"""A story and what can become of it, written for these tests: one text in three languages, with its relatives.

The event is invented. The translations were made by hand, sentence by sentence, as a newspaper would.
"""

from __future__ import annotations

ENGLISH = """\
The harbour that drowned twice

When the storm of 14 November 2019 broke the old sea wall at Vellamo, the water stood 3.4 metres high in the fish market. Nobody in the town of 6,200 people had believed that it could happen again.

"We were told that this wall would last for a hundred years," said Marta Lindqvist, who sells smoked herring on the quay. "It lasted for thirty-one."

The wall was built in 1988 by a company that no longer exists. Engineers who examined the ruins found that the concrete held only half as much steel as the drawings had promised. The drawings themselves had disappeared from the municipal archive, together with the minutes of three council meetings.

Mayor Henrik Aalto called the missing papers an unfortunate mistake. He had been a young clerk in the building department when the wall was approved, and he has refused to answer questions about that year ever since. A commission set up by the province of Satama took eighteen months to write a report of 240 pages, of which 112 were blacked out.

What can be read is damning enough. The commission counted nine warnings from dock workers between 1994 and 2017, and not one of them was passed on. In one letter a crane driver describes how he could push his whole arm into a crack below the waterline.

Insurance companies have paid 48 million euros so far. Most families on Kanal Street have nevertheless moved away, and the school that used to stand behind the dunes will not be opened again. On the quay a new wall is being built, half a metre higher than the last one.

Lindqvist has put her stall on wheels. "The sea does not read reports," she said. "Next time I want to be able to leave within ten minutes."
"""

DUTCH = """\
De haven die twee keer verdronk

Toen de storm van 14 november 2019 de oude zeemuur bij Vellamo brak, stond het water 3,4 meter hoog op de vismarkt. Niemand in het stadje van 6.200 inwoners had geloofd dat het nog een keer kon gebeuren.

‘Ons werd verteld dat deze muur honderd jaar zou meegaan,’ zegt Marta Lindqvist, die op de kade gerookte haring verkoopt. ‘Hij hield het eenendertig jaar vol.’

De muur werd in 1988 gebouwd door een bedrijf dat niet meer bestaat. Ingenieurs die de resten onderzochten, ontdekten dat er maar half zoveel staal in het beton zat als de tekeningen hadden beloofd. De tekeningen zelf waren uit het gemeentearchief verdwenen, samen met de notulen van drie raadsvergaderingen.

Burgemeester Henrik Aalto noemde de verdwenen papieren een ongelukkige vergissing. Hij was een jonge ambtenaar bij de afdeling bouwzaken toen de muur werd goedgekeurd, en sindsdien weigert hij vragen over dat jaar te beantwoorden. Een commissie die de provincie Satama instelde, had achttien maanden nodig voor een rapport van 240 pagina's, waarvan er 112 zwart zijn gemaakt.

Wat wel te lezen valt, is vernietigend genoeg. De commissie telde tussen 1994 en 2017 negen waarschuwingen van havenarbeiders, en niet een daarvan werd doorgegeven. In een brief beschrijft een kraanmachinist hoe hij onder de waterlijn zijn hele arm in een scheur kon steken.

Verzekeraars hebben tot nu toe 48 miljoen euro uitgekeerd. De meeste gezinnen in de Kanal Street zijn toch vertrokken, en de school die achter de duinen stond gaat niet meer open. Op de kade wordt een nieuwe muur gebouwd, een halve meter hoger dan de vorige.

Lindqvist heeft haar kraam op wielen gezet. ‘De zee leest geen rapporten,’ zegt ze. ‘De volgende keer wil ik binnen tien minuten weg kunnen zijn.’
"""

GERMAN = """\
Der Hafen, der zweimal ertrank

Als der Sturm vom 14. November 2019 die alte Ufermauer in Vellamo durchbrach, stand das Wasser auf dem Fischmarkt 3,4 Meter hoch. Niemand in der Stadt mit ihren 6200 Einwohnern hatte geglaubt, dass so etwas noch einmal geschehen könnte.

„Man hat uns gesagt, diese Mauer werde hundert Jahre halten“, sagt Marta Lindqvist, die am Kai geräucherten Hering verkauft. „Sie hat einunddreißig gehalten.“

Gebaut wurde die Mauer 1988 von einer Firma, die es nicht mehr gibt. Ingenieure, die die Trümmer untersuchten, stellten fest, dass der Beton nur halb so viel Stahl enthielt, wie die Pläne versprochen hatten. Die Pläne selbst waren aus dem Stadtarchiv verschwunden, zusammen mit den Protokollen von drei Ratssitzungen.

Bürgermeister Henrik Aalto nannte die fehlenden Papiere ein bedauerliches Versehen. Er war ein junger Angestellter im Bauamt, als die Mauer genehmigt wurde, und weigert sich seitdem, Fragen zu diesem Jahr zu beantworten. Eine von der Provinz Satama eingesetzte Kommission brauchte achtzehn Monate für einen Bericht von 240 Seiten, von denen 112 geschwärzt wurden.

Was man lesen kann, ist schlimm genug. Die Kommission zählte zwischen 1994 und 2017 neun Warnungen von Hafenarbeitern, und keine einzige wurde weitergegeben. In einem Brief beschreibt ein Kranführer, wie er unterhalb der Wasserlinie seinen ganzen Arm in einen Riss schieben konnte.

Die Versicherungen haben bisher 48 Millionen Euro gezahlt. Die meisten Familien in der Kanal Street sind trotzdem weggezogen, und die Schule, die hinter den Dünen stand, wird nicht wieder öffnen. Am Kai entsteht eine neue Mauer, einen halben Meter höher als die letzte.

Lindqvist hat ihren Stand auf Räder gestellt. „Das Meer liest keine Berichte“, sagt sie. „Beim nächsten Mal will ich in zehn Minuten weg sein können.“
"""

#: The English text as another editor would have it: other words in most sentences, nothing added.
EDITED = (
    ENGLISH.replace("Nobody in the town", "No one in the small town")
    .replace("no longer exists", "has since gone bankrupt")
    .replace("an unfortunate mistake", "a regrettable error")
    .replace("is damning enough", "is bad enough")
    .replace("have paid 48 million euros so far", "have so far paid out 48 million euros")
    .replace("The harbour that drowned twice", "How Vellamo drowned for the second time")
)

#: The same content, every sentence in other words.
REWRITTEN = """\
Vellamo's second flood

The ageing sea defence at Vellamo gave way in the storm of 14 November 2019, and the fish market was flooded to a height of 3.4 metres. None of the 6,200 inhabitants had thought such a thing would come back.

Marta Lindqvist, a seller of smoked herring on the waterfront, recalls a promise that the wall would stand for a century. In the end it stood for thirty-one years.

A firm which has since vanished put it up in 1988. Experts who looked at what remains discovered that the builders had used just half of the steel in the concrete that the plans called for. Those plans are gone from the town's archive, and so are the records of three sessions of the council.

According to the mayor, Henrik Aalto, the loss of the documents was a regrettable accident. As a junior employee of the construction office he was there when the wall got its permit, but he will not talk about that time. The province of Satama appointed a commission, which after a year and a half delivered 240 pages, with 112 of them made unreadable.

The rest is bad enough. Between 1994 and 2017 people working in the docks raised the alarm nine times, the commission found, and every time it went no further. A man who operated a crane wrote that a crack under the surface of the water was so wide that his entire arm fitted in.

So far insurers have paid out 48 million euros. Even so, the majority of the households in Kanal Street have left, and there will be no school behind the dunes any more. A new wall, fifty centimetres taller than the old one, is rising on the waterfront.
"""

#: The same event by another reporter, who shares facts and one quotation.
RELATED = """\
Satama province approves money for Vellamo

The provincial assembly of Satama voted on Tuesday for a programme of coastal protection worth 130 million euros. The largest share goes to Vellamo, where a flood destroyed the harbour in November 2019.

Opponents of the plan said that the money would be better spent on moving people inland. Anna Kivelä, who leads the green group, pointed to forecasts by the weather institute, according to which storms of that strength will come every fifteen years.

The governor defended the programme. Without protection, he argued, the fishing fleet would leave for good, and with it four hundred jobs. A first section is to be ready by the summer after next.

Mayor Henrik Aalto, who had travelled to the debate, thanked the assembly. He left before the vote on a second inquiry, which was defeated by three votes.

Shops in the centre have reopened in the meantime, and the ferry to the islands sails twice a day again. The tourist board hopes for a better season than last year, when only a third of the hotel rooms were taken.
"""

UNRELATED = """\
How a village learned to love its bats

Every evening in May the members of the bell tower club meet in the church of Sankt Olof with folding chairs and thermos flasks. They are waiting for some four hundred pond bats to wake up.

It was not always so peaceful. Ten years ago the parish council wanted to have the roof sealed, because the droppings stained the organ. A retired biology teacher asked for one summer's delay and invited the neighbours to count the animals with her.

The counting became a habit. Today schoolchildren keep the lists, the organ has a cover made of sailcloth, and the droppings are sold as fertiliser at the autumn fair. The money paid for a new bell rope.

Scientists from the university visit twice a year. They have found that the colony travels much farther than anyone thought: one female that was ringed in the tower was seen on a lake three hundred kilometres to the east.
"""

#: Words of a third party that the story and another report both quote.
STATEMENT = (
    '"Our company regrets the damage that was done to the people of the coast, and we will open every drawer '
    "and every cellar of our offices to the investigators, because we believe that only the whole truth can "
    'restore the confidence that has been lost over the past thirty years," the statement reads.'
)

QUOTED_STORY = f"""\
A builder breaks its silence

Three years after the flood the successor of the building company has spoken for the first time. Until now its lawyers had sent back all letters unopened, and the receptionist in the capital hung up on reporters.

{STATEMENT}

Residents of the harbour district received it with scorn. They gathered in the rain under the new street lamps and read it aloud to each other, and somebody had brought a drum.
"""

QUOTED_PAGE = f"""\
Shares fall after admission

The stock exchange reacted within minutes. By noon the holding had lost a tenth of its value, and two analysts advised their clients to sell, since claims for compensation might exceed the reserves by far.

{STATEMENT}

Whether that is legally an admission of guilt is disputed among scholars. A professor of civil law thought that a judge would want to see more than good intentions.
"""


def release(version: str, name: str, date: str, fixes: int, packages: str) -> str:
    """A form that one organisation fills in for every release."""
    return f"""\
Harbour Charts {version} released

The Harbour Charts project is pleased to announce version {version} of its free nautical charts, code name "{name}". It was published on {date} and is available for download from today.

This release corrects {fixes} errors that were reported by skippers and pilots, and brings the depths of all harbours up to date. The main changes concern {packages}.

Those who installed earlier versions do not have to install everything again. They can let their chart plotter look for the new files, which takes a few minutes over a normal connection.

The project thanks all volunteers who measured, drew and translated. Without them there would be no free charts of the northern coast.
"""


def release_in_dutch(version: str, name: str, date: str, fixes: int, packages: str) -> str:
    """The translation of `release`."""
    return f"""\
Harbour Charts {version} uitgebracht

Het project Harbour Charts kondigt met genoegen versie {version} van zijn vrije zeekaarten aan, met de codenaam "{name}". De versie is gepubliceerd op {date} en kan vanaf vandaag worden gedownload.

Deze uitgave verbetert {fixes} fouten die door schippers en loodsen zijn gemeld, en brengt de diepten van alle havens bij de tijd. De belangrijkste wijzigingen betreffen {packages}.

Wie een eerdere versie heeft geïnstalleerd, hoeft niet alles opnieuw te installeren. De kaartplotter kan de nieuwe bestanden zelf opzoeken, wat bij een gewone verbinding een paar minuten duurt.

Het project dankt alle vrijwilligers die hebben gemeten, getekend en vertaald. Zonder hen zouden er geen vrije kaarten van de noordelijke kust bestaan.
"""


#: A Dutch host for what is quoted or borrowed: about something else.
DUTCH_HOST = (
    "Gemeenteraad vergadert over parkeerplaatsen",
    "Vorige week vergaderde de gemeenteraad over de nieuwe parkeerplaatsen. Er waren meer ambtenaren dan bezoekers.",
    "De wethouder legde uit dat de tarieven omhoog moeten. Een enkele winkelier protesteerde, de rest zweeg.",
    "Na de pauze ging het over de bibliotheek. Die krijgt langere openingstijden en een nieuw dak.",
    "Tot slot werd er getoast op de jubilaris, die veertig jaar notulen heeft gemaakt zonder een keer ziek te zijn.",
)

#: Words of the mayor, and how the story and its translation lead up to them.
SPEECH = (
    '"We will not build on sand a second time, and whoever tells you that a wall can stop the sea has never stood '
    'behind one in November."'
)
SPEECH_IN_DUTCH = (
    '"Wij gaan niet voor de tweede keer op zand bouwen, en wie u vertelt dat een muur de zee kan tegenhouden, heeft er '
    'nog nooit in november achter gestaan."'
)
LED_UP = (
    f"On the third evening of the hearing, in the unheated sports hall of Vellamo, Mayor Henrik Aalto shouted: {SPEECH}"
)
LED_UP_IN_DUTCH = f"Op de derde avond van de hoorzitting, in de onverwarmde sporthal van Vellamo, riep burgemeester Henrik Aalto: {SPEECH_IN_DUTCH}"

#: The opening of the story in Finnish, which the encoder does not know.
FINNISH = """\
Satama, joka hukkui kahdesti

Kun myrsky 14. marraskuuta 2019 murti vanhan rantamuurin Vellamossa, vesi nousi kalatorilla 3,4 metrin korkeuteen. Kukaan 6 200 asukkaan kaupungissa ei ollut uskonut, että niin voisi käydä uudestaan.

Muuri rakennettiin vuonna 1988, ja sen rakensi yhtiö, jota ei enää ole. Insinöörit, jotka tutkivat jäännöksiä, totesivat, että betonissa oli vain puolet siitä teräksestä, jonka piirustukset olivat luvanneet.

Pormestari Henrik Aalto kutsui kadonneita papereita valitettavaksi erehdykseksi. Sataman maakunnan asettama toimikunta tarvitsi kahdeksantoista kuukautta 240 sivun mietintöön, josta 112 sivua mustattiin. Torikauppias Marta Lindqvist ei ylläty.

Vakuutusyhtiöt ovat tähän mennessä maksaneet 48 miljoonaa euroa. Useimmat Kanal Streetin perheet ovat silti muuttaneet pois, eikä dyynien takana ollutta koulua enää avata.
"""

#: The opening of the story in Russian.
RUSSIAN = """\
Гавань, которая тонула дважды

Когда буря 14 ноября 2019 года сломала старую морскую стену в Велламо, вода на рыбном рынке поднялась на 3,4 метра. Никто в городке с населением 6200 человек не верил, что это может случиться снова.

«Нам говорили, что эта стена простоит сто лет, — говорит Марта Линдквист, которая продаёт на набережной копчёную сельдь. — Она простояла тридцать один год».

Стену построила в 1988 году компания, которой больше нет. Инженеры, изучавшие развалины, обнаружили, что в бетоне было вдвое меньше стали, чем обещали чертежи. Сами чертежи исчезли из городского архива вместе с протоколами трёх заседаний совета.

Мэр Хенрик Аалто назвал пропажу бумаг досадной ошибкой. Он был молодым служащим строительного отдела, когда стену утвердили, и с тех пор отказывается отвечать на вопросы о том годе.
"""


def paragraphs(text: str) -> list[str]:
    return text.strip().split("\n\n")
