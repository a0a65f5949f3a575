"""How far a capture shows the article: walls, blocks, soft 404s and empty pages, each with its reason.

Pure. A bad capture is kept and shown; it is never a side of a claim. Nothing is climbed or circumvented.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.types import Extraction, Quality
from archive.urls import url_key

GOOD = Quality(1.0)

SHORT_PAGE = 900
"""Characters up to which a page may be an interstitial: the longest seen among real ones has 600."""

CONSENT_DENSITY = 0.05
"""Share of consent words among the words of a page; real articles about cookies stay under 0.03, walls start at 0.06."""

_NOT_FOUND = re.compile(
    r"""^\W*(?:(?:error|fout|fehler|erreur)?\W*404\b
        | (?:sorry\W+)?(?:page|article|content|story|file)\s(?:was\s|is\s|could\s)?not\s(?:be\s)?(?:found|available)
        | not\sfound\b | pagina\s(?:is\s)?niet\sgevonden | (?:artikel|pagina|bericht)\s(?:bestaat\sniet|niet\sgevonden)
        | (?:seite|artikel|beitrag)\s(?:wurde\s)?nicht\sgefunden | nicht\sgefunden
        | page\s(?:introuvable|non\strouvée) | p[áa]gina\sn[ãa]o\sencontrada
        | p[áa]gina\sno\s(?:encontrada|existe) | pagina\snon\strovata | sidan\skunde\sinte\shittas
        | siden\s(?:blev\s|ble\s)?ikke\sfundet | nie\sznaleziono | страница\sне\sнайдена)
      | \b404\W*(?:not\sfound)?\W*$ | \bpage\snot\sfound\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_FOUND_TEXT = re.compile(
    r"""(?:page|article|content)\s(?:you(?:\sare|'re|’re)?\s(?:looking\sfor|requested|were\slooking\sfor))\s.{0,30}
        (?:not|n't|n’t|unavailable|removed|moved)
      | (?:pagina|artikel)\sdie\s(?:je|u)\szoekt\s.{0,30}(?:niet|verwijderd)
      | (?:gesuchte|angeforderte)\s(?:seite|artikel)\s.{0,40}nicht
      | (?:could\snot|couldn['’]t|cannot|can['’]t)\sfind\s(?:the|that|this)\s(?:page|article)""",
    re.IGNORECASE | re.VERBOSE,
)
_INTERSTITIAL = {
    "robot_check": r"just a moment|checking your browser|verify (?:that )?you are (?:a )?human|are you a robot|unusual traffic"
    r"|project shield|attention required|security check|captcha|ddos protection|bot verification|pardon our interruption",
    "access_denied": r"access denied|access to this page has been denied|you don['’]t have permission|403 forbidden|you (?:have been|are|were) blocked"
    r"|not available in your (?:country|region)|unavailable (?:for legal reasons|in your)",
    "old_browser": r"(?:outdated|upgrade your|unsupported) *browser|browser is (?:out of date|not supported)"
    r"|enable javascript|javascript is (?:disabled|required)|schakel javascript in|aktivieren sie javascript",
    "parked_domain": r"buy this domain|domain (?:name )?(?:is|may be) for sale|website is for sale|domain has expired|parked free",
}
_INTERSTITIALS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _INTERSTITIAL.items()}
_LOGIN_TITLE = re.compile(
    r"^\W*(?:log ?in|sign ?in|anmelden|anmeldung|einloggen|inloggen|aanmelden|se connecter|connexion|iniciar sesión|accedi"
    r"|entrar|logga in|log ind|zaloguj)\b",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"^\W*(?:before you continue|voordat (?:je|u) verder|bevor (?:sie|du) (?:fortf|weiter)|avant de continuer"
    r"|antes de continuar|prima di continuare|cookie(?:s|wall| settings| consent| preferences)?\b|privacy ?gate|consent|your privacy"
    r"|uw privacy|jouw privacy|toestemming|datenschutz|zustimmung|einwilligung|votre vie privée|tu privacidad)",
    re.IGNORECASE,
)
_CONSENT_WORD = re.compile(
    r"\b(?:cookies?|consent\w*|privacy|partners?|personal(?:i[sz]ed)? (?:data|ads)|advertis\w+|accept(?:eren|ieren|er|ar)?"
    r"|toestemming|akkoord|instellingen|gegevens|zustimm\w+|einwillig\w+|einverstanden|datenschutz\w*|werbung|daten"
    r"|consentement|confidentialité|données|consentimiento|privacidad|datos|consenso|dati|purposes|doeleinden|zwecke)\b",
    re.IGNORECASE,
)


def judge(
    *,
    status: int | None,
    headers: tuple[tuple[str, str], ...],
    media_type: str | None,
    url: str,
    final_url: str,
    extraction: Extraction | None,
) -> Quality:
    """Judge one capture by itself, without the page's history.

    Args:
        url: the URL asked. final_url: the URL that answered.
        extraction: what was read from the body, None if it was not HTML or there was no body.
    """
    if status is None:
        return Quality(0.0, ("no_answer",))
    block = _block(status, {name: value.lower() for name, value in headers})
    if block:
        return Quality(0.0, (block,))
    if status >= 400:
        return Quality(0.0, (f"http_{status}",))
    if not may_be_html(media_type):
        return Quality(0.0, (f"not_html:{media_type}",))
    if extraction is None:
        return Quality(0.0, ("no_body",))
    reasons = _page_reasons(extraction, url, final_url)
    if reasons:
        return Quality(0.1, tuple(reasons))
    if not extraction.text.strip():
        return Quality(0.0, ("no_text",))
    return GOOD


def may_be_html(media_type: str | None) -> bool:
    """Whether a body of this media type is worth parsing as a page. Servers call HTML plain text or XML at times."""
    return media_type is None or "html" in media_type or media_type in ("text/xml", "application/xml", "text/plain")


def _block(status: int, headers: dict[str, str]) -> str | None:
    """Blocks that CDNs declare in their headers. Rules after EDGI's web-monitoring quality estimate."""
    if headers.get("cf-mitigated") == "challenge":
        return "blocked:cloudflare"
    if headers.get("x-amzn-waf-action") in ("challenge", "captcha"):
        return "blocked:aws_waf"
    if "rwc_block" in headers.get("rimon", ""):
        return "blocked:rimon"
    if status >= 400 and status not in (404, 410):
        if headers.get("server", "").startswith("akamaighost"):
            return "blocked:akamai"
        if "error from cloudfront" in headers.get("x-cache", ""):
            return "blocked:cloudfront"
    if status == 202 and headers.get("content-length") == "0":
        return "blocked:empty_202"
    return None


def _page_reasons(extraction: Extraction, url: str, final_url: str) -> list[str]:
    title, text = extraction.title or "", extraction.text
    short = len(text) <= SHORT_PAGE
    reasons = []
    if _NOT_FOUND.search(title) or (short and _NOT_FOUND_TEXT.search(text)):
        reasons.append("soft_404")
    if not _is_home(url):
        if _is_home(final_url):
            reasons.append("soft_404:redirected_home")
        elif _declares_home(extraction) and _mostly_short_lines(text):
            reasons.append("soft_404:front_page")
    if short:
        seen = f"{title}\n{text}"
        reasons += [
            name for name, pattern in _INTERSTITIALS.items() if pattern.search(seen) and len(text) <= _limit(name)
        ]
        if _LOGIN_TITLE.search(title) or (
            len(text) <= 200 and any(_LOGIN_TITLE.search(line) for line in text.splitlines())
        ):
            reasons.append("login")
    if _is_consent_wall(title, text):
        reasons.append("consent_wall")
    return reasons


def _is_consent_wall(title: str, text: str) -> bool:
    share = _consent_share(text)
    if _CONSENT_TITLE.search(title) and len(text) <= 4 * SHORT_PAGE:
        return share >= CONSENT_DENSITY / 2
    return len(text) <= 2 * SHORT_PAGE and share >= CONSENT_DENSITY


def _limit(name: str) -> int:
    # "blocked" and "captcha" occur in news; a page that is nothing but the notice is shorter than a short article.
    return 450 if name in ("access_denied", "robot_check") else SHORT_PAGE


def _declares_home(extraction: Extraction) -> bool:
    """Whether the page calls itself the front page. A few sites do so in every article: doubtful only with a menu for a text."""
    markup = extraction.markup
    return markup.page_type in ("website", None) and (_is_home(markup.canonical) or _is_home(markup.og_url))


def _is_home(url: str | None) -> bool:
    if not url:
        return False
    parts = urlsplit(url)
    return not parts.query and parts.path.rstrip("/").lower() in ("", "/index.html", "/home", "/index.php")


def _mostly_short_lines(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and sum(len(line) < 60 for line in lines) / len(lines) > 0.6


def _consent_share(text: str) -> float:
    words = len(text.split())
    hits = len(_CONSENT_WORD.findall(text))
    return hits / words if words >= 10 and hits >= (3 if words < 60 else 4) else 0.0


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two declared addresses name one page; True where either is silent."""
    return one is None or other is None or url_key(one) == url_key(other)
