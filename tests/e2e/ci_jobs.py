#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes a job of lwm2m-portfolio-ci(7) apart as its CI system would: prints a shell script for each
machine, in the order of the jobs, and the files that it keeps. usage: ci_jobs.py github|gitlab|jenkins FILE FOLDER

FOLDER gets N.install, N.play (scripts) and N.keeps (file patterns, a line each)."""
import re
import sys

import yaml


def fail(text):
    sys.exit("the job is wrong: %s" % text)


def write(folder, number, install, play, keeps):
    for name, lines in (("install", install), ("play", play), ("keeps", keeps)):
        if not lines:
            fail("machine %d has no %s" % (number, name))
        with open("%s/%d.%s" % (folder, number, name), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")


def expand(value, matrix):
    text = re.sub(r"\$\{\{ *matrix\.(\w+) *\}\}", lambda m: str(matrix[m[1]]), value)
    if "${{" in text:
        fail("what is %s" % text)
    return text


def github_machine(job, matrix, folder, number):
    install, play, keeps = [], [], []
    for step in job["steps"]:
        if "run" in step:
            script = expand(step["run"], matrix)
            (play if "lwm2m-portfolio " in script else install).append(script)
        elif step["uses"].startswith("actions/upload-artifact@"):
            if step.get("if") != "${{ always() }}":
                fail("a report of a failure is not kept")
            keeps.append(expand(step["with"]["path"], matrix))
        elif step["uses"].split("@")[0] not in ("actions/checkout", "actions/download-artifact"):
            fail("who is %s" % step["uses"])
    write(folder, number, install, play, keeps)


def read_github(document, folder):
    # "on" is a boolean in YAML 1.1.
    if set(document) != {"name", True, "env", "jobs"} or "SOURCE" not in document["env"]:
        fail("its members are %s" % list(document))
    number, done = 0, set()
    for name, job in document["jobs"].items():
        if not {"runs-on", "container", "steps"} <= set(job):
            fail("%s has only %s" % (name, list(job)))
        if not set([job["needs"]] if "needs" in job else []) <= done:
            fail("%s needs %s" % (name, job["needs"]))
        matrix = job.get("strategy", {}).get("matrix", {"": [""]})
        (key, values), = matrix.items()
        for value in values:
            number += 1
            github_machine(job, {key: value}, folder, number)
        done.add(name)


def read_gitlab(document, folder):
    (_, job), = document.items()
    if set(job) != {"image", "parallel", "variables", "before_script", "script", "artifacts"}:
        fail("its members are %s" % list(job))
    if job["artifacts"]["when"] != "always":
        fail("a report of a failure is not kept")
    keeps = job["artifacts"]["paths"] + [job["artifacts"]["reports"]["junit"]]
    for number in range(1, job["parallel"] + 1):
        nodes = ["CI_NODE_INDEX=%d CI_NODE_TOTAL=%d" % (number, job["parallel"])]
        write(folder, number, job["before_script"], nodes + job["script"], keeps)


def block(text, *names):
    """What stands between the braces behind NAMES, each within the one before."""
    for name in names:
        start = re.search(r"\b%s *\{" % name.replace("(", r"\(").replace(")", r"\)"), text)
        if not start:
            fail("there is no %s" % name)
        depth, end = 1, start.end()
        while depth > 0 and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if depth:
            fail("%s does not end" % name)
        text = text[start.end():end - 1]
    return text


def read_jenkins(text, folder):
    steps = re.compile(r"^ *sh (?:'''(.*?)'''|'([^'\n]*)')$", re.S | re.M)
    scripts = {}
    for stage in ("Install", "Play"):
        inside = block(text, "pipeline", "stages", "stage('%s')" % stage, "steps")
        # In '''…''' a backslash before the end of the line is gone, as in Groovy.
        scripts[stage] = [(a or b).replace("\\\n", "") for a, b in steps.findall(inside)]
        if steps.sub("", inside).strip():
            fail("what is %s" % steps.sub("", inside).strip())
    if block(text, "pipeline", "agent", "docker").strip().splitlines()[0] != "image 'debian:12'":
        fail("there is no image")
    always = block(text, "pipeline", "post", "always")
    keeps = re.findall(r"^ *(?:junit|archiveArtifacts artifacts:) '([^']+)'(?:, allowEmptyArchive: true)?$",
                       always, re.M)
    # The agent keeps its folder, and a step that finds nothing ends the block.
    if scripts["Install"][0] != "rm -f " + " ".join(sorted(keeps, reverse=True)):
        fail("what an earlier build left is shown again")
    if not always.strip().endswith("junit 'report.xml'") or "allowEmptyArchive: true" not in always:
        fail("a missing report hides the other one")
    write(folder, 1, scripts["Install"], scripts["Play"], keeps)


def main(system, path, folder):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    if system == "jenkins":
        read_jenkins(text, folder)
    else:
        {"github": read_github, "gitlab": read_gitlab}[system](yaml.safe_load(text), folder)


main(*sys.argv[1:])
