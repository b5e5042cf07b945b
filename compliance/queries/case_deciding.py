"""What a person who decides must see: what is asked, what speaks for and against it, what they sign, and any wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.lifecycle import APPROVE, State
from compliance.models import Case, Decision, FlagState, User, Verdict

from .blockers import Blocker, route_reason
from .case_law import LawShown
from .content import changed_parts, digest, part_words
from .fact_words import day_words
from .facts import CaseFacts
from .people import deciders


@dataclass(slots=True)
class Deciding:
    """The proposal that waits, as one reader sees it. ``wall`` says why this reader cannot decide, and who can."""

    decision: Decision
    asked: str
    reasons_for: list[str]
    reasons_against: list[str]
    changed: list[str]
    verdicts: list[Verdict]
    needed: int
    given: int
    route: list[str]
    wall: str
    may_decide: bool
    readings_differ: bool
    blockers: list[Blocker]


def deciding_on(
    case: Case,
    user: User,
    *,
    known: CaseFacts,
    law: LawShown | None,
    blockers: list[Blocker] | None,
    content: dict[str, Any],
) -> Deciding | None:
    """Return what waits for a decision in this case, or ``None`` when nothing does."""
    if case.state != State.AWAITING_APPROVAL:
        return None
    decision = next((each for each in case.decisions.all() if each.standing == Decision.Standing.WAITING), None)
    if decision is None:
        return None
    verdicts = list(decision.verdicts.all())
    given = sum(1 for each in verdicts if each.answer.startswith("approve"))
    wall = _wall(case, user, decision, verdicts)
    moved = [] if digest(content) == decision.content else changed_parts(decision.content_text, content)
    refusing = decision.recommendation == Decision.Recommendation.REFUSE
    return Deciding(
        decision=decision,
        asked=_asked(case, decision),
        reasons_for=_for(decision, known, law),
        reasons_against=_against(case, decision, law),
        changed=[part_words(part) for part in moved],
        verdicts=verdicts,
        needed=decision.checkers_needed,
        given=given,
        route=[route_reason(code) for code in decision.route_reasons],
        wall=wall,
        may_decide=not wall,
        readings_differ=decision.determination.outcome_codified != decision.determination.outcome_enforced,
        blockers=[] if refusing else list(blockers or ()),
    )


def _asked(case: Case, decision: Decision) -> str:
    values = {"who": decision.proposed_by.name, "title": case.title}
    if decision.recommendation == Decision.Recommendation.PROCEED:
        return _("%(who)s asks you to let this go ahead: %(title)s.") % values
    if decision.recommendation == Decision.Recommendation.APPLY:
        return _("%(who)s asks you to agree that an authorization is filed for before this can go: %(title)s.") % values
    return _("%(who)s asks you to agree that this is refused: %(title)s.") % values


def _wall(case: Case, user: User, decision: Decision, verdicts: list[Verdict]) -> str:
    if decision.proposed_by_id == user.pk:
        people = [person.name for person in deciders(case, but=user)[:5]]
        if not people:
            return _(
                "You prepared this proposal; a colleague must decide on it. Nobody in this unit can yet: "
                "ask the administrator."
            )
        return ngettext(
            "You prepared this proposal; a colleague must decide on it. %(n)d is available: %(names)s.",
            "You prepared this proposal; a colleague must decide on it. %(n)d are available: %(names)s.",
            len(people),
        ) % {"n": len(people), "names": ", ".join(people)}
    if not user.has_perm(APPROVE):
        people = [person.name for person in deciders(case, but=decision.proposed_by)[:5]]
        return _("Your role reads along here. Deciding is for: %(names)s.") % {
            "names": ", ".join(people) or _("nobody in this unit yet")
        }
    if any(each.by_id == user.pk for each in verdicts):
        return _("You have given your verdict. A further colleague must give the next one.")
    return ""


def _for(decision: Decision, known: CaseFacts, law: LawShown | None) -> list[str]:
    reasons = [decision.reason]
    if law is not None:
        reasons.append(
            _("The law of %(day)s says: %(outcome)s.")
            % {"day": day_words(law.stored.on.isoformat()), "outcome": law.outcome_label}
        )
    if known.lists and all(each.complete and not each.undecided for each in known.lists.values()):
        reasons.append(_("Every party was screened as it stands, and every match is judged."))
    if not any(flag.is_open for flag in known.case.flags.all()):
        reasons.append(_("No red flag is open."))
    if decision.by_hand:
        reasons.append(_("Legal basis written by hand: %(basis)s") % {"basis": decision.by_hand})
    return reasons


def _against(case: Case, decision: Decision, law: LawShown | None) -> list[str]:
    reasons: list[str] = []
    if decision.by_hand:
        reasons.append(_("The law package could not tell; a person wrote the basis down."))
    if law is not None:
        if law.policy:
            reasons.append(
                _("BIS reviews such applications under: %(policy)s (%(cite)s).")
                % {"policy": law.policy["label"], "cite": law.policy["cite"]}
            )
        if law.differ:
            reasons.append(_("The codified text and what BIS says it enforces do not agree on every paragraph."))
        holding = [each["cite"] for each in law.not_encoded if each["holds"]]
        if holding:
            reasons.append(
                _("Not encoded and able to change the answer: %(cites)s.") % {"cites": ", ".join(holding[:4])}
            )
        if law.unchecked:
            reasons.append(
                ngettext(
                    "%(n)d paragraph relied on has not been checked against its source.",
                    "%(n)d paragraphs relied on have not been checked against their source.",
                    law.unchecked,
                )
                % {"n": law.unchecked}
            )
    reasons += _closed_flags(case)
    for answer in decision.route_reasons:
        reasons.append(_("Two must approve: %(why)s.") % {"why": route_reason(answer)})
    return reasons


def _closed_flags(case: Case) -> list[str]:
    """Return who closed which flags and why, one line for all that one person closed for one reason."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for flag in case.flags.all():
        if flag.closed_at and flag.closed_by:
            answer = str(FlagState.Answer(flag.closed_answer).label) if flag.closed_answer else ""
            groups.setdefault((answer, flag.closed_by.name, flag.closed_because), []).append(flag.code)
    found = []
    for (answer, who, why), codes in groups.items():
        named = ", ".join(codes[:4])
        if len(codes) > 4:
            named = _("%(codes)s and %(n)d more") % {"codes": named, "n": len(codes) - 4}
        found.append(
            ngettext(
                "Red flag %(codes)s was “%(answer)s”; %(who)s closed it: %(why)s",
                "Red flags %(codes)s were “%(answer)s”; %(who)s closed them: %(why)s",
                len(codes),
            )
            % {"codes": named, "answer": answer, "who": who, "why": why}
        )
    return found
