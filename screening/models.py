from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .policy import Policy, searched_key, stored


class Source(models.Model):
    """A published file of lists, as it is named in ``screening.sources.SOURCES``."""

    code = models.CharField(max_length=32, primary_key=True)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.code


class Snapshot(models.Model):
    """One file, as it was loaded. Immutable but for its state, the day it was last found unchanged, and its index.

    ``members`` are the ids of its entries: an entry that did not change is the same row in every snapshot that prints
    it, so a new file costs its difference. ``sha256`` is of the uncompressed file, kept byte for byte in the store
    under ``kept_as``. ``used_from`` is when it was taken into use; a file that waits for a second person has none yet.
    ``used_until`` is when its source was taken out of use, with nothing in its place.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("in use")
        AWAITING = "awaiting", _("awaiting publication")
        SUPERSEDED = "superseded", _("superseded")
        REJECTED = "rejected", _("rejected")
        QUARANTINED = "quarantined", _("quarantined")
        RETIRED = "retired", _("taken out of use")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="snapshots")
    state = models.CharField(max_length=12, choices=State.choices)
    sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    file_name = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retrieved_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=150)
    row_count = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    defects = models.JSONField(default=dict)
    difference = models.JSONField(null=True, blank=True)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_sample = models.BooleanField(default=False)
    shrink_reason = models.TextField(blank=True)
    reason_key = models.CharField(max_length=32, blank=True)
    reason_values = models.JSONField(default=dict)
    members = ArrayField(models.BigIntegerField(), default=list)
    index_name = models.CharField(max_length=100, blank=True)
    index_bytes = models.BigIntegerField(default=0)
    kept_as = ArrayField(models.CharField(max_length=200), default=list)
    used_from = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    used_until = models.DateTimeField(null=True, blank=True)
    retired_by = models.CharField(max_length=150, blank=True)
    retire_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("list snapshot")
        verbose_name_plural = _("list snapshots")
        permissions = (("refresh_lists", _("Can load lists")),)
        constraints = (
            models.UniqueConstraint(fields=("source",), condition=Q(state="current"), name="one_current_snapshot"),
            models.UniqueConstraint(fields=("source",), condition=Q(state="awaiting"), name="one_awaiting_snapshot"),
            models.CheckConstraint(condition=~Q(state="current") | Q(used_from__isnull=False), name="current_is_used"),
            models.CheckConstraint(
                condition=~Q(state="quarantined") | ~Q(reason_key=""), name="quarantine_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="retired") | (Q(used_until__isnull=False) & ~Q(retire_reason="")),
                name="out_of_use_since_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.sha256[:12]} {self.state}"


class Reach(models.Model):
    """Which of our subjects each changed entry of a snapshot may concern, counted once and again on request.

    ``pairs`` maps the key of an entry to references of subjects; ``subjects`` is how many were asked.
    """

    snapshot = models.OneToOneField(Snapshot, on_delete=models.CASCADE, related_name="reach")
    at = models.DateTimeField()
    subjects = models.IntegerField()
    pairs = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("reach of a list")
        verbose_name_plural = _("reaches of lists")

    def __str__(self) -> str:
        return f"reach of {self.snapshot_id}"


class ListedParty(models.Model):
    """An entry of a list as published at one time. Never changed: an altered entry is a new row with the same key."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    entity_id = models.CharField(max_length=100)
    list_code = models.CharField(max_length=12)
    name = models.TextField()
    addresses = ArrayField(models.TextField(), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    kind = models.CharField(max_length=40, blank=True)
    programs = ArrayField(models.TextField(), default=list)
    identifiers = ArrayField(models.TextField(), default=list)
    license_requirement = models.TextField(blank=True)
    license_policy = models.TextField(blank=True)
    federal_register_notice = models.TextField(blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    remarks = models.TextField(blank=True)
    source_list_url = models.TextField(blank=True)
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("listed party")
        verbose_name_plural = _("listed parties")
        constraints = (
            models.UniqueConstraint(fields=("source", "key", "fingerprint"), name="one_row_per_wording_of_an_entry"),
        )

    def __str__(self) -> str:
        return f"{self.list_code} {self.name}"


class ListedName(models.Model):
    """One name of a listed party, as it is compared; the first is the primary one."""

    listed = models.ForeignKey(ListedParty, on_delete=models.PROTECT, related_name="names")
    name = models.TextField()
    position = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ("listed", "position")
        verbose_name = _("listed name")
        verbose_name_plural = _("listed names")

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """One screening of some subjects against the lists of one time. Written once, whole.

    ``subjects`` maps each reference to what was asked; ``coverage`` says which lists, of which dates, were searched
    and which were not; ``gaps`` which subjects could not be screened fully; ``threshold`` and ``rules`` from which
    score a match was kept. A run that is not complete clears nobody.
    """

    class State(models.TextChoices):
        COMPLETE = "complete", _("complete")
        PARTIAL = "partial", _("partial")
        FAILED = "failed", _("failed")

    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    failure = models.CharField(max_length=32, blank=True)
    gaps = models.JSONField(default=list)
    subjects = models.JSONField(default=dict)
    subject_digest = models.CharField(max_length=64)
    snapshots = ArrayField(models.BigIntegerField(), default=list)
    snapshot_digests = ArrayField(models.CharField(max_length=64), default=list)
    coverage = models.JSONField(default=dict)
    matcher_version = models.CharField(max_length=16)
    threshold = models.FloatField()
    rules = models.JSONField(default=list)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("screening run")
        verbose_name_plural = _("screening runs")

    def __str__(self) -> str:
        return f"run {self.pk} {self.state}"

    @property
    def searched_key(self) -> str:
        """Return what was searched and how, as one string; equal to ``queries.current_searched()`` while fresh."""
        return searched_key(self.matcher_version, self.policy, self.snapshot_digests)

    @property
    def policy(self) -> Policy:
        """Return from which score matches were kept, with the exceptions by list, kind and role."""
        return stored(self.threshold, self.rules)


class RunSubject(models.Model):
    """That a run asked about a subject: which run was the last to do so is read from here."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="asked")
    subject_ref = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("screened subject")
        verbose_name_plural = _("screened subjects")
        constraints = (models.UniqueConstraint(fields=("run", "subject_ref"), name="one_subject_once_per_run"),)
        indexes = (models.Index(fields=("subject_ref", "-run"), name="newest_run_of_subject"),)

    def __str__(self) -> str:
        return f"{self.subject_ref} in run {self.run_id}"


class Match(models.Model):
    """A proposed identity of one of our subjects and a listed party, with its reasons. Never changed."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="matches")
    subject_ref = models.CharField(max_length=64)
    subject_fingerprint = models.CharField(max_length=64)
    our_name = models.TextField()
    listed = models.ForeignKey(ListedParty, on_delete=models.PROTECT, related_name="+")
    listed_name = models.TextField()
    entity_key = models.CharField(max_length=80)
    listed_fingerprint = models.CharField(max_length=64)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    words = models.JSONField(default=list)

    class Meta:
        ordering = ("run", "-score", "pk")
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        permissions = (("judge_match", _("Can judge matches")),)
        constraints = (
            models.UniqueConstraint(fields=("run", "subject_ref", "entity_key"), name="one_match_per_pair_and_run"),
        )
        indexes = (models.Index(fields=("subject_ref", "entity_key"), name="match_by_pair"),)

    def __str__(self) -> str:
        return f"{self.subject_ref} {self.entity_key}"


class Judgement(models.Model):
    """A person's answer to a match. Append-only; the latest for a pair counts.

    It is remembered for the pair of subject and entry, with the fingerprints of both sides and the matcher's version.
    A clearance holds until any of these changes or it expires. ``walk`` keeps the answers to the questions of
    ``screening.walk``; ``waits_for`` is the user name of the colleague an escalated match waits for.
    """

    class Verdict(models.TextChoices):
        MATCH = "match", _("the same party")
        NO_MATCH = "no_match", _("not the same party")
        UNSURE = "unsure", _("cannot tell")
        ESCALATED = "escalated", _("passed on")

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="judgements")
    subject_ref = models.CharField(max_length=64)
    entity_key = models.CharField(max_length=80)
    subject_fingerprint = models.CharField(max_length=64)
    listed_fingerprint = models.CharField(max_length=64)
    matcher_version = models.CharField(max_length=16)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    code = models.CharField(max_length=32)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    expires_on = models.DateField(null=True, blank=True)
    walk = models.JSONField(default=dict, blank=True)
    waits_for = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("judgement")
        verbose_name_plural = _("judgements")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="judgement_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(verdict="no_match") | Q(expires_on__isnull=False), name="clearance_expires"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="escalated") | ~Q(waits_for=""), name="escalated_waits_for_somebody"
            ),
        )
        indexes = (models.Index(fields=("subject_ref", "entity_key", "-id"), name="judgement_by_pair"),)

    def __str__(self) -> str:
        return f"{self.subject_ref} {self.entity_key} {self.verdict}"


class Batch(models.Model):
    """Many subjects screened at once against one set of lists, cut into chunks that any worker may take.

    An upload keeps a result per row (:class:`BatchRow`); a rescreening keeps a :class:`Run` per chunk of parties and
    one per case. ``searched_key`` holds the matcher's version, the policy and the digests of the files, as
    :attr:`Run.searched_key` does; a rescreening stops when any of them changes on the way, an upload when the matcher
    does, because the answers would not fit together: an upload keeps its lists, ``threshold`` and ``rules``.
    Its ``standing`` and whom its rows became apart, a batch is not changed once it is made.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload", _("spreadsheet")
        RESCREENING = "rescreening", _("rescreening")

    class Standing(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    because = models.CharField(max_length=32, blank=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.RUNNING)
    finished_at = models.DateTimeField(null=True, blank=True)
    snapshots = ArrayField(models.BigIntegerField(), default=list)
    searched_key = models.TextField()
    coverage = models.JSONField(default=dict)
    threshold = models.FloatField()
    rules = models.JSONField(default=list)
    size = models.IntegerField(default=0)
    bad_rows = models.IntegerField(default=0)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("screening batch")
        verbose_name_plural = _("screening batches")

    def __str__(self) -> str:
        return f"batch {self.pk} {self.title}"


class BatchChunk(models.Model):
    """A part of a batch, worked through in one transaction: done whole or not at all.

    ``work`` says of what: ``rows`` (numbered ``first`` to ``last``), ``parties`` or ``case`` (named in ``refs``).
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    work = models.CharField(max_length=10)
    first = models.IntegerField(default=0)
    last = models.IntegerField(default=0)
    refs = ArrayField(models.CharField(max_length=64), default=list)
    done_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    examined = models.IntegerField(default=0)
    matches = models.IntegerField(default=0)
    incomplete = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)

    class Meta:
        ordering = ("batch", "number")
        verbose_name = _("part of a batch")
        verbose_name_plural = _("parts of a batch")
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="one_chunk_per_number"),)
        indexes = (models.Index(fields=("batch", "number"), condition=Q(done_at=None), name="chunks_to_do"),)

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class BatchRow(models.Model):
    """One row of an uploaded file: what was asked, why it could not be searched, or what was found.

    ``number`` is the row's number in the file as a spreadsheet counts it. ``hits`` is null until it was searched;
    ``more`` counts the less sure ones that are not kept.
    ``subject_ref`` is whom of ours the row was made, by the reference of the subject's owner.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.IntegerField()
    asked = models.JSONField(default=dict)
    problem = models.CharField(max_length=32, blank=True)
    problem_values = models.JSONField(default=dict)
    hits = models.JSONField(null=True, blank=True)
    highest = models.FloatField(null=True, blank=True)
    more = models.IntegerField(default=0)
    subject_ref = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("batch", "number")
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of a batch")
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="one_row_per_number"),)

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"
