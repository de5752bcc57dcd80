"""Sparse arrays: what is not stored stays so, and nothing becomes dense unasked."""

from __future__ import annotations

import numpy as np
import pytest

import sigmoids as sg

scipy_sparse = pytest.importorskip("scipy.sparse")

ODD = [sg.tanh, sg.silu, sg.arctan_sigmoid]
"""Functions that are 0 at 0."""

FORMATS = ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"]

DENSE = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, -30.0]])


@pytest.mark.parametrize("function", ODD)
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("flavour", ["array", "matrix"])
def test_format_dtype_and_zeros_stay(function, kind, flavour):
    for dtype in (np.float32, np.float64):
        x = getattr(scipy_sparse, f"{kind}_{flavour}")(DENSE.astype(dtype))
        y = function(x)
        assert type(y) is type(x)
        assert (y.dtype, y.nnz) == (dtype, 2)
        assert (y.toarray() == function(DENSE.astype(dtype))).all()
        assert (x.toarray() == DENSE).all()


def test_elements_given_in_parts_are_added_first():
    x = scipy_sparse.coo_array(([1.0, 2.0, 5.0], ([0, 0, 1], [0, 0, 1])), shape=(2, 2))
    y = sg.tanh(x)
    assert y.toarray().tolist() == [[sg.tanh(3.0), 0], [0, sg.tanh(5.0)]]
    assert x.data.tolist() == [1, 2, 5]


def test_integers_become_float64():
    y = sg.silu(scipy_sparse.csr_array(DENSE.astype(int)))
    assert (y.toarray() == sg.silu(DENSE)).all()


@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_derivative", "log_sigmoid", "softplus"])
def test_what_would_be_dense_is_refused(name):
    function = getattr(sg, name)
    at_0 = f"{function(0.0):.3g}"
    with pytest.raises(TypeError, match=rf"{name}\(0\) is {at_0} .*: use toarray\(\), or sparse"):
        function(scipy_sparse.csr_array(DENSE))
    with pytest.raises(TypeError, match=r"sigmoid_binary_cross_entropy\(0, 0\) is 0.693 and no"):
        sg.sigmoid_binary_cross_entropy(scipy_sparse.csr_array(DENSE), 1.0)


def test_complex_elements_and_out_are_refused():
    with pytest.raises(TypeError, match="takes real numbers, not dtype 'complex128'"):
        sg.tanh(scipy_sparse.csr_array(DENSE.astype(complex)))
    with pytest.raises(TypeError, match="out= takes NumPy arrays"):
        sg.tanh(scipy_sparse.csr_array(DENSE), out=DENSE.copy())


# The library of that name, whose arrays hold any number where nothing is stored


@pytest.fixture(params=["coo", "gcxs", "dok"])
def stored(request):
    sparse = pytest.importorskip("sparse")
    return sparse.COO(DENSE.astype(np.float32)).asformat(request.param)


def test_the_fill_value_is_computed_too(typical, stored):
    y = typical.function(stored)
    assert type(y) is type(stored)
    assert (y.dtype, y.nnz) == (np.float32, 2)
    assert y.fill_value == typical.function(np.float32([0.0]))[0]
    assert (y.todense() == typical.function(DENSE.astype(np.float32))).all()


def test_two_sparse_arrays(stored):
    loss = sg.sigmoid_binary_cross_entropy(stored, stored)
    dense = DENSE.astype(np.float32)
    assert loss.nnz == 2
    assert (loss.todense() == sg.sigmoid_binary_cross_entropy(dense, dense)).all()
