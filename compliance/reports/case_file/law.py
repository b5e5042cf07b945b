"""Parts 6 to 9 of the printed file: screening, determination, red flags, authorization."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from compliance.queries.case_findings import Shown
from compliance.queries.case_flags import FlagShown, show_flags
from compliance.queries.case_law import LawShown
from compliance.queries.case_screening import show_screening
from compliance.queries.fact_words import label
from compliance.queries.outcomes import outcome_label

from .front import answer_word, strips
from .gather import Gathered
from .paper import Block, Hand, finding, pairs, para, points, sub, table


def screening(told: Gathered, hand: Hand) -> list[Block]:
    """Part 6: which lists of which version were searched, which were not, and every hit with its resolution."""
    shown = show_screening(told.case, told.known, told.reader)
    if shown.row is None:
        return [para(_("The parties have not been screened. Nobody in this file is cleared."), "unknown")]
    run = shown.row.run
    kept: dict[str, Any] = run.coverage or {}
    blocks: list[Block] = []
    if shown.sample:
        blocks.append(para(_("A sample list was searched. It is for trying things out and clears nobody."), "refused"))
    if run.state != "complete":
        blocks.append(para(_("This search was not complete. A search that is not complete clears nobody."), "unknown"))
    blocks.append(
        pairs(
            [
                (_("Screening run"), f"{run.pk} · {run.get_state_display()}"),
                (_("Screened"), hand.moment(shown.row.at)),
                (_("Lists published"), _stored_moment(kept.get("published_at"), hand)),
                (_("Lists last confirmed current"), _stored_moment(kept.get("as_of"), hand)),
                (_("SHA-256 of the list file"), "\n".join(run.snapshot_digests)),
                (_("Way of comparing"), f"{run.matcher_version} · {_('threshold')} {run.policy}"),
                (_("Parties searched for"), "\n".join(str(name) for name in shown.row.subjects.values())),
                (_("Not screened as they stand"), "\n".join(shown.unscreened) or _("nobody")),
            ]
        )
    )
    blocks.append(sub(_("Lists searched")))
    blocks.append(
        table(
            [_("List"), _("Code"), _("Entries"), _("Published"), _("Last confirmed")],
            [
                [
                    each.title,
                    each.code,
                    hand.amount(each.entries),
                    hand.day(each.published_at.date()) if each.published_at else _("not said"),
                    hand.day(each.as_of.date()) if each.as_of else _("with the whole file"),
                ]
                for each in shown.lists
            ],
            (7, 2, 2, 3, 3),
            nothing=_("No list was searched."),
        )
    )
    blocks.append(sub(_("Lists not searched")))
    absent = [f"{title} ({code})" for code, title in shown.absent]
    blocks.append(points([*absent, *(f"{title}: {keeper}" for title, keeper in shown.not_searched)]))
    blocks.append(sub(_("Every match and its resolution")))
    blocks.append(
        table(
            [_("Our party"), _("Listed as"), _("List"), _("Score"), _("Answer"), _("Reason, person, time")],
            [
                [
                    each.our_name,
                    each.listed_name,
                    each.list_code,
                    f"{each.percent} %",
                    " · ".join(filter(None, (each.standing_words, each.verdict, each.why))),
                    " · ".join(filter(None, (each.reason, each.by, hand.moment(each.at) if each.at else "")))
                    or _("not judged"),
                ]
                for each in shown.matches
            ],
            (4, 4, 1, 1, 3, 5),
            nothing=_("The search proposed no match. That says only what these lists say of these names."),
        )
    )
    blocks.append(sub(_("Every screening of this case")))
    blocks.append(
        table(
            [_("Run"), _("When"), _("By"), _("State"), _("Lists of"), _("Sample list")],
            [
                [
                    str(row.run_id),
                    hand.moment(row.at),
                    row.by.name if row.by else _("the system"),
                    str(row.run.get_state_display()),
                    _stored_moment((row.run.coverage or {}).get("as_of"), hand),
                    _("yes") if (row.run.coverage or {}).get("sample") else _("no"),
                ]
                for row in told.screenings
            ],
            (1, 3, 3, 2, 3, 2),
        )
    )
    return blocks


def _stored_moment(text: str | None, hand: Hand) -> str:
    return hand.moment(dt.datetime.fromisoformat(text)) if text else _("unknown")


def determination(told: Gathered, law: LawShown | None, hand: Hand) -> list[Block]:
    """Part 7: every answer of the law in both readings, with the paragraph as it stood on the day."""
    if law is None:
        return [para(_("The law has not been asked yet: nothing here says that this may go."), "unknown")]
    stored = law.stored
    asker = stored.made_by.name if stored.made_by else _("the system")
    blocks: list[Block] = [
        pairs(
            [
                (_("Law of"), hand.day(stored.on)),
                (_("Asked"), f"{hand.moment(stored.made_at)} · {asker}"),
                (_("Outcome"), law.outcome_label),
                (_("As codified"), outcome_label(stored.outcome_codified)),
                (_("As enforced"), outcome_label(stored.outcome_enforced)),
                (_("Rulebook digest"), stored.rulebook),
                (_("Digest of the facts read"), stored.facts_digest),
                (_("Digest of this determination"), stored.digest),
            ]
        ),
        *strips(law),
    ]
    for step in law.steps:
        if not step.speaking and not step.silent:
            continue
        blocks.append(sub(step.label, answer_word(step.outcome)))
        blocks += [_finding(each, hand) for each in step.speaking]
        if step.silent:
            blocks.append(
                table(
                    [_("Does not apply"), _("Why"), _("Paragraph"), _("In force")],
                    [
                        [each.title, each.citation["words"], each.citation["paragraph"], _span(each, hand)]
                        for each in step.silent
                    ],
                    (4, 7, 3, 3),
                )
            )
    blocks.append(sub(_("Every determination of this case")))
    blocks.append(
        table(
            [_("Asked"), _("Law of"), _("Outcome"), _("Rulebook"), _("Digest")],
            [
                [
                    hand.moment(each.made_at),
                    hand.day(each.on),
                    outcome_label(each.outcome),
                    each.rulebook[:12],
                    each.digest,
                ]
                for each in told.determinations
            ],
            (3, 2, 3, 2, 6),
        )
    )
    return blocks


def _finding(each: Shown, hand: Hand) -> Block:
    told = each.citation
    lines = [" · ".join(filter(None, (told["paragraph"], told["notice"], _span(each, hand))))]
    if not told["checked"]:
        lines.append(_("Not checked against its source by a person: it may hold, and never frees."))
    if told["note"]:
        lines.append(told["note"])
    if told["facts"]:
        lines.append(_("Read: %(facts)s") % {"facts": "; ".join(f"{f['name']} = {f['value']}" for f in told["facts"])})
    if each.item:
        lines.append(each.item)
    tag = {"codified": _("as codified"), "enforced": _("as enforced")}.get(each.reading, "")
    return finding(each.title, each.outcome, answer_word(each.outcome), told["words"], lines, tag=tag)


def _span(each: Shown, hand: Hand) -> str:
    since, until = each.citation["since"], each.citation["until"]
    if since is None:
        return ""
    if until is None:
        return _("in force since %(since)s") % {"since": hand.day(since)}
    return _("in force %(since)s to %(until)s") % {"since": hand.day(since), "until": hand.day(until)}


def flags(told: Gathered, hand: Hand) -> list[Block]:
    """Part 8: every red flag, what raised it, what was asked and answered, and who closed it."""
    shown = show_flags(told.case, told.known)
    if not shown.evaluated:
        return [para(_("The red flags have not been evaluated yet."), "unknown")]
    blocks: list[Block] = [
        para(
            _("%(open)d open, %(closed)d closed, %(quiet)d not raised, %(idle)d not relevant.")
            % {
                "open": shown.open,
                "closed": len(shown.closed),
                "quiet": len(shown.not_raised),
                "idle": len(shown.not_relevant),
            }
        )
    ]
    for each in (*shown.raised, *shown.unknown, *shown.closed):
        blocks += _flag(each, hand)
    blocks.append(sub(_("Looked at and not raised")))
    blocks.append(
        table(
            [_("Flag"), _("Title"), _("Answer"), _("Paragraph")],
            [
                [each.code, each.title, " · ".join(filter(None, (each.answer_label, each.why_not))), each.cite]
                for each in (*shown.not_raised, *shown.not_relevant)
            ],
            (2, 6, 4, 4),
        )
    )
    return blocks


def _flag(each: FlagShown, hand: Hand) -> list[Block]:
    row = each.row
    lines = [" · ".join(filter(None, (each.cite, each.status)))]
    lines += [_("Because: %(fact)s") % {"fact": fact} for fact in each.because]
    if not each.because and row.missing:
        lines.append(_("Not known: %(facts)s") % {"facts": "; ".join(dict.fromkeys(label(key) for key in row.missing))})
    for inquiry in each.inquiries:
        lines.append(
            _("Asked %(whom)s on %(day)s: %(question)s")
            % {"whom": inquiry.asked_of, "day": hand.day(inquiry.asked_on), "question": inquiry.question}
        )
        if inquiry.answered_on:
            evidence = f" · {inquiry.evidence.name} {inquiry.evidence.sha256}" if inquiry.evidence else ""
            lines.append(
                _("Answered on %(day)s: %(answer)s") % {"day": hand.day(inquiry.answered_on), "answer": inquiry.answer}
                + evidence
            )
        else:
            lines.append(_("Not answered."))
    if row.closed_at and row.closed_by:
        lines.append(
            _("Closed by %(who)s, %(when)s: %(why)s")
            % {"who": row.closed_by.name, "when": hand.moment(row.closed_at), "why": row.closed_because}
        )
    answer = "unknown" if row.answer == "unknown" else "applies"
    tag = _("open") if each.is_open else _("closed")
    return [finding(f"{each.code} · {each.title}", answer, each.answer_label, each.text, lines, tag=tag)]


def authorization(told: Gathered, law: LawShown | None, hand: Hand) -> list[Block]:
    """Part 9: what lets the case go, its conditions and numbers, the balance before and after, the AES code."""
    blocks: list[Block] = []
    for row in reversed(list(told.case.authorizations.all())):
        blocks.append(sub(f"{row.get_kind_display()} {row.number or row.application}", str(row.get_standing_display())))
        proof = f"{row.proof.name} · {row.proof.sha256}" if row.proof else _("none kept")
        blocks.append(
            pairs(
                [
                    (_("Application"), row.application),
                    (_("Filed"), hand.day(row.filed_on)),
                    (_("Registered in SNAP-R"), hand.day(row.registered_on)),
                    (_("License or confirmation number"), row.number or _("not given yet")),
                    (_("Granted"), hand.day(row.granted_on)),
                    (_("Expires"), hand.day(row.expires_on)),
                    (_("Quantity covered"), hand.amount(row.quantity)),
                    (_("Value covered"), hand.amount(row.value, "USD")),
                    (_("Conditions"), row.conditions or _("none")),
                    (_("Proof"), proof),
                    (_("Recorded"), f"{row.recorded_by.name} · {hand.moment(row.recorded_at)}"),
                ]
            )
        )
        blocks.append(_balance(row, hand))
    if not blocks:
        blocks.append(para(_("No license, notification or general license is recorded in this case.")))
    if law is None:
        return blocks
    blocks.append(sub(_("Conditions of the law before shipment")))
    blocks.append(
        table(
            [_("Condition"), _("Met"), _("Paragraph")],
            [[each["words"], _met(each["met"]), each["cite"]] for each in law.conditions],
            (8, 3, 4),
            nothing=_("The outcome names no condition of its own."),
        )
    )
    blocks.append(sub(_("License code for the AES filing")))
    blocks.append(
        table(
            [_("Code"), _("Authorization"), _("Number field")],
            [
                [each["code"], each["authorization"],
                 _("the confirmation or license number") if each.get("needs_number") else _("no number needed")]
                for each in law.aes_codes
            ],
            (2, 4, 6),
            nothing=_("None follows from the determination: a license has the code printed in its own conditions."),
        )
    )  # fmt: skip
    return blocks


def _balance(row: Any, hand: Hand) -> Block:
    """Return the ledger of one authorization: before, taken, after, for each shipment."""
    rows, left = [], row.quantity
    for taken in row.draw_downs.all():
        after = None if left is None else left - taken.quantity
        rows.append(
            [taken.case.ref, hand.moment(taken.at), taken.by.name, hand.amount(left), hand.amount(taken.quantity),
             hand.amount(after)]
        )  # fmt: skip
        left = after
    head = [_("Case"), _("When"), _("By"), _("Before"), _("Taken"), _("After")]
    return table(head, rows, (3, 4, 3, 2, 2, 2), nothing=_("No shipment has drawn on it."))


def _met(met: bool | None) -> str:
    return {True: _("met"), False: _("not met"), None: _("not known")}[met]
