"""Classes that override what the engine has, or let scripts override what they have."""

from __future__ import annotations

from typing import Any

from godot import (
    Array,
    Control,
    Engine,
    FileAccess,
    Node,
    PropertyHint,
    PropertyUsage,
    RefCounted,
    Resource,
    StringName,
    VariantType,
    Vector2,
    export,
    gdclass,
    rpc,
    virtual,
)


@gdclass
class PyOverriding(Node):
    """Overrides methods of Node's and Object's, and calls theirs."""

    def __init__(self) -> None:
        self.added: list[str] = []

    def get_name(self) -> StringName:
        return StringName(f"<{super().get_name()}>")

    def add_child(self, node: Node, force_readable_name: bool = False, internal: int = 0) -> None:
        self.added.append(str(node.name))
        super().add_child(node, force_readable_name, internal=internal)

    def get_child_count(self, include_internal: bool = False) -> int:
        return 100 + Node.get_child_count(self, include_internal)

    def set_meta(self, name: str, value: Any) -> None:
        super().set_meta(name, [value])

    def look(self) -> list[Any]:
        """What is reached by `super()` and by the class."""
        assert super().get_child(0) == Node.get_child(self, 0) == self.get_child(0)
        return [
            super().get_child_count(),
            super().process_priority,
            vars(Node)["process_priority"].__get__(self, Node),
            Node.get_meta(self, "own", default=None),
            FileAccess.file_exists("res://project.godot"),
            self.added,
        ]

    def refuse(self) -> list[str]:
        """What is not possible."""
        told = []
        wrong: Any = Node
        above: Any = super()
        calls: list[Any] = [
            wrong.add_child,
            lambda: wrong.add_child(self),
            lambda: wrong.add_child(5, self),
            lambda: wrong.no_such_method,
            lambda: above.no_such_method,
        ]
        for call in calls:
            try:
                call()
            except (AttributeError, TypeError) as error:
                told.append(str(error))
        return told


class Cooperative:
    """A mixin, which knows nothing of what comes after it."""

    log: list[str]

    def _ready(self) -> None:
        above: Any = super()
        self.log.append(f"mixin {above._ready()}")

    def _notification(self, what: int) -> None:
        above: Any = super()
        above._notification(what)
        self.log.append(f"mixin {what}")


@gdclass
class PyCooperating(Cooperative, Control):
    """Calls by `super()` what the engine has no code for."""

    def __init__(self) -> None:
        self.log = []

    def _ready(self) -> None:
        super()._ready()
        self.log.append("ready")

    def _process(self, delta: float) -> None:
        super()._process(delta)
        self.log.append("process")

    def _notification(self, what: int) -> None:
        super()._notification(what)
        self.log.append(f"own {what}")

    def _has_point(self, point: Vector2) -> bool:
        return super()._has_point(point)

    def _get(self, name: StringName) -> Any:
        return super()._get(name)

    def _set(self, name: StringName, value: Any) -> bool:
        return super()._set(name, value)

    def _get_property_list(self) -> list[dict[str, Any]]:
        return [*super()._get_property_list(), {"name": "one"}]

    def _validate_property(self, found: dict[str, Any]) -> None:
        super()._validate_property(found)

    def _property_can_revert(self, name: StringName) -> bool:
        return super()._property_can_revert(name)

    def _property_get_revert(self, name: StringName) -> Any:
        return super()._property_get_revert(name)

    def get_log(self) -> list[str]:
        return self.log

    def ask(self, other: Node) -> list[Any]:
        """What there is."""
        told = [getattr(super(), "_get_minimum_size", "none")]
        asked: Any = other
        for ask in (lambda: asked._process(0.5), self._helper, lambda: self._has_point(Vector2())):
            try:
                told.append(ask())
            except AttributeError as error:
                told.append(str(error))
        return told

    def _helper(self) -> None:
        above: Any = super()
        above._helper()


@gdclass
class PyOverridingHeir(PyOverriding):
    """Overrides the same again."""

    def get_name(self) -> StringName:
        return StringName(f"[{super().get_name()}]")


@gdclass
class PyCounted2(RefCounted):
    """Overrides a method of RefCounted's."""

    def get_reference_count(self) -> int:
        return 10 + super().get_reference_count()


@gdclass
class PyDynamic(Node):
    """Has properties that are not declared."""

    kind: int = export(0)

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"size": 3}
        self.raising = ""

    def raise_in(self, name: str) -> None:
        self.raising = name
        self.notify_property_list_changed()

    def _check(self, name: str) -> None:
        if self.raising == name:
            raise ValueError(f"raised in {name}")

    def _get(self, name: StringName) -> Any:
        self._check("_get")
        return self.values.get(name)

    def _set(self, name: StringName, value: Any) -> bool:
        self._check("_set")
        if not name.startswith("dynamic_") and name not in self.values:
            return False
        self.values[str(name)] = value
        return True

    def _get_property_list(self) -> list[dict[str, Any]]:
        self._check("_get_property_list")
        return [
            {"name": "size", "type": int, "hint": PropertyHint.RANGE, "hint_string": "0,10"},
            {"name": "at", "type": Vector2, "usage": PropertyUsage.STORAGE},
            {"name": "owners", "type": Array[Node]},
            {"name": "texture", "type": Resource},
            {"name": "plain", "type": VariantType.STRING},
            {"name": "anything"},
        ]

    def _validate_property(self, found: dict[str, Any]) -> None:
        self._check("_validate_property")
        if found["name"] == "kind":
            found["hint"] = PropertyHint.ENUM
            found["hint_string"] = "small,large"
            found["usage"] |= PropertyUsage.NIL_IS_VARIANT

    def _property_can_revert(self, name: StringName) -> bool:
        self._check("_property_can_revert")
        return name == "size"

    def _property_get_revert(self, name: StringName) -> Any:
        self._check("_property_get_revert")
        return {"size": 3}.get(name)


@gdclass
class PyDynamicHeir(PyDynamic):
    """Has one more."""

    def _get_property_list(self) -> list[dict[str, Any]]:
        return [*super()._get_property_list(), {"name": "more", "type": bool}]


@gdclass
class PyStrangeList(Node):
    """Gives what is no list of properties."""

    entries: list = export([])  # type: ignore[type-arg]

    def _get_property_list(self) -> list[dict[str, Any]]:
        return self.entries


@gdclass
class PyHittable(Node):
    """Is hit."""

    def hit(self, damage: int) -> Any:
        return self._on_hit(damage)

    def hit_by(self, damage: int, by: Node) -> Any:
        return self._on_hit(damage, by=by)

    def hit_badly(self) -> str:
        wrong: Any = self
        try:
            return str(wrong._on_hit())
        except TypeError as error:
            return str(error)

    @virtual
    def _on_hit(self, damage: int, by: Node | None = None) -> int:
        """What is left of the damage."""
        return damage

    @virtual
    def _on_end(self) -> None:
        """Nothing happens."""

    def end(self) -> None:
        self._on_end()


@gdclass
class PyArmoured(PyHittable):
    """Is hit less."""

    def _on_hit(self, damage: int, by: Node | None = None) -> int:
        return super()._on_hit(damage // 2, by)


@gdclass
class PyEager(Resource):
    """Hands itself out while it is being made."""

    size: int = export(4)

    def __init__(self, what: str = "") -> None:
        what = what or Engine.get_meta("eager", "")
        self.resource_name = "eager"
        self.set_meta("own", self.get_class())
        self.seen = [self.get_reference_count(), self.resource_name, self.get_meta("own")]
        self.changed.connect(self.hear)
        self.emit_changed()
        if "kept by Python" in what:
            KEPT.append(self)
        if "kept by the engine" in what:
            Engine.set_meta("kept", self)
        if "raises" in what:
            raise ValueError("raised in __init__ of an eager one")

    def hear(self) -> None:
        self.seen.append("heard")

    def get_seen(self) -> list[Any]:
        return self.seen

    @staticmethod
    def make(what: str) -> PyEager:
        return PyEager(what)

    @staticmethod
    def kept() -> int:
        """How many Python keeps, which it keeps no longer."""
        count = len(KEPT)
        KEPT.clear()
        return count


KEPT: list[PyEager] = []


@gdclass(icon="res://addons/overrides/icon.svg")
class PyCheering(Node):
    """Has methods that peers call, and an icon."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    @rpc("any_peer", "call_local", "reliable")
    def cheer(self, times: int) -> None:
        self.heard.append(times)

    def cheer_all(self, times: int) -> None:
        self.rpc("cheer", times)

    def quiet(self) -> None:
        """Is not for peers."""

    def get_heard(self) -> list[int]:
        return self.heard


@gdclass
class PyCheeringHeir(PyCheering):
    """Inherits them."""
