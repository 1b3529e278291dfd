"""The engine's classes and singletons in Python, made when they are first named.

A class of the engine's is an empty Python class with the right bases; its members are looked up in the engine
when they are used. `Node()` makes a Node, `Node.PROCESS_MODE_ALWAYS` and `Node.ProcessMode` are its
constants, `TLSOptions.client()` calls its static method, and any object's methods, properties and signals are
its attributes.
"""

from __future__ import annotations

import collections.abc
import functools
import typing
from abc import ABCMeta
from collections.abc import Generator
from contextlib import suppress
from enum import IntEnum, IntFlag
from types import FunctionType
from typing import Any

from _pythonscript import callables, classes, objects, outgoing
from _pythonscript import natives as compiled
from _pythonscript.containers import Array, Dictionary
from _pythonscript.packed import PackedByteArray
from _pythonscript.variant import Box, stringify

from . import _addons, _globals
from .annotations import add_type
from .declare import ENUM_USAGE, STATIC, VIRTUAL, is_native, native_of, owner_of
from .enums import VariantType

declared: dict[str, type[Any]] = {}
"""The classes that were made by `gdclass` so far, by name and in their order."""
_made: dict[str, EngineClass] = {}
_made_enums: dict[tuple[type[Any], str], Any] = {}
# Two threads that make one at once get the same by `setdefault`; by `functools.cache` each would get its own.


class EngineClass(type(typing.Protocol)):  # type: ignore[misc]
    """The class of all engine classes; that of protocols and abstract classes too, which may be bases."""

    # Whose own ways to look at instances would slow down what needs none.
    __instancecheck__ = type.__instancecheck__
    __subclasscheck__ = type.__subclasscheck__

    _engine_class: str
    _method_names: dict[Any, str]

    def __new__(cls, name: str, bases: tuple[type[Any], ...], body: dict[str, Any], **keywords: Any) -> Any:
        return ABCMeta.__new__(cls, name, bases, body, **keywords)  # none of them is a protocol itself

    def __init__(cls, name: str, bases: tuple[type[Any], ...], body: dict[str, Any], **keywords: Any) -> None:
        type.__init__(cls, name, bases, body, **keywords)
        objects.keep_end(cls)

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        if "_spec" in vars(cls):
            if arguments or keywords:
                # Python itself is silent, as the root of all classes is a compiled one.
                made: Any = cls
                if made.__init__ is object.__init__ and made.__new__ is objects.Object.__new__:
                    raise TypeError(f"{cls.__name__}() takes no arguments: it has no __init__ for them")
            return classes.construct(cls._engine_class, arguments, keywords)
        if arguments or keywords:
            raise TypeError(f"{cls.__name__}() takes no arguments")
        if "_engine_class" not in vars(cls):
            why = "it was refused" if "_refused" in vars(cls) else "it lacks @gdclass"
            raise TypeError(f"{cls.__name__} is not an engine class: {why}")
        return outgoing.construct(cls._engine_class)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}")
        db, own = singleton("ClassDB"), cls._engine_class
        if db.class_has_integer_constant(own, name):
            return _kept(cls, name, db.class_get_integer_constant(own, name))
        if db.class_has_enum(own, name):
            owner = next(base for base in cls.__mro__ if _has_enum(base, name))
            return _kept(cls, name, _enum(owner, name))
        if (found := reach(cls, name)) is not None:
            return found
        raise AttributeError(f"{cls.__name__} has no constant, enum, method or property {name!r}")


class NativeProperty:
    """A property of an engine class, in the class's body."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        return outgoing.get_member(instance, self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        outgoing.set_property(instance, self._name, value)


def reach(cls: EngineClass, name: str) -> Any:
    """Puts a method or property of the engine's into its class, for `super()`; None if there is none."""
    db = singleton("ClassDB")
    natives = [base for base in cls.__mro__ if is_native(base)]
    for base in natives:
        if name in vars(base):
            return vars(base)[name].__get__(None, base)
    found: Any
    if db.class_has_method(natives[0]._engine_class, name):
        owner = next(base for base in natives if db.class_has_method(base._engine_class, name, True))
        own = owner._engine_class
        entries = outgoing.call_shared(db, "class_get_method_list", own, True)
        entry = next(entry for entry in entries if entry["name"] == name)
        enum = enum_named(_enum_in(entry))
        if entry["flags"] & STATIC:
            arguments = [str(argument["name"]) for argument in entry["args"]]
            known = arguments, list(entry["default_args"])
            found = staticmethod(outgoing.StaticMethod(own, name, compiled.hash_of(entry), enum, known))
        else:
            found = compiled.NativeMethod(own, entry, enum)
    elif _has_property(natives[0], name):
        owner, found = natives[0], NativeProperty(name)
    else:
        return None
    setattr(owner, name, found)
    return getattr(owner, name)


def _has_property(native: EngineClass, name: str) -> bool:
    db = singleton("ClassDB")
    if outgoing.has_method(db, "class_get_property_getter"):  # since Godot 4.4; cheaper than a list
        return bool(db.class_get_property_getter(native._engine_class, name))
    return name in native_properties(native)


def _kept(cls: type[Any], name: str, value: Any) -> Any:
    """A constant or an enum, which the engine's class that `cls` is or inherits has from now on."""
    setattr(native_of(cls), name, value)
    return value


def _has_enum(cls: type[Any], name: str) -> bool:
    """Whether the enum is this class's own, not inherited."""
    own = vars(cls).get("_engine_class")
    return own is not None and bool(singleton("ClassDB").class_has_enum(own, name, True))


def _enum(cls: type[Any], name: str) -> Any:
    """An enum of an engine class, the same wherever it is named."""
    found = _made_enums.get((cls, name))
    return _made_enums.setdefault((cls, name), _make_enum(cls, name)) if found is None else found


def _make_enum(cls: type[Any], name: str) -> Any:
    db, own = singleton("ClassDB"), cls._engine_class
    members = {
        key: db.class_get_integer_constant(own, key) for key in db.class_get_enum_constants(own, name, True)
    }
    tells = outgoing.has_method(db, "is_class_enum_bitfield")  # since Godot 4.3
    kind: Any = IntFlag if tells and db.is_class_enum_bitfield(own, name, True) else IntEnum
    return kind(name, members, module="godot", qualname=f"{cls.__name__}.{name}")


class Object(objects.Object, metaclass=EngineClass):
    """The root of all engine classes (class reference: Object)."""

    _engine_class = "Object"

    def __repr__(self) -> str:
        if not objects.is_instance_valid(self):
            return f"<freed {type(self).__name__}>"
        return f"<{type(self).__name__} #{outgoing.call_method(self, 'get_instance_id')}>"

    def __str__(self) -> str:
        return stringify(self) if objects.is_instance_valid(self) else repr(self)

    def __dir__(self) -> list[str]:
        members = [
            *outgoing.call_method(self, "get_method_list"),
            *outgoing.call_method(self, "get_property_list"),
        ]
        return sorted({*super().__dir__(), *(member["name"] for member in members)})


def enum_of(cls: type[Any], name: str, is_method: bool) -> Any:
    """The enum of a property, or of what a method returns, of the engine's class that `cls` is or inherits.

    None if there is none.
    """
    db, native, method = singleton("ClassDB"), native_of(cls), name
    if not is_method:  # of a property the engine says it by its getter alone
        method = f"get_{name}"
        if outgoing.has_method(db, "class_get_property_getter"):  # since Godot 4.4
            method = str(db.class_get_property_getter(native._engine_class, name))
    for base in native.__mro__:
        if "_engine_class" in vars(base) and db.class_has_method(base._engine_class, method, True):
            return enum_named(_enums_of_results(base).get(method, ""))
    return None


@functools.cache
def _enums_of_results(cls: EngineClass) -> dict[str, str]:
    """A class's own methods, with the engine's name of the enum that each returns."""
    listed = outgoing.call_shared(singleton("ClassDB"), "class_get_method_list", cls._engine_class, True)
    return {str(entry["name"]): _enum_in(entry) for entry in listed}


def _enum_in(entry: Any) -> str:
    """The engine's name of the enum that a method returns, by what ClassDB says of it; empty: of none."""
    returned = entry["return"]
    return str(returned["class_name"]) if returned["usage"] & ENUM_USAGE else ""


def enum_named(name: str) -> Any:
    """The enum by the engine's name of it, `Node.ProcessMode` or `Key`.

    None if Python has none, as of `Vector3.Axis`, or there is no name.
    """
    owner, _, own = name.rpartition(".")
    if owner:
        with suppress(AttributeError):
            return getattr(engine_class(owner), own)
    return _globals.enum(name) if name else None


@functools.cache
def native_properties(cls: EngineClass) -> frozenset[str]:
    """The properties of the engine's own class that `cls` is or inherits."""
    native = native_of(cls)
    if native is Object:
        return frozenset()
    if native is not cls:  # so that all classes over one of the engine's share its list
        return native_properties(native)
    listed = singleton("ClassDB").class_get_property_list(cls._engine_class)
    return frozenset(entry["name"] for entry in listed)


@functools.cache
def known_virtuals(native: str) -> dict[str, Any]:
    """The virtual methods of an engine class by name, as ClassDB has them; none in a release engine."""
    if not singleton("OS").is_debug_build():
        return {}
    listed = singleton("ClassDB").class_get_method_list(native)
    return {entry["name"]: entry for entry in listed if entry["flags"] & VIRTUAL}


def engine_class(name: str) -> EngineClass:
    """The Python class for an engine class; AttributeError if ClassDB knows none of that name."""
    found = _made.get(name)
    return _made.setdefault(name, _make_class(name)) if found is None else found


def _make_class(name: str) -> EngineClass:
    if name == "Object":
        return Object
    if name != "ClassDB" and not singleton("ClassDB").class_exists(name):
        raise AttributeError(f"the engine has no class {name!r}")
    # Asked without ClassDB's proxy while that is being made itself.
    parent = "Object" if name == "ClassDB" else str(singleton("ClassDB").get_parent_class(name))
    body: dict[str, Any] = {
        "_engine_class": name,
        "__module__": "godot",
        "__doc__": f"Class reference: {name}.",
    }
    if name == "RefCounted":
        body["__await__"] = _await_function
    if name in declared:
        body |= _placeholders(declared[name])
    return EngineClass(name, (engine_class(parent),), body)


def _await_function(self: Any) -> Generator[BoundSignal, Any, Any]:
    """Awaits what a script's function returns that awaits something; the engine says its class by name."""
    if outgoing.call_method(self, "get_class") != "GDScriptFunctionState":
        raise TypeError(f"a {type(self).__name__} cannot be awaited; await one of its signals")
    return (yield self.completed)


def _placeholders(python: type[Any]) -> dict[str, Any]:
    """The body of a class for the editor's placeholders of a game's class, which have properties alone."""

    def find(self: Object, name: str) -> Any:
        member = None if name.startswith("__") else vars(owner_of(python, name) or object).get(name)
        if isinstance(member, (staticmethod, classmethod)):
            return getattr(python, name)
        if not isinstance(member, FunctionType):
            with suppress(AttributeError):
                return Object.__getattribute__(self, name)
        raise AttributeError(
            f"in the editor this {python.__name__} is a placeholder, which has no {name!r}: "
            "only classes of @gdclass(tool=True) run there",
            name=name,
            obj=self,
        )

    # So `isinstance` says yes, while members are not looked for in the class.
    return {"__class__": property(lambda self: python), "__getattribute__": find}


@functools.cache
def singleton(name: str) -> Any:
    """The engine's singleton `name`; AttributeError if there is none."""
    known = name in ("Engine", "ClassDB") or singleton("Engine").has_singleton(name)
    # quirk - Godot 4.2-4.6 - an editor's binary has it in a game too, and prints an error when it is asked
    # for - Engine::get_singleton_object in core/config/engine.cpp - drop when a game does not list it
    if not known or (name == "EditorInterface" and not singleton("Engine").is_editor_hint()):
        raise AttributeError(f"the engine has no singleton {name!r}")
    return outgoing.singleton(name)


def lookup(name: str) -> Any:
    """What `from godot import name` gives: a class made by `gdclass`, or the engine's singleton or class.

    Raises:
        AttributeError: there is neither.
        ImportError: an addon has such a class, and cannot be imported now.
    """
    if name in declared:
        return declared[name]
    for find in (singleton, engine_class):
        with suppress(AttributeError):
            return find(name)
    if (found := _globals.find(name)) is not None:
        return found
    _addons.import_declaring(name)
    return declared[name] if name in declared else engine_class(name)


def forget() -> None:
    """Drops every engine value that this module keeps; the engine is about to go."""
    for cached in (native_properties, singleton, known_virtuals, _enums_of_results):
        cached.cache_clear()
    for made in (_made, _made_enums, declared):
        made.clear()


class _Boxed(Box):
    """A builtin value in the engine's form, whose methods are the engine's."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return outgoing.find_method(self, name)


class RID(_Boxed):
    """A handle of a server's resource (class reference: RID)."""

    __slots__ = ()


class Callable(_Boxed):
    """What the engine calls (class reference: Callable).

    Made from a Python callable, `Callable(function)`, or as the engine makes it: `Callable(object,
    "method")`. Where the engine expects a Callable, a Python callable does as it is. A Callable equals the
    Python callable that it calls, and hashes as that does.
    """

    def __call__(self, *arguments: Any) -> Any:
        return outgoing.call_method(self, "call", *arguments)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Box):
            return super().__eq__(other)
        return self._function() == other if callable(other) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other  # Box has an __ne__ of its own, which knows nothing of this __eq__

    def __hash__(self) -> int:
        if "_hash" not in vars(self):  # kept, as it must not change when the object of a method is freed
            function = self._function()
            hashed = function is not None and isinstance(function, collections.abc.Hashable)
            self._hash = hash(function) if hashed else super().__hash__()
        return self._hash

    def _function(self) -> Any:
        """The Python callable, or the method as Python has it; None if there is neither."""
        function = callables.function_of(self)
        if function is not None or not outgoing.has_method(self, "is_standard"):  # once the engine has ended
            return function
        if not outgoing.call_method(self, "is_standard"):
            return None
        target, name = (outgoing.call_method(self, get) for get in ("get_object", "get_method"))
        return None if target is None else getattr(target, str(name), None)


class BoundSignal(_Boxed):
    """A signal of an object (class reference: Signal): `object.signal.connect(function)`, `.emit(...)`.

    `await object.signal` in an `async def` gives what it is emitted with: None, a value, or a list of them.
    """

    def __await__(self) -> Generator[BoundSignal, Any, Any]:
        return (yield self)

    __slots__ = ()


BOXES = {VariantType.RID: RID, VariantType.CALLABLE: Callable, VariantType.SIGNAL: BoundSignal}

for _kind, _cls in BOXES.items():
    add_type(_cls, _kind, python=_cls)
for _annotation in (typing.Callable, collections.abc.Callable):
    add_type(_annotation, VariantType.CALLABLE, python=Callable)
add_type(PackedByteArray, VariantType.PACKED_BYTE_ARRAY, python=PackedByteArray)
add_type(Array, VariantType.ARRAY, python=Array)
add_type(Dictionary, VariantType.DICTIONARY, python=Dictionary)
