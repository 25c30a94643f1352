#!/usr/bin/env bash
# Sees to it that Valgrind is there.
set -euo pipefail
source "$(dirname "$0")/debian.sh"

here() { command -v valgrind >/dev/null; }

here && exit 0
install_debian valgrind
here && exit 0
echo 'The traces need valgrind on PATH. On Debian: apt-get install valgrind' >&2
exit 1
