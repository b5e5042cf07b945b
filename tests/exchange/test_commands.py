"""The commands as a shell meets them: no database, answers in order, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# A database that does not exist: these commands must not look for one.
NOWHERE = {"DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none", "PYTHONIOENCODING": "ascii"}


def run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, input=given, env=os.environ | NOWHERE, capture_output=True
    )


def test_standard_input_in_and_out_in_order_with_an_error_between() -> None:
    done = run(
        "determine", "--on", "2026-03-01", "--explain", "zh", given=b'{"destination":"CN"}\nx\n{"facts":{},"id":7}\n'
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["line"] for line in lines] == [1, 2, 3]
    assert ["error" in line for line in lines] == [False, True, False]
    assert (lines[2]["id"], lines[2]["on"]) == (7, "2026-03-01")
    assert "每行" in lines[1]["error"]["message"]
    assert done.returncode == 1


def test_all_read_is_zero_and_wrong_use_is_two(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,eccn\na,EAR99\n", "utf-8")
    done = run("classify", str(path))
    assert done.returncode == 0
    assert json.loads(done.stdout)["line"] == 2
    assert run("determine", str(tmp_path / "none")).returncode == 2
    assert run("determine", "--on", "tomorrow").returncode == 2
    assert run("determine", "--reading", "kind").returncode == 2


def test_the_schema_is_printed() -> None:
    done = run("determine", "--schema")
    assert json.loads(done.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert done.returncode == 0
