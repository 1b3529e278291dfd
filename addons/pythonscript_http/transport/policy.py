"""What TLS is to be like: policies as plain data, checked when they are made, without OpenSSL.

A policy that can't be honoured in full is an error before anything is sent; nothing here makes do with less.
What can be judged without OpenSSL is judged at once. What is left to it, such as a key that is another
certificate's, shows when a thread makes the policy's context (`late.py`), and is the connection's failure.
"""

import base64
import os
from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from pythonscript_http.exceptions import PolicyError, UnwritableFileError
from pythonscript_http.url import check_name

from .pem import CERTIFICATE, blocks

TLS_1_2: Final = 0x0303
"""A version of TLS, as it is on the wire and in `ssl.TLSVersion`."""
TLS_1_3: Final = 0x0304
_VERSIONS: Final = (TLS_1_2, TLS_1_3)
_KEY: Final = "PRIVATE KEY"
_CRL: Final = "X509 CRL"
_ENCRYPTED: Final = ("BEGIN ENCRYPTED ", "Proc-Type: 4,ENCRYPTED")
ENCRYPTED_KEY: Final = "the client's key is encrypted; give it decrypted"
BAD_ROOTS: Final = "the trusted roots can't be read"
BAD_LISTS: Final = "the revocation lists can't be read"
BAD_CERTIFICATE: Final = "the client's certificate and key can't be used"
DAMAGED: Final = "it is empty or damaged"
_ROOTS: Final = 8
"""Texts with roots that are known to be in order: a bundle has 140 certificates, and many connections."""
_DIGEST_TEXT: Final = 44
"""Characters of a SHA-256 digest in base64."""
_PIN_PREFIXES: Final = ("sha256//", "sha256/", "")
_NOT_SPOKEN: Final = ("h2", "h2c", "h3")


class Roots(Enum):
    """Sets of trusted roots that need not be given."""

    BOTH = auto()
    """Mozilla's and the operating system's, as far as that has any."""
    CERTIFI = auto()
    """Mozilla's, by the package certifi."""
    SYSTEM = auto()
    """The operating system's; see `TlsPolicy.system_roots`."""


class TlsPolicy:
    """A TLS policy. Texts are PEM. Policies are values: equal ones share a context and its sessions.

    It is a class by hand, as dataclasses take a game's call, where the first is made, 10 ms.

    Raises:
        PolicyError: parts of it contradict each other, or can't be used.
    """

    __slots__ = (
        "_parts",
        "alpn",
        "certificate",
        "common_name",
        "ignore_unexpected_eof",
        "key",
        "key_log",
        "maximum",
        "minimum",
        "pins",
        "revocation_lists",
        "roots",
        "system_roots",
        "unsafe",
    )

    def __init__(
        self,
        *,
        roots: Roots | str = Roots.BOTH,
        system_roots: Callable[[], str] | None = None,
        common_name: str = "",
        unsafe: bool = False,
        minimum: int = TLS_1_2,
        maximum: int = TLS_1_3,
        certificate: str = "",
        key: str = "",
        pins: Iterable[str] = (),
        revocation_lists: Iterable[str] = (),
        alpn: Iterable[str] = ("http/1.1",),
        ignore_unexpected_eof: bool = False,
        key_log: str = "",
    ) -> None:
        self.roots: Final = roots if isinstance(roots, Roots) else _text("roots", roots)
        """Trusted certificates; one of one's own need not be self-signed."""
        self.system_roots: Final = system_roots
        """Gives the operating system's roots, from who knows them better than OpenSSL; called in any thread.
        What OpenSSL can't read is left out. None, or where it gives none: OpenSSL looks for them, in Windows'
        store or the folders that it was built with. It does so too where SSL_CERT_FILE or SSL_CERT_DIR in the
        environment say where."""
        self.common_name: Final = _text("common_name", common_name)
        """The name to ask the server for and to verify, instead of the host's (TLSOptions' override)."""
        self.unsafe: Final = unsafe
        """The name is not verified, nor the chain unless `roots` are one's own (TLSOptions.client_unsafe)."""
        self.minimum: Final = minimum
        """The oldest version of TLS."""
        self.maximum: Final = maximum
        """The newest one."""
        self.certificate: Final = _text("certificate", certificate)
        """The client's own, and intermediate ones behind it."""
        self.key: Final = _text("key", key)
        """Of the client's certificate, not encrypted."""
        self.pins: Final = _texts("pins", pins)
        """Base64 of SHA-256 of SubjectPublicKeyInfo, perhaps with `sha256//` before it, as for curl. One of
        them must be that of the peer's key or, in a chain that was verified, of a key above it."""
        self.revocation_lists: Final = _texts("revocation_lists", revocation_lists)
        """CRLs. If there are any, each certificate of the chain needs one that is in force."""
        self.alpn: Final = _texts("alpn", alpn)
        """Names of protocols to offer, best first (RFC 7301). None of those not spoken here, as h2."""
        self.ignore_unexpected_eof: Final = ignore_unexpected_eof
        """A body that only the end of the connection ends is complete also where the peer ended it without
        close_notify, so that anybody may have cut it short. For servers that never say it; named as by
        OpenSSL."""
        self.key_log: Final = _text("key_log", key_log)
        """A file for the keys of all connections, by which a debugger reads what they carry."""
        self._parts: Final = (
            *(self.roots, system_roots, common_name, unsafe, minimum, maximum, certificate, key),
            *(self.pins, self.revocation_lists, self.alpn, ignore_unexpected_eof, key_log),
        )
        self._check()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TlsPolicy) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    @property
    def verifies(self) -> bool:
        """The chain is verified."""
        return not self.unsafe or isinstance(self.roots, str)

    def server_name(self, host: str) -> str:
        """Tells which name of a host is asked for and verified. Empty: none is, as the policy is unsafe.

        Raises:
            LocalError: there is none to verify, or it can't be one.
        """
        given = self.common_name or host
        name = check_name(given).partition("%")[0].removesuffix(".") if given else ""
        if not name and not self.unsafe:
            raise PolicyError("TLS needs the name of the server, to verify it")
        return name

    def check_key_log(self) -> None:
        """Finds out whether keys can be logged where that is wanted; there is a file then.

        Raises:
            UnwritableFileError: they can't.
        """
        if not self.key_log:
            return
        # A FIFO that nobody reads would hold the call up.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
        try:
            os.close(os.open(self.key_log, flags, 0o666))
        except OSError as error:
            raise unwritable(self.key_log, error) from None

    def _check(self) -> None:
        for name, version in (("minimum", self.minimum), ("maximum", self.maximum)):
            if version not in _VERSIONS:
                shown = getattr(version, "name", version)
                raise PolicyError(f"the {name} version {shown!s} is neither TLS 1.2 nor TLS 1.3")
        if self.minimum > self.maximum:
            raise PolicyError("the minimum version of TLS is above the maximum")
        if bool(self.certificate) != bool(self.key):
            lacking = "key" if self.certificate else "certificate"
            raise PolicyError(f"the client's certificate and its key go together: there is no {lacking}")
        if self.unsafe and self.common_name:
            raise PolicyError("an unsafe client verifies no name, so a common name has no effect")
        if not self.verifies and self.revocation_lists:
            raise PolicyError(
                "an unsafe client without roots verifies no chain, so revocation lists have no effect"
            )
        if self.unsafe and self.roots in (Roots.SYSTEM, Roots.CERTIFI):
            whose = "the system's" if self.roots is Roots.SYSTEM else "Mozilla's"
            raise PolicyError(f"an unsafe client verifies no chain by {whose} roots, so they have no effect")
        for name in self.alpn:
            if name in _NOT_SPOKEN:
                raise PolicyError(f"ALPN cannot offer {name!a}, which is not spoken here")
            if not (name.isascii() and 0 < len(name) < 256):
                raise PolicyError(
                    f"ALPN cannot offer {name!a}: a protocol's name has 1 to 255 ASCII characters"
                )
        if isinstance(self.roots, str):
            _check_roots(self.roots)
        for text in self.revocation_lists:
            _check_blocks("a revocation list", text, _CRL, BAD_LISTS)
        if self.certificate:
            _check_blocks("the client's certificate", self.certificate, CERTIFICATE, BAD_CERTIFICATE)
            if any(mark in block.text for block in blocks(self.key) for mark in _ENCRYPTED):
                raise PolicyError(ENCRYPTED_KEY)
            _check_blocks("the client's key", self.key, _KEY, BAD_CERTIFICATE)
        for pin in self.pins:
            parse_pin(pin)
        _check_path(self.key_log)


def parse_pin(pin: str) -> bytes:
    """Gives the digest of a pin.

    Raises:
        PolicyError: it is none.
    """
    prefix, digest = pin[:-_DIGEST_TEXT], pin[-_DIGEST_TEXT:]
    try:
        if prefix in _PIN_PREFIXES and len(key := base64.b64decode(digest, validate=True)) == 32:
            return key
    except ValueError:
        pass
    raise PolicyError(f"the pin {pin!a} is not the base64 form of a SHA-256 digest")


def unwritable(path: str, error: OSError) -> UnwritableFileError:
    """Makes the error of a file that keys can't be logged to."""
    return UnwritableFileError(f"the keys of connections can't be logged to {path!a}: {error.strerror}")


def _text(name: str, given: str) -> str:
    if not isinstance(given, str):
        raise PolicyError(f"{name} is to be a text, not {type(given).__name__}")
    return given


def _texts(name: str, given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise PolicyError(f"{name} are to be texts, not {type(given).__name__}")
    return tuple(_text(f"one of {name}", one) for one in given)


def _check_path(path: str) -> None:
    try:
        if "\0" not in path:
            os.fsencode(path)
            return
    except UnicodeEncodeError:
        pass
    raise PolicyError(f"the keys of connections can't be logged to {path!a}, which no file can be called")


@lru_cache(_ROOTS)
def _check_roots(text: str) -> None:
    _check_blocks("the trusted roots", text, CERTIFICATE, BAD_ROOTS)


def _check_blocks(what: str, text: str, kind: str, damaged: str) -> None:
    """Checks that a PEM text has blocks of a kind and no others. Keys may say more of their kind."""
    found = False
    for block in blocks(text):
        found = True
        if block.kind != kind and not (kind == _KEY and block.kind.endswith(f" {kind}")):
            raise PolicyError(f"{what} has a PEM block of the kind {block.kind!a}; wanted is {kind!a}")
        if not block.is_whole():
            raise PolicyError(f"{damaged}: {DAMAGED}")
    if not found:
        raise PolicyError(f"{what} has no PEM block of the kind {kind!a}")
