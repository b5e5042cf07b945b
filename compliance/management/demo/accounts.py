"""How the demo people sign in: one password for all, made from this installation's secret, so no two demos share it."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def password() -> str:
    """Return the password of every demo person on this installation."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"demo accounts", hashlib.sha256).hexdigest()
    return f"gate-{digest[:4]}-{digest[4:8]}-{digest[8:12]}"
