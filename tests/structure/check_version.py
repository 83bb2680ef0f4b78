"""The version has one number: CMakeLists.txt, pyproject.toml, CITATION.cff and CHANGELOG.md agree."""

import re
import sys
from pathlib import Path

PATTERNS = {
    "CMakeLists.txt": r"^\s*VERSION\s+(\d+\.\d+\.\d+)",
    "pyproject.toml": r'^version\s*=\s*"([^"]+)"',
    "CITATION.cff": r'^version:\s*"?([^"\s]+)"?',
    "CHANGELOG.md": r"^## \[?(\d+\.\d+\.\d+)",  # the newest entry; the file may come later
}


def main():
    root = Path(sys.argv[1])
    versions = {}
    for name, pattern in PATTERNS.items():
        path = root / name
        if name == "CHANGELOG.md" and not path.exists():
            continue
        match = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
        if not match:
            sys.exit(f"{name}: no version found by the pattern {pattern}")
        versions[name] = match[1]
    print(versions)
    if len(set(versions.values())) != 1:
        sys.exit("the versions differ; set them all to that of CMakeLists.txt")


if __name__ == "__main__":
    main()
