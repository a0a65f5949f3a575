"""A third source behind two texts: agency copy, press releases, and whose words a quotation is. Pure.

Two outlets that print one dispatch share most of their words, and neither copied the other. What gives it away stands
in few places, and only there it is looked for, because an article *about* Reuters is not Reuters copy:

=========  ===========================================================================================
byline     as the page states it
dateline   the beginning of one of the first paragraphs: "MOSCOW, Jan 19 (Reuters) -", "МОСКВА, 19 января. /ТАСС/."
opening    a line of its own near the beginning: "Source: AP", "FOR IMMEDIATE RELEASE"
closing    a line of its own near the end, or what stands in brackets at the end of the text: "(dpa)"
=========  ===========================================================================================

A photograph's credit ("REUTERS/Jane Doe", "Foto: ANP") says nothing of the text, and does not count.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from archive.text import Span, detect_language, paragraphs, quotations

SourceKind = Literal["agency", "press_release"]
Place = Literal["byline", "dateline", "opening", "closing"]

#: Where a dateline may stand: the first paragraphs, for titles and summaries come before it.
_FIRST_PARAGRAPHS = 4
#: Where a sign-off may stand: "share this", an author's note or a tag line may come after it.
_LAST_PARAGRAPHS = 5
#: A longer line is a sentence of the article.
_MOST_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Source:
    """Where a text says that it comes from."""

    kind: SourceKind
    #: the agency or the wire, by one name in every language; empty if it is not named ("with agencies")
    name: str
    #: the words that say so
    text: str
    place: Place
    #: span in the text; None in a byline
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Common:
    """A source that two texts share."""

    kind: SourceKind
    name: str
    a: Source
    b: Source

    @property
    def sentence(self) -> str:
        """What follows from it, for people."""
        if self.kind == "press_release":
            whose = f" by way of {self.name}" if self.name else ""
            return f"both are marked as a press release{whose}: a common source, neither need be the copy of the other"
        return f"both name {self.name}: a common source, neither need be the copy of the other"


#: Name -> how it is written. Capitals count: "ap" is a word, and "PA" a state of mind of headlines.
_AGENCIES: dict[str, str] = {
    "Reuters": r"(?:Thomson )?R(?:euters|EUTERS)|RTRS?|رويترز|Рейтер|路透(?:社)?|ロイター|로이터(?: ?통신)?",
    "AP": r"(?:The )?Associated Press|AP|أسوشيتد برس|美联社|AP通信",
    "AFP": r"Agence France[- ]Press?e|AFP|فرانس برس|أ ?ف ?ب|法新社|AFP通信|AFP時事",
    "ANP": r"ANP|Algemeen Nederlands Persbureau",
    "Belga": r"B(?:elga|ELGA)",
    "dpa": r"dpa(?:-AFX|-infocom)?|DPA|Deutsche Presse-Agentur",
    "EFE": r"(?:Agencia )?EFE",
    "Europa Press": r"Europa Press|EUROPA PRESS|EP",
    "ANSA": r"ANSA",
    "Adnkronos": r"A(?:dnkronos|DNKRONOS)",
    "TASS": r"(?:ITAR-)?TASS|(?:ИТАР-)?ТАСС|塔斯社|タス通信",
    "RIA Novosti": r"RIA Novosti|РИА Новости|RIA",
    "Interfax": r"Interfax|Интерфакс",
    "Xinhua": r"X(?:inhua|INHUA)|新华社|新華社|新华网",
    "China News Service": r"中新社|中新网|China News Service",
    "Kyodo": r"K(?:yodo|YODO)(?: News)?|共同通信(?:社)?|共同社?",
    "Jiji": r"J(?:iji|IJI)(?: Press)?|時事通信(?:社)?|時事",
    "Yonhap": r"Y(?:onhap|ONHAP)|연합뉴스",
    "PA": r"PA(?: Media)?|Press Association",
    "PAP": r"PAP|Polska Agencja Prasowa",
    "Lusa": r"Lusa|LUSA",
    "NTB": r"NTB",
    "TT": r"TT",
    "Ritzau": r"Ritzau",
    "STT": r"STT",
    "APA": r"APA(?:-OTS)?",
    "Keystone-SDA": r"Keystone-(?:SDA|ATS)|SDA|sda|ATS",
    "ČTK": r"ČTK|CTK",
    "TASR": r"TASR",
    "MTI": r"MTI",
    "Agerpres": r"A(?:gerpres|GERPRES)",
    "BTA": r"BTA",
    "HINA": r"H(?:ina|INA)",
    "Tanjug": r"T(?:anjug|ANJUG)",
    "Anadolu": r"Anadolu(?: Ajansı| Agency)?|AA",
    "DHA": r"DHA",
    "İHA": r"[İI]HA",
    "PTI": r"PTI",
    "ANI": r"ANI",
    "IANS": r"IANS",
    "AAP": r"AAP",
    "The Canadian Press": r"(?:The )?Canadian Press|La Presse canadienne",
    "UPI": r"UPI",
    "Bloomberg": r"Bloomberg(?: News)?",
    "Ukrinform": r"Ukrinform|Укрінформ|Укринформ",
    "UNIAN": r"UNIAN|УНІАН|УНИАН",
    "KNA": r"KNA",
    "epd": r"epd",
    "Télam": r"T[ée]lam",
    "Agência Brasil": r"Agência Brasil",
    "Estadão Conteúdo": r"Estadão Conteúdo",
    "Folhapress": r"F(?:olhapress|OLHAPRESS)",
    "WAM": r"WAM|وام",
    "QNA": r"QNA|قنا",
    "KUNA": r"KUNA|كونا",
    "SANA": r"SANA|سانا",
}  # fmt: skip

#: Names that mean something else as a word of a byline: a person, a degree, a state, a note.
_NOT_IN_BYLINES = frozenset(("PA", "TT", "AP", "EP", "RIA", "AA", "APA", "ATS", "Bloomberg", "ANI", "HINA", "Lusa"))

_ANY = "|".join(f"(?:{forms})" for forms in _AGENCIES.values())
_NAME = rf"(?<![\p{{L}}\p{{N}}])(?:{_ANY})(?![\p{{L}}\p{{N}}])"
#: Several agencies, and the initials of an editor: "ANP/RTR", "dpa/AFP/kaf", "AFP and Reuters".
_INITIALS = r"[a-z]{1,4}|[A-Z]{2,4}"
_JOINED = r"\s*(?:[/,&+|-]|\band\b|\bund\b|\ben\b|\bet\b|\by\b|\be\b|\bi\b|\bи\b|、|，|和)\s*"
_NAMES = rf"{_NAME}(?:{_JOINED}(?:{_NAME}|(?:{_INITIALS})(?![\p{{L}}\p{{N}}])))*"

#: What stands before the bracket of a dateline: a place in a few words, and a date.
_PLACE = r"(?:[\p{Lu}\p{Lo}][^()\[\]!?:;“”\"«»]{0,60}?)?"
_DATELINES = tuple(
    regex.compile(pattern)
    for pattern in (
        rf"^{_PLACE}[(\[]\s*(?P<names>{_NAMES})\s*[)\]]\s*[.,:]?\s*(?:[-–—―]|\.)",
        # An all-capital place needs no dash: "BRUSSEL (ANP) De ministers …".
        rf"^[\p{{Lu}}][\p{{Lu}}\s,.'’/-]{{2,40}}[(\[]\s*(?P<names>{_NAMES})\s*[)\]]",
        rf"^(?:[\p{{Lu}}\p{{Lo}}][^()/\[\]!?:;“”\"«»]{{0,60}}?)?/\s*(?P<names>{_NAMES})\s*/\s*(?:\.|[-–—]|$)",  # МОСКВА, 19 января. /ТАСС/.
        rf"^[(\[]\s*(?P<names>{_NAMES})\s*[)\]]",
        rf"^(?P<names>{_NAMES})\s*[-–—]\s(?=\p{{Lu}})",
        r"^(?P<names>新华社|新華社|中新社|中新网)[^，。]{2,20}(?:电|電)",
        r"^【[^】]{0,16}?(?P<names>共同|時事|ロイター|AFP時事|AFP)】",
        r"^[(（\[][^)）\]=]{1,16}=\s*(?P<names>연합뉴스)[)）\]]",
        rf"^[（(【]\s*(?P<names>{_NAMES})[^)）】]{{0,16}}[)）】]",
    )
)

#: Words that name a source before the agency, in a line of its own.
_SOURCE_LABEL = (
    r"sources?|bron(?:nen)?|quellen?|fuentes?|fontes?|fonti|source\(s\)|źródło|źródła|источник(?:и)?|джерело|kaynak|kilde|källa"
    r"|zdroj|sursa|πηγή|via|copyright|tekst|texte?|المصدر|来源|來源|出典|출처"
)
#: Words that say that an agency had a part in it.
_WITH = (
    r"with (?:(?:additional )?(?:reporting|inputs?|information|material|files) (?:from|by) )?"
    r"|mit (?:material|informationen|agenturmaterial) (?:von |der )?|mit |met (?:medewerking|informatie) van |met "
    r"|avec |con (?:información|informaciones|datos|material) de |con informazioni |con |com (?:informações|agência) (?:da |do |de )?"
    r"|com |z |по материалам |по сообщениям |по данным |ile |(?:this )?(?:story|report|article|material) (?:was )?"
    r"(?:distributed|provided|written|published) by |from (?:the )?"
)
_RIGHTS = r"(?:©|\(c\)|copyright(?: ©| \(c\))?)\s*(?:\d{4}(?:[-–]\d{2,4})?,?\s*)?(?:by |the )?"
_AFTER = (
    r"(?:(?:[.,]| -| –)?\s*(?:contributed to this (?:report|story|article)|all rights reserved|alle rechte vorbehalten|"
    r"alle rechten voorbehouden|tous droits réservés)|[ -]infocom[^\n]{0,40}|,? dpa:[\d-]+/\d+)?"
)
_LINE = regex.compile(
    rf"^[\s\W]*(?:(?i:(?:{_SOURCE_LABEL})\s*[:：]\s*|{_WITH}|{_RIGHTS}))?(?P<names>{_NAMES})(?i:{_AFTER})[\s\W]*$"
)
_REUTERS_SIGN_OFF = regex.compile(
    r"\((?:Additional )?(?:Reporting|Writing|Compiled)(?: and \w+)? by [^()]{3,200}?(?:Editing|edited) by [^()]{3,80}\)|"
    r"^(?:Reporting|Writing) by [^()]{3,200}; ?(?:Editing|edited) by .{3,80}$|Our Standards: The Thomson Reuters Trust Principles"
)
_AT_THE_END = regex.compile(
    rf"[.!?…”\"»。]\s*(?:[(（\[]\s*(?P<names>{_NAMES})\s*[)）\]]|[-–—]\s?(?P<dashed>{_NAMES}))\s*[.]?$"
)
_NAMELESS = regex.compile(
    r"^[\s\W]*(?i:(?:\w+\s*/\s*)?(?:with|mit|met|avec|con|com|z|od)\s+(?:agencies|agency reports|wire (?:services|reports)|"
    r"agenturen|agenturmaterial|agentschappen|persbureaus|(?:les )?agences|(?:las )?agencias|agenzie|agências|agencji)"
    r"|(?:agencies|agenturen|agences|agencias|agenzie|agências|bron(?:nen)?:\s*(?:agentschappen|persbureaus)))[\s\W]*$"
)
#: A picture's credit: words that say so, or a photographer behind the slash.
_PICTURE = regex.compile(
    r"(?i:\b(?:photo(?:graph)?s?|picture|image|foto\w*|beeld|bild|imagen|immagine|imagem|zdjęci\w+|фото|video|vidéo|getty"
    r"|file|handout|via ap)\b|图片?|写真|사진|صورة)"
    rf"|(?:{_NAME})\s*/\s*\p{{Lu}}\p{{Ll}}+\s+\p{{Lu}}"
)

# --- press releases ------------------------------------------------------------------------------------------

_WIRES: dict[str, str] = {
    "PR Newswire": r"/PR ?N(?:ewswire|EWSWIRE)(?:-[\w-]+)?/|PR ?Newswire",
    "Business Wire": r"\(BUSINESS WIRE\)|BUSINESS WIRE|Business Wire",
    "GlobeNewswire": r"\(GLOBE ?NEWSWIRE\)|GLOBE ?NEWSWIRE|GlobeNewswire",
    "Accesswire": r"ACCESSWIRE|Accesswire|ACCESS Newswire",
    "EIN Presswire": r"/?EIN ?P(?:resswire|RESSWIRE)/?|EINPresswire\.com/?",
    "news aktuell": r"\(ots\)|übermittelt durch news aktuell",
    "EQS": r"\bEQS(?:-News)?(?=:|/)",
    "Cision": r"via Cision",
    "APA-OTS": r"\(OTS\)",
}  # fmt: skip
_WIRE_PLACES = {
    name: regex.compile(rf"^[^!?\n]{{0,110}}?(?<![\p{{L}}])(?:{forms})(?=\W|$)\s*[-–—:/.]")
    for name, forms in _WIRES.items()
}
_RELEASE_LABEL = regex.compile(
    r"^[\s\W]*(?i:(?:for immediate release|press release|news release|media release|persbericht|pressemitteilung|"
    r"presseinformation|medienmitteilung|communiqué de presse|comunicado de prensa|nota de prensa|comunicato stampa|"
    r"comunicado de imprensa|nota de imprensa|komunikat prasowy|informacja prasowa|пресс-релиз|прес-реліз|basın bülteni|"
    r"pressmeddelande|pressemeddelelse|pressemelding|tisková zpráva|(?:source|bron|quelle|fuente|fonte|źródło|источник)\s*:\s*"
    r"(?:press release|persbericht|pressemitteilung|communiqué(?: de presse)?|comunicado|comunicato(?: stampa)?|пресс-релиз)"
    r"[^.!?\n]{0,60}))[\s\W]*(?:$|[:|–—-]\s)"
    r"|^[\s\W]*(?:بيان صحفي|新闻稿|新聞稿|プレスリリース|보도자료)[\s\W]*(?:$|[:：])"
)
_RELEASE_END = regex.compile(
    r"^SOURCE\s*:?\s+(?=\p{Lu})(?P<issuer>[^\n]{2,80})$|^Original-Content von:\s*(?P<sender>[^,\n]{2,80})"
    r"|^(?i:notes? to editors|noot (?:aan|voor) de redactie|niet voor publicatie|einde (?:van het )?persbericht|pressekontakt|"
    r"rückfragen bitte an|contacts? presse|media contacts?|perscontact|contatti stampa|contacto de prensa|"
    r"view (?:original content|source version)[^\n]{0,120}|kontakt dla mediów)\s*(?:[:–—-]|$)"
)


@functools.lru_cache(maxsize=256)
def sources_in(text: str, byline: str | None = None) -> tuple[Source, ...]:
    """The agencies and press releases that *text* names as where it comes from, each name once, the first place first.

    >>> [source.name for source in sources_in("BRUSSEL (ANP) - De ministers zijn het eens geworden.")]
    ['ANP']
    >>> sources_in("Reuters, the news agency, will open an office in Riga, its director said.")
    ()
    """
    found: dict[tuple[SourceKind, str], Source] = {}
    for source in _all_sources(text, byline):
        found.setdefault((source.kind, source.name), source)
    return tuple(found.values())


def common(a: Iterable[Source], b: Iterable[Source]) -> tuple[Common, ...]:
    """The sources that both name. Unnamed agencies are not the same by being unnamed."""
    others = list(b)
    found = []
    for one in a:
        for other in others:
            unnamed = not one.name or not other.name
            if one.kind != other.kind or (one.name != other.name and not (unnamed and one.kind == "press_release")):
                continue
            if one.kind == "agency" and unnamed:
                continue
            found.append(Common(one.kind, one.name or other.name, one, other))
    distinct = {(pair.kind, pair.name): pair for pair in reversed(found)}
    return tuple(reversed(distinct.values()))


def _all_sources(text: str, byline: str | None) -> Iterator[Source]:
    if byline:
        yield from _in_byline(byline)
    lines = [line for line in paragraphs(text) if any(map(str.isalnum, line.of(text)))]
    first, last = lines[:_FIRST_PARAGRAPHS], lines[-_LAST_PARAGRAPHS:]
    for line in first:
        yield from _at_the_beginning(text, line)
    for line in last:
        yield from _near_the_end(text, line, closes=line == lines[-1], opens=line in first)


def _in_byline(byline: str) -> Iterator[Source]:
    for part in regex.split(r"[,;/|&()]|\band\b|\bund\b|\ben\b|\bet\b", byline):
        part = part.strip(" .-–—")
        for name, forms in _AGENCIES.items():
            whole = regex.fullmatch(
                rf"(?:(?i:by|door|von|par|por|di|da|od|the)\s+)?(?:{forms})(?:\s+(?i:staff|news|redactie))?", part
            )
            inside = regex.search(rf"(?<![\p{{L}}\p{{N}}])(?:{forms})(?![\p{{L}}\p{{N}}])", part)
            if whole or (inside and name not in _NOT_IN_BYLINES):
                yield Source("agency", name, byline, "byline")


def _at_the_beginning(text: str, line: Span) -> Iterator[Source]:
    words = line.of(text)
    for name, pattern in _WIRE_PLACES.items():
        wire = pattern.match(words)
        if wire:
            yield _source("press_release", name, text, line, wire.start(), wire.end(), "dateline")
    label = _RELEASE_LABEL.match(words)
    if label:
        yield _source("press_release", "", text, line, 0, label.end(), "opening")
    for pattern in _DATELINES:
        dateline = pattern.match(words)
        if dateline and not _PICTURE.search(dateline.group()):
            for name in _named(dateline.group("names")):
                yield _source("agency", name, text, line, 0, dateline.end(), "dateline")
            return
    yield from _of_line(text, line, "opening")


def _near_the_end(text: str, line: Span, *, closes: bool, opens: bool) -> Iterator[Source]:
    words = line.of(text)
    release = _RELEASE_END.match(words)
    if release:
        yield _source("press_release", "", text, line, 0, release.end(), "closing")
    wire = next((name for name, forms in _WIRES.items() if release and regex.search(forms, words)), None)
    if wire:
        yield _source("press_release", wire, text, line, 0, len(words), "closing")
    sign_off = _REUTERS_SIGN_OFF.search(words)
    if sign_off:
        yield _source("agency", "Reuters", text, line, sign_off.start(), sign_off.end(), "closing")
    end = _AT_THE_END.search(words)
    if end:
        group = "names" if end.group("names") else "dashed"
        for name in _named(end.group(group)):
            yield _source("agency", name, text, line, end.start(group), end.end(group), "closing")
    if not opens or closes:
        yield from _of_line(text, line, "closing")


def _of_line(text: str, line: Span, place: Place) -> Iterator[Source]:
    """Sources of a line that says nothing else."""
    words = line.of(text)
    if len(words) > _MOST_CHARACTERS or _PICTURE.search(words):
        return
    if _NAMELESS.match(words):
        yield _source("agency", "", text, line, 0, len(words), place)
        return
    found = _LINE.match(words)
    if found is None:
        return
    if place == "opening" and regex.match(r"\W*(?i:©|\(c\)|copyright)", words):
        return  # under the picture at the top
    for name in _named(found.group("names")):
        yield _source("agency", name, text, line, 0, len(words), place)


def _source(kind: SourceKind, name: str, text: str, line: Span, start: int, end: int, place: Place) -> Source:
    span = Span(line.start + start, line.start + end)
    return Source(kind, name, span.of(text).strip(), place, span.start, span.end)


def _named(names: str) -> list[str]:
    """The agencies in the words of a dateline or line, by their one name."""
    return [name for name, pattern in _patterns() if pattern.search(names)]


@functools.cache
def _patterns() -> tuple[tuple[str, regex.Pattern[str]], ...]:
    return tuple(
        (name, regex.compile(rf"(?<![\p{{L}}\p{{N}}])(?:{forms})(?![\p{{L}}\p{{N}}])"))
        for name, forms in _AGENCIES.items()
    )


# --- whose words a quotation is ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attribution:
    """The words that say who spoke a quotation."""

    #: the speaker as the text names it: "Medvedev", "the minister", "he"
    speaker: str
    #: the verb or preposition: "zei", "according to"
    verb: str
    #: span of the attribution in the text
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Speech:
    """How a language says who spoke. Fields are regex alternatives, matched without regard to case."""

    verbs: str
    #: before a speaker, without a verb: "according to"
    by: str = r"(?!)"
    #: before nouns: "the minister"
    articles: str = r"(?!)"
    pronouns: str = r"(?!)"
    #: who is no third party
    own: str = r"(?!)"
    #: small words inside names
    particles: str = r"(?!)"
    #: as `by`, but only behind a quotation: "so Merkel"
    behind: str = r"(?!)"


_SPEECH: dict[str, _Speech] = {
    "en": _Speech(
        r"said|says|told|tells|wrote|writes|added|adds|explained|explains|stated|argued|insisted|warned|claimed|"
        r"continued|recalled|tweeted|replied|noted|announced|declared|remarked|asked|reads|has said|had said",
        r"according to|in the words of",
        r"the|a|an|his|her|their|its|one|another",
        r"he|she|they",
        r"I|we",
        r"van|von|de|der|al|bin|of|the|for",
    ),
    "nl": _Speech(
        r"zei|zegt|zeiden|zeggen|vertelt|vertelde|schreef|schrijft|stelt|stelde|verklaarde|verklaart|meldde|meldt|vindt|"
        r"(?:voegt|voegde)(?=[^.]{0,40}\btoe\b)|(?:liet|laat)(?=[^.]{0,60}\bweten\b)|benadrukt|benadrukte|waarschuwde|waarschuwt|(?:legt|legde)(?=[^.]{0,40}\buit\b)|reageert|reageerde|twitterde",
        r"aldus|volgens|naar eigen zeggen van",
        r"de|het|een|zijn|haar|hun",
        r"hij|zij|ze",
        r"ik|wij|we",
        r"van|de|der|den|ter|von|al|bin",
    ),
    "de": _Speech(
        r"sagte|sagt|sagten|sagen|erklärte|erklärt|schrieb|schreibt|betonte|betont|meinte|meint|warnte|warnt|"
        r"ergänzte|berichtete|berichtet|twitterte|(?:teilte|teilt)(?=[^.]{0,50}\bmit\b)|(?:fügte|fügt)(?=[^.]{0,40}\bhinzu\b)|forderte|kritisierte",
        r"laut|nach angaben von|nach den worten von",
        r"der|die|das|ein|eine|sein|seine|ihr|ihre",
        r"er|sie",
        r"ich|wir",
        r"von|van|der|de|zu|al|bin",
        behind=r"so",
    ),
    "fr": _Speech(
        r"a déclaré|a dit|a affirmé|a expliqué|a ajouté|a indiqué|a écrit|a lancé|a précisé|a souligné|a assuré|déclare|"
        r"dit|affirme|explique|ajoute|indique|écrit|précise|souligne|assure|raconte|estime",
        r"selon|d'après|d’après",
        r"le|la|les|l'|l’|un|une|son|sa",
        r"il|elle|on|ils|elles",
        r"je|j'|j’|nous",
        r"de|du|des|d'|d’|la|le|von|van|al|ben",
    ),
    "es": _Speech(
        r"dijo|dice|afirmó|afirma|declaró|declara|explicó|explica|señaló|señala|añadió|agregó|aseguró|asegura|escribió|"
        r"indicó|sostuvo|manifestó|advirtió|ha dicho|ha declarado|ha afirmado|comentó",
        r"según|de acuerdo con",
        r"el|la|los|las|un|una|su",
        r"él|ella|ellos",
        r"yo|nosotros",
        r"de|del|la|las|los|y|von|van|al|bin",
    ),
    "it": _Speech(
        r"ha detto|ha dichiarato|ha affermato|ha spiegato|ha aggiunto|ha scritto|ha sottolineato|dice|afferma|spiega|"
        r"dichiara|aggiunge|racconta|scrive|disse|sottolinea|conclude|prosegue",
        r"secondo|stando a",
        r"il|lo|la|l'|l’|i|gli|le|un|uno|una|suo|sua",
        r"lui|lei|egli|ella",
        r"io|noi",
        r"di|de|del|della|da|von|van|al|bin",
    ),
    "pt": _Speech(
        r"disse|diz|afirmou|afirma|declarou|declara|explicou|explica|acrescentou|escreveu|salientou|sublinhou|referiu|"
        r"ressaltou|destacou|avisou|contou|alertou",
        r"segundo|de acordo com|conforme",
        r"o|a|os|as|um|uma|seu|sua",
        r"ele|ela|eles|elas",
        r"eu|nós",
        r"de|da|do|das|dos|e|von|van|al|bin",
    ),
    "pl": _Speech(
        r"powiedział|powiedziała|mówi|mówił|mówiła|stwierdził|stwierdziła|dodał|dodała|podkreślił|podkreśliła|napisał|"
        r"napisała|oświadczył|oświadczyła|zaznaczył|zaznaczyła|ocenił|oceniła|wyjaśnił|wyjaśniła|tłumaczy",
        r"według|zdaniem|jak mówi",
        r"(?!)",
        r"on|ona|oni",
        r"ja|my",
        r"von|van|de|al|bin",
    ),
    "ru": _Speech(
        r"сказал[аи]?|говорит|заявил[аи]?|отметил[аи]?|написал[аи]?|пишет|добавил[аи]?|подчеркнул[аи]?|пояснил[аи]?|"
        r"рассказал[аи]?|считает|сообщил[аи]?|указал[аи]?|предупредил[аи]?|ответил[аи]?|цитирует",
        r"по словам|по мнению|по данным",
        r"(?!)",
        r"он|она|они",
        r"я|мы",
        r"аль|бен|фон|ван|де",
    ),
    "tr": _Speech(
        r"dedi|diyor|söyledi|belirtti|açıkladı|ifade etti|yazdı|vurguladı|kaydetti|konuştu|anlattı|ekledi|"
        r"diye konuştu|ifadelerini kullandı|şunları söyledi|dile getirdi",
        r"(?!)",
        r"(?!)",
        r"o|onlar",
        r"ben|biz",
        r"bin|el|von|van",
    ),
}  # fmt: skip

_REACH = 160
"""Characters in which an attribution must be complete; a longer clause is a sentence of its own."""


def attribution(text: str, quotation: Span, language: str | None = None, own: Iterable[str] = ()) -> Attribution | None:
    """Who is said to have spoken the words at *quotation*, or None if nobody is named or it is no third party.

    Args:
        quotation: a span of `archive.text.quotations(text)`, its marks included.
        language: of the text; detected if not given.
        own: names that are no third party: the outlet, the author.

    >>> text = "“Ferries sink,” zei kapitein Aalto maandag. “Altijd al.”"
    >>> [attribution(text, quotation, "nl").speaker for quotation in quotations(text)]
    ['kapitein Aalto', 'kapitein Aalto']
    """
    spoken = (language or detect_language(text) or "en").partition("-")[0]
    refused = [name.casefold() for name in own if name]
    found = _beside(text, quotation, spoken) or _continued(text, quotation, spoken)
    if found is None or any(name in found.speaker.casefold() for name in refused):
        return None
    return found


def _continued(text: str, quotation: Span, language: str) -> Attribution | None:
    """The speaker of the quotation before, if only the attribution stands between: “A,” said B. “C.”"""
    before: Span | None = None
    for other in quotations(text):
        if other.start >= quotation.start:
            break
        before = other
    if before is None or not 0 < quotation.start - before.end <= _REACH or "\n" in text[before.end : quotation.start]:
        return None
    found = _after(text, before, language)
    if found is None or len(_SENTENCE_END.findall(text[before.end : quotation.start])) > 1:
        return None
    return found


def _beside(text: str, quotation: Span, language: str) -> Attribution | None:
    return _after(text, quotation, language) or _before(text, quotation, language)


_SENTENCE_END = regex.compile(r"[.!?…](?=\s|$)|[。！？]")
_QUOTE = regex.compile(r"[“”„‟«»\"「」『』]")


def _clause_after(text: str, quotation: Span) -> str:
    """What follows a quotation in its sentence. A quotation that ends its sentence itself may still be followed."""
    rest = text[quotation.end : quotation.end + _REACH].partition("\n")[0]
    quote = _QUOTE.search(rest)
    rest = rest[: quote.start()] if quote else rest
    end = _SENTENCE_END.search(rest, 1)
    return rest[: end.start()] if end else rest


def _clause_before(text: str, quotation: Span) -> tuple[str, int]:
    """What stands before a quotation in its sentence, and where it starts."""
    start = max(0, quotation.start - _REACH, text.rfind("\n", 0, quotation.start) + 1)
    rest = text[start : quotation.start]
    ends = [place.end() for place in (*_SENTENCE_END.finditer(rest), *_QUOTE.finditer(rest))]
    cut = max((end for end in ends if rest[end:].strip()), default=0)
    # A sentence that ended right before the quotation introduces nothing, unless with a colon.
    return ("", start) if any(not rest[end:].strip() for end in ends) else (rest[cut:], start + cut)


def _after(text: str, quotation: Span, language: str) -> Attribution | None:
    clause = _clause_after(text, quotation)
    for pattern in _patterns_after(language):
        found = pattern.match(clause)
        if found and _is_somebody(found.group("speaker"), language):
            return _attribution(found, quotation.end)
    return None


def _before(text: str, quotation: Span, language: str) -> Attribution | None:
    clause, start = _clause_before(text, quotation)
    for pattern in _patterns_before(language):
        found = pattern.search(clause)
        if found is None or not _is_somebody(found.group("speaker"), language):
            continue
        # A name alone introduces nothing; in some languages the verb stands behind the quotation.
        if found.group("verb") or _SAID_BEHIND[language].match(text, quotation.end, quotation.end + _REACH):
            return _attribution(found, start)
    return None


def _attribution(found: regex.Match[str], offset: int) -> Attribution:
    groups = found.groupdict()
    verb = groups.get("verb") or ""
    starts = [found.start(name) for name in ("speaker", "verb") if groups.get(name)]
    ends = [found.end(name) for name in ("speaker", "verb") if groups.get(name)]
    return Attribution(found.group("speaker").strip(" ,，、"), verb.strip(), offset + min(starts), offset + max(ends))


def _is_somebody(speaker: str, language: str) -> bool:
    speech = _SPEECH.get(language)
    words = speaker.strip().casefold()
    return bool(words) and not (speech and regex.fullmatch(rf"(?i:{speech.own})", words))


#: Words of four letters and more that stand before a name and make it no speaker: "wrote about Rome".
_NO_TITLE = (
    r"(?:about|from|with|after|during|into|that|which|when|where|while|because|sobre|para|desde|entre|hasta|durante|tras|este|"
    r"esta|como|over|naar|voor|tegen|tijdens|door|toen|nach|über|gegenüber|während|nachdem|dass|dans|avec|pour|après|lors|"
    r"alors|quand|nella|nello|dopo|sulla|aver|quando|após|против|после|через|когда|przez|podczas|przed)(?![\p{L}])"
)


@functools.cache
def _speaker(language: str) -> str:
    """A name with what stands before it, a pronoun, or a noun with its article."""
    speech = _SPEECH[language]
    capital = r"\p{Lu}[\p{L}\p{M}'’.-]*"
    name = rf"{capital}(?:\s+(?:(?:{speech.particles})\s+){{0,2}}{capital}){{0,4}}"
    titled = rf"(?:(?:(?i:{speech.articles}|{speech.particles})|(?!{_NO_TITLE})\p{{Ll}}{{4,}})\s*,?\s+){{0,5}}?{name}"
    noun = rf"(?i:(?:{speech.articles}))\s*[\p{{Ll}}-]{{3,}}(?:\s+[\p{{Ll}}-]{{2,}}){{0,3}}?"
    return rf"(?:(?i:(?:{speech.own}|{speech.pronouns}))(?![\p{{L}}])|{titled}|{noun})"


def _verb_and_by(speech: _Speech) -> tuple[str, str]:
    """Patterns of a verb of saying, and of what stands for one ("according to")."""
    return (
        rf"(?<![\p{{L}}])(?P<verb>(?i:{speech.verbs}))(?![\p{{L}}])",
        rf"(?P<verb>(?i:{speech.by}))(?![\p{{L}}])",
    )


#: "a-t-il ajouté", "dit-elle": the pronoun is tied to the verb.
_INVERTED = r"^[\s,;:–—-]*(?P<verb>a|dit|\p{Ll}{2,}e)-(?:t-)?(?P<speaker>il|elle|on|ils|elles)(?![\p{L}])"


@functools.cache
def _patterns_after(language: str) -> Sequence[regex.Pattern[str]]:
    if language in _EASTERN:
        return _EASTERN[language][0]
    if language not in _SPEECH:
        return ()
    speech, speaker = _SPEECH[language], _speaker(language)
    opening = r"^[\s,;:–—-]*"
    verb, by = _verb_and_by(speech)
    end = r"(?=[\s,.;:!?–—-]|$)"
    return tuple(
        regex.compile(pattern)
        for pattern in (
            rf"{opening}{by}\s*(?P<speaker>{speaker}){end}",
            rf"{opening}(?P<verb>(?i:{speech.behind}))\s+(?P<speaker>{speaker}){end}",
            *((_INVERTED,) if language == "fr" else ()),
            rf"{opening}{verb}\s+(?P<speaker>{speaker}){end}",
            rf"{opening}(?P<speaker>{speaker})(?:,[^,]{{2,60}},)?\s+{verb}",
        )
    )


@functools.cache
def _patterns_before(language: str) -> Sequence[regex.Pattern[str]]:
    if language in _EASTERN:
        return _EASTERN[language][1]
    if language not in _SPEECH:
        return ()
    speech, speaker = _SPEECH[language], _speaker(language)
    verb, by = _verb_and_by(speech)
    # Between verb and quotation: "in a message on Telegram", "dat", a colon.
    gap = r"[^:“”\"«»„]{0,70}[:,]?\s*$"
    return tuple(
        regex.compile(pattern)
        for pattern in (
            rf"^[\s–—-]*{by}\s*(?P<speaker>{speaker})[^“”\"«»„]{{0,60}}$",
            rf"^[\s–—-]*(?P<speaker>{speaker})(?:,[^,]{{2,60}},)?\s+{verb}{gap}",
            rf"(?:^|\s){verb}\s+(?P<speaker>{speaker})(?=[\s,:]){gap}",
            # Where the verb stands behind the quotation.
            *((rf"(?:^|[\s,])(?P<speaker>{speaker})(?P<verb>)\s*[,:]?\s*$",) if language in _SAID_BEHIND else ()),
        )
    )


def _compiled(*patterns: str) -> tuple[regex.Pattern[str], ...]:
    return tuple(map(regex.compile, patterns))


_ZH_NAME = r"(?P<speaker>(?![在于当當])[^\s，。：；！？、“”「」]{2,20}?)"
_ZH_VERB = r"(?P<verb>表示|说道|说|說道|說|称|稱|指出|强调|強調|写道|寫道|告诉记者|补充说|认为|認為)"
_JA_VERB = r"(?P<verb>述べた|述べ|語った|語り|話した|話し|話す|言った|言う|訴えた|指摘した|強調した|コメントした|説明した|書いた)"
_KO_VERB = r"(?P<verb>말했다|말하|밝혔다|밝히|전했다|강조했다|주장했다|덧붙였다|설명했다|적었다|썼다|경고했다)"
_AR_VERB = r"(?P<verb>و?(?:قال|قالت|أضاف|أضافت|صرح|صرحت|أكد|أكدت|أوضح|أوضحت|كتب|كتبت|أعلن|أعلنت|ذكر|ذكرت))"

#: (after the quotation, before it) for languages whose sentences are built otherwise.
_EASTERN: dict[str, tuple[tuple[regex.Pattern[str], ...], tuple[regex.Pattern[str], ...]]] = {
    "zh": (
        _compiled(rf"^[，,]?{_ZH_NAME}{_ZH_VERB}(?=[，。,.]|$)"),
        _compiled(rf"(?:^|[，。；\s]){_ZH_NAME}(?:(?:在|于|對|对|周|星期|昨|今|当|當|\d)[^，。：“”「」]{{0,12}}?)?{_ZH_VERB}[^。“”「」]{{0,8}}[：:，,]?$"),
    ),
    "ja": (
        _compiled(rf"^(?:など)?と、?(?P<speaker>[^\s、。「」]{{2,24}}?)(?:氏|さん)?[はが][^。「」]{{0,16}}?{_JA_VERB}"),
        # Who speaks stands before, what is done behind: see `_SAID_BEHIND`.
        _compiled(r"(?:^|[。\s])(?P<speaker>[^\s、。「」]{2,24}?)[はが](?P<verb>)[^。「」]{0,40}$"),
    ),
    "ko": (
        _compiled(rf"^\s*(?:이?라고|라며|고)\s*(?P<speaker>[^\s,.]{{2,12}}(?:\s[^\s,.]{{1,10}}){{0,3}}?)[은는이가]\s[^.]{{0,24}}?{_KO_VERB}"),
        _compiled(r"(?:^|[.\s])(?P<speaker>[^\s,.]{2,12}(?:\s[^\s,.]{1,10}){0,3}?)[은는이가](?P<verb>)\s[^.“”\"]{0,40}$"),
    ),
    "ar": (
        _compiled(rf"^\s*[،,]?\s*(?:كما|حسب ما)?\s*{_AR_VERB}\s+(?P<speaker>(?!قائل)\p{{L}}+(?:\s(?!قائل|في |إن |أن )\p{{L}}+){{0,3}})"),
        _compiled(rf"(?:^|\s){_AR_VERB}\s+(?P<speaker>(?!قائل)\p{{L}}+(?:\s(?!قائل)\p{{L}}+){{0,4}}?)(?=[\s:،,]*(?:إن|أن|في|على|[:،,]|$))[^:“”\"«»]{{0,50}}[:،]?\s*$"),
    ),
}  # fmt: skip

#: What must follow a quotation for the name before it to be its speaker.
_SAID_BEHIND = {
    "tr": regex.compile(rf"\s*(?:{_SPEECH['tr'].verbs})(?![\p{{L}}])"),
    "ja": regex.compile(rf"(?:など)?と[^。「」]{{0,16}}?{_JA_VERB}"),
    "ko": regex.compile(rf"\s*(?:이?라고|라며|고)\s[^.]{{0,24}}?{_KO_VERB}"),
}
