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
    utm_ mtm_ matomo_ pk_ piwik_ hsa_ __hs _hs itm_ vero_ oly_ fb_ guce_ amp_ aspsessionid
    at_medium at_campaign at_custom at_link at_bbc at_ptr at_format at_creation at_variant
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
    """.split()  # noqa: SIM905
)

CHANNEL_NAMES = frozenset(
    "ref referer referrer source src from via feature cid partner share sharetype rss rel".split()  # noqa: SIM905
)
"""Names that are an identity on some sites: they go only if their value is one of `CHANNELS`."""

CHANNELS = frozenset(
    """
    rss feed feeds atom twitter facebook fb whatsapp telegram linkedin reddit pinterest instagram email e-mail mail
    newsletter push social share shared home homepage hp hpfeed youtu.be google googlenews news_app flipboard
    facebook.com twitter.com t.co yahoo msn applenews smartnews upday pocket copylink sharebutton
    """.split()  # noqa: SIM905
)

AMP_PARAMS = frozenset(("amp", "outputtype", "output", "_amp", "isamp", "mode", "view"))
AMP_VALUES = frozenset(("", "1", "true", "yes", "amp"))

HOST_PREFIXES = frozenset(("www", "www2", "m", "mobile", "amp"))

INDEX_PAGE = re.compile(r"(?:index|default)\.(?:x?html?|shtml|php\d?|aspx?|jsp|cfm)", re.IGNORECASE)
SESSION_SEGMENT = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
_AMP_ENDING = re.compile(r"\.amp(\.html?)?$")
AMP_CACHE_HOST = re.compile(r"(?:.+\.)?(?:ampproject\.(?:org|net)|bing-amp\.com)|google(?:\.[a-z]{2,3}){1,2}")

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
    key = host + (f":{port}" if port not in (None, 80, 443) else "") + "/" + "/".join(segments)
    if query:
        kept = _bare_query(query)
        key += f"?{kept}" if kept else ""
    # Pages of the years 2010 to 2015 stood behind "#!"; any other fragment is a place in the page.
    if fragment.startswith("!") and fragment.strip("!/"):
        key += "#" + _escape(fragment, _UNRESERVED)
    return key


def is_home(url: str) -> bool:
    """Whether *url* is a site's front page, that of a language edition included."""
    _, slash, rest = url_key(url).partition("/")
    return slash == "/" and re.fullmatch(r"(?:[a-z]{2}(?:[_-][A-Za-z]{2})?)?", rest) is not None


@lru_cache(maxsize=16384)
def _bare_host(host: str) -> tuple[str, bool]:
    """The host without what says telephone or AMP, and whether it is a cache of other people's AMP pages."""
    site = _site(host)
    if site != host and host.endswith("." + site):
        labels = host[: -len(site) - 1].split(".")
        host = ".".join([*(label for label in labels if label not in HOST_PREFIXES), site])
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
    """The segments without what says AMP or index page, until nothing more comes off."""
    before: list[str] | None = None
    while segments != before:
        before = segments
        # Anywhere, not only at the ends: bbc.com/news/amp/world-1, dailymail.co.uk/news/article-1/amp/Title.html
        segments = [segment for segment in segments if segment != "amp"] or segments[:1]
        if segments:
            last = segments[-1]
            if ".amp" in last:
                last = _AMP_ENDING.sub(r"\1", last)
            if not last or INDEX_PAGE.fullmatch(last):
                segments = segments[:-1]
            elif last != segments[-1]:
                segments = [*segments[:-1], last]
    return segments


def _bare_query(query: str) -> str:
    """The parameters that may be part of the page's identity, sorted by name; repeated names keep their order."""
    kept: list[tuple[str, str]] = []
    for parameter in query.split("&"):
        # A reader of HTML that did not undo "&amp;" leaves "amp;" before the name.
        while parameter.startswith("amp;"):
            parameter = parameter[4:]
        name, _, value = _escape(parameter, _UNRESERVED).partition("=")
        if name and not _is_tracking(name.lower(), unquote(value).lower()):
            kept.append((name, f"{name}={value}" if value else name))
    kept.sort(key=lambda pair: pair[0])
    return "&".join(parameter for _, parameter in kept)


def _is_tracking(name: str, value: str) -> bool:
    return (
        name in TRACKING_NAMES
        or name.startswith(TRACKING_PREFIXES)
        or (name in CHANNEL_NAMES and value in CHANNELS)
        or (name in AMP_PARAMS and (value == "amp" or ("amp" in name and value in AMP_VALUES)))
    )


def _wrapped_in_amp_cache(host: str, segments: list[str]) -> str | None:
    """The publisher's address inside that of an AMP cache: "…/c/s/example.com/story" -> "example.com/story"."""
    if len(segments) < 2 or segments[0] not in ("c", "v", "wp", "amp"):
        return None
    if host.startswith("google.") != (segments[0] == "amp"):
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
    url = url.strip(_BLANK).translate(_LINE_BREAKS)
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
