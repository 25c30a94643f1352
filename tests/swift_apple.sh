#!/usr/bin/env bash
# Type-checks the Swift package for iOS 17, without Apple's SDK: against the stand-ins of swift/Tests/StandIns, and the
# toolchain's own standard library, whose textual interface Apple's compiler mode takes as well. This is where a use of
# what came later than iOS 17 shows, such as X-Wing in a stored property: elsewhere the compiler does not look.
#
#   swift_apple.sh <folder>    works in this folder, which keeps what takes a minute to make
set -euo pipefail
cd "$(dirname "$0")/.."

readonly out=$1 system=ios17.0-simulator stand_ins=swift/Tests/StandIns
library=$(dirname "$(readlink -f "$(command -v swiftc)")")/../lib/swift
readonly library
mkdir -p "$out"/{modules,sdk,library/iphonesimulator}
rm -f "$out"/modules/*

# The simulator's, because the interface of Linux has the type that only x86 has. Dropped are attributes that this
# compiler stumbles over: of functions that are copied into older programs, and of an associated type.
interface() {
  local from=$1.swiftmodule to=$out/library/iphonesimulator/$1.swiftmodule
  [ -e "$to" ] && return
  mkdir -p "$to.new"
  perl -0pe 's/-target \S+/-target x86_64-apple-'$system'/; s/\@backDeployed\([^)]*\)//g;
    s/\@available\([^)]*\)(\s*associatedtype Failure)/$1/g;
    s/\@available\([^)]*\)(\s*\@_implements\(_Concurrency\.AsyncSequence, Failure\))/\@available(iOS 18.0, *)$1/g' \
    "$library"/linux/"$from"/*-linux-gnu.swiftinterface >"$to.new/x86_64-apple-ios-simulator.swiftinterface"
  mv "$to.new" "$to"
}
for module in Swift _Concurrency _StringProcessing SwiftOnoneSupport; do interface $module; done
for folder in shims clang; do cp -RLu "$library/$folder" "$out/library"; done

compile() {
  swiftc -target x86_64-apple-$system -swift-version 6 -parse-as-library -sdk "$out/sdk" \
    -resource-dir "$out/library" -module-cache-path "$out/cache" -I "$out/modules" -package-name hushring \
    -suppress-warnings "$@"
}

# Of a stand-in, only what it declares.
stand_in() {
  compile -emit-module -module-name "$1" -o "$out/modules/$1.swiftmodule" \
    -Xfrontend -experimental-skip-non-inlinable-function-bodies $(find -L "$2" -name '*.swift' | sort)
}

module() {
  compile -emit-module -module-name "$1" -o "$out/modules/$1.swiftmodule" $(find -L "${@:2}" -name '*.swift' | sort)
  echo "$1 type-checks for iOS 17"
}

for name in Darwin CZlib COpenSSL Foundation; do stand_in $name $stand_ins/Apple/$name; done
stand_in CryptoKit $stand_ins/Crypto
for name in Security StandInSupport AVFAudio BackgroundTasks CallKit LiveCommunicationKit PushKit StoreKit UIKit \
  UserNotifications os; do
  stand_in $name $stand_ins/$name
done
module Hushring swift/Sources/Hushring
module HushringCallKit swift/Sources/HushringCallKit
module NotificationService swift/Examples/NotificationService swift/Examples/Shared
module App swift/Examples/App swift/Examples/Shared

# It would pass, too, if nothing were looked at.
cat >"$out/wrong.swift" <<'SWIFT'
import CryptoKit
struct Wrong { var key: XWingMLKEM768X25519.PrivateKey }
SWIFT
if compile -typecheck "$out/wrong.swift" >"$out/wrong.log" 2>&1 || ! grep -q "only available in iOS 26" "$out/wrong.log"; then
  cat "$out/wrong.log"
  echo 'X-Wing in a stored property is not noticed' >&2
  exit 1
fi
echo 'X-Wing in a stored property is noticed'
