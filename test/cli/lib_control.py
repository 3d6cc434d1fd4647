# SPDX-License-Identifier: MIT
"""A program that controls `duoboot board run --control`, for tests. Whatever it
waits for has long to come; a line that is no JSON object fails the test."""
import base64
import collections
import json
import os
import signal
import subprocess
import threading

SECONDS = 15


class Rig:
    def __init__(self, *options, reads=True):
        self.run = subprocess.Popen(
            [os.environ["DUOBOOT"], "board", "run", "dk", "--control", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.watchdog = threading.Timer(SECONDS, self.run.kill)
        self.watchdog.daemon = True
        self.watchdog.start()
        self.text = collections.defaultdict(bytes)  # Of each UART.
        self.seen = []
        if reads:
            self.hello = self.read()
            assert self.hello["type"] == "hello", self.hello
            self.first = self.read()
            assert self.first["type"] == "state", self.first

    def read(self):
        """The next event; None: the output has ended."""
        line = self.run.stdout.readline()
        if not line:
            return None
        assert line.endswith(b"\n"), line
        event = json.loads(line)
        self.seen.append(event)
        if event["type"] == "uart":
            self.text[event["uart"]] += base64.b64decode(event["data"], validate=True)
        return event

    def wait(self, kind, condition=lambda event: True):
        """The next event of this type that meets the condition."""
        while event := self.read():
            if event["type"] == kind and condition(event):
                return event
        raise AssertionError(f"no {kind}; the last events: {self.seen[-5:]}; {self.run.stderr.read()}")

    def says(self, uart, text):
        """Wait for a text, which is taken together with all before it."""
        while text not in self.text[uart]:
            assert self.read(), f"{text} did not come, but {self.text}"
        self.text[uart] = self.text[uart].split(text, 1)[1]

    def raw(self, line):
        self.run.stdin.write(line)
        self.run.stdin.flush()

    def send(self, kind, **fields):
        self.raw(json.dumps({"type": kind, **fields}).encode() + b"\n")

    def type(self, data, uart="app"):
        self.send("uart", uart=uart, data=base64.b64encode(data).decode())

    def state(self):
        self.send("state")
        return self.wait("state")

    def power(self, on):
        self.send("power", on=on)
        return self.wait("power", lambda event: event["on"] == on)

    def finish(self, code=0, how="eof"):
        """End the run: the last event, which nothing follows."""
        if how == "eof":
            self.run.stdin.close()
        elif how == "term":
            self.run.send_signal(signal.SIGTERM)
        end = self.wait("end")
        assert self.read() is None
        self.err = self.run.stderr.read().decode()
        got = self.run.wait()
        self.watchdog.cancel()
        assert got == code, (got, self.err)
        return end["text"]


def fill(state, memory):
    return base64.b64decode(state["fill"][memory], validate=True)
