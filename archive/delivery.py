"""From the alerts of a watch to those who want to know: what is due, tried, tried again, given up.

::

    alert told ──► delivery pending ──► claimed ──► sent ──► ok
                        ▲                  │
                        └── back-off ◄─────┴── failed: the receiver is down, or refuses

All that there is to remember stands in the table `delivery`, so a killed run loses nothing, and a receiver that was down
gets each alert once when it is back. An attempt is counted before it is made. If the program is killed between the answer
and its note, the message is sent again under the same key: nobody can promise more over a network.

Nothing here may harm a run: a receiver has `PATIENCE` to answer, all of them together have `BUDGET`, and whatever goes
wrong is written to the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Protocol

from archive.deliver_command import Command
from archive.deliver_mail import Mail
from archive.deliver_message import DeliveryError, Message, alert_to_tell, message_key
from archive.deliver_webhook import Webhook
from archive.store import DueDelivery, Store
from archive.trying import back_off, is_stale, within

PATIENCE = 60.0
"""Seconds that one attempt may take, however slowly a receiver drips."""

BUDGET = timedelta(minutes=2)
"""For all attempts of one call; the rest is due in the next."""


class Receiver(Protocol):
    """A way to tell the user."""

    @property
    def channel(self) -> str: ...

    def send(self, message: Message, now: datetime) -> str:
        """Send *message* once. Returns what the user should know although it was sent. Raises DeliveryError."""


@dataclass(frozen=True, slots=True)
class Receivers:
    """Whom a watch wants told, and how."""

    webhook: Webhook | None = None
    mail: Mail | None = None
    command: Command | None = None
    #: once a day (UTC) instead of at once
    digest: bool = False
    #: where the archive is served, up to and with the database's name; empty if it is not
    site: str = ""

    def __iter__(self) -> Iterator[Receiver]:
        receivers: tuple[Receiver | None, ...] = (self.webhook, self.mail, self.command)
        return (one for one in receivers if one is not None)


@dataclass(slots=True)
class Delivered:
    """What one call of `deliver` did."""

    #: alerts that a receiver was told of
    ok: int = 0
    #: attempts that failed, in words
    failed: list[str] = field(default_factory=list)


def name_receivers(store: Store, slug: str, receivers: Receivers, now: datetime) -> None:
    """Note whom a watch names. Called before a run, so that a new receiver hears of what that run finds and of nothing older."""
    store.set_receivers(slug, [one.channel for one in receivers], now)


def deliver(
    store: Store,
    slug: str,
    receivers: Receivers,
    *,
    now: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Tell the receivers of a watch what is due. Failures are written down, and never raised.

    Args:
        now: tells the time.
        stop: asked before each attempt.

    Raises:
        StoreError: the archive could not be read or written.
    """
    done = Delivered()
    story = store.story_by_slug(slug)
    if story is None:
        return done
    began = now()
    for receiver in receivers:
        _enqueue(store, slug, receiver.channel, receivers.digest)
        for due in _messages(store.due_deliveries(slug, receiver.channel, began)):
            if stop() or now() - began > BUDGET:
                return done
            message = _message(slug, story.title, due, receivers.site)
            if not _attempt(store, receiver, message, due, now, done):
                break
    return done


def _enqueue(store: Store, slug: str, channel: str, digest: bool) -> None:
    with store.transaction():
        for alert_id, at in store.undelivered(slug, channel):
            day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            if digest:
                store.add_delivery(alert_id, channel, day + timedelta(days=1), f"{day:%Y-%m-%d}")
            else:
                store.add_delivery(alert_id, channel, at, None)


def _messages(due: Sequence[DueDelivery]) -> Iterator[tuple[DueDelivery, ...]]:
    """Alerts one by one, those of a digest together: a day's members are settled when it ends, so its key stays."""
    for digest, group in groupby(sorted(due, key=lambda one: (one.digest or "", one.id)), key=lambda one: one.digest):
        if digest is None:
            yield from ((one,) for one in group)
        else:
            yield tuple(group)


def _message(slug: str, title: str, due: Sequence[DueDelivery], site: str) -> Message:
    return Message(
        key=message_key(slug, [f"{one.rule} {one.subject} {one.created_at.isoformat()}" for one in due]),
        slug=slug,
        title=title,
        digest=due[0].digest,
        alerts=[
            alert_to_tell(
                slug=slug,
                rule=one.rule,
                summary=one.summary,
                created_at=one.created_at,
                details=one.details,
                site=site,
            )
            for one in due
        ],
    )


def _attempt(
    store: Store,
    receiver: Receiver,
    message: Message,
    due: Sequence[DueDelivery],
    now: Callable[[], datetime],
    done: Delivered,
) -> bool:
    """Send one message. Returns whether the next may be tried."""
    ids = [one.id for one in due]
    attempts = max(one.attempts for one in due) + 1
    at = now()
    if not store.claim_deliveries(due, at + back_off(attempts)):
        return True  # another process has it
    error = _send(receiver, message, at)
    if isinstance(error, str):
        store.set_delivered(ids, error, now())
        done.ok += len(ids)
        return True
    given_up = is_stale(attempts, min(one.created_at for one in due), at)
    wait = back_off(attempts, error.retry_after)
    store.set_undelivered(ids, str(error), now(), None if given_up else at + wait)
    again = "given up" if given_up else f"tried again from {at + wait:%Y-%m-%d %H:%M} UTC"
    done.failed.append(f"{receiver.channel} was not told of {message.subject}: {error}; {again}")
    return not error.down


def _send(receiver: Receiver, message: Message, at: datetime) -> DeliveryError | str:
    """Send with `PATIENCE`. Returns what `send` did, or what went wrong."""

    def attempt() -> DeliveryError | str:
        try:
            return receiver.send(message, at)
        except DeliveryError as error:
            return error
        except Exception as error:  # noqa: BLE001 - receivers fail in ways of their own; the cause is kept
            return DeliveryError(f"{type(error).__name__}: {error}")

    late = DeliveryError(f"no answer within {PATIENCE:g} s", down=True)
    return within(PATIENCE, attempt, name=f"tell {receiver.channel}", late=late)
