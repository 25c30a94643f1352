#!/usr/bin/env bash
# Sees to it that PostgreSQL is there. Its tests are skipped, and counted, where it cannot be had.
set -euo pipefail
source "$(dirname "$0")/debian.sh"

here() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

here || install_debian postgresql || true
here || echo 'PostgreSQL is not here. On Debian: apt-get install postgresql' >&2
