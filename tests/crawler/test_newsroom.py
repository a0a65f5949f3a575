"""The newsroom that the other tests stand on: it must behave like real servers, and the demo must be what it claims."""

from __future__ import annotations

import ast
import gzip
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.newsroom import Newsroom, Outlet, Ref, Server, ferry, serve, story
from crawler.newsroom.__main__ import main
from crawler.newsroom.articles import UNRELATED
from crawler.newsroom.story import DEMO, EVENTS, Expected, act, demo_newsroom, demo_watch, edit_demo

ROOT = Path(__file__).resolve().parent.parent.parent

SITEMAP = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "xhtml": "http://www.w3.org/1999/xhtml",
}

FERRY = Ref("courier", "/ferry")
TEXT = "The ferry will stop in June.\n\nNobody has ordered a new one & the board is silent."


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(server: Server, at: Ref, *, method: str = "GET", **headers: str) -> Answer:
    """One request on a connection of its own. Header names are written with underscores."""
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    try:
        sent = {"Host": f"{at.outlet}.localhost:{server.port}" if at.outlet else "127.0.0.1"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, at.path, headers=sent)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def paragraphs_of(page: str) -> list[str]:
    """The paragraphs of a page's article, without links."""
    found = re.findall(r"<p>(.*?)</p>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", paragraph).replace("&amp;", "&") for paragraph in found]


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


@pytest.fixture
def courier(room: Newsroom) -> Outlet:
    outlet = room.outlet("courier", name="The Harbour Courier")
    outlet.publish("/ferry", title="Ferry to stop", text=TEXT, published=datetime(2026, 3, 13, 6, tzinfo=UTC))
    return outlet


@pytest.fixture
def server(room: Newsroom, courier: Outlet) -> Iterator[Server]:
    with serve(room) as running:
        yield running


@pytest.fixture(scope="module")
def demo() -> Iterator[Server]:
    """The demo in act 1; only for tests that change nothing."""
    with serve(demo_newsroom()) as running:
        yield running


# --- articles and their changes ---


def test_article_page_carries_text_and_metadata(server: Server, courier: Outlet) -> None:
    page = ask(server, FERRY).text

    assert TEXT.split("\n\n") == paragraphs_of(page)[:2]
    (node,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    article = json.loads(node)
    assert (article["@type"], article["headline"]) == ("NewsArticle", "Ferry to stop")
    assert "2026-03-13T06:00:00+00:00" == article["datePublished"] == article["dateModified"]
    assert f'<link rel="canonical" href="{server.url("courier", "/ferry")}">' in page


def test_unchanged_article_answers_304_until_it_is_edited(server: Server, courier: Outlet) -> None:
    first = ask(server, FERRY)

    again = ask(server, FERRY, If_None_Match=first.headers["ETag"])

    assert (again.status, again.body) == (304, b"")
    assert first.headers["ETag"] == again.headers["ETag"]

    courier.edit("/ferry", text=TEXT.replace("June", "July"))
    edited = ask(server, FERRY, If_None_Match=first.headers["ETag"])

    assert edited.status == 200
    assert "July" in edited.text
    assert first.headers["ETag"] != edited.headers["ETag"]


def test_two_edits_within_a_second_have_two_dates(server: Server, courier: Outlet) -> None:
    at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    courier.edit("/ferry", title="A", at=at)
    first = ask(server, FERRY)
    assert ask(server, FERRY, If_Modified_Since=first.headers["Last-Modified"]).status == 304

    courier.edit("/ferry", title="B", at=at)

    assert ask(server, FERRY, If_Modified_Since=first.headers["Last-Modified"]).status == 200


def test_quiet_edit_keeps_the_date_on_the_page(server: Server, courier: Outlet) -> None:
    courier.edit("/ferry", text="Other words.", quiet=True)
    assert "modified_time" not in ask(server, FERRY).text

    courier.edit("/ferry", text="Other words again.", at=datetime(2026, 3, 14, tzinfo=UTC))
    assert 'modified_time" content="2026-03-14T00:00:00+00:00"' in ask(server, FERRY).text


def test_correction_is_a_note_on_the_page(server: Server, courier: Outlet) -> None:
    courier.correct("/ferry", "Correction: It is July.", text=TEXT.replace("June", "July"))

    page = ask(server, FERRY).text

    assert '<p class="correction">Correction: It is July.</p>' in page
    assert "June" not in page


def test_paywall_shows_only_the_beginning(server: Server, courier: Outlet) -> None:
    courier.paywall("/ferry")
    page = ask(server, FERRY).text
    assert "Subscribe to read on" in page
    assert "Nobody has ordered" not in page

    courier.paywall("/ferry", None)
    assert "Nobody has ordered" in ask(server, FERRY).text


def test_counting_outlet_never_answers_twice_the_same(room: Newsroom, server: Server) -> None:
    room.outlet("kustbode", name="De Kustbode", language="nl", validators=False, counter=True).publish(
        "/boot", title="De boot", text="De boot stopt."
    )

    first, second = (ask(server, Ref("kustbode", "/boot")) for _ in range(2))

    assert first.body != second.body
    assert paragraphs_of(first.text)[0] == paragraphs_of(second.text)[0] == "De boot stopt."
    assert first.headers["ETag"] is first.headers["Last-Modified"] is None


def test_credit_is_linked_before_the_text_is(server: Server, courier: Outlet) -> None:
    courier.publish(
        "/copy",
        title="A copy",
        text="The Post has said it.",
        credit="First published by The Post.",
        links={"The Post": "https://post.example/1?a=1&b=2"},
    )

    page = ask(server, Ref("courier", "/copy")).text

    assert '<em>First published by <a href="https://post.example/1?a=1&amp;b=2">The Post</a>.</em>' in page
    assert "<p>The Post has said it.</p>" in page


def test_link_without_its_phrase_is_refused(courier: Outlet) -> None:
    with pytest.raises(ValueError, match="'harbor' is to be a link"):
        courier.publish("/x", title="x", text="harbour", links={"harbor": "https://example.org/"})


def test_edit_of_an_absent_article_is_refused(courier: Outlet) -> None:
    with pytest.raises(KeyError, match="courier/absent: no such article"):
        courier.edit("/absent", title="x")


# --- going away ---


def test_withdrawn_article_is_gone_and_in_no_listing(server: Server, courier: Outlet) -> None:
    listings = [Ref("courier", path) for path in ("/", "/feed.xml", "/news-sitemap.xml")]
    assert all("/ferry" in ask(server, listing).text for listing in listings)

    courier.withdraw("/ferry")

    assert ask(server, FERRY).status == 410
    assert not any("/ferry" in ask(server, listing).text for listing in listings)


def test_soft_404_answers_200_or_leads_home(server: Server, courier: Outlet) -> None:
    courier.soft_404("/ferry")
    answer = ask(server, FERRY)
    assert answer.status == 200
    assert "could not be found" in answer.text
    assert "ordered a new one" not in answer.text

    courier.soft_404("/ferry", home=True)
    answer = ask(server, FERRY)
    assert (302, server.url("courier")) == (answer.status, answer.headers["Location"])


def test_consent_wall_hides_the_article_until_it_is_restored(server: Server, courier: Outlet) -> None:
    courier.consent_wall("/ferry")
    wall = ask(server, FERRY)
    assert wall.status == 200
    assert "412 partners" in wall.text
    assert "ordered a new one" not in wall.text

    courier.consent_wall("/ferry", redirect=True)
    gate = ask(server, FERRY)
    assert (302, server.url("courier", "/privacy-gate?back=%2Fferry")) == (gate.status, gate.headers["Location"])
    assert wall.body == ask(server, Ref("courier", "/privacy-gate?back=%2Fferry")).body

    courier.restore("/ferry")
    assert "ordered a new one" in ask(server, FERRY).text


def test_publishing_again_ends_what_befell_the_path(server: Server, courier: Outlet) -> None:
    courier.withdraw("/ferry")
    courier.publish("/ferry", title="Back", text="It is back.")

    assert "It is back." in ask(server, FERRY).text


# --- trouble ---


def test_throttle_asks_once_for_patience_then_answers(server: Server, courier: Outlet) -> None:
    courier.throttle("/ferry", retry_after=2, times=1)

    first, second = ask(server, FERRY), ask(server, FERRY)

    assert (first.status, first.headers["Retry-After"]) == (429, "2")
    assert second.status == 200


def test_throttle_can_name_a_moment_or_nothing(server: Server, courier: Outlet) -> None:
    courier.throttle("/ferry", retry_after=datetime(2026, 3, 13, 7, 30, tzinfo=UTC))
    assert ask(server, FERRY).headers["Retry-After"] == "Fri, 13 Mar 2026 07:30:00 GMT"

    courier.throttle("/ferry", retry_after=None, times=None)
    assert [ask(server, FERRY).status for _ in range(2)] == [429, 429]
    assert ask(server, FERRY).headers["Retry-After"] is None


def test_failure_may_befall_robots_too_and_passes(server: Server, courier: Outlet) -> None:
    courier.fail("/robots.txt", 503, times=2)

    assert [ask(server, Ref("courier", "/robots.txt")).status for _ in range(3)] == [503, 503, 200]


def test_redirect_within_and_out_of_the_newsroom(server: Server, courier: Outlet) -> None:
    courier.redirect("/old", courier.ref("/ferry"))
    courier.redirect("/inside", "http://169.254.169.254/latest/meta-data/", status=302)

    old, inside = ask(server, Ref("courier", "/old")), ask(server, Ref("courier", "/inside"))

    assert (301, server.url("courier", "/ferry")) == (old.status, old.headers["Location"])
    assert (inside.status, inside.headers["Location"]) == (302, "http://169.254.169.254/latest/meta-data/")


def test_drip_is_slow_and_ends(server: Server, courier: Outlet) -> None:
    courier.drip("/ferry", every=0.02, lasting=0.2)
    started = time.monotonic()

    answer = ask(server, FERRY)

    assert 0.2 <= time.monotonic() - started < 5
    assert set(answer.body) == {ord(".")}


def test_drip_ends_when_the_server_stops(room: Newsroom, courier: Outlet) -> None:
    courier.drip("/ferry", every=0.02, lasting=60)
    with serve(room) as server:
        connection = http.client.HTTPConnection(*server.address, timeout=10)
        connection.request("GET", "/ferry", headers={"Host": "courier.localhost"})
        response = connection.getresponse()
        assert response.read(1) == b"."

    assert set(response.read()) <= {ord(".")}
    connection.close()


def test_endless_page_is_bounded(server: Server, courier: Outlet) -> None:
    courier.endless("/ferry", limit=300_000)

    answer = ask(server, FERRY)

    assert len(answer.body) == 300_000
    assert answer.headers["Content-Length"] is None


def test_hanging_up_on_an_endless_page_does_not_disturb_the_server(server: Server, courier: Outlet) -> None:
    courier.endless("/more")
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    connection.request("GET", "/more", headers={"Host": "courier.localhost"})
    connection.getresponse().read(10_000)
    connection.close()

    assert ask(server, FERRY).status == 200


def test_bomb_is_small_until_it_is_unpacked(server: Server, courier: Outlet) -> None:
    courier.bomb("/ferry", size=5_500_000)

    answer = ask(server, FERRY)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < 20_000
    assert len(gzip.decompress(answer.body)) == 5_500_000


def test_cut_page_breaks_off(server: Server, courier: Outlet) -> None:
    courier.cut("/ferry", times=1)

    with pytest.raises(http.client.IncompleteRead):
        ask(server, FERRY)
    assert ask(server, FERRY).status == 200


# --- what machines read ---


def test_gzip_when_asked_with_a_validator_of_its_own(server: Server, courier: Outlet) -> None:
    plain, packed = ask(server, FERRY), ask(server, FERRY, Accept_Encoding="gzip, br")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.body == gzip.decompress(packed.body)
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert ask(server, FERRY, If_None_Match=f"W/{packed.headers['ETag']}", Accept_Encoding="gzip").status == 304


def test_head_says_what_get_would_without_a_body(server: Server, courier: Outlet) -> None:
    head, get = ask(server, FERRY, method="HEAD"), ask(server, FERRY)

    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_connection_is_kept_alive(server: Server, courier: Outlet) -> None:
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    for path in ("/ferry", "/absent", "/"):
        connection.request("GET", path, headers={"Host": "courier.localhost"})
        assert connection.getresponse().read()
    connection.close()


def test_robots_names_folders_delay_and_sitemap(room: Newsroom, server: Server) -> None:
    weekly = room.outlet("weekly", name="Coastal Weekly", crawl_delay=0.2, disallow=("/print/",))
    robots = Ref("weekly", "/robots.txt")

    assert ask(server, robots).text.splitlines() == [
        "User-agent: *",
        "Disallow: /print/",
        "Crawl-delay: 0.2",
        "",
        f"Sitemap: {server.url('weekly', '/sitemap.xml')}",
    ]
    weekly.robots("User-agent: *\nDisallow: /\n")
    assert ask(server, robots).text == "User-agent: *\nDisallow: /\n"


def test_sitemap_index_leads_to_news_and_to_a_packed_archive(demo: Server) -> None:
    index = ET.fromstring(ask(demo, Ref("courier", "/sitemap.xml")).body)
    assert [demo.url("courier", "/news-sitemap.xml"), demo.url("courier", "/archive-sitemap.xml.gz")] == [
        loc.text for loc in index.iterfind("s:sitemap/s:loc", SITEMAP)
    ]

    news = ET.fromstring(ask(demo, Ref("courier", "/news-sitemap.xml")).body)
    entries = {url.findtext("s:loc", None, SITEMAP): url for url in news.iterfind("s:url", SITEMAP)}
    original = entries[demo.url("courier", story.ORIGINAL.path)]
    assert original.findtext("news:news/news:title", None, SITEMAP) == ferry.ENGLISH_TITLE
    assert original.findtext("news:news/news:publication_date", None, SITEMAP) == "2026-03-13T06:00:00+00:00"
    assert original.findtext("news:news/news:publication/news:language", None, SITEMAP) == "en"
    assert ("nl", demo.locate(story.DUTCH)) in [
        (link.get("hreflang"), link.get("href")) for link in original.iterfind("xhtml:link", SITEMAP)
    ]

    packed = ask(demo, Ref("courier", "/archive-sitemap.xml.gz"), Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] is None
    archive = ET.fromstring(gzip.decompress(packed.body))
    assert set(entries) == {loc.text for loc in archive.iterfind("s:url/s:loc", SITEMAP)}


def test_feeds_come_in_three_formats(demo: Server) -> None:
    rss = ET.fromstring(ask(demo, Ref("kustbode", "/feed.xml")).body)
    assert demo.locate(story.DUTCH) in [link.text for link in rss.iterfind("channel/item/link")]
    content = rss.findtext("channel/item/{http://purl.org/rss/1.0/modules/content/}encoded")
    assert content is not None
    assert ferry.DUTCH_CREDIT in content

    atom = ET.fromstring(ask(demo, Ref("digest", "/feed.xml")).body)
    space = "{http://www.w3.org/2005/Atom}"
    links = [link.get("href") or "" for link in atom.iterfind(f"{space}entry/{space}link")]
    assert any(link.startswith(demo.locate(story.VERBATIM) + "?utm_source=") for link in links)

    feed = json.loads(ask(demo, Ref("gazette", "/feed.json")).body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert demo.locate(story.EDITED) in [item["url"] for item in feed["items"]]


def test_feed_answers_304_until_something_is_published(server: Server, courier: Outlet) -> None:
    feed = Ref("courier", "/feed.xml")
    first = ask(server, feed)
    assert ask(server, feed, If_None_Match=first.headers["ETag"]).status == 304

    courier.publish("/next", title="Next", text="Next.")

    assert ask(server, feed, If_None_Match=first.headers["ETag"]).status == 200


# --- the server ---


def test_log_remembers_who_asked_for_what(server: Server, courier: Outlet) -> None:
    ask(server, FERRY, User_Agent="reader/1.0")
    ask(server, Ref("courier", "/absent?utm_source=x"))

    first, second = server.visits("courier")

    assert (first.method, first.path, first.status, first.headers["user-agent"]) == ("GET", "/ferry", 200, "reader/1.0")
    assert (second.path, second.status) == ("/absent?utm_source=x", 404)
    assert first.at < second.at
    assert [second] == server.visits("courier", "/absent")
    server.clear_log()
    assert server.log == []


def test_unknown_host_is_404(server: Server) -> None:
    assert ask(server, Ref("nowhere", "/")).status == 404


def test_posting_to_an_outlet_is_refused(server: Server) -> None:
    assert ask(server, FERRY, method="POST").status == 405


def test_stage_lists_the_outlets_and_performs_the_acts() -> None:
    stage, next_act = Ref("", "/"), Ref("", "/act")
    with serve(demo_newsroom()) as server:
        assert "The Harbour Courier" in ask(server, stage).text
        assert ask(server, story.VERBATIM).status != 410

        assert ask(server, next_act, method="POST").text.startswith("Act 2: ")

        assert ask(server, story.VERBATIM).status == 410
        assert [ask(server, next_act, method="POST").status for _ in range(2)] == [200, 409]
        assert "No further act." in ask(server, stage).text


def test_changes_from_many_threads_all_arrive(server: Server, courier: Outlet) -> None:
    def publish(number: int) -> None:
        for part in range(20):
            courier.publish(f"/{number}/{part}", title="t", text=f"{number} {part}")
            courier.edit(f"/{number}/{part}", title="u")

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert ask(server, Ref("courier", "/")).status == 200
    for thread in threads:
        thread.join()

    assert len(courier.articles()) == 81


def test_last_modified_moves_with_the_clock_of_the_room() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    room = Newsroom(now=lambda: now)
    outlet = room.outlet("post", name="The Post")
    outlet.publish("/a", title="a", text="a")
    now += timedelta(hours=1)
    outlet.edit("/a", title="b")

    with serve(room) as server:
        assert ask(server, Ref("post", "/a")).headers["Last-Modified"] == "Thu, 01 Jan 2026 01:00:00 GMT"


# --- the command ---


def test_command_serves_until_interrupted() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.newsroom", "--port", "0"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        port = int(line.rstrip("/\n").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", story.ORIGINAL.path, headers={"Host": "courier.localhost"})
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        process.wait(timeout=10)

    assert "http://kustbode.localhost:" in rest
    assert "The newsroom is closed." in rest
    assert process.returncode == 0


def test_command_says_that_its_port_is_taken(demo: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", str(demo.port)]) == 1

    assert f"cannot listen on 127.0.0.1:{demo.port}" in capsys.readouterr().err


def test_newsroom_needs_nothing_but_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"archive"}
    for path in (ROOT / "crawler" / "newsroom").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed, path.name


# --- the demo ---


def title_of(page: str) -> str:
    found = re.search(r'<meta property="og:title" content="(.*?)">', page)
    assert found is not None
    return found[1].replace("&amp;", "&").replace("&quot;", '"').replace("&#x27;", "'")


def shown_by(server: Server, at: Ref) -> str:
    """The text as the page shows it, without the furniture of the page."""
    article = server.room[at.outlet].article(at.path)
    shown = paragraphs_of(ask(server, at).text)
    return "\n\n".join(paragraph for paragraph in shown if paragraph in article.paragraphs)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def shared(a: str, b: str, length: int = 8) -> float:
    """Share of the runs of *length* words of *a* that stand in *b* too."""

    def runs(text: str) -> set[tuple[str, ...]]:
        tokens = words(text)
        return {tuple(tokens[start : start + length]) for start in range(len(tokens) - length + 1)}

    return len(runs(a) & runs(b)) / max(1, len(runs(a)))


def figures(text: str) -> list[int]:
    return sorted(int(re.sub(r"[.,]", "", figure)) for figure in re.findall(r"\d+(?:[.,]\d+)*", text))


@pytest.mark.parametrize("expected", [e for e in DEMO if e.act == 1], ids=lambda e: f"{e.at.outlet}{e.at.path}")
def test_every_page_of_the_demo_answers(demo: Server, expected: Expected) -> None:
    answer = ask(demo, expected.at)

    article = demo.room[expected.at.outlet].article(expected.at.path)
    assert answer.status == 200
    assert article.title == title_of(answer.text)
    assert article.text == shown_by(demo, expected.at)
    assert f'<html lang="{expected.language}">' in answer.text
    assert expected.credit == bool(article.credit)


def test_every_page_of_the_demo_is_linked_from_a_source_of_the_watch(demo: Server) -> None:
    sources = tomllib.loads(demo_watch(demo.port))["sources"]
    feeds = {url.removeprefix("http://").partition(".")[0] for url in sources["feeds"]}
    sitemaps = {url.removeprefix("http://").partition(".")[0] for url in sources["sitemaps"]}
    fronts = {url.removeprefix("http://").partition(".")[0] for url in sources["front_pages"]}
    for expected in DEMO:
        if expected.act > 1:
            continue
        listings = demo.room[expected.at.outlet].article(expected.at.path).listed
        seen_by = {"feed": feeds, "sitemap": sitemaps, "front": fronts}
        assert any(expected.at.outlet in seen_by[listing] for listing in listings), expected.at


def test_original_and_translation_know_each_other(demo: Server) -> None:
    for at in (story.ORIGINAL, story.DUTCH):
        page = ask(demo, at).text
        for language, other in (("en", story.ORIGINAL), ("nl", story.DUTCH)):
            assert f'<link rel="alternate" hreflang="{language}" href="{demo.locate(other)}">' in page


def test_verbatim_copy_is_linked_only_under_tracking_parameters(demo: Server) -> None:
    address = re.compile(r'(?:href="|://)[^"<\s]*' + re.escape(story.VERBATIM.path) + r"[^\"<\s]*")
    for path in ("/", "/feed.xml", "/news-sitemap.xml", story.MENTIONS.path):
        links = address.findall(ask(demo, Ref("digest", path)).text)
        assert all("?utm_source=" in link and "fbclid=" in link for link in links)
        assert bool(links) == (path != "/news-sitemap.xml")
    tracked = ask(demo, Ref("digest", story.VERBATIM.path + "?utm_source=x&fbclid=y"))
    assert f'<link rel="canonical" href="{demo.locate(story.ORIGINAL)}">' in tracked.text


def test_print_version_is_linked_and_forbidden(demo: Server) -> None:
    assert story.FORBIDDEN.path in ask(demo, Ref("gazette", "/")).text
    assert "Disallow: /print/" in ask(demo, Ref("gazette", "/robots.txt")).text


def test_abridged_copy_links_to_the_original(demo: Server) -> None:
    link = f'<a href="{demo.locate(story.ORIGINAL)}">The Harbour Courier</a>'

    assert f"This article originally appeared on {link}." in ask(demo, story.ABRIDGED).text


@pytest.mark.parametrize("traps", [False, True])
def test_slow_and_bottomless_pages_are_linked_only_on_demand(traps: bool) -> None:
    with serve(demo_newsroom(traps=traps)) as server:
        front = ask(server, Ref("trapdoor", "/")).text

        for at in (story.BUSY, story.PRIVATE, story.METADATA):
            assert f'href="{at.path}"' in front
        for at in (story.LOOP, story.DRIP, story.ENDLESS, story.BOMB, story.CUT, story.FAILING):
            assert traps == (f'href="{at.path}"' in front)
        assert [ask(server, story.BUSY).status for _ in range(2)] == [429, 200]
        assert ask(server, story.PRIVATE).headers["Location"] == "http://10.0.0.1/"


def test_watch_of_the_demo_is_the_one_in_the_folder() -> None:
    assert demo_watch() == (ROOT / "watches" / "demo.toml").read_text(encoding="utf-8")


# --- what the texts claim to be ---


def test_translations_keep_paragraphs_and_figures() -> None:
    for translation in (ferry.DUTCH, ferry.GERMAN):
        pairs = list(zip(ferry.ENGLISH.split("\n\n"), translation.split("\n\n"), strict=True))
        assert all(figures(ours) == figures(theirs) for ours, theirs in pairs)


def test_original_has_the_length_of_a_news_feature() -> None:
    assert 600 <= len(words(ferry.ENGLISH)) <= 900


def test_edited_copy_is_nearly_the_original() -> None:
    assert 0.7 < shared(ferry.EDITED, ferry.ENGLISH) < 0.95
    assert ferry.EDITED_TITLE != ferry.ENGLISH_TITLE
    assert "Courier" not in ferry.EDITED + ferry.GERMAN


def test_abridged_copy_is_about_half_of_the_original() -> None:
    assert 0.45 < len(ferry.ABRIDGED) / len(ferry.ENGLISH) < 0.6
    assert set(ferry.ABRIDGED_CORRECTED.split("\n\n")) < set(ferry.ENGLISH.split("\n\n"))


@pytest.mark.parametrize(
    ("host", "source"), [(ferry.EXCERPT, ferry.ENGLISH), (ferry.TRANSLATED_EXCERPT, ferry.DUTCH)], ids=["en", "nl"]
)
def test_excerpt_is_two_paragraphs_in_a_longer_article(host: str, source: str) -> None:
    borrowed = set(host.split("\n\n")) & set(source.split("\n\n"))

    assert len(borrowed) == 2
    assert sum(map(len, borrowed)) < 0.5 * len(host)


def test_rewrite_tells_the_same_in_other_words() -> None:
    assert shared(ferry.REWRITE, ferry.ENGLISH) < 0.05
    assert len(set(figures(ferry.REWRITE)) & set(figures(ferry.ENGLISH))) > 15


def test_only_the_quotations_are_shared_by_the_page_that_quotes() -> None:
    without = re.sub(r"“.*?”", "", ferry.QUOTES_ONLY)

    assert shared(ferry.QUOTES_ONLY, ferry.ENGLISH) > 0.05
    assert shared(without, ferry.ENGLISH) == 0
    quotes = re.findall(r"“(.*?)[,.]?”", ferry.QUOTES_ONLY)
    assert sum(quote in ferry.ENGLISH for quote in quotes) == 2


@pytest.mark.parametrize(
    "text",
    [ferry.RELATED, ferry.MENTIONS, ferry.NOTICE, *(piece.text for piece in UNRELATED)],
    ids=["related", "mentions", "notice", *(f"{piece.outlet}{piece.path}" for piece in UNRELATED)],
)
def test_other_pages_share_no_wording_with_the_story(text: str) -> None:
    assert all(shared(text, story_text, 6) == 0 for story_text in (ferry.ENGLISH, ferry.DUTCH, ferry.GERMAN))


def test_unrelated_pages_are_many_and_none_is_a_scrap() -> None:
    assert len(UNRELATED) >= 12
    assert {"en", "nl", "de"} == {piece.language for piece in UNRELATED}
    assert all(150 <= len(piece.text.split()) <= 400 for piece in UNRELATED)
    assert len({piece.text for piece in UNRELATED}) == len(UNRELATED)


# --- acts 2 and 3 ---


def test_acts_do_what_they_announce() -> None:
    with serve(demo_newsroom()) as server:
        pages = {event.at for event in EVENTS}

        def look() -> dict[Ref, Answer]:
            return {at: ask(server, at) for at in pages}

        seen = {1: look()}
        edit_demo(server.room)
        seen[2] = look()
        act(server.room, 3)
        seen[3] = look()

    def body(number: int, at: Ref) -> list[str]:
        return paragraphs_of(seen[number][at].text)

    for event in EVENTS:
        at = event.at
        before, after = seen[event.act - 1][at], seen[event.act][at]
        match event.happening:
            case "text":
                assert title_of(before.text) == title_of(after.text)
                assert body(event.act - 1, at) != body(event.act, at)
            case "text, undone":
                assert body(event.act - 2, at) == body(event.act, at) != body(event.act - 1, at)
            case "title":
                assert title_of(before.text) != title_of(after.text)
                assert body(event.act - 1, at)[:10] == body(event.act, at)[:10]
            case "correction":
                assert "Correction: " in after.text
                assert "Correction: " not in before.text
            case "withdrawn":
                assert (before.status, after.status) == (200, 410)
            case "soft_404":
                assert after.status == 200
                assert "could not be found" in after.text
            case "consent_wall":
                assert after.status == 200
                assert "412 partners" in after.text
            case "restored":
                assert body(event.act - 2, at) == body(event.act, at)
            case "published":
                assert (before.status, after.status) == (404, 200)


def test_pages_that_no_act_touches_stay_as_they_are() -> None:
    touched = {event.at for event in EVENTS}
    with serve(demo_newsroom()) as server:
        quiet = [expected.at for expected in DEMO if expected.at not in touched]
        before = [shown_by(server, at) for at in quiet]
        act(server.room, 2)
        act(server.room, 3)

        assert before == [shown_by(server, at) for at in quiet]


def test_acts_come_in_order_and_end() -> None:
    room = demo_newsroom()
    with pytest.raises(ValueError, match="act 1 is on, so act 3 cannot be next"):
        act(room, 3)
    act(room, 2)
    act(room, 3)
    with pytest.raises(ValueError, match="the story has no act 4"):
        act(room, 4)
    assert room.next_act() is None
