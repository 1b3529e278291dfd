"""Why TLS failed, in words: OpenSSL's codes and what the peer's certificates say, as one sentence."""

import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from .certificate import Certificate, parse_certificate, parse_message, public_key
from .trust import TlsObject

_MOST_NAMES: Final = 8
_LONGEST: Final = 100
"""Characters of a name, or bytes of an answer, that are repeated."""


def reason(
    error: ssl.SSLError, seen: TlsObject, name: str, begin: bytes = b"", *, given: bool = False
) -> str:
    """Tells why OpenSSL gave up.

    Args:
        error: what it said.
        seen: the connection.
        name: whom it should have been.
        begin: the first bytes that came, if the handshake was still under way.
        given: there was a client certificate to be had.
    """
    if isinstance(error, ssl.SSLZeroReturnError):
        return "it ended the connection by close_notify, in the middle of the handshake"
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error, _certificates(seen), name)
    # A record of TLS begins with its content type, from 20 on, and with a version, which is 3.something.
    if begin and not (20 <= begin[0] <= 23 and begin[1:2] in (b"\3", b"")):
        return f"not TLS at all: it answered {begin[:_LONGEST]!a}"
    code = _code(error)
    if code.endswith(_REFUSALS) and seen.certificate_wanted:
        why = "refused the one given" if given else "none was given"
        return f"it wants a client certificate, and {why} ({_plain(code)})"
    if code in _REASONS:
        return _known(code)
    if "_ALERT_" in code:
        return f"the peer refused the connection ({_plain(code)})"
    if begin[:1] == _ALERT and len(begin) >= 7:  # OpenSSL knows no name for it
        return f"the peer refused the connection by the alert {begin[6]} (RFC 8446 section 6)"
    return _plain(code)


def is_end(error: ssl.SSLError) -> bool:
    """The connection ended without close_notify (RFC 8446 section 6.1).

    The type of the error does not tell. Before CPython 3.11.3 this end is a plain SSLError (gh-95494); and
    SSLEOFError, without a reason, is also what follows every failure.
    """
    if ssl.OPENSSL_VERSION_INFO < (3,):  # which has no such reason
        return isinstance(error, ssl.SSLEOFError)
    return _code(error) == "UNEXPECTED_EOF_WHILE_READING"


def end_reason(error: ssl.SSLError) -> str:
    """Tells why OpenSSL gave up a connection that stood."""
    code = _code(error)
    if "_ALERT_" in code:
        return f"the peer ended the connection by an alert ({_plain(code)})"
    if code == "WRONG_VERSION_NUMBER":  # of a record; the version of the connection was agreed on before
        return f"{_BROKEN} ({_plain(code)})"
    return _known(code)


def is_refusal(error: ssl.SSLError, seen: TlsObject) -> bool:
    """The peer wanted a certificate of ours, and has refused the one it got, or that it got none."""
    code = _code(error)
    return seen.certificate_wanted and (code.endswith(_REFUSALS) or _REASONS.get(code) == _BAD_CERTIFICATE)


def pin_mismatch(keys: Sequence[bytes], pins: frozenset[bytes]) -> str:
    """Tells which pins were wanted and which were found."""
    wanted = ", ".join(sorted(pin_of(pin) for pin in pins))
    return f"pin mismatch: wanted {wanted}; found {', '.join(map(pin_of, keys)) or 'no key that can be read'}"


def pin_of(digest: bytes) -> str:
    """Writes a pin as policies and curl have it."""
    return f"sha256//{b64encode(digest).decode('ascii')}"


def key_digest(der: bytes) -> bytes:
    """What is pinned of a certificate (RFC 7469 section 2.4).

    Raises:
        ValueError: it is malformed.
    """
    return sha256(public_key(der)).digest()


def _certificates(seen: TlsObject) -> list[Certificate]:
    """What the peer sent, as far as it can be read: it has been refused already."""
    try:
        return [parse_certificate(der) for der in parse_message(seen.certificates, is_1_3=seen.is_1_3)]
    except (ValueError, IndexError):
        return []


def _untrusted(error: ssl.SSLCertVerificationError, chain: list[Certificate], name: str) -> str:
    describe = _VERDICTS.get(error.verify_code)
    if describe is None or not chain:
        return f"its certificate is not trusted: {error.verify_message}"
    return describe(chain, name)


def _expired(chain: list[Certificate], _: str) -> str:
    now = datetime.now(UTC)
    late = next((one for one in chain if one.not_after < now), None)
    if late is None:  # then it is the root, which the peer need not send
        return "a certificate above those it sent has expired"
    return f"{_which(late, chain)} expired on {_date(late.not_after)}"


def _not_yet_valid(chain: list[Certificate], _: str) -> str:
    now = datetime.now(UTC)
    early = next((one for one in chain if one.not_before > now), None)
    if early is None:
        return "a certificate above those it sent is not yet valid"
    return f"{_which(early, chain)} is not valid before {_date(early.not_before)}"


def _self_signed(chain: list[Certificate], _: str) -> str:
    return f"its certificate is self-signed, by {_quoted(chain[0].subject)}, and not trusted"


def _unknown_root(chain: list[Certificate], _: str) -> str:
    return f"unknown issuer {_quoted(chain[-1].subject)}: the root that it sent is not trusted"


def _unknown_issuer(chain: list[Certificate], _: str) -> str:
    text = f"unknown issuer {_quoted(chain[-1].issuer)}"
    if len(chain) == 1:
        return f"{text}: not a trusted root, or an intermediate certificate that the server does not send"
    return f"{text} of the last of the {len(chain)} certificates that it sent"


def _mismatch(chain: list[Certificate], name: str) -> str:
    names = chain[0].names
    found = ", ".join(map(_quoted, names[:_MOST_NAMES])) or "no names at all"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"its certificate is for other names: wanted {_quoted(name)}, found {found}{more}"


def _constant(text: str) -> Callable[[list[Certificate], str], str]:
    def describe(chain: list[Certificate], _: str) -> str:
        return f"{text} (its certificate: {_quoted(chain[0].subject)})"

    return describe


_VERDICTS: Final = {  # X509_V_ERR_*, as openssl/x509_vfy.h numbers them
    3: _constant("no revocation list was given for a certificate of its chain"),
    9: _not_yet_valid,
    10: _expired,
    11: _constant("a revocation list is not yet in force"),
    12: _constant("a revocation list has expired"),
    18: _self_signed,
    19: _unknown_root,
    20: _unknown_issuer,
    21: _unknown_issuer,
    23: _constant("a certificate of its chain is revoked"),
    62: _mismatch,
    64: _mismatch,
    66: _constant("weak key in its certificate"),
    67: _constant("weak key in a certificate above its own"),
    68: _constant("weak digest in a signature of its chain"),
}

_NO_VERSION: Final = "no common version of TLS"
_NO_CIPHER: Final = "no common cipher, or another parameter that is not acceptable to it"
_WEAK: Final = "weak key exchange"
_BAD_CERTIFICATE: Final = "it refused the client certificate"
_BROKEN: Final = "what it sent is damaged"
_REASONS: Final = {
    "UNSUPPORTED_PROTOCOL": _NO_VERSION,
    "TLSV1_ALERT_PROTOCOL_VERSION": _NO_VERSION,
    "WRONG_VERSION_NUMBER": _NO_VERSION,
    "WRONG_SSL_VERSION": _NO_VERSION,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": _NO_CIPHER,
    "SSL/TLS_ALERT_HANDSHAKE_FAILURE": _NO_CIPHER,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": _NO_CIPHER,
    "DH_KEY_TOO_SMALL": _WEAK,
    "BAD_DH_VALUE": _WEAK,
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "it is open to renegotiation attacks (RFC 5746)",
    "TLSV1_ALERT_UNKNOWN_CA": _BAD_CERTIFICATE,
    "SSLV3_ALERT_BAD_CERTIFICATE": _BAD_CERTIFICATE,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _BAD_CERTIFICATE,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": _BAD_CERTIFICATE,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _BAD_CERTIFICATE,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": _BAD_CERTIFICATE,
    "TLSV1_UNRECOGNIZED_NAME": "it does not know this host name",
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": "it does not speak HTTP/1.1 there (ALPN)",
    "TLSV1_ALERT_INTERNAL_ERROR": "the peer has an internal error",
    "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": _BROKEN,
    "PACKET_LENGTH_TOO_LONG": _BROKEN,
    "DATA_LENGTH_TOO_LONG": _BROKEN,
    "RECORD_LAYER_FAILURE": _BROKEN,  # since OpenSSL 3.2, whatever is wrong with a record
}
_ALERT: Final = b"\x15"
_REFUSALS: Final = ("ALERT_HANDSHAKE_FAILURE", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_REQUIRED")


def _which(one: Certificate, chain: list[Certificate]) -> str:
    return "its certificate" if one is chain[0] else f"the certificate of its issuer {_quoted(one.subject)}"


def _date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _quoted(text: str) -> str:
    """As a literal in ASCII, for it is the peer's: no line feed of theirs reaches a log."""
    return ascii(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")


def _code(error: ssl.SSLError) -> str:
    """OpenSSL's code; where Python does not know it, from `[SSL] tlsv1 alert unknown (_ssl.c:1006)`."""
    words = str(error).rpartition("] ")[2].partition(" (_ssl.c")[0]
    return error.reason or words.replace(" ", "_").upper()


def _known(code: str) -> str:
    """What a code means, if that is known, and its own words."""
    return f"{_REASONS[code]} ({_plain(code)})" if code in _REASONS else _plain(code)


def _plain(code: str) -> str:
    return code.replace("_", " ").lower()
