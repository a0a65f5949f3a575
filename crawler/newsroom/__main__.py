"""`python -m crawler.newsroom`: serve the demo until Ctrl-C. Enter performs the next act."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .server import Server
from .story import PORT, demo_newsroom


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="newsroom", description="Serve the invented outlets of the demo on loopback.")
    parser.add_argument("--port", type=int, default=PORT, help="0 takes any port that is free (default: %(default)s)")
    parser.add_argument("--traps", action="store_true", help="also link the slow, endless and explosive pages")
    options = parser.parse_args(argv)
    return run(options.port, traps=options.traps)


def run(port: int = PORT, *, traps: bool = False) -> int:
    """Serve until interrupted; the exit status: 1 if the port is taken."""
    try:
        server = Server(demo_newsroom(traps=traps), port)
    except OSError as error:
        sys.stderr.write(f"The newsroom cannot listen on 127.0.0.1:{port}: {error}\n")
        return 1
    server.start()
    try:
        _say(*_greeting(server))
        _wait(server)
    finally:
        server.stop()
    return 0


def _greeting(server: Server) -> list[str]:
    return [
        f"The newsroom is open at {server.url()}",
        *(f"  {server.url(outlet.handle):<36}{outlet.name} ({outlet.language})" for outlet in server.room.outlets),
        f"Next act: press Enter, or  curl -X POST {server.url('', '/act')}",
        "Stop: Ctrl-C",
    ]


def _wait(server: Server) -> None:
    try:
        if sys.stdin is not None and sys.stdin.isatty():
            while sys.stdin.readline():
                act = server.room.next_act()
                _say(f"Act {server.room.act}: {act.title}" if act else "The story is over.")
        server.wait()
    except KeyboardInterrupt:
        _say("", "The newsroom is closed.")


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
