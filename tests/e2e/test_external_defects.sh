#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Somebody else's device with a mistake: the shipped scenarios find it from outside, by the rule that it
# breaks, and leave the device as it was. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$tmp/as-it-was.scenario" <<'.'
title    "As it was"
covers   PF-OBJ-2 PF-OBJ-8
profile  vehicle

expect   register
read     $pf/0 => 2.05 {0="WVX0123456789", 1="Acme Motors", 2="Roadster", 3="1.4.2"} [PF-OBJ-2 PF-OBJ-8]
read     /1/0  => 2.05 has {1=300, 5=86400}
read     /3/0/14 => 2.05 "+01:00"
discover /3/0/9 => 2.05 links exactly(</3/0/9>)
raw GET  /16/7 => 4.04
.

play() { # profile defect scenario…
	profile=$1 defect=$2
	shift 2
	start "$defect" "$BIN" run --device external --listen coap://127.0.0.1:0 --ready-fd 3 \
		--expect "$profile" --allow-writes --allow-inconclusive --patience 2 "$@"
	await_server "$defect"
	start_device "$defect-device" -q -p "$profile" -s "$uri" --defect "$defect"
}
judge() { # defect rule
	await "$1"
	has "$1 is found by $2" "$tmp/$1.out" "rule      $2 ("
	case $changed in
	*" $1 "*) ;;
	*) has "$1: it is as it was" "$tmp/$1.out" "pass  $tmp/as-it-was.scenario" ;;
	esac
	stop "$1-device"
}
judge_all() {
	for one in $begun; do
		judge "${one%=*}" "${one#*=}"
	done
	begun=
	count=0
}
cat >"$tmp/table" <<'.'
vehicle     execute-keeps-status         PF-STATE-1        portfolio/state-data-avail
vehicle     data-without-status          PF-STATE-2        portfolio/use-case-1
vehicle     write-kills-process          PF-STATE-2        portfolio/refused-while-running
two-instances execute-resets-others      PF-STATE-2        portfolio/instances-apart
limits      hash-of-32-octets            PF-AUTH-1         portfolio/long-identity
vehicle     notification-numbers-fall    LWM2M-NOTIFY      portfolio/notify-status-alone
vehicle     error-is-idle                PF-STATE-3        portfolio/create-unprovisioned
vehicle     object-read-resets-nothing   PF-STATE-4        portfolio/read-levels
vehicle     notify-resets-nothing        PF-STATE-5        portfolio/notify-levels
vehicle     read-keeps-data              PF-STATE-6        portfolio/read-levels
vehicle     old-status-told              PF-STATE-1        portfolio/second-request-before-fetch
vehicle     old-data-told                PF-STATE-6        portfolio/second-request-notified
vehicle     held-back-data-is-old        PF-STATE-6        portfolio/second-request-notified
vehicle     notifies-unconfirmed         PF-STATE-11       portfolio/use-case-1-notify
vehicle     reset-told-first             PF-STATE-11       portfolio/use-case-1-notify
vehicle     observed-again-told-twice    PF-DM-6           portfolio/observe-again
vehicle     status-not-notified          PF-STATE-7        portfolio/notify-status-alone
vehicle     refused-shows-error          PF-STATE-8        portfolio/arguments-missing
vehicle     repeated-message-runs-again  PF-STATE-9        portfolio/duplicate-execute
vehicle     service-ignored              PF-ARG-1          portfolio/arguments-accepted
vehicle     identity-ignored             PF-ARG-2          portfolio/arguments-choose-identity
vehicle     key-ignored                  PF-ARG-4          portfolio/arguments-choose-key
vehicle     key-of-8-bits                PF-ARG-4          portfolio/arguments-wide
vehicle     hex-challenge-padded         PF-ARG-8          portfolio/arguments-accepted
vehicle-1.1 octets-as-usual-base64       PF-DM-4           portfolio/object
vehicle     attributes-stay              LWM2M-ATTRIBUTES  lwm2m/numeric-attributes
vehicle     malformed-arguments-accepted PF-ARG-6          portfolio/arguments-malformed
vehicle     repeated-argument-accepted   PF-ARG-7          portfolio/arguments-missing
vehicle     challenge-of-32-bits         PF-ARG-8          portfolio/arguments-accepted
vehicle     challenge-left-out           PF-AUTH-1         portfolio/use-case-1
vehicle     hash-of-written-identity     PF-AUTH-2         portfolio/identity-altered
vehicle     identity-and-key-swapped     PF-AUTH-3         portfolio/arguments-choose
vehicle     encrypts-no-challenge        PF-ENC-1          portfolio/use-case-2
vehicle     keys-of-other-service        PF-SC-3           portfolio/use-case-2
vehicle     unkeyed-signature            PF-SC-1           portfolio/use-case-1
vehicle     key-in-answer                PF-SC-6           portfolio/arguments-malformed
vehicle     get-auth-data-readable       PF-OBJ-3          portfolio/object
vehicle     status-writable              PF-OBJ-5          portfolio/object
vehicle     discover-lacks-status        PF-OBJ-6          portfolio/object-resources
vehicle     created-not-told             PF-DM-1           portfolio/create-delete
vehicle     id-in-use-accepted           PF-DM-1           portfolio/create-delete
vehicle     deleted-not-told             PF-DM-2           portfolio/create-delete
vehicle     update-replaces              PF-DM-3           portfolio/identity-writes
vehicle     accept-ignored               PF-DM-4           portfolio/formats
vehicle     missing-is-empty             PF-DM-5           portfolio/missing
vehicle     pmin-ignored                 PF-DM-6           portfolio/observe-periods
vehicle-1.1 composite-lacks-portfolio    PF-DM-7           portfolio/composite-read
vehicle     single-write-replaces-all    PF-DM-8           portfolio/identity-writes
vehicle     attributes-not-inherited     PF-DM-6           portfolio/periods-inherited
vehicle     attributes-forgotten         LWM2M-ATTRIBUTES  lwm2m/numeric-attributes
vehicle     reset-ignored                LWM2M-CANCEL      portfolio/observe-cancelled
vehicle     registers-for-a-year         LWM2M-REGISTER    lwm2m/registered
vehicle     lifetime-not-told            LWM2M-UPDATE      lwm2m/registration-update
.
# Of these nobody can tell how it was, or put it back; the last two are no vehicles.
changed=" missing-is-empty single-write-replaces-all execute-resets-others hash-of-32-octets "
begun=
count=0
# Several at a time: most of it is waiting.
while read -r profile defect rule scenario; do
	play "$profile" "$defect" "scenarios/$scenario.scenario" "$tmp/as-it-was.scenario"
	begun="$begun $defect=$rule"
	count=$((count + 1))
	[ "$count" -lt 10 ] || judge_all
done <"$tmp/table"
judge_all

# What only an interpretation forbids is a warning, and fails nothing behind it.
play vehicle error-stays portfolio/state-error portfolio/use-case-1
await error-stays
has "ERROR that stays is a warning" "$tmp/error-stays.out" "warn  portfolio/state-error"
has "ERROR that stays ends with the next scenario" "$tmp/error-stays.out" "pass  portfolio/use-case-1"
stop error-stays-device

finish
