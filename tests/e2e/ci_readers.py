#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a JUnit report as three CI systems do, and compares what each sees with the JSON report of the
same run. usage: ci_readers.py JUNIT JSON

Jenkins: junit-10.xsd of its xunit plugin, which is stricter than its step "junit": which elements
stand where, which attributes they may and must have. GitLab: its documentation of unit test reports:
size, one level of testsuites, the suite of a test is its classname, of equal names the first counts.
GitHub has no reader of its own; java-junit of the action test-reporter stands for those that there are:
it wants name and time everywhere and groups by classname."""
import json
import os
import re
import sys
import xml.etree.ElementTree as xml

JENKINS = {  # element: (required, optional attributes, children, text allowed)
    "testsuites": ((), ("name", "time", "tests", "failures", "errors"), ("testsuite",), False),
    "testsuite": (("name", "tests", "failures", "errors"),
                  ("group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"),
                  ("testsuite", "properties", "testcase", "system-out", "system-err"), False),
    "testcase": (("name",), ("time", "classname", "group"),
                 ("skipped", "error", "failure", "rerunFailure", "rerunError", "flakyFailure", "flakyError",
                  "system-out", "system-err"), False),
    "properties": ((), (), ("property",), False),
    "property": (("name", "value"), (), (), False),
    "failure": ((), ("type", "message"), (), True),
    "error": ((), ("type", "message"), (), True),
    "skipped": ((), ("type", "message"), (), True),
    "system-out": ((), (), (), True),
    "system-err": ((), (), (), True),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
wrong = []


def claim(holds, text):
    if not holds:
        wrong.append(text)


def judge_jenkins(element):
    claim(element.tag in JENKINS, "Jenkins does not know <%s>" % element.tag)
    required, optional, children, has_text = JENKINS.get(element.tag, ((), (), (), True))
    for name in required:
        claim(name in element.attrib, "Jenkins: <%s> without %s" % (element.tag, name))
    for name in element.attrib:
        claim(name in required + optional, "Jenkins: <%s> with %s" % (element.tag, name))
    if element.tag != "testcase" and "time" in element.attrib:
        claim(TIME.fullmatch(element.get("time")), "Jenkins: time %s" % element.get("time"))
    claim(has_text or not (element.text or "").strip(), "Jenkins: text in <%s>" % element.tag)
    for child in element:
        claim(child.tag in children, "Jenkins: <%s> in <%s>" % (child.tag, element.tag))
        claim(not (child.tail or "").strip(), "Jenkins: text in <%s>" % element.tag)
        judge_jenkins(child)


def status(case):
    for tag, word in (("failure", "failed"), ("error", "error"), ("skipped", "skipped")):
        if case.find(tag) is not None:
            return word
    return "success"


def read_gitlab(path, root):
    claim(path.endswith(".xml") and os.path.getsize(path) < 30 << 20, "GitLab takes .xml below 30 MB")
    seen = {}
    for suite in root.iter("testsuite"):
        for case in suite.findall("testcase"):
            claim(case.get("classname") and case.get("name"), "GitLab: a test without a name")
            float(case.get("time"))
            seen.setdefault((suite.get("name"), case.get("classname"), case.get("name")), status(case))
    return list(seen.values())


def read_github(root):
    found = []
    float(root.get("time"))
    for suite in root.findall("testsuite"):
        claim(suite.get("name").strip(), "GitHub: a suite without a name")
        float(suite.get("time"))
        for case in suite.findall("testcase"):
            claim(case.get("name").strip() and case.get("classname"), "GitHub: a test without a name")
            float(case.get("time"))
            found.append(status(case))
            for bad in case.findall("failure") + case.findall("error"):
                claim(bad.text and bad.get("message"), "GitHub: a failure that says nothing")
    return found


def main(path, report):
    scenarios = json.load(open(report, encoding="utf-8"))["scenarios"]
    root = xml.parse(path).getroot()
    words = {"pass": "success", "warn": "success", "fail": "failed", "error": "error",
             "inconclusive": "skipped", "not applicable": "skipped"}
    wanted = [words[scenario["verdict"]] for scenario in scenarios]
    judge_jenkins(root)
    claim(read_gitlab(path, root) == wanted, "GitLab sees %s" % read_gitlab(path, root))
    claim(read_github(root) == wanted, "GitHub sees %s" % read_github(root))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    claim(len(names) == len(set(names)), "two tests have one name")
    for text in wrong:
        print(text)
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
