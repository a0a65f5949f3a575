"""Time stamps by RFC 3161: what is asked of an authority, what it answers, and whether that proves anything.

What is stamped is a chain hash, as the 64 characters in which the archive writes it. The answer is kept as it came, with
the certificates of the authority in it, and with the root that they lead to; so it can be checked for good, without a
network and without afterprint::

    openssl ts -verify -data head.txt -in stamp.tsr -CAfile roots.pem

That a chain hash existed at some time means that all captures up to its own existed, as they are written.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.attesting import AskError, Attested
from archive.exceptions import ConfigError
from archive.exchange import NoAnswerError, exchange
from archive.store import Attestation, AttestationKind

TIMEOUT = 15.0
"""Seconds for each step of a request."""

MOST = 256 * 1024
"""Bytes of an answer; with a chain of certificates it has 3 to 10 KB."""

_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
    "User-Agent": "afterprint",
}


class StampError(Exception):
    """An answer proves nothing; the cause in words."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time stamp proves."""

    at: datetime
    #: who stamped, as the certificate names it
    signer: str
    #: PEM: the roots that the signer's certificate leads to
    roots: str

    @property
    def root(self) -> str:
        """The root by its name and fingerprint, to be compared with what the authority publishes."""
        return "; ".join(
            f"{one.subject.rfc4514_string()}, SHA-256 {one.fingerprint(hashes.SHA256()).hex()}"
            for one in _certificates(self.roots)
        )


@dataclass(frozen=True, slots=True)
class Timestamper:
    """An authority that stamps."""

    url: str
    #: a file of root certificates that are trusted; None: those of the system
    roots: Path | None = None
    kind: AttestationKind = "timestamp"
    #: seconds between two requests: one newest head a run is all there is to ask
    pace: float = 0.0

    @property
    def authority(self) -> str:
        return self.url

    def ask(self, one: Attestation) -> Attested:
        """Have the hash stamped, and check the answer. Raises AskError."""
        roots = trusted_roots(self.roots)
        request = (
            TimestampRequestBuilder().data(one.subject.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
        )  # with a nonce, and asking for the certificates
        try:
            answer = exchange("POST", self.url, request.as_bytes(), _HEADERS, timeout=TIMEOUT, most=MOST)
        except NoAnswerError as error:
            raise AskError(str(error), down=True) from error
        if not answer.ok:
            raise AskError(str(answer), down=True, retry_after=answer.retry_after)
        try:
            stamp = check(answer.body, one.subject, roots, nonce=request.nonce)
        except StampError as error:
            raise AskError(str(error), down=True) from error
        return Attested(stamp.at, proof=answer.body, roots=stamp.roots)


def trusted_roots(file: Path | None) -> str:
    """PEM of the certificates in *file*, or of those that this system trusts. Raises AskError."""
    name = file or ssl.get_default_verify_paths().cafile
    if name is None:
        raise AskError("this system names no root certificates; name a file as `roots`", down=True)
    try:
        return Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise AskError(f"root certificates: {error}", down=True) from error


def check_roots(file: Path) -> None:
    """Raises ConfigError if *file* holds no certificates."""
    try:
        _certificates(file.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no certificates can be read ({error})", place=str(file), remedy="Name a PEM file."
        ) from error


def check(answer: bytes, head: str, roots: str, *, nonce: int | None = None) -> Stamp:
    """What an answer proves of *head*, if its signer leads to one of *roots*, in PEM.

    Args:
        nonce: of the request, where that is still known: the answer must be to it.

    Raises:
        StampError: it proves nothing.
    """
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise StampError(f"no answer of a time stamping authority ({error})") from error
    if response.status not in (0, 1):
        words = "; ".join(response.status_string or ()) or "no reason given"
        raise StampError(f"the authority refused: {words}")
    try:
        used = _used(response, _certificates(roots))
        verifier = VerifierBuilder(roots=list(used), nonce=nonce).build()
        verifier.verify_message(response, head.encode())
        at = response.tst_info.gen_time.astimezone(UTC)
        signer = _signer(response)
    except (VerificationError, ValueError) as error:
        raise StampError(str(error)) from error
    return Stamp(at, signer, "".join(one.public_bytes(Encoding.PEM).decode() for one in used))


def _used(response: TimeStampResponse, roots: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Those of *roots* by which the certificates in the answer say that they were issued, or that they are."""
    embedded = [x509.load_der_x509_certificate(one) for one in sorted(response.signed_data.certificates)]
    issuers = {one.issuer for one in embedded}
    used = [one for one in roots if one.subject in issuers]
    if not used:
        names = "; ".join(sorted(name.rfc4514_string() for name in issuers)) or "nobody"
        raise StampError(f"its certificates were issued by {names}, and no such root is trusted here")
    return used


def _signer(response: TimeStampResponse) -> str:
    serials = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
    for der in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) in serials:
            return certificate.subject.rfc4514_string()
    raise StampError("the certificate of its signer is not in it")


def _certificates(pem: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode())
