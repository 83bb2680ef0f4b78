# Debian packages, installed only where missing, so that a second run is quick and needs no rights.

BUILD_PACKAGES=(g++ cmake ninja-build libeigen3-dev libtomlplusplus-dev nlohmann-json3-dev libcli11-dev libfccp-dev libboost-dev libtbb-dev)
TEST_PACKAGES=(catch2 libbenchmark-dev clang clang-format clang-tidy libclang-rt-dev ccache)
DOCS_PACKAGES=(doxygen)

is_installed() { [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

# require_packages PACKAGE…
require_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: assuming that the equivalents of these are installed: $*"
    return
  fi
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "these Debian packages are missing and there is no sudo: ${missing[*]}" \
      "as root, run: apt-get update && apt-get install ${missing[*]}" "then start this script again"
    as_root=(sudo)
  fi
  say "installing Debian packages: ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  local log
  log="$(mktemp)"
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    die "apt-get could not install: ${missing[*]}" "the last lines of its output are above; mend that and start this script again"
  fi
  rm -f "$log"
}
