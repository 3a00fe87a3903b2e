"""Reads the tables of cases. The runner's cases.ts reads them by the same rules."""

import itertools
import re
from pathlib import Path

import yaml

CASES = Path(__file__).parent.parent / "cases"


def load(category):
    """The expanded cases of cases/<category>.yaml as dicts with id, py, js, in and options."""
    document = yaml.safe_load((CASES / f"{category}.yaml").read_text())
    cases = []
    for entry in document["cases"]:
        case = row(entry) if isinstance(entry, list) else dict(entry)
        merged = {**document.get("defaults", {}), **case}
        cases.extend(expand(merged))
    ids = [case["id"] for case in cases]
    repeated = {name for name in ids if ids.count(name) > 1}
    if repeated:
        raise SystemExit(f"{category}.yaml: repeated ids {sorted(repeated)}")
    return cases


def categories():
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def row(entry):
    name, py, js, inputs, *options = entry
    return {"id": name, "py": py, "js": js, "in": inputs, **(options[0] if options else {})}


def expand(case):
    """One case for each binding of `foreach`: a list of bindings, or the product of named lists."""
    foreach = case.pop("foreach", None)
    if foreach is None:
        return [case]
    if isinstance(foreach, dict):
        names = list(foreach)
        bindings = [dict(zip(names, values)) for values in itertools.product(*foreach.values())]
    else:
        bindings = foreach
    return [substitute(case, binding) for binding in bindings]


def substitute(value, binding):
    if isinstance(value, str):
        if value.startswith("$") and value[1:] in binding:
            return binding[value[1:]]
        return re.sub(r"\$(\w+)", lambda match: str(binding.get(match[1], match[0])), value)
    if isinstance(value, list):
        return [substitute(item, binding) for item in value]
    if isinstance(value, dict):
        return {key: substitute(item, binding) for key, item in value.items()}
    return value
