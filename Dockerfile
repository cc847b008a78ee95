# One image, four roles: web, live, worker and the one-shot migrate; `operator` adds PostgreSQL's
# client programs for backups, `proxy` is nginx with our file and the static files.
# Python 3.11 to 3.13: docker compose build --build-arg PYTHON_VERSION=3.11.9
ARG PYTHON_VERSION=3.13.14

FROM python:${PYTHON_VERSION}-slim-trixie AS base
ENV PYTHONUNBUFFERED=1
WORKDIR /srv/daftar

FROM base AS build
COPY requirements.txt requirements-sentry.txt ./
# All of it comes as wheels: no compiler. What development alone needs stays out.
RUN sed '/^# --- Development only/,$d' requirements.txt > production.txt \
    && python -m venv --without-pip /opt/daftar \
    && python -m pip --python /opt/daftar install --no-cache-dir --disable-pip-version-check \
        --only-binary=:all: --requirement production.txt --requirement requirements-sentry.txt \
    # Where numbers are, by street; and our libraries' own tests.
    && rm -r /opt/daftar/lib/python3.*/site-packages/phonenumbers/geodata \
        /opt/daftar/lib/python3.*/site-packages/phonenumbers/carrierdata \
    && find /opt/daftar/lib/python3.*/site-packages/twisted -type d -name test -prune \
        -exec rm -r {} +
ENV PATH=/opt/daftar/bin:$PATH
COPY manage.py ./
COPY core core
COPY ledger ledger
COPY marketplace marketplace
COPY messaging messaging
COPY realtime realtime
COPY locale locale
COPY static static
COPY templates templates
COPY scripts/compose-secrets scripts/
# Names with hashes, and each file compressed once. The settings want values that nothing reads.
RUN rm -r core/embedded_postgres core/postgres_backend \
    && ALLOWED_HOSTS=build DATABASE_URL=postgres://build/build SECRET_KEY=build SMS_GATEWAY=eskiz \
        ESKIZ_EMAIL=build ESKIZ_PASSWORD=build python manage.py collectstatic --no-input \
    && python -m compileall -q .

FROM base AS app
RUN groupadd --gid 10001 daftar \
    && useradd --uid 10001 --gid daftar --no-create-home --shell /usr/sbin/nologin daftar \
    && install -d -o daftar -g daftar /var/lib/daftar/media /var/lib/daftar/backups \
        /var/lib/daftar/secrets/app /var/lib/daftar/secrets/stores \
    # PostgreSQL writes here under its own account, and our backups take away what is too old.
    && install -d -m 0777 /var/lib/daftar/wal
ENV PATH=/opt/daftar/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    MEDIA_ROOT=/var/lib/daftar/media STATIC_ROOT=/srv/daftar/staticfiles
COPY --from=build /opt/daftar /opt/daftar
COPY --from=build /srv/daftar /srv/daftar
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "core.wsgi:application", "--bind=0.0.0.0:8000", \
     "--worker-class=core.web_worker.DrainingWorker", "--workers=1", "--threads=8", \
     "--graceful-timeout=10", "--timeout=60", "--no-control-socket", "--log-level=warning"]

FROM app AS operator
# hadolint ignore=DL3002
USER 0:0
# Debian's newest 17.x: the client may be of another minor version than the server.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
COPY scripts/backup scripts/backup-schedule scripts/base-backup scripts/restore scripts/
USER 10001:10001
CMD ["sh", "scripts/backup-schedule"]

FROM nginx:1.30.4-alpine3.24 AS proxy
COPY --from=build /srv/daftar/staticfiles /srv/daftar/static
COPY nginx/nginx.conf.template /etc/nginx/templates/nginx.conf.template
COPY --chmod=0755 nginx/places.envsh /docker-entrypoint.d/15-places.envsh
USER 101:101
EXPOSE 8080 8443
CMD ["nginx", "-c", "/tmp/nginx.conf", "-e", "stderr", "-g", "daemon off;"]
