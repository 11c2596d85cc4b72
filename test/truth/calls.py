"""What each function name of the cases means in NumPy, or in Dask or SciPy where NumPy has no such thing."""

import dask.array as da
import numpy as np
import scipy.linalg
import scipy.stats

RENAMED = {
    "floorDivide": "floor_divide",
    "notEqual": "not_equal",
    "lessEqual": "less_equal",
    "greaterEqual": "greater_equal",
    "logicalAnd": "logical_and",
    "logicalOr": "logical_or",
    "logicalXor": "logical_xor",
    "logicalNot": "logical_not",
    "bitwiseAnd": "bitwise_and",
    "bitwiseOr": "bitwise_or",
    "bitwiseXor": "bitwise_xor",
    "leftShift": "left_shift",
    "rightShift": "right_shift",
    "expandDims": "expand_dims",
    "broadcastTo": "broadcast_to",
    "zerosLike": "zeros_like",
    "onesLike": "ones_like",
    "fullLike": "full_like",
    "standardNormal": "standard_normal",
    "columnStack": "column_stack",
    "arraySplit": "array_split",
    "countNonzero": "count_nonzero",
    "nanToNum": "nan_to_num",
    "arrayEqual": "array_equal",
    "takeAlongAxis": "take_along_axis",
    "atleast1d": "atleast_1d",
    "atleast2d": "atleast_2d",
    "atleast3d": "atleast_3d",
    "trueDivide": "true_divide",
    "bitwiseNot": "bitwise_not",
}
OPTIONS = {"equalNan": "equal_nan", "toBegin": "to_begin", "toEnd": "to_end", "returnCounts": "return_counts", "returnInverse": "return_inverse"}


def call(fn, args, options):
    """Calls NumPy's function of that name; axes and shapes come as lists and go as tuples."""
    options = {OPTIONS.get(key, key): freeze(value) for key, value in options.items()}
    if fn in SPECIAL:
        return SPECIAL[fn](*args, **options)
    return getattr(np, RENAMED.get(fn, fn))(*args, **options)


def freeze(value):
    return tuple(freeze(part) for part in value) if isinstance(value, list) else value


def item(part):
    """One place of an index: a slicing string as JavaScript spells it, a list, or a boolean array."""
    if isinstance(part, str):
        return eval(f"np.s_[{part}]", {"np": np, "newaxis": None})  # the strings are this book's own
    return np.asarray(part)


def round_half_even(x, decimals=0):
    return np.round(x, decimals)


def of_axes(name):
    """A function whose second argument is a shape, an axis or a list of axes."""
    return lambda x, *rest, **options: getattr(np, name)(x, *[freeze(part) for part in rest], **options)


def blocks_of(shape, chunks):
    """Shapes of the blocks, in C order of the grid of blocks."""
    sizes = []
    for extent, chunk in zip(shape, chunks):
        if isinstance(chunk, (list, tuple)):
            sizes.append(list(chunk))
        else:
            chunk = extent if chunk == -1 else chunk
            sizes.append([min(chunk, extent - at) for at in range(0, extent, max(chunk, 1))] or [0])
    return sizes


def random(method):
    """An array of random numbers whose every block has a stream of its own: child i of SeedSequence(seed), in C order of the blocks."""

    def draw(seed, *args, size, chunks, after=None, **options):
        seeds = np.random.SeedSequence(seed)
        if after:
            # blocks of an array drawn before from the same generator
            seeds.spawn(int(np.prod([len(axis) for axis in blocks_of(*after)])))
        sizes = blocks_of(size, chunks)
        grid = [len(axis) for axis in sizes]
        children = seeds.spawn(int(np.prod(grid)))
        out = None
        for place, child in zip(np.ndindex(*grid), children):
            shape = tuple(axis[at] for axis, at in zip(sizes, place))
            generator = np.random.Generator(np.random.PCG64(child))
            block = getattr(generator, method)(*args, size=shape, **options)
            if out is None:
                out = np.empty(size, block.dtype)
            where = tuple(
                slice(sum(axis[:at]), sum(axis[:at]) + axis[at]) for axis, at in zip(sizes, place)
            )
            out[where] = block
        return out

    return draw


def choice(seed, a, size, chunks, **options):
    """Of whole numbers in several blocks; of elements in one."""
    if np.ndim(a) == 0:
        return random("choice")(seed, a, size=size, chunks=chunks, **options)
    (child,) = np.random.SeedSequence(seed).spawn(1)
    return np.random.Generator(np.random.PCG64(child)).choice(a, size, **options)


def permutation(seed, x, axis=0):
    (child,) = np.random.SeedSequence(seed).spawn(1)
    return np.random.Generator(np.random.PCG64(child)).permutation(x, axis)


def part(fn):
    """One of the arrays of which a function gives several: its number comes first."""
    return lambda at, *args, **options: call(fn, args, options)[at]


def pad(x, width, **options):
    if "value" in options:
        options["constant_values"] = options.pop("value")
    return np.pad(x, width, **options)


def weigh(reach, axes=None):
    """Sums of neighbours along each axis, up to `reach` away, those on either side counting differently."""

    def shifted(x, by, axis):
        moved = np.roll(x, -by, axis)
        at = np.arange(x.shape[axis]) + by
        inside = (at >= 0) & (at < x.shape[axis])
        return moved * np.expand_dims(inside, [a for a in range(x.ndim) if a != axis]).astype(x.dtype)

    def of_block(x):
        for axis in range(x.ndim) if axes is None else axes:
            x = sum((by + reach + 1) * shifted(x, by, axis) for by in range(-reach, reach + 1)).astype(x.dtype)
        return x

    return of_block


def pairs_of(counts, totals, axis):
    return np.concatenate([counts, totals], axis=axis[-1])


def halves(x, axis):
    """Sums of what is at even and at odd places along the last of the axes."""
    along = np.arange(x.shape[axis[-1]])
    return [np.take(x, along[at::2], axis[-1]).sum(axis=axis, keepdims=True) for at in (0, 1)]


# what test/array/conformance/functions.ts has under the same names
FUNCTIONS = {
    "same": lambda x: x,
    "weighed1": weigh(1),
    "weighed2": weigh(2),
    "down2": weigh(2, [0]),
    "ends": lambda lane: lane[0] + 10 * lane[-1],
    "rise": lambda lane: lane[-1] > lane[0],
    "pairs": lambda lane: np.stack([lane[:2], lane[-2:]]),
    "backwards": lambda lane: lane[::-1],
    "doubled": lambda x: x * 2,
    "squares": lambda x, axis, keepdims: (x * x).sum(axis=axis, keepdims=keepdims),
    "added": lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims),
    "counted": lambda x, axis, keepdims: pairs_of(np.full_like(x, 1).sum(axis=axis, keepdims=True), x.sum(axis=axis, keepdims=True), axis),
    "joined": lambda x, axis, keepdims: pairs_of(*halves(x, axis), axis),
    "shared": lambda x, axis, keepdims: np.divide(*halves(x, axis)[::-1]) if keepdims else np.squeeze(np.divide(*halves(x, axis)[::-1]), axis),
    "summed": lambda x, y: x + y,
}


def by_axis(given):
    """A value for all axes, a list, or an object, whose keys JSON has made strings; as Dask takes it."""
    if isinstance(given, tuple):
        return dict(enumerate(given))
    return {int(axis): value for axis, value in given.items()} if isinstance(given, dict) else given


def map_overlap(fn, x, depth, boundary="none", chunks=None, trim=True):
    blocks = da.from_array(x, chunks=chunks or tuple(max(1, -(-n // 2)) for n in x.shape))
    made = da.map_overlap(
        FUNCTIONS[fn], blocks, depth=by_axis(depth), boundary=by_axis(boundary), trim=trim, meta=np.array((), x.dtype)
    )
    return made.compute(scheduler="synchronous")


def halved(x):
    return da.from_array(x, chunks=tuple(max(1, -(-n // 2)) for n in x.shape))


def coarsen(name, x, axes, trimExcess=False):
    made = da.coarsen(getattr(np, name), da.from_array(x, chunks=x.shape), by_axis(axes), trim_excess=trimExcess)
    return made.compute(scheduler="synchronous")


def reduction(chunk, x, aggregate, axis=None, keepdims=False, combine=None, **told):
    made = da.reduction(
        halved(x), FUNCTIONS[chunk], FUNCTIONS[aggregate], axis=axis, keepdims=keepdims, combine=FUNCTIONS.get(combine), dtype=x.dtype, meta=np.array((), x.dtype)
    )
    return made.compute(scheduler="synchronous")


def histogramdd(at, points, **options):
    counts, edges = np.histogramdd(points, **options)
    return [counts, *edges][at]


def qr(x):
    """NumPy's, with nothing negative on the diagonal of R."""
    q, r = np.linalg.qr(x)
    signs = np.where(np.diagonal(r) < 0, -1, 1).astype(x.dtype)
    return q * signs, r * signs[:, None] + np.zeros(1, x.dtype)


def svd(x):
    """NumPy's, with the signs that Dask gives."""
    return da.compute(*da.linalg.svd(da.from_array(x, chunks=x.shape)), scheduler="synchronous")


def lstsq(a, b, **options):
    # the rank is int32 in NumPy
    x, residuals, rank, s = np.linalg.lstsq(a, b, **options)
    return x, residuals, np.int64(rank), s


def moment(x, order, axis=None, keepdims=False, ddof=0):
    """Dask's; with its axes as a tuple it works in one block, and it has float32 add up in float32."""
    made = da.moment(da.from_array(np.asarray(x, np.float64), chunks=x.shape), order, axis=axis, keepdims=keepdims, ddof=ddof)
    return made.compute(scheduler="synchronous").astype(np.float32 if x.dtype == np.float32 else np.float64)


def lopsidedness(of):
    """SciPy's function, of integers as floats."""
    return lambda x, **options: of(x if x.dtype.kind == "f" else x.astype(np.float64), **options)


SPECIAL = {
    "slidingWindowView": lambda x, window, axis=None: np.lib.stride_tricks.sliding_window_view(x, freeze(window), axis=axis),
    "moment": moment,
    "skew": lopsidedness(scipy.stats.skew),
    "kurtosis": lopsidedness(scipy.stats.kurtosis),
    # an operand that stands in an expression more than once, cut in one way
    "once": lambda x: x,
    "linalg.cholesky": lambda x, **options: np.linalg.cholesky(x, **options),
    "linalg.inv": np.linalg.inv,
    "linalg.lstsq": lstsq,
    "linalg.lu": scipy.linalg.lu,
    "linalg.qr": qr,
    "linalg.solve": lambda a, b, assumeA="gen": scipy.linalg.solve(a, b, assume_a=assumeA),
    "linalg.solveTriangular": scipy.linalg.solve_triangular,
    "linalg.svd": svd,
    # dtype and shape, which we are told, NumPy finds out
    "applyAlongAxis": lambda fn, axis, x, **told: np.apply_along_axis(FUNCTIONS[fn], axis, x),
    "norm": lambda x, **options: np.linalg.norm(x, **options),
    "mapOverlap": map_overlap,
    "mapBlocks": lambda fn, arrays: FUNCTIONS[fn](*arrays),
    "overlapped": lambda x, chunks, **options: map_overlap("same", x, chunks=freeze(chunks), trim=False, **options),
    # slicing strings, lists of integers and boolean arrays, as x[...] takes them
    "slice": lambda x, *items: x[tuple(item(part) for part in items)],
    "index": lambda x, *items: x[tuple(item(part) for part in items)],
    "astype": lambda x, dtype: x.astype(dtype),
    "cast": lambda x, dtype: x.astype(dtype),
    "round": round_half_even,
    "abs": np.abs,
    "std": lambda x, **options: np.std(x, **options),
    "T": lambda x: x.T,
    "array": lambda values, **options: np.array(values, **options),
    "transpose": of_axes("transpose"),
    "reshape": of_axes("reshape"),
    "expandDims": of_axes("expand_dims"),
    "broadcastTo": of_axes("broadcast_to"),
    "squeeze": of_axes("squeeze"),
    "flip": of_axes("flip"),
    "moveaxis": of_axes("moveaxis"),
    "zeros": of_axes("zeros"),
    "ones": of_axes("ones"),
    "full": lambda shape, value, **options: np.full(tuple(shape) if isinstance(shape, list) else shape, value, **options),
    "ravel": lambda x: x.ravel(),
    "pad": pad,
    "tile": of_axes("tile"),
    "roll": of_axes("roll"),
    "rot90": of_axes("rot90"),
    "argsort": lambda x, axis=-1: np.argsort(x, axis, kind="stable"),
    "average": lambda x, weights=None, axis=None: np.average(x, axis, weights),
    "block": lambda blocks: np.block(blocks),
    **{f"part.linalg.{name}": part(f"linalg.{name}") for name in ["lstsq", "lu", "qr", "svd"]},
    "gradient": lambda x, axis=0, spacing=1: np.gradient(x, spacing, axis=axis),
    "part.nonzero": part("nonzero"),
    "part.unique": part("unique"),
    "part.split": part("split"),
    "part.arraySplit": part("arraySplit"),
    "part.histogram": part("histogram"),
    # blocks of one cut, as Dask numbers them
    "blocks": lambda x, chunks, *items: da.from_array(x, chunks=freeze(chunks)).blocks[tuple(item(p) if isinstance(p, str) else p for p in items)].compute(scheduler="synchronous"),
    "part.hsplit": part("hsplit"),
    "part.vsplit": part("vsplit"),
    "insert": lambda x, index, values, axis=None: np.insert(x, index, values, axis),
    "deleteSlice": lambda x, text, axis=None: np.delete(x, item(text), axis),
    "delete": lambda x, index, axis=None: np.delete(x, np.array(index, int) if index == [] else index, axis),
    "piecewise": lambda x, conditions, pieces: np.piecewise(x, conditions, [getattr(np, p) if isinstance(p, str) else p for p in pieces]),
    "vindex": lambda x, places: np.array(x[tuple(np.asarray(p, int) for p in places)]),
    "applyOverAxes": lambda name, x, axes: np.apply_over_axes(getattr(np, name), x, axes),
    "part.trilIndices": lambda at, n, k=0, m=None: np.tril_indices(n, k, m)[at],
    "part.triuIndices": lambda at, n, k=0, m=None: np.triu_indices(n, k, m)[at],
    "part.modf": part("modf"),
    "part.divmod": part("divmod"),
    "part.unravelIndex": lambda at, x, shape: np.unravel_index(np.asarray(x), freeze(shape))[at],
    "ravelMultiIndex": lambda places, shape, **options: np.ravel_multi_index(freeze(places), freeze(shape), **options),
    "part.broadcastArrays": lambda at, arrays: np.broadcast_arrays(*arrays)[at],
    "part.histogram2d": lambda at, x, y, **options: np.histogram2d(x, y, **options)[at],
    "part.histogramdd": histogramdd,
    "coarsen": coarsen,
    "reduction": reduction,
    "part.meshgrid": lambda at, vectors, **options: np.meshgrid(*vectors, **options)[at],
    "topk": lambda x, k, axis=-1: da.topk(da.from_array(x, chunks=x.shape), k, axis).compute(scheduler="synchronous"),
    "argtopk": lambda x, k, axis=-1: da.argtopk(da.from_array(x, chunks=x.shape), k, axis).compute(scheduler="synchronous"),
    "tensordot": lambda a, b, *axes: np.tensordot(a, b, *[freeze(part) for part in axes]),
    "random.random": random("random"),
    "random.uniform": random("uniform"),
    "random.normal": random("normal"),
    "random.standardNormal": random("standard_normal"),
    "random.integers": random("integers"),
    "random.standardExponential": random("standard_exponential"),
    "random.exponential": random("exponential"),
    "random.standardGamma": random("standard_gamma"),
    "random.gamma": random("gamma"),
    "random.chisquare": random("chisquare"),
    "random.poisson": random("poisson"),
    "random.binomial": random("binomial"),
    **{f"random.{name}": random(name) for name in ["lognormal", "weibull", "rayleigh", "pareto", "power", "laplace", "logistic", "gumbel", "triangular", "geometric"]},
    **{f"random.{name}": random(name) for name in ["beta", "f", "vonmises", "wald", "zipf", "logseries"]},
    "random.standardT": random("standard_t"),
    "random.standardCauchy": random("standard_cauchy"),
    "random.noncentralChisquare": random("noncentral_chisquare"),
    "random.negativeBinomial": random("negative_binomial"),
    "random.choice": choice,
    "random.permutation": permutation,
}
