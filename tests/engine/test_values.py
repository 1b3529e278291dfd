"""Value types against GDScript's: all that the engine describes of them has the same value in Python.

The cases are made of that description: every constructor, operator, method, constant and member. Expressions
such as `Rect2(1.5, 3.0, -0.75, 2.0)` or `Vector2i(3, -2) % 4` are both languages', so each evaluates them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, Final

import pytest
from tests.engine.harness import Project, Run
from tests.engine.suites import RunOf, suite_tests

Entry = dict[str, Any]

SAMPLES: Final[dict[str, tuple[str, str]]] = {
    "bool": ("true", "false"),
    "int": ("3", "-2"),
    "float": ("1.5", "-0.3"),
    "String": ('"red"', '"#12345678"'),
    "Vector2": ("Vector2(1.5, -2.0)", "Vector2(0.1, 3.0)"),
    "Vector2i": ("Vector2i(7, -5)", "Vector2i(-3, 2)"),
    "Rect2": ("Rect2(Vector2(1.0, 2.0), Vector2(3.5, 4.0))", "Rect2(Vector2(2.0, 1.1), Vector2(5.0, 6.0))"),
    "Rect2i": ("Rect2i(Vector2i(1, 2), Vector2i(3, 4))", "Rect2i(Vector2i(2, 1), Vector2i(5, 6))"),
    # Of length 1, as an axis must be.
    "Vector3": ("Vector3(0.6, -0.8, 0.0)", "Vector3(0.0, 0.6, 0.8)"),
    "Vector3i": ("Vector3i(7, -5, 3)", "Vector3i(-3, 2, 4)"),
    "Transform2D": (
        "Transform2D(Vector2(1.0, 0.5), Vector2(-0.5, 2.0), Vector2(3.0, 4.0))",
        "Transform2D(Vector2(0.8, 0.6), Vector2(-0.6, 0.8), Vector2(1.0, -1.0))",
    ),
    "Vector4": ("Vector4(1.5, -2.0, 0.25, 4.0)", "Vector4(0.1, 3.0, -1.0, 2.0)"),
    "Vector4i": ("Vector4i(7, -5, 3, 9)", "Vector4i(-3, 2, 4, -7)"),
    "Plane": ("Plane(Vector3(0.0, 1.0, 0.0), 2.5)", "Plane(Vector3(0.6, 0.0, 0.8), -1.0)"),
    "Quaternion": ("Quaternion(0.6, 0.0, 0.8, 0.0)", "Quaternion(0.0, 0.6, 0.0, 0.8)"),
    "AABB": (
        "AABB(Vector3(1.0, 2.0, 3.0), Vector3(4.0, 5.0, 6.0))",
        "AABB(Vector3(-1.0, 0.5, 2.0), Vector3(2.0, 9.0, 3.0))",
    ),
    "Basis": (
        "Basis(Vector3(1.0, 0.0, 0.0), Vector3(0.0, 0.8, 0.6), Vector3(0.0, -0.6, 0.8))",
        "Basis(Vector3(0.8, 0.6, 0.0), Vector3(-0.6, 0.8, 0.0), Vector3(0.0, 0.0, 1.0))",
    ),
    "Transform3D": (
        "Transform3D(Basis(Vector3(1.0, 0.0, 0.0), Vector3(0.0, 0.8, 0.6), Vector3(0.0, -0.6, 0.8)),"
        " Vector3(1.0, 2.0, 3.0))",
        "Transform3D(Basis(Vector3(0.8, 0.6, 0.0), Vector3(-0.6, 0.8, 0.0), Vector3(0.0, 0.0, 1.0)),"
        " Vector3(-1.0, 0.5, 4.0))",
    ),
    "Projection": (
        "Projection(Vector4(1.0, 0.0, 0.0, 0.5), Vector4(0.0, 2.0, 0.0, 0.0), Vector4(0.0, 0.25, -1.0, -1.0),"
        " Vector4(0.0, 0.0, -0.1, 0.0))",
        "Projection(Vector4(2.0, 0.0, 1.0, 0.0), Vector4(0.0, 1.5, 0.0, 1.0), Vector4(0.0, 0.0, 3.0, 0.0),"
        " Vector4(1.0, 0.0, 0.0, 1.0))",
    ),
    "Color": ("Color(0.25, 0.5, 0.75, 0.5)", "Color(1.5, 0.1, 0.0, 1.0)"),
    "PackedVector2Array": ("PackedVector2Array([Vector2(1.0, 2.0)])", "PackedVector2Array([])"),
    "PackedVector3Array": ("PackedVector3Array([Vector3(1.0, 2.0, 3.0)])", "PackedVector3Array([])"),
}
"""Two expressions for each type that occurs."""
VALUES: Final = [name for name in SAMPLES if name not in ("bool", "int", "float", "String")][:16]
INTEGRAL: Final = [name for name in VALUES if name.endswith("i")]

ARGUMENTS: Final = {
    **{kind: expressions[1] for kind, expressions in SAMPLES.items()},
    "int": "1",  # mostly an axis, a side or an order
    "float": "0.4",
    "String": '"#12345678"',
    "Vector3": "Vector3(0.6, 0.0, 0.8)",  # a unit vector, as most methods want it
    "Vector2": "Vector2(0.6, 0.8)",
}
"""What methods are called with."""
BEYOND: Final = {
    "Basis.looking_at": "Vector3(1.0, 2.0, 3.0), Vector3(0.0, 1.0, 0.0), true",
    "Color.hex64": "1311768467294899695",
    "Projection.create_perspective": "60.0, 1.5, 0.1, 100.0, true",
    "Projection.create_perspective_hmd": "60.0, 1.5, 0.1, 9.0, true, 1, 0.1, 2.0",
    "Projection.create_orthogonal": "-1.0, 1.0, -2.0, 2.0, 0.1, 10.0",
    "Projection.create_orthogonal_aspect": "2.0, 1.5, 0.1, 10.0, true",
    "Projection.create_frustum": "-1.0, 1.0, -2.0, 2.0, 0.1, 10.0",
    "Projection.create_frustum_aspect": "2.0, 1.5, Vector2(), 0.1, 10.0, true",
    "Projection.create_for_hmd": "1, 1.5, 2.0, 0.5, 1.0, 1.5, 0.1, 10.0",
}
"""Arguments of methods that those do not suit."""
SYMBOLS: Final = {
    "unary-": "-%s",
    "unary+": "+%s",
    "not": "not %s",
    **{symbol: f"%s {symbol} %s" for symbol in ("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%%")},
}


def described(api: Entry) -> dict[str, Entry]:
    """The engine's description of each builtin type."""
    return {entry["name"]: entry for entry in api["builtin_classes"]}


def constructors(api: Entry) -> Iterator[str]:
    for name in VALUES:
        for constructor in described(api)[name]["constructors"]:
            kinds = [argument["type"] for argument in constructor.get("arguments", ())]
            for shift in (0, 1):
                chosen = [SAMPLES[kind][(at + shift) % 2] for at, kind in enumerate(kinds)]
                yield f"{name}({', '.join(chosen)})"


def operators(api: Entry) -> Iterator[str]:
    for left in ("int", "float", *VALUES):
        for operator in described(api)[left]["operators"]:
            right, form = operator.get("right_type"), SYMBOLS.get(operator["name"].replace("%", "%%"))
            if (
                form is None
                or right not in (None, *SAMPLES)
                or {left, right} <= {"int", "float", None, "bool"}
            ):
                continue
            for mine in SAMPLES[left]:
                if right is None:
                    yield form % mine
                else:
                    yield from (form % (mine, other) for other in SAMPLES[right])


def methods(api: Entry) -> Iterator[str]:
    for name in VALUES:
        for method in described(api)[name].get("methods", ()):
            where = f"{name}.{method['name']}"
            usual = ", ".join(ARGUMENTS[argument["type"]] for argument in method.get("arguments", ()))
            target = name if method["is_static"] else SAMPLES[name][0]
            yield f"{target}.{method['name']}({BEYOND.get(where, usual)})"


def constants(api: Entry) -> Iterator[str]:
    for name in VALUES:
        entry = described(api)[name]
        yield from (f"{name}.{constant['name']}" for constant in entry.get("constants", ()))
        yield from (f"{name}.{value['name']}" for enum in entry.get("enums", ()) for value in enum["values"])


def members(api: Entry) -> Iterator[str]:
    for name in VALUES:
        for member in described(api)[name]["members"]:
            yield from (f"{sample}.{member['name']}" for sample in SAMPLES[name])


def refused(api: Entry) -> Iterator[tuple[str, str]]:
    """Expressions that Python refuses, with a pattern of what it says."""
    known = {
        (left, operator["name"], operator.get("right_type"))
        for left in ("bool", "int", "float", "String", *VALUES)
        for operator in described(api)[left]["operators"]
    }
    symbols = [symbol for symbol in SYMBOLS if symbol not in ("==", "!=", "not")]
    for symbol, left in product(symbols, VALUES):
        if symbol.startswith("unary"):
            if (left, symbol, None) not in known:
                yield SYMBOLS[symbol] % SAMPLES[left][0], "TypeError: bad operand type for unary *"
            continue
        for right in ("bool", "int", "float", "String", *VALUES):
            for pair in {(left, right), (right, left)}:
                # A str formats with %, whatever is on the right.
                if (pair[0], symbol.replace("%%", "%"), pair[1]) not in known and pair[0] != "String":
                    yield SYMBOLS[symbol] % tuple(SAMPLES[kind][0] for kind in pair), "TypeError: *"
    for name in VALUES:
        for wrong in ("()", "None", "[1, 2]", '"red", "x"', "1, 2, 3, 4, 5, 6, 7", "1, 'x'", "object()"):
            yield f"{name}(({wrong}))" if wrong == "()" else f"{name}({wrong})", f"TypeError: {name}(*"
        yield f"{name}.NO_SUCH", f"AttributeError: {name} has no member 'NO_SUCH'"
        yield f"{name}.no_such", f"AttributeError: {name} has no member 'no_such'"
        yield f"{name}().no_such", f"AttributeError: {name} has no member 'no_such'"
        yield f"{name}().is_equal_approx()", "*Error: *"
    for name in INTEGRAL:
        zero, least = f"{name}()", f"{name}(*[-2**31] * len({name}()))"
        if name != "Rect2i":
            for symbol in "/", "%":
                yield f"{SAMPLES[name][0]} {symbol} 0", f"ZeroDivisionError: {name} division by zero"
                yield f"{SAMPLES[name][0]} {symbol} {zero}", f"ZeroDivisionError: {name} division by zero"
                yield f"{SAMPLES[name][0]} {symbol} {name}(*range(len({name}())))", "ZeroDivisionError: *"
                yield f"{least} {symbol} -1", "OverflowError: 2147483648 does not fit *"
                yield f"{least} {symbol} ({name}(*[-1] * len({name}())))", "OverflowError: 2147483648 *"
                yield f"{SAMPLES[name][0]} {symbol} 2**32", "OverflowError: 4294967296 does not fit *"
            yield f"{SAMPLES[name][0]} * 2**31", "OverflowError: 2147483648 does not fit *"
            yield f"(-2**31 - 1) * {SAMPLES[name][0]}", "OverflowError: -2147483649 does not fit *"
        yield f"{name}(1.5, 2, 3, 4)", f"TypeError: {name}(1.5, 2, 3, 4): its numbers must be ints"
        yield f"{name}(2**31, 2, 3, 4)", "OverflowError: 2147483648 does not fit *"
    yield "Vector2(1, 2) * 10**30", "OverflowError: * does not fit the engine's 64-bit int"
    yield "Color(5)", "TypeError: Color(5): the engine has no such constructor"
    yield "Color(1, 0)", "TypeError: Color(1, 0): the engine has no such constructor"
    yield 'Color("nonsense")', "ValueError: 'nonsense' is neither the name of a color nor an HTML color code"
    yield (
        'Color("nonsense", 0.5)',
        "ValueError: 'nonsense' is neither the name of a color nor an HTML color code",
    )
    yield "Vector2().lerp(1, 2)", "TypeError: argument 1 of Vector2.lerp() must be Vector2, not int"
    yield "Vector2().lerp(*range(20))", "TypeError: Vector2.lerp() takes at most 16 arguments, 20 were given"
    yield "Vector2().lerp()", "TypeError: Vector2.lerp() takes at least 2 arguments, 0 were given"
    yield "Vector2.lerp(Vector2i())", "TypeError: Vector2.lerp() needs a Vector2 as its first argument*"
    yield "Color.html()", "TypeError: Color.html() takes at least 1 arguments, 0 were given"


KINDS: Final = {
    "constructors": constructors,
    "operators": operators,
    "methods": methods,
    "constants": constants,
    "members": members,
}


@pytest.fixture(scope="module")
def cases(api: Entry) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {kind: list(dict.fromkeys(make(api))) for kind, make in KINDS.items()}
    return {**made, "refused": [list(case) for case in refused(api)]}


@pytest.fixture(scope="module")
def run_of(cases: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        project = Project(tmp_path_factory.mktemp("values") / "p", scripts=[suite], addons=["values"])
        project.write("cases.json", json.dumps(cases))
        return project.run_suite(suite)

    return run


def test_the_description_was_understood(cases: dict[str, list[Any]]) -> None:
    least = {
        "constructors": 100,
        "operators": 400,
        "methods": 300,
        "constants": 200,
        "members": 100,
        "refused": 2000,
    }
    assert [kind for kind, number in least.items() if len(cases[kind]) < number] == []


test_the_run, test_suite = suite_tests("values.gd")
