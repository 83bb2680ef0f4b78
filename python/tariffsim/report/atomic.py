"""Files that appear complete or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tariffsim.errors import InvalidInput

__all__ = ["refuse_folder", "write_text"]


def write_text(path: Path, text: str) -> None:
    """Writes beside the target and moves into place.

    Raises
    ------
    InvalidInput
        Where the folder is missing or cannot be written.
    """
    refuse_folder(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise InvalidInput(
            str(path), f"cannot be written ({error.strerror})", "name a file in a folder that you may write"
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o666 & ~_umask())  # mkstemp makes files that only their owner can read
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def refuse_folder(path: Path) -> None:
    """Says so early where a folder stands in the place of the file."""
    if path.is_dir():
        raise InvalidInput(str(path), "is a folder", "name a file, such as report.html")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
