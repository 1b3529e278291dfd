"""How a Python class becomes an engine class: `gdclass`, `export`, `Signal`, `const`, and what they find in the class.

Nothing here touches the engine, so declarations are checked and tested without one. `inspect_class` turns the class
into a `ClassSpec`; every mistake is a DeclarationError that names class and member, before the engine sees it.
"""

from __future__ import annotations

import copy
import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum, IntEnum, IntFlag
from typing import Any, TypeVar, overload

from . import annotations
from .enums import MethodFlags, PropertyHint, PropertyUsage, VariantType
from .spec import ClassSpec, ConstantSpec, Info, MethodSpec, PropertySpec, SignalSpec, ValueSpec

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class DeclarationError(TypeError):
    """A class cannot become an engine class; the text says which member and why."""


class Signal:
    """Declares a signal, with the names and types of its arguments: `scored = Signal(player=str, score=int)`.

    On an instance it is the engine's signal: `self.scored.emit("Ada", 3)`, `other.scored.connect(function)`.
    """

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments
        self.name = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        from _pythonscript import outgoing

        return outgoing.get_member(instance, self.name)


class Export:
    """A property of an engine class; made by `export`."""

    def __init__(self, default: Any, getter: str, setter: str, group: str, subgroup: str, hint: dict[str, Any]) -> None:
        self.default, self.getter, self.setter = default, getter, setter
        self.group, self.subgroup, self.hint = group, subgroup, hint
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
            values[self.name] = copy.copy(self.default)  # each object has a list of its own
        return values[self.name]

    def __set__(self, instance: Any, value: Any) -> None:
        if self.setter:
            getattr(instance, self.setter)(value)
        else:
            vars(instance)[self.name] = value


def export(
    default: Any = None,
    *,
    range: tuple[float, ...] | None = None,
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
) -> Any:
    """Declares a property that scripts and the inspector see: `limit: int = export(10, range=(1, 100))`.

    Args:
        default: its value until it is set; its type is the property's if there is no annotation.
        range: the smallest and greatest value, and optionally the step.
        enum, flags: names for the values of an int (or choices for a str).
        file: a filter for a path to a file, e.g. `"*.png"`; `dir`: a path to a folder.
        multiline, placeholder: how a str is edited.
        group, subgroup: the inspector's heading for this property.
        getter, setter: methods of the class that the property goes by; by default they are made, as
            `get_<name>` and `set_<name>`.
        usage: PropertyUsage flags in place of the default.
    """
    choices: dict[int, str | None] = {
        PropertyHint.RANGE: ",".join(map(str, range)) if range else None,
        PropertyHint.ENUM: ",".join(enum) if enum else None,
        PropertyHint.FLAGS: ",".join(flags) if flags else None,
        PropertyHint.FILE: file,
        PropertyHint.DIR: "" if dir else None,
        PropertyHint.MULTILINE_TEXT: "" if multiline else None,
        PropertyHint.PLACEHOLDER_TEXT: placeholder,
    }
    chosen = [(hint, text) for hint, text in choices.items() if text is not None]
    if len(chosen) > 1:
        raise DeclarationError(f"a property takes one hint, not {' and '.join(PropertyHint(hint).name for hint, _ in chosen)}")
    hint: dict[str, Any] = {"hint": chosen[0][0], "hint_string": chosen[0][1]} if chosen else {}
    if usage is not None:
        hint["usage"] = usage
    return Export(default, getter, setter, group, subgroup, hint)


def const(function: F) -> F:
    """Marks a method that changes nothing, as `const` in the class reference."""
    function._const = True  # type: ignore[attr-defined]
    return function


@overload
def gdclass(cls: type[T], /) -> type[T]: ...
@overload
def gdclass(*, abstract: bool = False) -> Callable[[type[T]], type[T]]: ...
def gdclass(cls: Any = None, /, *, abstract: bool = False) -> Any:
    """Makes a Python class an engine class, known by its name to GDScript, C# and the editor.

    What is public in the class body is registered: methods with their annotations and defaults, static methods,
    `export` and Python properties, `Signal`s, IntEnums, integer constants in capitals. Names with an underscore stay
    Python's own, but for the engine's virtual methods (`_ready`, `_process`, `_notification`, `_to_string` ...).
    Docstrings become the class's help.

    Args:
        abstract: the class cannot be made, only inherited.

    Raises:
        DeclarationError: something in the class has no counterpart in the engine.
    """

    def declare(cls: type[Any]) -> type[Any]:
        cls._spec = inspect_class(cls, abstract=abstract)  # type: ignore[attr-defined]
        cls._engine_class = cls.__name__  # type: ignore[attr-defined]
        for register in registrars:
            register(cls)
        return cls

    return declare if cls is None else declare(cls)


registrars: list[Callable[[type[Any]], None]] = []
"""Who is told of each new class: the host, while an engine runs."""


def inspect_class(cls: type[Any], *, abstract: bool = False) -> ClassSpec:
    """The specification of a class, from its body.

    Raises:
        DeclarationError: something in the class has no counterpart in the engine.
    """
    return _Inspection(cls).spec(abstract)


class _Inspection:
    """One look at one class."""

    def __init__(self, cls: type[Any]) -> None:
        self.cls = cls
        self.members = vars(cls)
        self.parent = next((base for base in cls.__mro__[1:] if getattr(base, "_engine_class", "")), None)
        self.methods: list[MethodSpec] = []
        self.properties: list[PropertySpec] = []
        self.signals: list[SignalSpec] = []
        self.constants: list[ConstantSpec] = []

    def spec(self, abstract: bool) -> ClassSpec:
        if self.parent is None:
            raise DeclarationError(f"{self.cls.__name__} must inherit an engine class, such as RefCounted or Node")
        for name, member in self.members.items():  # enums first: the others' annotations name them
            if isinstance(member, type) and issubclass(member, (IntEnum, IntFlag)) and not name.startswith("_"):
                annotations.add_enum(member, f"{self.cls.__name__}.{name}")
        for name, member in self.members.items():
            if not name.startswith("_"):
                try:
                    self.add(name, member)
                except DeclarationError:
                    raise
                except (TypeError, ValueError) as error:
                    raise DeclarationError(f"{self.cls.__name__}.{name}: {error}") from error
        native = next(base for base in self.cls.__mro__ if "_spec" not in vars(base) and vars(base).get("_engine_class"))
        return ClassSpec(
            name=self.cls.__name__,
            parent=self.parent._engine_class,  # type: ignore[attr-defined]
            native=native._engine_class,
            methods=tuple(self.methods),
            virtuals=dict(self.virtuals()),
            properties=tuple(self.properties),
            signals=tuple(self.signals),
            constants=tuple(self.constants),
            notification=inspect.isfunction(getattr(self.cls, "_notification", None)),
            to_string=inspect.isfunction(getattr(self.cls, "_to_string", None)),
            abstract=abstract,
            doc=inspect.cleandoc(self.members.get("__doc__") or ""),
        )

    def add(self, name: str, member: Any) -> None:
        """Sorts a public member of the class's body."""
        match member:
            case Signal():
                arguments = tuple(Info(key, annotations.resolve(value)) for key, value in member.arguments.items())
                self.signals.append(SignalSpec(name, arguments))
            case Export():
                self.add_export(name, member)
            case property():
                self.add_property(name, member)
            case staticmethod():
                self.methods.append(self.method(name, member.__func__, MethodFlags.STATIC))
            case classmethod():
                self.methods.append(self.method(name, getattr(self.cls, name), MethodFlags.STATIC))
            case type() if issubclass(member, (IntEnum, IntFlag)):
                self.add_enum(name, member)
            case bool() | Enum():
                pass
            case int() if name.isupper():
                self.constants.append(ConstantSpec(name, member))
            case _ if inspect.isfunction(member):
                flags = MethodFlags.CONST if getattr(member, "_const", False) else MethodFlags(0)
                self.methods.append(self.method(name, member, MethodFlags.NORMAL | flags))

    def add_enum(self, name: str, enum: type[IntEnum] | type[IntFlag]) -> None:
        bitfield = issubclass(enum, IntFlag)
        for key, item in enum.__members__.items():
            self.constants.append(ConstantSpec(key, int(item), name, bitfield))

    def add_export(self, name: str, member: Export) -> None:
        hints = self.hints(self.cls)
        value = annotations.resolve(hints[name] if name in hints else type(member.default))
        value = replace(value, **member.hint)
        spec = PropertySpec(
            Info(name, value), member.getter or f"get_{name}", member.setter or f"set_{name}", member.default,
            member.group, member.subgroup,
        )  # fmt: skip
        self.add_accessors(name, spec)

    def add_property(self, name: str, member: property) -> None:
        if member.fget is None:
            raise TypeError("a property needs a getter")
        value = annotations.resolve(self.hints(member.fget).get("return", Any))
        usage = value.usage if member.fset else value.usage & ~PropertyUsage.STORAGE
        info = Info(name, replace(value, usage=usage))
        self.add_accessors(name, PropertySpec(info, f"get_{name}", f"set_{name}" if member.fset else "", doc=_doc(member.fget)))

    def add_accessors(self, name: str, spec: PropertySpec) -> None:
        """Adds a property, with accessors of its own where the class has no methods of these names."""
        self.properties.append(spec)
        plain = Info("value", replace(spec.info.value, hint=PropertyHint.NONE, hint_string="", usage=_argument_usage(spec.info.value)))
        if spec.getter and not hasattr(self.cls, spec.getter):
            returns = Info("", plain.value)
            self.methods.append(MethodSpec(spec.getter, _getter(name), (), returns, flags=MethodFlags.NORMAL | MethodFlags.CONST))
        if spec.setter and not hasattr(self.cls, spec.setter):
            self.methods.append(MethodSpec(spec.setter, _setter(name), (plain,), None))

    def method(self, name: str, function: Callable[..., Any], flags: MethodFlags) -> MethodSpec:
        return method_spec(name, function, flags, self.hints(function))

    def virtuals(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """What may override the engine's virtual methods: registration keeps those that do."""
        for base in reversed(self.cls.__mro__):
            for name, member in vars(base).items():
                if name.startswith("_") and not name.startswith("__") and inspect.isfunction(member):
                    yield name, getattr(self.cls, name)

    def hints(self, subject: Any) -> dict[str, Any]:
        return hints_of(subject, self.cls)


def hints_of(subject: Any, cls: type[Any]) -> dict[str, Any]:
    """The annotations of a function or class, evaluated where the class and its members can be named.

    Raises:
        TypeError: an annotation names what does not exist at run time.
    """
    try:
        return typing.get_type_hints(subject, localns={**vars(cls), cls.__name__: cls})
    except NameError as error:
        raise TypeError(f"an annotation names {error.name!r}, which does not exist when the class is declared") from error


def method_spec(name: str, function: Callable[..., Any], flags: MethodFlags, hints: dict[str, Any]) -> MethodSpec:
    """The specification of a method from its signature.

    Raises:
        TypeError: the engine cannot call such a function.
    """
    if inspect.iscoroutinefunction(function):
        raise TypeError("the engine cannot await a coroutine; use a signal")
    parameters = list(inspect.signature(function).parameters.values())
    if not flags & MethodFlags.STATIC:
        if not parameters:
            raise TypeError("a method needs self; make it a staticmethod otherwise")
        del parameters[0]
    arguments: list[Info] = []
    defaults: list[Any] = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            flags |= MethodFlags.VARARG
        elif parameter.kind in (parameter.VAR_KEYWORD, parameter.KEYWORD_ONLY):
            raise TypeError(f"the engine knows no keyword arguments, such as {parameter.name}")
        else:
            arguments.append(Info(parameter.name, annotations.resolve(hints.get(parameter.name, Any))))
            if parameter.default is not parameter.empty:
                defaults.append(parameter.default)
    returns = hints.get("return", Any)
    result = None if returns in (None, type(None)) else Info("", annotations.resolve(returns))
    return MethodSpec(name, function, tuple(arguments), result, tuple(defaults), flags, _doc(function))


def _argument_usage(value: ValueSpec) -> int:
    kinds = PropertyUsage.CLASS_IS_ENUM | PropertyUsage.CLASS_IS_BITFIELD
    return PropertyUsage.DEFAULT | (annotations.ANY.usage if value.type is VariantType.NIL else value.usage & kinds)


def _getter(name: str) -> Callable[[Any], Any]:
    return lambda self: getattr(self, name)


def _setter(name: str) -> Callable[[Any, Any], None]:
    return lambda self, value: setattr(self, name, value)


def _doc(function: Callable[..., Any]) -> str:
    return inspect.cleandoc(function.__doc__ or "")
