"""Whom to trust over TLS: the OpenSSL contexts that are made from policies, and their sessions.

What is checked: the chain up to a trusted root, validity, the name (RFC 9525: subject alternative names only,
whole wildcards only), keys and digests of 112 bits of security at least; if given, revocation lists and pins.
What is not: OCSP, stapled or asked for, and so what RFC 7633 says must be stapled: Python's `ssl` has none.
Off are: renegotiation, early data (Python's `ssl` has none), compression, finite-field Diffie-Hellman in TLS
1.2 (in TLS 1.3 Python's `ssl` leaves it on), and the session tickets of TLS 1.2, which put a session's keys
on the wire under one key of the server's. Sessions of TLS 1.2 are resumed by their ids; those of TLS 1.3 by
what it calls tickets, for which keys are agreed on anew (RFC 8446 section 2.2).
"""

import contextlib
import os
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import certifi

from pythonscript_http.exceptions import PolicyError, UnavailableError

from .certificate import parse_certificate
from .pem import CERTIFICATE, blocks
from .policy import (
    BAD_CERTIFICATE,
    BAD_LISTS,
    BAD_ROOTS,
    DAMAGED,
    ENCRYPTED_KEY,
    Roots,
    TlsPolicy,
    parse_pin,
    unwritable,
)

_ALSO: Final = dict.fromkeys(("NO_CERTIFICATE_ASSIGNED", "KEY_TYPE_MISMATCH"), "KEY_VALUES_MISMATCH")
"""What OpenSSL says of a key of another kind than its certificate's."""
_CIPHERS: Final = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
"""Of TLS 1.2, and how strong keys and digests must be: CPython's choice, which distributions change, without
finite-field Diffie-Hellman: the server chooses its size there, and 8192 bits take a third of a second."""
_SESSIONS: Final = 256
"""Of a policy; some 4 KiB each, mostly the peer's certificate."""
_SESSION_LIFETIME: Final = 7200.0
"""Seconds."""
_WHERE: Final = {"SSL_CERT_FILE", "SSL_CERT_DIR"}
"""Where OpenSSL looks for the system's roots, if somebody said so."""
_IDLE: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_CERTIFICATE: Final = 11
_CERTIFICATE_REQUEST: Final = 13
_HANDSHAKE: Final = 22


class TlsObject(ssl.SSLObject):
    """OpenSSL's side of one connection, and what was seen of its handshake."""

    certificates: bytes = b""
    """The message with the peer's certificates."""
    is_1_3: bool = False
    """That message has TLS 1.3's form."""
    certificate_wanted: bool = False
    """The peer asked for a certificate of ours."""


class TlsContext:
    """A policy made ready, and the sessions of its connections. Get it by `late.context_for`.

    Raises:
        LocalError: the policy can't be honoured.
    """

    def __init__(self, policy: TlsPolicy) -> None:
        self.policy: Final = policy
        self.ssl: Final = _build(policy)
        self.idle: Final = _build_idle(policy)
        """What a connection has for a context when its handshake is over: one that watches nothing."""
        self.pins: Final = frozenset(map(parse_pin, policy.pins))
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


def _build(policy: TlsPolicy) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(_CIPHERS)
    context.minimum_version = ssl.TLSVersion(policy.minimum)
    context.maximum_version = ssl.TLSVersion(policy.maximum)
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
            raise unwritable(policy.key_log, error) from None
    _rehearse(context)
    _watch(context)
    return context


def _rehearse(context: ssl.SSLContext) -> None:
    """Begins a handshake with nobody: the first one loads a codec, for names, and OpenSSL's algorithms."""
    made = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        made.do_handshake()


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
        try:
            _load_roots_of_ones_own(context, _blocks(roots))
        except ssl.SSLError as error:
            raise PolicyError(f"{BAD_ROOTS}: {_why(error)}") from None
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


def _load_roots_of_ones_own(context: ssl.SSLContext, certificates: list[str]) -> None:
    """Loads certificates from a file, all at once, while other threads use the interpreter; from memory, they
    could not. What is wrong with one OpenSSL says better from memory."""
    text = "\n".join(certificates)
    try:
        with _as_file(text) as file:
            context.load_verify_locations(file)
    except ssl.SSLError:
        context.load_verify_locations(cadata=text)


def _load_system_roots(context: ssl.SSLContext, given: Callable[[], str] | None) -> bool:
    """Loads what the system trusts. False: nothing was found."""
    if not os.environ.keys() & _WHERE and given is not None and (known := _blocks(given(), CERTIFICATE)):
        _load_readable(context, known)
        return True
    before = context.cert_store_stats()["x509_ca"]
    context.load_default_certs()
    folder = ssl.get_default_verify_paths().capath
    return context.cert_store_stats()["x509_ca"] > before or (
        folder is not None and any(Path(folder).iterdir())
    )


def _load_readable(context: ssl.SSLContext, certificates: list[str]) -> None:
    """Loads certificates, but for those that are damaged."""
    try:
        with _as_file("\n".join(certificates)) as file:
            context.load_verify_locations(file)
    except ssl.SSLError:
        for certificate in certificates:
            with contextlib.suppress(ssl.SSLError):  # one that is damaged
                context.load_verify_locations(cadata=certificate)


def _load_revocation_lists(context: ssl.SSLContext, lists: tuple[str, ...]) -> None:
    try:
        with _as_file("\n".join(block for text in lists for block in _blocks(text))) as file:
            context.load_verify_locations(file)
    except ssl.SSLError as error:
        raise PolicyError(f"{BAD_LISTS}: {_why(error)}") from None
    context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN


def _load_certificate(context: ssl.SSLContext, policy: TlsPolicy) -> None:
    try:
        with _as_file("\n".join([*_blocks(policy.certificate), *_blocks(policy.key)])) as file:
            context.load_cert_chain(file, password=_no_password)
    except ssl.SSLError as error:
        raise PolicyError(f"{BAD_CERTIFICATE}: {_why(error)}") from None


def _no_password() -> str:
    raise PolicyError(ENCRYPTED_KEY)


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


def _blocks(text: str, kind: str = "") -> list[str]:
    """The blocks of a PEM text, perhaps of one kind alone, without the comments between them."""
    return [block.text for block in blocks(text) if not kind or block.kind == kind]


def _why(error: ssl.SSLError) -> str:
    if not error.reason:
        return DAMAGED
    return _ALSO.get(error.reason, error.reason).replace("_", " ").lower()
