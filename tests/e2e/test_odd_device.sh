#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Correct devices that do otherwise than ours where they may: none of them fails. They share no code
# with ours (odd_device.py). Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Runs scenarios with the device that takes these liberties; the device runs until its end is told.
format="--format tlv"
play() { # "LATITUDE…" options…
	latitudes=$1
	shift
	# shellcheck disable=SC2086 # each is a word
	start run "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 $format --patience 2 \
		--expect "$claimed" --allow-writes --allow-inconclusive "$@"
	await_server run
	# shellcheck disable=SC2086 # each is a word
	start device python3 "$tools/odd_device.py" "$uri" $latitudes
	await run
	signal device KILL
	await device
}
nothing_is_wrong() { # what
	lacks "$1" "$tmp/run.out" 'FAIL  ' 'ERROR portfolio' 'ERROR raw'
}
cp "$tools/odd_device.json" "$tmp/odd.json"
sed '2s/^/ "extra_arguments": "4='"'app'"'",/' "$tmp/odd.json" >"$tmp/demanding.json"
chmod 600 "$tmp/odd.json" "$tmp/demanding.json"
claimed=$tmp/odd.json

# --- as ours -------------------------------------------------------------------------------------------
most="portfolio/use-case-1 portfolio/use-case-1-notify portfolio/state-error portfolio/state-data-avail
portfolio/component-refuses portfolio/arguments-missing portfolio/arguments-printed portfolio/read-levels
portfolio/notify-snapshot portfolio/observe-carries portfolio/identity-writes portfolio/second-request-notified
portfolio/duplicate-execute portfolio/duplicate-read portfolio/refused-while-running portfolio/instances-apart
portfolio/arguments-wide portfolio/delete-too-much raw/messages"
# shellcheck disable=SC2086 # each is a word
play refuses-creation $most
nothing_is_wrong "no liberties"
lacks "no liberties" "$tmp/run.out" 'warn  '
has "no liberties" "$tmp/run.out" '17 passed, 0 failed, 2 skipped'

# --- an Identity instance that is not there is created (PF-DM-8) ----------------------------------------
play "" portfolio/identity-writes
nothing_is_wrong "it creates"
has "it creates" "$tmp/run.out" 'not applicable: line 37' 'accepted by PF-DM-8'

# --- separate answers: a duplicate is acknowledged only (RFC 7252 4.2) ----------------------------------
play separate portfolio/duplicate-execute portfolio/duplicate-read portfolio/use-case-1 raw/messages
nothing_is_wrong "separate answers"
has "separate answers" "$tmp/run.out" '4 passed, 0 failed'
play "separate twice" portfolio/duplicate-execute portfolio/duplicate-read portfolio/use-case-1 raw/messages
nothing_is_wrong "separate answers that come twice"
has "separate answers that come twice" "$tmp/run.out" '4 passed, 0 failed'

# --- ERROR instead of 4.00, and it stays: nothing is held against the scenarios that follow ---------------
play "late-refusal keeps-error" portfolio/arguments-missing portfolio/use-case-1 portfolio/read-levels \
	portfolio/state-data-avail portfolio/refused-while-running portfolio/use-case-1-polling
nothing_is_wrong "ERROR is left behind"
has "ERROR is left behind" "$tmp/run.out" 'accepted by I-9' 'pass  portfolio/use-case-1 ' 'pass  portfolio/read-levels '
lacks "ERROR is left behind" "$tmp/run.out" 'warn  '

# --- what follows from a warning is not judged -----------------------------------------------------------
play keeps-error portfolio/state-error portfolio/component-refuses portfolio/use-case-1
nothing_is_wrong "it stays in ERROR"
has "it stays in ERROR" "$tmp/run.out" 'warn  portfolio/state-error ' 'pass  portfolio/use-case-1 '

# --- where AuthData is, and whether it is there while it is empty (I-2, I-11) ------------------------------
play no-data-no-resource portfolio/observe-carries portfolio/use-case-1 portfolio/read-levels portfolio/state-data-avail \
	portfolio/state-idle
nothing_is_wrong "no AuthData, no resource"
lacks "no AuthData, no resource" "$tmp/run.out" 'warn  '
has "no AuthData, no resource" "$tmp/run.out" 'accepted by I-11: AuthData that is not there' 'pass  portfolio/use-case-1 '
for liberty in parts other-instance; do
	play "$liberty" portfolio/auth-data-instance portfolio/cancel-absent portfolio/use-case-1 portfolio/read-levels \
		portfolio/state-data-avail portfolio/observe-carries portfolio/notify-snapshot
	nothing_is_wrong "AuthData: $liberty"
	lacks "AuthData: $liberty" "$tmp/run.out" 'warn  '
	has "AuthData: $liberty" "$tmp/run.out" 'accepted by I-2: AuthData is not in resource instance 0 alone' \
		'pass  portfolio/use-case-1 ' '4 passed, 0 failed, 3 skipped'
done

# --- what the text does not settle (I-9, LWM2M-EXECUTE) -----------------------------------------------------
play signs-removed portfolio/identity-removed
nothing_is_wrong "a removed Identity is signed"
has "a removed Identity is signed" "$tmp/run.out" 'accepted by I-9: the provisioned hash is signed' '1 passed, 0 failed'
play "" portfolio/identity-removed lwm2m/registration-update
has "it is not" "$tmp/run.out" '2 passed, 0 failed'
lacks "it is not" "$tmp/run.out" 'accepted by'
play deaf-execute lwm2m/registration-update
nothing_is_wrong "arguments nobody reads"
has "arguments nobody reads" "$tmp/run.out" 'accepted by LWM2M-EXECUTE' '1 passed, 0 failed'

# --- LwM2M 1.0 is asked for all that it has -----------------------------------------------------------------
sed 's/"lwm2m": "1.1"/"lwm2m": "1.0"/' "$tools/odd_device.json" >"$tmp/odd.json"
play lwm2m-1.0 raw/payloads security/object-0 portfolio/use-case-1
nothing_is_wrong "LwM2M 1.0"
has "LwM2M 1.0" "$tmp/run.out" '3 passed, 0 failed'
cp "$tools/odd_device.json" "$tmp/odd.json"

# --- the order of notifications ---------------------------------------------------------------------------
play data-first portfolio/use-case-1-notify portfolio/notify-snapshot
nothing_is_wrong "AuthData is told first"
has "AuthData is told first" "$tmp/run.out" 'PF-STATE-11 (I)'

# --- TLV and text only, and no composite operations, as LwM2M 1.1 allows ------------------------------------
play refuses-creation portfolio/composite-read portfolio/composite-observe portfolio/composite-write \
	portfolio/formats-1.1 portfolio/formats raw/payloads raw/payloads-1.1
nothing_is_wrong "no SenML"
lacks "no SenML" "$tmp/run.out" 'warn  '
has "no SenML" "$tmp/run.out" 'accepted by PF-DM-7' 'accepted by PF-DM-4' 'pass  portfolio/formats ' \
	'pass  raw/payloads '

# What a step leaves to the server is written in what the device has, and so is what it had before.
format=
play refuses-creation portfolio/refused-while-running
format="--format tlv"
lacks "another format of the server's choice" "$tmp/run.out" 'warn  ' 'FAIL  '
has "another format of the server's choice" "$tmp/run.out" '1 passed, 0 failed'

# --- octets about what is not claimed -----------------------------------------------------------------------
play "" raw/conditional raw/blocks
nothing_is_wrong "octets"
has "octets about what is not claimed" "$tmp/run.out" 'line 7 is about /3/0/14, which profile' 'line 8 is about /16/0/0, which profile'

# --- arguments that the device demands (I-8): what is dictated without them is not applicable ---------------------
claimed=$tmp/demanding.json
play "demands-argument refuses-creation" raw/duplicates raw/messages raw/payloads raw/held-answers portfolio/duplicate-execute \
	portfolio/use-case-1 portfolio/arguments-missing portfolio/arguments-malformed portfolio/arguments-printed \
	portfolio/arguments-default-key portfolio/refused-while-running
claimed=$tmp/odd.json
nothing_is_wrong "it demands an argument"
lacks "it demands an argument" "$tmp/run.out" 'warn  '
has "it demands an argument" "$tmp/run.out" 'leaves out argument 4, which profile' 'demands (I-8)' \
	'pass  portfolio/use-case-1 '

# --- what answers nothing is a broken rule, and says what came ------------------------------------------------
printf 'title "The manufacturer"\ncovers LWM2M-READ\nprofile vehicle\nexpect register\nread $pf/0/1 => 2.05 "Acme" within 1s\n' \
	>"$tmp/spoilt.scenario"
printf 'title "The model"\ncovers LWM2M-READ\nprofile vehicle\nexpect register\nread $pf/0/2 => 2.05 "Model3"\n' \
	>"$tmp/well.scenario"
found() { # fault what-is-said… ; the device answers all else as before
	fault=$1
	shift
	play "$fault" "$tmp/spoilt.scenario" "$tmp/well.scenario"
	has "$fault" "$tmp/run.out" 'FAIL  ' ': fail: read /16/3/0/1' 'rule      LWM2M-READ' \
		'rule      COAP-REQUEST' '1 passed, 1 failed' "$@"
	lacks "$fault" "$tmp/run.out" 'does not answer any more' 'LWM2M-NOTIFY'
}
found malformed-ack 'no valid CoAP message: nothing follows its payload marker (hex:' '] malformed: nothing follows'
found garbage 'no valid CoAP message: its version is not 1 (hex:000167617262616765)'
found other-token 'its answer 2.05 has another token: '
found other-token-separate 'its answer 2.05 has another token: ' ', which no request had'
found unknown-option 'it has a critical option that nobody knows'
found reset 'a Reset came instead of an answer'

# --- a repeated request whose answer came with the acknowledgement -----------------------------------------------
play repetition-ignored portfolio/duplicate-read portfolio/use-case-1
has "silence to a repetition" "$tmp/run.out" 'fail: repeat' 'so it comes again' 'rule      PF-STATE-9' '1 passed, 1 failed'
lacks "silence to a repetition" "$tmp/run.out" 'inconclusive' 'does not answer any more'

# Once that is found, nobody waits for it in each scenario.
play "other-token always" "$tmp/spoilt.scenario" "$tmp/well.scenario"
has "all answers are none" "$tmp/run.out" 'FAIL  ' 'no answer of it fits: its answer 2.05 has another token' \
	'0 passed, 2 failed' '1 could not be run'

finish
