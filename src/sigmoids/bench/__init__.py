"""The benchmark harness behind ``sigmoids bench``: fair, interleaved, against other libraries."""
