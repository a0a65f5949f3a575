"""What damaged inputs made crash, each once; and a few hundred new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.exceptions import ConfigError
from benchmarks import mutations
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.search import Answer
from crawler.discovery.search.registry import SOURCES
from crawler.discovery.sitemaps import leads_from_sitemap
from crawler.watch import load_watch

ITEM = "<item><title>a{}b</title><link>https://a.example/1</link></item>"
DEEP = b"[" * 100_000


@pytest.mark.parametrize("half", ["&#xD800;", "&#xdfff;", "&#55296;", "&#57343;", "&#x00D83D;"])
def test_a_reference_to_half_a_pair_in_broken_xml_costs_that_character_only(half: str) -> None:
    feed = leads_from_feed(f"<rss><channel>{ITEM.format(half)}".encode(), "https://a.example/f")
    assert [(lead.url, lead.title) for lead in feed.leads] == [("https://a.example/1", "ab")]
    sitemap = f"<urlset><url><loc>https://a.example/{half}1</loc></url>&broken</urlset>"
    assert [lead.url for lead in leads_from_sitemap(sitemap.encode(), "https://a.example/s").leads] == [
        "https://a.example/1"
    ]


def test_whole_pairs_and_their_neighbours_are_kept() -> None:
    feed = leads_from_feed(
        f"<rss>{ITEM.format('&#xD7FF;&#xE000;&#x1F600;&#55295;&#57344;')}".encode(), "https://a.example/f"
    )
    assert feed.leads[0].title is not None
    assert "\U0001f600" in feed.leads[0].title


@pytest.mark.parametrize("name", ["wayback", "commoncrawl", "gdelt_doc", "searxng", "media_cloud"])
@pytest.mark.parametrize("url", ["https://engine.example/x", "https://engine.example/collinfo.json"])
def test_json_too_deep_to_read_is_a_damaged_answer(name: str, url: str) -> None:
    for body in (DEEP, b'{"a":' * 100_000):
        found = SOURCES[name].read(Answer(url, url, 200, (), body, None))
        assert found.leads == ()
        assert found.reason
        # The Wayback Machine's JSON is a list; all else is taken for lines of text, none of which can be read.
        assert found.outcome == "unreadable" or (name == "wayback" and body is not DEEP)


def test_a_prefix_that_nobody_declared_does_not_hide_bings_answer() -> None:
    item = "<item><title>One</title><link>https://a.example/1</link><News:Source>Courier</News:Source><content:encoded>x</content:encoded></item>"
    url = "https://www.bing.com/news/search?q=x&format=rss"
    found = SOURCES["bing_news"].read(Answer(url, url, 200, (), f"<rss><channel>{item}</channel></rss>".encode(), None))
    assert [(lead.url, lead.outlet) for lead in found.leads] == [("https://a.example/1", "Courier")]


def test_a_watch_of_brackets_is_a_mistake_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(b"url = " + DEEP)
    with pytest.raises(ConfigError, match="thousand deep"):
        load_watch(file)


def test_some_hundred_damaged_inputs_crash_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    figures = mutations.main(420, seed=1)
    assert figures["inputs"] == 420
    assert figures["crashes"] == 0, capsys.readouterr().out
    assert figures["hangs"] == 0
