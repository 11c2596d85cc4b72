"""Calls operations of a Node listener, as distributed does it, and prints what came.

    python python.py ADDRESS [CA CERT KEY]
"""

import asyncio
import json
import sys

import numpy as np
from distributed.core import rpc
from distributed.protocol import to_serialize
from distributed.security import Security


async def main(address, *files):
    args = {}
    if files:
        ca, cert, key = files
        security = Security(
            tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True
        )
        args = security.get_connection_args("client")
    async with rpc(address, connection_args=args) as peer:
        array = await peer.reverse(data=to_serialize(np.arange(6, dtype="f4").reshape(2, 3)))
        value = await peer.value()
        try:
            await peer.fail()
        except Exception as error:
            failure = f"{type(error).__name__}: {error}"
    print(
        json.dumps(
            {
                "array": array.tolist(),
                "dtype": str(array.dtype),
                "writeable": bool(array.flags.writeable),
                "value": value,
                "failure": failure,
            }
        )
    )


asyncio.run(main(*sys.argv[1:]))
