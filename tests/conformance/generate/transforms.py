"""The transformations every case is put through. The runner's transforms.ts is the same list."""

import jax
import jax.numpy as jnp
from jax import lax

from encode import leaves
from inputs import Scalar


def is_float(value):
    return not isinstance(value, Scalar) and jnp.issubdtype(value.dtype, jnp.inexact)


class Program:
    """A case's function with its inputs, its batched inputs and the positions differentiated."""

    def __init__(self, function, args, batch, diff):
        self.function = function
        self.args = args
        self.batch = batch
        self.mapped = [position for position, arg in enumerate(args) if not isinstance(arg, Scalar)]
        floats = [position for position, arg in enumerate(args) if is_float(arg)]
        self.diff = floats if diff is None else diff

    def call(self, *args):
        return self.function(*[arg.value if isinstance(arg, Scalar) else arg for arg in args])

    def with_args(self, args, positions, values):
        replaced = list(args)
        for position, value in zip(positions, values):
            replaced[position] = value
        return self.call(*replaced)

    def mapped_call(self, *values):
        """The function of its non-scalar arguments alone."""
        return self.with_args(self.args, self.mapped, values)

    def mapped_args(self, args):
        return [args[position] for position in self.mapped]

    def float_leaves(self, args, values):
        out = self.with_args(args, self.diff, values)
        return [leaf for leaf in leaves(out) if is_float(leaf)]

    def weighted(self, args, values, weights):
        total = jnp.float32(0)
        for leaf, weight in zip(self.float_leaves(args, values), weights):
            total = total + jnp.sum(leaf * weight)
        return total

    def axes(self, positions, axis):
        return [axis if position in positions else None for position in self.mapped]


def evaluate(p):
    return p.call(*p.args)


def jit(p):
    return jax.jit(p.mapped_call)(*p.mapped_args(p.args))


def jvp(p, tangents):
    return jax.jvp(lambda *d: p.float_leaves(p.args, d), [p.args[i] for i in p.diff], tangents)


def vjp(p, cotangents):
    _, pullback = jax.vjp(lambda *d: p.float_leaves(p.args, d), *[p.args[i] for i in p.diff])
    return pullback(cotangents)


def vmap(p):
    return jax.vmap(p.mapped_call)(*p.mapped_args(p.batch))


def vmap_one(p, position, axis):
    """Only one operand is mapped, the others are shared by all lanes."""
    values = p.mapped_args(p.args)
    values[p.mapped.index(position)] = jnp.moveaxis(p.batch[position], 0, axis)
    return jax.vmap(p.mapped_call, in_axes=p.axes([position], axis), out_axes=axis)(*values)


def vmap_of_grad(p, weights):
    def gradient(*values):
        args = list(p.args)
        for position, value in zip(p.mapped, values):
            args[position] = value
        argnums = tuple(range(len(p.diff)))
        return jax.grad(lambda *d: p.weighted(args, d, weights), argnums)(*[args[i] for i in p.diff])

    return jax.vmap(gradient)(*p.mapped_args(p.batch))


def grad_of_vmap(p, batch_weights):
    def loss(*d):
        def lane(weights, *values):
            args = list(p.args)
            for position, value in zip(p.mapped, values):
                args[position] = value
            return p.weighted(args, [args[i] for i in p.diff], weights)

        batch = list(p.batch)
        for position, value in zip(p.diff, d):
            batch[position] = value
        return jnp.sum(jax.vmap(lane)(batch_weights, *p.mapped_args(batch)))

    return jax.grad(loss, tuple(range(len(p.diff))))(*[p.batch[i] for i in p.diff])


def scan(p):
    def body(count, values):
        return count + 1, p.mapped_call(*values)

    return lax.scan(body, jnp.int32(0), p.mapped_args(p.batch))
