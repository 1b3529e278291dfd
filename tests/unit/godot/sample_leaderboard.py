"""A user's class with some of everything: mypy --strict passes on it (test_typing.py)."""

from abc import ABC, abstractmethod
from enum import IntEnum
from typing import Any, ClassVar, Protocol

from godot import (
    KEY_ENTER,
    KEY_SPACE,
    PROPERTY_HINT_EXP_EASING,
    Array,
    BoundSignal,
    Callable,
    Color,
    Dictionary,
    Engine,
    HTTPClient,
    Key,
    Node,
    PackedByteArray,
    PackedInt32Array,
    PropertyHint,
    PropertyUsage,
    Quaternion,
    Rect2,
    Signal,
    Sprite2D,
    StringName,
    Texture2D,
    TLSOptions,
    Vector2,
    Vector2i,
    Vector3,
    const,
    export,
    gdclass,
    lerp,
    load,
    push_error,
    rpc,
    virtual,
)


class Ranked(Protocol):
    """What has a ranking."""

    def ranking(self) -> list[str]: ...


class Scoring(ABC):
    """What has a best score."""

    @property
    @abstractmethod
    def best(self) -> int: ...


@gdclass(tool=True, icon="res://icon.svg")
class Leaderboard(Scoring, Ranked, Node):
    """Scores of the current season."""

    class Order(IntEnum):
        """How `ranking` sorts."""

        ASCENDING = 0
        """The lowest score first."""
        DESCENDING = 1
        """The highest score first."""

    score_added = Signal(player=str, score=int)
    """Emitted for every score."""
    limit: int = export(10, range=(1, 100), or_greater=True, suffix="scores")
    ease: float = export(1.0, hint=PROPERTY_HINT_EXP_EASING, hint_string="positive_only")
    shown: ClassVar[int] = 0
    """How many scores are kept."""
    order: Order = export(Order.DESCENDING)
    icon: Texture2D | None = export()
    players: Array[str] = export()
    """Who plays; scripts may add to it."""
    teams: Dictionary[str, Array[Node]] = export()
    photo: PackedByteArray = export(b"")
    tint: Color = export(Color(1.0, 1.0, 1.0))

    def __init__(self) -> None:
        self._scores: dict[str, int] = {}

    def _ready(self) -> None:
        self.score_added.connect(self._announce)
        self.get_tree().quit()
        self.process_mode = Node.PROCESS_MODE_ALWAYS

    def _process(self, delta: float) -> None:
        self.name = f"Leaderboard after {delta:.3f} s"

    def add(self, player: str, score: int = 0) -> int:
        """Adds a score and returns the player's rank."""
        self._scores[player] = score
        self.score_added.emit(player, score)
        if len(self._scores) > self.limit:
            push_error(f"more than {self.limit} scores")
        return self.ranking().index(player) + 1

    @const
    def ranking(self) -> list[str]:
        """Returns the players, sorted as `order` says."""
        return sorted(self._scores, key=lambda player: self._scores[player], reverse=self.order == 1)

    @property
    def best(self) -> int:
        """The highest score."""
        return max(self._scores.values(), default=0)

    def download(self, data: PackedByteArray) -> bytes:
        """Sends `data` and returns what came back."""
        client = HTTPClient()
        client.connect_to_host("localhost", 80, TLSOptions.client())
        client.request_raw(HTTPClient.METHOD_POST, "/", ["Accept: */*"], data)
        client.request_raw(HTTPClient.Method.METHOD_POST, "/", ("Accept: */*",), memoryview(data))
        return client.read_response_body_chunk()

    def join(self, names: Array[str], marks: PackedInt32Array) -> Dictionary[str, int]:
        """Adds players, whose names the caller sees changed."""
        names[0] = names[0].title()
        self.players += names[1:]
        self.players.sort(key=str.lower)
        self.teams.setdefault("red", Array[Node]()).append(self)
        self.photo.append_array(self.photo[:1] + b"end")
        first: str = self.players.front()
        everybody: list[str] = sorted(self.players)
        positions: PackedInt32Array = (marks + marks[1:]).duplicate()
        positions.push_back(positions.find(3))
        self.set_meta("players", self.players)
        self.set_meta("hex", self.photo.hex_encode())
        return Dictionary({name: number for number, name in enumerate([first, *everybody])})

    def get_child_count(self, include_internal: bool = False) -> int:
        """Returns the number of rows, of which one is the title."""
        return super().get_child_count(include_internal=include_internal) - 1

    @rpc("any_peer", "call_local", channel=1)
    def cheer(self, key: Key = Key.A) -> None:
        """Is called by other peers."""
        if key is KEY_SPACE or self.process_mode is Node.ProcessMode.PROCESS_MODE_DISABLED:
            self.rpc("cheer", KEY_ENTER)
        self._on_cheer(strength=lerp(from_=0.0, to=1.0, weight=0.5))

    async def applaud(self, seconds: float) -> str:
        """Waits for a score, and then a while."""
        player: str = (await self.score_added)[0]
        await self.get_tree().create_timer(seconds).timeout
        return player.title()

    @virtual
    def _on_cheer(self, strength: float) -> bool:
        self.set_meta("cheer", load("res://cheer.tres"))
        return strength > 1.0

    def _get(self, name: StringName) -> Any:
        return self._scores.get(name)

    def _set(self, name: StringName, value: Any) -> bool:
        return self._scores.setdefault(name, int(value)) == int(value)

    def _get_property_list(self) -> list[dict[str, Any]]:
        return [{"name": name, "type": int, "hint": PropertyHint.RANGE} for name in self._scores]

    def _validate_property(self, found: dict[str, Any]) -> None:
        found["usage"] |= PropertyUsage.STORAGE

    def _property_can_revert(self, name: StringName) -> bool:
        return name in self._scores

    def _property_get_revert(self, name: StringName) -> Any:
        return 0

    def draw(self, sprite: Sprite2D, done: Callable, when: BoundSignal) -> Vector2:
        """Shows the icon."""
        sprite.texture = self.icon
        sprite.texture = None
        when.connect(done)
        major: int = Engine.get_version_info()["major"]
        x, y = sprite.position
        sprite.modulate = Color("red", 0.5) if x > y else Color(1, 1, 1)
        corner = Rect2(Vector2(Vector2i(1, 2)), Vector2(x=x, y=y)).end
        match corner:
            case Vector2(0.0, height):
                sprite.position = corner._replace(y=height + Quaternion(Vector3.UP, 1.0).get_angle())
        return (sprite.position + Vector2.ONE * major - 2.0 * Vector2(y=1.0)).normalized() / 2

    def _announce(self, player: str, score: int) -> None:
        for child in self.get_children():
            child.call("show_score", player, score)
