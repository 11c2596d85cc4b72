"""Calls a Node listener with arrays that compress well and badly, and prints what came back.

    python compression.py ADDRESS
"""

import asyncio
import json
import sys

import numpy as np
from distributed.core import rpc
from distributed.protocol import to_serialize


async def main(address):
    smooth = np.arange(1_000_000) % 100
    rough = np.frombuffer(np.random.default_rng(1).bytes(1_000_000), "u1")
    async with rpc(address) as peer:
        comm = await peer.live_comm()
        agreed = comm.handshake_options["compression"]
        peer.comms[comm] = True
        back = [await peer.reverse(data=to_serialize(array)) for array in (smooth, rough)]
    right = [bool((a[::-1] == b).all()) for a, b in zip((smooth, rough), back)]
    print(json.dumps({"agreed": agreed, "right": right}))


asyncio.run(main(sys.argv[1]))
