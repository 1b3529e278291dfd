"""The zip, unpacked into an empty project: the client works, and nothing of this machine's Python is used."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.engine.harness import Project, Run, functions
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.certificates import Authority
from tests.loopback.responses import HELLO
from tests.loopback.server import Server
from tests.loopback.tls_server import TlsServer, speak

from devkit import bundle as bundles
from devkit import environment, home, interpreter
from devkit.environment import Environment
from devkit.project import EXTENSION

SUITE = "bundled.gd"
SMALL = f"{SUITE} without sources"
"""The same suite, in a bundle in which the standard library is bytecode alone."""


@pytest.fixture(scope="module")
def run_of(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    authority = Authority()
    scripts = (SUITE, "tls_base.gd", "client_base.gd")

    @cache
    def run(kind: str) -> Run:
        folder = tmp_path_factory.mktemp("bundled")
        project = Project(folder / "p", scripts=scripts, addons=["probe"], host=False)
        with ZipFile(bundle if kind == SUITE else small(folder)) as file:
            file.extractall(project.root)
        project.write(".godot/extension_list.cfg", f"{EXTENSION}\n")
        project.write("root.crt", authority.pem)
        with Server() as server, TlsServer(authority.issue("localhost"), speak(HELLO)) as secured:
            options = (f"--port={server.port}", f"--good={secured.port}")
            return project.run_suite(SUITE, *options, environment={"PYTHONSCRIPT_HOME": ""})

    return run


def small(folder: Path) -> Path:
    """Makes a bundle that has to be smaller."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(bundles, "ZIPPED", 1)
        return bundles.make(interpreter.at(environment.base()), Environment(Path(sys.prefix)), folder)


test_the_run, test_suite = suite_tests(SUITE)


def test_a_standard_library_of_bytecode_alone_does_too(run_of: RunOf) -> None:
    run = run_of(SMALL)
    run.assert_clean()
    for name in functions(SUITE):
        run.assert_passed(name)


def test_only_the_packages_have_sources_then(tmp_path: Path, bundle: Path) -> None:
    with ZipFile(bundle) as file, ZipFile(small(tmp_path)) as smaller:
        usual, names = set(file.namelist()), set(smaller.namelist())
    sources = {name for name in names if "/lib/python3" in name and name.endswith(".py")}
    assert {name.split("/site-packages/")[1].split("/")[0] for name in sources} >= {
        "certifi",
        "httptools",
        "idna",
    }
    assert {name for name in names - usual if not name.endswith(".pyc")} == set()
    assert any(name.endswith("/json/decoder.pyc") for name in names)
    assert all(name.startswith("addons/pythonscript/python/") for name in usual ^ names)


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
    ours = {path for path in libraries if "/addons/pythonscript" in path}
    assert len(ours) > 20
    assert len([path for path in ours if "/addons/pythonscript_http/bin/" in path]) == 1
    assert {path for path in libraries - ours if not home.GLIBCS.fullmatch(Path(path).name)} == set()
