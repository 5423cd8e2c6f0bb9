# SPDX-License-Identifier: Apache-2.0
"""What the reports of run.sh say: which defect was found by which rule.

usage: table.py names DEFECTS | table.py judge FOLDER EXPECTED [--update]
"""
import json
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def findings(report):
    """The rules with a failed check, and how many have failed."""
    rules = {}
    for scenario in report["scenarios"]:
        for check in scenario["checks"]:
            if check["verdict"] == "fail" and "rule" in check:
                rules[check["rule"]] = rules.get(check["rule"], 0) + 1
    return rules


def read(folder, name, wanted_status):
    """The rules that found NAME; None, and said, when the run itself went wrong."""
    try:
        with open(f"{folder}/{name}.status", encoding="utf-8") as file:
            status = int(file.read())
        report = load(f"{folder}/{name}.json")
    except (OSError, ValueError) as error:
        print(f"FAILED: {name}: no report: {error}")
        return None
    if status not in wanted_status:
        print(f"FAILED: {name}: exit status {status}; see {folder}/{name}.log")
        return None
    return findings(report)


def expectations(defects, caught, unexercised):
    lines = [
        "# Which rule finds which seeded defect, and which rules none exercises.",
        "# Written by: tests/defects/run.sh --update",
    ]
    for defect in defects:
        found = "found" if defect["rule"] in (caught[defect["name"]] or {}) else "MISSED"
        lines.append(f'{defect["side"]:<7} {defect["name"]:<32} {defect["rule"]:<22} {found}')
    lines += [f"-       -                                {rule:<22} not exercised" for rule in unexercised]
    return [line.rstrip() for line in lines]


def print_table(rules, defects, caught):
    """Rule by rule: whom it was meant for, and, in brackets, how many others it found too."""
    print("rule                    found by it (besides: further defects that it found)")
    for rule in rules:
        named = [d["name"] for d in defects if d["rule"] == rule["id"]]
        besides = sum(1 for d in defects if d["rule"] != rule["id"] and rule["id"] in (caught[d["name"]] or {}))
        if named or besides:
            print(f'{rule["id"]:<23} {" ".join(named) or "-"} (besides: {besides})')


def judge(folder, expected_path, update):
    defects = load(f"{folder}/defects")["defects"]
    rules = load(f"{folder}/rules")["rules"]
    failed = 0
    clean = read(folder, "none", (0,))
    if clean is None:
        print("0 passed, 1 failed")
        return 1
    if clean:
        print(f"FAILED: the clean device and server have findings: {clean}")
        failed += 1
    known = {rule["id"] for rule in rules}
    for defect in defects:
        if defect["rule"] not in known:
            print(f'FAILED: {defect["name"]} names a rule that there is not: {defect["rule"]}')
            failed += 1
    caught = {d["name"]: read(folder, d["name"], (1,)) for d in defects}
    for defect in defects:
        found = caught[defect["name"]]
        if found is not None and defect["rule"] not in found:
            print(f'FAILED: {defect["name"]} is not found by {defect["rule"]}; by others: {found}')
        failed += 1 if defect["rule"] not in (found or {}) else 0
    print_table(rules, defects, caught)
    unexercised = [r["id"] for r in rules if r["id"] not in {d["rule"] for d in defects}]
    print(f'rules that no defect exercises: {" ".join(unexercised) or "none"}')
    lines = expectations(defects, caught, unexercised)
    if update:
        with open(expected_path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    with open(expected_path, encoding="utf-8") as file:
        expected = file.read().splitlines()
    for line in sorted(set(expected) ^ set(lines)):
        print(f'FAILED: {"gone" if line in expected else "new"}: {line}')
    if expected != lines:
        print(f"the table is not that of {expected_path}; if it should be: tests/defects/run.sh --update")
        failed += 1
    print(f"{len(defects) + 2 - failed} passed, {failed} failed")
    return 0 if failed == 0 else 1


def main():
    if sys.argv[1] == "names":
        defects = load(sys.argv[2])["defects"]
        names = [defect["name"] for defect in defects]
        for defect in defects:
            print(defect["name"], defect["side"])
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            print(f'two defects have one name: {" ".join(twice)}', file=sys.stderr)
        return 1 if twice else 0
    return judge(sys.argv[2], sys.argv[3], "--update" in sys.argv[4:])


if __name__ == "__main__":
    sys.exit(main())
