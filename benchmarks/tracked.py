"""Are copies and translations found among headlines by title, language and date alone?

    python -m benchmarks.tracked DIR

DIR holds `index.jsonl` with the records of families: URL, title, language, date, role. They are fed as leads among 2,000
headlines of other stories, taken from the folders beside DIR (feeds, news sitemaps, gold titles of articles, links of
home pages), and ranked by `crawler.discovery.triage`.

For each family the story is its original, or in turn each of its copies where the original is not in DIR: a watch then
knows one copy and looks for the others. Only titles, languages and dates are used: no text, no note, no source.

- found: the other copies and translations of the family (`COPIES`), also those without a title.
- not to be found: the headlines, and the records on other subjects, on earlier events, and lists.
- left out: records that are neither, such as what cites the story, and other outlets' own reports of the same event, which no
  title tells from copies. `same_event_above` is the share of copies that such a report outranks.

To make it hard, every headline is dated within two weeks after the story; `own_dates` is the same with the dates that the
headlines really have. `average_precision` is the mean over families. A family that gathers different works
(`COLLECTIONS`) or has nothing to be found counts nowhere.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.text import detect_language
from archive.types import Lead, Story
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.sitemaps import leads_from_sitemap
from crawler.discovery.triage import Ranked, Title, encoder_likeness, triage

HEADLINES = 2_000
SEED = 20230119

COPIES = re.compile(r"copy|translat|republish|repost|rewrite|mirror|same_text")
"""Roles that say: text of the family stands there. Excerpts are among them ("excerpt_republish")."""
NO_ARTICLE = re.compile(r"listing|feed")
"""A feed or a list: its title is not that of the copy in it."""
UNRELATED = re.compile(r"unrelated|listing|feed_capture|earlier_event|context|false_friend")
COLLECTIONS = re.compile(r"^(?:mt-farm|vice-(?:rss|listing|old|nl-other|republisher|closure)|topic-negative)$")
"""Families of records that share no work: machine translations of different articles, lists, the publisher's other pages."""
OTHER_SUBJECTS = re.compile(r"^(?:mt-farm|vice-|nuclear-anxiety)")
"""Families that are not about the event of January 2023, and so unrelated to those that are, and to each other."""


@dataclass(frozen=True, slots=True)
class Record:
    url: str
    #: empty if it is not known
    title: str
    language: str
    #: None unless it is known to the month
    date: datetime | None
    #: whether `date` is known to the month only
    only_month: bool
    family: str
    role: str

    @property
    def is_copy(self) -> bool:
        return bool(COPIES.search(self.role)) and not NO_ARTICLE.search(self.role)

    def lead(self) -> Lead:
        return Lead(
            self.url, "import", "tracked", title=self.title or None, published=self.date, language=self.language
        )


def read_records(folder: Path) -> list[Record]:
    found = []
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title = "" if row["title"].startswith("(") and row["title"].endswith(")") else row["title"]
        language = row["language"].lower().partition("-")[0]
        found.append(
            Record(row["url"], title, language, date_of(row["date"]), len(row["date"]) == 7, row["family"], row["role"])
        )
    return found


def date_of(text: str) -> datetime | None:
    """ "2023-01-19" as that day, "2023-01" as the last day of the month; None for years and guesses."""
    if day := re.match(r"\d{4}-\d{2}-\d{2}", text):
        return parse_time(day[0])
    month = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if month is None:
        return None
    following = datetime(int(month[1]), int(month[2]), 28, tzinfo=UTC) + timedelta(days=4)
    return following.replace(day=1) - timedelta(days=1)


def first_moment(record: Record) -> datetime | None:
    """The earliest time that the record's date can mean: for a month its first day."""
    return record.date.replace(day=1) if record.date and record.only_month else record.date


# --- headlines of other stories ------------------------------------------------------------------------


def headlines(data: Path) -> list[Lead]:
    """Real headlines of other stories from the folders of *data*, always the same `HEADLINES` (or fewer, if there are)."""
    first: dict[str, Lead] = {}
    filler: dict[str, Lead] = {}
    for lead in _headlines_in(data):
        title = lead.title or ""
        # Release notes of one program: real, but no news, so they only fill up.
        kept = filler if "debian" in title.lower() else first
        if 12 <= len(title) <= 250 and " " in title.strip() and title not in first:
            kept.setdefault(title, lead)
    rng = random.Random(SEED)
    chosen = list(first.values())
    rng.shuffle(chosen)
    others = list(filler.values())
    rng.shuffle(others)
    return (chosen + others)[:HEADLINES]


def _headlines_in(data: Path) -> Iterator[Lead]:
    for place, (url, title, date) in enumerate(_titles_in(data)):
        when = date if isinstance(date, datetime) else parse_time(date) if date else None
        address = url if url.startswith("http") else f"https://headlines.example/{place}"
        yield Lead(address, "import", "headlines", title=title, published=when, language=detect_language(title))


def _titles_in(data: Path) -> Iterator[tuple[str, str, object]]:
    for name in ("trafilatura-eval", "fundus", "misinformation-crawler"):
        for row in _rows(data / name / "index.jsonl"):
            gold = row.get("gold") or {}
            date = gold.get("date") or gold.get("publishing_date") or gold.get("publication_datetime")
            yield str(row.get("url") or gold.get("article_url") or ""), str(gold.get("title") or ""), date
    for row in _rows(data / "readability" / "index.jsonl"):
        gold = row.get("expected_metadata") or {}
        yield "", str(gold.get("title") or ""), gold.get("publishedTime")
    for row in _rows(data / "postlight-parser" / "index.jsonl"):
        gold = row.get("expected") or {}
        yield str(row.get("url") or ""), str(gold.get("title") or ""), gold.get("date_published")
    for row in _rows(data / "syndication" / "index.jsonl"):
        for side in (row.get("a"), row.get("b"), row):
            if isinstance(side, dict) and side.get("title"):
                yield "https://" + str(side.get("url") or "x.example"), str(side["title"]), None
    sniffer = data / "urls" / "storysniffer_sample.csv"
    if sniffer.exists():
        with sniffer.open(encoding="utf-8", newline="") as rows:
            for line in csv.DictReader(rows):
                if line["prediction"] == "True":
                    yield line["url"], " ".join(line["text"].split()), None
    for file in sorted((data / "feeds-sitemaps").rglob("*")):
        if file.is_file() and file.suffix in (".xml", ".rss", ".atom", ".json"):
            body = file.read_bytes()
            for reading in (
                leads_from_feed(body, "https://feed.example/"),
                leads_from_sitemap(body, "https://feed.example/"),
            ):
                for lead in reading.leads:
                    yield lead.url, lead.title or "", lead.published
    for row in _rows(data.parent / "reuse" / "dev" / "docs.jsonl"):
        yield "", str(row.get("title") or ""), None


def _rows(file: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    if file.exists():
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def dated_like(leads: list[Lead], start: datetime) -> list[Lead]:
    """*leads* as if all had appeared in the two weeks from *start*."""
    rng = random.Random(SEED)
    return [replace(lead, published=start + timedelta(hours=rng.randrange(14 * 24))) for lead in leads]


# --- measuring -----------------------------------------------------------------------------------------


def average_precision(ranked: list[bool]) -> float:
    """The mean of the precision at each hit."""
    hits, total = 0, 0.0
    for place, hit in enumerate(ranked, start=1):
        if hit:
            hits += 1
            total += hits / place
    return total / hits if hits else 0.0


@dataclass(frozen=True, slots=True)
class Run:
    family: str
    precision: float
    own_dates: float
    copies: int
    outranked: int
    worst: tuple[tuple[int, str, str], ...]


def rank(known: Record, records: list[Record], others: list[Lead], published: datetime | None) -> list[Ranked]:
    story = Story(slug=known.family, title="")
    leads = [*(record.lead() for record in records), *others]
    titles = [Title(known.title, known.language)]
    return triage(story, leads, titles=titles, published=published, likeness=encoder_likeness())


def measure(known: Record, records: list[Record], others: list[Lead]) -> Run | None:
    family = [r for r in records if r.family == known.family and r is not known and r.url != known.url]
    copies = {record.url for record in family if record.is_copy}
    if not copies:
        return None
    unrelated = {r.url for r in records if _is_unrelated(r, known)} - copies
    offered = [r for r in records if r.url != known.url]
    when = first_moment(known)
    hard = rank(known, offered, dated_like(others, when or datetime(2023, 1, 19, tzinfo=UTC)), when)
    own = rank(known, offered, others, when)
    headline = {lead.url for lead in others}
    order = [entry for entry in hard if entry.lead.url in copies | unrelated | headline]
    worst = tuple(
        (place, entry.lead.title or entry.lead.url, entry.reason)
        for place, entry in enumerate(order, start=1)
        if entry.lead.url in copies and place > len(copies)
    )
    positions = {entry.lead.url: place for place, entry in enumerate(hard)}
    event = [r.url for r in offered if r.url not in copies | unrelated and r.family != known.family]
    outranked = sum(any(positions[url] < positions[copy] for url in event) for copy in copies)
    return Run(
        known.family,
        average_precision([entry.lead.url in copies for entry in order]),
        average_precision([e.lead.url in copies for e in own if e.lead.url in copies | unrelated | headline]),
        len(copies),
        outranked,
        worst,
    )


def _is_unrelated(record: Record, known: Record) -> bool:
    if UNRELATED.search(record.role):
        return True
    if record.family == known.family:
        return False
    return bool(OTHER_SUBJECTS.match(record.family) or OTHER_SUBJECTS.match(known.family))


def main(folder: Path) -> dict[str, float]:
    records = read_records(folder)
    others = headlines(folder.parent)
    runs: dict[str, list[Run]] = {}
    for family in sorted({record.family for record in records if not COLLECTIONS.match(record.family)}):
        members = [r for r in records if r.family == family and r.title]
        originals = [r for r in members if r.role.startswith("original")]
        for known in originals or [r for r in members if r.is_copy]:
            if run := measure(known, records, others):
                runs.setdefault(family, []).append(run)
                print(f"{run.precision:6.3f} {run.own_dates:6.3f}  {family:<16} {run.copies} from “{known.title[:70]}”")
                for place, title, reason in run.worst:
                    print(f"               at {place}: {title[:70]}  ({reason[:150]})")
    every = [run for group in runs.values() for run in group]
    copies = sum(run.copies for run in every)

    def mean(values: list[list[float]]) -> float:
        return round(sum(sum(v) / len(v) for v in values) / len(values), 4) if values else 0.0

    figures: dict[str, float] = {
        "average_precision": mean([[run.precision for run in group] for group in runs.values()]),
        "own_dates": mean([[run.own_dates for run in group] for group in runs.values()]),
        "families": len(runs),
        "questions": len(every),
        "headlines": len(others),
        "same_event_above": round(sum(run.outranked for run in every) / copies, 4) if copies else 0.0,
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
