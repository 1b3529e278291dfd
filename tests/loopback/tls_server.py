"""Certificates of all kinds, made when they are asked for, and TLS servers on the loopback interface.

authority = Authority()
with TlsServer(authority.issue("localhost"), speak(b"hello")) as server:
    ...  # talk to 127.0.0.1, server.port; trust authority.pem
"""

import contextlib
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

SECONDS: Final = 10.0
"""No step takes longer."""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Handler = Callable[[ssl.SSLSocket], object]

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
        digest = hashes.Hash(hashes.SHA256())
        digest.update(
            self.certificate.public_key().public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        return f"sha256//{_base64(digest.finalize())}"


class Authority:
    """Who issues certificates.

    Args:
        name: its common name.
        above: who issued its own; None: it did.
        key: its key; made if there is none.
        begin: since when it is valid.
        end: until when.
    """

    def __init__(
        self,
        name: str = "Test Root",
        above: "Authority | None" = None,
        *,
        key: Key | None = None,
        begin: datetime = NOW - DAY,
        end: datetime = NOW + 30 * DAY,
    ) -> None:
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, above.certificate.subject if above else _name(name), key, begin, end)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_usage(), critical=True)
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
    ) -> Identity:
        """Issues a certificate.

        Args:
            names: DNS names and addresses.
        """
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(common_name, self.certificate.subject, key, begin, end)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        return Identity(builder.sign(self.key, hashes.SHA256()), key, self.chain)

    def issue_by_sha1(self, *names: str) -> Identity:
        """Issues a certificate by a digest that only `openssl` still signs by."""
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(_name("server"))
        request = request.add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        text = request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        with as_files(Identity(self.certificate, self.key)) as (certificate, private):
            command = ["openssl", "x509", "-req", "-CA", certificate, "-CAkey", private, "-sha1"]
            command += ["-set_serial", "1", "-copy_extensions", "copy"]
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


def server_context(identity: Identity, *, trusted: str = "") -> ssl.SSLContext:
    """What a server presents.

    Args:
        identity: its certificate.
        trusted: who must have issued the client's certificate; empty: it needs none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with as_files(identity) as (certificate, key):
        context.load_cert_chain(certificate, key)
    if trusted:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=trusted)
    return context


@contextlib.contextmanager
def as_files(identity: Identity) -> Iterator[tuple[str, str]]:
    """A certificate with its chain, and its key, as files."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder, "certificate"), Path(folder, "key")
        certificate.write_text(identity.chain_pem)
        key.write_text(identity.key_pem)
        yield str(certificate), str(key)


@dataclass
class Seen:
    """What a server saw of its clients."""

    resumed: list[bool] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    clients: list[bytes | None] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)


class TlsServer:
    """Serves TLS, each connection in a thread.

    Args:
        identity: its certificate; or a context of one's own.
        handler: what it does with each connection, which is closed afterwards without close_notify.
        before: what it does before the handshake.
        buffer: bytes of the socket's buffers; 0: as the system has them.
    """

    def __init__(
        self,
        identity: Identity | ssl.SSLContext,
        handler: Handler,
        *,
        before: Callable[[socket.socket], object] | None = None,
        buffer: int = 0,
    ) -> None:
        self.context = identity if isinstance(identity, ssl.SSLContext) else server_context(identity)
        self.context.sni_callback = self._name
        self._handler = handler
        self._before = before
        self._buffer = buffer
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.seen = Seen()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(SECONDS)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        if self._buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._buffer)
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            try:
                if self._before is not None:
                    self._before(connection)
                with self.context.wrap_socket(connection, server_side=True) as secured:
                    self.seen.resumed.append(bool(secured.session_reused))
                    self.seen.clients.append(secured.getpeercert(binary_form=True))
                    self._handler(secured)
            except OSError as error:
                self.seen.errors.append(str(error))

    def _name(self, _: object, name: str | None, __: object) -> None:
        self.seen.names.append(name)


def speak(answer: bytes, *, clean: bool = True) -> Handler:
    """Answers what comes first, and ends: with close_notify, or without."""

    def handler(connection: ssl.SSLSocket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        if clean:
            connection.unwrap()

    return handler


def reset(connection: socket.socket) -> None:
    """Ends a connection with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextlib.contextmanager
def openssl_server(identity: Identity, *options: str) -> Iterator[int]:
    """`openssl s_server -www` with options; gives its port."""
    with as_files(identity) as (certificate, key):
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"]
        command += ["-cert_chain", certificate, *options]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                assert process.stdout is not None
                lines = iter(process.stdout.readline, "")
                line = next((line for line in lines if line.startswith("ACCEPT ")), "")
                assert line, "openssl s_server did not start"
                yield int(line.rpartition(":")[2])
            finally:
                process.terminate()


def _builder(
    name: str, issuer: x509.Name, key: Key, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(begin).not_valid_after(end)


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
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


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode("ascii")
