"""A time stamping authority on this machine, as OpenSSL runs one; and a web archive that copies pages when asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.archive.listening import Listening

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path, data: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def make_authority(folder: Path) -> Path:
    """Keys and certificates of an authority, and of the root that it stands on."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("openssl is absent, and in CI it must be present")
        pytest.skip("needs the program openssl")
    folder.mkdir(parents=True)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "root.key", "-out", folder / "root.pem",
            "-days", "36500", "-subj", "/O=Ferry Notaries/CN=Ferry Root")  # fmt: skip
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr",
            "-subj", "/O=Ferry Notaries/CN=Ferry Stamps")  # fmt: skip
    (folder / "extensions").write_text(
        "extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
    )
    openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "root.pem", "-CAkey", folder / "root.key",
            "-set_serial", "7", "-days", "36500", "-extfile", folder / "extensions", "-out", folder / "tsa.pem")  # fmt: skip
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    return folder


class Authority(Listening):
    """Stamps what it is sent over HTTP; can be switched off."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0
        self.status = 200
        #: what it answers instead of a stamp
        self.answer: bytes | None = None
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                authority.asked += 1
                answer = authority.stamp(query) if authority.answer is None else authority.answer
                self.send_response(authority.status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                pass

        super().__init__(Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/tsr"

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def stamp(self, query: bytes) -> bytes:
        request = self.folder / f"request-{self.asked}.tsq"
        request.write_bytes(query)
        return openssl("ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", request)


class SavePages:
    """Save Page Now as far as it is used: with keys by jobs, without them by a redirect to the copy."""

    KEYS = "LOW access:secret"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        #: job -> what its status says, the last again and again
        self.progress = [{"status": "pending"}, {"status": "success"}]
        #: what it says to a request in place of taking it on
        self.refusal: dict[str, str] | None = None
        self.status: int | None = None
        self.jobs: dict[str, str] = {}
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/save"


@contextmanager
def save_pages() -> Iterator[SavePages]:
    service = SavePages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.asked.append(("GET", self.path))
            if service.status is not None:
                self._say(service.status, {})
            elif self.path.startswith("/save/status/"):
                job = self.path.rpartition("/")[2]
                assert self.headers["Authorization"] == SavePages.KEYS
                said: dict[str, object] = dict(service.progress[0])
                if len(service.progress) > 1:
                    service.progress.pop(0)
                if said["status"] == "success":
                    said |= {"timestamp": "20240301121500", "original_url": service.jobs[job], "duration_sec": 6.2}
                self._say(200, {"job_id": job, **said})
            else:
                self.send_response(302)
                self.send_header("Location", f"/web/20240301121500/{self.path.removeprefix('/save/')}")
                self.end_headers()

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            service.asked.append(("POST", form["url"][0]))
            assert self.headers["Accept"] == "application/json"
            if self.headers["Authorization"] != SavePages.KEYS:
                self._say(401, {"message": "You need to be logged in to use Save Page Now."})
                return
            if service.refusal is not None:
                self._say(200, service.refusal)
                return
            job = f"spn2-{len(service.jobs):040x}"
            service.jobs[job] = form["url"][0]
            self._say(200, {"url": form["url"][0], "job_id": job})

        def _say(self, status: int, document: dict[str, object] | dict[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = Listening(Handler)
    service.port = server.port
    yield service
    server.stop()
