#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Device and server against Eclipse Leshan. usage: leshan.sh FOLDER, which has its jars and our hosts for
# them (tests/interop/leshan) compiled; see interop.mk. Logs stay in FOLDER/logs-PID when something fails,
# for a day at least.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
leshan=$1
here=$data/tests/interop/leshan
object=$here/16.xml
adapter=${BIN%/*}/lwm2m-portfolio-leshan
classes=$leshan/classes:$(echo "$leshan"/jars/*.jar | tr ' ' ':')
limit=30
find "$leshan" -maxdepth 1 -name "logs-*" -mtime +0 -exec rm -rf {} +

java_peer() { # name class arguments…
	name=$1
	shift
	start "$name" nice java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dsun.net.httpserver.nodelay=true -cp "$classes" "$@"
}
# Sets the variables that the peer prints when it is ready.
await_ports() { # name
	until_line "$tmp/$1.out" || fail "$1 does not start" "$tmp/$1.err"
	for pair in $(sed -n 's/^ready //p' "$tmp/$1.out"); do
		eval "$1_${pair%=*}=${pair#*=}"
	done
}
keep_logs() {
	[ "$failed" = 0 ] && return
	mkdir -p "$leshan/logs-$$"
	find "$tmp" -maxdepth 1 -type f -size -20000k -exec cp {} "$leshan/logs-$$" \;
	echo "logs are in $leshan/logs-$$"
}
counted() { # log of a program that ends with `N passed, N failed`
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1)
	[ -n "$line" ] || {
		fail "nothing was counted" "$1"
		return
	}
	grep -v -E '^[0-9]+ passed, [0-9]+ failed$' "$1"
	passed=$((passed + ${line%% *}))
	line=${line#*, }
	failed=$((failed + ${line%% *}))
}
# What a run came to, held against leshan.expected.
judged() { # section
	[ -s "$tmp/$1.json" ] || {
		fail "$1: there is no report" "$tmp/$1.log"
		return
	}
	echo "--- $1"
	python3 "$here/verdicts.py" "$tmp/$1.json" "$here/leshan.expected" "$1" >"$tmp/$1.verdicts"
	counted "$tmp/$1.verdicts"
}

# --- their server, our device, moved by hand through its REST interface -------------------------------
java_peer server ServerPeer "$object"
await_ports server
# shellcheck disable=SC2154 # await_ports sets them
url=http://127.0.0.1:$server_http coap=coap://127.0.0.1:$server_coap coaps=coaps://127.0.0.1:$server_coaps
endpoint=urn:dev:vehicle-0001
rest() { # method path-and-query [body [type]]
	curl -sS -m 20 -X "$1" ${3+--data-binary "$3"} -H "Content-Type: ${4-text/plain}" "$url/api/$2" 2>&1
}
client() { # method path-and-query [body [type]]
	method=$1 path=$2
	shift 2
	rest "$method" "clients/$endpoint$path" "$@"
}
answers() { # what text method path [body [type]]
	what=$1 text=$2
	shift 2
	client "$@" >"$tmp/answer"
	if grep -qF -- "$text" "$tmp/answer"; then pass; else fail "$what: no $text" "$tmp/answer" "$tmp/device.err"; fi
}
has_auth_data() { client GET /16/0/3 | grep -q '"value":"1"'; }
# Use case 1 or 2: what is judged is what REST returned.
service() { # what arguments challenge format
	answers "$1: it is asked for" 'CHANGED(204)' POST /16/0/1 "$2"
	until_true has_auth_data || fail "$1: no AuthData" "$tmp/device.out"
	client GET "/16/0/2?format=$4" >"$tmp/answer"
	authdata=$(sed -n 's/.*"values":{"0":"\([0-9a-f]*\)"}.*/\1/p' "$tmp/answer")
	[ -n "$authdata" ] || fail "$1: what was read is no AuthData" "$tmp/answer"
	answers "$1: read once, gone" '"value":"0"' GET /16/0/3
}
use_cases() { # what format keys
	service "$1: use case 1" "0='0',1='1',2='81985529216486895',3='0'" 81985529216486895 "$2"
	ok "$1: the signature is genuine" "$BIN" verify --keys "$3" --identity-id 1 --challenge 81985529216486895 "hex:$authdata"
	exits 1 "$1: it is that of one challenge" "$BIN" verify --keys "$3" --identity-id 1 --challenge 81985529216486896 "hex:$authdata"
	service "$1: use case 2" "0='1',1='0',2='4660',3='0'" 4660 "$2"
	ok "$1: the identity opens" "$BIN" open --keys "$3" --identity-id 0 --challenge 4660 "hex:$authdata"
	has "$1: it is the one" "$tmp/log" WVX0123456789
}
our_device() { # what profile uri format
	"$BIN" provision -p "$2" -o "$tmp/car.json" >/dev/null || fail "no keys" "$tmp/car.json"
	start_device device -p "$tmp/car.json" -s "$3" -v
	until_line "$tmp/device.ready" || fail "$1: it does not register" "$tmp/device.err"
	answers "$1: Leshan knows it" '"url":"/16/0"' GET ""
	answers "$1: it is read" '"1":"Acme Motors"' GET "/16/0/0?format=$4"
	answers "$1: and what there is of it" '{"url":"/16/0/3","attributes":{}}' GET /16/0/discover
	use_cases "$1" "$4" "$tmp/car.keys.json"
	stop device
	rm "$tmp/car.json" "$tmp/car.keys.json"
}
our_device "LwM2M 1.0, TLV" vehicle "$coap" TLV
our_device "LwM2M 1.1, SenML JSON" vehicle-1.1 "$coap" SENML_JSON

# --- their server, moved by the adapter ------------------------------------------------------------------
start_device device -p vehicle-1.1 -s "$coap"
until_line "$tmp/device.ready" || fail "it does not register" "$tmp/device.err"
start adapter "$adapter" "$url"
ask() { # id rest of the request; then the answer
	say adapter "{\"id\":$1,\"deadline\":10000,\"endpoint\":\"$endpoint\",$2}"
	comes "the adapter: $2" "$tmp/adapter.out" "{\"id\":$1,$3"
}
say adapter '{"id":1,"deadline":10000,"do":"hello","protocol":1,"role":"server"}'
comes "hello" "$tmp/adapter.out" '{"id":1,"protocol":1,"name":"Leshan"'
has "who is there" "$tmp/adapter.out" "{\"event\":\"registered\",\"endpoint\":\"$endpoint\",\"links\":\"</1>;ver=1.1,</1/0>,"
ask 2 '"do":"read","path":"/3/0/9"' '"code":"2.05","values":[{"path":"/3/0/9","type":"integer","value":80}]}'
ask 3 '"do":"discover","path":"/16/0/0"' '"code":"2.05","links":"</16/0/0>;dim=4'
ask 4 '"do":"observe","path":"/16/0/0","format":"senml-cbor"' '"code":"2.05","values":[{"path":"/16/0/0/0"'
ask 5 '"do":"update","path":"/16/0/0","values":[{"path":"/16/0/0/7","type":"string","value":"x"}]' '"code":"2.04"}'
comes "a notification" "$tmp/adapter.out" '"event":"notify","endpoint":"urn:dev:vehicle-0001","path":"/16/0/0","code":"2.05","values":'
ask 6 '"do":"cancel","path":"/16/0/0"' '"code":"2.05"'
ask 7 '"do":"create","path":"/16/*","values":[{"path":"/16/*/0/0","type":"string","value":"y"}]' '"code":"2.01","location":"/16/1"}'
comes "an Update" "$tmp/adapter.out" '{"event":"updated","endpoint":"urn:dev:vehicle-0001","links":'
ask 8 '"do":"delete","path":"/16/1"' '"code":"2.02"}'
ask 9 '"do":"attributes","path":"/16/0/3","attributes":"pmin=1&pmax=9"' '"code":"2.04"}'
ask 10 '"do":"write-composite","values":[{"path":"/16/0/0/7","type":"string","value":"z"},{"path":"/3/0/14","type":"string","value":"+02:00"}]' '"code":"2.04"}'
ask 11 '"do":"read-composite","paths":["/16/0/0/7","/3/0/14"]' '"code":"2.05"'
has "both values" "$tmp/adapter.out" '"path":"/16/0/0/7","type":"string","value":"z"' '"value":"+02:00"'
ask 12 '"do":"observe-composite","paths":["/16/0/0/7","/3/0/14"],"format":"senml-json"' '"code":"2.05"'
ask 13 '"do":"write","path":"/3/0/14","values":[{"path":"/3/0/14","type":"string","value":"+03:00"}]' '"code":"2.04"}'
comes "a notification of several" "$tmp/adapter.out" '"event":"notify","endpoint":"urn:dev:vehicle-0001","paths":['
ask 14 '"do":"cancel-composite","paths":["/16/0/0/7","/3/0/14"]' '"code":"2.05"'
ask 15 '"do":"execute","path":"/16/0/1","arguments":"0='\''7'\''"' '"code":"4.00"'
say device "send /3/0/9"
comes "a Send" "$tmp/adapter.out" '{"event":"send","endpoint":"urn:dev:vehicle-0001","code":"2.05","values":[{"path":"/3/0/9"'
stop device
comes "De-register" "$tmp/adapter.out" '{"event":"deregistered","endpoint":"urn:dev:vehicle-0001"'
stop adapter

# --- their server, our device and the scenarios --------------------------------------------------------
their_server() { # section uri options of run…
	section=$1 uri=$2
	shift 2
	(cd "$data" && "$BIN" run --server "$uri" --driver "leshan=$url" --timeout 10s \
		--report-json "$tmp/$section.json" "$@") >"$tmp/$section.log" 2>&1
	judged "$section"
}
# A device that deregisters right after its answer to a request is quicker, now and then, than Leshan with that
# answer, and the request counts as cancelled.
# Of certificates our host has none.
left_out='lwm2m/disable|lwm2m/device-object|ets/103|ets/241|ets/40[2-4]'
files() { # folders…
	(cd "$data" && find "$@" -name '*.scenario' | grep -vE "$left_out" | LC_ALL=C sort)
}
# shellcheck disable=SC2046 # no name has blanks
their_server "server" "$coap" $(files scenarios/portfolio scenarios/lwm2m scenarios/server)

# --- by a secured link ------------------------------------------------------------
# From here on Leshan takes this client by its key only.
python3 "$here/keys.py" "$data"/profiles/ets-*.json "$data/profiles/vehicle-psk.json" >"$tmp/keys"
while read -r key; do
	rest PUT security/clients "$key" application/json >"$tmp/answer"
	ok "Leshan takes the key" is_empty "$tmp/answer"
done <"$tmp/keys"
our_device "pre-shared key, SenML CBOR" vehicle-psk "$coaps" SENML_CBOR

# --- their bootstrap server, our device ----------------------------------------------------------------
java_peer bootstrap BootstrapPeer "$endpoint" bootstrap 101112131415161718191a1b1c1d1e1f \
	"$coaps" "$endpoint" 000102030405060708090a0b0c0d0e0f
await_ports bootstrap
# shellcheck disable=SC2154
sed "s,coaps://127.0.0.1:5686,coaps://127.0.0.1:$bootstrap_coaps,; s/\"hold_off\": 1/\"hold_off\": 0/" \
	"$data/profiles/bootstrap.json" >"$tmp/bootstrap.json"
start_device device -p "$tmp/bootstrap.json" -v
until_line "$tmp/device.ready" || fail "it is not bootstrapped" "$tmp/device.err" "$tmp/device.out"
answers "after the bootstrap Leshan knows it" '"lifetime":120' GET ""
answers "by a secured link" '"secure":true' GET ""
answers "with the account that the bootstrap server wrote" '"value":"101"' GET /1/0/0
stop device
stop bootstrap
# shellcheck disable=SC2046
their_server "server-psk" "$coaps" $(files scenarios/ets)
# shellcheck disable=SC2046
their_server "server-psk-portfolio" "$coaps" -p vehicle-psk --tags use-case,object,authentication,encryption \
	$(files scenarios/portfolio)
stop server

# --- their client, our server -----------------------------------------------------------------------------
their_client() { # section uri options of run… ; the client's own options are in $link
	section=$1 listen=$2:$(free_port)
	# shellcheck disable=SC2086 # the words of $link are meant to split
	java_peer client ClientPeer "$listen" leshan-client "$object" $link
	say client "create 16"
	say client start
	shift 2
	"$BIN" run --device external --listen "$listen" --expect "$here/client.json" --wait-device 30s \
		--timeout 8s --report-json "$tmp/$section.json" "$@" >"$tmp/$section.log" 2>&1
	stop client
	judged "$section"
}
link=
cd "$data" || exit 1
their_client "client" coap://127.0.0.1 --allow-writes tests/interop/leshan/client-core.scenario \
	tests/interop/leshan/client-dummy.scenario \
	scenarios/portfolio/object.scenario scenarios/portfolio/state-idle.scenario \
	scenarios/portfolio/use-case-1-notify.scenario scenarios/portfolio/use-case-2.scenario \
	scenarios/portfolio/arguments-malformed.scenario scenarios/portfolio/device-restart.scenario \
	scenarios/portfolio/missing.scenario scenarios/portfolio/create-delete.scenario
link="leshan-client 000102030405060708090a0b0c0d0e0f"
cat >"$tmp/client.security" <<'END'
{ "security": 1, "psk": { "leshan-client": "hex:000102030405060708090a0b0c0d0e0f" } }
END
their_client "client-psk" coaps://127.0.0.1 --security "$tmp/client.security" --allow-writes \
	tests/interop/leshan/client-core.scenario
keep_logs
finish
