"""A user's class with some of everything: mypy --strict passes on it (test_typing.py)."""

from enum import IntEnum

from godot import (
    Array,
    BoundSignal,
    Callable,
    Color,
    Dictionary,
    Engine,
    HTTPClient,
    Node,
    PackedByteArray,
    PackedInt32Array,
    Quaternion,
    Rect2,
    Signal,
    Sprite2D,
    Texture2D,
    TLSOptions,
    Vector2,
    Vector2i,
    Vector3,
    const,
    export,
    gdclass,
    push_error,
)


@gdclass
class Leaderboard(Node):
    """Scores of the current season."""

    class Order(IntEnum):
        """How `ranking` sorts."""

        ASCENDING = 0
        """The lowest score first."""
        DESCENDING = 1
        """The highest score first."""

    score_added = Signal(player=str, score=int)
    """Emitted for every score."""
    limit: int = export(10, range=(1, 100))
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
