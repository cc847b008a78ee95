"""The service's own settings, told that this is a test run.

The developer's `.env` must not decide what the tests see, so each name is set here.
"""

import os

os.environ.update(
    DEBUG="1",
    DEV_OTP="0",
    EMBEDDED_POSTGRES_FOR_TESTS="1",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    CORS_ALLOWED_ORIGINS="http://localhost:3000",
    TRUSTED_PROXIES="",
    REDIS_URL="",
    LOG_LEVEL="WARNING",
)

from core.settings import *  # noqa: F403
