"""One sigmoid unit that tells zeros from all other digits, in plain JAX."""

import jax
import jax.numpy as jnp

import sigmoids as sg
from digits import digits


def loss(parameters, x, is_zero):
    """The mean cross-entropy, finite however sure the unit is, and its slope σ(z) − y alive."""
    w, b = parameters
    return jnp.mean(sg.sigmoid_binary_cross_entropy(x @ w + b, is_zero))


@jax.jit
def step(parameters, x, is_zero):
    """One step of gradient descent on all images."""
    slopes = jax.grad(loss)(parameters, x, is_zero)
    return jax.tree.map(lambda p, s: p - 2.0 * s, parameters, slopes)


def main():
    """Train, and print how often the unit is right."""
    x, x_test, y, y_test = digits()
    parameters = jnp.zeros(64), jnp.zeros(())
    for _ in range(300):
        parameters = step(parameters, x, (y == 0).astype("float32"))
    w, b = parameters
    right = (sg.sigmoid(x_test @ w + b) > 0.5) == (y_test == 0)
    print(f"one sigmoid unit, zeros or not: {right.mean():.1%} of the test images")
    return right.mean()


if __name__ == "__main__":
    main()
