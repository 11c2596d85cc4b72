"""A client of a notebook server, as a browser is one: logs in, and runs notebooks over the server's WebSocket.

    python server.py URL PASSWORD < WHAT     WHAT is {"notebooks": [path…], "again": {"notebook": path, "runs": 50}}

Prints what it found, as JSON: what a browser gets without a password, with a wrong one and with the right one; all that the cells of each notebook cause, in a
kernel of its own each, of which the first goes on; and the same of a notebook that is run again and again in one kernel, which is started anew in the middle.
"""

import json
import sys
import uuid
from pathlib import Path

import requests
import websocket


def login(url, password):
    session = requests.Session()
    session.get(f"{url}/login")
    answer = session.post(
        f"{url}/login",
        data={"password": password, "_xsrf": session.cookies["_xsrf"]},
        allow_redirects=False,
    )
    return session, answer.status_code


class Notebook:
    """A notebook on the server, with a kernel of its own."""

    def __init__(self, url, session, path):
        self.url, self.session, self.name = url, session, Path(path).name
        notebook = json.loads(Path(path).read_text())
        self.cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        # Outputs that are there already would prove nothing.
        for cell in self.cells:
            cell.update(outputs=[], execution_count=None)
        self.ask("put", f"contents/{self.name}", {"type": "notebook", "content": notebook})
        kernel = {"path": self.name, "name": self.name, "type": "notebook", "kernel": {"name": "tilework"}}
        started = self.ask("post", "sessions", kernel).json()
        self.id, self.kernel = started["id"], started["kernel"]["id"]
        self.socket = self.connect()

    def ask(self, method, path, body=None):
        headers = {"X-XSRFToken": self.session.cookies["_xsrf"]}
        answer = self.session.request(method, f"{self.url}/api/{path}", headers=headers, json=body)
        answer.raise_for_status()
        return answer

    def connect(self):
        cookie = "; ".join(f"{name}={value}" for name, value in self.session.cookies.items())
        channels = f"{self.url.replace('http', 'ws')}/api/kernels/{self.kernel}/channels"
        socket = websocket.create_connection(channels, cookie=cookie, origin=self.url, timeout=60)
        # The server lets what comes earlier through as it can: the kernel says when it is there.
        ask(socket, "kernel_info_request", {})
        return socket

    def run(self):
        """For each cell all messages that it causes."""
        return [execute(self.socket, "".join(cell["source"])) for cell in self.cells]

    def restart(self):
        self.socket.close()
        self.ask("post", f"kernels/{self.kernel}/restart")
        self.socket = self.connect()

    def end(self):
        self.socket.close()
        return self.ask("delete", f"sessions/{self.id}").status_code


def execute(socket, code):
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
    return ask(socket, "execute_request", content)


def ask(socket, kind, content):
    """All messages that a request causes: until its reply and the kernel's being idle have come."""
    id = uuid.uuid4().hex
    header = {"msg_id": id, "msg_type": kind, "session": "test", "username": "", "version": "5.3", "date": ""}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
    socket.send(json.dumps(message))
    found, idle, replied = [], False, False
    while not (idle and replied):
        message = json.loads(socket.recv())
        if message["parent_header"].get("msg_id") != id:
            continue
        said, content = message["header"]["msg_type"], message["content"]
        found.append({"type": said, "content": content})
        idle = idle or content.get("execution_state") == "idle"
        replied = replied or said == kind.replace("request", "reply")
    return found


def main(url, password):
    what = json.load(sys.stdin)
    anybody = requests.get(f"{url}/api/kernels").status_code
    _, wrong = login(url, "dask")
    session, right = login(url, password)
    specs = sorted(session.get(f"{url}/api/kernelspecs").json()["kernelspecs"])
    ran, begun = {}, []
    for path in what["notebooks"]:
        begun.append(Notebook(url, session, path))
        ran[Path(path).stem] = begun[-1].run()
        if len(begun) > 1:
            begun[-1].end()
    again = Notebook(url, session, what["again"]["notebook"])
    runs = []
    for number in range(what["again"]["runs"]):
        if number == what["again"]["runs"] // 2:
            again.restart()
        runs.append(again.run())
    ended = again.end()
    return {"anybody": anybody, "wrong": wrong, "right": right, "specs": specs, "ran": ran, "runs": runs, "ended": ended}


print(json.dumps(main(*sys.argv[1:])))
