"""A small archive to browse: one story, five pages, good and bad captures, and outlets that mean harm."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlite_utils import Database

from archive.availability import Sighting, sentence, states
from archive.diff import LABEL, VersionText, diff
from archive.schema import migrations
from archive.search import spaced
from archive.times import to_text
from tests.datasette_config.chromium import CHROMIUM, OPTIONS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ENGLISH = "\n".join(
    [
        "The town of Lower Vane has lost its harbour three times, and each time it wrote down who was to blame.",
        "This spring the water fell again, and 41 boats lie in the mud behind the old sea wall.",
        "“We were told that the dredging would be finished by March,” said harbour master Ada Brandt. “Nobody told the sea.”",
        "The council has not explained where the 2.4 million that were set aside for the work have gone.",
        "Losing, the town's historian likes to say, is a craft: it has tools, and it can be taught.",
        "On Friday the boats will be counted once more, and the list will be read aloud at the market.",
    ]
)
DUTCH = "\n".join(
    [
        "Het stadje Lower Vane heeft zijn haven drie keer verloren, en schreef elke keer op wiens schuld het was.",
        "Dit voorjaar zakte het water opnieuw, en 41 boten liggen in de modder achter de oude zeewering.",
        "“Er was ons beloofd dat het baggeren in maart klaar zou zijn,” zegt havenmeester Ada Brandt.",
        "De gemeenteraad heeft niet uitgelegd waar de 2,4 miljoen voor het werk gebleven is.",
        "Verliezen, zegt de historicus van de stad graag, is een ambacht: het heeft gereedschap en het is te leren.",
        "Dit artikel verscheen oorspronkelijk op The Estuary.",
    ]
)
JAPANESE = "港は三度失われた。首相は何も語らなかった。\n空気は冷たく、四十一隻の船が泥の中にある。"
ARABIC = "قالت مديرة الميناء: «لم يخبر أحد البحر».\nبقي في الطين 41 قاربا."
HOSTILE_TITLE = "<img src=x onerror=\"document.title='owned'\"> \u202eelttit"
HOSTILE_TEXT = "\n".join(
    [
        "This spring the water fell again, and 41 boats lie in the mud behind the old sea wall.",
        "</p></script><script>document.title = 'owned'</script> “We were told that the dredging would be finished by March,”",
        "{{ 7 * 7 }} {% raw %} &lt;b&gt; <iframe src=\"javascript:document.title='owned'\"></iframe> " + "long" * 120,
    ]
)


@dataclass(frozen=True)
class Ids:
    """The rows that the tests ask for."""

    copy_page: int
    copy_versions: tuple[int, int, int]
    translation_page: int
    translation_version: int
    hostile_page: int
    hostile_version: int
    japanese_page: int
    japanese_versions: tuple[int, int]
    arabic_version: int
    english_text: int
    dutch_text: int


class Builder:
    """Writes rows as the crawl and `afterprint process` would."""

    def __init__(self, path: Path) -> None:
        self.db = Database(path)
        migrations.apply(self.db)
        self.texts: dict[int, VersionText] = {}

    def insert(self, table: str, **row: Any) -> int:
        stored = {key: json.dumps(value) if isinstance(value, list | dict) else value for key, value in row.items()}
        return int(self.db.table(table).insert(stored).last_pk)

    def page(self, url: str, outlet: str) -> int:
        outlet_id = self.insert("outlet", domain=outlet, first_seen="2023-01-20T00:00:00.000Z")
        page_id = self.insert(
            "page", outlet_id=outlet_id, url=url, url_key=url, purpose="page", first_seen="2023-01-20T00:00:00.000Z"
        )
        self.insert(
            "page_url",
            page_id=page_id,
            url=url,
            url_key=url,
            reason="fetched",
            first_seen="2023-01-20T00:00:00.000Z",
            last_seen="2023-03-01T00:00:00.000Z",
        )
        return page_id

    def extraction(self, *, label: str = "trafilatura 2.3|recall", site_name: str | None = None, **fields: Any) -> int:
        body = json.dumps(fields).encode()
        digest = hashlib.sha256(body).hexdigest()
        if not list(self.db.query("SELECT 1 FROM body WHERE sha256 = ?", [digest])):
            self.db.table("body").insert(
                {"sha256": digest, "data": body, "size": len(body), "first_seen": "2023-01-20T00:00:00.000Z"}
            )
        extraction_id = self.insert(
            "extraction",
            body_sha256=digest,
            label=label,
            path="article",
            site_name=site_name,
            text_sha256=hashlib.sha256(fields["text"].encode()).hexdigest(),
            links=[],
            markup={},
            **fields,
        )
        self.texts[extraction_id] = VersionText(**fields)
        return extraction_id

    def capture(
        self,
        page: int,
        at: str,
        decision: str,
        why: str,
        *,
        status: int | None = 200,
        error: str | None = None,
        extraction: int | None = None,
        quality: float = 1.0,
        reasons: Sequence[str] = (),
        run: int | None = 1,
    ) -> int:
        url = next(self.db.query("SELECT url FROM page WHERE id = ?", [page]))["url"]
        body = (
            next(self.db.query("SELECT body_sha256 FROM extraction WHERE id = ?", [extraction]))["body_sha256"]
            if extraction
            else None
        )
        capture_id = self.insert(
            "capture",
            run_id=run,
            page_id=page,
            purpose="page",
            url=url,
            final_url=url,
            redirects=[],
            started_at=at,
            finished_at=at,
            status=status,
            error_class=error,
            error_detail=error,
            headers=[],
            media_type="text/html",
            body_sha256=body,
            not_modified=0,
            origin="live",
            prev_log_hash="0",
            log_hash="0",
        )
        self.insert(
            "reading",
            capture_id=capture_id,
            label="reading 1",
            extraction_id=extraction,
            quality=quality,
            reasons=list(reasons),
            decision=decision,
            why=why,
        )
        return capture_id

    def version(
        self, page: int, number: int, captures: Sequence[int], extraction: int, changed: Sequence[str] = ()
    ) -> int:
        times = [
            next(self.db.query("SELECT started_at FROM capture WHERE id = ?", [one]))["started_at"] for one in captures
        ]
        version_id = self.insert(
            "version",
            page_id=page,
            number=number,
            first_capture_id=captures[0],
            last_capture_id=captures[-1],
            seen_from=times[0],
            seen_to=times[-1],
            captures=len(captures),
            extraction_id=extraction,
            changed_fields=list(changed),
        )
        text = self.texts[extraction]
        self.db.execute(
            "INSERT INTO version_fts (rowid, title, text) VALUES (?, ?, ?)",
            [version_id, spaced(text.title or ""), spaced(text.text)],
        )
        return version_id

    def change(self, old: int, new: int) -> int:
        old_text, new_text = (
            self.texts[next(self.db.query("SELECT extraction_id FROM version WHERE id = ?", [one]))["extraction_id"]]
            for one in (old, new)
        )
        found = diff(old_text, new_text)
        return self.insert(
            "change",
            old_version_id=old,
            new_version_id=new,
            label=LABEL,
            fields={name: list(values) for name, values in found.fields.items()},
            similarity=found.similarity,
            words_added=found.words_added,
            words_removed=found.words_removed,
            moves=found.moves,
            significance=found.significance,
            reasons=list(found.reasons),
            summary=found.summary,
            diff_hash=found.diff_hash,
            seen_at=next(self.db.query("SELECT seen_from FROM version WHERE id = ?", [new]))["seen_from"],
        )

    def availability(self, page: int) -> None:
        """Judge whether the page was there, as it is judged after each run."""
        rows = self.db.query(
            """SELECT c.id, c.started_at, c.status, c.error_class, r.decision, r.why, r.reasons, c.url, c.final_url
               FROM capture c JOIN reading r ON r.capture_id = c.id WHERE c.page_id = ? ORDER BY c.started_at""",
            [page],
        )
        seen = [
            Sighting(
                row["id"], datetime.fromisoformat(row["started_at"]), row["status"], row["error_class"], row["decision"],
                row["why"], tuple(json.loads(row["reasons"])), row["url"], row["final_url"],
            )
            for row in rows
        ]  # fmt: skip
        found = states(seen, [])
        for number, one in enumerate(found, 1):
            self.insert(
                "availability_state",
                page_id=page,
                number=number,
                last=int(number == len(found)),
                state=one.state,
                since=to_text(one.since),
                until=to_text(one.until),
                last_present_capture_id=one.last_present.capture_id if one.last_present else None,
                last_present_at=to_text(one.last_present.at) if one.last_present else None,
                first_absent_capture_id=one.first_absent.capture_id if one.first_absent else None,
                evidence=one.evidence,
                claimed=int(one.claimed),
                captures=one.captures,
                moved_to=one.moved_to,
                sentence=sentence(found[:number]),
            )

    def match(
        self, version: int, text: int | None, kind: str, spans: Sequence[tuple[str, str]] = (), **row: Any
    ) -> int:
        method = "semantic" if "translat" in kind else "lexical"
        match_id = self.insert(
            "match",
            version_id=version,
            story_id=1,
            story_text_id=text,
            label="match 1",
            texts="0",
            kind=kind,
            evidence={"shared_words": 12},
            **{"similarity": 0.9, "confidence": 0.95, "credit": None, "credit_name": None, **row},
        )
        for number, (story_words, page_words) in enumerate(spans, 1):
            story = next(self.db.query("SELECT text FROM story_text WHERE id = ?", [text]))["text"]
            page = next(
                self.db.query(
                    "SELECT e.text FROM version v JOIN extraction e ON e.id = v.extraction_id WHERE v.id = ?", [version]
                )
            )["text"]
            story_start, page_start = story.index(story_words), page.index(page_words)
            self.insert(
                "passage",
                match_id=match_id,
                number=number,
                story_start=story_start,
                story_end=story_start + len(story_words),
                page_start=page_start,
                page_end=page_start + len(page_words),
                likeness=0.9,
                method=method,
                quotation=int(story_words.startswith("“")),
                links="[]",
            )
        return match_id


def build(path: Path) -> Ids:
    made = Builder(path)
    made.insert(
        "story",
        slug="lower-vane",
        title="A Town Learns to Lose Its Harbour",
        outlet="The Estuary",
        aliases=["Estuary"],
        short_ids=["k7v9"],
        alerts=[],
        languages=[],
        created_at="2023-01-19T00:00:00.000Z",
    )
    made.insert(
        "story_url", story_id=1, url="https://estuary.test/k7v9/lower-vane", url_key="estuary.test/k7v9/lower-vane"
    )
    texts = [
        made.insert(
            "story_text",
            story_id=1,
            language=language,
            role=role,
            text=text,
            active=1,
            source=f"file:{language}.txt",
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        for language, role, text in (("en", "original", ENGLISH), ("nl", "translation", DUTCH))
    ]
    made.insert(
        "run",
        kind="crawl",
        watch="lower-vane",
        started_at="2023-01-20T08:00:00.000Z",
        finished_at="2023-01-20T08:04:10.000Z",
        state="finished",
        planned=9,
        fetched=7,
        new=6,
        unchanged=1,
        failed={"timeout": 1, "503": 1},
        skipped={"robots": 2},
    )
    made.insert(
        "run", kind="crawl", watch="lower-vane", started_at="2023-03-01T08:00:00.000Z", state="running", planned=4
    )
    made.insert(
        "run_source", run_id=1, source="feed", query="https://daily.test/rss", outcome="ok", leads=40, new_leads=2
    )
    made.insert(
        "run_source",
        run_id=1,
        source="news_sitemap",
        query="https://blad.test/sitemap.xml",
        outcome="failed",
        reason="the server answered 503",
        leads=0,
        new_leads=0,
    )

    # An English copy: edited twice, with a failure, a consent wall and a revisit in between.
    copy = made.page("https://daily.test/world/lower-vane", "daily.test")
    first = made.extraction(
        title="41 boats in the mud", byline="Jo Quill", language="en", site_name="The Daily", text=ENGLISH
    )
    lines = ENGLISH.replace("41 boats", "39 boats").split("\n")
    second = made.extraction(
        title="39 boats in the mud",
        byline="Jo Quill",
        language="en",
        site_name="The Daily",
        text="\n".join(
            [lines[0], lines[4], *lines[1:4], lines[5], "The Daily asked the council for comment on Thursday."]
        ),
    )
    third = made.extraction(
        title="39 boats in the mud",
        byline="Jo Quill",
        language="en",
        site_name="The Daily",
        text=made.texts[second].text.replace("has not explained", "has explained"),
        correction="Correction: an earlier version of this article gave a wrong number of boats.",
    )
    c1 = made.capture(copy, "2023-01-20T08:00:00.000Z", "new_version", "the first good capture", extraction=first)
    c2 = made.capture(copy, "2023-01-20T12:00:00.000Z", "unchanged", "the same text", extraction=first)
    made.capture(copy, "2023-01-21T08:00:00.000Z", "unreachable", "the server answered 503", status=503)
    made.capture(copy, "2023-01-21T09:00:00.000Z", "unreachable", "no answer: timeout", status=None, error="timeout")
    c3 = made.capture(copy, "2023-01-22T08:00:00.000Z", "new_version", "changed: title, text", extraction=second)
    made.capture(copy, "2023-01-25T08:00:00.000Z", "bad", "consent_wall", quality=0.1, reasons=["consent_wall"])
    c4 = made.capture(copy, "2023-02-01T08:00:00.000Z", "new_version", "changed: correction, text", extraction=third)
    c5 = made.capture(copy, "2023-03-01T08:00:00.000Z", "unchanged", "the same text", extraction=third)
    copies = (
        made.version(copy, 1, [c1, c2], first),
        made.version(copy, 2, [c3], second, ["title", "text"]),
        made.version(copy, 3, [c4, c5], third, ["correction", "text"]),
    )
    made.change(copies[0], copies[1])
    made.change(copies[1], copies[2])
    made.match(
        copies[0],
        texts[0],
        "copy",
        [(line, line) for line in ENGLISH.split("\n")],
        coverage_story=1.0,
        coverage_page=0.98,
        explanation="98 % of the page stands in the story, word for word; no credit was found.",
    )
    made.match(
        copies[2],
        texts[0],
        "copy",
        [(line, line) for line in (lines[0], lines[4], lines[5])],
        coverage_story=0.88,
        coverage_page=0.86,
        explanation="86 % of the page stands in the story, lightly edited; no credit was found.",
    )

    # A Dutch translation with credit, gone later.
    translation = made.page("https://blad.test/nieuws/haven", "blad.test")
    dutch = made.extraction(
        title="Een stad leert verliezen", language="nl", published="2023-01-21", site_name="Het Blad", text=DUTCH
    )
    t1 = made.capture(
        translation, "2023-01-21T07:00:00.000Z", "new_version", "the first good capture", extraction=dutch
    )
    t2 = made.capture(translation, "2023-02-10T07:00:00.000Z", "unchanged", "the same text", extraction=dutch)
    made.capture(translation, "2023-02-20T07:00:00.000Z", "gone", "the server answered 410", status=410)
    made.capture(translation, "2023-03-01T07:00:00.000Z", "gone", "the server answered 410", status=410)
    translated = made.version(translation, 1, [t1, t2], dutch)
    pairs = list(zip(ENGLISH.split("\n")[:5], DUTCH.split("\n")[:5], strict=True))
    made.match(
        translated,
        texts[0],
        "translation",
        pairs,
        coverage_story=0.82,
        coverage_page=0.93,
        confidence=0.88,
        credit="Dit artikel verscheen oorspronkelijk op The Estuary.",
        credit_name="The Estuary",
        explanation="A Dutch translation of 82 % of the story, credited to The Estuary.",
    )

    # An excerpt on a page that would like to run scripts.
    hostile = made.page("https://evil.test/?q=<script>alert(1)</script>", "evil.test")
    evil = made.extraction(
        title=HOSTILE_TITLE,
        byline='=HYPERLINK("http://evil.test")',
        language="en",
        site_name='Evil "><script>',
        text=HOSTILE_TEXT,
    )
    h1 = made.capture(hostile, "2023-01-23T07:00:00.000Z", "new_version", "the first good capture", extraction=evil)
    hostile_version = made.version(hostile, 1, [h1], evil)
    made.match(
        hostile_version,
        texts[0],
        "excerpt",
        [(HOSTILE_TEXT.split("\n")[0],) * 2],
        coverage_story=0.2,
        coverage_page=0.31,
        confidence=0.7,
        credit="<script>document.title='owned'</script> via @estuary",
        explanation="31 % <b>of the page</b> stands in the story.",
    )
    made.insert(
        "lead",
        story_id=1,
        url="javascript:document.title='owned'",
        url_key="https://evil.test/?q=<script>alert(1)</script>",
        source="feed",
        query="javascript:alert(1)",
        purpose="page",
        rank=1,
        title="<b>Come in</b>",
        outlet="Evil",
        run_id=1,
        first_seen="2023-01-22T00:00:00.000Z",
        last_seen="2023-01-23T00:00:00.000Z",
    )
    made.insert(
        "lead",
        story_id=1,
        url="https://daily.test/world/lower-vane",
        url_key="https://daily.test/world/lower-vane",
        source="feed",
        query="https://daily.test/rss",
        purpose="page",
        rank=3,
        title="41 boats in the mud",
        run_id=1,
        first_seen="2023-01-20T08:00:00.000Z",
        last_seen="2023-01-20T08:00:00.000Z",
    )

    # A Japanese page about the same event, read by two extractors, blocked in the end.
    japanese = made.page("https://shimbun.test/a", "shimbun.test")
    old_reader = made.extraction(title="港", language="ja", text=JAPANESE, label="trafilatura 2.2|recall")
    new_reader = made.extraction(title="港", language="ja", text=JAPANESE.replace("三度", "二度"))
    j1 = made.capture(
        japanese, "2023-01-24T00:00:00.000Z", "new_version", "the first good capture", extraction=old_reader
    )
    j2 = made.capture(japanese, "2023-01-25T00:00:00.000Z", "new_version", "changed: text", extraction=new_reader)
    made.capture(
        japanese,
        "2023-02-25T00:00:00.000Z",
        "bad",
        "blocked:cloudflare",
        status=403,
        quality=0.0,
        reasons=["blocked:cloudflare"],
    )
    readings = made.version(japanese, 1, [j1], old_reader), made.version(japanese, 2, [j2], new_reader, ["text"])
    made.match(
        readings[1],
        None,
        "related",
        coverage_story=0.0,
        coverage_page=0.0,
        similarity=0.3,
        confidence=0.6,
        explanation="The same event in own words.",
    )

    # An Arabic page that shares a quotation only.
    arabic = made.page("https://sahifa.test/b", "sahifa.test")
    quoting = made.extraction(title="الميناء", language="ar", text=ARABIC)
    a1 = made.capture(arabic, "2023-01-26T00:00:00.000Z", "new_version", "the first good capture", extraction=quoting)
    arabic_version = made.version(arabic, 1, [a1], quoting)
    made.match(
        arabic_version,
        texts[0],
        "quotes_only",
        coverage_story=0.03,
        coverage_page=0.4,
        confidence=0.8,
        explanation="Only a quotation of Ada Brandt is shared.",
    )
    for page in (copy, translation, hostile, japanese, arabic):
        made.availability(page)
    made.db.conn.commit()
    made.db.close()
    return Ids(
        copy,
        copies,
        translation,
        translated,
        hostile,
        hostile_version,
        japanese,
        readings,
        arabic_version,
        texts[0],
        texts[1],
    )


@pytest.fixture(scope="session")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browse") / "archive.db"


@pytest.fixture(scope="session")
def ids(archive_path: Path) -> Ids:
    return build(archive_path)


# --- a browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is absent, and in CI it must be present")
        pytest.skip(f"needs {CHROMIUM} (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of: errors, warnings, violations of the content security policy."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield page
    context.close()
