"""Has a Python worker's results taken over by others before its pod ends."""

import os
import socket
import sys
from urllib.parse import urlsplit

from distributed import Client
from distributed.security import Security

ADDRESS = os.environ["DASK_SCHEDULER_ADDRESS"]


def scheduler_is_there():
    """Dask goes on for as long as it may where nothing listens: as when the scheduler ends with the workers."""
    place = urlsplit(ADDRESS)
    try:
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            context = Security().get_connection_args("client").get("ssl_context")
            if context is not None:
                context.wrap_socket(connection, server_hostname=place.hostname).close()
    except OSError as error:
        print(f"nobody to give results to: {error}")
        return False
    return True


if not scheduler_is_there():
    sys.exit()
with Client(ADDRESS, timeout=10) as client:
    client.retire_workers(names=[os.environ["POD_NAME"]], close_workers=True, remove=True)
