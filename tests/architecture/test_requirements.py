"""The locked files say what pyproject.toml says. No network: each bears a digest of the tables it was resolved from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from launch.requirements import EXPORTS, MARK, digest_of, written_digest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"


def locked(name: str) -> dict[str, str]:
    """Package to version, names folded as the index folds them."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pairs = [re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line) for line in lines]
    return {re.sub(r"[-_.]+", "-", pair[1]).lower(): pair[2] for pair in pairs if pair}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_locked_file_is_resolved_from_the_dependencies_of_today(name: str) -> None:
    extra, _ = EXPORTS[name]
    assert written_digest(ROOT / name) == digest_of(PYPROJECT, extra), (
        f"{name} is stale: run `python3 launch requirements` and commit what it writes"
    )


@pytest.mark.parametrize("name", EXPORTS)
def test_every_pinned_dependency_is_locked_at_its_pin(name: str) -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    extra, _ = EXPORTS[name]
    wanted = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    found = locked(name)
    for line in wanted:
        pair = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?:==([^\s;]+))?", line)
        assert pair is not None
        folded = re.sub(r"[-_.]+", "-", pair[1]).lower()
        assert folded in found, f"{line} is not in {name}"
        if pair[2]:
            assert found[folded] == pair[2]


@pytest.mark.parametrize("name", EXPORTS)
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[a-z0-9])", text.partition(MARK)[2].partition("\n")[2])
    assert all("--hash=sha256:" in package for package in packages if package.strip())
    assert "://" not in text


def test_what_is_tested_is_what_is_deployed() -> None:
    tested = locked("requirements-dev.txt")
    assert {name: tested.get(name) for name in locked("requirements.txt")} == locked("requirements.txt")


def test_a_changed_dependency_changes_the_digest(tmp_path: Path) -> None:
    changed = tmp_path / "pyproject.toml"
    changed.write_text(PYPROJECT.read_text(encoding="utf-8").replace('"redis==8.1.0"', '"redis==8.1.1"'))
    assert digest_of(changed, None) != digest_of(PYPROJECT, None)
    changed.write_text(PYPROJECT.read_text(encoding="utf-8") + "\n[tool.other]\nsetting = 1\n")
    assert digest_of(changed, None) == digest_of(PYPROJECT, None)
