# SPDX-License-Identifier: Apache-2.0
"""Prints what Leshan's REST interface wants to know of the pre-shared keys of profiles, one JSON object a
line. usage: keys.py PROFILE…"""
import json
import sys

for path in sys.argv[1:]:
    profile = json.load(open(path, encoding="utf-8"))
    for server in profile.get("servers", []):
        security = server.get("security", {})
        if security.get("mode") == "psk":
            kind, _, key = security["key"].partition(":")
            if kind != "hex":
                sys.exit(f"{path}: the key is not written as hex:")
            print(json.dumps({"endpoint": profile["endpoint"],
                              "psk": {"identity": security["identity"], "key": key}}))
