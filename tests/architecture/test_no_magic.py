"""What this house does without, checked by reading the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("audit", "screening", "compliance", "notifications", "config")
PURE = ("compliance/ear", "compliance/lifecycle.py", "screening/matching", "audit/chain.py")
DOORS = ("compliance/web", "compliance/api", "compliance/tasks.py", "screening/web", "screening/tasks.py")
CLOCKS = {("timezone", "now"), ("timezone", "localdate"), ("datetime", "now"), ("date", "today"), ("time", "time")}


def sources(*places: str) -> Iterator[tuple[Path, ast.Module]]:
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            if "migrations" not in file.parts:
                yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))


def test_nothing_listens_to_signals() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and "signals" in node.module.split(".")
        # The one exception records failed sign-ins, which nothing else tells of.
        and path != Path("compliance/web/accounts.py")
    ]
    assert found == []


def test_no_model_overrides_save_or_delete() -> None:
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources(*PACKAGES)
        if "models" in str(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "full_clean"}
    ]
    assert found == []


def test_no_generic_foreign_keys() -> None:
    found = [
        str(path)
        for path, tree in sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in {"GenericForeignKey", "GenericRelation"}
    ]
    assert found == []


def test_pure_code_reads_no_clock() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources(*PURE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (getattr(node.value, "attr", None) or getattr(node.value, "id", None), node.attr) in CLOCKS
    ]
    assert found == []


def test_doors_do_not_reach_for_rows() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources(*DOORS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert found == []


def test_services_never_enqueue() -> None:
    """A door may hand work to the workers once its transaction is over; what stands below a door never does."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources("audit", "compliance/services", "compliance/queries", "screening", "notifications")
        if path.parent.name != "web" and path.name != "tasks.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async", "send_task", "delay_on_commit"}
    ]
    assert found == []


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py", "misc.py"])
def test_no_module_without_a_subject(name: str) -> None:
    found = [str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob(name)]
    assert found == []
