#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run a command as on the demo's own terminal and keep what it prints.

    scripts/demo_show.py [--whole] [--interrupt PERCENT] FILE COMMAND [WORD...]

On a terminal the command gets one of its own, so that its progress bar moves;
else it prints lines, long ones folded, and of progress only the last one unless
--whole is said. With --interrupt it gets a SIGINT, as by
Ctrl-C, as soon as it has told so many per cent. The exit code is the
command's, as a shell has it. What it printed is in FILE, without the bar.
"""
import argparse
import errno
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import textwrap

PERCENT = re.compile(rb"(\d+) %  [\d,]+ / ")
COLUMNS = 100
ESCAPES = re.compile(rb"\033\[[0-9;]*[A-Za-z]")


def open_ends(wants_terminal):
    """(what we read, what the command writes to, is it a terminal?)."""
    if wants_terminal:
        try:
            near, far = pty.openpty()
            size = fcntl.ioctl(1, termios.TIOCGWINSZ, b"\0" * 8)
            fcntl.ioctl(far, termios.TIOCSWINSZ, size)
            return near, far, True
        except OSError:
            pass
    return (*os.pipe(), False)


def read_some(near):
    try:
        return os.read(near, 65536)
    except OSError as error:
        if error.errno == errno.EIO:  # The terminal's other end is closed.
            return b""
        raise


def is_passed_over(line):
    """A line of progress that tells nothing new."""
    percent = PERCENT.search(line)
    return percent is not None and int(percent[1]) < 100


def fold(line):
    if len(line) <= COLUMNS:
        return line
    return textwrap.fill(line.decode(errors="replace"), COLUMNS, subsequent_indent=" " * 8,
                         replace_whitespace=False, drop_whitespace=True).encode()


class Screen:
    """Passes on what the command prints, as it comes or line by line."""

    def __init__(self, as_it_comes, is_whole):
        self.as_it_comes = as_it_comes
        self.is_whole = is_whole
        self.rest = b""

    def put(self, piece):
        if self.as_it_comes:
            os.write(1, piece)
            return
        *lines, self.rest = (self.rest + piece).split(b"\n")
        for line in lines:
            if self.is_whole or not is_passed_over(line):
                os.write(1, fold(line) + b"\n")

    def end(self):
        if self.rest:
            os.write(1, fold(self.rest) + b"\n")


def plain(output):
    """Lines as they end up on the screen: the bar's last state only."""
    lines = output.replace(b"\r\n", b"\n").split(b"\n")
    return ESCAPES.sub(b"", b"\n".join(line.split(b"\r")[-1] for line in lines))


def start(words, far):
    # A shell that runs this in the background ignores SIGINT, and so would the command.
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=far, stderr=far,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def follow(near, screen, command, interrupt_percent):
    output = b""
    while True:
        ready = select.select([near], [], [], 0.2)[0]
        if not ready:
            if command.poll() is not None:
                return output
            continue
        piece = read_some(near)
        if not piece:
            return output
        output += piece
        screen.put(piece)
        told = PERCENT.findall(output)
        if interrupt_percent and told and int(told[-1]) >= interrupt_percent:
            command.send_signal(signal.SIGINT)
            interrupt_percent = 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--whole", action="store_true", help="all lines of progress")
    parser.add_argument("--interrupt", type=int, default=0, metavar="PERCENT")
    parser.add_argument("file")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    near, far, is_terminal = open_ends(os.isatty(1))
    try:
        command = start(args.command, far)
    except OSError as error:
        print(f"{args.command[0]}: {error.strerror}", file=sys.stderr)
        return 126
    with command:
        os.close(far)
        screen = Screen(is_terminal, args.whole)
        output = follow(near, screen, command, args.interrupt)
        screen.end()
        code = command.wait()
    with open(args.file, "wb") as stream:
        stream.write(plain(output))
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
