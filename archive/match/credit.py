"""Credit lines: "This article originally appeared on VICE US", in the languages of the copies.

One row a language: noun, adverb, verb, preposition, and the name that follows. A sentence is a credit if it stands
near the start or the end of the text, speaks of this piece itself ("this article", or a fragment without a subject:
"Originally published on …"), says that it appeared first or was taken over, and names where.

Two credits name nobody and are taken all the same: "This column is republished with permission", because it says that
the piece was taken over; and a name in small letters, if it is a site's address or stands right behind the verb.
Chinese, Japanese, Korean and Arabic have sentences of another build, each written as one expression: see `_WHOLE`.

What looks like one and is none: a date ("First published on Friday"), a language ("im Original auf Englisch"), a book or
film ("the novel was originally published by …"), a legal footer ("articles originally published on other editions are
the property of …", "转载请注明出处"), and the other direction ("this article was reprinted on Wired.com").
Some 1 % of the news pages in our samples carry a credit; VICE editions, The Conversation and agencies' partners do.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from archive.text import Folded, Span, fold, sentences
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
    #: whole phrases that say that it was taken over, and need no name: "republished with permission"
    permitted: str = r"(?!)"
    #: no preposition stands before the name, it has an ending: "VICE'da yayımlandı"
    by_ending: bool = False


_GRAMMARS: tuple[Grammar, ...] = (
    Grammar(
        "en",
        "this|the following|the (?:original )?version of this|(?:an?|the) (?:\\S+ ){0,3}?version of (?:an?|the|this)",
        "article|story|piece|post|column|essay|interview|review|op-ed|commentary|report|text|content|feature|excerpt"
        "|version|blog|analysis|dispatch|editorial|opinion|item|guide|profile|list|podcast|q&a|reporting|work",
        "originally|first|previously|initially|earlier|simultaneously|also",
        "appeared|published|posted|ran|printed|featured|aired|written|reported|produced|appears|co-?published",
        "on|in|by|at|with|for|over at|from|via",
        # Not "reprinted on" or "by": that is where else it went.
        "(?:re-?published|re-?printed|reproduced|reposted|syndicated|cross-?posted|adapted|excerpted|translated)"
        "(?: here)?(?: with (?:\\w+ ){0,3}permission)?(?: and \\w+)?(?: of| from)|by (?:arrangement with|(?:kind )?permission of)"
        "|courtesy of|with (?:kind )?permission (?:of|from)"
        "|(?:read|see|view) the (?:original|full) (?:article|story|post|piece|report|version) (?:on|at|in|from)",
        permitted="(?:re-?published|re-?printed|reproduced|reposted|used|shared)(?: here| online)? (?:with|by) (?:\\w+ ){0,2}permission"
        "|re-?published(?: here)? under (?:an? )?(?:\\S+ ){0,3}(?:licen[cs]e|creative commons)",
    ),
    Grammar(
        "nl",
        "dit|deze|het|de",
        "artikel|stuk|verhaal|tekst|bericht|blog|interview|recensie|column|opiniestuk|essay|reportage|versie|opinie|blogpost"
        "|nieuwsbericht|analyse|bijdrage",
        "oorspronkelijk|origineel|eerder|eerst|voor het eerst|als eerste|aanvankelijk|eerste instantie",
        "verscheen|verschenen|verschijnt|gepubliceerd|geplaatst|gestaan|stond|geschreven|gepost",
        "op|in|bij|door|via|voor|bij het",
        "(?:overgenomen|vertaald) (?:van|uit|via)|met toestemming (?:van|overgenomen (?:van|uit))|lees het "
        "(?:originele|oorspronkelijke|hele) (?:artikel|stuk|verhaal) (?:op|bij|in)",
        permitted="met (?:vriendelijke )?toestemming (?:overgenomen|gepubliceerd|geplaatst)|overgenomen met toestemming",
    ),
    Grammar(
        "de",
        "diese[rs]?|der|die|das",
        "artikel|text|beitrag|stück|interview|bericht|kolumne|kommentar|essay|reportage|blogpost|geschichte|version"
        "|gastbeitrag|gastkommentar|meldung|analyse|porträt|blogbeitrag|recherche|rezension",
        "zuerst|ursprünglich|zunächst|erstmals|im original|bereits",
        "erschien(?:en)?|erscheint|veröffentlicht|publiziert|abgedruckt|stand|gestanden",
        "auf|bei|in|im|von|beim|durch|auf der",
        "(?:übernommen|übersetzt) (?:von|aus)|mit freundlicher genehmigung (?:von|des|der)|lesen sie den "
        "originalartikel (?:auf|bei)",
        permitted="mit (?:freundlicher )?genehmigung (?:übernommen|veröffentlicht|abgedruckt|nachgedruckt)",
    ),
    Grammar(
        "fr",
        "cet|cette|ce|l'",
        "article|texte|billet|entretien|interview|tribune|reportage|chronique|papier|histoire|version|publication",
        "d'abord|initialement|originellement|à l'origine|originalement|précédemment|pour la première fois"
        "|en premier lieu",
        "publiée?|parue?|paru|diffusée?|apparue?|écrite?|mise? en ligne",
        "sur|dans|par|chez|en|au|aux",
        "(?:repris|reproduit|traduit|republié) (?:de|du|depuis|avec l'autorisation d[eu])|lire l'article original (?:sur|dans)",
        permitted="(?:reproduit|republié|repris|publié)e? avec l'(?:aimable )?autorisation",
    ),
    Grammar(
        "es",
        "este|esta|el|la",
        "artículo|texto|nota|historia|entrevista|columna|reportaje|publicación|ensayo|post|crónica|versión",
        "originalmente|primero|por primera vez|inicialmente|previamente|anteriormente|originariamente|en un principio",
        "publicó|publicad[oa]|publica|apareció|aparecid[oa]|salió|escrit[oa]|difundid[oa]",
        "en|por|de|a través de",
        "(?:reproducid[oa]|republicad[oa]|traducid[oa]) (?:de|con (?:el )?permiso de)|lee el artículo original (?:en|de)",
        permitted="se (?:reproduce|publica|republica) (?:aquí )?con (?:el )?(?:permiso|autorización)"
        "|(?:reproducid|republicad)[oa] con (?:el )?(?:permiso|autorización)",
    ),
    Grammar(
        "it",
        "quest[oa]|quest'|l'|il|la",
        "articolo|testo|pezzo|post|intervista|storia|contenuto|saggio|reportage|contributo|versione",
        "originariamente|originalmente|inizialmente|in origine|per la prima volta|precedentemente|prima|in precedenza",
        "pubblicat[oa]|apparso|apparsa|apparve|uscit[oa]|comparso|comparsa|scritto",
        "su|sul|sulla|sull'|sullo|in|da|dal|dalla|nel|nella|per",
        "(?:ripreso|riprodotto|tradotto) (?:da|dal|dalla|con il permesso di)|leggi l'articolo originale su",
        permitted="(?:riprodott|ripubblicat|pubblicat)[oa] (?:con il permesso|per gentile concessione|su autorizzazione)",
    ),
    Grammar(
        "pt",
        "este|esta|essa|esse|o|a",
        "artigo|texto|matéria|reportagem|entrevista|história|coluna|post|conteúdo|notícia|ensaio|versão",
        "originalmente|primeiro|primeiramente|inicialmente|pela primeira vez|anteriormente|originariamente",
        "publicad[oa]|publicou-se|apareceu|saiu|veiculad[oa]|postad[oa]|escrit[oa]|divulgad[oa]",
        "no|na|em|pel[oa]|nos|nas|por",
        "(?:republicad[oa]|reproduzid[oa]|traduzid[oa]) (?:de|d[oa]|com (?:a )?(?:permissão|autorização) d[eoa])"
        "|leia o artigo original (?:em|no|na)",
        permitted="(?:republicad|reproduzid|publicad)[oa] com (?:a )?(?:permissão|autorização)",
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
        "bragt|udgivet|publiceret|offentliggjort|udkom|trykt|blev bragt|skrevet",
        "på|i|af|hos|ved|til",
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
        "ukazał[ao]?(?: się)?|opublikowan[yaeo]|opublikowano|pojawił(?:a|o)?(?: się)?|publikowan[ya]|wydan[ya]",
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
        "originalno|prvobitno|prvi put|izvorno|prethodno|ranije",
        "objavljen[ao]?|objavio|izašao|pojavio se|preuzet[ao]?",
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
    Grammar(
        "sk",
        "tento|táto|toto",
        "článok|text|rozhovor|príspevok|reportáž|príbeh|komentár",
        "pôvodne|prvýkrát|po prvýkrát|najprv|skôr",
        "vyšiel|vyšla|publikovan[ýáé]|uverejnen[ýáé]|zverejnen[ýáé]",
        "na|v|vo|pre",
    ),
    Grammar(
        "uk",
        "ця|цей|цю|це|дана",
        "стаття|статтю|текст|матеріал|інтерв'ю|колонка|публікація|історія",
        "вперше|спочатку|спершу|раніше|початково",
        "опублікован[аоий]|опубліковано|вийшл?[аов]?|з'явил(?:ась|ося|ася)|з'явився",
        "на|в|у|виданням|сайті|порталі",
        "передрук (?:з|із)|переклад (?:з|із)|читайте оригінал (?:на|в|у)",
    ),
    Grammar(
        "bg",
        "тази|този|това|настоящата",
        "статия|текст|материал|интервю|коментар|публикация",
        "първоначално|за пръв път|за първи път|първо|по-рано",
        "публикуван[ао]?|излезе|излязла|появи се",
        "в|във|на|от",
        definite="статията|текстът|материалът|интервюто",
    ),
    Grammar(
        "ca",
        "aquest|aquesta|l'",
        "article|text|entrevista|reportatge|peça|història",
        "originalment|per primera vegada|inicialment|primer|prèviament",
        "publicat|publicada|publicar|aparegut|aparèixer|sortit",
        "a|al|a la|en|per",
    ),
    Grammar(
        "id",
        "ini",
        "artikel|berita|tulisan|cerita|wawancara|opini|konten",
        "pertama kali|sebelumnya|awalnya|aslinya|telah|sudah",
        "tayang|terbit|diterbitkan|dipublikasikan|dimuat|muncul|ditayangkan",
        "di|oleh|pada|dari",
        definite="(?:artikel|berita|tulisan|cerita|wawancara|opini|konten) ini",
    ),
    Grammar(
        "vi",
        "này",
        "bài viết|bài báo|bài",
        "lần đầu|lần đầu tiên|đầu tiên|trước đó|ban đầu|gốc",
        "đăng|đăng tải|xuất bản|công bố",
        "trên|tại|ở|bởi",
        definite="bài (?:viết |báo )?(?:này|gốc)",
    ),
    Grammar(
        "tr",
        "bu",
        "yazı|makale|haber|metin|röportaj|içerik|söyleşi|deneme|hikaye",
        "ilk olarak|ilk kez|ilk defa|daha önce|orijinal olarak|aslen",
        "yayımlan\\w+|yayınlan\\w+|çıkmış\\w*|çıktı",
        r"(?!)",
        by_ending=True,
    ),
    Grammar(
        "fi",
        "tämä|kyseinen",
        "juttu|artikkeli|teksti|kirjoitus|kolumni|haastattelu|tarina|arvostelu",
        "alun perin|alunperin|ensimmäisen kerran|aiemmin|alkujaan",
        "julkais\\w+|ilmesty\\w+|ilmestynyt",
        r"(?!)",
        definite="juttu|artikkeli|teksti|kirjoitus|kolumni|haastattelu",
        by_ending=True,
    ),
    Grammar(
        "hu",
        "ez a|ez az|a|az|e",
        "cikk|írás|szöveg|interjú|anyag|riport|történet|cikkünk",
        "eredetileg|először|első alkalommal|korábban",
        "megjelent|jelent meg|közölt\\w*|publikált\\w*",
        r"(?!)",
        by_ending=True,
    ),
)

_NAME_OF_SOURCE = r"(?P<name>[^\s，。、；;：:（）()【】\[\]<>《》“”「」|｜]{2,30})"
#: Languages whose sentences are of another build. Each expression holds the name.
_WHOLE: tuple[tuple[str, regex.Pattern[str]], ...] = tuple(
    (language, regex.compile(pattern))
    for language, pattern in (
        # Not "转载请注明出处" (if you reprint, name the source), not "均为转载自其他媒体" (what is reprinted comes from others).
        (
            "zh",
            r"(?:^|[\s（(【\[。，,：:—-])(?:本文|文章|此文|稿件|原文)?(?:系|是|已)?(?:(?:转载|轉載|转|轉|摘)自|(?:原载|原載|首发|首發|原刊|首刊|刊载|刊載|发表)"
            r"(?:于|於|在)|原载|原載|(?:出处|出處|原文出处|转载来源)\s*[：:])\s*[《“「：:]?\s*(?!其他|本站|本网|本報|本报|网络|網絡|互联网|各|请|如)"
            + _NAME_OF_SOURCE,
        ),
        ("ja", r"(?<![無断])(?:初出|転載元|掲載元)\s*[：:]\s*[『「]?" + _NAME_OF_SOURCE),
        ("ja", r"(?P<name>[^\s、。（）「」『』]{2,30})[』」]?(?:より|から)(?:許可を得て)?転載"),
        (
            "ja",
            r"(?:この|本|当)(?:記事|コラム|稿|文章|インタビュー|論考)は[、,]?.{0,20}?[『「]?(?P<name>[^\s、。（）「」『』は]{2,30}?)[』」]?"
            r"(?<![年月日]|\d)(?:に|で|にて)(?:最初に|初めて|当初)?(?:掲載|公開|配信|発表|寄稿)(?:さ|し)",
        ),
        (
            "ko",
            r"이\s?(?:기사|글|칼럼|인터뷰|원고)[은는이가]\s.{0,20}?(?P<name>[\p{L}\p{N}.&'’\s-]{2,24}?)(?<![년월일]|\d)에(?:서)?\s"
            r".{0,12}?(?:게재|실린|실렸|발표|공개|발행)",
        ),
        (
            "ar",
            r"(?:نشر|نُشر|نشرت|نُشرت|ظهر|ظهرت)\s+(?:هذا|هذه)\s+(?:المقال|المقالة|التقرير|النص|المادة|القصة|المقابلة|الحوار)"
            r"\s.{0,30}?(?:أول|أصل|الأصل|مرة|سابق|بداية)\w*\s.{0,20}?(?:في|على|لدى)\s+(?P<name>[^.،؛\n]{2,40})",
        ),
        (
            "ar",
            r"(?:هذا|هذه)\s+(?:المقال|المقالة|التقرير|النص|المادة|القصة|المقابلة|الحوار)\s.{0,20}?(?:نشر|نُشر|نشرت|نُشرت|ظهر|ظهرت)"
            r"\s.{0,30}?(?:أول|أصل|الأصل|مرة|سابق|بداية)\w*\s.{0,20}?(?:في|على|لدى)\s+(?P<name>[^.،؛\n]{2,40})",
        ),
        (
            "fa",
            r"این\s+(?:مقاله|مطلب|گزارش|یادداشت|متن|گفتگو)\s.{0,40}?(?:نخستین|اولین|ابتدا|پیشتر|اصل)\w*\s.{0,12}?(?:در|توسط)\s+"
            r"(?P<name>[^.،؛\n]{2,30}?)\s+(?:منتشر|چاپ)",
        ),
        (
            "he",
            r"(?:המאמר|הכתבה|הטקסט|הראיון|הטור|כתבה זו|מאמר זה)\s.{0,20}?(?:פורסם|פורסמה|הופיע|הופיעה)\s.{0,12}?(?:במקור|לראשונה)\s.{0,10}?ב-?"
            r"(?P<name>[^.,\n]{2,30})",
        ),
        (
            "hi",
            r"यह\s+(?:लेख|रिपोर्ट|ख़बर|खबर|कहानी)\s.{0,30}?(?:मूल रूप से|पहली बार|सबसे पहले)\s+(?P<name>[^।\n]{2,30}?)\s+(?:पर|में)\s.{0,10}?प्रकाशित",
        ),
    )
)
#: What stands before a Chinese source and makes it a rule for those who reprint.
_RULE_FOR_OTHERS = regex.compile(r"注明|註明|标明|均为|凡|禁止|不得|未经|未經|無断|무단|يرجى|ممنوع")
_WHOLE_STEMS = (
    "转", "轉", "摘自", "载", "載", "首发", "首發", "刊", "发表", "出处", "出處", "初出", "掲載", "公開", "配信", "寄稿", "게재", "실린",
    "실렸", "발표", "공개", "발행", "نشر", "نُشر", "ظهر", "منتشر", "چاپ", "פורסמ", "פורסם", "הופיע", "प्रकाशित",
)  # fmt: skip

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
    # A language: "in English", "auf Englisch", "in het Engels", "translated from the German".
    r"|(?:engl|german|french|spanish|italian|dutch|portuguese|russian|chinese|japanese|arabic|polish|swedish|danish|norwegian"
    r"|deutsch|engels|nederlands|duits|frans|spaans|französisch|spanisch|italienisch|niederländisch|russisch)"
    r"(?:ish|isch|e[mnrs]?|s|en)?\b(?! (?:press|wire|edition|times|post|daily|news|review|wikipedia))"
    # German writes every noun with a capital.
    r"|(?:original|rubrik|rahmen|kategorie|reihe|serie|jahre?|sommer|herbst|winter|frühjahr|frühling|internet|netz|print"
    r"|druck|heft|ausgabe|buch|anschluss|zuge|zusammenhang|auftrag|namen|sinne)\b(?! \p{Lu})"
)
#: An address is a name in small letters.
_DOMAIN = regex.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|org|net|info|eu|co|io|tv|news|[a-z]{2})\b(?!@)")
#: "originally published on coolimba and …": one word right behind the preposition, and no word for a place or time.
_SMALL_NAME = regex.compile(
    r"(?!(?:print|paper|part|full|time|times|page|pages|request|english|film|stage|television|radio|video|advance|public|social"
    r"|online|here|there|behalf|purpose|more|late|early|mid|last|next|each|every|such|some|many|several|various|book|form|date"
    r"|response|honor|schedule|monday|today|yesterday)\b)\p{Ll}[\p{Ll}\d]{3,20}(?=[.;)]|$| and (?:has|is|was|appears)\b)"
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
    phrases = rf"{grammar.phrase}|{grammar.permitted}"
    fragment = rf"^\W*(?:(?:{grammar.noun}|foto|photo|text)\W+)?(?:{grammar.adverb}|{grammar.verb}|{phrases})\b"
    credit = regex.compile(rf"(?:(?P<subject>{subject})|(?P<fragment>{fragment})).{{0,120}}")
    return credit, regex.compile(
        rf"(?P<permitted>\b(?:{grammar.permitted})\b)|(?P<said>{said})|(?P<phrase>\b(?:{grammar.phrase})\b)"
    )


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
    "preluat", "repro", "перепечат", "перевод", "оригинал", "permis", "permesso", "gentile concessione", "autorisation", "autorizaci", "autorizaç", "передрук", "переклад", "оригінал",
)  # fmt: skip


def _may_credit(folded: str) -> bool:
    """Whether a sentence holds the words of a credit in any language: a cheap look before the expressions."""
    if any(stem in folded for stem in _VERB_STEMS) and any(stem in folded for stem in _ADVERB_STEMS):
        return True
    return any(stem in folded for stem in _PHRASE_STEMS) or (
        not folded.isascii() and any(stem in folded for stem in _WHOLE_STEMS)
    )


def says_attribution(words: str) -> bool:
    """Whether *words* hold what credit lines are made of, in any language: a reason to look, and no credit yet."""
    folded = words.casefold()
    return _may_credit(folded) or _SOURCE.match(folded) is not None


def candidates(text: str, among: Sequence[Span]) -> tuple[Span, ...]:
    """Those of the sentences *among* that may be credits: near an end, short, and with the words of one."""
    edge = max(_EDGE_CHARACTERS, int(len(text) * _EDGE_SHARE))
    found = []
    for sentence in among:
        near_an_end = sentence.start < edge or sentence.end > len(text) - edge
        short = sentence.end - sentence.start <= _MOST_CHARACTERS
        if near_an_end and short and says_attribution(sentence.of(text)):
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


@dataclass(frozen=True, slots=True)
class _Claim:
    """Words of a line that say, in one language, that the piece appeared elsewhere."""

    language: str
    #: what stands where a name may follow
    tails: tuple[str, ...]
    #: whether it is a credit without a name that was asked for
    stands: bool


def _credit(text: str, sentence: Span, names: tuple[str, ...]) -> Credit | None:
    line = sentence.of(text)
    for claim in _claims(line):
        name = next((name for name in names if any(_named(tail, name) for tail in claim.tails)), "")
        if name or claim.stands:
            return Credit(line, sentence.start, sentence.end, name, claim.language)
    return None


@functools.lru_cache(maxsize=4096)
def _claims(line: str) -> tuple[_Claim, ...]:
    """What *line* claims, whoever asks, up to the first claim that stands: a page's lines are read for every story."""
    found = []
    for claim in _read(line):
        found.append(claim)
        if claim.stands:
            break
    return tuple(found)


def _read(line: str) -> Iterator[_Claim]:
    folded = fold(line)
    for grammar in _GRAMMARS:
        claim = _claim(grammar, line, folded)
        if claim is not None:
            yield claim
    for language, pattern in _WHOLE:
        whole = pattern.search(line)
        if whole and not _RULE_FOR_OTHERS.search(line[: whole.end()]):
            yield _Claim(language, (line[whole.start("name") :],), True)
    source = _SOURCE.match(folded.text)
    if source:
        language = _SOURCE_LANGUAGES.get(source.group("label"), "en")
        yield _Claim(language, (line[folded.ends[source.end() - 1] :],), False)


#: "may be republished with permission", "cannot be reproduced": a rule for others.
_ALLOWS = regex.compile(r"\b(?:may|can|cannot|could|must|should|not|without|only|please|if you)\b")
#: "has been updated since it was first published to include a statement from Google"
_SINCE = regex.compile(r"\b(?:since|when|after|before|than|as) (?:\w+ ){0,3}$")
#: So often said of pictures that it counts only with the outlet's own name.
_WEAK_PHRASE = regex.compile(r"courtesy of")


def _claim(grammar: Grammar, line: str, folded: Folded) -> _Claim | None:
    """What the line claims in this language; None if nothing."""
    subject, said = _compiled(grammar)
    about = subject.search(folded.text)
    claim = said.search(folded.text, about.start()) if about else None
    if about is None or claim is None:
        return None
    if claim.group("said") and _SINCE.search(folded.text, max(0, claim.start() - 20), claim.start()):
        return None
    if (claim.group("permitted") or claim.group("phrase")) and _ALLOWS.search(folded.text, 0, claim.start()):
        return None
    starts = [place.end() for place in _before_name(grammar).finditer(folded.text, claim.start())]
    if claim.group("phrase"):
        starts.append(claim.end())
    elif claim.group("permitted"):
        # "This NRA-ILA column is republished with permission": whose it is may stand before the noun.
        starts.append(about.start())
    elif grammar.by_ending:
        starts.append(about.end("subject") if about.group("subject") else claim.start())
    tails = tuple(line[folded.starts[start] :].lstrip() for start in starts if start < len(folded.starts))
    if claim.group("permitted"):
        # Without a subject, "used with permission" belongs to a picture.
        stands = bool(about.group("subject")) or claim.start() - about.start() < 3
    elif claim.group("phrase") and _WEAK_PHRASE.search(claim.group("phrase")):
        stands = False
    else:
        exact = grammar.language == "en" and bool(about.group("subject")) and bool(claim.group("said"))
        stands = any(_names_somebody(tail, small=exact) for tail in tails)
    return _Claim(grammar.language, tails, stands)


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
    # "VICEに掲載", "VICE’da": what follows may be an ending in another script, or one behind an apostrophe.
    letters = r"\p{Latin}\p{N}" if regex.fullmatch(r"[\p{Latin}\p{N}\p{P}\s]+", name) else r"\p{L}\p{N}"
    return regex.compile(rf"(?<![{letters}]){guard}{exact}(?![{letters}])", regex.IGNORECASE | regex.VERSION1)


def _names_somebody(tail: str, small: bool = False) -> bool:
    """Whether *tail* starts with a name: a capital that starts neither a date nor a pronoun, or an address.

    *small*: one word in small letters will do.
    """
    filler = regex.match(_FILLER, tail)
    if filler is not None and not _NO_NAME.match(tail[filler.end() :].casefold()):
        return True
    address = _DOMAIN.search(tail[:_NAME_WITHIN])
    return (address is not None and tail[: address.start()].count(" ") <= 3) or bool(small and _SMALL_NAME.match(tail))
