#!/usr/bin/env bash
# Sees to it that Chromium and its driver are there: installs Debian's where apt is, and the right
# to use it.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

here() { command -v chromedriver >/dev/null && { command -v chromium || command -v google-chrome; } >/dev/null; }

here && exit 0
if command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    as_root=()
  elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  fi
  if [ -n "${as_root+set}" ]; then
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium chromium-driver
  fi
fi
here && exit 0
echo 'The browser tests need Chromium and ChromeDriver of the same version on PATH.' >&2
echo 'On Debian: apt-get install chromium chromium-driver' >&2
exit 1
