"""A page is there, fails, comes back, moves or goes: what may be said of it, and what may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.availability import HostCapture, Point, Sighting, State, sentence, states
from archive.versions import OTHER_ARTICLE, TEXT_LOST

T = datetime(2019, 3, 1, 10, 2, tzinfo=UTC)
URL = "https://example.org/2019/ferry"


def at(days: float) -> datetime:
    return T + timedelta(days=days)


def live(days: float, number: int = 0) -> Sighting:
    return Sighting(number or int(days * 100), at(days), 200, decision="unchanged", url=URL, final_url=URL)


def fails(days: float, status: int | None = 404, **told: Any) -> Sighting:
    reasons = told.pop("reasons", (f"http_{status}",) if status and status >= 400 else ())
    return Sighting(int(days * 100), at(days), status, url=URL, final_url=URL, reasons=reasons, **told)


def other(page: str, days: float, status: int | None = 200, **told: Any) -> HostCapture:
    decision = "unchanged" if status == 200 else "gone"
    return HostCapture(page, at(days), status, decision=decision, **told)


def told(*sightings: Sighting, host: tuple[HostCapture, ...] = ()) -> list[tuple[str, bool]]:
    return [(state.state, state.claimed) for state in states(sightings, host)]


# --- removal ------------------------------------------------------------------------------------------


def test_a_removal_is_claimed_when_it_lasts_and_as_a_window() -> None:
    found = states([live(0, 7), fails(2.997), fails(5), fails(7)])
    assert [(state.state, state.claimed) for state in found] == [("live", True), ("removed", True)]
    removed = found[-1]
    assert removed.last_present == Point(7, T)
    assert removed.first_absent == Point(299, at(2.997))
    assert sentence(found) == "present 1 March 2019 10:02 UTC, absent from 4 March 2019 09:57 UTC"
    assert removed.evidence == "3 times absent over 4 days: the server answered 404"
    assert "deleted" not in sentence(found) + removed.evidence


def test_a_failure_alone_claims_nothing() -> None:
    found = states([live(0), fails(3)])
    assert (found[-1].state, found[-1].claimed) == ("removed?", False)
    assert sentence(found) == (
        "present 1 March 2019 10:02 UTC, not found 4 March 2019 10:02 UTC; not claimed as removed: "
        "once absent: the server answered 404; a removal takes 3 over 3.5 days or 2 over 14 days"
    )


@pytest.mark.parametrize(
    ("failures", "claimed"),
    [
        ([1, 1.1, 1.2, 1.3], False),  # many looks in one night
        ([1, 4.4], False),  # two looks
        ([1, 2, 4.4], False),  # not long enough
        ([1, 2, 4.5], True),  # away for a quarter of the fortnight
        ([1, 15], True),  # an archive's monthly captures
        ([1, 14.9], False),
    ],
)
def test_how_long_it_takes(failures: list[float], claimed: bool) -> None:
    assert told(live(0), *(fails(day) for day in failures))[-1][1] is claimed


def test_an_explicit_word_takes_a_second_look_a_day_later() -> None:
    assert told(live(0), fails(1, 410), fails(2, 410))[-1] == ("removed", True)
    assert told(live(0), fails(1, 410), fails(1.5, 410))[-1] == ("removed?", False)
    assert told(live(0), fails(1, 410), fails(2, 404))[-1] == ("removed?", False)
    notice = {"status": 200, "reasons": ("removal_notice",), "decision": "bad"}
    assert told(live(0), fails(1, **notice), fails(2.5, **notice))[-1] == ("removed", True)


@pytest.mark.parametrize(
    "shown",
    [
        {"reasons": ("soft_404:redirected_home",), "decision": "bad"},
        {"reasons": ("soft_404:redirected_section",), "decision": "bad"},
        {"why": OTHER_ARTICLE, "decision": "bad"},
        {"why": TEXT_LOST, "decision": "bad"},
    ],
    ids=["home", "section", "another article", "something short"],
)
def test_a_soft_404_is_an_absence_and_no_move(shown: dict[str, Any]) -> None:
    assert told(live(0), *(fails(day, 200, **shown) for day in (1, 3, 5)))[-1] == ("removed", True)


def test_a_page_that_fails_for_an_hour_was_not_removed() -> None:
    found = states([live(0), fails(1), fails(1.04), live(1.08), live(2)])
    assert [state.state for state in found] == ["live", "removed?", "live"]
    assert sentence(found) == (
        "present 3 March 2019 10:02 UTC, after it was not found 2 March 2019 10:02 UTC to 2 March 2019 10:59 UTC"
    )


def test_a_late_import_that_shows_it_in_between_changes_the_answer() -> None:
    sightings = [live(0), fails(3), fails(5), fails(7)]
    assert told(*sightings)[-1] == ("removed", True)
    assert told(*sightings, live(6)) == [("live", True), ("removed?", False), ("live", True), ("removed?", False)]


def test_a_page_never_seen_present_was_never_removed() -> None:
    found = states([fails(0), fails(9), fails(20)])
    assert [(state.state, state.claimed) for state in found] == [("removed?", False)]
    assert sentence(found).startswith("never seen present, not found 1 March 2019")


# --- what is no removal ---------------------------------------------------------------------------------


def test_silence_and_walls_are_no_absence() -> None:
    timeouts = [fails(day, None, error_class="timeout") for day in (1, 10, 30)]
    assert told(live(0), *timeouts) == [("live", True), ("unreachable", True)]
    walls = [fails(day, 403, reasons=("blocked:cloudflare", "http_403")) for day in (1, 10, 30)]
    assert told(live(0), *walls) == [("live", True), ("blocked", True)]
    assert sentence(states([live(0), *walls])) == (
        "present 1 March 2019 10:02 UTC, blocked 2 March 2019 10:02 UTC to 31 March 2019 10:02 UTC"
    )
    made_up = [fails(day, 404, reasons=("blocked:akamai", "http_404")) for day in (1, 10, 30)]
    assert told(live(0), *made_up)[-1][0] == "blocked"
    everywhere = [fails(day, 200, reasons=("same_text_under_other_urls",), decision="bad") for day in (1, 10, 30)]
    assert told(live(0), *everywhere)[-1][0] == "blocked"


def test_what_we_did_not_ask_says_nothing() -> None:
    assert told(live(0), *(fails(day, None, error_class="budget") for day in (1, 2, 3))) == [("live", True)]


def test_a_timeout_inside_an_absence_neither_counts_nor_ends_it() -> None:
    found = states([live(0), fails(1), fails(3, None, error_class="timeout"), fails(9)])
    assert [state.state for state in found] == ["live", "removed?"]
    assert "between them once nothing to be seen" in found[-1].evidence
    assert told(live(0), fails(1), fails(3, None, error_class="timeout"), fails(6), fails(9))[-1] == ("removed", True)


def test_after_a_removal_silence_is_silence() -> None:
    found = states([live(0), fails(1), fails(3), fails(5), fails(40, None, error_class="dns")])
    assert [state.state for state in found] == ["live", "removed", "unreachable"]
    assert sentence(found) == (
        "present 1 March 2019 10:02 UTC, absent from 2 March 2019 10:02 UTC, no usable answer 10 April 2019 10:02 UTC"
    )


# --- the host ---------------------------------------------------------------------------------------------


def test_a_host_that_answers_404_to_everything_removed_nothing() -> None:
    pages = ("a", "b", "c")
    host = tuple(other(page, 0) for page in pages) + tuple(
        other(page, day, 404, reasons=("http_404",)) for page in pages for day in (3, 5, 7)
    )
    found = states([live(0), fails(3), fails(5), fails(7)], host)
    assert [(state.state, state.claimed) for state in found] == [("live", True), ("unreachable", True)]
    assert "3 of 3 other pages of the host failed in the same way" in found[-1].evidence


def test_a_removal_stands_while_the_rest_of_the_host_answers() -> None:
    host = tuple(other(page, day) for page in ("a", "front page") for day in (0, 3, 5, 7))
    assert told(live(0), fails(3), fails(5), fails(7), host=host)[-1] == ("removed", True)


def test_the_front_page_speaks_for_the_host() -> None:
    """A sister article went with it, and the front page answers: one of two is not most."""
    host = (
        *(HostCapture("/", at(day), 200) for day in (0, 3, 5, 7)),
        other("sister", 0),
        *(other("sister", day, 404, reasons=("http_404",)) for day in (3, 5, 7)),
    )
    assert told(live(0), fails(3), fails(5), fails(7), host=host)[-1] == ("removed", True)


def test_pages_that_are_long_gone_bear_no_witness() -> None:
    host = tuple(other(page, day, 404, reasons=("http_404",)) for page in ("a", "b") for day in (-400, 3, 5, 7))
    assert told(live(0), fails(3), fails(5), fails(7), host=host)[-1] == ("removed", True)


def test_a_page_that_went_at_another_time_bears_no_witness() -> None:
    """It was gone already while this page was still there: not one event."""
    host = (other("a", -30), *(other("a", day, 404, reasons=("http_404",)) for day in (-20, 3, 5, 7)))
    assert told(live(0), fails(3), fails(5), fails(7), host=host)[-1] == ("removed", True)
    assert told(live(-25), fails(3), fails(5), fails(7), host=host)[-1] == ("unreachable", True)


def test_an_outage_of_one_night_does_not_hide_the_removal_after_it() -> None:
    host = (other("a", 0), other("a", 1, 404, reasons=("http_404",)), *(other("a", day) for day in (2, 4, 6)))
    found = states([live(0), fails(1), fails(2), fails(4), fails(6)], host)
    assert [(state.state, state.claimed) for state in found] == [
        ("live", True), ("unreachable", True), ("removed", True),
    ]  # fmt: skip
    assert found[-1].last_present == Point(live(0).capture_id, T)
    assert found[-1].first_absent == Point(200, at(2))


# --- moves --------------------------------------------------------------------------------------------------


def redirects(days: float, **told: Any) -> Sighting:
    told = {"decision": "unchanged", "permanently": True, "same_article": True} | told
    return Sighting(int(days * 100), at(days), 200, url=URL, final_url="https://news.example.org/ferry-1", **told)


def test_a_permanent_redirect_to_the_same_article_is_a_move() -> None:
    found = states([live(0), redirects(3), redirects(9)])
    assert [state.state for state in found] == ["live", "moved"]
    assert found[-1].moved_to == "https://news.example.org/ferry-1"
    assert sentence(found) == (
        "present 10 March 2019 10:02 UTC at https://news.example.org/ferry-1, to which it moved; "
        "seen to redirect from 4 March 2019 10:02 UTC"
    )


def test_other_redirects_are_no_move() -> None:
    assert told(live(0), redirects(3, permanently=False)) == [("live", True)]
    assert told(live(0), redirects(3, same_article=None)) == [("live", True)]
    assert told(live(0), redirects(3, decision="bad", why=OTHER_ARTICLE, same_article=False))[-1][0] == "removed?"
    same_page = Sighting(3, at(3), 200, decision="unchanged", url=URL, final_url=URL + "/amp", permanently=True)
    assert told(live(0), same_page) == [("live", True)]


def test_a_page_that_moved_and_then_went_was_present_until_then() -> None:
    found = states([live(0), redirects(3), fails(5), fails(7), fails(9)])
    assert [state.state for state in found] == ["live", "moved", "removed"]
    assert found[-1].last_present == Point(300, at(3))


# --- properties -----------------------------------------------------------------------------------------------

KINDS = ("live", "404", "410", "timeout", "403", "503", "soft", "moved", "budget")


def sighting(number: int, days: float, kind: str) -> Sighting:
    made = {
        "live": lambda: live(days),
        "404": lambda: fails(days),
        "410": lambda: fails(days, 410),
        "timeout": lambda: fails(days, None, error_class="timeout"),
        "403": lambda: fails(days, 403),
        "503": lambda: fails(days, 503),
        "soft": lambda: fails(days, 200, reasons=("soft_404",), decision="bad"),
        "moved": lambda: redirects(days),
        "budget": lambda: fails(days, None, error_class="budget"),
    }[kind]()
    return Sighting(
        number, made.at, made.status, made.error_class, made.decision, made.why, made.reasons, made.url, made.final_url,
        made.permanently, made.same_article,
    )  # fmt: skip


SIGHTINGS = st.lists(
    st.tuples(st.integers(0, 90 * 24).map(lambda hours: hours / 24), st.sampled_from(KINDS)), max_size=14
).map(lambda drawn: [sighting(n, days, kind) for n, (days, kind) in enumerate(drawn, start=1)])
HOSTS = st.lists(
    st.builds(other, st.sampled_from("abc"), st.integers(-30, 90).map(float), st.sampled_from([200, 404])), max_size=12
)


@given(SIGHTINGS, HOSTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_plays_no_part(sightings: list[Sighting], host: list[HostCapture], chance: Any) -> None:
    expected = states(sightings, host)
    chance.shuffle(sightings)
    chance.shuffle(host)
    assert states(sightings, host) == expected


@given(SIGHTINGS, HOSTS)
def test_intervals_follow_one_another_and_claims_are_earned(sightings: list[Sighting], host: list[HostCapture]) -> None:
    found = states(sightings, host)
    asked = [one for one in sightings if one.error_class != "budget"]
    assert sum(state.captures for state in found) == len(asked)
    assert all(state.since <= state.until for state in found)
    for before, after in pairwise(found):
        assert before.until <= after.since
        assert before.state != after.state
    for state in found:
        if state.state == "removed":
            assert state.claimed
            assert state.last_present is not None
            assert state.last_present.at <= state.since
            inside = [one for one in asked if state.since < one.at < state.until]
            assert not any(one.decision == "unchanged" for one in inside)
    assert "deleted" not in sentence(found)


@given(SIGHTINGS)
def test_one_more_look_that_finds_it_there_takes_the_claim_of_a_present_absence_back(sightings: list[Sighting]) -> None:
    found = states([*sightings, live(100, 999)])
    assert found[-1].state == "live"
    assert found[-1].last_present is None or found[-1].last_present.at <= found[-1].since


def test_nothing_seen_is_nothing_said() -> None:
    nothing: tuple[State, ...] = states([])
    assert nothing == ()
    assert sentence(nothing) == "never seen"
