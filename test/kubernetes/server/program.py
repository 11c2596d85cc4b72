"""What a Python program of Dask computes on a cluster: takes the scheduler's address, and a directory with certificates."""

import sys

from dask import delayed
from distributed import Client
from distributed.security import Security

address, directory = sys.argv[1:]
tls = {
    "tls_ca_file": f"{directory}/ca.crt",
    "tls_client_cert": f"{directory}/tls.crt",
    "tls_client_key": f"{directory}/tls.key",
}
with Client(address, security=Security(require_encryption=True, **tls)) as client:
    parts = [delayed(sum)(range(start, start + 1_000)) for start in range(0, 10_000, 1_000)]
    print(client.compute(delayed(sum)(parts)).result(timeout=60))
