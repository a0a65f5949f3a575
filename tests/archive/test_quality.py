"""Walls, blocks and soft 404s are known for what they are, and articles about them are not taken for them."""

from __future__ import annotations

import pytest

from archive.quality import judge
from archive.types import Extraction, Markup

ARTICLE = (
    "The ferry left late because the crew had found a crack in the hull, the harbour master said on Tuesday.\n" * 12
)


NO_MARKUP = Markup()


def judged(
    text: str = ARTICLE, title: str = "The last ferry", *, status: int = 200, final_url: str = "https://example.org/2026/a",
    headers: tuple[tuple[str, str], ...] = (), media_type: str | None = "text/html", markup: Markup = NO_MARKUP,
) -> tuple[str, ...]:  # fmt: skip
    return judge(
        status=status,
        headers=headers,
        media_type=media_type,
        url="https://example.org/2026/a",
        final_url=final_url,
        extraction=Extraction("x", text, title=title, markup=markup),
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
    ("no_text", {"text": " "}),
    ("http_503", {"status": 503}),
    ("blocked:cloudflare", {"status": 403, "headers": (("cf-mitigated", "challenge"),)}),
    ("blocked:aws_waf", {"status": 202, "headers": (("x-amzn-waf-action", "challenge"),)}),
    ("not_html:application/pdf", {"media_type": "application/pdf"}),
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
