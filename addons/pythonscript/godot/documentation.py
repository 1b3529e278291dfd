"""Docstrings as the engine's class reference in XML (doc/class.xsd of the engine).

The class's docstring gives its description, the first paragraph in brief; methods' docstrings theirs.
Exports, signals, enum members and constants are documented by the string that follows them in the class body.
A property's accessors are left out, as in the engine's own reference.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from _pythonscript.values import numbers, single

from .annotations import item_name, type_name
from .declare import bodies, spec_of
from .enums import MethodFlags, PropertyUsage, VariantType
from .spec import Info, MethodSpec, ValueSpec
from .values import LIST_ARRAYS, NUMBER_ARRAYS, VALUES, NodePath, StringName

_QUALIFIERS = {MethodFlags.CONST: "const", MethodFlags.VARARG: "vararg", MethodFlags.STATIC: "static"}


def to_xml(cls: type[Any]) -> str:
    """The class reference of a class made by `gdclass`."""
    spec = spec_of(cls)
    docs = {name: doc for body in reversed(bodies(cls)) for name, doc in attribute_docstrings(body).items()}
    root = Element("class", name=spec.name, inherits=spec.parent, version="4.2")
    brief, _, rest = inspect.cleandoc(spec.doc).partition("\n\n")
    SubElement(root, "brief_description").text = _text(brief)
    SubElement(root, "description").text = _text(rest)
    SubElement(root, "tutorials")
    methods = SubElement(root, "methods")
    accessors = {name for prop in spec.properties for name in (prop.getter, prop.setter)}
    for method in spec.methods:
        if method.name not in accessors:
            _add_method(methods, method)
    members = SubElement(root, "members")
    for prop in spec.properties:
        attributes = {
            "name": prop.info.name,
            **_type(prop.info),
            "setter": prop.setter,
            "getter": prop.getter,
        }
        if prop.default is not None or prop.info.type == VariantType.OBJECT:
            attributes["default"] = literal(prop.default, prop.info.value)
        SubElement(members, "member", attributes).text = _text(
            inspect.cleandoc(prop.doc) or docs.get(prop.info.name, "")
        )
    signals = SubElement(root, "signals")
    for signal in spec.signals:
        node = SubElement(signals, "signal", name=signal.name)
        _add_arguments(node, signal.arguments)
        SubElement(node, "description").text = _text(docs.get(signal.name, ""))
    constants = SubElement(root, "constants")
    enums = dict.fromkeys(constant.enum for constant in spec.constants if constant.enum)
    enum_docs = {name: attribute_docstrings(getattr(cls, name)) for name in enums}
    for constant in spec.constants:
        attributes = {"name": constant.name, "value": str(constant.value)}
        if constant.enum:
            attributes["enum"] = constant.enum
        if constant.bitfield:
            attributes["is_bitfield"] = "true"
        doc = enum_docs.get(constant.enum, docs).get(constant.name, "")
        SubElement(constants, "constant", attributes).text = _text(doc)
    ElementTree.indent(root, "\t")
    # The engine's reader takes what follows `<tutorials />` for its content, so no element is written so.
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True, short_empty_elements=False)


def _add_method(parent: Element, method: MethodSpec) -> None:
    node = SubElement(parent, "method", name=method.name)
    if qualifiers := [name for flag, name in _QUALIFIERS.items() if method.flags & flag]:
        node.set("qualifiers", " ".join(qualifiers))
    SubElement(node, "return", {"type": "void"} if method.returns is None else _type(method.returns))
    _add_arguments(node, method.arguments, method.defaults)
    SubElement(node, "description").text = _text(inspect.cleandoc(method.doc))


def _add_arguments(node: Element, arguments: tuple[Info, ...], defaults: tuple[Any, ...] = ()) -> None:
    first_default = len(arguments) - len(defaults)
    for index, argument in enumerate(arguments):
        param = SubElement(node, "param", {"index": str(index), "name": argument.name, **_type(argument)})
        if index >= first_default:
            param.set("default", literal(defaults[index - first_default], argument.value))


def _type(info: Info) -> dict[str, str]:
    """The attributes that tell a type."""
    attributes = {"type": type_name(info.value)}
    if info.type == VariantType.INT and info.class_name:
        attributes["enum"] = info.class_name
        if info.usage & PropertyUsage.CLASS_IS_BITFIELD:
            attributes["is_bitfield"] = "true"
    return attributes


# Defaults as GDScript spells them


def literal(value: Any, declared: ValueSpec) -> str:
    """A default as GDScript would write it, in the type that is declared for it."""
    match declared.type:
        case VariantType.FLOAT:
            return _spelled(float(value))
        case VariantType.STRING:
            return _spelled(str(value))
        case VariantType.STRING_NAME:
            return _spelled(StringName(value))
        case VariantType.NODE_PATH:
            return _spelled(NodePath(value))
        case VariantType.ARRAY if declared.element is not None:
            items = ", ".join(literal(item, declared.element) for item in value)
            return f"Array[{item_name(declared.element)}]([{items}])"
        case kind if kind >= VariantType.PACKED_BYTE_ARRAY:
            return _call(type_name(declared), value)
        case _:
            return _spelled(value)


def _spelled(value: Any) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int():  # of an enum too
            return str(int(value))
        case StringName():
            return f"&{_spelled(str(value))}"
        case NodePath():
            return f"NodePath({_spelled(str(value))})"
        case str():
            escaped = (
                value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            )
            return f'"{escaped}"'
        case dict():
            return f"{{{', '.join(f'{_spelled(key)}: {_spelled(item)}' for key, item in value.items())}}}"
        case bytes() | bytearray() | memoryview():
            return _call("PackedByteArray", value)
        case _ if type(value) in _PACKED:
            return _call(type(value).__name__, value)
        case _ if type(value) in VALUES.values():
            spelled = (single(item) if isinstance(item, float) else str(item) for item in numbers(value))
            return f"{type(value).__name__}({', '.join(item.removesuffix('.0') for item in spelled)})"
        case list() | tuple():
            return f"[{', '.join(map(_spelled, value))}]"
        case _:
            return repr(value)


_PACKED = (*NUMBER_ARRAYS.values(), *LIST_ARRAYS.values())


def _call(constructor: str, items: Iterable[Any]) -> str:
    """A packed array, whole numbers without a point."""
    spelled = (f"{item:.9g}" if isinstance(item, float) else _spelled(item) for item in items)
    return f"{constructor}({', '.join(spelled)})"


# Docstrings


def attribute_docstrings(cls: type[Any]) -> dict[str, str]:
    """The strings that follow assignments in a class's body, by name; none where there is no source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return {}
    return dict(_after_assignments(tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []))


def _after_assignments(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, follower in pairwise(body):
        match statement, follower:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)


_CODE = re.compile(r"``?([^`\n]+)``?|([\[\]])")


def _text(doc: str) -> str:
    """A docstring in the engine's markup: its marks for code, brackets escaped, wrapped lines joined."""
    marked = _CODE.sub(lambda found: f"[code]{found[1]}[/code]" if found[1] else _ESCAPED[found[2]], doc)
    return "\n".join(
        line for paragraph in marked.split("\n\n") for line in _unwrapped(paragraph.splitlines())
    )


_ESCAPED = {"[": "[lb]", "]": "[rb]"}


def _unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """A paragraph as one line, as the engine wants it; items of lists and what is indented stand alone."""
    joined = ""
    for line in lines:
        if joined and (line.startswith((" ", "- ", "* "))):
            yield joined
            joined = line.strip()
        else:
            joined = f"{joined} {line}".strip()
    yield joined
