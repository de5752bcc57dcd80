"""The vanishing gradient: what ten layers leave of it, and what saturated units do.

Every sigmoid layer multiplies the gradient by a slope of ¼ at most; ReLU does not.  Where units
are saturated, jax.nn's slope, y·(1 − y), is 0 as soon as y rounds to 1, and nothing is learned any
more.  Ours is computed from x.
"""

import jax
import jax.numpy as jnp

import sigmoids as sg
from digits import digits


def layers(key, number=10, width=64):
    """Weights of so many layers, as large as suits ReLU."""
    return jax.random.normal(key, (number, width, width)) * jnp.sqrt(2 / width)


def first_slope(activation, weights, x):
    """How large the gradient of a sum over the last layer is in the first one."""

    def last(weights):
        h = x
        for w in weights:
            h = activation(h @ w)
        return h.sum() / len(x)

    return float(jnp.linalg.norm(jax.grad(last)(weights)[0]))


def main():
    """Print what is left of a gradient."""
    x, *_ = digits()
    weights = layers(jax.random.key(0))
    found = {}
    for title, activation in {
        "ReLU": jax.nn.relu,
        "sigmoid": sg.sigmoid,
        "sigmoid of 20 + x, ours": lambda x: sg.sigmoid(20 + x),
        "sigmoid of 20 + x, jax.nn's": lambda x: jax.nn.sigmoid(20 + x),
    }.items():
        few = weights[:2] if "20" in title else weights
        found[title] = first_slope(activation, few, x)
        print(f"{len(few):2} layers of {title:28} gradient of the first: {found[title]:.1e}")
    return found


if __name__ == "__main__":
    main()
