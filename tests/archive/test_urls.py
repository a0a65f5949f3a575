"""Page identity: which addresses are one page, which are not, and what junk does."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.urls import (
    absolute,
    host_port,
    is_home,
    is_http,
    page_keys,
    registrable_domain,
    resolve_base,
    same_page,
    url_key,
)

STORY = "https://www.courier.com/nl/article/20230119/russia-needs-to-learn-to-lose"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(STORY.replace("https://www.", "http://"), id="scheme and www"),
        pytest.param(STORY.replace("www.", "m."), id="mobile host"),
        pytest.param(STORY.replace("www.", "amp."), id="AMP host"),
        pytest.param(STORY.replace("courier.com", "COURIER.com.:443"), id="case, root dot and default port"),
        pytest.param(STORY + "/", id="trailing slash"),
        pytest.param(STORY + "/index.html", id="index page"),
        pytest.param(STORY + "?utm_source=x&fbclid=1&CMP=share_btn_tw", id="tracking parameters"),
        pytest.param(STORY + "?ref=rss&source=twitter", id="names of channels"),
        pytest.param(STORY + "?utm_source=a&amp;utm_medium=b", id="ampersand still escaped"),
        pytest.param(STORY + "#comments", id="fragment"),
        pytest.param(STORY + "/amp/", id="AMP path"),
        pytest.param(STORY + "?amp=1", id="AMP parameter"),
        pytest.param(STORY + "?outputType=amp", id="AMP output"),
        pytest.param(STORY + ".amp", id="AMP ending"),
        pytest.param(STORY.replace("com/", "com/amp/"), id="AMP in front"),
        pytest.param(STORY.replace("russia", "%72ussia"), id="needless escape"),
        pytest.param(STORY.replace("article", "./x/..//article"), id="dots and double slashes"),
        pytest.param(STORY + ";jsessionid=A1B2", id="session in the path"),
        pytest.param(STORY.replace("https:", ""), id="no scheme"),
        pytest.param("  " + STORY.replace("article", "art\nicle") + "\t", id="blanks and line breaks"),
        pytest.param("https://www-courier-com.cdn.ampproject.org/c/s/" + STORY[8:] + "?amp_js_v=3", id="AMP cache"),
        pytest.param("https://www.google.nl/amp/s/" + STORY[8:], id="AMP cache of Google"),
        pytest.param("https://www.bing.com/amp/s/" + STORY[8:], id="AMP cache of Bing"),
        pytest.param("https://courier-com.turbopages.org/courier.com/s" + STORY[23:], id="turbo pages"),
        pytest.param(STORY + "/amp.html", id="AMP page below"),
        pytest.param(STORY.replace("nl/", "nl/amphtml/"), id="AMP by its long name"),
        pytest.param(STORY.replace("www.", "mobil."), id="mobile host of Scandinavia"),
        pytest.param(STORY.replace("www.", "www3."), id="numbered host"),
        pytest.param(STORY + "/print/", id="page for printing"),
        pytest.param(STORY.replace(".com/", ".com/print/"), id="pages for printing in front"),
        pytest.param(STORY + "?view=print", id="view for printing"),
        pytest.param(STORY + "?print=1", id="printing switched on"),
        pytest.param(STORY + "/?page=all", id="all pages on one"),
        pytest.param(STORY + "/comment-page-2/#comment-7", id="a page of the comments"),
        pytest.param(STORY + "?mod=hp_lead_pos1", id="the link that was followed"),
        pytest.param(STORY + "?sid=0123456789abcdef0123456789abcdef", id="session in the query"),
        pytest.param(STORY + "?sf123456=1", id="a scheduler of posts"),
    ],
)
def test_one_page_under_many_addresses(other: str) -> None:
    assert url_key(other) == url_key(STORY) == STORY.removeprefix("https://www.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://a.com/n?eid=4411", "https://a.com/n?eid=4412", id="eid is an article"),
        pytest.param("https://a.com/?p=1", "https://a.com/", id="WordPress' short form"),
        pytest.param("https://a.com/n?source=99", "https://a.com/n?source=98", id="a source by number"),
        pytest.param("https://a.com/News", "https://a.com/news", id="paths are case-sensitive"),
        pytest.param("https://a.com/#!/story/1", "https://a.com/#!/story/2", id="hash-bang"),
        pytest.param("https://a.com:8080/x", "https://a.com/x", id="port"),
        pytest.param("https://de.a.com/x", "https://a.com/x", id="subdomain"),
        pytest.param("https://a.com/a%2Fb", "https://a.com/a/b", id="escaped slash"),
        pytest.param("https://m.com/x", "https://com/x", id="m as the registered name"),
        pytest.param("https://a.com/amp", "https://a.com/", id="a page about an amp"),
        pytest.param("https://a.com/tag/amp", "https://a.com/tag", id="a subject called amp"),
        pytest.param("https://a.com/sections/print", "https://a.com/sections", id="a section called print"),
        pytest.param("https://a.com/print/4711", "https://a.com/4711", id="a number below print"),
        pytest.param("https://a.com/n?sid=9912", "https://a.com/n?sid=9913", id="sid is an article"),
        pytest.param("https://a.com/n?version=2", "https://a.com/n", id="a version"),
        pytest.param("https://a.com/n?print=4711", "https://a.com/n?print=4712", id="print by number"),
        pytest.param("https://a.com/n?mod=view&id=1", "https://a.com/n?mod=view&id=2", id="a module's article"),
        pytest.param("https://a.com/n?article=1", "https://a.com/n?article=2", id="article by number"),
        pytest.param("https://a.com/n?page=2", "https://a.com/n", id="second page"),
        pytest.param(
            "https://a.com/#/story/1", "https://a.com/#/story/2", id="pages behind the fragment of a home page"
        ),
        pytest.param("https://a.com/n?m=1", "https://a.com/n", id="a month"),
        pytest.param("https://a.com/?tag=1&tag=2", "https://a.com/?tag=2&tag=1", id="repeated names keep their order"),
    ],
)
def test_two_pages(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_parameters_are_sorted_and_international_names_are_ascii() -> None:
    assert url_key("http://bücher.de/a?b=2&a=1&c=") == "xn--bcher-kva.de/a?a=1&b=2&c"
    assert url_key("http://bücher.de/größe") == url_key("http://xn--bcher-kva.de/gr%c3%b6%C3%9Fe")
    assert url_key("http://a.com/Foo_(bar)") == url_key("http://a.com/Foo_%28bar%29")


JUNK = [
    "",
    " ",
    "mailto:a@b.c",
    "javascript:void(0)",
    "tel:55",
    "http://",
    "http://[::1",
    "http://a b/",
    "/a/b",
    "hello world",
    "http://a.com:99999/",
    "http://a..b/",
    "data:text/html,x",
    "http://\ud800.com/",
]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_comes_back(junk: str) -> None:
    assert url_key(junk) == junk.strip().replace("\ud800", "\ufffd")
    assert not is_http(junk)
    assert host_port(junk) is None
    assert absolute("", junk) is None
    assert isinstance(registrable_domain(junk), str)


# Parts of addresses that code stumbles over, put together in any order.
PIECES = """
http:// https:// HTTP: // / www. m. amp. amp /amp /amp/ .amp.html .amp index.html /index.php ? & = # #! a b.com
example.co.uk localhost cdn.ampproject.org/c/s/ google.com/amp/s/ % %2 %61 %2F %25 .. /../ ./ ;jsessionid=1
utm_source=x amp; amp=1 :80 :8080 : @ [::1] \\ é ü 中 İ 。 blogspot.com ref=rss output=amp { | ] [ \x00 \t \ud800
"""
ADDRESSES = st.lists(st.sampled_from([" ", "\t", *PIECES.split()]), max_size=14).map("".join) | st.text(max_size=60)


@given(ADDRESSES)
@example("cdn.ampproject.org/c/s//amp/b.com")
@example("a.com/amp.amp")
def test_a_key_is_its_own_key(url: str) -> None:
    assert url_key(url_key(url)) == url_key(url)


@given(ADDRESSES, ADDRESSES)
def test_what_is_absolute_is_http_and_can_be_stored(base: str, href: str) -> None:
    url = absolute(base, href)
    if url is not None:
        assert is_http(url)
        assert url.encode()
        assert urlsplit(url).hostname
        assert absolute("https://elsewhere.org/", url) == url
    registrable_domain(href)
    is_home(href)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("motherboard.vice.com", "vice.com"),
        ("https://foo.blogspot.com/x", "foo.blogspot.com"),
        ("https://foo.wordpress.com/x", "foo.wordpress.com"),
        ("https://wordpress.com/x", "wordpress.com"),
        ("http://courier.localhost:8000/x", "courier.localhost"),
        ("http://127.0.0.1:8000/x", "127.0.0.1:8000"),
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://[::1]:8000/x", "[::1]:8000"),
        ("http://localhost:8000/", "localhost:8000"),
        ("https://news.courier.example/", "courier.example"),
        ("https://нэб.рф/", "xn--90ax2c.xn--p1ai"),
    ],
)
def test_the_domain_that_somebody_registered(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain


def test_host_and_port() -> None:
    assert host_port("https://A.com") == ("a.com", 443)
    assert host_port("http://A.com:8080/x") == ("a.com", 8080)
    assert host_port("https://a.com:80/") == ("a.com", 80)
    assert host_port("http://user:pw@a.com/") == ("a.com", 80)
    assert host_port("http:\\\\169.254.169.254\\latest") == ("169.254.169.254", 80)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a", "https://a.com/a"),
        ("a", "https://a.com/dir/a"),
        ("../a", "https://a.com/a"),
        ("//b.com/x", "https://b.com/x"),
        ("?q=1", "https://a.com/dir/page?q=1"),
        (" \n/a b\t", "https://a.com/a%20b"),
        ("\\a", "https://a.com/a"),
        ("HTTP://b.com/", "HTTP://b.com/"),
        ("javascript:x", None),
        ("http://[x/", None),
        ("/" + 9000 * "a", None),
    ],
)
def test_links_of_a_page(href: str, url: str | None) -> None:
    assert absolute("https://a.com/dir/page", href) == url


def test_a_base_counts_if_it_is_usable() -> None:
    assert resolve_base("https://a.com/x", "/y/") == "https://a.com/y/"
    assert resolve_base("https://a.com/x", "data:,") == "https://a.com/x"
    assert resolve_base("https://a.com/x", None) == "https://a.com/x"


def test_front_pages() -> None:
    assert all(
        map(
            is_home,
            ("https://www.a.com", "http://a.com/index.php?utm_source=x", "https://a.com/nl/", "https://a.com/home"),
        )
    )
    assert not any(map(is_home, ("https://a.com/news", "https://a.com/?p=3", "mailto:a@b.c")))


def test_odd_addresses_have_the_key_of_their_normal_form(shared_data: Path) -> None:
    differing = []
    with (shared_data / "web/urls/crawler-commons_weirdToNormalizedUrls.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.reader(lines, skipinitialspace=True) if len(row) > 1 and row[0][:1] != "#"]
    for odd, normal, *_ in rows:
        if odd.startswith("http") and normal.strip() != "http:/" and url_key(odd) != url_key(normal):
            differing.append((odd, normal))
    assert len(rows) > 100
    assert differing == []


def test_vice_addresses_of_one_article_share_an_id_but_are_pages_of_their_own(shared_data: Path) -> None:
    with (shared_data / "web/vice/observed_vice_urls.csv").open(encoding="utf-8") as lines:
        urls = [row["url"] for row in csv.DictReader(lines)]
    assert len({url_key(url) for url in urls}) == len(urls)
    assert {registrable_domain(url) for url in urls} == {"vice.com"}
    forms = json.loads((shared_data / "web/vice/vice_url_forms.json").read_text(encoding="utf-8"))
    assert all(pair["id"] in url_key(pair["en"]) for pair in forms["evidence"])


VICE = "https://www.vice.com/en_us/article/qjkq9w/russia-needs-to-learn-to-lose-like-america"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            "https://motherboard.vice.com/en_us/article/qjkq9w/russia-needs-to-learn", id="on the channel's host"
        ),
        pytest.param(
            "https://www.vice.com/en/article/qjkq9w/russia-needs-to-learn-to-lose-like-america", id="one English"
        ),
        pytest.param("https://www.vice.com/en_us/article/qjkq9w", id="id without slug"),
        pytest.param("https://www.vice.com/amp/en_us/article/qjkq9w/russia?utm_source=x", id="AMP"),
        pytest.param("https://www.vice.com/en_us/story/qjkq9w/another-slug/", id="story and slug do not count"),
    ],
)
def test_generations_of_vice_addresses_with_the_id_are_one_page(other: str) -> None:
    assert url_key(other) == url_key(VICE) == "vice.com/en/article/qjkq9w"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            "https://motherboard.vice.com/en_us/article/russia-needs-to-learn-to-lose-like-america", id="first"
        ),
        pytest.param("https://www.vice.com/en/article/russia-needs-to-learn-to-lose-like-america/", id="since 2024"),
    ],
)
def test_generations_of_vice_addresses_without_the_id_meet_by_slug(other: str) -> None:
    assert url_key(other) != url_key(VICE)
    assert same_page(other, VICE)
    assert same_page(VICE, other)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("https://www.vice.com/nl/article/qjkq9w/rusland-moet-leren-verliezen", id="translation"),
        pytest.param(VICE.replace("en_us", "en_uk"), id="another English edition"),
        pytest.param(VICE.replace("qjkq9w", "d3avvm"), id="another id under the same slug"),
        pytest.param("https://www.vice.com/en/article/another-slug/", id="another slug"),
        pytest.param("https://www.vice.com/en/topic/qjkq9w", id="no article"),
        pytest.param(VICE.replace("vice.com", "nice.com"), id="another site"),
    ],
)
def test_other_vice_pages_stay_apart(other: str) -> None:
    assert not same_page(other, VICE)
    assert set(page_keys(VICE)).isdisjoint(page_keys(other)) or "d3avvm" in other


def test_blogs_answer_under_the_ending_of_every_country() -> None:
    blog = "http://foo.blogspot.com/2012/01/story.html"
    assert same_page("https://foo.blogspot.co.uk/2012/01/story.html?m=1", blog)
    assert same_page("https://foo.blogspot.de/2012/01/story.html", blog)
    assert not same_page("https://bar.blogspot.de/2012/01/story.html", blog)


@pytest.mark.parametrize(
    ("amp", "page"),
    [
        pytest.param("https://c.com/platform/amp/2019/1/6/x", "https://c.com/2019/1/6/x", id="Vox Media's system"),
        pytest.param("https://c.com/google-amp/article/x/", "https://c.com/article/x/", id="google-amp"),
        pytest.param("https://c.com/.amp/news/x", "https://c.com/news/x", id="dot amp"),
        pytest.param("https://c.com/x-1_amp.html", "https://c.com/x-1.html", id="underscore"),
        pytest.param("https://c.com/x-1.amp", "https://c.com/x-1.html", id="instead of html"),
        pytest.param("https://c.com/news/amp/X-1.php", "https://c.com/news/article/X-1.php", id="instead of article"),
        pytest.param("https://c.com/amp/x-1.html", "https://c.com/news/x-1.html", id="instead of news"),
        pytest.param("https://m.c.com/amp/11328184", "https://c.com/news/society/11328184", id="id only"),
        pytest.param("https://c.com/amp/1.7287711", "https://c.com/news/x-sinwar-1.7287711", id="id behind the slug"),
        pytest.param(
            "https://mobile.c.com/article/amp/idUSKBN1XT00W", "https://c.com/article/us-x-idUSKBN1XT00W", id="id"
        ),
        pytest.param("https://m.c.com/view-amp/2020/07/693939/", "https://c.com/view/2020/07/693939/", id="view-amp"),
        pytest.param("https://amp-madame.c.com/x", "https://madame.c.com/x", id="host"),
        pytest.param("https://c.com/x?template=ampart", "https://c.com/x", id="template"),
        pytest.param("https://c.com/x.html", "https://c.com/x", id="html or not"),
    ],
)
def test_amp_pages_as_publishers_declare_them(amp: str, page: str) -> None:
    assert same_page(amp, page)
    assert same_page(page, amp)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://m.c.com/amp/11328184", "https://c.com/news/society/11328185", id="another id"),
        pytest.param("https://m.c.com/amp/11328184", "https://c.com/news/society/211328184", id="the end of an id"),
        pytest.param("https://m.c.com/amp/11328184", "https://d.com/news/society/11328184", id="another site"),
        pytest.param("https://c.com/news/society/11328184", "https://c.com/news/sport/11328184", id="no AMP page"),
        pytest.param("https://c.com/news/amp/x-1.php", "https://c.com/news/article/x-2.php", id="another slug"),
    ],
)
def test_amp_pages_of_other_articles(one: str, other: str) -> None:
    assert not same_page(one, other)
