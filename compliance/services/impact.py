"""Impact day: before a rule change is published, every case whose answer would differ.

A run is a question, never a change of a case. It is cut into stretches of cases; each is worked through in one
transaction, by whichever worker claims it. A worker that dies frees its stretch, so a run that is cut off anywhere and
taken up again ends with the same rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from compliance import ear
from compliance.ear.comparison import Stretches, what_moved
from compliance.ear.law import Rulebook
from compliance.models import Case, ImpactChunk, ImpactRow, ImpactRun, StoredDetermination, User

from . import reliance
from .act import SYSTEM, role_of
from .overlay import read_with, says_already
from .refusals import BadInput, NotYours

log = structlog.get_logger(__name__)

CHUNK = 1_000
MOST_BYTES = 2_000_000
MOST_REASONS = 8
READINGS = (ear.Reading.CODIFIED, ear.Reading.ENFORCED)
MAY = "compliance.run_impact"
# Stored facts or a draft that the rules cannot read say nothing of other cases, and must not hold up their stretch.
UNREADABLE = (ear.BadFacts, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
EMPTY: dict[str, list[str]] = {"outcomes": [], "authorizations": [], "policies": []}


def start(
    *,
    by: User | None,
    title: str = "",
    overlay: Mapping[str, str] | None = None,
    on: dt.date | None = None,
    against: str = "",
) -> ImpactRun:
    """Begin a run: what would change if these parameter files held, on that day, or since that rulebook.

    ``overlay`` maps a path in the rulebook (``part_744/affiliates.yaml``) to the text of the file. ``by`` of ``None``
    is the command line. Raises :class:`~.refusals.BadInput` for a file that cannot be law, a day before the first
    encoded law, a digest no determination names, or a question without a change.
    """
    if by is not None and not by.has_perm(MAY):
        raise NotYours()
    files = dict(overlay or {})
    if not files and on is None and not against:
        raise BadInput("change", _("Say what changes: a parameter file, another day, or an earlier rulebook."))
    if against and (files or on is not None):
        raise BadInput("against", _("An earlier rulebook is compared alone, without files and without another day."))
    if on is not None and on < ear.the_book().first_day:
        raise BadInput("on", _("No law is encoded before %(day)s."), day=ear.the_book().first_day.isoformat())
    if sum(len(text) for text in files.values()) > MOST_BYTES:
        raise BadInput("overlay", _("The files hold more than two million characters. Send only those that change."))
    if against:
        against = _known_digest(against)
    book = read_with(files)
    if files and all(says_already(name, text) for name, text in files.items()):
        raise BadInput("overlay", _("These files say what the rulebook in use says; nothing would change."))
    with transaction.atomic():
        newest = StoredDetermination.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        run = ImpactRun.objects.create(
            title=(title or _title(files, on, against))[:200],
            overlay=files,
            on=on,
            against=against,
            base_rulebook=ear.the_book().digest,
            new_rulebook=book.digest,
            through=newest,
            made_by=by,
        )
        run.cases = _cut(run)
        if not run.cases:
            run.standing, run.finished_at = ImpactRun.Standing.DONE, timezone.now()
        run.save()
        record(
            "impact.start",
            f"impact:{run.pk}",
            by=by.username if by else SYSTEM,
            role=role_of(by),
            title=run.title,
            on=on.isoformat() if on else "",
            against=against,
            rulebook=run.new_rulebook,
            files={name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(files.items())},
            cases=run.cases,
        )
    return run


def _title(files: Mapping[str, str], on: dt.date | None, against: str) -> str:
    parts = [", ".join(sorted(files))] if files else []
    if on is not None:
        parts.append(on.isoformat())
    if against:
        parts.append(against[:12])
    return " · ".join(parts)


def _known_digest(given: str) -> str:
    """Return the whole digest that begins as given. Raises :class:`~.refusals.BadInput`."""
    asked = given.strip().lower()
    if len(asked) < 8 or not all(sign in "0123456789abcdef" for sign in asked):
        raise BadInput(
            "against", _("“%(given)s” is no fingerprint. Write at least its first 8 signs."), given=given[:80]
        )
    found = StoredDetermination.objects.filter(rulebook__startswith=asked).order_by().values_list("rulebook", flat=True)
    if (whole := found.first()) is None:
        raise BadInput(
            "against",
            _("No determination was made under the rulebook “%(given)s”. Look at one for it."),
            given=given[:80],
        )
    return whole


def _cut(run: ImpactRun) -> int:
    """Cut the cases into stretches and return how many cases there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO compliance_impactchunk (run_id, first, last, examined, differing, undetermined, unreadable) "
            "SELECT %s, min(id), max(id), 0, 0, 0, 0 FROM "
            "(SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS piece FROM compliance_case) numbered "
            "GROUP BY piece ORDER BY piece",
            [run.pk, CHUNK],
        )
    return Case.objects.count()


def work(run_id: int, *, most: int | None = None) -> int:
    """Work through stretches nobody else holds until none is left (or ``most`` are done). Returns how many were done.

    May be called by any number of processes at once, and again after any of them died.
    """
    done = 0
    while most is None or done < most:
        with transaction.atomic():
            chunk = (
                ImpactChunk.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("run")
                .filter(run_id=run_id, run__standing=ImpactRun.Standing.RUNNING, done_at=None)
                .first()
            )
            if chunk is None:
                break
            if chunk.run.base_rulebook != ear.the_book().digest:
                _stop(chunk.run, "rulebook")
                break
            try:
                with transaction.atomic():
                    _work_through(chunk)
            except (OperationalError, InterfaceError):
                # The database went away: nobody worked, and the stretch is to be taken up again.
                raise
            except Exception:
                # It would break again at every call, and hold up the runs behind it for good.
                log.exception("impact.stretch_failed", run=run_id, first=chunk.first, last=chunk.last)
                _stop(chunk.run, "failed")
                break
        done += 1
    finish(run_id)
    return done


def _stop(given: ImpactRun, because: str) -> None:
    run = ImpactRun.objects.select_for_update().get(pk=given.pk)
    if run.standing != ImpactRun.Standing.RUNNING:
        return
    run.standing = ImpactRun.Standing.STOPPED
    run.stopped_because = because
    run.finished_at = timezone.now()
    run.save(update_fields=["standing", "stopped_because", "finished_at"])
    record("impact.stop", f"impact:{run.pk}", by=SYSTEM, because=because)


def finish(run_id: int) -> None:
    """Close the run once every stretch is done; says so in the chain once."""
    with transaction.atomic():
        run = ImpactRun.objects.select_for_update().get(pk=run_id)
        if run.standing != ImpactRun.Standing.RUNNING or run.chunks.filter(done_at=None).exists():
            return
        run.standing, run.finished_at = ImpactRun.Standing.DONE, timezone.now()
        run.save(update_fields=["standing", "finished_at"])
        record(
            "impact.finish",
            f"impact:{run.pk}",
            by=SYSTEM,
            cases=run.cases,
            differing=run.rows.filter(unreadable=False).count(),
            unreadable=run.rows.filter(unreadable=True).count(),
        )


def unfinished() -> list[int]:
    """Return the runs that still have stretches to work through, oldest first."""
    return list(
        ImpactRun.objects.filter(standing=ImpactRun.Standing.RUNNING).order_by("pk").values_list("pk", flat=True)
    )


_LATEST = """
SELECT d.case_id, d.id, d."on", d.rulebook, d.governing, r.facts::text, r.answers, d.outcome
FROM (SELECT DISTINCT ON (case_id) id, case_id, "on", rulebook, governing, outcome FROM compliance_storeddetermination
      WHERE case_id BETWEEN %s AND %s AND id <= %s ORDER BY case_id, id DESC) d
LEFT JOIN compliance_reliance r ON r.determination_id = d.id
ORDER BY d.case_id
"""


def _latest(chunk: ImpactChunk) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [chunk.first, chunk.last, chunk.run.through])
        return list(cursor.fetchall())


def _work_through(chunk: ImpactChunk) -> None:
    run = chunk.run
    found = _latest(chunk)
    if (bare := [row[1] for row in found if row[5] is None]) and reliance.fill(bare):
        found = _latest(chunk)
    asking = _asking(run.pk)
    rows: list[ImpactRow] = []
    asked = without = unreadable = 0
    for case_id, pk, on, rulebook, governing, facts, answers, outcome in found:
        if run.against and rulebook != run.against:
            continue
        if facts is None:
            # Kept without its facts: nothing can be said, and silence would read as “no change”.
            without += 1
            continue
        asked += 1
        kept = json.loads(answers) if isinstance(answers, str) else answers
        try:
            change = asking.change(facts, on=on, rulebook=rulebook, kept=kept, pk=pk, governing=governing)
        except UNREADABLE:
            unreadable += 1
            rows.append(_row(run, case_id, pk, on, outcome, "", kept, EMPTY_ANSWERS, [], unreadable=True))
            continue
        if change is not None:
            was, now, because = change
            rows.append(_row(run, case_id, pk, on, governs(was, governing), governs(now, governing), was, now, because))
    ImpactRow.objects.bulk_create(rows, batch_size=1_000)
    chunk.examined, chunk.differing = asked, len(rows) - unreadable
    chunk.undetermined, chunk.unreadable = without, unreadable
    chunk.done_at = timezone.now()
    chunk.save()


EMPTY_ANSWERS = {reading.value: EMPTY for reading in READINGS}
Answers = dict[str, dict[str, list[str]]]


def governs(answers: Answers, governing: str) -> str:
    """Return the outcome that governs: the enforced reading, or the stricter where the organization says so."""
    named = READINGS if governing == "stricter" else (ear.Reading.ENFORCED,)
    return ear.strictest(ear.Outcome(one) for name in named for one in answers[name.value]["outcomes"]).value


def _row(
    run: ImpactRun,
    case_id: int,
    pk: int,
    on: dt.date,
    old: str,
    new: str,
    was: Answers,
    now: Answers,
    because: list[dict[str, Any]],
    *,
    unreadable: bool = False,
) -> ImpactRow:
    return ImpactRow(
        run=run,
        case_id=case_id,
        determination_id=pk,
        old_on=on,
        new_on=run.on or on,
        old_outcome=old,
        new_outcome=new,
        old_answers=was,
        new_answers=now,
        because=because,
        unreadable=unreadable,
    )


@lru_cache(maxsize=2)
def _asking(run_id: int) -> Asking:
    run = ImpactRun.objects.get(pk=run_id)
    book, accepted = read_with(run.overlay), settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS
    stretches = Stretches({id(one): one for one in (ear.the_book(), book)}.values(), tolerance=accepted)
    return Asking(book=book, on=run.on, against=run.against, stretches=stretches)


Place = tuple[bytes, dt.date | int]
Change = tuple[Answers, Answers, list[dict[str, Any]]]


@dataclass(slots=True)
class Asking:
    """The law before and after the change. Equal facts in one stretch of the law are read once."""

    book: Rulebook
    on: dt.date | None
    against: str
    stretches: Stretches
    _new: dict[Place, Answers] = field(default_factory=dict)
    _old: dict[Place, Answers] = field(default_factory=dict)
    _why: dict[tuple[Place, int], list[dict[str, Any]]] = field(default_factory=dict)

    def change(self, text: str, *, on: dt.date, rulebook: str, kept: Answers, pk: int, governing: str) -> Change | None:
        """Return the old answers, the new ones and what moved; ``None`` where the answer stays."""
        key = hashlib.blake2b(text.encode(), digest_size=16).digest()
        place, then = (key, self.stretches.of(on, text)), (key, self.stretches.of(self.on or on, text))
        if len(self._new) + len(self._old) + len(self._why) > 100_000:
            for remembered in (self._new, self._old, self._why):
                remembered.clear()
        if (now := self._new.get(then)) is None:
            now = self._new[then] = self._answers(text, self.book, self.on or on, self._tolerance())
        if self.against or rulebook == ear.the_book().digest:
            was = kept
        elif (said := self._old.get(place)) is not None:
            was = said
        else:
            was = self._old[place] = self._answers(text, ear.the_book(), on, settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS)
        if was == now:
            return None
        mark = pk if self.against else 0
        if (why := self._why.get((place, mark))) is None:
            differing = [reading for reading in _first(governing, was, now) if was[reading.value] != now[reading.value]]
            why = self._why[place, mark] = self._because(text, on, pk, differing[0])
        return was, now, why

    def _tolerance(self) -> int:
        """Past the horizon a known future day is asked for as the law was last read; the screen says so."""
        accepted: int = settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS
        return max(accepted, (self.on - self.book.horizon).days) if self.on else accepted

    def _answers(self, text: str, book: Rulebook, on: dt.date, tolerance: int) -> Answers:
        asked = [ear.Facts.from_dict(one) for one in json.loads(text)]
        found: Answers = {}
        for reading in READINGS:
            read = [ear.determine(one, on=on, reading=reading, book=book, tolerance=tolerance) for one in asked]
            found[reading.value] = {
                "outcomes": sorted({one.outcome.value for one in read}),
                "authorizations": sorted({one.authorization for one in read if one.authorization}),
                "policies": sorted({one.review_policy.policy for one in read if one.review_policy}),
            }
        return found

    def _because(self, text: str, on: dt.date, pk: int, reading: ear.Reading) -> list[dict[str, Any]]:
        """Return the provisions that did it in the reading that moved, over all lines, each once."""
        found: dict[tuple[str, str, str], dict[str, Any]] = {}
        stored = StoredDetermination.objects.values_list("lines", flat=True).get(pk=pk) if self.against else None
        accepted: int = settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS
        for place, one in enumerate(json.loads(text)):
            facts = ear.Facts.from_dict(one)
            new = ear.determine(facts, on=self.on or on, reading=reading, book=self.book, tolerance=self._tolerance())
            if stored is not None:
                old = ear.Determination.from_dict(_numbered(stored[place], reading.value))
            else:
                old = ear.determine(facts, on=on, reading=reading, book=ear.the_book(), tolerance=accepted)
            if _terms(old) != _terms(new):
                for moved in what_moved(old, new):
                    found.setdefault((moved.rule, moved.was, moved.now), moved.to_dict() | {"reading": reading.value})
        return list(found.values())[:MOST_REASONS]


def _first(governing: str, was: Answers, now: Answers) -> tuple[ear.Reading, ...]:
    """Return the readings, the one that governs first."""
    codified, enforced = READINGS
    moved = governing == "stricter" and was[codified.value]["outcomes"] != now[codified.value]["outcomes"]
    return (codified, enforced) if moved else (enforced, codified)


def _terms(one: ear.Determination) -> tuple[str, str, str]:
    return one.outcome.value, one.authorization or "", one.review_policy.policy if one.review_policy else ""


def _numbered(line: Mapping[str, Any], reading: str) -> dict[str, Any]:
    """Return a stored determination with the parties called by their places, as the facts of a run call them."""
    places = {party["ref"]: f"p{place}" for place, party in enumerate(line["facts"].get("parties", ()), 1)}
    stored = line[reading]
    findings = [{**one, "party": places.get(one["party"], one["party"])} for one in stored["findings"]]
    return {**stored, "findings": findings}
