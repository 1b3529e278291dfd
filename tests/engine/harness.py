"""Runs the engine on a throw-away project, and finds everything that is wrong with what it did.

    run = Project(tmp_path, scripts=["engine_alone.gd"]).run_suite("engine_alone.gd")
    run.assert_clean()

A *suite* is a GDScript file that extends `scripts/suite.gd`; `scripts/runner.gd` calls its `test_` functions,
or in the editor a plugin, `addons/suite_in_editor`. They talk to us by lines on the output:

    TEST name            a test begins
    PASS what            a check that held
    FAIL what            one that did not, with what was got and wanted
    EXPECT text          an error or warning with this text is about to come
    END passed failed    the tally: the engine is about to quit

Whatever the engine does besides makes the run a failure: an error or warning that nobody announced, one that
was announced and did not come, a leak, a crash, a wrong exit code, a missing end, and quitting that takes
over a second.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from devkit import children
from devkit.project import EXTENSION, ROOT

HERE: Final = Path(__file__).resolve().parent
HOST: Final = Path(os.environ.get("PYTHONSCRIPT_ADDON", ROOT / "addons" / "pythonscript"))
"""The addon under test; `tools/dev.py memcheck` has one of its own."""
CLIENT: Final = ROOT / "addons" / "pythonscript_http"

SECONDS: Final = 150.0
"""No run is silent for longer; one that would be is stopped, and has failed."""
LONGEST: Final = 1200.0
"""Seconds: nor does one talk for longer."""
QUITTING: Final = 1.0
"""Seconds from the end marker to the end of the process, without those in which it waits for a processor."""
EDITORS_QUITTING: Final = 3.0
"""The same in the editor; a bare one takes up to half of it, when it writes the cache of its help."""

_RUNNER: Final = "suite_in_editor"
HOMES: Final = ("CONFIG", "DATA", "CACHE")
"""Where the editor keeps what is not the project's: $XDG_CONFIG_HOME and so on."""

_NO_END: Final = "the end marker is missing"

_REPORT = re.compile(r"(SCRIPT ERROR|SHADER ERROR|PARSE ERROR|USER ERROR|USER WARNING|ERROR|WARNING): ")
_PROTOCOL = re.compile(r"(TEST|PASS|FAIL|EXPECT|END) ")
_DISASTER = re.compile(
    r"Unicode parsing error"
    r"|Leaked instance|Orphan StringName|unclaimed string names|handle_crash|Program crashed"
    r"|Fatal Python error|Exception ignored in|terminate called|free\(\): |malloc\(\): |corrupted|Sanitizer: "
)
_EDITORS = frozenset(
    {
        # quirk - Godot 4.6 - any project's editor says this (test_0_harness.py) - drop when it does not
        "Orphan StringName: Node (static: 3, total: 4)",
        "StringName: 1 unclaimed string names at exit.",
    }
)
"""What the editor itself leaves behind."""


def engine() -> str:
    """The engine under test.

    Raises:
        RuntimeError: nobody has named one.
    """
    path = os.environ.get("GODOT", "")
    if not path or not Path(path).is_file():
        raise RuntimeError(
            "$GODOT names no engine: run these tests by `python3 tools/dev.py test tests/engine`"
        )
    return path


@dataclass
class Outcome:
    """What one function of a suite printed."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One run of the engine, over.

    Attributes:
        code: the exit code; negative for a signal.
        lines: the output, errors among it.
        tests: by name, in their order.
        problems: all that was wrong but the checks that failed; nothing of it is to be ignored.
    """

    code: int
    lines: Sequence[str] = field(repr=False)
    tests: Mapping[str, Outcome] = field(repr=False)
    problems: Sequence[str]

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def assert_clean(self) -> None:
        """Fails if anything was wrong beside the checks, which `assert_passed` reports."""
        assert not self.problems, "\n".join(
            [*self.problems, "", "--- the engine's output:", *self.lines[-150:]]
        )

    def require_clean(self) -> None:
        """As `assert_clean`, for what is no test.

        Raises:
            RuntimeError: what was wrong, and the end of the output.
        """
        if self.problems:
            raise RuntimeError("\n".join([*self.problems, *self.lines[-20:]]))

    def assert_passed(self, name: str) -> None:
        """Fails unless the test ran, checked something, and all its checks held."""
        test = self.tests.get(name)
        assert test is not None, f"{name} did not run: {'; '.join(self.problems)[:500]}"
        assert not test.failures, "\n".join(test.failures)
        assert test.passed, f"{name} has checked nothing"


class Project:
    """A Godot project of its own for one run.

    Args:
        root: an empty folder.
        scripts: files of `scripts/` that it holds, at its top; the bases of all suites are always there.
        addons: folders of `addons/` here that it holds.
        host, client: whether it has our two addons.
        editor: its suites run in the editor, whose settings and caches are this project's own.
        plugins: addons whose plugins are enabled there.
        settings: lines of `project.godot`, by section.
    """

    def __init__(
        self,
        root: Path,
        *,
        scripts: Iterable[str] = (),
        addons: Iterable[str] = (),
        host: bool = True,
        client: bool = False,
        editor: bool = False,
        plugins: Iterable[str] = (),
        settings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.root = root
        self.editor = editor
        self.addons = root / "addons"
        self.addons.mkdir(parents=True)
        sections = {
            "application": ['config/name="test"', "run/flush_stdout_on_print=true"],
            **(_in_editor(plugins) if editor else {}),
            **(settings or {}),
        }
        text = "\n".join(line for name, lines in sections.items() for line in (f"[{name}]", *lines))
        self.write("project.godot", f"config_version=5\n{text}\n")
        for name in ("suite.gd", "editor_base.gd" if editor else "runner.gd", *scripts):
            shutil.copyfile(HERE / "scripts" / name, root / name)
        for name in (*addons, *([_RUNNER] if editor else [])):
            shutil.copytree(
                HERE / "addons" / name, self.addons / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        if client:
            (self.addons / CLIENT.name).symlink_to(CLIENT)
        if host:
            (self.addons / HOST.name).symlink_to(HOST)
            self.write(".godot/extension_list.cfg", f"{EXTENSION}\n")

    def write(self, name: str, text: str) -> Path:
        """Writes a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run_suite(
        self,
        suite: str,
        *arguments: str,
        expected: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        verbose: bool = False,
        seconds: float = SECONDS,
    ) -> Run:
        """Runs a suite of the project. A test that ends the engine has failed; the others run all the same.

        Args:
            suite: its file.
            arguments: what the suite asks for by `option`, as `--name=value`.
            expected: texts of errors and warnings beside those that the suite announces.
            environment: variables to be added, or (empty) taken away.
            verbose: with the engine's own account of leaks.
            seconds: the longest it may be silent.
        """
        flags = ("--verbose",) if verbose else ()
        runner = ("--editor",) if self.editor else ("--script", "res://runner.gd")
        command = ("--headless", *flags, *runner, "--", f"res://{suite}", *arguments)
        lines: list[str] = []
        tests: dict[str, Outcome] = {}
        while True:
            behind = [f"--behind={list(tests)[-1]}"] if tests else []
            run = self.run(
                *command,
                *behind,
                expected=expected,
                environment=environment,
                seconds=seconds,
                ends=True,
            )
            lines += run.lines
            tests |= run.tests
            if not run.tests or _NO_END not in run.problems:
                return Run(run.code, lines, tests, run.problems)
            tests[list(run.tests)[-1]].failures.append("\n".join(run.problems))

    def run(
        self,
        *arguments: str,
        expected: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        code: int = 0,
        seconds: float = SECONDS,
        ends: bool = False,
        under: Sequence[str] = (),
    ) -> Run:
        """Runs the engine in the project.

        Args:
            arguments: the engine's.
            expected: texts, each in one error or warning that must come.
            environment: variables to be added, or (empty) taken away.
            code: the exit code that is right.
            seconds: the longest it may be silent.
            ends: there must be an end marker.
            under: a program and its arguments, which runs the engine.
        """
        own = {
            f"XDG_{kind}_HOME": str(self.root.parent / f"{self.root.name}_{kind.lower()}") for kind in HOMES
        }
        variables = {**os.environ, **(own if self.editor else {}), **(environment or {})}
        return run_engine(
            [*under, engine(), "--no-header", "--path", str(self.root), *arguments],
            cwd=self.root.parent,  # not the project: nothing of ours may depend on it
            variables={name: value for name, value in variables.items() if value},
            expected=expected,
            code=code,
            seconds=seconds,
            ends=ends,
            harmless=_EDITORS if self.editor else frozenset(),
            quits_within=EDITORS_QUITTING if self.editor else QUITTING,
        )


def _in_editor(plugins: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Settings of a project whose suites run in the editor."""
    enabled = ", ".join(f'"res://addons/{name}/plugin.cfg"' for name in (_RUNNER, *plugins))
    return {
        "editor": ['run/main_run_args="--headless"'],  # of games that the editor starts
        "editor_plugins": [f"enabled=PackedStringArray({enabled})"],
    }


def run_engine(
    command: Sequence[str],
    *,
    cwd: Path,
    variables: Mapping[str, str],
    expected: Sequence[str] = (),
    code: int = 0,
    seconds: float = SECONDS,
    ends: bool = False,
    harmless: frozenset[str] = frozenset(),
    quits_within: float = QUITTING,
) -> Run:
    """Runs an engine or a game.

    Args:
        command: the program and its arguments.
        cwd: its working directory.
        variables: its environment.
        expected: texts, each in one error or warning that must come.
        code: the exit code that is right.
        seconds: the longest it may be silent.
        ends: there must be an end marker.
        harmless: lines that are not ours, and not to be complained of.
        quits_within: seconds from the end marker to the end of the process.
    """
    # Who runs the tests in the background may ignore SIGINT, and that is inherited.
    default = ("env", "--default-signal=INT")
    lines: list[str] = []
    end = waited = 0.0
    group = children.Group()  # the engine and what it starts, in whatever namespace, end with us
    with subprocess.Popen(
        [*default, *command],
        cwd=cwd,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        process_group=group.number(),
    ) as process:
        watchdog = _Watchdog(group.number(), seconds)
        assert process.stdout is not None
        for line in process.stdout:
            watchdog.calm()
            lines.append(line.rstrip("\n"))
            if line.startswith("END "):
                end, waited = time.monotonic(), _waited(process.pid)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        quitting = time.monotonic() - end - (_waited(process.pid) - waited)
        in_time = watchdog.stop()
        process.wait()
    group.end()
    problems = []
    if not in_time:
        problems.append(f"it did not end, and was silent for {seconds:.0f} s")
    elif process.returncode != code:
        problems.append(f"exit code {process.returncode}, not {code}")
    if ends and not end:
        problems.append(_NO_END)
    if end and in_time and quitting > quits_within:
        problems.append(f"quitting took {quitting:.2f} s")
    tests, complaints = _read(lines, expected, harmless)
    return Run(process.returncode, lines, tests, [*problems, *complaints])


class _Watchdog:
    """Kills a process and its children when it is silent for too long, or talks without an end."""

    def __init__(self, group: int, seconds: float) -> None:
        self._group = group
        self._seconds = seconds
        self._begun = self._calmed = time.monotonic()
        self._over = threading.Event()
        self._bitten = False
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def calm(self) -> None:
        """The process has said something."""
        self._calmed = time.monotonic()

    def stop(self) -> bool:
        """Watches no more; tells whether all was well."""
        self._over.set()
        self._thread.join()
        return not self._bitten

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            now = time.monotonic()
            if now - self._calmed > self._seconds or now - self._begun > LONGEST:
                self._bitten = True
                os.killpg(self._group, signal.SIGKILL)
                return


def _waited(process: int) -> float:
    """Seconds for which a process, or this thread that looks at it, could have run and had no processor."""
    return sum(
        int(Path(f"/proc/{name}/schedstat").read_text().split()[1]) / 1e9 for name in (process, "thread-self")
    )


def _read(
    lines: Sequence[str], expected: Sequence[str], harmless: frozenset[str]
) -> tuple[dict[str, Outcome], list[str]]:
    """What the suite said, and what the engine said that nobody had announced.

    Args:
        harmless: lines that are not ours, and not to be complained of.
    """
    tests: dict[str, Outcome] = {}
    current = Outcome()
    tally = ""
    reports: list[list[str]] = []
    announced = [(text, range(len(lines))) for text in expected]  # with the reports that may be meant
    earlier = len(announced)  # announcements that do not end with the test
    problems: list[str] = []
    inside = False  # a report, whose backtrace follows
    for line in lines:
        if _PROTOCOL.match(line):
            inside = False
            kind, _, text = line.partition(" ")
            match kind:
                case "TEST":
                    current = tests.setdefault(text, Outcome())
                    announced[earlier:] = [
                        (known, range(meant.start, min(meant.stop, len(reports))))
                        for known, meant in announced[earlier:]
                    ]
                case "PASS":
                    current.passed += 1
                case "FAIL":
                    current.failures.append(text)
                case "EXPECT":
                    announced.append((text, range(len(reports), len(lines))))
                case "END":
                    tally = text
        elif _REPORT.match(line):
            inside = True
            reports.append([line])
        elif inside:
            reports[-1].append(line)
        if _DISASTER.search(line) and line not in harmless:
            problems.append(line)
    left = dict(enumerate("\n".join(report) for report in reports))
    for text, meant in announced:
        found = next((number for number, report in left.items() if number in meant and text in report), None)
        if found is None:
            problems.append(f"announced, but it did not come: {text}")
        else:
            del left[found]
    problems += left.values()
    passed = sum(outcome.passed for outcome in tests.values())
    failed = sum(len(outcome.failures) for outcome in tests.values())
    if tally and tally != f"{passed} {failed}":
        problems.append(f"the suite counted {tally} checks, and {passed} {failed} were seen")
    return tests, problems


def functions(suite: str) -> list[str]:
    """The names of the tests in a suite."""
    text = (HERE / "scripts" / suite).read_text(encoding="utf-8")
    return re.findall(r"^func (test_\w+)\(", text, re.MULTILINE)
