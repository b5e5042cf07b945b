from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Unit(models.Model):
    """A business unit: the line along which people may see each other's cases."""

    code = models.SlugField(max_length=32, unique=True)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("business unit")
        verbose_name_plural = _("business units")

    def __str__(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese and self.name_zh else self.name_en


class User(AbstractUser):
    """A person who signs in. ``unit`` is where new cases go; ``units`` are those the person may see."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    units = models.ManyToManyField(Unit, blank=True, related_name="readers")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="en")
    keys_on = models.BooleanField(default=True)

    class Meta(AbstractUser.Meta):
        permissions = (
            ("see_all_units", "Can see the cases of every business unit"),
            ("manage_people", "Can manage people and roles"),
            ("view_health", "Can see the state of queues and tasks"),
            ("view_report", "Can run and export reports"),
        )

    @property
    def name(self) -> str:
        """Return the name to show: the full name, or the user name where none is kept."""
        return self.get_full_name() or self.username
