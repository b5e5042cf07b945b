"""Parts 10 to 15 of the printed file: clocks, approvals, documents, history, what is not covered, retention."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from compliance.ear import deadlines
from compliance.ear.law import HORIZON
from compliance.models import Clock
from compliance.queries import history as said
from compliance.queries import object_history
from compliance.queries.blockers import route_reason
from compliance.queries.case_law import LawShown
from compliance.queries.case_screening import show_screening

from .gather import Gathered
from .paper import Block, Hand, pairs, para, points, sub, table

KEPT = ("REC-EAR-5Y", "REC-OFAC-10Y")
"""The rules on keeping records that a case may fall under, in the catalogue of deadlines."""


def clocks(told: Gathered, hand: Hand) -> list[Block]:
    """Part 10: every clock with its start event and proof."""
    rows = []
    for clock in told.case.clocks.all():
        pauses = clock.authorization.pauses.all() if clock.authorization and clock.kind == Clock.Kind.NAC else ()
        stood = [
            f"{each.get_ground_display()}: {hand.day(each.first_day)} – {hand.day(each.last_day)} ({each.proof})"
            for each in pauses
        ]
        rows.append(
            [
                "\n".join(filter(None, (str(clock.get_kind_display()), clock.title, clock.citation))),
                f"{clock.start_event}\n{hand.day(clock.started_on)}",
                "\n".join(filter(None, (clock.proof, *stood))),
                hand.day(clock.due_on),
                f"{clock.get_standing_display()}\n{hand.day(clock.ended_on) if clock.ended_on else ''}".strip(),
                clock.owner.name,
            ]
        )
    head = [_("Clock"), _("Start event"), _("Proof and pauses"), _("Due"), _("Standing"), _("Owner")]
    return [table(head, rows, (4, 3, 4, 2, 2, 2), nothing=_("No clock has been started in this case."))]


def approvals(told: Gathered, hand: Hand) -> list[Block]:
    """Part 11: every proposal and verdict with the fingerprint each one signed."""
    blocks: list[Block] = []
    for decision in reversed(list(told.case.decisions.all())):
        blocks.append(sub(str(decision.get_recommendation_display()), str(decision.get_standing_display())))
        same = decision.content == told.fingerprint
        blocks.append(
            pairs(
                [
                    (_("Proposed by"), f"{decision.proposed_by.name} · {hand.moment(decision.proposed_at)}"),
                    (_("Reason"), decision.reason),
                    (_("Legal basis written by hand"), decision.by_hand or _("none")),
                    (_("Checkers needed"), str(decision.checkers_needed)),
                    (_("Why more than one"), "; ".join(route_reason(why) for why in decision.route_reasons)),
                    (_("Fingerprint proposed"), decision.content),
                    (_("Against the case now"), _("the same") if same else _("the case has changed since")),
                    (_("Determination it rests on"), decision.determination.digest),
                ]
            )
        )
        blocks.append(
            table(
                [_("Checker"), _("Answer"), _("Reason and conditions"), _("When"), _("Fingerprint signed")],
                [
                    [
                        each.by.name,
                        str(each.get_answer_display()),
                        "\n".join(
                            filter(
                                None,
                                (
                                    each.reason,
                                    each.conditions,
                                    _("Confirmed having read both readings.") if each.acknowledged_readings else "",
                                ),
                            )
                        ),
                        hand.moment(each.at),
                        each.content,
                    ]
                    for each in decision.verdicts.all()
                ],
                (2, 2, 4, 3, 4),
                nothing=_("Nobody has given a verdict yet."),
            )
        )
    return blocks or [para(_("No decision has been proposed in this case."))]


def documents(told: Gathered, hand: Hand) -> list[Block]:
    """Part 12: every document with its SHA-256."""
    rows = [
        [
            each.name,
            str(each.get_kind_display()),
            f"{each.size:,}",
            f"{each.uploaded_by.name}\n{hand.moment(each.uploaded_at)}",
            each.sha256,
        ]
        for each in told.case.documents.all()
    ]
    head = [_("Document"), _("Kind"), _("Bytes"), _("Handed in"), "SHA-256"]
    return [table(head, rows, (4, 2, 2, 3, 5), nothing=_("No document is kept in this case."))]


def history(told: Gathered, hand: Hand) -> list[Block]:
    """Part 13: every entry of the evidence chain about the case, its parties and its items, oldest first."""
    rows = []
    for entry in told.entries:
        about_case = entry.subject == told.case.subject
        about = "" if about_case else entry.subject.partition(":")[2]
        words = (
            said.worded([entry], names=told.names)[0].words
            if about_case or entry.action in said.SENTENCES
            else object_history.sentence(entry.action, entry.payload)
        )
        reason = str(entry.payload.get("reason") or entry.payload.get("text") or "")
        who = _("the system") if entry.actor == "system" else told.names.get(entry.actor, entry.actor)
        role = str(entry.payload.get("role") or "")
        rows.append(
            [
                str(entry.sequence),
                hand.moment(entry.at),
                f"{who} ({role})" if role and role != who and entry.actor != "system" else who,
                " · ".join(filter(None, (about, words, reason))),
                entry.digest,
            ]
        )
    head = [_("Entry"), _("When"), _("Who"), _("What"), _("Digest")]
    return [
        para(_("Every entry is bound to the one before it by its digest; verify_chain checks all of them.")),
        table(head, rows, (1, 3, 3, 7, 4)),
    ]


def not_covered(told: Gathered, law: LawShown | None, hand: Hand) -> list[Block]:
    """Part 14: what this file says nothing about."""
    blocks: list[Block] = [
        para(_("The law was read to %(day)s. What was published later is not known here.") % {"day": hand.day(HORIZON)})
    ]
    if law is not None:
        blocks.append(sub(_("Chapters not encoded")))
        blocks.append(
            table(
                [_("Paragraph"), _("What is missing"), _("Party"), _("Could change the answer")],
                [
                    [each["cite"], each["words"], each["party"], _("yes") if each["holds"] else _("no")]
                    for each in law.not_encoded
                ],
                (3, 7, 3, 2),
                nothing=_("The determination named none."),
            )
        )
        unchecked = [
            f"{each.title}: {each.citation['paragraph']}"
            for step in law.steps
            for each in (*step.speaking, *step.silent)
            if not each.citation["checked"]
        ]
        blocks.append(sub(_("Paragraphs relied on that no person has checked against their source")))
        blocks.append(points(list(dict.fromkeys(unchecked))) if unchecked else para(_("None.")))
    shown = show_screening(told.case, told.known, told.reader)
    blocks.append(sub(_("Lists not searched")))
    if shown.row is None:
        blocks.append(para(_("No list at all has been searched for this case.")))
    else:
        blocks.append(points([title for title, _keeper in shown.not_searched]))
    blocks.append(sub(_("Beyond this file")))
    blocks.append(
        points(
            [
                _("It proposes what the law says; people decide. It is not legal advice and no license."),
                _("It covers the Export Administration Regulations of the United States as far as they are encoded; "
                  "other authorities and other countries' laws are not covered."),
                _("Names are compared with the lists named in part 6; a name that is not found there is not cleared "
                  "by any other list."),
            ]
        )
    )  # fmt: skip
    return blocks


def retention(told: Gathered, hand: Hand) -> list[Block]:
    """Part 15: until when the record is kept, and why."""
    case = told.case
    event, name = _counted_from(told)
    rows = []
    for code in KEPT:
        row = deadlines.deadline(code)
        until = "–"
        if event is not None:
            try:
                until = hand.day(deadlines.due(code, event).due)
            except deadlines.CannotCount as refused:
                until = refused.say(hand.lang)
        rows.append([_said(row.name, hand), row.cite, _said(row.starts, hand), until])
    blocks: list[Block] = [
        para(
            _("Counted from %(event)s, %(day)s.") % {"event": name, "day": hand.day(event)}
            if event
            else _("Not counted yet: the period begins with the latest event of this transaction, which is still open.")
        ),
        table([_("Rule"), _("Paragraph"), _("Counted from"), _("Kept until")], rows, (4, 3, 6, 3)),
        para(_("Where a case touches both rules the longer period holds. A request by an agency stops any destruction "
               "until it is released in writing (15 CFR 762.6(b)).")),
    ]  # fmt: skip
    running = [clock for clock in case.clocks.all() if clock.kind == Clock.Kind.RECORDS]
    if running:
        blocks.append(
            para(_("The clock of this case keeps the record until %(day)s.") % {"day": hand.day(running[-1].due_on)})
        )
    return blocks


def _counted_from(told: Gathered) -> tuple[dt.date | None, str]:
    """Return the latest known event of the transaction: shipment, or the refusal that ended it."""
    if told.case.shipped_on:
        return told.case.shipped_on, _("the shipment")
    decision = told.decision
    if decision and told.case.state == "refused" and decision.settled_at:
        return decision.settled_at.date(), _("the refusal that ended the transaction")
    return None, ""


def _said(words: object, hand: Hand) -> str:
    return str(words[hand.lang]) if isinstance(words, dict) or hasattr(words, "get") else str(words)  # type: ignore[index]
