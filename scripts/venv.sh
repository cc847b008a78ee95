#!/bin/sh
# Prepare .venv with what a requirements file lists: sh scripts/venv.sh requirements.txt
# Needs nothing but a POSIX shell: finds a Python that will do, and says so in a sentence if none.
set -eu
cd "$(dirname "$0")/.."

# Asked of .venv's own Python first, which is there on every run but the first.
if [ -x .venv/bin/python ] && .venv/bin/python scripts/venv.py --ready "$1" 2>/dev/null; then
    exit 0
fi

requirements=$1
if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3 python3.14 python3.13 python3.12 python3.11 python
fi
seen=""
incomplete=""
for candidate in "$@"; do
    version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case $version in
        3.11 | 3.12 | 3.13 | 3.14) ;;
        *) seen="$seen $candidate is $version;"; continue ;;
    esac
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        exec "$candidate" scripts/venv.py "$requirements"
    fi
    incomplete="$candidate ($version)"
done

if [ -n "$incomplete" ]; then
    echo "Daftar: $incomplete is here without its venv module: install it (Debian and Ubuntu: apt-get install python3-venv) and run make again." >&2
else
    echo "Daftar needs Python 3.11 to 3.14 (here:${seen:- none;} to name another one: make PYTHON=/path/to/python3.11 run)." >&2
fi
exit 1
