#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: Python and what the grader needs.
set -euo pipefail
base="${AUTOGRADER_BASE:-/autograder}"

if ! command -v python3 >/dev/null || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  { echo "Python 3.11 or later is needed: choose a base image with Ubuntu 24.04" >&2; exit 1; }
python3 -m venv "$base/venv"
"$base/venv/bin/python" -m pip install --quiet --disable-pip-version-check @REQUIREMENTS@
