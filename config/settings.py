"""One settings file. The environment decides; every default is the safe one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from environs import Env

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where the product keeps what is not code ----------------------------------------------------------------------
STATE_DIR = Path(env.str("STATE_DIR", str(BASE_DIR / ".state")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(STATE_DIR / "media")))
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(STATE_DIR / "static")))
SCREENING_INDEX_DIR = Path(env.str("SCREENING_INDEX_DIR", str(STATE_DIR / "index")))

# --- Who may reach it ------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
BASE_URL = env.str("GATEHOUSE_BASE_URL", "http://127.0.0.1:8000")
SECURE_COOKIES = env.bool("GATEHOUSE_SECURE_COOKIES", True)
BEHIND_PROXY = env.bool("GATEHOUSE_BEHIND_PROXY", False)

# --- What it is made of ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "knox",
    "rest_framework",
    "config.apps.WiringConfig",
    "audit",
    "screening",
    "compliance",
    "notifications",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.request_id",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.private",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.frame.frame",
            ],
            "libraries": {"gatehouse": "config.tags"},
        },
    }
]

# --- Rows ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgres://127.0.0.1:5432/gatehouse")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# PostgreSQL compiles what it believes costly, and that takes longer (30 to 60 ms) than the query of a page itself.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
if env.bool("DATABASE_POOL", True):
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", 8),
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache and broker ------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "gatehouse",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "gatehouse-queue:",
    "visibility_timeout": 900,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

# --- People ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "compliance.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "compliance:desk"
ACCOUNT_ADAPTER = "compliance.web.accounts.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Gatehouse"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or BASE_URL.startswith("http://localhost")

# --- Words -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "UTC")

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
DOCUMENT_MAX_BYTES = env.int("GATEHOUSE_DOCUMENT_MAX_BYTES", 20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- What a browser may do -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
PERMISSIONS_POLICY = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = env.bool("GATEHOUSE_SSL_REDIRECT", False)
SECURE_HSTS_SECONDS = env.int("GATEHOUSE_HSTS_SECONDS", 31536000 if SECURE_COOKIES else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["compliance.api.authentication.ByToken"],
    "DEFAULT_PERMISSION_CLASSES": ["compliance.api.permissions.DenyAll"],
    "DEFAULT_PARSER_CLASSES": ["compliance.api.parsers.StrictJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "compliance.api.negotiation.AlwaysJSON",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "compliance.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
}
KNOX_TOKEN_MODEL = "compliance.ApiToken"  # noqa: S105  the name of a table
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False, "TOKEN_MODEL": KNOX_TOKEN_MODEL}
API_BODY_MAX_BYTES = 1024 * 1024
SPECTACULAR_SETTINGS = {
    "TITLE": "Gatehouse",
    "DESCRIPTION": "Export compliance cases under the US Export Administration Regulations, for programs.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["compliance.api.schema.close_requests"],
}

# --- Mail ------------------------------------------------------------------------------------------------------------
_mail = env.dj_email_url("EMAIL_URL", "dummy:")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", str(STATE_DIR / "mail"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Gatehouse <gatehouse@localhost>")

# --- The product's own switches --------------------------------------------------------------------------------------
GATEHOUSE_DEMO = env.bool("GATEHOUSE_DEMO", False)
GATEHOUSE_ORGANIZATION = env.str("GATEHOUSE_ORGANIZATION", "")
GATEHOUSE_SEAL_RECIPIENTS = env.list("GATEHOUSE_SEAL_RECIPIENTS", [])
GATEHOUSE_LIST_URL = env.str("GATEHOUSE_LIST_URL", "")
GATEHOUSE_LIST_URL_OFAC = env.str("GATEHOUSE_LIST_URL_OFAC", "")
GATEHOUSE_LIST_URL_DPL = env.str("GATEHOUSE_LIST_URL_DPL", "")
GATEHOUSE_LIST_TIMEOUT = env.int("GATEHOUSE_LIST_TIMEOUT", 60)
GATEHOUSE_LIST_MAX_BYTES = env.int("GATEHOUSE_LIST_MAX_BYTES", 300 * 1024 * 1024)
GATEHOUSE_LIST_MAX_SHRINK = env.float("GATEHOUSE_LIST_MAX_SHRINK", 0.05)
GATEHOUSE_LIST_MAX_AGE_DAYS = env.int("GATEHOUSE_LIST_MAX_AGE_DAYS", 3)
GATEHOUSE_LISTS_NEED_SECOND = env.bool("GATEHOUSE_LISTS_NEED_SECOND", False)
GATEHOUSE_CANARIES = env.str("GATEHOUSE_CANARIES", "")
GATEHOUSE_MATCH_THRESHOLD = env.float("GATEHOUSE_MATCH_THRESHOLD", 0.05)
GATEHOUSE_MATCH_THRESHOLDS = env.str("GATEHOUSE_MATCH_THRESHOLDS", "")
GATEHOUSE_LOOKUPS_PER_MINUTE = env.int("GATEHOUSE_LOOKUPS_PER_MINUTE", 120)
GATEHOUSE_CLEARANCE_DAYS = env.int("GATEHOUSE_CLEARANCE_DAYS", 365)
GATEHOUSE_SUBJECT_SCOPE = "compliance.queries.visible_subject_refs"
GATEHOUSE_AFTER_LISTS = "compliance.tasks.rescreen_stale_cases"
GATEHOUSE_SUBJECT_ROLES = "compliance.queries.subjects.roles"
GATEHOUSE_SUBJECT_LABELS = "compliance.queries.subject_labels"
GATEHOUSE_SUBJECTS = "compliance.queries.subjects.every_subject"
GATEHOUSE_OPEN_CASES = "compliance.queries.subjects.open_cases_of"
GATEHOUSE_SUBJECT_CLOCKS = "compliance.queries.match_desk.clocks_of_subjects"
GATEHOUSE_SUBJECT_CASES = "compliance.queries.match_desk.cases_of_subject"
GATEHOUSE_MATCH_COLLEAGUES = "compliance.queries.match_desk.colleagues_for"
GATEHOUSE_ENTRY_WORDS = ["compliance.queries.history.sentence", "compliance.queries.object_history.sentence"]
GATEHOUSE_GOVERNING_READING = env.str("GATEHOUSE_GOVERNING_READING", "enforced")
GATEHOUSE_DEADLINE_LEADS = env.list("GATEHOUSE_DEADLINE_LEADS", [30, 7, 1], subcast=int)
GATEHOUSE_SECOND_APPROVAL_VALUE = env.decimal("GATEHOUSE_SECOND_APPROVAL_VALUE", Decimal(1_000_000))
GATEHOUSE_RULEBOOK_MAX_AGE_DAYS = env.int("GATEHOUSE_RULEBOOK_MAX_AGE_DAYS", 30)

# --- Logs: for programmers; evidence is the chain -------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
