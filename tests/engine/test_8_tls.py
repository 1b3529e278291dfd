"""Stage 8: PyHTTPClient over TLS, on the terms that scripts pass as TLSOptions."""

import pytest
from tests.engine.harness import Project, Run, functions
from tests.loopback.certificates import Authority
from tests.loopback.tls_server import TlsServer

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of the suite, against a server whose root nobody knows but the script."""
    root = Authority()
    project = Project(tmp_path_factory.mktemp("tls") / "p", scripts=["tls.gd"], client=True)
    roots = project.write("root.crt", root.pem)
    server = TlsServer(root.issue("localhost"), lambda connection: connection.sendall(ANSWER))
    with server:
        return project.run_suite("tls.gd", f"--port={server.port}", f"--roots={roots}", verbose=True)


def test_the_run(run: Run) -> None:
    run.assert_clean()


@pytest.mark.parametrize("name", functions("tls.gd"))
def test_suite(run: Run, name: str) -> None:
    run.assert_passed(name)
