"""What third parties confirm: from a run's end to a time stamp of the hash chain, and to copies in a web archive.

::

    a run ends ──► attestation pending ──► claimed ──► asked ──► ok
                        ▲     ▲               │          └─ taken on: asked later how far it is
                        │     └── back-off ◄──┴── failed: the service is down, or refuses
                        └── what was pending before it: a later head that is stamped stands for it

All that there is to remember stands in the table `attestation`. Nothing here may harm or hold up a run: a service has
`PATIENCE` to answer, all of them together have `BUDGET`, and whatever goes wrong is written to the row.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from archive.store import Attestation, AttestationKind, Store
from archive.trying import back_off, is_stale, within

if TYPE_CHECKING:
    from archive.save_page import SavePageNow
    from archive.timestamping import Timestamper

PATIENCE = 90.0
"""Seconds that one attempt may take: Save Page Now without keys answers when the copy is made."""

BUDGET = timedelta(minutes=3)
"""For all attempts of one call; the rest is due in the next."""

LOOK_AGAIN = timedelta(seconds=30)
"""After which a service is asked how far a copy is."""


class AskError(Exception):
    """A service did not confirm what it was asked for.

    Args:
        down: nothing else need be asked of it now.
        final: it never will.
        retry_after: seconds after which it wants to be asked again.
    """

    def __init__(self, cause: str, *, down: bool, final: bool = False, retry_after: int | None = None) -> None:
        super().__init__(cause)
        self.down = down
        self.final = final
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Attested:
    """What a service confirmed."""

    at: datetime
    proof: bytes | None = None
    roots: str | None = None
    memento: str | None = None


@dataclass(frozen=True, slots=True)
class TakenOn:
    """A service works on it, under this name."""

    job: str


class Service(Protocol):
    """A third party."""

    @property
    def kind(self) -> AttestationKind: ...

    @property
    def authority(self) -> str: ...

    @property
    def pace(self) -> float:
        """Seconds between two requests."""

    def ask(self, one: Attestation) -> Attested | TakenOn:
        """Ask once. Raises AskError."""


@dataclass(frozen=True, slots=True)
class Services:
    """Who is asked on behalf of a watch. Nobody is, unless it says so."""

    timestamp: Timestamper | None = None
    wayback: SavePageNow | None = None

    def __iter__(self) -> Iterator[Service]:
        services: tuple[Service | None, ...] = (self.timestamp, self.wayback)
        return (one for one in services if one is not None)


@dataclass(slots=True)
class Asked:
    """What one call of `ask` did."""

    ok: int = 0
    #: attempts that failed, in words
    failed: list[str] = field(default_factory=list)


def enqueue(store: Store, slug: str, services: Services, now: datetime) -> None:
    """Note what is to be confirmed after a run: the head of the chain, and the pages that carry text of the story."""
    if services.timestamp is not None:
        store.add_timestamp(services.timestamp.authority, now)
    if services.wayback is not None:
        store.add_copies(slug, services.wayback.authority, now)


def ask(
    store: Store,
    services: Services,
    *,
    now: Callable[[], datetime],
    stop: threading.Event | None = None,
) -> Asked:
    """Ask what is due. Failures are written down, and never raised.

    Args:
        now: tells the time.
        stop: once set, nothing more is asked.

    Raises:
        StoreError: the archive could not be read or written.
    """
    done = Asked()
    stop = stop or threading.Event()
    began = now()
    for service in services:
        # Each is looked up afresh: a stamp that came makes others needless.
        tried: set[int] = set()
        while one := _next(store, service, began, tried):
            if tried:
                stop.wait(service.pace)
            if stop.is_set() or now() - began > BUDGET:
                return done
            tried.add(one.id)
            if not _attempt(store, service, one, now, done):
                break
    return done


def _next(store: Store, service: Service, at: datetime, tried: set[int]) -> Attestation | None:
    due = store.due_attestations(service.kind, service.authority, at)
    return next((one for one in due if one.id not in tried), None)


def _attempt(store: Store, service: Service, one: Attestation, now: Callable[[], datetime], done: Asked) -> bool:
    """Ask once. Returns whether the next may be asked."""
    attempts = one.attempts + 1
    at = now()
    if not store.claim_attestation(one, at + back_off(attempts)):
        return True  # another process has it
    said = _ask(service, one)
    if isinstance(said, Attested):
        store.set_attested(one, now(), said.at, proof=said.proof, roots=said.roots, memento=said.memento)
        done.ok += 1
        return True
    stale = is_stale(attempts, one.created_at, at)
    if isinstance(said, TakenOn) and not stale:
        store.set_taken_on(one, said.job, at + LOOK_AGAIN)
        return True
    error = said if isinstance(said, AskError) else AskError("it never came to an end with it", down=False)
    given_up = error.final or (one.kind == "wayback" and stale)
    wait = back_off(attempts, error.retry_after)
    store.set_unattested(one, str(error), now(), None if given_up else at + wait)
    again = "given up" if given_up else f"asked again from {at + wait:%Y-%m-%d %H:%M} UTC"
    done.failed.append(f"{_words(one)}: {error}; {again}")
    return not error.down


def _words(one: Attestation) -> str:
    if one.kind == "timestamp":
        return f"{one.authority} did not stamp {one.subject[:12]}…"
    return f"{one.authority} did not copy {one.subject}"


def _ask(service: Service, one: Attestation) -> Attested | TakenOn | AskError:
    """Ask with `PATIENCE`. Returns what came, or what went wrong."""

    def attempt() -> Attested | TakenOn | AskError:
        try:
            return service.ask(one)
        except AskError as error:
            return error
        except Exception as error:  # noqa: BLE001 - services fail in ways of their own; the cause is kept
            return AskError(f"{type(error).__name__}: {error}", down=True)

    late = AskError(f"no answer within {PATIENCE:g} s", down=True)
    return within(PATIENCE, attempt, name=f"ask for a {service.kind}", late=late)
