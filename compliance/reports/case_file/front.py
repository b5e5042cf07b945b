"""Parts 1 to 5 of the printed file: cover, summary, facts, parties, items."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from compliance import countries, ear
from compliance.models import CaseParty
from compliance.queries.blockers import route_reason
from compliance.queries.case_law import LawShown
from compliance.queries.case_parties import FactShown, fact_shown, facts_shown, parties_shown
from compliance.queries.case_route import route_of_case
from compliance.queries.outcomes import TONES, outcome_label

from .gather import Gathered
from .paper import Block, Hand, pairs, para, points, sub, table

WIDE = (3, 3, 3, 2, 3)


def cover(told: Gathered, law: LawShown | None, hand: Hand) -> list[Block]:
    """Part 1: who, what, where to, decided how, on which authority, signed by whom."""
    case, decision = told.case, told.decision
    nodes, legs = route_of_case(told.known)
    blocks: list[Block] = [{"k": "route", "nodes": nodes, "legs": legs}]
    places = [f"{place.party.name} ({CaseParty.Role(place.role).label})" for place in told.known.places]
    lines = [
        f"{hand.amount(line.quantity)} × {line.item}" + (f" · {line.item.eccn}" if line.item.eccn else "")
        for line in told.known.lines
    ]
    paper = next((each for each in case.authorizations.all() if each.standing == "granted"), None)
    blocks.append(
        pairs(
            [
                (_("Activity"), str(case.get_activity_display())),
                (_("Parties"), "\n".join(places)),
                (_("Items"), "\n".join(lines)),
                (_("From"), _place(case.exporting_from, hand)),
                (_("Destination"), _place(case.destination, hand)),
                (_("Planned for"), hand.day(case.planned_on)),
                (_("Value"), hand.amount(case.value, case.currency)),
                (_("Outcome of the law"), outcome_label(case.outcome) or _("not determined yet")),
                (_("Decision"), _decision_words(decision)),
                (_("Authority used"), f"{paper.get_kind_display()} {paper.number}" if paper else _authority(law, hand)),
                (_("State"), str(case.get_state_display())),
                (_("Opened"), f"{hand.moment(case.created_at)} · {case.created_by.name}"),
                (_("Shipped"), hand.day(case.shipped_on)),
                (_("Business unit"), str(case.unit)),
            ]
        )
    )
    blocks.append(sub(_("Signatures")))
    if decision is None:
        blocks.append(para(_("No decision has been proposed in this case.")))
        return blocks
    rows = [[_("proposed"), decision.proposed_by.name, str(decision.get_recommendation_display()),
             hand.moment(decision.proposed_at), decision.content]]  # fmt: skip
    rows += [
        [_("checked"), each.by.name, str(each.get_answer_display()), hand.moment(each.at), each.content]
        for each in decision.verdicts.all()
    ]
    head = [_("Step"), _("Name"), _("Answer"), _("When"), _("Fingerprint signed")]
    blocks.append(table(head, rows, (2, 3, 3, 3, 5)))
    return blocks


def _decision_words(decision: Any) -> str:
    if decision is None:
        return _("none")
    return f"{decision.get_recommendation_display()} · {decision.get_standing_display()}"


def _authority(law: LawShown | None, hand: Hand) -> str:
    if law is None or not law.authorizations:
        return _("none recorded")
    return ", ".join(ear.say(f"authorization.{each}", hand.lang) for each in law.authorizations)


def _place(code: str, hand: Hand) -> str:
    return f"{countries.name(code, hand.lang)} ({code})" if code else _("unknown")


def summary(told: Gathered, law: LawShown | None, hand: Hand) -> list[Block]:
    """Part 2: one page with the answer of the law, the strip in both readings, and the reasons people gave."""
    case, decision = told.case, told.decision
    blocks: list[Block] = []
    if law is None:
        blocks.append(para(_("The law has not been asked yet: nothing here says that this may go."), "unknown"))
    else:
        blocks.append(
            para(
                _(
                    "The law of %(day)s says: %(outcome)s. "
                    "As codified: %(codified)s. As BIS says it enforces: %(enforced)s."
                )
                % {
                    "day": hand.day(law.stored.on),
                    "outcome": law.outcome_label,
                    "codified": outcome_label(law.stored.outcome_codified),
                    "enforced": outcome_label(law.stored.outcome_enforced),
                },
                TONES.get(law.outcome, ""),
            )
        )
        blocks += strips(law)
        if law.policy:
            blocks.append(
                para(
                    _("BIS reviews such applications under: %(policy)s (%(cite)s).")
                    % {"policy": law.policy["label"], "cite": law.policy["cite"]}
                )
            )
        if law.questions:
            blocks.append(sub(_("Still unknown, in the order that settles the answer fastest")))
            blocks.append(points([f"{each.text}{' – ' + each.about if each.about else ''}" for each in law.questions]))
    blocks.append(sub(_("End use, as stated")))
    blocks.append(para(case.end_use or _("not stated")))
    if decision is not None:
        blocks.append(sub(_("Reasons")))
        blocks.append(para(f"{decision.proposed_by.name}: {decision.reason}"))
        if decision.by_hand:
            blocks.append(para(_("Legal basis written by hand: %(basis)s") % {"basis": decision.by_hand}))
        blocks += [para(f"{each.by.name}: {each.reason}") for each in decision.verdicts.all()]
        blocks += [para(_("Two must approve: %(why)s.") % {"why": route_reason(why)}) for why in decision.route_reasons]
    return blocks


def strips(law: LawShown) -> list[Block]:
    """Return the eight segments: once where both readings answer alike, one strip per reading where they differ."""
    if not law.differ:
        return [_strip("", law.enforced)]
    blocks = [_strip(_("as codified"), law.codified), _strip(_("as enforced"), law.enforced)]
    if law.announcement:
        blocks.append(para(law.announcement["words"]))
    return blocks


def _strip(label: str, segments: list[dict[str, Any]]) -> Block:
    return {
        "k": "strip",
        "label": label,
        "segments": [
            {
                "label": str(each["label"]),
                "tone": each["outcome"],
                "word": answer_word(each["outcome"]),
                "summary": each["summary"],
            }
            for each in segments
        ],
    }


def answer_word(answer: str) -> str:
    """Return one of the three answers in the reader's language, or that nothing was asked."""
    return {
        "applies": _("applies"),
        "does_not_apply": _("does not apply"),
        "unknown": _("unknown"),
    }.get(answer, _("not asked"))


def facts(told: Gathered, hand: Hand) -> list[Block]:
    """Part 3: the facts relied on, each with its source and date."""
    case = told.case
    opened = f"{case.created_by.name}, {hand.moment(case.created_at)}"
    entered = [
        (_("Activity"), str(case.get_activity_display())),
        (_("From"), _place(case.exporting_from, hand)),
        (_("Destination"), _place(case.destination, hand)),
        (_("Route"), " → ".join(str(stop) for stop in case.route)),
        (_("Planned for"), hand.day(case.planned_on)),
        (_("Purchase order"), case.purchase_order),
        (_("Date of the purchase order"), hand.day(case.purchase_order_on)),
        (_("Value"), hand.amount(case.value, case.currency)),
    ]
    (title, rows) = facts_shown(told.known)[0]
    return [
        sub(_("Entered with the case"), opened),
        pairs(entered),
        para(_("Who changed which of these, and when, stands in part 13.")),
        sub(title),
        _fact_table(rows, hand),
        para(_("Facts about parties stand in part 4, facts about items in part 5.")),
    ]


def _fact_table(rows: list[FactShown], hand: Hand) -> Block:
    head = [_("Fact"), _("Value"), _("Source"), _("True on"), _("Recorded")]
    return table(
        head,
        [
            [
                each.label,
                each.value,
                " · ".join(filter(None, (each.source, each.document.name if each.document else ""))),
                hand.day(each.as_of),
                f"{hand.moment(each.at)} · {each.by}" if each.at else "",
            ]
            for each in rows
        ],
        WIDE,
    )


def parties(told: Gathered, hand: Hand) -> list[Block]:
    """Part 4: every party, its roles, names, places and facts, and who owns it."""
    blocks: list[Block] = []
    rows = {party.ref: party for party in told.known.parties}
    for shown in parties_shown(told.known):
        party = rows[shown.ref]
        blocks.append(sub(f"{shown.name} · {shown.ref}", ", ".join(shown.roles)))
        blocks.append(
            pairs(
                [
                    (_("Kind"), shown.kind),
                    (_("Other names"), "\n".join(f"{n.text} ({n.get_kind_display()})" for n in party.names.all())),
                    (
                        _("Addresses"),
                        "\n".join(f"{a.text}{' · ' + a.country if a.country else ''}" for a in party.addresses.all()),
                    ),
                    (
                        _("Registration numbers"),
                        "\n".join(f"{i.kind} {i.number} {i.country}".strip() for i in party.identifiers.all()),
                    ),
                    (_("Marks"), ", ".join(mark["text"] for mark in shown.marks) or _("none")),
                ]
            )
        )
        blocks.append(_fact_table(shown.facts, hand))
        blocks.append(
            table(
                [_("Owner"), _("Owns of"), _("Share")],
                [
                    [
                        f"{'  ' * owner.depth}{'↳ ' if owner.depth else ''}{owner.name} · {owner.ref}",
                        owner.owned,
                        _("unknown") if owner.percent is None else f"{hand.amount(owner.percent)} %",
                    ]
                    for owner in shown.owners
                ],
                (5, 4, 2),
                nothing=_("No owner is recorded. That is not the same as having none."),
            )
        )
    return blocks or [para(_("No party is entered in this case."))]


def items(told: Gathered, hand: Hand) -> list[Block]:
    """Part 5: a sheet per item, with every figure, its source and how it was calculated."""
    blocks: list[Block] = []
    for item in told.known.items:
        lines = [line for line in told.known.lines if line.item_id == item.pk]
        standing = told.known.standing[item.subject]
        blocks.append(sub(f"{item} · {item.ref}", str(item.get_kind_display())))
        blocks.append(
            pairs(
                [
                    (_("Maker"), item.vendor),
                    (_("Model"), item.model),
                    (_("Classification (ECCN)"), item.eccn or _("not classified")),
                    (_("Description"), item.description),
                    (
                        _("In this case"),
                        "\n".join(
                            hand.amount(line.quantity)
                            + (f" × {hand.amount(line.unit_value, told.case.currency)}" if line.unit_value else "")
                            for line in lines
                        ),
                    ),
                ]
            )
        )
        blocks.append(_fact_table([fact_shown(key, fact) for key, fact in sorted(standing.items())], hand))
        for fact in standing.values():
            if fact.workings:
                blocks += _workings(fact.workings, hand)
    return blocks or [para(_("No item is entered in this case."))]


def _workings(kept: dict[str, Any], hand: Hand) -> list[Block]:
    """Return a calculation as it was kept: inputs, every step, result, paragraph."""
    said = [f"{name} = {value}" for name, value in kept.get("inputs", ())]
    said += [ear.say(step["key"], hand.lang, step.get("values", {})) for step in kept.get("steps", ())]
    result = kept.get("result")
    outcome = _("not defined") if result is None else hand.amount(result, kept.get("unit", ""))
    said.append(_("Result: %(result)s (%(cite)s)") % {"result": outcome, "cite": kept.get("cite", "")})
    return [para(ear.say(str(kept.get("key", "")), hand.lang), "accent"), points(said)]
