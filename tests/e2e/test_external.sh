#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `run --device external` with a device process as somebody else's. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# A run that waits for its device; $uri is where.
start_run() { # name options…
	run=$1
	shift
	start "$run" "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 "$@"
	await_server "$run"
}

# --- a device that registers and stays --------------------------------------------------------------
start_run run --expect vehicle --report-json "$tmp/report.json" portfolio/use-case-1 portfolio/use-case-2 \
	portfolio/object portfolio/component-hangs portfolio/composite-read lwm2m/two-servers
start_device device -q -p vehicle -s "$uri"
ends_with 6 "what can be seen passes, the rest is not applicable or inconclusive" run
has "passed" "$tmp/run.out" 'pass  portfolio/use-case-1 ' 'pass  portfolio/use-case-2 '
has "what would change it is not played" "$tmp/run.out" 'not applicable: would change the device (line '
has "what somebody would have to do to it" "$tmp/run.out" 'inconclusive: line 10: component hang'
has "what is not claimed" "$tmp/run.out" 'needs "composite", which profile "vehicle" does not claim'
has "other servers" "$tmp/run.out" 'for another server'
has "the report names the peer" "$tmp/report.json" '"device":	"external, urn:dev:vehicle-0001"'
ok "the device is still there" is_alive device
stop device

# --- writes, and the device is left as it was found ---------------------------------------------------
shows() { # what its Portfolio instances hold
	say "$device" 'show /16'
	comes "$device shows what it holds" "$tmp/$device.out" '"event":"answer"'
	grep -F '"event":"answer"' "$tmp/$device.out" | sed 's/.*"text":/"text":/' >"$1"
}
start_server plain -l coap://127.0.0.1:0
plain=$uri
profiles="vehicle-1.1 gsma minimal no-services two-instances"
for profile in $profiles; do
	start_device device --json -p "$profile" -s "$plain"
	until_line "$tmp/device.ready"
	shows "$tmp/before.$profile"
	stop device
done
stop plain

# These wait more than they work, so they are played side by side, with two devices each; what comes of
# them is looked at below.
half() { # name half profile of the device, options of the run…
	half=$1.$2 part=$2/2 whose=$3
	shift 3
	start_run "run.$half" --allow-writes --patience 3 --shard "$part" "$@" scenarios/portfolio
	start_device "device.$half" --json -p "$whose" -s "$uri"
}
for profile in $profiles; do
	half "$profile" 1 "$profile" --expect "$profile" --allow-inconclusive
	half "$profile" 2 "$profile" --expect "$profile" --allow-inconclusive
done
# One that reads the specification otherwise than it says.
python3 - "$tmp/plain.json" <<.
import json, sys
profile = json.load(open("profiles/options.json"))
for key in "lenient_arguments", "strict_create", "read_only":
    del profile[key]
json.dump(profile, open(sys.argv[1], "w"))
.
chmod 600 "$tmp/plain.json"
half options 1 options --expect "$tmp/plain.json" --allow-inconclusive
half options 2 options --expect "$tmp/plain.json" --allow-inconclusive
# One to which somebody does something.
adapter="exec python3 $tools/device_adapter.py"
half adapter 1 vehicle --expect vehicle --device-adapter "$adapter $tmp/device.adapter.1.in $tmp/device.adapter.1.out"
half adapter 2 vehicle --expect vehicle --device-adapter "$adapter $tmp/device.adapter.2.in $tmp/device.adapter.2.out"

# --- more that waits: begun here, and looked at below ---------------------------------------------------
start_run run.keys --listen coaps://127.0.0.1:0 --security scenarios/security/psk-wrong-key.security --wait-device 3s --expect vehicle-psk portfolio/use-case-1
secured=$(sed -n 2p "$tmp/run.keys.ready")
start_device device.keys -q -p vehicle-psk -s "$secured"

cat >"$tmp/long.scenario" <<.
title "Waits"
profile vehicle
expect register
read /3/0/0 => 2.05
wait 3s
read /3/0/0 => 2.05
.
start_run run.leaves --expect vehicle --wait-device 500ms "$tmp/long.scenario" portfolio/use-case-1
start_device device.leaves -q -p vehicle -s "$uri"
until_line "$tmp/device.leaves.ready"
say device.leaves deregister

cat >"$tmp/told.scenario" <<.
title "Is told of AuthStatus"
profile vehicle
expect register
observe \$pf/3
expect notify \$pf/3 within 2s
.
start_run run.still --expect vehicle "$tmp/told.scenario"
start_device device.still -q -p vehicle -s "$uri"
start_run run.dies --expect vehicle -v "$tmp/told.scenario" portfolio/use-case-1
start_device device.dies --json -p vehicle -s "$uri"
until_true holds "$tmp/device.dies.out" '"observe":0'
signal device.dies KILL
await device.dies
start run.hidden "$BIN" run --device external --listen coaps://127.0.0.1:0 --ready-fd 3 --expect vehicle-psk -v "$tmp/told.scenario"
await_server run.hidden
start_device device.hidden --json -p vehicle-psk -s "$uri"
until_true holds "$tmp/device.hidden.out" '"observe":0'
signal device.hidden KILL
await device.hidden

# A bad link, and messages as dictated: a relay stands where the device finds its server.
start_run run.link --expect vehicle --allow-writes link/duplicates link/lost-answer link/another-address raw/duplicates \
	raw/messages raw/conditional raw/blocks raw/register portfolio/use-case-1
start_device device.link -q -p vehicle -s "$uri"
start run.secured "$BIN" run --device external --listen coaps://127.0.0.1:0 --ready-fd 3 --expect vehicle-psk link/secured raw/messages
await_server run.secured
start_device device.secured -q -p vehicle-psk -s "$uri"

# --- what it chooses where it may is named ----------------------------------------------------------------
sed 's/"lwm2m"/"formats": ["tlv"], "auth_data_instances": 3, "lwm2m"/' "$data/profiles/vehicle.json" >"$tmp/chooses.json"
chmod 600 "$tmp/chooses.json"
start_run run --expect vehicle --report-json "$tmp/report.json" --report-junit "$tmp/report.xml" portfolio/use-case-1
start_device device -q -p "$tmp/chooses.json" -s "$uri"
ends_with 0 "other choices" run
for report in run.out report.json report.xml; do
	has "other choices are named: $report" "$tmp/$report" 'accepted by PF-DM-4: without Accept it answers in tlv, where ours does in text' \
		'accepted by I-2: AuthData comes in several resource instances'
done
has "it passes" "$tmp/run.out" '1 passed, 0 failed'
stop device

# --- devices with a defect are found out, by its rule ----------------------------------------------------
while read -r defect rule scenario; do
	start_run run --expect vehicle --report-json "$tmp/report.json" "$scenario"
	start_device device -q -p vehicle -s "$uri" --defect "$defect"
	await run
	has "$defect breaks $rule" "$tmp/run.out" "rule      $rule ("
	stop device
done <<.
keys-of-other-service PF-SC-3 portfolio/use-case-1
keys-of-other-service PF-SC-3 portfolio/use-case-2
unkeyed-signature PF-AUTH-1 portfolio/use-case-1
key-ignored PF-ARG-4 portfolio/arguments-choose
.

# --- secured links --------------------------------------------------------------------------------------------
start_run run --listen coaps://127.0.0.1:0 --expect vehicle-psk portfolio/use-case-1
secured=$(sed -n 2p "$tmp/run.ready")
start_device device -q -p vehicle-psk -s "$secured"
ends_with 0 "DTLS with the keys that the profile has" run
has "DTLS" "$tmp/run.out" 'pass  portfolio/use-case-1'
stop device

# --- one that does not come, or has another name -----------------------------------------------------
exits 4 "no device" "$BIN" run --device external --listen coap://127.0.0.1:0 --expect vehicle --wait-device 300ms \
	portfolio/use-case-1 portfolio/use-case-2
has "no device: what to do" "$tmp/out" 'device "urn:dev:vehicle-0001" did not register at coap://127.0.0.1:' 'within 0.3 s; start it'
start_run run --expect vehicle --wait-device 500ms portfolio/use-case-1
start_device device -q -p gsma -s "$uri"
ends_with 4 "another device" run
has "another device is named" "$tmp/run.out" 'did; name that one with --endpoint'
stop device
ok "other keys" "$BIN" provision -p vehicle -o "$tmp/other.json"
start_run run --expect vehicle portfolio/use-case-1
start_device device -q -p "$tmp/other.json" -s "$uri"
ends_with 1 "a device with other keys" run
has "a device with other keys" "$tmp/run.out" 'PF-AUTH-1'
stop device

# --- who does something to the device --------------------------------------------------------------------
start_run run --expect vehicle --device-adapter "$adapter $tmp/device.in $tmp/device.out update component-ok" portfolio/component-hangs portfolio/use-case-1-polling
start_device device --json -p vehicle -s "$uri"
ends_with 6 "an adapter that cannot" run
has "an adapter that cannot" "$tmp/run.out" 'component-hang' 'component-delay'
stop device
# A console without a cable is no broken rule of the device.
cat >"$tmp/update.scenario" <<.
title "An Update"
profile vehicle
expect register
device update
expect update within 1s
.
hello="read line; case \$line in *urn:dev:vehicle-0001*) echo '{\"id\":1,\"protocol\":1,\"can\":[\"update\"]}';; esac"
failed_text='{\"id\":2,\"error\":\"failed\",\"text\":\"no cable\"}'
start_run run --expect vehicle --device-adapter "$hello; read line; echo \"$failed_text\"; cat" "$tmp/update.scenario"
start_device device -q -p vehicle -s "$uri"
ends_with 4 "an adapter that cannot reach the device" run
has "an adapter that cannot reach the device" "$tmp/run.out" 'ERROR' 'no cable' '1 could not be run'
stop device
start_run run --expect vehicle --device-adapter "exit 3" portfolio/use-case-1
start_device device --json -p vehicle -s "$uri"
ends_with 4 "an adapter that is dead" run
has "an adapter that is dead" "$tmp/run.out" 'exit 3'
stop device

cat >"$tmp/restart.scenario" <<'.'
title   "It comes back"
profile minimal
expect  register
device  restart
expect  fresh register within 5s
device  update
expect  update within 5s
.
start_run run --expect vehicle --device-adapter manual "$tmp/restart.scenario"
start_device device -q -p vehicle -s "$uri"
comes "a person is asked" "$tmp/run.err" '[1] line 4: the device does: restart'
say device restart
say run ""
comes "and told what for" "$tmp/run.err" 'restart.scenario: It comes back'
comes "and asked again" "$tmp/run.err" '[2] line 6: the device does: send an Update'
say run skip
ends_with 6 "what a person skips is inconclusive" run
has "what a person skips" "$tmp/run.out" 'it was skipped'
stop device

# --- the server's half of the keys ------------------------------------------------------------------
ok "keys" "$BIN" provision -p vehicle -o "$tmp/car.json"
cat >"$tmp/claims.json" <<.
{ "endpoint": "urn:dev:vehicle-0001",
  "objects": { "3": { "0": {} }, "16": { "0": { "0": { "0": "WVX0123456789" } } } } }
.
start_run run --expect "$tmp/claims.json" --keys "$tmp/car.keys.json" portfolio/use-case-1 portfolio/use-case-2
start_device device -q -p "$tmp/car.json" -s "$uri"
ends_with 0 "claims without a secure component, and a keyring" run
has "both are judged" "$tmp/run.out" '2 passed'
stop device

# --- messages as dictated ---------------------------------------------------------------------------------
sed 's/"0": "WVX0123456789"/"6": "WVX0123456789"/' profiles/vehicle.json >"$tmp/sixth.json"
chmod 600 "$tmp/sixth.json"
start_run run --expect "$tmp/sixth.json" --allow-writes raw/duplicates
start_device device -q -p "$tmp/sixth.json" -s "$uri"
ends_with 0 "octets about an identity that is not claimed" run
has "they are not applicable" "$tmp/run.out" 'is about identity 0 and key 0'
stop device
start_run run --expect vehicle raw/conditional
start_device device -q -p vehicle -s "$uri"
ends_with 0 "what could change it" run
has "what could change it" "$tmp/run.out" '--allow-writes lets it'
stop device

# --- what was begun above ---------------------------------------------------------------------------------
for profile in $profiles; do
	for half in 1 2; do
		ends_with 0 "$profile: nothing is found" "run.$profile.$half"
		lacks "$profile: nothing is found" "$tmp/run.$profile.$half.out" 'FAIL  ' 'ERROR scenarios' 'warn  '
		device=device.$profile.$half
		shows "$tmp/after"
		ok "$profile is as it was" diff "$tmp/before.$profile" "$tmp/after"
		stop "$device"
	done
done
for half in 1 2; do
	ends_with 0 "other readings" "run.options.$half"
	stop "device.options.$half"
done
cat "$tmp/run.options.1.out" "$tmp/run.options.2.out" >"$tmp/run.options.out"
has "other readings are named" "$tmp/run.options.out" 'accepted by I-13' 'accepted by I-17' 'accepted by I-20'
lacks "other readings" "$tmp/run.options.out" 'FAIL  ' 'ERROR scenarios'
for half in 1 2; do
	ends_with 0 "an adapter for the device: all of it passes" "run.adapter.$half"
	lacks "an adapter for the device" "$tmp/run.adapter.$half.out" 'FAIL  ' 'ERROR scenarios' 'warn  ' inconclusive
	stop "device.adapter.$half"
done

ends_with 4 "DTLS with other keys" run.keys
has "DTLS with other keys" "$tmp/run.keys.out" 'did not register at'
ends_with 4 "the device with other keys" device.keys
ends_with 4 "a device that leaves in the middle" run.leaves
has "a device that leaves in the middle" "$tmp/run.leaves.out" 'has left: it is not registered any more' 'did not register at'
stop device.leaves
ends_with 1 "a device that has nothing to tell" run.still
has "a device that has nothing to tell" "$tmp/run.still.out" 'nothing of that kind came in time' 'FAIL'
stop device.still
ends_with 0 "the path is impaired, and well again afterwards" run.link
has "the path is impaired" "$tmp/run.link.out" 'pass  link/duplicates ' 'pass  link/lost-answer ' 'pass  raw/duplicates ' \
	'pass  raw/messages ' 'pass  raw/register ' 'pass  portfolio/use-case-1 '
has "it keeps its address" "$tmp/run.link.out" 'gives the device another address'
stop device.link
ends_with 0 "a secured link" run.secured
has "a secured link" "$tmp/run.secured.out" 'pass  link/secured ' 'only possible over UDP in plain text'
stop device.secured
ends_with 4 "a device that dies while it is waited for" run.dies
has "a device that dies while it is waited for" "$tmp/run.dies.out" 'device "urn:dev:vehicle-0001" does not answer any more' \
	'2 could not be run'
lacks "what it sends in plain text is seen" "$tmp/run.dies.out" 'DTLS'
ends_with 4 "a device that dies behind DTLS" run.hidden
has "a device that dies behind DTLS" "$tmp/run.hidden.out" 'does not answer any more; octets that are no CoAP message would not be seen'

# --- usage ----------------------------------------------------------------------------------------------
exits 2 "--expect is needed" "$BIN" run --device external
has "--expect is needed" "$tmp/err" 'needs --expect PROFILE'
exits 2 "no other device" "$BIN" run --device mine --expect vehicle
exits 2 "--expect without a device" "$BIN" run --expect vehicle
exits 2 "--allow-writes without a device" "$BIN" run --allow-writes
exits 2 "--virtual-time" "$BIN" run --device external --expect vehicle --virtual-time
exits 2 "--profile" "$BIN" run --device external --expect vehicle -p gsma
exits 2 "--listen" "$BIN" run --device external --expect vehicle --listen http://x
exits 3 "no such profile" "$BIN" run --device external --expect no-such --listen coap://127.0.0.1:0 portfolio/use-case-1
exits 3 "no such keyring" "$BIN" run --device external --expect vehicle --keys "$tmp/none.json" portfolio/use-case-1
exits 3 "a keyring of others" "$BIN" run --device external --expect gsma --keys "$tmp/car.keys.json" --listen coap://127.0.0.1:0 portfolio/use-case-1
has "a keyring of others" "$tmp/err" 'the keyring holds nothing of device'
finish
