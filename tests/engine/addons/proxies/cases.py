"""Tests that run inside the engine; each is a function, and `PyCases` calls it."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import godot
from godot import (
    OS,
    Array,
    Callable,
    ClassDB,
    Color,
    Engine,
    GDScript,
    Input,
    Node,
    Node2D,
    Object,
    PackedByteArray,
    RefCounted,
    Resource,
    Signal,
    StringName,
    Timer,
    Transform3D,
    Vector2,
    Vector2i,
    Vector3,
    export,
    gdclass,
    is_instance_valid,
)


@contextmanager
def raises(kind: type[BaseException], text: str = "") -> Iterator[None]:
    """Fails unless this exception comes, with the text in it."""
    message = None
    try:
        yield
    except kind as error:
        message = str(error)
    assert message is not None, f"no {kind.__name__} came"
    assert text in message, f"{text!r} is not in {message!r}"


@gdclass
class PyBeacon(Node):
    """Has a signal and a property."""

    lit = Signal(times=int)
    power: int = export(3)

    def __init__(self, power: int = 3) -> None:
        self.seen: list[Any] = []
        self.power = power

    def see(self, *what: Any) -> None:
        """Remembers."""
        self.seen.append(what)

    def _note(self, *what: Any) -> None:
        self.see(*what)


class Point(Vector2):
    """A value type of Python's own, which the engine takes for its base."""


class Nothing:
    """No counterpart in the engine."""


@gdclass
class PyNest(RefCounted):
    """Makes others while it is being made, as its argument says."""

    def __init__(self, *plan: Any) -> None:
        self.plan = plan
        self.inner: list[Any] = []
        for part in plan:
            if part == "raise":
                raise ValueError("this one cannot be made")
            if part == "engine":
                self.inner.append(ClassDB.instantiate("PyNest"))
            elif part == "beacon":
                self.inner.append(PyBeacon(8))
            elif isinstance(part, tuple):
                self.inner.append(PyNest(*part))


def methods() -> None:
    node = Node()
    child = Node()
    node.add_child(child)
    assert node.get_child_count() == 1
    assert node.get_child(0) == child
    assert child.get_parent() == node
    assert isinstance(node.get_child(0), Node)
    assert node.get_class() == "Node"
    assert node.find_children("*", "", True, False) == [child]
    wrong: Any = node  # what a type checker would refuse
    with raises(TypeError, "argument 1 of Node.add_child() must be Object, not int"):
        wrong.add_child(5)
    with raises(TypeError, "Node.add_child() is missing its argument 'node'"):
        wrong.add_child()
    with raises(TypeError, "Node.add_sibling() is missing its argument 'sibling'"):
        wrong.add_sibling()
    with raises(TypeError, "Node.set_meta() is missing its arguments 'name' and 'value'"):
        wrong.set_meta()
    with raises(TypeError, "Node.get_parent() takes no arguments, 2 were given"):
        wrong.get_parent(1, 2)
    with raises(TypeError, "Node.get_child() takes 2 arguments (idx, include_internal), 3 were given"):
        wrong.get_child(0, False, 3)
    with raises(TypeError, "at least 2"):
        Array([1]).bsearch()  # type: ignore[call-arg]
    with raises(AttributeError, "no_such_method"):
        wrong.no_such_method()
    node.free()
    assert not is_instance_valid(child)


def arguments_by_name() -> None:
    node: Any = Node()
    child, other = Node(), Node()
    child.name = "child"
    node.add_child(force_readable_name=True, node=child)
    node.add_child(other, internal=Node.INTERNAL_MODE_FRONT)
    assert node.get_child(0, include_internal=True) == other
    assert node.get_child(include_internal=False, idx=0) == child
    assert node.find_children("c*", owned=False) == [child]
    for arguments, names, text in (
        ((), {"index": 0}, "Node.get_child() has no argument 'index'; it takes (idx, include_internal)"),
        ((), {"include_internal": True}, "Node.get_child() is missing its argument 'idx'"),
        ((0,), {"idx": 0}, "Node.get_child() got two values for its argument 'idx'"),
    ):
        with raises(TypeError, text):
            node.get_child(*arguments, **names)
    with raises(TypeError, "takes its arguments by position only, not by names such as 'from'"):
        Array([1]).find(1, **{"from": 0})
    node.free()


@gdclass
class PyRaising(RefCounted):
    """Raises what its caller wants to see again."""

    def look_up(self, key: str) -> int:
        return {"there": 1}[key]

    def by_engine(self, key: str) -> int:
        return int(self.call("look_up", key))

    def leave(self) -> None:
        raise SystemExit("out")


def exceptions_come_through_the_engine() -> None:
    raising = PyRaising()
    own: Any = raising

    def fail(*_: Any) -> None:
        raise LookupError("failed")

    calls: list[tuple[type[BaseException], str, Any]] = [
        (KeyError, "'a'", lambda: own.call("look_up", "a")),
        (KeyError, "'b'", lambda: own.callv("look_up", ["b"])),
        (KeyError, "'c'", lambda: own.call("by_engine", "c")),
        (KeyError, "'d'", lambda: Callable(raising, "look_up")("d")),
        (KeyError, "'e'", lambda: Callable(raising.look_up).call("e")),
        (LookupError, "failed", lambda: Callable(fail)(1)),
        (LookupError, "failed", lambda: Array([1, 2]).map(fail)),
        (SystemExit, "out", lambda: own.call("leave")),
    ]
    for kind, text, call in calls:
        with raises(kind, text):
            call()
    assert own.call("look_up", "there") == 1


def exceptions_end_at_signals() -> None:
    beacon, seen = PyBeacon(), []

    def fail(times: int) -> None:
        seen.append(times)
        raise LookupError("failed in a signal")

    beacon.lit.connect(fail)
    beacon.lit.connect(seen.append)
    beacon.lit.emit(3)
    assert seen == [3, 3]
    beacon.free()


def global_names() -> None:
    from godot import (
        KEY_A,
        MOUSE_BUTTON_LEFT,
        OK,
        TYPE_INT,
        Error,
        Key,
        MouseButtonMask,
        VariantType,
        clampi,
        instance_from_id,
        is_same,
        lerp,
        load,
        randi_range,
        snapped,
        typeof,
        var_to_str,
    )

    assert {KEY_A, Key.KEY_A, Key.A} == {KEY_A}
    assert (KEY_A.name, int(KEY_A)) == ("KEY_A", 65)
    assert int(Key.KEY_0) == 48
    assert "0" not in Key.__members__
    assert MOUSE_BUTTON_LEFT.name == "MOUSE_BUTTON_LEFT"
    assert MouseButtonMask.LEFT | MouseButtonMask.RIGHT == 3
    assert OK is Error.OK
    assert TYPE_INT is VariantType.INT
    assert godot.PROPERTY_HINT_EXP_EASING == 4
    assert godot.PROPERTY_USAGE_STORAGE == 2
    assert lerp(0.0, 10.0, 0.5) == 5.0
    assert lerp(to=Vector2(2, 4), from_=Vector2(), weight=0.5) == Vector2(1, 2)
    assert clampi(7, min=0, max=5) == 5
    assert randi_range(3, 3) == 3
    assert snapped(7, 5) == 5
    assert typeof(Vector2()) == VariantType.VECTOR2
    assert var_to_str([1, "a"]) == '[1, "a"]'
    assert godot.str_to_var("Vector2(1, 2)") == Vector2(1, 2)
    assert godot.bytes_to_var(godot.var_to_bytes({"a": 1})) == {"a": 1}
    assert list(godot.rand_from_seed(5)) == list(godot.rand_from_seed(5))
    assert godot.rid_from_int64(0) == godot.RID()
    node = Node()
    assert instance_from_id(node.get_instance_id()) == node
    assert is_same(node, node)
    assert not is_same(node, None)
    node.free()
    held = Resource()
    assert instance_from_id(held.get_instance_id()) == held
    assert held.get_reference_count() == Resource().get_reference_count()
    assert godot.weakref(held).get_ref() == held
    godot.seed(3)
    first = godot.randi()
    godot.seed(3)
    assert godot.randi() == first
    assert load("res://proxies.gd").resource_path == "res://proxies.gd"
    wrong: Any = lerp
    for arguments, keywords, text in (
        ((1,), {}, "lerp() is missing its arguments 'to' and 'weight'"),
        ((1, 2, 3, 4), {}, "lerp() takes 3 arguments (from, to, weight), 4 were given"),
        ((1, 2, 3), {"to": 3}, "lerp() got two values for its argument 'to'"),
        ((1, 2, 3), {"too": 3}, "lerp() has no argument 'too'"),
    ):
        with raises(TypeError, text):
            wrong(*arguments, **keywords)
    with raises(TypeError, "argument min of clampi(): must be int, not str"):
        wrong_clampi: Any = clampi
        wrong_clampi(1, "a", 2)
    with raises(AttributeError, "module 'godot' has no attribute 'print'"):
        getattr(godot, "print")  # noqa: B009


def all_that_is_listed_is_there() -> None:
    names: dict[str, Any] = {}
    exec("from godot import *", names)
    listed = set(godot.__all__)
    assert {"Node", "Engine", "Key", "KEY_A", "OK", "lerp", "load", "Array", "gdclass"} <= listed
    assert listed <= names.keys()
    assert not listed & set(dir(__builtins__)), "what Python has is not hidden"
    assert names["Node"] is Node
    assert names["Engine"] is Engine


def enum_properties() -> None:
    node = Node2D()
    assert node.process_mode is Node.ProcessMode.PROCESS_MODE_INHERIT
    node.process_mode = Node.PROCESS_MODE_ALWAYS
    assert node.process_mode.name == "PROCESS_MODE_ALWAYS"
    assert type(node.process_priority) is int
    assert type(node.z_index) is int
    event = godot.InputEventKey()
    event.keycode = godot.KEY_A
    assert event.keycode is godot.Key.A
    event.keycode = 123456789
    assert type(event.keycode) is int
    label = godot.Label()
    assert label.size_flags_horizontal is godot.Control.SizeFlags.SIZE_FILL
    label.size_flags_vertical = godot.Control.SIZE_FILL | godot.Control.SIZE_EXPAND
    assert label.size_flags_vertical == 3
    label.free()
    sprite = godot.Sprite3D()
    assert type(sprite.axis) is int, "Python has no enum of Vector3's axes"
    sprite.free()
    node.free()


def enums_that_methods_return() -> None:
    node = Node()
    assert node.get_process_mode() is Node.ProcessMode.PROCESS_MODE_INHERIT
    assert type(node.get_child_count()) is int
    assert Node.get_process_mode(node) is node.get_process_mode(), "called by the class"
    assert node.connect("renamed", print) is godot.OK
    assert type(node.call("get_process_mode")) is int, "the engine says nothing of what `call` returns"
    node.set_script(scripted("func own() -> ProcessMode:\n\treturn PROCESS_MODE_ALWAYS\n", "Node"))
    wrong: Any = node
    assert type(wrong.own()) is int
    assert node.get_process_mode() is Node.ProcessMode.PROCESS_MODE_INHERIT
    assert godot.FileAccess.get_open_error() is godot.OK, "a static method"
    status = godot.ResourceLoader.load_threaded_get_status("res://none")
    assert status.name == "THREAD_LOAD_INVALID_RESOURCE", "of a singleton"
    assert Node.get_process_thread_messages(node) == 0
    node.set_process_thread_messages(Node.FLAG_PROCESS_THREAD_MESSAGES)
    flags = node.get_process_thread_messages()
    assert isinstance(flags, Node.ProcessThreadMessages)
    assert flags is Node.ProcessThreadMessages.FLAG_PROCESS_THREAD_MESSAGES
    both = Node.FLAG_PROCESS_THREAD_MESSAGES | Node.FLAG_PROCESS_THREAD_MESSAGES_PHYSICS
    node.set_process_thread_messages(both)
    assert node.get_process_thread_messages() == both
    key = godot.InputEventKey()
    for number in (123456789, 123456789, int(godot.KEY_A)):
        key.set_keycode(number)
        assert key.get_keycode() == number
    assert key.get_keycode() is godot.Key.A
    node.free()


def every_enum_of_the_engine_is_there() -> None:
    """What methods return, by the engine's own lists."""
    from godot import PropertyUsage, _classes

    kinds = PropertyUsage.CLASS_IS_ENUM | PropertyUsage.CLASS_IS_BITFIELD
    named = set()
    for name in ClassDB.get_class_list():
        for entry in ClassDB.class_get_method_list(name, True):
            if entry["return"]["usage"] & kinds:
                named.add(str(entry["return"]["class_name"]))
    assert len(named) > 100
    missing = {name for name in named if _classes.enum_named(name) is None}
    # A value type's, and one of a method of the engine's own, which nobody else can name.
    assert missing == {"Vector3.Axis", "Control.LayoutMode"}


@gdclass
class PySpeaks(Node):
    def _to_string(self) -> str:
        return "I speak"


def texts_of_objects() -> None:
    speaks, plain = PySpeaks(), Node()
    plain.name = "Plain"
    assert str(speaks) == f"{speaks}" == "I speak"
    assert repr(speaks).startswith("<PySpeaks #")
    assert str(plain) == godot.stringify(plain)
    plain.free()
    assert str(plain) == "<freed Node>"
    speaks.free()


class Speaker(Protocol):
    def speak(self) -> str: ...


class Counts(ABC):
    @abstractmethod
    def count(self) -> int: ...


@gdclass
class PyBaseOfCounters(Counts, Node):
    pass


@gdclass
class PyCounterOfTen(PyBaseOfCounters, Speaker):
    def count(self) -> int:
        return 10

    def speak(self) -> str:
        return "ten"


def abstract_bases() -> None:
    with raises(TypeError, "PyBaseOfCounters"):
        PyBaseOfCounters()  # type: ignore[abstract]
    assert not ClassDB.can_instantiate("PyBaseOfCounters")
    ten = PyCounterOfTen()
    assert isinstance(ten, Counts)
    assert isinstance(ten, Node)
    assert not isinstance(Node, Counts)
    assert ten.call("count") == 10
    assert ten.call("speak") == "ten"
    ten.free()


def bound_methods() -> None:
    node = Node()
    get_name: Any = node.get_name
    assert get_name.__name__ == "get_name"
    assert get_name.__self__ is node
    assert get_name == node.get_name
    assert get_name != node.get_class
    assert hash(get_name) == hash(node.get_name)
    assert "get_name" in repr(get_name)
    assert get_name(*()) == ""
    nothing: dict[str, Any] = {}
    assert get_name(**nothing) == ""
    with raises(TypeError, "get_name() has no argument 'wrong'"):
        get_name(wrong=1)
    node.set_meta("called", Callable(lambda *given: list(given)))
    for number in (0, 1, 6, 7, 16):
        assert node.get_meta("called").call(*range(number)) == list(range(number))
    node.free()
    with raises(ReferenceError, "Node has been freed"):
        get_name()


def scripted(body: str, base: str = "RefCounted") -> GDScript:
    """A script that extends a class of the engine's."""
    script = GDScript()
    script.source_code = f"extends {base}\n{body}"
    assert script.reload() == 0
    return script


def members_of_scripts() -> None:
    """What one object has by its script, others of its class need not have."""
    plain: Any = RefCounted()
    works: Any = scripted("signal told\nvar fact := 7\nfunc work():\n\treturn 1\n").new()
    other: Any = scripted("var work := 2\nfunc fact():\n\treturn 8\nfunc told():\n\treturn 9\n").new()
    for _ in range(2):
        for name in ("work", "fact", "told"):
            assert not hasattr(plain, name), name
        assert (works.work(), works.fact, works.told.get_name()) == (1, 7, "told")
        assert (other.work, other.fact(), other.told()) == (2, 8, 9)
        for each in (works, other, plain):
            assert each.get_class() == "RefCounted"
            assert isinstance(each.script_changed, godot.BoundSignal)
    works.fact = 10
    assert works.fact == 10
    with raises(AttributeError, "fact"):
        plain.fact = 1


class Fallback:
    """Answers for what nobody has."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return f"no {name}"


@gdclass
class PyFallback(Fallback, Node):
    """Has an attribute of every name, and a method in the place of one of the engine's."""

    def get_index(self, include_internal: bool = False, /) -> int:
        """Hides the engine's."""
        return 99


def attributes_in_python_come_first() -> None:
    node: Any = PyFallback()
    assert node.get_child_count() == 0
    assert node.get_index() == 99
    assert node.anything == "no anything"
    node.name = "Ada"
    assert (node.name, node.get_name(), "name" in vars(node)) == ("Ada", "Ada", False)
    node.note = "of Python's"
    assert node.note == "of Python's"
    del node.note
    assert node.note == "no note"
    node.get_class = lambda: "of Python's"
    assert node.get_class() == "of Python's"
    del node.get_class
    assert node.get_class() == "PyFallback"
    with raises(AttributeError, "nothing"):
        del node.nothing
    node.free()


def names_read_and_written() -> None:
    """More than are kept."""
    node = Node()
    for number in range(5000):
        node.name = f"name {number % 4500}"
        assert node.name == f"name {number % 4500}"
        assert type(node.name) is StringName
        node.set_meta("name", node.name)
        assert node.get_meta("name") == node.name
    node.set_meta("name", StringName())
    assert node.get_meta("name") == ""
    assert type(node.get_meta("name")) is StringName
    node.free()


def properties() -> None:
    node = Node2D()
    node.position = Vector2(3, 4)
    assert node.position == Vector2(3, 4)
    assert node.position.x == 3.0
    node.name = "Ada"
    assert node.name == "Ada"
    assert isinstance(node.name, StringName)
    node.rotation = 1
    assert node.rotation == 1.0
    wrong: Any = node
    with raises(AttributeError, "no_such_property"):
        wrong.no_such_property = 1
    with raises(AttributeError, "no_such_property"):
        _ = wrong.no_such_property
    with raises(AttributeError, "position"):
        wrong.position = "nowhere"
    node.free()


def freed_objects() -> None:
    node = Node()
    node.free()

    def set_name() -> None:
        node.name = "x"

    def call() -> None:
        node.get_name()

    for use in (call, lambda: node.name, set_name):
        with raises(ReferenceError, "Node has been freed"):
            use()
    assert "freed" in repr(node)
    assert not is_instance_valid(node)
    resource = Resource()
    with raises(ReferenceError, "freed"):
        resource.set_meta("gone", node)


def classes() -> None:
    assert issubclass(Node2D, Node)
    assert issubclass(Node, Object)
    timer = Timer()
    assert type(timer).__name__ == "Timer"
    assert [base.__name__ for base in type(timer).__mro__[:3]] == ["Timer", "Node", "Object"]
    timer.free()
    wrong: Any = godot
    with raises(AttributeError, "NoSuchClass"):
        _ = wrong.NoSuchClass
    with raises(TypeError, "takes no arguments"):
        wrong.Node(1)
    with raises(TypeError, "cannot create"):
        wrong.CanvasItem()


def constants() -> None:
    assert Node.NOTIFICATION_READY == 13
    assert Node.PROCESS_MODE_ALWAYS == 3
    assert int(Node.ProcessMode.PROCESS_MODE_ALWAYS) == 3
    assert Node2D.NOTIFICATION_READY == Node2D.NOTIFICATION_READY == 13
    assert Node2D.ProcessMode is Node.ProcessMode
    assert {"NOTIFICATION_READY", "ProcessMode"} <= vars(Node).keys()  # the engine was asked once
    assert Vector2(0, 0) == Vector2.ZERO
    assert Vector3(0, 1, 0) == Vector3.UP
    assert Color(1, 0, 0, 1) == Color.RED
    wrong: Any = Node
    with raises(AttributeError, "NO_SUCH"):
        _ = wrong.NO_SUCH


def static_methods() -> None:
    image = godot.Image.create(2, 3, False, godot.Image.FORMAT_RGB8)
    assert image.get_size() == Vector2i(2, 3)
    named = godot.Image.create(2, height=3, use_mipmaps=False, format=godot.Image.FORMAT_RGB8)
    assert named.get_size() == Vector2i(2, 3)
    found = godot.RegEx.create_from_string(pattern="a+").search(subject="baa")
    assert found.get_string() == "aa"
    wrong: Any = godot.RegEx
    with raises(
        TypeError, "RegEx.create_from_string() has no argument 'text'; it takes (pattern, show_error)"
    ):
        wrong.create_from_string(text="a")
    assert Color.html("#ff0000") == Color(1, 0, 0, 1)


def copies() -> None:
    """Python copies values; objects have an engine's way of their own."""
    node = PyBeacon()
    for value in (node.lit, Callable(node.see), godot.RID()):
        assert copy.copy(value) == value
        assert copy.deepcopy([value]) == [value]
    for function in (copy.copy, copy.deepcopy):
        with raises(TypeError, "Python cannot copy a PyBeacon: nodes and resources have duplicate()"):
            function(node)
    for kept in (node, node.lit, Array([1])):
        with raises(TypeError, f"a {type(kept).__name__} is the engine's, and cannot be pickled"):
            pickle.dumps(kept)
    node.free()


def arguments_for_a_class_that_takes_none() -> None:
    wrong: Any = PyCases
    for arguments, keywords in (((3,), {}), ((), {"title": "x"})):
        with raises(TypeError, "PyCases() takes no arguments: it has no __init__ for them"):
            wrong(*arguments, **keywords)


def what_cannot_be_freed() -> None:
    node = PyBeacon()
    told: list[str] = []

    def free(times: int) -> None:
        try:
            node.free()
        except RuntimeError as error:
            told.append(str(error))

    node.lit.connect(free)
    node.lit.emit(1)
    assert "this PyBeacon cannot be freed here: the engine is in the middle of a call" in told[0]
    assert is_instance_valid(node)
    node.free()
    counted: Any = RefCounted()
    with raises(
        RuntimeError, "this RefCounted cannot be freed here: a RefCounted goes with the last reference"
    ):
        counted.free()


def singletons() -> None:
    assert Engine.get_version_info()["major"] == 4
    assert OS.get_name() == "Linux"
    assert OS is godot.OS
    assert ClassDB.class_exists("Node")
    assert Input.is_action_pressed("ui_accept") is False
    assert Engine.get_main_loop().get_class() == "SceneTree"


def value_types() -> None:
    assert Vector2(3, 4).length() == 5.0
    assert Vector2(1, 2) + Vector2(3, 4) == Vector2(4, 6)
    assert Vector2(1, 2) * 2 == Vector2(2, 4)
    assert 2 * Vector2(1, 2) == Vector2(2, 4)
    assert -Vector2(1, 2) == Vector2(-1, -2)
    assert Vector2i(5, 7) / 2 == Vector2i(2, 3)
    assert Vector2i(5, 7) % 4 == Vector2i(1, 3)
    assert Vector2(1, 2) < Vector2(1, 3)
    x, y = Vector2(1, 2)
    assert (x, y) == (1, 2)
    assert {Vector2(1, 2): "key"}[Vector2(1, 2)] == "key"
    assert Transform3D().origin == Vector3(0, 0, 0)
    assert Transform3D() * Vector3(1, 2, 3) == Vector3(1, 2, 3)
    text: Any = "text"
    with raises(TypeError):
        _ = Vector2(1, 2) + text
    assert f"{text} %s" % Vector2(1, 2) == "text Vector2(1.0, 2.0)"
    assert Vector2(3, 4).length is not Vector2(3, 4).length
    assert Vector2.length(Vector2(3, 4)) == 5.0
    assert list(map(Vector2.length, [Vector2(3, 4), Vector2(0, 2)])) == [5.0, 2.0]
    assert Callable(Vector2(3, 4).length).call() == 5.0
    assert sorted([Vector2(2, 1), Vector2(1, 3), Vector2(1, 2)])[0] == Vector2(1, 2)
    assert max(Vector2i(1, 2), Vector2i(0, 9)) == Vector2i(1, 2)


def value_types_are_rounded_as_the_engine_does() -> None:
    node = Node2D()
    node.position = Vector2(1.1, 0.1)
    assert node.position == Vector2(1.1, 0.1)
    assert node.position in {Vector2(1.1, 0.1)}
    assert node.position.x != 1.1
    node.set_meta("keys", {Vector2(1.1, 2): "a", Vector2i(1, 2): "b"})
    assert node.get_meta("keys") == {Vector2(1.1, 2): "a", Vector2i(1, 2): "b"}
    assert node.get_meta("keys")[Vector2(1.1, 2)] == "a"
    node.set_meta("point", Point(1, 2))
    assert type(node.get_meta("point")) is Vector2
    assert node.get_meta("point") == Point(1, 2)
    node.free()


def signals() -> None:
    heard: list[Any] = []
    resource = Resource()
    resource.changed.connect(lambda: heard.append("changed"))
    resource.emit_changed()
    assert heard == ["changed"]
    node = Node()
    node.add_user_signal("custom", [])
    node.connect("custom", lambda *arguments: heard.append(arguments))
    node.emit_signal("custom", 1, "two", [3])
    assert heard[1] == (1, "two", [3])
    node.free()
    beacon, other = PyBeacon(), PyBeacon()
    for name in ("see", "_note"):
        beacon.lit.connect(getattr(other, name))
        assert beacon.lit.is_connected(getattr(other, name))
        assert beacon.is_connected("lit", getattr(other, name))
        assert not beacon.is_connected("lit", getattr(beacon, name))
        beacon.lit.emit(7)
        assert other.seen == [(7,)]
        beacon.lit.disconnect(getattr(other, name))
        beacon.lit.emit(8)
        assert other.seen == [(7,)]
        other.seen.clear()
    beacon.free()
    other.free()


def dead_receivers() -> None:
    beacon = PyBeacon()
    for name in ("see", "_note", "queue_free"):
        other = PyBeacon()
        beacon.lit.connect(getattr(other, name))
        assert len(beacon.lit.get_connections()) == 1
        other.free()
        assert len(beacon.lit.get_connections()) == 0, "a freed receiver is still connected"
        beacon.lit.emit(1)
    beacon.free()


def callables() -> None:
    beacon = PyBeacon()
    method = Callable(beacon, "see")
    method.call(1, 2)
    assert beacon.seen == [(1, 2)]
    assert method.is_valid()
    lambda_ = Callable(lambda number: number + 1)
    assert lambda_.call(4) == 5
    assert lambda_(4) == 5
    assert lambda_.bind(6).call() == 7
    assert Callable(len).call([1, 2, 3]) == 3
    bound = [Callable(beacon.see), Callable(beacon._note), Callable(beacon.get_child_count)]
    for one in bound:
        assert one.get_object() == beacon
    assert bound == [Callable(beacon.see), Callable(beacon._note), Callable(beacon.get_child_count)]
    assert [one.is_custom() for one in bound] == [False, True, False]
    beacon.free()
    assert [one.is_valid() for one in bound] == [False, False, False]
    node = Node()
    assert Callable(node.get_class).call() == "Node"
    node.free()
    with raises(ReferenceError, "freed"):
        Callable(beacon.see)


def callables_equal_what_they_call() -> None:
    """Whatever equals a Callable hashes as it does, and goes on doing so when its object is gone."""
    beacon, other, freed = PyBeacon(), PyBeacon(), PyBeacon()

    def function() -> None: ...

    class Unhashable:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self) -> None: ...

        def __eq__(self, other: object) -> bool:
            return self is other

    callables: list[Any] = [function, len, beacon.see, beacon._note, beacon.get_child_count]
    for callable_ in callables:
        made = Callable(callable_)
        assert made == callable_, callable_
        assert (made != callable_) is False, callable_
        assert callable_ == made, callable_
        assert hash(made) == hash(callable_), callable_
        assert {made: 1}[callable_] == 1, callable_
        assert made != other.see
        assert made != Callable()
    unhashable = Unhashable()
    assert Callable(unhashable) == unhashable
    assert hash(Callable(unhashable)) == hash(Callable(unhashable))
    assert Callable(beacon, "see") == Callable(beacon.see) == beacon.see
    assert Callable(beacon.see).bind(1) != beacon.see
    keys = {Callable(freed.see): 1, Callable(freed._note): 2}
    freed.free()
    assert [keys[key] for key in keys] == [1, 2], "a key is still found"
    assert all(key != freed.see for key in keys)
    beacon.free()
    other.free()


def own_classes() -> None:
    beacon = PyBeacon(9)
    assert beacon.power == 9
    assert beacon.get("power") == 9
    beacon.set("power", 4)
    assert beacon.power == 4
    beacon.seen = ["kept"]  # Python's own attributes
    beacon.name = "Engine's"
    assert str(beacon.get_name()) == "Engine's"
    holder = Node()
    holder.add_child(beacon)
    assert holder.get_child(0) is beacon, "an instance is always the same Python object"
    assert beacon.seen == ["kept"]
    holder.free()
    assert not is_instance_valid(beacon)


def nested_construction() -> None:
    """Each object is made of its own arguments, whatever is made meanwhile and by whom."""
    nest = PyNest(("a", ("b",), "beacon"), "engine", ("c",))
    first, second, third = nest.inner
    assert nest.plan == (("a", ("b",), "beacon"), "engine", ("c",))
    assert (first.plan, second.plan, third.plan) == (("a", ("b",), "beacon"), (), ("c",))
    assert first.inner[0].plan == ("b",)
    assert first.inner[1].power == 8
    first.inner[1].free()
    with raises(ValueError, "this one cannot be made"):
        PyNest(("a",), ("b", ("raise",)))
    assert PyNest("after").plan == ("after",)
    assert ClassDB.instantiate("PyNest").plan == ()


def text_at_the_edges_of_what_a_string_can_hold() -> None:
    """In each of the widths that Python keeps text in, what no String can hold comes last and first."""
    node = Node()
    for widest in ("a", "é", "€", "🐍"):
        for name in (widest, f"{widest}b", f"\x01{widest}\ud7ff\ue000\U0010ffff"):
            node.set_meta("text", name)
            assert node.get_meta("text") == name
        for wrong, what in (("\0", "the NUL"), ("\ud800", "the lone surrogate U+D800"), ("\udfff", "U+DFFF")):
            for text in (f"{widest}{wrong}", f"{widest}{wrong}b", f"{wrong}{widest}"):
                with raises(ValueError, f"{what} at index {text.index(wrong)} of {text!r}"):
                    node.set_meta("text", text)
                with raises(ValueError, what):
                    node.set_meta("text", StringName(text))
                with raises(ValueError, what):
                    node.set_meta(text, 1)
    long = "€" * 50 + "\0"
    with raises(ValueError, f"the NUL at index 50 of {'€' * 37 + '...'!r}"):
        node.set_meta("text", long)
    node.free()


def failing_conversions_leave_nothing_behind() -> None:
    """An object that crossed over before the failure is let go again, and once only."""
    kept, holder, freed, node = Resource(), Resource(), Node(), Node2D()
    freed.free()
    wrong: Any = Nothing()
    deep: list[Any] = []
    for _ in range(2000):
        deep = [deep]
    set_meta = Callable(holder, "set_meta")
    static: Any = Color
    make: Any = Callable
    ways: dict[str, tuple[type[Exception], Any]] = {
        "a call": (TypeError, lambda: holder.call("set_meta", kept, wrong)),
        "a call of a freed object": (ReferenceError, lambda: freed.set_meta("kept", kept)),
        "a call that the engine refuses": (
            TypeError,
            lambda: holder.call("get_meta", kept, kept, kept),
        ),
        "a call by a Callable": (TypeError, lambda: set_meta("kept", kept, wrong)),
        "a static call": (TypeError, lambda: static.html(kept, wrong)),
        "a static call that the engine refuses": (TypeError, lambda: static.html("f", kept)),
        "a constructor": (TypeError, lambda: make(kept, wrong)),
        "a constructor that the engine has not": (TypeError, lambda: make(kept, kept, kept)),
        "a list": (TypeError, lambda: holder.set_meta("kept", [kept, wrong])),
        "a list in a list": (TypeError, lambda: holder.set_meta("kept", [[kept], [kept, wrong]])),
        "a list that is too deep": (RecursionError, lambda: holder.set_meta("kept", [kept, deep])),
        "a dict": (TypeError, lambda: holder.set_meta("kept", {"a": kept, "b": wrong})),
        "a dict's value": (TypeError, lambda: holder.set_meta("kept", {kept: wrong})),
        "a dict's key": (TypeError, lambda: holder.set_meta("kept", {"a": kept, wrong: 1})),
        "a packed array": (TypeError, lambda: holder.set_meta("kept", godot.PackedVector2Array([kept]))),  # type: ignore[list-item]
        "a property": (AttributeError, lambda: setattr(node, "position", kept)),
        "a property of a freed object": (ReferenceError, lambda: setattr(freed, "name", kept)),
    }
    before = kept.get_reference_count()
    for name, (error, way) in ways.items():
        for _ in range(3):
            with raises(error):
                way()
        gc.collect()
        assert kept.get_reference_count() == before, f"{name}: {kept.get_reference_count()}, not {before}"
    node.free()


def proxies_are_equal() -> None:
    node = Node()
    holder = Node()
    holder.add_child(node)
    assert holder.get_child(0) == node
    assert hash(holder.get_child(0)) == hash(node)
    assert holder.get_child(0) in {node}
    assert holder != node
    assert node is not None
    holder.free()


def refcounts() -> None:
    resource = Resource()
    count = resource.get_reference_count()  # the call itself is one of them
    same = [resource] * 10
    assert resource.get_reference_count() == count
    holder = Resource()
    holder.set_meta("inner", resource)
    assert resource.get_reference_count() == count + 1
    identity = resource.get_instance_id()
    del resource, same
    assert godot.Object is Object
    assert holder.get_meta("inner").get_instance_id() == identity


def bytes_are_shared() -> None:
    array = PackedByteArray(4)
    with memoryview(array) as view:
        view[:] = b"abcd"
        with raises(BufferError):
            array.resize(2)
    array.resize(3)
    assert bytes(array) == b"abc"
    assert array == b"abc"
    holder = Resource()
    holder.set_meta("bytes", array)
    with memoryview(array) as view:
        view[0] = ord("x")
    assert bytes(holder.get_meta("bytes")) == b"abc", "what was handed over does not change"


def sizes_of_arrays() -> None:
    with raises(ValueError, "cannot be -1"):
        PackedByteArray(-1)
    with raises(ValueError, "cannot be -1"):
        PackedByteArray().resize(-1)
    with raises(MemoryError, "no memory for a PackedByteArray of 4611686018427387904 bytes"):
        PackedByteArray(1 << 62)
    array = PackedByteArray(b"ab")
    with raises(MemoryError, "no memory"):
        array.resize(1 << 62)
    assert (len(array), bytes(array)) == (2, b"ab")


def unknown_values() -> None:
    node = Node()
    with raises(TypeError, "Nothing has no counterpart"):
        node.set_meta("key", Nothing())
    with raises(TypeError, "item 1"):
        node.set_meta("key", [1, Nothing()])
    with raises(OverflowError):
        node.set_meta("key", 2**63)
    node.free()


def the_engine_prints_where_it_was_called() -> None:
    godot.push_error("an error from Python")
    godot.push_warning("a warning from Python")


def locks_are_not_held_over_calls() -> None:
    """A call into the engine that waits lets other Python threads go on."""
    ticks: list[int] = []
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(0.001):
            ticks.append(1)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    OS.delay_msec(100)
    stop.set()
    thread.join(5)
    assert len(ticks) > 10, f"{len(ticks)} ticks"


CASES = {
    name: case
    for name, case in list(globals().items())
    if callable(case)
    and getattr(case, "__module__", "") == __name__
    and not isinstance(case, type)
    and name not in ("raises", "scripted")
}


@gdclass
class PyCases(RefCounted):
    """Runs the tests."""

    @staticmethod
    def names() -> list[str]:
        """All of them."""
        return list(CASES)

    @staticmethod
    def run(name: str) -> str:
        """Runs one; returns what is wrong."""
        import traceback

        try:
            CASES[name]()
        except Exception:
            return traceback.format_exc(limit=-2)
        return ""
