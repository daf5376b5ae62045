"""The environment is read in one place; who else reads from it is named here, with what and why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "memo_coach"
ALLOWED = {
    "settings/environment.py": {"os.environ"},  # here it is read, for everybody
    "cli/__init__.py": {"os.environ"},  # for the language of who runs a command
    "cli/serve.py": {"os.environ"},  # given to the settings, with the options of the command
    "cli/report.py": {"os.environ.get('NO_COLOR')", "os.environ.get('TERM')"},  # the terminal's, not ours
    "server/language.py": {"os.environ"},  # for the language of who starts a server or builds pages
    "operations/worker_figures.py": {"os.environ['PROMETHEUS_MULTIPROC_DIR']"},  # the library's, set by serve
    "server/build.py": {"os.environ", "os.environ.get('PATH', '')"},  # npm's and the framework's
    "web/site.py": {"environment.REFLEX_ENV_MODE"},  # the framework's
}
_GETTERS = {"environ", "environb", "getenv", "getenvb"}
_WRITES = {"update", "pop"}


def reads_of_the_environment(source: str) -> Iterator[str]:
    """Yield every expression that reads from the environment; writing to it is no reading."""
    tree = ast.parse(source)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    modules, names, frameworks = _names_of_the_environment(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module)) if module in frameworks:
                yield ast.unparse(node)
            case ast.Attribute(value=ast.Name(id=module), attr=attribute) if module in modules:
                if attribute in _GETTERS:
                    yield from _read(node, parents)
            case ast.Name(id=name) if name in names:
                yield from _read(node, parents)


def _names_of_the_environment(tree: ast.Module) -> tuple[set[str], set[str], set[str]]:
    """Return what ``os`` is called in a module, what its getters are, and what a framework's environment."""
    modules, names, frameworks = {"os"}, set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {each.asname for each in node.names if each.name in {"os", "posix"} and each.asname}
        elif isinstance(node, ast.ImportFrom) and node.module in {"os", "posix"}:
            names |= {each.asname or each.name for each in node.names if each.name in _GETTERS}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".environment"):
            frameworks |= {each.asname or each.name for each in node.names}
    return modules, names, frameworks


def _read(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    expression, writes = _whole(node, parents)
    if not writes:
        yield ast.unparse(expression)


def _whole(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> tuple[ast.AST, bool]:
    """Return the call or the look-up that an expression is the beginning of, and whether it only writes."""
    parent = parents[node]
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return parent, not isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Call) and parent.func is node:
        return parent, False
    if isinstance(parent, ast.Attribute):
        call = parents[parent]
        return (call if isinstance(call, ast.Call) else parent), parent.attr in _WRITES
    return node, False


def test_nothing_but_the_settings_reads_the_environment() -> None:
    found = {
        str(path.relative_to(PACKAGE)): reads
        for path in sorted(PACKAGE.rglob("*.py"))
        if (reads := set(reads_of_the_environment(path.read_text("utf-8"))))
    }
    assert found == ALLOWED


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("import os\nos.environ['KEY']", "os.environ['KEY']"),
        ("import os\nos.environ.get('KEY')", "os.environ.get('KEY')"),
        ("import os\nos.getenv('KEY')", "os.getenv('KEY')"),
        ("import os\nrun({**os.environ})", "os.environ"),
        ("import os\nkept = os.environ", "os.environ"),
        ("import os as system\nsystem.environ.items()", "system.environ.items()"),
        ("from os import environ\nenviron['KEY']", "environ['KEY']"),
        ("from os import getenv as read\nread('KEY')", "read('KEY')"),
        ("import os\n'KEY' in os.environ", "os.environ"),
    ],
)
def test_every_way_of_reading_is_found(source: str, read: str) -> None:
    assert list(reads_of_the_environment(source)) == [read]


@pytest.mark.parametrize(
    "written", ["os.environ['KEY'] = 'x'", "os.environ.update(KEY='x')", "os.environ.pop('KEY', None)"]
)
def test_writing_is_no_reading(written: str) -> None:
    assert list(reads_of_the_environment(f"import os\n{written}")) == []
