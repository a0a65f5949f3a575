"""The page "Health": whether the crawl that nobody watches does what it should, and what to do where it does not."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from datasette.utils.asgi import Response

from archive.health import findings
from archive.times import to_text, utc_now
from datasette_config import queries
from datasette_config.web import json_answer, loaded, open_archive, page

RUNS = 20


@page
async def health(datasette: Any, request: Any) -> Response:
    archive = await open_archive(
        datasette, request, "watch_health", "source_health", "host_health", "incidents", "runs"
    )
    watches = await archive.rows(queries.WATCH_HEALTH)
    sources = await archive.rows(queries.SOURCE_HEALTH)
    hosts = await archive.rows(queries.HOST_HEALTH)
    incidents = await archive.rows(queries.INCIDENTS)
    runs = [loaded(row, "failed", "skipped") for row in await archive.rows(queries.RUNS, limit=RUNS)]
    now = utc_now()
    found = findings(watches, sources, hosts, incidents, now)
    if request.url_vars.get("format"):
        return json_answer(
            {
                "ok": True,
                "well": not any(one.level == "wrong" for one in found),
                "judged_at": to_text(now),
                "findings": [asdict(one) for one in found],
                "watches": watches,
                "sources": sources,
                "hosts": hosts,
                "incidents": incidents,
                "runs": runs,
            }
        )
    return await archive.render(
        "afterprint_health.html",
        title="Health",
        findings=found,
        wrong=sum(one.level == "wrong" for one in found),
        watches=watches,
        sources=sources,
        hosts=hosts,
        incidents=incidents,
        runs=runs,
        now=to_text(now),
    )
