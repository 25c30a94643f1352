#!/usr/bin/env bash
# Runs a command with the address of a relay of its own in HUSHRING_RELAY: swift_relay.sh <command>…
set -euo pipefail
cd "$(dirname "$0")/.."

data=$(mktemp -d)
touch "$data/log"
stop() {
  [ -z "${relay-}" ] || kill "$relay" 2>/dev/null || true
  rm -rf "$data"
}
trap stop EXIT
PORT=0 DATA=$data/relay.sqlite LOG_LEVEL=error node www/build/relay/src/main.js >"$data/log" &
relay=$!
until HUSHRING_RELAY=$(sed -n 's/^listening on //p' "$data/log") && [ -n "$HUSHRING_RELAY" ]; do
  kill -0 "$relay" || { echo 'The relay did not start.' >&2; exit 1; }
  sleep 0.1
done
export HUSHRING_RELAY
"$@"
