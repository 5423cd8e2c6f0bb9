#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges the reports of one run: reports.py JUNIT TAP JSON HUMAN VERDICT=COUNT...

Each must have its documented form, all must say the same, and the counts must be those that are given.
Prints what is wrong.
"""
import json
import re
import sys
import xml.etree.ElementTree as xml

VERDICTS = ("pass", "warn", "fail", "inconclusive", "not applicable", "error")
FAILURES = ("fail", "error")
SKIPS = ("inconclusive", "not applicable")
wrong = 0


def claim(good, what):
    global wrong
    if not good:
        print(what)
        wrong += 1


def is_form(value, form, where):
    """FORM is a type, or a dict of them; a name with "?" may be missing."""
    if not isinstance(form, dict):
        claim(type(value) is form, "%s is %r" % (where, value))
        return
    known = {name.rstrip("?") for name in form}
    claim(set(value) <= known, "%s has %s" % (where, set(value) - known))
    for name, inner in form.items():
        if name.rstrip("?") in value:
            is_form(value[name.rstrip("?")], inner, "%s.%s" % (where, name.rstrip("?")))
        else:
            claim(name.endswith("?"), "%s has no %s" % (where, name))


def read_json(path):
    document = json.load(open(path, encoding="utf-8"))
    is_form(document, {"version": int, "tool": str, "device": str, "server": str, "options": str,
                       "started_utc_ms": int, "planned": int, "shard?": int, "shards?": int,
                       "selection?": str, "played_with?": dict, "scenarios": list,
                       "summary": {**{verdict: int for verdict in VERDICTS}, "flaky": int,
                                   "duration_ms": int}}, "JSON")
    claim(document["version"] == 1, "the schema's version is %r" % document["version"])
    for scenario in document["scenarios"]:
        is_form(scenario, {"file": str, "title": str, "profile": str, "verdict": str, "reason": str,
                           "text": str, "started_utc_ms": int, "duration_ms": int, "tags": list,
                           "scenario_sha256": str, "profile_sha256": str, "format?": str, "seed?": int,
                           "attempts": int, "flaky": bool, "earlier?": str, "checks": list}, scenario["file"])
        claim(not scenario["flaky"] or (scenario["attempts"] > 1 and scenario["earlier"]), "why is it flaky?")
        claim(scenario["verdict"] in VERDICTS, "verdict %s" % scenario["verdict"])
        for name in ("scenario_sha256", "profile_sha256"):
            claim(re.fullmatch("[0-9a-f]{64}", scenario[name]), "%s %s" % (name, scenario[name]))
        for check in scenario["checks"]:
            is_form(check, {"verdict": str, "line": int, "rule?": str, "section?": str, "strength?": str,
                            "text?": str}, scenario["file"])
    claim(sum(scenario["flaky"] for scenario in document["scenarios"]) == document["summary"]["flaky"],
          "JSON counts what is flaky wrongly")
    for verdict in VERDICTS:
        found = sum(scenario["verdict"] == verdict for scenario in document["scenarios"])
        claim(found == document["summary"][verdict], "JSON counts %s wrongly" % verdict)
    return document


def judge_junit(path, document):
    root = xml.parse(path).getroot()
    scenarios = document["scenarios"]
    counts = {"tests": len(scenarios),
              "failures": sum(scenario["verdict"] == "fail" for scenario in scenarios),
              "errors": sum(scenario["verdict"] == "error" for scenario in scenarios)}
    for name, count in counts.items():
        claim(int(root.get(name)) == count, "JUnit: %s is %s, not %d" % (name, root.get(name), count))
    suites = root.findall("testsuite")
    claim([suite.get("name") for suite in suites] == [scenario["title"] for scenario in scenarios],
          "JUnit has other testsuites")
    children = {"fail": "failure", "error": "error", "inconclusive": "skipped", "not applicable": "skipped"}
    for suite, scenario in zip(suites, scenarios):
        case, = suite.findall("testcase")
        claim(suite.get("tests") == "1" and suite.get("file") == scenario["file"], "JUnit: suite")
        properties = {row.get("name"): row.get("value") for row in suite.iter("property")}
        claim(properties["scenario_sha256"] == scenario["scenario_sha256"] and
              properties["profile"] == scenario["profile"] and properties["tool"] == document["tool"] and
              properties["options"] == document["options"] and
              properties.get("format") == scenario.get("format") and
              properties.get("seed") == (str(scenario["seed"]) if "seed" in scenario else None) and
              int(properties.get("attempts", 1)) == scenario["attempts"], "JUnit: properties %s" % properties)
        tags = [child.tag for child in case if child.tag != "system-out"]
        wanted = [children[scenario["verdict"]]] if scenario["verdict"] in children else []
        claim(tags == wanted, "JUnit: %s has %s, not %s" % (scenario["title"], tags, wanted))
        texts = [child.text or "" for child in case if child.tag != "skipped"]
        claim("".join(texts) == scenario["text"], "JUnit says %r" % texts)
        if scenario["verdict"] in SKIPS:
            claim(case.find("skipped").get("message").startswith(scenario["verdict"] + ": "), "JUnit: no reason")


def read_tap(path):
    """TAP 14 as its specification has it: version, plan, numbered points, YAML diagnostics."""
    lines = open(path, encoding="utf-8").read().split("\n")
    claim(lines.pop() == "", "TAP: the last line is not whole")
    claim(lines[0] == "TAP version 14", "TAP: version")
    plan, points, block, text = None, [], None, None
    for line in lines[1:]:
        point = re.fullmatch(r"(not ok|ok) (\d+) - ((?:[^#\\]|\\[#\\])*?)(?: # SKIP (.*))?", line)
        if block is not None:
            claim(line.startswith("  "), "TAP: %r in a diagnosis" % line)
            if line == "  ...":
                block = None
            elif line == "  message: |":
                text = points[-1]["text"] = []
            elif text is not None and line.startswith("    "):
                text.append(line[4:])
            else:
                claim(re.fullmatch(r"  [a-z0-9_]+: .+", line), "TAP: %r" % line)
                name, value = line.strip().split(": ", 1)
                points[-1][name] = json.loads(value) if value.startswith('"') else value
                text = None
        elif line == "  ---":
            claim(points, "TAP: a diagnosis of nothing")
            block, text = True, None
        elif re.fullmatch(r"1\.\.\d+", line):
            claim(plan is None and not points, "TAP: a second or late plan")
            plan = int(line[3:])
        elif point:
            claim(int(point[2]) == len(points) + 1, "TAP: number %s" % point[2])
            points.append({"ok": point[1] == "ok", "title": re.sub(r"\\(.)", r"\1", point[3]),
                           "skip": point[4], "text": []})
        else:
            claim(line.startswith("#") or line.startswith("Bail out!"), "TAP: %r" % line)
    claim(block is None, "TAP: a diagnosis has no end")
    return plan, points, any(line.startswith("Bail out!") for line in lines)


def judge_tap(path, document):
    plan, points, bails_out = read_tap(path)
    scenarios = document["scenarios"]
    claim(bails_out == (plan != len(scenarios)), "TAP: plan %s, %d scenarios" % (plan, len(scenarios)))
    claim(len(points) == len(scenarios), "TAP has %d points" % len(points))
    for point, scenario in zip(points, scenarios):
        claim(point["title"] == scenario["title"], "TAP: title %s" % point["title"])
        claim(point["ok"] == (scenario["verdict"] not in FAILURES), "TAP: %s" % point)
        claim((point["skip"] is not None) == (scenario["verdict"] in SKIPS), "TAP: skip %s" % point)
        claim("\n".join(point["text"]) == scenario["text"], "TAP says %r" % point["text"])
        for name in ("file", "profile", "verdict", "scenario_sha256", "profile_sha256"):
            claim(point.get(name) == scenario[name], "TAP: %s is %s" % (name, point.get(name)))
        claim(point.get("format") == scenario.get("format") and
              point.get("seed") == (str(scenario["seed"]) if "seed" in scenario else None) and
              int(point.get("attempts", 1)) == scenario["attempts"], "TAP: %s" % point)


def judge_human(path, document):
    said = open(path, encoding="utf-8").read()
    counts = document["summary"]
    skipped = sum(counts[verdict] for verdict in SKIPS)
    last = "%d passed, %d failed%s" % (counts["pass"] + counts["warn"], counts["fail"] + counts["error"],
                                       ", %d skipped" % skipped if skipped else "")
    claim(said.splitlines()[-1] == last, "the last line is not %r" % last)
    for scenario in document["scenarios"]:
        if scenario["verdict"] in FAILURES:
            claim("\n" + scenario["text"] + "\n" in said, "the terminal does not say %r" % scenario["text"])
        claim(scenario["file"] + "  " + scenario["title"] in said, "no line of %s" % scenario["file"])


def main(junit, tap, report, human, *counts):
    document = read_json(report)
    judge_junit(junit, document)
    judge_tap(tap, document)
    judge_human(human, document)
    wanted = {verdict: 0 for verdict in VERDICTS}
    wanted.update((row.split("=")[0], int(row.split("=")[1])) for row in counts)
    for verdict, count in wanted.items():
        found = document["summary"][verdict]
        claim(found == count, "%d times %s, not %d" % (found, verdict, count))
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
