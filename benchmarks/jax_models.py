"""What the family costs inside of JAX programs, against jax.nn: calls, gradients, chains, training.

    python benchmarks/jax_models.py [--seconds 3]

Contenders take turns, and every figure is the median of the ratios to jax.nn's of the same turn.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import sigmoids as sg

SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)
WIDTHS = (64, 512, 512, 10)
BATCH = 512


def once(f, repeats):
    begin = time.perf_counter()
    for _ in range(repeats):
        jax.block_until_ready(f())
    return (time.perf_counter() - begin) / repeats


def compare(title, contenders, seconds):
    """Print the first one's time and the others' ratios: how many times as fast they are."""
    for f in contenders.values():
        jax.block_until_ready(f())
        first = once(f, 2)
    repeats = max(1, int(2e-3 / first))
    times = {name: [] for name in contenders}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(next(iter(times.values()))) < 5:
        for name, f in contenders.items():
            times[name].append(once(f, repeats))
    (base, own), *others = times.items()
    cells = [f"{statistics.median(own) * 1e6:10.1f} us"]
    for name, other in others:
        ratio = statistics.median(a / b for a, b in zip(own, other, strict=True))
        cells.append(f"{name} {ratio:5.2f} x")
    sys.stdout.write(f"{title:34} {base} {'   '.join(cells)}\n")


def chain(f):
    return lambda x: f(2 * x + 1) * x + 0.5


def gradient(f):
    return jax.grad(lambda x: f(x).sum())


def layers(key, dtype):
    keys = jax.random.split(key, len(WIDTHS) - 1)
    return [
        (jax.random.normal(k, (m, n), dtype) / np.sqrt(m), jnp.zeros(n, dtype))
        for k, m, n in zip(keys, WIDTHS[:-1], WIDTHS[1:], strict=True)
    ]


def step(activation, parameters, x, labels):
    """One step of gradient descent of a network with two hidden layers."""

    def loss(parameters):
        h = x
        for w, b in parameters[:-1]:
            h = activation(h @ w + b)
        w, b = parameters[-1]
        return -jnp.mean(jnp.sum(jax.nn.log_softmax(h @ w + b) * labels, axis=1))

    slopes = jax.grad(loss)(parameters)
    return jax.tree.map(lambda p, s: p - 0.1 * s, parameters, slopes)


def training(activation, dtype):
    x = jax.random.normal(jax.random.key(1), (BATCH, WIDTHS[0]), dtype)
    labels = jax.nn.one_hot(jnp.arange(BATCH) % WIDTHS[-1], WIDTHS[-1], dtype=dtype)
    f, parameters = jax.jit(partial(step, activation)), layers(jax.random.key(0), dtype)
    return lambda: f(parameters, x, labels)


def trio(theirs, ours):
    return {
        "jax.nn": theirs,
        "high": ours,
        "fast": sg.with_options(ours, accuracy="fast"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    for dtype in (jnp.float32, jnp.float64):
        with jax.enable_x64(True):
            name = np.dtype(dtype).name
            for size in SIZES:
                x = jax.random.normal(jax.random.key(0), (size,), dtype) * 4
                for label, change in (("jit", lambda f: f), ("grad", gradient), ("chain", chain)):
                    made = {
                        key: partial(jax.jit(change(f)), x)
                        for key, f in trio(jax.nn.sigmoid, sg.sigmoid).items()
                    }
                    compare(f"{name} {size:.0e} {label} sigmoid", made, seconds)
            for theirs, ours in (
                (jax.nn.sigmoid, sg.sigmoid),
                (jax.nn.silu, sg.silu),
                (jnp.tanh, sg.tanh),
            ):
                made = {key: training(f, dtype) for key, f in trio(theirs, ours).items()}
                compare(f"{name} training step {ours.__name__}", made, seconds)


if __name__ == "__main__":
    main()
