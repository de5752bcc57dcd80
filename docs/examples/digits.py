"""Handwritten digits of eight by eight pixels, which come with scikit-learn."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def digits():
    """Images as rows of numbers from 0 to 1 and their digits, to train with and to test."""
    images, numbers = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)
    return train_test_split(images, numbers, test_size=0.2, random_state=0, stratify=numbers)


def batches(seed, epochs, *arrays, size=64):
    """The arrays in random order, a few rows at a time, so many times."""
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        order = random.permutation(len(arrays[0]))
        for start in range(0, len(order) - size + 1, size):
            yield tuple(array[order[start : start + size]] for array in arrays)
