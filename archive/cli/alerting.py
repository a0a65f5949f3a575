"""The command that shows who was told what: `afterprint alerts`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli._context import Context, print_json
from archive.cli._watches import acting_for

if TYPE_CHECKING:
    from archive.delivery import Delivered


@click.command("alerts", short_help="Who was told what; deliver what is due.")
@click.argument("watches", type=click.Path(dir_okay=False, path_type=Path), nargs=-1)
@click.option("--deliver", is_flag=True, help="Deliver what is due first, to the receivers that WATCHES name.")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 10_000), default=20, show_default=True, help="List at most so many."
)
@click.option("--silent", is_flag=True, help="List also what was noted in silence: a backlog, muted outlets.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON document, with passages and changes.")
@click.pass_obj
def alerts_command(
    context: Context, watches: tuple[Path, ...], deliver: bool, limit: int, silent: bool, as_json: bool
) -> None:
    """List the last alerts, newest first, with the state of each delivery.

    Receivers stand in the watch files; without WATCHES, --deliver reads those in the folder "watches".

    \b
    Examples: afterprint alerts
              afterprint alerts --deliver watches/demo.toml
    """
    done = _deliver(context, watches) if deliver else None
    with context.open() as store:
        alerts = store.last_alerts(limit, silent=silent)
    if as_json:
        delivered = {"delivered": done.ok, "not_delivered": done.failed} if done else {}
        print_json({**delivered, "alerts": alerts})
        return
    if done is not None:
        click.echo(f"Delivered {done.ok} alert{'' if done.ok == 1 else 's'}.")
        for line in done.failed:
            click.echo(f"Note: {line}")
    for alert in alerts:
        for line in _lines(alert):
            click.echo(line)
    if not alerts:
        click.echo("Nobody was told of anything yet. What is told stands under [alerts] in a watch: docs/watch-file.md")


def _deliver(context: Context, watches: tuple[Path, ...]) -> Delivered:
    from archive import delivery
    from archive.times import utc_now

    total = delivery.Delivered()
    with acting_for(context, watches, "Receivers stand in the watch: afterprint alerts --deliver FILE") as (
        store,
        known,
        stop,
    ):
        for watch in known:
            receivers = watch.alerts.receivers
            delivery.name_receivers(store, watch.slug, receivers, utc_now())
            done = delivery.deliver(store, watch.slug, receivers, now=utc_now, stop=stop.is_set)
            total.ok += done.ok
            total.failed += done.failed
    return total


def _lines(alert: dict[str, Any]) -> list[str]:
    from archive.deliver_message import printable

    rule = alert["rule"].replace("_", " ")
    hushed = f" (silent: {alert['silent']})" if alert["silent"] else ""
    lines = [
        f"{alert['created_at'][:16].replace('T', ' ')}  {alert['story']}  {rule}{hushed}: {printable(alert['summary'])}"
    ]
    if alert["details"].get("url"):
        lines.append(f"    {printable(alert['details']['url'])}")
    lines += [f"    {one['channel']:<8} {_state(one)}" for one in alert["deliveries"]]
    return lines


def _state(one: dict[str, Any]) -> str:
    digest = f" with the digest of {one['digest']}" if one["digest"] else ""
    if one["state"] == "ok":
        note = f"; {one['last_error']}" if one["last_error"] else ""
        return f"told{digest} at {one['done_at'][:16].replace('T', ' ')}{note}"
    if one["state"] == "failed":
        return f"given up after {one['attempts']} attempts: {one['last_error']}"
    due = one["next_try_at"][:16].replace("T", " ")
    if not one["attempts"]:
        return f"due{digest} from {due}"
    return f"tried {one['attempts']} times, again from {due}: {one['last_error'] or 'no answer was noted'}"
