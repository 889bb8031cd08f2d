#!/usr/bin/env bash
# The Splink side of `tools/bench identity --peers`: one JSON line for each labelled set.
#
#   run.sh --sets FOLDER [--set NAME …]
#
# Splink comes from PyPI into a Python environment of its own in the user's cache folder, the first time only.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
requirements=$here/requirements.txt
# Named by what is in it, so that other versions make another one.
environment=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dossier-bench/splink-$(cksum <"$requirements" | cut -d' ' -f1)

command -v python3 >/dev/null || { echo "run.sh: python3 is not installed" >&2; exit 2; }
if [ ! -e "$environment/ready" ]; then
    echo "run.sh: installing Splink into $environment" >&2
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    touch "$environment/ready"
fi
exec "$environment/bin/python" "$here/run.py" "$@"
