"""Is a robots.txt obeyed as Protego reads it, and are its Crawl-delay and Sitemap lines all read?

    python -m benchmarks.robots DIR

DIR holds robots.txt files in any folders, real ones or made by hand. From each, addresses are derived that its rules speak
of (the path of each rule, made longer, with its wildcards filled) and some that no rule names. For several agents, and for
the agents that the file itself names, the verdict of `crawler.politeness` is compared with that of Protego on the same file
as Scrapy hands it over. *agree* is the share of equal verdicts.

Crawl-delay and Sitemap lines are counted here line by line: a delay is read if the agent that it stands under is given one,
a sitemap if it is a lead (twice the same address is one lead).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from urllib.parse import urljoin

from protego import Protego

from archive.urls import is_http, url_key
from crawler.discovery.robots import sitemaps_from_robots
from crawler.politeness import PRODUCT, Robots, read_robots

AGENTS = (
    PRODUCT,
    "Googlebot",
    "Googlebot-News",
    "bingbot",
    "CCBot",
    "GPTBot",
    "ia_archiver",
    "*",
    "Mozilla/5.0 (compatible)",
)
PATHS = (
    "/",
    "/robots.txt",
    "/news/2023/01/19/story.html",
    "/search?q=a&page=2",
    "/wp-admin/",
    "/nl/artikel/größe",
    "/a/b/?x=1",
)
MOST_RULES = 150
"""Rules of one file from which addresses are derived: some files have thousands of one kind."""


def host_of(path: Path) -> str:
    name = path.stem
    return name if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", name) else "courier.example"


def addresses(text: str, base: str) -> list[str]:
    """Addresses that the rules of the file speak of, and some that no rule names."""
    found = dict.fromkeys(PATHS)
    rules = re.findall(r"(?im)^[ \t\ufeff]*(?:dis)?allow[ \t]*:[ \t]*(\S*)", text)
    for rule in list(dict.fromkeys(rules))[:MOST_RULES]:
        path = rule.partition("#")[0].rstrip("$") or "/"
        path = path if path.startswith("/") else f"/{path}"
        for form in (path, path + "x", path.rstrip("/"), path.replace("*", "a/b"), path.replace("*", ""), path.upper()):
            found[form] = None
    return [base + path for path in found if path.startswith("/")]


def groups_with_delay(text: str) -> list[tuple[str, str]]:
    """(agent, delay) of each Crawl-delay line that states a number, under the agents named right above its rules."""
    agents: list[str] = []
    found = []
    rules_seen = False
    for line in re.split(r"[\r\n]+", text):
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower().lstrip("\ufeff"), value.strip()
        if not colon:
            continue
        if name in ("user-agent", "useragent", "user agent"):
            agents = [] if rules_seen else agents
            rules_seen = False
            if value:
                agents.append(value)
        elif name in ("allow", "disallow", "crawl-delay", "request-rate", "visit-time"):
            rules_seen = True
            if name == "crawl-delay" and re.fullmatch(r"\d+(?:\.\d+)?", value):
                found += [(agent, value) for agent in agents]
    return found


def sitemap_lines(text: str, base: str) -> set[str]:
    values = re.findall(r"(?im)^[ \t\ufeff]*site-?map[ \t]*:[ \t]*([^\s#][^\r\n]*)", text)
    bare = (re.split(r"\s#", value)[0].strip() for value in values)
    return {url_key(address) for value in bare if is_http(address := urljoin(base + "/robots.txt", value))}


def verdict(robots: Robots, url: str, agent: str) -> bool:
    if agent == PRODUCT:
        return robots.refuses(url) is None
    return robots.rules is None or bool(robots.rules.can_fetch(url, agent))


def main(folder: Path) -> dict[str, float]:
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name not in ("SOURCE.md", "index.jsonl")
    )
    asked = agreed = delays = delays_read = sitemaps = sitemaps_read = 0
    for path in files:
        body = path.read_bytes()
        base = f"https://{host_of(path)}"
        # What Scrapy does: undecodable bytes are dropped.
        text = body.decode("utf-8-sig", errors="ignore")
        reference, robots = Protego.parse(text), read_robots(200, body)
        named = list(dict.fromkeys(re.findall(r"(?im)^[ \t]*user-agent[ \t]*:[ \t]*([^\r\n#]*[^\s#])", text)))[:30]
        differing = []
        for url in addresses(text, base):
            for agent in (*AGENTS, *named):
                asked += 1
                same = verdict(robots, url, agent) == reference.can_fetch(url, agent)
                agreed += same
                if not same:
                    differing.append((agent, url))
        for agent, url in differing[:3]:
            print(f"other verdict: {path.name}: {agent} {url[:100]}")
        for agent, delay in groups_with_delay(text):
            delays += 1
            given = robots.rules.crawl_delay(agent) if robots.rules else None
            delays_read += given is not None
            if given is None:
                print(f"Crawl-delay not read: {path.name}: {agent} {delay}")
        wanted = sitemap_lines(text, base)
        found = {url_key(lead.url) for lead in sitemaps_from_robots(body, f"{base}/robots.txt").leads}
        sitemaps += len(wanted)
        sitemaps_read += len(wanted & found)
        for address in sorted(wanted - found):
            print(f"Sitemap not read: {path.name}: {address}")
        protegos = {url_key(address) for line in reference.sitemaps if is_http(address := urljoin(base, str(line)))}
        for address in sorted(protegos - found - wanted):
            print(f"Sitemap that only Protego reads: {path.name}: {address[:120]}")
    figures = {
        "agree": round(agreed / asked, 6) if asked else 1.0,
        "crawl_delays_read": round(delays_read / delays, 4) if delays else 1.0,
        "sitemaps_read": round(sitemaps_read / sitemaps, 4) if sitemaps else 1.0,
        "files": len(files),
        "verdicts": asked,
        "crawl_delays": delays,
        "sitemaps": sitemaps,
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
