#!/usr/bin/env bash
# Sees to it that valgrind is there: installs Debian's where apt is, and the right to use it.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

here() { command -v valgrind >/dev/null; }

here && exit 0
if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    as_root=()
  elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  fi
  if [ -n "${as_root+set}" ]; then
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends valgrind
  fi
fi
here && exit 0
echo 'The traces need valgrind on PATH. On Debian: apt-get install valgrind' >&2
exit 1
