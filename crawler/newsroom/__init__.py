"""The bundled newsroom: invented outlets with a memory, served on loopback, for the demo and for tests.

>>> room = Newsroom()
>>> courier = room.outlet("courier", name="The Harbour Courier")
>>> _ = courier.publish("/ferry", title="Ferry to stop", text="It will stop in June.")
>>> with serve(room) as server:
...     url = server.url("courier", "/ferry")
"""

from __future__ import annotations

from .newsroom import Act, Address, Article, Newsroom, Outlet, Ref
from .server import Server, Visit, serve

__all__ = ["Act", "Address", "Article", "Newsroom", "Outlet", "Ref", "Server", "Visit", "serve"]
