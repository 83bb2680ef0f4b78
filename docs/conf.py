"""Sphinx configuration: MyST pages and notebooks, the C++ reference from Doxygen's XML, the Python one from docstrings."""

import os
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_ext"))
# Pages run the command line that was installed beside this Python.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

project = "tariffsim"
author = "The tariffsim developers"
copyright = author
release = installed_version("tariffsim")
version = release

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "breathe",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",  # formulas without a network
    "transcript",
]
exclude_patterns = ["_build", "_generated", "_ext"]
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Pages with code are run at each build, so that what they print is what this version prints.
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True

breathe_projects = {"tariffsim": str(DOCS.parent / "build" / "docs" / "doxygen" / "xml")}
breathe_default_project = "tariffsim"
breathe_show_include = False
# The namespace itself is declared once for each header.
suppress_warnings = ["duplicate_declaration.cpp"]
cpp_maximum_signature_line_length = 90

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
python_maximum_signature_line_length = 90
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"tariffsim {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
