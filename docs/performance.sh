#!/usr/bin/env bash
# Measures what performance.md shows and draws its picture, in about twenty minutes on two processors.
# They should have nothing else to do.
set -euo pipefail
cd "$(dirname "$0")"

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
types=(--dtype float32 --dtype float64)
sigmoids bench sigmoid "${types[@]}" --sizes 1:1e7 --json "$run/sizes.json" | grep -v "^wrote " > performance.txt
sigmoids bench "${types[@]}" --dtype float16 --dtype bfloat16 --sizes 1e6 > performance-family.txt
python figures.py "$run/sizes.json"
