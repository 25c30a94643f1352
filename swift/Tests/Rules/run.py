"""Switches off one rule at a time, and expects a vector or scene to fail. See README.md.

    run.py [rule ...]
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from rules import RULES

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
COPY = ROOT / "target" / "swift" / "rules"
# How swift is called, such as `chroot-of-it swift`.
SWIFT = os.environ.get("SWIFT", "swift").split()
SWITCH = """import Foundation

let switchedOff = ProcessInfo.processInfo.environment["HUSHRING_OFF"]

func off(_ rule: String) -> Bool { switchedOff == rule }
"""


def main():
    asked = sys.argv[1:] or [rule for rule, *_ in RULES]
    copy()
    for rule, file, before, after in RULES:
        patch(rule, COPY / "swift/Sources/Hushring" / file, before, after)
    subprocess.run([*SWIFT, "build", "-c", "release", "-Xswiftc", "-enable-testing", "--package-path", str(COPY),
                    "--product", "hushring-play"], cwd=ROOT, check=True)
    files = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "vectors").glob("*/*.json"))
             if path.parent.name != "push"]
    rules = {file: json.loads((ROOT / file).read_text())["rules"] for file in files}
    failed = fails(None, files)
    if failed:
        sys.exit(f"with all rules, something fails already: {failed}")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda rule: caught(rule, files, rules), asked)
        missed = [rule for rule, file in zip(asked, found) if not file]
    if missed:
        sys.exit("not caught: " + ", ".join(missed))
    print(f"{len(asked)} rules were switched off, and each was caught")


def copy():
    """Of what the player is built of; what was built before stays, so that the next run is quick."""
    COPY.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(COPY / "swift", ignore_errors=True)
    for folder in ("Sources", "Tests/Playing", "Tests/StandIns"):
        shutil.copytree(ROOT / "swift" / folder, COPY / "swift" / folder)
    # The player looks for them beside its sources.
    if not (COPY / "vectors").exists():
        (COPY / "vectors").symlink_to(ROOT / "vectors")
    shutil.copytree(HERE / "Play", COPY / "swift/Tests/Rules/Play")
    manifest = (ROOT / "Package.swift").read_text()
    # The tests' targets stay behind.
    manifest += """
package.targets.removeAll { target in
  !["Hushring", "Playing", "Crypto", "COpenSSL", "CZlib", "Security"].contains(target.name)
}
package.products = []
package.targets.append(
  .executableTarget(name: "hushring-play", dependencies: ["Hushring", "Playing"], path: "swift/Tests/Rules/Play"))
"""
    (COPY / "Package.swift").write_text(manifest)
    (COPY / "swift/Sources/Hushring/Switch.swift").write_text(SWITCH)


def patch(rule, file, before, after):
    text = file.read_text()
    if text.count(before) != 1:
        sys.exit(f"{rule}: {file.name} has {text.count(before)} times: {before}")
    file.write_text(text.replace(before, after))


def caught(rule, files, rules):
    """Those that show the rule are played first, and then all others."""
    name = rule.split()[0]
    own = [file for file in files if name in rules[file]]
    others = [file for file in files if name not in rules[file]]
    found = fails(rule, own) or fails(rule, others)
    print(f"{rule}: {found or 'NOT CAUGHT'}", flush=True)
    return found


def fails(rule, files):
    """The first file that fails, or nothing."""
    if not files:
        return None
    environment = {**os.environ, "HUSHRING_OFF": rule} if rule else None
    # Where it was built: SWIFT may begin with what enters another system.
    played = subprocess.run([*SWIFT[:-1], str(COPY / ".build/release/hushring-play")], cwd=ROOT, env=environment,
                            input="\n".join(files), capture_output=True, text=True)
    if played.returncode == 0:
        return None
    lines = played.stdout.strip().splitlines()
    return lines[-1][:150] if lines else f"stopped: {played.returncode} {played.stderr[-500:]}"


main()
