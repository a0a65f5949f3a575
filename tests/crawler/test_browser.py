"""Pages that show nothing until a script ran, opened in a real Chromium that has no network of its own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.exceptions import ConfigError
from archive.process import process
from archive.store import Store
from archive.times import utc_now
from crawler import browser
from crawler.browser import encoded, needs_browser, settings_for_browser
from crawler.newsroom import Newsroom, Server, ferry, serve
from crawler.watch import load_watch
from tests.crawler.crawling import Crawl, crawl, write_watch
from tests.crawler.web import Trap, Web

with_chromium = pytest.mark.skipif(
    not any(map(shutil.which, browser.EXECUTABLES)), reason="no Chromium is installed here"
)

HTML = (("content-type", "text/html; charset=utf-8"),)
URL = "https://ticker.example/2026/ferry"
LONG = "".join(f"<p>{paragraph}</p>" for paragraph in ferry.ENGLISH.split("\n\n"))


def whole(text: str, more: str = "") -> bytes:
    return f'<!DOCTYPE html><html lang="en"><head><title>Ferry</title></head><body>{text}{more}</body></html>'.encode()


# --- which answers need a browser ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        (whole('<div id="app"></div><script src="/app.js"></script>'), True),
        (whole("<noscript>Please enable JavaScript to read on.</noscript><p>Please enable JavaScript.</p>"), True),
        (
            whole("<article><h1>Ferry</h1><p>The ferry will stop in June, the council said on Monday.</p></article>"),
            True,
        ),
        (whole(f"<article><h1>Ferry</h1>{LONG}</article>"), False),
        (
            whole(
                '<div id="__next"></div>',
                '<script id="__NEXT_DATA__" type="application/json">'
                + json.dumps({"props": {"article": {"title": "Ferry", "body": ferry.ENGLISH}}})
                + "</script>",
            ),
            False,
        ),
        (whole("<h1>Just a moment...</h1><p>Checking your browser before accessing ticker.example.</p>"), False),
        (whole("<h1>Page not found</h1>").replace(b"<title>Ferry", b"<title>Page not found"), False),
        (b"", False),
    ],
    ids=["a frame", "asks for scripts", "a teaser", "an article", "embedded JSON", "a check", "a soft 404", "nothing"],
)
def test_a_browser_is_for_frames_alone(body: bytes, needed: bool) -> None:
    assert needs_browser(URL, URL, 200, HTML, body) is needed


@pytest.mark.parametrize(
    ("status", "kind"), [(404, "text/html"), (410, "text/html"), (403, "text/html"), (200, "application/pdf")]
)
def test_what_the_server_said_without_a_page_stands(status: int, kind: str) -> None:
    frame = whole('<div id="app"></div><script src="/app.js"></script>')
    assert not needs_browser(URL, URL, status, (("content-type", kind),), frame)


@pytest.mark.parametrize(
    ("kind", "html", "expected"),
    [
        ("text/html; charset=iso-8859-1", "<p>Ø ☃", b"<p>\xd8 &#9731;"),
        ("text/html", '<meta charset="windows-1252"><p>Ø', b'<meta charset="windows-1252"><p>\xd8'),
        ("text/html", "<p>Ø", "<p>Ø".encode()),
    ],
    ids=["header", "meta", "none"],
)
def test_a_document_is_kept_in_the_encoding_that_its_answer_declares(kind: str, html: str, expected: bytes) -> None:
    assert encoded(html, (("content-type", kind),)) == expected


# --- the watch -----------------------------------------------------------------------------------


def test_a_watch_names_outlets_that_need_a_browser(tmp_path: Path) -> None:
    watch = write_watch(
        tmp_path, [URL], more='[outlets."www.ticker.example"]\nbrowser = true\n[outlets."plain.example"]'
    )
    assert load_watch(watch).browser == {"ticker.example"}


@pytest.mark.parametrize(
    ("lines", "cause", "line"),
    [
        ('[outlets."ticker.example"]\nbrowzer = true', "browzer", 0),
        ('[outlets."ticker.example"]\nbrowser = "yes"', "true or false", 0),
        ("[outlets]\nticker = { browser = true }", "no outlet's domain", 10),
        ('[outlets]\n"ticker.example" = true', "must be a section", 10),
        ('[outlets."ticker"]\nbrowser = true', "no outlet's domain", 9),
    ],
    ids=["unknown key", "no switch", "no domain", "no section", "no domain in the heading"],
)
def test_a_mistake_in_it_is_named(tmp_path: Path, lines: str, cause: str, line: int) -> None:
    watch = write_watch(tmp_path, [URL], more=lines)
    with pytest.raises(ConfigError, match=cause) as caught:
        load_watch(watch)
    if line:
        assert f"line {line}" in str(caught.value), watch.read_text()


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'afterprint\[browser\]'"):
        settings_for_browser({})


def test_without_a_browser_the_error_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="apt install chromium"):
        settings_for_browser({})
    with pytest.raises(ConfigError, match="/nowhere/chrome"):
        settings_for_browser({browser.EXECUTABLE_VARIABLE: "/nowhere/chrome"})
    assert browser.executable({browser.EXECUTABLE_VARIABLE: sys.executable}) == sys.executable


def test_a_crawl_without_a_browser_ends_with_code_2_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(browser.EXECUTABLE_VARIABLE, "/nowhere/chrome")
    with Web() as web:
        url = web.page("ticker.localhost", "/page", body=whole(LONG))
        watch = write_watch(tmp_path, [url], more='[outlets."ticker.localhost"]\nbrowser = true\n')
        done = crawl(watch, tmp_path / "archive.db")
        assert done.code == 2
        assert browser.EXECUTABLE_VARIABLE in done.output
        assert web.log == []


# --- a newsroom whose articles are put together by a script --------------------------------------


@pytest.fixture
def newsroom() -> Iterator[Server]:
    room = Newsroom()
    ticker = room.outlet("ticker", name="The Ticker", by_script=True)
    ticker.publish("/ferry", title=ferry.ENGLISH_TITLE, text=ferry.ENGLISH)
    courier = room.outlet("courier", name="The Harbour Courier")
    courier.publish("/ferry", title=ferry.ENGLISH_TITLE, text=ferry.ENGLISH)
    with serve(room) as server:
        yield server


def visit(server: Server, folder: Path, *, browser_for: str = "ticker.localhost", **options: Any) -> Crawl:
    pages = [server.url("ticker", "/ferry"), server.url("courier", "/ferry")]
    watch = write_watch(folder, pages, more=f'[outlets."{browser_for}"]\nbrowser = true\n')
    return crawl(watch, folder / "archive.db", again=True, **options)


@with_chromium
def test_an_article_that_a_script_puts_together_is_captured_read_and_followed(newsroom: Server, tmp_path: Path) -> None:
    done = visit(newsroom, tmp_path)
    assert done.code == 0, done.output
    first = done.capture(newsroom.url("ticker", "/ferry"))
    assert (first["status"], first["error_class"], first["error_detail"]) == (200, None, None)
    assert first["rendered_by"].startswith("chromium ")
    assert "scrapy-playwright" in first["rendered_by"]
    assert ["server", "newsroom"] in [[name, value.strip()] for name, value in json.loads(first["headers"])]
    plain = done.capture(newsroom.url("courier", "/ferry"))
    assert plain["rendered_by"] is None
    with Store(done.archive) as store:
        body = store.body(first["body_sha256"])
    assert b"nobody has ordered" in body
    assert b'<div id="app"><main>' in body

    newsroom.room["ticker"].edit("/ferry", text=ferry.ENGLISH.replace("164", "171"), quiet=True)
    again = visit(newsroom, tmp_path)
    second = again.captures(newsroom.url("ticker", "/ferry"))[-1]
    assert second["status"] == 200, "the frame's validators say nothing of the article, so they are not sent"
    assert again.captures(newsroom.url("courier", "/ferry"))[-1]["status"] == 304, "other outlets are asked as ever"
    asked = newsroom.visits("ticker", "/ferry")
    assert len(asked) == 2, "the browser is handed the answer and does not ask again"
    assert all(visit.headers["user-agent"].startswith("afterprint/") for visit in newsroom.visits("ticker"))

    process(done.archive, now=utc_now, workers=1)
    outlet = "WHERE outlet = 'ticker.localhost'"
    versions = again.rows(f"SELECT number, changed_fields FROM versions {outlet} ORDER BY number")
    assert [tuple(row) for row in versions] == [(1, "[]"), (2, '["text"]')]
    [change] = again.rows("SELECT words_added, words_removed FROM changes")
    assert tuple(change) == (1, 1)


@with_chromium
def test_a_plain_and_a_rendered_body_are_no_edit_of_each_other(newsroom: Server, tmp_path: Path) -> None:
    ticker = newsroom.room["ticker"]
    ticker.by_script = False
    visit(newsroom, tmp_path)
    ticker.by_script = True
    ticker.edit("/ferry", text=ferry.ENGLISH.replace("164", "171"))
    done = visit(newsroom, tmp_path)
    assert [row["rendered_by"] is None for row in done.captures(newsroom.url("ticker", "/ferry"))] == [True, False]
    process(done.archive, now=utc_now, workers=1)
    decisions = done.rows(
        "SELECT decision, why FROM captures WHERE outlet = 'ticker.localhost' AND purpose = 'page' ORDER BY id"
    )
    assert [row["decision"] for row in decisions] == ["new_version", "bad"]
    assert "made by scripts" in decisions[1]["why"]
    assert done.rows("SELECT * FROM change") == []


@with_chromium
def test_an_outlet_whose_answers_hold_the_article_is_read_without_a_browser(newsroom: Server, tmp_path: Path) -> None:
    done = visit(newsroom, tmp_path, browser_for="courier.localhost")
    assert done.capture(newsroom.url("courier", "/ferry"))["rendered_by"] is None
    again = visit(newsroom, tmp_path, browser_for="courier.localhost")
    assert again.captures(newsroom.url("courier", "/ferry"))[-1]["not_modified"] == 1


# --- pages that mean no good ---------------------------------------------------------------------


PATIENCE = 12
"""Seconds for each page: a busy machine takes five for one that means well."""
SHOWN = b'<div id="app"><p>PORT MERRIN'
FILL = "document.getElementById('app').innerHTML = "
SAY = "text => { const p = document.createElement('p'); p.textContent = text; document.body.append(p) }"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One crawl of pages that try everything; by name, what became of each, and the ports that must stay silent."""
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret.txt"
    secret.write_text("the secret of this machine")
    traps = {name: Trap("127.0.0.2") for name in ("address", "redirect", "frames", "socket", "windows", "hints")}
    with Web() as web:
        urls: dict[str, str] = {}

        def page(name: str, script: str, body: str = '<div id="app"></div>', **more: Any) -> None:
            # The article is last: a page that is stopped half-way shows none.
            text = json.dumps(LONG)
            markup = whole(body, f"<script>{script}\n;{FILL}{text}</script>")
            urls[name] = web.page(f"{name}.localhost", "/page", body=markup, headers=HTML, **more)

        def tries(*addresses: str) -> str:
            return "".join(f"fetch('{one}').then(a => a.text()).then({SAY}).catch(() => 0);" for one in addresses)

        port = traps["address"].port
        page(
            "address", tries(traps["address"].url, f"http://rebound.example:{port}/", f"http://[::ffff:7f00:2]:{port}/")
        )
        page(
            "files",
            tries(f"file://{secret}") + f"location.href = 'file://{secret}';",
            f'<div id="app"></div><iframe src="file://{secret}"></iframe>',
        )
        web.page("redirect.localhost", "/away.js", status=302, headers=(("Location", f"{traps['redirect'].url}/x.js"),))
        page("redirect", tries("/away.js"))
        frame = traps["frames"].url
        page(
            "frames",
            "",
            f'<div id="app"></div><iframe src="{frame}/f"></iframe><img src="{frame}/i"><object data="{frame}/o"></object>'
            f'<link rel=stylesheet href="{frame}/s"><script src="{frame}/j"></script><video src="{frame}/v"></video>',
        )
        page(
            "socket",
            f"new WebSocket('ws{traps['socket'].url[4:]}/'); new EventSource('{traps['socket'].url}/e'); navigator.sendBeacon('{traps['socket'].url}/b');",
        )
        page("windows", f"window.open('{traps['windows'].url}/w');")
        page(
            "hints",
            "",
            f'<link rel=preconnect href="{traps["hints"].url}"><link rel=prefetch href="{traps["hints"].url}/p"><link rel=prerender href="{traps["hints"].url}/q"><div id="app"></div>',
        )
        page("elsewhere", "setTimeout(() => location.href = 'http://fine.localhost/other', 10)")
        web.page(
            "worker.localhost",
            "/sw.js",
            body=b"self.onfetch = e => e.respondWith(new Response('taken'))",
            headers=(("Content-Type", "text/javascript"),),
        )
        page("worker", "navigator.serviceWorker.register('/sw.js')")
        page(
            "download",
            "const a = document.createElement('a'); a.href = 'data:application/zip,x'; a.download = 'x.zip'; document.body.append(a); a.click();",
        )
        page("many", "for (let i = 0; i < 300; i++) fetch('/part' + i).catch(() => 0);")
        web.page("forbidden.localhost", "/robots.txt", body=b"User-agent: *\nDisallow: /api/")
        web.page("forbidden.localhost", "/api/x", body=b"a text that robots.txt keeps to itself")
        page("forbidden", tries("/api/x"))
        web.page("bomb.localhost", "/bomb.js", body=b"x" * 300_000)
        page("bomb", tries("/bomb.js"))
        for number in range(4):
            web.page("heavy.localhost", f"/part{number}", body=b"x" * 200_000)
        each = "for (let i = 0; i < 4; i++) await fetch('/part' + i).then(a => a.text()).catch(() => 0);"
        page("heavy", f"(async () => {{ {each} }})()")
        page("swollen", "for (let i = 0; i < 3000; i++) document.body.append('x'.repeat(100));")
        page("restless", "setInterval(() => fetch('/tick').catch(() => 0), 50);")
        page("stuck", "setTimeout(() => { while (true) {} }, 100);")
        page("half", "document.body.append('\\ud800');")
        page("fine", "")
        watch = write_watch(
            folder,
            list(urls.values()),
            more="".join(f'[outlets."{name}.localhost"]\nbrowser = true\n' for name in urls),
        )
        done = crawl(
            watch,
            folder / "archive.db",
            names={"rebound.example": ["127.0.0.2"]},
            DOWNLOAD_TIMEOUT=PATIENCE,
            DOWNLOAD_MAXSIZE=250_000,
        )
        found: dict[str, Any] = {"crawl": done, "traps": traps, "web": web}
        with Store(done.archive) as store:
            for name, url in urls.items():
                row = dict(done.capture(url))
                row["body"] = store.body(row["body_sha256"]) if row["body_sha256"] else b""
                found[name] = row
        yield found


@with_chromium
@pytest.mark.parametrize("name", ["address", "redirect", "frames", "socket", "windows", "hints"])
def test_no_page_reaches_what_the_crawl_may_not_open(hostile: dict[str, Any], name: str) -> None:
    assert hostile["traps"][name].connections == 0
    assert hostile[name]["error_class"] is None, hostile[name]["error_detail"]
    assert SHOWN in hostile[name]["body"]


@with_chromium
def test_what_was_refused_to_a_page_is_said(hostile: dict[str, Any]) -> None:
    assert "127.0.0.2 is a loopback address" in hostile["address"]["error_detail"]
    assert "rebound.example: 127.0.0.2 is a loopback address" in hostile["address"]["error_detail"]
    assert "127.0.0.2 is a loopback address" in hostile["redirect"]["error_detail"]
    assert "robots.txt" in hostile["forbidden"]["error_detail"]
    assert "more than 100 files" in hostile["many"]["error_detail"]
    assert "the answer is larger than what is downloaded" in hostile["bomb"]["error_detail"]
    assert "larger together than what is downloaded" in hostile["heavy"]["error_detail"]


@with_chromium
def test_no_file_of_this_machine_is_read(hostile: dict[str, Any]) -> None:
    assert b"the secret of this machine" not in hostile["files"]["body"]
    assert SHOWN in hostile["files"]["body"]


@with_chromium
def test_robots_txt_holds_for_scripts_too(hostile: dict[str, Any]) -> None:
    assert "/api/x" not in hostile["web"].paths("forbidden.localhost")


@with_chromium
def test_a_page_has_a_budget(hostile: dict[str, Any]) -> None:
    asked = [path for path in hostile["web"].paths("many.localhost") if path.startswith("/part")]
    assert len(asked) <= browser.MAX_PARTS


@with_chromium
def test_a_page_stays_where_it_is_whatever_its_scripts_want(hostile: dict[str, Any]) -> None:
    for name in ("elsewhere", "worker", "fine"):
        row = hostile[name]
        assert (row["status"], row["error_class"], row["final_url"]) == (200, None, row["url"]), row["error_detail"]
        assert SHOWN in row["body"]
    assert "/other" not in hostile["web"].paths("fine.localhost")
    assert "/sw.js" not in hostile["web"].paths("worker.localhost")


@with_chromium
@pytest.mark.parametrize(
    ("name", "error_class", "words"),
    [
        ("restless", "browser", f"not rendered within {PATIENCE} s"),
        ("stuck", "browser", f"not rendered within {PATIENCE} s"),
        ("half", "browser", "surrogates not allowed"),
        ("swollen", "too_large", "more than 250000 bytes once rendered"),
    ],
)
def test_a_page_that_comes_to_no_end_is_a_capture_that_says_so(
    hostile: dict[str, Any], name: str, error_class: str, words: str
) -> None:
    row = hostile[name]
    assert (row["status"], row["error_class"]) == (200, error_class)
    assert words in row["error_detail"]
    assert row["body_sha256"] is None


@with_chromium
def test_a_file_that_a_page_offers_is_not_taken(hostile: dict[str, Any]) -> None:
    row = hostile["download"]  # whether the offer comes before the page is ready is a race inside the browser
    offered_early = row["error_class"] == "browser" and "Failed to download" in row["error_detail"]
    assert offered_early or SHOWN in row["body"]


@with_chromium
def test_a_page_that_could_not_be_opened_is_no_removal_and_no_edit(hostile: dict[str, Any]) -> None:
    process(hostile["crawl"].archive, now=utc_now, workers=1)
    rows = hostile["crawl"].rows("SELECT decision FROM captures WHERE url = ?", hostile["stuck"]["url"])
    assert [row["decision"] for row in rows] == ["unreachable"]
