#!/usr/bin/env bash
# Swift for the tests: the one on PATH, or else Debian's, in a chroot below target/. That takes three minutes, fetches
# 530 MB, and has 2.5 GB in the end.
#
#   swift.sh set-up          sees to it that it is there; fails with 3, and says why, where it cannot be had
#   swift.sh run <command>…  runs a command where Swift is, at the root of this repository
#
# What is mounted for the chroot is mounted in a namespace of its own: it is gone when the command ends, however it
# ends, and `rm -rf target` sees nothing of it.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly repository=$PWD suite=trixie
readonly root=$repository/target/swift/$suite
readonly packages=(swiftlang libstdc++-14-dev libssl-dev zlib1g-dev)
# Where Debian has it. Its /usr/bin has no `swift`.
export PATH="$PATH:/usr/libexec/swift/bin"

is_swift_here() {
  swift --version 2>/dev/null | grep -Eq 'Swift version ([6-9]|[1-9][0-9])\.' || return 1
  [ "$(uname)" = Darwin ] || has_headers
}

# The stand-in for CryptoKit needs OpenSSL 3.5; contents need zlib.
has_headers() {
  local compiler
  compiler=$(command -v clang || command -v cc) || return 1
  printf '%s\n' '#include <openssl/opensslv.h>' '#include <zlib.h>' \
    '#if OPENSSL_VERSION_NUMBER < 0x30500000L' '#error' '#endif' |
    "$compiler" -E -x c - >/dev/null 2>&1
}

set_up() {
  ! is_swift_here || return 0
  [ "$(uname)" = Linux ] || cannot 'this is not Linux'
  command -v apt-get >/dev/null || cannot 'there is no apt to install it with'
  [ "$(id -u)" = 0 ] || cannot 'only root can use a chroot'
  unshare --mount true 2>/dev/null || cannot 'root may not mount anything here'
  [ ! -e "$root" ] || return 0
  mkdir -p "$(dirname "$root")"
  exec 9>"$root.lock"
  flock 9
  [ -e "$root" ] || install
  exec 9>&-
}

cannot() {
  cat >&2 <<TEXT
No Swift: $1.
It takes Swift 6 on PATH and, on Linux, the headers of OpenSSL 3.5 and zlib. Debian $suite has them:
  apt-get install ${packages[*]}
TEXT
  exit 3
}

install() {
  local mirror new=$root.new
  source tests/debian.sh
  command -v debootstrap >/dev/null || install_debian debootstrap debian-archive-keyring
  # debootstrap does not know apt's proxies.
  eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
  [ -z "${http_proxy-}" ] || export http_proxy
  [ -z "${https_proxy-}" ] || export https_proxy
  mirror=$(mirror)
  echo "Installing Swift from Debian $suite, into target/swift"
  rm -rf --one-file-system "$new"
  trap 'rm -rf --one-file-system "$new"' EXIT
  unshare --mount debootstrap --variant=minbase "$suite" "$new" "$mirror" >"$root.log" 2>&1 || failed
  DEBIAN_FRONTEND=noninteractive inside "$new" apt-get install -y --no-install-recommends "${packages[@]}" \
    >>"$root.log" 2>&1 || failed
  rm -rf "$new"/var/cache/apt "$new"/var/lib/apt/lists "$new"/usr/share/{doc,man,locale}
  mv "$new" "$root"
  trap - EXIT
}

failed() {
  tail -n 20 "$root.log" >&2
  echo "Swift could not be installed; all of it: $root.log" >&2
  exit 1
}

# The host's own mirror of Debian; or the one that is beside its mirror of Ubuntu, where there is one.
mirror() {
  local own uri
  while read -r own; do
    for uri in "${own%/}" "$(sed 's|/ubuntu/*$|/debian|' <<<"$own")"; do
      [[ $uri == */debian ]] || continue
      ! /usr/lib/apt/apt-helper download-file "$uri/dists/$suite/InRelease" "$root.release" >/dev/null 2>&1 || {
        rm -f "$root.release"
        echo "$uri"
        return
      }
    done
  done < <(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u)
  cannot "apt has no mirror of Debian $suite" >&2
}

# Runs a command in a chroot, with this repository at its own path.
inside() {
  # shellcheck disable=SC2016
  unshare --mount bash -c '
    set -euo pipefail
    where=$1 repository=$2
    shift 2
    mount -t proc proc "$where/proc"
    mount --rbind /dev "$where/dev"
    mkdir -p "$where$repository"
    mount --bind "$repository" "$where$repository"
    exec chroot "$where" env HOME=/root PATH=/usr/libexec/swift/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      bash -c '\''cd "$0" && exec "$@"'\'' "$repository" "$@"
  ' inside "$1" "$repository" "${@:2}"
}

# For Package.swift.
export HUSHRING_STAND_INS=1

case "${1-}" in
  set-up) set_up ;;
  run)
    shift
    if is_swift_here; then exec "$@"; fi
    inside "$root" "$@"
    ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
