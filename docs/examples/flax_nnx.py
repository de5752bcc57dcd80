"""The same with Flax NNX and Optax, and SiLU as the activation."""

import optax
from flax import nnx

import sigmoids as sg
from digits import batches, digits


class Network(nnx.Module):
    """Two layers; the activation is a value, so that equal networks are compiled once."""

    def __init__(self, activation, rngs):
        self.hidden = nnx.Linear(64, 64, rngs=rngs)
        self.output = nnx.Linear(64, 10, rngs=rngs)
        self.activation = activation

    def __call__(self, x):
        return self.output(self.activation(self.hidden(x)))


def loss(model, x, y):
    """The mean cross-entropy."""
    return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()


@nnx.jit
def step(model, optimizer, x, y):
    """One step of Adam on a few images."""
    optimizer.update(model, nnx.grad(loss)(model, x, y))


def main():
    """Train, and print how often the network is right."""
    x, x_test, y, y_test = digits()
    model = Network(sg.with_options(sg.silu, accuracy="fast"), nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adam(3e-3), wrt=nnx.Param)
    for x_few, y_few in batches(0, 40, x, y):
        step(model, optimizer, x_few, y_few)
    right = (model(x_test).argmax(1) == y_test).mean()
    print(f"Flax NNX, silu: {right:.1%} of the test images")
    return right


if __name__ == "__main__":
    main()
