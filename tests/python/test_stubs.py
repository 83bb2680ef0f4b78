"""The stub _core.pyi against the module: every name, parameter and default; and what a type checker makes of it."""

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tariffsim as ts
from tariffsim import _core

PACKAGE = Path(ts.__file__).resolve().parent
STUB = PACKAGE / "_core.pyi"
mypy_missing = importlib.util.find_spec("mypy") is None


def stub_functions():
    """Parameter names and defaults by qualified name, one entry per overload."""
    found = {}

    def visit(node, prefix):
        for child in node.body:
            if isinstance(child, ast.ClassDef):
                visit(child, f"{child.name}.")
            elif isinstance(child, ast.FunctionDef):
                words = [ast.unparse(d) for d in child.decorator_list]
                special = child.name.startswith("__") and child.name not in ("__init__", "__len__")  # stubtest's
                if not special and not any(word == "property" or word.endswith(".setter") for word in words):
                    found.setdefault(prefix + child.name, []).append(parameters(child.args))

    visit(ast.parse(STUB.read_text(encoding="utf-8")), "")
    return found


def parameters(arguments):
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    pairs = [*zip(positional, defaults), *zip(arguments.kwonlyargs, arguments.kw_defaults)]
    return [(a.arg, None if d is None else ast.unparse(d)) for a, d in pairs if a.arg != "self"]


def module_functions():
    """The same from the signatures that pybind11 writes into the docstrings of the module."""
    found = {}

    def add(name, function):
        text = inspect.getdoc(function) or ""
        short = name.rpartition(".")[2]
        lines = re.findall(rf"^(?:\d+\. )?({re.escape(short)}\(.*\) -> .*)$", text, re.MULTILINE)
        for line in [line for line in lines if "*args, **kwargs" not in line]:
            clean = re.sub(r"<[^<>]*>", "object()", line)
            found.setdefault(name, []).append(parameters(ast.parse(f"def {clean}: ...").body[0].args))

    for name, thing in vars(_core).items():
        if inspect.isclass(thing):
            for member, function in vars(thing).items():
                if member == "__init__" or callable(function) and not member.startswith("_"):
                    add(f"{name}.{member}", getattr(thing, member))  # a static method has no docstring of its own
                elif member == "__len__":
                    add(f"{name}.{member}", function)
        elif callable(thing):
            add(name, thing)
    return found


def stub_members():
    tree = ast.parse(STUB.read_text(encoding="utf-8"))
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        if isinstance(node, ast.AnnAssign) and not node.target.id.startswith("__"):
            names.add(node.target.id)
        if isinstance(node, ast.ClassDef):
            for child in node.body:
                if isinstance(child, ast.FunctionDef):
                    names.add(f"{node.name}.{child.name}")
                elif isinstance(child, ast.AnnAssign):
                    names.add(f"{node.name}.{child.target.id}")
    return names


def module_members():
    names = set()
    for name, thing in vars(_core).items():
        if name.startswith("__"):
            continue
        names.add(name)
        if inspect.isclass(thing):
            inherited = {"__init__", "__module__", "__doc__", "__new__", "__dict__", "__weakref__"}
            names |= {
                f"{name}.{member}"
                for member in vars(thing)
                if member not in inherited and not member.startswith("_pybind11")
            }
            if "(self: " in (thing.__init__.__doc__ or ""):
                names.add(f"{name}.__init__")
    return names


def test_the_stub_has_the_names_of_the_module():
    assert stub_members() - module_members() == set(), "in the stub and not in the module"
    assert module_members() - stub_members() == set(), "in the module and not in the stub; run python/make_stubs.py"


def test_the_stub_has_the_signatures_of_the_module():
    stub, module = stub_functions(), module_functions()
    assert len(module) > 40
    assert set(stub) == set(module)
    for name in module:
        assert stub[name] == module[name], f"{name} differs; run python/make_stubs.py"


def test_the_comparison_notices_a_stale_stub(monkeypatch, tmp_path):
    text = STUB.read_text(encoding="utf-8")
    assert text.count("def split(world") == 1 and text.count("def walras(") == 1
    stale = tmp_path / "_core.pyi"
    stale.write_text(text.replace("def split(world", "def split(planet").replace("def walras(", "def leon("))
    monkeypatch.setattr(sys.modules[__name__], "STUB", stale)
    with pytest.raises(AssertionError):
        test_the_stub_has_the_names_of_the_module()
    with pytest.raises(AssertionError):
        test_the_stub_has_the_signatures_of_the_module()


# What the package stands on is not what is checked here, and reading it takes a minute.
CONFIGURATION = "[mypy]\nignore_missing_imports = True\n" + "".join(
    f"[mypy-{name}.*]\nfollow_imports = skip\n"
    for name in ("pandas", "xarray", "matplotlib", "jinja2", "tariffsim.plot", "tariffsim.report")
)


@pytest.mark.skipif(mypy_missing, reason="mypy is not installed")
def test_stubtest_agrees(tmp_path):
    """mypy's own comparison. It cannot see pybind11's metaclass, nor that a class without a constructor has none."""
    allowed = tmp_path / "allowed"
    allowed.write_text("tariffsim\\._core\\.[A-Z]\\w+\ntariffsim\\._core\\.[A-Z]\\w+\\.__init__\n")
    (tmp_path / "mypy.ini").write_text(CONFIGURATION)
    command = [sys.executable, "-m", "mypy.stubtest", "tariffsim._core", "--mypy-config-file", "mypy.ini"]
    command += ["--allowlist", str(allowed), "--ignore-unused-allowlist"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


PROGRAM = """
import tariffsim as ts
world = ts.World.load("world-2022-27x12")
eq = ts.solve(world, ts.Scenario("x").tariff("USA", rate=0.1), closure=ts.Closure("balanced"))
reveal_type(eq)
reveal_type(eq.status)
reveal_type(eq.certificate.worst)
reveal_type(world.aggregate({"DEU": "EU"}))
reveal_type(ts.Case.read("x.toml").closure)
eq.no_such_thing
ts.Scenario("x").tariff("USA", rates=0.1)
ts.solve(world)
"""


@pytest.mark.skipif(mypy_missing, reason="mypy is not installed")
def test_a_type_checker_understands_the_package(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "mypy.ini").write_text(CONFIGURATION)
    command = [sys.executable, "-m", "mypy", "--follow-imports=silent", "program.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    lines = done.stdout.splitlines()
    expected = [
        (5, 'Revealed type is "tariffsim.equilibrium.Equilibrium"'),
        (6, 'Revealed type is "str"'),
        (7, 'Revealed type is "float"'),
        (8, 'Revealed type is "tariffsim.world.World"'),
        (9, 'Revealed type is "tariffsim.closure.Closure | None"'),
        (10, '"Equilibrium" has no attribute "no_such_thing"'),
        (11, 'Unexpected keyword argument "rates"'),
        (12, 'No overload variant of "solve"'),
    ]
    for number, message in expected:
        plain = [line.replace("builtins.", "") for line in lines if line.startswith(f"program.py:{number}:")]
        assert any(message in line for line in plain), f"line {number}: {message}\n{done.stdout}{done.stderr}"


def test_every_public_name_has_a_docstring():
    undocumented = []
    for name in ts.__all__:
        thing = getattr(ts, name)
        if name == "__version__":
            continue
        if not inspect.getdoc(thing):
            undocumented.append(name)
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                described = isinstance(value, (property, staticmethod, classmethod)) or inspect.isfunction(value)
                if not member.startswith("_") and described and not inspect.getdoc(getattr(thing, member)):
                    undocumented.append(f"{name}.{member}")
    assert undocumented == []


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import PackageNotFoundError, version

    try:
        assert ts.__version__ == version("tariffsim")
    except PackageNotFoundError:
        assert re.fullmatch(r"\d+\.\d+\.\d+", ts.__version__)


def test_import_is_light():
    """pandas, xarray and matplotlib are loaded when they are needed."""
    code = "import sys, tariffsim; print([m for m in ('pandas', 'xarray', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
