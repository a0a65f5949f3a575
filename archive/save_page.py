"""A copy asked of the Wayback Machine, as its Save Page Now answers it.

======================  =====================================================================================
with the user's keys    POST /save with `url` ─► {"job_id": …}; then GET /save/status/JOB ─► pending, success
                        with the copy's time, or error with a word of its own
without                 GET /save/URL ─► a redirect to, or the Content-Location of, the copy: /web/TIME/URL
======================  =====================================================================================

What it says is a confirmation only with the address of a copy in it. Keys are made at https://archive.org/account/s3.php.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from archive.attesting import AskError, Attested, TakenOn
from archive.exchange import Answer, NoAnswerError, exchange
from archive.store import Attestation, AttestationKind

SERVICE = "https://web.archive.org/save"

TIMEOUT = 60.0
"""Seconds for each step: without keys the copy is made while one waits."""

MOST = 256 * 1024

PACE_WITH_KEYS = 60 / 7
PACE = 60 / 3
"""Seconds between two requests: the service allows seven a minute with keys, three without."""

NEVER = frozenset(
    (
        "error:blocked-url", "error:ftp-access-denied", "error:gone", "error:http-version-not-supported", "error:invalid-url-syntax",
        "error:method-not-allowed", "error:no-access", "error:not-found", "error:not-implemented", "error:unauthorized",
    )
)  # fmt: skip
"""Words of the service for pages that it cannot copy, however often it is asked."""

_COPY = re.compile(r"/web/(\d{14})[a-z_]*/(.+)")


@dataclass(frozen=True, slots=True)
class SavePageNow:
    """A web archive that copies pages when asked."""

    url: str = SERVICE
    #: the environment variable that holds "access:secret"; empty: asked without keys
    keys_env: str = ""
    kind: AttestationKind = "wayback"

    @property
    def authority(self) -> str:
        return self.url

    @property
    def pace(self) -> float:
        return PACE_WITH_KEYS if self.keys_env else PACE

    def ask(self, one: Attestation) -> Attested | TakenOn:
        """Ask for a copy, or how far it is. Raises AskError."""
        if not self.keys_env:
            return self._copied(self._send("GET", f"{self.url}/{_in_path(one.subject)}", None, {}))
        keys = os.environ.get(self.keys_env)
        if not keys:
            raise AskError(f"the environment variable {self.keys_env} holds no keys", down=True)
        headers = {"Accept": "application/json", "Authorization": f"LOW {keys}"}
        if one.job is not None:
            return self._progress(one.job, self._send("GET", f"{self.url}/status/{quote(one.job)}", None, headers))
        form = urlencode({"url": one.subject, "skip_first_archive": "1"}).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        said = _json(self._send("POST", self.url, form, headers))
        job = said.get("job_id")
        if not isinstance(job, str) or not job:
            raise _refusal(said)
        return TakenOn(job)

    def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            answer = exchange(method, url, body, {"User-Agent": "afterprint", **headers}, timeout=TIMEOUT, most=MOST)
        except NoAnswerError as error:
            raise AskError(str(error), down=True) from error
        if answer.status == 429 or answer.status >= 500:
            raise AskError(str(answer), down=True, retry_after=answer.retry_after)
        if answer.status >= 400:
            raise AskError(str(answer), down=answer.status == 401)
        return answer

    def _copied(self, answer: Answer) -> Attested:
        """What an answer to a request without keys confirms."""
        place = answer.headers.get("Location") if 300 <= answer.status < 400 else answer.headers.get("Content-Location")
        found = _COPY.search(place or "")
        if place is None or found is None:
            raise AskError("it named no copy", down=False)
        return Attested(_time(found[1]), memento=urljoin(self.url, place))

    def _progress(self, job: str, answer: Answer) -> Attested | TakenOn:
        said = _json(answer)
        if said.get("status") == "pending":
            return TakenOn(job)
        stamp, original = said.get("timestamp"), said.get("original_url")
        if said.get("status") != "success" or not isinstance(stamp, str) or not isinstance(original, str):
            raise _refusal(said)
        parts = urlsplit(self.url)
        return Attested(_time(stamp), memento=f"{parts.scheme}://{parts.netloc}/web/{stamp}/{original}")


def _in_path(url: str) -> str:
    """A URL as it stands behind /save/."""
    return quote(url.partition("#")[0], safe="%/:=&?~+!$,;'@()*[]")


def _json(answer: Answer) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.body)
    except ValueError as error:
        raise AskError("its answer is no JSON", down=False) from error
    if not isinstance(said, dict):
        raise AskError("its answer is no JSON object", down=False)
    return said


def _refusal(said: Mapping[str, Any]) -> AskError:
    word = str(said.get("status_ext") or said.get("status") or "it named no copy")
    message = str(said.get("message") or said.get("exception") or "")
    return AskError(
        ": ".join(filter(None, (word, message)))[:300],
        down=word in ("error:user-session-limit", "error:too-many-daily-captures", "error:service-unavailable"),
        final=word in NEVER,
    )


def _time(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise AskError(f"its copy has no time: {stamp!r}", down=False) from error
