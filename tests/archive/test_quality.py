"""Walls, blocks and soft 404s are known for what they are, and articles about them are not taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.quality import is_section_of, judge, says_absent
from archive.types import Extraction, Markup
from benchmarks import blocked

ARTICLE = (
    "The ferry left late because the crew had found a crack in the hull, the harbour master said on Tuesday.\n" * 12
)


NO_MARKUP = Markup()


def judged(
    text: str = ARTICLE, title: str = "The last ferry", *, status: int = 200, final_url: str = "https://example.org/2026/a",
    headers: tuple[tuple[str, str], ...] = (), media_type: str | None = "text/html", markup: Markup = NO_MARKUP,
    body: bytes | None = None, url: str = "https://example.org/2026/a",
) -> tuple[str, ...]:  # fmt: skip
    return judge(
        status=status,
        headers=headers,
        media_type=media_type,
        url=url,
        final_url=final_url,
        extraction=Extraction("x", text, title=title, markup=markup),
        body=body,
    ).reasons


def test_an_article_is_good() -> None:
    assert judged() == ()


BAD = [
    ("soft_404", {"title": "404 Not Found", "text": "Search our site"}),
    ("soft_404", {"title": "Page not found | Courier", "text": "Sorry."}),
    ("soft_404", {"title": "Pagina niet gevonden", "text": "Zoek verder."}),
    ("soft_404", {"title": "Courier", "text": "The page you are looking for could not be found."}),
    ("soft_404:redirected_home", {"final_url": "https://example.org/"}),
    ("robot_check", {"title": "Just a moment...", "text": "Checking your browser before you go on."}),
    ("access_denied", {"title": "Access Denied", "text": "You don't have permission to access this page."}),
    ("old_browser", {"title": "", "text": "You are using an outdated browser. Please upgrade your browser."}),
    ("old_browser", {"title": "", "text": "You are using an\noutdated\nbrowser.\nPlease\nand improve your visit."}),
    ("parked_domain", {"title": "courier.example", "text": "Buy this domain. It may be for sale."}),
    ("login", {"title": "ZEITUNG", "text": "ZEITUNG Online\nAnmelden"}),
    (
        "consent_wall",
        {
            "title": "Voordat je verdergaat naar de krant",
            "text": "Wij en onze 412 partners plaatsen cookies op je apparaat. Geef toestemming om door te gaan.",
        },
    ),
    (
        "consent_wall",
        {
            "title": "The Courier",
            "text": "We and our partners use cookies to process personal data. You can accept or manage consent. "
            "Our privacy statement tells how partners use data for advertising purposes. Accept all cookies.",
        },
    ),
    (
        "paywall_stub",
        {"text": "The ferry left late.\nSubscribe now to continue reading.", "markup": Markup(free=False)},
    ),
    ("removal_notice", {"title": "Courier", "text": "This article has been removed at the request of the author."}),
    ("removal_notice", {"title": "Krant", "text": "Dit artikel is op verzoek verwijderd."}),
    ("removal_notice", {"title": "Zeitung", "text": "Dieser Artikel wurde gelöscht."}),
    (
        "soft_404:redirected_section",
        {
            "url": "https://example.org/sport/2019/the-last-ferry-713",
            "final_url": "https://example.org/sport/",
            "text": "News\nSport\nWeather\nOpinion\nMore",
        },
    ),
    ("error_page", {"title": "502 Bad Gateway", "text": "nginx"}),
    ("access_denied", {"title": "Forbidden", "text": "HTTP Error 403. The request URL is forbidden."}),
    ("robot_check", {"title": "Moment", "text": "Bestätigen Sie, dass Sie kein Roboter sind."}),
    ("no_text", {"text": " "}),
    ("no_body", {"text": "", "body": b""}),
    ("http_503", {"status": 503}),
    ("http_403", {"status": 403}),
    ("http_301", {"status": 301}),
    ("not_html:application/pdf", {"media_type": "application/pdf"}),
    ("consent_wall:redirected", {"final_url": "https://consent.example.org/collect?to=a"}),
    ("login:redirected", {"final_url": "https://example.org/login?next=a"}),
    ("blocked:redirected", {"final_url": "https://unblock.example.org/"}),
    ("blocked:redirected", {"final_url": "https://geo.captcha-delivery.com/captcha/?x=1"}),
]


@pytest.mark.parametrize(("reason", "seen"), BAD, ids=[f"{reason}-{number}" for number, (reason, _) in enumerate(BAD)])
def test_bad_captures_have_a_reason(reason: str, seen: dict[str, object]) -> None:
    assert reason in judged(**seen)  # type: ignore[arg-type]


def test_articles_about_such_things_are_articles() -> None:
    assert (
        judged(
            title="Why every site asks you to accept cookies", text=ARTICLE + "Cookies need consent, the court says."
        )
        == ()
    )
    assert judged(title="Page 404 of the report was missing", text=ARTICLE) == ()
    assert judged(title="Hackers blocked the harbour's computers", text=ARTICLE) == ()
    assert judged(title="Login data of ferry passengers stolen", text=ARTICLE) == ()


def test_a_site_that_calls_every_article_its_front_page_is_not_lost() -> None:
    assert judged(markup=Markup(canonical="https://example.org/")) == ()
    menu = "\n".join(["News", "Sport", "Weather", "Opinion"] * 6)
    assert judged(menu, markup=Markup(canonical="https://example.org/")) == ("soft_404:front_page",)


def test_no_answer_is_no_capture_of_anything() -> None:
    quality = judge(status=None, headers=(), media_type=None, url="u", final_url="u", extraction=None)
    assert not quality.good


# --- blocks -------------------------------------------------------------------------------------------

SHORT = b"<html><body>" + b" " * 400
HEADS = [
    ("blocked:cloudflare", 403, {"server": "cloudflare", "cf-mitigated": "challenge"}),
    ("blocked:cloudflare", 503, {"server": "cloudflare", "cf-ray": "8f-AMS"}),
    ("blocked:aws_waf", 202, {"x-amzn-waf-action": "challenge"}),
    ("blocked:aws_waf", 405, {"x-amzn-waf-action": "captcha"}),
    ("blocked:aws_elb", 403, {"server": "awselb/2.0"}),
    ("blocked:aws_elb", 429, {"server": "awselb/2.0"}),
    ("blocked:aws_elb", 200, {"server": "awselb/2.0"}),
    ("blocked:akamai", 403, {"server": "AkamaiGHost"}),
    ("blocked:akamai", 404, {"server-timing": "cdn-cache; desc=MISS, edge; dur=4, ak_p; desc=\"1_2\";dur=1"}),
    ("blocked:cloudfront", 403, {"x-cache": "Error from cloudfront"}),
    ("blocked:imperva", 403, {"x-iinfo": "9-1-0 NNNN", "x-cdn": "Imperva"}),
    ("blocked:datadome", 403, {"server": "DataDome", "x-dd-b": "1"}),
    ("blocked:perimeterx", 403, {"set-cookie": "_pxhd=abc; path=/"}),
    ("blocked:sucuri", 403, {"server": "Sucuri/Cloudproxy", "x-sucuri-id": "15005"}),
    ("blocked:fastly", 403, {"x-served-by": "cache-ams21-AMS", "via": "1.1 varnish"}),
    ("blocked:kasada", 429, {"x-kpsdk-ct": "0a"}),
    ("blocked:rimon", 200, {"rimon": "RWC_BLOCK"}),
    ("blocked:ddos_guard", 403, {"server": "ddos-guard"}),
    ("blocked:vercel", 429, {"x-vercel-mitigated": "challenge"}),
    ("blocked:rate_limit", 429, {"server": "nginx"}),
    ("blocked:empty_202", 202, {"content-length": "0"}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "status", "headers"), HEADS)
def test_blocks_that_the_head_of_the_answer_gives_away(reason: str, status: int, headers: dict[str, str]) -> None:
    assert judged(status=status, headers=tuple(headers.items()), body=SHORT)[0] == reason


PASSED_THROUGH = [
    {"server": "cloudflare", "cf-ray": "8f-AMS", "set-cookie": "__cf_bm=x"},
    {"server": "AkamaiGHost"},
    {"server-timing": "cdn-cache; desc=HIT, edge; dur=1, ak_p; desc=1;dur=1"},
    {"server": "CloudFront", "x-cache": "Miss from cloudfront"},
    {"x-iinfo": "9-1-0", "x-cdn": "Imperva", "set-cookie": "incap_ses_1=x; visid_incap_1=y"},
    {"x-datadome": "protected", "set-cookie": "datadome=x; _pxhd=y"},
    {"server": "Sucuri/Cloudproxy", "x-sucuri-id": "15005", "x-sucuri-cache": "HIT"},
    {"x-served-by": "cache-ams21-AMS", "via": "1.1 varnish"},
    {"x-kpsdk-ct": "0a"},
    {"server": "awselb/2.0"},
]


@pytest.mark.parametrize("headers", PASSED_THROUGH)
def test_articles_that_came_through_the_same_products_are_good(headers: dict[str, str]) -> None:
    assert judged(headers=tuple(headers.items()), body=b"<html>" + b"x" * 40_000) == ()


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("headers", [{}, {"server": "cloudflare"}, {"x-cache": "Error from cloudfront"}])
def test_a_404_behind_a_cdn_is_the_sites_own_word(status: int, headers: dict[str, str]) -> None:
    quality = judge(
        status=status, headers=tuple(headers.items()), media_type="text/html", url="u", final_url="u", extraction=None,
        body=b"<html>" + b"x" * 25_000,
    )  # fmt: skip
    assert says_absent(quality)
    assert not quality.good


MARKS = [
    ("blocked:cloudflare", b"<script>window._cf_chl_opt={cvId:'3'}</script>"),
    ("blocked:aws_waf", b"window.awsWafCookieDomainList = []; window.gokuProps = {}"),
    ("blocked:akamai", b"Reference #18.1 <a href=https://errors.edgesuite.net/18.1>"),
    ("blocked:cloudfront", b"<pre>Generated by cloudfront (CloudFront)</pre>"),
    ("blocked:imperva", b"Request unsuccessful. Incapsula incident ID: 443-12"),
    ("blocked:imperva", b'<script src="/_Incapsula_Resource?SWJIYLWA=5074">'),
    ("blocked:datadome", b"<script>var dd={'rt':'c'}</script><script src=https://ct.captcha-delivery.com/c.js>"),
    ("blocked:perimeterx", b'<div id="px-captcha"></div>'),
    ("blocked:sucuri", b"<h1>Sucuri WebSite Firewall - Access Denied</h1>"),
    ("blocked:kasada", b"<script>window.KPSDK={};</script>"),
    ("blocked:f5", b"The requested URL was rejected. Please consult with your administrator."),
    ("blocked:wordfence", b"<p>Generated by Wordfence at Tue</p>"),
]


@pytest.mark.parametrize(("reason", "source"), MARKS)
def test_blocks_that_the_source_gives_away_where_the_status_says_all_is_well(reason: str, source: bytes) -> None:
    assert judged("", "", body=source) == (reason,)
    # An article that quotes it, or carries the product's script, is an article.
    assert judged(body=source) == ()


TAGS = b"<script>window.__CF$cv$params={r:'8f'}</script><script src=//js.datadome.co/tags.js></script><script>_pxAppId='PX1'"


def test_tags_of_the_same_products_on_a_short_page_are_no_block() -> None:
    assert judged("The ferry sails again. " * 12, body=TAGS) == ()
    assert judged("The ferry sails again. " * 12, body=b'<script src="/_Incapsula_Resource?SWJIYLWA=5074">') == ()


def test_a_refusal_is_never_good_whatever_stands_below_it() -> None:
    for status in (401, 402, 403, 406, 418, 429, 451, 500, 502, 503, 504, 520):
        assert judged(status=status, body=b"x" * 90_000), status


def test_a_filter_on_our_side_of_the_network_is_not_the_site() -> None:
    assert judged("", "Zyxel Security Cloud-DNS Filter Service Portal", body=SHORT) == ("blocked:web_filter",)
    assert judged(title="Why the DNS filter of our schools blocks the news", body=b"x" * 60_000) == ()


def test_what_the_score_says() -> None:
    def score(**seen: object) -> float:
        told = {
            "status": 200,
            "headers": (),
            "media_type": "text/html",
            "url": "u",
            "final_url": "u",
            "extraction": None,
        }
        return judge(**(told | seen)).score  # type: ignore[arg-type]

    article = Extraction("x", ARTICLE, title="The last ferry")
    assert score(extraction=article) == 1.0
    assert score(status=502) == 0.4
    assert score(status=403) == score(status=429) == 0.1
    assert score(status=403, headers=(("cf-mitigated", "challenge"),)) == score(status=404) == 0.0


def test_offers_of_news_by_mail_below_an_article_are_no_paywall() -> None:
    free = f"{ARTICLE}\nSubscribe to our weekly newsletter to get outdoor news in your inbox."
    assert judged(free) == judged(free, markup=Markup(free=False)) == ()
    assert judged("The ferry left late, the master said.\nSign up for our newsletter.") == ()


@pytest.mark.parametrize(
    ("final_url", "moved"),
    [
        ("https://example.org/sport/", False),
        ("https://example.org/sport/713", True),
        ("https://example.org/sport/the-last-ferry", True),
        ("https://news.example.org/sport/", True),
    ],
)
def test_a_section_is_told_from_a_new_address(final_url: str, moved: bool) -> None:
    assert is_section_of(final_url, "https://example.org/sport/2019/the-last-ferry-713") is not moved


@given(st.text(max_size=60), st.text(max_size=60), st.dictionaries(st.sampled_from(["server", "x-cache"]), st.text()))
def test_strange_addresses_and_headers_are_survived(url: str, final_url: str, headers: dict[str, str]) -> None:
    extraction = Extraction("x", ARTICLE)
    for asked in (url, f"http://[{url}"):
        judge(
            status=200, headers=tuple(headers.items()), media_type=None, url=asked, final_url=final_url,
            extraction=extraction,
        )  # fmt: skip


def test_records_of_real_blocks_are_told_from_answers(shared_data: Path) -> None:
    records = list(blocked.read_records(shared_data / "web" / "blocked-snapshots"))
    assert records
    assert [record.file for record in records if not record.right] == []


def test_real_articles_stay_good(shared_data: Path) -> None:
    """A part of what `benchmarks.blocked` reads; the whole takes half a minute."""
    pages = sorted((shared_data / "web" / "fundus").rglob("*.gz"))[::4]
    assert len(pages) >= 25
    assert [page.name for page in pages if not blocked.judge_page(page).good] == []
