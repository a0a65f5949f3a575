"""No connection to an address that is nobody's public web server, unless the watch allows it.

A crawler that follows whatever a page names can be led to the machine it runs on, to its neighbours, or to a cloud's
metadata service. Two gates stand in the way, each after every redirect too:

- `url_refusal` reads the URL before a request is made: its scheme, and its host if that is an address in any of the
  spellings that a C library understands ("127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]").
- `GuardedResolver` gives Twisted only addresses that passed. The address that was judged is the one that is
  connected to, so a name that resolves differently a moment later (DNS rebinding) gains nothing.

`*.localhost` always is 127.0.0.1, as RFC 6761 wants: no name server is asked, and the watch must still allow it.
"""

from __future__ import annotations

import socket
import time
import unicodedata
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twisted.internet import address as tx_address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.exceptions import ConfigError

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

_REFUSED_V4 = tuple(
    (IPv4Network(network), reason)
    for network, reason in (
        ("169.254.169.254/32", "a cloud's metadata service"),
        ("100.100.100.200/32", "a cloud's metadata service"),
        ("168.63.129.16/32", "a cloud's metadata service"),  # Azure's, in the middle of public space
        ("127.0.0.0/8", "a loopback address"),
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("172.16.0.0/12", "a private address"),
        ("192.168.0.0/16", "a private address"),
        ("169.254.0.0/16", "a link-local address"),
        ("100.64.0.0/10", "a carrier's shared address"),
        ("192.0.0.0/24", "a protocol's address"),
        ("192.0.2.0/24", "a documentation address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_REFUSED_V6 = tuple(
    (IPv6Network(network), reason)
    for network, reason in (
        ("fd00:ec2::254/128", "a cloud's metadata service"),
        ("::1/128", "a loopback address"),
        ("::/128", "an unspecified address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
        ("64:ff9b:1::/48", "a local NAT64 address"),
        ("2001::/32", "a Teredo address"),
        ("2001:db8::/32", "a documentation address"),
        ("3fff::/20", "a documentation address"),
        ("2001::/23", "a protocol's address"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_MAPPED = IPv6Network("::ffff:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")
_ISATAP = frozenset((0x00005EFE, 0x02005EFE))


def parse_allowed(entries: Iterable[str]) -> tuple[IPNetwork, ...]:
    """The networks that a watch's `allow_private` names.

    >>> parse_allowed(["127.0.0.1", "10.1.0.0/16"])
    (IPv4Network('127.0.0.1/32'), IPv4Network('10.1.0.0/16'))
    """
    networks = []
    for entry in entries:
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError as error:
            raise ConfigError(
                f"allow_private: {entry!r} is no address and no network",
                remedy='Write an address or a network in CIDR form, as in ["127.0.0.1", "10.1.0.0/16"].',
            ) from error
    return tuple(networks)


def embedded_v4(ip: IPv6Address) -> tuple[IPv4Address, str] | None:
    """The IPv4 address that a transition mechanism would reach through *ip*, and the mechanism's name."""
    low = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _MAPPED:
        return low, "IPv4-mapped"
    if ip in _NAT64:
        return low, "NAT64"
    if ip in _6TO4:
        return IPv4Address((int(ip) >> 80) & 0xFFFFFFFF), "6to4"
    if ((int(ip) >> 32) & 0xFFFFFFFF) in _ISATAP:
        return low, "ISATAP"
    if ip in _COMPATIBLE and int(ip) > 1:
        return low, "IPv4-compatible"
    return None


def refuse_reason(ip: str | IPAddress, allowed: Sequence[IPNetwork] = ()) -> str | None:
    """Why no connection may be made to *ip*, or None if it may.

    >>> refuse_reason("93.184.216.34")
    >>> refuse_reason("10.1.2.3")
    '10.1.2.3 is a private address'
    >>> refuse_reason("10.1.2.3", parse_allowed(["10.1.0.0/16"]))
    """
    if isinstance(ip, str):
        ip = ip_address(ip)
    if any(ip in network for network in allowed):
        return None
    if isinstance(ip, IPv4Address):
        return next((f"{ip} is {reason}" for network, reason in _REFUSED_V4 if ip in network), None)
    if ip.scope_id is not None:
        return f"{ip} is a link-local address"
    reason = next((reason for network, reason in _REFUSED_V6 if ip in network), None)
    if reason:
        return f"{ip} is {reason}"
    embedded = embedded_v4(ip)
    if embedded is not None:
        inner, mechanism = embedded
        inner_reason = refuse_reason(inner, allowed)
        return f"{ip} is {mechanism}, and {inner_reason}" if inner_reason else None
    return None if ip in _GLOBAL_V6 else f"{ip} is not a public address"


def literal_ip(host: str) -> IPAddress | None:
    """The address that *host* spells, None if it is a name.

    Raises:
        ValueError: it looks like an address (its last label is a number) but is none.

    >>> literal_ip("0x7f.1"), literal_ip("2130706433"), literal_ip("example.com")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), None)
    """
    text = unicodedata.normalize("NFKC", host).replace("\u3002", ".").strip("[]").rstrip(".").lower()
    if ":" in text:
        return IPv6Address(text)
    labels = text.split(".")
    if not _looks_numeric(labels[-1]):
        return None
    return _inet_aton(labels)


def _looks_numeric(label: str) -> bool:
    if label.isascii() and label.isdigit():
        return True
    return label.startswith("0x") and all(char in "0123456789abcdef" for char in label[2:])


def _inet_aton(labels: Sequence[str]) -> IPv4Address:
    """The forms that `inet_aton` takes: one to four parts, decimal, octal or hexadecimal; the last fills the rest."""
    parts = [_number(label) for label in labels]
    if len(parts) > 4 or any(part > 255 for part in parts[:-1]) or parts[-1] >= 256 ** (5 - len(parts)):
        raise ValueError(f"{'.'.join(labels)!r} is no address")
    value = parts[-1]
    for place, part in enumerate(parts[:-1]):
        value += part << (8 * (3 - place))
    return IPv4Address(value)


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    if len(label) > 1 and label.startswith("0"):
        return int(label, 8)
    return int(label, 10)


def url_refusal(url: str, allowed: Sequence[IPNetwork] = ()) -> str | None:
    """Why *url* may not be asked, as far as can be told without a name server; None if nothing speaks against it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - raises ValueError if it is no number
        ip = literal_ip(host) if host else None
    except ValueError as error:
        return f"the address cannot be read: {error}"
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme or 'no scheme'}: only http and https are fetched"
    if not host:
        return "it names no host"
    if ip is not None:
        return refuse_reason(ip, allowed)
    if is_localhost(host):
        return refuse_reason("127.0.0.1", allowed)
    return None


def is_localhost(host: str) -> bool:
    """Whether *host* is "localhost" or below it (RFC 6761: always this machine)."""
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


# --- the resolver --------------------------------------------------------------------------------

POSITIVE_TTL = 300.0
"""Seconds for which a resolved name is not asked for again."""

NEGATIVE_TTL = 30.0
"""Seconds for which a name that failed is not asked for again: without a network, each page would wait for it."""


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """The lookup runs in a thread and cannot be cancelled; its answer is dropped."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's resolver, replaced: IPv4 and IPv6, cached, and silent about addresses that are refused.

    One per process, as Twisted has it; `allowed` is set by the crawl when it starts.
    `refusals` and `errors` keep why a name led nowhere, because Twisted only says that it did.
    """

    def __init__(self, reactor: Any) -> None:
        self.allowed: tuple[IPNetwork, ...] = ()
        self.refusals: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self._reactor = reactor
        self._cache: dict[str, tuple[float, tuple[str, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Called by Scrapy before the reactor runs."""
        self._reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> _Resolution:
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        Deferred.fromCoroutine(self._resolve(resolutionReceiver, hostName, portNumber))
        return resolution

    async def _resolve(self, receiver: Any, host: str, port: int) -> None:
        addresses = await self._addresses(host)
        passed = self._judge(host, addresses)
        for ip in passed:
            family = tx_address.IPv6Address if ":" in ip else tx_address.IPv4Address
            receiver.addressResolved(family("TCP", ip, port))
        receiver.resolutionComplete()

    def _judge(self, host: str, addresses: Sequence[str]) -> list[str]:
        """The addresses that may be connected to. A name with public and private ones keeps the public ones."""
        self.refusals.pop(host, None)
        passed = []
        for ip in addresses:
            reason = refuse_reason(ip, self.allowed)
            if reason is None:
                passed.append(ip)
            else:
                self.refusals[host] = reason
        if passed:
            self.refusals.pop(host, None)
        return passed

    async def _addresses(self, host: str) -> tuple[str, ...]:
        if is_localhost(host):
            return ("127.0.0.1",)
        try:
            literal = literal_ip(host)
        except ValueError as error:
            self.errors[host] = str(error)
            return ()
        if literal is not None:
            return (str(literal),)
        expires, addresses = self._cache.get(host, (0.0, ()))
        if time.monotonic() < expires:
            return addresses
        addresses = await self._look_up(host)
        self._cache[host] = (time.monotonic() + (POSITIVE_TTL if addresses else NEGATIVE_TTL), addresses)
        return addresses

    async def _look_up(self, host: str) -> tuple[str, ...]:
        try:
            found = await deferToThreadPool(self._reactor, self._reactor.getThreadPool(), _getaddrinfo, host)
        except (OSError, UnicodeError) as error:  # gaierror is an OSError; a label over 63 bytes is a UnicodeError
            self.errors[host] = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            return ()
        self.errors.pop(host, None)
        return found


def _getaddrinfo(host: str) -> tuple[str, ...]:
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(info[4][0]) for info in infos))


def installed_resolver() -> GuardedResolver | None:
    """The reactor's resolver if it is ours."""
    from twisted.internet import reactor  # the reactor must not be imported before Scrapy has chosen it

    resolver = reactor.nameResolver
    return resolver if isinstance(resolver, GuardedResolver) else None
