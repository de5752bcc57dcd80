"""A network with one layer of hidden sigmoid units, in plain JAX."""

import jax
import jax.numpy as jnp

import sigmoids as sg
from digits import batches, digits


def initial(key, hidden=64):
    """Weights of a few tenths, and no bias."""
    first, second = jax.random.split(key)
    return {
        "w": jax.random.normal(first, (64, hidden)) / 8,
        "b": jnp.zeros(hidden),
        "v": jax.random.normal(second, (hidden, 10)) / 8,
        "c": jnp.zeros(10),
    }


def logits(parameters, x):
    """Ten numbers for every image, the largest for the digit that it seems to be."""
    hidden = sg.sigmoid(x @ parameters["w"] + parameters["b"])
    return hidden @ parameters["v"] + parameters["c"]


def loss(parameters, x, y):
    """Every output is a sigmoid unit that says whether the image is its digit."""
    return jnp.mean(sg.sigmoid_binary_cross_entropy(logits(parameters, x), jax.nn.one_hot(y, 10)))


@jax.jit
def step(parameters, x, y):
    """One step of gradient descent on a few images."""
    slopes = jax.grad(loss)(parameters, x, y)
    return jax.tree.map(lambda p, s: p - 5.0 * s, parameters, slopes)


def main():
    """Train, and print how often the network is right."""
    x, x_test, y, y_test = digits()
    parameters = initial(jax.random.key(0))
    for x_few, y_few in batches(0, 90, x, y):
        parameters = step(parameters, x_few, y_few)
    right = jnp.mean(logits(parameters, x_test).argmax(1) == y_test)
    print(f"two layers, sigmoid: {right:.1%} of the test images")
    return right


if __name__ == "__main__":
    main()
