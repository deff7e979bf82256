"""The shape of the project: its layout, its import rule and what may never be written anywhere."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {"pyproject.toml", "shopdesk", "resources", "migrations", "tests", "installer", "README.md", "LICENSE"}
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|service|misc|common)\.py$")
LONGEST = 400
TEXT = {".py", ".toml", ".md", ".txt", ".json", ".qss", ".svg", ".csv", ".po", ".yml", ".ini", ""}
NOT_LOOKED_INTO = re.compile(r"\.git|\.venv|\.hypothesis|\..*_cache|__pycache__|.*\.egg-info")

# Written so that this file does not match its own patterns.
LOCAL_PATHS = re.compile(r"/(?:work|root|tmp/farm)/[a-z]|/home/[a-z]\w*/|[A-Z]:\\Users\\\w")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|nodesource|--(extra-)?index-url")


@cache
def tracked() -> tuple[str, ...]:
    """The project's files with ``/`` between the parts: git's list, or without git everything that is not made."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            return tuple(name for name in listed.stdout.split("\0") if name and (ROOT / name).exists())
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[str]:
    for entry in folder.iterdir():
        if NOT_LOOKED_INTO.fullmatch(entry.name):
            continue
        if entry.is_dir():
            yield from _walk(entry)
        else:
            yield entry.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """The tracked Python files below some folders, or all of them."""
    names = [name for name in tracked() if name.endswith(".py")]
    return [ROOT / name for name in names if not folders or name.startswith(folders)]


def found_in(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """``file:line text`` of every match."""
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}")
    return found


def test_top_level_holds_exactly_the_agreed_names():
    names = {name.split("/")[0] for name in tracked()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def test_no_python_file_is_longer_than_one_screenful_of_thought():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST} == {}


def test_no_file_is_named_for_what_it_is_not():
    assert [name for name in tracked() if FORBIDDEN_NAMES.search(name.split("/")[-1])] == []


def test_no_path_of_a_machine_and_no_address_of_a_registry_is_written_down():
    texts = [ROOT / name for name in tracked() if Path(name).suffix in TEXT and name != "tests/test_architecture.py"]
    assert found_in(LOCAL_PATHS, texts) == []
    assert found_in(REGISTRIES, texts) == []


def test_patterns_find_what_they_look_for():
    assert LOCAL_PATHS.search("see /ho" + "me/ann/shop.db")
    assert LOCAL_PATHS.search("C:" + "\\Users\\ann")
    assert REGISTRIES.search("--index-" + "url=somewhere")
    assert FORBIDDEN_NAMES.search("shop_helpers.py")
    assert _interpolated_sql("def f(x):\n    sa.text(f'SELECT {x}')") == [2]
    assert _interpolated_sql("f = lambda x: sa.text('SELECT ' + x)") == [1]
    assert _interpolated_sql("def f(x):\n    sa.text('SELECT :x')") == []
    assert _interpolated_sql("A = sa.text('SELECT ' + COLUMNS)") == []
    assert _floats("a = float(x)\nb = 1.5\nc: float = 2") == [1, 2, 3]
    assert _floats("a = round_half_away(3, 2)") == []


def test_modules_open_with_a_sentence():
    silent = []
    for path in python_files("shopdesk/", "installer/", "tests/"):
        source = path.read_text(encoding="utf-8")
        if source.strip() and not (ast.get_docstring(ast.parse(source)) or "").strip():
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_areas_import_only_what_the_rule_allows():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_sql_is_never_put_together_from_strings():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in python_files("shopdesk/")
        for line in _interpolated_sql(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def _interpolated_sql(source: str) -> list[int]:
    """The lines inside functions that hand ``text()`` and the like an f-string, a sum, a ``%`` or a ``format``.

    At module level nothing that anybody typed exists yet: statements may be put together there from constants.
    """
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    lines = set()
    for node in (inner for function in functions for inner in ast.walk(function)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [*node.args[:1], *(keyword.value for keyword in node.keywords)]
        if name in {"text", "exec_driver_sql"} and any(_is_put_together(value) for value in given):
            lines.add(node.lineno)
    return sorted(lines)


def _is_put_together(value: ast.expr) -> bool:
    formatted = isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "format"
    return formatted or isinstance(value, ast.JoinedStr | ast.BinOp)


MONEY_FILES = re.compile(r"(^|/)(money|basket|cash|totals|tax|tenders|pricing|shifts?|checkout|discounts?)\w*\.py$")


def test_money_never_meets_a_float():
    files = [path for path in python_files("shopdesk/") if MONEY_FILES.search(path.relative_to(ROOT).as_posix())]
    files = [path for path in files if "ui" not in path.relative_to(ROOT).parts]
    assert any(path.name == "money.py" for path in files)
    found = [f"{path.relative_to(ROOT)}:{line}" for path in files for line in _floats(path.read_text(encoding="utf-8"))]
    assert found == []


def _floats(source: str) -> list[int]:
    """The lines that name ``float`` or write a number with a point."""
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    )


@pytest.fixture(scope="module")
def lock_lines() -> list[str]:
    text = (ROOT / "installer" / "constraints.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_lock_file_pins_every_package_with_hashes_and_names_no_address(lock_lines):
    assert len(lock_lines) > 50
    for line in lock_lines:
        assert re.match(r"[a-z0-9-]+==[\w.]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+$", line), line[:80]


def test_lock_file_holds_what_the_project_file_names(lock_lines):
    import tomllib

    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["build-system"]["requires"] + project["project"]["dependencies"]
    named += project["project"]["optional-dependencies"]["test"]
    pinned = dict(line.split()[0].split("==") for line in lock_lines)
    for text in named:
        wanted = Requirement(text)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        assert name in pinned, f"{name}: run `python3 installer/dev.py lock`"
        assert wanted.specifier.contains(pinned[name]), f"{name} {pinned[name]}: run `python3 installer/dev.py lock`"


def test_what_the_program_imports_is_named_in_the_project_file():
    import tomllib
    from importlib.metadata import packages_distributions

    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.sub(r"[-_.]+", "-", Requirement(text).name).lower() for text in project["dependencies"]}
    named |= {"shiboken6"}  # one half of PySide6-Essentials, in a package of its own
    homes = packages_distributions()
    imported: dict[str, str] = {}
    for path in python_files("shopdesk/", "migrations/"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            imported |= {name.split(".")[0]: path.relative_to(ROOT).as_posix() for name in names}
    foreign = {name: file for name, file in imported.items() if name not in sys.stdlib_module_names}
    unnamed = {
        name: file
        for name, file in foreign.items()
        if name not in {"shopdesk", "migrations"}
        and not named & {re.sub(r"[-_.]+", "-", home).lower() for home in homes.get(name, [])}
    }
    assert unnamed == {}
