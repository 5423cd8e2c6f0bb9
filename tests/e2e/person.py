# SPDX-License-Identifier: Apache-2.0
"""Plays the person of `run --driver manual`: person.py YES JUDGEMENT SERVER-COMMAND... -- RUN-COMMAND...

Types what is asked for into the server's console, and answers questions with YES and JUDGEMENT. Prints
the questions, then what the run said; ends with its exit status."""
import os
import re
import subprocess
import sys

yes, judgement = sys.argv[1:3]
cut = sys.argv.index("--")
ready, told = os.pipe()
server = subprocess.Popen(sys.argv[3:cut] + ["--ready-fd", str(told)], pass_fds=[told],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
os.close(told)
with os.fdopen(ready) as listens:
    listens.readline()
run = subprocess.Popen(sys.argv[cut + 1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True)


def say(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()


for line in run.stderr:
    print(line, end="")
    task = re.match(r'\[\d+\] line \d+: the server does with ".*": (.*)', line)
    if task:
        # Formats are the server's choice here, since these two have no word for them.
        say(server, re.sub(r"^((authenticate|decrypt) .*) as .*", r"\1", task.group(1)))
    if "Is that what the server shows?" in line:
        say(run, yes)
    if "What does the server say?" in line:
        while not re.match(r"2\.05 |error", server.stdout.readline()):
            pass
        say(run, judgement)
    if "What is the identity" in line:
        say(run, "WVX0123456789")
print(run.stdout.read(), end="")
status = run.wait()
server.stdin.close()
server.stdout.read()
server.wait()
sys.exit(status)
