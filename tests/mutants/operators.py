"""Random mutants: every place where a small, plausible mistake could stand in a Python source.

Each operator takes a node of the syntax tree and yields what may stand in its place. Texts are left alone, as
most are messages, and so are annotations, which do nothing when the code runs.
"""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Mutation(NamedTuple):
    """A replacement in a source."""

    start: int
    end: int
    new: str

    def apply(self, source: str) -> str:
        """Returns the mutated source."""
        return source[: self.start] + self.new + source[self.end :]


Operator = Callable[[ast.AST], Iterator[tuple[ast.AST, ast.AST | str]]]
"""Yields pairs of a node and what takes its place: another node, or a source text."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}

_IDLE = ("lower", "strip", "removesuffix", "removeprefix")
"""Methods that leave most texts as they are."""


def _comparison(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARISONS[type(node.ops[0])]:
            yield node, ast.Compare(node.left, [other()], node.comparators)


def _condition(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    if isinstance(node, ast.BoolOp):
        yield node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for left_out in node.values:
            rest = [value for value in node.values if value is not left_out]
            yield node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(node.test, ast.Compare):
        yield node.test, ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, node.operand


def _arithmetic(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    if isinstance(node, ast.BinOp) and (other := _ARITHMETIC.get(type(node.op))):
        yield node, ast.BinOp(node.left, other(), node.right)


def _constant(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield node, ast.Constant(not node.value)
        elif isinstance(node.value, int | float):
            yield node, ast.Constant(node.value + 1)
            yield node, ast.Constant(node.value - 1)


def _call(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    """`min` for `max`, and a method that is not called on the way: `text.strip()` is `text`."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        other = ast.Name("max" if node.func.id == "min" else "min")
        yield node, ast.Call(other, node.args, node.keywords)
    elif isinstance(node.func, ast.Attribute) and node.func.attr in _IDLE:
        yield node, node.func.value


def _statement(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    match node:
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise():
            yield node, "pass"
        case ast.Assign(targets=[ast.Attribute()]):
            yield node, "pass"
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield node, "return None"
        case ast.Break():
            yield node, "continue"
        case ast.Continue():
            yield node, "break"


OPERATORS: tuple[Operator, ...] = (_comparison, _condition, _arithmetic, _constant, _call, _statement)


def mutations(source: str) -> list[Mutation]:
    """Lists every mutation of a Python source, in the order of its lines."""
    tree = ast.parse(source)
    # Columns count bytes of UTF-8.
    starts, total = [], 0
    lines = source.splitlines(keepends=True)
    for line in lines:
        starts.append(total)
        total += len(line)

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    found = []
    for node in _code(tree):
        for operator in OPERATORS:
            for old, new in operator(node):
                assert isinstance(old, ast.expr | ast.stmt)
                assert old.end_lineno is not None
                assert old.end_col_offset is not None
                start, end = offset(old.lineno, old.col_offset), offset(old.end_lineno, old.end_col_offset)
                text = new if isinstance(new, str) else f"({ast.unparse(new)})"
                found.append(Mutation(start, end, text))
    return sorted(set(found))


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Walks over what runs: no annotations, no assertions, nothing for type checkers alone."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Assert | ast.JoinedStr):
                continue
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            yield from _code(child)
