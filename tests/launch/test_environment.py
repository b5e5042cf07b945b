"""Where packages come from and when an environment must be built anew."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from launch import Refusal, environment
from launch.environment import Sources, build, fetch_pip, is_built, pip_files, pip_sources, stamp_of, tool_environment


def an_environment(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


def test_a_stamped_environment_is_used_again(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("one==1\n")
    venv = an_environment(tmp_path / ".venv")
    (venv / environment.STAMP).write_text(stamp_of(tmp_path / "requirements.txt"))
    assert is_built(venv, tmp_path / "requirements.txt")
    assert build(venv, tmp_path / "requirements.txt", tmp_path / "tools") == venv / "bin" / "python"


def test_a_changed_requirement_a_torn_stamp_or_a_lost_interpreter_means_building_anew(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("one==1\n")
    venv = an_environment(tmp_path / ".venv")
    (venv / environment.STAMP).write_text(stamp_of(requirements))
    requirements.write_text("one==2\n")
    assert not is_built(venv, requirements)
    requirements.write_text("one==1\n")
    assert is_built(venv, requirements)
    (venv / environment.STAMP).write_text("")
    assert not is_built(venv, requirements)
    (venv / environment.STAMP).write_text(stamp_of(requirements))
    (venv / "bin" / "python").unlink()
    assert not is_built(venv, requirements)


def test_another_interpreter_means_building_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("one==1\n")
    before = stamp_of(tmp_path / "requirements.txt")
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert stamp_of(tmp_path / "requirements.txt") != before


def test_a_copy_without_its_requirements_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with pytest.raises(Refusal, match=r"requirements-dev\.txt is missing"):
        build(tmp_path / ".venv", tmp_path / "requirements-dev.txt", tmp_path / "tools")


def test_pip_is_read_from_its_files_and_the_environment_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "weak.conf").write_text(
        "[global]\nindex-url = https://one.example/simple\ncert = /etc/ca.pem\n"
        "extra-index-url =\n    https://two.example/simple\n    file:///three\n"
    )
    (tmp_path / "strong.conf").write_text(
        "[install]\nindex-url = https://four.example/simple\n[global]\nno-index = no\n"
    )
    files = [tmp_path / "weak.conf", tmp_path / "absent.conf", tmp_path / "strong.conf"]
    assert pip_sources({}, files) == Sources(
        index="https://four.example/simple",
        extra=("https://two.example/simple", "file:///three"),
        certificate="/etc/ca.pem",
    )
    named = {"PIP_INDEX_URL": "https://five.example/simple", "PIP_TRUSTED_HOST": "five.example", "PIP_NO_INDEX": "1"}
    found = pip_sources(named, files)
    assert (found.index, found.trusted, found.no_index) == ("https://five.example/simple", ("five.example",), True)


def test_a_broken_pip_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("no section = here\n")
    assert pip_sources({}, [tmp_path / "pip.conf"]) == Sources()


def test_uv_is_told_what_pip_knows() -> None:
    sources = Sources(
        index="https://one.example/simple", extra=("file:///two",), links=("/wheels",), trusted=("one.example",)
    )
    assert sources.for_uv() == [
        "--index-url",
        "https://one.example/simple",
        "--extra-index-url",
        "file:///two",
        "--find-links",
        "/wheels",
        "--allow-insecure-host",
        "one.example",
        "--index-strategy",
        "unsafe-best-match",
    ]
    assert Sources().for_uv() == []


def test_pip_is_not_read_from_anywhere_when_its_files_are_switched_off() -> None:
    assert pip_files({"PIP_CONFIG_FILE": os.devnull}, Path("/home/somebody")) == []
    assert Path("/home/somebody/.config/pip/pip.conf") in pip_files({}, Path("/home/somebody"))


def test_tools_do_not_inherit_what_leads_an_interpreter_astray() -> None:
    env = tool_environment({"PYTHONHOME": "/x", "PYTHONPATH": "/y", "VIRTUAL_ENV": "/z", "HOME": "/h"}, Sources())
    assert {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}.isdisjoint(env)
    assert env["HOME"] == "/h"
    assert env["UV_PYTHON_DOWNLOADS"] == "never"


def an_index(folder: Path, content: bytes) -> str:
    (folder / "simple" / "pip").mkdir(parents=True)
    (folder / environment.PIP_WHEEL).write_bytes(content)
    link = f'<a href="../../{environment.PIP_WHEEL}#sha256=00">pip</a>'
    (folder / "simple" / "pip" / "index.html").write_text(link)
    return (folder / "simple").as_uri()


def test_a_fetched_pip_with_another_hash_is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    index = an_index(tmp_path, b"not pip")
    with pytest.raises(Refusal, match="sha256"):
        fetch_pip(Sources(index=index), tmp_path / "kept.whl")
    assert not (tmp_path / "kept.whl").exists()


def test_a_fetched_pip_with_the_known_hash_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = an_index(tmp_path, b"pip")
    monkeypatch.setattr(environment, "PIP_SHA256", hashlib.sha256(b"pip").hexdigest())
    fetch_pip(Sources(index=index), tmp_path / "kept.whl")
    assert (tmp_path / "kept.whl").read_bytes() == b"pip"
