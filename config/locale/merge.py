"""Merge the Chinese of every part of the product into one catalog, and compile it.

    python config/locale/merge.py            writes LC_MESSAGES/django.po and django.mo
    python config/locale/merge.py --check    writes nothing; fails when a word has no Chinese or the files are stale

Each part keeps its own `zh_Hans/parts/<part>.po`, so that two people do not edit one file. The program
needs no gettext binaries: Django's `templatize` finds the words of a template as makemessages would, `ast` those of a
module, and the `.mo` format (GNU gettext manual, "The Format of GNU MO Files") is written here.
"""

from __future__ import annotations

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHINESE = HERE / "zh_Hans"
PACKAGES = ("config", "notifications", "compliance", "screening", "audit")
HEADER = (
    "Project-Id-Version: gatehouse\nLanguage: zh_Hans\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=1; plural=0;\n"
)
# name of the function → which argument is the context, the message, the plural
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
CALLS |= {f"{name}_lazy": places for name, places in CALLS.items() if name != "_"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

Key = tuple[str | None, str]


class Broken(Exception):
    """A catalog or a source cannot be read; the sentence says where and why."""


@dataclass(frozen=True)
class Entry:
    """One message: its context, its plural if it counts, and its Chinese."""

    context: str | None
    message: str
    plural: str | None
    chinese: str
    part: str = ""

    @property
    def key(self) -> Key:
        return self.context, self.message


def read_part(path: Path) -> Iterator[Entry]:
    """Yield the entries of one `.po` file. Raises Broken with the line number."""
    fields: dict[str, str] = {}
    field = ""
    for number, line in enumerate([*path.read_text("utf-8").splitlines(), ""], start=1):
        line = line.strip()
        starts = re.match(r"(msgctxt|msgid_plural|msgid|msgstr)(\[0\])?\s+(?=\")", line)
        if not line or line.startswith("#") or (starts and starts[1] in ("msgctxt", "msgid") and "msgstr" in fields):
            if fields.get("msgid"):
                yield Entry(
                    fields.get("msgctxt"),
                    fields["msgid"],
                    fields.get("msgid_plural"),
                    fields.get("msgstr", ""),
                    path.name,
                )
            if not starts or "msgstr" in fields:
                fields = {}
        if not line or line.startswith("#"):
            continue
        if starts:
            field, line = starts[1], line[starts.end() :]
            fields[field] = ""
        if not field or not STRING.fullmatch(line):
            raise Broken(f"{path.name}, line {number}: neither a comment nor a msgid or msgstr: {line[:60]}")
        fields[field] += ast.literal_eval(line)


def collect() -> tuple[dict[Key, Entry], list[str]]:
    """Return every entry of every part, and what is wrong with them, one sentence each."""
    entries: dict[Key, Entry] = {}
    wrong = []
    for path in sorted((CHINESE / "parts").glob("*.po")):
        for entry in read_part(path):
            other = entries.setdefault(entry.key, entry)
            if other.chinese != entry.chinese:
                wrong.append(
                    f"“{entry.message}” is “{other.chinese}” in {other.part} and “{entry.chinese}” in {entry.part}: "
                    "say one thing one way, or give it a msgctxt"
                )
            if not entry.chinese.strip():
                wrong.append(f"“{entry.message}” in {entry.part} has no Chinese")
            allowed = set(PLACEHOLDER.findall(entry.message)) | set(PLACEHOLDER.findall(entry.plural or ""))
            for stray in sorted(set(PLACEHOLDER.findall(entry.chinese)) - allowed):
                wrong.append(
                    f"“{entry.message}” in {entry.part}: its Chinese names {stray}, which the English does not"
                )
    return entries, wrong


def used() -> dict[Key, str]:
    """Return the messages the product uses, each with the first place that uses it."""
    found: dict[Key, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                for key in in_module(path.read_text("utf-8"), path):
                    found.setdefault(key, str(path.relative_to(ROOT)))
    templates = [ROOT / "templates", *(ROOT / package for package in PACKAGES)]
    for path in sorted(p for folder in templates for ending in ("html", "txt") for p in folder.rglob(f"*.{ending}")):
        for key in in_template(path.read_text("utf-8"), path):
            found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def in_module(source: str, path: Path) -> Iterator[Key]:
    """Yield the messages of a Python module."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise Broken(f"{path}, line {error.lineno}: not Python") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                context, message, _plural = CALLS[name]
                words = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
                if len(words) > message and isinstance(words[message], str) and words[message]:
                    yield (words[context] if context is not None else None), words[message]


def in_template(source: str, path: Path) -> Iterator[Key]:
    """Yield the messages of a template, spelled as Django will ask for them."""
    from django.utils.translation.template import templatize

    flat = templatize(source, origin=str(path))
    for call in re.finditer(r"(?<![\w])(_|gettext|ngettext|pgettext|npgettext)\(", flat):
        for close in re.finditer(r"\)", flat[call.end() :]):
            try:
                expression = ast.parse(flat[call.start() : call.end() + close.end()].strip(), mode="eval")
            except SyntaxError:
                continue
            yield from in_module(ast.unparse(expression), path)
            break


def as_po(entries: dict[Key, Entry]) -> str:
    """Return the merged catalog as text, in the order of the messages."""

    def quoted(text: str) -> str:
        plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        lines = [line.replace("\n", "\\n") for line in plain.splitlines(keepends=True)] or [""]
        return f'"{lines[0]}"' if len(lines) == 1 else "\n".join(['""', *(f'"{line}"' for line in lines)])

    blocks = [
        "# Merged by config/locale/merge.py from zh_Hans/parts. Edit the parts.\n"
        + f'msgid ""\nmsgstr {quoted(HEADER)}'
    ]
    for _key, entry in sorted(entries.items(), key=lambda pair: (pair[0][1], pair[0][0] or "")):
        lines = ["#, python-format"] if "%(" in entry.message else []
        lines += [f"msgctxt {quoted(entry.context)}"] if entry.context is not None else []
        lines += [f"msgid {quoted(entry.message)}"]
        lines += [f"msgid_plural {quoted(entry.plural)}"] if entry.plural else []
        lines += [f"{'msgstr[0]' if entry.plural else 'msgstr'} {quoted(entry.chinese)}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def as_mo(entries: dict[Key, Entry]) -> bytes:
    """Return the merged catalog in GNU gettext's binary form: little-endian, no hash table, originals sorted."""
    pairs = {b"": HEADER.encode()}
    for entry in entries.values():
        original = entry.message if entry.context is None else f"{entry.context}\x04{entry.message}"
        pairs[(f"{original}\x00{entry.plural}" if entry.plural else original).encode()] = entry.chinese.encode()
    originals = sorted(pairs)
    heads, texts, at = [], b"", 28 + 16 * len(originals)
    for text in (*originals, *(pairs[original] for original in originals)):
        heads.append(struct.pack("<II", len(text), at + len(texts)))
        texts += text + b"\x00"
    start = struct.pack("<7I", 0x950412DE, 0, len(originals), 28, 28 + 8 * len(originals), 0, at)
    return start + b"".join(heads) + texts


def main(arguments: list[str] | None = None) -> int:
    """Merge, or check. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is missing or stale")
    asked = parser.parse_args(arguments)
    folder = CHINESE / "LC_MESSAGES"
    try:
        entries, wrong = collect()
        needed = used()
    except Broken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    wrong += [
        f"{place}: “{key[1]}” has no Chinese" for key, place in sorted(needed.items(), key=str) if key not in entries
    ]
    outputs = {folder / "django.po": as_po(entries).encode(), folder / "django.mo": as_mo(entries)}
    for path, content in outputs.items():
        stale = not path.exists() or path.read_bytes() != content
        if stale and asked.check:
            wrong.append(f"{path.relative_to(ROOT)} is stale: run python config/locale/merge.py")
        elif stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    unused = len(set(entries) - set(needed))
    sys.stdout.write(f"{len(entries)} messages, {len(needed)} in use, {unused} kept for later, {len(wrong)} to mend\n")
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    return 1 if wrong and asked.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
