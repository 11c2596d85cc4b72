"""Has the nanny of a Python worker answer probes: a process of its own, in which no task runs."""

import os

from tornado.web import Application, RequestHandler


class Health(RequestHandler):
    def get(self):
        self.write("ok")


def dask_setup(nanny):
    Application([("/health", Health)]).listen(8791, os.environ["POD_IP"])
