"""A watch: which story is tracked, and how. One TOML file a story.

The smallest watch is one line::

    url = "https://example.org/2023/the-article"

Everything else has a default. `load_watch` reads and checks a file; a mistake is a `ConfigError` that names
the file, the line, the key and, for an unknown key, the nearest known one.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar

from archive.alerts import RULES
from archive.attesting import Services
from archive.deliver_command import Command
from archive.deliver_mail import Mail
from archive.deliver_webhook import Webhook
from archive.delivery import Receivers
from archive.exceptions import ConfigError, StoryTextError
from archive.save_page import SERVICE, SavePageNow
from archive.text import detect_language
from archive.timestamping import Timestamper, check_roots
from archive.types import Role, Story, StoryText, TextUrl
from archive.urls import is_http, registrable_domain
from crawler.discovery.search.registry import Use, read_uses

T = TypeVar("T")

MIN_STORY_WORDS = 40
"""A shorter text cannot be told apart from a quotation or a teaser of something else."""

ALERT_RULES = RULES


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look. Every source has its own switch: an empty list or false turns it off."""

    #: pages to fetch and follow
    pages: tuple[str, ...] = ()
    #: RSS, Atom and JSON feeds
    feeds: tuple[str, ...] = ()
    #: sitemaps, sitemap indexes, or robots.txt files that name them
    sitemaps: tuple[str, ...] = ()
    #: pages whose links to articles are taken
    front_pages: tuple[str, ...] = ()
    #: what a captured copy says of itself: canonical, hreflang, original source, AMP, links to the story
    follow_copies: bool = True
    #: search engines, web archives and the like, that are asked for the story: those that are on
    search: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Questions:
    """What the user changes about the questions that are made from the article: see `afterprint queries`."""

    #: asked besides them
    add: tuple[str, ...] = ()
    #: questions, or parts of them, that are not asked
    strike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a page is visited again."""

    every: timedelta = timedelta(hours=6)
    #: while a page is younger than `fresh_for`, or that long since its last change
    fresh: timedelta = timedelta(minutes=30)
    fresh_for: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Politeness:
    """How the crawl behaves towards hosts."""

    #: a URL or mail address under which a webmaster reaches the user; part of the User-Agent
    contact: str = ""
    #: seconds between two requests to one host; a longer Crawl-delay of its robots.txt wins
    delay: float = 5.0
    #: addresses or networks that may be opened although they are private ("127.0.0.1", "10.1.0.0/16")
    allow_private: tuple[str, ...] = ()
    #: URLs fetched in one run, in all and of one host
    max_pages: int = 2_000
    max_pages_per_host: int = 500


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is told, and to whom."""

    on: tuple[str, ...] = ALERT_RULES
    #: of a match, below which nobody is told of its page
    min_confidence: float = 0.0
    #: registrable domains of outlets of which nobody is told
    mute: tuple[str, ...] = ()
    #: besides the terminal
    receivers: Receivers = field(default_factory=Receivers)


@dataclass(frozen=True, slots=True)
class Watch:
    """One tracked story with its sources and manners."""

    slug: str
    story: Story
    sources: Sources = Sources()
    questions: Questions = Questions()
    schedule: Schedule = Schedule()
    politeness: Politeness = Politeness()
    alerts: Alerts = Alerts()
    #: third parties that are asked to confirm what was seen
    evidence: Services = field(default_factory=Services)
    #: registrable domains of outlets whose pages show nothing until a script ran
    browser: frozenset[str] = frozenset()
    path: Path | None = None
    #: what the user should know although it is no error
    notices: tuple[str, ...] = field(default=())


_KEYS: Mapping[str, tuple[str, ...]] = {
    "": (
        "url",
        "name",
        "title",
        "languages",
        "text",
        "outlet",
        "sources",
        "questions",
        "schedule",
        "politeness",
        "alerts",
        "evidence",
        "outlets",
    ),
    "text": ("file", "url", "language", "role"),
    "outlet": ("name", "aliases", "short_ids", "urls"),
    "sources": ("pages", "feeds", "sitemaps", "front_pages", "follow_copies", "search"),
    "questions": ("add", "strike"),
    "schedule": ("every", "fresh", "fresh_for"),
    "politeness": ("contact", "delay", "allow_private", "max_pages", "max_pages_per_host"),
    "alerts": ("on", "min_confidence", "mute", "digest", "site", "webhook", "mail", "command"),
    "outlets": ("browser",),
    "alerts.webhook": ("url", "secret_env"),
    "alerts.mail": ("host", "port", "from", "to", "starttls", "user", "password_env"),
    "evidence": ("timestamp", "roots", "wayback", "keys_env"),
}


def load_watch(path: Path | str) -> Watch:
    """Read and check a watch file, with the story texts it names.

    Raises:
        ConfigError: the file is absent, no UTF-8, no TOML, or says something that cannot be meant.
        StoryTextError: a text it names is no UTF-8, empty or too short.
    """
    path = Path(path)
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError("no such watch file", place=str(path), remedy="Make one with: afterprint add URL") from None
    except IsADirectoryError:
        raise ConfigError("a folder, not a watch file", place=str(path), remedy="Name a .toml file in it.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"not UTF-8 (byte {error.start} is 0x{error.object[error.start]:02x})",
            place=str(path),
            remedy="Save the file as UTF-8.",
        ) from None
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        place, cause = _place_of_toml_error(path, source, error)
        raise ConfigError(cause, place=place, remedy="Check quotes, brackets and = on that line.") from None
    except RecursionError:
        cause = "not valid TOML: lists or tables a thousand deep"
        raise ConfigError(cause, place=str(path), remedy="Check the brackets.") from None
    return _Reader(path, source).watch(table)


def parse_duration(text: str) -> timedelta:
    """A time as people write it: "30m", "6h", "3d", "1.5h", "90s". Raises ValueError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*", text)
    if not found:
        raise ValueError(f"not a duration: {text!r}")
    seconds = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}[found[2]]
    return timedelta(seconds=float(found[1]) * seconds)


def _place_of_toml_error(path: Path, source: str, error: tomllib.TOMLDecodeError) -> tuple[str, str]:
    message = str(error)
    found = re.search(r"\(at line (\d+), column (\d+)\)|\(at end of document\)", message)
    line = int(found[1]) if found and found[1] else len(source.splitlines()) or 1
    return f"{path}, line {line}", f"not valid TOML: {re.sub(r' *[(]at [^)]*[)]$', '', message)}"


class _Reader:
    """Turns the table of one file into a `Watch`; every complaint names the line."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.source = source
        self.notices: list[str] = []

    def watch(self, table: Mapping[str, Any]) -> Watch:
        self._check_keys("", table)
        for section in ("outlet", "sources", "questions", "schedule", "politeness", "alerts", "evidence"):
            if section in table:
                self._check_keys(section, self._table(table, section))
        alerts = self._alerts(self._table(table, "alerts"))
        asked = self._table(table, "questions")
        story = replace(self._story(table), alerts=alerts.on, min_confidence=alerts.min_confidence, mute=alerts.mute)
        return Watch(
            slug=story.slug,
            story=story,
            sources=self._sources(self._table(table, "sources")),
            questions=Questions(*(self._strings("questions", asked, key) for key in ("add", "strike"))),
            schedule=self._schedule(self._table(table, "schedule")),
            politeness=self._politeness(self._table(table, "politeness")),
            alerts=alerts,
            evidence=self._evidence(self._table(table, "evidence")),
            browser=self._browser(self._table(table, "outlets")),
            path=self.path,
            notices=tuple(self.notices),
        )

    def _story(self, table: Mapping[str, Any]) -> Story:
        slug = self._string("", table, "name") or self.path.stem
        if not re.fullmatch(r"[\w.-]+", slug):
            raise self._error("", "name", f"{slug!r} holds more than letters, digits, dot, dash and underscore")
        languages = tuple(self._language("", "languages", item) for item in self._strings("", table, "languages"))
        texts, text_urls = self._texts(table)
        outlet = self._table(table, "outlet")
        urls = [text_url.url for text_url in text_urls]
        if "url" in table:
            urls.insert(0, self._url("", "url", self._string("", table, "url")))
        urls += [self._url("outlet", "urls", url) for url in self._strings("outlet", outlet, "urls")]
        if not urls and not texts:
            raise ConfigError(
                "names no story: neither `url` nor a [[text]]",
                place=str(self.path),
                remedy='Add one line: url = "https://…"',
            )
        if "url" in table and not texts and not text_urls:
            # The one-line watch: the language shows once the page has been read.
            text_urls = [TextUrl(urls[0], languages[0] if languages else "und", "original")]
        return Story(
            slug=slug,
            title=self._string("", table, "title") or slug,
            outlet=self._string("outlet", outlet, "name"),
            aliases=self._strings("outlet", outlet, "aliases"),
            short_ids=self._strings("outlet", outlet, "short_ids"),
            urls=tuple(dict.fromkeys(urls)),
            languages=languages,
            texts=tuple(texts),
            text_urls=tuple(text_urls),
        )

    def _texts(self, table: Mapping[str, Any]) -> tuple[list[StoryText], list[TextUrl]]:
        entries = table.get("text", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self._error("", "text", "must be written as [[text]], one block a text")
        texts: list[StoryText] = []
        urls: list[TextUrl] = []
        for entry in entries:
            self._check_keys("text", entry)
            role = self._role(entry)
            language = self._string("text", entry, "language")
            if "file" not in entry and "url" not in entry:
                raise self._error("text", "language", "a [[text]] needs a `file` or a `url`")
            text = self._text_file(entry, language, role) if "file" in entry else None
            if text is not None:
                texts.append(text)
            if "url" in entry:
                url = self._url("text", "url", self._string("text", entry, "url"))
                named = text.language if text else self._language("text", "language", language or "und")
                urls.append(TextUrl(url, named, role))
        return texts, urls

    def _text_file(self, entry: Mapping[str, Any], language: str, role: Role) -> StoryText | None:
        name = self._string("text", entry, "file")
        file = self.path.parent / name
        try:
            text = file.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.notices.append(
                f"{file} is absent: the first good capture of a named URL will become the reference text"
                if "url" in entry
                else f"{file} is absent, and its [[text]] names no url: nothing can be matched against it"
            )
            return None
        except UnicodeDecodeError as error:
            raise StoryTextError(
                f"not UTF-8 (byte {error.start} is 0x{error.object[error.start]:02x})",
                place=str(file),
                remedy="Save the text as UTF-8.",
            ) from None
        if not text.strip():
            raise StoryTextError("the story text is empty", place=str(file), remedy="Paste the article into it.")
        detected = detect_language(text)
        words = len(text.split()) if detected not in ("zh", "ja", "th") else len(text) // 2
        if words < MIN_STORY_WORDS:
            raise StoryTextError(
                f"the story text has {words} words; fewer than {MIN_STORY_WORDS} cannot be told apart from a quotation",
                place=str(file),
                remedy="Paste the whole article into it.",
            )
        chosen = self._language("text", "language", language) if language else detected or "und"
        return StoryText(text=text.strip(), language=chosen, role=role, source=f"file:{name}")

    def _role(self, entry: Mapping[str, Any]) -> Role:
        role = self._string("text", entry, "role") or "original"
        if role == "original":
            return "original"
        if role == "translation":
            return "translation"
        raise self._error("text", "role", f'{role!r} is neither "original" nor "translation"')

    def _sources(self, table: Mapping[str, Any]) -> Sources:
        def urls(key: str) -> tuple[str, ...]:
            return tuple(self._url("sources", key, url) for url in self._strings("sources", table, key))

        return Sources(
            pages=urls("pages"),
            feeds=urls("feeds"),
            sitemaps=urls("sitemaps"),
            front_pages=urls("front_pages"),
            follow_copies=self._value("sources", table, "follow_copies", bool, True),
            search=self._search(table.get("search", {})),
        )

    def _search(self, said: Any) -> tuple[Use, ...]:
        if said is False:
            return ()
        if not isinstance(said, dict):
            raise self._error("sources", "search", "must be false, or a section, written [sources.search]")
        return read_uses(said, self._place_of_source, parse_duration)

    def _place_of_source(self, name: str) -> str:
        line = _line_of(self.source, "sources.search", name) or _line_of(self.source, "sources", f"search.{name}")
        headed = re.search(rf"^\s*\[\s*sources\.search\.{re.escape(name)}\s*\]", self.source, re.MULTILINE)
        if line is None and headed:
            line = self.source[: headed.end()].count("\n") + 1
        return f"{self.path}, line {line}" if line else str(self.path)

    def _schedule(self, table: Mapping[str, Any]) -> Schedule:
        default = Schedule()
        return Schedule(
            every=self._duration("schedule", table, "every", default.every),
            fresh=self._duration("schedule", table, "fresh", default.fresh),
            fresh_for=self._duration("schedule", table, "fresh_for", default.fresh_for),
        )

    def _politeness(self, table: Mapping[str, Any]) -> Politeness:
        default = Politeness()
        allowed = self._strings("politeness", table, "allow_private")
        for address in allowed:
            try:
                ip_network(address, strict=False)
            except ValueError:
                raise self._error("politeness", "allow_private", f"{address!r} is no address and no network") from None
        return Politeness(
            contact=self._string("politeness", table, "contact"),
            delay=self._duration("politeness", table, "delay", timedelta(seconds=default.delay)).total_seconds(),
            allow_private=allowed,
            max_pages=self._positive("politeness", table, "max_pages", default.max_pages),
            max_pages_per_host=self._positive("politeness", table, "max_pages_per_host", default.max_pages_per_host),
        )

    def _alerts(self, table: Mapping[str, Any]) -> Alerts:
        rules = self._strings("alerts", table, "on") if "on" in table else ALERT_RULES
        for rule in rules:
            if rule not in ALERT_RULES:
                raise self._error("alerts", "on", f"{rule!r} is none of {', '.join(ALERT_RULES)}")
        least = table.get("min_confidence", 0.0)
        if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
            raise self._error("alerts", "min_confidence", f"must be a number from 0 to 1, not {least!r}")
        return Alerts(
            on=tuple(rules),
            min_confidence=float(least),
            mute=tuple(self._domain(name) for name in self._strings("alerts", table, "mute")),
            receivers=self._receivers(table),
        )

    def _domain(self, name: str, section: str = "alerts", key: str = "mute") -> str:
        domain = registrable_domain(name)
        if "." not in domain:
            raise self._error(section, key, f'{name!r} is no outlet\'s domain like "example.org"')
        return domain

    def _browser(self, table: Mapping[str, Any]) -> frozenset[str]:
        """The outlets that are read in a browser."""
        found = set()
        for name, said in table.items():
            domain = self._domain(name, "outlets", name)
            if not isinstance(said, dict):
                raise self._error("outlets", name, f'must be a section, written [outlets."{name}"]')
            self._check_keys("outlets", said)
            if self._value("outlets", said, "browser", bool, False):
                found.add(domain)
        return frozenset(found)

    def _receivers(self, table: Mapping[str, Any]) -> Receivers:
        digest = self._string("alerts", table, "digest")
        if digest not in ("", "daily"):
            raise self._error("alerts", "digest", f'{digest!r} is not "daily"; without it everything is told at once')
        site = self._string("alerts", table, "site")
        command = self._strings("alerts", table, "command")
        if "command" in table and not (command and command[0]):
            raise self._error("alerts", "command", "names no program")
        return Receivers(
            webhook=self._webhook(self._receiver(table, "webhook")) if "webhook" in table else None,
            mail=self._mail(self._receiver(table, "mail")) if "mail" in table else None,
            command=Command(command) if command else None,
            digest=digest == "daily",
            site=self._url("alerts", "site", site) if site else "",
        )

    def _receiver(self, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = table[key]
        if not isinstance(value, dict):
            raise self._error("alerts", key, f"must be a section, written [alerts.{key}]")
        self._check_keys(f"alerts.{key}", value)
        return value

    def _webhook(self, table: Mapping[str, Any]) -> Webhook:
        url = self._url("alerts.webhook", "url", self._string("alerts.webhook", table, "url"))
        return Webhook(url, self._variable("alerts.webhook", table, "secret_env"))

    def _mail(self, table: Mapping[str, Any]) -> Mail:
        section, default = "alerts.mail", Mail("", "", ())
        host, sender = (self._string(section, table, key) for key in ("host", "from"))
        to = self._strings(section, table, "to")
        if not host:
            raise self._error(section, "host", "is missing: which server takes the mail?")
        for key, addresses in (("from", (sender,)), ("to", to or ("",))):
            for address in addresses:
                if not re.fullmatch(r"[^\s@,<>]+@[^\s@,<>]+", address):
                    raise self._error(section, key, f"{address!r} is no mail address")
        port = self._positive(section, table, "port", default.port)
        if port > 65_535:
            raise self._error(section, "port", f"must be at most 65535, not {port}")
        starttls = self._value(section, table, "starttls", bool, default.starttls)
        user = self._string(section, table, "user")
        password_env = self._variable(section, table, "password_env")
        if user and not starttls:
            raise self._error(section, "starttls", "with a `user`, the password would go over the network in the clear")
        if bool(user) != bool(password_env):
            raise self._error(
                section, "user", "goes together with `password_env`, which names where the password stands"
            )
        return Mail(host, sender, to, port, starttls, user, password_env)

    def _evidence(self, table: Mapping[str, Any]) -> Services:
        authority, name = (self._string("evidence", table, key) for key in ("timestamp", "roots"))
        roots = self.path.parent / name if name else None
        if roots is not None:
            try:
                check_roots(roots)
            except ConfigError as error:
                raise self._error("evidence", "roots", f"{roots}: {error.cause}") from None
        copies = table.get("wayback", False)
        if not isinstance(copies, bool | str):
            raise self._error("evidence", "wayback", "must be true, false, or the address of a service")
        keys_env = self._variable("evidence", table, "keys_env")
        service = SERVICE if copies is True else self._url("evidence", "wayback", copies) if copies else ""
        return Services(
            Timestamper(self._url("evidence", "timestamp", authority), roots) if authority else None,
            SavePageNow(service.rstrip("/"), keys_env) if service else None,
        )

    def _variable(self, section: str, table: Mapping[str, Any], key: str) -> str:
        """The name of an environment variable: what is secret stands in no file."""
        name = self._string(section, table, key)
        if name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise self._error(section, key, f"{name!r} is no name of an environment variable")
        return name

    # --- values ---

    def _table(self, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self._error("", key, f"must be a section, written [{key}]")
        return value

    def _value(self, section: str, table: Mapping[str, Any], key: str, kind: type[T], default: T) -> T:
        value = table.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            wanted = {str: "text in quotes", int: "a whole number", bool: "true or false", list: "a list"}[kind]
            raise self._error(section, key, f"must be {wanted}, not {value!r}")
        return value

    def _string(self, section: str, table: Mapping[str, Any], key: str) -> str:
        return self._value(section, table, key, str, "").strip()

    def _strings(self, section: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        values = self._value(section, table, key, list, [])
        for value in values:
            if not isinstance(value, str):
                raise self._error(section, key, f"must be a list of texts in quotes; {value!r} is none")
        return tuple(value.strip() for value in values)

    def _positive(self, section: str, table: Mapping[str, Any], key: str, default: int) -> int:
        value = self._value(section, table, key, int, default)
        if value < 1:
            raise self._error(section, key, f"must be at least 1, not {value}")
        return value

    def _duration(self, section: str, table: Mapping[str, Any], key: str, default: timedelta) -> timedelta:
        if key not in table:
            return default
        try:
            return parse_duration(self._value(section, table, key, str, ""))
        except ValueError:
            raise self._error(section, key, f'{table[key]!r} is no duration like "30m", "6h" or "3d"') from None

    def _url(self, section: str, key: str, url: str) -> str:
        if not is_http(url):
            raise self._error(section, key, f"{url!r} is no http(s) URL")
        return url

    def _language(self, section: str, key: str, language: str) -> str:
        if not re.fullmatch(r"[a-z]{2,3}", language):
            raise self._error(section, key, f'{language!r} is no language code like "nl"')
        return language

    # --- complaints ---

    def _check_keys(self, section: str, table: Mapping[str, Any]) -> None:
        known = _KEYS[section]
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                remedy = f"Did you mean `{near[0]}`?" if near else f"Known keys here: {', '.join(known)}."
                where = f" in [{section}]" if section else ""
                raise ConfigError(f"unknown key `{key}`{where}", place=self._place(section, key), remedy=remedy)

    def _error(self, section: str, key: str, cause: str) -> ConfigError:
        return ConfigError(
            f"`{key}`: {cause}", place=self._place(section, key), remedy="docs/watch-file.md lists every key."
        )

    def _place(self, section: str, key: str) -> str:
        line = _line_of(self.source, section, key)
        if line is None and section.startswith("alerts."):
            # `webhook = {…}`, `webhook.url = …`, or a section without the key
            name = section.partition(".")[2]
            line = _line_of(self.source, "alerts", name) or _line_of(self.source, "", section)
        return f"{self.path}, line {line}" if line else str(self.path)


def _line_of(source: str, section: str, key: str) -> int | None:
    """The line on which *key* of *section* is set. The TOML parser of the standard library does not tell."""
    current = ""
    is_key: Callable[[str], object] = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""").match
    for number, line in enumerate(source.splitlines(), start=1):
        header = re.match(r"""\s*\[\[?\s*([\w."'-]+)\s*\]?\]""", line)
        if header:
            current = header[1]
            if section == "outlets" and current.startswith("outlets."):
                if current.partition(".")[2].strip("\"'") == key:
                    return number
                current = section
            if section == "" and key in (current, current.partition(".")[0]):
                return number
        elif current == section and is_key(line):
            return number
    return None
