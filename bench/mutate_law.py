"""Which small mistakes in the rules no scenario would notice: ``python -m bench.mutate_law part_744_23 parties``.

Each mutant is made in a forked process: one comparison, condition, constant or date is changed in place,
then the scenarios that run through that function are asked until one fails. A mutant that survives is tried on other
facts; if an outcome differs, the facts are printed, and a scenario is missing. ``--most`` bounds the mutants of a
module, ``--seconds`` the time. The exit code says whether such a mutant was found.
"""

from __future__ import annotations

import argparse
import ast
import copy
import datetime as dt
import gc
import importlib
import os
import random
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from compliance.ear import FIELDS, ORDER, Facts, Outcome, Reading, determine, the_book
from compliance.ear.trying import answers, having
from tests.ear.scenarios import Scenario, all_scenarios
from tests.ear.test_scenarios import test_scenario

FLIPPED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SAID = {"applies": "does_not_apply", "unknown": "does_not_apply", "does_not_apply": "applies"}
MOST_SCENARIOS = 700
Function = tuple[str, int]
"""A function by its qualified name and first line."""


class Mutant:
    """One change, by the number of its place in the module."""

    def __init__(self, says: str, line: int, functions: tuple[Function, ...], apply: Callable[[], None]) -> None:
        self.says, self.line, self.functions, self.apply = says, line, functions, apply


def changes(tree: ast.Module) -> Iterator[tuple[ast.AST, str, Callable[[Any], None]]]:
    """Yield every place in a function body that can be changed, with what the change says and does."""
    for top in tree.body:
        if not isinstance(top, ast.FunctionDef | ast.ClassDef):
            continue
        held = (
            [top] if isinstance(top, ast.FunctionDef) else [one for one in top.body if isinstance(one, ast.FunctionDef)]
        )
        for function in held:
            for statement in function.body:
                for node in ast.walk(statement):
                    yield from _of(node)


def _of(node: ast.AST) -> Iterator[tuple[ast.AST, str, Callable[[Any], None]]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        flipped = FLIPPED[type(node.ops[0])]
        yield (
            node,
            f"{type(node.ops[0]).__name__} becomes {flipped.__name__}",
            lambda n: n.ops.__setitem__(0, flipped()),
        )
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield node, f"{type(node.op).__name__} becomes {other.__name__}", lambda n: setattr(n, "op", other())
        for number in range(len(node.values)):
            yield node, f"operand {number + 1} dropped", partial(_drop, number)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, "not dropped", _bare
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, f"{node.value} becomes {not node.value}", lambda n: setattr(n, "value", not n.value)
    if isinstance(node, ast.If | ast.IfExp):
        yield node, "condition dropped", lambda n: setattr(n, "test", ast.copy_location(ast.Constant(False), n.test))
    if isinstance(node, ast.Name) and node.id in SAID and isinstance(node.ctx, ast.Load):
        yield node, f"{node.id} becomes {SAID[node.id]}", lambda n: setattr(n, "id", SAID[n.id])


def _drop(number: int, node: ast.BoolOp) -> None:
    node.values = [one for place, one in enumerate(node.values) if place != number]
    if len(node.values) == 1:
        node.values.append(copy.deepcopy(node.values[0]))


def _bare(node: ast.UnaryOp) -> None:
    node.op = ast.Not()
    node.operand = ast.copy_location(ast.UnaryOp(ast.Not(), node.operand), node)


def mutants(name: str) -> list[Mutant]:
    """Return every mutant of a module: changes of its functions, and of the days on which its rules begin and end."""
    module = importlib.import_module(name)
    file = str(module.__file__)
    tree = ast.parse(Path(file).read_text("utf-8"))
    by_place = functions_of(file)
    found = []
    for number, (node, says, _) in enumerate(changes(tree)):
        line = getattr(node, "lineno", 0)
        around = tuple(place for place in by_place if _holds(by_place[place], line))
        found.append(Mutant(says, line, around, partial(_swap, file, number)))
    for rule in getattr(module, "RULES", ()):
        place = (rule.body.__code__.co_qualname, rule.body.__code__.co_firstlineno)
        for which in ("effective", "end", "compliance", "unenforced"):
            day = getattr(rule.span, which)
            if day is None or not dt.date(2022, 10, 8) <= day:
                continue
            for step in (-1, 1):
                moved = replace(rule.span, **{which: day + dt.timedelta(days=step)})
                says = f"{rule.name}: {which} moved by {step} day"
                found.append(Mutant(says, place[1], (), partial(object.__setattr__, rule, "span", moved)))
    return found


def functions_of(file: str) -> dict[Function, list[types.FunctionType]]:
    """Return the functions that live, by place; made by one factory they share a place."""
    found: dict[Function, list[types.FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType) and one.__code__.co_filename == file:
            found[one.__code__.co_qualname, one.__code__.co_firstlineno].append(one)
    return found


def _holds(functions: list[types.FunctionType], line: int) -> bool:
    lines = [at for _, _, at in functions[0].__code__.co_lines() if at]
    return min(lines) <= line <= max(lines)


def _swap(file: str, number: int) -> None:
    tree = ast.parse(Path(file).read_text("utf-8"))
    node, _, change = list(changes(tree))[number]
    change(node)
    ast.fix_missing_locations(tree)
    made = compile(tree, file, "exec")
    by_place = functions_of(file)
    for code in _codes(made):
        for function in by_place.get((code.co_qualname, code.co_firstlineno), ()):
            if function.__code__.co_freevars == code.co_freevars:
                function.__code__ = code


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield one
            yield from _codes(one)


def forget() -> None:
    """Empty every memory of the law, so that a change shows."""
    for name, module in list(sys.modules.items()):
        if name.startswith("compliance.ear"):
            for one in vars(module).values():
                if hasattr(one, "cache_clear") and one is not the_book:
                    one.cache_clear()
    the_book()._days.clear()
    classification = sys.modules["compliance.ear.classification"]
    vars(classification)["_last"] = (None, None, None)


def running(scenarios: tuple[Scenario, ...]) -> dict[Function, list[int]]:
    """Return by function which scenarios run through it."""
    found: dict[Function, list[int]] = defaultdict(list)
    for number, scenario in enumerate(scenarios):
        seen: set[types.CodeType] = set()
        sys.setprofile(partial(_note, seen))
        try:
            scenario.determine()
        finally:
            sys.setprofile(None)
        for code in seen:
            found[code.co_qualname, code.co_firstlineno].append(number)
    return found


def _note(seen: set[types.CodeType], frame: types.FrameType, event: str, _: Any) -> None:
    if event == "call":
        seen.add(frame.f_code)


def others(scenarios: tuple[Scenario, ...], chance: random.Random, count: int) -> list[tuple[Facts, Scenario]]:
    """Return facts no scenario has: those of scenarios with two answers drawn anew."""
    keys, law = sorted(set(FIELDS) - {"case.parties"}), the_book().on(dt.date(2026, 3, 1), Reading.CODIFIED)
    found: list[tuple[Facts, Scenario]] = []
    while len(found) < count:
        scenario = chance.choice(scenarios)
        facts = scenario.facts
        known = [key for key in keys if not key.startswith("party.") and facts.get(key) is not None]
        for pool in (keys, known or keys):
            key = chance.choice(pool)
            party = chance.choice(facts.parties).ref if key.startswith("party.") and facts.parties else None
            if key.startswith("party.") and party is None:
                continue
            facts = having(facts, key, chance.choice((None, *answers(key, law=law, book=the_book()))), party)
        found.append((facts, scenario))
    return found


def tried(mutant: Mutant, chosen: list[Scenario], fresh: list[tuple[Facts, Scenario]], before: list[Outcome]) -> str:
    """Return in which way a mutant ends: killed, alike or the facts for which it answers otherwise."""
    mutant.apply()
    forget()
    if any(map(_fails, chosen[:MOST_SCENARIOS])):
        return "killed"
    said = _otherwise(fresh, before)
    return "killed" if said != "alike" and any(map(_fails, chosen[MOST_SCENARIOS:])) else said


def _fails(scenario: Scenario) -> bool:
    try:
        test_scenario(scenario)
    except Exception:  # noqa: BLE001 - whatever fails is noticed
        return True
    return False


def _otherwise(fresh: list[tuple[Facts, Scenario]], before: list[Outcome]) -> str:
    for (facts, scenario), known in zip(fresh, before, strict=True):
        try:
            found = determine(facts, on=scenario.on, reading=scenario.reading, book=the_book()).outcome
        except Exception as error:  # noqa: BLE001
            return f"{scenario.name} [{scenario.on} {scenario.reading}]: {error!r}"
        if found is not known:
            own = {k: v for k, v in facts.to_dict().items() if v != scenario.facts.to_dict().get(k)}
            return f"{scenario.file}: {scenario.name} [{scenario.on} {scenario.reading}] {known} -> {found} with {own}"
    return "alike"


def in_a_fork(work: Callable[[], str]) -> str:
    """Run ``work`` in a process of its own and return what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            said = work()
        except BaseException as error:  # noqa: BLE001
            said = f"broken: {error!r}"
        os.write(writing, said.encode()[:60000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        said = told.read().decode()
    os.waitpid(child, 0)
    return said


def main() -> int:
    """Print what survives and changes an outcome; the exit code says whether anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="+", help="below compliance.ear or compliance.ear.rules")
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--fresh", type=int, default=800)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, ends = random.Random(asked.seed), time.monotonic() + asked.seconds
    scenarios = all_scenarios()
    through = running(scenarios)
    fresh = others(scenarios, chance, asked.fresh)
    before = [determine(f, on=s.on, reading=s.reading, book=the_book()).outcome for f, s in fresh]
    gaps = 0
    for short in asked.modules:
        name = (
            f"compliance.ear.rules.{short}"
            if short.startswith("part_") or short == "exceptions"
            else f"compliance.ear.{short}"
        )
        every = mutants(name)
        counts: dict[str, int] = defaultdict(int)
        for mutant in sorted(chance.sample(every, min(asked.most, len(every))), key=lambda one: one.line):
            if time.monotonic() > ends:
                break
            touched = sorted({number for place in mutant.functions for number in through.get(place, ())})
            rules = {rule.name for rule in ORDER if rule.name in mutant.says}
            if not mutant.functions:
                touched = [n for n, one in enumerate(scenarios) if rules & set(one.expect)]
            chosen = [scenarios[n] for n in touched]
            chance.shuffle(chosen)
            part = short[:8]
            chosen.sort(key=lambda one: not one.file.startswith(part))
            said = in_a_fork(partial(tried, mutant, chosen, fresh, before))
            kind = said if said in {"killed", "alike"} else "gap"
            counts[kind] += 1
            if kind == "gap":
                gaps += 1
                print(f"  {short}:{mutant.line} {mutant.says}\n    {said[:700]}", flush=True)
            elif kind == "alike":
                print(f"  alike {short}:{mutant.line} {mutant.says} ({len(chosen)} scenarios)", flush=True)
        print(f"{short}: {len(every)} places, {dict(counts)}", flush=True)
    return 1 if gaps else 0


if __name__ == "__main__":
    raise SystemExit(main())
