"""Which lines of a text that was read are the page's and not the article's.

Pure. Only cues that hold in any language or are short lists of several languages; what one outlet repeats from page to page
is learned elsewhere (see `archive.memory`).

- the headline and what stands above it: it is a field of its own, and an edit of it is to be told once
- lines that are nothing but a link, with a label before it at most ("READ MORE: ..."), and the heading over a run of these
- labels of boxes ("Advertisement", "Comments"), ages ("8 hrs ago"), counters ("1,204 views"), dates above or below the text
- what stands before or after the text that the page itself states in structured data, where that text is whole
"""

from __future__ import annotations

import re
from itertools import pairwise

from archive.text import normal_form

#: A credit is often nothing but a link; it is the most telling line of a copy.
_CREDIT = re.compile(
    r"origin|oorspronk|ursprüng|erschien|verscheen|appeared|publi[sczkš]|source|\bbron\b|quelle|fuente|fonte|kilde|källa|"
    r"źródł|источник|kaynak|المصدر|来源|來源|出典|출처|\bvia\b|courtesy|republi|translat|vertaal|übersetz|tradu|©|\(c\)|copyright",
    re.IGNORECASE,
)


def is_credit(line: str) -> bool:
    """Whether a line may say where the text comes from."""
    return _CREDIT.search(line) is not None


_BOX_LABELS = frozenset(
    label
    for labels in (
        "advertisement|advert|ad|sponsored|sponsored content|story continues below|story continues below advertisement|"
        "article continues below advertisement|article continues after ad|advertisement - continue reading below|"
        "continue reading below|read more|read next|related|related articles|related stories|related content|more stories|"
        "recommended|most read|most popular|popular|trending|don't miss|you may also like|see also|comments|comment|"
        "share|share this|share this article|share this story|print|email|save|follow us|subscribe|sign up|embed|"
        "click to expand|view gallery|show comments|leave a comment|post a comment|back to top|topics|tags|filed under",
        "advertentie|lees ook|lees meer|lees verder|lees verder onder de advertentie|artikel gaat verder onder de advertentie|"
        "gerelateerd|gerelateerde artikelen|reacties|deel|deel dit artikel|meer over|meest gelezen|reageer",
        "anzeige|werbung|lesen sie auch|lesen sie mehr|mehr zum thema|das könnte sie auch interessieren|auch interessant|"
        "empfohlener redaktioneller inhalt|kommentare|teilen|artikel teilen|meistgelesen|zum thema|newsletter|drucken",
        "publicité|lire aussi|à lire aussi|lire la suite|sur le même sujet|commentaires|partager|partager l'article|"
        "les plus lus|réagir|à lire également|la suite après la publicité",
        "publicidad|lea también|lee también|leer más|más información|noticia relacionada|noticias relacionadas|comentarios|"
        "compartir|relacionado|lo más leído|te puede interesar",
        "pubblicità|leggi anche|leggi tutto|commenti|condividi|articoli correlati|ti potrebbe interessare",
        "publicidade|leia também|leia mais|saiba mais|comentários|compartilhar|compartilhe|relacionadas|mais lidas",
        "reklama|czytaj także|czytaj też|zobacz także|zobacz również|komentarze|udostępnij",
        "annons|läs också|läs mer|läs även|kommentarer|dela|annonse|les også|les mer|del|annonce|læs også|læs mere",
        "реклама|читайте также|читать далее|комментарии|поделиться|по теме",
        "reklam|ilgili haberler|yorumlar|paylaş|etiketler|haberin devamı",
        "إعلان|اقرأ أيضا|اقرأ أيضًا|تعليقات|شارك|مواضيع ذات صلة",
        "广告|廣告|相关阅读|相关新闻|延伸阅读|分享|评论|広告|関連記事|あわせて読みたい|コメント|シェア|"
        "광고|관련기사|관련 기사|댓글|공유|주요뉴스",
    )
    for label in labels.split("|")
)  # fmt: skip
_LONGEST_LABEL = max(map(len, _BOX_LABELS)) + 8
_AROUND_LABEL = " \t\xa0:：|·•*-–—→»>[]()…!.▼"

_UNITS = (
    r"s|sec|secs?onds?|min|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|years?|minuten|uur|uren|dag|dagen|weken|"
    r"stunden?|std|tagen?|wochen?|heures?|jours?|semaines?|horas?|días?|dias?|minut[oi]s?|or[ae]|giorn[oi]|godz\w*|dni|"
    r"timm\w*|timer?|dagar|dage|час\w*|минут\w*|дн\w*|saat|dakika|gün|ساعات?|ساعة|دقائق|دقيقة|分钟|分鐘|小时|小時|天|"
    r"分|時間|日|시간|분|일"
)
_AGO = (
    r"ago|geleden|il y a|vor|hace|fa|há|atrás|temu|sedan|siden|назад|önce|منذ|قبل|前|전|read|leestijd|lesezeit|min read|"
    r"minutes? read|de lecture|de lectura|di lettura|de leitura|czytania|lästid|чтения|okuma"
)
_BEFORE_AGE = (
    r"posted|updated|published|reading time|leestijd|lesezeit|tempo de leitura|tiempo de lectura|temps de lecture|"
    r"tempo di lettura|lästid|lesetid|czas czytania"
)
_AGE = re.compile(
    rf"^\W*(?:(?P<before>{_BEFORE_AGE}|{_AGO})\W{{0,3}}){{0,2}}"
    rf"(?:\d[\d.,]*\W{{0,2}}(?:{_UNITS})\W{{0,3}}){{1,2}}(?:(?P<after>{_AGO})\W*){{0,2}}$",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"^\W*(?:(?:\d[\d.,\s]*[kmKM]?)\s*(?:page ?views|views?|shares?|likes?|comments?|reads|weergaven|keer gelezen|reacties|"
    r"aufrufe|kommentare?|vues?|partages|commentaires?|visitas|lecturas|comentarios?|visualizza\w+|commenti|"
    r"visualizações|wyświetle\w+|visningar|visninger|просмотр\w*|комментари\w*|görüntülenme|okunma|مشاهدة|مشاهدات|"
    r"次浏览|次瀏覽|阅读|閱讀|回視聴|조회)"
    r"|(?:views?|hits|shares?|visitas|vistas|просмотры|просмотров|okunma|조회수?|阅读量?|浏览量?)\W{0,3}\d[\d.,\s]*[kmKM]?)\W*$",
    re.IGNORECASE,
)
_DATE_OR_TIME = re.compile(
    r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}\s?[ap]\.?m\b|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b(?:19|20)\d\d\b|\d\d?月\d\d?日"
)
_DATE_LINE = 60
_DATE_LETTERS = 30
"""A line of so many characters, and letters, with a date or a time in it, above or below the text, is a stamp."""
_EDGE = 5
"""Lines at the beginning, and three at the end, where stamps are looked for: further in, "19:30" is a programme."""
_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？", "؟", "।", '"', "”", "»", "」", "’")
_ABOVE = 6
"""Lines above the headline that are cut with it, if they are short."""
_SHORT_LINE = 80


def trimmed(text: str, title: str | None, linked: frozenset[str], stated: str | None) -> str:
    """*text* without the lines that are the page's; all of it if nothing would be left.

    Args:
        linked: the lines of the page that are nothing but links, white space folded.
        stated: the article's text as structured data gives it, or None.
    """
    lines = [folded for line in text.split("\n") if (folded := " ".join(line.split()))]
    kept = _without_headline(lines, title)
    kept = _without_labels(kept)
    kept = _without_links(kept, linked)
    kept = _without_stamps(kept)
    if stated is not None:
        kept = _within(kept, stated)
    return "\n".join(kept if kept else lines)


def _without_headline(lines: list[str], title: str | None) -> list[str]:
    if not title:
        return lines
    wanted = _folded(title)
    for place, line in enumerate(lines[:_ABOVE]):
        folded = _folded(line)
        if folded == wanted or (
            len(folded) > 20 and len(folded) < 1.5 * len(wanted) and (wanted in folded or folded in wanted)
        ):
            rest = lines[place + 1 :]
            while rest and _folded(rest[0]) == wanted:
                rest = rest[1:]
            return rest
        if len(line) > _SHORT_LINE:
            return lines
    return lines


def _folded(text: str) -> str:
    return normal_form(text).casefold().strip(" .-|:")


def _without_labels(lines: list[str]) -> list[str]:
    return [line for line in lines if not is_label(line)]


def is_label(line: str) -> bool:
    """Whether a line is the label of a box, an age or a counter."""
    if len(line) > _LONGEST_LABEL:
        return False
    bare = line.strip(_AROUND_LABEL).casefold().replace("’", "'")
    if bare in _BOX_LABELS:
        return True
    if not any(map(str.isdigit, line)):
        return False
    age = _AGE.match(line)
    return bool(age and (age["before"] or age["after"])) or _COUNTER.match(line) is not None


def _without_links(lines: list[str], linked: frozenset[str]) -> list[str]:
    if not linked:
        return lines
    kept: list[str] = []
    run = 0
    for line in lines:
        if line_form(line) not in linked:
            kept.append(line)
            run = 0
            continue
        run += 1
        if run == 2 and kept and _heads(kept[-1]):  # two teasers or more: a box, and its heading goes with it
            kept.pop()
    return kept


def _heads(line: str) -> bool:
    """Whether a line could be the heading over a box: short, and no sentence."""
    return len(line) <= _SHORT_LINE and not line.rstrip().endswith(_SENTENCE_END)


def line_form(line: str) -> str:
    """A line without the mark of a list item, white space folded."""
    return " ".join(line.lstrip("-•*· |").rstrip("| ").split())


def _without_stamps(lines: list[str]) -> list[str]:
    last = len(lines) - 3
    return [line for place, line in enumerate(lines) if not ((place < _EDGE or place >= last) and is_stamp(line))]


def is_stamp(line: str) -> bool:
    """Whether a line gives a date or a time and no more."""
    if len(line) > _DATE_LINE or not _DATE_OR_TIME.search(line):
        return False
    return sum(map(str.isalpha, line)) <= _DATE_LETTERS and not line.rstrip().endswith((".", "!", "?", "。"))


# --- what the page states ------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_MOST_CUT = 0.3
"""Share of the text that may be cut for standing around what is stated; more says that the statement is no more than a part."""

_LEDE = 100
"""Characters of a line above the text from which on it is the lede, which many outlets do not count to the body."""


def _within(lines: list[str], stated: str) -> list[str]:
    """The lines from the first to the last that the stated text holds, if it is whole."""
    wanted = [word.casefold() for word in _WORD.findall(stated)]
    pairs = set(pairwise(wanted))
    if len(pairs) < 40:
        return lines
    inside = []
    have: set[tuple[str, str]] = set()
    for line in lines:
        words = [word.casefold() for word in _WORD.findall(line)]
        own = list(pairwise(words))
        inside.append(bool(own) and sum(pair in pairs for pair in own) >= 0.6 * len(own))
        have.update(own)
    if len(have & pairs) < 0.85 * len(pairs) or not any(inside):
        return lines
    first, last = 0, len(lines)
    while not inside[first] and len(lines[first]) <= _LEDE:
        first += 1
    while not inside[last - 1] and not is_credit(lines[last - 1]):
        last -= 1
    kept = lines[first:last]
    return kept if sum(map(len, kept)) >= (1 - _MOST_CUT) * sum(map(len, lines)) else lines
