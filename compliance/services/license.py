"""What lets a case go: filing for it, the days on which BIS's clock stood still, the grant and the denial."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from compliance.ear import deadlines
from compliance.lifecycle import Action
from compliance.models import Authorization, Case, Clock, Document, DrawDown, Pause, User
from compliance.queries.case_choices import fitting_kinds
from compliance.queries.outcomes import outcome_label

from . import refusals, words
from .act import act
from .clocks import start_clock, stop_clocks, stop_inquiries

NAC_CITATION = "15 CFR 740.8(c)"


def file_application(
    ref: str,
    *,
    by: User,
    kind: str,
    application: str,
    filed_on: Any,
    registered_on: Any = None,
    proof_id: int | None = None,
    quantity: Any = None,
    value: Any = None,
) -> Authorization:
    """Record that an authorization was filed for: a license application or a NAC notification in SNAP-R.

    The NAC clock starts with *registration*: 25 calendar days, drawn from :mod:`compliance.ear.deadlines`. A
    notification filed but not yet registered has no clock. Raises :class:`~.refusals.BadInput`.
    """
    if kind not in Authorization.Kind.values:
        raise refusals.BadInput("kind", _("“%(given)s” is not a kind of authorization."), given=str(kind)[:40])
    filed = words.day("filed_on", filed_on, required=True)
    registered = words.day("registered_on", registered_on)
    number = words.text("application", application, limit=60, required=True)
    today = timezone.localdate()
    if filed and filed > today:
        raise refusals.BadInput("filed_on", _("The filing lies in the future. Record it once it is filed."))
    if registered and filed and registered < filed:
        raise refusals.BadInput("registered_on", _("Registration cannot come before filing."))
    if registered and registered > today:
        raise refusals.BadInput(
            "registered_on", _("The registration lies in the future. Record it once SNAP-R has registered it.")
        )
    with act(ref, Action.FILE, by=by) as (case, note):
        must_fit(case, kind)
        row = Authorization.objects.create(
            case=case,
            unit=case.unit,
            kind=kind,
            application=number,
            filed_on=filed,
            registered_on=registered,
            proof=_proof(case, proof_id),
            quantity=_quantity(quantity),
            value=_value(value),
            recorded_by=by,
        )
        _start_nac_clock(case, row, by)
        note.update(
            authorization=row.pk,
            kind=kind,
            application=number,
            filed_on=str(filed),
            registered_on=str(registered or ""),
        )
    return row


def must_fit(case: Case, kind: str) -> None:
    """Refuse a kind of authorization that does not follow from what was approved."""
    fitting = fitting_kinds(case)
    if kind not in fitting:
        raise refusals.WrongAuthorization(
            outcome=outcome_label(case.outcome) if case.outcome else "",
            allowed=", ".join(str(Authorization.Kind(each).label) for each in fitting),
        )


def record_registration(ref: str, *, by: User, registered_on: Any) -> Authorization:
    """Record the day on which SNAP-R registered a notification filed before; the 25 days start."""
    day = words.day("registered_on", registered_on, required=True)
    with act(ref, Action.PAUSE_CLOCK, by=by) as (case, note):
        row = _pending(case)
        if row.registered_on:
            raise refusals.BadInput("registered_on", _("Registration is already recorded."))
        if day is None or (row.filed_on and day < row.filed_on) or day > timezone.localdate():
            raise refusals.BadInput("registered_on", _("Registration lies between filing and today."))
        row.registered_on = day
        row.save(update_fields=["registered_on"])
        _start_nac_clock(case, row, by)
        note.update(authorization=row.pk, registered_on=str(day))
    return row


def _start_nac_clock(case: Case, row: Authorization, by: User) -> None:
    if row.kind != Authorization.Kind.NAC or row.registered_on is None:
        return
    start_clock(
        case,
        kind=Clock.Kind.NAC,
        start_event="SNAP-R registration",
        started_on=row.registered_on,
        due_on=nac_due_on(row),
        owner=case.assigned_to or by,
        citation=NAC_CITATION,
        proof=row.application,
        authorization=row,
    )


def nac_due_on(row: Authorization) -> dt.date:
    """Return the 25th day of a registered notification, moved by the pauses that have ended."""
    assert row.registered_on is not None  # noqa: S101  callers start no clock before registration
    ended = [
        deadlines.Pause(pause.first_day, pause.last_day, pause.ground)
        for pause in row.pauses.all()
        if pause.last_day is not None
    ]
    return deadlines.due(deadlines.NAC_ANSWER, row.registered_on, pauses=ended).due


def nac_may_ship(row: Authorization, day: dt.date) -> bool:
    """Return whether a notification lets a shipment go: with the number, and not before 25 days have passed."""
    pauses = tuple(deadlines.Pause(pause.first_day, pause.last_day, pause.ground) for pause in row.pauses.all())
    return deadlines.NacClock(row.registered_on, pauses, row.number).may_ship(day)


def record_pause(ref: str, *, by: User, ground: str, first_day: Any, last_day: Any = None, proof: str = "") -> Pause:
    """Record days on which BIS's clock stood still; the day due moves. ``last_day`` is empty while it still stands."""
    if ground not in Pause.Ground.values:
        raise refusals.BadInput("ground", _("Only the grounds of 15 CFR 740.8(c) stop this clock."))
    first = words.day("first_day", first_day, required=True)
    last = words.day("last_day", last_day)
    evidence = words.text("proof", proof, limit=300, required=True)
    if first and last and last < first:
        raise refusals.BadInput("last_day", _("A pause cannot end before it begins."))
    if first and first > timezone.localdate():
        raise refusals.BadInput("first_day", _("The pause lies in the future. Record it once it has begun."))
    with act(ref, Action.PAUSE_CLOCK, by=by) as (case, note):
        row = _pending(case)
        if row.kind != Authorization.Kind.NAC or row.registered_on is None:
            raise refusals.BadInput("ground", _("No registered NAC notification is pending in this case."))
        if first and first < row.registered_on:
            raise refusals.BadInput("first_day", _("The clock had not started yet on this day."))
        still = row.pauses.filter(last_day__isnull=True).first()
        if still and last:
            if last < still.first_day:
                raise refusals.BadInput("last_day", _("A pause cannot end before it begins."))
            still.last_day = last
            still.save(update_fields=["last_day"])
            pause = still
        elif still:
            raise refusals.BadInput("first_day", _("A pause is already running. Record its last day first."))
        else:
            pause = Pause.objects.create(
                authorization=row, ground=ground, first_day=first, last_day=last, proof=evidence, recorded_by=by
            )
        try:
            due_on = nac_due_on(row)
        except deadlines.CannotCount as error:
            raise refusals.BadInput("last_day", str(error)) from error
        standing = Clock.Standing.PAUSED if pause.last_day is None else Clock.Standing.RUNNING
        case.clocks.filter(authorization=row, kind=Clock.Kind.NAC).update(due_on=due_on, standing=standing)
        note.update(
            authorization=row.pk,
            ground=ground,
            first_day=str(pause.first_day),
            last_day=str(last or ""),
            due_on=due_on.isoformat(),
            proof=evidence,
        )
    return pause


def record_grant(
    ref: str,
    *,
    by: User,
    number: str,
    granted_on: Any,
    expires_on: Any = None,
    conditions: str = "",
    proof_id: int | None = None,
    quantity: Any = None,
    value: Any = None,
) -> Authorization:
    """Record the license or the NAC confirmation number: the case may go from now on, within its limits.

    A license has an expiry; its clock reopens the case when it ends. Raises :class:`~.refusals.BadInput`.
    """
    given = words.text("number", number, limit=60, required=True)
    granted = words.day("granted_on", granted_on, required=True)
    expires = words.day("expires_on", expires_on)
    with act(ref, Action.GRANT, by=by) as (case, note):
        row = _pending(case)
        if granted is None or granted > timezone.localdate():
            raise refusals.BadInput("granted_on", _("The grant lies in the future. Record it once you hold it."))
        started = row.registered_on or row.filed_on
        if started and granted < started:
            raise refusals.BadInput("granted_on", _("The grant cannot come before the filing."))
        if row.kind == Authorization.Kind.NAC and row.registered_on is None:
            raise refusals.BadInput("number", _("Record first on which day SNAP-R registered the notification."))
        if row.kind == Authorization.Kind.LICENSE and expires is None:
            raise refusals.BadInput("expires_on", _("A license has an expiry date: take it from its face."))
        if expires and expires < granted:
            raise refusals.BadInput("expires_on", _("It would expire before it was granted. Check both dates."))
        row.standing, row.number, row.granted_on, row.expires_on = "granted", given, granted, expires
        row.conditions = words.text("conditions", conditions, limit=8000, lines=True)
        row.proof = _proof(case, proof_id) or row.proof
        limits = (_quantity(quantity), _value(value))
        row.quantity = row.quantity if limits[0] is None else limits[0]
        row.value = row.value if limits[1] is None else limits[1]
        row.save()
        stop_clocks(case, standing=Clock.Standing.MET, on=granted, authorization=row)
        if expires:
            _start_expiry(case, row, expires, by)
        note.update(
            authorization=row.pk,
            kind=row.kind,
            number=given,
            granted_on=str(granted),
            expires_on=str(expires or ""),
            conditions=row.conditions,
        )
    return row


def _start_expiry(case: Case, row: Authorization, expires: dt.date, by: User) -> None:
    general = row.kind == Authorization.Kind.GENERAL
    start_clock(
        case,
        kind=Clock.Kind.GENERAL_LICENSE_END if general else Clock.Kind.LICENSE_EXPIRY,
        start_event=f"granted {row.number}",
        started_on=row.granted_on or expires,
        due_on=expires,
        owner=case.assigned_to or by,
        citation="15 CFR 750.7(g)" if row.kind == Authorization.Kind.LICENSE else "",
        proof=row.number,
        authorization=row,
        reopens=True,
    )


def record_denial(ref: str, *, by: User, reason: str, returned: bool = False) -> Authorization:
    """Record that BIS denied the application, or that a license is needed after all, or that it came back unread."""
    why = words.reason(reason)
    with act(ref, Action.DENY, by=by) as (case, note):
        row = _pending(case)
        row.standing = Authorization.Standing.RETURNED if returned else Authorization.Standing.DENIED
        row.save(update_fields=["standing"])
        stop_clocks(case, standing=Clock.Standing.CANCELLED, on=timezone.localdate(), authorization=row)
        stop_inquiries(case)
        note.update(authorization=row.pk, standing=row.standing, reason=why)
    return row


def _pending(case: Case) -> Authorization:
    row = (
        case.authorizations.select_for_update().filter(standing=Authorization.Standing.PENDING).order_by("-pk").first()
    )
    if row is None:
        raise refusals.BadInput("application", _("Nothing is pending in this case. Record the filing first."))
    return row


def _quantity(raw: Any) -> words.Decimal | None:
    return words.number("quantity", raw, places=3, digits=16, least=words.Decimal("0.001"))


def _value(raw: Any) -> words.Decimal | None:
    return words.number("value", raw, places=2, digits=18, least=words.Decimal(0))


def _proof(case: Case, document_id: int | None) -> Document | None:
    if not document_id:
        return None
    document = case.documents.filter(pk=document_id).first()
    if document is None:
        raise refusals.BadInput("proof", _("This document is not kept here. Attach it first."))
    return document


def draw_down(case: Case, row: Authorization, *, by: User, on: dt.date) -> DrawDown:
    """Take a shipment's quantity and value from an authorization; called by the verb that ships.

    Raises :class:`~.refusals.LicenseExpired`, :class:`~.refusals.LicenseExhausted` and, where the authorization has a
    limit in US dollars, :class:`~.refusals.ValueUnknown` for a case whose value in US dollars nobody wrote down.
    """
    row = Authorization.objects.select_for_update().get(pk=row.pk)
    if row.expires_on and row.expires_on < on:
        raise refusals.LicenseExpired(day=row.expires_on.isoformat())
    lines = list(case.lines.all())
    quantity = sum((line.quantity for line in lines), words.Decimal(0))
    value = case.value
    if row.value is not None and (value is None or case.currency != "USD"):
        raise refusals.ValueUnknown()
    used = row.draw_downs.aggregate(quantity=Sum("quantity"), value=Sum("value"))
    for limit, taken, needed in (
        (row.quantity, used["quantity"] or 0, quantity),
        (row.value, used["value"] or 0, value or 0),
    ):
        if limit is not None and taken + needed > limit:
            raise refusals.LicenseExhausted(left=f"{limit - taken:f}", needed=f"{needed:f}")
    return DrawDown.objects.create(authorization=row, case=case, quantity=quantity, value=value, by=by)
