"""What a Python class looks like to the engine: plain data, made by `declare`.

Named tuples, whose classes are made in a fraction of the time that dataclasses take at every game's start;
and for the same reason annotations are no texts here, which would be compiled anew.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .enums import MethodFlags, PropertyHint, PropertyUsage, VariantType

_Class = type[Any]


class ValueSpec(NamedTuple):
    """A type, as the engine's PropertyInfo says it.

    Attributes:
        type: the Variant.Type; NIL for any Variant.
        python: the Python class where it matters: an IntEnum, a proxy or instance class, PackedByteArray,
            Array or Dictionary, also of a Variant that may be one of these two.
        element: of the items of a typed Array, or of the values of a typed Dictionary; key: of its keys.
        class_name: an object's class, or an enum's name with its owner's.
        hint, hint_string, usage: how the inspector treats it.
    """

    type: VariantType
    python: _Class | None = None
    element: "ValueSpec | None" = None
    class_name: str = ""
    hint: int = PropertyHint.NONE
    hint_string: str = ""
    usage: int = int(PropertyUsage.DEFAULT)
    key: "ValueSpec | None" = None


class Info(NamedTuple):
    """A named value: an argument, a return value (no name), a property."""

    name: str
    value: ValueSpec

    @property
    def type(self) -> int:
        return self.value.type

    @property
    def class_name(self) -> str:
        return self.value.class_name

    @property
    def hint(self) -> int:
        return self.value.hint

    @property
    def hint_string(self) -> str:
        return self.value.hint_string

    @property
    def usage(self) -> int:
        return self.value.usage


class MethodSpec(NamedTuple):
    """A method.

    Attributes:
        returns: None for void.
        defaults: those of the last arguments.
        rest: the type of the arguments after these; None if there can be none.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Info, ...]
    returns: Info | None
    defaults: tuple[Any, ...] = ()
    flags: int = int(MethodFlags.NORMAL)
    doc: str = ""
    rest: ValueSpec | None = None


class PropertySpec(NamedTuple):
    """A property with the names of its accessors; no setter: read-only."""

    info: Info
    getter: str
    setter: str = ""
    default: Any = None
    group: str = ""
    subgroup: str = ""
    doc: str = ""


class SignalSpec(NamedTuple):
    """A signal and its arguments."""

    name: str
    arguments: tuple[Info, ...]
    doc: str = ""


class ConstantSpec(NamedTuple):
    """An integer constant, of an enum or (`enum` empty) of the class itself."""

    name: str
    value: int
    enum: str = ""
    bitfield: bool = False
    doc: str = ""


class ClassSpec(NamedTuple):
    """A class with all its members, in the order of their declaration.

    Attributes:
        parent: the class it inherits; `native`: the nearest one that is the engine's own.
        virtuals: functions that may override the engine's virtual methods, by name.
        declared: virtual methods of the class's own, which scripts may override.
        notification, to_string: whether the class answers these; callbacks: the names of others that it does.
        tool: whether its objects live in the editor too.
        icon: the path of the editor's picture for it; empty: that of its parent.
        rpcs: methods that other peers may call, with what `Node.rpc_config` takes.
    """

    name: str
    parent: str
    native: str
    methods: tuple[MethodSpec, ...] = ()
    virtuals: Mapping[str, Callable[..., Any]] = MappingProxyType({})
    declared: tuple[MethodSpec, ...] = ()
    properties: tuple[PropertySpec, ...] = ()
    signals: tuple[SignalSpec, ...] = ()
    constants: tuple[ConstantSpec, ...] = ()
    notification: bool = False
    to_string: bool = False
    callbacks: frozenset[str] = frozenset()
    abstract: bool = False
    tool: bool = False
    icon: str = ""
    rpcs: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    doc: str = ""
