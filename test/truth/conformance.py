"""
Writes test/truth/conformance/array.gz: calls of array functions and what NumPy answers.

    python test/truth/conformance.py            writes the file
    python test/truth/conformance.py --check    makes everything again and compares it with the file

The check compares byte for byte. Where processors differ, NumPy may round the last digit of a sum or of a
transcendental function differently: such answers may differ by what their case allows, all others must be the same.
"""

import gzip
import json
import pathlib
import struct
import sys
import warnings

import numpy as np

from book import Book
from families import chains, creation, daily, edits, elementwise, functions, indexing, linalg, manipulation, moments, neighbours, places, randoms, reductions, selections, sets

FILE = pathlib.Path(__file__).parent / "conformance" / "array.gz"


def make():
    warnings.simplefilter("ignore")
    book = Book()
    for family in (elementwise, reductions, indexing, manipulation, creation, linalg, randoms, chains, daily, functions, sets, selections, places, edits, neighbours, moments):
        family.add(book)
    return book


def parse(content):
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    return header, content[(4 + length + 7) // 8 * 8 :]


def array_at(payload, dtype, shape, at):
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(payload, dtype, count, at).reshape(shape)


def differences(stored, made):
    """Names of what differs by more than its case allows."""
    old, old_payload = parse(stored)
    new, new_payload = parse(made)
    if old != new:
        for key in old:
            if old[key] != new.get(key):
                yield f"the header's {key}" + (f" ({old[key]} stored, {new[key]} here)" if key == "numpy" else "")
        return
    for name, where in old["operands"].items():
        if array_at(old_payload, *where).tobytes() != array_at(new_payload, *where).tobytes():
            yield f"operand {name}"
    for group, cases in old["groups"].items():
        for at, case in enumerate(cases):
            if "r" not in case:
                continue
            a, b = array_at(old_payload, *case["r"]), array_at(new_payload, *case["r"])
            if a.tobytes() == b.tobytes():
                continue
            with np.errstate(all="ignore"):
                room = np.maximum(np.spacing(np.abs(a)) * case.get("u", 0), case.get("n", 0))
                ok = (a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= room)
            if not ok.all():
                yield f"{group} #{at}: {json.dumps({k: v for k, v in case.items() if k in 'fao'})}"


def main():
    book = make()
    print(f"NumPy {np.__version__}: {book.count()} cases, {len(book.operands)} operands", end="")
    if "--check" in sys.argv[1:]:
        stored, made = gzip.decompress(FILE.read_bytes()), book.content()
        found = [] if stored == made else list(differences(stored, made))
        if found:
            print(f"; {len(found)} differ from {FILE.name}:")
            print("\n".join(found[:20]))
            sys.exit(1)
        print(", as stored" + ("" if stored == made else " but for last digits within what the cases allow"))
        return
    book.write(FILE)
    size = FILE.stat().st_size
    print(f", {size / 1024:.0f} KiB; skipped for want of a dtype: {book.skipped}")


main()
