"""Lines by which pages say where they come from, other than credit lines: what closes a feed's entry, who translated,
and where such lines stand outside of the article's text. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import regex
from lxml.html import HtmlElement

from archive.match.credit import says_attribution

_MOST_LINE = 400
"""Characters of a line outside of the text that may be a credit; a longer one is a teaser or a legal notice."""

# --- lines outside of the text --------------------------------------------------------------------

_BLOCKS = frozenset(
    """
    p div li td th section article footer aside header main h1 h2 h3 h4 h5 h6 blockquote figcaption figure ul ol table tr
    body dd dt dl center br address pre
    """.split()  # noqa: SIM905
)
_UNREAD = frozenset(
    """
    script style noscript template select textarea head button iframe svg nav figure figcaption form
    """.split()  # noqa: SIM905
)
_MOST_ELEMENTS = 50_000


def lines_outside(tree: HtmlElement, text: str) -> tuple[str, ...]:
    """Lines of the page that hold words of attribution and are not part of *text*: editor's notes, footers, lines below
    the title. What stands in menus, forms and captions is left out, and so is what is nothing but a link: a teaser."""
    found: dict[str, None] = {}
    for line, linked in _lines(tree):
        if (
            8 <= len(line) <= _MOST_LINE
            and linked < 0.8 * len(line)
            and (says_attribution(line) or _may_be_footer(line))
            and line not in text
        ):
            found[line] = None
    return tuple(found)


def _lines(tree: HtmlElement) -> Iterator[tuple[str, int]]:
    """The lines of a page, and how many of their characters are links."""
    parts: list[str] = []
    linked = elements = 0

    def line() -> tuple[str, int]:
        nonlocal linked
        told = " ".join("".join(parts).split()), linked
        parts.clear()
        linked = 0
        return told

    # By hand: a page may be nested deeper than Python recurses.
    stack: list[tuple[HtmlElement, bool]] = [(tree, False)]
    while stack:
        element, leaving = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if leaving:
            if tag in _BLOCKS:
                yield line()
            if element is not tree:
                parts.append(element.tail or "")
            continue
        elements += 1
        if elements > _MOST_ELEMENTS:
            return
        if not tag or tag in _UNREAD:
            parts.append((element.tail or "") if element is not tree else "")
            continue
        if tag in _BLOCKS:
            yield line()
        if tag == "a":
            linked += len(" ".join(element.text_content().split()))
        parts.append(element.text or "")
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    yield line()


# --- feeds ---------------------------------------------------------------------------------------

#: WordPress closes each entry of a feed so; (before the title, between title and name), in the words of its translations.
_FOOTERS: tuple[regex.Pattern[str], ...] = tuple(
    regex.compile(
        rf"^\W{{0,3}}{opening}\s(?P<title>.{{2,250}}?)\s{middle}\s?(?P<name>[^\n]{{2,80}}?)[.。]?$", regex.IGNORECASE
    )
    for opening, middle in (
        (r"the post", r"(?:first )?appeared (?:first )?on"),
        (r"der beitrag", r"erschien (?:zuerst|zunächst) (?:auf|bei)"),
        (r"het bericht", r"verscheen (?:eerst|als eerste) op"),
        (r"l[’']article", r"est apparu en premier sur"),
        (r"la entrada", r"(?:se publicó primero|apareció primero|aparece primero) en"),
        (r"l[’']articolo", r"(?:proviene da|sembra essere il primo su|è apparso per la prima volta su)"),
        (r"(?:o post|o artigo)", r"(?:apareceu primeiro em|aparece primeiro (?:no|em))"),
        (r"inlägget", r"dök först upp på"),
        (r"indlægget", r"blev først udgivet på"),
        (r"innlegget", r"dukket først opp på"),
        (r"artykuł", r"pochodzi z serwisu"),
        (r"(?:articolul|postarea)", r"apare prima dată în"),
        (r"запись", r"впервые появилась (?:на )?"),
        (r"запис", r"(?:спершу|вперше) з[’']явився на"),
        (r"příspěvek", r"(?:se nejdříve objevil na|pochází z)"),
        (r"artikkeli", r"julkaistiin ensimmäisen kerran"),
        (r"artikel", r"pertama kali (?:tampil|muncul) (?:pada|di)"),
        (r"l[’']entrada", r"ha aparegut primer a"),
        (r"publikacija", r"pirmiausia pasirodė"),
        (r"το άρθρο", r"εμφανίστηκε (?:για )?πρώτ(?:η φορά|α) στο"),
        (r"投稿", r"は"),
    )
)
_FOOTER_STEMS = (
    "appeared", "erschien", "verscheen", "apparu", "primero", "proviene", "il primo su", "prima volta", "primeiro", "dök först",
    "først", "pochodzi", "prima dată", "впервые", "спершу", "вперше", "objevil", "pochází", "ensimmäisen", "pertama kali",
    "aparegut", "pasirodė", "εμφανίστηκε", "投稿",
)  # fmt: skip


def _may_be_footer(line: str) -> bool:
    folded = line.casefold()
    return any(stem in folded for stem in _FOOTER_STEMS)


def feed_footer(line: str) -> str | None:
    """The name in "The post … appeared first on NAME"; None if the line is none.

    >>> feed_footer("Het bericht Rusland moet leren verliezen verscheen eerst op Motherboard.")
    'Motherboard'
    """
    if not _may_be_footer(line):
        return None
    for pattern in _FOOTERS:
        found = pattern.search(line.strip())
        if found:
            name = found.group("name").strip(" \"'“”„«».")
            if "投稿" not in line:
                return name
            shown = regex.fullmatch(r"(.{2,60}?)\s?に最初に表示されました", name)
            return shown.group(1) if shown else None
    return None


# --- translators ---------------------------------------------------------------------------------

_TRANSLATED = regex.compile(
    r"^[\s\W]*(?:(?:(?:text|article|tekst|artikel|texte|texto|testo)\s)?(?:was\s)?"
    r"(?:translated(?: from (?:the )?\w+)? by|vertaald(?: uit het \w+)? door|(?:aus dem \w+ )?übersetzt von|(?:aus dem \w+ )?übersetzung von"
    r"|traduit(?: (?:de|du|par) l?[’']?\w+)? par|traducido(?: del \w+)? por|tradotto(?: dall?[’' ]\w+)? da|traduzione(?: dall?[’' ]\w+)? di"
    r"|traduzido(?: do \w+)? por|översatt(?: från \w+)? av|oversat(?: fra \w+)? af|oversatt(?: fra \w+)? av|przetłumaczył[a]?|przełożył[a]?"
    r"|tradus de|prevela?o?|μεταφράστηκε από)\s*[:：]?"
    r"|(?:translation|translator|vertaling|übersetzung|übersetzer(?:in)?|traduction|traductrice|traducteur|traducción|traductora?|traduzione"
    r"|tradução|översättning|oversættelse|oversettelse|tłumaczenie|tłumacz|przekład|traducere|traducerea|перевод|переводчик|переклад|превод|překlad"
    r"|preklad|fordítás|fordította|suomennos|käännös|çeviri|çeviren|prijevod|prevod|μετάφραση|翻译|译者|编译|翻訳|訳|번역|옮긴이|ترجمة|ترجمه|תרגום)\s*[:：])"
    r"\s*(?P<name>[\p{Lu}\p{Lo}][\p{L}\p{M}’'.-]*(?:\s+[\p{L}\p{M}’'.-]+){0,4})",
    regex.IGNORECASE,
)
_MOST_TRANSLATOR_LINE = 120


def translator(line: str) -> tuple[str, int, int] | None:
    """The name of who translated, if *line* says nothing else, and the span of the words that say so.

    >>> translator("Vertaald door Jan Jansen")
    ('Jan Jansen', 0, 24)
    """
    if len(line) > _MOST_TRANSLATOR_LINE:  # a sentence of the article, about somebody's book
        return None
    found = _TRANSLATED.match(line)
    if found is None:
        return None
    name = found.group("name")
    # The expression ignores case, and names do not: "Vertaling volgt later".
    return (name, found.start(), found.end()) if name[0].isupper() or not name[0].isascii() else None
