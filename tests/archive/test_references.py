"""Which captured pages become reference texts: the rules as a table, and the whole story on real archives."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.histories import Summary
from archive.process import process
from archive.references import Candidate, Promoted, outlet_domains, promotions, withdrawn
from archive.store import Store
from archive.types import Capture, Role, Story, StoryText, TextUrl
from tests.archive import matching_texts as texts

T = datetime(2026, 3, 10, 8, tzinfo=UTC)
OWN = "https://www.waterkant.example/nl/article/k3x9pq/de-haven"
ENGLISH_URL = "https://www.waterkant.example/en/article/k3x9pq/the-harbour"
PLAIN_URL = "https://www.waterkant.example/en/article/the-harbour"
ELSEWHERE = "https://gazette.example/2020/harbour"
CREDIT = "Dit artikel verscheen oorspronkelijk op Waterkant."
DUTCH = f"{texts.DUTCH.strip()}\n\n{CREDIT}"


def story(role: Role = "translation", text: str = DUTCH, **more: Any) -> Story:
    facts: dict[str, Any] = {
        "outlet": "Waterkant",
        "aliases": ("Waterkant Weekly",),
        "urls": (OWN,),
        "short_ids": ("k3x9pq",),
        "texts": (StoryText(text, "nl", role, "file:nl.txt", id=1),),
    }
    return Story("harbour", "De haven", **(facts | more))


def candidate(url: str = ENGLISH_URL, **more: Any) -> Candidate:
    facts: dict[str, Any] = {
        "capture_id": 17,
        "url": url,
        "urls": (url,),
        "text": texts.ENGLISH,
        "language": "en",
        "seen_from": T,
        "kind": "translation",
        "coverage_story": 0.98,
        "coverage_page": 0.97,
        "evidence": {"page_language": "en", "story_language": "nl", "steps": ["semantic"]},
    }
    return Candidate(**(facts | more))


def ruled(of: Story, *candidates: Candidate) -> list[tuple[str, str, str, int]]:
    return [(p.rule, p.language, p.role, p.candidate.capture_id) for p in promotions(of, candidates)]


UNKNOWN = {"page_language": "el", "story_language": "nl", "steps": ["semantic"], "language_known_to_encoder": False}

PROMOTED = {
    "at the story's own address": (story(urls=(ENGLISH_URL,)), candidate(), ("own_url", "original")),
    "at an address that led to it": (
        story(urls=(ENGLISH_URL,)),
        candidate(PLAIN_URL, urls=(PLAIN_URL, ENGLISH_URL)),
        ("own_url", "original"),
    ),
    "with the role that the watch states": (
        story(urls=(ENGLISH_URL,), text_urls=(TextUrl(ENGLISH_URL, "en", "translation"),)),
        candidate(),
        ("own_url", "translation"),
    ),
    "whose watch knows that the original is in another language": (
        story(text_urls=(TextUrl(OWN, "de", "original"),)),
        candidate(),
        ("short_id", "translation"),
    ),
    "that carries the story's id": (story(), candidate(), ("short_id", "original")),
    "that carries the id, at an outlet known by a name that is a domain": (
        story(urls=(), aliases=("Waterkant.example",)),
        candidate(),
        ("short_id", "original"),
    ),
    "that names the story by hreflang": (story(), candidate(PLAIN_URL, alternates=(OWN,)), ("hreflang", "original")),
    "that is an edition with the outlet's credit": (
        story(),
        candidate(PLAIN_URL, credit_name="Waterkant"),
        ("edition", "translation"),
    ),
    "beside a text that is the original": (story("original", texts.DUTCH), candidate(), ("short_id", "translation")),
    "beside a text said to be the original that itself credits another": (
        story("original"),
        candidate(),
        ("short_id", "original"),
    ),
    "in a language that cannot be compared": (
        story(),
        candidate(language="el", kind="mentions", coverage_story=0.0, evidence=UNKNOWN),
        ("short_id", "original"),
    ),
    "whose story has no text yet": (
        story(texts=(), urls=(ENGLISH_URL,)),
        candidate(kind=None),
        ("own_url", "original"),
    ),
}

REFUSED = {
    "of a third party, whatever it says": (
        story(),
        candidate(ELSEWHERE, alternates=(OWN,), credit_name="Waterkant"),
    ),
    "of a third party with the id in its address": (story(), candidate("https://gazette.example/k3x9pq/harbour")),
    "of the outlet without any sign": (story(), candidate(PLAIN_URL)),
    "that is not matched yet": (story(), candidate(kind=None)),
    "that only mentions the story": (story(), candidate(kind="mentions", coverage_story=0.0)),
    "that carries another article now": (
        story(urls=(ENGLISH_URL,)),
        candidate(kind="unrelated", coverage_story=0.0),
    ),
    "that is cut": (story(), candidate(coverage_story=0.3)),
    "that is a teaser": (story(texts=(), urls=(ENGLISH_URL,)), candidate(text="Subscribe to read on.", kind=None)),
    "that credits the outlet but carries half": (
        story(),
        candidate(PLAIN_URL, credit_name="Waterkant", coverage_page=0.5),
    ),
    "in a language that has a text": (story(), candidate(language="nl", kind="copy")),
    "that the user took away": (story(), candidate(refused=True)),
    "with the id while nothing is known of the story": (story(texts=()), candidate(kind=None)),
}


@pytest.mark.parametrize("case", PROMOTED)
def test_a_page_is_promoted(case: str) -> None:
    of, page, (rule, role) = PROMOTED[case]
    assert ruled(of, page) == [(rule, page.language, role, 17)]


@pytest.mark.parametrize("case", REFUSED)
def test_a_page_is_not_promoted(case: str) -> None:
    of, page = REFUSED[case]
    assert ruled(of, page) == []


def test_the_storys_own_page_names_its_other_language() -> None:
    own = candidate(OWN, capture_id=3, language="nl", text=DUTCH, kind="copy", alternates=(PLAIN_URL,))
    assert ruled(story(), own, candidate(PLAIN_URL)) == [("hreflang", "en", "original", 17)]
    assert ruled(story(), replace(own, url=ELSEWHERE, urls=(ELSEWHERE,)), candidate(PLAIN_URL)) == []


def test_the_stronger_rule_and_the_earlier_page_win() -> None:
    edition = candidate(PLAIN_URL, capture_id=1, credit_name="Waterkant")
    later = candidate(ENGLISH_URL, capture_id=9, seen_from=T + timedelta(days=1))
    assert ruled(story(), edition, later, candidate(capture_id=5)) == [("short_id", "en", "original", 5)]


def test_an_original_takes_the_place_of_a_promoted_translation_only() -> None:
    known = (StoryText("An edition.", "en", "translation", "capture:2", id=2), *story().texts)
    of = story(texts=known, urls=(ENGLISH_URL,))
    found = promotions(of, [candidate(kind="copy")])
    assert [(p.role, p.replaces) for p in found] == [("original", known[0])]
    by_user = replace(known[0], source="user:en.txt")
    assert promotions(replace(of, texts=(by_user, *story().texts)), [candidate(kind="copy")]) == ()
    assert promotions(of, [candidate(kind="copy", credit_name="Waterkant")]) == ()


def test_the_reason_is_told_with_the_figures() -> None:
    (found,) = promotions(story(), [candidate()])
    assert found.why == (
        "its address at the outlet carries the story's id; translation, 98% of the known text, 97% of the page"
    )
    assert found.text.source == "capture:17"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"quality": 1.0, "decision": "new_version", "reads": "Text."}, None),
        ({"quality": None}, None),
        ({"quality": 1.0, "decision": "", "reads": "Text."}, None),
        ({"quality": 0.1, "reasons": ("consent_wall",), "decision": "bad", "reads": "Text."}, "consent wall"),
        ({"quality": 1.0, "decision": "bad", "reads": "Text."}, "not to belong"),
        ({"quality": 1.0, "decision": "new_version", "reads": "Other."}, "read differently"),
        ({"quality": 0.0, "decision": "bad", "reads": None}, "no text"),
    ],
)
def test_a_text_is_withdrawn_if_its_capture_turns_out_bad(state: dict[str, Any], words: str | None) -> None:
    reason = withdrawn(Promoted(StoryText("Text.", "en", "original", "capture:4"), 4, **state))
    assert (reason is None) if words is None else (reason is not None and words in reason)


def test_an_outlets_domains() -> None:
    assert outlet_domains(story(urls=(), aliases=())) == frozenset()


# --- on archives -----------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def page(text: str, language: str, head: str = "", title: str = "The harbour") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.strip().split("\n\n"))
    return (
        f'<html lang="{language}"><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{body}</article>'
        "</body></html>"
    ).encode()


def serve(store: Store, url: str, body: bytes, hour: int = 0) -> None:
    at = T + timedelta(hours=hour)
    headers = (("content-type", "text/html; charset=utf-8"),)
    store.add_capture(Capture(url, "page", at, at, url, status=200, headers=headers, body=body))


def run(store: Store) -> Summary:
    return process(store.path, now=lambda: T, workers=1)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store.path) as connection:
        return connection.execute(sql).fetchall()


ACTIVE = "SELECT language, role, source FROM story_text WHERE active ORDER BY id"
KINDS = "SELECT m.kind, t.language FROM story_pages m JOIN story_text t ON t.id = m.story_text_id WHERE m.outlet = 'gazette.example'"


def test_one_story_with_two_reference_texts(store: Store) -> None:
    store.save_story(story(), T)
    serve(store, ELSEWHERE, page(texts.ENGLISH, "en"))
    run(store)
    assert rows(store, KINDS) == [("translation", "nl")], "against a translation, the English copy is one too"
    serve(store, ENGLISH_URL, page(texts.ENGLISH, "en"), hour=1)
    summary = run(store)
    assert len(summary.promoted) == 1
    assert "capture 2: its address at the outlet carries the story's id" in summary.promoted[0]
    assert rows(store, ACTIVE) == [("nl", "translation", "file:nl.txt"), ("en", "original", "capture:2")]
    assert rows(store, KINDS) == [("copy", "en")]
    assert rows(store, "SELECT count(*) FROM story") == [(1,)]
    assert run(store).promoted == []
    matched = CliRunner().invoke(main, ["--archive", str(store.path), "match", "harbour"])
    assert matched.exit_code == 0, matched.output
    assert "copy" in matched.output


def test_which_came_first_is_said_anew_when_something_older_is_captured(store: Store) -> None:
    store.save_story(story(), T)
    dated = '<meta property="article:published_time" content="2026-03-10T12:00:00Z">'
    serve(store, ELSEWHERE, page(f"{texts.ENGLISH}\n\nThis article first ran in the Gazette.", "en", dated), hour=6)
    run(store)
    first = "SELECT came_first, came_first_why FROM story_pages WHERE NOT own"
    [(verdict, why)] = rows(store, first)
    assert verdict == "undecided"
    assert "no credible date of the story" in why
    assert "the story credits somebody else" not in why, "its credit line names its own outlet"
    older = '<meta property="article:published_time" content="2026-03-09T08:00:00Z">'
    serve(store, OWN, page(DUTCH, "nl", older), hour=7)
    run(store)
    assert rows(store, first) == [
        ("story_first", "the story is dated 2026-03-09 08:00 UTC, the page 2026-03-10 12:00 UTC")
    ]
    explained = CliRunner().invoke(main, ["--archive", str(store.path), "explain", ELSEWHERE])
    assert "First: the story, the story is dated 2026-03-09" in explained.output


def test_a_text_comes_and_goes_with_its_capture(store: Store) -> None:
    store.save_story(story(), T)
    serve(store, ELSEWHERE, page(texts.ENGLISH, "en"))
    serve(store, ENGLISH_URL, page(texts.ENGLISH, "en"), hour=1)
    run(store)
    assert len(rows(store, ACTIVE)) == 2
    with sqlite3.connect(store.path) as connection:  # as if a better judge had read it again
        connection.execute(
            "UPDATE reading SET quality = 0.1, reasons = '[\"consent_wall\"]', decision = 'bad' WHERE capture_id = 2"
        )
    summary = run(store)
    assert [line for line in summary.told if "withdrawn" in line] == [
        "reference text withdrawn from harbour (en): capture 2 turned out to show no article (consent wall)"
    ]
    assert rows(store, ACTIVE) == [("nl", "translation", "file:nl.txt")]
    assert rows(store, KINDS) == [("translation", "nl")]
    assert run(store).promoted == []
    serve(store, ENGLISH_URL, page(texts.ENGLISH.replace("thirty-one", "31"), "en"), hour=2)
    assert len(run(store).promoted) == 1
    assert rows(store, ACTIVE)[1:] == [("en", "original", "capture:3")]


def test_what_the_user_says_counts(store: Store) -> None:
    saved = store.save_story(story(), T)
    assert saved.id is not None
    serve(store, ENGLISH_URL, page(texts.ENGLISH, "en"))
    run(store)
    promoted = store.story(saved.id).texts[1]
    assert promoted.id is not None
    store.retire_text(promoted.id, "taken away by the user", refused=True)
    assert run(store).promoted == [], "no rule brings it back"
    store.add_users_text(saved.id, StoryText(texts.ENGLISH.strip(), "en", "original", "user:en.txt"), "by the user")
    run(store)
    assert rows(store, ACTIVE)[1:] == [("en", "original", "user:en.txt")]
    store.save_story(story(), T)
    assert len(rows(store, ACTIVE)) == 2, "the watch does not take it away"


def invoke(store: Store, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--archive", str(store.path), "add-text", *arguments])


def test_a_text_is_added_and_taken_away_on_the_command_line(store: Store, tmp_path: Path) -> None:
    store.save_story(story(), T)
    file = tmp_path / "en.txt"
    file.write_text(texts.ENGLISH, encoding="utf-8")
    added = invoke(store, "harbour", str(file), "--role", "original", "--json")
    assert added.exit_code == 0, added.output
    assert [(t["language"], t["source"]) for t in json.loads(added.output)["texts"]] == [
        ("nl", "file:nl.txt"),
        ("en", "user:en.txt"),
    ]
    serve(store, ELSEWHERE, page(texts.ENGLISH, "en"))
    run(store)
    assert rows(store, KINDS) == [("copy", "en")]
    removed = invoke(store, "harbour", str(file), "--remove")
    assert "en original from user:en.txt: taken away" in removed.output
    run(store)
    assert rows(store, KINDS) == [("translation", "nl")]
    by_url = invoke(store, "harbour", ELSEWHERE, "--role", "translation")
    assert by_url.exit_code == 0, by_url.output
    assert rows(store, "SELECT source, why FROM story_text WHERE active AND language = 'en'") == [
        (f"user:{ELSEWHERE}", "by the user's word, from capture 1")
    ]


def test_mistakes_about_texts_are_answered_in_words(store: Store, tmp_path: Path) -> None:
    store.save_story(story(), T)
    short = tmp_path / "short.txt"
    short.write_text("Too short to be told apart.", encoding="utf-8")
    for arguments, words in [
        (["harbor", "x.txt", "--role", "original"], "It knows: harbour."),
        (["harbour", "x.txt"], "--role"),
        (["harbour", "missing.txt", "--role", "original"], "no such file"),
        (["harbour", str(short), "--role", "original"], "fewer than 40 words"),
        (["harbour", "nl.txt", "--remove"], "the watch names this text"),
        (["harbour", "other.txt", "--remove"], "Its texts: file:nl.txt."),
    ]:
        result = invoke(store, *arguments)
        assert result.exit_code == 2, result.output
        assert words in result.output


@pytest.mark.data
def test_the_tracked_story_has_one_story_and_two_texts(store: Store, shared_data: Path) -> None:
    dutch = (shared_data / "story" / "nl.txt").read_text(encoding="utf-8").strip()
    watched = "https://www.vice.com/en_us/article/qjkq9w/russia-needs-to-learn-to-lose-like-america"
    moved = "https://www.vice.com/en/article/russia-needs-to-learn-to-lose-like-america/"
    store.save_story(
        Story(
            "motherboard",
            "Russia Needs to Learn to Lose Like America",
            "VICE",
            ("VICE US", "Motherboard"),
            urls=(watched,),
            short_ids=("qjkq9w",),
            texts=(StoryText(dutch, "nl", "translation", "file:nl.txt"),),
            text_urls=(TextUrl(watched, "en", "original"),),
        ),
        T,
    )
    serve(store, watched, page(LOSE, "en", title="Learning to lose"))
    serve(store, "https://www.vice.com/nl/article/qjkq9w/verliezen", page(dutch, "nl"), hour=1)
    serve(store, moved, page(LOSE, "en", title="Learning to lose"), hour=2)
    credit = "This article originally appeared on Motherboard."
    serve(store, "https://gazette.example/lose", page(f"{LOSE}\n\n{credit}", "en"), hour=3)
    summary = run(store)
    assert len(summary.promoted) == 1
    assert rows(store, ACTIVE) == [("nl", "translation", "file:nl.txt"), ("en", "original", "capture:1")]
    assert rows(store, KINDS) == [("copy", "en")]
    kinds = rows(store, "SELECT m.kind, t.language FROM match m JOIN story_text t ON t.id = m.story_text_id ORDER BY 2")
    assert kinds == [("copy", "en")] * 2 + [("copy", "nl")]


#: The Dutch text of the tracked story put into English for this test, paragraph by paragraph.
LOSE = """\
Dmitry Medvedev, once president of Russia and now deputy chairman of the Kremlin's Security Council, let the world know in a message on Telegram that a Russian defeat in the war in Ukraine could end in a nuclear war. Nuclear experts call this 'nuclear blackmail'. America has tried the same thing a few times in the past, and it has never really had the effect that the politicians who throw such threats around hope for.

"The defeat of a nuclear power in a conventional war may set off a nuclear war," Medvedev said in his message, according to a translation by Reuters. "Nuclear powers have never lost important conflicts on which their fate depended."

When Russia escalated the war in Ukraine almost a year ago, the Kremlin thought that Russian troops would be marching through the streets of Kyiv within a few days. That is not how it went. Instead the number of dead keeps rising, the Kremlin seems unable to equip or train a large part of its troops, it uses outdated ammunition, and Russian military bloggers who once kissed Putin's feet have now begun to criticise him. Russia is being humiliated on the world stage, and is now putting extra effort into occupying eastern Ukraine and into a war that could last for years and cost tens of thousands of lives.

The United States knows this kind of humiliation all too well, and the country is a good example of how an arrogant nuclear power can lose a war without using its nuclear weapons. It has fought long, useless and destructive wars in Vietnam and Iraq, which the world now broadly agrees were reckless and disastrous. The US ravaged Afghanistan for 20 years and lost that war all the same. In all that time only President Trump made some vague references to using nuclear weapons in order to win. In the end the US did not use its most powerful weapon, and instead swallowed a defeat with a price tag of billions of dollars and thousands of American lives, to say nothing of the many civilian victims in the countries that it took. It accepted defeat because the taboo on using nuclear weapons is so strong that even the most powerful country on earth would rather be humiliated on the world stage than drop a few bombs that could cause world-shaking destruction.

Moscow has rattled its nuclear sabre several times during its war with Ukraine. In February 2022 Putin announced that he had ordered Russia's nuclear forces to stay on high alert. In a speech in September that followed the official and illegal annexation of eastern Ukraine, Putin accused the West of Satanism and promised to use atomic bombs if NATO threatened Russia's territorial integrity.

The US, too, has threatened before to use atomic bombs to settle conflicts that had absolutely no need of a nuclear addition. It is typical of countries with nuclear power. In 1950 President Harry Truman said that the use of atomic weapons in the Korean War was on the table. He later said that he had been speaking rhetorically, but the use of the bomb in a conflict was a much discussed subject. And Truman's remarks were not hot air. The weapons were placed close enough to be used if the order came.

After Truman stepped down, the former general Dwight D. Eisenhower took over the presidency. He, too, threatened China with nuclear weapons. First in 1953, to get the country to the negotiating table over Korea. Then again in 1955, when China took a group of islands in the Taiwan Strait.

Some members of the American military leadership wanted to use atomic bombs to turn the tide in Vietnam in the 1960s and 70s. Plans were made, and generals urged the president to issue public threats, but both Kennedy and Johnson objected. Nixon did want to let Hanoi and Moscow think that he would drop an atomic bomb, but all three presidents avoided the use of nuclear weapons to escape a humiliating defeat in Southeast Asia. Each of those presidents could have dropped a bomb to gain some victory or other. None of them did.

Russia must learn from America and know how to lose without using nuclear weapons. Better still, it could learn that invasion and occupation are a bad idea in the first place.
"""
