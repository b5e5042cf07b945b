from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WiringConfig(AppConfig):
    name = "config"
    label = "wiring"
    verbose_name = _("Wiring")

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks
