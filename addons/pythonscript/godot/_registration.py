"""A ClassSpec into ClassDB: the plain declaration is given the host's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from _pythonscript import classes, errors
from _pythonscript.incoming import Method
from _pythonscript.variant import Type

from . import documentation
from ._classes import singleton
from .declare import DeclarationError, hints_of, method_spec
from .enums import MethodFlags, PropertyHint, PropertyUsage, VariantType
from .spec import ClassSpec, Info, MethodSpec, ValueSpec

_VOID = Info("", ValueSpec(VariantType.NIL))
declared: list[type[Any]] = []
"""All classes so far, in order; their documentation is loaded when the editor is there."""


@dataclass(frozen=True, slots=True)
class _Method:
    """A method as `_pythonscript.classes` takes it."""

    name: str
    method: Method
    arguments: tuple[Info, ...]
    returns: Info
    defaults: tuple[Any, ...]
    flags: int


@dataclass(frozen=True, slots=True)
class _Class:
    """A class as `_pythonscript.classes` takes it."""

    name: str
    parent: str
    native: str
    refcounted: bool
    editor_plugin: bool
    abstract: bool
    notification: bool
    to_string: bool
    methods: list[_Method]
    virtuals: dict[str, Method]
    properties: list[Any]
    signals: tuple[Any, ...]
    constants: tuple[Any, ...]


def register(cls: type[Any]) -> None:
    """Registers a class made by `gdclass`.

    Raises:
        DeclarationError: the engine has a class of this name, or a virtual method's signature does not fit.
    """
    spec: ClassSpec = cls._spec  # type: ignore[attr-defined]
    db = singleton("ClassDB")
    if db.class_exists(spec.name):
        raise DeclarationError(f"the engine has a class named {spec.name} already")
    descends = lambda parent: bool(db.is_parent_class(spec.native, parent))  # noqa: E731
    classes.register(
        _Class(
            name=spec.name,
            parent=spec.parent,
            native=spec.native,
            refcounted=descends("RefCounted"),
            editor_plugin=descends("EditorPlugin"),
            abstract=spec.abstract,
            notification=spec.notification,
            to_string=spec.to_string,
            methods=[_method(spec, method) for method in spec.methods],
            virtuals=_virtuals(cls, spec),
            properties=list(spec.properties),
            signals=tuple(spec.signals),
            constants=spec.constants,
        ),
        cls,
    )
    declared.append(cls)


def _type(value: ValueSpec) -> Type:
    refcounted = value.type is VariantType.OBJECT and bool(singleton("ClassDB").is_parent_class(value.class_name, "RefCounted"))
    element = None if value.element is None else _type(value.element)
    name = value.class_name if value.type is VariantType.OBJECT else ""
    return Type(int(value.type), value.python, element, name, refcounted)


def _info(info: Info) -> Info:
    """An object's PropertyInfo names a RefCounted class twice, as the engine's own do (core/variant/method_ptrcall.h)."""
    value = info.value
    if value.type is VariantType.OBJECT and value.hint == PropertyHint.NONE and _type(value).refcounted:
        return Info(info.name, ValueSpec(value.type, value.python, None, value.class_name, PropertyHint.RESOURCE_TYPE, value.class_name, value.usage))
    return info


def _method(spec: ClassSpec, method: MethodSpec) -> _Method:
    host = _host_method(spec, method)
    return _Method(
        method.name,
        host,
        tuple(_info(argument) for argument in method.arguments),
        _info(method.returns or _VOID),
        method.defaults,
        int(method.flags),
    )


def _host_method(spec: ClassSpec, method: MethodSpec) -> Method:
    return Method(
        method.function,
        f"{spec.name}.{method.name}",
        [_type(argument.value) for argument in method.arguments],
        None if method.returns is None else _type(method.returns.value),
        len(method.arguments) - len(method.defaults),
        bool(method.flags & MethodFlags.STATIC),
        bool(method.flags & MethodFlags.VARARG),
    )


def _virtuals(cls: type[Any], spec: ClassSpec) -> dict[str, Method]:
    """The engine's virtual methods that the class overrides.

    The engine passes typed memory to them, so every argument needs its annotation. A debug engine knows the virtual
    methods of its classes, and a declaration that does not fit is refused; a release engine does not, and trusts.
    """
    known = {
        entry["name"]: entry
        for entry in singleton("ClassDB").class_get_method_list(spec.native)
        if entry["flags"] & MethodFlags.VIRTUAL
    }
    found = {}
    for name, function in spec.virtuals.items():
        if known and name not in known:
            continue  # a helper of Python's own
        try:
            method = method_spec(name, function, MethodFlags.VIRTUAL, hints_of(function, cls))
            if known:
                _check_virtual(method, known[name])
        except TypeError as error:
            if not known:
                continue
            raise DeclarationError(f"{spec.name}.{name} overrides a virtual method of the engine: {error}") from error
        found[name] = _host_method(spec, method)
    return found


def _check_virtual(method: MethodSpec, known: dict[str, Any]) -> None:
    if len(method.arguments) != len(known["args"]):
        raise TypeError(f"it takes {len(known['args'])} arguments, not {len(method.arguments)}")
    for argument, info in zip(method.arguments, known["args"], strict=True):
        if argument.type != info["type"]:
            wanted = info["class_name"] or VariantType(info["type"]).name.lower()
            raise TypeError(f"argument {argument.name} must be annotated as the engine's {wanted}")
    returned = VariantType.NIL if method.returns is None else method.returns.type
    if returned != known["return"]["type"] and not (method.returns and method.returns.usage & PropertyUsage.NIL_IS_VARIANT):
        raise TypeError(f"it must return the engine's {VariantType(known['return']['type']).name.lower()}")
    if method.returns is not None and returned == VariantType.NIL and known["return"]["type"] == VariantType.NIL:
        if not known["return"]["usage"] & PropertyUsage.NIL_IS_VARIANT:
            raise TypeError("it must be annotated as returning None")


def load_documentation() -> None:
    """Gives the editor's help the documentation of every class."""
    from _pythonscript.documentation import load_xml

    for cls in declared:
        try:
            load_xml(documentation.to_xml(cls))
        except Exception as error:  # the class works without its help
            errors.push_warning(f"the documentation of {cls.__name__} cannot be loaded: {error}")
