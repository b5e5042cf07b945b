"""The launcher's own commands: `python3 launch run|test|requirements|environment`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from launch import Refusal, environment, requirements, supervisor, testing
from launch.state import open_state

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Do one command and return the exit status; what cannot be done is said in a sentence, with status 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    command, *rest = arguments or [""]
    try:
        match command:
            case "run":
                return supervisor.run(ROOT, rest)
            case "test":
                return testing.test(ROOT, rest)
            case "requirements":
                return requirements.check(ROOT) if "--check" in rest else requirements.write(ROOT)
            case "environment":
                return _environment(rest[0] if rest else "dev")
        raise Refusal("Say what to do: run, test, requirements or environment.")
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def _environment(kind: str) -> int:
    """Build one environment: `dev`, which the two commands use, or `quality`, for the slow checks."""
    folder, file = {"quality": (".venv-quality", "requirements-quality.txt")}.get(
        kind, (".venv", "requirements-dev.txt")
    )
    state = open_state(ROOT / ".state")
    print(environment.build(ROOT / folder, ROOT / file, state / "tools"), flush=True)
    return 0
