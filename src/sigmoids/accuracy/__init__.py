"""Accuracy as it is measured: the exact values, and the distance from them in ulps."""
