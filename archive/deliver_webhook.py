"""Tell a web service: one POST of JSON, signed as the Standard Webhooks specification says.

::

    webhook-id: 5f0c…                      the message's key, also as Idempotency-Key
    webhook-timestamp: 1773129600          when this attempt was made
    webhook-signature: v1,K5oZfzN95Z9…=    base64 of HMAC-SHA256 over "id.timestamp.body"

The address is the user's own and may be private, so the crawl's guard does not apply. Redirects are not followed: a
signed message goes where the user said. The secret stands in an environment variable and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.deliver_message import DeliveryError, Message
from archive.exchange import NoAnswerError, exchange

TIMEOUT = 15.0
"""Seconds for each step of a request; GitHub gives receivers 10, Stripe 20."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A web service that is told."""

    url: str
    #: the environment variable that holds the secret; empty: messages go unsigned
    secret_env: str = ""
    channel: str = "webhook"

    def send(self, message: Message, now: datetime) -> str:
        """Send *message* once. Raises DeliveryError."""
        body = json.dumps(message.data(), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "afterprint",
            "Idempotency-Key": message.key,
            "webhook-id": message.key,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self.secret_env:
            secret = os.environ.get(self.secret_env)
            if not secret:
                raise DeliveryError(f"the environment variable {self.secret_env} holds no secret", down=True)
            headers["webhook-signature"] = signature(secret, headers, body)
        try:
            answer = exchange("POST", self.url, body, headers, timeout=TIMEOUT)
        except NoAnswerError as error:
            raise DeliveryError(str(error), down=True) from error
        if answer.ok:
            return ""
        down = answer.status >= 500 or answer.status == 429
        raise DeliveryError(str(answer), down=down, retry_after=answer.retry_after)


def signature(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """The value of `webhook-signature`. A secret of the form "whsec_…" is base64, as the specification has it."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            raise DeliveryError("the secret begins with whsec_ and is no base64 behind it", down=True) from None
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
