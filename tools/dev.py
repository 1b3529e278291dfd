#!/usr/bin/env python3
"""The one door to this repository: sets up, builds, runs, tests. Standard library only.

`python3 tools/dev.py demo` and `python3 tools/dev.py test` set up whatever they need;
`python3 tools/dev.py --help` lists the rest.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before a newer syntax is met
    sys.exit(f"tools/dev.py needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}")

sys.dont_write_bytecode = True  # the tree stays as it was cloned

import argparse  # noqa: E402
import os  # noqa: E402
import subprocess  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

from demo.server import serving  # noqa: E402
from devkit import (  # noqa: E402
    build,
    bundle,
    cache,
    children,
    client,
    display,
    engine,
    environment,
    global_scope,
    interface,
    lint,
    memcheck,
    project,
    pythons,
    reference,
    release,
    servers,
    stubs,
    templates,
    tested,
    testing,
    zig,
)
from devkit.console import Failure, say, sentence  # noqa: E402

DEMO_SECONDS = 60
"""The demo ends by itself long before; a limit for an engine that hangs."""


class Door:
    """The commands, and what they share.

    Args:
        godot: the engine that `--godot` named.
        arguments: those after the command.
    """

    def __init__(self, godot: str | None, arguments: list[str]) -> None:
        self._named = godot
        self._arguments = arguments

    def setup(self) -> int:
        """set everything up: environment, engine, compiled host, project files"""
        self._no_arguments()
        self._ready()
        return 0

    def build(self) -> int:
        """compile the host and the client"""
        self._no_arguments()
        env = self._environment()
        build.ensure(env)
        client.ensure(env)
        return 0

    def bundle(self) -> int:
        """write a zip with both addons and a Python home to dist/; --help tells its arguments"""
        asked = bundle.options(self._arguments)
        env = self._environment(zig.need)
        print(bundle.make(bundle.chosen(asked), env, asked.out))
        return 0

    def demo(self) -> int:
        """run the demo: PyHTTPClient and HTTPClient side by side against a local server; or --editor"""
        editor = self._arguments == ["--editor"]
        if not editor:
            self._no_arguments()
        _, godot = self._ready()
        with serving() as port:
            if editor:
                command = [str(godot.path), "--editor", "--path", str(project.ROOT)]
                env = {**os.environ, "PYTHONSCRIPT_DEMO_PORT": str(port)}
                return children.run(command, env=env, check=False).returncode
            arguments = [f"--port={port}", *(["--terminal"] if sys.stdout.isatty() else [])]
            scene = ("--headless", "--no-header", "--path", str(project.ROOT), "--", *arguments)
            try:
                return children.run([godot.path, *scene], timeout=DEMO_SECONDS, check=False).returncode
            except subprocess.TimeoutExpired:
                raise Failure(f"the demo did not end within {DEMO_SECONDS} s") from None

    def test(self) -> int:
        """run the tests, style and types included; arguments go to pytest"""
        env = self._tested(zig.need)
        zig.ensure(env)  # for the tests of bundles
        pytest = [str(env.python), "-m", "pytest"]
        return children.become([*pytest, *self._arguments]) if self._arguments else testing.run_all(pytest)

    def memcheck(self) -> int:
        """run the engine's tests with the host under AddressSanitizer; arguments go to pytest"""
        env = self._tested()
        command = [str(env.python), "-m", "pytest", *(self._arguments or memcheck.TESTS)]
        with memcheck.checked(env, Path(os.environ["GODOT"])) as variables:
            return children.run(command, env={**os.environ, **variables}).returncode

    def pythons(self) -> int:
        """run the tests with every Python of this machine, 3.11 to the newest; arguments go to pytest"""
        engine.need(self._named)  # said once if there is none
        named = [] if self._named is None else ["--godot", self._named]
        return pythons.run_each([__file__, *named, "test", *self._arguments])

    def conformance(self) -> int:
        """write docs/conformance.md anew; with prefixes of scenario names: play only those, write nothing"""
        return self._module("tests.conformance")

    def bench(self) -> int:
        """measure both clients and the host, and write docs/performance.md; `bench --help` tells of parts"""
        return self._module("tests.bench", zig.need)

    def pictures(self) -> int:
        """take pictures of the editor's panels, without a screen, into dist/pictures/; some for the pages"""
        os.environ["PICTURES_DISPLAY"] = str(display.ensure(self._environment(display.need)))
        return self._module("tests.pictures")

    def mutants(self) -> int:
        """mutation tests: put in one fault after another, list those that no test notices; takes an hour"""
        return self._module("tests.mutants")

    def godot(self) -> int:
        """run the engine in this project; arguments go to it"""
        _, godot = self._ready()
        return children.become([str(godot.path), "--path", str(project.ROOT), *self._arguments])

    def lint(self) -> int:
        """check style and types"""
        self._no_arguments()
        env = self._environment(self._engine_need)
        stubs.ensure(engine.ensure(self._named, env))  # which the types are checked against
        return 1 if lint.failures(env.tools) else 0

    def interface(self) -> int:
        """write the host's declarations of the engine's interface and global scope anew (needs Godot 4.6)"""
        self._no_arguments()
        godot = engine.ensure(self._named, self._environment(self._engine_need))
        interface.renew(godot, project.SOURCES)
        global_scope.renew(godot, project.FACADE)
        return 0

    def reference(self) -> int:
        """write docs/reference/ anew, from the docstrings"""
        self._no_arguments()
        _, godot = self._ready()
        reference.write(reference.pages(godot))
        return 0

    def release(self) -> int:
        """with --check: say whether version, changelog, pages, reference and bundles agree"""
        if self._arguments != ["--check"]:
            raise Failure(f"release knows --check only, not {' '.join(self._arguments) or 'nothing'}")
        _, godot = self._ready()
        return release.report(release.disagreements(reference.pages(godot)))

    def clean(self) -> int:
        """remove generated files from the tree; with --cache also the cache that all checkouts share"""
        if self._arguments not in ([], ["--cache"]):
            raise Failure(f"clean knows --cache only, not {' '.join(self._arguments)}")
        project.clean()
        if self._arguments:
            cache.clear()
        return 0

    def _module(self, name: str, *needs: Callable[[], cache.Need]) -> int:
        """Runs a module of the tests that writes a page of the docs.

        Args:
            name: the module's.
            needs: of what it sets up itself.
        """
        env = self._tested(*needs)
        addons = project.ROOT / "addons"
        places = (project.ROOT, addons, addons / "pythonscript", project.BIN, project.ROOT / "tools")
        os.environ["PYTHONPATH"] = os.pathsep.join(map(str, places))
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        return children.become([str(env.python), "-m", name, *self._arguments])

    def _tested(self, *needs: Callable[[], cache.Need]) -> environment.Environment:
        """Gets ready, with all that the tests run; they find it by these variables.

        Args:
            needs: of what is about to be set up besides.
        """
        env, godot = self._ready(servers.need, templates.need, *needs)
        os.environ["GODOT"] = str(godot.path)
        os.environ |= servers.ensure(env) | templates.ensure(env)
        return env

    def _no_arguments(self) -> None:
        if self._arguments:
            raise Failure(f"unknown argument {self._arguments[0]}: this command takes none")

    def _ready(self, *needs: Callable[[], cache.Need]) -> tuple[environment.Environment, engine.Engine]:
        """Gets ready what runs the project; says what it is.

        Args:
            needs: of what else is about to be set up.
        """
        env = self._environment(self._engine_need, *needs)
        godot = engine.ensure(self._named, env)
        os.environ |= engine.variables(godot)
        build.ensure(env)
        if not os.environ.get(client.PURE):
            client.ensure(env)
        project.register_extension()
        stubs.ensure(godot)
        say("engine", str(godot))
        say("versions", tested.describe(godot.version))
        return env, godot

    def _environment(self, *needs: Callable[[], cache.Need]) -> environment.Environment:
        """Every set-up begins with this: whatever would keep it from its end is said before it does anything.

        Args:
            needs: of what is set up besides the environment.
        """
        cache.prepare()
        project.require_writable()
        environment.require(environment.missing())
        cache.announce([need() for need in (environment.need, *needs)])
        return environment.ensure()

    def _engine_need(self) -> cache.Need:
        return engine.need(self._named)


COMMANDS: dict[str, Callable[[Door], int]] = {
    "setup": Door.setup,
    "build": Door.build,
    "bundle": Door.bundle,
    "demo": Door.demo,
    "test": Door.test,
    "memcheck": Door.memcheck,
    "pythons": Door.pythons,
    "conformance": Door.conformance,
    "bench": Door.bench,
    "mutants": Door.mutants,
    "pictures": Door.pictures,
    "godot": Door.godot,
    "lint": Door.lint,
    "interface": Door.interface,
    "reference": Door.reference,
    "release": Door.release,
    "clean": Door.clean,
}


def split(argv: list[str]) -> tuple[list[str], list[str]]:
    """Parts a command line into what is ours and the command's arguments, which stay as they are (`--` too).

    `--godot` is ours before the command and right after it.
    """
    end = 0
    while argv[end : end + 1] and argv[end].startswith("-"):
        end += 2 if argv[end] == "--godot" else 1
    end += 1
    after = "".join(argv[end : end + 1])
    end += 2 if after == "--godot" else after.startswith("--godot=")
    return argv[:end], argv[end:]


def main(argv: list[str]) -> int:
    """Runs one command; returns its exit code."""
    commands = "\n".join(f"  {name:<11} {function.__doc__}" for name, function in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="tools/dev.py",
        usage="%(prog)s [--help] [--godot PATH] command ...",
        description="Sets up, builds, tests and runs this project. Needs Python 3.11+, its headers and gcc.",
        epilog=f"commands:\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--godot", metavar="PATH", help="an engine of your own, 4.2 or newer (also: $GODOT)")
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="one of those below")
    ours, arguments = split(argv)
    options = parser.parse_args(ours)
    try:
        return COMMANDS[options.command](Door(options.godot, arguments))
    except Failure as failure:
        print(f"tools/dev.py: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"tools/dev.py: {sentence(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ntools/dev.py: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
