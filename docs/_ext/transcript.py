"""The directive `transcript`: runs shell commands while the site is built and shows what they print.

    ```{transcript}
    :exit: 2
    tariffsim world check ./broken
    ```

All commands of one build run in one scratch folder that holds a copy of examples/. A command that ends with another exit
code than `:exit:` (0 where absent) fails the build. `:lines:` keeps so many lines of what was printed.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_scratch: Path | None = None


def _folder() -> Path:
    global _scratch
    if _scratch is None:
        _scratch = Path(tempfile.mkdtemp(prefix="tariffsim-docs-"))
        atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
        shutil.copytree(_EXAMPLES, _scratch / "examples")
    return _scratch


class Transcript(SphinxDirective):
    has_content = True
    option_spec = {"exit": directives.nonnegative_int, "lines": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        shown = []
        for command in self.content:
            done = subprocess.run(
                ["bash", "-c", command], cwd=_folder(), capture_output=True, text=True, check=False, timeout=300
            )
            expected = self.options.get("exit", 0)
            if done.returncode != expected:
                raise self.severe(f"'{command}' ended with {done.returncode}, not {expected}: {done.stderr.strip()}")
            lines = (done.stdout + done.stderr).rstrip("\n").split("\n")
            most = self.options.get("lines", len(lines))
            if len(lines) > most:
                lines = [*lines[:most], "…"]
            shown += [f"$ {command}", *[line for line in lines if line or len(lines) > 1]]
        block = nodes.literal_block("\n".join(shown), "\n".join(shown), language="console")
        self.set_source_info(block)
        return [block]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("transcript", Transcript)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
