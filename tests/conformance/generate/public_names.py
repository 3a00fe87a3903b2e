"""Writes public-names.json: the public names of real JAX by module, each with its signature.

    JAX_VENV/bin/python tests/conformance/generate/public_names.py

A name is public when it is an attribute of the module without a leading underscore that JAX defines:
submodules, names of the standard library and deprecated names are left out. `jax.scipy.stats` has one
module for each distribution.
"""

import importlib
import inspect
import json
import pkgutil
import re
import typing
from pathlib import Path

import jax

MODULES = [
    "jax",
    "jax.numpy",
    "jax.numpy.linalg",
    "jax.numpy.fft",
    "jax.lax",
    "jax.lax.linalg",
    "jax.random",
    "jax.nn",
    "jax.nn.initializers",
    "jax.scipy.special",
    "jax.scipy.stats",
    "jax.scipy.linalg",
    "jax.scipy.optimize",
    "jax.scipy.integrate",
    "jax.scipy.signal",
    "jax.scipy.ndimage",
    "jax.scipy.interpolate",
    "jax.scipy.cluster.vq",
    "jax.scipy.fft",
    "jax.scipy.spatial.transform",
    "jax.scipy.sparse.linalg",
    "jax.tree",
    "jax.ops",
]
TARGET = Path(__file__).parent.parent / "public-names.json"


def kind_of(value):
    if isinstance(value, jax.extend.core.Primitive):
        return "primitive"
    if isinstance(value, type) or typing.get_origin(value) is not None:
        return "class"
    if type(value).__name__ == "_ScalarMeta":
        return "dtype"
    return "function" if callable(value) else "constant"


def signature_of(value):
    try:
        return re.sub(r" at 0x[0-9a-f]+", "", re.sub(r"\s+", " ", str(inspect.signature(value))))
    except (TypeError, ValueError):
        return None


def names_of(module):
    entries = []
    for name in sorted(set(dir(module))):
        value = getattr(module, name)
        if name.startswith("_") or inspect.ismodule(value):
            continue
        if getattr(value, "__module__", "jax") in ("typing", "__future__", "collections.abc"):
            continue
        entry = {"name": name, "kind": kind_of(value)}
        if entry["kind"] == "function" and (signature := signature_of(value)) is not None:
            entry["signature"] = signature
        entries.append(entry)
    return entries


def distributions():
    package = importlib.import_module("jax.scipy.stats")
    return sorted(f"jax.scipy.stats.{info.name}" for info in pkgutil.iter_modules(package.__path__))


def main():
    importlib.import_module("jax.extend.core")
    modules = sorted([*MODULES, *distributions()], key=lambda name: (name.split("."), name))
    lines = []
    for name in modules:
        rows = ",\n".join("      " + json.dumps(entry) for entry in names_of(importlib.import_module(name)))
        lines.append(f"    {json.dumps(name)}: [\n{rows}\n    ]")
    body = ",\n".join(lines)
    TARGET.write_text(f'{{\n  "jax": {json.dumps(jax.__version__)},\n  "modules": {{\n{body}\n  }}\n}}\n')


main()
