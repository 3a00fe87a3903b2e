"""Writes vectors/lesson-calls.json: what JAX traces for each call of lesson-calls.yaml. See regenerate.sh.

Where a call differentiates, or can be, it also holds the numbers of the tape: for every input and every equation of the
function its value, the tangent where all inputs move by one, and the cotangent where all outputs receive one. They come
from jvp and vjp of the function that returns all its intermediate values, and of one that adds to each of them.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import yaml
from jax.extend import core

from encode import is_key
from generate import SCOPE, jaxpr_text, without_dead_equations
from transforms import is_float

NOT_FINITE = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
HERE = Path(__file__).parent.parent


def named(name, function):
    function.__name__ = name
    return function


def numbers(value):
    """As many as a figure holds, as plain numbers; what is not finite as text, as in JSON of the figures."""
    if value is None:
        return None
    if is_key(value):
        return [" ".join(f"{word:08x}" for word in words) for words in jax.random.key_data(value).reshape(-1, 2).tolist()]
    return [NOT_FINITE.get(str(number), number) for number in jnp.ravel(value)[:64].astype("float32").tolist()]


def inlined(jaxpr, consts, args, shift, seen):
    """Evaluates a jaxpr, jits taken apart, and adds `shift(n, value)` to what its n-th equation gives."""
    env = dict(zip(jaxpr.constvars, consts)) | dict(zip(jaxpr.invars, args))
    read = lambda atom: atom.val if isinstance(atom, core.Literal) else env[atom]
    for eqn in jaxpr.eqns:
        operands = [read(atom) for atom in eqn.invars]
        if eqn.primitive.name == "jit":
            inner = eqn.params["jaxpr"]
            outs = inlined(inner.jaxpr, inner.consts, operands, shift, seen)
        else:
            outs = eqn.primitive.bind(*operands, **eqn.primitive.get_bind_params(eqn.params))
            outs = list(outs) if eqn.primitive.multiple_results else [outs]
            if eqn.effects == set():
                shown = next((i for i, out in enumerate(outs) if is_float(out)), 0)
                outs[shown] = shift(len(seen), outs[shown])
                seen.append((eqn.primitive.name, outs[shown]))
        env |= dict(zip(eqn.outvars, outs))
    return [read(atom) for atom in jaxpr.outvars]


def tape(function, args):
    closed = jax.make_jaxpr(function)(*args)
    args = [jnp.asarray(arg) if not is_key(arg) else arg for arg in jax.tree.leaves(args)]
    floats = [i for i, arg in enumerate(args) if is_float(arg)]
    chosen = [args[i] for i in floats]

    def run(values, shift):
        given = list(args)
        for i, value in zip(floats, values):
            given[i] = value
        seen = []
        return inlined(closed.jaxpr, closed.consts, given, shift, seen), seen

    _, seen = run(chosen, lambda _, value: value)
    everything = lambda *values: [value for _, value in run(values, lambda _, value: value)[1]]
    values, tangents = jax.jvp(everything, chosen, [jnp.ones_like(arg) for arg in chosen])

    def moved(values, shifts):
        return run(values, lambda n, value: value + shifts[n] if is_float(value) else value)[0]

    outs, back = jax.vjp(moved, chosen, [jnp.zeros_like(value) if is_float(value) else 0.0 for value in values])
    seeds = [jnp.ones_like(out) if is_float(out) else np.zeros(out.shape, jax.dtypes.float0) for out in outs]
    try:
        of_inputs, cotangents = back(seeds)
    except ValueError:  # A loop whose number of steps is not known in advance.
        of_inputs, cotangents = [None] * len(chosen), [None] * len(values)
    of_input = dict(zip(floats, of_inputs))
    one = lambda arg: jnp.ones_like(arg) if is_float(arg) else None
    inputs = [("input", arg, one(arg), of_input.get(i)) for i, arg in enumerate(args)]
    steps = [
        (name, value, *((tangent, cotangent) if is_float(value) else (None, None)))
        for (name, value), tangent, cotangent in zip(seen, tangents, cotangents)
    ]
    return [[name, *map(numbers, row)] for name, *row in inputs + steps]


def vector(call, scope):
    label, line, avals, py, args, *rest = call
    options = rest[0] if rest else {}
    record = {"label": label, "line": line, "avals": avals, "py": py, "args": args}
    function = eval(py, scope)
    values = eval(f"({args},)", scope)
    if "until" in options:
        try:
            function(*values)
        except Exception as error:
            record["raises"] = type(error).__name__
        else:
            raise SystemExit(f"{label} raises nothing in JAX")
        until = eval(options["until"], scope)
        return record | {"primitives": [eqn.primitive.name for eqn in jax.make_jaxpr(until)(*values).eqns]}
    record["text"] = jaxpr_text(without_dead_equations(jax.make_jaxpr(function)(*values)))
    if "f32" in avals:
        at = eval(f"({options['at']},)", scope) if "at" in options else values
        record["tape"] = tape(eval(options.get("tape", py), scope), at)
    return record


def main():
    vectors = []
    for lesson, cells in yaml.safe_load((HERE / "lesson-calls.yaml").read_text()).items():
        scope = SCOPE | {"named": named}
        for cell in cells:
            exec(cell["py"], scope)
            for call in cell["calls"]:
                try:
                    vectors.append({"lesson": lesson, "cell": cell["cell"], **vector(call, scope)})
                except Exception as error:
                    raise SystemExit(f"{lesson} {cell['cell']} {call[0]}: {error!r}") from error
    lines = ",\n".join(json.dumps(entry, separators=(",", ":"), ensure_ascii=False) for entry in vectors)
    (HERE / "vectors" / "lesson-calls.json").write_text(f'{{"jax":"{jax.__version__}","calls":[\n{lines}\n]}}\n')
    print(f"lesson-calls: {len(vectors)} calls")


if __name__ == "__main__":
    main()
