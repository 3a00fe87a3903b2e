"""Inputs from their specifications, seeded by the case's id so that no case depends on another.

    f32[3,4]            normal draws
    f32[3] 0.1..2       uniform draws (integers: both ends included)
    f32 [1, -0.0, nan]  these values
    f32 edges           the values where elementary functions misbehave
    key 42              the key random.key(42);  key[3] 42  three keys split from it
    float 2.5           a bare number, weakly typed; also int, boolean
"""

import re
import zlib

import jax
import jax.numpy as jnp
import numpy as np

BATCH = 3

DTYPES = {
    "bool": np.bool_,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "u8": np.uint8,
    "u16": np.uint16,
    "u32": np.uint32,
    "i64": np.int64,
    "u64": np.uint64,
    "bf16": jnp.bfloat16,
    "f16": np.float16,
    "f32": np.float32,
    "f64": np.float64,
    "c64": np.complex64,
    "c128": np.complex128,
}

EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1.5, -1.5, 2.5, 1e-3, -1e-3, 3.1415927, -0.7853982, 10.0, -10.0,
    88.0, -88.0, 100.0, -104.0, 1e4, 1e10, 3e38, -3e38, 2e-38, float("inf"), float("-inf"), float("nan"),
]  # fmt: skip


class Scalar:
    """A bare Python number: passed as it is, never mapped."""

    def __init__(self, value):
        self.value = value


def seeded(*parts):
    return np.random.RandomState(zlib.crc32("/".join(map(str, parts)).encode()))


def make(spec, seed, batch=None):
    """The value of a specification; with `batch` that many of them stacked along a new first axis."""
    kind, dims, rest = re.fullmatch(r"(\w+)(?:\[([\d,]*)\])?\s*(.*)", spec, re.S).groups()
    shape = tuple(int(length) for length in dims.split(",") if length) if dims is not None else None
    if kind in ("float", "int", "boolean"):
        return Scalar({"float": float, "int": int, "boolean": lambda text: text == "true"}[kind](rest))
    if kind == "key":
        return make_key(shape, int(rest), batch)
    dtype = DTYPES[kind]
    if shape is None:
        return explicit(np.array(EDGES if rest == "edges" else parse_values(rest), dtype), batch)
    full = shape if batch is None else (batch, *shape)
    return jnp.asarray(draw(seed, dtype, full, rest))


def make_key(shape, seed, batch):
    def one(number):
        key = jax.random.key(number)
        return key if shape is None else jax.random.split(key, shape)

    return one(seed) if batch is None else jnp.stack([one(seed + lane) for lane in range(batch)])


def draw(seed, dtype, shape, bounds):
    if dtype == np.bool_:
        return seed.randint(0, 2, shape).astype(np.bool_)
    low, high = (float(end) for end in bounds.split("..")) if bounds else (None, None)
    if np.issubdtype(dtype, np.integer):
        low, high = (int(low), int(high)) if bounds else (0 if np.issubdtype(dtype, np.unsignedinteger) else -9, 9)
        return seed.randint(low, high + 1, shape, dtype=np.int64).astype(dtype)
    if np.issubdtype(dtype, np.complexfloating):
        parts = [seed.uniform(low, high, shape) if bounds else seed.normal(size=shape) for _ in range(2)]
        return (parts[0] + 1j * parts[1]).astype(dtype)
    return (seed.uniform(low, high, shape) if bounds else seed.normal(size=shape)).astype(dtype)


def parse_values(text):
    return eval(text, {"nan": float("nan"), "inf": float("inf"), "true": True, "false": False})


def explicit(value, batch):
    """Lanes of a given array are its rotations; of a given scalar, values near it."""
    if batch is None:
        return jnp.asarray(value)
    if value.ndim > 0:
        lanes = [np.roll(value.reshape(-1), lane).reshape(value.shape) for lane in range(batch)]
    elif value.dtype == np.bool_:
        lanes = [value if lane % 2 == 0 else ~value for lane in range(batch)]
    elif np.issubdtype(value.dtype, np.integer):
        lanes = [value + value.dtype.type(lane) for lane in range(batch)]
    else:
        lanes = [value * value.dtype.type(factor) for factor in (1, 0.5, 1.5)]
    return jnp.asarray(np.stack(lanes).astype(value.dtype))
