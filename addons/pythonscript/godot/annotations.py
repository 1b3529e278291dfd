"""Python annotations as the engine's types.

| annotation | the engine's type |
|---|---|
| `bool`, `int`, `float`, `str` | the type of that name |
| `StringName`, `NodePath`, `Vector2` ... `Color`, `RID`, `Callable` | the type of that name |
| `BoundSignal` | Signal |
| `bytes`, `PackedByteArray` | PackedByteArray; the second shares the engine's memory |
| `list`, `list[X]`, `dict` | Array, Array[X], Dictionary, copied |
| `Array`, `Array[X]`, `Dictionary`, `Dictionary[K, V]` | the same, shared; the last since Godot 4.4 |
| `PackedStringArray`, `PackedInt32Array` ... | the packed array of that name |
| an engine class or a Python one made by `gdclass`, also `X | None` | Object of that class, or null |
| an `IntEnum`, `IntFlag` | int, with the enum's name; other ints than its members arrive as ints |
| `Pointer` | a raw pointer, in the few virtual methods that pass one |
| `Self` | the class that is declared |
| `None`, `Never` (of a return value) | void |
| a `NewType`, a `Literal` | the type that it stands for, or that its values have |
| `Any`, `object`, a union, nothing | any Variant; a union with `Array` or `Dictionary` shares them |
"""

from __future__ import annotations

import collections.abc
import types
import typing
from array import array
from enum import Enum, IntEnum, IntFlag
from typing import Any

from .enums import Error, PropertyHint, PropertyUsage, VariantType
from .pointer import Pointer
from .spec import ValueSpec
from .values import LIST_ARRAYS, NUMBER_ARRAYS, VALUES, NodePath, StringName

ANY = ValueSpec(VariantType.NIL, usage=int(PropertyUsage.DEFAULT | PropertyUsage.NIL_IS_VARIANT))

_TYPES: dict[Any, ValueSpec] = {
    bool: ValueSpec(VariantType.BOOL),
    int: ValueSpec(VariantType.INT),
    float: ValueSpec(VariantType.FLOAT),
    str: ValueSpec(VariantType.STRING),
    StringName: ValueSpec(VariantType.STRING_NAME),
    NodePath: ValueSpec(VariantType.NODE_PATH),
    bytes: ValueSpec(VariantType.PACKED_BYTE_ARRAY),
    list: ValueSpec(VariantType.ARRAY),
    dict: ValueSpec(VariantType.DICTIONARY),
    typing.Callable: ValueSpec(VariantType.CALLABLE),
    collections.abc.Callable: ValueSpec(VariantType.CALLABLE),
    Pointer: ValueSpec(VariantType.INT, python=Pointer, hint=PropertyHint.INT_IS_POINTER),
    Any: ANY,
    object: ANY,
    **{cls: ValueSpec(kind) for kind, cls in (VALUES | NUMBER_ARRAYS | LIST_ARRAYS).items()},
}

_INSTEAD = {
    "Signal": "BoundSignal",
    "tuple": "list",
    "set": "list",
    "Sequence": "list",
    "Iterable": "list",
    "Mapping": "dict",
    "bytearray": "bytes or PackedByteArray",
    "memoryview": "bytes or PackedByteArray",
}
"""What to write for an annotation that is near to one of ours, by name."""

_enum_names: dict[type[Any], str] = {Error: "Error"}


def add_type(annotation: Any, kind: VariantType, *, python: type[Any] | None = None) -> None:
    """Lets `annotation` stand for a Variant type: for classes that exist only where the host runs."""
    _TYPES[annotation] = ValueSpec(kind, python=python)


def add_enum(enum: type[Any], name: str) -> None:
    """Tells the engine's name of an enum, as `Class.Enum`; of several classes the first gives it."""
    _enum_names.setdefault(enum, name)


def resolve(annotation: Any) -> ValueSpec:
    """The engine's type for an annotation.

    Raises:
        TypeError: the engine has no type for it.
    """
    try:
        found = _TYPES.get(annotation)
    except TypeError:  # unhashable, so no annotation of ours
        found = None
    if found is not None:
        return found
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _resolve_union(arguments)
    if isinstance(annotation, typing.NewType):
        return resolve(annotation.__supertype__)
    if origin is typing.Literal:
        return _resolve_union(tuple(dict.fromkeys(type(argument) for argument in arguments)))
    if origin is list:
        return _array_of(_TYPES[list], resolve(arguments[0]))
    if origin in _TYPES and _TYPES[origin].python is origin:  # Array, Dictionary
        kind = _TYPES[origin]
        if len(arguments) != (1 if kind.type is VariantType.ARRAY else 2):
            raise TypeError(f"{annotation} has the wrong number of types")
        parts = [resolve(argument) for argument in arguments]
        return _array_of(kind, *parts) if kind.type is VariantType.ARRAY else _dictionary_of(kind, *parts)
    if origin in (dict, collections.abc.Callable):
        return _TYPES[origin]
    if isinstance(annotation, type):
        if issubclass(annotation, (IntEnum, IntFlag)):
            return _enum(annotation)
        if getattr(annotation, "_engine_class", None):
            return _object(annotation)
        if issubclass(annotation, Enum):
            raise TypeError(f"the enum {annotation.__name__} must be an IntEnum or IntFlag")
    shown = getattr(origin or annotation, "__name__", None) or repr(annotation)
    advice = f"; write {_INSTEAD[shown]}" if shown in _INSTEAD else ""
    raise TypeError(f"the annotation {shown} has no counterpart in the engine{advice}")


def _resolve_union(members: tuple[Any, ...]) -> ValueSpec:
    kinds = [resolve(member) for member in members if member is not type(None)]
    # The engine's objects may be null anyway.
    if len(kinds) == 1 and (kinds[0].type is VariantType.OBJECT or len(members) == 1):
        return kinds[0]
    shared = (
        kind.python for kind in kinds if is_shared(kind) and kind.type is not VariantType.PACKED_BYTE_ARRAY
    )
    return ANY._replace(python=next(shared, None))


def _array_of(kind: ValueSpec, element: ValueSpec) -> ValueSpec:
    if element.type is VariantType.NIL:
        return kind
    return kind._replace(element=element, hint=PropertyHint.ARRAY_TYPE, hint_string=item_name(element))


def _dictionary_of(kind: ValueSpec, key: ValueSpec, element: ValueSpec) -> ValueSpec:
    if key.type is element.type is VariantType.NIL:
        return kind
    hint = f"{item_name(key)};{item_name(element)}"
    return kind._replace(key=key, element=element, hint=PropertyHint.DICTIONARY_TYPE, hint_string=hint)


def _enum(enum: type[Any]) -> ValueSpec:
    usage = PropertyUsage.CLASS_IS_BITFIELD if issubclass(enum, IntFlag) else PropertyUsage.CLASS_IS_ENUM
    name = _enum_names.get(enum) or enum.__qualname__.rpartition("<locals>.")[2]
    return ValueSpec(VariantType.INT, python=enum, class_name=name, usage=int(PropertyUsage.DEFAULT | usage))


def _object(cls: type[Any]) -> ValueSpec:
    return ValueSpec(VariantType.OBJECT, python=cls, class_name=cls._engine_class)


def is_container(value: ValueSpec) -> bool:
    """Whether a value is one of the engine's own containers, shared with it."""
    return value.python is not None and value.type in (VariantType.ARRAY, VariantType.DICTIONARY)


def is_shared(value: ValueSpec) -> bool:
    """Whether a value is, or may be, a container of the engine's, or bytes that it shares."""
    kinds = (VariantType.NIL, VariantType.ARRAY, VariantType.DICTIONARY, VariantType.PACKED_BYTE_ARRAY)
    return value.python is not None and value.type in kinds


TYPE_NAMES = {
    VariantType.NIL: "Variant",
    VariantType.BOOL: "bool",
    VariantType.INT: "int",
    VariantType.FLOAT: "float",
    VariantType.STRING: "String",
    VariantType.STRING_NAME: "StringName",
    VariantType.NODE_PATH: "NodePath",
    VariantType.RID: "RID",
    VariantType.OBJECT: "Object",
    VariantType.CALLABLE: "Callable",
    VariantType.SIGNAL: "Signal",
    VariantType.DICTIONARY: "Dictionary",
    VariantType.ARRAY: "Array",
    VariantType.PACKED_BYTE_ARRAY: "PackedByteArray",
    **{kind: cls.__name__ for kind, cls in (VALUES | NUMBER_ARRAYS | LIST_ARRAYS).items()},
}


def type_name(value: ValueSpec) -> str:
    """What the class reference calls a type: `int`, `Node`, `int[]`."""
    if value.key is not None and value.element is not None:
        return f"Dictionary[{item_name(value.key)}, {item_name(value.element)}]"
    return f"{item_name(value.element)}[]" if value.element else item_name(value)


def item_name(value: ValueSpec) -> str:
    """What the engine calls the type of a typed Array's items; an Array among them is plain there."""
    return value.class_name if value.type is VariantType.OBJECT else TYPE_NAMES[value.type]


_DEFAULTS: dict[VariantType, tuple[type[Any], ...]] = {
    VariantType.BOOL: (bool,),
    VariantType.INT: (int,),
    VariantType.FLOAT: (float, int),
    VariantType.STRING: (str,),
    VariantType.STRING_NAME: (StringName, str),
    VariantType.NODE_PATH: (NodePath, str),
    VariantType.OBJECT: (type(None),),
    VariantType.DICTIONARY: (dict,),
    VariantType.ARRAY: (list, tuple),
    VariantType.PACKED_BYTE_ARRAY: (bytes, bytearray, memoryview),
    **{kind: (cls,) for kind, cls in VALUES.items()},
    **{kind: (cls, array, list, tuple) for kind, cls in NUMBER_ARRAYS.items()},
    **{kind: (cls, list, tuple) for kind, cls in LIST_ARRAYS.items()},
}
"""What may be given as a default of a type; the first one, called, is the engine's own default."""


def check_default(value: ValueSpec, default: Any) -> None:
    """Checks a default for its type.

    Raises:
        TypeError: it is of another type. An object is refused too: all would share it.
    """
    accepted = _DEFAULTS.get(value.type, (object,))
    if value.type is not VariantType.OBJECT and value.python is not None:  # an enum, PackedByteArray
        accepted = (*accepted, value.python)
    if not isinstance(default, accepted):
        only = "null (None)" if value.type is VariantType.OBJECT else TYPE_NAMES[value.type]
        raise TypeError(f"its default must be {only}, not {default!r}")


def as_declared(value: ValueSpec, default: Any) -> Any:
    """A default in the declared type, as if a script had set it: 1.0 for 1, a list for a tuple.

    What does not fit is left for the engine to refuse. An int that is no member of its enum stays an int.
    """
    if value.python is not None:
        is_enum = issubclass(value.python, (IntEnum, IntFlag)) and isinstance(default, int)
        return member_of(value.python, int(default)) if is_enum else default
    accepted = _DEFAULTS.get(value.type)
    if accepted is None or not isinstance(default, accepted) or default is None:
        return default
    if value.type is VariantType.ARRAY and value.element is not None:
        return [as_declared(value.element, item) for item in default]
    return default if type(default) is accepted[0] else accepted[0](default)


def member_of(enum: type[Any], number: int) -> Any:
    """A member of an enum, or the int itself, as the host does it (`member_of` in `variant.pyx`)."""
    try:
        member = enum(number)
    except ValueError:
        return number
    return number if issubclass(enum, IntFlag) and member != number else member


def default_of(value: ValueSpec) -> Any:
    """The value that the engine gives a variable of this type; an IntEnum's first member where none is 0."""
    if value.python is not None and issubclass(value.python, IntFlag):
        return value.python(0)
    if value.python is not None and issubclass(value.python, IntEnum):
        members = list(value.python)
        return value.python(0) if 0 in members else members[0]
    if value.type in (VariantType.NIL, *_DEFAULTS):
        return None if value.type is VariantType.NIL else _DEFAULTS[value.type][0]()
    return None if value.python is None else value.python()
