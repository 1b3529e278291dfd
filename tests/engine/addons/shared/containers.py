"""Cases of Array and Dictionary."""

from __future__ import annotations

import collections.abc
import copy
import gc
import pickle
from collections.abc import Callable as Function
from enum import IntEnum
from operator import add
from typing import Any

import godot
from godot import GDScript, Node, PackedByteArray, RefCounted, Resource, StringName

from .checks import case, crossed, raises, same

Array: Any = godot.Array  # what a type checker would refuse is tried too
Dictionary: Any = godot.Dictionary


class Mood(IntEnum):
    CALM = 0
    ANGRY = 1


# Array


@case()
def an_array_is_a_mutable_sequence() -> None:
    made = Array([1, "two", 3.0])
    assert issubclass(Array, collections.abc.MutableSequence)
    assert not isinstance(made, list)
    same([len(made), made[0], made[-1], made[1]], [3, 1, 3.0, "two"])
    same(list(made), [1, "two", 3.0])
    same(list(reversed(made)), [3.0, "two", 1])
    assert "two" in made
    assert "three" not in made
    assert object() not in made
    made.append(4)
    made.insert(0, "first")
    made.insert(-1, "last but one")
    made.insert(100, "last")
    made.extend((5, 6))
    same(list(made), ["first", 1, "two", 3.0, "last but one", 4, "last", 5, 6])
    same([made.pop(), made.pop(0), made.pop(-2)], [6, "first", "last"])
    made.remove("two")
    same(list(made), [1, 3.0, "last but one", 4, 5])
    same([made.index(4), made.count(4), made.index(5, -1)], [3, 1, 4])
    made.reverse()
    same(list(made), [5, 4, "last but one", 3.0, 1])
    made += [1]
    same(made.count(1), 2)
    del made[2]
    del made[-1]
    made.sort()
    same(list(made), [1, 3.0, 4, 5])
    made.sort(key=lambda number: -number, reverse=False)
    same(list(made), [5, 4, 3.0, 1])
    made[0] = [7]
    same(list(made[0]), [7])
    made.clear()
    assert not made
    match Array([1, 2]):
        case [first, *rest]:
            same([first, rest], [1, [2]])
        case _:
            raise AssertionError("an Array is no sequence to match")


@case()
def what_is_not_there_raises() -> None:
    made: Any = Array([1, 2])
    for index in (2, -3, 1 << 70):
        with raises(IndexError, "Array index out of range"):
            made[index]
        with raises(IndexError, "Array index out of range"):
            made[index] = 1
        with raises(IndexError, "Array index out of range"):
            del made[index]
        with raises(IndexError):
            made.pop(index)
    with raises(IndexError, "pop from empty Array"):
        Array().pop()
    with raises(ValueError, "5 is not in the Array"):
        made.index(5)
    with raises(ValueError, "is not in the Array"):
        made.index(1, 1)
    with raises(ValueError):
        made.remove(5)
    with raises(TypeError, "must be integers or slices, not str"):
        made["x"]
    with raises(AttributeError, "no_such"):
        made.no_such()
    with raises(TypeError):
        hash(made)
    with raises(TypeError, "item 1: a builtins.object has no counterpart"):
        Array([1, object()])
    with raises(TypeError, "item 2: a builtins.object has no counterpart"):
        made.append(object())
    same(list(made), [1, 2])


@case()
def slices_are_arrays_of_the_same_type() -> None:
    numbers = Array[int](range(10))
    part = numbers[2:8:2]
    same([type(part), list(part), part.get_typed_builtin()], [Array, [2, 4, 6], 2])
    same(list(numbers[::-3]), [9, 6, 3, 0])
    same(list(numbers[20:]), [])
    numbers[1:3] = [100]
    same(list(numbers), [0, 100, 3, 4, 5, 6, 7, 8, 9])
    numbers[::4] = [-1, -2, -3]
    same(list(numbers), [-1, 100, 3, 4, -2, 6, 7, 8, -3])
    del numbers[1::2]
    same(list(numbers), [-1, 3, -2, 7, -3])
    numbers[:] = numbers
    same(list(numbers), [-1, 3, -2, 7, -3])
    with raises(ValueError, "attempt to assign sequence of size 1 to extended slice of size 3"):
        numbers[::2] = [1]
    with raises(TypeError, "item 1: must be int, not str"):
        numbers[0:2] = [1, "x"]
    same(list(numbers), [-1, 3, -2, 7, -3])
    outer = Array([[1], [2]])
    outer[:1][0].append(9)
    same(list(outer[0]), [1, 9])


@case()
def the_engines_own_methods() -> None:
    made = Array([3, 1, 2])
    made.push_back(4)
    made.push_front(0)
    made.append_array([5])
    same([made.size(), made.front(), made.back(), made.is_empty()], [6, 0, 5, False])
    same([made.max(), made.has(3), made.find(1), made.pop_back(), made.pop_front()], [5, True, 2, 5, 0])
    same([type(made.slice(0, 2)), list(made.slice(0, 2))], [Array, [3, 1]])
    same(list(made.map(lambda number: number * 2)), [6, 2, 4, 8])
    same(list(made.filter(lambda number: number > 2)), [3, 4])
    made.sort_custom(lambda one, other: one > other)
    same(list(made), [4, 3, 2, 1])
    made.shuffle()
    same(sorted(made), [1, 2, 3, 4])
    made.resize(2)
    made.fill("x")
    same(list(made), ["x", "x"])
    made.set(1, "y")
    made.erase("x")
    made.erase("not there")
    same(list(made), ["y"])
    made.assign([[1], 2])
    made.front().append(5)
    same(repr(made), "Array([[1, 5], 2])")
    made.remove_at(1)
    same(made.size(), 1)


@case()
def items_are_shared_and_lists_are_copied() -> None:
    inner, plain = Array([1]), [1]
    outer = Array([inner, plain, {"a": []}])
    outer[0].append(2)
    outer[1].append(2)
    outer[2]["a"].append(3)
    same([list(inner), plain, repr(outer)], [[1, 2], [1], "Array([[1, 2], [1, 2], {'a': [3]}])"])
    same(type(outer[2]), Dictionary)
    holder = Resource()
    holder.set_meta("it", outer)
    outer.append("seen")
    same(holder.get_meta("it")[-1], "seen")
    same(type(holder.get_meta("it")), list)
    shallow, deep = copy.copy(outer), copy.deepcopy(outer)
    inner.append(3)
    same([len(shallow[0]), len(deep[0])], [3, 2])
    same(len(outer.copy()[0]), 3)
    numbers = Array[int]([1])
    same([copy.copy(numbers).get_typed_builtin(), copy.deepcopy(numbers).get_typed_builtin()], [2, 2])


@case()
def comparisons_are_the_engines() -> None:
    assert Array([1, [2]]) == Array([1, [2]])
    assert Array([1, [2]]) == [1, [2]]
    plain = [1, [2]]
    assert plain == Array([1, [2]])
    assert Array([1]) != Array([2])
    assert Array([1]) != [object()]
    assert Array([1]) != (1,)
    assert Array([1]) != 1
    assert Array([1, 2]) < Array([1, 3])
    assert Array([2]) >= Array([2])
    with raises(TypeError):
        _ = Array([1]) < [2]
    same([1 in Array([1.0]), 1 in Array[float]([1.0]), 1.0 in Array[int]([1])], [False, True, False])
    same([StringName("a") in Array(["a"]), "x" in Array[int]([1])], [True, False])
    numbers = Array[int]([1])
    same(repr(add(Array([1]), Array(["x"]))), "Array([1, 'x'])")
    same(repr(add(numbers, Array[int]([2]))), "Array[int]([1, 2])")
    same(repr(add(numbers, [2])), "Array[int]([1, 2])")
    same(repr(add([2], numbers)), "Array[int]([2, 1])")
    with raises(TypeError, "item 0: must be int, not str"):
        add(numbers, ["x"])
    with raises(TypeError):
        add(numbers, (1,))


@case()
def typed_arrays_take_only_their_type() -> None:
    numbers = Array[int]([1])
    for item, kind in (("x", "str"), (1.5, "float"), (None, "NoneType"), ([1], "list")):
        for name, *arguments in (
            ("append", item),
            ("push_back", item),
            ("push_front", item),
            ("insert", 1, item),
            ("extend", [item]),
            ("append_array", [item]),
            ("assign", [item]),
            ("set", 0, item),
            ("fill", item),
            ("__setitem__", 0, item),
            ("__setitem__", slice(None), [item]),
            ("__iadd__", [item]),
        ):
            with raises(TypeError, f"must be int, not {kind}"):
                getattr(numbers, name)(*arguments)
            assert list(numbers) == [1], f"{name}: {numbers!r}"
        with raises(TypeError, f"item 0: must be int, not {kind}"):
            Array[int]([item])
    with raises(TypeError, "item 2: must be int, not str"):
        numbers.extend([2, "x"])
    numbers.append(True)
    same([list(numbers), type(numbers[1])], [[1, 1], int])
    floats = Array[float]([1])
    same(list(floats), [1.0])
    names = Array[StringName](["a"])
    same(type(names[0]), StringName)
    flags = Array[bool]([True])
    with raises(TypeError, "item 1: must be bool, not int"):
        flags.append(1)
    node = Node()
    nodes = Array[Node]([node, None])
    with raises(TypeError, "item 2: must be Node, not RefCounted"):
        nodes.append(RefCounted())
    assert nodes[0] == node
    assert nodes[1] is None
    same(repr(nodes), f"Array[Node]([{node!r}, None])")
    node.free()
    lists = Array[list[int]]([[1]])
    with raises(TypeError, "item 1: must be Array, not int"):
        lists.append(1)
    lists[0].append(2)
    same(repr(lists), "Array[Array]([[1, 2]])")
    moods = Array[Mood]([Mood.ANGRY])
    moods.append(0)
    same([moods[0], moods[1]], [Mood.ANGRY, Mood.CALM])
    same(moods[:1].pop(), Mood.ANGRY)
    shared = Array[PackedByteArray]([b"ab"])
    same(type(shared[0]), PackedByteArray)
    same([type(Array[bytes]([b"ab"])[0]), type(Array[Any]([b"ab"])[0])], [bytes, bytes])
    anything: Any = Array
    with raises(TypeError, "wrong number of types"):
        anything[int, str]()
    with raises(TypeError, "complex has no counterpart"):
        anything[complex]()


@case()
def a_read_only_array_raises() -> None:
    frozen = Array([2, 1])
    frozen.make_read_only()
    for name, *arguments in (
        *(
            ("append", 1),
            ("push_back", 1),
            ("push_front", 1),
            ("insert", 0, 1),
            ("extend", []),
            ("append_array", []),
        ),
        *(
            ("__setitem__", 0, 1),
            ("__setitem__", slice(None), []),
            ("set", 0, 1),
            ("fill", 0),
            ("assign", []),
        ),
        *(
            ("__delitem__", 0),
            ("__delitem__", slice(None)),
            ("pop",),
            ("remove", 2),
            ("erase", 2),
            ("clear",),
        ),
        *(("resize", 0), ("remove_at", 0), ("pop_back",), ("pop_front",), ("pop_at", 0)),
        *(("sort",), ("reverse",), ("shuffle",), ("sort_custom", lambda one, other: True), ("__iadd__", [])),
    ):
        with raises(TypeError, "this Array is read-only"):
            getattr(frozen, name)(*arguments)
        assert list(frozen) == [2, 1], name
    same([frozen[0], frozen.max(), list(frozen.duplicate())], [2, 2, [2, 1]])


@case()
def a_read_only_dictionary_raises() -> None:
    table = Dictionary(a=1)
    table.make_read_only()
    for name, *arguments in (
        *(
            ("__setitem__", "a", 2),
            ("set", "a", 2),
            ("update", {"a": 2}),
            ("merge", {"b": 1}),
            ("assign", {}),
        ),
        *(("setdefault", "b", 2), ("get_or_add", "b", 2), ("sort",), ("clear",)),
        *(
            ("__delitem__", "a"),
            ("pop", "a"),
            ("pop", "b", None),
            ("popitem",),
            ("erase", "a"),
            ("erase", "b"),
        ),
    ):
        with raises(TypeError, "this Dictionary is read-only"):
            getattr(table, name)(*arguments)
        assert dict(table) == {"a": 1}, name
    same([table["a"], table.setdefault("a", 2)], [1, 1])


@case()
def iterating_while_it_changes_ends() -> None:
    made = Array([1, 2, 3])
    seen = []
    for number in made:
        seen.append(number)
        if len(made) < 6:
            made.append(number * 10)
    same(seen, [1, 2, 3, 10, 20, 30])
    for _ in made:
        made.clear()
    for _ in reversed(Array([1, 2])):
        made.clear()
    longer = Array(range(10))
    backwards = reversed(longer)
    same(next(backwards), 9)
    longer.resize(2)
    same(list(backwards), [1, 0])
    with raises(ValueError, "was changed while it was sorted"):
        longer.sort(key=lambda item: longer.clear())
    table = Dictionary({1: 1, 2: 2})
    with raises(RuntimeError, "Dictionary changed size during iteration"):
        for key in table:
            table[key + 10] = 0
    with raises(RuntimeError, "Dictionary changed size during iteration"):
        for key in list(table)[:0] or table:
            del table[key]


@case("Max recursion reached", "Max recursion reached")
def containers_that_contain_themselves() -> None:
    own = Array([1])
    own.append(own)
    same(repr(own), "Array([1, [...]])")
    again = own[1]
    assert own == again
    assert again in own
    other = Array([1])
    other.append(other)
    assert own == other, "the engine compares so deep, and no deeper"
    table = Dictionary(a=own)
    table["self"] = table
    same(repr(table), "Dictionary({'a': [1, [...]], 'self': {...}})")
    plain: list[Any] = []
    plain.append(plain)
    same(repr(Array(plain)), "Array([[...]])")
    listed = crossed(own)
    assert listed[1] is listed
    made = Array(plain)
    made[0].clear()
    listed.clear()
    for container in (own, other, table):
        container.clear()


@case()
def deeply_nested_containers() -> None:
    deep: list[Any] = []
    for _ in range(1023):
        deep = [deep]
    made = Array(deep)
    assert made == Array(deep)
    same(repr(made).count("["), 1024)
    with raises(RecursionError, "nested more than 1024 deep"):
        Array([deep])
    outer = Array([made])
    same(repr(outer).count("["), 1025)
    assert "[...]" in repr(Array([outer]))
    with raises(RecursionError, "nested more than 1024 deep"):
        crossed([outer])[0]
        Resource().set_meta("it", [outer])
        Resource().get_meta("it")


@case()
def a_dictionary_is_a_mutable_mapping() -> None:
    table = Dictionary({"a": 1, 2: "b"})
    assert issubclass(Dictionary, collections.abc.MutableMapping)
    assert not isinstance(table, dict)
    same([len(table), table["a"], table[2]], [2, 1, "b"])
    assert "a" in table
    assert StringName("a") in table
    assert 1 not in table
    assert object() not in table
    same([list(table), list(table.keys()), list(table.values())], [["a", 2], ["a", 2], [1, "b"]])
    same(list(table.items()), [("a", 1), (2, "b")])
    same([table.get("a"), table.get("x"), table.get("x", 5)], [1, None, 5])
    same([table.setdefault("a", 9), table.setdefault("z", 9)], [1, 9])
    same([table.pop("z"), table.pop("z", None), table.popitem()], [9, None, (2, "b")])
    table.update({"b": 2}, c=3)
    table.update([("d", 4)])
    table.update(Dictionary(e=5))
    same(dict(table), {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})
    del table["a"]
    assert table == {"b": 2, "c": 3, "d": 4, "e": 5}
    assert table == Dictionary(table)
    assert table != {"b": object()}
    assert table != 1
    assert Dictionary(x=[1]) == {"x": [1]}
    for key in ("a", 1.5, None):
        with raises(KeyError, repr(key)):
            table[key]
        with raises(KeyError, repr(key)):
            del table[key]
        with raises(KeyError):
            table.pop(key)
    wrong: Any = table
    with raises(KeyError):
        wrong[object()]
    with raises(TypeError, "key <object"):
        wrong[object()] = 1
    with raises(TypeError, "item 'a': a builtins.object has no counterpart"):
        wrong["a"] = object()
    with raises(TypeError):
        hash(table)
    with raises(TypeError, "at most 2"):
        wrong.pop("a", 1, 2)
    table.clear()
    with raises(KeyError, "is empty"):
        table.popitem()


@case()
def keys_are_told_apart_as_the_engine_does() -> None:
    keys = Dictionary({1: "int", "name": []})
    with raises(AttributeError, "name"):
        _ = keys.name
    keys["name"].append(1)
    same(list(keys.pop("name")), [1])
    keys[1.0] = "float"
    keys[True] = "bool"
    same([keys[1], keys[1.0], keys[True], len(keys)], ["int", "float", "bool", 3])
    keys[Array([1])] = "Array"
    same(keys[Array([1])], "Array")
    for key in ("1", None, object()):
        assert key not in keys
    match Dictionary(a=1, b=2):
        case {"a": found}:
            same(found, 1)
        case _:
            raise AssertionError("a Dictionary is no mapping to match")


@case()
def the_engines_own_methods_of_a_dictionary() -> None:
    table = Dictionary(b=2, a=1)
    table.merge({"a": 100, "c": 3})
    same(dict(table), {"b": 2, "a": 1, "c": 3})
    table.merge(Dictionary(a=100), True)
    same([table["a"], table.size(), table.has("a"), table.has_all(["a", "b"])], [100, 3, True, True])
    same(
        [table.find_key(2), table.get_or_add("d", 4), table.erase("d"), table.erase("d")],
        ["b", 4, True, False],
    )
    table.sort()
    same(list(table), ["a", "b", "c"])
    table.set("a", 1)
    same([type(table.merged({"x": 1})), table.merged({"x": 1})["x"]], [Dictionary, 1])
    table.assign({"x": []})
    table["x"].append(1)
    same(repr(table), "Dictionary({'x': [1]})")
    shallow, deep = copy.copy(table), copy.deepcopy(table)
    table["x"].append(2)
    same([list(shallow["x"]), list(deep["x"])], [[1, 2], [1]])


@case()
def typed_dictionaries_take_only_their_types() -> None:
    names = Dictionary[str, int]({"a": 1})
    same([names.is_typed(), names.get_typed_key_builtin(), names.get_typed_value_builtin()], [True, 4, 2])
    ways: dict[str, Function[[Any, Any], Any]] = {
        "set item": names.__setitem__,
        "set": names.set,
        "setdefault": names.setdefault,
        "get_or_add": names.get_or_add,
        "update": lambda key, value: names.update({key: value}),
        "merge": lambda key, value: names.merge({key: value}),
        "make": lambda key, value: Dictionary[str, int]({key: value}),
    }
    for name, way in ways.items():
        with raises(TypeError, "key 5: must be String, not int"):
            way(5, 5)
        with raises(TypeError, "item 'b': must be int, not float"):
            way("b", 1.5)
        assert dict(names) == {"a": 1}, name
    same([5 in names, names.get(5), names.has(5), names.erase(5)], [False, None, False, False])
    same(repr(names), "Dictionary[String, int]({'a': 1})")
    same(repr(names.copy()), "Dictionary[String, int]({'a': 1})")
    half = Dictionary[Any, int]({5: 1})
    same([half[5], half.is_typed_key(), half.is_typed_value()], [1, False, True])
    moods = Dictionary[Mood, Mood]({Mood.CALM: Mood.ANGRY})
    same([list(moods), moods[0], moods.popitem()], [[Mood.CALM], Mood.ANGRY, (Mood.CALM, Mood.ANGRY)])
    with raises(TypeError, "wrong number of types"):
        Dictionary[int]()


@case()
def what_was_not_made_has_no_contents() -> None:
    for cls in (Array, Dictionary):
        empty: Any = cls.__new__(cls)
        for use in (len, list, repr, copy.copy, cls.clear, cls.copy, lambda it: it[0], lambda it: it.size()):
            with raises(ReferenceError, "cannot be used"):
                use(empty)


@case()
def subclasses_and_pickles() -> None:
    class Mine(Array):  # type: ignore[misc]
        """One of the user's."""

    mine = Mine([[3], 1])
    mine.append(2)
    same([type(mine[:1]), type(mine.duplicate()), len(add(mine, [1]))], [Array, Array, 4])
    mine[0].append(4)
    same(repr(mine), "Mine([[3, 4], 1, 2])")
    for made in (mine, Array([1]), Dictionary(a=1)):
        with raises(TypeError):
            pickle.dumps(made)


@case()
def objects_live_as_long_as_the_array() -> None:
    resource = Resource()
    count = resource.get_reference_count()
    made = Array([resource, [resource], {"a": resource}])
    same(resource.get_reference_count(), count + 3)
    made[0] = None
    made.pop()
    same(resource.get_reference_count(), count + 1)
    made.clear()
    same(resource.get_reference_count(), count)
    table = Dictionary({resource: resource})
    same(resource.get_reference_count(), count + 2)
    table[resource] = None
    del table
    same(resource.get_reference_count(), count)


TYPED = """extends RefCounted
enum Mode { IDLE, BUSY }
var numbers: Array[int] = []
var prices: Dictionary[String, int] = {}
var calls := 0
func sum(values: Array[int]) -> int:
    calls += 1
    return values.reduce(func(a, b): return a + b, 0)
func kinds(ints: Array[int], texts: Array[String], nodes: Array[Node], of: Dictionary[String, int]):
    return "%d %d %d %d" % [ints.size(), texts.size(), nodes.size(), of.size()]
func modes(values: Array[Mode]) -> int:
    return values.size()
func same_kind(values: Array) -> bool:
    return values.is_typed()
"""


def typed_script() -> Any:
    script = GDScript()
    script.source_code = TYPED.replace("    ", "\t")
    same(script.reload(), godot.OK)
    return script.new()


@case()
def a_list_is_what_a_script_declares() -> None:
    target = typed_script()
    for numbers in ([1, 2, 3], (1, 2, 3), [True, 2, 3]):
        same(target.sum(numbers), 6)
    same(target.calls, 3)
    node = Node()
    same(target.kinds([1], ["a", "b"], [node, None], {"a": 1}), "1 2 2 1")
    same(target.kinds([], (), [], {}), "0 0 0 0")
    same(target.modes([0, 1]), 2)
    same(target.same_kind([1]), False)
    for wrong, text in (
        (([1.5],), "argument 1 of RefCounted.sum(): item 0: must be int, not float"),
        (([1, "2"],), "argument 1 of RefCounted.sum(): item 1: must be int, not str"),
        (({"a": 1},), "argument 1 of RefCounted.sum() must be Array, not dict"),
        ((Array([1]),), "argument 1 of RefCounted.sum() must be Array, not Array"),
        ((7,), "argument 1 of RefCounted.sum() must be Array, not int"),
    ):
        with raises(TypeError, text):
            target.sum(*wrong)
    with raises(TypeError, "argument 3 of RefCounted.kinds(): item 0: must be Node, not RefCounted"):
        target.kinds([], [], [target], {})
    with raises(TypeError, "argument 4 of RefCounted.kinds(): item 'a': must be int, not float"):
        target.kinds([], [], [], {"a": 1.5})
    same(target.calls, 3)
    same(target.sum(Array[int]([4])), 4)
    node.free()


@case()
def a_list_becomes_what_a_script_s_variable_is() -> None:
    target = typed_script()
    target.numbers = [1, 2]
    target.prices = {"a": 3}
    same((target.numbers, target.prices), ([1, 2], {"a": 3}))
    wrong: Any
    for wrong in ([1.5], ["1"]):
        with raises(TypeError, "item 0"):
            target.numbers = wrong
    with raises(TypeError, "item 'b'"):
        target.prices = {"b": "c"}
    for wrong in ({}, 7):
        with raises(AttributeError, "numbers"):
            target.numbers = wrong
    same((target.numbers, target.prices), ([1, 2], {"a": 3}))


@case()
def conversions_for_scripts_leave_nothing_behind() -> None:
    target, kept = typed_script(), Resource()
    count = kept.get_reference_count()
    for _ in range(3):
        with raises(TypeError):
            target.sum([kept])
        with raises(TypeError):
            target.kinds([], [], [kept], {})
        with raises(TypeError):
            target.numbers = [kept]
    same(kept.get_reference_count(), count)


class Changer:
    """Changes the array that it is thrown out of."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __call__(self) -> None:
        """Makes it a Callable, which ends with its last place in a container."""

    def __del__(self) -> None:
        self.array.append("gone")
        self.array.resize(1)


@case()
def what_dies_may_change_the_array() -> None:
    for name, *arguments in (
        *(
            ("__setitem__", 1, None),
            ("__setitem__", slice(0, 3), [1]),
            ("__delitem__", 1),
            ("fill", 0),
            ("clear",),
        ),
        *(
            ("remove_at", 1),
            ("assign", [1]),
            ("resize", 0),
            ("sort",),
            ("reverse",),
            ("pop", 1),
            ("pop_back",),
        ),
    ):
        made = Array([0, 0, 0])
        made[1] = Changer(made)
        try:
            getattr(made, name)(*arguments)
        except (RuntimeError, TypeError, ValueError):
            assert name in ("__setitem__", "assign", "fill", "sort"), name
        made.clear()
        gc.collect()
        assert len(made) <= 1, name
        made.clear()
    table = Dictionary()
    made = Array([0, 0])
    table["it"] = Changer(made)
    table["it"] = None
    gc.collect()
    same(list(made), [0])


@case()
def failing_writes_leave_nothing_behind() -> None:
    kept = Resource()
    count = kept.get_reference_count()
    made = Array[Node]()
    numbers = Array[int]()
    table = Dictionary[str, int]()
    for _ in range(3):
        with raises(TypeError):
            made.append(kept)
        with raises(TypeError):
            numbers.extend([1, kept])
        with raises(TypeError):
            table[kept] = 1
        with raises(TypeError):
            table["a"] = kept
        with raises(TypeError):
            Array([kept, object()])
        with raises(TypeError):
            Array[Node]([kept])
        with raises(KeyError):
            table[kept]
    same(kept.get_reference_count(), count)
