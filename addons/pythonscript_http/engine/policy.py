"""`PyTLSPolicy`, and what scripts ask of TLS, by it and by TLSOptions, as one policy of `transport.trust`."""

from __future__ import annotations

import functools
from enum import IntEnum
from typing import Any

from godot import (
    OS,
    CryptoKey,
    Error,
    FileAccess,
    PackedStringArray,
    ProjectSettings,
    Resource,
    TLSOptions,
    X509Certificate,
    export,
    gdclass,
)
from pythonscript_http.exceptions import PolicyError, UnavailableError, UnreadableFileError
from pythonscript_http.transport.policy import Roots, TlsPolicy

from .certificates import content_of, pem_of

_VERSIONS = ("TLS 1.2:771", "TLS 1.3:772")


@gdclass(tool=True)
class PyTLSPolicy(Resource):
    """The TLS policy of a `PyHTTPClient`, beyond what `TLSOptions` can say.

    It counts as of the next `connect_to_host` of the clients whose `tls_policy` it is; what cannot be
    honoured is an error there, and nothing is sent. Trusted roots of one's own, another name and
    `client_unsafe` are said by `TLSOptions`, also together with a policy.
    """

    class Version(IntEnum):
        VERSION_TLS_1_2 = 0x0303
        """TLS 1.2 (RFC 5246)."""
        VERSION_TLS_1_3 = 0x0304
        """TLS 1.3 (RFC 8446)."""

    class Roots(IntEnum):
        ROOTS_PROJECT = 0
        """The project's `network/tls/certificate_bundle_override`, or else Mozilla's and the system's."""
        ROOTS_SYSTEM = 1
        """The operating system's alone."""
        ROOTS_MOZILLA = 2
        """Mozilla's alone: the same on every machine."""

    # As int, what is no version is not lost on the way but refused when it is to be honoured.
    minimum_version: int = export(Version.VERSION_TLS_1_2, enum=_VERSIONS)
    """The oldest version of TLS that is spoken, one of `Version`."""
    maximum_version: int = export(Version.VERSION_TLS_1_3, enum=_VERSIONS)
    """The newest version of TLS that is spoken, one of `Version`."""
    roots: int = export(Roots.ROOTS_PROJECT, enum=("Project:0", "System:1", "Mozilla:2"))
    """Whose certificates are trusted, where `TLSOptions` bring none of their own, one of `Roots`.

    It holds for proxies too.
    """
    pins: PackedStringArray = export(None)
    """Keys of which the server, or one above it in its verified chain, must have one.

    Each is the base64 form of a SHA-256 digest of SubjectPublicKeyInfo, perhaps with `sha256//` before it, as
    `get_tls_info` tells them. Pin a second key that is kept in reserve, or a lost key locks all clients out.
    Set the array as a whole: to append to it, as it is read, changes a copy.
    """
    revocation_lists: PackedStringArray = export(None)
    """Certificate revocation lists (RFC 5280) as PEM texts.

    If there are any, each certificate of the server's chain needs one that is in force, and must not be on
    it. Nothing is fetched, and OCSP, stapled or not, is not checked.
    """
    client_certificate: X509Certificate | None = export(None)
    """The client's own certificate, with intermediate ones behind it, for servers that ask for one."""
    client_key: CryptoKey | None = export(None)
    """The private key of `client_certificate`."""
    alpn: PackedStringArray = export(["http/1.1"])
    """The protocols to offer (RFC 7301); none of those that are not spoken here, as `h2`."""
    ignore_unexpected_eof: bool = export(False)
    """If `true`, the end of a connection ends a body of unknown length even if the server did not say that it
    was the end; anybody may have cut such a body short."""

    def _fields(self) -> dict[str, Any]:
        """The same as fields of a TlsPolicy, but for the roots."""
        certificate, key = self.client_certificate, self.client_key
        if key is not None and key.is_public_only():
            text = "client_key has no private key: it is a public one, or the engine could not read it, as"
            text += " it does RSA and ECDSA keys that are not encrypted"
            raise PolicyError(text)
        return {
            "minimum": _version("minimum_version", self.minimum_version),
            "maximum": _version("maximum_version", self.maximum_version),
            "pins": tuple(self.pins),
            "revocation_lists": tuple(self.revocation_lists),
            "certificate": "" if certificate is None else pem_of(certificate, "client_certificate"),
            "key": "" if key is None else key.save_to_string(),
            "alpn": tuple(self.alpn),
            "ignore_unexpected_eof": self.ignore_unexpected_eof,
        }


def policy_of(options: TLSOptions | None, policy: PyTLSPolicy | None) -> TlsPolicy:
    """What scripts ask for.

    Raises:
        LocalError: it cannot be honoured, or not read.
    """
    fields = {} if policy is None else policy._fields()
    if options is not None:
        fields |= _fields_of(options)
    if policy is not None and policy.roots != PyTLSPolicy.Roots.ROOTS_PROJECT:
        if "roots" in fields:
            text = "the TLSOptions have trusted certificates, so the policy's roots have no effect"
            raise PolicyError(text)
        fields["roots"] = _roots_of(policy)
    return policy_with(fields)


def policy_with(fields: dict[str, Any]) -> TlsPolicy:
    """A TLS policy of fields of a `TlsPolicy`; for what they do not say, what the project has.

    Raises:
        LocalError: it cannot be honoured, or not read.
    """
    if "roots" not in fields and not fields.get("unsafe"):
        fields = {**fields, "roots": _default_roots()}
    return TlsPolicy(**fields, **_surroundings())


def proxy_policy_of(policy: PyTLSPolicy | None) -> TlsPolicy:
    """The TLS policy for proxies: pins, certificates and the rest are between us and the host.

    Raises:
        LocalError: the roots cannot be read.
    """
    roots = _default_roots() if policy is None else _roots_of(policy)
    return TlsPolicy(roots=roots, **_surroundings())


def _fields_of(options: TLSOptions) -> dict[str, Any]:
    """What TLSOptions say; without `roots` where they have none.

    Raises:
        LocalError: they are a server's, or this engine does not let them be read.
    """
    if not options.has_method("is_server"):
        text = "TLSOptions cannot be read before Godot 4.3: pass none, and use a PyTLSPolicy"
        raise UnavailableError(text)
    if options.is_server():
        raise PolicyError("these TLSOptions are for a server, not for a client")
    fields: dict[str, Any] = {"unsafe": options.is_unsafe_client()}
    fields["common_name"] = options.get_common_name_override()
    chain = options.get_trusted_ca_chain()
    if chain is not None:
        fields["roots"] = pem_of(chain, "the trusted chain of the TLSOptions")
    return fields


def _roots_of(policy: PyTLSPolicy) -> Roots | str:
    if policy.roots == PyTLSPolicy.Roots.ROOTS_SYSTEM:
        return Roots.SYSTEM
    if policy.roots == PyTLSPolicy.Roots.ROOTS_MOZILLA:
        return Roots.CERTIFI
    if policy.roots != PyTLSPolicy.Roots.ROOTS_PROJECT:
        text = f"roots: {policy.roots} is none of ROOTS_PROJECT, ROOTS_SYSTEM and ROOTS_MOZILLA"
        raise PolicyError(text)
    return _default_roots()


def _version(name: str, number: int) -> int:
    if number not in [*PyTLSPolicy.Version]:
        text = f"{name}: {number} is neither VERSION_TLS_1_2 nor VERSION_TLS_1_3"
        raise PolicyError(text)
    return number


def _default_roots() -> Roots | str:
    """The project's own bundle of roots if it has one, or else all there are."""
    path = str(ProjectSettings.get_setting("network/tls/certificate_bundle_override", ""))
    return _bundle(path) if path else Roots.BOTH


@functools.lru_cache(1)
def _bundle(path: str) -> str:
    """The content of a bundle, read once as by the engine."""
    text = content_of(path)
    if text is None:
        why = Error(FileAccess.get_open_error()).name
        message = f"the project's certificate bundle {path!a} cannot be read: {why}"
        raise UnreadableFileError(message)
    return text


def _surroundings() -> dict[str, Any]:
    """What the engine knows of the machine, as fields of a TlsPolicy."""
    return {"system_roots": _system_roots, "key_log": _key_log()}


@functools.cache
def _system_roots() -> str:
    """The operating system's roots; to read them takes milliseconds."""
    return OS.get_system_ca_certificates()


def _key_log() -> str:
    """Where a debug build writes the keys of its connections, for those who debug what they carry."""
    return OS.get_environment("SSLKEYLOGFILE") if OS.is_debug_build() else ""
