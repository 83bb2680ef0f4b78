# Shared by the scripts: where the checkout is, how they speak. Source it first.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
VENV="$ROOT/.venv"
JOBS="${JOBS:-$(nproc 2>/dev/null || echo 2)}"

# Another project's Python must not leak into ours.
unset PYTHONPATH PYTHONHOME
if [[ -n "${VIRTUAL_ENV:-}" ]]; then
  PATH="${PATH//"$VIRTUAL_ENV/bin:"/}"
  unset VIRTUAL_ENV
fi

say() { printf -- '-- %s\n' "$*"; }
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

# ccache, where it is installed, then serves every build of this checkout and of its clones.
export CCACHE_BASEDIR="$ROOT" CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
