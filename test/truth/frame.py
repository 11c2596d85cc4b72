"""
Writes test/truth/frame/frame.json.gz: expressions and verbs of frames, and what pandas, Polars and DuckDB answer.

    python test/truth/frame.py            writes the file
    python test/truth/frame.py --check    makes everything again and compares it with the file

The truth is pandas (nullable types, null and NaN apart). Where a frame of ours means something else than pandas, Polars or DuckDB is
the truth, and the family says why. Floats may differ in their last digits where processors differ; all else must be the same.
"""

import gzip
import json
import math
import pathlib
import sys
import warnings

import pandas as pd

from frame_book import Book
from frames import FAMILIES

FILE = pathlib.Path(__file__).parent / "frame" / "frame.json.gz"


def make():
    warnings.simplefilter("ignore")
    pd.options.future.distinguish_nan_and_na = True
    book = Book()
    for family in FAMILIES:
        family.add(book)
    return book


def same(a, b):
    if isinstance(a, float) and isinstance(b, (int, float)) or isinstance(b, float) and isinstance(a, (int, float)):
        return a == b or math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-300)
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(same(v, w) for v, w in zip(a, b))
    return a == b


def differences(old, new):
    for key in ("format", "versions", "frames"):
        if not same(old[key], new[key]):
            yield f"the header's {key}"
    for group in sorted(old["groups"].keys() | new["groups"].keys()):
        a, b = old["groups"].get(group, []), new["groups"].get(group, [])
        if len(a) != len(b):
            yield f"{group}: {len(a)} cases stored, {len(b)} here"
        for stored, made in zip(a, b):
            if not same(stored, made):
                yield f"{group}: {made['t']}"


def main():
    book = make()
    versions = ", ".join(f"{name} {version}" for name, version in book.header()["versions"].items())
    print(f"{versions}: {book.count()} cases, {len(book.frames)} frames", end="")
    if "--check" in sys.argv[1:]:
        found = list(differences(json.loads(gzip.decompress(FILE.read_bytes())), json.loads(book.content())))
        if found:
            print(f"; {len(found)} differ from {FILE.name}:")
            print("\n".join(found[:20]))
            sys.exit(1)
        print(", as stored")
        return
    book.write(FILE)
    print(f", {FILE.stat().st_size / 1024:.0f} KiB")


main()
