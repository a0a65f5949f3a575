"""Alerts on their way to real receivers on this machine: a web service, a mail server, a program; up, down and back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import sqlite3
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archive import delivery
from archive.alerts import RULES, Event
from archive.cli import main
from archive.deliver_command import Command
from archive.deliver_mail import Mail
from archive.deliver_message import DeliveryError, printable
from archive.deliver_webhook import Webhook, signature
from archive.delivery import Delivered, Receivers, deliver, name_receivers
from archive.exceptions import ConfigError
from archive.running import run
from archive.store import Store
from archive.types import Story
from crawler.newsroom import ferry
from crawler.watch import load_watch
from tests.archive.listening import Clock, Listening, T
from tests.archive.test_process import page

HOUR = timedelta(hours=1)
DETAILS: dict[str, Any] = {
    "outlet": "gazette.example",
    "url": "https://gazette.example/island",
    "page_id": 4,
    "kind": "copy",
    "confidence": 0.93,
    "explanation": "98 % of the story stands on the page",
    "credit": None,
    "passages": [
        {"number": 1, "story_words": "On 30 June she will make the crossing", "page_words": "On 30 June she makes it"}
    ],
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        opened.save_story(Story("ferry", "The ferry", alerts=RULES), T - HOUR)
        yield opened


def happen(store: Store, clock: Clock, number: int = 1, **details: Any) -> None:
    event = Event("new_copy", f"ferry:page:{number}", f"gazette.example: copy number {number}")
    store.add_alert(1, event, clock(), silent="", details={**DETAILS, **details})


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store.path) as connection:
        return connection.execute(sql).fetchall()


def states(store: Store) -> list[tuple[str, int]]:
    return rows(store, "SELECT state, attempts FROM delivery ORDER BY id")


# --- a web service that can be switched off ---------------------------------------------------------


class WebService(Listening):
    """Keeps what it is sent; answers with `status`."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(service.status)
                for name, value in service.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?desk=1"

    @property
    def keys(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@pytest.fixture
def service() -> Iterator[WebService]:
    made = WebService()
    yield made
    made.stop()


def test_a_message_carries_what_happened_and_is_signed(
    store: Store, service: WebService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(b"between us").decode())
    receivers = Receivers(webhook=Webhook(service.url, "HOOK_SECRET"), site="https://desk.example/archive/")
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    ((headers, body),) = service.got
    told = json.loads(body)
    assert told["story"] == {"name": "ferry", "title": "The ferry"}
    (alert,) = told["alerts"]
    assert alert | DETAILS == alert, "outlet, address, kind, confidence, explanation and passages"
    assert (alert["rule"], alert["summary"]) == ("new_copy", "gazette.example: copy number 1")
    assert alert["links"] == {
        "story": "https://desk.example/archive/-/story/ferry",
        "page": "https://desk.example/archive/-/page/4",
    }
    # As a receiver checks it, by the specification.
    assert headers["webhook-timestamp"] == str(int(T.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(b"between us", signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    assert headers["idempotency-key"] == headers["webhook-id"] == told["id"]
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(), "each alert once"


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks specification."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330"},
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_service_that_was_down_for_an_hour_gets_each_alert_once(
    store: Store, service: WebService, clock: Clock
) -> None:
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    service.stop()
    for number in range(1, 4):
        happen(store, clock, number)
        done = deliver(store, "ferry", receivers, now=clock)
        assert done.ok == 0
        assert len(done.failed) == 1, "one attempt shows that nobody is there"
        clock.forward(HOUR / 4)
    (error,) = rows(store, "SELECT DISTINCT last_error FROM delivery WHERE attempts > 0")[0]
    assert "ConnectionRefusedError" in error
    assert {state for state, _ in states(store)} == {"pending"}
    clock.forward(HOUR / 2)
    service.start()
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=3)
    assert [json.loads(body)["alerts"][0]["summary"][-1] for _, body in service.got] == ["1", "2", "3"]
    assert len(set(service.keys)) == 3
    clock.forward(HOUR * 24)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered()
    assert rows(store, "SELECT DISTINCT state, last_error FROM delivery") == [("ok", None)]


def test_waits_double_and_a_service_that_names_a_time_is_left_alone_until_then(
    store: Store, service: WebService, clock: Clock
) -> None:
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    service.status = 500
    for wait in (1, 2, 4):
        assert "it answered 500" in deliver(store, "ferry", receivers, now=clock).failed[0]
        clock.forward(timedelta(minutes=wait, seconds=-1))
        assert deliver(store, "ferry", receivers, now=clock) == Delivered(), "not yet"
        clock.forward(timedelta(seconds=1))
    service.status, service.headers = 429, {"Retry-After": "5400"}
    deliver(store, "ferry", receivers, now=clock)
    clock.forward(timedelta(seconds=5399))
    service.status = 200
    assert deliver(store, "ferry", receivers, now=clock) == Delivered()
    clock.forward(timedelta(seconds=1))
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    assert states(store) == [("ok", 5)]
    assert len(set(service.keys)) == 1, "the same message under the same key"


def test_a_message_that_is_refused_holds_up_no_other_and_is_given_up_in_the_end(
    store: Store, service: WebService, clock: Clock
) -> None:
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    service.status = 400
    deliver(store, "ferry", receivers, now=clock)
    service.status = 200
    happen(store, clock, 2)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    service.status = 400
    for _ in range(40):
        clock.forward(timedelta(hours=6))
        deliver(store, "ferry", receivers, now=clock)
    (state, attempts), _ = states(store)
    assert state == "failed"
    assert 28 <= attempts <= 30, "seven days, every six hours"
    assert "it answered 400" in rows(store, "SELECT last_error FROM delivery WHERE state = 'failed'")[0][0]


def test_a_redirect_is_not_followed(store: Store, service: WebService, clock: Clock) -> None:
    service.status, service.headers = 307, {"Location": service.url}
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert "it answered 307" in deliver(store, "ferry", receivers, now=clock).failed[0]
    assert len(service.got) == 1


def test_without_its_secret_nothing_is_sent(
    store: Store, service: WebService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    receivers = Receivers(webhook=Webhook(service.url, "HOOK_SECRET"))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert "HOOK_SECRET holds no secret" in deliver(store, "ferry", receivers, now=clock).failed[0]
    assert service.got == []


def test_killed_between_the_answer_and_its_note_it_is_sent_again_under_its_key(
    store: Store, service: WebService, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Store, "set_delivered", killed)
        deliver(store, "ferry", receivers, now=clock)
    with Store(store.path) as again:
        assert deliver(again, "ferry", receivers, now=clock) == Delivered(), (
            "the attempt was counted before it was made"
        )
        clock.forward(HOUR)
        assert deliver(again, "ferry", receivers, now=clock) == Delivered(ok=1)
    first, second = service.keys
    assert first == second


def test_two_programs_do_not_send_the_same_alert(store: Store, service: WebService, clock: Clock) -> None:
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    service.stop()
    deliver(store, "ferry", receivers, now=clock)
    clock.forward(HOUR)
    with Store(store.path) as other:
        mine, theirs = (one.due_deliveries("ferry", "webhook", clock()) for one in (store, other))
        assert mine == theirs != []
        assert store.claim_deliveries(mine, clock() + HOUR)
        assert not other.claim_deliveries(theirs, clock() + HOUR)


def test_a_receiver_named_later_hears_of_nothing_older(store: Store, service: WebService, clock: Clock) -> None:
    happen(store, clock)
    clock.forward(HOUR)
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock, 2)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    happen(store, clock, 3)
    service.stop()
    deliver(store, "ferry", receivers, now=clock)
    name_receivers(store, "ferry", Receivers(), clock())
    assert [state for state, _ in states(store)] == ["ok", "failed"], "the watch no longer names it"


def test_what_was_noted_in_silence_goes_nowhere(store: Store, service: WebService, clock: Clock) -> None:
    receivers = Receivers(webhook=Webhook(service.url))
    name_receivers(store, "ferry", receivers, clock())
    store.add_alert(1, Event("new_copy", "ferry:page:1", "old"), clock(), silent="backlog", details={})
    assert deliver(store, "ferry", receivers, now=clock) == Delivered()
    assert service.got == []


def test_a_digest_holds_a_day_and_keeps_its_key_while_it_is_tried(
    store: Store, service: WebService, clock: Clock
) -> None:
    receivers = Receivers(webhook=Webhook(service.url), digest=True)
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(), "the day is not over"
    clock.forward(HOUR * 15)  # 23:30
    happen(store, clock, 2)
    clock.forward(HOUR)  # 0:30 of the next day
    service.status = 503
    assert "2 events on 2026-03-10" in deliver(store, "ferry", receivers, now=clock).failed[0]
    happen(store, clock, 3)
    clock.forward(HOUR)
    service.status = 200
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=2)
    clock.forward(HOUR * 24)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    bodies = [json.loads(body) for _, body in service.got]
    assert [(body["digest"], len(body["alerts"])) for body in bodies] == [
        ("2026-03-10", 2), ("2026-03-10", 2), ("2026-03-11", 1)
    ]  # fmt: skip
    assert service.keys[0] == service.keys[1] != service.keys[2]


def test_a_service_that_never_ends_its_answer_does_not_hold_a_run(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 0.3)
    over = threading.Event()

    class Drip(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not over.wait(0.05):
                self.request.sendall(b"a")

    with serving(Drip) as port:
        receivers = Receivers(webhook=Webhook(f"http://127.0.0.1:{port}/"))
        name_receivers(store, "ferry", receivers, clock())
        happen(store, clock)
        assert "no answer within 0.3 s" in deliver(store, "ferry", receivers, now=clock).failed[0]
        over.set()


# --- a mail server ----------------------------------------------------------------------------------


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler], port: int = 0, **more: Any) -> Iterator[int]:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", port), handler) as server:
        for name, value in more.items():
            setattr(server, name, value)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


class MailServer(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs: EHLO, STARTTLS, AUTH PLAIN, one mail after the other."""

    def handle(self) -> None:
        self._say("220 mail.example ready")
        secure = False
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            context = getattr(self.server, "tls", None)
            if verb == "EHLO":
                self._say("250-mail.example")
                if context and not secure:
                    self._say("250-STARTTLS")
                self._say("250-AUTH PLAIN" if secure else "250-8BITMIME")
                self._say("250 HELP")
            elif verb == "STARTTLS":
                self._say("220 go on")
                self.request = context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
                secure = True
            elif verb == "AUTH":
                self.server.logins.append(base64.b64decode(line.split(" ")[2]).split(b"\0")[1:])  # type: ignore[attr-defined]
                self._say("235 welcome")
            elif verb == "RCPT" and "nobody@" in line:
                self._say("550 no such user")
            elif verb == "DATA":
                self._data()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> None:
        refusal = getattr(self.server, "refusal", "")
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if refusal:
            self._say(refusal)
            return
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[attr-defined]
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


Mails = list[EmailMessage]


def mail_to(port: int, **more: Any) -> Receivers:
    facts: dict[str, Any] = {"port": port, "starttls": False}
    return Receivers(mail=Mail("127.0.0.1", "afterprint@desk.example", ("desk@desk.example",), **(facts | more)))


def test_a_mail_says_in_words_what_happened(store: Store, clock: Clock) -> None:
    mails: Mails = []
    with serving(MailServer, mails=mails) as port:
        receivers = mail_to(port)
        name_receivers(store, "ferry", receivers, clock())
        happen(store, clock, explanation="98 %\r\n.\r\nQUIT\x1b[2J of it")
        assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    (mail,) = mails
    assert mail["Subject"] == "[ferry] new copy: gazette.example: copy number 1"
    assert (mail["From"], mail["To"]) == ("afterprint@desk.example", "desk@desk.example")
    words = mail.get_content()
    for part in (
        "https://gazette.example/island",
        "copy, confidence 0.93: 98 % . QUIT[2J of it",
        "On 30 June she makes it",
    ):
        assert part in words
    assert "\x1b" not in words


def test_a_mail_server_that_was_down_for_an_hour_gets_each_mail_once(store: Store, clock: Clock) -> None:
    mails: Mails = []
    with serving(MailServer, mails=mails) as port:
        receivers = mail_to(port)
        name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    happen(store, clock, 2)
    for _ in range(4):
        assert "no mail server" in deliver(store, "ferry", receivers, now=clock).failed[0]
        clock.forward(HOUR / 4)
    with serving(MailServer, port, mails=mails, refusal="451 greylisted, come back"):
        assert "451 greylisted" in deliver(store, "ferry", receivers, now=clock).failed[0]
    clock.forward(HOUR)
    with serving(MailServer, port, mails=mails):
        assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=2)
        assert deliver(store, "ferry", receivers, now=clock) == Delivered()
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == 2


def test_who_is_refused_is_noted_and_the_others_get_it_once(store: Store, clock: Clock) -> None:
    mails: Mails = []
    with serving(MailServer, mails=mails) as port:
        receivers = mail_to(port)
        assert receivers.mail is not None
        both = Receivers(mail=Mail(**{**_fields(receivers.mail), "to": ("desk@desk.example", "nobody@desk.example")}))
        name_receivers(store, "ferry", both, clock())
        happen(store, clock)
        assert deliver(store, "ferry", both, now=clock) == Delivered(ok=1)
    assert len(mails) == 1
    assert rows(store, "SELECT state, last_error FROM delivery") == [
        ("ok", "refused for nobody@desk.example (550 no such user)")
    ]


def _fields(mail: Mail) -> dict[str, Any]:
    return {name: getattr(mail, name) for name in ("host", "sender", "to", "port", "starttls")}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for "localhost" with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("vouched_for", [True, False])
def test_the_password_goes_over_tls_to_a_server_that_is_who_it_says(
    store: Store, clock: Clock, certificate: Path, monkeypatch: pytest.MonkeyPatch, vouched_for: bool
) -> None:
    if vouched_for:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("MAIL_PASSWORD", "swordfish")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    mails: Mails = []
    logins: list[list[bytes]] = []
    with serving(MailServer, mails=mails, logins=logins, tls=context) as port:
        receivers = Receivers(
            mail=Mail("localhost", "a@desk.example", ("b@desk.example",), port, True, "desk", "MAIL_PASSWORD")
        )
        name_receivers(store, "ferry", receivers, clock())
        happen(store, clock)
        done = deliver(store, "ferry", receivers, now=clock)
    assert (done.ok, len(mails), logins) == ((1, 1, [[b"desk", b"swordfish"]]) if vouched_for else (0, 0, []))
    assert vouched_for or "CERTIFICATE_VERIFY_FAILED" in done.failed[0]


def test_a_server_without_tls_gets_no_mail_that_wants_it(store: Store, clock: Clock) -> None:
    mails: Mails = []
    with serving(MailServer, mails=mails) as port:
        receivers = mail_to(port, starttls=True)
        name_receivers(store, "ferry", receivers, clock())
        happen(store, clock)
        assert "STARTTLS" in deliver(store, "ferry", receivers, now=clock).failed[0]
    assert mails == []


# --- a program -------------------------------------------------------------------------------------


def script(tmp_path: Path, code: str) -> tuple[str, ...]:
    file = tmp_path / "tell.py"
    file.write_text(f"import json, sys, time\ntold = json.load(sys.stdin)\n{code}\n", encoding="utf-8")
    return (sys.executable, str(file))


def test_a_program_gets_the_message_on_its_input(store: Store, clock: Clock, tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    receivers = Receivers(command=Command(script(tmp_path, f"open({str(out)!r}, 'w').write(told['alerts'][0]['url'])")))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert deliver(store, "ferry", receivers, now=clock) == Delivered(ok=1)
    assert out.read_text(encoding="utf-8") == "https://gazette.example/island"


@pytest.mark.parametrize(
    ("code", "timeout", "cause"),
    [
        ("sys.exit('no\\x1b[2J paper')", 20.0, "ended with code 1: no[2J paper"),
        ("time.sleep(60)", 0.5, "did not end within 0.5 s"),
    ],
)
def test_a_program_that_fails_or_hangs_is_tried_again(
    store: Store, clock: Clock, tmp_path: Path, code: str, timeout: float, cause: str
) -> None:
    receivers = Receivers(command=Command(script(tmp_path, code), timeout))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert cause in deliver(store, "ferry", receivers, now=clock).failed[0]
    assert states(store) == [("pending", 1)]


def test_a_program_that_is_not_there_is_said(store: Store, clock: Clock) -> None:
    receivers = Receivers(command=Command(("/no/such/program",)))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert "could not be started" in deliver(store, "ferry", receivers, now=clock).failed[0]


def test_one_receiver_down_does_not_keep_the_others_waiting(
    store: Store, service: WebService, clock: Clock, tmp_path: Path
) -> None:
    receivers = Receivers(webhook=Webhook(service.url), command=Command(script(tmp_path, "")))
    service.stop()
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    done = deliver(store, "ferry", receivers, now=clock)
    assert (done.ok, len(done.failed)) == (1, 1)


def test_a_receiver_with_a_bug_breaks_nothing(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> str:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(Webhook, "send", broken)
    receivers = Receivers(webhook=Webhook("http://127.0.0.1:9/"))
    name_receivers(store, "ferry", receivers, clock())
    happen(store, clock)
    assert "ZeroDivisionError: of all things" in deliver(store, "ferry", receivers, now=clock).failed[0]


# --- the watch and the command ----------------------------------------------------------------------

WATCH = 'url = "https://courier.example/ferry"\n'


@pytest.fixture
def watch(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "ferry.toml"
        file.write_text(WATCH + text, encoding="utf-8")
        return file

    return write


def test_a_watch_names_its_receivers(watch: Callable[[str], Path]) -> None:
    loaded = load_watch(
        watch(
            """
            [alerts]
            on = ["new_copy", "credit_removed"]
            min_confidence = 0.7
            mute = ["www.example.org"]
            digest = "daily"
            site = "https://desk.example/archive"
            command = ["notify", "--desk"]
            webhook = { url = "http://10.0.0.7/hook", secret_env = "HOOK" }
            [alerts.mail]
            host = "smtp.example.org"
            from = "a@example.org"
            to = ["b@example.org"]
            """
        )
    )
    assert (loaded.story.alerts, loaded.story.min_confidence) == (("new_copy", "credit_removed"), 0.7)
    assert loaded.story.mute == ("example.org",)
    receivers = loaded.alerts.receivers
    assert receivers.webhook == Webhook("http://10.0.0.7/hook", "HOOK")
    assert receivers.mail == Mail("smtp.example.org", "a@example.org", ("b@example.org",))
    assert receivers.command == Command(("notify", "--desk"))
    assert receivers.digest
    assert [one.channel for one in receivers] == ["webhook", "mail", "command"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[alerts]\non = ["credit"]\n', "line 3: `on`: 'credit' is none of new_copy"),
        ("[alerts]\nmin_confidence = 90\n", "line 3: `min_confidence`: must be a number from 0 to 1, not 90"),
        ('[alerts]\nmute = ["everyone"]\n', "line 3: `mute`: 'everyone' is no outlet's domain"),
        ('[alerts]\ndigest = "weekly"\n', "line 3: `digest`: 'weekly' is not"),
        (
            '[alerts]\nwebhook = "https://a.example"\n',
            r"line 3: `webhook`: must be a section, written \[alerts.webhook\]",
        ),
        ('[alerts]\nwebhook = { url = "ftp://a.example" }\n', "line 3: `url`: 'ftp://a.example' is no http"),
        ('[alerts.webhook]\nurl = "https://a.example"\nsecret = "x"\n', "line 4: unknown key `secret` in"),
        (
            '[alerts.webhook]\nurl = "https://a.example"\nsecret_env = "s3cr3t!"\n',
            "line 4: `secret_env`: 's3cr3t!' is no name",
        ),
        ('[alerts.mail]\nfrom = "a@a.example"\nto = ["b@b.example"]\n', "line 2: `host`: is missing"),
        ('[alerts.mail]\nhost = "h"\nfrom = "me"\nto = ["b@b.example"]\n', "line 4: `from`: 'me' is no mail address"),
        (
            '[alerts.mail]\nhost = "h"\nfrom = "a@a.example"\nto = ["b@b.example"]\nuser = "a"\nstarttls = false\n',
            "line 7: `starttls`: with a `user`, the password would go over the network in the clear",
        ),
        ("[alerts]\ncommand = []\n", "line 3: `command`: names no program"),
    ],
)
def test_a_mistake_names_file_key_and_value(watch: Callable[[str], Path], text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"ferry\.toml, {message}"):
        load_watch(watch(text))


def test_the_command_lists_delivers_and_speaks_json(
    store: Store, service: WebService, watch: Callable[[str], Path], clock: Clock
) -> None:
    file = watch(f'[alerts]\nwebhook = {{ url = "{service.url}" }}\n')
    name_receivers(store, "ferry", load_watch(file).alerts.receivers, clock())
    happen(store, clock)
    store.add_alert(1, Event("removed", "page:9:capture:1", "gone before"), clock(), silent="backlog", details={})
    archive = ["--archive", str(store.path)]
    service.stop()
    failed = CliRunner().invoke(main, [*archive, "alerts", "--deliver", str(file)])
    assert failed.exit_code == 0, failed.output
    assert "Delivered 0 alerts." in failed.output
    assert "webhook  tried 1 times, again from " in failed.output
    service.start()
    store._run("UPDATE delivery SET next_try_at = '2026-03-10T09:00:00.000Z'")  # an hour later
    told = json.loads(CliRunner().invoke(main, [*archive, "alerts", "--deliver", "--json", str(file)]).output)
    assert told["delivered"] == 1
    (alert,) = told["alerts"]
    assert (alert["rule"], alert["deliveries"][0]["state"]) == ("new_copy", "ok")
    assert alert["details"]["passages"]
    listed = CliRunner().invoke(main, [*archive, "alerts", "--silent"]).output
    assert "removed (silent: backlog): gone before" in listed
    assert "webhook  told at " in listed
    assert len(service.got) == 1


def test_a_run_tells_at_its_end_and_is_whole_when_nobody_listens(
    service: WebService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Outlet(BaseHTTPRequestHandler):
        text = ferry.ENGLISH

        def do_GET(self) -> None:
            found = self.path.startswith("/copy")
            body = page(self.text) if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    (tmp_path / "en.txt").write_text(ferry.ENGLISH, encoding="utf-8")
    archive, watch = tmp_path / "archive.db", tmp_path / "ferry.toml"
    with serving(Outlet) as port:
        watch.write_text(
            f"""
            [[text]]
            file = "en.txt"
            [outlet]
            name = "The Harbour Courier"
            [sources]
            pages = ["http://127.0.0.1:{port}/copy"]
            search = false
            follow_copies = false
            [politeness]
            allow_private = ["127.0.0.1"]
            delay = "0.05s"
            [alerts]
            webhook = {{ url = "{service.url}" }}
            """,
            encoding="utf-8",
        )
        service.stop()
        result = run(watch, archive, workers=1)
        assert result.exit_code == 0
        assert [line.partition(":")[0] for line in result.summary.told] == ["new copy", "credit missing"]
        assert "Note: webhook was not told of [ferry] new copy" in capsys.readouterr().err
        service.start()
        with Store(archive) as store:
            store._run("UPDATE delivery SET next_try_at = '2026-03-10T09:00:00.000Z'")  # as if a minute had passed
        assert run(watch, archive, workers=1).exit_code == 0
    assert [json.loads(body)["alerts"][0]["rule"] for _, body in service.got] == ["new_copy", "credit_missing"]
    assert json.loads(service.got[0][1])["alerts"][0]["passages"]


def test_words_of_outlets_cannot_add_a_header() -> None:
    assert printable("a\r\nBcc: all@example.org") == "a Bcc: all@example.org"
    with pytest.raises(DeliveryError):
        signature("whsec_?", {"webhook-id": "a", "webhook-timestamp": "1"}, b"")
