from __future__ import annotations

import platform
from pathlib import Path

import pytest

from devkit import debian
from devkit.console import Failure

SOURCES = """\
main|nodistro|https://third.example/node/
main|bookworm|http://third.example/apt/
main|bookworm|http://mirror.example/debian/
main|bookworm|http://mirror.example/debian/
non-free|bookworm|http://mirror.example/non-free/debian/
main|bookworm-updates|http://mirror.example/updates/debian/
main|bookworm-security|http://security.example/debian-security/
"""

DUMP = """\
Acquire "";
Acquire::http::Proxy "http://proxy.example:3128/";
Acquire::https::CaInfo "/etc/ssl/own.pem";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "true";
Acquire::Languages:: "de";
Acquire::AllowInsecureRepositories "true";
"""


def test_the_likeliest_mirror_comes_first_and_suites_beside_the_archive_never() -> None:
    assert debian.mirrors(SOURCES) == [
        "http://mirror.example/debian/",
        "https://third.example/node/",
        "http://third.example/apt/",
    ]


def test_no_sources_no_mirror() -> None:
    assert debian.mirrors("") == []


def test_the_way_to_the_servers_is_taken_over_and_nothing_else() -> None:
    taken = debian.acquire_settings(DUMP)
    assert "proxy.example" in taken
    assert "own.pem" in taken
    assert "DEP-11" not in taken
    assert '"de"' not in taken


def test_the_last_word_on_signatures_is_ours() -> None:
    text = debian.CONFIGURATION.format(
        folder="f", architecture="amd64", acquire=debian.acquire_settings(DUMP)
    )
    settings = dict(line.rstrip(";").split(" ", 1) for line in text.splitlines())
    assert settings["Acquire::AllowInsecureRepositories"] == '"false"'


def test_a_machine_of_another_kind_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert "on riscv64, and not Debian on x86_64 or aarch64" in str(debian.unsupported())
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(
        platform, "freedesktop_os_release", lambda: {"ID": "arch", "PRETTY_NAME": "Arch Linux"}
    )
    assert debian.unsupported() == "this is Arch Linux on x86_64, and not Debian on x86_64 or aarch64"


def test_a_debian_without_its_tools_or_keys_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "debian"})
    for tool in ("apt-get", "apt-config", "dpkg"):
        (tmp_path / tool).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(debian, "KEYRINGS", (tmp_path / "absent.gpg",))
    assert debian.unsupported() == "the package debian-archive-keyring is not installed"
    monkeypatch.setattr(debian, "KEYRINGS", (tmp_path / "dpkg",))
    assert debian.unsupported() is None
    (tmp_path / "dpkg").unlink()
    assert debian.unsupported() == "dpkg cannot be found"


def test_packages_come_from_the_first_signed_mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Plays an apt whose third-party source is not Debian's, and whose first download meets a moved suite."""
    calls: list[str] = []
    tools = {
        "apt-config": f"cat <<'X'\n{DUMP}X",
        "apt-get": f"""
            case "$*" in
            indextargets*) cat <<'X'\n{SOURCES.replace("http://mirror.example/debian/", "http://bad.example/debian")}X
            ;;
            update*) sources=$(sed -n 's/Dir::Etc::sourcelist "\\(.*\\)";/\\1/p' "$APT_CONFIG")
                cat "$sources" >> {tmp_path}/log
                grep -q third.example/apt "$sources" ;;
            install*) echo "$*" >> {tmp_path}/log
                cd "$(dirname "$APT_CONFIG")/cache/archives" && touch godot_4.6_amd64.deb
                test "$(grep -c install {tmp_path}/log)" = 2 ;;
            esac""",
        "dpkg": f'echo "dpkg $1" >> {tmp_path}/log; touch "$3/unpacked"',
    }
    for name, script in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    keyring = tmp_path / "keys.gpg"
    keyring.touch()
    monkeypatch.setattr(debian, "KEYRINGS", (keyring,))

    assert debian.unpack(["godot"], tmp_path / "prefix") == ["godot_4.6_amd64.deb"]

    assert (tmp_path / "prefix" / "unpacked").is_file()
    calls = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    line = "deb [signed-by={} arch=amd64] {} testing main"
    third = line.format(keyring, "http://third.example/apt/")
    install = "install --yes --download-only godot --quiet=2"
    assert calls == [
        line.format(keyring, "http://bad.example/debian"),
        line.format(keyring, "https://third.example/node/"),
        *(third, install, third, install, "dpkg -x"),
    ]


def test_an_archive_that_is_not_reachable_is_told_whatever_the_others_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Plays an apt without a network, and a third party's source that is at hand."""
    unreached = (
        "W: Failed to fetch http://mirror.example/debian/  Temporary failure resolving 'mirror.example'"
    )
    tools = {
        "apt-config": "exit 0",
        "apt-get": f"""
            case "$*" in
            indextargets*) echo 'main|sid|file:/third/'; echo 'main|sid|http://mirror.example/debian/' ;;
            update*) sources=$(sed -n 's/Dir::Etc::sourcelist "\\(.*\\)";/\\1/p' "$APT_CONFIG")
                if grep -q third "$sources"; then echo 'E: not signed'; else echo "{unreached}"; fi >&2
                exit 100 ;;
            esac""",
    }
    for name, script in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "keys.gpg").touch()
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(debian, "KEYRINGS", (tmp_path / "keys.gpg",))
    sentence = "^Debian's packages cannot be fetched: the network or the server is not reachable$"
    with pytest.raises(Failure, match=sentence):
        debian.unpack(["godot"], tmp_path / "prefix")


def test_no_archive_at_all_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(debian, "run", lambda *_, **__: "")
    with pytest.raises(Failure, match="name no archive of Debian's"):
        debian.unpack(["godot"], tmp_path)
