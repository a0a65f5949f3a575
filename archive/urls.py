"""Addresses: which page a URL names, and whose site it is on.

Contains no business logic. Links come from strangers: nothing in here raises on junk.
A URL is kept verbatim wherever it is stored; what this module makes of it only serves to compare and to count.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

import idna
import tldextract

MAX_URL_LENGTH = 8192
"""Servers refuse request lines above about 8 KB; what is longer was never a page's address."""

# --- what does not belong to a page's identity ---------------------------------------------------
# Collected from ClearURLs (rules/data.min.json), AdGuard's TrackParamFilter, Firefox' query-stripping list,
# mcmetadata (mcmetadata/urls.py) and courlan (TRACKERS_RE). Unlike courlan's expression these are whole names:
# `(\b|_)eid` there also takes `eid=4411`, which on many sites is the article.

TRACKING_PREFIXES = tuple(
    # AT Internet's at_… (bbc.com, France Télévisions) in the forms seen: a bare "at_" might be somebody's id.
    # amp_… is added by AMP caches.
    """
    utm_ mtm_ matomo_ pk_ piwik_ hsa_ __hs _hs itm_ vero_ oly_ fb_ guce_ amp_ aspsessionid cm_mmc elqtrack hscta sara_
    _branch_ at_medium at_campaign at_custom at_link at_bbc at_ptr at_format at_creation at_variant int_source int_medium
    int_campaign wt.mc_ wt.nav wt.z_ wt.tsrc stm_ trk_ rb_clickid ga_source ga_medium ga_campaign ga_content ga_term
    """.split()  # noqa: SIM905 - a block of words is easier to check than a line for each
)

TRACKING_NAMES = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igsh igshid wickedid
    s_kwcid ef_id mc_cid mc_eid mkt_tok ml_subscriber ml_subscriber_hash _ga _gl _openstat __twitter_impression
    __s nr_email_referer ns_source ns_mchannel ns_campaign ns_linkname ns_fee wt_mc wt_zmc wt_eid cmp cmpid ncid
    icid intcmp s_cid s_campaign ocid xtor xtref xts ito smid smtyp smprod emc echobox guccounter soc_src soc_trk
    tsrc wprov spm scm share_token shareadraft usqp mbid sr_share sharedfrom fromfeed is_from_webapp sender_device
    cn-reloaded doing_wp_cron replytocom action_object_map action_ref_map action_type_map phpsessid jsessionid
    gad_source gad_campaignid srsltid spjobid spmailingid spreportid spuserid dm_i irclickid irgwc ranmid raneaid
    ransiteid ref_src ref_url refsrc referringsource trackid trkcampaign tracking_source traffic_source cvid
    campaign_id pgtype clicksource rref contentplacement contentcollection iref hpt eref ftcamp fsrc srnd sref
    leadsource itid wpisrc wpmm wpmk pwapi_token hpid reflink giftcopy unlocked_article_code t_ref mktcid mktcval dicbo
    oborigurl oborigin tblci emci emdi ceid cndid esrc bxid hasha hashb hashc _r _unique_id snapid cfid cftoken
    itmsource itmmedium itmcampaign linkcode campaigncode maca rssfeed mc_src sc_src sc_lid sc_uid sc_llid sc_eh _sc_mail _ke _kx epik pp_exp linkid_tracking
    embedded-checkout noredirect nocache_ nomobile fullsite desktopview wptouch_preview_theme preventredirect akamai-rum
    """.split()  # noqa: SIM905
)

CHANNEL_NAMES = frozenset(
    """
    ref referer referrer source src from via feature cid partner share sharetype rss rel campaign medium mod tid
    channel origin cmp_src link_source seite_quelle utm
    """.split()  # noqa: SIM905
)
"""Names that are an identity on some sites: they go only if their value is one of `CHANNELS`."""

_PLACE_ON_A_PAGE = re.compile(
    r"(?:hp|nav|article|home|homepage|livecoverage|trending|searchresults|djem|mhp|e2|rss|rsswn)_\w*"
)
"""`mod=hp_lead_pos1`: which link of which page was followed."""

CHANNELS = frozenset(
    """
    rss feed feeds atom twitter facebook fb whatsapp telegram linkedin reddit pinterest instagram email e-mail mail
    newsletter push social share shared home homepage hp hpfeed youtu.be google googlenews news_app flipboard
    facebook.com twitter.com t.co yahoo msn applenews smartnews upday pocket copylink sharebutton ss_fb ss_tw ss_mail
    rss_feed rssfeed e2tw e2fb bluesky mastodon threads x tw socialmedia social-media app mobile-app whatsapp_share wrap
    """.split()  # noqa: SIM905
)

AMP_PARAMS = frozenset(
    """
    amp _amp isamp outputtype output mode view type format layout service variant template tpl ot
    """.split()  # noqa: SIM905
)
_AMP_VALUE = re.compile(r"(?:ot\.)?amp(?:html|-type|art|pagelayout)?")
AMP_VALUES = frozenset(("", "1", "true", "yes", "amp", "amphtml", "amp-type"))

PRINT_PARAMS = frozenset(
    """
    print printable printview printversion print_view printpage printfriendly printer pf version view mode output
    format template layout tmpl pagewanted style type action
    """.split()  # noqa: SIM905
)
PRINT_VALUES = frozenset(("print", "printable", "printer", "print-friendly", "printerfriendly", "printview"))
SWITCHED_ON = frozenset(("", "1", "true", "yes", "y", "on"))
MOBILE_PARAMS = frozenset(("mobile", "ismobile", "_mobile", "mobileview", "wptouch"))
ONE_PAGE_PARAMS = frozenset(("singlepage", "single_page", "onepage", "showall", "viewall"))

SESSION_PARAMS = frozenset(("sid", "sessionid", "session_id", "session", "zenid", "osid", "s"))
_HASH = re.compile(r"[0-9a-f]{26,64}")
"""What a session id looks like; `sid=9913` is an article."""

_SOCIALFLOW = re.compile(r"sf\d{5,}")

#: "www", "www2", "m", "mobil" (Scandinavia, Germany), "wap" and "touch" (telephones before 2012).
HOST_PREFIX = re.compile(r"www?\d{0,2}|m|mobile?|mob|amp|amphtml|wap|touch")

INDEX_PAGE = re.compile(r"(?:index|default)\.(?:[xjs]?html?|php\d?|aspx?|jspx?|cfm|do|cgi|pl)", re.IGNORECASE)
PRINT_SEGMENT = re.compile(
    r"print|printable|printer|print-?view|print-?version|printer-?friendly|komplettansicht|single-?page"
)
"""Whole segments at the end of a path. "komplettansicht": all parts of an article on one page (zeit.de)."""

_LISTS = frozenset("tag tags topic topics category categories brand brands search label labels thema themen".split())  # noqa: SIM905
"""What follows these is a subject, even if it is called "amp" or "print"."""
SESSION_SEGMENT = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
_SLUG_OR_NUMBER = re.compile(r"\d{3,}|[^-_.]+[-_][^-_.]+[-_]|\.(?:html?|php|aspx?|ece)$")
_HTML_ENDING = re.compile(r"\.html?$", re.IGNORECASE)
_ARTICLE_WORDS = ("article", "articles", "news", "story", "a", "nouvelle")
"""Segments in whose place some publishers write "amp"; they say nothing of which article it is."""
_LONG_ID = re.compile(
    r"(?:\d\.|[a-z]{1,5})?\d{6,}|id[A-Z0-9]{8,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_AMP_VIEW = re.compile(r"(view|article|story|articleshow)[-_]amp|amp[-_](view|article|story|articleshow)")
_AMP_PAGES = frozenset(("amp.html", "amp.htm"))
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_AMP_ENDING = re.compile(r"[._]amp(\.s?html?)$|\.amp$")
_AMP_SEGMENTS = frozenset(("amp", "amphtml", ".amp", "google-amp"))
AMP_CACHE_HOST = re.compile(
    r"(?:.+\.)?(?:ampproject\.(?:org|net)|bing-amp\.com|turbopages\.org)|google(?:\.[a-z]{2,3}){1,2}|bing\.com|cloudflare\.com"
)
_TURBO = re.compile(r"(?:.+\.)?turbopages\.org")
_BLOGSPOT = re.compile(r"(.+\.blogspot)\.(?:com\.)?[a-z]{2,3}(?:\.[a-z]{2})?")

BLOG_HOSTS = ("wordpress.com", "substack.com", "tumblr.com", "livejournal.com", "over-blog.com", "hatenablog.com")
"""Hosts of blogs by many hands which the public suffix list's private part (blogspot.com …) lacks."""

# The bundled list only: a list fetched at run time would make the same archive read differently tomorrow.
_split_domain = tldextract.TLDExtract(
    suffix_list_urls=(),
    cache_dir=None,
    # *.localhost always means this machine (RFC 6761), and there each name is a site of its own.
    extra_suffixes=("localhost", *BLOG_HOSTS),
    include_psl_private_domains=True,
)

_URL = re.compile(
    r"(?:(https?):)?(/*)([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_HTTP = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:(?!\d{1,5}(?:[/?#]|$))", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|%")
_UNSAFE = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAKS = str.maketrans("", "", "\t\r\n")
_BLANK = "".join(map(chr, range(0x21))) + "\x7f\x85\xa0\u2028\u2029\u200b\ufeff"

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
#: Tools disagree whether these are escaped in a path (Foo_(bar), Foo_%28bar%29); no server was seen to care.
_UNESCAPED_IN_PATH = _UNRESERVED | frozenset("!'()*,:@")


# --- page identity -------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def url_key(url: str) -> str:
    """The identity of the page that *url* names: two URLs with one key are one page.

    >>> url_key("http://www.Example.com:80/News/index.html?utm_source=x&b=2&a=1#top")
    'example.com/News?a=1&b=2'
    >>> url_key("https://m.example.com/story/amp/") == url_key("https://example.com/story")
    True

    What is no http(s) address comes back as it is. Applying it twice changes nothing.
    """
    text = junk = _clean(url)
    while True:
        parts = _parse(text) if len(text) <= MAX_URL_LENGTH else None
        if parts is None:
            # After an AMP cache was peeled off, `text` is the junk that it wrapped.
            return junk
        host, port, path, query, fragment = parts
        host, is_amp_cache = _bare_host(host)
        segments = _segments(path)
        if not is_amp_cache:
            segments = _bare_path(segments)
            break
        wrapped = _wrapped_in_amp_cache(host, segments)
        if wrapped is None:
            break
        text = wrapped + (f"?{query}" if query else "")
    if registrable_domain(host) == _VICE:
        host, segments = _vice(host, segments)
    key = host + (f":{port}" if port not in (None, 80, 443) else "") + "/" + "/".join(segments)
    if query:
        kept = _bare_query(query, is_blog=".blogspot." in host)
        key += f"?{kept}" if kept else ""
    # Pages of the years 2010 to 2015 stood behind "#!", and behind "#/" of a front page stand those of some
    # applications; any other fragment is a place in the page.
    if (fragment.startswith("!") and fragment.strip("!/")) or (
        fragment.startswith("/") and not segments and fragment.strip("/")
    ):
        key += "#" + _escape(fragment, _UNRESERVED)
    return key


@lru_cache(maxsize=16384)
def page_keys(url: str) -> tuple[str, ...]:
    """The key of *url*, then the other keys under which its address alone shows that the page may be known.

    One key cannot say all: an address that holds both an id and a slug meets older and newer ones with the slug only,
    ".amp" stands for ".html" on some sites and for nothing on others, and for "/article/" some have "/amp/".

    >>> page_keys("https://www.vice.com/nl/article/m7apnn/hacker-kuisheidsgordel-op-slot-penis")
    ('vice.com/nl/article/m7apnn', 'vice.com/nl/article/hacker-kuisheidsgordel-op-slot-penis')
    """
    key = url_key(url)
    parts = _parse(_clean(url))
    if parts is None:
        return (key,)
    keys = [key]
    bare, question, query = key.partition("?")
    raw = _segments(parts[2])
    if key.startswith(f"{_VICE}/"):
        segments = _bare_path(raw)
        place = _vice_article(segments)
        if place is not None and len(segments) == place + 2:
            keys.append(bare[: bare.rindex("/") + 1] + segments[-1] + question + query)
        return tuple(keys)
    if _HTML_ENDING.search(bare):
        keys.append(_HTML_ENDING.sub("", bare) + question + query)
    if "amp" in raw[:-1]:
        before = raw[: raw.index("amp")]
        host = bare.partition("/")[0]
        after = [segment for segment in raw[len(before) + 1 :] if segment != "amp"]
        keys += ["/".join([host, *before, word, *after]) + question + query for word in _ARTICLE_WORDS]
    return tuple(keys)


def same_page(one: str, other: str) -> bool:
    """Whether the two addresses alone show that they name one page.

    Two ids are two articles even under one slug, so VICE's shorter forms meet only where one of them has no id.

    >>> same_page("https://motherboard.vice.com/nl/article/d3bz5w/pokemon-go", "https://www.vice.com/nl/article/pokemon-go/")
    True
    """
    ones, others = page_keys(one), page_keys(other)
    if ones[0] == others[0]:
        return True
    if ones[0].startswith(f"{_VICE}/") and len(ones) > 1 and len(others) > 1:
        return False
    return not set(ones).isdisjoint(others) or _is_amp_of(one, other) or _is_amp_of(other, one)


def _is_amp_of(amp: str, page: str) -> bool:
    """Whether *amp* is an AMP address that has nothing but the id with which the path of *page* ends, on the same domain:
    "m.mk.co.kr/amp/11328184" and "mk.co.kr/news/society/11328184", "cbc.ca/amp/1.7287711" and "…-sinwar-1.7287711"."""
    parts, others = _parse(_clean(amp)), _parse(_clean(page))
    if parts is None or others is None:
        return False
    segments = _segments(parts[2])
    left = [segment for segment in segments if segment not in ("amp", *_ARTICLE_WORDS)]
    if len(left) != 1 or ("amp" not in segments and not parts[0].startswith("amp.")) or not _LONG_ID.fullmatch(left[0]):
        return False
    path = _bare_path(_segments(others[2]))
    stem = re.sub(r"\.[a-z]{3,5}$", "", path[-1]) if path else ""
    ends = left[0] in (stem, path[-1]) if path else False
    return (ends or stem.endswith(("-" + left[0], "_" + left[0]))) and registrable_domain(amp) == registrable_domain(
        page
    )


def is_home(url: str) -> bool:
    """Whether *url* is a site's front page, that of a language edition included."""
    _, slash, rest = url_key(url).partition("/")
    return slash == "/" and re.fullmatch(r"(?:[a-z]{2}(?:[_-][A-Za-z]{2})?|[Hh]ome)?", rest) is not None


@lru_cache(maxsize=16384)
def _bare_host(host: str) -> tuple[str, bool]:
    """The host without what says telephone or AMP, and whether it is a cache of other people's AMP pages."""
    site = _site(host)
    if site != host and host.endswith("." + site):
        labels = host[: -len(site) - 1].split(".")
        # "amp-madame.lefigaro.fr"
        bare = (label.removeprefix("amp-") for label in labels)
        host = ".".join([*(label for label in bare if not HOST_PREFIX.fullmatch(label)), site])
    if blog := _BLOGSPOT.fullmatch(host):
        # Until 2018 Google sent each reader to the ending of his country; all of them answer.
        host = f"{blog[1]}.com"
    return host, AMP_CACHE_HOST.fullmatch(host) is not None


def _segments(path: str) -> list[str]:
    """The path's segments, escapes normalised, dot segments resolved, empty ones dropped."""
    segments: list[str] = []
    if ";" in path:
        path = SESSION_SEGMENT.sub("", path)
    for segment in _escape(path, _UNESCAPED_IN_PATH).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment and segment != ".":
            segments.append(segment)
    return segments


def _bare_path(segments: list[str]) -> list[str]:
    """The segments without what says AMP, print or index page, until nothing more comes off."""
    before: list[str] | None = None
    if segments[:2] == ["platform", "amp"]:  # all sites of Vox Media's system
        segments = segments[2:]
    while segments != before:
        before = segments
        # Anywhere, not only at the ends: bbc.com/news/amp/world-1, dailymail.co.uk/news/article-1/amp/Title.html
        segments = [
            _AMP_VIEW.sub(r"\1\2", segment) if "amp" in segment and _AMP_VIEW.fullmatch(segment) else segment
            for place, segment in enumerate(segments)
            if segment not in _AMP_SEGMENTS or (place and segments[place - 1].lower() in _LISTS)
        ] or segments[:1]
        if segments:
            last = segments[-1]
            if ".amp" in last or "_amp." in last:
                last = _AMP_ENDING.sub(r"\1", last)
            below = len(segments) > 1
            if not last or INDEX_PAGE.fullmatch(last) or (below and (last in _AMP_PAGES or _is_print(segments))):
                segments = segments[:-1]
            elif last != segments[-1]:
                segments = [*segments[:-1], last]
    # WordPress counts the pages of the comments, not of the article.
    if len(segments) > 1 and _COMMENT_PAGE.fullmatch(segments[-1]):
        segments = segments[:-1]
    if len(segments) > 2 and segments[0] == "print" and not segments[-1].isdigit():
        segments = segments[1:]
    return segments


def _is_print(segments: list[str]) -> bool:
    """Whether the last segment says that this is the page for printing, and not the subject of a list."""
    return PRINT_SEGMENT.fullmatch(segments[-1].lower()) is not None and (
        # "/sections/print" may be a section; below an article's slug or number there are none.
        segments[-2].lower() not in _LISTS and _SLUG_OR_NUMBER.search(segments[-2]) is not None
    )


def _bare_query(query: str, is_blog: bool = False) -> str:
    """The parameters that may be part of the page's identity, sorted by name; repeated names keep their order."""
    kept: list[tuple[str, str]] = []
    for parameter in query.split("&"):
        # A reader of HTML that did not undo "&amp;" leaves "amp;" before the name.
        while parameter.startswith("amp;"):
            parameter = parameter[4:]
        # In a query a plus is a blank.
        name, _, value = _escape(parameter.replace("+", "%20"), _UNRESERVED).partition("=")
        if is_blog and name == "m" and value in ("0", "1"):  # Blogger's pages for telephones
            continue
        if name and not _is_tracking(unquote(name).lower(), unquote(value).lower()):
            kept.append((name, f"{name}={value}" if value else name))
    kept.sort(key=lambda pair: pair[0])
    return "&".join(parameter for _, parameter in kept)


def _is_tracking(name: str, value: str) -> bool:
    return (
        name in TRACKING_NAMES
        or name.startswith(TRACKING_PREFIXES)
        or (name in CHANNEL_NAMES and (value in CHANNELS or _PLACE_ON_A_PAGE.fullmatch(value) is not None))
        or (name in AMP_PARAMS and (_AMP_VALUE.fullmatch(value) is not None or ("amp" in name and value in AMP_VALUES)))
        or (name in PRINT_PARAMS and (value in PRINT_VALUES or (_says_print(name) and value in SWITCHED_ON)))
        or (name in MOBILE_PARAMS and value in SWITCHED_ON)
        or (name in ONE_PAGE_PARAMS and value in SWITCHED_ON)
        or (name in ("page", "pagewanted", "seite") and value == "all")
        or (name in SESSION_PARAMS and _HASH.fullmatch(value) is not None)
        or (value == "1" and _SOCIALFLOW.fullmatch(name) is not None)
    )


def _says_print(name: str) -> bool:
    return "print" in name or name == "pf"


# VICE's addresses over the years, from the 51 that were collected and the public site rules:
#   motherboard.vice.com/blog/SLUG                      until about 2014
#   motherboard.vice.com/EDITION/article/SLUG           until about 2017
#   motherboard.vice.com/EDITION/article/ID/SLUG        2017 to 2019
#   www.vice.com/EDITION/article/ID/SLUG                2018 to 2024, "en_us" becoming "en" on the way
#   www.vice.com/LANGUAGE/article/SLUG/                 since 2024
# The id is the article; what is written behind it never mattered. All of its language editions share the id, but a
# translation is another page. Other editions in English are kept apart: they carried credits and edits of their own.
_VICE = "vice.com"
_VICE_CHANNELS = frozenset(
    "motherboard broadly noisey munchies creators thump sports news i-d waypoint tonic free amuse garage impact".split()  # noqa: SIM905
)
_VICE_EDITION = re.compile(r"[a-z]{2}(?:_[a-z]{2,5})?")
_VICE_ID = re.compile(r"[a-z0-9]{6}")


def _vice_article(segments: list[str]) -> int | None:
    """The place of the id in the path of a VICE article; None if it has none."""
    match segments:
        case [edition, "article" | "story", article, *rest] if _VICE_EDITION.fullmatch(edition) and len(rest) <= 1:
            # Without a slug behind it, six letters may be a slug themselves.
            is_id = _VICE_ID.fullmatch(article) and (rest or any(map(str.isdigit, article)))
            return 2 if is_id else None
    return None


def _vice(host: str, segments: list[str]) -> tuple[str, list[str]]:
    """Host and path of a VICE address in one form for all generations."""
    channel = host.removesuffix(f".{_VICE}")
    if len(segments) < 3 or segments[1] not in ("article", "story") or not _VICE_EDITION.fullmatch(segments[0]):
        return host, segments
    if channel in _VICE_CHANNELS:
        host = _VICE
    edition = "en" if segments[0] == "en_us" else segments[0]
    place = _vice_article(segments)
    rest = [segments[place]] if place is not None else segments[2:]
    return host, [edition, "article", *rest]


def _wrapped_in_amp_cache(host: str, segments: list[str]) -> str | None:
    """The publisher's address inside that of an AMP cache: "…/c/s/example.com/story" -> "example.com/story"."""
    if _TURBO.fullmatch(host):  # Yandex: ria-ru.turbopages.org/ria.ru/s/20230119/x.html
        inner = segments[1:] if segments[:1] == ["turbo"] else segments
        if len(inner) < 2 or inner[1] != "s" or "." not in inner[0] or _host_and_port(inner[0]) is None:
            return None
        return "/".join([inner[0], *inner[2:]])
    if len(segments) < 2 or segments[0] not in ("c", "v", "wp", "amp"):
        return None
    if (host.partition(".")[0] in ("google", "bing", "cloudflare")) != (segments[0] == "amp"):
        return None
    inner = segments[2:] if segments[1] == "s" else segments[1:]
    if not inner or "." not in inner[0] or _host_and_port(inner[0]) is None:
        return None
    return "/".join(inner)


def _escape(text: str, unescaped: frozenset[str]) -> str:
    """*text* with each character written in one way: plain where *unescaped*, as upper-case escape otherwise."""
    if "%" in text:

        def one_way(found: re.Match[str]) -> str:
            digits = found[1]
            if not digits:
                return "%25"
            char = chr(int(digits, 16))
            return char if char in unescaped else found[0].upper()

        text = _ESCAPE.sub(one_way, text)
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8")), text)


# --- parts of an address -------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def registrable_domain(host_or_url: str) -> str:
    """The domain that somebody registered: "bbc.co.uk" of "news.bbc.co.uk". The unit of outlets and of politeness.

    Blogs on a shared host are sites of their own (`foo.blogspot.com`), so is each `*.localhost` name.
    Where no name can be registered (an IP address, a bare host name) it is the host, with the port if one is given.
    Junk comes back as it is.
    """
    parts = _parse(_clean(host_or_url), bare_names=True)
    if parts is None:
        return host_or_url
    host, port, *_ = parts
    site = _site(host)
    if site == host and port not in (None, 80, 443) and ("." not in host or _is_ip(host)):
        return f"{host}:{port}"
    return site


def host_port(url: str) -> tuple[str, int] | None:
    """Host (lower case, IDNs in ASCII, IPv6 in brackets) and port of an http(s) URL; None if it is none."""
    found = _HTTP.match(_slashes(_clean(url)))
    split = _host_and_port(found[2].rpartition("@")[2]) if found else None
    if found is None or split is None:
        return None
    host, port = split
    return host, port or (443 if found[1].lower() == "https" else 80)


def is_http(url: str) -> bool:
    """Whether *url* is absolute, http or https, and names a host."""
    return host_port(url) is not None


def absolute(base: str, href: str) -> str | None:
    """*href* as seen from the page *base*, absolute; None unless it is an http(s) address.

    Blanks around it and line breaks in it go, as browsers do; what may not stand in a URL is escaped.
    """
    href = _slashes(_clean(href))
    if not href or len(href) > MAX_URL_LENGTH or _OTHER_SCHEME.match(href):
        return None
    if _HTTP.match(href):
        url = href
    elif href[0] == "/" and href[1:2] != "/" and "/." not in href:
        # Most links of most pages; urljoin takes four times as long for the same.
        url = _origin(base) + href
    else:
        try:
            url = urljoin(_clean(base), href)
        except ValueError:  # brackets that are no IPv6 address
            return None
    url = _NOT_IN_A_URL.sub(lambda found: f"%{ord(found[0]):02X}", url)
    found = _HTTP.match(url)
    if found is None or len(url) > MAX_URL_LENGTH or _host_and_port(found[2].rpartition("@")[2]) is None:
        return None
    if "@" in found[2]:
        try:
            urlsplit(url)  # what stands before the "@" was not looked at, and others would raise on it
        except ValueError:
            return None
    return url


@lru_cache(maxsize=1024)
def _origin(base: str) -> str:
    found = _HTTP.match(_slashes(_clean(base)))
    return found[0] if found else ""


def resolve_base(page_url: str, base_href: str | None) -> str:
    """What relative links of a page are relative to: its `<base href>` if that is usable, else its own URL."""
    return (base_href and absolute(page_url, base_href)) or page_url


def _clean(url: str) -> str:
    url = url.strip(_BLANK)
    if not url.isprintable():
        url = url.translate(_LINE_BREAKS)
    # Half a surrogate pair, as broken JSON gives it, can be stored nowhere; U+FFFD is what browsers make of it.
    return url if url.isascii() else _LONE_SURROGATE.sub("\ufffd", url).strip(_BLANK)


def _slashes(url: str) -> str:
    r"""Backslashes before the query as slashes: browsers read `http:\\host\path` so, and a guard must agree."""
    if "\\" not in url:
        return url
    found = re.search(r"[?#]", url)
    cut = found.start() if found else len(url)
    return url[:cut].replace("\\", "/") + url[cut:]


def _parse(text: str, bare_names: bool = False) -> tuple[str, int | None, str, str, str] | None:
    """(host, port, path, query, fragment); None if *text* is no http(s) address.

    A key has no scheme and must be read back as what it is, so one may be missing, if what stands there
    looks like a host. *bare_names*: any name will do.
    """
    if not text or _OTHER_SCHEME.match(text):
        return None
    found = _URL.fullmatch(_slashes(text))
    if found is None:
        return None
    scheme, slashes, authority, path, query, fragment = found.groups(default="")
    if not scheme and (slashes not in ("", "//") or "@" in authority):
        return None
    split = _host_and_port(authority.rpartition("@")[2])
    if split is None:
        return None
    host, port = split
    if not (scheme or slashes or bare_names or "." in host or host[0] == "[" or host == "localhost"):
        return None
    return host, port, path, query, fragment


@lru_cache(maxsize=16384)
def _host_and_port(authority: str) -> tuple[str, int | None] | None:
    """Host and port, None for the port if none is given; None if there is no valid host."""
    host, colon, digits = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        host, digits = authority, ""
    port = None
    if digits:
        # int() of a long run of digits raises, and of other scripts' digits succeeds.
        if not re.fullmatch(r"[0-9]{1,5}", digits) or not 0 < int(digits) < 65536:
            return None
        port = int(digits)
    if host.startswith("["):
        if not host.endswith("]"):
            return None
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]", port
        except ValueError:
            return None
    if "%" in host:
        host = unquote(host)
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            return None
    return (host, port) if _HOST.fullmatch(host) else None


def _is_ip(host: str) -> bool:
    return host.startswith("[") or host.replace(".", "").isdigit()


@lru_cache(maxsize=16384)
def _site(host: str) -> str:
    """The registrable domain of a normalised host; the host itself if nothing can be registered there."""
    if _is_ip(host):
        return host
    parts = _split_domain.extract_str(host)
    if not parts.suffix:
        # The list's own rule for endings that it lacks (.example, .local): the last label is the suffix.
        return ".".join(host.split(".")[-2:])
    return parts.top_domain_under_public_suffix or host
