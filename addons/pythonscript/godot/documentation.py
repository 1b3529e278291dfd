"""Docstrings as the engine's class reference in XML (doc/class.xsd of the engine).

The class's docstring gives its description, the first paragraph in brief; methods' docstrings theirs. Exports, signals,
enum members and constants are documented by the string that follows them in the class body.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from .annotations import type_name
from .enums import MethodFlags, VariantType
from .spec import ClassSpec, Info


def to_xml(cls: type[Any]) -> str:
    """The class reference of a class made by `gdclass`."""
    spec: ClassSpec = cls._spec  # type: ignore[attr-defined]
    docs = {**attribute_docstrings(cls), **_enum_docstrings(cls)}
    root = Element("class", name=spec.name, inherits=spec.parent, version="4.2")
    brief, _, rest = spec.doc.partition("\n\n")
    SubElement(root, "brief_description").text = _text(brief)
    SubElement(root, "description").text = _text(rest)
    SubElement(root, "tutorials")
    methods = SubElement(root, "methods")
    for method in spec.methods:
        node = SubElement(methods, "method", name=method.name, qualifiers=_qualifiers(method.flags))
        SubElement(node, "return", type="void" if method.returns is None else type_name(method.returns.value), **_enum(method.returns))
        first_default = len(method.arguments) - len(method.defaults)
        for index, argument in enumerate(method.arguments):
            default = {} if index < first_default else {"default": _default(method.defaults[index - first_default])}
            SubElement(node, "param", index=str(index), name=argument.name, type=type_name(argument.value), **_enum(argument), **default)
        SubElement(node, "description").text = _text(method.doc)
    members = SubElement(root, "members")
    for prop in spec.properties:
        node = SubElement(
            members, "member", name=prop.info.name, type=type_name(prop.info.value), setter=prop.setter, getter=prop.getter,
            default=_default(prop.default), **_enum(prop.info),
        )  # fmt: skip
        node.text = _text(prop.doc or docs.get(prop.info.name, ""))
    signals = SubElement(root, "signals")
    for signal in spec.signals:
        node = SubElement(signals, "signal", name=signal.name)
        for index, argument in enumerate(signal.arguments):
            SubElement(node, "param", index=str(index), name=argument.name, type=type_name(argument.value))
        SubElement(node, "description").text = _text(docs.get(signal.name, ""))
    constants = SubElement(root, "constants")
    for constant in spec.constants:
        enum = {"enum": constant.enum} if constant.enum else {}
        bitfield = {"is_bitfield": "true"} if constant.bitfield else {}
        node = SubElement(constants, "constant", name=constant.name, value=str(constant.value), **enum, **bitfield)
        node.text = _text(docs.get(constant.name, ""))
    ElementTree.indent(root, "\t")
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def attribute_docstrings(cls: type[Any]) -> dict[str, str]:
    """The strings that follow assignments in a class's body, by the name assigned; none where there is no source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return {}
    return dict(_after_assignments(tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []))


def _after_assignments(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, follower in zip(body, body[1:], strict=False):
        match statement, follower:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)


def _enum_docstrings(cls: type[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for constant in cls._spec.constants:  # type: ignore[attr-defined]
        if constant.enum and constant.name not in found:
            found |= attribute_docstrings(getattr(cls, constant.enum))
    return found


def _text(doc: str) -> str:
    """Markdown's code marks as the engine's; brackets are the engine's own markup there."""
    parts = doc.replace("[", "[lb]").split("`")
    return "".join(part if index % 2 == 0 else f"[code]{part}[/code]" for index, part in enumerate(parts))


def _enum(info: Info | None) -> dict[str, str]:
    return {"enum": info.class_name} if info and info.type == VariantType.INT and info.class_name else {}


def _qualifiers(flags: MethodFlags) -> str:
    return " ".join(flag.name.lower() for flag in (MethodFlags.CONST, MethodFlags.VARARG, MethodFlags.STATIC) if flags & flag)


def _default(value: Any) -> str:
    return {None: "null", True: "true", False: "false"}.get(value) or repr(value) if _hashable(value) else repr(value)


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
