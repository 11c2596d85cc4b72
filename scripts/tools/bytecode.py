"""Imports what a requirements file names, and what its commands import, so that Python keeps their bytecode.

    python bytecode.py REQUIREMENTS

To compile all files of all packages takes some times as long as to install them, and most are never imported.
"""

import re
import sys
from importlib import import_module
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

PACKAGES = packages_distributions()


def modules(name):
    """Of a distribution: the modules of its commands, and what it is imported as."""
    for entry in distribution(name).entry_points:
        if entry.group in ("console_scripts", "dask_cli"):
            yield entry.module
    yield from (package for package, distributions in PACKAGES.items() if name in distributions)


for line in Path(sys.argv[1]).read_text().splitlines():
    name = re.match(r"[\w.-]*", line)[0]
    for module in modules(name) if name else ():
        try:
            import_module(module)
        except Exception as error:  # noqa: BLE001
            # It wants more than is listed, say: whoever needs it will hear of it.
            print(f"{module}: {error}", file=sys.stderr)
