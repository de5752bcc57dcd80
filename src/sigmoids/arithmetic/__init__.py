"""The arithmetic under the formulas: each algorithm once, for every engine and format."""
