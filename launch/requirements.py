"""The locked files, from pyproject.toml. `python3 launch requirements` writes them; a test finds stale ones."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from hashlib import sha256
from pathlib import Path

from launch import Refusal, environment
from launch.state import open_state
from launch.words import say

# Each file, the extra it adds, and the file whose versions it keeps: what is tested is what is deployed.
EXPORTS: dict[str, tuple[str | None, str | None]] = {
    "requirements.txt": (None, None),
    "requirements-dev.txt": ("dev", "requirements.txt"),
    "requirements-quality.txt": ("quality", "requirements-dev.txt"),
}
MARK = "# dependencies sha256: "


def digest_of(pyproject: Path, extra: str | None) -> str:
    """Return a digest of what one file is resolved from: the dependency tables and the oldest Python, nothing else."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    source = {
        "requires-python": project["requires-python"],
        "dependencies": sorted(project["dependencies"]),
        "extra": sorted(extras[extra]) if extra else [],
    }
    return sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()


def written_digest(export: Path) -> str:
    """Return the digest a file says it was resolved from; empty when it says none."""
    with export.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(MARK):
                return line.removeprefix(MARK).strip()
            if not line.startswith("#"):
                break
    return ""


def check(root: Path) -> int:
    """Return 0 when all files are resolved from the dependencies of today. Raises Refusal naming those that are not."""
    stale = [
        name
        for name, (extra, _) in EXPORTS.items()
        if not (root / name).exists() or written_digest(root / name) != digest_of(root / "pyproject.toml", extra)
    ]
    if stale:
        raise Refusal(
            "{files} do not match pyproject.toml: run `python3 launch requirements` and commit what it writes.",
            files=", ".join(stale),
        )
    return 0


def write(root: Path) -> int:
    """Resolve all files anew, keeping the versions they already name where those still fit. Returns 0."""
    tools = open_state(root / ".state") / "tools"
    tools.mkdir(exist_ok=True)
    sources = environment.pip_sources(os.environ, environment.pip_files(os.environ, Path.home()))
    env = environment.tool_environment(os.environ, sources)
    uv = environment.find_uv(tools, sources, env)
    if uv is None:
        raise Refusal("uv is needed to resolve the packages; it was not found and could not be installed.")
    # Only the main index: one beside it may hold a few of a release's files, and the lock would know only those.
    index = ["--index-url", sources.index] if sources.index else []
    for name, (extra, base) in EXPORTS.items():
        command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11", "pyproject.toml"]
        command += ["--output-file", name, *index]
        if extra:
            command += ["--extra", extra]
        if base:
            command += ["--constraint", base]
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
        if done.returncode:
            raise Refusal("uv could not resolve {file}:\n{lines}", file=name, lines=done.stderr.strip())
        export = root / name
        head = "# Written by `python3 launch requirements` from pyproject.toml; change that and run it again.\n"
        head += f"{MARK}{digest_of(root / 'pyproject.toml', extra)}\n"
        export.write_text(head + export.read_text(encoding="utf-8"), encoding="utf-8")
        say("Wrote {file}", file=name)
    return 0
