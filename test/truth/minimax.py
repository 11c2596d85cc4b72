"""Derives the polynomial coefficients in src/kernels/wasm/math/*.ts.

Each is a minimax (Remez) fit of a smooth remainder, in 120 digits, then rounded to double. Needs mpmath.
Run: python test/truth/minimax.py
"""

from mpmath import mp, mpf, asin, atan, cbrt, cos, exp, expm1, log, log1p, lu_solve, matrix, pi, polyval, sin, sinh, sqrt, tanh

mp.dps = 120


def remez(g, weight, low, high, degree):
    """Coefficients of the polynomial p that minimises max |(p - g) * weight| on [low, high], and that maximum."""
    n = degree + 2
    nodes = [(low + high) / 2 - (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    steps = 3000
    grid = [low + (high - low) * mpf(i) / steps for i in range(steps + 1)]
    goal = [g(x) for x in grid]
    for _ in range(40):
        a = matrix(n, n)
        b = matrix(n, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                a[i, j] = x**j
            a[i, degree + 1] = (-1) ** i / weight(x)
            b[i] = g(x)
        solution = lu_solve(a, b)
        coefficients = [solution[j] for j in range(degree + 1)]
        values = [(polyval(coefficients[::-1], x) - y) * weight(x) for x, y in zip(grid, goal)]
        # the largest error of each run of equal sign
        extrema = [0]
        for i, v in enumerate(values):
            if (values[extrema[-1]] > 0) == (v > 0):
                if abs(v) > abs(values[extrema[-1]]):
                    extrema[-1] = i
            else:
                extrema.append(i)
        while len(extrema) > n:
            extrema.pop(0 if abs(values[extrema[0]]) < abs(values[extrema[-1]]) else -1)
        assert len(extrema) == n, "the error does not alternate often enough"
        nodes = [grid[i] for i in extrema]
        sizes = [abs(values[i]) for i in extrema]
        if max(sizes) - min(sizes) < max(sizes) * mpf("0.01"):
            break
    return coefficients, max(abs(v) for v in values)


def show(name, fit):
    coefficients, worst = fit
    print(f"{name}: largest weighted error 2^{float(log(worst) / log(2)):.1f}")
    for c in coefficients:
        print(f"  {float(c)!r},")


tiny = mpf(10) ** -30


def nonzero(x):
    return x if abs(x) > tiny else tiny


def floor_at(weight, largest):
    """A weight that does not vanish: where the remainder is multiplied by next to nothing, accuracy is not all spent elsewhere."""
    return max(weight, largest / 64)


half_ln2 = log(2) / 2 * mpf("1.0001")
show(
    "exp: (e^r - 1 - r) / r^2",
    remez(lambda r: (expm1(nonzero(r)) - nonzero(r)) / nonzero(r) ** 2, lambda r: floor_at(r**2, half_ln2**2) / exp(r), -half_ln2, half_ln2, 9),
)
show(
    "exp2: (2^r - 1 - r ln 2) / r^2",
    remez(
        lambda r: (expm1(nonzero(r) * log(2)) - nonzero(r) * log(2)) / nonzero(r) ** 2,
        lambda r: floor_at(r**2, mpf("0.25")),
        mpf("-0.5001"),
        mpf("0.5001"),
        10,
    ),
)
quarter = (pi / 4 * mpf("1.0001")) ** 2
small = mpf(10) ** -40


def at_least(z):
    return z if z > small else small


show(
    "sin: (sin r - r) / r^3 in r^2",
    remez(lambda z: (sin(sqrt(at_least(z))) - sqrt(at_least(z))) / sqrt(at_least(z)) ** 3, lambda z: floor_at(z, quarter), mpf(0), quarter, 5),
)
show(
    "cos: (cos r - 1 + r^2/2) / r^4 in r^2",
    remez(lambda z: (cos(sqrt(at_least(z))) - 1 + at_least(z) / 2) / at_least(z) ** 2, lambda z: floor_at(z**2, quarter**2), mpf(0), quarter, 5),
)
s_max = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1) * mpf("1.0001")) ** 2
show(
    "log: (log((1+s)/(1-s)) - 2s) / s^3 in s^2",
    remez(
        lambda z: (log1p(sqrt(at_least(z))) - log1p(-sqrt(at_least(z))) - 2 * sqrt(at_least(z))) / sqrt(at_least(z)) ** 3,
        lambda z: floor_at(z, s_max),
        mpf(0),
        s_max,
        6,
    ),
)
show(
    "pow: (3/2 log((1+s)/(1-s)) / s - 3 - s^2) / s^4 in s^2",
    remez(
        lambda z: ((log1p(sqrt(at_least(z))) - log1p(-sqrt(at_least(z)))) * 3 / 2 / sqrt(at_least(z)) - 3 - at_least(z)) / at_least(z) ** 2,
        lambda z: floor_at(z**2, s_max**2),
        mpf(0),
        s_max,
        7,
    ),
)
tanh_max = mpf("0.551") ** 2
show(
    "tanh: (tanh x - x) / x^3 in x^2, |x| <= 0.55",
    remez(
        lambda z: (tanh(sqrt(at_least(z))) - sqrt(at_least(z))) / sqrt(at_least(z)) ** 3,
        lambda z: floor_at(z, tanh_max),
        mpf(0),
        tanh_max,
        10,
    ),
)
show(
    "sinh: (sinh x - x) / x^3 in x^2, |x| <= 1",
    remez(
        lambda z: (sinh(sqrt(at_least(z))) - sqrt(at_least(z))) / sqrt(at_least(z)) ** 3,
        lambda z: floor_at(z, mpf(1)),
        mpf(0),
        mpf("1.001"),
        6,
    ),
)
atan_max = mpf("0.4143") ** 2
show(
    "arctan: (arctan t - t) / t^3 in t^2, |t| <= tan(pi/8)",
    remez(
        lambda z: (atan(sqrt(at_least(z))) - sqrt(at_least(z))) / sqrt(at_least(z)) ** 3,
        lambda z: floor_at(z, atan_max),
        mpf(0),
        atan_max,
        10,
    ),
)
show(
    "arcsin: (arcsin x - x) / x^3 in x^2, |x| <= 1/2",
    remez(
        lambda z: (asin(sqrt(at_least(z))) - sqrt(at_least(z))) / sqrt(at_least(z)) ** 3,
        lambda z: floor_at(z, mpf("0.25")),
        mpf(0),
        mpf("0.2501"),
        12,
    ),
)
show(
    "cbrt: m^(1/3) for sqrt(1/2)/2 <= m <= 2 sqrt(2), a first approximation",
    remez(lambda x: cbrt(x), lambda x: 1 / cbrt(x), mpf("0.3535"), mpf("2.829"), 5),
)
ln2 = log(2)
print("ln 2", float(ln2), "log2 e", float(1 / ln2), "2/pi", float(2 / pi))


def parts(name, x, bits):
    """x as a sum of doubles, all but the last with few enough bits that a product with a small integer is exact."""
    rest = x
    out = []
    for b in bits:
        e = mp.floor(log(rest) / log(2))
        unit = mpf(2) ** (e - b + 1)
        head = mp.floor(rest / unit) * unit
        out.append(float(head))
        rest -= head
    out.append(float(rest))
    print(name, *[repr(v) for v in out])


parts("ln 2 in two parts", ln2, [38])
parts("pi/2 in three parts", pi / 2, [33, 33])
parts("log2 e in two parts", 1 / ln2, [24])
parts("log10 e in two parts", 1 / log(10), [24])
parts("log10 2 in two parts", ln2 / log(10), [38])
parts("2 / (3 ln 2) in two parts", 2 / (3 * ln2), [21])
parts("pi/4 in two parts", pi / 4, [50])
