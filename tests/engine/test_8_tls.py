"""Stage 8: PyHTTPClient over TLS, by the policies that scripts set by TLSOptions and by PyTLSPolicy."""

import contextlib
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from tests.engine.harness import Project, Run
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.certificates import Authority, Identity
from tests.loopback.network import taken, until
from tests.loopback.responses import HELLO, OK
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.tls_server import Handler, TlsServer, garble, reset, server_context, speak

from pythonscript_http.transport.certificate import parse_certificate

SUITES = ("tls.gd", "tls_policy.gd", "tls_clients.gd", "tls_bundle.gd", "tls_no_bundle.gd")
SETTINGS = {"tls_bundle.gd": "res://root.crt", "tls_no_bundle.gd": "res://absent.crt"}
"""What the suites' projects have as `certificate_bundle_override`."""
EXPECTED = {"tls_no_bundle.gd": ["Cannot open X509CertificateMbedTLS file 'res://absent.crt'"]}
"""What the engine itself says of it when it starts."""


@dataclass(frozen=True)
class World:
    """What the suites meet: files in their projects, and where servers listen."""

    files: Mapping[str, str]
    options: Sequence[str]
    environment: Mapping[str, str]


def _mutual(identity: Identity, trusted: str) -> ssl.SSLContext:
    context = server_context(identity, trusted=trusted)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _limited(identity: Identity) -> ssl.SSLContext:
    context = server_context(identity)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def _choosing(identity: Identity) -> ssl.SSLContext:
    context = server_context(identity)
    context.set_alpn_protocols(["http/1.1", "mine/1"])
    return context


def _asking(identity: Identity, trusted: str) -> ssl.SSLContext:
    context = server_context(identity, trusted=trusted)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _name_back(connection: ssl.SSLSocket) -> None:
    """Answers with the common name of the client's certificate."""
    der = connection.getpeercert(binary_form=True)  # first: who has left has none
    connection.recv(65536)
    name = b"nobody" if der is None else parse_certificate(der).subject.encode()
    connection.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(name) + name)


def _midway(leave: Callable[[ssl.SSLSocket], object]) -> Handler:
    """Leaves, in some way, in the middle of a body."""

    def handler(connection: ssl.SSLSocket) -> None:
        connection.recv(65536)
        connection.sendall(OK + b"Content-Length: 500000\r\n\r\n" + bytes(100_000))
        until(lambda: taken(connection))
        leave(connection)

    return handler


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root, stranger, system = Authority(), Authority("Stranger"), Authority("System Root")
    good, revoked = root.issue("localhost"), root.issue("localhost")
    client = root.issue(common_name="client")
    between = Authority("Intermediate", root).issue(common_name="client", key=client.key)
    large = root.issue(*(f"{number}.example" for number in range(300)))
    files = {
        "root.crt": f"# Wurzel für Prüfungen\n{root.pem}",
        "two.crt": f"# Zwei Wurzeln für Prüfungen\n{Authority('Another').pem}{root.pem}",
        "stranger.crt": stranger.pem,
        "good.crt": good.pem,
        "large.crt": large.pem,
        "client.crt": client.chain_pem,
        "client_chain.crt": between.chain_pem,
        "client.key": client.key_pem,
        "encrypted.key": client.encrypted_key_pem,
        "revoked.crl": root.revoke(revoked),
    }
    servers: dict[str, tuple[ssl.SSLContext, Handler]] = {
        "good": (_choosing(good), speak(HELLO)),
        "stranger": (server_context(stranger.issue("localhost")), speak(HELLO)),
        "system": (server_context(system.issue("localhost")), speak(HELLO)),
        "revoked": (server_context(revoked), speak(HELLO)),
        "tls_1_2": (_limited(good), speak(HELLO)),
        "mutual": (_mutual(good, root.pem), _name_back),
        "proxy": (_asking(system.issue("localhost"), root.pem), _name_back),
        "resets": (server_context(good), _midway(reset)),
        "garbles": (server_context(good), _midway(garble)),
        "cut": (server_context(good), speak(OK + b"\r\nhello", clean=False)),
    }
    folder = tmp_path_factory.mktemp("world")
    system_roots = folder / "system.crt"
    system_roots.write_text(system.pem)
    with contextlib.ExitStack() as stack:
        ports = {
            name: stack.enter_context(TlsServer(context, handler)).port
            for name, (context, handler) in servers.items()
        }
        ports["plain"] = stack.enter_context(ScriptedServer([ReadRequest(), HELLO])).port
        options = [f"--{name}={port}" for name, port in ports.items()]
        yield World(files, options, {"SSL_CERT_FILE": str(system_roots)})


def project(world: World, root: pytest.TempPathFactory, suite: str) -> Project:
    bundle = SETTINGS.get(suite, "")
    made = Project(
        root.mktemp("tls") / "p",
        scripts=["client_base.gd", "tls_base.gd", suite],
        addons=["trust"],
        client=True,
        settings={"network": [f'tls/certificate_bundle_override="{bundle}"']} if bundle else None,
    )
    for name, text in world.files.items():
        made.write(name, text)
    return made


@pytest.fixture(scope="module")
def run_of(world: World, tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        return project(world, tmp_path_factory, suite).run_suite(
            suite,
            *world.options,
            expected=EXPECTED.get(suite, ()),
            environment=world.environment,
            verbose=True,
        )

    return run


test_the_run, test_suite = suite_tests(*SUITES)


@pytest.mark.parametrize("file", ["keys", "absent/keys"])
def test_keys_are_logged_where_the_environment_says(
    world: World, tmp_path_factory: pytest.TempPathFactory, file: str
) -> None:
    """In a debug build, which the one under test is. Nothing of them is printed."""
    path = tmp_path_factory.mktemp("keys") / file
    there = path.parent.is_dir()
    run = project(world, tmp_path_factory, "tls_keys.gd").run_suite(
        "tls_keys.gd",
        *world.options,
        f"--there={there}",
        environment={"SSLKEYLOGFILE": str(path)},
        expected=[] if there else [f"the keys of connections can't be logged to {str(path)!r}: No such file"],
    )
    run.assert_clean()
    run.assert_passed("test_one_connection")
    assert path.is_file() == there
    assert not there or "CLIENT_TRAFFIC_SECRET_0 " in path.read_text()
    assert "TRAFFIC_SECRET" not in run.output
