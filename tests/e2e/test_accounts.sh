#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A device with two servers, each a process of its own. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

start_server first -l coap://127.0.0.1:0
first_uri=$uri
start_server second -l coap://127.0.0.1:0
second_uri=$uri
sed "s#coap://127.0.0.1:5683#$first_uri#; s#coap://127.0.0.1:5693#$second_uri#" \
	"$data/profiles/two-servers.json" >"$tmp/two.json"
start_device device -p "$tmp/two.json" --json

# --- both know it (ETS 950) -------------------------------------------------------------------------
comes "it registers with both" "$tmp/device.out" '"event":"registered"' 2
comes "the state names the server" "$tmp/device.out" 'registration with server 102'
say first 'read /1/0/0 => 2.05 101'
say second 'read /1/1/0 => 2.05 102'
comes "the first one reads" "$tmp/first.out" '> read /1/0/0'
comes "the second one reads" "$tmp/second.out" '> read /1/1/0'

# --- rights -----------------------------------------------------------------------------------------
say second 'write /16/0/0/3 "2.0" => 4.01'
say second 'execute /16/0/1 0=0,1=0,2=5 => 4.01'
say second 'read /1/0/1 => 4.01'
say second 'read-composite /3/0/0 /1/0/1 => 2.05'
say first 'write /16/0/0/3 "2.0" => 2.04'
comes "the second one may not write" "$tmp/second.out" '> read-composite'

# --- attributes (ETS 951) -----------------------------------------------------------------------------
say first 'attributes /3/0 pmin=2&pmax=10 => 2.04'
say second 'attributes /3/0 pmin=15&pmax=50 => 2.04'
say first 'discover /3/0 => 2.05'
say second 'discover /3/0 => 2.05'
comes "the first one's" "$tmp/first.out" 'pmin=2;pmax=10'
comes "the second one's" "$tmp/second.out" 'pmin=15;pmax=50'
lacks "only its own" "$tmp/first.out" 'pmin=15'
lacks "only its own" "$tmp/second.out" 'pmin=2;'

# --- a result is there for both -----------------------------------------------------------------------
say second 'observe /16/0/3 => 2.05 0'
comes "the second one observes" "$tmp/second.out" '> observe'
say first 'execute /16/0/1 0=0,1=0,2=5 => 2.04'
comes "the state is told to the second one" "$tmp/second.out" 'notify /16/0/3'
say second 'read /16/0/2 => 2.05'
comes "the second one fetches it" "$tmp/second.out" '> read /16/0/2'
say first 'read /16/0/3 => 2.05 0'

# --- one goes, the other stays -------------------------------------------------------------------------
say second 'execute /1/0/4 => 4.01'
say second 'execute /1/1/8 => 2.04'
comes "an update for the second one" "$tmp/device.out" '"event":"updated"'
lacks "as expected" "$tmp/first.out" expected
lacks "as expected" "$tmp/second.out" expected
stop second
say device 'send /3/0/9'
comes "the first one gets what is sent" "$tmp/first.out" 'send '
say first 'read /3/0/0 => 2.05 "Acme"'
comes "the first one goes on" "$tmp/first.out" '> read /3/0/0'
signal device TERM
ends_with 143 "SIGTERM" device
comes "it deregisters" "$tmp/first.err" deregistered
stop first
finish
