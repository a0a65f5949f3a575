"""What story and page both have from somebody else is said beside what corresponds."""

from __future__ import annotations

from typing import cast

from archive.comparing import compare
from archive.match.third_party import shared_quotations, whose
from archive.types import PageText, Passage, Story, StoryText

DISPATCH = (
    "The harbour of Oostwal will close for nine days in March because the sluice has to be repaired, the port said.",
    "Forty ships are waiting in the roads already, and the pilots' union counts on a queue of a hundred by Friday.",
    "“We should have replaced these doors ten years ago,” said harbour master Ilse Brand on Tuesday.",
    "Shippers will be paid part of their losses from a fund of 3.2 million euros that the province set up in 2019.",
)
OWN_ENGLISH = (
    "Residents of the old town had asked for the repair since the flood of 2011, when the quay stood under water.",
    "A museum in the former customs house will open its cellars during the works, its director told this paper.",
)
DUTCH_QUOTING = (
    "In de gemeenteraad ging het dinsdag vooral over de begroting voor het zwembad, dat al jaren verlies maakt.",
    "“We hadden deze deuren tien jaar geleden al moeten vervangen”, zei havenmeester Ilse Brand.",
    "De raad stemt volgende week over een motie die de toegangsprijs voor kinderen wil verlagen.",
)


def story(*paragraphs: str, language: str = "en") -> Story:
    return Story(
        "oostwal",
        "Harbour closes",
        "De Waterkant",
        texts=(StoryText("\n".join(paragraphs), language, "original", "file:a", 1),),
    )


def page(*paragraphs: str, language: str = "en", byline: str | None = None) -> PageText:
    return PageText("https://other.example/1", "\n".join(paragraphs), language, byline=byline)


def test_two_prints_of_one_dispatch_are_said_to_have_a_common_source() -> None:
    dateline = "OOSTWAL, Jan 19 (Reuters) - " + DISPATCH[0]
    found = compare(story(dateline, *DISPATCH[1:], OWN_ENGLISH[0]), page(dateline, *DISPATCH[1:], OWN_ENGLISH[1]))
    assert found.kind in ("copy", "excerpt", "rewrite")
    assert found.evidence["common_sources"] == [
        {
            "kind": "agency",
            "name": "Reuters",
            "story": "OOSTWAL, Jan 19 (Reuters) -",
            "page": "OOSTWAL, Jan 19 (Reuters) -",
        }
    ]
    assert "both name Reuters: a common source" in found.explanation


def test_an_agency_in_the_byline_of_the_page_counts() -> None:
    dateline = "OOSTWAL, Jan 19 (Reuters) - " + DISPATCH[0]
    found = compare(story(dateline, *DISPATCH[1:], *OWN_ENGLISH), page(*DISPATCH, *OWN_ENGLISH, byline="Reuters"))
    assert "both name Reuters" in found.explanation


def test_without_a_named_source_nothing_is_said_of_one() -> None:
    found = compare(story(*DISPATCH, OWN_ENGLISH[0]), page(*DISPATCH, OWN_ENGLISH[1]))
    assert found.kind == "copy" or found.kind == "excerpt"
    assert "common_sources" not in found.evidence
    assert "common source" not in found.explanation


def test_a_quotation_shared_across_languages_names_its_speaker_from_both_sides() -> None:
    original, translated = story(*DISPATCH), page(*DUTCH_QUOTING, language="nl")
    a, b = original.texts[0].text, translated.text
    passage = Passage(
        a.index("“We should"), a.index("\nShippers"), b.index("“We hadden"), b.index("\nDe raad"), 0.6, "semantic", True
    )
    (quoted,) = shared_quotations([passage], original.texts[0], translated)
    assert quoted.story.of(a) == "“We should have replaced these doors ten years ago,”"
    assert quoted.page.of(b) == "“We hadden deze deuren tien jaar geleden al moeten vervangen”"
    assert (quoted.story_speaker, quoted.page_speaker) == ("harbour master Ilse Brand", "havenmeester Ilse Brand")
    assert whose([quoted]) == "both quote harbour master Ilse Brand"


def test_a_page_that_shares_only_the_quotation_says_whose_it_is() -> None:
    spoken = (
        "“We should have replaced these doors ten years ago, when the money was there and the ships were smaller, and "
        "not now that every hour costs a fortune,” said harbour master Ilse Brand on Tuesday."
    )
    quoting = (
        "The council of Oostwal spoke about the swimming pool that night, which has been losing money for years.",
        spoken.replace("on Tuesday", "about quite another building"),
        "A vote on lower prices for children is planned for next week, and two parties have said that they are against.",
    )
    found = compare(story(*DISPATCH[:2], spoken, *OWN_ENGLISH), page(*quoting))
    assert found.kind in ("quotes_only", "related")
    assert found.explanation.endswith("both quote harbour master Ilse Brand")
    [quoted] = cast("list[dict[str, str]]", found.evidence["quoted"])
    assert quoted["page_words"] == quoted["story_words"]


def test_the_outlets_own_words_are_no_third_partys() -> None:
    own = "“We have asked for the papers three times now,” De Waterkant wrote to the port in a letter of complaint."
    text = story(own)
    passage = Passage(0, len(own), 0, len(own), 1.0, "lexical", True)
    (quoted,) = shared_quotations([passage], text.texts[0], page(own), own=("De Waterkant",))
    assert quoted.speaker is None
    assert whose([quoted]) == "both quote the same words, and neither names who spoke them"


def test_quotations_at_other_places_are_not_joined() -> None:
    a = "“The doors should be replaced at once,” said Brand.\n“Nobody told us about the fund,” said Aalto."
    passage = Passage(0, len(a), 0, len(a), 1.0, "lexical")
    pairs = shared_quotations([passage], story(a).texts[0], page(a))
    assert [one.story for one in pairs] == [one.page for one in pairs]
    assert [one.speaker for one in pairs] == ["Brand", "Aalto"]
