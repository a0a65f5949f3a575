"""Watches that ask web archives and search engines on 127.0.0.1, and what their crawls leave."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.store import Store
from archive.times import utc_now
from crawler.discovery.search.registry import SOURCES
from tests.crawler.archives import CommonCrawl, WaybackMachine
from tests.crawler.crawling import Crawl, crawl, write_watch
from tests.crawler.web import Web

JANUARY = datetime(2023, 1, 20, 9, 15, tzinfo=UTC)

HTML = "<html><head><title>A story</title></head><body><article>%s</article></body></html>"


def page(words: str) -> bytes:
    return (HTML % words).encode()


def watch_of(folder: Path, story: str, *sources: str, more: str = "", outlet: str = "") -> Path:
    """A watch of the page *story*, with lines of `[sources.search]`."""
    said = {line.partition(" ")[0] for line in sources}
    off = [f"{name} = false" for name in SOURCES if name not in said]
    search = "\n".join(["[sources.search]", *off, *sources])
    return write_watch(folder, [story], sources=search, more=f"{more}\n{outlet}")


def wayback(machine: WaybackMachine, **settings: Any) -> str:
    said = {"url": machine.url, "delay": "0s", **settings}
    return f"wayback = {{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in said.items())} }}"


def commoncrawl(archive: CommonCrawl, **settings: Any) -> str:
    said = {"url": archive.url, "data_url": archive.url, "delay": "0s", **settings}
    return f"commoncrawl = {{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in said.items())} }}"


def run(watch: Path, folder: Path, *hosts: str, **options: Any) -> Crawl:
    names = {host: ["127.0.0.1"] for host in ("paper.example", "www.vice.example", "vice.example", *hosts)}
    return crawl(watch, folder / "archive.db", names=names, **options)


def bodies(result: Crawl, url: str, origin: str) -> list[tuple[str, int, bytes]]:
    """(time, status, body) of the captures of *url* from an archive, in order of time."""
    rows = result.rows("SELECT * FROM capture WHERE url = ? AND origin = ? ORDER BY started_at", url, origin)
    with Store(result.archive, readonly=True) as store:
        return [
            (row["started_at"], row["status"], store.body(row["body_sha256"]) if row["body_sha256"] else b"")
            for row in rows
        ]


def outcomes(result: Crawl, source: str) -> dict[str, tuple[str, str]]:
    """query -> (outcome, reason) of the last run."""
    rows = result.rows("SELECT * FROM run_source WHERE source = ? AND run_id = (SELECT max(id) FROM run)", source)
    return {row["query"]: (row["outcome"], row["reason"] or "") for row in rows}


def plant(folder: Path, watch: Path, urls: list[str], purpose: str = "memento", source: str = "wayback") -> None:
    """Put requests to a source on the frontier, as if an index had named them."""
    from archive.types import Lead
    from crawler.watch import load_watch

    with Store(folder / "archive.db") as store:
        story = store.save_story(load_watch(watch).story, utc_now())
        assert story.id is not None
        leads = [Lead(url, source, f"planted {n}: {url}", purpose=purpose) for n, url in enumerate(urls)]  # type: ignore[arg-type]
        store.add_leads(leads, story_id=story.id, run_id=None, now=utc_now())


def common_crawl(web: Web) -> CommonCrawl:
    archive = CommonCrawl(web)
    archive.collection("CC-MAIN-2022-49", "2022-11-26T00:00:00", "2022-12-10T00:00:00")
    archive.collection("CC-MAIN-2023-06", "2023-01-26T00:00:00", "2023-02-09T00:00:00")
    archive.collection("CC-MAIN-2023-14", "2023-03-20T00:00:00", "2023-04-02T00:00:00")
    return archive
