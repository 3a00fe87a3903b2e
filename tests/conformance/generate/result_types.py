"""Writes vectors/result-types.json: the dtypes of results for arguments of every dtype. See regenerate.sh.

A cell is the dtypes of the leaves, `*` behind a weak one, or `-` where JAX raises. Cells of a row stand in the
order of `columns`; binary programs have a row for each first argument.
"""

import json
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import yaml

HERE = Path(__file__).parent.parent
SHORT = {
    "bool": "bool", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64", "u8": "uint8", "u16": "uint16",
    "u32": "uint32", "u64": "uint64", "bf16": "bfloat16", "f16": "float16", "f32": "float32", "f64": "float64",
    "c64": "complex64", "c128": "complex128",
}  # fmt: skip
LONG = {name: short for short, name in SHORT.items()}
WEAK = {"int*": jnp.int64, "float*": jnp.float64, "complex*": jnp.complex128}
PAIRS = ["bool", "i8", "i32", "i64", "u8", "u32", "bf16", "f16", "f32", "f64", "c64", "int*", "float*"]


def argument(column, shape):
    if column in WEAK:
        dtype = jax.dtypes.canonicalize_dtype(WEAK[column])
        return jax.ShapeDtypeStruct(shape, dtype, weak_type=True)
    return jax.ShapeDtypeStruct(shape, SHORT[column])


def columns_for(columns, x64):
    return columns if x64 else [name for name in columns if name not in ("i64", "u64", "f64", "c128")]


def cell(function, *args):
    try:
        out = jax.eval_shape(function, *args)
    except Exception:
        return "-"
    return ",".join(LONG[leaf.dtype.name] + ("*" if leaf.weak_type else "") for leaf in jax.tree.leaves(out))


def programs(rows):
    for row in rows:
        if len(row) == 3 and row[1].startswith("lambda"):
            yield row[0], eval(row[1], {"jax": jax, "jnp": jnp})
        else:
            yield from ((name, getattr(jnp, name)) for name in row)


def table(source, x64):
    unary = columns_for([*SHORT, *WEAK], x64)
    pairs = columns_for(PAIRS, x64)
    shape = (2, 3)
    one = {name: " ".join(cell(f, argument(c, shape)) for c in unary) for name, f in programs(source["unary"])}
    two = {
        name: [" ".join(cell(f, argument(a, (3,)), argument(b, (3,))) for b in pairs) for a in pairs]
        for name, f in programs(source["binary"])
    }
    return {"columns": unary, "unary": one, "pairs": pairs, "binary": two}


def main():
    warnings.simplefilter("ignore")
    source = yaml.safe_load((HERE / "result-types.yaml").read_text())
    tables = {}
    for name, x64 in (("x32", False), ("x64", True)):
        with jax.enable_x64(x64):
            tables[name] = table(source, x64)
    text = json.dumps({"jax": jax.__version__, **tables}, indent=0, separators=(",", ":"))
    (HERE / "vectors" / "result-types.json").write_text(text + "\n")


main()
