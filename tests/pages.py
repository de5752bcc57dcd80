"""The Python code on a page, executed, and the results printed beside it."""

from __future__ import annotations

import ast
import re
from decimal import Decimal

BLOCK = re.compile(r"^```python\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
PRINTED = re.compile(r"  # (-?\d[\d.e+-]*|True|False|array\(.*\))$")


def results(text):
    """Execute a page; yield what comments at the ends of lines say, and what results are."""
    scope = {}
    for block in BLOCK.findall(text):
        lines = block.splitlines()
        said = {
            number: match[1]
            for number, line in enumerate(lines, 1)
            if (match := PRINTED.search(line))
        }
        for statement in ast.parse(block).body:
            if isinstance(statement, ast.Expr):
                code = compile(ast.Expression(statement.value), "page", "eval")
                value = eval(code, scope)  # the page's own text
                if statement.end_lineno in said:
                    yield said.pop(statement.end_lineno), value
            else:
                exec(compile(ast.Module([statement], []), "page", "exec"), scope)
        assert not said, f"beside no result: {said}"


def agrees(said, value):
    """Whether the value, a number rounded to the digits printed, is what is printed."""
    if said in ("True", "False"):
        return str(value) == said
    if said.startswith("array"):
        return repr(value) == said
    number = Decimal(said)
    if number == 0:
        return value == 0
    half = Decimal(5).scaleb(number.as_tuple().exponent - 1)
    return abs(Decimal(float(value)) - number) <= half
