"""How a Python class becomes an engine class: `gdclass`, `export`, `Signal`, `const`.

Nothing here touches the engine, so declarations are checked and tested without one. `inspect_class` turns the
class into a `ClassSpec`; every mistake is a DeclarationError that names class and member, before the engine
sees it.
"""

from __future__ import annotations

import builtins
import copy
import re
import sys
import typing
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import IntEnum, IntFlag
from functools import cached_property, lru_cache, partial
from types import CodeType, FunctionType, MethodType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Never, TypeGuard, TypeVar, overload

from .annotations import (
    ANY,
    add_enum,
    as_declared,
    check_default,
    default_of,
    is_container,
    is_shared,
    resolve,
)
from .enums import MethodFlags, PropertyHint, PropertyUsage, VariantType
from .signatures import REQUIRED, Kind, Parameter, is_coroutine, parameters, takes
from .spec import ClassSpec, ConstantSpec, Info, MethodSpec, PropertySpec, SignalSpec, ValueSpec

if TYPE_CHECKING:
    from ._engine import BoundSignal

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

MOST_ARGUMENTS = 16
"""Of a method: as many as a call from the engine has room for (`_pythonscript/interface.pxd`)."""


class DeclarationError(TypeError):
    """A class cannot become an engine class; the text says which member and why.

    Attributes:
        member: its name; empty where it is the class as a whole.
    """

    def __init__(self, text: str, member: str = "") -> None:
        super().__init__(text)
        self.member = member


class Signal:
    """Declares a signal, with the names and types of its arguments: `scored = Signal(player=str, score=int)`.

    On an instance it is the engine's signal: `self.scored.emit("Ada", 3)`, `other.scored.connect(function)`.
    """

    def __init__(self, /, *unnamed: Never, **arguments: Any) -> None:
        self.unnamed = unnamed  # none is right; `gdclass` says so, and of which class it is
        self.arguments = arguments
        self.name = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Signal: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> BoundSignal: ...
    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        from _pythonscript import outgoing

        return outgoing.get_member(instance, self.name)

    def __set__(self, instance: object, value: Never) -> None:
        raise AttributeError(f"{type(instance).__name__}.{self.name} is a signal, which cannot be set")


class Export:
    """A property of an engine class; made by `export`.

    Attributes:
        default: as it was given, or once the class is declared, the type's.
        fresh: makes the value that an object begins with; known once the class is declared, as `taken` is.
        taken: makes what is kept of a value that is set: a container of the engine's, of a list.
        hints: what was said of how the inspector edits it, by the names of `export`.
    """

    def __init__(
        self, default: Any, accessors: tuple[str, str], headings: tuple[str, str], hints: dict[str, Any]
    ) -> None:
        self.default = default
        self.fresh: Callable[[], Any] = lambda: default
        self.taken: Callable[[Any], Any] | None = None
        self.getter, self.setter = accessors
        self.group, self.subgroup = headings
        self.hints = hints
        self.name = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        if self.getter:
            return getattr(instance, self.getter)()
        values = vars(instance)
        if self.name not in values:
            values[self.name] = self.fresh()
        return values[self.name]

    def __set__(self, instance: Any, value: Any) -> None:
        if self.setter:
            getattr(instance, self.setter)(value)
        else:
            vars(instance)[self.name] = self.taken(value) if self.taken else value


def export(
    default: Any = None,
    *,
    range: tuple[float, ...] | None = None,
    or_less: bool = False,
    or_greater: bool = False,
    suffix: str = "",
    enum: typing.Sequence[str] | None = None,
    flags: typing.Sequence[str] | None = None,
    file: str | None = None,
    dir: bool = False,
    multiline: bool = False,
    placeholder: str | None = None,
    group: str = "",
    subgroup: str = "",
    getter: str = "",
    setter: str = "",
    usage: int | None = None,
    hint: int | None = None,
    hint_string: str = "",
) -> Any:
    """Declares a property that scripts and the inspector see: `limit: int = export(10, range=(1, 100))`.

    Args:
        default: its value until it is set, each object's own; its type is the property's if there is no
            annotation. None is the engine's default for the type: 0, an empty text or list, no object.
        range: the smallest and greatest value, and optionally the step; or_less, or_greater: what is typed
            may be beyond them.
        suffix: the unit that is shown behind a number or a vector, e.g. `"m"`.
        enum, flags: names for the values of an int (or choices for a str).
        file: a filter for a path to a file, e.g. `"*.png"`; `dir`: a path to a folder.
        multiline, placeholder: how a str is edited.
        group, subgroup: the inspector's heading for this property.
        getter, setter: methods of the class that the property goes by. Without them scripts go by
            `get_<name>` and `set_<name>`, which are made if the class has none.
        usage: PropertyUsage flags in place of the default.
        hint, hint_string: any hint of the engine's (class reference: PropertyHint), in place of those above.
    """
    hints = {
        "range": range,
        "enum": enum,
        "flags": flags,
        "file": file,
        "dir": "" if dir else None,
        "multiline": "" if multiline else None,
        "placeholder": placeholder,
        "usage": usage,
        "hint": None if hint is None else (hint, hint_string),
        "more": tuple(
            word
            for word, wanted in (
                ("or_less", or_less),
                ("or_greater", or_greater),
                (f"suffix:{suffix}", suffix),
            )
            if wanted
        )
        or None,
    }
    given = {name: value for name, value in hints.items() if value is not None}
    return Export(default, (getter, setter), (group, subgroup), given)


# As plain numbers: operators of flags cost a game's start two milliseconds.
_NORMAL, _CONST, VIRTUAL, _VARARG, STATIC = (
    int(flag)
    for flag in (
        MethodFlags.NORMAL,
        MethodFlags.CONST,
        MethodFlags.VIRTUAL,
        MethodFlags.VARARG,
        MethodFlags.STATIC,
    )
)
_STORAGE = int(PropertyUsage.STORAGE)
_DEFAULT_USAGE = int(PropertyUsage.DEFAULT)
ENUM_USAGE = int(PropertyUsage.CLASS_IS_ENUM | PropertyUsage.CLASS_IS_BITFIELD)

_NUMBERS = (VariantType.INT, VariantType.FLOAT)
_WITH_UNITS = (
    *_NUMBERS,
    *(VariantType.VECTOR2, VariantType.VECTOR2I, VariantType.VECTOR3, VariantType.VECTOR3I),
    *(VariantType.VECTOR4, VariantType.VECTOR4I),
)
_TEXT = (VariantType.STRING,)
_HINTS = {
    "range": (PropertyHint.RANGE, _NUMBERS),
    "enum": (PropertyHint.ENUM, (VariantType.INT, VariantType.STRING)),
    "flags": (PropertyHint.FLAGS, (VariantType.INT,)),
    "file": (PropertyHint.FILE, _TEXT),
    "dir": (PropertyHint.DIR, _TEXT),
    "multiline": (PropertyHint.MULTILINE_TEXT, _TEXT),
    "placeholder": (PropertyHint.PLACEHOLDER_TEXT, _TEXT),
}
"""The hints of `export`: the engine's hint, and the types of property that it is for."""


def const(function: F) -> F:
    """Marks a method that changes nothing, as `const` in the class reference."""
    vars(function)["_const"] = True
    return function


_RPC: dict[str, tuple[str, Any]] = {
    "authority": ("rpc_mode", 2),
    "any_peer": ("rpc_mode", 1),
    "call_remote": ("call_local", False),
    "call_local": ("call_local", True),
    "unreliable": ("transfer_mode", 0),
    "unreliable_ordered": ("transfer_mode", 1),
    "reliable": ("transfer_mode", 2),
}
"""The words of `rpc`, and what the engine has for them (MultiplayerAPI.RPCMode,
MultiplayerPeer.TransferMode)."""


@overload
def rpc(function: F, /) -> F: ...
@overload
def rpc(*modes: str | int, channel: int = 0) -> Callable[[F], F]: ...
def rpc(*modes: Any, channel: int = 0) -> Any:
    """Lets other peers call a method of a Node, as `@rpc` in GDScript: `self.rpc("fire", 3)` calls theirs.

    `@rpc("any_peer", "call_local", "reliable")` has what differs from the defaults.

    Args:
        modes: `"authority"` or `"any_peer"`; `"call_remote"` or `"call_local"`; `"unreliable"`,
            `"unreliable_ordered"` or `"reliable"`; the first of each is the default. A channel may follow.
        channel: the channel of the transfer.
    """
    if len(modes) == 1 and isinstance(modes[0], FunctionType):
        return rpc()(modes[0])

    def mark(function: Any) -> Any:
        vars(function)["_rpc"] = (modes, channel)
        return function

    return mark


def _rpc_config(modes: tuple[Any, ...], channel: Any) -> dict[str, Any]:
    """What `Node.rpc_config` takes.

    Raises:
        TypeError: there is no such mode.
    """
    if modes and isinstance(modes[-1], int):
        modes, channel = modes[:-1], modes[-1]
    if not isinstance(channel, int):
        raise TypeError(f"the channel of an rpc is an int, not {channel!r}")
    config: dict[str, Any] = {"rpc_mode": 2, "call_local": False, "transfer_mode": 0, "channel": channel}
    for mode in modes:
        if mode not in _RPC:
            raise TypeError(f"rpc has no mode {mode!r}; it has {', '.join(_RPC)}")
        key, value = _RPC[mode]
        config[key] = value
    return config


@overload
def gdclass(cls: type[T], /) -> type[T]: ...
@overload
def gdclass(
    *, abstract: bool = False, tool: bool = False, icon: str = ""
) -> Callable[[type[T]], type[T]]: ...
def gdclass(cls: Any = None, /, *, abstract: bool = False, tool: bool = False, icon: str = "") -> Any:
    """Makes a Python class an engine class, known by its name to GDScript, C# and the editor.

    What is public in the class body is registered: methods with their annotations and defaults, static
    methods, `export` and Python properties, `Signal`s, IntEnums, integer constants in capitals. So is what
    plain Python bases bring, but for those of the standard library. Names with an underscore stay Python's
    own, but for the engine's virtual methods (`_ready`, `_process`, `_notification`, `_to_string` ...).
    Docstrings become the class's help.

    Args:
        abstract: the class cannot be made, only inherited.
        tool: the class runs in the editor too, as a script with `@tool` does, and so do its heirs. Without it
            the editor has placeholders for its objects, which keep their properties; before Godot 4.3 it runs
            there all the same.
        icon: the path of a picture for the editor, `res://addons/...`; before Godot 4.4 there is none.

    Raises:
        DeclarationError: something in the class has no counterpart in the engine.
    """

    def declare(cls: type[Any]) -> type[Any]:
        if not isinstance(cls, type):
            raise DeclarationError(f"gdclass is for classes, not for {cls!r}")
        cls._engine_class = cls.__name__  # so that its own annotations may name it
        try:
            cls._spec = inspect_class(cls, abstract=abstract, tool=tool, icon=icon)
            for register in registrars:
                register(cls)
        except DeclarationError as error:
            for name in {"_engine_class", "_spec"} & vars(cls).keys():
                delattr(cls, name)
            cls._refused = True
            if not refusers:
                raise
            refusers[-1](cls, error)
        return cls

    return declare if cls is None else declare(cls)


class Virtual:
    """A method that scripts may override; made by `virtual`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self.function
        found = owner_of(type(instance), self.function.__name__)
        if found is not None and vars(found).get(self.function.__name__) is self:
            return partial(self.call, instance)
        return MethodType(self.function, instance)  # by `super()`

    def call(self, instance: Any, /, *arguments: Any, **keywords: Any) -> Any:
        from _pythonscript import outgoing

        name = self.function.__name__
        if not outgoing.is_in_script(instance, name):
            return self.function(instance, *arguments, **keywords)
        for parameter in parameters(self.function)[1 + len(arguments) :]:  # a script gets all of them
            value = keywords.pop(parameter.name, parameter.default)
            if value is REQUIRED:
                raise TypeError(f"{name}() is missing its argument {parameter.name!r}")
            arguments = (*arguments, value)
        if keywords:
            raise TypeError(f"{name}() has no argument {next(iter(keywords))!r}")
        return outgoing.call_method(instance, name, *arguments)


def virtual(function: F) -> F:
    """Declares a method that scripts which extend the class may override.

    Python code that calls it calls theirs. Its name begins with an underscore, as those of the engine's
    virtual methods do. The function is what happens where no script overrides it; heirs in Python override it
    as any method. Needs Godot 4.3.
    """
    return typing.cast("F", Virtual(function))


_Cached = type(lru_cache(int))

registrars: list[Callable[[type[Any]], None]] = []
"""Called with each new class: the host's, while an engine runs."""

refusers: list[Callable[[type[Any], DeclarationError], None]] = []
"""The last one is told of a class that is refused, which then is no error of its module: the host's, while
it imports addons."""


def spec_of(cls: type[Any]) -> ClassSpec:
    """The specification that `gdclass` made of this class.

    Raises:
        DeclarationError: it was not declared, though a base may be.
    """
    spec: ClassSpec | None = vars(cls).get("_spec")
    if spec is None:
        raise DeclarationError(f"{cls.__name__} was not declared by gdclass")
    return spec


def is_native(cls: type[Any]) -> bool:
    """Whether a class is one of the engine's own, made neither by `gdclass` nor in plain Python."""
    return "_engine_class" in vars(cls) and "_spec" not in vars(cls)


def native_of(cls: type[Any]) -> Any:
    """The engine's own class that a class is or inherits."""
    return next(base for base in cls.__mro__ if is_native(base))


def inspect_class(cls: type[Any], *, abstract: bool = False, tool: bool = False, icon: str = "") -> ClassSpec:
    """The specification of a class, from its body.

    Raises:
        DeclarationError: something in the class has no counterpart in the engine.
    """
    if not isinstance(icon, str):
        raise DeclarationError(f"{cls.__name__}: its icon is the path of a picture, not {icon!r}")
    return _Inspection(cls).spec(abstract, tool, icon)


_REFUSED = {"_init": "the engine calls __init__ of a Python class, not _init"}
"""The engine's own methods that a class in Python cannot override, and would seem to."""

_ANSWERS = {
    "_notification": ("what",),
    "_to_string": (),
    "_get": ("property",),
    "_set": ("property", "value"),
    "_get_property_list": (),
    "_validate_property": ("property",),
    "_property_can_revert": ("property",),
    "_property_get_revert": ("property",),
}
"""Those that are no virtual methods to the engine, but callbacks; with their arguments."""

NO_ANSWERS: dict[str, type[Any]] = {
    "_notification": type(None),
    "_get": type(None),
    "_set": bool,
    "_get_property_list": list,
    "_validate_property": type(None),
    "_property_can_revert": bool,
    "_property_get_revert": type(None),
}
"""Those of them of which the engine has none itself, with the class whose empty value they return then."""


class _Inspection:
    """One look at one class."""

    def __init__(self, cls: type[Any]) -> None:
        self.cls = cls
        self.methods: list[MethodSpec] = []
        self.properties: list[PropertySpec] = []
        self.signals: list[SignalSpec] = []
        self.constants: list[ConstantSpec] = []
        self.names: set[str] = set()  # of the constants
        self.declared: list[MethodSpec] = []

    def spec(self, abstract: bool, tool: bool, icon: str) -> ClassSpec:
        name = self.cls.__name__
        parent, native = self.engine_bases()
        members = list(self.members())
        for _, key, member in members:  # enums first: the others' annotations name them
            if _is_enum(member) and not key.startswith("_"):
                add_enum(member, f"{name}.{key}")
        for owner, key, member in members:
            try:
                if key.startswith("_"):
                    self.check_private(key, member)
                else:
                    self.add(owner, key, member)
            except (OverflowError, TypeError, ValueError) as error:
                origin = "" if owner is self.cls else f" (it is declared in {owner.__qualname__})"
                raise DeclarationError(f"{name}.{key}: {error}{origin}", key) from error
        return ClassSpec(
            name=name,
            parent=parent._engine_class,
            native=native._engine_class,
            methods=tuple(self.methods),
            virtuals=dict(self.virtuals()),
            properties=tuple(self.properties),
            signals=tuple(self.signals),
            constants=tuple(self.constants),
            declared=tuple(self.declared),
            callbacks=frozenset(self.callbacks()),
            notification=isinstance(getattr(self.cls, "_notification", None), FunctionType),
            to_string=isinstance(getattr(self.cls, "_to_string", None), FunctionType),
            abstract=abstract or bool(getattr(self.cls, "__abstractmethods__", None)),
            tool=tool or (not is_native(parent) and spec_of(parent).tool),
            icon=icon,
            rpcs=tuple(self.rpcs(native)),
            doc=vars(self.cls).get("__doc__") or "",
        )

    def rpcs(self, native: type[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The methods that `rpc` marks, inherited ones too, as the engine keeps this by object."""
        found: dict[str, dict[str, Any]] = {}
        for base in self.cls.__mro__:
            if base is self.cls or not (is_native(base) or _is_standard(base)):
                for name, member in vars(base).items():
                    if isinstance(member, FunctionType) and "_rpc" in vars(member) and name not in found:
                        try:
                            found[name] = _rpc_config(*vars(member)["_rpc"])
                        except TypeError as error:
                            raise DeclarationError(f"{self.cls.__name__}.{name}: {error}", name) from error
        if found and not any(base.__name__ == "Node" for base in native.__mro__):
            name = next(iter(found))
            raise DeclarationError(
                f"{self.cls.__name__}.{name}: only nodes have methods that peers call", name
            )
        yield from found.items()

    def callbacks(self) -> Iterator[str]:
        """The engine's callbacks that the class answers, but for the two that have fields of their own."""
        for name in _ANSWERS.keys() - {"_notification", "_to_string"}:
            if isinstance(getattr(self.cls, name, None), FunctionType):
                # The engine asks every class from the object's upwards for its list: one answers for all.
                heir = any(
                    isinstance(getattr(base, name, None), FunctionType) for base in self.cls.__mro__[1:]
                )
                if name != "_get_property_list" or not heir:
                    yield name

    def engine_bases(self) -> tuple[type[Any], type[Any]]:
        """The class's parent in the engine, and the nearest base that is the engine's own."""
        bases: tuple[type[Any], ...] = self.cls.__mro__[1:]
        for base in bases:
            if "_refused" in vars(base):
                raise DeclarationError(f"{self.cls.__name__} inherits {base.__name__}, which was refused")
        engine_classes = [base for base in bases if vars(base).get("_engine_class")]
        if not engine_classes:
            raise DeclarationError(
                f"{self.cls.__name__} must inherit an engine class, such as RefCounted or Node"
            )
        parent = engine_classes[0]
        for other in engine_classes:
            if other not in parent.__mro__:
                raise DeclarationError(
                    f"{self.cls.__name__} inherits {parent.__name__} and {other.__name__}, but an engine "
                    "class has one parent: make one of them a plain Python class, or hold an object of it"
                )
        return parent, native_of(parent)

    def members(self) -> Iterator[tuple[type[Any], str, Any]]:
        """The members to register with the engine, each with the class whose body has it."""
        own = bodies(self.cls)
        for body in own:
            for name, member in vars(body).items():
                if owner_of(self.cls, name) is body:
                    yield body, name, member
        for base in self.cls.__mro__:  # an inherited class method gets this class, so it is registered anew
            for name, member in vars(base).items():
                inherited = isinstance(member, classmethod) and base not in own and not _is_standard(base)
                if inherited and not name.startswith("_") and owner_of(self.cls, name) is base:
                    yield base, name, member

    def add(self, owner: type[Any], name: str, member: Any) -> None:
        """Sorts a public member of a class's body."""
        match member:
            case Signal():
                if member.unnamed:
                    raise TypeError("a signal's arguments have names, as in Signal(points=int)")
                arguments = tuple(
                    Info(key, self.resolve(owner, value)) for key, value in member.arguments.items()
                )
                self.signals.append(SignalSpec(name, arguments))
            case Export():
                self.add_export(owner, name, member)
            case property():
                self.add_property(name, member)
            case Virtual():
                raise TypeError("the name of a virtual method begins with an underscore")
            case staticmethod():
                self.add_method(name, member.__func__, STATIC)
            case classmethod():
                self.add_method(name, getattr(self.cls, name), STATIC)
            case _ if _is_enum(member):
                for key, item in member.__members__.items():
                    self.add_constant(ConstantSpec(key, int(item), name, issubclass(member, IntFlag)))
            case bool():
                pass
            case int() if name.isupper():
                self.add_constant(ConstantSpec(name, int(member)))
            case cached_property():
                self.add_property(name, property(member.func))
            # What keeps results, such as `lru_cache`, is a method too.
            case FunctionType() | _Cached():
                self.add_method(name, member, _NORMAL | (_CONST if vars(member).get("_const") else 0))

    def add_method(self, name: str, function: Callable[..., Any], flags: int) -> None:
        self.methods.append(method_spec(name, function, flags, hints_of(function, self.cls, name)))

    def check_private(self, name: str, member: Any) -> None:
        inherited = any(isinstance(vars(base).get(name), Virtual) for base in self.cls.__mro__[1:])
        if inherited and isinstance(member, FunctionType):
            setattr(self.cls, name, Virtual(member))
        if isinstance(member, Virtual) and not inherited:
            function = member.function
            flags = VIRTUAL | (_CONST if vars(function).get("_const") else 0)
            method = method_spec(name, function, flags, hints_of(function, self.cls, name))
            if method.rest is not None:
                raise TypeError("a virtual method takes no *arguments")
            if is_coroutine(function):
                raise TypeError("a script that overrides it would have to await, which only a signal can say")
            self.declared.append(method)
        if not isinstance(member, FunctionType):
            return
        if name in _REFUSED:
            raise TypeError(_REFUSED[name])
        if name in _ANSWERS and not takes(member, 1 + len(_ANSWERS[name])):
            raise TypeError(f"the engine calls it as {name}({', '.join(_ANSWERS[name])})")

    def add_constant(self, constant: ConstantSpec) -> None:
        if not -(1 << 63) <= constant.value < 1 << 63:
            raise ValueError(f"{constant.name} = {constant.value} does not fit the engine's 64-bit int")
        if constant.name in self.names:
            raise ValueError(
                f"the class has a constant {constant.name} already; members of its enums are its constants"
            )
        self.names.add(constant.name)
        self.constants.append(constant)

    def add_export(self, owner: type[Any], name: str, member: Export) -> None:
        _check_words(member)
        for role, method in (("getter", member.getter), ("setter", member.setter)):
            if method and not self.has(method):
                raise TypeError(f"its {role} {method} is not a method of the class")
        annotations = _annotations(owner)
        if name not in annotations and member.default is None:
            raise TypeError("it needs an annotation, or a default that shows its type")
        value = self.resolve(owner, annotations.get(name, type(member.default)))
        if member.default is None:
            member.default = default_of(value)
        else:
            check_default(value, member.default)
            member.default = as_declared(value, member.default)
        member.taken = partial(_shared, value) if is_shared(value) else None
        member.fresh = _maker(value, member.default)
        info = Info(name, value._replace(**_inspector(value, dict(member.hints))))
        # A private method is not registered: the engine goes by one that goes by it.
        getter, setter = (
            given if given and not given.startswith("_") else f"{role}_{name}"
            for role, given in (("get", member.getter), ("set", member.setter))
        )
        self.add_accessors(
            name, PropertySpec(info, getter, setter, member.default, member.group, member.subgroup)
        )

    def add_property(self, name: str, member: property) -> None:
        if member.fget is None:
            raise TypeError("a property needs a getter")
        value = resolve(hints_of(member.fget, self.cls, name).get("return", Any))
        usage = value.usage if member.fset else value.usage & ~_STORAGE
        info, setter = Info(name, value._replace(usage=usage)), f"set_{name}" if member.fset else ""
        self.add_accessors(name, PropertySpec(info, f"get_{name}", setter, doc=_doc(member.fget)))

    def add_accessors(self, name: str, spec: PropertySpec) -> None:
        """Adds a property, with accessors of its own where the class has no methods of these names."""
        self.properties.append(spec)
        value = spec.info.value
        plain = Info(
            "value", value._replace(hint=PropertyHint.NONE, hint_string="", usage=_argument_usage(value))
        )
        if not self.has(spec.getter):
            returns = Info("", plain.value)
            self.methods.append(MethodSpec(spec.getter, _getter(name), (), returns, flags=_NORMAL | _CONST))
        if spec.setter and not self.has(spec.setter):
            self.methods.append(MethodSpec(spec.setter, _setter(name), (plain,), None))

    def has(self, name: str) -> bool:
        """Whether Python code defines a member, here or in a base."""
        return owner_of(self.cls, name) is not None

    def virtuals(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """What may override the engine's virtual methods: registration keeps those that do."""
        for base in reversed(self.cls.__mro__):
            for name, member in vars(base).items():
                private = name.startswith("_") and not name.startswith("__")
                if private and name not in _ANSWERS and isinstance(member, FunctionType):
                    yield name, getattr(self.cls, name)

    def resolve(self, owner: type[Any], annotation: Any) -> ValueSpec:
        """The engine's type for an annotation of a class's body."""
        names = vars(sys.modules[owner.__module__])
        annotated = SimpleNamespace(__annotations__={"it": annotation})
        return resolve(_evaluated(annotated, self.cls, owner, names)["it"])


def unexported(cls: type[Any]) -> list[str]:
    """The attributes of a class's body that look like properties, and are Python's as they lack `export`."""
    found = []
    for body in bodies(cls):
        for name, annotation in _annotations(body).items():
            member = vars(body).get(name, Signal)
            private = name.startswith("_") or name.isupper() or "ClassVar" in str(annotation)
            if private or callable(member) or hasattr(type(member), "__get__"):
                continue
            with suppress(TypeError):
                resolve(hints_of(SimpleNamespace(__annotations__={name: annotation}), cls, name)[name])
                found.append(name)
    return found


def names_at_super(cls: type[Any]) -> set[str]:
    """The names that a class's functions use which use `super()`."""
    found: set[str] = set()
    for body in bodies(cls):
        for function in (one for member in vars(body).values() for one in _functions(member)):
            names, free = _names_in(function.__code__)
            if "__class__" in free or "super" in names:
                found |= names
    return {name for name in found if not name.startswith("__")}


def _functions(member: Any) -> list[FunctionType]:
    """The functions of a member: a method's, a property's."""
    match member:
        case property():
            found: tuple[Any, ...] = (member.fget, member.fset)
        case staticmethod() | classmethod():
            found = (member.__func__,)
        case Virtual():
            found = (member.function,)
        case cached_property():
            found = (member.func,)
        case _:
            found = (member, getattr(member, "__wrapped__", None))
    return [function for function in found if isinstance(function, FunctionType)]


def _names_in(code: CodeType) -> tuple[set[str], set[str]]:
    """The names that a function and those inside it use, and its free variables."""
    names, free = set(code.co_names), set(code.co_freevars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            more, inside = _names_in(constant)
            names, free = names | more, free | inside
    return names, free


def place_of(cls: type[Any], member: str = "") -> tuple[str, int]:
    """The file and line in which a class has a member, or begins; line 0: it is not known."""
    import ast  # late: only mistakes ask
    import linecache

    owner = owner_of(cls, member) or cls
    file = getattr(sys.modules.get(owner.__module__), "__file__", None) or ""
    functions = _functions(vars(owner).get(member))
    line = functions[0].__code__.co_firstlineno if functions else 0
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse("".join(linecache.getlines(file)))):
            if isinstance(node, ast.ClassDef) and node.name == owner.__name__:
                named = (part for part in node.body if member and member in _names(part))
                line = next(named, node).lineno
    return file, line


def _names(statement: Any) -> list[str]:
    """What a statement of a class's body defines."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", statement)]
    return [str(getattr(target, "id", None) or getattr(target, "name", "")) for target in targets]


def bodies(cls: type[Any]) -> list[type[Any]]:
    """The classes whose members are registered with a class: itself, and the plain bases that it brings.

    Those of the standard library were not written for the engine, and stay Python's own.
    """
    known = next(base for base in cls.__mro__[1:] if "_engine_class" in vars(base)).__mro__
    return [base for base in cls.__mro__ if base not in known and not _is_standard(base)]


def _is_standard(cls: type[Any]) -> bool:
    return cls.__module__.partition(".")[0] in sys.stdlib_module_names


def owner_of(cls: type[Any], name: str) -> type[Any] | None:
    """The class in whose body Python finds a member, None if no code defines it."""
    for base in cls.__mro__:
        if name in vars(base):
            return base
    return None


def hints_of(function: Any, cls: type[Any], name: str) -> dict[str, Any]:
    """The annotations of a member's function, evaluated where the class that has it in its body can be named.

    Raises:
        TypeError: an annotation names what does not exist at run time.
    """
    return _evaluated(function, cls, owner_of(cls, name) or cls, None)


def _evaluated(
    annotated: Any, cls: type[Any], owner: type[Any], names: dict[str, Any] | None
) -> dict[str, Any]:
    # A plain base that is named in its own body is, to the engine, the class that has it.
    itself = owner if "_engine_class" in vars(owner) else cls
    try:
        attributes, parameters = (getattr(annotated, name, ()) for name in ("__dict__", "__type_params__"))
        plain = not parameters and _NOT_PLAIN.isdisjoint(attributes)
        given = annotated.__annotations__ if plain else {}
        scope = getattr(annotated, "__globals__", {}) if names is None else names
        known = ((name, _known(annotation, owner, itself, scope)) for name, annotation in given.items())
        found = {name: named for name, named in known if named is not None}
        if not plain or len(found) < len(given):
            rest = {name: annotation for name, annotation in given.items() if name not in found}
            left = SimpleNamespace(__annotations__=rest) if found else annotated
            inside = {key: member for key, member in vars(owner).items() if isinstance(member, type)}
            inside[owner.__name__] = itself
            found |= typing.get_type_hints(left, scope if found else names, inside)
    except NameError as error:
        missing = f"an annotation names {error.name!r}, which does not exist when the class is declared"
        raise TypeError(f"{missing} (is it imported under TYPE_CHECKING only?)") from error
    except (AttributeError, SyntaxError) as error:
        raise TypeError(f"an annotation cannot be evaluated: {error}") from error
    return {name: _without_self(annotation, cls) for name, annotation in found.items()}


_annotations: Callable[[type[Any]], dict[str, Any]] = vars(type)["__annotations__"].__get__
"""The annotations of a class's body. From Python 3.14 on the attribute may be that of its metaclass."""

_NOT_PLAIN = {"__wrapped__", "__no_type_check__"}
"""Attributes of functions whose annotations are not to be read as they stand."""


def _known(annotation: Any, owner: type[Any], itself: type[Any], names: dict[str, Any]) -> type[Any] | None:
    """The class that an annotation is or names; None if it has to be evaluated.

    Most are a name, and a game's start would take a while to compile each.
    """
    if not isinstance(annotation, str):
        return annotation if isinstance(annotation, type) else None
    if annotation == "None":
        return type(None)
    if annotation == owner.__name__:
        return itself
    inside = vars(owner).get(annotation)
    found = inside if isinstance(inside, type) else names.get(annotation, vars(builtins).get(annotation))
    return found if isinstance(found, type) else None


def _without_self(annotation: Any, cls: type[Any]) -> Any:
    """An annotation with the class in the place of `typing.Self`, as in `Self | None` or `list[Self]`."""
    if annotation is typing.Self:
        return cls
    arguments = typing.get_args(annotation)
    if typing.Self not in arguments:
        return annotation
    origin: Any = typing.get_origin(annotation)
    return origin[tuple(_without_self(argument, cls) for argument in arguments)]


def method_spec(name: str, function: Callable[..., Any], flags: int, hints: dict[str, Any]) -> MethodSpec:
    """The specification of a method from its signature.

    Raises:
        TypeError: the engine cannot call such a function.
    """
    given = parameters(function)
    if not flags & STATIC:
        if not given:
            raise TypeError("a method needs self; make it a staticmethod otherwise")
        del given[0]
    arguments: list[Info] = []
    defaults: list[Any] = []
    rest: ValueSpec | None = None
    for parameter in given:
        if parameter.kind is Kind.VAR_POSITIONAL:
            flags |= _VARARG
            rest, _ = _argument(parameter, hints)
        elif parameter.kind in (Kind.VAR_KEYWORD, Kind.KEYWORD_ONLY):
            raise TypeError(f"the engine passes no keyword arguments, such as {parameter.name}")
        else:
            value, default = _argument(parameter, hints)
            arguments.append(Info(parameter.name, value))
            defaults += default
    if len(arguments) > MOST_ARGUMENTS:
        raise TypeError(f"a method has {MOST_ARGUMENTS} arguments at most, not {len(arguments)}")
    returns = hints.get("return", Any)
    try:
        result = None if returns in (None, type(None), Never, typing.NoReturn) else Info("", resolve(returns))
    except TypeError as error:
        raise TypeError(f"its return value: {error}") from error
    if is_coroutine(function):
        if flags & VIRTUAL and result is not None:
            raise TypeError("a coroutine has no result yet when the engine wants it; return None")
        result = None if flags & VIRTUAL else Info("", ANY)  # itself, or a signal of it
    return MethodSpec(name, function, tuple(arguments), result, tuple(defaults), flags, _doc(function), rest)


def _argument(parameter: Parameter, hints: dict[str, Any]) -> tuple[ValueSpec, list[Any]]:
    """The type of an argument, and its default if it has one."""
    try:
        value = resolve(hints.get(parameter.name, Any))
        if parameter.default is REQUIRED:
            return value, []
        check_default(value, parameter.default)
        if is_container(value) and value.python and not isinstance(parameter.default, value.python):
            name = value.python.__name__
            raise TypeError(f"its default must be made by {name}(), not {parameter.default!r}")
    except TypeError as error:
        raise TypeError(f"argument {parameter.name}: {error}") from error
    return value, [parameter.default]


def _maker(value: ValueSpec, default: Any) -> Callable[[], Any]:
    """What makes an object's own value from a default: no two share a list."""
    if is_shared(value):
        return lambda: _shared(value, copy.copy(default))
    if isinstance(default, (list, dict, array)):
        return partial(copy.deepcopy, default)
    return lambda: default


def _shared(value: ValueSpec, given: Any) -> Any:
    """A value that is set, as the engine's own container or bytes, which scripts see too."""
    bytes_of = value.python if value.type is VariantType.PACKED_BYTE_ARRAY else None
    if bytes_of is not None and isinstance(given, bytes_of):
        return given
    if bytes_of is not None and isinstance(given, (bytes, bytearray, memoryview)):
        return bytes_of(given)
    from _pythonscript.variant import convert

    from ._registration import host_type

    taken = convert(host_type(value), given)
    return taken if bytes_of is None else bytes_of(bytes(taken))


def _check_words(member: Export) -> None:
    """Checks what was said of a property in words and numbers, whatever its type.

    Raises:
        TypeError: something else was said.
    """
    hint, hint_string = member.hints.get("hint", (0, ""))
    texts = {"group": member.group, "subgroup": member.subgroup, "hint_string": hint_string}
    texts |= {name: member.hints[name] for name in ("file", "placeholder") if name in member.hints}
    for name, given in texts.items():
        if not isinstance(given, str):
            raise TypeError(f"{name} is a str, not {given!r}")
    for name, enum, given in (
        ("hint", "PropertyHint", hint),
        ("usage", "PropertyUsage", member.hints.get("usage", 0)),
    ):
        if not isinstance(given, int):
            raise TypeError(f"{name} is an int of {enum}, not {given!r}")


def _inspector(value: ValueSpec, hints: dict[str, Any]) -> dict[str, Any]:
    """What the hints of `export` change in a property's type."""
    changed = {"usage": hints.pop("usage")} if "usage" in hints else {}
    more = hints.pop("more", ())
    if more and (value.type not in _WITH_UNITS or hints.keys() - {"range"}):
        raise TypeError("or_less, or_greater and suffix are for numbers and vectors, with a range or without")
    if {"or_less", "or_greater"} & set(more) and "range" not in hints:
        raise TypeError("or_less and or_greater say how a range is meant, and there is none")
    if "hint" in hints and len(hints) == 1:
        number, text = hints["hint"]
        return changed | {"hint": number, "hint_string": text}
    if len(hints) > 1:
        raise TypeError(f"a property takes one hint, not {' and '.join(hints)}")
    if not hints and value.python is not None and issubclass(value.python, (IntEnum, IntFlag)):
        name = "flags" if issubclass(value.python, IntFlag) else "enum"
        hints = {name: _choices(value.python)}
    for name, given in hints.items():
        hint, kinds = _HINTS[name]
        if value.type not in kinds:
            wanted = " or ".join(kind.name.lower() for kind in kinds)
            raise TypeError(f"{name} is for a property that is {wanted}, not {value.type.name.lower()}")
        numbers = isinstance(given, (tuple, list)) and all(isinstance(one, (int, float)) for one in given)
        if name == "range" and (not numbers or len(given) not in (2, 3)):
            raise ValueError(f"range is (smallest, greatest) or (smallest, greatest, step), not {given!r}")
        if name in ("enum", "flags") and not isinstance(given, Iterable):
            raise TypeError(f"{name} is a list of names, not {given!r}")
        changed |= {
            "hint": hint,
            "hint_string": given if isinstance(given, str) else ",".join(map(str, (*given, *more))),
        }
    return changed if hints or not more else changed | {"hint_string": ",".join(more)}


def _choices(enum: type[IntEnum] | type[IntFlag]) -> list[str]:
    """The members as the inspector's hint has them, without the begin that repeats the enum's name."""
    begin = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.__name__).upper() + "_"
    least = 1 if issubclass(enum, IntFlag) else -(1 << 63)  # no flag is what can't be ticked
    return [
        f"{name.removeprefix(begin).replace('_', ' ').capitalize()}:{int(member)}"
        for name, member in enum.__members__.items()
        if member >= least
    ]


def _argument_usage(value: ValueSpec) -> int:
    return _DEFAULT_USAGE | (ANY.usage if value.type is VariantType.NIL else value.usage & ENUM_USAGE)


def _is_enum(member: Any) -> TypeGuard[type[IntEnum] | type[IntFlag]]:
    return isinstance(member, type) and issubclass(member, (IntEnum, IntFlag))


def _getter(name: str) -> Callable[[Any], Any]:
    return lambda self: getattr(self, name)


def _setter(name: str) -> Callable[[Any, Any], None]:
    return lambda self, value: setattr(self, name, value)


def _doc(function: Callable[..., Any]) -> str:
    return function.__doc__ or ""
