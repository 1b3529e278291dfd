"""Faults of the tools that make bundles and look at releases."""

from .model import mutants_of

_TOOLS = "tools/devkit"
_UNIT = "tests/unit/tools"
_CONTENTS = "tests/bundle/test_contents.py"

MUTANTS = [
    *mutants_of(
        f"{_TOOLS}/elf.py",
        (
            "the newest version counts, as a number",
            "max(filter(None, map(_glibc, names)), default=(0, 0))",
            "min(filter(None, map(_glibc, names)), default=(0, 0))",
            f"{_UNIT}/test_elf.py {_CONTENTS}",
        ),
        (
            "what the loader maps stays where it is",
            "end = max(\n        header[5] + header[9] * header[10],",
            "end = min(\n        header[5] + header[9] * header[10],",
            f"{_UNIT}/test_elf.py",
        ),
        ("symbols for debuggers go", "[: loaded[-1] + 1]", "[:-1]", f"{_UNIT}/test_elf.py"),
    ),
    *mutants_of(
        f"{_TOOLS}/home.py",
        (
            "a library that a library needs comes along",
            "            queue.append(found[name])\n",
            "",
            f"{_UNIT}/test_home.py",
        ),
        (
            "a home is made anew when the system's libraries are others",
            "*_libraries(own).values(), ",
            "",
            f"{_UNIT}/test_home.py -k updated",
        ),
        (
            "the libraries beside each other come before the player's",
            '"--force-rpath", ',
            "",
            "tests/exports/test_exported.py -k environment",
        ),
        (
            "libraries are found beside each other",
            'run([patchelf, "--page-size", "4096", "--force-rpath", "--set-rpath", rpath, path], timeout=60)',
            "pass",
            "tests/bundle/test_in_engine.py",
        ),
        (
            "no path of the machine that made it is in a bundle",
            "        data = forget(data, place)\n",
            "        forget(data, place)\n",
            _CONTENTS,
        ),
        (
            "the end of a path that is forgotten stays",
            "[: len(parent)] + old[len(parent) :])",
            "[: len(parent)] + b'x' * (len(old) - len(parent)))",
            f"{_UNIT}/test_home.py",
        ),
    ),
    *mutants_of(
        f"{_TOOLS}/cache.py",
        (
            "what may be in use stays in the cache",
            "if time.time() - used[place] > IN_USE:",
            "if True:",
            f"{_UNIT}/test_cache.py -k in_use",
        ),
        (
            "what is found counts as used",
            "        os.utime(place)\n",
            "        place.stat()\n",
            f"{_UNIT}/test_cache.py -k used_last",
        ),
        (
            "what is made anew makes room",
            "                make()\n        trim(place.parent, kept)\n",
            "                make()\n",
            f"{_UNIT}/test_cache.py -k made_once",
        ),
    ),
    *mutants_of(
        f"{_TOOLS}/environment.py",
        (
            "environments are bounded",
            "        cache.trim(environment.home.parent, KEPT)\n",
            "",
            f"{_UNIT}/test_environment.py",
        ),
        (
            "an environment that is used stays",
            "    cache.find(environment.home)  # it is used now\n",
            "",
            f"{_UNIT}/test_environment.py",
        ),
    ),
    *mutants_of(
        f"{_TOOLS}/build.py",
        ("locks are few", 'f"build-{key[0]}"', 'f"build-{key}"', f"{_UNIT}/test_build.py -k few"),
    ),
    *mutants_of(
        f"{_TOOLS}/bundle.py",
        ("nothing in the zip may be run", "0o100644", "0o100755", f"{_UNIT}/test_bundle.py"),
        ("files are in one order", "sorted(files.items())", "files.items()", f"{_UNIT}/test_bundle.py"),
        (
            "what needs a newer glibc is not bundled",
            "    if oldest > zig.GLIBC:\n",
            "    if False:\n",
            _CONTENTS,
        ),
        (
            "the addons' bytecode is checked against their sources",
            '"CHECKED_HASH"',
            '"UNCHECKED_HASH"',
            _CONTENTS,
        ),
    ),
    *mutants_of(
        f"{_TOOLS}/parts.py",
        (
            "a library whose licence is not known stays away",
            "        if owner is None:\n",
            "        if False:\n",
            f"{_UNIT}/test_parts.py",
        ),
        (
            "a package without a licence stays away",
            "    if not texts:\n",
            "    if False:\n",
            f"{_UNIT}/test_parts.py",
        ),
    ),
    *mutants_of(
        f"{_TOOLS}/zig.py",
        (
            "the host is compiled for an old glibc",
            'f"{target}.{number}"',
            "target",
            f"{_CONTENTS} {_UNIT}/test_zig.py",
        ),
    ),
]
