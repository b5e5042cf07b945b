"""Many subjects at once, and how far their screening is."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .runs import Run


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
