"""The same with Equinox and Optax, and sigmoid units."""

import equinox as eqx
import jax
import optax

import sigmoids as sg
from digits import batches, digits


@eqx.filter_value_and_grad
def loss(model, x, y):
    """The mean cross-entropy."""
    return optax.softmax_cross_entropy_with_integer_labels(jax.vmap(model)(x), y).mean()


@eqx.filter_jit
def step(model, state, x, y, optimizer):
    """One step of Adam on a few images."""
    _, slopes = loss(model, x, y)
    updates, state = optimizer.update(slopes, state)
    return eqx.apply_updates(model, updates), state


def main():
    """Train, and print how often the network is right."""
    x, x_test, y, y_test = digits()
    model = eqx.nn.MLP(64, 10, 64, depth=1, activation=sg.sigmoid, key=jax.random.key(0))
    optimizer = optax.adam(1e-2)
    state = optimizer.init(eqx.filter(model, eqx.is_array))
    for x_few, y_few in batches(0, 20, x, y):
        model, state = step(model, state, x_few, y_few, optimizer)
    right = (jax.vmap(model)(x_test).argmax(1) == y_test).mean()
    print(f"Equinox, sigmoid: {right:.1%} of the test images")
    return right


if __name__ == "__main__":
    main()
