"""Runs every case through real JAX and writes vectors/<category>.json. See regenerate.sh."""

import contextlib
import json
import re
import sys
from functools import partial
from pathlib import Path

import jax
import jax.ad_checkpoint
import jax.extend
import jax.numpy as jnp
import jax.scipy.optimize
import jax.scipy.spatial.transform
import numpy as np
from jax import lax, random

import cases as tables
import transforms
from encode import encode, encode_all, leaves
from inputs import BATCH, Scalar, make, seeded
from truth import truth

# Meshes and pmap need several devices.
jax.config.update("jax_num_cpu_devices", 8)

VECTORS = Path(__file__).parent.parent / "vectors"
CONFIG_NAMES = {
    "enableX64": "jax_enable_x64",
    "threefryPartitionable": "jax_threefry_partitionable",
    "debugKeyReuse": "jax_debug_key_reuse",
}
SCOPE = {"jax": jax, "jnp": jnp, "np": np, "lax": lax, "random": random, "partial": partial}
SCOPE |= {
    name: getattr(jax, name)
    for name in "jit grad value_and_grad jvp vjp linearize vmap jacfwd jacrev hessian make_jaxpr custom_jvp custom_vjp".split()
}


def compile_python(source):
    """An expression, or statements that define `f`."""
    scope = dict(SCOPE)
    if "\n" not in source.strip():
        return eval(source, scope)
    exec(source, scope)
    return scope["f"]


@contextlib.contextmanager
def configured(settings):
    previous = {name: getattr(jax.config, CONFIG_NAMES[name]) for name in settings}
    for name, value in settings.items():
        jax.config.update(CONFIG_NAMES[name], value)
    try:
        yield
    finally:
        for name, value in previous.items():
            jax.config.update(CONFIG_NAMES[name], value)


def primitives(jaxpr, found):
    for eqn in jaxpr.eqns:
        found.add(eqn.primitive.name)
        for param in jax.tree.leaves(list(eqn.params.values()), is_leaf=lambda leaf: hasattr(leaf, "eqns")):
            inner = getattr(param, "jaxpr", param)
            if hasattr(inner, "eqns"):
                primitives(inner, found)
    return found


def value_record(case):
    function = compile_python(case["py"])
    specs = case["in"]
    args = [make(spec, seeded(case["id"], position)) for position, spec in enumerate(specs)]
    lanes = case.get("batch", specs)
    batch = [make(spec, seeded(case["id"], position, "batch"), BATCH) for position, spec in enumerate(lanes)]
    p = transforms.Program(function, args, batch, case.get("diff"))
    out = transforms.evaluate(p)
    record = {"id": case["id"], "py": case["py"], "in": [encode(arg) for arg in args]}
    traceable = "jit" in case.get("only", ["jit"])
    jaxpr = jax.make_jaxpr(p.mapped_call)(*p.mapped_args(args)).jaxpr if traceable else None
    record["primitives"] = sorted(primitives(jaxpr, set())) if jaxpr else []
    directions = ([], [], [])
    if p.mapped:
        record["batch"] = [encode(arg) for arg in batch]
    weights = [leaf for leaf in leaves(out) if transforms.is_float(leaf)]
    if p.diff and weights:
        directions = draw_directions(case, p, weights)
        names = ("tangents", "cotangents", "laneCotangents")
        record |= {"diff": p.diff, **{name: [encode(d) for d in drawn] for name, drawn in zip(names, directions)}}
    plan = {"eval": lambda: out, **plan_of(p, *directions)}
    only = case.get("only", list(plan))
    skipped = case.get("skip", [])
    record["runs"] = {name: run(case, name, plan[name]) for name in plan if name in only and name not in skipped}
    add_truth(case, record, p, directions)
    share_equal_runs(record["runs"])
    return record


def draw_directions(case, p, weights):
    """Tangents, cotangents, and cotangents for each lane of a batch."""
    seed = seeded(case["id"], "directions")

    def like(value, *prefix):
        draws = seed.normal(size=(*prefix, *value.shape))
        if jnp.issubdtype(value.dtype, jnp.complexfloating):
            draws = draws + 1j * seed.normal(size=(*prefix, *value.shape))
        return jnp.asarray(draws.astype(value.dtype))

    tangents = [like(p.args[i]) for i in p.diff]
    cotangents = [like(leaf) for leaf in weights]
    return tangents, cotangents, [like(leaf, BATCH) for leaf in weights]


def plan_of(p, tangents, cotangents, lane_cotangents):
    """The runs that make sense for a program, by name."""
    plan = {"jit": lambda: transforms.jit(p)}
    if p.mapped:
        first, last = p.mapped[0], p.mapped[-1]
        plan["vmap"] = lambda: transforms.vmap(p)
        plan["vmapFirst"] = lambda: transforms.vmap_one(p, first, -1)
        if last != first:
            plan["vmapLast"] = lambda: transforms.vmap_one(p, last, 0)
        plan["scan"] = lambda: transforms.scan(p)
    if tangents:
        plan["jvp"] = lambda: transforms.jvp(p, tangents)
        plan["vjp"] = lambda: transforms.vjp(p, cotangents)
        plan["vmapOfGrad"] = lambda: transforms.vmap_of_grad(p, cotangents)
        plan["gradOfVmap"] = lambda: transforms.grad_of_vmap(p, lane_cotangents)
    return plan


def run(case, name, thunk):
    try:
        return encode_all(thunk())
    except Exception as error:
        if name == "eval":
            raise
        print(f"  {case['id']} {name}: JAX raises {type(error).__name__}: {str(error).splitlines()[0][:150]}")
        return {"raises": type(error).__name__}


def add_truth(case, record, p, directions):
    """True values beside JAX's: of the function itself by mpmath, of every other run by JAX in float64.

    `truth` names a function for mpmath, or is an expression over such names, or is `float64` alone.
    """
    if "truth" not in case:
        return
    name = case["truth"]
    record["truth"] = {}
    if "(" in name:
        add_expression_truth(compile_python("lambda truth: " + name)(truth), record, p)
        return
    with configured({"enableX64": True}):
        if name != "float64":
            record["truth"]["eval"] = [encode_wide(truth(name, *values_of(p.args)))]
            record["truth"]["jit"] = record["truth"]["eval"]
        wide = transforms.Program(p.function, widen(p.args), widen(p.batch), p.diff)
        runs = {"eval": lambda: transforms.evaluate(wide), **plan_of(wide, *[widen(d) for d in directions])}
        for run_name in record["runs"]:
            if run_name not in record["truth"] and isinstance(record["runs"][run_name], list):
                record["truth"][run_name] = encode_all(runs[run_name]())


def add_expression_truth(expression, record, p):
    """An expression may draw random numbers, so it is evaluated lane by lane and never in float64."""
    lanes = [[arg if isinstance(arg, Scalar) else arg[lane] for arg in p.batch] for lane in range(BATCH)]
    one = expression(*values_of(p.args))
    stacked = np.stack([expression(*values_of(lane)) for lane in lanes])
    record["truth"]["eval"] = record["truth"]["jit"] = [encode_wide(one)]
    record["truth"]["vmap"] = [encode_wide(stacked)]
    record["truth"]["scan"] = [encode(jnp.int32(BATCH)), encode_wide(stacked)]
    if len(p.mapped) == 1:
        record["truth"]["vmapFirst"] = [encode_wide(np.moveaxis(stacked, 0, -1))]


def encode_wide(values):
    with configured({"enableX64": True}):
        return encode(jnp.asarray(np.asarray(values, np.float64)))


def values_of(args):
    return [arg.value if isinstance(arg, Scalar) else arg for arg in args]


def widen(values):
    return [value.astype(wide_dtype(value)) if transforms.is_float(value) else value for value in values]


def wide_dtype(value):
    return "complex128" if jnp.issubdtype(value.dtype, jnp.complexfloating) else "float64"


def share_equal_runs(runs):
    """A run with the very bits of an earlier one is written as that one's name."""
    seen = {}
    for name, result in runs.items():
        text = json.dumps(result)
        if isinstance(result, list) and text in seen:
            runs[name] = seen[text]
        seen.setdefault(text, name)


def jaxpr_record(case, change=lambda closed: closed):
    args = [make(spec, seeded(case["id"], position)) for position, spec in enumerate(case["in"])]
    values = [arg.value if isinstance(arg, Scalar) else arg for arg in args]
    text = jaxpr_text(change(jax.make_jaxpr(compile_python(case["py"]))(*values)))
    return {"id": case["id"], "py": case["py"], "in": [encode(arg) for arg in args], "text": text}


def jaxpr_text(closed):
    text = str(closed)
    # Where JAX computed an axis with NumPy 2, NumPy's repr of an integer shows through; JAX means the number.
    text = re.sub(r"np\.int64\((-?\d+)\)", r"\1", text)
    # What debug_print keeps for Python alone: NumPy's options, the tree of its arguments, its placeholders.
    python_only = r"\s+(?:has_placeholders|in_tree|logging_record|partitioned|static_args)=(?:PyTreeDef\(.*?\}\)\)|\(\)|\w+)"
    text = re.sub(python_only + r"(?=[\s\]])", "", re.sub(r"\s+np_printoptions=\(\(.*?\)\)", "", text, flags=re.S))
    # A function prints with its address, which is another one in every run.
    return re.sub(r"<function (?:[\w.<>]*\.)?(\w+|<lambda>) at 0x\w+>", r"\1", text)


def without_dead_equations(program):
    """A jaxpr, or whatever holds some, without equations that nothing reads."""
    if isinstance(program, (tuple, list)):
        items = [without_dead_equations(item) for item in program]
        return type(program)(*items) if hasattr(program, "_fields") else type(program)(items)
    if isinstance(program, jax.extend.core.ClosedJaxpr):
        return program.replace(jaxpr=without_dead_equations(program.jaxpr))
    if not hasattr(program, "eqns"):
        return program
    read = {id(atom) for atom in program.outvars}
    eqns = []
    for eqn in reversed(program.eqns):
        if not eqn.effects and not any(id(out) in read for out in eqn.outvars):
            continue
        read.update(id(atom) for atom in eqn.invars)
        eqns.append(eqn.replace(params={name: without_dead_equations(value) for name, value in eqn.params.items()}))
    return program.replace(eqns=eqns[::-1])


def run_record(case):
    return jaxpr_record(case, without_dead_equations)


def error_record(case):
    args = [make(spec, seeded(case["id"], position)) for position, spec in enumerate(case["in"])]
    values = [arg.value if isinstance(arg, Scalar) else arg for arg in args]
    try:
        compile_python(case["py"])(*values)
    except Exception as error:
        names = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, Exception)]
        print(f"  {case['id']}: {names[0]}: {str(error).splitlines()[0][:120]}")
        return {"id": case["id"], "py": case["py"], "in": [encode(arg) for arg in args], "raises": names}
    raise SystemExit(f"{case['id']}: JAX raises nothing")


RECORDS = {"values": value_record, "jaxprs": jaxpr_record, "records": run_record, "errors": error_record}


def generate(category, pattern):
    path = VECTORS / f"{category}.json"
    old = {record["id"]: record for record in json.loads(path.read_text())["cases"]} if path.exists() else {}
    records = []
    for case in tables.load(category):
        if pattern is not None and pattern not in case["id"] and case["id"] in old:
            records.append(old[case["id"]])
            continue
        jax.config.update("jax_enable_x64", False)
        try:
            with configured({name: value for name, value in case.get("config", {}).items()}):
                records.append(RECORDS[case.get("kind", "values")](case))
        except Exception as error:
            print(f"FAILED {category}/{case['id']}: {type(error).__name__}: {error}")
            failed.append(case["id"])
    lines = ",\n".join(json.dumps(record, separators=(",", ":"), ensure_ascii=False) for record in records)
    path.write_text(f'{{"jax":"{jax.__version__}","cases":[\n{lines}\n]}}\n')
    print(f"{category}: {len(records)} cases, {path.stat().st_size} bytes")


failed = []

if __name__ == "__main__":
    for argument in sys.argv[1:] or tables.categories():
        name, _, pattern = argument.partition(":")
        generate(name, pattern or None)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
