"""The experiment: real data, the model on every backend and dtype, and what came out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import sigmoids as sg
from sigmoids.demo import family
from sigmoids.demo.newton import Fit, Floats, fit, log_loss
from sigmoids.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigmoids.backends.registry import Backend
    from sigmoids.demo.family import Difference

RIDGE = 1e-2
REPEATS = 101


@dataclass(frozen=True, slots=True)
class Data:
    """Standardised features with a column of ones, and labels 0 or 1."""

    train: Floats
    train_labels: Floats
    test: Floats
    test_labels: Floats

    @classmethod
    def load(cls) -> Data:
        """The Wisconsin breast-cancer data that scikit-learn ships: 569 samples, 30 features."""
        features, labels = load_breast_cancer(return_X_y=True)
        train, test, train_labels, test_labels = train_test_split(
            features, labels.astype(np.float64), test_size=0.25, random_state=0, stratify=labels
        )
        mean, spread = train.mean(axis=0), train.std(axis=0)

        def prepare(rows: Floats) -> Floats:
            return np.column_stack([np.ones(len(rows)), (rows - mean) / spread])

        return cls(prepare(train), train_labels, prepare(test), test_labels)

    def astype(self, dtype: str) -> Data:
        """The same in another precision."""
        return Data(
            *(
                array.astype(dtype)
                for array in (self.train, self.train_labels, self.test, self.test_labels)
            )
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One backend and dtype.

    Attributes
    ----------
    backend, dtype : str
        Which.
    fit : Fit
        The model.
    accuracy, log_loss : float
        On the test samples.
    first_call, later_call : float
        Seconds for the sigmoid of the training logits: the first call, with import and
        compilation, and the median of later ones.
    difference : Difference
        How its sigmoids differ from the reference's.
    """

    backend: Backend
    dtype: str
    fit: Fit
    accuracy: float
    log_loss: float
    first_call: float
    later_call: float
    difference: Difference


def outcomes(data: Data) -> Iterator[Outcome]:
    """Run every installed backend in every dtype, the reference first."""
    for name in family.installed():
        for dtype in family.DTYPES:
            yield _run(data.astype(dtype), name, dtype)


def count() -> int:
    """How many outcomes there will be."""
    return len(family.DTYPES) * len(family.installed())


def probe(data: Data, weights: Floats) -> Floats:
    """Logits to compare backends on: the model's own, and a grid over both tails."""
    dtype = data.train.dtype
    grid = family.grid(FUNCTIONS["sigmoid"].spec, dtype.name)
    return np.concatenate([data.train @ weights, data.test @ weights, grid]).astype(dtype)


def _run(data: Data, backend: Backend, dtype: str) -> Outcome:
    logits = data.train @ np.ones(data.train.shape[1], dtype)
    first, *later = (_time_call(logits, backend) for _ in range(1 + REPEATS))
    model = fit(data.train, data.train_labels, RIDGE, backend)
    scores = data.test @ model.weights
    return Outcome(
        backend=backend,
        dtype=dtype,
        fit=model,
        accuracy=float(np.mean((scores > 0) == (data.test_labels == 1))),
        log_loss=log_loss(scores, data.test_labels, backend),
        first_call=first,
        later_call=float(np.median(later)),
        difference=family.difference("sigmoid", backend, probe(data, model.weights)),
    )


def _time_call(logits: Floats, backend: Backend) -> float:
    start = time.perf_counter()
    sg.sigmoid(logits, backend=backend)
    return time.perf_counter() - start
