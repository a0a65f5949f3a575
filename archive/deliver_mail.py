"""Tell by mail: plain text over SMTP. The password stands in an environment variable and is sent over TLS only."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from archive.deliver_message import DeliveryError, Message

TIMEOUT = 15.0
"""Seconds for each step of the conversation."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, and who writes to whom."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: int = 587
    #: ask for TLS before anything is said; a server that has none is not used
    starttls: bool = True
    #: to log in with; empty: no login
    user: str = ""
    #: the environment variable that holds the password
    password_env: str = ""
    channel: str = "mail"

    def send(self, message: Message, now: datetime) -> str:
        """Send *message* once; returns who was refused while others got it, in words. Raises DeliveryError."""
        password = os.environ.get(self.password_env, "") if self.password_env else ""
        if self.user and not password:
            raise DeliveryError(f"the environment variable {self.password_env} holds no password", down=True)
        mail = self._mail(message, now)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT) as server:
                if self.starttls:
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, password)
                refused = server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            said = (
                error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            )
            # 4xx: not now; a login that is refused is refused for the next message too.
            down = error.smtp_code < 500 or isinstance(error, smtplib.SMTPAuthenticationError)
            raise DeliveryError(f"the mail server answered {error.smtp_code} {said}", down=down) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryError(f"refused for {_refusals(error.recipients)}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(f"no mail server ({type(error).__name__}: {error})", down=True) from error
        # Sending it again would send it to the others twice.
        return f"refused for {_refusals(refused)}" if refused else ""

    def _mail(self, message: Message, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = message.subject
        mail["From"] = self.sender
        mail["To"] = ", ".join(self.to)
        mail["Date"] = format_datetime(now)
        # The same for every attempt: mail programs show a message once.
        mail["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2].rstrip('>') or 'afterprint'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.words())
        return mail


def _refusals(recipients: Mapping[str, tuple[int, bytes]]) -> str:
    return ", ".join(f"{name} ({code} {said.decode('utf-8', 'replace')})" for name, (code, said) in recipients.items())
