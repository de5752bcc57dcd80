"""Logistic regression by Newton's method: the code that stays the same on every backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import sigmoids as sg

if TYPE_CHECKING:
    from sigmoids.backends.registry import Backend

Floats = NDArray[Any]

MAX_ITERATIONS = 50


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    weights : ndarray, shape (features,)
        The coefficients.
    losses : list of float
        The penalised log loss before every iteration and after the last.
    """

    weights: Floats
    losses: list[float]

    @property
    def iterations(self) -> int:
        """Newton steps taken."""
        return len(self.losses) - 1


def fit(features: Floats, labels: Floats, ridge: float, backend: Backend) -> Fit:
    """Minimise the mean log loss plus ½·ridge·|w|² in the dtype of the features.

    Parameters
    ----------
    features : ndarray, shape (samples, features)
        Standardised, a column of ones among them.
    labels : ndarray, shape (samples,)
        0 or 1, in the dtype of the features.
    ridge : float
        The strength of the penalty.
    backend : str
        Who computes the sigmoids.

    Returns
    -------
    Fit
        Weights at which a Newton step changes nothing beyond rounding.
    """
    samples, width = features.shape
    weights = np.zeros(width, features.dtype)
    penalty = np.asarray(ridge, features.dtype)
    tolerance = np.sqrt(np.finfo(features.dtype).eps)
    losses = [loss(features, labels, weights, ridge, backend)]
    for _ in range(MAX_ITERATIONS):
        logits = features @ weights
        error = sg.sigmoid(logits, backend=backend) - labels
        slope = sg.sigmoid_derivative(logits, backend=backend)
        gradient = features.T @ error / samples + penalty * weights
        hessian = (features.T * slope) @ features / samples + penalty * np.eye(width)
        step = np.linalg.solve(hessian, gradient).astype(features.dtype)
        weights = weights - step
        losses.append(loss(features, labels, weights, ridge, backend))
        if np.linalg.norm(step) <= tolerance * np.linalg.norm(weights):
            return Fit(weights, losses)
    raise RuntimeError(f"Newton's method took more than {MAX_ITERATIONS} iterations")


def loss(
    features: Floats, labels: Floats, weights: Floats, ridge: float, backend: Backend
) -> float:
    """Mean log loss plus ½·ridge·|w|²."""
    return log_loss(features @ weights, labels, backend) + 0.5 * ridge * float(weights @ weights)


def log_loss(logits: Floats, labels: Floats, backend: Backend) -> float:
    """Mean of −log of the probability given to the true label.

    The probability of label 0 is σ(−z), which keeps the tail that 1 − σ(z) would lose.
    """
    given = sg.sigmoid(np.where(labels == 1, logits, -logits), backend=backend)
    return float(-np.mean(np.log(given)))
