# The virtual environment in .venv and tariffsim in it, renewed only when something changed.

# Prints the Python to build the environment from: $PYTHON, else the first python3 of 3.10 or newer.
find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
    [[ -z "${PYTHON:-}" ]] || die "PYTHON=$PYTHON is not a Python of 3.10 or newer" "set it to one, or unset it"
  done
  return 1
}

# Python with its venv module and its C headers. Debian splits these off; other builds bring them along.
require_python() {
  if ! python="$(find_python)"; then
    [[ -z "${PYTHON:-}" ]] || exit 1
    require_packages python3 python3-venv python3-dev
    python="$(find_python)" || die "no Python of 3.10 or newer was found" "install one and set PYTHON to its path"
  fi
  if ! "$python" -c 'import ensurepip, os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' 2>/dev/null; then
    require_packages python3-venv python3-dev
    "$python" -c 'import ensurepip' 2>/dev/null || die "$python cannot make virtual environments (no ensurepip)" \
      "install its venv package, or set PYTHON to another Python"
  fi
}

require_venv() {
  if [[ -x "$VENV/bin/python" ]] && "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    [[ -n "${PYTHON:-}" ]] || return 0
    # Another interpreter was asked for by name.
    if [[ "$("$PYTHON" -c 'import sys; print(sys.version)' 2>/dev/null)" == "$("$VENV/bin/python" -c 'import sys; print(sys.version)')" ]]; then
      return 0
    fi
  fi
  local python
  require_python
  say "creating a virtual environment in .venv with $("$python" -V)"
  rm -rf "$VENV"
  "$python" -m venv "$VENV" || die "$python -m venv failed" "set PYTHON to a Python of 3.10 or newer with its venv module"
}

# A hash over all that goes into the installed package: names and contents, edits not yet committed included.
package_hash() {
  (
    cd "$ROOT"
    find CMakeLists.txt pyproject.toml README.md LICENSE cmake include src python -type f \
      ! -path '*/__pycache__/*' ! -name '*.pyc' -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum
    "$VENV/bin/python" -V
  ) | sha256sum | cut -d' ' -f1
}

pip() { "$VENV/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

# The build tools live in the environment, so that the cached build folder stays valid from one install to the next.
require_build_tools() {
  "$VENV/bin/python" -c 'import pybind11, scikit_build_core' 2>/dev/null && return
  pip install 'scikit-build-core>=0.10' 'pybind11>=2.12' ||
    die "pip could not install the build tools" "see its message above; check the network and start again"
}

# require_tariffsim [EXTRA]: tariffsim with its dependencies, and those of an extra of pyproject.toml.
require_tariffsim() {
  local extra="${1:-}" stamps="$VENV/.tariffsim"
  mkdir -p "$stamps"
  local wanted requirements
  wanted="$(package_hash)"
  requirements="$(sha256sum <"$ROOT/pyproject.toml" | cut -d' ' -f1)"

  local source_new=0 extra_new=0
  [[ "$(cat "$stamps/source" 2>/dev/null)" == "$wanted" ]] || source_new=1
  [[ -z "$extra" || "$(cat "$stamps/extra-$extra" 2>/dev/null)" == "$requirements" ]] || extra_new=1
  if ((!source_new && !extra_new)); then
    say "tariffsim is installed in .venv and up to date"
    return
  fi

  local what="$ROOT"
  if ((extra_new)); then what="$ROOT[$extra]"; fi
  say "building and installing tariffsim${extra:+ with what '$extra' needs} (pip; a few minutes the first time)"
  require_build_tools
  CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$JOBS}" pip install --no-build-isolation "$what" ||
    die "pip could not build or install tariffsim" "see its message above; to build from nothing, remove build/pip-* and .venv"
  echo "$wanted" >"$stamps/source"
  if ((extra_new)); then echo "$requirements" >"$stamps/extra-$extra"; fi
}
