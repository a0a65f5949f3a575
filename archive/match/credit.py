"""Credit lines: "This article originally appeared on VICE US", in the languages of the copies.

One row a language: noun, adverb, verb, preposition, and the name that follows. A sentence is a credit if it stands
near the start or the end of the text, speaks of this piece itself ("this article", or a fragment without a subject:
"Originally published on …"), says that it appeared first or was taken over, and names where.

What looks like one and is none: a date ("First published on Friday"), a book or film ("the novel was originally
published by …"), a legal footer ("articles originally published on other editions are the property of …").
Some 1 % of the news pages in our samples carry a credit; VICE editions, The Conversation and agencies' partners do.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from archive.text import Span, fold, sentences
from archive.types import Credit

#: Credits stand in the first or the last fifth of the text ...
_EDGE_SHARE = 0.2
#: ... or, in short texts, within this many characters of an end.
_EDGE_CHARACTERS = 500
#: A credit line is one short sentence.
_MOST_CHARACTERS = 320


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language says that a piece appeared elsewhere before. Fields are regex alternatives on folded text."""

    language: str
    #: "this", "the"
    this: str
    noun: str
    adverb: str
    verb: str
    preposition: str
    #: whole phrases that need no adverb: "republished from"
    phrase: str = r"(?!)"
    #: nouns that carry their article: "articolul"
    definite: str = r"(?!)"


_GRAMMARS: tuple[Grammar, ...] = (
    Grammar(
        "en",
        "this|the following|the (?:original )?version of this",
        "article|story|piece|post|column|essay|interview|review|op-ed|commentary|report|text|content|feature|excerpt"
        "|version|blog",
        "originally|first|previously|initially|earlier",
        "appeared|published|posted|ran|printed|featured|aired|written",
        "on|in|by|at|with|for|over at|from",
        "(?:re-?published|re-?printed|reproduced|reposted|syndicated|cross-?posted|adapted|excerpted|translated)"
        "(?: here)?(?: with (?:\\w+ ){0,3}permission)?(?: of| from| by| on)|by arrangement with|courtesy of"
        "|read the (?:original|full) (?:article|story|post|piece) (?:on|at|in)",
    ),
    Grammar(
        "nl",
        "dit|deze|het|de",
        "artikel|stuk|verhaal|tekst|bericht|blog|interview|recensie|column|opiniestuk|essay|reportage|versie",
        "oorspronkelijk|origineel|eerder|eerst|voor het eerst|als eerste|aanvankelijk|eerste instantie",
        "verscheen|verschenen|gepubliceerd|geplaatst|gestaan|stond|geschreven",
        "op|in|bij|door|via|voor|bij het",
        "(?:overgenomen|vertaald) (?:van|uit)|met toestemming overgenomen|lees het (?:originele|oorspronkelijke) "
        "(?:artikel|stuk|verhaal) (?:op|bij)",
    ),
    Grammar(
        "de",
        "diese[rs]?|der|die|das",
        "artikel|text|beitrag|stück|interview|bericht|kolumne|kommentar|essay|reportage|blogpost|geschichte|version",
        "zuerst|ursprünglich|zunächst|erstmals|im original|bereits",
        "erschien(?:en)?|veröffentlicht|publiziert|abgedruckt|stand",
        "auf|bei|in|im|von|beim|durch|auf der",
        "(?:übernommen|übersetzt) (?:von|aus)|mit freundlicher genehmigung (?:von|des|der)|lesen sie den "
        "originalartikel (?:auf|bei)",
    ),
    Grammar(
        "fr",
        "cet|cette|ce|l'",
        "article|texte|billet|entretien|interview|tribune|reportage|chronique|papier|histoire|version|publication",
        "d'abord|initialement|originellement|à l'origine|originalement|précédemment|pour la première fois"
        "|en premier lieu",
        "publiée?|parue?|paru|diffusée?|apparue?|écrite?",
        "sur|dans|par|chez|en|au|aux",
        "(?:repris|reproduit|traduit) (?:de|du|avec l'autorisation d[eu])|lire l'article original (?:sur|dans)",
    ),
    Grammar(
        "es",
        "este|esta|el|la",
        "artículo|texto|nota|historia|entrevista|columna|reportaje|publicación|ensayo|post|crónica|versión",
        "originalmente|primero|por primera vez|inicialmente|previamente|anteriormente|originariamente|en un principio",
        "publicó|publicad[oa]|apareció|aparecid[oa]|salió|escrit[oa]",
        "en|por|de|a través de",
        "(?:reproducid[oa]|republicad[oa]|traducid[oa]) (?:de|con (?:el )?permiso de)|lee el artículo original (?:en|de)",
    ),
    Grammar(
        "it",
        "quest[oa]|quest'|l'|il|la",
        "articolo|testo|pezzo|post|intervista|storia|contenuto|saggio|reportage|contributo|versione",
        "originariamente|originalmente|inizialmente|in origine|per la prima volta|precedentemente|prima|in precedenza",
        "pubblicat[oa]|apparso|apparsa|apparve|uscit[oa]|comparso|comparsa|scritto",
        "su|sul|sulla|sull'|sullo|in|da|dal|dalla|nel|nella|per",
        "(?:ripreso|riprodotto|tradotto) (?:da|dal|dalla|con il permesso di)|leggi l'articolo originale su",
    ),
    Grammar(
        "pt",
        "este|esta|essa|esse|o|a",
        "artigo|texto|matéria|reportagem|entrevista|história|coluna|post|conteúdo|notícia|ensaio|versão",
        "originalmente|primeiro|primeiramente|inicialmente|pela primeira vez|anteriormente|originariamente",
        "publicad[oa]|publicou-se|apareceu|saiu|veiculad[oa]|postad[oa]|escrit[oa]",
        "no|na|em|pel[oa]|nos|nas|por",
        "(?:republicad[oa]|reproduzid[oa]|traduzid[oa]) (?:de|d[oa]|com (?:a )?(?:permissão|autorização) d[eoa])"
        "|leia o artigo original (?:em|no|na)",
    ),
    Grammar(
        "sv",
        "den här|denna|detta|det här",
        "artikel|artikeln|text|texten|inlägg|intervju|krönika|berättelse|story|recension|reportage",
        "ursprungligen|först|tidigare|från början|för första gången|original",
        "publicerad(?:es)?|publicerats|publicerat|tryckt",
        "på|i|av|hos",
        "(?:återpublicerad|översatt) från|läs originalartikeln (?:på|hos)",
        definite="artikeln|texten|intervjun|krönikan",
    ),
    Grammar(
        "da",
        "denne|dette|den her",
        "artikel|artiklen|tekst|historie|indlæg|interview|klumme|anmeldelse|reportage|blogindlæg",
        "oprindeligt|oprindelig|først|tidligere|første gang",
        "bragt|udgivet|publiceret|offentliggjort|udkom|trykt|blev bragt",
        "på|i|af|hos|ved",
        "(?:genudgivet|gengivet|oversat) fra|læs den originale artikel (?:på|hos)",
        definite="artiklen|teksten|historien|interviewet",
    ),
    Grammar(
        "no",
        "denne|dette",
        "artikkel|artikkelen|tekst|teksten|sak|saken|innlegg|intervju|kronikk|historie|anmeldelse",
        "opprinnelig|først|tidligere|første gang",
        "publisert|trykket|utgitt|skrevet",
        "på|i|av|hos",
        "(?:gjengitt|oversatt) fra|les originalartikkelen (?:på|hos)",
        definite="artikkelen|teksten|saken|intervjuet",
    ),
    Grammar(
        "pl",
        "ten|ta|niniejszy|poniższy|to",
        "artykuł|tekst|wpis|wywiad|felieton|materiał|reportaż|historia|esej|post",
        "pierwotnie|oryginalnie|po raz pierwszy|wcześniej|początkowo|najpierw",
        "ukazał[ao]?(?: się)?|opublikowan[yaeo]|opublikowano|pojawił(?:a|o)?(?: się)?|publikowan[ya]",
        "na|w|we|przez|na łamach|w serwisie|na stronie",
        "(?:przedruk|przetłumaczon[yoa]) (?:z|za)|za zgodą|przeczytaj oryginalny artykuł (?:na|w)",
    ),
    Grammar(
        "ro",
        "acest|această",
        "articol|articolul|text|textul|material|materialul|interviu|interviul|poveste|povestea|reportaj",
        "inițial|iniţial|original|mai întâi|prima dată|pentru prima dată|anterior|prima oară",
        "apărut[ăa]?|publicat[ăa]?|postat",
        "pe|în|de|la|de către",
        "(?:preluat|tradus|reprodus) (?:de pe|din|de la)|citește articolul original (?:pe|în)",
        definite="articolul|materialul|textul|interviul|povestea",
    ),
    Grammar(
        "ru",
        "эта|этот|данная|данный|это",
        "статья|текст|материал|интервью|колонка|заметка|пост|история|публикация",
        "впервые|первоначально|изначально|ранее|сначала",
        "опубликован[аоы]?|вышл[аио]|появил(?:ась|ся|ось)|вышел",
        "на|в|во|изданием|сайте|журналом|газетой",
        "перепечатано (?:из|с)|перевод с|читайте оригинал(?: статьи)? (?:на|в)",
    ),
    Grammar(
        "el",
        "το|αυτό το|η|αυτή η",
        "άρθρο|κείμενο|συνέντευξη|ιστορία|ρεπορτάζ",
        "αρχικά|πρώτα|για πρώτη φορά|πρώτη φορά|προηγουμένως",
        "δημοσιεύτηκε|δημοσιεύθηκε|εμφανίστηκε|δημοσιευμένο",
        "στο|στη|στην|στον|από το|από",
    ),
    Grammar(
        "sr",
        "ovaj|ova|ovo",
        "članak|tekst|priča|intervju|kolumna",
        "originalno|prvobitno|prvi put|izvorno|prethodno",
        "objavljen[ao]?|izašao|pojavio se",
        "na|u|od strane",
    ),
    Grammar(
        "cs",
        "tento|tato|toto",
        "článek|text|rozhovor|příspěvek|reportáž|příběh",
        "původně|poprvé|nejprve|dříve",
        "vyšel|vyšla|publikován[ao]?|zveřejněn[ao]?|objevil(?:a|o)? se",
        "na|v|ve|u|pro",
    ),
)

#: "Source: NAME"; so common for pictures and agencies that it counts only with the outlet's own name.
_SOURCE = regex.compile(
    r"^[\s*(\[—-]*(?P<label>original source|source|bron|quelle|fuente|fonte|källa|kilde|źródło|sursa|источник|πηγή|izvor|zdroj|via"
    r"|来源|來源|出处|出處|出典|元記事|원문|المصدر)\s*[:：]"
)
_SOURCE_LANGUAGES = {
    "bron": "nl", "quelle": "de", "fuente": "es", "fonte": "it", "källa": "sv", "kilde": "da", "źródło": "pl",
    "sursa": "ro", "источник": "ru", "πηγή": "el", "izvor": "sr", "zdroj": "cs", "来源": "zh", "來源": "zh",
    "出处": "zh", "出處": "zh", "出典": "ja", "元記事": "ja", "원문": "ko", "المصدر": "ar",
}  # fmt: skip

#: A word that no name starts with: weekdays and months make it a date, the rest a pronoun or a place on the page.
_NO_NAME = regex.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december)\b|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
    r"|(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|januar|februar|märz|mai|juni|juli|oktober|dezember"
    r"|(?:this|that|these|other|our|the (?:same|other)|\d)"
)

#: Between the preposition and the name: an article, "our sister site", "the website of". A few words at most.
_FILLER = r"(?:[\"'“„«(]|\b[\p{Ll}'’-]+[,:]? ){0,6}?[\"'“„«(]*(?=[\p{Lu}\p{Lo}])"


@functools.cache
def _compiled(grammar: Grammar) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """What a credit of this language contains, and the preposition before the name. On folded text."""
    said = rf"\b(?:{grammar.adverb})\b.{{0,60}}?\b(?:{grammar.verb})\b|\b(?:{grammar.verb})\b.{{0,40}}?\b(?:{grammar.adverb})\b"
    # German and Dutch put the name between adverb and verb: "zuerst bei Capital erschienen".
    said += rf"|\b(?:{grammar.adverb})\b.{{0,80}}\b(?:{grammar.verb})\b"
    subject = rf"\b(?:{grammar.this})\s?(?:\S+ ){{0,4}}?(?:{grammar.noun})\b|\b(?:{grammar.definite})\b"
    fragment = rf"^\W*(?:(?:{grammar.noun}|foto|photo|text)\W+)?(?:{grammar.adverb}|{grammar.verb}|{grammar.phrase})\b"
    credit = regex.compile(rf"(?:(?P<subject>{subject})|(?P<fragment>{fragment})).{{0,120}}")
    return credit, regex.compile(rf"(?P<said>{said})|(?P<phrase>\b(?:{grammar.phrase})\b)")


@functools.cache
def _before_name(grammar: Grammar) -> regex.Pattern[str]:
    return regex.compile(rf"\b(?:{grammar.preposition})\b\s?")


def _stems(alternatives: Iterable[str]) -> tuple[str, ...]:
    """The literal beginnings of regex alternatives: what must be in a sentence for one of them to match."""
    found = set()
    for alternative in alternatives:
        for branch in regex.split(r"\|(?![^(]*\))", alternative):
            literal = regex.split(r"[\\\[(?*+.]", branch)[0]
            optional = branch[len(literal) : len(literal) + 1] in ("?", "*") and branch[len(literal) :]
            found.add(literal[:-1] if optional else literal)
    # A stem that contains another adds nothing.
    return tuple(stem for stem in found if not any(other != stem and other in stem for other in found))


_ADVERB_STEMS = _stems(grammar.adverb for grammar in _GRAMMARS)
_VERB_STEMS = _stems(grammar.verb for grammar in _GRAMMARS)
_PHRASE_STEMS = (
    "publi", "print", "produ", "syndic", "post", "adapted", "excerpt", "transl", "arrangement", "courtesy", "origin",
    "overgenomen", "vertaald", "toestemming", "übernommen", "übersetzt", "genehmigung", "repris", "tradu", "tradot",
    "ripreso", "riprod", "översatt", "genudgivet", "gengivet", "gjengitt", "oversat", "przedruk", "przetłum", "zgod",
    "preluat", "repro", "перепечат", "перевод", "оригинал",
)  # fmt: skip


def _may_credit(folded: str) -> bool:
    """Whether a sentence holds the words of a credit in any language: a cheap look before the expressions."""
    return (any(stem in folded for stem in _VERB_STEMS) and any(stem in folded for stem in _ADVERB_STEMS)) or any(
        stem in folded for stem in _PHRASE_STEMS
    )


def candidates(text: str, among: Sequence[Span]) -> tuple[Span, ...]:
    """Those of the sentences *among* that may be credits: near an end, short, and with the words of one."""
    edge = max(_EDGE_CHARACTERS, int(len(text) * _EDGE_SHARE))
    found = []
    for sentence in among:
        near_an_end = sentence.start < edge or sentence.end > len(text) - edge
        if near_an_end and sentence.end - sentence.start <= _MOST_CHARACTERS:
            folded = sentence.of(text).casefold()
            if _may_credit(folded) or _SOURCE.match(folded):
                found.append(sentence)
    return tuple(found)


def find_credits(text: str, names: Iterable[str] = (), among: Sequence[Span] | None = None) -> tuple[Credit, ...]:
    """The credit lines in *text*, in order.

    *names* are what the outlet of the story is called; `Credit.name` is the longest of them that the line contains,
    and empty if the line names somebody else. *among* are the `candidates`, if they are known already.
    """
    wanted = tuple(sorted({name for name in names if name.strip()}, key=len, reverse=True))
    places = candidates(text, sentences(text)) if among is None else among
    return tuple(credit for place in places if (credit := _credit(text, place, wanted)))


def best_credit(credits: Sequence[Credit]) -> Credit | None:
    """The one to show: one that names the outlet before one that does not, the last before the first."""
    named = [credit for credit in credits if credit.name]
    candidates = named or credits
    return candidates[-1] if candidates else None


def _credit(text: str, sentence: Span, names: tuple[str, ...]) -> Credit | None:
    line = sentence.of(text)
    folded = fold(line)
    for grammar in _GRAMMARS:
        subject, said = _compiled(grammar)
        about = subject.search(folded.text)
        claim = said.search(folded.text, about.start()) if about else None
        if claim is None:
            continue
        tails = [
            line[folded.starts[place.end()] :]
            for place in _before_name(grammar).finditer(folded.text, claim.start())
            if place.end() < len(folded.starts)
        ]
        name = next((name for name in names if any(_named(tail, name) for tail in tails)), "")
        if name or any(_names_somebody(tail) for tail in tails):
            return Credit(line, sentence.start, sentence.end, name, grammar.language)
    source = _SOURCE.match(folded.text)
    if source:
        rest = line[folded.ends[source.end() - 1] :]
        name = next((name for name in names if _named(rest, name)), "")
        if name:
            return Credit(line, sentence.start, sentence.end, name, _SOURCE_LANGUAGES.get(source.group("label"), "en"))
    return None


#: The name stands this near behind the preposition ...
_NAME_WITHIN = 60
#: ... and no other name between them: "by The Guardian, VICE reported" credits The Guardian.
_CAPITAL = regex.compile(r"\b\p{Lu}")


def _named(tail: str, name: str) -> bool:
    place = _name_pattern(name).search(tail)
    return place is not None and place.start() <= _NAME_WITHIN and len(_CAPITAL.findall(tail[: place.start()])) <= 1


@functools.lru_cache(maxsize=4096)
def _name_pattern(name: str) -> regex.Pattern[str]:
    """*name* as a whole word. If it starts with a capital, so must the word: "Vice" is an outlet, "vice" a sin."""
    exact = regex.escape(name.strip(), special_only=True).replace(r"\ ", " ").replace(" ", r"\s+")
    initial = name.strip()[:1]
    guard = r"(?=(?-i:\p{Lu}))" if initial.isupper() else ""
    return regex.compile(rf"(?<![\p{{L}}\p{{N}}]){guard}{exact}(?![\p{{L}}\p{{N}}])", regex.IGNORECASE | regex.VERSION1)


def _names_somebody(tail: str) -> bool:
    """Whether *tail* starts with a name: a capital that starts neither a date nor a pronoun."""
    filler = regex.match(_FILLER, tail)
    return filler is not None and not _NO_NAME.match(tail[filler.end() :].casefold())
