"""Settings: the only module that reads the environment. `.env.example` lists every name."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from core.enum_names import ENUM_NAMES
from core.environment import (
    DEVELOPMENT_SECRET,
    derived_secret,
    env,
    read_env_file,
    redis_urls,
    refuse_unsafe_production,
)
from core.logs import logging_settings
from core.postgres_pool import PooledConnection

BASE_DIR = Path(__file__).resolve().parent.parent
read_env_file(BASE_DIR)

DEBUG = env.bool("DEBUG", default=False)
DEV_OTP = env.bool("DEV_OTP", default=False)
refuse_unsafe_production(debug=DEBUG, dev_otp=DEV_OTP)

SECRET_KEY = env.str("SECRET_KEY", default="") or DEVELOPMENT_SECRET
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Addresses or networks of our own proxies: only they may say who the client is.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
REDIS_URL = redis_urls(env.str("REDIS_URL", default=""), env.str("REDIS_PASSWORD", default=""))
# Where `manage.py run` listens.
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.str("PORT", default="8000")

# --- Applications
INSTALLED_APPS = [
    "daphne",  # before staticfiles: its runserver serves sockets too
    "core.apps.CoreConfig",
    "ledger.apps.LedgerConfig",
    "marketplace.apps.MarketplaceConfig",
    "messaging.apps.MessagingConfig",
    "realtime.apps.RealtimeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ledger.apps.StaffAdminConfig",  # django.contrib.admin, behind the second factor
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_filters",
    "corsheaders",
    "channels",
    "procrastinate.contrib.django",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.AccessLogMiddleware",
    "core.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # before whatever refuses: it sets the language
    "core.middleware.FaultMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "core.middleware.TrailingSlashMiddleware",
    "core.health.ProbesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "core.urls"
ASGI_APPLICATION = "core.asgi.application"
WSGI_APPLICATION = "core.wsgi.application"
APPEND_SLASH = False  # both spellings are answered directly: see TrailingSlashMiddleware
AUTH_USER_MODEL = "ledger.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database: PostgreSQL only. The pool, because persistent connections do not suit ASGI.


def _server() -> dict[str, Any]:
    if env.str("DATABASE_URL", default=""):
        server = dict(env.db("DATABASE_URL", engine="django.db.backends.postgresql"))
        # A socket's folder stands percent-encoded in the host's place, as libpq has it.
        password = env.str("DATABASE_PASSWORD", default="") or server["PASSWORD"]
        return server | {"HOST": unquote(server["HOST"]), "PASSWORD": password}
    # Imported here: the production image has no embedded PostgreSQL.
    from core.embedded_postgres import database_settings

    for_tests = env.bool("EMBEDDED_POSTGRES_FOR_TESTS", default=False)
    return database_settings(checkout=BASE_DIR, for_tests=for_tests)


DATABASES = {
    "default": _server()
    | {
        "ATOMIC_REQUESTS": False,  # would roll attempt counters back with the error answer
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # the pool hands out dead connections after a restart else
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "pool": {
                "connection_class": PooledConnection,
                "min_size": 1,
                "max_size": env.int("DATABASE_POOL_SIZE", default=16),
                "timeout": env.int("DATABASE_POOL_TIMEOUT_SECONDS", default=10),
                "max_lifetime": 1800,
                "reconnect_timeout": 4,  # else the pauses between tries grow to minutes
            },
            "connect_timeout": 5,
        },
    }
}

# --- Language and time
LANGUAGE_CODE = "uz"
LANGUAGES = [("uz", _("Uzbek")), ("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tashkent"
USE_TZ = True

# --- Files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "core.static_files.HashedStorage"
    },
}
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or BASE_DIR / "media")

# --- Passwords: 8 to 128 characters, not only digits, not the number itself
PASSWORD_HASHERS = ["ledger.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "ledger.staff.passwords.SamePasswordRule"}]

# --- REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["ledger.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "core.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "core.schema.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Daftar",
    "DESCRIPTION": "Debts, B2B posts and chat for shops and dealers who sell on credit.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.schema.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

# --- Tokens: `kid=secret,kid=secret`; the first signs, all verify
JWT_KEYS = env.dict("JWT_KEYS", default={}) or {"1": derived_secret(SECRET_KEY, "jwt")}
JWT_ISSUER = "daftar"
JWT_AUDIENCE = "daftar-api"
ACCESS_LIFETIME = timedelta(minutes=10)
SESSION_LIFETIME = timedelta(days=60)
SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": ACCESS_LIFETIME, "REFRESH_TOKEN_LIFETIME": SESSION_LIFETIME}

# --- One-time codes
OTP_KEY = env.str("OTP_KEY", default="") or derived_secret(SECRET_KEY, "otp")
OTP_DAILY_BUDGET = env.int("OTP_DAILY_BUDGET", default=5000)

# --- SMS: how codes reach phones (console, eskiz, playmobile, telegram)
SMS_GATEWAY = env.str("SMS_GATEWAY", default="console")
SMS_FALLBACK_GATEWAY = env.str("SMS_FALLBACK_GATEWAY", default="")  # for numbers without Telegram
SMS_APP_HASH = env.str("SMS_APP_HASH", default="")  # our Android app's, for Google's SMS Retriever
ESKIZ_URL = env.str("ESKIZ_URL", default="https://notify.eskiz.uz/api")
ESKIZ_EMAIL = env.str("ESKIZ_EMAIL", default="")
ESKIZ_PASSWORD = env.str("ESKIZ_PASSWORD", default="")
ESKIZ_SENDER = env.str("ESKIZ_SENDER", default="4546")
PLAYMOBILE_URL = env.str("PLAYMOBILE_URL", default="https://send.smsxabar.uz/broker-api")
PLAYMOBILE_LOGIN = env.str("PLAYMOBILE_LOGIN", default="")
PLAYMOBILE_PASSWORD = env.str("PLAYMOBILE_PASSWORD", default="")
PLAYMOBILE_ORIGINATOR = env.str("PLAYMOBILE_ORIGINATOR", default="3700")
TELEGRAM_GATEWAY_URL = env.str("TELEGRAM_GATEWAY_URL", default="https://gatewayapi.telegram.org")
TELEGRAM_GATEWAY_TOKEN = env.str("TELEGRAM_GATEWAY_TOKEN", default="")

# --- Second factor of staff
OTP_TOTP_ISSUER = "Daftar"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

# --- Who delivers what the domain apps publish (dotted paths, as Django does for mail)
EVENT_BACKEND = "realtime.stream.append"
FEED_BACKEND = "realtime.feed.publish_feed"
REPLAY_BACKEND = "realtime.stream.rewrite"
NOTIFICATION_BACKEND = "messaging.actions.notifications.deliver"

# --- Hints between processes. Without Redis a process tells itself, and others look.
REDIS_PREFIX = "daftar"
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "realtime.redis.HintLayer",
            "CONFIG": {"hosts": REDIS_URL.split(","), "prefix": REDIS_PREFIX},
        }
    }
    if REDIS_URL
    else {}
)

# --- What /readyz asks, part by part
READINESS_CHECKS = {
    "database": "core.health.check_database",
    "ledger": "ledger.health.check_ledger",
    "delivery": "realtime.readiness.check_delivery",
}

# --- Limits of requests
JSON_BODY_LIMIT_BYTES = 1024 * 1024
UPLOAD_BODY_LIMIT_BYTES = 6 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BODY_LIMIT_BYTES
JSON_DEPTH_LIMIT = 32

# --- Browsers
CORS_EXPOSE_HEADERS = [
    "Link",
    "X-Total-Count",
    "Retry-After",
    "Idempotent-Replayed",
    "X-Request-ID",
]
CORS_ALLOW_HEADERS = [
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "x-book",
    "x-request-id",
]
CORS_URLS_REGEX = r"^/(?!admin/)"
CORS_PREFLIGHT_MAX_AGE = 3600
SECURE_SSL_REDIRECT = False  # the proxy in front ends TLS
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # wants that redirect
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600

# --- Logs
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings(level=env.str("LOG_LEVEL", default="INFO"), pretty=DEBUG)

# --- Faults: told to Sentry when there is an address for them
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")
