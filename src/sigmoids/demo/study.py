"""The experiment: real data, the model on every backend and dtype, and what came out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import sigmoids as sg
from sigmoids.accuracy.bounds import bound
from sigmoids.backends import registry
from sigmoids.demo.newton import Fit, Floats, fit, log_loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sigmoids.backends.registry import Backend

REFERENCE: Backend = "numpy"
RIDGE = 1e-2
DTYPES = ("float64", "float32")
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
    differing : int
        How many of the probed sigmoids differ in any bit from the reference backend's.
    probed : int
        How many were probed.
    ulps_apart : int
        The largest difference, in units in the last place.
    allowed : int
        The largest difference within the declared error bounds.
    """

    backend: Backend
    dtype: str
    fit: Fit
    accuracy: float
    log_loss: float
    first_call: float
    later_call: float
    differing: int
    probed: int
    ulps_apart: int
    allowed: int

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the contract."""
        return self.ulps_apart <= self.allowed


def outcomes(data: Data) -> Iterator[Outcome]:
    """Run every installed backend in every dtype, the reference first."""
    rows = sorted(registry.ROWS.values(), key=lambda row: row.name != REFERENCE)
    for row in filter(registry.installed, rows):
        for dtype in DTYPES:
            yield _run(data.astype(dtype), row.name, dtype)


def count() -> int:
    """How many outcomes there will be."""
    return len(DTYPES) * sum(map(registry.installed, registry.ROWS.values()))


def probe(data: Data, weights: Floats) -> Floats:
    """Logits to compare backends on: the model's own, and a grid over both tails."""
    dtype = data.train.dtype
    tail = -np.log(np.finfo(dtype).tiny)
    return np.concatenate(
        [data.train @ weights, data.test @ weights, np.linspace(-tail, tail, 20001).astype(dtype)]
    ).astype(dtype)


def _run(data: Data, backend: Backend, dtype: str) -> Outcome:
    logits = data.train @ np.ones(data.train.shape[1], dtype)
    first, *later = (_time_call(logits, backend) for _ in range(1 + REPEATS))
    model = fit(data.train, data.train_labels, RIDGE, backend)
    scores = data.test @ model.weights
    points = probe(data, model.weights)
    ours, theirs = (sg.sigmoid(points, backend=name) for name in (backend, REFERENCE))
    apart = np.abs(ours.view(f"i{ours.itemsize}") - theirs.view(f"i{ours.itemsize}"))
    engines = map(registry.machine_code_of, (backend, REFERENCE))
    largest = [bound("sigmoid", name, dtype, "high").ulp for name in engines]
    return Outcome(
        backend=backend,
        dtype=dtype,
        fit=model,
        accuracy=float(np.mean((scores > 0) == (data.test_labels == 1))),
        log_loss=log_loss(scores, data.test_labels, backend),
        first_call=first,
        later_call=float(np.median(later)),
        differing=int(np.count_nonzero(apart)),
        probed=points.size,
        ulps_apart=int(apart.max()),
        # Two correctly rounded results are one; otherwise each is within its bound of the truth.
        allowed=0 if max(largest) <= 0.5 else int(np.ceil(sum(largest))),
    )


def _time_call(logits: Floats, backend: Backend) -> float:
    start = time.perf_counter()
    sg.sigmoid(logits, backend=backend)
    return time.perf_counter() - start
