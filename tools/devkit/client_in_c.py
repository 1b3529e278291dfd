"""Writes the client's modules as C; run by the environment's Python, which has mypyc.

    python -P client_in_c.py FOLDER GROUP MODULE.py ...

The modules are named relative to the working directory, as their tracebacks name them. FOLDER gets `.c` and
`.h` files. Printed are the files of mypyc's runtime that are to be compiled with them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mypyc.build import include_dir, mypyc_build
from mypyc.common import RUNTIME_C_FILES
from mypyc.options import CompilerOptions

TYPES = ("--strict", "--explicit-package-bases", "--config-file=", "--cache-dir=/dev/null")
"""How the sources are read; `dev.py lint` checks them with the project's own settings."""

INIT = """\
extern PyObject *CPyInit_{full}(void);
PyMODINIT_FUNC PyInit_{name}(void) {{ return CPyInit_{full}(); }}
"""
"""Python looks for a module's function of this name in the library that it is told to have it."""


def main(folder: str, group: str, *modules: str) -> None:
    """Writes the C files.

    Raises:
        SystemExit: mypyc takes something amiss, which it has printed.
    """
    options = CompilerOptions(multi_file=True, target_dir=folder, group_name=group)
    _, _, needed = mypyc_build([*TYPES, *modules], options)
    names = [module.removesuffix(".py").split("/") for module in modules]
    lasts = [name[-1] for name in names]
    if twice := {last for last in lasts if lasts.count(last) > 1}:
        sys.exit(f"one library cannot have several modules named {', '.join(sorted(twice))}")
    inits = [INIT.format(full="___".join(name), name=name[-1]) for name in names]
    Path(folder, "inits.c").write_text("#include <Python.h>\n" + "".join(inits), encoding="utf-8")
    for name in sorted({*RUNTIME_C_FILES, *(part.path for part in needed)}):
        print(Path(include_dir(), name))


if __name__ == "__main__":
    main(*sys.argv[1:])
