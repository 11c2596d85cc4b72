"""A real client of a real kernel, told what to do by lines of JSON: jupyter_client starts the kernel, sends, and says all that comes back.

    python client.py KERNEL_NAME FOLDER     the kernel is found by JUPYTER_PATH
"""

import json
import os
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

TIMEOUT = 60


def plain(message):
    return {
        "type": message["header"]["msg_type"],
        "parent": message["parent_header"].get("msg_id"),
        "content": message["content"],
        "metadata": message["metadata"],
    }


class Driver:
    def __init__(self, name, folder):
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=folder)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.others = []

    def ask(self, request, content, channel="shell"):
        """Sends a request; its reply, and what is published until the kernel is idle again."""
        message = self.client.session.msg(request, content)
        getattr(self.client, f"{channel}_channel").send(message)
        return self.answers([message["header"]["msg_id"]], channel)[0]

    def answers(self, ids, channel="shell"):
        published = {id: [] for id in ids}
        idle = set()
        deadline = time.monotonic() + TIMEOUT
        while len(idle) < len(ids):
            message = plain(self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic())))
            if message["parent"] not in published:
                self.others.append(message)
                continue
            published[message["parent"]].append(message)
            if message["type"] == "status" and message["content"]["execution_state"] == "idle":
                idle.add(message["parent"])
        replies = {}
        while len(replies) < len(ids):
            get = self.client.get_shell_msg if channel == "shell" else self.client.get_control_msg
            reply = plain(get(timeout=TIMEOUT))
            replies[reply["parent"]] = reply
        return [{"reply": replies[id], "published": published[id]} for id in ids]

    def many(self, cells):
        """Sends several cells at once."""
        ids = []
        for code in cells:
            message = self.client.session.msg("execute_request", execute(code))
            self.client.shell_channel.send(message)
            ids.append(message["header"]["msg_id"])
        return self.answers(ids)

    def interrupted(self, code, after):
        """Runs a cell, and interrupts it so many seconds after it has printed something."""
        message = self.client.session.msg("execute_request", execute(code))
        self.client.shell_channel.send(message)
        id = message["header"]["msg_id"]
        published = []
        while True:
            said = plain(self.client.get_iopub_msg(timeout=TIMEOUT))
            if said["parent"] != id:
                continue
            published.append(said)
            if said["type"] == "stream":
                break
        time.sleep(after)
        alive = self.beats()
        self.manager.interrupt_kernel()
        answer = self.answers([id])[0]
        answer["published"] = published + answer["published"]
        return {**answer, "alive": alive}

    def beats(self):
        """Whether the heart answers now: the channel of jupyter_client says what it last saw, and takes a second without an answer for the end."""
        info = self.manager.get_connection_info()
        heart = zmq.Context.instance().socket(zmq.REQ)
        heart.linger = 0
        try:
            heart.connect(f"{info['transport']}://{info['ip']}:{info['hb_port']}")
            heart.send(b"ping")
            return bool(heart.poll(1_000 * TIMEOUT)) and heart.recv() == b"ping"
        finally:
            heart.close()

    def ignored(self):
        """What was published meanwhile of other requests."""
        found, self.others = self.others, []
        return found

    def restart(self):
        self.manager.restart_kernel()
        self.client.wait_for_ready(timeout=TIMEOUT)
        return {"alive": self.manager.is_alive()}

    def forged(self, code):
        """A cell that is signed by another key."""
        from jupyter_client.session import Session

        stranger = Session(key=b"another")
        message = stranger.msg("execute_request", execute(code))
        stranger.send(self.client.shell_channel.socket, message)
        return {}

    def shutdown(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()
        return {"alive": self.manager.is_alive()}


def execute(code, **more):
    return {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True, **more}


def main():
    # What the kernel prints itself goes elsewhere.
    said_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    driver = Driver(*sys.argv[1:3])
    print(json.dumps({"ready": True}), file=said_to, flush=True)
    for line in sys.stdin:
        name, *args = json.loads(line)
        try:
            said = {"value": getattr(driver, name)(*args)}
        except Exception as error:  # noqa: BLE001
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said, default=str), file=said_to, flush=True)


main()
