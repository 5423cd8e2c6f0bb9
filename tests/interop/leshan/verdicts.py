# SPDX-License-Identifier: Apache-2.0
"""Compares a JSON report with what is known of a peer. usage: verdicts.py REPORT EXPECTED SECTION

EXPECTED has sections `[NAME]` of lines `scenario format verdict rules reason`; format and rules are `-`
when there are none; several rules stand with commas, and all of them must be broken; of verdicts, and of
rules, with `|` between them one is enough. A line of scenario `*` is for all that are
inconclusive, or played by nobody, for that reason. A scenario without a line must pass or be not applicable. Prints what departs with its reason, and what was not expected. Last line: N passed,
N failed.
"""
import json
import sys


def expectations(path, section):
    rows, general = {}, []
    here = False
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        if line.startswith("["):
            here = line == f"[{section}]"
        elif here and line and not line.startswith("#"):
            scenario, form, verdict, rules, reason = line.split(None, 4)
            if scenario == "*":
                general.append((verdict, reason))
            else:
                rows[scenario, form] = (verdict, rules, reason)
    return rows, general


def key(result):
    name = result["file"].removesuffix(".scenario")
    for folder in ("scenarios/", "tests/interop/leshan/"):
        name = name.removeprefix(folder)
    return name, result.get("format") or "-"


def rules_of(result):
    return {check["rule"] for check in result["checks"] if check["verdict"] == "fail" and check.get("rule")}


def are_broken(wanted, rules):
    return all(wish == "-" or rules & set(wish.split("|")) for wish in wanted.split(","))


def main(report, expected, section):
    rows, general = expectations(expected, section)
    passed = failed = 0
    for result in json.load(open(report, encoding="utf-8"))["scenarios"]:
        name, form = key(result)
        verdict, rules = result["verdict"].replace(" ", "-"), rules_of(result)
        broken = ",".join(sorted(rules)) or "-"
        want, want_rules, reason = rows.pop((name, form), ("pass", "-", ""))
        good = verdict in want.split("|") and (verdict == "pass" or are_broken(want_rules, rules))
        told = result.get("reason") or ""
        if not reason:
            reason = next((why for kind, why in general if kind == verdict and why in told), "")
            good = verdict in ("pass", "not-applicable") or reason != ""
        if good and verdict != "not-applicable":
            passed += 1
        if good and reason:
            print(f"{name} {form}: {verdict} {broken}: {reason}")
        if not good:
            failed += 1
            print(f"UNEXPECTED: {name} {form} {verdict} {broken} ({want} {want_rules} was expected): "
                  f"{told}")
    for name, form in rows:
        failed += 1
        print(f"UNEXPECTED: {name} {form} was not played")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


sys.exit(main(*sys.argv[1:]))
