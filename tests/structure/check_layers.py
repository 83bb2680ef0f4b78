"""Fails when a file includes to the right in core <- data <- policy <- model <- solve <- analysis <- io.

Rules: a header of a layer includes only its own layer and layers to its left; the bodies in src/io belong to io, the
command line and the extension stand to the right of everything and nobody includes them; public headers use the standard
library and Eigen alone; the umbrella only includes. Planted violations of each rule are checked first.
"""

import re
import sys
import tempfile
from pathlib import Path

LAYERS = ["core", "data", "policy", "model", "solve", "analysis", "io"]
TOP = len(LAYERS)  # programs: the command line, the extension, tests, examples
ALLOWED_IN_HEADERS = ("Eigen/", "tariffsim/", "sys/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".hpp", ".h", ".cpp", ".cc", ".ipp"}


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def target_layer(root, path, quote, name):
    """Layer index of an included file, TOP for a program's header, -1 for the umbrella, None for a foreign header."""
    if quote == '"' and not name.startswith("tariffsim/"):
        beside = (path.parent / name).resolve()
        public = (root / "include").resolve()
        if beside.is_file() and beside.is_relative_to(public):
            name = beside.relative_to(public).as_posix()
        elif beside.is_file() and beside.is_relative_to((root / "src" / "io").resolve()):
            return TOP - 1
        elif beside.is_file():
            return TOP
    parts = name.split("/")
    if parts[0] == "tariffsim":
        if len(parts) == 2:
            return -1
        return LAYERS.index(parts[1]) if parts[1] in LAYERS else TOP
    if parts[0] in ("cli", "io") and (root / "src" / name).is_file():
        return TOP if parts[0] == "cli" else TOP - 1
    return None


def check_file(root, path, layer, public):
    shown = path.relative_to(root)
    for number, quote, name in includes(path):
        found = target_layer(root, path, quote, name)
        where = f"{shown}:{number}"
        if found is None:
            if public and ("/" in name or quote == '"') and not name.startswith(ALLOWED_IN_HEADERS):
                yield f"{where}: a public header includes {name}; only the standard library and Eigen are allowed here"
        elif found == -1:
            yield f"{where}: a layer includes the umbrella {name}; include the headers it needs"
        elif found > layer:
            mine = LAYERS[layer]
            other = LAYERS[found] if found < TOP else "a program"
            yield f"{where}: layer {mine} includes {name} of {other}, which is to its right"


def check_umbrella(root, path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if text and not text.startswith("//") and text != "#pragma once" and not INCLUDE.match(line):
            yield f"{path.relative_to(root)}:{number}: the umbrella only includes, and this line does not"


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES) if folder.is_dir() else []


def violations(root):
    """All violations under `root`, and the number of files read."""
    found, count = [], 0
    public = root / "include" / "tariffsim"
    for path in sources(public):
        count += 1
        parts = path.relative_to(public).parts
        if len(parts) == 1:
            found += check_umbrella(root, path)
        elif parts[0] not in LAYERS:
            found.append(f"{path.relative_to(root)}: folder {parts[0]} is no layer; the layers are {', '.join(LAYERS)}")
        else:
            found += check_file(root, path, LAYERS.index(parts[0]), public=True)
    for path in sources(root / "src" / "io"):
        count += 1
        found += check_file(root, path, LAYERS.index("io"), public=False)
    return found, count


PLANTED = {
    "include/tariffsim/core/a.hpp": ('#include "tariffsim/data/b.hpp"\n', "to its right"),
    "include/tariffsim/model/a.hpp": ("#include <tariffsim/solve/b.hpp>\n", "to its right"),
    "include/tariffsim/analysis/a.hpp": ('  #  include "../io/b.hpp"\n', "to its right"),
    "include/tariffsim/solve/a.hpp": ('#include "tariffsim/tariffsim.hpp"\n', "the umbrella"),
    "include/tariffsim/data/a.hpp": ("#include <nlohmann/json.hpp>\n", "only the standard library"),
    "include/tariffsim/extra/a.hpp": ("", "is no layer"),
    "include/tariffsim/tariffsim.hpp": ("namespace tariffsim {}\n", "only includes"),
    "src/io/a.cpp": ('#include "../cli/b.hpp"\n', "to its right"),
}
CLEAN = {
    "include/tariffsim/io/a.hpp": '#include <vector>\n#include <Eigen/Core>\n#include "tariffsim/core/c.hpp"\n#include "b.hpp"\n',
    "src/io/b.cpp": '#include <toml++/toml.h>\n#include "tariffsim/io/a.hpp"\n#include "io/own.hpp"\n',
}


def self_test():
    """Each planted violation is reported, once, and clean files are not."""
    support = {"include/tariffsim/io/b.hpp": "", "src/cli/b.hpp": "", "src/io/own.hpp": ""}
    for name, (text, expected) in {**PLANTED, **{name: (text, None) for name, text in CLEAN.items()}}.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for path, content in {**support, name: text}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
            found, _ = violations(root)
            ok = not found if expected is None else len(found) == 1 and name in found[0] and expected in found[0]
            if not ok:
                sys.exit(f"the check itself is broken: {name} with {text!r} gave {found}, expected {expected!r}")


def main():
    root = Path(sys.argv[1]).resolve()
    self_test()
    found, count = violations(root)
    if not count:
        sys.exit(f"no header found under {root}/include/tariffsim")
    print("\n".join(found))
    print(f"{len(PLANTED)} planted violations noticed; {count} files read, {len(found)} violations")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
