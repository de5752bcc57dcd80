"""The demonstration: one model, every backend, the same answers."""
