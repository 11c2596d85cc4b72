"""Random arrays: each block is drawn from its own stream, child i of SeedSequence(seed) in C order of the blocks."""

import numpy as np

GRIDS = [
    ([7], [7]), ([7], [3]), ([10], [[1, 4, 5]]), ([5, 6], [5, 6]), ([5, 6], [2, 3]), ([5, 6], [[1, 4], [6]]), ([2, 3, 4], [1, 2, 4]),
    ([0], [1]), ([3, 0], [2, 1]), ([40], [16]), ([1], [1]),
]


TRANSFORMED = [
    ("lognormal", [0.5, 1.5]), ("weibull", [2]), ("weibull", [0.5]), ("weibull", [0]), ("rayleigh", [3]), ("pareto", [2.5]), ("power", [3]), ("laplace", [1, 2]),
    ("logistic", [-1, 0.5]), ("gumbel", [2, 3]), ("triangular", [-1, 0.5, 4]), ("triangular", [0, 0, 1]), ("triangular", [0, 1, 1]),
]

COMPOUND = [
    ("beta", [2, 3]), ("beta", [0.5, 0.25]), ("beta", [1e-3, 1e-3]), ("beta", [1e-104, 1e-104]), ("beta", [0.5, 4]), ("standardT", [1]), ("standardT", [5.5]), ("standardCauchy", []),
    ("f", [2, 10]), ("f", [1.5, 0.5]), ("noncentralChisquare", [3, 2]), ("noncentralChisquare", [0.5, 4]), ("noncentralChisquare", [1, 30]), ("noncentralChisquare", [2, 0]),
    ("negativeBinomial", [3, 0.5]), ("negativeBinomial", [0.5, 0.125]), ("negativeBinomial", [40, 0.25]), ("negativeBinomial", [3, 1]), ("vonmises", [0, 4]), ("vonmises", [3, 0.5]),
    ("vonmises", [-2, 1e-9]), ("vonmises", [1, 1e-6]), ("vonmises", [3.1, 1e7]), ("wald", [3, 2]), ("wald", [0.5, 40]), ("zipf", [2]), ("zipf", [1.25]), ("zipf", [2000]),
    ("logseries", [0.5]), ("logseries", [0.99]), ("logseries", [0]),
]


def add(book):
    for size, chunks in GRIDS:
        if 0 in size:
            continue
        place = {"size": size, "chunks": chunks}
        for seed in [0, 42, 2**31, 123456789012345]:
            book.case("random", "random.random", [seed], place)
            book.case("random", "random.standardNormal", [seed], place)
        # the last digit of a logarithm in the tail of the normal distribution may be the C library's
        book.case("random", "random.normal", [7, 10, 2.5], place, ulps=4)
        book.case("random", "random.uniform", [7, -1.5, 4], place)
        for low, high in [(0, 10), (-5, 5), (0, 2**31), (0, 2**32), (0, 2**40), (0, 1), (0, 256), (100, 1000003)]:
            book.case("random integers", "random.integers", [7, low, high], place)
    for dtype, low, high in [("int8", -128, 127), ("uint8", 0, 200), ("int16", -300, 300), ("uint16", 0, 65536), ("int32", -5, 5), ("uint32", 0, 2**32 - 5)]:
        for size, chunks in [([40], [16]), ([5, 6], [2, 3])]:
            book.case("random integers", "random.integers", [11, low, high], {"size": size, "chunks": chunks, "dtype": dtype})
    book.case("random integers", "random.integers", [11, 0, 9], {"size": [40], "chunks": [16], "endpoint": True})
    variates(book)
    samples(book)
    # enough draws to meet the rare branches of the ziggurat
    book.case("random, many", "random.standardNormal", [1234], {"size": [12000], "chunks": [5000]}, ulps=4)
    for method in ["random.random", "random.standardNormal"]:
        for after in [[[7], [3]], [[4, 4], [2, 2]]]:
            book.case("random, a second array of one generator", method, [5], {"size": [5, 6], "chunks": [2, 3], "after": after})


def samples(book):
    """What is drawn of elements; without replacement in one block."""
    for size, chunks in [([40], [16]), ([5, 6], [2, 3])]:
        book.case("random, samples", "random.choice", [8, 10], {"size": size, "chunks": chunks})
        book.case("random, samples", "random.choice", [8, 4], {"size": size, "chunks": chunks, "p": [0.125, 0.25, 0, 0.625]})
        book.case("random, samples", "random.choice", [8, 12345], {"size": size, "chunks": [-1] * len(size), "replace": False})
    vector = book.operand("sampled vector", np.arange(12, dtype=np.int16) * 7 - 20)
    matrix = book.operand("sampled matrix", np.arange(35).reshape(5, 7) * 0.5)
    for size in ([3], [2, 2], [0], []):
        place = {"size": size, "chunks": [-1] * len(size)}
        for more in ({}, {"replace": False}):
            book.case("random, samples", "random.choice", [9, vector], {**place, **more})
            book.case("random, samples", "random.choice", [9, matrix], {**place, **more})
            book.case("random, samples", "random.choice", [9, matrix], {**place, **more, "axis": 1})
        book.case("random, samples", "random.choice", [9, matrix], {**place, "p": [0.5, 0, 0.25, 0.25, 0]})
    shares = [1 / 64] * 8 + [0, 3 / 8] + [1 / 4, 1 / 8] + [1 / 8]
    for size in ([0], [1], [5], [3, 4], [12]):
        place = {"size": size, "chunks": [-1] * len(size), "replace": False, "p": shares}
        book.case("random, samples", "random.choice", [11, 13], place)
    rising = (np.arange(300) / 44850).tolist()
    book.case("random, samples", "random.choice", [12, 300], {"size": [250], "chunks": [-1], "replace": False, "p": rising})
    book.error("random, samples", "random.choice", [11, 13], {"size": [13], "chunks": [-1], "replace": False, "p": shares})
    for count in (0, 1, 2, 100):
        book.case("random, samples", "random.permutation", [10, count])
    book.case("random, samples", "random.permutation", [10, vector])
    for axis in ([], [0], [1], [-1]):
        book.case("random, samples", "random.permutation", [10, matrix, *axis])
    book.error("random, samples", "random.choice", [9, 3], {"size": [4], "chunks": [-1], "replace": False})
    book.error("random, samples", "random.choice", [9, 3], {"size": [4], "chunks": [-1], "p": [0.5, 0.25, 0.125]})
    book.error("random, samples", "random.choice", [9, 3], {"size": [4], "chunks": [-1], "p": [0.5, 0.5]})
    book.error("random, samples", "random.choice", [9, 3], {"size": [4], "chunks": [-1], "p": [0.75, 0.5, -0.25]})
    book.error("random, samples", "random.choice", [9, 0], {"size": [4], "chunks": [-1]})
    book.error("random, samples", "random.permutation", [9, matrix, 2])


def variates(book):
    """Distributions that take a varying number of words; logarithms and powers are the C library's."""
    for size, chunks in [([40], [16]), ([5, 6], [2, 3])]:
        place = {"size": size, "chunks": chunks}
        book.case("random, variates", "random.standardExponential", [3], place, ulps=4)
        book.case("random, variates", "random.exponential", [3, 2.5], place, ulps=4)
        for k in [0.01, 0.3, 0.999, 1, 2, 40.5]:
            book.case("random, variates", "random.standardGamma", [4, k], place, ulps=16)
            book.case("random, variates", "random.gamma", [4, k, 3.5], place, ulps=16)
            book.case("random, variates", "random.chisquare", [4, k], place, ulps=16)
        for name, args in TRANSFORMED:
            book.case("random, transformed", f"random.{name}", [13, *args], place, ulps=32, near=1e-13)
        for name, args in COMPOUND:
            book.case("random, compound", f"random.{name}", [15, *args], place, ulps=64, near=1e-12)
        for p in [1e-6, 0.1, 0.3333, 1 / 3, 0.5, 0.9, 1]:
            book.case("random, transformed", "random.geometric", [14, p], place)
        for lam in [0, 0.5, 9, 10, 4e6]:
            book.case("random, variates", "random.poisson", [5, lam], place)
        for n, p in [(0, 0.5), (12, 0.25), (12, 0.9), (300, 0.4), (10**7, 0.75)]:
            book.case("random, variates", "random.binomial", [6, n, p], place)
    place = {"size": [4], "chunks": [-1]}
    for name, args in [
        ("beta", [0, 1]), ("beta", [1, -1]), ("standardT", [0]), ("f", [0, 1]), ("f", [1, 0]), ("noncentralChisquare", [0, 1]), ("noncentralChisquare", [1, -1]),
        ("negativeBinomial", [0, 0.5]), ("negativeBinomial", [3, 0]), ("negativeBinomial", [3, 1.5]), ("negativeBinomial", [1e18, 0.01]), ("vonmises", [0, -1]), ("wald", [0, 1]),
        ("wald", [1, 0]), ("zipf", [1]), ("logseries", [1]), ("logseries", [-0.5]),
    ]:
        book.error("random, compound", f"random.{name}", [15, *args], place)
