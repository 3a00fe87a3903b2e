"""True values of elementary functions, by arbitrary-precision arithmetic, for the "2 ulp of JAX or of the truth" rule."""

import mpmath
import numpy as np

mpmath.mp.prec = 120


def fn_cbrt(x):
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


def fn_logistic(x):
    return 1 / (1 + mpmath.exp(-x))


def fn_atan2(y, x):
    return mpmath.atan2(y, x)


def fn_igamma_grad_a(a, x):
    return mpmath.diff(lambda shape: mpmath.gammainc(shape, 0, x, regularized=True), a)


def fn_random_gamma_grad(a, x):
    return -fn_igamma_grad_a(a, x) / (mpmath.power(x, a - 1) * mpmath.exp(-x) / mpmath.gamma(a))


NAMED = {
    "igamma": lambda a, x: mpmath.gammainc(a, 0, x, regularized=True),
    "igammac": lambda a, x: mpmath.gammainc(a, x, mpmath.inf, regularized=True),
    "igamma_grad_a": fn_igamma_grad_a,
    "random_gamma_grad": fn_random_gamma_grad,
    "betainc": lambda a, b, x: mpmath.betainc(a, b, 0, x, regularized=True),
    "polygamma": lambda m, x: mpmath.polygamma(int(m), x),
    "bessel_i0e": lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)),
    "bessel_i1e": lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)),
    "cbrt": fn_cbrt,
    "logistic": fn_logistic,
    "atan2": fn_atan2,
    "erf_inv": mpmath.erfinv,
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    "exp2": lambda x: mpmath.power(2, x),
    "rsqrt": lambda x: 1 / mpmath.sqrt(x),
    "pow": mpmath.power,
    "div": lambda x, y: x / y,
    "normal": lambda u: mpmath.sqrt(2) * mpmath.erfinv(u),
    "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
}


def truth(name, *arrays):
    """`name` applied to each element. Where it has no finite real value the answer is NaN: JAX's own result decides."""
    fn = NAMED.get(name) or getattr(mpmath, name)
    arrays = np.broadcast_arrays(*[np.asarray(array) for array in arrays])
    result = np.full(arrays[0].shape, np.nan)
    limit = float(np.finfo(arrays[0].dtype).max) if arrays[0].dtype.kind == "f" else 3e38
    for index in np.ndindex(arrays[0].shape):
        operands = [array[index] for array in arrays]
        if all(np.isfinite(operand) for operand in operands):
            result[index] = one(fn, operands, limit)
    return result


def one(fn, operands, limit):
    try:
        value = fn(*[mpmath.mpf(float(operand)) for operand in operands])
    except (ValueError, ZeroDivisionError, OverflowError, mpmath.libmp.NoConvergence):
        return np.nan
    if isinstance(value, mpmath.mpc):
        return np.nan
    return float(value) if abs(value) <= limit else np.nan
