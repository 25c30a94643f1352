#!/usr/bin/env bash
# Sees to it that Chromium and its driver are there.
set -euo pipefail
source "$(dirname "$0")/debian.sh"

here() { command -v chromedriver >/dev/null && { command -v chromium || command -v google-chrome; } >/dev/null; }

here && exit 0
install_debian chromium chromium-driver
here && exit 0
echo 'The browser tests need Chromium and ChromeDriver of the same version on PATH.' >&2
echo 'On Debian: apt-get install chromium chromium-driver' >&2
exit 1
