"""Check that imports go one way between rooms, and that nothing heavy loads before it is needed.

    python tools/import_direction.py [SRC]

Reads the source without running it. Two rules:

1. A room imports only rooms further down (`ORDER`). Rooms on one line do not know each other. An
   import inside a function or for types only counts as well: knowing is knowing.
2. What `import egovstats` or `egovstats --help` reaches loads nothing of `HEAVY`, and the packages of
   `ON_DEMAND` are never imported at the top of any module.

Prints one line a fault; the exit code is 1 if there was one.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "egovstats"
ORDER: tuple[tuple[str, ...], ...] = (
    ("cli",),
    ("review",),
    ("report",),
    ("checks",),
    ("inference", "scales"),
    ("models", "estimate", "indicators", "waves"),
    ("design", "microdata"),
    ("variance",),
    ("results",),
    ("console", "intervals", "one_thread", "sources", "spreadsheets"),
    ("errors",),
)
LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
DIRECTION = " -> ".join(" | ".join(rooms) for rooms in ORDER)

# Modules that start the package or its command: what they load, every start pays for.
ENTRIES = (PACKAGE, f"{PACKAGE}.__main__", f"{PACKAGE}.cli")
ON_DEMAND = frozenset(
    [
        "babel",
        "docx",
        "duckdb",
        "matplotlib",
        "openpyxl",
        "pingouin",
        "pyarrow",
        "pyspark",
        "rapidfuzz",
        "scipy.stats",
        "seaborn",
        "statsmodels",
        "typst",
        "xlsxwriter",
    ]
)
HEAVY = ON_DEMAND | {"jinja2", "narwhals", "numpy", "pandas", "pydantic", "pyreadstat", "ruamel", "scipy"}


@dataclass(frozen=True)
class Import:
    """One imported module: where, what, and whether it is loaded together with the importing module."""

    path: Path
    line: int
    importer: str
    imported: str
    at_once: bool
    for_types: bool = False


def module_name(path: Path, src: Path) -> str:
    """``src/egovstats/cli/__init__.py`` -> ``egovstats.cli``."""
    parts = list(path.relative_to(src).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def room_of(module: str, public: dict[str, str]) -> str | None:
    """The room that a module of the package belongs to; None for the package's own front."""
    parts = module.split(".")
    if parts[0] != PACKAGE or len(parts) == 1:
        return None
    return parts[1] if parts[1] in LEVEL else public.get(parts[1], parts[1])


def public_names(src: Path) -> dict[str, str]:
    """Public name -> room, read from the map in the package's ``__init__``."""
    tree = ast.parse((src / PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "_HOME" for target in node.targets
        ):
            return {name: room for room, names in ast.literal_eval(node.value).items() for name in names}
    return {}


def _is_for_types(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _targets(node: ast.Import | ast.ImportFrom, importer: str, *, is_package: bool) -> list[str]:
    """Every module that a statement may load, with relative ones spelt out."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    base = node.module or ""
    if node.level:
        parts = importer.split(".")
        keep = len(parts) - node.level + (1 if is_package else 0)
        base = ".".join([*parts[:keep], *([node.module] if node.module else [])])
    return [f"{base}.{each.name}" for each in node.names]


def _walk(body: list[ast.stmt], *, at_once: bool, for_types: bool) -> Iterator[tuple[ast.stmt, bool, bool]]:
    """Import statements with: does it run with the module, and is it for types only."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, at_once, for_types
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _walk(node.body, at_once=False, for_types=for_types)
        elif isinstance(node, ast.If) and _is_for_types(node.test):
            yield from _walk(node.body, at_once=False, for_types=True)
            yield from _walk(node.orelse, at_once=at_once, for_types=for_types)
        else:
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                for part in getattr(node, name, []):
                    inner = part.body if isinstance(part, ast.ExceptHandler | ast.match_case) else [part]
                    yield from _walk(inner, at_once=at_once, for_types=for_types)


def read_imports(src: Path) -> list[Import]:
    """All imports of all modules under `src`, in the order of files and lines."""
    found = []
    for path in sorted((src / PACKAGE).rglob("*.py")):
        importer = module_name(path, src)
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for node, at_once, for_types in _walk(tree.body, at_once=True, for_types=False):
            assert isinstance(node, ast.Import | ast.ImportFrom)
            for target in _targets(node, importer, is_package=path.name == "__init__.py"):
                found.append(Import(path, node.lineno, importer, target, at_once, for_types))
    return found


def direction_faults(imports: list[Import], public: dict[str, str]) -> Iterator[tuple[Import, str]]:
    """Imports that go up, sideways, or to a room that the order does not name."""
    for each in imports:
        here = room_of(each.importer, {})
        there = room_of(each.imported, public)
        if each.imported == PACKAGE and here in LEVEL and here != "cli":
            yield each, "imports the whole package, so it may reach any room"
        if here is None or there is None or here == there or "__" in there:
            continue
        if here == "__main__" and there == "cli":
            continue
        unknown = [room for room in (here, there) if room not in LEVEL]
        if unknown:
            yield each, f"{unknown[0]} is not a room with a place in the order"
        elif LEVEL[there] <= LEVEL[here]:
            yield each, f"imports {there}"


def _heavy_name(imported: str, heavy: frozenset[str]) -> str | None:
    parts = imported.split(".")
    return next((".".join(parts[:i]) for i in range(1, len(parts) + 1) if ".".join(parts[:i]) in heavy), None)


def loaded_at_start(imports: list[Import], modules: set[str]) -> set[str]:
    """Modules of the package that `ENTRIES` load, by following the imports at the top of modules."""
    reached: set[str] = set()
    waiting = [entry for entry in ENTRIES if entry in modules]
    while waiting:
        module = waiting.pop()
        if module in reached:
            continue
        reached.add(module)
        for each in imports:
            if each.importer == module and each.at_once:
                parts = each.imported.split(".")
                prefixes = [".".join(parts[:i]) for i in range(1, len(parts) + 1)]
                waiting.extend(prefix for prefix in prefixes if prefix in modules)
    return reached


def heavy_faults(imports: list[Import], modules: set[str]) -> Iterator[tuple[Import, str]]:
    """Packages that would load before anyone needs them."""
    start = loaded_at_start(imports, modules)
    for each in imports:
        if not each.at_once:
            continue
        if each.importer in start and (name := _heavy_name(each.imported, HEAVY)):
            yield each, f"imports {name} at its top, and every start of the command loads it"
        elif name := _heavy_name(each.imported, ON_DEMAND):
            yield each, f"imports {name} at its top; import it inside the function that needs it"


def faults(src: Path) -> list[str]:
    """One line a fault, ready to print; empty when all is well."""
    imports = read_imports(src)
    modules = {module_name(path, src) for path in (src / PACKAGE).rglob("*.py")}
    lines = [
        f"{each.path.relative_to(src / PACKAGE).as_posix()}:{each.line} {what}: imports go {DIRECTION}"
        for each, what in direction_faults(imports, public_names(src))
    ]
    lines += [
        f"{each.path.relative_to(src / PACKAGE).as_posix()}:{each.line} {what}"
        for each, what in heavy_faults(imports, modules)
    ]
    return sorted(set(lines))


def main(arguments: list[str]) -> int:
    """Print the faults found under the folder given, or under this checkout's src."""
    src = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1] / "src"
    found = faults(src)
    for line in found:
        print(line)
    if not found:
        print(f"imports go one way: {DIRECTION}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
