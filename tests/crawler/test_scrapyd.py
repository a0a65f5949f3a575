"""A real Scrapyd takes the project, runs a spider of it, and the rows are in the archive."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest

from archive.store import Store
from crawler.egg import write_egg
from crawler.newsroom import serve
from crawler.newsroom.story import demo_newsroom, demo_watch

pytest.importorskip("scrapyd")


class Scrapyd:
    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def ask(self, service: str, data: bytes | None = None, **headers: str) -> Any:
        request = urllib.request.Request(f"{self.base}/{service}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def post(self, service: str, **fields: str) -> Any:
        return self.ask(service, urlencode(fields).encode())

    def add_version(self, project: str, version: str, egg: Path) -> Any:
        """As `curl -F project=… -F version=… -F egg=@…` does."""
        mark = "afterprint-boundary"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (("project", project), ("version", version))
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="egg"; filename="a.egg"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body = b"".join([*parts, head.encode(), egg.read_bytes(), f"\r\n--{mark}--\r\n".encode()])
        return self.ask("addversion.json", body, **{"Content-Type": f"multipart/form-data; boundary={mark}"})


@pytest.fixture
def scrapyd(tmp_path: Path) -> Iterator[Scrapyd]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    folder = tmp_path / "scrapyd"  # away from this project's scrapy.cfg: what runs must come from the egg
    folder.mkdir()
    (folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\nmax_proc = 1\n",
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "AFTERPRINT_LOG")}
    with (folder / "out").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapyd", "--pidfile="], cwd=folder, env=environment, stdout=out, stderr=out
        )
        try:
            server = Scrapyd(port)
            deadline = time.monotonic() + 60
            while True:
                try:
                    server.ask("daemonstatus.json")
                    break
                except OSError:
                    assert process.poll() is None, (folder / "out").read_text()
                    assert time.monotonic() < deadline, (folder / "out").read_text()
                    time.sleep(0.2)
            yield server
        finally:
            process.terminate()
            process.wait(30)


def test_the_egg_holds_the_project_and_nothing_else(tmp_path: Path) -> None:
    write_egg(tmp_path / "a.egg")
    names = ZipFile(tmp_path / "a.egg").namelist()
    assert {name.partition("/")[0] for name in names} == {"EGG-INFO", "archive", "crawler", "datasette_config"}
    assert "archive/match/model.json" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_scrapyd_takes_the_project_and_crawls_the_newsroom(scrapyd: Scrapyd, tmp_path: Path) -> None:
    write_egg(tmp_path / "afterprint.egg")
    with ZipFile(tmp_path / "afterprint.egg", "a") as egg:
        spider = 'from scrapy import Spider\n\n\nclass OfTheEgg(Spider):\n    name = "of_the_egg"\n'
        egg.writestr("crawler/spiders/of_the_egg.py", spider)
    added = scrapyd.add_version("afterprint", "r1", tmp_path / "afterprint.egg")
    assert added["status"] == "ok", added
    assert added["spiders"] == 3, "not the egg, but a project that is installed, was looked at"
    archive, watch = tmp_path / "archive.db", tmp_path / "demo.toml"
    with serve(demo_newsroom(), port=0) as server:
        watch.write_text(demo_watch(server.port), encoding="utf-8")
        job = scrapyd.post(
            "schedule.json",
            project="afterprint",
            spider="discover",
            watch=str(watch),
            archive=str(archive),
            budget="15",
        )
        assert job["status"] == "ok", job
        deadline = time.monotonic() + 120
        while not (finished := scrapyd.ask("listjobs.json?project=afterprint")["finished"]):
            assert time.monotonic() < deadline
            time.sleep(0.5)
    log = (tmp_path / "scrapyd" / "logs" / "afterprint" / "discover" / f"{job['jobid']}.log").read_text()
    assert finished[0]["id"] == job["jobid"]
    assert archive.exists(), log
    with Store(archive, create=False, readonly=True) as store:
        run = store.last_run("demo")
    assert run is not None, log
    assert (run.state, run.planned) == ("finished", 15), log
    assert run.fetched > 10
    assert "Traceback" not in log
