"""Settings, all from the environment. Without any, the embedded default runs: SQLite, worker loop, kept mail."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from helpdesk.environment import kept_secret, mail_transport

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

EMBEDDED = not env.str("DATABASE_URL", default="")
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and not EMBEDDED:
    raise ImproperlyConfigured("SECRET_KEY is missing: every installation with its own database needs one")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
try:
    (VAR_DIR / "test").mkdir(parents=True, exist_ok=True)
    SECRET_KEY = SECRET_KEY or kept_secret(VAR_DIR / "secret_key")
except OSError as trouble:
    raise ImproperlyConfigured(f"the folder {VAR_DIR} cannot be used ({trouble.strerror})") from trouble

# --- Where it is reached -------------------------------------------------------------------------------------------
# The tenant decides which hosts exist (accounts/middleware.py), so Django's own list stays open.
ALLOWED_HOSTS = ["*"]
BASE_DOMAIN = env.str("BASE_DOMAIN", default=f"localhost:{env.str('PORT', default='8000')}")
try:
    _base = urlsplit(f"//{BASE_DOMAIN}")
    BASE_HOST, PUBLIC_PORT = _base.hostname or "localhost", _base.port
except ValueError as trouble:
    raise ImproperlyConfigured(f"{BASE_DOMAIN} is no host with a port from 1 to 65535") from trouble
TLS = env.bool("TLS", default=not (DEBUG or BASE_HOST == "localhost" or BASE_HOST.endswith(".localhost")))
PUBLIC_SCHEME = "https" if TLS else "http"
DEFAULT_TENANT = env.str("DEFAULT_TENANT", default="")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
PORTAL_LIST = EMBEDDED and not DEFAULT_TENANT

# --- Parts ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts",
    "routing",
    "knowledge",
    "tickets",
    "notifications",
    "helpdesk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "anymail",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "helpdesk.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "helpdesk.middleware.HealthMiddleware",
    "accounts.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.watching.SeenMiddleware",
    "accounts.watching.SecondFactorMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "accounts.context.portal",
                "accounts.context.applications",
                "knowledge.context.booking",
                "tickets.context.unread",
                "tickets.context.desk",
                "notifications.context.failed_mails",
                "notifications.context.incoming_mails",
            ],
        },
    },
]

# --- Database ------------------------------------------------------------------------------------------------------
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
    "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;"
)
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'helpdesk.sqlite3'}")}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # IMMEDIATE: a deferred read-then-write fails with "database is locked" under parallel writers (docs/decisions).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": SQLITE_PRAGMAS,
    }
    # A file, not memory: live servers, workers and killed processes in the tests share it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test" / "test.sqlite3")}
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
    # Compiling a query took longer than all it was compiled for: 140 of 200 ms for the counts of 6,000 tickets.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.TenantBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# What a new password needs is the portal's choice (accounts/password_rules.py).
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
# The address is unique inside its tenant, which the tenant backend looks up in scope.
# The TLS front redirects to https (W008); HSTS holds for a portal's own host and promises nothing for the names below
# it (W005) or for browsers' preload lists (W021).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W005", "security.W008", "security.W021"]

# --- Cookies and headers -------------------------------------------------------------------------------------------
_prefix = "__Host-" if TLS else ""
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = f"{_prefix}session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = TLS
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_FAILURE_VIEW = "helpdesk.views.stale_form"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
DEVICE_COOKIE_NAME = f"{_prefix}device"
READER_COOKIE_NAME = f"{_prefix}reader"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# The TLS front redirects http and there sets HSTS as well; here for those who answer without one.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Languages and time --------------------------------------------------------------------------------------------
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["helpdesk.formats"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
_files = urlsplit(env.str("FILES_URL", default=f"file://{VAR_DIR / 'files'}"))
if _files.scheme != "file":
    raise ImproperlyConfigured("FILES_URL must be file:// followed by the absolute path of a folder")
STORAGES = {
    # No base_url: files leave only through views that check who asks.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": unquote(_files.path), "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "accounts.uploading.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
ATTACHMENT_LIMIT_MB = 25  # what no portal's own limit may exceed
ATTACHMENTS_LIMIT_MB = 100  # all files of one request together
ATTACHMENTS_PER_MESSAGE = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- Mail ----------------------------------------------------------------------------------------------------------
try:
    MAIL = mail_transport(env.str("EMAIL_URL", default="keep://" if EMBEDDED else "smtp://localhost"))
except ValueError as reason:
    raise ImproperlyConfigured(str(reason)) from reason
MAIL_DIR = VAR_DIR / "mail"
# Whether mail servers that administrators name may lie inside our own network. On a machine of one's own they may;
# where strangers set up portals, they could look around in it.
PRIVATE_MAIL_SERVERS = env.bool("PRIVATE_MAIL_SERVERS", default=EMBEDDED)
DNS_SERVER = env.str("DNS_SERVER", default="")  # host:port; else as the machine asks
MAIL_TIMEOUT = 20  # seconds one step of a mail conversation may take
# What mail providers prove themselves by when they bring mails and reports: a shared secret, or their own signing keys.
_hook_keys = {name.strip().upper(): key for name, key in env.dict("MAIL_HOOK_KEYS", default={}).items()}
ANYMAIL = MAIL.anymail | _hook_keys | {"WEBHOOK_SECRET": env.list("MAIL_HOOK_SECRET", default=[])}
EMAIL_BACKEND = (
    f"anymail.backends.{MAIL.provider}.EmailBackend"
    if MAIL.kind == "anymail"
    else "django.core.mail.backends.dummy.EmailBackend"  # mail leaves through notifications/transports.py only
)

# --- Work queue ----------------------------------------------------------------------------------------------------
# The broker only wakes workers; the rows are the truth (DESIGN, "Engines").
CELERY_BROKER_URL = env.str("REDIS_URL", default="")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
