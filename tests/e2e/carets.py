#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges what `check` says of a file: carets.py FILE STDERR JSON.

Every error must name the file, a place in it, and show that line with a caret below the place (keys are
stars); the JSON document must hold the same errors. Prints what is wrong.
"""
import json
import re
import sys

ERROR = re.compile(r"(?P<file>[^:]+):(?:(?P<line>\d+):(?:(?P<column>\d+):)?)? (?P<severity>error|warning): (?P<text>.*)")


def width(text):
    """Places on the terminal: a tab stays one in both lines."""
    return len(text.replace(b"\t", b"x").decode("utf-8", "replace"))


def judge_excerpt(source, error, shown, caret):
    at = error["column"] - 1
    if not shown.startswith("    ") or not caret.strip() == "^":
        yield "no excerpt"
        return
    place = len(caret) - 5
    before, text = shown[4:4 + place], shown[4 + place:]
    wanted = source[at:].decode("utf-8", "replace")
    if len(before) > width(source[:at]):
        yield "the caret is too far right"
    for found, there in zip(text[:12], wanted[:12]):
        if found not in (there, "*", "?"):
            yield "the caret stands below %r, not %r" % (text[:12], wanted[:12])
            return


def errors_in(said):
    lines = said.decode("utf-8", "replace").split("\n")
    for number, line in enumerate(lines):
        found = ERROR.fullmatch(line)
        if found and not line.startswith("    "):
            error = {name: found[name] for name in ("file", "severity", "text")}
            error["line"], error["column"] = int(found["line"] or 0), int(found["column"] or 0)
            yield error, lines[number + 1:number + 3] + ["", ""]


def main(path, stderr, document):
    source = open(path, "rb").read().split(b"\n")
    found, wrong = [], 0
    for error, after in errors_in(open(stderr, "rb").read()):
        found.append(error)
        problems = []
        if error["file"] != path:
            problems.append("another file")
        if error["line"] > len(source) or error["column"] > len(source[error["line"] - 1]) + 1:
            problems.append("no such place")
        elif error["column"] > 0 and source[error["line"] - 1].strip():
            problems += judge_excerpt(source[error["line"] - 1], error, *after[:2])
        for problem in problems:
            print("%s: %s" % (problem, error))
            wrong += 1
    if not found:
        print("no error is told")
    checked, = json.load(open(document, encoding="utf-8"))["files"]
    told = [(error.get("line", 0), error.get("column", 0), error["severity"]) for error in checked["errors"]]
    shown = [(error["line"], error["column"], error["severity"]) for error in found]
    if told != shown:
        print("JSON tells %s, stderr %s" % (told, shown))
    return 1 if wrong or not found or told != shown else 0


sys.exit(main(*sys.argv[1:]))
