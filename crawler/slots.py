"""Scrapy's download slots: one queue a registrable domain, with its delay. The only place that reaches into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twisted.python.failure import Failure

from crawler.fetch import GivenBack
from crawler.politeness import host_key

if TYPE_CHECKING:
    from scrapy.core.downloader import Downloader


def give_back_queued(downloader: Downloader, reason: GivenBack, host: str | None = None) -> None:
    """End, with *reason*, what waits for its turn in the downloader: all of it, or what is for *host*."""
    for slot in downloader.slots.values():
        for pair in [pair for pair in slot.queue if host is None or host_key(pair[0].url) == host]:
            slot.queue.remove(pair)
            pair[1].errback(Failure(reason))  # type: ignore[no-untyped-call]


def slow_down(downloader: Downloader, slot_key: str, delay: float) -> None:
    """Let at least *delay* seconds pass between two requests of a slot, without jitter, for the rest of the run."""
    known = downloader.per_slot_settings.get(slot_key, {})
    if delay <= known.get("delay", downloader.settings.getfloat("DOWNLOAD_DELAY")):
        return
    # Scrapy discards a slot that is idle for a minute; a new one is made from these settings.
    downloader.per_slot_settings[slot_key] = {**known, "delay": delay, "jitter": 0.0}
    slot = downloader.slots.get(slot_key)
    if slot is not None:
        slot.delay = delay
        slot.jitter = 0.0


def seconds_until_free(downloader: Downloader, slot_key: str, now: float) -> float:
    """How long a slot still makes its next request wait, for the progress line. *now* is `time.monotonic()`."""
    slot = downloader.slots.get(slot_key)
    return max(0.0, slot.lastseen + slot.delay - now) if slot is not None else 0.0
