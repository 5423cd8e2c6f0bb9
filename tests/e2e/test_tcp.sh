#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# CoAP over TCP and TLS: both ends, what goes wrong, and openssl and GnuTLS as the other end.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

keys=$data/profiles/keys
file=$keys/server.security
key=000102030405060708090a0b0c0d0e0f
identity=urn:dev:vehicle-0001

# --- plain text -------------------------------------------------------------------------------------
printf 'read /3/0/0\nobserve /3/0/9\nread /16/0 as tlv\n' >"$tmp/lines"
feed "$tmp/lines" server "$BIN" server -l coap+tcp://127.0.0.1:0 -l coap://127.0.0.1:0 --ready-fd 3 \
	--stay -v
ok "the server listens" until_line "$tmp/server.ready"
until_line "$tmp/server.ready" 2
tcp=$(grep '^coap+tcp://127.0.0.1:' "$tmp/server.ready")
udp=$(grep '^coap://127.0.0.1:' "$tmp/server.ready")
sed 's/"4": {}, /&"18": 1, /' "$data/profiles/vehicle-1.1.json" >"$tmp/quick.json"
start_device device -p "$tmp/quick.json" -s "$tcp" -v
ok "a device registers" until_line "$tmp/device.ready"
comes "it tells its binding" "$tmp/server.err" 'b=T'
comes "an operation" "$tmp/server.out" 'Acme'
say device 'set /3/0/9 55'
comes "what was observed" "$tmp/server.out" 'notify /3/0/9 2.05 55'
signal server KILL
await server
comes "a server that goes is missed" "$tmp/device.err" 'lost the session'
comes "at once" "$tmp/device.err" 'nobody listens there; trying again in 1 s'
start_server both -l "$tcp" -l "$udp" -v
comes "and found when it is back" "$tmp/both.err" '" registered'
stop device
start_device by-tcp -p vehicle-1.1 -s "$tcp"
start_device by-udp -p minimal -s "$udp"
ok "one server, by TCP" until_line "$tmp/by-tcp.ready"
ok "and by UDP" until_line "$tmp/by-udp.ready"
stop by-tcp
comes "who leaves is deregistered" "$tmp/both.err" 'deregistered'
start_device nobody -p vehicle-1.1 -s coap+tcp://127.0.0.1:9
comes "nobody listens" "$tmp/nobody.err" 'nobody listens there'
exits 4 "an address that is taken" "$BIN" server -l "$tcp"
has "which is said" "$tmp/err" 'in use'
exits 2 "no such scheme" "$BIN" server -l coap+udp://127.0.0.1:0
has "which is said" "$tmp/err" 'coaps+tcp://'
exits 2 "keys for plain text" "$BIN" device -p vehicle-psk -s coap+tcp://127.0.0.1:9
exits 2 "no keys" "$BIN" device -p vehicle-1.1 -s coaps+tcp://127.0.0.1:9

# --- one address for every mode of TLS ----------------------------------------------------------------
start_server tls -l coaps+tcp://127.0.0.1:0 --security "$file" --json
port=${uri##*:}
for mode in psk x509 rpk; do
	start_device "$mode" -p "vehicle-$mode" -s "$uri" --json
	ok "a device with $mode registers" until_line "$tmp/$mode.ready"
	comes "its suite" "$tmp/$mode.out" '"suite":"TLS1.2 TLS_'
	ok "which comes first" [ "$(grep -o '"event":"[a-z]*ed"' "$tmp/$mode.out" | head -n 1)" = '"event":"secured"' ]
	stop "$mode"
done
has "a pre-shared key's identity" "$tmp/tls.out" "\"identity\":\"$identity\""
has "a raw public key's" "$tmp/tls.out" '"identity":"sha256:'
lacks "no key is shown" "$tmp/tls.out" "$key"

# --- what goes wrong: in the end nothing was said -----------------------------------------------------
sed 's/"hex:000102/"hex:ff0102/' "$data/profiles/vehicle-psk.json" >"$tmp/wrong-key.json"
sed 's/"identity": "urn:dev/"identity": "urn:nobody/' "$data/profiles/vehicle-psk.json" >"$tmp/unknown.json"
sed -e "s#file:keys/ca.pem#file:$keys/other-ca.pem#" -e "s#file:keys/#file:$keys/#" \
	"$data/profiles/vehicle-x509.json" >"$tmp/distrust.json"
sed -e 's#file:keys/server.pub#file:keys/client.pub#' -e "s#file:keys/#file:$keys/#" \
	"$data/profiles/vehicle-rpk.json" >"$tmp/other-key.json"
refuses() { # name sentence
	start_device "$1" -p "$tmp/$1.json" -s "$uri"
	comes "$1" "$tmp/$1.err" "$2"
	lacks "$1 is not registered" "$tmp/$1.ready" registered
}
refuses wrong-key 'from the other end'
refuses unknown 'from the other end'
comes "the server names it" "$tmp/tls.out" 'nobody is known by the identity'
refuses distrust 'does not lead to a trust anchor'
refuses other-key 'public key of the server is not that of the account'
comes "the server tells of a wrong key" "$tmp/tls.out" 'the keys of both ends differ; alert 20'
comes "and of the alert that came" "$tmp/tls.out" 'alert 48 (CA is unknown) from the other end'
start_server plain -l coap+tcp://127.0.0.1:0
start_device no-tls-there -p vehicle-psk -s "coaps+tcp://127.0.0.1:${uri##*:}"
comes "a server without TLS" "$tmp/no-tls-there.err" 'is it a coaps+tcp:// server?'
start_server silent -l coaps+tcp://127.0.0.1:0 --security "$file"
start_device tls-there -p vehicle-1.1 -s "coap+tcp://127.0.0.1:${uri##*:}"
comes "a server with TLS" "$tmp/tls-there.err" 'is it a server without TLS?'
comes "who warns of it" "$tmp/silent.err" 'warning: handshake with 127.0.0.1:'
uri=$(grep '^coaps+tcp' "$tmp/tls.ready")
for name in other-name expired; do
	sed -e "s#\"certificate\": \"file:[^\"]*\"#\"certificate\": \"file:$name.pem\"#" \
		-e "s#file:\([a-z]\)#file:$keys/\1#g" "$file" >"$tmp/$name.security"
	start_server "$name-server" -l coaps+tcp://127.0.0.1:0 --security "$tmp/$name.security"
	start_device "$name" -p vehicle-x509 -s "$uri"
done
comes "a certificate for another" "$tmp/other-name.err" 'not for "server.example.com"'
comes "an expired one" "$tmp/expired.err" 'certificate is expired'

# --- independent peers ----------------------------------------------------------------------------------
# A CSM, then GET /rd with the token aa: refused by us, in the same session.
get() { # name command…
	start "$@"
	put "$1" '\000\341\061\001\252\262rd'
}
get psk_client openssl s_client -tls1_2 -psk "$key" -psk_identity "$identity" \
	-cipher PSK-AES128-CCM8:@SECLEVEL=0 -connect "127.0.0.1:$port"
comes "openssl with a pre-shared key" "$tmp/psk_client.out" 'TLSv1.2, Cipher is PSK-AES128-CCM8'
comes "its request" "$tmp/tls.out" '"code":"GET","path":"/rd"'
get x509_client openssl s_client -tls1_2 -connect "127.0.0.1:$port" -cert "$keys/client.pem" \
	-key "$keys/client.key" -CAfile "$keys/ca.pem" -verify_hostname server.example.com
comes "openssl with a certificate" "$tmp/x509_client.out" 'Verify return code: 0 (ok)'
get anonymous openssl s_client -tls1_2 -connect "127.0.0.1:$port"
comes "openssl without one" "$tmp/anonymous.err" 'alert'

get raw_client gnutls-cli --port "$port" 127.0.0.1 --rawpkkeyfile "$keys/client.key" \
	--rawpkfile "$keys/client.pub" --no-ca-verification --priority \
	"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CTYPE-ALL:+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK"
comes "GnuTLS with a raw public key" "$tmp/raw_client.out" 'Handshake was completed'
has "which it shows" "$tmp/raw_client.out" 'Certificate type: Raw Public Key'
comes "the requests of all three" "$tmp/tls.out" '"code":"GET","path":"/rd"' 3

serve_by_openssl() { # name options…
	listener=$1
	shift
	rm -f "$tmp/$listener.in"
	mkfifo "$tmp/$listener.in"
	feed "$tmp/$listener.in" "$listener" openssl s_server -tls1_2 -accept 127.0.0.1:0 "$@"
	comes "openssl listens" "$tmp/$listener.out" ACCEPT
	port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$tmp/$listener.out")
}
serve_by_openssl psk_server -nocert -psk "$key" -psk_identity "$identity" -cipher PSK
start_device psk_foreign -p vehicle-psk -s "coaps+tcp://127.0.0.1:$port" --json
comes "openssl as server" "$tmp/psk_foreign.out" '"suite":"TLS1.2 TLS_'
comes "it gets the registration" "$tmp/psk_server.out" "ep=$identity"
serve_by_openssl x_server -cert "$keys/server.pem" -key "$keys/server.key" -CAfile "$keys/ca.pem" -Verify 1
start_device x_foreign -p vehicle-x509 -s "coaps+tcp://127.0.0.1:$port" --json
comes "openssl as server with a certificate" "$tmp/x_foreign.out" '"suite":"TLS1.2 TLS_ECDHE_ECDSA_'
comes "it gets that registration" "$tmp/x_server.out" "ep=$identity"

# --- bodies of several blocks, by every transport ------------------------------------------------------
psk="\"mode\": \"psk\", \"identity\": \"$identity\", \"key\": \"hex:$key\""
for scheme in coap coap+tcp coaps coaps+tcp; do
	sed "s#coap://127#$scheme://127#; s#\"endpoint\": #\"lwm2m\": \"1.1\", &#" "$data/profiles/limits.json" >"$tmp/blocks.json"
	case $scheme in
	coaps*) sed -i "s#\"mode\": \"none\"#$psk#" "$tmp/blocks.json" ;;
	esac
	exits 0 "AuthData in blocks by $scheme" "$BIN" run -p "$tmp/blocks.json" --strict \
		"$data/scenarios/portfolio/notify-in-blocks.scenario" \
		"$data/scenarios/portfolio/no-endless-notifications.scenario" \
		"$data/scenarios/portfolio/observe-carries.scenario"
	has "which are all played" "$tmp/out" '3 passed, 0 failed'
done
finish
