"""A ClassSpec into ClassDB: the plain declaration is given the host's types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any, NamedTuple

from _pythonscript import classes, errors
from _pythonscript.incoming import Method
from _pythonscript.interface import engine_version
from _pythonscript.natives import VirtualMethod
from _pythonscript.variant import Type

from ._classes import (
    EngineClass,
    declared,
    engine_class,
    known_virtuals,
    native_properties,
    reach,
    singleton,
)
from .annotations import is_container, resolve
from .declare import (
    NO_ANSWERS,
    STATIC,
    VIRTUAL,
    DeclarationError,
    hints_of,
    is_native,
    method_spec,
    names_at_super,
    owner_of,
    place_of,
    spec_of,
    unexported,
)
from .enums import Error, PropertyHint, PropertyUsage, VariantType
from .spec import ClassSpec, ConstantSpec, Info, MethodSpec, PropertySpec, SignalSpec, ValueSpec
from .values import LIST_ARRAYS, NUMBER_ARRAYS

_VOID = Info("", ValueSpec(VariantType.NIL))
_ERROR = "Error"
"""The engine's name of its error codes."""


class _Method(NamedTuple):
    """A method as `_pythonscript.classes` takes it."""

    name: str
    method: Method
    arguments: tuple[Info, ...]
    returns: Info
    defaults: tuple[Any, ...]
    flags: int


class _Virtual(NamedTuple):
    """A virtual method of a class's own, as the same takes it."""

    name: str
    arguments: tuple[Info, ...]
    returns: Info
    flags: int


class _Class(NamedTuple):
    """A class as `_pythonscript.classes` takes it."""

    name: str
    parent: str
    native: str
    refcounted: bool
    editor_plugin: bool
    abstract: bool
    tool: bool
    icon: str
    rpcs: tuple[tuple[str, Mapping[str, Any]], ...]
    notification: bool
    to_string: bool
    methods: list[_Method]
    virtuals: dict[str, Method]
    declared: list[_Virtual]
    callbacks: frozenset[str]
    properties: list[PropertySpec]
    signals: tuple[SignalSpec, ...]
    constants: tuple[ConstantSpec, ...]


def register(cls: type[Any]) -> None:
    """Registers a class made by `gdclass`.

    Raises:
        DeclarationError: the engine has a class or member of this name, a virtual method's signature does not
            fit, or a default has no counterpart in the engine.
    """
    spec = cls._spec = _with_free_accessors(cls, spec_of(cls))
    _check_names(spec)
    getters = {prop.getter for prop in spec.properties}
    described = _Class(
        name=spec.name,
        parent=spec.parent,
        native=spec.native,
        refcounted=_descends(spec.native, "RefCounted"),
        editor_plugin=_descends(spec.native, "EditorPlugin"),
        abstract=spec.abstract,
        tool=spec.tool,
        icon=spec.icon,
        rpcs=spec.rpcs,
        notification=spec.notification,
        to_string=spec.to_string,
        methods=[_method(cls, method, getters) for method in spec.methods],
        virtuals=_virtuals(cls, spec),
        declared=[_declared(spec, method) for method in spec.declared],
        callbacks=spec.callbacks,
        properties=[_property(prop) for prop in spec.properties],
        signals=spec.signals,
        constants=spec.constants,
    )
    try:
        classes.register(described, cls)
    except TypeError as error:
        raise DeclarationError(f"{spec.name}.{error}", str(error).partition(":")[0]) from error
    except ValueError as error:
        raise DeclarationError(str(error)) from error
    native = engine_class(spec.native)
    for name in names_at_super(cls):
        if reach(native, name) is None:
            _end_at_virtual(native, name, described.virtuals)
    cls._method_names = _method_names(cls)
    declared[spec.name] = cls
    if singleton("OS").is_debug_build():
        for name in unexported(cls):
            errors.warn_at(
                f"{spec.name}.{name} is not exported, so neither scripts nor the inspector have it: write "
                f"{name} = export(...), or ClassVar[...] if it is to be Python's own",
                f"{spec.name}.{name}",
                *place_of(cls, name),
            )


def _with_free_accessors(cls: type[Any], spec: ClassSpec) -> ClassSpec:
    """The specification, with accessors that were made for properties named so that they hide nothing.

    A property `parent` must not take a Node's `get_parent` away; it goes by `get_parent_property`.
    """
    db = singleton("ClassDB")
    hiding = {
        name
        for prop in spec.properties
        for name in (prop.getter, prop.setter)
        if name and owner_of(cls, name) is None and db.class_has_method(spec.native, name)
    }

    def free(name: str) -> str:
        return f"{name}_property" if name in hiding else name

    methods = tuple(method._replace(name=free(method.name)) for method in spec.methods)
    properties = tuple(
        prop._replace(getter=free(prop.getter), setter=free(prop.setter)) for prop in spec.properties
    )
    return spec._replace(methods=methods, properties=properties)


def _method_names(cls: type[Any]) -> dict[Any, str]:
    """The functions that the engine calls on objects of a class, each with a name that calls it."""
    specs = [vars(base)["_spec"] for base in cls.__mro__ if "_spec" in vars(base)]
    names: dict[Any, str] = {}
    for name in (method.name for spec in specs for method in spec.methods):
        function = vars(owner_of(cls, name) or object).get(name)
        if isinstance(function, FunctionType) and (function not in names or function.__name__ == name):
            names[function] = name
    return names


def _check_names(spec: ClassSpec) -> None:
    """Refuses names that the engine has already, which it would tell only in its output."""
    db = singleton("ClassDB")
    if db.class_exists(spec.name):
        raise DeclarationError(f"the engine has a class named {spec.name} already")
    if not db.can_instantiate(spec.native):
        raise DeclarationError(f"{spec.name}: {spec.native} is abstract, and no class can extend it")
    taken = native_properties(engine_class(spec.native))
    for prop in spec.properties:
        if prop.info.name in taken:
            raise DeclarationError(
                f"{spec.name}.{prop.info.name}: {spec.native} has a property of this name already",
                prop.info.name,
            )
    for signal in spec.signals:
        if db.class_has_signal(spec.parent, signal.name):
            raise DeclarationError(
                f"{spec.name}.{signal.name}: {spec.parent} has a signal of this name already", signal.name
            )


def _descends(name: str, ancestor: str) -> bool:
    return bool(singleton("ClassDB").is_parent_class(name, ancestor))


def _is_object(value: ValueSpec, ancestor: str) -> bool:
    """Whether a value is an object of a class below `ancestor`; its own may not be in ClassDB yet."""
    if value.type is not VariantType.OBJECT or value.python is None:
        return False
    bases = value.python.__mro__
    native = next((vars(base)["_engine_class"] for base in bases if is_native(base)), None)
    return native is not None and _descends(native, ancestor)


def type_of(annotation: Any) -> Type:
    """The host's type for an annotation."""
    return host_type(resolve(annotation))


def host_type(value: ValueSpec) -> Type:
    """A declared type as the host takes it.

    The engine knows an enum by its name, so an addon's own `Error` is one too.
    """
    element, key = (None if part is None else host_type(part) for part in (value.element, value.key))
    name = value.class_name if value.type is VariantType.OBJECT else ""
    failure = int(Error.FAILED) if value.class_name == _ERROR else 0
    return Type(int(value.type), value.python, element, name, _is_object(value, "RefCounted"), key, failure)


def _info(info: Info) -> Info:
    """An object's PropertyInfo names a RefCounted class twice, as the engine's own do (type_info.h)."""
    return _hinted(info, "RefCounted", PropertyHint.RESOURCE_TYPE)


def _property(spec: PropertySpec) -> PropertySpec:
    return spec._replace(info=_property_info(spec.info))


def _property_info(info: Info) -> Info:
    """The same for a property; and the inspector asks for a node by another hint."""
    return _hinted(_info(info), "Node", PropertyHint.NODE_TYPE)


def _hinted(info: Info, ancestor: str, hint: PropertyHint) -> Info:
    value = info.value
    if value.hint == PropertyHint.DICTIONARY_TYPE and engine_version() < (4, 4):
        return info._replace(value=value._replace(hint=PropertyHint.NONE, hint_string=""))
    if value.hint == PropertyHint.NONE and _is_object(value, ancestor):
        return info._replace(value=value._replace(hint=hint, hint_string=value.class_name))
    return info


def _method(cls: type[Any], method: MethodSpec, getters: set[str]) -> _Method:
    host = _host_method(cls, method, method.name in getters)
    return _Method(
        method.name,
        host,
        tuple(_info(argument) for argument in method.arguments),
        _info(method.returns or _VOID),
        method.defaults,
        method.flags,
    )


def _host_method(cls: type[Any], method: MethodSpec, getter: bool = False) -> Method:
    return Method(
        method.function,
        method.name,
        cls,
        [host_type(argument.value) for argument in method.arguments],
        None if method.returns is None else host_type(method.returns.value),
        len(method.arguments) - len(method.defaults),
        bool(method.flags & STATIC),
        None if method.rest is None else host_type(method.rest),
        getter,
    )


def _virtuals(cls: type[Any], spec: ClassSpec) -> dict[str, Method]:
    """The engine's virtual methods that the class overrides.

    The engine passes typed memory to them, so every argument needs its annotation. A debug engine knows the
    virtual methods of its classes, and a declaration that does not fit is refused; a release engine does not,
    and trusts.
    """
    if not spec.virtuals:
        return {}
    known = known_virtuals(spec.native)
    found = {}
    for name, function in spec.virtuals.items():
        if known and name not in known:
            continue  # a helper of Python's own
        try:
            method = method_spec(name, function, VIRTUAL, hints_of(function, cls, name))
            method = _check_virtual(method, known[name]) if known else _check_packed(cls, method)
        except TypeError as error:
            if not known:
                continue
            raise DeclarationError(
                f"{spec.name}.{name} overrides a virtual method of the engine: {error}", name
            ) from error
        found[name] = _host_method(cls, method)
    return found


def _end_at_virtual(native: EngineClass, name: str, virtuals: Mapping[str, Method]) -> None:
    """Lets `super()` end in the engine's class, if it looks for a virtual method there.

    Args:
        virtuals: those that the class which uses `super()` overrides, as a release engine tells of none.
    """
    known = known_virtuals(native.__name__)
    if name in NO_ANSWERS:
        answer: type[Any] | None = NO_ANSWERS[name]
    elif name in known:
        answer = type(None) if _is_void(known[name]) else None
    elif name in virtuals and not known:
        answer = type(None) if virtuals[name].returns is None else None
    else:
        return
    setattr(native, name, VirtualMethod(native.__name__, name, answer))


def _is_void(known: dict[str, Any]) -> bool:
    """Whether a virtual method returns nothing, by what ClassDB says of it."""
    returned = known["return"]
    return returned["type"] == VariantType.NIL and not returned["usage"] & PropertyUsage.NIL_IS_VARIANT


def _declared(spec: ClassSpec, method: MethodSpec) -> _Virtual:
    if method.name in known_virtuals(spec.native):
        raise DeclarationError(
            f"{spec.name}.{method.name} is the engine's own virtual method: override it without @virtual",
            method.name,
        )
    arguments = tuple(_info(argument) for argument in method.arguments)
    return _Virtual(method.name, arguments, _info(method.returns or _VOID), method.flags)


def listed(self: Any) -> list[Info]:
    """The properties of an object's `_get_property_list`."""
    return [_listed(entry) for entry in self._get_property_list()]


def _listed(entry: dict[str, Any]) -> Info:
    """A property of `_get_property_list`, whose type is a number of `VariantType` or an annotation.

    Raises:
        TypeError: something in it is not understood.
    """
    if not isinstance(entry, dict) or "name" not in entry:
        raise TypeError(f"a property is a dict with a name, not {entry!r}")
    given = dict(entry)
    name, kind = given.pop("name"), given.pop("type", VariantType.NIL)
    value = ValueSpec(VariantType(kind)) if isinstance(kind, int) else resolve(kind)
    if unknown := given.keys() - {"class_name", "hint", "hint_string", "usage"}:
        raise TypeError(f"the property {name!r} has {min(unknown)!r}, which is not understood")
    return _property_info(Info(name, value._replace(**given)))


def _check_virtual(method: MethodSpec, known: dict[str, Any]) -> MethodSpec:
    """Checks a virtual method's signature; where the engine wants an `Error`, an int becomes one.

    Raises:
        TypeError: the signature does not fit.
    """
    if len(method.arguments) != len(known["args"]):
        raise TypeError(f"it takes {len(known['args'])} arguments, not {len(method.arguments)}")
    known_type = known["return"]["type"]
    method = _with_packed(method, [info["type"] for info in known["args"]], known_type)
    for argument, info in zip(method.arguments, known["args"], strict=True):
        if argument.type != info["type"]:
            wanted = info["class_name"] or VariantType(info["type"]).name.lower()
            raise TypeError(f"argument {argument.name} must be annotated as the engine's {wanted}")
    if _is_void(known) and method.returns is not None:
        raise TypeError("it must be annotated as returning None")
    given = VariantType.NIL if method.returns is None else method.returns.type
    if given != known_type:
        raise TypeError(f"it must return the engine's {VariantType(known_type).name.lower()}")
    if method.returns is not None and known["return"]["class_name"] == _ERROR:
        return method._replace(returns=Info("", method.returns.value._replace(class_name=_ERROR)))
    return method


def _check_packed(cls: type[Any], method: MethodSpec) -> MethodSpec:
    """The same lists for a release engine, which does not describe its virtual methods."""
    from ._global_scope import PACKED  # late: few classes need it

    for base in cls.__mro__:
        found = PACKED.get((base.__name__, method.name)) if is_native(base) else None
        if found is not None and len(found[0]) == len(method.arguments):
            return _with_packed(method, *found)
    return method


def _with_packed(method: MethodSpec, kinds: Sequence[int], result: int) -> MethodSpec:
    """A virtual method with packed arrays, where the engine has one for a list of its items.

    Args:
        kinds, result: the Variant.Types of the engine's arguments, and of its result.
    """
    pairs = zip(method.arguments, kinds, strict=True)
    arguments = tuple(_packed(argument, kind, LIST_ARRAYS) for argument, kind in pairs)
    returns = method.returns and _packed(method.returns, result, LIST_ARRAYS | NUMBER_ARRAYS)
    return method._replace(arguments=arguments, returns=returns)


def _packed(info: Info, wanted: int, arrays: dict[VariantType, type[Any]]) -> Info:
    """A packed array, where the engine has one for a list of its items: `list[str]` for PackedStringArray."""
    cls = arrays.get(VariantType(wanted))
    if info.type != VariantType.ARRAY or is_container(info.value) or cls is None:
        return info
    element = info.value.element
    if element is not None and element.type is not _ITEMS[VariantType(wanted)]:
        return info
    return info._replace(value=resolve(cls))


_ITEMS = {
    VariantType.PACKED_INT32_ARRAY: VariantType.INT,
    VariantType.PACKED_INT64_ARRAY: VariantType.INT,
    VariantType.PACKED_FLOAT32_ARRAY: VariantType.FLOAT,
    VariantType.PACKED_FLOAT64_ARRAY: VariantType.FLOAT,
    VariantType.PACKED_STRING_ARRAY: VariantType.STRING,
    VariantType.PACKED_VECTOR2_ARRAY: VariantType.VECTOR2,
    VariantType.PACKED_VECTOR3_ARRAY: VariantType.VECTOR3,
    VariantType.PACKED_COLOR_ARRAY: VariantType.COLOR,
    VariantType.PACKED_VECTOR4_ARRAY: VariantType.VECTOR4,
}
"""The types of the items of packed arrays."""
