"""Classes with every sort of member, over several of the engine's classes."""

from __future__ import annotations

from enum import IntEnum, IntFlag

from godot import (
    Color,
    Control,
    Node,
    PackedStringArray,
    RefCounted,
    Resource,
    ResourceFormatLoader,
    Signal,
    StringName,
    Texture2D,
    Vector2,
    const,
    export,
    gdclass,
)


@gdclass
class PyAnimal(RefCounted):
    """An animal.

    It has every sort of member.
    """

    class Diet(IntEnum):
        """What it eats."""

        PLANTS = 0
        """Leaves and the like."""
        MEAT = 5

    class Skills(IntFlag):
        """What it can do."""

        CAN_SWIM = 1
        CAN_FLY = 2
        CAN_DIG = 8

    LEGS = 4
    """Usually."""

    renamed = Signal(before=str, after=str)
    """The name has changed."""
    fed = Signal()

    name: str = export("nameless", placeholder="its name", group="Identity")
    """What it is called."""
    species: StringName = export(StringName("unknown"), group="Identity", subgroup="Science")
    weight: float = export(1.5, range=(0.0, 100.0, 0.5), group="Body")
    age: int = export(3, range=(0, 200))
    colour: Color = export(Color(1.0, 0.5, 0.25, 1.0))
    size_class: int = export(1, enum=("small", "medium", "large"))
    notes: str = export("", multiline=True)
    portrait: str = export("", file="*.png")
    home: str = export("", dir=True)
    tags: list[str] = export([])

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._mood = 0

    @property
    def mood(self) -> int:
        """How it feels."""
        return self._mood

    @mood.setter
    def mood(self, value: int) -> None:
        self._mood = value

    @property
    def heavy(self) -> bool:
        """Whether it weighs more than ten; read-only."""
        return bool(self.weight > 10)

    def speak(self, times: int = 2, sound: str = "yip", loud: bool = False) -> str:
        """Speaks."""
        text = " ".join([sound] * times)
        return text.upper() if loud else text

    def rename(self, name: str) -> None:
        """Changes the name and tells so."""
        before, self.name = self.name, name
        self.renamed.emit(before, name)

    def eat(self, what: Diet) -> Diet:
        """Eats, if it can."""
        return what

    @const
    def describe(self) -> str:
        """Tells about it."""
        return f"{self.name} ({type(self).__name__})"

    def kin(self) -> PyAnimal | None:
        """Another one of its class."""
        return type(self)()

    def same(self) -> PyAnimal:
        """This very one."""
        return self

    def words(self) -> PackedStringArray:
        """Its words."""
        return PackedStringArray(["yip", "yap"])

    def total(self, first: int, *rest: int) -> int:
        """Adds any number of numbers."""
        return first + sum(rest)

    @staticmethod
    def legs_of(count: int, each: int = 4) -> int:
        """How many legs they have together."""
        return count * each

    @classmethod
    def breed(cls) -> str:
        """What it is."""
        return cls.__name__

    def _private(self) -> int:
        return 1


@gdclass
class PyDog(PyAnimal):
    """A dog."""

    obedience: int = export(7)

    def speak(self, times: int = 1, sound: str = "woof", loud: bool = False) -> str:
        """Barks."""
        return "dog: " + super().speak(times, sound, loud)

    def fetch(self) -> str:
        """Only dogs do."""
        return self.describe()


@gdclass
class PyOwl(PyAnimal):
    """An owl, whose properties are enums."""

    diet: PyAnimal.Diet = export(PyAnimal.Diet.MEAT)
    skills: PyAnimal.Skills = export(PyAnimal.Skills.CAN_FLY | PyAnimal.Skills.CAN_DIG)


@gdclass(abstract=True)
class PyShape(RefCounted):
    """Cannot be made."""

    def area(self) -> float:
        """None of its own."""
        return 0.0


@gdclass
class PySquare(PyShape):
    """Can be made."""

    side: float = export(2.0)

    def area(self) -> float:
        """The square of the side."""
        return self.side * self.side


@gdclass
class PyActor(Node):
    """Overrides the engine's virtual methods."""

    speed: float = export(1.0, range=(0, 10))
    target: Node | None = export(None)

    def __init__(self) -> None:
        self.log: list[str] = []
        self.frames = 0

    def events(self) -> list[str]:
        """What was called, in order."""
        return list(self.log)

    def frame_count(self) -> int:
        """How often `_process` came."""
        return self.frames

    def _enter_tree(self) -> None:
        self.log.append(f"enter_tree {self.get_parent() is not None}")

    def _ready(self) -> None:
        self.log.append(f"ready {self.get_child_count()}")

    def _process(self, delta: float) -> None:
        self.frames += delta > 0.0

    def _exit_tree(self) -> None:
        self.log.append("exit_tree")

    def _notification(self, what: int) -> None:
        if what in (10, 13):  # ENTER_TREE, READY
            self.log.append(f"notification {what}")

    def _to_string(self) -> str:
        return f"<actor {self.name}>"


@gdclass
class PyHero(PyActor):
    """An actor with more to do."""

    def _ready(self) -> None:
        super()._ready()
        self.log.append("hero is ready")


@gdclass
class PyRecipe(Resource):
    """Is saved and loaded."""

    title: str = export("untitled")
    servings: int = export(2, range=(1, 12))
    steps: PackedStringArray = export(PackedStringArray())
    origin: Vector2 = export(Vector2())
    side_dish: Resource | None = export(None)
    picture: Texture2D | None = export(None)


@gdclass
class PyMeter(Control):
    """Gives a value to the engine from a virtual method."""

    width: float = export(30.0)

    def _get_minimum_size(self) -> Vector2:
        return Vector2(self.width, 7.0)

    def _has_point(self, point: Vector2) -> bool:
        return point.x > 3.0


@gdclass
class PyScrolls(ResourceFormatLoader):
    """Gives the engine lists where it wants packed arrays."""

    def _get_recognized_extensions(self) -> list[str]:
        return ["scroll", "rune"]

    def _get_dependencies(self, path: str, add_types: bool) -> list[str]:
        return [path, str(add_types)]

    def _handles_type(self, kind: StringName) -> bool:
        return kind == "PyScroll"
