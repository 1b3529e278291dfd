"""The `.pyi` beside each compiled module says what it has: functions and classes, with their signatures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from devkit.project import BIN, HOST

SECONDS: Final = 300.0

UNSAID: Final = (
    r".*\.__(pyx_capi|reduce_cython|setstate_cython|test)__",  # Cython's own
    r"_pythonscript\.\w+\.[A-Z][A-Z_]+",  # constants
    # What compiled modules have for each other:
    r"_pythonscript\.classes\.(Class|Construction|Infos)",
    r"_pythonscript\.containers\.(Alias|Place|Container\.__class_getitem__)",
    r"_pythonscript\.handles\.Handle",
    r"_pythonscript\.incoming\.script_is_waiting",
    r"_pythonscript\.incoming\.Method\.[a-z]+",
    r"_pythonscript\.outgoing\.(BoundMethod|Members?)",
    r"_pythonscript\.packed\.(ask|change|PackedByteArray\.__radd__)",
    r"_pythonscript\.strings\.Name",
    r"_pythonscript\.members\.(Member|Method)",
    r"_pythonscript\.values\.(declare|row)",
    r"_pythonscript\.variant\.Nesting",
    r"_pythonscript\.variant\.Type\.(element|failure|key|python|type)",
    r"_pythonscript\.containers\.Dictionary\.get",  # Mapping's overloads, of which stubtest sees one
    # Value types are said by godot/_engine.pyi, from the engine's description:
    r"_pythonscript\.values\.(AABB|[A-Z]\w*[a-z]\w*)(\.\w+)?",
    *([r".*\.__buffer__"] if sys.version_info < (3, 12) else []),  # PEP 688; before it is there in C only
)
"""What modules have and stubs need not say, or the other way round. What fits nothing is an error."""


def test_stubs_say_what_the_modules_have(tmp_path: Path) -> None:
    unsaid = tmp_path / "unsaid"
    unsaid.write_text("\n".join(UNSAID), encoding="utf-8")
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("stubtest"), "_pythonscript", "--concise"),
            *("--ignore-disjoint-bases", "--allowlist", unsaid),
        ],
        cwd=tmp_path,  # not the project, whose settings are for its sources
        env={**os.environ, "MYPYPATH": str(BIN), "PYTHONPATH": os.pathsep.join(map(str, (BIN, HOST)))},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
