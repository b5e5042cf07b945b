"""From which score a match is proposed to a person, as the organization's policy says: by list, kind of party and role.

``GATEHOUSE_MATCH_THRESHOLD`` holds everywhere. ``GATEHOUSE_MATCH_THRESHOLDS`` makes exceptions to it, as YAML or as the
path of a YAML file: a list of rules, each with a ``threshold`` and at least one of ``list``, ``type`` and ``role``::

    - {list: EL, role: end_user, threshold: 0.05}
    - {type: vessel, threshold: 0.3}

A score means the same on every list, so that a policy is all that differs between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from .lists import LISTS
from .matching.index import KINDS

HIGHEST = 0.9
"""No policy may keep from a person what the matcher is surer of: that is the same name."""


class BadPolicy(ValueError):
    """The policy cannot be read; the message names the rule, what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An exception. An empty field holds for everything; the rule that says most applies, then the lower threshold."""

    threshold: float
    list_code: str = ""
    kind: str = ""
    role: str = ""

    @property
    def says(self) -> int:
        return sum(map(bool, (self.list_code, self.kind, self.role)))

    def __str__(self) -> str:
        return f"{'/'.join(filter(None, (self.list_code, self.kind, self.role)))} {self.threshold:g}"

    def holds(self, list_code: str, kind: str, role: str) -> bool:
        return self.list_code in ("", list_code) and self.kind in ("", kind.casefold()) and self.role in ("", role)


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds as probabilities from 0 to 0.9."""

    base: float
    rules: tuple[Rule, ...] = ()

    def __str__(self) -> str:
        return "; ".join([f"{self.base:g}", *map(str, self.rules)])

    def as_rows(self) -> list[dict[str, Any]]:
        """Return the rules as they are stored with a search; :func:`stored` reads them again."""
        return [asdict(rule) for rule in self.rules]

    @property
    def least(self) -> float:
        """The lowest threshold anywhere: nothing below it can be proposed."""
        return min([self.base, *(rule.threshold for rule in self.rules)])

    def threshold(self, list_code: str, kind: str, roles: Iterable[str] = ()) -> float:
        """Return the threshold for an entry of a list and a party in these roles; of several roles the strictest."""
        return min(self._for(list_code, kind, role) for role in (tuple(roles) or ("",)))

    def _for(self, list_code: str, kind: str, role: str) -> float:
        held = [rule for rule in self.rules if rule.holds(list_code, kind, role)]
        if not held:
            return self.base
        most = max(rule.says for rule in held)
        return min(rule.threshold for rule in held if rule.says == most)


def stored(base: float, rows: Iterable[Mapping[str, Any]]) -> Policy:
    """Return the policy that was stored with a search."""
    return Policy(base, tuple(Rule(**row) for row in rows))


def way(version: str, policy: Policy) -> str:
    """Return how names are compared and from where on they are asked about: what has to stay for answers to stand."""
    return f"{version} {policy}"


def searched_key(version: str, policy: Policy, digests: Iterable[str]) -> str:
    """Return what was searched and how, as one string that begins with its :func:`way`."""
    return "|".join([way(version, policy), *sorted(digests)])


def way_of(key: str) -> str:
    """Return the :func:`way` that a :func:`searched_key` begins with."""
    return key.partition("|")[0]


def version_of(key: str) -> str:
    """Return the version of the matcher that a :func:`searched_key` names."""
    return way_of(key).partition(" ")[0]


def current() -> Policy:
    """Return the policy in force. Raises :class:`BadPolicy`; the system check says so before the product starts."""
    return read(settings.GATEHOUSE_MATCH_THRESHOLDS, settings.GATEHOUSE_MATCH_THRESHOLD)


@lru_cache(maxsize=8)
def read(text: str, base: float) -> Policy:
    """Return the policy that a setting says."""
    _checked("GATEHOUSE_MATCH_THRESHOLD", base)
    return Policy(base, tuple(_rule(number, row) for number, row in enumerate(_rows(text), start=1)))


def _rows(text: str) -> list[Any]:
    if not text.strip():
        return []
    try:
        if text.strip().endswith((".yaml", ".yml")):
            text = Path(text.strip()).read_text(encoding="utf-8")
        rows = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadPolicy(f"cannot be read: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(rows, list):
        raise BadPolicy("is not a list of rules; write - {list: EL, threshold: 0.05}")
    return rows


def _rule(number: int, row: Any) -> Rule:
    where = f"rule {number}"
    if not isinstance(row, dict):
        raise BadPolicy(f"{where} is not a set of fields; write - {{list: EL, threshold: 0.05}}")
    if unknown := {str(key) for key in row} - {"list", "type", "role", "threshold"}:
        raise BadPolicy(f"{where} has the field {sorted(unknown)[0]!r}; the fields are list, type, role, threshold")
    told = {key: str(row.get(key) or "").strip() for key in ("list", "type", "role")}
    if not any(told.values()):
        raise BadPolicy(f"{where} says neither list, type nor role; for everything set GATEHOUSE_MATCH_THRESHOLD")
    codes = {one.code for one in LISTS}
    if told["list"] and told["list"] not in codes:
        raise BadPolicy(f"{where}: there is no list {told['list']!r}; the lists are {', '.join(sorted(codes))}")
    if told["type"] and told["type"].casefold() not in KINDS:
        raise BadPolicy(f"{where}: there is no type {told['type']!r}; the types are {', '.join(filter(None, KINDS))}")
    if "threshold" not in row:
        raise BadPolicy(f"{where} has no threshold")
    return Rule(_checked(where, row["threshold"]), told["list"], told["type"].casefold(), told["role"])


def _checked(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= HIGHEST:
        raise BadPolicy(f"{where}: the threshold is {value!r}; give a number from 0 to {HIGHEST:g}")
    return float(value)
