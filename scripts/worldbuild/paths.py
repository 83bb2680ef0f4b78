"""Where the scripts find their inputs and put their outputs."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_data() -> Path:
    """The folder of data packages: $TARIFFSIM_SHARED/data, or shared/data beside the checkout."""
    shared = os.environ.get("TARIFFSIM_SHARED")
    return (Path(shared) if shared else REPOSITORY.parent / "shared") / "data"


def require(path: Path, option: str) -> Path:
    """Return `path` if it exists; otherwise stop and name the option that can correct it."""
    if not path.exists():
        raise SystemExit(f"error: {path} does not exist; give its place with {option}")
    return path
