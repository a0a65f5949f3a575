"""Tell a program of the user's: the message as JSON on its standard input. Exit code 0 says that it was told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from archive.deliver_message import DeliveryError, Message, printable

TIMEOUT = 20.0
"""Seconds that it may take; then it is ended, with what it started."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments. It is started as it stands, without a shell."""

    arguments: tuple[str, ...]
    timeout: float = TIMEOUT
    channel: str = "command"

    def send(self, message: Message, now: datetime) -> str:
        """Run it once for *message*. Raises DeliveryError."""
        text = json.dumps(message.data(), ensure_ascii=False)
        try:
            child = subprocess.Popen(
                self.arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise DeliveryError(f"could not be started ({error})", down=True) from error
        with child:
            try:
                _, said = child.communicate(text.encode(), timeout=self.timeout)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                raise DeliveryError(f"did not end within {self.timeout:g} s") from None
        if child.returncode:
            words = printable(said.decode("utf-8", "replace"))[-200:]
            raise DeliveryError(f"ended with code {child.returncode}{': ' + words if words else ''}")
        return ""
