"""Declarations: what becomes of a class body, and what is said of a mistake in one."""

import functools
import gc
import inspect
import re
import sys
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from enum import CONFORM, Enum, IntEnum, IntFlag
from string import Formatter
from types import ModuleType
from typing import Any, ClassVar, Generic, Never, Self, TypeVar

import pytest
from tests.unit.godot.fakes import Node, Resource

from devkit.project import SOURCES
from godot import (
    Color,
    DeclarationError,
    MethodFlags,
    NodePath,
    PackedFloat32Array,
    PackedStringArray,
    PropertyHint,
    PropertyUsage,
    Signal,
    StringName,
    VariantType,
    Vector2,
    annotations,
    const,
    declare,
    export,
    gdclass,
)
from godot.declare import Virtual, names_at_super, rpc, spec_of, unexported, virtual
from godot.spec import ClassSpec, MethodSpec, PropertySpec

T = TypeVar("T")


class Plain:
    """A mixin of Python's own."""

    def helper(self) -> None: ...


MIXINS = """
from enum import IntEnum
from godot import Rect2 as Area, Color, Signal, const, export

class Paint:
    class Gloss(IntEnum):
        MATT = 3

    LAYERS = 2
    painted = Signal(gloss="Gloss", by="Paint")
    gloss: "Gloss" = export(Gloss.MATT)
    tint: "Color" = export(None, group="Paint")
    area: "Area" = export(None)
    rows: list[list[int]] = export([[1]])

    def paint(self, gloss: "Gloss", *rest: "Gloss") -> "Paint": ...

    def _hidden(self): ...

    @property
    def wet(self) -> "Gloss": ...

    @staticmethod
    def mix(colour: "Color") -> "Color": ...

    @classmethod
    def kind(cls) -> str:
        return cls.__name__

class Varnish(Paint):
    LAYERS = 9
    extra = None

    def extra_paint(self) -> None: ...
"""
"""A module of its own, whose names no other knows."""


@pytest.fixture
def mixins(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = ModuleType("mixins_of_another_module")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(MIXINS, vars(module))
    return module


def spec(**members: Any) -> ClassSpec:
    """The specification of a class `Mine(Node)` with these members."""
    return spec_of(gdclass(type("Mine", (Node,), {"__module__": __name__, **members})))


def method(function: Callable[..., Any]) -> MethodSpec:
    (found,) = spec(call=function).methods
    return found


def prop(value: Any, annotation: Any = None) -> PropertySpec:
    annotations = {} if annotation is None else {"value": annotation}
    (found,) = spec(value=value, __annotations__=annotations).properties
    return found


# Classes


def test_the_class_stays_itself() -> None:
    class Mine(Node):
        """Brief.

        More.
        """

    assert gdclass(Mine) is Mine
    assert spec_of(Mine) == ClassSpec(name="Mine", parent="Node", native="Node", doc=Mine.__doc__ or "")
    assert Mine._engine_class == "Mine"


def test_parents() -> None:
    @gdclass
    class Animal(Plain, Node):
        def speak(self) -> str:
            return "?"

    class Undeclared(Animal):
        def helper(self) -> None: ...

    @gdclass(abstract=True)
    class Dog(Undeclared):
        def speak(self) -> str:
            return "!"

    assert not spec_of(Animal).abstract
    dog = spec_of(Dog)
    assert (dog.parent, dog.native, dog.abstract) == ("Animal", "Node", True)
    assert [method.name for method in dog.methods] == ["speak", "helper"]


def test_heirs_of_a_tool_are_tools() -> None:
    @gdclass
    class Game(Node): ...

    @gdclass(tool=True)
    class Editors(Game): ...

    @gdclass
    class Heir(Editors): ...

    assert [spec_of(cls).tool for cls in (Game, Editors, Heir)] == [False, True, True]


def test_what_is_told_of_attributes_that_are_not_exported() -> None:
    @gdclass
    class Mine(Plain, Node):
        speed: float = 3.5
        words: "list[str]" = []  # noqa: RUF012
        later: int
        LIMIT: int = 3
        _own: int = 4
        shared: ClassVar[int] = 5
        foreign: set[int] = set()  # noqa: RUF012
        function: Callable[..., Any] = print
        exported: int = export(1)
        plain = 6

    assert unexported(Mine) == ["speed", "words"]


def test_callbacks_and_virtual_methods() -> None:
    @gdclass
    class Base(Node):
        def _get(self, name: str) -> Any: ...

        def _get_property_list(self) -> list[dict[str, Any]]:
            return []

        @virtual
        def _on_hit(self, damage: int = 1) -> bool:
            """Is hit."""
            return damage > 1

    @gdclass
    class Heir(Base):
        def _get_property_list(self) -> list[dict[str, Any]]:
            return [{}]

        def _on_hit(self, damage: int = 1) -> bool:
            return super()._on_hit(damage)

    base, heir = spec_of(Base), spec_of(Heir)
    assert base.callbacks == {"_get", "_get_property_list"}
    assert heir.callbacks == {"_get"}, "the engine asks each class for its own list"
    (declared,) = base.declared
    assert (declared.name, declared.doc, declared.defaults) == ("_on_hit", "Is hit.", (1,))
    assert declared.flags == MethodFlags.VIRTUAL
    assert heir.declared == ()
    assert isinstance(vars(Heir)["_on_hit"], Virtual), "a script may override the heir's too"
    assert [method.name for method in (*base.methods, *heir.methods)] == []


def test_hints_of_all_kinds() -> None:
    def hints(declared: Any, annotation: Any) -> tuple[int, str]:
        (prop,) = spec(__annotations__={"value": annotation}, value=declared).properties
        return int(prop.info.hint), prop.info.hint_string

    assert hints(export(range=(0, 10, 0.5), or_greater=True), float) == (1, "0,10,0.5,or_greater")
    assert hints(export(range=(0, 1), or_less=True, suffix="m"), int) == (1, "0,1,or_less,suffix:m")
    assert hints(export(suffix="m"), Vector2) == (0, "suffix:m")
    assert hints(export(hint=4, hint_string="attenuation"), float) == (4, "attenuation")


@pytest.mark.parametrize(
    ("declared", "annotation", "text"),
    [
        (lambda: export(suffix="m"), str, "for numbers and vectors"),
        (lambda: export(or_greater=True), int, "there is none"),
        (lambda: export(enum=["A"], suffix="m"), int, "for numbers and vectors"),
        (lambda: export(hint=4, multiline=True), str, "takes one hint, not multiline and hint"),
    ],
)
def test_hints_that_do_not_go_together(declared: Any, annotation: Any, text: str) -> None:
    with pytest.raises(DeclarationError, match=text):
        spec(__annotations__={"value": annotation}, value=declared())


def test_methods_that_peers_call() -> None:
    @gdclass(icon="res://mine.svg")
    class Mine(Node):
        @rpc
        def first(self) -> None: ...

        @rpc("any_peer", "call_local", "reliable", channel=2)
        def second(self) -> None: ...

        @rpc("any_peer", "call_remote", "unreliable", 3)
        def third(self) -> None: ...

        def fourth(self) -> None: ...

    @gdclass
    class Heir(Mine):
        def second(self) -> None: ...

    assert spec_of(Mine).icon == "res://mine.svg"
    assert dict(spec_of(Mine).rpcs) == {
        "first": {"rpc_mode": 2, "call_local": False, "transfer_mode": 0, "channel": 0},
        "second": {"rpc_mode": 1, "call_local": True, "transfer_mode": 2, "channel": 2},
        "third": {"rpc_mode": 1, "call_local": False, "transfer_mode": 0, "channel": 3},
    }
    assert dict(spec_of(Heir).rpcs) == dict(spec_of(Mine).rpcs), "what overrides one is one"
    with pytest.raises(DeclarationError, match=r"Loaded\.fire: only nodes have methods that peers call"):
        gdclass(type("Loaded", (Resource,), {"__module__": __name__, "fire": rpc(lambda self: None)}))


def test_an_abstract_class_of_python_is_one_of_the_engine() -> None:
    class Counts(ABC):
        @abstractmethod
        def count(self) -> int: ...

    class Base(Counts, Node):
        pass

    class Heir(Base):
        def count(self) -> int:
            return 1

    made: list[Any] = [Base, Heir]
    assert [spec_of(gdclass(cls)).abstract for cls in made] == [True, False]


def test_names_that_are_used_with_super() -> None:
    base: Any = Node

    class Mine(Plain, base):  # type: ignore[misc]
        def plain(self) -> None:
            self.get_name()

        def zero(self) -> Any:
            return [super().get_child(index) for index in range(self.count)]

        @staticmethod
        def explicit(node: Any) -> Any:
            return lambda: super(Mine, node).get_parent()

        @property
        def path(self) -> Any:
            return super().get_path()

    used = names_at_super(Mine)
    assert {"get_child", "get_parent", "get_path"} <= used
    assert "get_name" not in used


def test_two_parents_are_one_too_many() -> None:
    @gdclass
    class Cat(Node): ...

    @gdclass
    class Kitten(Cat): ...

    @gdclass
    class Dog(Node): ...

    class Undeclared(Resource): ...

    made = 0
    for bases, text in [
        ((Node, Resource), "Mine inherits Node and Resource, but"),
        ((Cat, Dog), "Mine inherits Cat and Dog, but"),
        ((Cat, Resource), "Mine inherits Cat and Resource, but"),
        ((Cat, Undeclared), "Mine inherits Cat and Resource, but"),
        ((Kitten, Dog, Cat), "Mine inherits Kitten and Dog, but"),
        ((Kitten, Cat), ""),
        ((Plain, Cat, Node), ""),
    ]:
        cls: type[Any] = type("Mine", bases, {"__module__": __name__})
        if text:
            with pytest.raises(DeclarationError, match=text):
                gdclass(cls)
        else:
            made += spec_of(gdclass(cls)).parent == bases[-2].__name__
    assert made == 2


def test_what_a_plain_base_brings_is_the_classs_own(mixins: Any) -> None:
    @gdclass
    class Wall(mixins.Varnish, Node):  # type: ignore[misc]
        def paint(self) -> None: ...

    @gdclass
    class Door(mixins.Paint, Node):  # type: ignore[misc]
        def extra(self) -> None: ...

    wall, door = spec_of(Wall), spec_of(Door)
    names = [[one.name for one in found.methods] for found in (wall, door)]
    properties = ("gloss", "tint", "area", "rows")
    accessors = [f"{role}_{name}" for name in properties for role in ("get", "set")]
    assert names == [
        ["paint", "extra_paint", *accessors, "get_wet", "mix", "kind"],
        ["extra", *accessors, "paint", "get_wet", "mix", "kind"],
    ]
    assert [(one.name, one.value) for one in wall.constants] == [("LAYERS", 9), ("MATT", 3)]
    assert [(one.name, one.value) for one in door.constants] == [("MATT", 3), ("LAYERS", 2)]
    methods = {one.name: one for one in door.methods}
    paint = methods["paint"]
    assert (paint.arguments[0].class_name, paint.rest) == ("Wall.Gloss", paint.arguments[0].value)
    assert paint.returns is not None
    assert paint.returns.class_name == "Door", "the mixin's own name stands for the class"
    assert [info.class_name for info in door.signals[0].arguments] == ["Wall.Gloss", "Door"]
    assert [one.info.type for one in door.properties] == [
        *(VariantType.INT, VariantType.COLOR, VariantType.RECT2, VariantType.ARRAY, VariantType.INT)
    ]
    assert [one.group for one in door.properties] == ["", "Paint", "", "", ""]
    assert (methods["kind"].function(), methods["mix"].flags) == ("Door", MethodFlags.STATIC)
    one, other = Wall(), Door()
    one.rows[0].append(2)
    assert (one.rows, other.rows, Door().rows) == ([[1, 2]], [[1]], [[1]])


def test_what_is_nearer_hides_what_a_plain_base_brings(mixins: Any) -> None:
    @gdclass
    class Fence(Node):
        def paint(self) -> None: ...

        def mix(self) -> None: ...

    @gdclass
    class Post(Fence, mixins.Paint):  # type: ignore[misc]
        wet = None

    names = [one.name for one in spec_of(Post).methods]
    assert "paint" not in names
    assert "mix" not in names
    assert "get_wet" not in names
    assert "kind" in names


def test_what_the_standard_library_brings_stays_pythons() -> None:
    @gdclass
    class Mine(Formatter, Generic[T], Node): ...

    assert spec_of(Mine).methods == ()


def test_a_mistake_in_a_plain_base_is_told_with_that() -> None:
    class Wrong:
        def call(self, *, loud: bool) -> None: ...

    with pytest.raises(
        DeclarationError, match=r"^Mine\.call: .* such as loud \(it is declared in .*Wrong\)$"
    ):
        gdclass(type("Mine", (Wrong, Node), {"__module__": __name__}))


def test_class_methods_are_registered_with_every_class() -> None:
    @gdclass
    class Maker(Node):
        @classmethod
        def make(cls, name: "Maker | None" = None) -> str:
            return cls.__name__

        @classmethod
        def other(cls) -> None: ...

        @classmethod
        def _own(cls) -> None: ...

        @staticmethod
        def plain() -> None: ...

    @gdclass
    class Heir(Maker):
        @classmethod
        def other(cls) -> None: ...

    @gdclass
    class HeirsHeir(Heir):
        other: ClassVar[Any] = None

    assert [one.name for one in spec_of(Heir).methods] == ["other", "make"]
    assert [(one.name, one.function()) for one in spec_of(HeirsHeir).methods] == [("make", "HeirsHeir")]


def test_who_registers_is_told_of_each_class_once(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[type[Any]] = []
    monkeypatch.setattr(declare, "registrars", [registered.append])

    @gdclass
    class Mine(Node): ...

    assert registered == [Mine]


def test_a_class_that_was_refused_is_not_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[type[Any]] = []
    monkeypatch.setattr(declare, "registrars", [registered.append])
    with pytest.raises(DeclarationError):
        spec(wrong=export())
    assert registered == []


# Methods


def test_a_method() -> None:
    def call(self: Any, player: str, score: int = 3, *more: Any) -> list[int]:
        """Says it.

        In full.
        """
        return [score]

    found = method(call)
    assert found.function is call
    assert [(info.name, info.type) for info in found.arguments] == [
        ("player", VariantType.STRING),
        ("score", VariantType.INT),
    ]
    assert found.defaults == (3,)
    assert found.returns is not None
    assert found.returns.value.element is not None
    assert found.flags == MethodFlags.NORMAL | MethodFlags.VARARG
    assert found.rest is not None
    assert found.rest.usage & PropertyUsage.NIL_IS_VARIANT
    assert inspect.cleandoc(found.doc) == "Says it.\n\nIn full."


def test_what_functools_makes_of_methods() -> None:
    @gdclass
    class Mine(Node):
        @functools.lru_cache(8)  # noqa: B019
        def square(self, number: int) -> int:
            return number * number

        @functools.cached_property
        def size(self) -> int:
            """Once."""
            return 3

    square, size = spec_of(Mine).methods
    assert (square.name, [one.name for one in square.arguments]) == ("square", ["number"])
    assert square.returns is not None
    assert (square.returns.type, square.function(None, 3)) == (VariantType.INT, 9)
    (prop,) = spec_of(Mine).properties
    assert (prop.info.name, prop.info.type, prop.getter, prop.setter, prop.doc) == (
        ("size", VariantType.INT, "get_size", "", "Once.")
    )
    assert size.name == "get_size"


def test_without_annotations_anything_goes() -> None:
    found = method(eval("lambda self, value: value"))
    assert found.returns is not None
    assert found.returns.usage & PropertyUsage.NIL_IS_VARIANT
    assert found.arguments[0].usage & PropertyUsage.NIL_IS_VARIANT


def test_void_const_static_and_class_methods() -> None:
    @gdclass
    class Mine(Node):
        def void(self) -> None: ...

        @const
        def get(self) -> int:
            return 1

        @staticmethod
        def make(size: int) -> int:
            return size

        @classmethod
        def name(cls) -> str:
            return cls.__name__

        def fail(self) -> Never:
            raise NotImplementedError

    void, get, make, name, fail = spec_of(Mine).methods
    assert fail.returns is None
    assert void.returns is None
    assert get.flags == MethodFlags.NORMAL | MethodFlags.CONST
    assert (make.flags, make.function(2), len(make.arguments)) == (MethodFlags.STATIC, 2, 1)
    assert (name.flags, name.function(), len(name.arguments)) == (MethodFlags.STATIC, "Mine", 0)


def test_annotations_may_name_the_class_and_its_enums() -> None:
    @gdclass
    class Tree(Node):
        class Kind(IntEnum):
            OAK = 0

        grown = Signal(tree="Tree", kind="Kind")

        def next_to(self, other: "Tree | None", kind: "Kind") -> "Tree | None":
            return other

    found = spec_of(Tree)
    infos = [*found.methods[0].arguments, found.methods[0].returns, *found.signals[0].arguments]
    assert [info.class_name for info in infos if info] == ["Tree", "Tree.Kind", "Tree", "Tree", "Tree.Kind"]


def test_self_is_the_class_that_is_declared() -> None:
    class Chain:
        def first(self) -> Self:
            return self

        def nearest(self, others: list[Self], other: Self | None = None) -> Self | None:
            return other

    @gdclass
    class Mine(Chain, Node): ...

    first, nearest = spec_of(Mine).methods
    infos = [first.returns, nearest.returns, nearest.arguments[1]]
    assert [info.value for info in infos if info] == [annotations.resolve(Mine)] * 3
    assert nearest.arguments[0].value == annotations.resolve(list[Mine])


def test_virtual_methods_are_those_with_an_underscore() -> None:
    @gdclass
    class Mine(Node):
        def _ready(self) -> None: ...

        def _notification(self, what: int) -> None: ...

        def _to_string(self) -> str:
            return ""

        def __mangled(self) -> None: ...

    @gdclass
    class Child(Mine):
        def _process(self, delta: float) -> None: ...

    found = spec_of(Child)
    assert {name for name in found.virtuals if "mangled" not in name} == {"_ready", "_process"}
    assert (found.notification, found.to_string, found.methods) == (True, True, ())


# Properties


@pytest.mark.parametrize(
    ("declared", "annotation", "kind", "default"),
    [
        (export(10), None, VariantType.INT, 10),
        (export(True), None, VariantType.BOOL, True),
        (export(1), float, VariantType.FLOAT, 1.0),
        (export(True), int, VariantType.INT, 1),
        (export(IntEnum("Order", {"UP": 2}).UP), int, VariantType.INT, 2),  # type: ignore[attr-defined]
        (export(StringName("x")), str, VariantType.STRING, "x"),
        (export("x"), StringName, VariantType.STRING_NAME, StringName("x")),
        (export("a/b"), NodePath, VariantType.NODE_PATH, NodePath("a/b")),
        (export((1, 2)), list, VariantType.ARRAY, [1, 2]),
        (export(PackedStringArray(["a"])), list[str], VariantType.ARRAY, ["a"]),
        (export(bytearray(b"ab")), bytes, VariantType.PACKED_BYTE_ARRAY, b"ab"),
        (export((1, 2)), PackedFloat32Array, VariantType.PACKED_FLOAT32_ARRAY, PackedFloat32Array([1, 2])),
        (export(["a"]), PackedStringArray, VariantType.PACKED_STRING_ARRAY, PackedStringArray(["a"])),
        (export(), int, VariantType.INT, 0),
        (export(), str, VariantType.STRING, ""),
        (export(), list[int], VariantType.ARRAY, []),
        (export(), Color, VariantType.COLOR, Color()),
        (export(), bytes, VariantType.PACKED_BYTE_ARRAY, b""),
        (export(), Resource | None, VariantType.OBJECT, None),
        (export(), Any, VariantType.NIL, None),
        (export("x"), Any, VariantType.NIL, "x"),
    ],
)
def test_the_type_and_default_of_an_export(
    declared: Any, annotation: Any, kind: VariantType, default: Any
) -> None:
    found = prop(declared, annotation)
    assert (found.info.type, found.default) == (kind, default)
    assert type(found.default) is type(default)


def test_the_items_of_a_default_are_of_their_type_too() -> None:
    default = prop(export(((1,), [2.5])), list[list[float]]).default
    assert default == [[1.0], [2.5]]
    assert [type(number) for numbers in default for number in numbers] == [float, float]
    given = prop(export(["x"]), list[float]).default
    assert given == ["x"], "the engine says what is wrong with an item"


class Level(IntEnum):
    LOW = 2


class Parts(IntFlag, boundary=CONFORM):
    LEFT = 1


@pytest.mark.parametrize(
    ("given", "annotation", "default"),
    [
        (2, Level, Level.LOW),
        (3, Level, 3),
        (1, Parts, Parts.LEFT),
        (5, Parts, 5),
        ([2], list[Level], [Level.LOW]),
    ],
)
def test_an_int_becomes_the_member_of_its_enum(given: Any, annotation: Any, default: Any) -> None:
    """As one that a script sets; an int that is no member stays an int."""
    found = prop(export(given), annotation)
    assert repr(found.default) == repr(default)

    @gdclass
    class Mine(Node):
        value: annotation = export(given)

    assert repr(Mine().value) == repr(default)


def test_an_export_of_an_enum_begins_with_one_of_its_members() -> None:
    class Order(IntEnum):
        FIRST = 5

    class Side(IntFlag):
        LEFT = 1

    assert prop(export(), Order).default is Order.FIRST
    assert prop(export(), Side).default == Side(0)
    assert prop(export(Order.FIRST)).info.class_name.endswith("Order")


@pytest.mark.parametrize(
    ("declared", "annotation", "hint", "text"),
    [
        (export(1, range=(1, 100)), None, PropertyHint.RANGE, "1,100"),
        (export(0.5, range=(0, 1, 0.25)), None, PropertyHint.RANGE, "0,1,0.25"),
        (export(0, enum=["A", "B"]), None, PropertyHint.ENUM, "A,B"),
        (export("A", enum=["A", "B"]), None, PropertyHint.ENUM, "A,B"),
        (export(0, flags=["X", "Y"]), None, PropertyHint.FLAGS, "X,Y"),
        (export("", file="*.png"), None, PropertyHint.FILE, "*.png"),
        (export("", dir=True), None, PropertyHint.DIR, ""),
        (export("", multiline=True), None, PropertyHint.MULTILINE_TEXT, ""),
        (export("", placeholder="name"), None, PropertyHint.PLACEHOLDER_TEXT, "name"),
        (export(), list[int], PropertyHint.ARRAY_TYPE, "int"),
    ],
)
def test_hints(declared: Any, annotation: Any, hint: PropertyHint, text: str) -> None:
    info = prop(declared, annotation).info
    assert (info.hint, info.hint_string, info.usage) == (hint, text, PropertyUsage.DEFAULT)


def test_enums_are_choices() -> None:
    class TurretMode(IntEnum):
        TURRET_MODE_IDLE = 0
        TURRET_MODE_HUNTING_DOWN = 7
        OTHER = 9

    class Side(IntFlag):
        NONE = 0
        LEFT = 1
        RIGHT = 2
        ALL = -1

    info = prop(export(TurretMode.TURRET_MODE_IDLE)).info
    assert (info.hint, info.hint_string) == (PropertyHint.ENUM, "Idle:0,Hunting down:7,Other:9")
    assert info.usage & PropertyUsage.CLASS_IS_ENUM
    info = prop(export(Side.LEFT)).info
    assert (info.hint, info.hint_string) == (PropertyHint.FLAGS, "Left:1,Right:2")
    info = prop(export(TurretMode.OTHER, enum=["X:9"])).info
    assert (info.hint, info.hint_string) == (PropertyHint.ENUM, "X:9")


def test_usage_and_headings() -> None:
    found = prop(export(1, usage=0, group="Group", subgroup="Sub"))
    assert (found.info.usage, found.group, found.subgroup) == (0, "Group", "Sub")


def test_accessors_are_made_unless_they_are_there() -> None:
    @gdclass
    class Mine(Node):
        made: int = export(1)
        own: int = export(2)
        named: int = export(3, getter="read", setter="write")
        hidden: int = export(3, getter="_read", setter="_write")

        def set_own(self, value: int) -> None:
            self.own = max(value, 0)

        def read(self) -> int:
            return 30

        def write(self, value: int) -> None:
            self.written = value

        _read, _write = read, write

    found = spec_of(Mine)
    assert [(one.getter, one.setter) for one in found.properties] == [
        ("get_made", "set_made"),
        ("get_own", "set_own"),
        ("read", "write"),
        ("get_hidden", "set_hidden"),
    ]
    methods = {one.name: one for one in found.methods}
    assert sorted(one.name for one in found.methods) == [
        *("get_hidden", "get_made", "get_own", "read", "set_hidden", "set_made", "set_own", "write")
    ]
    assert methods["get_made"].flags == MethodFlags.NORMAL | MethodFlags.CONST
    mine = Mine()
    methods["set_made"].function(mine, 7)
    assert (mine.made, methods["get_made"].function(mine), mine.named) == (7, 7, 30)
    mine.named = 4
    assert mine.written == 4
    methods["set_hidden"].function(mine, 5)
    assert (mine.written, methods["get_hidden"].function(mine)) == (5, 30)


def test_each_object_has_a_default_of_its_own() -> None:
    @gdclass
    class Mine(Node):
        rows: list[list[int]] = export([[1]])

    one, other = Mine(), Mine()
    one.rows[0].append(2)
    one.rows.append([3])
    assert other.rows == [[1]]
    assert spec_of(Mine).properties[0].default == [[1]]


def test_engine_memory_is_each_objects_own_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class PackedByteArray(bytearray):
        """Stands for the host's."""

    monkeypatch.setattr(annotations, "_TYPES", dict(annotations._TYPES))
    annotations.add_type(PackedByteArray, VariantType.PACKED_BYTE_ARRAY, python=PackedByteArray)

    @gdclass
    class Mine(Node):
        data: PackedByteArray = export(b"ab")

    one, other = Mine(), Mine()
    one.data.append(3)
    assert (bytes(other.data), type(other.data)) == (b"ab", PackedByteArray)


def test_what_is_set_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class PackedByteArray(bytearray):
        """Stands for the host's."""

    monkeypatch.setattr(annotations, "_TYPES", dict(annotations._TYPES))
    annotations.add_type(PackedByteArray, VariantType.PACKED_BYTE_ARRAY, python=PackedByteArray)

    @gdclass
    class Mine(Node):
        data: PackedByteArray = export()
        plain: bytes = export()

    mine = Mine()
    mine.data = b"ab"  # type: ignore[assignment]
    mine.data.append(99)
    assert (bytes(mine.data), type(mine.data)) == (b"abc", PackedByteArray)
    own = PackedByteArray(b"x")
    mine.data = own
    assert mine.data is own
    mine.plain = b"y"
    assert mine.plain == b"y"


def test_the_default_of_a_parameter_is_a_container_where_it_is_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Array(list[Any]):
        """Stands for the host's."""

    monkeypatch.setattr(annotations, "_TYPES", dict(annotations._TYPES))
    annotations.add_type(Array, VariantType.ARRAY, python=Array)

    @gdclass
    class Mine(Node):
        def take(self, items: Array = Array()) -> None: ...  # noqa: B008

    with pytest.raises(DeclarationError, match=r"argument items: its default must be made by Array\(\)"):

        @gdclass
        class Wrong(Node):
            def take(self, items: Array = []) -> None: ...  # type: ignore[assignment]  # noqa: B006


def test_a_subclass_may_declare_a_property_anew() -> None:
    @gdclass
    class Mine(Node):
        limit: int = export(1)

    @gdclass
    class Child(Mine):
        limit: int = export(2, range=(0, 9))

    assert (Mine().limit, Child().limit) == (1, 2)
    getter = next(one for one in spec_of(Mine).methods if one.name == "get_limit")
    assert getter.function(Child()) == 2
    assert [one.info.hint_string for one in spec_of(Child).properties] == ["0,9"]


def test_exports_keep_no_object_alive() -> None:
    @gdclass
    class Mine(Node):
        limit: int = export(1)

    mine = Mine()
    mine.limit = 3
    gone = weakref.ref(mine)
    del mine
    gc.collect()
    assert gone() is None


def test_python_properties() -> None:
    @gdclass
    class Mine(Node):
        @property
        def both(self) -> int:
            """Has both."""
            return 1

        @both.setter
        def both(self, value: int) -> None: ...

        @property
        def readable(self) -> str:
            return ""

    both, readable = spec_of(Mine).properties
    assert (both.getter, both.setter, both.doc) == ("get_both", "set_both", "Has both.")
    assert (readable.getter, readable.setter) == ("get_readable", "")
    assert not readable.info.usage & PropertyUsage.STORAGE
    assert [one.name for one in spec_of(Mine).methods] == ["get_both", "set_both", "get_readable"]


# Signals, enums, constants


def test_a_signal() -> None:
    found = spec(hit=Signal(by=Node, self=int)).signals[0]
    assert [(info.name, info.type, info.class_name) for info in found.arguments] == [
        ("by", VariantType.OBJECT, "Node"),
        ("self", VariantType.INT, ""),
    ]


def test_a_signal_cannot_be_set() -> None:
    @gdclass
    class Mine(Node):
        hit = Signal()

    with pytest.raises(AttributeError, match=r"Mine\.hit is a signal"):
        Mine().hit = 3  # type: ignore[assignment]


def test_constants() -> None:
    class Order(IntEnum):
        UP = 0
        DOWN = 1

    class Side(IntFlag):
        LEFT = 1

    class Text(Enum):
        NOT = "an int"

    found = spec(Order=Order, Side=Side, Text=Text, MOST=9, YES=True, small=3, _HIDDEN=1).constants
    assert [(one.name, one.value, one.enum, one.bitfield) for one in found] == [
        ("UP", 0, "Order", False),
        ("DOWN", 1, "Order", False),
        ("LEFT", 1, "Side", True),
        ("MOST", 9, "", False),
    ]


# Mistakes


async def later(self: Any) -> None: ...


def keywords(self: Any, *, loud: bool) -> None: ...


def extra(self: Any, **options: int) -> None: ...


def selfless() -> None: ...


def picky(self: Any, items: set[int]) -> None: ...


def takes_none(self: Any) -> None: ...


def takes_any(self: Any, *rest: Any) -> None: ...


def returns_a_set(self: Any) -> set[int]:
    return set()


def picky_of_the_rest(self: Any, *rest: set[int]) -> None: ...


def names_nothing(self: Any, other: "Nod") -> None: ...  # type: ignore[name-defined] # noqa: F821


def wrong_default(self: Any, size: int = "big") -> None: ...  # type: ignore[assignment]


def shared_default(self: Any, node: Node = Node()) -> None: ...  # noqa: B008


def takes_two(self: Any, one: int, two: int) -> None: ...


class Order(IntEnum):
    UP = 0


class Again(IntEnum):
    UP = 1


class Huge(IntEnum):
    HUGE = 1 << 63


many: Any = eval(f"lambda self, {', '.join(f'a{n}' for n in range(17))}: None")

wrong_export: Any = export
wrong_rpc: Any = rpc
WrongSignal: Any = Signal

MISTAKES: list[tuple[str, Any, Any, str]] = [
    ("_on_hit", virtual(later), None, "a script that overrides it would have to await"),
    ("call", keywords, None, "no keyword arguments, such as loud"),
    ("call", extra, None, "no keyword arguments, such as options"),
    ("call", selfless, None, "needs self"),
    ("call", many, None, "16 arguments at most, not 17"),
    ("call", picky, None, "argument items: the annotation set has no counterpart in the engine; write list"),
    ("call", picky_of_the_rest, None, "argument rest: the annotation set"),
    ("call", returns_a_set, None, "its return value: the annotation set"),
    ("call", names_nothing, None, "names 'Nod', which does not exist"),
    ("call", wrong_default, None, "argument size: its default must be int, not 'big'"),
    ("call", shared_default, None, r"argument node: its default must be null \(None\)"),
    ("value", export(), None, "needs an annotation, or a default"),
    ("value", export("ten"), int, "its default must be int, not 'ten'"),
    ("value", export(1.5), int, "its default must be int, not 1.5"),
    ("value", export(0, range=(1,)), None, "range is"),
    ("value", export("", range=(1, 2)), None, "range is for a property that is int or float, not string"),
    ("value", export(0, multiline=True), None, "multiline is for a property that is string, not int"),
    ("value", export(0, range=(1, 2), flags=["A"]), None, "takes one hint, not range and flags"),
    ("value", export(0, getter="read"), None, "its getter read is not a method"),
    ("value", export(0, setter="write"), None, "its setter write is not a method"),
    ("value", export(), "Nod", "names 'Nod', which does not exist"),
    ("value", export(), "godot.Nod", "names 'godot'"),
    ("value", export(), "Order.Nod", "cannot be evaluated"),
    ("value", export(), "an int", "cannot be evaluated"),
    ("value", export(), Signal, "the annotation Signal has no counterpart in the engine; write BoundSignal"),
    ("value", property(fset=lambda self, value: None), None, "needs a getter"),
    ("value", wrong_export(0, range=5), None, r"range is \(smallest, greatest\)"),
    ("value", wrong_export(0, range=("a", "b")), None, r"range is \(smallest, greatest\)"),
    ("value", wrong_export(0, enum=5), None, "enum is a list of names, not 5"),
    ("value", wrong_export(0, hint="range"), None, "hint is an int of PropertyHint, not 'range'"),
    ("value", wrong_export(0, hint=1, hint_string=5), None, "hint_string is a str, not 5"),
    ("value", wrong_export(0, usage="storage"), None, "usage is an int of PropertyUsage, not 'storage'"),
    ("value", wrong_export("", file=5), None, "file is a str, not 5"),
    ("value", wrong_export(0, group=5), None, "group is a str, not 5"),
    ("value", wrong_export(0, subgroup=5), None, "subgroup is a str, not 5"),
    (
        "call",
        wrong_rpc("everybody")(lambda self: None),
        None,
        "rpc has no mode 'everybody'; it has authority, any_peer",
    ),
    (
        "call",
        wrong_rpc(channel="first")(lambda self: None),
        None,
        "the channel of an rpc is an int, not 'first'",
    ),
    ("hit", WrongSignal(int), None, r"a signal's arguments have names, as in Signal\(points=int\)"),
    ("hit", Signal(by=set), None, "the annotation set"),
    ("Huge", Huge, None, "HUGE = 9223372036854775808 does not fit"),
    ("BIG", -(1 << 63) - 1, None, "BIG = -9223372036854775809 does not fit"),
    ("_init", takes_two, None, "calls __init__ of a Python class, not _init"),
    ("_get", takes_two, None, r"the engine calls it as _get\(property\)"),
    ("_set", takes_none, None, r"the engine calls it as _set\(property, value\)"),
    ("_get_property_list", takes_two, None, r"the engine calls it as _get_property_list\(\)"),
    ("on_hit", virtual(takes_none), None, "the name of a virtual method begins with an underscore"),
    ("_on_hit", virtual(picky), None, "argument items: the annotation set"),
    ("_on_hit", virtual(takes_any), None, r"a virtual method takes no \*arguments"),
    ("_notification", takes_two, None, r"calls it as _notification\(what\)"),
    ("_to_string", takes_two, None, r"calls it as _to_string\(\)"),
]


@pytest.mark.parametrize(("name", "member", "annotation", "text"), MISTAKES)
def test_a_mistake_is_told_with_class_and_member(name: str, member: Any, annotation: Any, text: str) -> None:
    annotations = {} if annotation is None else {name: annotation}
    with pytest.raises(DeclarationError, match=rf"^Mine\.{name}: .*{text}"):
        spec(**{name: member, "__annotations__": annotations})


def test_a_method_has_as_many_arguments_as_the_host_has_room_for() -> None:
    text = (SOURCES / "_pythonscript" / "interface.pxd").read_text(encoding="utf-8")
    assert re.findall(r"MOST_ARGUMENTS = (\d+)", text) == [str(declare.MOST_ARGUMENTS)]


def test_members_of_enums_are_unique_in_a_class() -> None:
    with pytest.raises(DeclarationError, match=r"^Mine\.Again: the class has a constant UP already"):
        spec(Order=Order, Again=Again)


def test_a_class_must_inherit_one_of_the_engines() -> None:
    with pytest.raises(DeclarationError, match="Plain must inherit an engine class"):
        gdclass(Plain)


def test_only_classes_can_be_declared() -> None:
    with pytest.raises(DeclarationError, match="gdclass is for classes, not for <function"):
        gdclass(later)  # type: ignore[call-overload]


@pytest.fixture(autouse=True)
def no_host() -> Iterator[None]:
    """No host may get the classes of these tests."""
    assert declare.registrars == []
    yield
    assert declare.registrars == []


class Shadowed:
    """A name that has another meaning in a class's body."""


def sample(shadowed: "Shadowed", text: "str", nothing: "None", it: "Plain", rest: "list[Shadowed]") -> "Any":
    """Is annotated in texts, as all functions are under `from __future__ import annotations`."""


def test_a_name_means_the_class_in_the_body_before_that_of_the_module() -> None:
    class Plain(Node):
        class Shadowed(IntEnum):
            ZERO = 0

        str = 3  # no class, and so no type's name
        method = sample

    hints = declare.hints_of(sample, Plain, "method")
    inner = Plain.Shadowed
    assert hints == {
        "shadowed": inner,
        "text": str,
        "nothing": type(None),
        "it": Plain,
        "rest": list[inner],  # type: ignore[valid-type]
        "return": Any,
    }


def test_a_decorated_functions_names_are_those_of_what_it_wraps() -> None:
    space: dict[str, Any] = {"functools": functools}
    exec("def plain(one: 'Resource') -> 'Resource': ...\nResource = int", space)

    @functools.wraps(space["plain"])
    def decorated(one: Any) -> Any: ...

    class Decorated(Node):
        method = decorated

    assert declare.hints_of(decorated, Decorated, "method") == {"one": int, "return": int}
