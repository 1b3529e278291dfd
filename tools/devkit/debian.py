"""Unpacks packages of Debian's archive into a folder, as any user, with nothing changed on the system.

apt does the work, with folders of its own: it reads the signed index, resolves against an empty list of
installed packages, downloads and checks the checksums. The archive's address and the way to it (proxies,
certificates) are those that the machine's own apt is set up with.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import cache, network
from .console import CommandFailed, Failure, run

SUITE = "testing"
"""The oldest suite with a `godot` package."""

KEYRINGS = tuple(Path(f"/usr/share/keyrings/debian-archive-keyring.{ending}") for ending in ("gpg", "pgp"))

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""What we can use: the machine's name for it and Debian's."""

LAYOUT = "$(COMPONENT)|$(RELEASE)|$(REPO_URI)"

CONFIGURATION = """\
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "{architecture}";
APT::Architectures "{architecture}";
APT::Install-Recommends "false";
APT::Update::Error-Mode "any";
APT::Sandbox::User "";
{acquire}
Acquire::Languages "none";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
"""
"""`parts` is left out because the system's may hold hooks that touch the system's own cache. Root gets no
sandbox user, who could not enter the folder. What would weaken the check of signatures is not taken over."""


def unsupported() -> str | None:
    """Why packages cannot be had on this machine, if so."""
    release = platform.freedesktop_os_release() if Path("/etc/os-release").is_file() else {}
    system, machine = release.get("PRETTY_NAME", platform.system()), platform.machine()
    if release.get("ID") != "debian" or machine not in ARCHITECTURES:
        return f"this is {system} on {machine}, and not Debian on {' or '.join(ARCHITECTURES)}"
    tools = [tool for tool in ("apt-get", "apt-config", "dpkg") if not shutil.which(tool)]
    if tools:
        return f"{', '.join(tools)} cannot be found"
    if not any(map(Path.is_file, KEYRINGS)):
        return "the package debian-archive-keyring is not installed"
    return None


def mirrors(targets: str) -> list[str]:
    """The addresses that may be the archive's main part, the likeliest first.

    Args:
        targets: what `apt-get indextargets` prints in the form of `LAYOUT`.
    """
    rows = (line.split("|") for line in targets.split())
    # bookworm-security, bookworm-updates: no places to look for testing in
    found = [uri for component, release, uri in rows if component == "main" and "-" not in release]
    return sorted(dict.fromkeys(found), key=lambda uri: not uri.rstrip("/").endswith("/debian"))


def acquire_settings(dump: str) -> str:
    """How the machine's apt reaches its servers, without what it fetches besides packages.

    Args:
        dump: what `apt-config dump Acquire` prints.
    """
    left_out = ("Acquire::IndexTargets", "Acquire::Languages", "Acquire::Changelogs")
    return "\n".join(line for line in dump.splitlines() if not line.startswith(left_out))


def unpack(packages: Sequence[str], into: Path) -> list[str]:
    """Downloads `packages` with all that they depend on and unpacks them.

    Returns:
        The names of the package files, which tell their versions.

    Raises:
        Failure: no archive of Debian's can be reached, or it lacks a package.
    """
    acquire = acquire_settings(run(["apt-config", "dump", "Acquire"], timeout=30))
    # --no-release-info: what the sources say, also when no list was ever fetched
    question = ["apt-get", "indextargets", "--no-release-info", "--format", LAYOUT, "Created-By: Packages"]
    candidates = mirrors(run(question, timeout=30))
    if not candidates:
        raise Failure("apt's sources name no archive of Debian's: add one to /etc/apt/sources.list.d")
    with cache.workshop() as folder:
        apt = _Apt(folder, acquire)
        apt.use_first(candidates)
        try:
            files = apt.download(packages)
        except Failure:
            apt.update()  # the suite moves: between an update and now a package may have been replaced
            files = apt.download(packages)
        into.mkdir(parents=True, exist_ok=True)
        for file in files:
            run(["dpkg", "-x", file, into], timeout=120)
        return [file.name for file in files]


def relocate(program: str, made: Path, place: Path, patchelf: Path, *folders: str) -> Path:
    """Lets an unpacked program find its libraries and its own libc in its prefix.

    Args:
        program: its path in the prefix, below `usr/bin` or `usr/sbin`.
        made: the prefix as it is now.
        place: where the prefix will be.
        patchelf: changes the program.
        folders: other folders of libraries, in that of the libraries.

    Returns:
        The folder of the libraries.
    """
    loader = next(made.glob("usr/lib/*/ld-linux-*.so.*"))
    libraries = f"$ORIGIN/../lib/{loader.parent.name}"
    rpath = ":".join([libraries, *(f"{libraries}/{folder}" for folder in folders)])
    run([patchelf, "--set-interpreter", place / loader.relative_to(made), made / program], timeout=60)
    run([patchelf, "--force-rpath", "--set-rpath", rpath, made / program], timeout=60)
    return loader.parent


class _Apt:
    """An apt of our own, with all its state in `folder`."""

    def __init__(self, folder: Path, acquire: str) -> None:
        self.folder = folder
        for name in ("state/lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        self.architecture = ARCHITECTURES[platform.machine()]
        configuration = CONFIGURATION.format(folder=folder, architecture=self.architecture, acquire=acquire)
        (folder / "apt.conf").write_text(configuration, encoding="utf-8")

    def get(self, *arguments: str, timeout: float) -> None:
        command = ["apt-get", *arguments, "--quiet=2"]
        variables = {"APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C"}
        try:
            run(command, variables=variables, scratch=self.folder, timeout=timeout)
        except CommandFailed as failure:
            network.require(failure.output, "Debian's packages")
            raise

    def update(self) -> None:
        self.get("update", timeout=300)

    def use_first(self, candidates: Sequence[str]) -> None:
        """Settles on the first address whose index of `SUITE` Debian has signed."""
        keyring = next(filter(Path.is_file, KEYRINGS))
        failures = []
        for uri in candidates:
            line = f"deb [signed-by={keyring} arch={self.architecture}] {uri} {SUITE} main\n"
            (self.folder / "sources.list").write_text(line, encoding="utf-8")
            try:
                self.update()
                return
            except Failure as failure:
                failures.append(failure)
        raise failures[0]  # of the likeliest

    def download(self, packages: Sequence[str]) -> list[Path]:
        self.get("install", "--yes", "--download-only", *packages, timeout=1800)
        return sorted((self.folder / "cache" / "archives").glob("*.deb"))
