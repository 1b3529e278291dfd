"""Both stores keep what they are given, within their bounds; a folder outlives damage."""

import random
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions.cache import Store, Stored
from pythonscript_http.sessions.cache_store import LARGEST_IN_FOLDER, MOST_VARIANTS, FolderStore, MemoryStore
from pythonscript_http.sessions.headers import Headers

Bounded = MemoryStore | FolderStore
Make = Callable[[int, int], Bounded]


def response(url: str = "http://example.com/", selector: str = "0", received: float = 2.0) -> Stored:
    headers = Headers([("X", "ü"), ("x", "2"), ("Y", "")])
    return Stored(url, selector * 64, ("accept",), 404, "Nöt", headers, 1.5, received)


@pytest.fixture(params=["memory", "folder"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    if request.param == "memory":
        return MemoryStore
    return lambda most_bytes, most_entries: FolderStore(tmp_path / "a" / "b", most_bytes, most_entries)


def names(store: Store, urls: int) -> list[int]:
    return [number for number in range(urls) if store.find(f"u{number}")]


def test_it_is_a_store(make: Make) -> None:
    store: Store = make(1 << 20, 10)
    one = response()
    assert store.find(one.url) == []
    assert store.body(one) is None
    store.put(one, b"hello")
    assert store.find(one.url) == [one]
    assert store.body(one) == b"hello"
    assert store.find("http://example.com") == []
    store.put(one._replace(received=3.0), b"world!")
    assert store.find(one.url) == [one._replace(received=3.0)]
    store.remove(one)
    assert store.find(one.url) == []
    store.remove(one)


def test_variants(make: Make) -> None:
    store = make(1 << 20, 1000)
    for digit in "0123456789abcdef"[: MOST_VARIANTS + 1]:
        store.put(response(selector=digit), digit.encode())
    found = store.find(response().url)
    assert {one.selector[0] for one in found} == set("0123456789abcdef"[1 : MOST_VARIANTS + 1])
    assert [store.body(one) for one in found] == [one.selector[0].encode() for one in found]
    assert len(store) == MOST_VARIANTS


def test_the_number_is_bounded(make: Make) -> None:
    store = make(1 << 20, 3)
    for number in range(3):
        store.put(response(f"u{number}"), b"x")
    store.body(response("u0"))  # used
    store.put(response("u3"), b"x")
    assert names(store, 4) == [0, 2, 3]
    store.put(response("u2"), b"y")
    store.put(response("u4"), b"x")
    assert names(store, 5) == [2, 3, 4]


def test_the_bytes_are_bounded(make: Make) -> None:
    store = make(100_000, 1000)
    assert store.largest == 25_000
    for number in range(10):
        store.put(response(f"u{number}"), bytes(20_000))
    assert names(store, 10) == [6, 7, 8, 9]
    store.put(response("u9"), b"small")
    store.put(response("u10"), bytes(19_000))
    assert names(store, 11) == [6, 7, 8, 9, 10]


def test_small_ones_count_too(make: Make) -> None:
    store = make(10_000, 1000)
    for number in range(100):
        store.put(response(f"u{number}"), b"")
    assert 0 < len(store) <= 20


def test_nothing_fits(make: Make) -> None:
    store = make(0, 0)
    store.put(response(), b"")
    assert len(store) == 0
    assert store.find(response().url) == []


def test_bounds_are_checked(make: Make) -> None:
    with pytest.raises(LocalError, match="not negative"):
        make(-1, 10)


def test_clear(make: Make) -> None:
    store = make(1 << 20, 10)
    store.put(response("a"), b"x")
    store.put(response("b"), b"x")
    store.clear()
    assert len(store) == 0
    assert store.find("a") == []


def test_random_use(make: Make) -> None:
    """A store never has what it was not given, and is never over its bounds."""
    chance = random.Random(9111)
    store, last = make(40_000, 12), {}
    for number in range(600):
        one = response(f"u{chance.randint(0, 9)}", chance.choice("0123"), received=float(number))
        body = bytes([number % 256]) * chance.choice([0, 10, 5000])
        store.put(one, body)
        last[one.url, one.selector] = one, body
        for found in store.find(f"u{chance.randint(0, 9)}"):
            expected, content = last[found.url, found.selector]
            assert found == expected
            if chance.random() < 0.3:
                assert store.body(found) == content
            elif chance.random() < 0.1:
                store.remove(found)
        assert len(store) <= 12


# ---- folders


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_folder_outlives_its_store(tmp_path: Path) -> None:
    FolderStore(tmp_path).put(response(), b"hello")
    store = FolderStore(tmp_path)
    assert len(store) == 1
    assert store.find(response().url) == [response()]
    assert store.body(response()) == b"hello"


def test_a_folder_is_made_when_it_is_needed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
    assert store.failure == ""
    store.put(response(), b"x")
    assert len(files(tmp_path / "a" / "b")) == 1


def test_names_of_files_say_nothing(tmp_path: Path) -> None:
    FolderStore(tmp_path).put(response("http://example.com/../../secret?x=/y"), b"x")
    (name,) = files(tmp_path)
    assert set(name) <= set("0123456789abcdef-.respon")


def test_a_smaller_bound_holds_at_once(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for number in range(5):
        store.put(response(f"u{number}"), b"x")
    assert len(FolderStore(tmp_path, most_entries=2)) == 2
    assert len(files(tmp_path)) == 2


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    others = ["save.dat", "x.response", f"{'0' * 32}-{'g' * 32}.response", "y.part"]
    for name in others:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "sub.response").mkdir()
    store = FolderStore(tmp_path, most_entries=0)
    store.clear()
    assert files(tmp_path) == sorted([*others, "sub.response"])


def test_what_was_under_way_when_a_game_ended_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"{'0' * 32}-{'a' * 32}.0123.part").write_bytes(b"half")
    FolderStore(tmp_path)
    assert files(tmp_path) == []


def test_no_half_file_is_ever_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path)
    store.put(response(), b"old")
    monkeypatch.setattr(
        Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    store.put(response(received=3.0), b"new")
    assert store.failure == "a response cannot be written to the cache: No space left on device"
    assert files(tmp_path) == []  # the old one would be wrong by now
    assert store.find(response().url) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        store = FolderStore(folder)
        store.put(response(), b"x")
        assert "cache" in store.failure
        assert store.find(response().url) == []
        assert len(store) == 0


def test_every_damage_is_a_miss(tmp_path: Path) -> None:
    chance = random.Random(3)
    FolderStore(tmp_path).put(response(), b"hello" * 20)
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    damaged = [data[:size] for size in range(0, len(data), 3)] + [data + b"x", b"\0" * len(data), b""]
    for place in range(0, len(data), 2):
        damaged.append(data[:place] + bytes([data[place] ^ (1 << chance.randint(0, 7))]) + data[place + 1 :])
    damaged += [data.replace(b" 1 ", b" 2 ", 1), b"pythonscript cache 1 " + b"9" * 40 + b" 1 1 1\n"]
    damaged += [b"pythonscript cache 1 2 3 4\n", b"pythonscript cache 1 3000000 0 3000000 0\nx"]
    for content in damaged:
        path.write_bytes(content)
        store = FolderStore(tmp_path)
        found = store.find(response().url)
        assert not found or store.body(found[0]) is None
        assert not path.exists()
        assert len(store) == 0


def test_what_somebody_else_wrote_with_right_sums_is_a_miss(tmp_path: Path) -> None:
    FolderStore(tmp_path).put(response(), b"x")
    (path,) = tmp_path.iterdir()
    for head in (
        b"{}",
        b"[]",
        b"[1,2,3]",
        b"null",
        b'["u","0",[],"x","",[],1,2]',
        b'["u","0",[],200,"",[["a"]],1,2]',
        b'["u","0",[],200,"",[["\\ud800","b"]],1,2]',
        b"[" * 100_000,
    ):
        path.write_bytes(b"pythonscript cache 1 %d %d 0 0\n%b" % (len(head), crc32(head), head))
        assert FolderStore(tmp_path).find(response().url) == []
        assert not path.exists()


def test_a_file_that_vanished_is_a_miss(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(response(), b"x")
    (found,) = store.find(response().url)
    for path in tmp_path.iterdir():
        path.unlink()
    assert store.body(found) is None
    assert len(store) == 0


def test_a_body_that_was_replaced_meanwhile_is_a_miss(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(response(), b"old")
    (found,) = store.find(response().url)
    FolderStore(tmp_path).put(response(received=9.0), b"new")  # another run of the game
    assert store.body(found) is None


def test_what_would_hold_up_other_calls_is_in_no_folder(tmp_path: Path) -> None:
    assert FolderStore(tmp_path, 1 << 30).largest == LARGEST_IN_FOLDER
