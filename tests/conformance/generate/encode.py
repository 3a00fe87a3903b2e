"""Arrays as strings: `f32[2,3] <base64 of the little-endian bytes>`, so that every bit survives. `f32*` is weak."""

import base64

import jax
import jax.numpy as jnp
import numpy as np

from inputs import DTYPES, Scalar

SHORT = {np.dtype(dtype): short for short, dtype in DTYPES.items()} | {jax.dtypes.float0: "float0"}


def encode(value):
    if isinstance(value, Scalar):
        return value.value
    if is_key(value):
        return "key" + encode(jax.random.key_data(value))[3:]
    weak = "*" if getattr(value, "weak_type", False) else ""
    array = np.asarray(value)
    dims = ",".join(map(str, array.shape))
    payload = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return f"{SHORT[array.dtype]}{weak}[{dims}] {payload}"


def leaves(tree):
    """The leaves of a result as arrays, keys as their words."""
    arrays = [leaf if is_key(leaf) else jnp.asarray(leaf) for leaf in jax.tree.leaves(tree)]
    return [jax.random.key_data(leaf) if is_key(leaf) else leaf for leaf in arrays]


def encode_all(tree):
    return [encode(leaf) for leaf in leaves(tree)]


def is_key(value):
    return isinstance(value, jax.Array) and jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key)
