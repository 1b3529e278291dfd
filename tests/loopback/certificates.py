"""Certificates of all kinds, made when they are asked for.

authority = Authority()
identity = authority.issue("localhost")  # trusted by whom trusts authority.pem
"""

import contextlib
import os
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

SECONDS: Final = 10.0
"""No step takes longer."""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

NOW: Final = datetime.now(UTC).replace(microsecond=0)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """A certificate, its key, and the certificates to send behind it."""

    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def chain_pem(self) -> str:
        """The certificate, and those behind it."""
        return self.pem + "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in self.chain)

    @property
    def key_pem(self) -> str:
        """The key."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @property
    def encrypted_key_pem(self) -> str:
        """The key, under a password."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        ).decode()

    @property
    def pin(self) -> str:
        """What to pin."""
        key = self.certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"sha256//{b64encode(sha256(key).digest()).decode('ascii')}"


class Authority:
    """Who issues certificates.

    Args:
        name: its common name.
        above: who issued its own; None: it did.
        key: its key; made if there is none.
        begin: since when it is valid.
        end: until when.
        lawful: its own certificate says that it may issue others.
    """

    def __init__(
        self,
        name: str = "Test Root",
        above: "Authority | None" = None,
        *,
        key: Key | None = None,
        begin: datetime = NOW - DAY,
        end: datetime = NOW + 30 * DAY,
        lawful: bool = True,
    ) -> None:
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, above.certificate.subject if above else _name(name), key, begin, end)
        builder = builder.add_extension(x509.BasicConstraints(ca=lawful, path_length=None), critical=True)
        builder = builder.add_extension(_usage(issues=lawful), critical=True)
        self.key: Key = key
        self.certificate: x509.Certificate = builder.sign(above.key if above else key, hashes.SHA256())
        self.chain: tuple[x509.Certificate, ...] = (self.certificate, *above.chain) if above else ()

    @property
    def pem(self) -> str:
        """Its certificate."""
        return Identity(self.certificate, self.key).pem

    @property
    def pin(self) -> str:
        """What to pin."""
        return Identity(self.certificate, self.key).pin

    def issue(
        self,
        *names: str,
        common_name: str = "server",
        key: Key | None = None,
        begin: datetime = NOW - DAY,
        end: datetime = NOW + 30 * DAY,
        purpose: x509.ObjectIdentifier | None = None,
        extra: x509.ExtensionType | None = None,
    ) -> Identity:
        """Issues a certificate.

        Args:
            names: DNS names and addresses.
            purpose: the only thing it may be used for; None: anything.
            extra: one more extension.
        """
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(common_name, self.certificate.subject, key, begin, end)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if extra is not None:
            builder = builder.add_extension(extra, critical=False)
        return Identity(builder.sign(self.key, hashes.SHA256()), key, self.chain)

    def issue_by_sha1(self, *names: str) -> Identity:
        """Issues a certificate by a digest that only `openssl` still signs by."""
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(_name("server"))
        request = request.add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        text = request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        with as_files(Identity(self.certificate, self.key)) as (certificate, private):
            command = [os.environ.get("OPENSSL", "openssl"), "x509", "-req", "-sha1", "-set_serial", "1"]
            command += ["-CA", certificate, "-CAkey", private, "-copy_extensions", "copy"]
            done = subprocess.run(command, input=text, check=True, capture_output=True, timeout=SECONDS)
        return Identity(x509.load_pem_x509_certificate(done.stdout), key, self.chain)

    def revoke(self, *revoked: Identity, end: datetime = NOW + DAY) -> str:
        """Issues a revocation list."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(NOW - 2 * DAY).next_update(end)
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(NOW - DAY).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def self_signed(*names: str) -> Identity:
    """A certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder("server", _name("server"), key, NOW - DAY, NOW + DAY)
    builder = builder.add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
    return Identity(builder.sign(key, hashes.SHA256()), key)


@contextlib.contextmanager
def as_files(identity: Identity) -> Iterator[tuple[str, str]]:
    """A certificate with its chain, and its key, as files."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder, "certificate"), Path(folder, "key")
        certificate.write_text(identity.chain_pem)
        key.write_text(identity.key_pem)
        yield str(certificate), str(key)


def der_item(tag: int, content: bytes) -> bytes:
    """An item of DER, its length in two bytes however short it is."""
    return b"%c\x82%b%b" % (tag, len(content).to_bytes(2), content)


def _builder(
    name: str, issuer: x509.Name, key: Key, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(begin).not_valid_after(end)


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found
