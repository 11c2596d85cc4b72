"""A client of a notebook server, as a browser is one: logs in, and runs a notebook over the server's WebSocket.

    python server.py URL PASSWORD NOTEBOOK     prints what it found, as JSON
"""

import json
import sys
import time
import uuid

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


def main(url, password, path):
    anybody = requests.get(f"{url}/api/kernels").status_code
    _, wrong = login(url, "dask")
    session, right = login(url, password)
    headers = {"X-XSRFToken": session.cookies["_xsrf"]}
    with open(path) as file:
        notebook = json.load(file)
    # Outputs that are there already would prove nothing.
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    put = session.put(
        f"{url}/api/contents/ran.ipynb", headers=headers, json={"type": "notebook", "content": notebook}
    )
    put.raise_for_status()
    started = session.post(
        f"{url}/api/sessions",
        headers=headers,
        json={"path": "ran.ipynb", "name": "ran", "type": "notebook", "kernel": {"name": "tilework"}},
    )
    started.raise_for_status()
    kernel = started.json()["kernel"]["id"]
    specs = sorted(session.get(f"{url}/api/kernelspecs").json()["kernelspecs"])
    cookie = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    socket = websocket.create_connection(
        f"{url.replace('http', 'ws')}/api/kernels/{kernel}/channels", cookie=cookie, origin=url, timeout=60
    )
    # The server lets what comes earlier through as it can: the kernel says when it is there.
    time.sleep(0.2)
    cells = [run(socket, "".join(cell["source"])) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    socket.close()
    ended = session.delete(f"{url}/api/sessions/{started.json()['id']}", headers=headers).status_code
    return {"anybody": anybody, "wrong": wrong, "right": right, "specs": specs, "cells": cells, "ended": ended}


def run(socket, code):
    """All messages that a cell causes: until its reply and the kernel's being idle have come."""
    id = uuid.uuid4().hex
    header = {"msg_id": id, "msg_type": "execute_request", "session": "test", "username": "", "version": "5.3", "date": ""}
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
    socket.send(json.dumps(message))
    found, idle, replied = [], False, False
    while not (idle and replied):
        message = json.loads(socket.recv())
        if message["parent_header"].get("msg_id") != id:
            continue
        kind, content = message["header"]["msg_type"], message["content"]
        found.append({"type": kind, "content": content})
        idle = idle or content.get("execution_state") == "idle"
        replied = replied or kind == "execute_reply"
    return found


print(json.dumps(main(*sys.argv[1:])))
