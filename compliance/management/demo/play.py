"""Plays the stories through the same verbs that people use, so that the demo has the evidence a real case has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from compliance.ear import red_flags
from compliance.ear.fields import About, Field, Kind
from compliance.ear.inquiries import FIELDS as INQUIRIES
from compliance.ear.vocabulary import FIELDS as LAW
from compliance.models import Case, Item, Party, Unit, User
from compliance.queries.blockers import blockers
from compliance.queries.content import content_of, digest
from compliance.services import decide, determine, facts, flags, intake, items, license, parties, screen, ship
from screening import queries as lists
from screening import services as screening

from .companies import COMPANIES, OWNERSHIP, REGISTRY
from .further_stories import ALL_STORIES
from .goods import GOODS, SOURCE
from .stories import Story

WHY = "Shown in the demo: the papers in the file explain it."
NOT_SO = (
    "case.is_informed",
    "case.fabricator_or_osat",
    "case.commercial_sample",
    "case.end_use.nuclear",
    "case.end_use.missile",
    "case.end_use.chemical_biological",
    "case.end_use.military",
    "case.end_use.military_intelligence",
    "case.end_use.supercomputer",
    "case.end_use.advanced_node_fab",
    "case.end_use.semiconductor_equipment",
    "case.end_use.node_not_known",
    "case.end_use.ecad_tcad_design",
)
"""What the law asks of every transaction and an unremarkable one denies."""
WALKED = {
    "entry": "yes",
    "kind": "same",
    "name": "whole",
    "address": "agrees",
    "country": "agrees",
    "number": "unknown",
    "dates": "unknown",
    "similarities": "several",
}
"""The walk to a true match: name, address and country are those of the entry."""


def plain_answers() -> dict[str, Any]:
    """Return an unremarkable answer to every question a red flag asks: one that raises no flag."""
    triggers: dict[str, list[Any]] = {}
    for flag in red_flags.FLAGS.values():
        for trigger in flag.condition.triggers:
            triggers.setdefault(trigger.field, []).append(trigger)
    policy = {name: INQUIRIES[name].parse(value) for name, value in red_flags.DEFAULT_POLICY.items()}
    answers = {}
    for key, held in triggers.items():
        for candidate in _candidates(INQUIRIES[key]):
            if not any(trigger.holds({key: candidate}, policy) for trigger in held):
                answers[key] = candidate
                break
    return answers


def _candidates(field: Field) -> list[Any]:
    return {
        Kind.YES_NO: [False, True],
        Kind.CHOICE: [choice.value for choice in field.choices],
        Kind.MANY: [("NONE",), *((choice.value,) for choice in field.choices)],
        Kind.NUMBER: [Decimal(3), Decimal(0), Decimal(100)],
        Kind.DATE: [dt.date(2015, 3, 1)],
        Kind.COUNTRY: ["US"],
        Kind.TEXT: ["not of concern"],
    }[field.kind]


class Stage:
    """The people, parties and items of the demo, and the verbs that bring a case to a stage."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.people = {person.username: person for person in User.objects.prefetch_related("units")}
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.say = say
        self.today = timezone.localdate()
        self.answers = plain_answers()
        self.parties: dict[str, Party] = {}
        self.items: dict[tuple[str, str], Item] = {}

    def worker(self, unit: str) -> User:
        """Return the analyst of a unit."""
        return self.people["mira" if unit == "emea" else "chen"]

    def enter_parties(self) -> None:
        """Enter the companies with their facts, each with its source, and who owns whom."""
        for company in COMPANIES:
            by = self.worker(company.unit)
            party = parties.add_party(
                by=by,
                unit=self.units[company.unit],
                name=company.name,
                kind=company.kind,
                names=list(company.names),
                addresses=[{"text": company.address, "country": company.country}] if company.address else [],
            )
            self.parties[company.key] = party
            for key, value in (
                ("party.country", company.country),
                ("party.headquarters", company.headquarters),
                ("party.own_ultimate_parent", True if company.own_parent else None),
                ("party.ultimate_parent_headquarters", company.parent),
                ("party.military_end_user", False if company.key not in {"inspur", "huawei"} else None),
                ("party.owned_50_percent_by_listed", False if company.own_parent else None),
            ):
                if value not in ("", None):
                    facts.record_party_fact(party.ref, by=by, key=key, value=value, source=REGISTRY, as_of=self.today)
        for owner, owned, percent, source in OWNERSHIP:
            parties.record_ownership(
                by=self.people["chen"],
                owner_ref=self.parties[owner].ref,
                owned_ref=self.parties[owned].ref,
                percent=percent,
                source=source,
                as_of=self.today,
            )

    def item(self, key: str, unit: str) -> Item:
        """Return an item of a unit, entered on first use with its published figures."""
        if (key, unit) not in self.items:
            good = next(each for each in GOODS if each.key == key)
            by = self.worker(unit)
            item = items.add_item(
                by=by,
                unit=self.units[unit],
                kind=good.kind,
                vendor=good.vendor,
                model=good.model,
                description=good.description,
                eccn_given=good.eccn,
            )
            for name, value in good.figures.items():
                facts.record_item_fact(item.ref, by=by, key=name, value=value, source=SOURCE)
            self.items[key, unit] = item
        return self.items[key, unit]

    def play(self) -> None:
        """Play every story to its stage."""
        for number, story in enumerate(ALL_STORIES, start=1):
            self._play(story)
            self.say(f"{number}/{len(ALL_STORIES)} {story.title}")

    def _play(self, story: Story) -> None:
        by = self.worker(story.unit)
        day = self.today + dt.timedelta(days=max(story.days, 0) if story.stage in {"shipped", "closed"} else story.days)
        value = sum(quantity * price for _key, quantity, price in story.goods)
        case = intake.open_case(
            by=by,
            unit=self.units[story.unit],
            title=story.title,
            activity=story.activity,
            exporting_from=story.source,
            destination=story.to,
            planned_on=day,
            end_use=story.use,
            value=value or None,
            purchase_order=story.order,
            purchase_order_on=self.today if story.order else None,
            route=list(story.route),
        )
        for key, quantity, price in story.goods:
            intake.add_line(
                case.ref, by=by, item_ref=self.item(key, story.unit).ref, quantity=quantity, unit_value=price or None
            )
        for key, role in story.parties:
            intake.add_party(case.ref, by=by, party_ref=self.parties[key].ref, role=role)
        if story.stage == "draft":
            return
        if story.stage not in {"submitted", "held"}:
            self._answer(case, story, by)
        intake.submit(case.ref, by=by)
        screen.screen_parties(case.ref, by=by)
        if story.stage not in {"submitted", "held"}:
            self._judge(case, listed=story.stage == "matched")
        determine.determine_case(case.ref, by=by)
        getattr(self, f"_to_{story.stage}", lambda case, story: None)(case, story)
        if story.stage in {"reviewed", "flagged", "matched", "determined"}:
            intake.assign(case.ref, by=by, to="otto" if story.unit != "apac" else "lena")

    def _answer(self, case: Case, story: Story, by: User) -> None:
        plain = {
            **self.answers,
            **dict.fromkeys(NOT_SO, False),
            **story.answers,
        }
        told = []
        for key, value in plain.items():
            field = INQUIRIES.get(key) or LAW[key]
            if value is None:
                continue
            if field.about is About.CASE:
                told.append({"key": key, "value": value})
            elif field.about is About.PARTY:
                told += [
                    {"key": key, "value": value, "party_ref": place.party.ref}
                    for place in case.parties.select_related("party")
                    if place.role != "exporter"
                ]
            else:
                told += [
                    {"key": key, "value": value, "item_ref": line.item.ref}
                    for line in case.lines.select_related("item")
                ]
        facts.answer_many(case.ref, by=by, answers=told, source="customer's questionnaire and our own check")

    def _judge(self, case: Case, *, listed: bool) -> None:
        latest = case.screenings.select_related("run").first()
        if latest is None:
            return
        refs = sorted(latest.subjects)
        for standing in lists.standings(refs, latest.run).values():
            for match in standing.undecided:
                verdict, code = ("match", "same_address") if listed else ("no_match", "different_name")
                screening.judge(
                    match.id,
                    by="otto",
                    verdict=verdict,
                    code=code,
                    reason="Name, place and line of business compared with the entry; see the registry extract.",
                    answers=WALKED if listed else None,
                )

    def _close_flags(self, case: Case) -> None:
        otto = self.people["otto"]
        case.refresh_from_db()
        for flag in case.flags.all():
            if not flag.is_open:
                continue
            if flag.answer == "raised":
                inquiry = flags.ask(
                    case.ref,
                    by=otto,
                    code=flag.code,
                    question="Please explain and send evidence.",
                    asked_of="the customer",
                )
                flags.record_answer(
                    case.ref, by=otto, inquiry_id=inquiry.pk, answer="Explained in writing; the papers are in the file."
                )
            flags.close_flag(case.ref, by=otto, code=flag.code, reason=WHY, acknowledged_unknown=True)

    def _propose(self, case: Case, recommendation: str) -> None:
        self._close_flags(case)
        otto = self.people["otto"]
        determine.determine_case(case.ref, by=otto)
        case.refresh_from_db()
        standing = blockers(case)
        if standing:
            raise RuntimeError(f"{case.title}: {[blocker.sentence for blocker in standing]}")
        by_hand = ""
        if case.outcome == "undetermined" and recommendation == "proceed":
            by_hand = "Opinion of outside counsel, in the file."
        decide.propose(
            case.ref,
            by=otto,
            recommendation=recommendation,
            reason="Facts complete, matches judged, flags explained.",
            by_hand=by_hand,
        )

    def _approve(self, case: Case, *people: str) -> None:
        for name in people:
            case.refresh_from_db()
            waiting = case.decisions.filter(standing="waiting").first()
            if waiting is None:
                return
            decide.approve(
                case.ref,
                by=self.people[name],
                reason="I read the facts, both readings and the judgements.",
                fingerprint=digest(content_of(case)),
                acknowledged_readings=True,
            )

    def _to_proposed(self, case: Case, story: Story) -> None:
        self._propose(case, "proceed")

    def _to_countersigned(self, case: Case, story: Story) -> None:
        self._propose(case, "proceed")
        self._approve(case, "rhea")

    def _to_authorized(self, case: Case, story: Story) -> None:
        self._propose(case, "proceed")
        self._approve(case, "rhea", "sam")

    def _to_shipped(self, case: Case, story: Story) -> None:
        self._to_authorized(case, story)
        ship.ship(case.ref, by=self.people["lena"])

    def _to_closed(self, case: Case, story: Story) -> None:
        self._to_shipped(case, story)
        decide.close(case.ref, by=self.people["lena"], reason="Clearance filed; records complete.")

    def _to_refused(self, case: Case, story: Story) -> None:
        decide.propose(
            case.ref,
            by=self.people["otto"],
            recommendation="refuse",
            reason="Presumption of denial, and no ground to expect a license.",
        )
        self._approve(case, "rhea")

    def _to_license_needed(self, case: Case, story: Story) -> None:
        self._propose(case, "apply")
        self._approve(case, "rhea", "sam")

    def _to_license_pending(self, case: Case, story: Story) -> None:
        self._to_license_needed(case, story)
        self._file(case, "license", "Z100231", 20)

    def _to_licensed(self, case: Case, story: Story) -> None:
        self._to_license_needed(case, story)
        self._file(case, "license", "Z099874", 120)
        license.record_grant(
            case.ref,
            by=self.people["lena"],
            number="D1244871",
            granted_on=self._ago(30),
            expires_on=self.today + dt.timedelta(days=26),
            conditions="No reexport. Report on delivery.",
            quantity=16,
        )

    def _to_nac_pending(self, case: Case, story: Story) -> None:
        self._to_license_needed(case, story)
        self._file(case, "nac", "Z100410", 12)

    def _to_nac_paused(self, case: Case, story: Story) -> None:
        self._to_license_needed(case, story)
        self._file(case, "nac", "Z100398", 21)
        license.record_pause(
            case.ref,
            by=self.people["lena"],
            ground="lapse_in_appropriations",
            first_day=self._ago(15),
            last_day=self._ago(9),
            proof="Notice of the agency on the lapse in appropriations",
        )

    def _to_nac_confirmed(self, case: Case, story: Story) -> None:
        self._to_license_needed(case, story)
        self._file(case, "nac", "Z100377", 33)
        license.record_grant(case.ref, by=self.people["lena"], number="A1200457", granted_on=self._ago(7))

    def _to_held(self, case: Case, story: Story) -> None:
        decide.hold(case.ref, by=self.people["otto"], reason="The customer has not named its parent for three weeks.")

    def _to_flagged(self, case: Case, story: Story) -> None:
        flags.ask(
            case.ref,
            by=self.people["otto"],
            code="EAR-RF-12",
            asked_of="Anadolu Teknoloji, purchasing",
            question="Who will use the accelerators, where, and for what?",
            due_on=self.today + dt.timedelta(days=4),
        )

    def _to_reviewed(self, case: Case, story: Story) -> None:
        flags.ask(
            case.ref,
            by=self.people["otto"],
            code="EAR-RF-27",
            asked_of="Linhai Cloud, facilities",
            question="Please send the site plan of the Jurong hall with every physical connection to its neighbors.",
            due_on=self.today + dt.timedelta(days=6),
        )

    def _to_iaas_flagged(self, case: Case, story: Story) -> None:
        flags.ask(
            case.ref,
            by=self.people["lena"],
            code="EAR-RF-28",
            asked_of="Xingfan International",
            question="Which model is trained, with how many operations, and will its weights be published?",
            due_on=self.today + dt.timedelta(days=2),
        )

    def _file(self, case: Case, kind: str, number: str, days: int) -> None:
        registered = self._ago(days) if kind == "nac" else None
        license.file_application(
            case.ref,
            by=self.people["lena"],
            kind=kind,
            application=number,
            filed_on=self._ago(days),
            registered_on=registered,
        )

    def _ago(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)
