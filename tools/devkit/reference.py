"""Writes docs/reference/: a page for each class that our addons register, and one for the package `godot`.

The classes are described by the host itself, as it describes them to the editor's help
(`godot.documentation`), so an engine is started for them. The package `godot` is read from its sources.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from . import cache, children, project
from .console import Failure
from .engine import Engine

PAGES = project.ROOT / "docs" / "reference"
INDEX = "README.md"

SECONDS = 60
"""The engine has described the classes long before."""

_NOTE = "<!-- Written by `python3 tools/dev.py reference` from docstrings: change those, not this page. -->\n"

_SCRIPT = """\
extends SceneTree


func _init() -> void:
\tquit()
"""

_DESCRIBE = """\
# Imported by the host when classes register.
import importlib
import json
import os
from pathlib import Path

from godot import documentation, values
from godot._classes import declared

for addon in os.environ["REFERENCE_ADDONS"].split():
    importlib.import_module(f"{addon}.register_types")
folder = Path(os.environ["REFERENCE_FOLDER"])
for name, cls in declared.items():
    (folder / f"{name}.xml").write_text(documentation.to_xml(cls), encoding="utf-8")
table = [(cls.__name__, cls.__match_args__, cls.__doc__) for cls in values.VALUES.values()]
(folder / "values.json").write_text(json.dumps(table), encoding="utf-8")
"""


class ValueType(NamedTuple):
    """A value type of the package `godot`, such as Vector2."""

    name: str
    fields: list[str]
    doc: str


class Described(NamedTuple):
    """What a running host says of itself.

    Attributes:
        classes: of each registered class its class reference as XML, sorted by name.
        values: the value types, in the engine's order.
    """

    classes: list[str]
    values: list[ValueType]


def write(pages: Mapping[str, str], into: Path = PAGES) -> None:
    """Makes a folder hold exactly these pages, by their file names."""
    for path in into.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        cache.write(into / name, text)


def pages(godot: Engine) -> dict[str, str]:
    """All pages, by their file names.

    Raises:
        Failure: the engine describes no classes, or a docstring cannot be shown.
    """
    described = describe(godot)
    roots = [ElementTree.fromstring(text) for text in described.classes]
    made = {f"{root.attrib['name']}.md": class_page(root) for root in roots}
    package = package_page(project.HOST / "godot", project.SOURCES, described.values)
    lines = [
        _NOTE,
        "# Reference\n",
        "Classes for GDScript, C# and the editor, where the same text is shown by F1:\n",
        *(f"- [{root.attrib['name']}]({root.attrib['name']}.md): {_brief(root)}" for root in roots),
        "\nFor classes written in Python:\n",
        "- [the package godot](godot.md): declarations, value types, and what else is imported from it",
    ]
    return {INDEX: "\n".join(lines) + "\n", **made, "godot.md": package}


def describe(godot: Engine) -> Described:
    """Starts an engine with our addons, and has the host describe what is there.

    Raises:
        Failure: it describes nothing; with what the engine said.
    """
    addons = [path.parent for path in sorted(project.ROOT.glob("addons/*/register_types.py"))]
    with cache.workshop() as folder:
        out = folder / "described"
        out.mkdir()
        cache.write(folder / "addons" / "describe" / "register_types.py", _DESCRIBE)
        for addon in (project.HOST, *addons):
            (folder / "addons" / addon.name).symlink_to(addon)
        cache.write(folder / "project.godot", 'config_version=5\n[application]\nconfig/name="reference"\n')
        cache.write(folder / "quit.gd", _SCRIPT)
        project.register_extension(folder)
        command: list[str | Path] = [godot.path, "--headless", "--path", folder, "--script", "res://quit.gd"]
        names = " ".join(addon.name for addon in addons)
        output = _output(command, {"REFERENCE_FOLDER": str(out), "REFERENCE_ADDONS": names})
        if not (table := out / "values.json").is_file():
            raise Failure(f"the engine describes no class:\n{output.rstrip()}")
        classes = [path.read_text(encoding="utf-8") for path in sorted(out.glob("*.xml"))]
        values = [ValueType(*row) for row in json.loads(table.read_text(encoding="utf-8"))]
    return Described(classes, values)


def _output(command: list[str | Path], variables: Mapping[str, str]) -> str:
    """Runs the engine; returns all that it prints."""
    try:
        done = children.run(
            command,
            env={**os.environ, **variables},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"the engine did not describe the classes within {SECONDS} s") from None
    return str(done.stdout)


# A class, from its XML


def class_page(root: Element) -> str:
    """The page of a class.

    Args:
        root: the element `class` of the engine's class reference (doc/class.xsd).
    """
    name, inherits = root.attrib["name"], root.attrib["inherits"]
    return "\n".join(
        [
            _NOTE,
            f"# {name}\n",
            f"Inherits `{inherits}`.\n",
            f"{_brief(root)}\n",
            *_described(root),
            *_members(root),
            *_methods(root),
            *_signals(root),
            *_constants(root),
        ]
    )


def _brief(root: Element) -> str:
    return _markdown(root.findtext("brief_description") or "")


def _described(node: Element, tag: str = "description") -> Iterator[str]:
    """The paragraphs and lists of an element's text; the engine keeps a line for each."""
    text = node.text if tag == "" else node.findtext(tag)
    previous = ""
    for line in _markdown(text or "").splitlines():
        if line.startswith(("- ", "* ")) and previous.startswith(("- ", "* ")):
            yield line
        elif line:
            yield f"\n{line}" if previous.startswith(("- ", "* ")) else line
        if line and not line.startswith(("- ", "* ")):
            yield ""
        previous = line
    if previous.startswith(("- ", "* ")):
        yield ""


def _markdown(text: str) -> str:
    """A text in the engine's markup, of which `godot.documentation` writes code and brackets."""
    text = re.sub(r"\[code\](.*?)\[/code\]", r"`\1`", text.strip())
    return text.replace("[lb]", "[").replace("[rb]", "]")


def _type(node: Element) -> str:
    return node.attrib.get("enum") or node.attrib["type"]


def _parameters(node: Element) -> str:
    return ", ".join(
        f"{parameter.attrib['name']}: {_type(parameter)}"
        + (f" = {parameter.attrib['default']}" if "default" in parameter.attrib else "")
        for parameter in node.iter("param")
    )


def _members(root: Element) -> Iterator[str]:
    members = sorted(root.iter("member"), key=lambda node: node.attrib["name"])
    if not members:
        return
    yield "## Properties\n"
    yield from _table(
        ("property", "type", "default"),
        ((_link(node), f"`{_type(node)}`", _code(node.attrib.get("default", ""))) for node in members),
    )
    for node in members:
        yield f"### {node.attrib['name']}\n"
        default = f" = {node.attrib['default']}" if "default" in node.attrib else ""
        accessors = [f"`{node.attrib[kind]}()`" for kind in ("setter", "getter") if node.attrib[kind]]
        read_only = "" if node.attrib["setter"] else ", read-only"
        yield f"`{node.attrib['name']}: {_type(node)}{default}`, by {' and '.join(accessors)}{read_only}\n"
        yield from _described(node, "")


def _methods(root: Element) -> Iterator[str]:
    methods = sorted(root.iter("method"), key=lambda node: node.attrib["name"])
    if not methods:
        return
    yield "## Methods\n"
    yield from _table(
        ("method", "returns"),
        ((_link(node), f"`{_type(node[0])}`") for node in methods),
    )
    for node in methods:
        yield f"### {node.attrib['name']}\n"
        words = set(node.attrib.get("qualifiers", "").split())
        parameters = ", ".join(filter(None, [_parameters(node), "..." * ("vararg" in words)]))
        static, const = "static " * ("static" in words), ", const" * ("const" in words)
        yield f"`{static}{node.attrib['name']}({parameters}) -> {_type(node[0])}`{const}\n"
        yield from _described(node)


def _signals(root: Element) -> Iterator[str]:
    signals = list(root.iter("signal"))
    if signals:
        yield "## Signals\n"
    for node in signals:
        yield f"### {node.attrib['name']}\n"
        yield f"`{node.attrib['name']}({_parameters(node)})`\n"
        yield from _described(node)


def _constants(root: Element) -> Iterator[str]:
    kinds: dict[str, list[Element]] = {}
    for node in root.iter("constant"):
        kinds.setdefault(node.attrib.get("enum", ""), []).append(node)
    for kind, nodes in sorted(kinds.items()):
        yield f"## Enum {kind}\n" if kind else "## Constants\n"
        flags = any(node.attrib.get("is_bitfield") for node in nodes)
        if flags:
            yield "Flags, which may be combined.\n"
        docs = [" ".join(" ".join(_described(node, "")).split()) for node in nodes]
        rows = [
            (f"`{node.attrib['name']}`", node.attrib["value"], *([doc] if any(docs) else []))
            for node, doc in zip(nodes, docs, strict=True)
        ]
        yield from _table(("constant", "value", "")[: len(rows[0])], rows)


def _link(node: Element) -> str:
    name = node.attrib["name"]
    return f"[{name}](#{name})"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table, and the empty line behind it; cells may hold `|`."""
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


# The package, from its sources

Definition = ast.ClassDef | ast.FunctionDef

_ANNOTATIONS = ".annotations"
"""The module whose docstring is a part of the page: a table."""
_VALUES = ".values"
_ABOUT_VALUES = """\
Immutable, each with its fields. Operators, methods, static methods and constants are the engine's: `a + b`,
`v.length()`, `Color.html("#fff")`, `Vector2.ZERO`.
"""
_HEADINGS = {
    ".declare": "Declarations",
    _ANNOTATIONS: "Annotations",
    ".hooks": "Quitting",
    _VALUES: "Values",
    "": "In a running engine",
    ".enums": "Enums",
    ".pointer": "Raw memory",
}
"""The parts of the page by the module that their names come from; empty: one that only a running host has."""


def package_page(package: Path, compiled: Path, values: Iterable[ValueType]) -> str:
    """The page of the package `godot`.

    Args:
        package: its folder.
        compiled: the folder with the host's package `_pythonscript`, whose `.pyi` tell what it offers.
        values: the value types, which only a running host knows.

    Raises:
        Failure: a docstring cannot be shown, or a name has none.
    """
    rows = {value.name: (f"`{value.name}({', '.join(value.fields)})`", _first(value.doc)) for value in values}
    init = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    lines = [
        _NOTE,
        "# The package godot\n",
        f"{_first(ast.get_docstring(init) or '')}\n",
        "The engine's own classes and singletons are imported from it by their names, as in "
        "`from godot import Node`. Their members are in the engine's class reference.\n",
    ]
    parts: dict[str, dict[str, Definition]] = {module: {} for module in _HEADINGS}
    for module, names in _exported(init).items():
        part = module if module.startswith(".") else ""
        if part not in parts:
            raise Failure(f"godot{module} has no heading on the page: give it one in _HEADINGS")
        others = [name for name in names if name not in rows]
        parts[part] |= _definitions(_file(module, package, compiled), others)
    for module, heading in _HEADINGS.items():
        lines.append(f"## {heading}\n")
        if module == _ANNOTATIONS:
            lines += docstring(_doc(package / "annotations.py"))
        elif module == _VALUES:
            lines += [_ABOUT_VALUES, *_table(("value type", ""), rows.values())]
        lines += _part(parts[module])
    return "\n".join(lines).rstrip() + "\n"


def _exported(init: ast.Module) -> dict[str, list[str]]:
    """The public names of the package, by the module that they come from."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(init):
        match node:
            case ast.ImportFrom(level=1, module=str(module)) if not module.startswith("_"):
                found.setdefault(f".{module}", []).extend(alias.name for alias in node.names)
            case ast.Assign(targets=[ast.Name(id="_HOSTS")], value=ast.Dict() as table):
                for name, module in ast.literal_eval(table).items():
                    found.setdefault(module, []).append(name)
    return found


def _file(module: str, package: Path, compiled: Path) -> Path:
    if module.startswith("_pythonscript."):
        return compiled.joinpath(*module.split(".")).with_suffix(".pyi")
    return package / f"{module.rpartition('.')[2]}.py"


def _definitions(path: Path, names: list[str]) -> dict[str, Definition]:
    """The definitions of these names, in the order of the module; the last of overloads."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    if missing := set(names) - set(found):
        raise Failure(f"{path} defines no {', '.join(sorted(missing))}")
    return {name: node for name, node in found.items() if name in names}


def _doc(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _first(doc: str) -> str:
    """The first paragraph, in one line."""
    return " ".join(doc.partition("\n\n")[0].split())


def _part(found: Mapping[str, Definition]) -> Iterator[str]:
    """Definitions, each below its name; classes of which there is little to say in a table."""
    small = []
    for name, node in found.items():
        doc = _documented(name, node)
        if isinstance(node, ast.ClassDef) and "\n\n" not in doc and not _public(node) and not _values(node):
            small.append((f"`{name}`", _first(doc)))
        else:
            yield f"### {name}\n"
            yield from _definition(node, doc)
    if small:
        yield from _table(("class", ""), small)


def _documented(name: str, *overloads: Definition) -> str:
    """The docstring of a definition, which one of its overloads has.

    Raises:
        Failure: none has.
    """
    for doc in filter(None, map(ast.get_docstring, overloads)):
        return doc
    raise Failure(f"{name} has no docstring to write a page from")


def _definition(node: Definition, doc: str) -> Iterator[str]:
    """A signature, a docstring, and a class's public members."""
    if isinstance(node, ast.FunctionDef):
        yield f"`{_signature(node, node.name)}`\n"
        yield from docstring(doc)
        return
    bases = [name for name in map(ast.unparse, node.bases) if not name.startswith("_")]
    constructors = [_signature(each, node.name, bound=True) for each in _methods_of(node).get("__init__", [])]
    if "Args:\n" not in doc:  # it is not made by its users
        constructors = [f"{node.name}({', '.join(bases)})" if bases else node.name]
    yield f"{', '.join(f'`class {each}`' for each in constructors)}\n"
    yield from docstring(doc)
    if values := _values(node):
        yield f"{', '.join(f'`{name}` {value}' for name, value in values)}\n"
    for name, overloads in _public(node).items():
        yield f"#### {node.name}.{name}\n"
        yield f"{', '.join(f'`{_signature(each, name, bound=True)}`' for each in overloads)}\n"
        yield from docstring(_documented(f"{node.name}.{name}", *overloads))


def _methods_of(node: ast.ClassDef) -> dict[str, list[ast.FunctionDef]]:
    """A class's methods by name, with their overloads."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            found.setdefault(each.name, []).append(each)
    return found


def _public(node: ast.ClassDef) -> dict[str, list[ast.FunctionDef]]:
    return {name: overloads for name, overloads in _methods_of(node).items() if name[0] != "_"}


def _values(node: ast.ClassDef) -> list[tuple[str, str]]:
    """The members of an enum."""
    if not {"IntEnum", "IntFlag"} & set(map(ast.unparse, node.bases)):
        return []
    members = [each for each in node.body if isinstance(each, ast.Assign)]
    return [(ast.unparse(each.targets[0]), ast.unparse(each.value)) for each in members]


def _signature(node: ast.FunctionDef, name: str, *, bound: bool = False) -> str:
    """A function's signature, as ruff would format it in one line; `bound`: without `self`."""
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(plain) - len(given.defaults)), *given.defaults]
    shown = [_argument(each, default) for each, default in zip(plain, defaults, strict=True)][bound:]
    if positional := len(given.posonlyargs[bound:]):
        shown.insert(positional, "/")
    if given.vararg:
        shown.append(f"*{_argument(given.vararg, None)}")
    elif given.kwonlyargs:
        shown.append("*")
    shown += map(_argument, given.kwonlyargs, given.kw_defaults)
    if given.kwarg:
        shown.append(f"**{_argument(given.kwarg, None)}")
    result = f" -> {ast.unparse(node.returns)}" if node.returns and node.name != "__init__" else ""
    return f"{name}({', '.join(shown)}){result}"


def _argument(node: ast.arg, default: ast.expr | None) -> str:
    annotation = f": {ast.unparse(node.annotation)}" if node.annotation else ""
    equals = " = " if node.annotation else "="
    return f"{node.arg}{annotation}{f'{equals}{ast.unparse(default)}' if default else ''}"


_SECTIONS = ("Args", "Attributes", "Raises", "Returns")


def docstring(doc: str) -> Iterator[str]:
    """A docstring as Markdown: sections such as `Args:` become lists.

    Raises:
        Failure: it has an example. Those are shown and tested elsewhere.
    """
    for paragraph in doc.split("\n\n"):
        first, *rest = paragraph.splitlines()
        if first.rstrip(":") in _SECTIONS and first.endswith(":"):
            yield f"{first.rstrip(':')}:\n"
            yield from _items(rest)
        elif any(line.startswith("    ") for line in (first, *rest)):
            raise Failure(f"a reference page shows no code, as in {first.strip()!r}")
        elif first.startswith(("- ", "| ")):
            yield from (re.sub("`[^`]*`", lambda code: _cell(code[0]), line) for line in (first, *rest))
        else:
            yield " ".join(paragraph.split())
        yield ""


def _items(lines: list[str]) -> Iterator[str]:
    """The entries of a section, each with the lines that go on with it."""
    text = re.sub(r"\n {8,}", " ", "\n".join(lines))
    for line in text.splitlines():
        name, colon, rest = line.strip().partition(": ")
        named = colon and re.fullmatch(r"[\w, ]+", name)
        yield f"- `{name}`: {rest}" if named else f"- {line.strip()}"
