"""Files that appear complete or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from tariffsim.errors import InvalidInput

__all__ = ["final_target", "write_text"]


def write_text(path: Path, text: str) -> None:
    """Writes beside the target and moves into place; missing folders are made, a link stays and its file is written.

    Raises
    ------
    InvalidInput
        Where the folder cannot be made or written, or something that is no file stands in the place of the file.
    """
    path = final_target(path)
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


def final_target(path: Path) -> Path:
    """Where the file is or will be: the path, or what a link there leads to.

    Raises
    ------
    InvalidInput
        Where a folder, a device, a pipe or a socket is, which a file moved into place would replace.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise InvalidInput(str(path), "is a folder", "name a file, such as report.html")
        if not stat.S_ISREG(kind):
            raise InvalidInput(str(path), "is a device, a pipe or a socket", "name a file, such as report.html")
        return path.resolve(strict=True) if path.is_symlink() else path
    except FileNotFoundError:
        return path.resolve() if path.is_symlink() else path  # a link may lead to a file that is yet to be
    except (OSError, RuntimeError) as error:  # a loop of links is one or the other, by the version of Python
        raise InvalidInput(
            str(path), f"cannot be written ({getattr(error, 'strerror', error)})", "name a file in a folder that you may write"
        ) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
