"""What matters first in a determination: the findings that decide it, and each exception with its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from compliance.ear import Effect

ORDER = (
    Effect.PROHIBITS,
    Effect.REQUIRES_LICENSE,
    Effect.HOLDS,
    Effect.EXCEPTS,
    Effect.AUTHORIZES,
    Effect.BARS_EXCEPTIONS,
    Effect.SUBJECT,
)
"""Effects that move the outcome, the weightiest first."""
_WEIGHT = {effect.value: rank for rank, effect in enumerate(ORDER)}
_STANDS = frozenset({Effect.PROHIBITS.value, Effect.REQUIRES_LICENSE.value, Effect.HOLDS.value})
_LIFTS = frozenset({Effect.EXCEPTS.value, Effect.AUTHORIZES.value})
_CARRIES: dict[str, frozenset[str]] = {"exception": _LIFTS, "prohibition": _STANDS}
"""Effects that answer for a whole segment: that one condition of an exception holds does not make it apply."""
RANK = {"applies": 0, "unknown": 1, "does_not_apply": 2}
_UNMET_FIRST = {"does_not_apply": 0, "unknown": 1, "applies": 2}


F = TypeVar("F")


class Weighed(Protocol):
    """What is asked of a finding here."""

    @property
    def title(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def reading(self) -> str: ...
    @property
    def checked(self) -> bool: ...


W = TypeVar("W", bound=Weighed)


@dataclass(frozen=True, slots=True)
class Group:
    """One exception or general license with everything it turns on; what is not met comes first."""

    name: str
    outcome: str
    reading: str
    findings: list[Any]
    met: int
    unmet: int
    unknown: int
    because: str
    alike: bool = False


def weight(finding: Weighed) -> tuple[int, int]:
    """Return where a finding stands among those of its segment: answers first, then what moves the outcome."""
    return RANK[finding.outcome], _WEIGHT.get(finding.effect, len(ORDER))


def answer_of(step: str, found: Iterable[tuple[str, str]]) -> str:
    """Return the answer of a segment from the ``(effect, answer)`` of its findings; "waiting" where it has none."""
    pairs = list(found)
    carrying = [answer for effect, answer in pairs if effect in _CARRIES.get(step, ())]
    answers = set(carrying or (answer for _effect, answer in pairs))
    return next((name for name in RANK if name in answers), "waiting")


def carrying(step: str, findings: Sequence[F], effect: Callable[[F], str]) -> list[F]:
    """Return the findings that answer for a segment; all of them where the segment has none of its own."""
    return [each for each in findings if effect(each) in _CARRIES.get(step, ())] or list(findings)


def deciding(shown: Sequence[W], governs: str, *, undetermined: bool = False) -> list[W]:
    """Return the findings on which the outcome of the governing reading rests, and those that could still move it.

    An ``undetermined`` outcome may also rest on a "no" that nobody has checked at its source: it lets nothing go.
    """
    return sorted(
        (each for each in shown if each.reading in ("", governs) and _decides(each, undetermined=undetermined)),
        key=weight,
    )


def _decides(finding: Weighed, *, undetermined: bool) -> bool:
    if finding.outcome == "applies":
        return finding.effect in _STANDS | _LIFTS
    if finding.outcome == "unknown":
        return finding.effect in _STANDS | _LIFTS | {Effect.SUBJECT.value}
    if finding.effect == Effect.SUBJECT.value:
        return True
    return undetermined and not finding.checked and finding.effect in _STANDS


def groups(here: Sequence[W], governs: str) -> list[Group]:
    """Return the exceptions and general licenses of a segment, those that serve first."""
    names = dict.fromkeys(each.of for each in here if each.of)
    found = [_group(name, [each for each in here if each.of == name], governs) for name in names]
    return sorted(found, key=lambda group: (RANK[group.outcome], group.unmet))


def alike(here: Sequence[W], *, least: int = 3) -> list[Group]:
    """Return the findings of one title as one group where there are at least ``least`` of them."""
    titles: dict[str, list[W]] = {}
    for each in here:
        titles.setdefault(each.title, []).append(each)
    return [_alike(title, found) for title, found in titles.items() if len(found) >= least]


def _alike(title: str, found: Sequence[Weighed]) -> Group:
    answers = [each.outcome for each in found]
    readings = {each.reading for each in found}
    return Group(
        name=title,
        outcome=min(answers, key=lambda one: RANK[one]),
        reading=readings.pop() if len(readings) == 1 else "",
        findings=sorted(found, key=weight),
        met=answers.count("applies"),
        unmet=answers.count("does_not_apply"),
        unknown=answers.count("unknown"),
        because="",
        alike=True,
    )


def _group(name: str, here: list[Any], governs: str) -> Group:
    mine = [each for each in here if each.reading in ("", governs)]
    reading = "" if mine else here[0].reading
    mine = mine or here
    heads = [each.outcome for each in mine if each.effect in _LIFTS]
    rest = [each for each in mine if each.effect not in _LIFTS]
    unmet = [each for each in rest if each.outcome == "does_not_apply"]
    answers = heads or [max((each.outcome for each in rest), key=lambda one: RANK[one])]
    return Group(
        name=name,
        outcome=min(answers, key=lambda one: RANK[one]),
        reading=reading,
        findings=sorted(here, key=lambda each: (each.effect not in _LIFTS, _UNMET_FIRST[each.outcome])),
        met=sum(each.outcome == "applies" for each in rest),
        unmet=len(unmet),
        unknown=sum(each.outcome == "unknown" for each in rest),
        because=_short(unmet[0].title) if unmet else "",
    )


def _short(title: str) -> str:
    """Return a condition's title without the exception's name before it, in either language."""
    return title.replace("：", ": ", 1).partition(": ")[2] or title
