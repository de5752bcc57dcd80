"""A small LeNet: two layers of convolutions with tanh, as in LeCun and others, 1998."""

import jax
import jax.numpy as jnp
import optax

import sigmoids as sg
from digits import batches, digits


def initial(key):
    """Weights that keep what passes through about as large as it was."""
    shapes = {
        "first": (3, 3, 1, 16),
        "second": (3, 3, 16, 32),
        "hidden": (512, 64),
        "out": (64, 10),
    }
    keys = jax.random.split(key, len(shapes))
    parameters = {}
    for k, (name, shape) in zip(keys, shapes.items(), strict=True):
        incoming = shape[0] if len(shape) == 2 else shape[0] * shape[1] * shape[2]
        weights = jax.random.normal(k, shape) / jnp.sqrt(incoming)
        parameters[name] = {"w": weights, "b": jnp.zeros(shape[-1])}
    return parameters


def convolved(x, layer):
    """Images, convolved with learned patterns of three by three."""
    axes = ("NHWC", "HWIO", "NHWC")
    return (
        jax.lax.conv_general_dilated(x, layer["w"], (1, 1), "SAME", dimension_numbers=axes)
        + layer["b"]
    )


def halved(x):
    """Images of half the width and height, by means of four pixels."""
    return x.reshape(x.shape[0], x.shape[1] // 2, 2, x.shape[2] // 2, 2, -1).mean((2, 4))


def logits(parameters, x):
    """Ten numbers for every image, the largest for the digit that it seems to be."""
    x = sg.tanh(convolved(x.reshape(-1, 8, 8, 1), parameters["first"]))
    x = sg.tanh(convolved(halved(x), parameters["second"]))
    x = x.reshape(x.shape[0], -1)
    x = sg.tanh(x @ parameters["hidden"]["w"] + parameters["hidden"]["b"])
    return x @ parameters["out"]["w"] + parameters["out"]["b"]


def loss(parameters, x, y):
    """The mean cross-entropy."""
    return optax.softmax_cross_entropy_with_integer_labels(logits(parameters, x), y).mean()


OPTIMIZER = optax.adamw(5e-3, weight_decay=1e-2)


@jax.jit
def step(parameters, state, x, y):
    """One step of AdamW on a few images."""
    updates, state = OPTIMIZER.update(jax.grad(loss)(parameters, x, y), state, parameters)
    return optax.apply_updates(parameters, updates), state


def main():
    """Train, and print how often the network is right."""
    x, x_test, y, y_test = digits()
    parameters = initial(jax.random.key(0))
    state = OPTIMIZER.init(parameters)
    for x_few, y_few in batches(0, 20, x, y):
        parameters, state = step(parameters, state, x_few, y_few)
    right = jnp.mean(logits(parameters, x_test).argmax(1) == y_test)
    print(f"LeNet, tanh: {right:.1%} of the test images")
    return right


if __name__ == "__main__":
    main()
