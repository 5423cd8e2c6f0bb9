# SPDX-License-Identifier: Apache-2.0
"""Takes the tour of the README: types what it says, compares what comes. Last line: N passed, N failed.

usage: tour.py PROGRAM README [--show]     --show prints what came, for a new text of the README

A block of the tour follows a comment <!-- tour: WHERE -->. WHERE is "file NAME", whose text is
written to NAME; "shell"; or the name of a terminal, in which the first "$ " line starts a program.
"$ " stands before what a shell gets, "> " before what the program in a terminal gets, "..." for
lines that are left out. Ports, times, octets and the like differ each time and are not compared.
"""
import os
import pty
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time

LIMIT = 20  # seconds for what is expected to come
PAUSE = 0.3  # seconds behind each line, as with a person
PORT = "5683"

# What is never the same twice; octets are dealt with by Octets.
VARIES = [
    (r"\d\d:\d\d:\d\d\.\d{3}", "TIME"),
    (r"\b\d+\.\d{2,3} s\b", "SECONDS"),
    (r"\[\d+\]", "[ID]"),
    (r"/rd/[0-9a-f]+", "/rd/ID"),
    (r"127\.0\.0\.1:\d+", "ADDRESS"),
    (r"\b\d{15,20}\b", "CHALLENGE"),
    (r" +", " "),
]


class Octets:
    """Which octets of the README stand for which of those that came."""

    def __init__(self):
        self.known = {}

    def learn(self, wanted, came):
        for old, new in zip(re.findall(r"hex:[0-9a-f]+", wanted), re.findall(r"hex:[0-9a-f]+", came)):
            self.known.setdefault(old, new)

    def fill(self, text):
        for old, new in self.known.items():
            text = text.replace(old, new)
        return text


def plain(line):
    line = re.sub(r"hex:[0-9a-f]+", "hex:OCTETS", line)
    for pattern, name in VARIES:
        line = re.sub(pattern, name, line)
    return line.strip()


class Terminal:
    """A program in a terminal that does not echo, with its lines as they come."""

    def __init__(self, command, folder, environment):
        self.lines = queue.Queue()
        self.master, slave = pty.openpty()
        mode = termios.tcgetattr(slave)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, mode)
        self.process = subprocess.Popen(["bash", "-c", "exec " + command], cwd=folder, env=environment,
                                        stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with open(self.master, encoding="utf-8", errors="replace", closefd=False) as file:
            try:
                for line in file:
                    self.lines.put(line.rstrip("\r\n"))
            except OSError:
                pass  # that is how the end of the program shows
        self.lines.put(None)

    def type(self, line):
        os.write(self.master, (line + "\n").encode())

    def next(self, until):
        try:
            return self.lines.get(timeout=max(0.01, until - time.monotonic()))
        except queue.Empty:
            return None

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Tour:
    def __init__(self, program, folder, show):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        self.folder = folder
        self.show = show
        self.octets = Octets()
        self.terminals = {}
        self.passed = self.failed = 0
        self.environment = dict(os.environ, NO_COLOR="1", PATH=self.install(program) + ":" + os.environ["PATH"])

    def install(self, program):
        """The program under its name, at the free port unless it is told another."""
        away = os.path.join(self.folder, ".bin")
        os.mkdir(away)
        wrapper = os.path.join(away, "lwm2m-portfolio")
        with open(wrapper, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\ncommand=$1\nshift\ncase $command in\n"
                       f"server) set -- -l coap://127.0.0.1:{self.port} \"$@\" ;;\n"
                       f"device) set -- -s coap://127.0.0.1:{self.port} \"$@\" ;;\n"
                       "run) case \" $*\" in *\" --device external \"*) "
                       f"set -- --listen coap://127.0.0.1:{self.port} \"$@\" ;; esac ;;\nesac\n"
                       f"exec '{program}' \"$command\" \"$@\"\n")
        os.chmod(wrapper, 0o755)
        return away

    def report(self, good, what):
        self.passed += good
        self.failed += not good
        if not good:
            print("FAILED:", what)

    def compare(self, wanted, came):
        good = came is not None and plain(wanted.replace(PORT, self.port)) == plain(came)
        if good:
            self.octets.learn(wanted, came)
        if self.show and came is not None:
            print(came.replace(self.port, PORT))
        self.report(good, f"README says {wanted!r}, but what came is {came!r}")
        return good

    def shell(self, lines):
        """Each command with the lines up to the next one."""
        while lines:
            command = lines.pop(0)[2:]
            while command.endswith("\\"):
                command = command[:-1] + lines.pop(0).lstrip("> ")
            wanted = []
            while lines and not lines[0].startswith("$ "):
                wanted.append(lines.pop(0))
            command = self.octets.fill(command.replace(PORT, self.port))
            done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment,
                                  text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=60, check=False)
            if self.show:
                print("$", command.replace(self.port, PORT))
            self.output(wanted, done.stdout.splitlines())

    def output(self, wanted, came):
        skips = False
        for line in wanted:
            if line.strip() == "...":
                skips = True
                continue
            while skips and came and plain(came[0]) != plain(line):
                came.pop(0)
            skips = False
            self.compare(line, came.pop(0) if came else None)
        self.report(skips or not came, f"README does not say {came!r}")

    def terminal(self, name, lines):
        if lines[0].startswith("$ "):
            self.terminals[name] = Terminal(lines.pop(0)[2:], self.folder, self.environment)
        terminal = self.terminals[name]
        skips = False
        for line in lines:
            if line.strip() == "...":
                skips = True
                continue
            if line.startswith("> "):
                time.sleep(PAUSE)
                terminal.type(self.octets.fill(line[2:]))
                if self.show:
                    print(line)
                continue
            self.expect(terminal, line, skips)
            skips = False

    def expect(self, terminal, line, skips):
        """What does not come at all ends the tour: nothing behind it can be right."""
        until = time.monotonic() + LIMIT
        came = terminal.next(until)
        while skips and came is not None and plain(came) != plain(line.replace(PORT, self.port)):
            came = terminal.next(until)
        self.compare(line, came)
        if came is None:
            raise EOFError

    def take(self, blocks):
        for where, lines in blocks:
            if self.show:
                print("---", where)
            if where.startswith("file "):
                with open(os.path.join(self.folder, where[5:]), "w", encoding="utf-8") as file:
                    file.write("\n".join(lines) + "\n")
            elif where == "shell":
                self.shell(lines)
            else:
                self.terminal(where, lines)

    def end(self):
        for terminal in self.terminals.values():
            terminal.end()


def read_blocks(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"<!-- tour: ([^>]+) -->\n+```[a-z]*\n(.*?)\n```", text, re.S)
    return [(where, block.split("\n")) for where, block in found]


def main():
    folder = tempfile.mkdtemp()
    tour = Tour(os.path.abspath(sys.argv[1]), folder, "--show" in sys.argv)
    try:
        blocks = read_blocks(sys.argv[2])
        tour.report(len(blocks) > 0, "README has no tour")
        tour.take(blocks)
    except EOFError:
        print("the tour was left")
    finally:
        tour.end()
        shutil.rmtree(folder)
    print(f"{tour.passed} passed, {tour.failed} failed")
    return 1 if tour.failed else 0


if __name__ == "__main__":
    sys.exit(main())
