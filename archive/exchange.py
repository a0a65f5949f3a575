"""One request to a service of the user's choice, and its answer. Contains no business logic.

The address is the user's own and may be private, so the crawl's guard does not apply. Redirects are not followed: what is
sent goes where the user said.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit


class NoAnswerError(Exception):
    """The service could not be reached, or did not speak HTTP; the cause in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said."""

    status: int
    reason: str
    headers: Message
    #: at most as many bytes as were asked for
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> int | None:
        """Seconds after which the service may be asked again, if it says so as a number."""
        after = str(self.headers.get("Retry-After", ""))
        return int(after) if after.isascii() and after.isdigit() else None

    def __str__(self) -> str:
        return f"it answered {self.status} {self.reason}".strip()


def exchange(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, timeout: float, most: int = 0
) -> Answer:
    """Send one request, and read at most *most* bytes of the answer's body.

    Args:
        timeout: seconds for each step.

    Raises:
        NoAnswerError: there was no answer.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        connection = (
            http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, parts.port, timeout=timeout)
        )
        try:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            sent = dict(headers)
            if parts.username is not None:
                user = f"{parts.username}:{parts.password or ''}"
                sent["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.reason, answer.msg, answer.read(most) if most else b"")
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"no answer ({type(error).__name__}: {error})") from error
