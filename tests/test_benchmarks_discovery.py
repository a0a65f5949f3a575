"""The evaluations of discovery run on folders made here, and see what is wrong with them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from benchmarks import coverage, feeds, robots, signals, urls

HERE = "https://gazet.example/nieuws/2023/01/19/rusland-moet-leren-verliezen"
THERE = "https://motherboard.example/en/article/qjkq9w/russia-needs-to-learn"
BODY = "<p>" + "De tekst van een lang artikel over Rusland en de kunst van het verliezen staat hier. " * 12 + "</p>"


def put(folder: Path, records: dict[str, tuple[dict[str, object], bytes]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, (record, body) in records.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
        lines.append(json.dumps({"file": name} | record))
    (folder / "index.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def html(head: str = "", end: str = "") -> bytes:
    page = f'<html lang="nl"><head><title>Rusland</title>{head}</head><body><article>{BODY * 2}<p>{end}</p></article></body></html>'
    return gzip.compress(page.encode())


def test_urls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path / "urls", {})
    (tmp_path / "urls" / "normalized.csv").write_text(
        "http://www.a.com/%66oo?utm_id=1, http://a.com/foo\n# x, y\n", encoding="utf-8"
    )
    put(
        tmp_path / "pages",
        {"a": ({"url": HERE}, b""), "b": ({"url": HERE + "?utm_source=x"}, b""), "c": ({"url": HERE + "-2"}, b"")},
    )
    put(tmp_path / "vice", {})
    story = "https://www.vice.com/en_us/article/qjkq9w/russia-needs-to-learn-to-lose-like-america"
    (tmp_path / "vice" / "observed_vice_urls.csv").write_text(f"url,host\n{story},www.vice.com\n", encoding="utf-8")
    figures = urls.main(tmp_path)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures
    assert figures["joined"] >= 0.97
    assert figures["wrongly_merged"] == 0
    assert figures["real_addresses"] == 4


def test_urls_tells_articles_apart_by_itself() -> None:
    assert urls.tells_apart("https://a.com/2023/verliezen-1?id=4") != urls.tells_apart(
        "https://a.com/2023/verliezen-1?id=5"
    )
    assert urls.tells_apart("https://a.com/2023/verliezen?utm_source=x") == urls.tells_apart(
        "http://www.a.com/2023/verliezen/"
    )


def test_signals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    credit = "Dit artikel verscheen oorspronkelijk op Motherboard."
    dated = "Dit is een bericht. This story was first published March 29, 2023. It was updated."
    elsewhere = f'<link rel="canonical" href="{THERE}"><meta property="og:url" content="{HERE}">'

    def label(points: bool, lines: list[str]) -> dict[str, object]:
        return {"type": "attribution", "canonical": THERE, "canonical_points_elsewhere": points, "credit_lines": lines}

    put(
        tmp_path / "syndication",
        {
            "canonical.html.gz": (label(True, []), html(elsewhere)),
            "unseen.html.gz": (label(True, []), html()),
            "credit.html.gz": (label(False, [credit]), html(end=credit)),
            "dated.html.gz": (label(False, [dated]), html(end=dated)),
        },
    )
    put(
        tmp_path / "pages",
        {
            "quiet.html.gz": ({"url": HERE}, html()),
            "copy.html.gz": ({"url": HERE}, html(elsewhere, credit)),
        },
    )
    figures = signals.main(tmp_path)
    out = capsys.readouterr().out
    assert json.loads(out.splitlines()[-1]) == figures
    assert (figures["canonical_recall"], figures["credit_recall"], figures["precision"]) == (0.5, 1.0, 1.0)
    assert (figures["claims"], figures["other_pages"], figures["credit_lines"]) == (2, 2, 1)
    assert "a date, credits nobody: syndication/dated.html.gz" in out


def test_feeds(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    name = "a billion laughs as a feed"
    monkeypatch.setattr(feeds, "BOMBS", {name: feeds.BOMBS[name]})
    item = (
        "<item><title>Verliezen</title><link>https://courier.example/a</link>"
        "<pubDate>Thu, 19 Jan 2023 10:00:00 GMT</pubDate></item>"
    )
    rss = f"<rss><channel><language>nl</language>{item}</channel></rss>"
    put(
        tmp_path,
        {
            "rss/good.xml": ({}, rss.encode()),
            "rss/cut.xml": ({}, rss[:-30].encode()),
            "map/sitemap.xml": ({}, b"<urlset><url><loc>https://courier.example/b</loc></url></urlset>"),
            "map/wall.html": ({}, b"<!doctype html><title>Consent</title>"),
        },
    )
    figures = feeds.main(tmp_path)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures
    assert (figures["healthy_read"], figures["unexplained"], figures["healthy"]) == (1.0, 0, 2)
    assert figures["broken"] == 2 + len(feeds.BOMBS)
    assert figures["bomb_mb"] <= feeds.MOST_MEMORY


def test_feeds_sees_what_a_lead_lacks() -> None:
    body = b"<rss><item><title>A</title><link>https://a.com/1</link><pubDate>Thu, 19 Jan 2023 10:00:00 GMT</pubDate></item></rss>"
    entries = feeds.entries_of(body)
    assert entries is not None
    assert feeds.missing(entries[0], []) == "link https://a.com/1"
    assert feeds.missing(entries[0], list(feeds.read(body, "feed").leads)) is None
    assert feeds.entries_of(b"<rss><item>") is None


def test_robots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "\ufeffUser-agent: *\r\nDisallow: /wp-admin/\r\nAllow: /wp-admin/admin-ajax.php\r\nCrawl-delay: 4\r\n\r\n"
        "User-agent: GPTBot\nDisallow: /*.pdf$\n\nSitemap: /sitemap.xml\nsite-map: https://courier.example/news.xml # news\n"
    )
    put(
        tmp_path,
        {"site/courier.example.txt": ({}, text.encode()), "site/wall.txt": ({}, b"<html><body>No</body></html>")},
    )
    figures = robots.main(tmp_path)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures
    assert (figures["agree"], figures["crawl_delays_read"], figures["sitemaps_read"]) == (1.0, 1.0, 1.0)
    assert (figures["crawl_delays"], figures["sitemaps"], figures["files"]) == (1, 2, 2)


def test_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    """A copy behind each of a few kinds of sources, and one that another copy points to."""
    few = {"feed": 1, "front_page": 1, "hreflang": 1, "searxng": 1, "import": 1}
    figures = coverage.main(400, few)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == figures
    assert (figures["found"], figures["copies"], figures["pages"]) == (5, 5, 400)
    assert figures["fetched_share"] <= coverage.SHARE
