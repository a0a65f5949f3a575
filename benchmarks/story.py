"""Is the tracked story recognised, with pages written around it in Dutch and English?

    python -m benchmarks.story DIR

DIR holds `nl.txt`, the Dutch reference text. Pages are made from it as the program runs (whole, edited, half, one paragraph
in another article), and others are our own words: reports that share only the third party's quotation, the same subject,
and pages about something else. All are served over HTTP, crawled for a watch with that text, and processed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

from archive.process import process
from archive.running import crawl
from archive.store import Store
from archive.times import utc_now
from archive.types import COPY_KINDS
from benchmarks.serving import serve, write_watch
from crawler.newsroom import articles

CREDIT = "Dit artikel verscheen oorspronkelijk op Motherboard."
QUOTE_NL = "De nederlaag van een nucleaire macht in een conventionele oorlog kan een nucleaire oorlog ontketenen"
QUOTE_EN = "The defeat of a nuclear power in a conventional war may trigger a nuclear war"

FRAME_NL = [
    "In onze wekelijkse leeskring bespraken we dit keer een handvol stukken over afschrikking, en vooral de vraag wat een "
    "land doet dat een oorlog niet kan winnen. De deelnemers, van wie de meesten zelf nooit in dienst zijn geweest, waren "
    "het op een paar punten verrassend snel eens.",
    "Een van de teksten bleef het langst op tafel liggen, omdat hij het gesprek naar het verleden trok.",
    "Na de pauze ging het over de rol van kleine landen. Volgende maand lezen we een roman over een vuurtorenwachter, en "
    "wie wil aansluiten kan zich aan de balie van de bibliotheek melden.",
]
QUOTES_NL = [
    "In Brussel werd donderdag bedaard gereageerd op nieuwe woorden uit Moskou. Diplomaten noemden ze bekend van toon en "
    "wezen erop dat er op de grond niets was veranderd.",
    f"“{QUOTE_NL},” schreef Medvedev op Telegram. Volgens een woordvoerder van de Commissie was het niet de eerste keer.",
    "De ministers praten volgende week verder over luchtafweer en over geld voor het herstel van het stroomnet. Een besluit "
    "wordt niet voor het einde van de maand verwacht, zei een ambtenaar die de stukken had gezien.",
]
RELATED_NL = [
    "Hoe vaak wordt er eigenlijk met kernwapens gedreigd? Onderzoekers van een vredesinstituut telden sinds 1945 enkele "
    "tientallen gevallen, van openlijke waarschuwingen tot troepenbewegingen die de tegenstander moest opmerken.",
    "Hun conclusie stelt niet gerust: dreigementen halen zelden iets uit, maar ze maken vergissingen waarschijnlijker. De "
    "meeste regeringen binden daarom in voordat het zover komt.",
]
EXCERPT_EN = [
    "Every Friday this column looks at what the papers abroad are saying, and this week most of them were saying something "
    "about bombs. The most quotable was a Dutch page that turned the argument on its head.",
    "Moscow has rattled its nuclear sabre before during its war with Ukraine. In February 2022 Putin announced that he had "
    "ordered Russia's nuclear forces to be on high alert. In a speech in September that followed the official and illegal "
    "annexation of eastern Ukraine, Putin accused the West of Satanism and promised to use atomic bombs if NATO threatened "
    "Russia's territorial integrity.",
    "The column will be away next week. Letters about the crossword go to the usual address, and yes, seven down was wrong.",
]
QUOTES_EN = [
    "Markets shrugged on Thursday at another warning from Moscow. The rouble was little changed by noon and grain futures "
    "slipped on news of good rain in the south.",
    f"“{QUOTE_EN},” Medvedev wrote on Telegram. Traders in London said they had stopped counting such messages last summer.",
    "Analysts at two banks expect the central bank to hold its rate next month. Shipping insurers, they said, are the ones "
    "to watch, because a single bad week there shows up in the price of bread by spring.",
]
RELATED_EN = [
    "What did the presidents really say about the bomb? A new reader for schools collects speeches and memos, from the first "
    "years after 1945 to the long retreat from Asia, and lets pupils judge which were meant and which were theatre.",
    "The editors, two history teachers, say that the pages on Korea were the hardest to choose. Nobody in the room at the "
    "time agreed afterwards on what had been said.",
]


@dataclass(frozen=True)
class Page:
    name: str
    language: str
    title: str
    paragraphs: list[str]
    copy: bool


def pages(text: str) -> list[Page]:
    story = [line.strip() for line in text.splitlines() if line.strip()]
    body = [line for line in story if not line.startswith("Dit artikel verscheen")]
    middle = max(body, key=len)
    edited = [line.replace("nucleaire", "atomaire").replace("Amerika ", "de VS ") for line in body]
    unrelated = [article for article in articles.UNRELATED if article.language in ("en", "nl")][:6]
    made = [
        Page("whole, with credit", "nl", "Rusland moet leren verliezen", [*body, CREDIT], True),
        Page("edited, no credit", "nl", "Wat een verliezer van de VS kan leren", edited, True),
        Page("first half", "nl", "Leren verliezen", [*body[: len(body) // 2], CREDIT], True),
        Page("one paragraph", "nl", "Leeskring over afschrikking", [*FRAME_NL[:2], middle, *FRAME_NL[2:]], True),
        Page("one paragraph translated", "en", "What they say abroad", EXCERPT_EN, True),
        Page("quotation only, Dutch", "nl", "Brussel blijft kalm", QUOTES_NL, False),
        Page("quotation only, English", "en", "Markets shrug", QUOTES_EN, False),
        Page("same subject, Dutch", "nl", "Tellen hoe vaak er gedreigd wordt", RELATED_NL, False),
        Page("same subject, English", "en", "A school reader on the bomb", RELATED_EN, False),
    ]
    return made + [
        Page(f"unrelated {number}", one.language, one.title, one.text.split("\n\n"), False)
        for number, one in enumerate(unrelated, start=1)
    ]


def html(page: Page) -> bytes:
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in page.paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{page.language}"><head><meta charset="utf-8"><title>{escape(page.title)}</title></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{escape(page.title)}</h1>{paragraphs}</article></body></html>"
    ).encode()


def main(folder: Path) -> dict[str, float]:
    text = (folder / "nl.txt").read_text(encoding="utf-8")
    made = pages(text)
    with tempfile.TemporaryDirectory() as temporary, serve() as server:
        (Path(temporary) / "nl.txt").write_text(text, encoding="utf-8")
        for number, page in enumerate(made):
            server.pages[f"p{number}.localhost", "/2023/article"] = html(page)
        urls = [server.url(f"p{number}.localhost", "/2023/article") for number in range(len(made))]
        extra = '[outlet]\nname = "VICE"\naliases = ["Motherboard"]'
        watch = write_watch(Path(temporary) / "w.toml", urls, story_file="nl.txt", extra=extra, languages=("nl", "en"))
        archive = Path(temporary) / "archive.db"
        crawl(watch, archive)
        process(archive, now=utc_now)
        with Store(archive) as store:
            found = {row["url"]: row for row in store.all_story_pages()}
    print(f"\n{'':<5}{'page':<28}{'kind':<20}{'story':>6}{'page':>6}{'sure':>6}  credit")
    right = []
    for page, url in zip(made, urls, strict=True):
        row = found.get(url)
        ok = row is not None and (row["kind"] in COPY_KINDS) == page.copy
        right.append((page.copy, ok))
        shown = (
            (row["kind"], row["coverage_story"], row["coverage_page"], row["confidence"])
            if row
            else ("not read", 0, 0, 0)
        )
        credit = (row["credit"] or "") if row else ""
        print(f"{'ok' if ok else 'MISS':<5}{page.name:<28}{shown[0]:<20}" + "".join(f"{x:>6.2f}" for x in shown[1:])
              + f"  {credit[:60]}")  # fmt: skip
    copies = [ok for copy, ok in right if copy]
    others = [ok for copy, ok in right if not copy]
    figures = {
        "copies_found": round(sum(copies) / len(copies), 4),
        "others_refused": round(sum(others) / len(others), 4),
        "pages": len(made),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
