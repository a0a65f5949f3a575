"""Words that turn, weaken, count or date a statement, by language. Data, and how a word is looked up in it.

The main languages of news are covered (en, nl, de, fr, es, it, pt), some more with their negations alone. A language
that is not listed is read with the words of all, which finds a little too much rather than too little: what is found
here only names and ranks an edit, it hides none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import regex

NEGATIONS = {
    "en": "no not never none nobody nothing nor neither without cannot nowhere hardly refused denied denies deny denying",
    "nl": "niet geen nooit niemand niets niks noch zonder nimmer evenmin nergens ontkent ontkende ontkennen",
    "de": "nicht kein keine keinen keinem keiner keines keinerlei nie niemals niemand niemanden niemandem nichts ohne "
    "weder nirgends dementiert dementierte bestreitet bestritt",
    "fr": "ne pas jamais aucun aucune rien sans non ni personne nullement dément démenti nie",
    "es": "no nunca nadie nada ningún ninguno ninguna sin tampoco jamás ni niega negó desmintió desmiente",
    "it": "non mai nessuno nessuna nessun niente nulla senza né neppure nega",
    "pt": "não nunca nenhum nenhuma ninguém nada sem jamais nem nega",
    "pl": "nie nigdy nikt nic bez ani żaden",
    "ru": "не нет никогда никто ничего без ни",
    "uk": "не ні ніколи ніхто нічого без",
    "sv": "inte ingen inga inget aldrig utan",
    "da": "ikke ingen intet aldrig uden",
    "no": "ikke ingen intet aldri uten",
    "cs": "ne není nikdy nikdo nic bez",
    "tr": "değil yok hiç asla",
    "ar": "لا لم لن ليس ليست غير بدون دون",
    "he": "לא אין בלי אף",
    "zh": "不 没 沒 未 无 無 非 否",
}

#: Words that leave open whether a statement holds.
HEDGES = {
    "en": "alleged allegedly reportedly apparently supposedly suspected claimed claims unconfirmed unverified likely "
    "unlikely possible possibly probable probably perhaps maybe may might could would should must will presumably "
    "purported purportedly believed rumoured rumored seemingly roughly nearly almost approximately around about "
    "preliminary initial estimated",
    "nl": "vermeend vermeende vermoedelijk vermoedelijke naar verluidt zou zouden mogelijk mogelijke waarschijnlijk "
    "waarschijnlijke misschien wellicht blijkbaar onbevestigd onbevestigde kan kunnen kon moet moeten zal zullen "
    "schijnbaar zogenaamd zogenaamde verdacht verdachte naar-verluidt bijna ongeveer circa zo'n voorlopig voorlopige",
    "de": "angeblich angebliche angeblichen angeblicher angeblichem mutmaßlich mutmaßliche mutmaßlichen mutmaßlicher "
    "offenbar möglicherweise wahrscheinlich vermutlich vermutliche soll sollen könnte könnten dürfte dürften muss "
    "müssen wird vielleicht unbestätigt unbestätigte unbestätigten unbestätigter wohl anscheinend vermeintlich "
    "vermeintliche vermeintlichen fast rund etwa ungefähr vorläufig vorläufige vorläufigen",
    "fr": "présumé présumée présumés présumées prétendu prétendue prétendument probablement apparemment aurait "
    "auraient pourrait pourraient serait seraient doit peut peut-être possible possibles éventuel éventuelle "
    "soi-disant supposé supposée vraisemblablement presque environ quelque provisoire",
    "es": "presunto presunta presuntos presuntas presuntamente supuesto supuesta supuestos supuestas supuestamente "
    "posible posibles posiblemente probable probablemente quizás quizá podría podrían habría habrían sería debe "
    "aparentemente aparente casi unos unas aproximadamente cerca preliminar",
    "it": "presunto presunta presunti presunte presumibilmente forse probabilmente potrebbe potrebbero sarebbe "
    "sarebbero avrebbe avrebbero deve possibile apparentemente quasi circa",
    "pt": "suposto suposta supostos supostas supostamente talvez provavelmente poderia poderiam teria teriam seria "
    "deve possível aparentemente alegado alegada alegadamente quase cerca",
}

#: Adjectives and adverbs that carry a claim by themselves: without them the sentence says something else.
QUALIFIERS = {
    "en": "false falsely fake bogus untrue true misleading baseless unfounded wrong illegal illegally unlawful unarmed "
    "armed innocent guilty violent peaceful deliberate accidental secret official unofficial first only last all "
    "anonymous fabricated doctored disputed controversial forced civilian",
    "nl": "vals valse onjuist onjuiste nep onwaar misleidend misleidende ongegrond ongegronde illegaal illegale "
    "onwettig onwettige ongewapend ongewapende gewapend gewapende onschuldig onschuldige schuldig gewelddadig "
    "gewelddadige vreedzaam vreedzame geheim geheime officieel officiële eerste enige laatste alle anonieme "
    "verzonnen omstreden vervalst vervalste",
    "de": "falsch falsche falschen falscher falsches gefälscht gefälschte gefälschten unwahr unwahre irreführend "
    "irreführende irreführenden haltlos haltlose haltlosen illegal illegale illegalen rechtswidrig rechtswidrige "
    "unbewaffnet unbewaffnete unbewaffneten bewaffnet bewaffnete bewaffneten unschuldig unschuldige schuldig "
    "gewaltsam gewaltsame friedlich friedliche friedlichen geheim geheime geheimen offiziell offizielle erste einzige "
    "letzte alle anonyme erfunden erfundene erfundenen umstritten umstrittene umstrittenen",
    "fr": "faux fausse fausses fallacieux fallacieuse trompeur trompeuse infondé infondée illégal illégale illégaux "
    "illégales armé armée armés désarmé innocent innocente coupable violent violente pacifique secret secrète "
    "officiel officielle premier première seul seule dernier tous toutes anonyme inventé contesté contestée truqué "
    "truquée mensonger mensongère",
    "es": "falso falsa falsos falsas engañoso engañosa infundado infundada ilegal ilegales armado armada armados "
    "desarmado desarmada inocente culpable violento violenta pacífico pacífica secreto secreta oficial primer primera "
    "única único último todos todas anónimo anónima inventado polémico polémica manipulado manipulada",
    "it": "falso falsa falsi false ingannevole infondato infondata illegale illegali armato disarmato innocente "
    "colpevole violento pacifico segreto ufficiale primo unico ultimo tutti anonimo inventato",
    "pt": "falso falsa falsos falsas enganoso enganosa infundado infundada ilegal ilegais armado desarmado inocente "
    "culpado violento pacífico secreto oficial primeiro único último todos anônimo anónimo inventado",
}

_NUMBERS = {
    "en": "zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 "
    "thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 "
    "forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 hundred=100 thousand=1000 million=1000000 "
    "billion=1000000000 trillion dozen=12 half quarter third twice thrice double triple hundreds thousands millions "
    "billions dozens scores",
    "nl": "nul=0 een=1 één=1 twee=2 drie=3 vier=4 vijf=5 zes=6 zeven=7 acht=8 negen=9 tien=10 elf=11 twaalf=12 "
    "dertien=13 veertien=14 vijftien=15 zestien=16 zeventien=17 achttien=18 negentien=19 twintig=20 dertig=30 "
    "veertig=40 vijftig=50 zestig=60 zeventig=70 tachtig=80 negentig=90 honderd=100 duizend=1000 miljoen=1000000 "
    "miljard=1000000000 biljoen honderden duizenden miljoenen miljarden tientallen tiental dozijn=12 helft half kwart "
    "derde dubbel tweemaal driemaal",
    "de": "null=0 ein=1 eine=1 einen=1 einem=1 einer=1 eins=1 zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 "
    "neun=9 zehn=10 elf=11 zwölf=12 dreizehn=13 vierzehn=14 fünfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 "
    "neunzehn=19 zwanzig=20 dreißig=30 vierzig=40 fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90 hundert=100 "
    "tausend=1000 million millionen=1000000 milliarde milliarden=1000000000 billion billionen hunderte hunderten "
    "tausende tausenden dutzend=12 dutzende dutzenden hälfte halb halbe viertel drittel doppelt zweimal dreimal",
    "fr": "zéro=0 un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 "
    "treize=13 quatorze=14 quinze=15 seize=16 dix-sept=17 dix-huit=18 dix-neuf=19 vingt=20 trente=30 quarante=40 "
    "cinquante=50 soixante=60 soixante-dix=70 quatre-vingt=80 quatre-vingts=80 quatre-vingt-dix=90 septante=70 "
    "nonante=90 cent=100 cents=100 mille=1000 million=1000000 millions=1000000 milliard=1000000000 "
    "milliards=1000000000 centaines milliers dizaine=10 dizaines douzaine=12 centaine=100 millier=1000 vingtaine=20 "
    "trentaine=30 quarantaine=40 cinquantaine=50 quinzaine=15 moitié demi quart tiers double triple",
    "es": "cero=0 un=1 uno=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 "
    "doce=12 trece=13 catorce=14 quince=15 dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19 veinte=20 "
    "veintiún=21 veintiuno=21 veintidós=22 veintitrés=23 veinticuatro=24 veinticinco=25 veintiséis=26 veintisiete=27 "
    "veintiocho=28 veintinueve=29 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90 "
    "cien=100 ciento=100 doscientos=200 doscientas=200 trescientos=300 trescientas=300 cuatrocientos=400 "
    "quinientos=500 quinientas=500 seiscientos=600 setecientos=700 ochocientos=800 novecientos=900 mil=1000 "
    "millón=1000000 millones=1000000 cientos miles decenas decena=10 docena=12 docenas mitad medio media cuarto tercio "
    "doble triple",
    "it": "zero=0 un=1 uno=1 una=1 due=2 tre=3 quattro=4 cinque=5 sei=6 sette=7 otto=8 nove=9 dieci=10 undici=11 "
    "dodici=12 tredici=13 quattordici=14 quindici=15 sedici=16 diciassette=17 diciotto=18 diciannove=19 venti=20 "
    "trenta=30 quaranta=40 cinquanta=50 sessanta=60 settanta=70 ottanta=80 novanta=90 cento=100 mille=1000 mila=1000 "
    "milione=1000000 milioni=1000000 miliardo=1000000000 miliardi=1000000000 centinaia migliaia decine metà mezzo "
    "quarto terzo doppio",
    "pt": "zero=0 um=1 uma=1 dois=2 duas=2 três=3 quatro=4 cinco=5 seis=6 sete=7 oito=8 nove=9 dez=10 onze=11 doze=12 "
    "treze=13 catorze=14 quatorze=14 quinze=15 dezesseis=16 dezassete=17 dezessete=17 dezoito=18 dezenove=19 "
    "vinte=20 trinta=30 quarenta=40 cinquenta=50 sessenta=60 setenta=70 oitenta=80 noventa=90 cem=100 cento=100 "
    "duzentos=200 trezentos=300 quinhentos=500 mil=1000 milhão=1000000 milhões=1000000 bilhão=1000000000 "
    "bilhões=1000000000 centenas milhares dezenas dezena=10 dúzia=12 metade meio quarto terço dobro",
}
_ORDINALS = (
    "second third fourth fifth sixth seventh eighth ninth tenth eerste tweede derde vierde vijfde zesde zevende achtste "
    "negende tiende zweite zweiten zweiter dritte dritten dritter vierte vierten fünfte fünften sechste siebte achte "
    "neunte zehnte deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième segundo segunda "
    "tercer tercera tercero cuarto cuarta quinto quinta sexto séptimo octavo noveno décimo secondo seconda terza "
    "terceiro terceira"
)

MONTHS = {
    "en": "january february march april may june july august september october november december",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}
_OTHER_DAYS = {
    "en": "yesterday today tomorrow tonight",
    "nl": "gisteren vandaag morgen eergisteren overmorgen maandagochtend maandagavond dinsdagochtend dinsdagavond "
    "woensdagochtend woensdagavond donderdagochtend donderdagavond vrijdagochtend vrijdagavond zaterdagochtend "
    "zaterdagavond zondagochtend zondagavond",
    "de": "sonnabend gestern heute morgen vorgestern übermorgen montagabend dienstagabend mittwochabend donnerstagabend "
    "freitagabend samstagabend sonntagabend montagmorgen dienstagmorgen mittwochmorgen donnerstagmorgen freitagmorgen "
    "samstagmorgen sonntagmorgen",
    "fr": "hier aujourd'hui demain",
    "es": "ayer hoy mañana anteayer",
    "it": "ieri oggi domani",
    "pt": "ontem hoje amanhã",
}
_UNITS = (
    "second seconds minute minutes hour hours day days night nights week weeks month months year years decade decades "
    "percent procent prozent porcentaje percentage kilometer kilometers kilometre kilometres miles mile metres meters "
    "metre meter feet tonnes tons ton kilo kilos kilograms grams litres liters gallons degrees celsius fahrenheit "
    "dollar dollars euro euros pound pounds pond yen yuan rubles roubles francs franken kronor pesos reais "
    "seconden seconde minuten minuut uur uren dag dagen nacht nachten weken maand maanden jaar jaren eeuw mijl meter "
    "ton kilo liter graden roebel sekunde sekunden stunde stunden tag tage tagen nächte woche wochen monat monate "
    "monaten jahr jahre jahren kilometern metern tonnen liter grad rubel seconde secondes heure heures jour jours nuit "
    "nuits semaine semaines mois an ans année années décennie kilomètres kilomètre mètres mètre tonne degrés livres "
    "roubles segundo segundos minuto minutos hora horas día días noche noches semana semanas mes meses año años "
    "kilómetros kilómetro metros metro toneladas grados dólares dólar libras rublos ore ora giorni giorno settimana "
    "settimane mese mesi anno anni chilometri metri tonnellate gradi dollari sterline dias dia ano anos mês quilômetros "
    "quilómetros graus dólares km cm mm kg mph kwh mw gw"
)

_SIGN = regex.compile(r"[\p{Sc}%‰°±]")
_DIGIT = regex.compile(r"\p{N}")
#: French elision before a vowel: "n'a", "qu'une", "d'avril".
_ELIDED = regex.compile(r"^(?:n|d|l|qu|j|s|m|t|c|dell|nell|all|un|sull|dall)'", regex.IGNORECASE)
_AND = {"nl": ("en", "ën"), "de": ("und",)}


@lru_cache(maxsize=256)
def words_in(table: str, language: str) -> frozenset[str]:
    """The words of one language in a table; of all that the table knows, if it does not know this one."""
    found = _TABLES[table]
    return frozenset((found[language] if language in found else " ".join(found.values())).split())


@lru_cache(maxsize=2**15)
def sorts_of(word: str, language: str) -> frozenset[str]:
    """All that a word may be told as: "figure", "date", "unit", "negation", "hedge", "qualifier".

    An elided or contracted form counts as its word.

    >>> "negation" in sorts_of("isn't", "en"), "negation" in sorts_of("n'a", "fr"), "negation" in sorts_of("now", "en")
    (True, True, False)
    """
    plain = _plain(word)
    forms = {plain, _unelided(plain)}
    sorts = {table for table in _TABLES if not forms.isdisjoint(words_in(table, language))}
    if "'" in plain and (
        (plain.endswith("n't") and language in ("en", "")) or (plain.startswith("n'") and language in ("fr", ""))
    ):
        sorts.add("negation")
    if is_number(word, language) or is_one(word, language):
        sorts.add("figure")
        sorts.discard("date")
    if is_unit(word):
        sorts.add("unit")
    return frozenset(sorts) if sorts else _NO_SORTS


_NO_SORTS: frozenset[str] = frozenset()


@lru_cache(maxsize=64)
def _number_words(language: str) -> Mapping[str, int | None]:
    tables = [_NUMBERS[language]] if language in _NUMBERS else list(_NUMBERS.values())
    pairs = (entry.partition("=") for table in tables for entry in table.split())
    return {word: int(value) if value else None for word, _, value in pairs}


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _unelided(plain: str) -> str:
    return _ELIDED.sub("", plain) if "'" in plain else plain


@lru_cache(maxsize=2**14)
def number_value(word: str, language: str) -> float | None:
    """What a figure or a spelled-out number says; None if it is none or says no certain value.

    >>> number_value("twelve", "en"), number_value("eenentwintig", "nl"), number_value("1.200", "de")
    (12, 21, 1200.0)
    """
    if not word.isalpha() and _DIGIT.search(word):
        return _figure(word)
    plain = _unelided(_plain(word))
    known = _number_words(language)
    if plain in known:
        return known[plain]
    return _compound(plain, known, language)


@lru_cache(maxsize=2**14)
def is_number(word: str, language: str) -> bool:
    """Whether it is a figure or stands for one: "12", "twelve", "einundzwanzig", "second", "dozens"; no article.

    >>> is_number("fünf", "de"), is_number("ein", "de"), is_number("B-52", "en")
    (True, False, True)
    """
    if not word.isalpha() and _DIGIT.search(word):
        return True
    plain = _unelided(_plain(word))
    known = _number_words(language)
    if plain in known:
        return known[plain] != 1 or plain in ("one", "één", "eins")
    return plain in _ORDINAL_WORDS or _compound(plain, known, language) is not None


def is_one(word: str, language: str) -> bool:
    """Whether it is the number one or the article, which many languages do not tell apart."""
    return _number_words(language).get(word.lower()) == 1


def is_sign(key: str) -> bool:
    """Whether a sign changes what a figure says: a currency, per cent, a degree."""
    return _SIGN.match(key) is not None


def is_unit(word: str) -> bool:
    return word.lower() in _UNIT_WORDS or is_sign(word)


def _figure(word: str) -> float | None:
    if not regex.fullmatch(r"\d+(?:[.,]\d+)*", word):
        return None
    whole, *groups = regex.split(r"[.,]", word)
    if groups and all(len(group) == 3 for group in groups) and (len(whole) <= 3 and whole != "0"):
        return float(whole + "".join(groups))
    if len(groups) == 1:
        return float(f"{whole}.{groups[0]}")
    if len(groups) > 1 and all(len(group) == 3 for group in groups[:-1]):
        return float(whole + "".join(groups[:-1]) + "." + groups[-1])
    return float(whole) if not groups else None


def _compound(word: str, known: Mapping[str, int | None], language: str) -> int | None:
    """ "twenty-one", "eenentwintig", "zweihundert": parts that are numbers themselves."""
    if len(word) > 40 or not ("-" in word or language in _AND or not language):
        return None
    for link in ("-et-", "-", *_AND.get(language, ("en", "ën", "und"))):
        head, found, tail = word.partition(link) if link == "-et-" else word.rpartition(link)
        one, other = known.get(head), known.get(tail)
        if found and one is not None and other is not None and min(one, other) < 100:
            return one + other
        if found and link == "-" and other is not None and (base := _compound(head, known, language)) is not None:
            return base + other
    for unit in ("hundert", "tausend", "honderd", "duizend"):
        head, found, tail = word.partition(unit)
        size = known.get(unit)
        if found and size is not None and (head or tail):
            lead = known.get(head, _compound(head, known, language)) if head else 1
            rest = number_value(tail.removeprefix("und"), language) if tail else 0
            if lead is not None and rest is not None:
                return int(lead * size + rest)
    return None


def folded(word: str) -> str:
    """*word* without case, accents and joints: what a spelling variant shares with its twin."""
    if word.isascii() and word.isalnum():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word).casefold().replace("ß", "ss")
    return "".join(letter for letter in plain if letter.isalnum())


_ORDINAL_WORDS = frozenset(_ORDINALS.split())
_UNIT_WORDS = frozenset(_UNITS.split())
DATES = {language: f"{MONTHS[language]} {WEEKDAYS[language]} {_OTHER_DAYS[language]}" for language in MONTHS}
_TABLES = {"negation": NEGATIONS, "hedge": HEDGES, "qualifier": QUALIFIERS, "date": DATES}
