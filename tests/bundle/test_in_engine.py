"""The zip, unpacked into an empty project: the client works, and nothing of this machine's Python is used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.engine.harness import Project, Run
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.certificates import Authority
from tests.loopback.responses import OK
from tests.loopback.server import Server
from tests.loopback.tls_server import TlsServer, speak

from devkit import home
from devkit.project import EXTENSION

SUITE = "bundled.gd"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"


@pytest.fixture(scope="module")
def run_of(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    authority = Authority()
    scripts = (SUITE, "tls_base.gd", "client_base.gd")
    project = Project(tmp_path_factory.mktemp("bundled") / "p", scripts=scripts, addons=["probe"], host=False)
    with ZipFile(bundle) as file:
        file.extractall(project.root)
    project.write(".godot/extension_list.cfg", f"{EXTENSION}\n")
    project.write("root.crt", authority.pem)

    @cache
    def run(suite: str) -> Run:
        with Server() as server, TlsServer(authority.issue("localhost"), speak(HELLO)) as secured:
            options = (f"--port={server.port}", f"--good={secured.port}")
            return project.run_suite(suite, *options, environment={"PYTHONSCRIPT_HOME": ""})

    return run


test_the_run, test_suite = suite_tests(SUITE)


def mapped(run: Run) -> set[str]:
    return {line.removeprefix("MAPPED ") for line in run.lines if line.startswith("MAPPED ")}


def test_every_library_is_the_bundles_glibcs_or_the_engines(run_of: RunOf, tmp_path: Path) -> None:
    project = Project(tmp_path / "p", host=False)
    project.write(
        "maps.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n\tvar output := []\n"
        "\tOS.execute('cat', ['/proc/%d/maps' % OS.get_process_id()], output)\n"
        "\tfor line: String in (output[0] as String).split('\\n'):\n"
        "\t\tif '.so' in line:\n\t\t\tprint('MAPPED ', line.substr(line.find('/')))\n\tquit()\n",
    )
    bare = project.run("--headless", "--script", "res://maps.gd")
    assert len(mapped(bare)) > 10
    libraries = mapped(run_of(SUITE)) - mapped(bare)
    ours = {path for path in libraries if "/addons/pythonscript/" in path}
    assert len(ours) > 20
    assert {path for path in libraries - ours if not home.GLIBCS.fullmatch(Path(path).name)} == set()
