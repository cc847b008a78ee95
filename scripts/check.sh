#!/bin/sh
# Everything that is checked without running a test: called by `make check`.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python

failed=""

step() { # each is taken to its end, so that one run says all there is to say
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name,"
}

# Development settings, whatever the checkout's .env says, and the cluster of the tests.
export DEBUG=1 DEV_OTP=0 EMBEDDED_POSTGRES_FOR_TESTS=1 LOG_LEVEL=WARNING
step 'format' "$python" -m ruff format --check .
step 'lint' "$python" -m ruff check .
step 'types' "$python" -m mypy
step 'imports' "$python" -c 'from importlinter.cli import lint_imports_command as run; run()'
step 'migrations' "$python" manage.py makemigrations --check
step 'OpenAPI' sh scripts/openapi.sh check

# Nothing is connected to: the server named here need not exist.
step 'production settings' env DEBUG=0 ALLOWED_HOSTS=daftar.example \
    SECRET_KEY="$("$python" -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DATABASE_URL=postgres://daftar@db.daftar.example/daftar \
    SMS_GATEWAY=eskiz ESKIZ_EMAIL=daftar@daftar.example ESKIZ_PASSWORD=unused \
    "$python" manage.py check --deploy --fail-level WARNING

if [ -n "$failed" ]; then
    echo "Daftar: not in order: ${failed# }" | sed 's/,$/./' >&2
    exit 1
fi
