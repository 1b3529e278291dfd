"""Whom to trust over TLS: policies, and the OpenSSL contexts made from them.

A policy that can't be honoured in full is an error before anything is sent; nothing here makes do with less.
What is checked: the chain up to a trusted root, validity, the name (RFC 9525: subject alternative names only,
whole wildcards only), keys and digests of 112 bits of security at least; if given, revocation lists and pins.
What is not: OCSP, stapled or asked for, and so what RFC 7633 says must be stapled: Python's `ssl` has none.
Off are: renegotiation, early data (Python's `ssl` has none), compression, finite-field Diffie-Hellman in TLS
1.2 (in TLS 1.3 Python's `ssl` leaves it on), and the session tickets of TLS 1.2, which put a session's keys
on the wire under one key of the server's. Sessions of TLS 1.2 are resumed by their ids; those of TLS 1.3 by
what it calls tickets, for which keys are agreed on anew (RFC 8446 section 2.2).
"""

import base64
import binascii
import contextlib
import os
import re
import ssl
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import certifi

from pythonscript_http.exceptions import PolicyError, UnavailableError, UnwritableFileError

from .certificate import parse_certificate

_VERSIONS: Final = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----[\x00-\x7f]+?-----END \1-----")
_KEY: Final = "PRIVATE KEY"
_ALSO: Final = dict.fromkeys(("NO_CERTIFICATE_ASSIGNED", "KEY_TYPE_MISMATCH"), "KEY_VALUES_MISMATCH")
"""What OpenSSL says of a key of another kind than its certificate's."""
_PIN: Final = re.compile(r"(?:sha256//?)?([A-Za-z0-9+/]{43}=)")
_CIPHERS: Final = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
"""Of TLS 1.2, and how strong keys and digests must be: CPython's choice, which distributions change, without
finite-field Diffie-Hellman: the server chooses its size there, and 8192 bits take a third of a second."""
_NOT_SPOKEN: Final = ("h2", "h2c", "h3")
_SESSIONS: Final = 256
"""Of a policy; some 4 KiB each, mostly the peer's certificate."""
_SESSION_LIFETIME: Final = 7200.0
"""Seconds."""
_CONTEXTS: Final = 64
"""Policies whose contexts are kept; one with Mozilla's roots takes 1 MiB."""

_WHERE: Final = {"SSL_CERT_FILE", "SSL_CERT_DIR"}
"""Where OpenSSL looks for the system's roots, if somebody said so."""
_IDLE: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_CERTIFICATE: Final = 11
_CERTIFICATE_REQUEST: Final = 13
_HANDSHAKE: Final = 22


class Roots(Enum):
    """Sets of trusted roots that need not be given."""

    BOTH = auto()
    """Mozilla's and the operating system's, as far as that has any."""
    CERTIFI = auto()
    """Mozilla's, by the package certifi."""
    SYSTEM = auto()
    """The operating system's; see `TlsPolicy.system_roots`."""


@dataclass(frozen=True, kw_only=True)
class TlsPolicy:
    """A TLS policy. Texts are PEM.

    Raises:
        LocalError: parts of it contradict each other.
    """

    roots: Roots | str = Roots.BOTH
    """Trusted certificates; one of one's own need not be self-signed."""
    system_roots: str = field(default="", repr=False)
    """The operating system's roots, from who knows them better than OpenSSL. What it can't read is left out.
    Empty: OpenSSL looks for them, in Windows' store or the folders that it was built with. It does so too
    where SSL_CERT_FILE or SSL_CERT_DIR in the environment say where."""
    common_name: str = ""
    """The name to ask the server for and to verify, instead of the host's (TLSOptions' override)."""
    unsafe: bool = False
    """The name is not verified, nor the chain unless `roots` are one's own (TLSOptions.client_unsafe)."""
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    certificate: str = ""
    """The client's own, and intermediate ones behind it."""
    key: str = field(default="", repr=False)
    """Of the client's certificate, not encrypted."""
    pins: tuple[str, ...] = ()
    """Base64 of SHA-256 of SubjectPublicKeyInfo, perhaps with `sha256//` before it, as for curl. One of them
    must be that of the peer's key or, in a chain that was verified, of a key above it."""
    revocation_lists: tuple[str, ...] = ()
    """CRLs. If there are any, each certificate of the chain needs one that is in force."""
    alpn: tuple[str, ...] = ("http/1.1",)
    """Names of protocols to offer, best first (RFC 7301). None of those that are not spoken here, as h2."""
    ignore_unexpected_eof: bool = False
    """A body that only the end of the connection ends is complete also where the peer ended it without
    close_notify, so that anybody may have cut it short. For servers that never say it; named as by OpenSSL.
    """
    key_log: str = field(default="", repr=False)
    """A file for the keys of all connections, by which a debugger reads what they carry."""

    def __post_init__(self) -> None:
        for name, version in (("minimum", self.minimum), ("maximum", self.maximum)):
            if version not in _VERSIONS:
                raise PolicyError(f"the {name} version {version.name} is neither TLS 1.2 nor TLS 1.3")
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

    @property
    def verifies(self) -> bool:
        """The chain is verified."""
        return not self.unsafe or isinstance(self.roots, str)


class TlsObject(ssl.SSLObject):
    """OpenSSL's side of one connection, and what was seen of its handshake."""

    certificates: bytes = b""
    """The message with the peer's certificates."""
    is_1_3: bool = False
    """That message has TLS 1.3's form."""
    certificate_wanted: bool = False
    """The peer asked for a certificate of ours."""


class TlsContext:
    """A policy made ready, and the sessions of its connections. Make it by `context_for`.

    Raises:
        LocalError: the policy can't be honoured.
    """

    def __init__(self, policy: TlsPolicy) -> None:
        self.policy: Final = policy
        self.ssl: Final = _build(policy)
        self.idle: Final = _build_idle(policy)
        """What a connection has for a context when its handshake is over: one that watches nothing."""
        self.pins: Final = frozenset(_parse_pin(pin) for pin in policy.pins)
        self._sessions: dict[tuple[str, int], tuple[ssl.SSLSession, float]] = {}
        self._lock = threading.Lock()

    def take_session(self, name: str, port: int) -> tuple[ssl.SSLSession | None, float]:
        """Hands out a session that can still be resumed; once, as RFC 8446 appendix C.4 has it.

        Returns:
            The session, and until when those that follow from it may be resumed.
        """
        with self._lock:
            session, until = self._sessions.pop((name, port), (None, 0.0))
        if session is None or time.time() >= min(until, session.time + session.timeout):
            return None, 0.0
        return session, until

    def keep_session(self, name: str, port: int, session: ssl.SSLSession, until: float) -> None:
        """Keeps a session for the next connection; the oldest gives way.

        With revocation lists none is kept: each connection is to be looked up in them.

        Args:
            until: seconds since the epoch, as `session_end` gives them for the connection that was verified.
        """
        if self.policy.revocation_lists:
            return
        with self._lock:
            self._sessions.pop((name, port), None)
            self._sessions[name, port] = session, until
            if len(self._sessions) > _SESSIONS:
                del self._sessions[next(iter(self._sessions))]


def session_end(chain: Iterable[bytes]) -> float:
    """Tells until when the sessions that follow from a verified connection may be resumed (RFC 8446 section
    4.6.1): two hours, and no longer than its certificates are valid.

    Args:
        chain: the certificates that were verified, in DER.

    Returns:
        Seconds since the epoch; 0.0: not at all, as one of them can't be read.
    """
    try:
        ends = [parse_certificate(der).not_after.timestamp() for der in chain]
    except ValueError:
        return 0.0
    return min([time.time() + _SESSION_LIFETIME, *ends])


@lru_cache(_CONTEXTS)
def context_for(policy: TlsPolicy) -> TlsContext:
    """Gives a policy's context. To make one takes milliseconds, so it is kept.

    Raises:
        LocalError: the policy can't be honoured.
    """
    return TlsContext(policy)


def _build(policy: TlsPolicy) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(_CIPHERS)
    context.minimum_version = policy.minimum
    context.maximum_version = policy.maximum
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    # Python takes an end without close_notify as a clean one, unless that is off; OpenSSL 1.1 speaks to
    # servers open to renegotiation attacks. The numbers are OpenSSL's, where Python has no name for them.
    context.options &= ~(
        getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0x80) | getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 4)
    )
    context.hostname_checks_common_name = False
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.sslobject_class = TlsObject
    if policy.unsafe:
        context.check_hostname = False
    if not policy.verifies:
        context.verify_mode = ssl.CERT_NONE
    if policy.alpn:
        context.set_alpn_protocols(policy.alpn)
    if policy.verifies:
        _load_roots(context, policy)
    if policy.revocation_lists:
        _load_revocation_lists(context, policy.revocation_lists)
    if policy.certificate:
        _load_certificate(context, policy)
        context.post_handshake_auth = True
    if policy.key_log:
        try:
            context.keylog_filename = policy.key_log
        except OSError as error:
            text = f"the keys of connections can't be logged to {policy.key_log!a}: {error.strerror}"
            raise UnwritableFileError(text) from None
    _watch(context)
    return context


def _build_idle(policy: TlsPolicy) -> ssl.SSLContext:
    if not policy.certificate:
        return _IDLE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # a connection takes the certificate of its context
    context.set_ciphers(_CIPHERS)
    _load_certificate(context, policy)
    return context


def _watch(context: ssl.SSLContext) -> None:
    """Has the peer's certificates kept while a handshake lasts, to say why it failed.

    quirk - Python 3.11 to 3.14 - docs.python.org/3/library/ssl.html - `ssl` hands no certificate out once it
    was refused. Its hook for debugging sees them. Without the hook, texts are less precise, and nothing else.
    """
    if hasattr(context, "_msg_callback"):
        context._msg_callback = _witness


def _witness(
    connection: object, direction: str, version: int, content: int, kind: int, message: bytes
) -> None:
    if content == _HANDSHAKE and direction == "read" and isinstance(connection, TlsObject):
        if kind == _CERTIFICATE:
            connection.certificates = message
            connection.is_1_3 = version >= ssl.TLSVersion.TLSv1_3
        elif kind == _CERTIFICATE_REQUEST:
            connection.certificate_wanted = True


def _load_roots(context: ssl.SSLContext, policy: TlsPolicy) -> None:
    roots = policy.roots
    if isinstance(roots, str):
        blocks = _blocks("the trusted roots", roots, "CERTIFICATE")
        try:
            context.load_verify_locations(cadata="\n".join(blocks))
        except ssl.SSLError as error:
            raise PolicyError(f"the trusted roots can't be read: {_why(error)}") from None
        return
    if roots is not Roots.SYSTEM:
        file = certifi.where()
        try:
            context.load_verify_locations(file)
        except OSError as error:  # ssl.SSLError is one; neither names the file
            raise OSError(f"{file}: {error.strerror or error}") from None
    if roots is not Roots.CERTIFI:
        found = _load_system_roots(context, policy.system_roots)
        if roots is Roots.SYSTEM and not found:
            raise UnavailableError("the system has no trusted roots where OpenSSL looks")


def _load_system_roots(context: ssl.SSLContext, given: str) -> bool:
    """Loads what the system trusts. False: nothing was found."""
    if not os.environ.keys() & _WHERE and (ders := certificates(given)):
        _load_readable(context, ders)
        return True
    before = context.cert_store_stats()["x509_ca"]
    context.load_default_certs()
    folder = ssl.get_default_verify_paths().capath
    return context.cert_store_stats()["x509_ca"] > before or (
        folder is not None and any(Path(folder).iterdir())
    )


def _load_readable(context: ssl.SSLContext, ders: list[bytes]) -> None:
    """Loads certificates, but for those that are damaged.

    From a file all are loaded at once, while other threads use the interpreter; from memory they can't.
    """
    try:
        with _as_file("".join(map(ssl.DER_cert_to_PEM_cert, ders))) as file:
            context.load_verify_locations(file)
    except ssl.SSLError:
        for der in ders:
            with contextlib.suppress(ssl.SSLError):  # one that is damaged
                context.load_verify_locations(cadata=der)


def _load_revocation_lists(context: ssl.SSLContext, lists: tuple[str, ...]) -> None:
    blocks = [block for text in lists for block in _blocks("a revocation list", text, "X509 CRL")]
    try:
        with _as_file("\n".join(blocks)) as file:
            context.load_verify_locations(file)
    except ssl.SSLError as error:
        raise PolicyError(f"the revocation lists can't be read: {_why(error)}") from None
    context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN


def _load_certificate(context: ssl.SSLContext, policy: TlsPolicy) -> None:
    blocks = _blocks("the client's certificate", policy.certificate, "CERTIFICATE")
    blocks += _blocks("the client's key", policy.key, _KEY)
    try:
        with _as_file("\n".join(blocks)) as file:
            context.load_cert_chain(file, password=_no_password)
    except ssl.SSLError as error:
        raise PolicyError(f"the client's certificate and key can't be used: {_why(error)}") from None


def _no_password() -> str:
    raise PolicyError("the client's key is encrypted; give it decrypted")


@contextlib.contextmanager
def _as_file(text: str) -> Iterator[str]:
    """Gives a text to OpenSSL, which reads some things from files only. A key reaches no disk if possible."""
    memory: Any = getattr(os, "memfd_create", None)
    if memory is not None and Path("/proc/self/fd").is_dir():
        with os.fdopen(memory("pem"), "w") as file:
            file.write(text)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
    else:
        with tempfile.TemporaryDirectory() as folder:  # nobody else can look into it
            path = Path(folder, "pem")
            path.write_text(text)
            yield str(path)


def certificates(text: str) -> list[bytes]:
    """The certificates of a PEM text, in DER; those that are no base64 are left out."""
    found = []
    for match in _BLOCK.finditer(text):
        with contextlib.suppress(ValueError):
            found.append(ssl.PEM_cert_to_DER_cert(match[0]))
    return found


def _blocks(what: str, text: str, kind: str) -> list[str]:
    """The blocks of a PEM text, without the comments between them. Keys may say more of their kind."""
    found = list(_BLOCK.finditer(text))
    if not found:
        raise PolicyError(f"{what} has no PEM block of the kind {kind!a}")
    for match in found:
        if match[1] != kind and not (kind == _KEY and match[1].endswith(f" {kind}")):
            raise PolicyError(f"{what} has a PEM block of the kind {match[1]!a}; wanted is {kind!a}")
    return [match[0] for match in found]


def _parse_pin(pin: str) -> bytes:
    match = _PIN.fullmatch(pin)
    try:
        if match is not None:
            return base64.b64decode(match[1], validate=True)
    except binascii.Error:
        pass
    raise PolicyError(f"the pin {pin!a} is not the base64 form of a SHA-256 digest")


def _why(error: ssl.SSLError) -> str:
    reason = error.reason or "IT_IS_EMPTY_OR_DAMAGED"
    return _ALSO.get(reason, reason).replace("_", " ").lower()
