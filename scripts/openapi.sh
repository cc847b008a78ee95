#!/bin/sh
# docs/openapi.yaml beside what the code says: `openapi.sh check` compares, `openapi.sh write` writes.
set -eu
cd "$(dirname "$0")/.."
export DEBUG="${DEBUG:-1}"
generated=$(mktemp)
trap 'rm -f "$generated"' EXIT

.venv/bin/python manage.py spectacular --validate --fail-on-warn --file "$generated"
if [ "$1" = write ]; then
    cat "$generated" >docs/openapi.yaml
elif ! diff -u docs/openapi.yaml "$generated"; then
    echo 'Daftar: docs/openapi.yaml is not what the code says; write it anew: make openapi' >&2
    exit 1
fi
