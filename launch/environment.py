"""The virtual environment, from a locked file, on a machine that may have neither pip nor anything else.

uv is quick and needs no ensurepip; plain pip can do the same from the same file. Hashes are checked either way.
Package indexes are those pip is configured for: uv does not read pip's configuration, so it is handed over.
"""

from __future__ import annotations

import configparser
import fcntl
import hashlib
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launch import Refusal
from launch.words import say

DEFAULT_INDEX = "https://pypi.org/simple"
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
STAMP = "gatehouse-stamp"
UV_OWN_SETTINGS = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_CONFIG_FILE")


@dataclass(frozen=True)
class Sources:
    """Where packages may come from, as pip is configured on this machine."""

    index: str = ""
    extra: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    certificate: str = ""
    no_index: bool = False

    def for_uv(self) -> list[str]:
        """Return the same sources as arguments of `uv pip`."""
        found: list[str] = []
        if self.no_index:
            found.append("--no-index")
        if self.index:
            found += ["--index-url", self.index]
        for url in self.extra:
            found += ["--extra-index-url", url]
        for link in self.links:
            found += ["--find-links", link]
        for host in self.trusted:
            found += ["--allow-insecure-host", host]
        # pip takes the best of all indexes; uv stops at the first that knows the name. Hashes make this safe.
        return [*found, "--index-strategy", "unsafe-best-match"] if self.extra else found


def pip_files(environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return the files pip reads, weakest first."""
    if environ.get("PIP_CONFIG_FILE") == os.devnull:
        return []
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip/pip.conf", config / "pip/pip.conf"]
    if sys.platform == "darwin":
        files[:1] = [Path("/Library/Application Support/pip/pip.conf")]
        files.append(home / "Library/Application Support/pip/pip.conf")
    if environ.get("PIP_CONFIG_FILE"):
        files.append(Path(environ["PIP_CONFIG_FILE"]))
    return files


def pip_sources(environ: Mapping[str, str], files: Iterable[Path]) -> Sources:
    """Read what pip is told by its files and by PIP_* variables, the later over the earlier."""
    values: dict[str, str] = {}
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue  # pip itself will say what is wrong with it, should it come to that
        for section in ("global", "install"):
            if parser.has_section(section):
                values.update(parser.items(section))
    for name in ("index-url", "extra-index-url", "find-links", "trusted-host", "cert", "no-index"):
        given = environ.get("PIP_" + name.upper().replace("-", "_"))
        if given:
            values[name] = given
    return Sources(
        index=values.get("index-url", "").strip(),
        extra=tuple(values.get("extra-index-url", "").split()),
        links=tuple(values.get("find-links", "").split()),
        trusted=tuple(values.get("trusted-host", "").split()),
        certificate=values.get("cert", "").strip(),
        no_index=values.get("no-index", "").strip().lower() in ("1", "true", "yes", "on"),
    )


def stamp_of(requirements: Path) -> str:
    """Return what an environment must have been built from to be used again: the file, the interpreter, the machine."""
    digest = hashlib.sha256(requirements.read_bytes())
    for part in (sys.version, os.path.realpath(sys.executable), platform.machine(), sys.platform):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


def python_of(folder: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return folder / "bin" / "python"


def is_built(folder: Path, requirements: Path) -> bool:
    """Say whether this environment was wholly built from this file by this interpreter."""
    try:
        kept = (folder / STAMP).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    return kept == stamp_of(requirements) and python_of(folder).exists()


def build(folder: Path, requirements: Path, tools: Path) -> Path:
    """Return the interpreter of an environment that holds exactly what the file locks, building it if needed.

    `tools` is a folder for uv or pip should the machine have none. Two launchers may ask at once: one builds, one
    waits. Raises Refusal when nothing could be installed.
    """
    if not requirements.exists():
        raise Refusal("{file} is missing: this does not look like a whole copy of Gatehouse.", file=requirements.name)
    tools.mkdir(parents=True, exist_ok=True)
    with (tools / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built(folder, requirements):
            return python_of(folder)
        began = time.monotonic()
        say("Building the Python environment from {file} …", file=requirements.name)
        try:
            (folder / STAMP).unlink(missing_ok=True)
            _install(folder, requirements, tools)
            (folder / STAMP).write_text(stamp_of(requirements), encoding="ascii")
        except OSError as error:
            raise Refusal(
                "{path} cannot be written ({reason}). Run this from a copy in a folder you own.",
                path=error.filename or folder,
                reason=error.strerror,
            ) from error
        say("Python environment ready in {seconds} s.", seconds=f"{time.monotonic() - began:.1f}")
        return python_of(folder)


def tool_environment(environ: Mapping[str, str], sources: Sources) -> dict[str, str]:
    """Return the variables uv and pip run under: the machine's own, less what would lead them astray."""
    env = {name: value for name, value in environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")}
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env["UV_PYTHON_DOWNLOADS"] = "never"  # uv would fetch an interpreter from elsewhere than the index
    env["UV_NO_PROGRESS"] = "1"
    env.setdefault("UV_SYSTEM_CERTS", "1")
    env.setdefault("UV_HTTP_TIMEOUT", "120")
    if sources.certificate:
        env.setdefault("SSL_CERT_FILE", sources.certificate)
    return env


def _run(command: list[str], env: Mapping[str, str]) -> tuple[bool, list[str]]:
    """Run a tool; return whether it succeeded and its last lines. A tool that is not there has failed."""
    try:
        done = subprocess.run(
            command, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        return False, [str(error)]
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return done.returncode == 0, lines[-15:]


def _install(folder: Path, requirements: Path, tools: Path) -> None:
    # A private umask would hide the servers in the wheels from the account they run as.
    os.umask(0o022)
    sources = pip_sources(os.environ, pip_files(os.environ, Path.home()))
    env = tool_environment(os.environ, sources)
    if folder.exists() and not _run([str(python_of(folder)), "-c", ""], env)[0]:
        shutil.rmtree(folder)
    uv = find_uv(tools, sources, env)
    lines: list[str] = []
    if uv:
        done, lines = _install_with_uv(uv, folder, requirements, sources, env)
        if done:
            return
        say("uv could not install ({reason}); trying pip.", reason=lines[-1].strip() if lines else "?")
        shutil.rmtree(folder, ignore_errors=True)
    done, pip_lines = _install_with_pip(pip_command(tools, sources), folder, requirements, env)
    if not done:
        raise Refusal(
            "The packages could not be installed. The last lines were:\n{lines}\nIs a package index reachable? "
            "Set PIP_INDEX_URL or pip's own configuration to one that is.",
            lines="\n".join(pip_lines or lines),
        )


def find_uv(tools: Path, sources: Sources, env: Mapping[str, str]) -> str | None:
    """Return a uv that runs: the machine's, the one fetched before, or one fetched now. None when there is none."""
    fetched = tools / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(fetched)):
        # A shim may be on the path and lead nowhere, so it is asked.
        if candidate and _run([candidate, "--version"], env)[0]:
            return candidate
    lock = Path(__file__).parent / "uv.txt"
    # PEP 668 forbids pip to touch the system's packages, not a folder of our own.
    target = ["install", "--quiet", "--target", str(tools / "uv"), "--upgrade", "--no-deps", "--require-hashes"]
    done, _ = _run([*pip_command(tools, sources), *target, "--only-binary", ":all:", "-r", str(lock)], env)
    return str(fetched) if done and _run([str(fetched), "--version"], env)[0] else None


def _install_with_uv(
    uv: str, folder: Path, requirements: Path, sources: Sources, env: Mapping[str, str]
) -> tuple[bool, list[str]]:
    if not folder.exists():
        made, lines = _run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(folder)], env)
        if not made:
            return made, lines
    where = [] if any(env.get(name) for name in UV_OWN_SETTINGS) else sources.for_uv()
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)]
    return _run([uv, "pip", "install", "--quiet", "--python", str(python_of(folder)), *where, *locked], env)


def _install_with_pip(
    pip: list[str], folder: Path, requirements: Path, env: Mapping[str, str]
) -> tuple[bool, list[str]]:
    if not folder.exists():
        # Without pip inside: Debian splits off the part that would put it there.
        made, lines = _run([sys.executable, "-m", "venv", "--without-pip", str(folder)], env)
        if not made:
            return made, lines
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)]
    return _run([*pip, "--python", str(python_of(folder)), "install", "--quiet", *locked], env)


def pip_command(tools: Path, sources: Sources) -> list[str]:
    """Return the words that run pip: the interpreter's own, or a wheel fetched into the tools folder."""
    env = tool_environment(os.environ, sources)
    done, lines = _run([sys.executable, "-m", "pip", "--version"], env)
    version = re.match(r"pip (\d+)\.(\d+)", lines[-1]) if done and lines else None
    if version and (int(version[1]), int(version[2])) >= (22, 3):  # the first that installs for another interpreter
        return [sys.executable, "-m", "pip"]
    wheel = tools / PIP_WHEEL
    if not wheel.exists():
        fetch_pip(sources, wheel)
    return [sys.executable, str(wheel / "pip")]


def fetch_pip(sources: Sources, wheel: Path) -> None:
    """Fetch pip's own wheel from the first index that has it and check it against the hash known here.

    A wheel is a zip that Python can run as it is. Raises Refusal when no index gives it.
    """
    context = ssl.create_default_context(cafile=sources.certificate or None)
    reason: object = "?"
    indexes = [url for url in (sources.index or DEFAULT_INDEX, *sources.extra) if url]
    for index in indexes:
        page_url = index.rstrip("/") + "/pip/"
        if page_url.startswith("file:"):
            page_url += "index.html"
        try:
            page = _read(page_url, context).decode("utf-8", "replace")
            link = re.search(rf'href="([^"]*{re.escape(PIP_WHEEL)}[^"]*)"', page)
            if link is None:
                reason = f"no {PIP_WHEEL}"
                continue
            content = _read(urllib.parse.urljoin(page_url, link[1].replace("&amp;", "&")), context)
        except (OSError, ValueError, urllib.error.URLError) as error:
            reason = error
            continue
        if hashlib.sha256(content).hexdigest() != PIP_SHA256:
            reason = f"{PIP_WHEEL}: sha256"
            continue
        partial = wheel.with_suffix(".part")
        partial.write_bytes(content)
        partial.rename(wheel)
        return
    raise Refusal(
        "No pip on this machine, and none could be fetched from {index} ({reason}). Install it "
        "(on Debian: apt-get install python3-pip) or make the index reachable.",
        index=", ".join(indexes),
        reason=reason,
    )


def _read(url: str, context: ssl.SSLContext) -> bytes:
    with urllib.request.urlopen(url, timeout=60, context=context) as answer:
        return bytes(answer.read())
