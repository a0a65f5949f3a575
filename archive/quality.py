"""How far a capture shows the article: walls, blocks, soft 404s and empty pages, each with its reason.

Pure. A bad capture is kept and shown; it is never a side of a claim. Nothing is climbed or circumvented.

Three layers, each asked only where the one before found nothing:

1. what stands in the answer's head: status, headers, where it came from, how long it is (`ANSWER_RULES`);
2. marks that block pages leave in their source, where no article stands beside them (`SOURCE_MARKS`);
3. what a reader would read: not-found pages, notices, consent and subscription walls.

| score | what was seen |
|---|---|
| 1 | an article, as far as one capture can tell |
| 0.4 | an error of the server or of a gateway before it: says nothing of the page |
| 0.25 | an answer that somebody before the server seems to have made |
| 0.1 | a wall, a notice, a soft 404; a refusal without a known hand in it |
| 0 | a declared block, a 404 or 410, nothing to read |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.types import Extraction, Quality
from archive.urls import host_port, is_home, url_key

GOOD = Quality(1.0)

SHORT_PAGE = 900
"""Characters up to which a page may be an interstitial: the longest seen among real ones has 600."""

SHORT_ANSWER = 2048
"""Bytes of HTML up to which an answer is a notice: the shortest of 1,000 saved article pages has 2,276, error pages of
load balancers have 120 to 900. (EDGI's quality estimate draws the line at 1,024 bytes.)"""

EDGE_PAGE = 8192
"""Bytes up to which what a CDN serves is its own page and not one of the site. (EDGI's line for Cloudflare's refusals.)"""

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
    r"|project shield|attention required|security check|captcha|ddos protection|bot verification|pardon our interruption"
    r"|(?:prove|confirm|verify) (?:that )?you(?:['’]re| are) (?:not a (?:ro)?bot|human)|making sure you're not a bot"
    r"|bent (?:u|je|jij) een (?:robot|mens)|sind sie ein (?:mensch|roboter)|kein roboter|êtes[- ]vous (?:un )?(?:humain|robot)"
    r"|que vous êtes (?:bien )?(?:un )?humain|no (?:eres|soy|es) un robot|non sei un robot|não é um robô|inte (?:är )?en robot"
    r"|jesteś człowiekiem|вы не робот|проверка браузера|人机验证|安全验证|ロボットではありません",
    "error_page": r"^\W*(?:(?:http )?error \W*)?(?:5\d\d\b.{0,20}(?:error|gateway|unavailable|time-?out|overloaded|origin)"
    r"|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|internal server error|429\b.{0,5}too many requests"
    r"|too many requests|database error|error establishing a database connection|(?:site |website )?(?:is )?under maintenance"
    r"|(?:we(?:['’]ll| will) be (?:right )?back|scheduled maintenance|down for maintenance))",
    "access_denied": r"^\W*(?:(?:http )?(?:error )?403\b|forbidden\b)|access denied|access to this page has been denied|you don['’]t have permission|403 forbidden|you (?:have been|are|were) blocked"
    r"|not available in your (?:country|region)|unavailable (?:for legal reasons|in your)",
    "old_browser": r"(?:outdated|upgrade your|unsupported) *browser|browser is (?:out of date|not supported)"
    r"|enable javascript|javascript is (?:disabled|required)|schakel javascript in|aktivieren sie javascript",
    "parked_domain": r"buy this domain|domain (?:name )?(?:is|may be) for sale|website is for sale|domain has expired|parked free",
}
_INTERSTITIALS = {name: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for name, pattern in _INTERSTITIAL.items()}
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


# --- what stands in the answer's head -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of an answer before its text is read."""

    status: int
    #: names in lower case -> values in lower case; repeated names joined with ", "
    headers: dict[str, str]
    #: the page's title in lower case, empty if it has none
    title: str
    #: bytes of the body; None if unknown
    size: int | None
    url: str
    final_url: str

    def says(self, name: str, *parts: str) -> bool:
        """Whether the header *name* holds one of *parts*."""
        value = self.headers.get(name, "")
        return any(part in value for part in parts)

    @property
    def server(self) -> str:
        return self.headers.get("server", "")

    @property
    def refused(self) -> bool:
        """An error that is not the plain word that there is no such page."""
        return 400 <= self.status < 500 and self.status not in (404, 410)

    @property
    def walled(self) -> bool:
        """A status with which walls answer; a 503 may be one or an overload."""
        return self.refused or self.status == 503

    def shorter_than(self, limit: int) -> bool:
        return self.size is None or self.size < limit


#: Titles of pages that stand between us and the site: of CDNs, and of filters on our own side of the network.
_EDGE_TITLE = re.compile(
    r"just a moment|attention required|access denied|request (?:blocked|rejected|unsuccessful)|cloudflare|cloudfront"
    r"|the request could not be satisfied|access to this page has been denied|pardon our interruption"
    r"|security check|are you (?:a )?(?:human|robot)|bot (?:verification|detection)|ddos-guard|\bcaptcha\b|checkpoint$"
    r"|sucuri|incapsula|imperva|akamai|human verification|radware|client challenge|making sure you're not a bot"
)
_FILTER_TITLE = re.compile(
    r"\b(?:zyxel|fortiguard|fortinet|fortigate|sophos|opendns|cisco umbrella|zscaler|barracuda|sonicwall|websense"
    r"|forcepoint|netskope|bluecoat|smoothwall|lightspeed|securly|netfree|watchguard|untangle|palo alto networks)\b"
    r"|\b(?:web|dns|content|url|internet) ?filter|web ?(?:page|site) blocked|blocked by (?:your|the|network)"
    r"|captive portal|hotspot login|usercheck"
)
_SINK_HOST = re.compile(
    r"^(?:unblock|captcha|challenge|validate|blocked|denied|geo\.captcha-delivery|botcheck)\."
    r"|(?:^|\.)(?:captcha-delivery\.com|perfdrive\.com|datadome\.co|px-cdn\.net)$"
)
_SINK_PATH = re.compile(
    r"/cdn-cgi/(?:challenge|l/chk)|/_incapsula_resource|/distil_r_|/_sec/cp_challenge|/sorry/index|/(?:captcha|blocked"
    r"|access-?denied|bot-?check|robot-?check)(?:[/.?]|$)"
)
_CONSENT_HOST = re.compile(r"^(?:consent|guce|cmp|cookies?|cookiewall|privacy-?gate|myprivacy|privacy-mgmt)\.")
_CONSENT_PATH = re.compile(
    r"/(?:privacy-?gate|privacy-?wall|cookie-?wall|collectconsent|consent|cookie-consent)(?:[/.?]|$)"
)
_LOGIN_HOST = re.compile(r"^(?:login|signin|sso|auth|accounts?|inloggen|anmelden)\.")
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|inloggen|anmelden|connexion|paywall|subscribe|registration|auth)(?:[/.?]|$)"
)
_ORIGIN_ASKED = re.compile(r"origin; ?dur=(?!0\b)\d")


def _sent_to(answer: Answer, host: re.Pattern[str], path: re.Pattern[str]) -> bool:
    """Whether we asked for something else and were sent to such an address."""

    def is_such(url: str) -> bool:
        found = host_port(url)
        return bool(found and host.search(found[0])) or bool(path.search(urlsplit(url).path.lower()))

    return (
        bool(answer.final_url)
        and url_key(answer.final_url) != url_key(answer.url)
        and _is(is_such, answer.final_url)
        and not _is(is_such, answer.url)
    )


def _is(test: Callable[[str], bool], url: str) -> bool:
    try:
        return test(url)
    except ValueError:  # addresses come from strangers: brackets that are no IPv6 address
        return False


def _made_at_the_edge(answer: Answer) -> bool:
    """Akamai times the way to the origin in Server-Timing. No way, and not from the cache: the edge said it itself."""
    timing = answer.headers.get("server-timing", "")
    if "ak_p" not in timing and "edge;" not in timing:
        return False
    if answer.status >= 400:
        return "desc=hit" not in timing and not _ORIGIN_ASKED.search(timing)
    # A cache behind the edge may have had the page ("origin; dur=0"), so less is doubted where all seems well.
    return "desc=miss" in timing and "origin" not in timing and answer.size is not None and answer.size < EDGE_PAGE


@dataclass(frozen=True, slots=True)
class AnswerRule:
    reason: str
    score: float
    holds: Callable[[Answer], bool]


ANSWER_RULES: tuple[AnswerRule, ...] = (
    # Declared by the product itself.
    AnswerRule("blocked:cloudflare", 0.0, lambda a: bool(a.headers.get("cf-mitigated"))),
    AnswerRule("blocked:aws_waf", 0.0, lambda a: a.says("x-amzn-waf-action", "challenge", "captcha", "block")),
    AnswerRule("blocked:rimon", 0.0, lambda a: a.says("rimon", "rwc_block")),
    AnswerRule("blocked:sucuri", 0.0, lambda a: "x-sucuri-block" in a.headers),
    AnswerRule("blocked:squid", 0.0, lambda a: a.says("x-squid-error", "access_denied", "cannot_forward")),
    AnswerRule("blocked:datadome", 0.0, lambda a: a.walled and ("datadome" in a.server or "x-dd-b" in a.headers)),
    AnswerRule("blocked:kasada", 0.0, lambda a: a.walled and any(name.startswith("x-kpsdk-") for name in a.headers)),
    AnswerRule("blocked:redirected", 0.0, lambda a: _sent_to(a, _SINK_HOST, _SINK_PATH)),
    # "Server: awselb" and "AkamaiGHost" name who made the answer: no page of the site passes under these names,
    # but for large bodies, which were fetched from behind.
    AnswerRule("blocked:aws_elb", 0.0, lambda a: "awselb" in a.server and a.refused and a.shorter_than(SHORT_ANSWER)),
    AnswerRule(
        "blocked:aws_elb",
        0.0,
        lambda a: "awselb" in a.server and a.status == 200 and a.size is not None and a.size < SHORT_ANSWER,
    ),
    AnswerRule("blocked:akamai", 0.0, lambda a: "akamaighost" in a.server and a.refused),
    AnswerRule("blocked:akamai", 0.0, lambda a: "akamaighost" in a.server and "access denied" in a.title),
    AnswerRule("blocked:cloudfront", 0.0, lambda a: a.refused and a.says("x-cache", "error from cloudfront")),
    AnswerRule("blocked:cloudfront", 0.0, lambda a: a.refused and "cloudfront" in a.server),
    # A refusal with the product's name on it: nearly always its own.
    AnswerRule(
        "blocked:cloudflare",
        0.1,
        lambda a: (
            "cloudflare" in a.server
            and a.walled
            and (a.shorter_than(EDGE_PAGE) or bool(_EDGE_TITLE.search(a.title)))
        ),
    ),
    AnswerRule(
        "blocked:imperva", 0.1, lambda a: a.walled and ("x-iinfo" in a.headers or a.says("x-cdn", "incapsula", "imperva"))
    ),
    AnswerRule("blocked:datadome", 0.1, lambda a: a.walled and (
        "x-datadome" in a.headers or "x-datadome-cid" in a.headers or a.says("set-cookie", "datadome="))),
    AnswerRule("blocked:perimeterx", 0.1, lambda a: a.walled and a.says("set-cookie", "_pxhd=", "_px3=", "_px2=")),
    AnswerRule("blocked:sucuri", 0.1, lambda a: a.walled and ("sucuri" in a.server or "x-sucuri-id" in a.headers)),
    AnswerRule("blocked:ddos_guard", 0.1, lambda a: a.walled and "ddos-guard" in a.server),
    AnswerRule("blocked:qrator", 0.1, lambda a: a.walled and "qrator" in a.server),
    AnswerRule(
        "blocked:vercel", 0.1, lambda a: a.walled and a.says("x-vercel-mitigated", "challenge", "deny")
    ),
    AnswerRule("blocked:fastly", 0.1, lambda a: a.refused and a.says("x-served-by", "cache-") and (
        "varnish" in a.server or "fastly" in a.server or a.says("via", "varnish"))),
    AnswerRule("blocked:rate_limit", 0.1, lambda a: a.status == 429),
    AnswerRule("blocked:akamai", 0.25, _made_at_the_edge),
    AnswerRule("blocked:empty_202", 0.0, lambda a: a.status == 202 and (
        a.size == 0 or a.headers.get("content-length") == "0")),
    AnswerRule("blocked:web_filter", 0.0, lambda a: a.size is not None and a.size < EDGE_PAGE
               and bool(_FILTER_TITLE.search(a.title))),
    AnswerRule("blocked:unknown", 0.1, lambda a: a.size is not None and a.size < EDGE_PAGE
               and a.status < 400 and bool(_EDGE_TITLE.search(a.title))),
    AnswerRule("consent_wall:redirected", 0.1, lambda a: _sent_to(a, _CONSENT_HOST, _CONSENT_PATH)),
    AnswerRule("login:redirected", 0.1, lambda a: _sent_to(a, _LOGIN_HOST, _LOGIN_PATH)),
)  # fmt: skip
"""Asked in this order; the first that holds names the reason.

The first rows follow EDGI's web-monitoring quality estimate; the products after them declare themselves in the headers
named here, by their own documentation. A refusal without a known hand in it is bad too, by its status alone.
"""


def judge_answer(answer: Answer) -> Quality | None:
    """What the head of an answer says, or None if it says nothing against it."""
    reasons = []
    score = 1.0
    rule = next((rule for rule in ANSWER_RULES if rule.holds(answer)), None)
    if rule is not None:
        reasons.append(rule.reason)
        score = rule.score
    if not 200 <= answer.status < 300:
        reasons.append(f"http_{answer.status}")
        score = min(score, _SCORE_OF_STATUS.get(answer.status, 0.4 if answer.status >= 500 else 0.1))
    return Quality(score, tuple(reasons)) if reasons else None


_SCORE_OF_STATUS = {404: 0.0, 410: 0.0}


def says_absent(quality: Quality) -> bool:
    """Whether the site itself said that there is no such page: a 404 or 410 that nobody else made."""
    return quality.reasons in (("http_404",), ("http_410",))


def judge(
    *,
    status: int | None,
    headers: tuple[tuple[str, str], ...],
    media_type: str | None,
    url: str,
    final_url: str,
    extraction: Extraction | None,
    body: bytes | None = None,
) -> Quality:
    """Judge one capture by itself, without the page's history.

    Args:
        url: the URL asked. final_url: the URL that answered.
        extraction: what was read from the body, None if it was not HTML or there was no body.
        body: the source of the page, for the marks that block pages leave in it and for its length; without it, or
            where `wants_source` says no, all else is judged just the same.
    """
    if status is None:
        return Quality(0.0, ("no_answer",))
    if body == b"" and status == 200:
        # A server that answers 200 with nothing has failed: EDGI counts it as a 500.
        return Quality(0.0, ("no_body",))
    text = extraction.text.strip() if extraction else ""
    short = len(text) <= SHORT_PAGE
    # A headline may name Cloudflare; the title of an article says nothing of who answered.
    title = extraction.title if extraction and short else None
    answer = answer_of(status, headers, url, final_url, title=title, size=None if body is None else len(body))
    said = judge_answer(answer)
    marks = source_marks(body, text) if body and (said is not None or short) else ()
    if said is not None:
        return _with_marks(said, marks)
    if not may_be_html(media_type):
        return Quality(0.0, (f"not_html:{media_type}",))
    if marks:
        return Quality(0.0, marks)
    if extraction is None:
        return Quality(0.0, ("no_body",))
    reasons = _page_reasons(extraction, url, final_url)
    if reasons:
        return Quality(0.1, tuple(reasons))
    if not text:
        return Quality(0.0, ("no_text",))
    return GOOD


def answer_of(
    status: int,
    headers: Sequence[tuple[str, str]],
    url: str,
    final_url: str,
    *,
    title: str | None = None,
    size: int | None = None,
) -> Answer:
    """An `Answer`. Without *size* the Content-Length counts, which is that of the packed body if it was packed."""
    joined: dict[str, str] = {}
    for name, value in headers:
        name, value = name.lower(), value.lower()
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    if size is None and "content-encoding" not in joined:
        length = joined.get("content-length", "")
        size = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None
    return Answer(status, joined, (title or "").strip().lower(), size, url, final_url)


def wants_source(status: int | None, extraction: Extraction | None) -> bool:
    """Whether the source of the page can change the verdict: not where a whole article was read."""
    if status is None:
        return False
    return not 200 <= status < 300 or extraction is None or len(extraction.text) <= SHORT_PAGE


def _with_marks(said: Quality, marks: tuple[str, ...]) -> Quality:
    """A bare status is explained by a mark; what the headers declare needs none."""
    if not marks or any(reason.startswith("blocked:") for reason in said.reasons):
        return said
    return Quality(0.0, (*marks, *said.reasons))


# --- what stands in the page's source -------------------------------------------------------------

SOURCE_MARKS: tuple[tuple[str, re.Pattern[bytes]], ...] = tuple(
    (f"blocked:{name}", re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("cloudflare", rb"_cf_chl_opt|cf-chl-|cf-browser-verification|id=[\"']cf-error-details|cf-challenge-running"),
        ("aws_waf", rb"awswafcookiedomainlist|window\.gokuprops|awswafintegration\.(?:forcerefresh|checkforcerefresh)"),
        ("akamai", rb"errors\.edgesuite\.net|/_sec/cp_challenge|sec-if-cpt-container|[?&]bm-verify="),
        ("cloudfront", rb"generated by cloudfront"),
        (
            "imperva",
            rb"incapsula incident id|_incapsula_resource\?cwudnsai|powered by imperva",
        ),
        ("datadome", rb"captcha-delivery\.com|var dd=\{"),
        ("perimeterx", rb"px-captcha|captcha\.px-c[dl]|/captcha/captcha\.js\?a=c"),
        ("sucuri", rb"sucuri website firewall|sucuri_cloudproxy|cloudproxy@sucuri"),
        ("kasada", rb"window\.kpsdk\s*=|/149e9513-01fa-4fb0-aad4-566afd725d1b/"),
        ("fastly", rb"fastly error: unknown|_fs-ch-[a-z0-9]+/"),
        ("f5", rb"the requested url was rejected\. please consult with your administrator"),
        ("wordfence", rb"generated by wordfence|access to this site has been limited by the site owner"),
        ("radware", rb"shieldsquare|cdn\.perfdrive\.com|radware bot manager captcha"),
        ("distil", rb"distil_r_captcha|distil_identification_block"),
        ("ddos_guard", rb"check\.ddos-guard\.net|ddos-guard/js-challenge"),
        ("vercel", rb"vercel security checkpoint"),
        ("anubis", rb"\.within\.website/x/cmd/anubis"),
        ("blacklist", rb"(?:your|this) ip (?:address )?(?:is|has been|was) .{0,40}(?:black|block|deny)[ -]?list"),
    )
)
"""Marks of block and challenge pages. Tags that the same products put into every good page (`__CF$cv$params`,
`js.datadome.co/tags.js`, `_pxAppId`) are none. Asked only where no article was read: news quotes such things."""

_TAGS = ((b"_incapsula_resource?", "blocked:imperva"),)
"""Tags that stand in good pages of their customers too; where next to nothing can be read, the page is nothing else."""

_NEXT_TO_NOTHING = 200
_MARKS_IN = 256 * 1024
"""Bytes looked at: block pages are smaller, and error pages of a site's own can be huge."""


def source_marks(body: bytes, text: str = "") -> tuple[str, ...]:
    """The products whose block pages look like *body*, most often none or one.

    Args:
        text: what can be read on the page.
    """
    head = body[:_MARKS_IN]
    found = [name for name, pattern in SOURCE_MARKS if pattern.search(head)]
    if not found and len(text) <= _NEXT_TO_NOTHING:
        lower = head.lower()
        found = [name for tag, name in _TAGS if tag in lower]
    return tuple(found)


def may_be_html(media_type: str | None) -> bool:
    """Whether a body of this media type is worth parsing as a page. Servers call HTML plain text or XML at times."""
    return media_type is None or "html" in media_type or media_type in ("text/xml", "application/xml", "text/plain")


# --- what a reader would read ---------------------------------------------------------------------


def _page_reasons(extraction: Extraction, url: str, final_url: str) -> list[str]:
    title, text = extraction.title or "", extraction.text
    short = len(text) <= SHORT_PAGE
    reasons = []
    if short and removal_notice(f"{title}\n{text}") is not None:
        reasons.append("removal_notice")
    if _NOT_FOUND.search(title) or (short and _NOT_FOUND_TEXT.search(text)):
        reasons.append("soft_404")
    if not is_home(url):
        if is_home(final_url):
            reasons.append("soft_404:redirected_home")
        elif is_section_of(final_url, url) and extraction.markup.page_type != "article" and _mostly_short_lines(text):
            reasons.append("soft_404:redirected_section")
        elif _declares_home(extraction) and _mostly_short_lines(text):
            reasons.append("soft_404:front_page")
    if short:
        # A notice may be broken into lines by its markup: "You are using an / outdated / browser."
        seen = f"{title}\n{text}\n{' '.join(text.split())}"
        reasons += [
            name for name, pattern in _INTERSTITIALS.items() if pattern.search(seen) and len(text) <= _limit(name)
        ]
        if _LOGIN_TITLE.search(title) or (
            len(text) <= 200 and any(_LOGIN_TITLE.search(line) for line in text.splitlines())
        ):
            reasons.append("login")
        if extraction.markup.free is False and ends_in_offer(text):
            reasons.append("paywall_stub")
    if _is_consent_wall(title, text):
        reasons.append("consent_wall")
    return reasons


# --- offers and notices, which stand in place of an article ----------------------------------------

_OFFER = re.compile(
    r"""\b(?:
        subscri(?:be|bers?|ption)\b | already\s+a\s+(?:subscriber|member) | (?:to\s+)?(?:continue|keep)\s+reading
      | sign\s+(?:up|in)\s+(?:to|for) | register\s+(?:now|for\s+free|to) | members?\s+only | free\s+trial
      | unlock\s+(?:this|the|full) | read\s+the\s+full\s+(?:story|article) | for\s+full\s+access
      | abonnee(?:s|\b) | abonne(?:ment|er\b) | word\s+(?:lid|abonnee) | (?:lees|lezen)\s+verder | verder\s?lezen | proefabonnement
      | abo\b | abonnent(?:en|in)? | abonnieren | weiter\s?lesen | jetzt\s+(?:testen|registrieren|anmelden) | probeabo
      | (?:digital|plus)[-\s]?abo | artikel\s+freischalten
      | abonn(?:ez|é|és|ée|ements?)\b | (?:lire|voir)\s+la\s+suite | réservé\s+(?:aux|à\s+nos)\s+abonnés
      | il\s+vous\s+reste\s+\d | pour\s+continuer
      | suscr[ií](?:b|p)\w* | suscriptor\w* | (?:seguir|continuar)\s+leyendo | contenido\s+exclusivo
      | abbon(?:ati|amento|amenti|arsi|ato)\b | continua(?:re)?\s+a\s+leggere | contenuto\s+riservato
      | assin(?:e|ante|antes|atura)\b | continuar?\s+(?:a\s+ler|lendo) | exclusivo\s+para
      | prenumer\w+ | läs\s+(?:vidare|hela) | logga\s+in\s+för | abonner?\w* | læs\s+(?:videre|hele) | les\s+hele
      | log\s+in(?:d|n)?\s+for | tilaa\w* | tilaaj\w* | lue\s+koko
      | subskry\w+ | prenumerat\w* | czytaj\s+dalej | dostęp\s+do | zaloguj
      | předplat\w* | predplat\w* | číst\s+dál | előfizet\w* | pretplat\w* | abonament\w* | naročni\w*
      | подпи(?:с|ш)\w* | передплат\w* | читать\s+(?:далее|полностью) | абонам\w* | συνδρομ\w* | abone\w*
    )
    | 有料会員|会員限定|会員登録|続きを読む|登録(?:する|でき)|購読|订阅|訂閱|会员|會員|구독|회원|اشترك|اشتراك|מנוי|מנויים""",
    re.IGNORECASE | re.VERBOSE,
)
_PRICE = re.compile(
    r"(?:[€$£¥]|kr\.?|zł|CHF|EUR|USD|GBP)\s?\d+(?:[.,]\d{1,2})?.{0,30}?(?:/|per|pro|par|al|a|por|p[åe]r)\s?"
    r"(?:month|week|year|maand|week|jaar|monat|woche|jahr|mois|semaine|an|mes|semana|año|mese|anno|mês|måned|månad)"
    r"|\d+(?:[.,]\d{1,2})?\s?(?:€|kr\.?|zł|£).{0,30}?(?:/|per|pro|par|al|por)\s?(?:month|maand|monat|mois|mes|mese|mês)",
    re.IGNORECASE,
)
OFFER_TAIL = 300
"""Characters at the end of a stub in which the offer stands, in the last three lines at most."""


def ends_in_offer(text: str) -> bool:
    """Whether *text* ends in an offer to subscribe, to register or to log in, or in a price for doing so.

    Phrases of some twenty languages are tried at once: what is left of a page is too short to tell its language by,
    and the offer may be in another one.
    """
    tail = "\n".join(line for line in text.rstrip().splitlines()[-12:] if line.strip())
    tail = "\n".join(tail.splitlines()[-3:])[-OFFER_TAIL:]
    return _OFFER.search(tail) is not None or _PRICE.search(tail) is not None


_REMOVAL_NOTICE = re.compile(
    r"""\bthis\s(?:article|story|page|content|report)\s(?:has\sbeen|was|is)\s(?:\w+\s){0,3}(?:removed|retracted|withdrawn|deleted|unpublished|taken\s(?:down|offline))
      | \bthis\s(?:article|story|page|content|report)\sis\sno\slonger\savailable | \bwe\shave\s(?:removed|retracted|withdrawn|taken\sdown)\s(?:this|the)\s(?:article|story|page|content|report)
      | \bdit\s(?:artikel|bericht|verhaal)\s(?:is|werd)\s(?:\w+\s){0,3}(?:verwijderd|ingetrokken|offline\sgehaald|niet\s(?:langer|meer)\sbeschikbaar)
      | \bdies(?:er|e|es)\s(?:artikel|beitrag|text|seite)\s(?:wurde|ist)\s(?:\w+\s){0,3}(?:entfernt|gelöscht|zurückgezogen
          |(?:leider\s)?nicht\smehr\s(?:verfügbar|abrufbar))
      | \bcet\sarticle\s(?:a\sété\s(?:supprimé|retiré|dépublié)|n['’]est\splus\s(?:disponible|en\sligne))
      | \beste\sart[ií]culo\s(?:ha\ssido|fue)\s(?:eliminado|retirado|borrado) | \beste\sart[ií]culo\sya\sno\sestá\sdisponible
      | \bquesto\sarticolo\s(?:è\sstato|non\sè\spiù)\s(?:rimosso|ritirato|cancellato|disponibile)
      | \best[ea]\s(?:artigo|matéria|notícia)\sfoi\s(?:removid|apagad|retirad)[oa]
      | \b(?:den\shär\s)?artikeln\shar\s(?:tagits\sbort|avpublicerats) | \bartiklen\ser\s(?:fjernet|slettet)
      | \bartikkelen\ser\s(?:fjernet|slettet|avpublisert) | \bartykuł\szostał\susunięty
      | \b(?:статья|материал|страница)\s(?:была?\s)?удал(?:ена|ён|ен)""",
    re.IGNORECASE | re.VERBOSE,
)


def removal_notice(text: str) -> str | None:
    """The words in which a page says that its article was taken away; None if it says no such thing."""
    found = _REMOVAL_NOTICE.search(text)
    return " ".join(found[0].split()) if found else None


def _is_consent_wall(title: str, text: str) -> bool:
    share = _consent_share(text)
    if _CONSENT_TITLE.search(title) and len(text) <= 4 * SHORT_PAGE:
        return share >= CONSENT_DENSITY / 2
    return len(text) <= 2 * SHORT_PAGE and share >= CONSENT_DENSITY


def _limit(name: str) -> int:
    # "blocked" and "captcha" occur in news; a page that is nothing but the notice is shorter than a short article.
    return 450 if name in ("access_denied", "robot_check", "error_page") else SHORT_PAGE


def _declares_home(extraction: Extraction) -> bool:
    """Whether the page calls itself the front page. A few sites do so in every article: doubtful only with a menu for a text."""
    markup = extraction.markup
    return markup.page_type in ("website", None) and any(
        address is not None and is_home(address) for address in (markup.canonical, markup.og_url)
    )


_SLUG = re.compile(r"\d{3,}|(?:[^\W_]+[-_]){2,}")


def is_section_of(answered: str, asked: str) -> bool:
    """Whether *answered* looks like a section of the site on which *asked* looks like an article.

    >>> is_section_of("https://example.org/politics/", "https://example.org/politics/2021/05/the-long-vote-71234")
    True
    >>> is_section_of("https://example.org/71234", "https://example.org/politics/the-long-vote-71234")
    False
    """
    host, _, path = url_key(answered).partition("/")
    asked_host, _, asked_path = url_key(asked).partition("/")
    if host != asked_host or path == asked_path or "?" in path:
        return False
    segments = path.split("/")
    return (
        0 < len(segments) <= 2
        and not any(_SLUG.search(segment) for segment in segments)
        and _SLUG.search(asked_path.rpartition("/")[2]) is not None
    )


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
