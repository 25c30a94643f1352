#!/usr/bin/env bash
# Runs the given make targets one after the other, whatever becomes of each, and sums up: which
# passed, how long each took, and how many tests there were.
set -uo pipefail

logs=target/test-logs
mkdir -p "$logs"
table=() passed=0 failed=0

for step in "$@"; do
  printf '\n== %s\n' "$step"
  begun=$SECONDS
  if make --no-print-directory "$step" 2>&1 | tee "$logs/$step.log"; then
    outcome=passed
  else
    outcome=FAILED
  fi
  # cargo and wasm-bindgen's runner say "test result: ok. 5 passed; 0 failed", node "# pass 5", Swift "Test run with 5
  # tests passed".
  ok=$(sed -nE 's/.*test result: [a-zA-Z]+\. ([0-9]+) passed.*/\1/p; s/^[#ℹ] pass ([0-9]+)$/\1/p; s/.*Test run with ([0-9]+) tests? passed.*/\1/p' \
    "$logs/$step.log" | awk '{ sum += $1 } END { print sum + 0 }')
  bad=$(sed -nE 's/.*test result: [a-zA-Z]+\. [0-9]+ passed; ([0-9]+) failed.*/\1/p; s/^[#ℹ] fail ([0-9]+)$/\1/p' \
    "$logs/$step.log" | awk '{ sum += $1 } END { print sum + 0 }')
  # A step without tests of its own counts as one; so does one that broke before its tests ran.
  if [ "$ok" -eq 0 ] && [ "$outcome" = passed ]; then ok=1; fi
  if [ "$bad" -eq 0 ] && [ "$outcome" = FAILED ]; then bad=1; fi
  passed=$((passed + $ok))
  failed=$((failed + $bad))
  table+=("$(printf '%-20s %-6s %4d passed %3d failed %5d s' \
    "$step" "$outcome" "$ok" "$bad" $((SECONDS - begun)))")
done

printf '\n== summary\n'
printf '%s\n' "${table[@]}"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
