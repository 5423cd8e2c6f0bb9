#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Secured links: both ends, what goes wrong, and the openssl command line as the other end.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

file=$data/profiles/keys/server.security
key=000102030405060708090a0b0c0d0e0f
identity=urn:dev:vehicle-0001

# --- both ends ------------------------------------------------------------------------------------
start_server server -l coaps://127.0.0.1:0 --security "$file" --json
start_device device -p vehicle-psk -s "$uri" --json
ok "the device registers" until_line "$tmp/device.ready"
comes "the device tells the suite" "$tmp/device.out" '"suite":"DTLS1.2 TLS_'
comes "and so does the server, with the identity" "$tmp/server.out" "\"identity\":\"$identity\""
has "the address that is listened on" "$tmp/server.ready" 'coaps://127.0.0.1:'
lacks "no key is shown" "$tmp/device.out" "$key"
lacks "nor by the server" "$tmp/server.out" "$key"

# --- what goes wrong: in the end nothing was said ---------------------------------------------------
sed 's/"hex:000102/"hex:ff0102/' "$data/profiles/vehicle-psk.json" >"$tmp/wrong-key.json"
sed 's/"identity": "urn:dev/"identity": "urn:nobody/' "$data/profiles/vehicle-psk.json" >"$tmp/unknown.json"
start_device wrong -p "$tmp/wrong-key.json" -s "$uri"
start_device unknown -p "$tmp/unknown.json" -s "$uri"
exits 2 "coaps without keys" "$BIN" device -p vehicle -s "$uri"
has "which is said" "$tmp/err" 'does not fit the account'
exits 2 "keys for plain text" "$BIN" device -p vehicle-psk -s coap://127.0.0.1:9
has "which is said" "$tmp/err" 'does not fit the account'
exits 2 "a link that LwM2M 1.0 has not" "$BIN" device -p vehicle@1.0 -s coap+tcp://127.0.0.1:9
has "which is said" "$tmp/err" 'needs a device of LwM2M 1.1'
start_device nobody -p vehicle-psk -s coaps://127.0.0.1:9
comes "an unknown identity" "$tmp/unknown.err" 'alert 40 (Handshake failed) from the other end'
comes "the server names it" "$tmp/server.out" 'nobody is known by the identity'
comes "nobody listens" "$tmp/nobody.err" 'nobody listens there'
ok "what was sent is given up once" [ "$(grep -c 'given up' "$tmp/nobody.out")" = 1 ]
comes "a wrong key" "$tmp/wrong.err" 's: wrong key?'
comes "the server names who it was" "$tmp/server.out" \
	"(\\\"$identity\\\") failed: handshake not completed within "
for name in wrong unknown nobody; do
	lacks "$name is not registered" "$tmp/$name.ready" registered
done
exits 4 "the end of the device that has the wrong key" "$BIN" device -p "$tmp/wrong-key.json" -s "$uri"
has "which is said" "$tmp/err" '; not trying again' 'could not be secured'
exits 4 "and of the one that nobody knows" "$BIN" device -p "$tmp/unknown.json" -s "$uri" --json
has "which is an event" "$tmp/out" '"event":"unsecured"'
exits 2 "coaps needs a file" "$BIN" server -l coaps://127.0.0.1:0
has "which is said" "$tmp/err" '--security'
exits 3 "which must be there" "$BIN" server -l coaps://127.0.0.1:0 --security "$tmp/none"
echo 'read /3/0/0' >"$tmp/one"
start_device late -p "$tmp/unknown.json" -s coaps://127.0.0.1:9
exits 4 "one operation, and no device comes" sh -c \
	"'$BIN' server -l coaps://127.0.0.1:0 --security '$file' -w 300ms <'$tmp/one'"

# --- an independent peer ----------------------------------------------------------------------------
# GET /rd as a confirmable message: the server of ours refuses it, in the same session.
port=${uri##*:}
start s_client openssl s_client -dtls1_2 -psk "$key" -psk_identity "$identity" \
	-cipher PSK-AES128-CCM8:@SECLEVEL=0 -connect "127.0.0.1:$port"
comes "openssl as client" "$tmp/s_client.out" 'TLSv1.2, Cipher is PSK-AES128-CCM8'
put s_client '\100\001\000\007\262rd'
comes "the suite as our server has it" "$tmp/server.out" 'TLS_PSK_WITH_AES_128_CCM_8'
comes "its request" "$tmp/server.out" '"message_id":7'

start s_server openssl s_server -dtls1_2 -nocert -psk "$key" \
	-psk_identity "$identity" -accept 127.0.0.1:0 -cipher PSK
comes "openssl listens" "$tmp/s_server.out" ACCEPT
port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$tmp/s_server.out")
start_device foreign -p vehicle-psk -s "coaps://127.0.0.1:$port" --json
comes "openssl as server" "$tmp/foreign.out" '"suite":"DTLS1.2 TLS_'
comes "it gets the registration" "$tmp/s_server.out" "ep=$identity"

# --- certificates -----------------------------------------------------------------------------------
keys=$data/profiles/keys
variant() { # what member file: that server with another file for one member
	sed -e "s#\"$2\": \"file:[^\"]*\"#\"$2\": \"file:$3\"#" -e "s#file:\([a-z]\)#file:$keys/\1#g" \
		"$file" >"$tmp/$1.security"
}
start_device x509 -p vehicle-x509 -s "$uri" --json
ok "a device with a certificate registers" until_line "$tmp/x509.ready"
start_device by-name -p vehicle-x509 -s "coaps://server.example.com:${uri##*:}"
ok "another port of the host, at the address of the profile" until_line "$tmp/by-name.ready"
comes "its suite" "$tmp/x509.out" '"suite":"DTLS1.2 TLS_ECDHE_ECDSA_'
comes "its name as the server has it" "$tmp/server.out" '"identity":"urn:dev:vehicle-0001"' 2
refuses() { # what member file sentence
	variant "$1" "$2" "$3"
	start_server "$1" -l coaps://127.0.0.1:0 --security "$tmp/$1.security"
	exits 4 "$1" "$BIN" device -p vehicle-x509 -s "$uri"
	has "$1: why" "$tmp/err" "$4"
	lacks "$1: not registered" "$tmp/out" registered
}
refuses other-name certificate other-name.pem 'not for "server.example.com"'
refuses expired certificate expired.pem 'certificate is expired'
refuses stranger trust other-ca.pem 'from the other end'
comes "the server tells whom it refused" "$tmp/stranger.err" \
	'("urn:dev:vehicle-0001") failed: its certificate does not lead to a trust anchor'
sed -e "s#file:keys/ca.pem#file:$keys/other-ca.pem#" -e "s#file:keys/#file:$keys/#" \
	"$data/profiles/vehicle-x509.json" >"$tmp/distrust.json"
variant usual certificate server.pem
start_server usual -l coaps://127.0.0.1:0 --security "$tmp/usual.security"
start_device distrust -p "$tmp/distrust.json" -s "$uri"
comes "no anchor" "$tmp/distrust.err" 'does not lead to a trust anchor'
port=${uri##*:}
echo | timeout 5 openssl s_client -dtls1_2 -connect "127.0.0.1:$port" >"$tmp/anonymous" 2>&1
has "a client without a certificate" "$tmp/anonymous" alert
comes "which the server tells" "$tmp/usual.err" \
	'failed: it has no certificate, or no cipher suite in common with this server'
start x_client openssl s_client -dtls1_2 -connect "127.0.0.1:$port" -cert "$keys/client.pem" \
	-key "$keys/client.key" -CAfile "$keys/ca.pem" -verify_hostname server.example.com
comes "openssl with a certificate" "$tmp/x_client.out" 'Verify return code: 0 (ok)'

start x_server openssl s_server -dtls1_2 -cert "$keys/server.pem" \
	-key "$keys/server.key" -CAfile "$keys/ca.pem" -Verify 1 -accept 127.0.0.1:0
comes "openssl listens with a certificate" "$tmp/x_server.out" ACCEPT
port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$tmp/x_server.out")
start_device x_foreign -p vehicle-x509 -s "coaps://127.0.0.1:$port" --json
comes "openssl as server with a certificate" "$tmp/x_foreign.out" '"suite":"DTLS1.2 TLS_ECDHE_ECDSA_'
comes "it gets that registration" "$tmp/x_server.out" "ep=$identity"

# --- raw public keys --------------------------------------------------------------------------------
grep -v '"certificate"\|"trust"' "$file" |
	sed -e 's#\(client.pub" \]\),#\1#' -e "s#file:\([a-z]\)#file:$keys/\1#g" >"$tmp/raw.security"
start_server raw -l coaps://127.0.0.1:0 --security "$tmp/raw.security" --json
start_device rpk -p vehicle-rpk -s "$uri" --json
ok "a device with a raw public key registers" until_line "$tmp/rpk.ready"
comes "its suite" "$tmp/rpk.out" '"suite":"DTLS1.2 TLS_ECDHE_ECDSA_'
comes "its hash as the server has it" "$tmp/raw.out" '"identity":"sha256:'
sed 's#file:keys/server.pub#file:keys/client.pub#' "$data/profiles/vehicle-rpk.json" |
	sed "s#file:keys/#file:$keys/#" >"$tmp/other-server.json"
start_device other -p "$tmp/other-server.json" -s "$uri"
comes "another key of the server" "$tmp/other.err" 'public key of the server is not that of the account'
start_device mixed -p vehicle-x509 -s "$uri"
comes "a raw key where a certificate should be" "$tmp/mixed.err" 'certificate is not valid'
start_server two -l coaps://127.0.0.1:0 -l coaps://127.0.0.1:0 --security "$file"
until_line "$tmp/two.ready" 2
start_device first -p vehicle-x509 -s "$(sed -n 1p "$tmp/two.ready")"
ok "two addresses: the first has the certificate" until_line "$tmp/first.ready"
start_device second -p vehicle-rpk -s "$(sed -n 2p "$tmp/two.ready")"
comes "nobody else takes its registration" "$tmp/second.err" '4.03'
comes "which the server says" "$tmp/two.err" 'which claims to be client "urn:dev:vehicle-0001"'
stop second
stop first
start_device second -p vehicle-rpk -s "$(sed -n 2p "$tmp/two.ready")"
ok "the second has the raw public key" until_line "$tmp/second.ready"
sed 's#client.pub"#server.pub"#' "$tmp/raw.security" >"$tmp/nobody.security"
start_server nobody-raw -l coaps://127.0.0.1:0 --security "$tmp/nobody.security"
start_device refused -p vehicle-rpk -s "$uri"
comes "an unknown key of the device" "$tmp/refused.err" 'from the other end'
comes "which the server tells" "$tmp/nobody-raw.err" 'failed: nobody is known by its raw public key'
for name in other mixed refused; do
	lacks "$name is not registered" "$tmp/$name.ready" registered
done

finish
