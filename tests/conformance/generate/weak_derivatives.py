"""Writes vectors/weak-derivatives.json: the types of values and derivatives at bare numbers and arrays. See regenerate.sh.

A cell is the leaves of a result (dtype, `*` behind a weak one, the shape unless it is a scalar), or `-` where JAX
raises. The cells of a program stand in the order of `unary` or `binary`: a way to use it, then which arguments are
bare numbers (`w`) and which are arrays (`s`).
"""

import json
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import yaml
from jax import lax, nn

HERE = Path(__file__).parent.parent
SHORT = {"bool": "bool", "int32": "i32", "float32": "f32", "complex64": "c64"}
SCOPE = {"jax": jax, "jnp": jnp, "lax": lax, "nn": nn}
UNARY = ["value", "grad", "jvp", "vjp", "grad of grad", "grad of jit"]
BINARY = ["value", "grad 0", "grad 1", "grad 0 1", "jvp", "vjp", "jvp 0", "jvp 1"]


def given(kinds, values):
    return [value if kind == "w" else jnp.float32(value) for kind, value in zip(kinds, values)]


def pulled(f, *args):
    value, pull = jax.vjp(f, *args)
    return pull(value)


def used(f, how, x, dx):
    match how.split(" "):
        case ["value"]:
            return f(*x)
        case ["grad"]:
            return jax.grad(f)(*x)
        case ["grad", "of", inner]:
            return jax.grad((jax.grad if inner == "grad" else jax.jit)(f))(*x)
        case ["grad", *places]:
            argnums = tuple(int(place) for place in places)
            return jax.grad(f, argnums if len(argnums) > 1 else argnums[0])(*x)
        case ["vjp"]:
            return pulled(f, *x)
        case ["jvp"]:
            return jax.jvp(f, tuple(x), tuple(dx))
        case ["jvp", place]:
            at = int(place)
            return jax.jvp(lambda a: f(*x[:at], a, *x[at + 1 :]), (x[at],), (dx[at],))


def leaf(value):
    aval = jax.typeof(value)
    return SHORT[aval.dtype.name] + ("*" if aval.weak_type else "") + (str(list(aval.shape)) if aval.shape else "")


def cell(f, how, kinds):
    x, dx = given(kinds, (0.3, 0.7)), given(kinds, (1.0, 1.0))
    try:
        return ",".join(leaf(each) for each in jax.tree.leaves(used(f, how, x, dx))).replace(" ", "")
    except Exception:
        return "-"


def programs(source, kind):
    for module, names in source[kind].items():
        yield from ((f"{module}.{name}", eval(f"{module}.{name}", SCOPE)) for name in names)
    yield from ((name, eval(py, SCOPE)) for name, of, py, _ in source["written"] if of == kind)


def table(source, kind, hows, mixes):
    columns = [f"{how} {mix}" for how in hows for mix in mixes]
    rows = {}
    for name, f in programs(source, kind):
        rows[name] = " ".join(cell(f, *column.rsplit(" ", 1)) for column in columns)
    return {"columns": columns, "rows": rows}


def main():
    warnings.simplefilter("ignore")
    source = yaml.safe_load((HERE / "weak-derivatives.yaml").read_text())
    tables = {
        "unary": table(source, "unary", UNARY, ["w", "s"]),
        "binary": table(source, "binary", BINARY, ["ww", "ws", "sw", "ss"]),
    }
    text = json.dumps({"jax": jax.__version__, **tables}, indent=0, separators=(",", ":"))
    (HERE / "vectors" / "weak-derivatives.json").write_text(text + "\n")


main()
