"""Which addresses are refused: pure tables. That no connection is made is tested in test_crawl."""

from __future__ import annotations

import pytest

from archive.exceptions import ConfigError
from crawler.guard import literal_ip, parse_allowed, refuse_reason, url_refusal

PUBLIC = ["93.184.216.34", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "2606:2800:220::1"]

REFUSED = {
    "127.0.0.1": "loopback",
    "127.255.1.2": "loopback",
    "::1": "loopback",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "fc00::1": "private",
    "fd12:3456::1": "private",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "169.254.169.254": "metadata",
    "fd00:ec2::254": "metadata",
    "100.100.100.200": "metadata",
    "168.63.129.16": "metadata",
    "100.64.0.1": "carrier",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "255.255.255.255": "reserved",
    "192.0.2.1": "documentation",
    "2001:db8::1": "documentation",
    "198.18.0.1": "benchmarking",
    "192.88.99.1": "6to4",
    "::ffff:127.0.0.1": "IPv4-mapped, and 127.0.0.1 is a loopback",
    "::ffff:7f00:1": "IPv4-mapped, and 127.0.0.1 is a loopback",
    "::127.0.0.1": "IPv4-compatible, and 127.0.0.1 is a loopback",
    "64:ff9b::10.0.0.1": "NAT64, and 10.0.0.1 is a private",
    "64:ff9b:1::10.0.0.1": "local NAT64",
    "2002:7f00:1::": "6to4, and 127.0.0.1 is a loopback",
    "2002:a9fe:a9fe::1": "6to4, and 169.254.169.254 is a cloud's metadata",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "Teredo",
    "2606:2800::200:5efe:10.0.0.1": "ISATAP, and 10.0.0.1 is a private",
    "1234::1": "not a public address",
}


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_pass(ip: str) -> None:
    assert refuse_reason(ip) is None


@pytest.mark.parametrize(("ip", "word"), REFUSED.items(), ids=REFUSED)
def test_other_addresses_are_refused_with_the_reason(ip: str, word: str) -> None:
    reason = refuse_reason(ip)

    assert reason is not None
    assert word in reason


def test_public_addresses_inside_transition_addresses_pass() -> None:
    assert refuse_reason("::ffff:8.8.8.8") is None
    assert refuse_reason("64:ff9b::8.8.8.8") is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
        "127.0.0.1.", "0X7F.1", "１２７.0.0.1", "127。0。0。1", "[::ffff:127.0.0.1]", "::ffff:127.0.0.1",
    ],
)  # fmt: skip
def test_every_spelling_of_this_machine_is_read_as_the_address_it_is(host: str) -> None:
    ip = literal_ip(host)

    assert ip is not None
    assert "127.0.0.1" in (refuse_reason(ip) or "")


@pytest.mark.parametrize("host", ["example.com", "xn--bcher-kva.example", "a1", "0x.example", "1.example"])
def test_names_are_no_addresses(host: str) -> None:
    assert literal_ip(host) is None


@pytest.mark.parametrize("host", ["256.1.1.1", "1.2.3.4.5", "example.1", "0x7g", "09.1.1.1", "4294967296", "a.0x1"])
def test_what_ends_like_an_address_and_is_none_is_an_error(host: str) -> None:
    # "0x7g" is a name like any other; everything else ends in a number.
    if host == "0x7g":
        assert literal_ip(host) is None
    else:
        with pytest.raises(ValueError):
            literal_ip(host)


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://127.1/", "loopback"),
        ("http://user:password@10.0.0.1/", "private"),
        ("http://example.com@169.254.169.254/latest/", "metadata"),
        ("http://[::1]:8080/", "loopback"),
        ("http://localhost/", "loopback"),
        ("http://Foo.LOCALHOST./", "loopback"),
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.com/", "only http and https"),
        ("gopher://example.com/", "only http and https"),
        ("data:text/html,x", "only http and https"),
        ("http:///nothing", "no host"),
        ("http://example.com:99999/", "cannot be read"),
        ("http://[broken/", "cannot be read"),
        ("http://1.2.3.4.5/", "cannot be read"),
    ],
)
def test_urls_are_refused_before_any_name_is_looked_up(url: str, word: str) -> None:
    assert word in (url_refusal(url) or "")


def test_urls_with_public_names_and_addresses_pass() -> None:
    assert url_refusal("https://example.com/a?b#c") is None
    assert url_refusal("http://93.184.216.34:8080/") is None


def test_the_watch_may_allow_single_addresses_and_networks() -> None:
    allowed = parse_allowed(["127.0.0.1", "10.1.0.0/16", "::1"])

    assert url_refusal("http://127.0.0.1:8000/", allowed) is None
    assert url_refusal("http://sub.localhost/", allowed) is None
    assert url_refusal("http://[::1]/", allowed) is None
    assert refuse_reason("10.1.255.1", allowed) is None
    assert refuse_reason("::ffff:10.1.2.3", allowed) is None
    assert refuse_reason("10.2.0.1", allowed) is not None
    assert refuse_reason("127.0.0.2", allowed) is not None


def test_a_wrong_entry_in_allow_private_names_itself() -> None:
    with pytest.raises(ConfigError, match="intranet"):
        parse_allowed(["intranet"])
