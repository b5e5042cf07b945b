from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from compliance.lifecycle import ENDED, State

from .items import Item
from .parties import Party
from .people import Unit, User

NOT_OPEN = (*ENDED, State.SHIPPED)
"""The states in which a case waits for nobody."""


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """Keep the cases of the person's business units; outside them a case does not exist."""
        if not user.has_perm("compliance.view_case"):
            return self.none()
        if user.has_perm("compliance.see_all_units"):
            return self
        return self.filter(unit__in=user.units.all())

    def still_open(self) -> CaseQuerySet:
        """Keep the cases that still wait for somebody."""
        return self.exclude(state__in=NOT_OPEN)


class Case(models.Model):
    """One proposed export, reexport, in-country transfer, deemed export or service, as a file."""

    class Activity(models.TextChoices):
        EXPORT = "export", _("export")
        REEXPORT = "reexport", _("reexport")
        TRANSFER = "transfer", _("in-country transfer")
        DEEMED_EXPORT = "deemed_export", _("deemed export")
        IAAS = "iaas", _("IaaS provision")
        US_PERSON_SUPPORT = "us_person_support", _("US-person support")

    StateLabel = models.TextChoices(
        "StateLabel",
        {
            "DRAFT": (State.DRAFT.value, _("draft")),
            "UNDER_REVIEW": (State.UNDER_REVIEW.value, _("under review")),
            "AWAITING_APPROVAL": (State.AWAITING_APPROVAL.value, _("awaiting approval")),
            "AUTHORIZATION_NEEDED": (State.AUTHORIZATION_NEEDED.value, _("authorization needed")),
            "AUTHORIZATION_PENDING": (State.AUTHORIZATION_PENDING.value, _("authorization pending")),
            "AUTHORIZED": (State.AUTHORIZED.value, _("authorized")),
            "SHIPPED": (State.SHIPPED.value, _("shipped")),
            "CLOSED": (State.CLOSED.value, _("closed")),
            "REFUSED": (State.REFUSED.value, _("refused")),
            "HELD": (State.HELD.value, _("held")),
        },
    )

    ref = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cases")
    title = models.CharField(max_length=200)
    activity = models.CharField(max_length=20, choices=Activity)
    state = models.CharField(max_length=24, choices=StateLabel.choices, default=State.DRAFT.value)
    exporting_from = models.CharField(max_length=2, blank=True)
    destination = models.CharField(max_length=2, blank=True)
    route = models.JSONField(default=list, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    end_use = models.TextField(blank=True, max_length=4000)
    purchase_order = models.CharField(max_length=120, blank=True)
    purchase_order_on = models.DateField(null=True, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cases_created")
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="cases_held")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    shipped_on = models.DateField(null=True, blank=True)
    # What the lists of cases show and sort by, kept by the services in the transaction that changes it.
    outcome = models.CharField(max_length=24, blank=True)
    next_due_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = (
            ("work_case", "Can work on a case"),
            ("comment_case", "Can comment on a case"),
            ("propose_case", "Can propose a decision"),
            ("approve_case", "Can decide on a proposal"),
            ("license_case", "Can file for and record authorizations"),
            ("ship_case", "Can release a shipment"),
        )
        indexes = (
            models.Index(fields=("unit", "state", "next_due_on", "id"), name="case_desk"),
            models.Index(fields=("state", "next_due_on", "id"), name="case_by_state"),
            models.Index(fields=("assigned_to", "state"), name="case_by_holder"),
            models.Index(fields=("planned_on",), name="case_by_day"),
            models.Index(fields=("created_at",), name="case_by_age"),
            # The clocks of all that is open, for the hit desk: they do not grow with what was shipped and closed.
            models.Index(
                fields=("id",),
                include=("next_due_on", "planned_on"),
                condition=~Q(state__in=[state.value for state in NOT_OPEN]),
                name="open_case_days",
            ),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="case_title_search"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="value_is_not_negative"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="state_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def subject(self) -> str:
        """Return the reference evidence knows this case by."""
        return f"case:{self.ref}"


class CaseParty(models.Model):
    """A party in the role the EAR gives it in this case (15 CFR 748.5, and the roles of cloud compute)."""

    class Role(models.TextChoices):
        EXPORTER = "exporter", _("exporter")
        PURCHASER = "purchaser", _("purchaser")
        INTERMEDIATE_CONSIGNEE = "intermediate_consignee", _("intermediate consignee")
        ULTIMATE_CONSIGNEE = "ultimate_consignee", _("ultimate consignee")
        END_USER = "end_user", _("end user")
        FORWARDING_AGENT = "forwarding_agent", _("forwarding agent")
        IAAS_CUSTOMER = "iaas_customer", _("IaaS customer")
        IAAS_USER = "iaas_user", _("IaaS user")
        RESELLER = "reseller", _("reseller")
        RECIPIENT = "recipient", _("recipient of technology")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="cases")
    role = models.CharField(max_length=24, choices=Role)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("case", "party", "role"), name="one_role_once"),)

    def __str__(self) -> str:
        return f"{self.party_id} {self.role}"


class CaseLine(models.Model):
    """So many of an item, at so much."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="quantity_is_positive"),)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"


class Comment(models.Model):
    """What somebody said about a case. Not a decision, and never edited."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(max_length=4000)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text[:60]
