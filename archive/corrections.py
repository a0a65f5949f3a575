"""Notes in which an outlet says that it changed an article: corrections, clarifications, editor's notes, updates.

Pure: a page's source and tree in, the notes out, each with the label that the page gave it.

The extractor of the text is not asked: it drops a label in a bare <strong> and keeps the rest as an anonymous paragraph
(measured on a New York Times page), and notes often stand outside of what it takes for the article.

A note is a short block that opens with a label ("Correction:", "Editor's note —", "UPDATE, 4 May:"), a block after one that
holds the label alone, or a paragraph that says of itself that the article was amended. Weak labels such as "Update" also
open headlines and time stamps, so more is asked of what follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml.etree import XPath
from lxml.html import HtmlElement

from archive.markup import shown_text

#: Labels that are used for nothing else, lower case, by language.
STRONG: Final = {
    "en": ("correction", "corrections", "corrections and clarifications", "clarification", "clarifications", "editor's note",
           "editors' note", "editor's notes", "editorial note", "retraction", "erratum"),
    "nl": ("correctie", "rectificatie", "naschrift", "aanvulling", "verduidelijking", "noot van de redactie",
           "naschrift van de redactie", "naschrift redactie"),
    "de": ("korrektur", "berichtigung", "richtigstellung", "anmerkung der redaktion", "anm. d. red.", "hinweis der redaktion",
           "klarstellung", "korrekturhinweis", "nachtrag"),
    "fr": ("correctif", "rectificatif", "erratum", "errata", "précision", "note de la rédaction", "ndlr"),
    "es": ("corrección", "fe de errores", "fe de erratas", "rectificación", "aclaración", "nota del editor",
           "nota de la redacción", "nota de redacción"),
    "it": ("correzione", "errata corrige", "rettifica", "precisazione", "nota della redazione", "nota del direttore"),
    "pt": ("correção", "errata", "retificação", "esclarecimento", "nota da redação", "nota do editor"),
    "pl": ("sprostowanie", "korekta", "wyjaśnienie", "od redakcji", "przypis redakcji"),
    "sv": ("rättelse", "förtydligande", "redaktionens anmärkning", "redaktionens kommentar"),
    "da": ("rettelse", "præcisering", "berigtigelse", "redaktionens bemærkning"),
    "no": ("rettelse", "retting", "presisering", "beriktigelse", "redaktørens merknad"),
    "ru": ("исправление", "поправка", "уточнение", "опровержение", "примечание редакции", "от редакции"),
    "tr": ("düzeltme", "tekzip", "açıklama ve düzeltme", "editörün notu", "editör notu"),
    "ar": ("تصحيح", "تصويب", "توضيح", "استدراك", "ملاحظة المحرر", "ملاحظة من المحرر", "تنويه"),
    "zh": ("更正", "勘误", "勘誤", "澄清", "更正启事", "更正啟事", "编者按", "編者按", "编者注", "編者註", "编注", "編註"),
    "ja": ("訂正", "お詫びと訂正", "訂正とお詫び", "おわびと訂正", "編集部注", "編集部より"),
    "ko": ("정정", "정정보도", "정정보도문", "바로잡습니다", "알려왔습니다", "반론보도", "편집자 주", "편집자주"),
}  # fmt: skip

#: Labels that open time stamps and headlines as well.
WEAK: Final = {
    "en": ("update", "updates", "note"), "nl": ("update",), "de": ("update", "aktualisierung"), "fr": ("mise à jour",),
    "es": ("actualización",), "it": ("aggiornamento",), "pt": ("atualização",), "pl": ("aktualizacja",),
    "sv": ("uppdatering",), "da": ("opdatering",), "no": ("oppdatering",), "ru": ("обновление", "обновлено"),
    "tr": ("güncelleme",), "ar": ("تحديث",), "zh": ("更新",), "ja": ("追記", "更新"), "ko": ("업데이트", "수정"),
}  # fmt: skip
_NOT_A_NOTE = frozenset(
    ("note",)
)  # "Note: prices include tax" is the article's own; only "Note to readers" would be meant

#: A paragraph that opens so needs no label: it says itself what was done to the article.
_SAYS_ITSELF = (
    r"this (?:article|story|post|piece|report|page|headline|caption|obituary|review|column|interview)(?:'s headline)? "
    r"(?:was|has been|have been) (?:amended|corrected|updated|edited|changed|clarified|revised)\b",
    r"an? (?:earlier|previous) version of (?:this|the) ",
    r"in een eerdere versie van (?:dit|deze) ", r"een eerdere versie van (?:dit|deze) ",
    r"dit (?:artikel|stuk|bericht|verhaal) is (?:na publicatie )?(?:aangepast|gecorrigeerd|gewijzigd|bijgewerkt)\b",
    r"in einer (?:früheren|vorherigen|ersten) (?:version|fassung) (?:dieses|des) ",
    r"(?:une version (?:précédente|antérieure)|une première version) de (?:cet|ce) ",
    r"cet article a été (?:modifié|corrigé|mis à jour)\b",
    r"una versión (?:anterior|previa) de (?:este|esta) ", r"este artículo (?:ha sido|fue) (?:corregido|modificado|actualizado)\b",
    r"una versione precedente di quest", r"uma versão anterior dest",
)  # fmt: skip

MOST_CHARACTERS = 1_500
"""A longer block is no note but an article about corrections."""
LEAST_CHARACTERS = 12
LEAST_WORDS = 4
LEAST_WORDS_WEAK = 7
"""Words after "Update:" from which on it is a sentence: the dates in our samples have at most five, most teasers six."""
MOST_NOTES = 20

_BLOCKS = frozenset(
    (
        *("p", "li", "blockquote", "aside", "em", "i", "small", "footer", "div", "section", "dd", "td", "span"),
        *("figcaption", "h2", "h3", "h4", "h5", "h6", "strong", "b"),
    )
)
_INLINE = frozenset(("em", "i", "small", "span", "strong", "b"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6", "strong", "b", "em", "i", "dt"))
_CLASS = re.compile(r"correct|clarif|editor|erratum|retract|addend|note", re.IGNORECASE)
_PLURAL = re.compile(r"^\W*(?:corrections|clarifications|errata)", re.IGNORECASE)
"""A heading in the plural stands over the outlet's list of them, or over the invitation to report one."""
_CHROME = frozenset(("nav", "form", "select", "button", "script", "style", "noscript", "template", "title"))


def _any_of(labels: Iterable[str]) -> str:
    """A pattern for *labels*, longest first, with either apostrophe, grouped by first letter for the sake of speed."""
    groups: dict[str, list[str]] = {}
    for label in sorted(set(labels), key=lambda label: (-len(label), label)):
        groups.setdefault(label[0], []).append(re.escape(label[1:]).replace("'", "['’ʼ]"))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items())


_STRONG = _any_of(label for labels in STRONG.values() for label in labels)
_WEAK = _any_of(label for labels in WEAK.values() for label in labels if label not in _NOT_A_NOTE)

# Between label and note: a place and a date at most ("Correction, 4 May 2020 12:03:", "Update (Tuesday) —").
_AFTER = (
    r"(?P<between>(?!\w)[^:：—–\n]{0,40}?(?:\d{1,2}[:.]\d\d[^:：—–\n]{0,20}?)?)(?P<mark>\s*[:：—–]|\s-\s|[」】\])])"
)
_LABELLED = re.compile(
    rf"^[^\w]{{0,4}}(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK})){_AFTER}\s*(?P<note>.+)", re.IGNORECASE | re.DOTALL
)
_LABEL_ALONE = re.compile(
    rf"^[^\w]{{0,4}}(?:{_STRONG})(?:[^\w]{{0,3}}|[:,—–\s][^:：]{{0,30}}\d[^:：]{{0,20}}(?:\d:\d\d)?[^:：\d]{{0,6}}[:：]?)$",
    re.IGNORECASE,
)
"""The label, and a date at most: "Correction", "Correction: March 4, 2017"."""
_OPENLY = re.compile(rf"^[^\w]{{0,4}}(?:{'|'.join(_SAYS_ITSELF)})", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»」』)\]]*$")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


_OPENS = re.compile(rf"^[^\w]{{0,8}}(?:{_STRONG}|{_WEAK}|{'|'.join(_SAYS_ITSELF)})", re.IGNORECASE)
_FIRST_TWO = frozenset(pattern[:2] for labels in (*STRONG.values(), *WEAK.values()) for pattern in labels) | frozenset(
    ("th", "an", "a ", "in", "ee", "di", "un", "ce", "es", "um")
)  # of `_SAYS_ITSELF`
# Three times as fast as `itertext`, which makes an object of each element.
_TEXT_NODES = XPath("//text()", smart_strings=False)
_AROUND = " \t\r\n\xa0\u2002\u2003\u3000*•·–—-[(【「■▲※>»|\"'"


def may_correct(tree: HtmlElement) -> bool:
    """Whether some text node of the page opens with a label; looking at its blocks costs ten times as much."""
    for node in _TEXT_NODES(tree):
        text = node.lstrip(_AROUND)
        if text[:2].lower() in _FIRST_TWO and _OPENS.match(text):
            return True
    return False


def corrections(tree: HtmlElement) -> tuple[str, ...]:
    """The notes on the page, each once, label included, in document order."""
    found: dict[str, None] = {}
    for element in _blocks(tree):
        text = shown_text(element)
        if len(text) > MOST_CHARACTERS or not text:
            continue
        note = None
        if _LABEL_ALONE.match(text):
            note = _after_its_label(element, text)
        elif (label := _first_inline(element)) and _LABEL_ALONE.match(label) and _is_note(text[len(label) :]):
            note = _joined(label, text[len(label) :].strip())
        elif len(text) >= LEAST_CHARACTERS and (_is_labelled(text) or _says_itself(element, text)):
            note = text
        if note is None or _is_chrome(element) or _mostly_linked(element):
            continue
        # The block inside of a block, or around one: a note is told once, as long as it is.
        if any(note in known for known in found):
            continue
        for known in [known for known in found if known in note]:
            del found[known]
        found[note] = None
        if len(found) == MOST_NOTES:
            break
    return tuple(found)


def _blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements whose text is at most a few paragraphs: blocks without others in them, and what is set between blocks."""
    holds_blocks: dict[HtmlElement, bool] = {}

    def is_container(element: HtmlElement) -> bool:
        if element not in holds_blocks:
            holds_blocks[element] = any(child.tag in _BLOCKS and child.tag not in _INLINE for child in element)
        return holds_blocks[element]

    for element in tree.iter(*_BLOCKS):
        parent = element.getparent()
        if not is_container(element) and (element.tag not in _INLINE or (parent is not None and is_container(parent))):
            yield element


def _is_labelled(text: str) -> bool:
    found = _LABELLED.match(text)
    if found is None:
        return False
    note = found["note"]
    words = _count(note)
    if found["strong"]:
        # "Correction officer Jones: ..." names a person; a date or a qualifier is short or has figures.
        between = found["between"].strip(" ,(")
        if between and not any(map(str.isdigit, between)) and len(between.split()) > 3:
            return False
        return words >= LEAST_WORDS
    return words >= LEAST_WORDS_WEAK and _SENTENCE_END.search(note) is not None


def _says_itself(element: HtmlElement, text: str) -> bool:
    return (
        element.tag not in _INLINE
        and _OPENLY.match(text) is not None
        and _count(text) >= LEAST_WORDS_WEAK
        and _SENTENCE_END.search(text) is not None
    )


def _first_inline(element: HtmlElement) -> str:
    """What a block sets in bold or italics at its very beginning."""
    if len(element) == 0 or (element.text or "").strip() or element[0].tag not in _INLINE:
        return ""
    return shown_text(element[0])


def _after_its_label(element: HtmlElement, label: str) -> str | None:
    """The note that follows a block, or stands beside an inline element, that holds the label alone."""
    if not (element.tag in _HEADINGS or label.endswith((":", "：")) or _names_a_note(element)) or _PLURAL.match(label):
        return None
    here = element
    parent = here.getparent()
    while parent is not None and parent.tag in _BLOCKS and len(parent) <= 2 and shown_text(parent) == label:
        here, parent = parent, parent.getparent()
    beside = " ".join((here.tail or "").split())
    following = here.getnext()
    if not beside and following is not None and following.tag in _BLOCKS and not _mostly_linked(following):
        beside = shown_text(following)
    return _joined(label, beside) if _is_note(beside) else None


def _is_note(text: str) -> bool:
    return _count(text) >= LEAST_WORDS and len(text) <= MOST_CHARACTERS and _SENTENCE_END.search(text) is not None


def _joined(label: str, note: str) -> str:
    return f"{label} {note}" if label.endswith((":", "：")) else f"{label}: {note}"


def _names_a_note(element: HtmlElement) -> bool:
    parent = element.getparent()
    around = (element,) if parent is None else (element, parent)
    return any(_CLASS.search(f"{one.get('class') or ''} {one.get('id') or ''}") for one in around)


def _count(text: str) -> int:
    """Words of *text* that are no figures; where words are not spaced, two characters count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return unspaced // 2 if unspaced * 2 > len(text) else len(_WORDS.findall(text))


def _mostly_linked(element: HtmlElement) -> bool:
    """A teaser is a link as a whole, or stands in one; a note may name its article with one."""
    if any(parent.tag == "a" for parent in element.iterancestors()):
        return True
    linked = sum(len(shown_text(anchor)) for anchor in element.iter("a"))
    return linked > 0.7 * len(shown_text(element))


def _is_chrome(element: HtmlElement) -> bool:
    # A <header> or <footer> inside of the article holds its notes; those of the page hold menus.
    inside_article = False
    for parent in reversed(list(element.iterancestors())):
        if parent.tag in _CHROME or (parent.tag in ("header", "footer") and not inside_article):
            return True
        inside_article = inside_article or parent.tag in ("article", "main")
    return element.tag in ("header", "footer") and not inside_article
