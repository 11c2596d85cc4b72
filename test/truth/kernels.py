"""Makes test/truth/kernels.json.gz: what NumPy gives for every elementwise function, cast and fold, dtype by dtype.

Run: python test/truth/kernels.py   (NumPy 2.x on x86-64)

Transcendental functions are evaluated in extended precision and rounded, so that the tests can state errors in units in the last place
of the true value; all else is NumPy's own result in the dtype itself.
"""

import base64
import gzip
import json
import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")

FLOATS = ["float32", "float64"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES = ["bool", *INTS, *FLOATS]


def unary_values(dtype):
    d = np.dtype(dtype)
    if dtype == "bool":
        return np.array([False, True])
    if d.kind == "f":
        info = np.finfo(d)
        magnitudes = [0, info.smallest_subnormal, info.tiny, info.eps, 1e-3, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5]
        magnitudes += [np.pi, 7, 10, 22.5, 44, 88.5, 100, 709.5, 1000, 12345.678, 1e6, 2.0**31, 1e15, 2.0**52 + 1, info.max, np.inf]
        rng = np.random.default_rng(7)
        magnitudes += list(rng.uniform(0, 1, 20)) + list(rng.uniform(0, 30, 20)) + list(10.0 ** rng.uniform(-20, 20, 20))
        return np.array([m * s for m in magnitudes for s in (1, -1)] + [np.nan]).astype(d)
    info = np.iinfo(d)
    values = {0, 1, 2, 3, 5, 7, 10, 31, 63, 100, 127, info.max, info.max - 1, info.max // 2, info.max // 3}
    if info.min < 0:
        values |= {-v for v in values} | {info.min, info.min + 1}
    return np.array(sorted(v for v in values if info.min <= v <= info.max), dtype=d)


def binary_values(dtype):
    d = np.dtype(dtype)
    if dtype == "bool":
        v = np.array([False, True])
    elif d.kind == "f":
        info = np.finfo(d)
        list_ = [0, 1, 0.5, 2, 3, 2.5, 7, 0.1, 1e-3, 1000.25, info.tiny, info.max, np.inf]
        v = np.array([m * s for m in list_ for s in (1, -1)] + [np.nan]).astype(d)
    else:
        info = np.iinfo(d)
        some = [0, 1, 2, 3, 5, 7, 8, 13, 31, 33, 64, info.max, info.max // 2]
        if info.min < 0:
            some += [-1, -2, -3, -7, -8, info.min, info.min + 1]
        v = np.array([x for x in some if info.min <= x <= info.max], dtype=d)
    a, b = np.meshgrid(v, v, indexing="ij")
    return a.ravel(), b.ravel()


def pack(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


cases = []


def case(fn, dtype, args, out, ulps=0):
    cases.append(
        {"fn": fn, "dtype": dtype, "args": [pack(a) for a in args], "out": pack(out), "to": out.dtype.name, "n": int(out.size), "ulps": ulps}
    )


def precise(fn, dtype, *args):
    """In extended precision, rounded once. Overflow and the sign of zero are those of the dtype."""
    return fn(*[a.astype(np.longdouble) for a in args]).astype(dtype)


ANY = {"positive": np.positive, "negative": np.negative, "abs": np.abs, "sign": np.sign, "square": np.square}
ROUND = {"floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint}
PREDICATE = {"isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite}
TRANSCENDENTAL = {
    "cbrt": 1, "exp": 1, "exp2": 2, "expm1": 2, "log": 1, "log2": 1, "log10": 1, "log1p": 1, "sin": 1, "cos": 1, "tan": 3,
    "arcsin": 1, "arccos": 1, "arctan": 1, "sinh": 2, "cosh": 2, "tanh": 2, "arcsinh": 2, "arccosh": 2, "arctanh": 2,
}
ARITHMETIC = {"add": np.add, "multiply": np.multiply, "minimum": np.minimum, "maximum": np.maximum, "fmin": np.fmin, "fmax": np.fmax}
DIVISION = {"floor_divide": np.floor_divide, "remainder": np.remainder, "fmod": np.fmod}
BITS = {"bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or, "bitwise_xor": np.bitwise_xor}
COMPARE = {
    "equal": np.equal, "not_equal": np.not_equal, "less": np.less, "less_equal": np.less_equal,
    "greater": np.greater, "greater_equal": np.greater_equal,
}

for dtype in DTYPES:
    x = unary_values(dtype)
    a, b = binary_values(dtype)
    isbool, isfloat = dtype == "bool", dtype in FLOATS
    for name, fn in (ANY | ROUND).items():
        if isbool and name in ("positive", "negative", "sign", "square"):
            continue
        out = fn(x)
        if out.dtype == x.dtype:
            case(name, dtype, [x], out)
    for name, fn in PREDICATE.items():
        case(name, dtype, [x], fn(x))
    if not isfloat:
        case("invert", dtype, [x], np.invert(x))
    for name, fn in (ARITHMETIC | COMPARE).items():
        case(name, dtype, [a, b], fn(a, b))
    c = (np.arange(a.size) % 3 == 0)
    case("where", dtype, [c, a, b], np.where(c, a, b))
    if isbool:
        for name, fn in BITS.items():
            case(name, dtype, [a, b], fn(a, b))
        continue
    case("subtract", dtype, [a, b], np.subtract(a, b))
    for name, fn in DIVISION.items():
        case(name, dtype, [a, b], fn(a, b))
    if isfloat:
        case("signbit", dtype, [x], np.signbit(x))
        for name in ("reciprocal", "sqrt"):
            case(name, dtype, [x], getattr(np, name)(x))
        for name in ("divide", "copysign"):
            case(name, dtype, [a, b], getattr(np, name)(a, b))
        for name, ulps in TRANSCENDENTAL.items():
            case(name, dtype, [x], precise(getattr(np, name), dtype, x), ulps)
        for name, ulps in {"arctan2": 2, "hypot": 2, "power": 2}.items():
            case(name, dtype, [a, b], precise(getattr(np, name), dtype, a, b), ulps)
        # no sums near 0: there the last place of the larger argument counts, in NumPy as here
        close = np.abs(np.logaddexp(a, b)) < 0.1
        case("logaddexp", dtype, [a[~close], b[~close]], precise(np.logaddexp, dtype, a[~close], b[~close]), 2)
        for exponent in (2, 3, 4, 0.5, -1, 1, 0, -2):
            e = np.full_like(x, exponent)
            case("power", dtype, [x, e], precise(np.power, dtype, x, e), 2)
    else:
        nonzero = x[x != 0]
        case("reciprocal", dtype, [nonzero], np.reciprocal(nonzero))
        for name, fn in BITS.items():
            case(name, dtype, [a, b], fn(a, b))
        keep = b >= 0
        case("power", dtype, [a[keep], b[keep]], np.power(a[keep], b[keep]))
        for name, fn in {"left_shift": np.left_shift, "right_shift": np.right_shift}.items():
            case(name, dtype, [a, b], fn(a, b))

casts = []
for source in DTYPES:
    x = unary_values(source)
    for target in DTYPES:
        t = np.dtype(target)
        y = x
        if x.dtype.kind == "f" and t.kind in "iu":
            # C defines the conversion where the truncated value is in range; below zero it wraps around for unsigned types on x86-64
            info = np.iinfo(t)
            low = info.min if t.kind == "i" else 0
            y = x[np.isfinite(x) & (np.trunc(x.astype(np.longdouble)) >= low) & (np.trunc(x.astype(np.longdouble)) <= info.max)]
        casts.append({"from": source, "to": target, "n": int(y.size), "in": pack(y), "out": pack(y.astype(t))})

folds = []
rng = np.random.default_rng(11)
SHAPE = (3, 4, 5)
AXES = [(0,), (1,), (2,), (0, 2), (0, 1), (0, 1, 2)]


def fold(kind, dtype, x, axes, outs):
    folds.append({"fold": kind, "dtype": dtype, "in": pack(x), "axes": list(axes), "outs": [[o.dtype.name, pack(o)] for o in outs]})


def folded(fn, x, axes):
    """NumPy's function over several axes, where it takes but one: they are moved to the end and merged."""
    kept = [a for a in range(x.ndim) if a not in axes]
    y = x.transpose(kept + list(axes)).reshape([x.shape[a] for a in kept] + [-1])
    return np.asarray(fn(y))


for dtype in DTYPES:
    d = np.dtype(dtype)
    for axes in AXES if dtype in ("int64", "float32", "float64") else [(0,), (0, 1, 2)]:
        if d.kind == "f":
            x = rng.normal(size=SHAPE).astype(d)
            holes = x.copy()
            holes[rng.uniform(size=SHAPE) < 0.3] = np.nan
            holes[:, 1, :] = np.nan
            holes[0, :, 2] = np.nan
            variants = [x, holes]
        elif dtype == "bool":
            variants = [rng.uniform(size=SHAPE) < p for p in (0.2, 0.5, 0.9)]
        else:
            info = np.iinfo(d)
            variants = [rng.integers(info.min, info.max, SHAPE, dtype=d, endpoint=True), rng.integers(0, 4, SHAPE).astype(d)]
        for x in variants:
            if dtype != "bool":
                # of one sign, so that an error can be stated relative to the sum
                same = np.abs(x) if d.kind == "f" else x
                wide = same.astype(np.longdouble) if d.kind == "f" else x
                fold("sum", dtype, same, axes, [folded(lambda y: y.sum(-1, dtype=y.dtype), wide, axes).astype(d)])
                fold("prod", dtype, same, axes, [folded(lambda y: y.prod(-1, dtype=y.dtype), wide, axes).astype(d)])
                fold("fmin", dtype, x, axes, [folded(lambda y: np.fmin.reduce(y, -1), x, axes)])
                fold("fmax", dtype, x, axes, [folded(lambda y: np.fmax.reduce(y, -1), x, axes)])
            fold("min", dtype, x, axes, [folded(lambda y: y.min(-1), x, axes)])
            fold("max", dtype, x, axes, [folded(lambda y: y.max(-1), x, axes)])
            fold("any", dtype, x, axes, [folded(lambda y: y.any(-1), x, axes)])
            fold("all", dtype, x, axes, [folded(lambda y: y.all(-1), x, axes)])
            if len(axes) == 1 or len(axes) == 3:
                for kind in ("argmin", "argmax"):
                    at = folded(lambda y: getattr(y, kind)(-1), x, axes)
                    best = folded(lambda y: np.take_along_axis(y, np.expand_dims(getattr(y, kind)(-1), -1), -1)[..., 0], x, axes)
                    fold(kind, dtype, x, axes, [best, at.astype(np.int64)])
                    if d.kind == "f":
                        fill = np.inf if kind == "argmin" else -np.inf

                        def skip(y, kind=kind, fill=fill):
                            z = np.where(np.isnan(y), fill, y)
                            i = getattr(z, kind)(-1)
                            return np.where(np.isnan(y).all(-1), -1, i)

                        at = folded(skip, x, axes)
                        best = folded(lambda y: (np.fmin if kind == "argmin" else np.fmax).reduce(y, -1), x, axes)
                        fold("nan" + kind, dtype, x, axes, [best, at.astype(np.int64)])
            if dtype == "float64":
                mean = folded(lambda y: y.mean(-1), wide, axes).astype(d)
                squares = folded(lambda y: y.var(-1) * y.shape[-1], wide, axes).astype(d)
                fold("moments", dtype, same, axes, [mean, squares])
                count = folded(lambda y: (~np.isnan(y)).sum(-1), x, axes).astype(d)
                mean = folded(lambda y: np.nan_to_num(np.nanmean(y, -1)), wide, axes).astype(d)
                squares = folded(lambda y: np.nan_to_num(np.nanvar(y, -1)) * (~np.isnan(y)).sum(-1), wide, axes).astype(d)
                fold("nanmoments", dtype, same, axes, [count, mean, squares])

out = pathlib.Path(__file__).with_name("kernels.json.gz")
data = {"made by": "test/truth/kernels.py", "numpy": np.__version__, "shape": SHAPE, "cases": cases, "casts": casts, "folds": folds}
with gzip.GzipFile(out, "wb", mtime=0) as file:
    file.write(json.dumps(data).encode())
print(out.stat().st_size, "bytes", len(cases), "cases", len(casts), "casts", len(folds), "folds")
