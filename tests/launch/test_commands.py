"""What a person types and is told."""

from __future__ import annotations

import ast
import os
import string
import subprocess
import sys
from pathlib import Path

import pytest

from launch import Refusal
from launch.testing import find_chromium, pytest_arguments
from launch.words import ZH, language, words

ROOT = Path(__file__).resolve().parents[2]


def sentences() -> set[str]:
    """Every sentence the launcher may say: the first argument of say(), words() and Refusal() in its modules."""
    found = set()
    for file in (ROOT / "launch").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"say", "words", "Refusal"}
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found - {"{line}"}


def places_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_has_its_chinese_and_none_is_left_over() -> None:
    assert sentences() == set(ZH)


def test_every_translation_has_the_places_of_its_sentence() -> None:
    assert {english: places_of(zh) for english, zh in ZH.items()} == {english: places_of(english) for english in ZH}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_SG.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_terminal_decides_the_language(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected


def test_a_sentence_is_said_in_chinese_to_a_chinese_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert words("Everything is stopped.") == "已全部停止。"


def test_no_command_is_an_error_that_says_what_there_is() -> None:
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run([sys.executable, "launch", "fly"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "Say what to do: run, test, requirements or environment.\n"


@pytest.mark.parametrize("command", ["run", "test"])
def test_the_two_commands_are_three_lines_that_can_be_run(command: str) -> None:
    assert os.access(ROOT / command, os.X_OK)
    lines = (ROOT / command).read_text().splitlines()
    assert len(lines) == 3
    assert lines[2] == f'exec python3 launch {command} "$@"'


def test_the_launcher_needs_nothing_but_the_standard_library() -> None:
    imported = set()
    for file in (ROOT / "launch").glob("*.py"):
        if file.name == "prepare.py":  # runs inside the finished environment
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"launch"}


@pytest.mark.parametrize(
    ("given", "browser", "expected"),
    [
        ([], True, ["-n", "2", "--dist", "loadfile"]),
        (["-n", "0", "tests/ear"], True, ["-n", "0", "tests/ear"]),
        (["-n0"], False, ["-n0", "-m", "not e2e"]),
        (["-n0", "-m", "worker or e2e"], False, ["-n0", "-m", "(worker or e2e) and not e2e"]),
        (["-n0", "-m=worker"], False, ["-n0", "-m(worker) and not e2e"]),
        (["--pdb", "-x"], True, ["--pdb", "-x"]),
    ],
)
def test_pytest_is_given_what_was_asked_and_no_browser_where_there_is_none(
    given: list[str], browser: bool, expected: list[str]
) -> None:
    assert pytest_arguments(given, browser) == expected


def test_a_browser_that_is_named_but_cannot_be_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with pytest.raises(Refusal, match="which cannot be run"):
        find_chromium({"CHROMIUM_PATH": str(tmp_path / "chromium")})


def test_a_browser_is_found_on_the_path_or_not_at_all(tmp_path: Path) -> None:
    assert find_chromium({"PATH": str(tmp_path)}) is None
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    assert find_chromium({"PATH": str(tmp_path)}) == str(tmp_path / "chromium")
