# To be sourced: installs packages of Debian where apt is, and the right to use it.

install_debian() {
  local as_root
  export DEBIAN_FRONTEND=noninteractive
  command -v apt-get >/dev/null || return 0
  if [ "$(id -u)" = 0 ]; then
    as_root=()
  elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    return 0
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@"
}
