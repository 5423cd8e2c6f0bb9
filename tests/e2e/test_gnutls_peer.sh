#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The gnutls command line as the other end of a secured link: pre-shared and raw public keys.
# Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

keys=$data/profiles/keys
key=000102030405060708090a0b0c0d0e0f
identity=urn:dev:vehicle-0001
psk=NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+PSK
rpk=NORMAL:-VERS-ALL:+VERS-DTLS1.2:-CTYPE-ALL:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK

# A secret key of a JSON file as PEM.
pem_of() { # member file
	sed -n "s/.*\"$1\": \"base64:\\([^\"]*\\)\".*/\\1/p" "$2" | base64 -d |
		openssl pkcs8 -topk8 -nocrypt -inform DER
}
pem_of key "$data/profiles/vehicle-rpk.json" >"$tmp/client.key"
pem_of key "$keys/server.security" >"$tmp/server.key"

# GET /rd as a confirmable message, to the server at $uri; gnutls stays when its handshake succeeds.
get_rd() { # name options…
	client=$1
	shift
	start "$client" gnutls-cli --udp --noticket --port "${uri##*:}" "$@" 127.0.0.1
	put "$client" '\100\001\000\007\262rd'
}

# --- pre-shared keys: our server ----------------------------------------------------------------------
start_server server -l coaps://127.0.0.1:0 --security "$keys/server.security" --json
get_rd psk --priority "$psk" --pskusername "$identity" --pskkey "$key"
comes "it connects" "$tmp/psk.out" 'Handshake was completed'
has "with the key" "$tmp/psk.out" "PSK authentication"
comes "the server knows it by its identity" "$tmp/server.out" "\"identity\":\"$identity\""
comes "and answers" "$tmp/server.out" '"message_id":7,"code":"4.05"'
get_rd unknown --priority "$psk" --pskusername urn:nobody --pskkey "$key"
await unknown
lacks "an unknown identity" "$tmp/unknown.out" 'Handshake was completed'
has "an unknown identity is told by an alert" "$tmp/unknown.out" alert
get_rd wrong --priority "$psk" --pskusername "$identity" --pskkey ff0102030405060708090a0b0c0d0e0f
comes "a wrong key" "$tmp/server.out" 'failed: handshake not completed within '
lacks "a wrong key" "$tmp/wrong.out" 'Handshake was completed'
ok "only one was answered" [ "$(grep -c '"event":"response"' "$tmp/server.out")" = 1 ]
ok "and only one secured" [ "$(grep -c '"event":"secured"' "$tmp/server.out")" = 1 ]

# --- pre-shared keys: our device ----------------------------------------------------------------------
# It gets back what it says; what counts is who understands it.
serve() { # name options…
	port=$(free_port)
	served=$1
	shift
	start "$served" gnutls-serv --udp --echo --port "$port" "$@"
	comes "$served listens" "$tmp/$served.err" 'listening on IPv4 0.0.0.0'
}
hex_identity=$(printf %s "$identity" | od -An -tx1 | tr -d ' \n') # it has colons
echo "#$hex_identity:$key" >"$tmp/passwords"
serve psk_server --priority "$psk" --pskpasswd "$tmp/passwords"
start_device device -p vehicle-psk -s "coaps://127.0.0.1:$port" --json
comes "the device tells the suite" "$tmp/device.out" '"suite":"DTLS1.2 TLS_'
comes "what it says comes back" "$tmp/device.out" '"direction":"in","type":"CON"'
lacks "an echo is no registration" "$tmp/device.ready" registered
echo "#$hex_identity:ff0102030405060708090a0b0c0d0e0f" >"$tmp/wrong_passwords"
serve wrong_server --priority "$psk" --pskpasswd "$tmp/wrong_passwords"
start_device wrong_device -p vehicle-psk -s "coaps://127.0.0.1:$port" --json

# --- raw public keys ------------------------------------------------------------------------------------
grep -v '"certificate"\|"trust"' "$keys/server.security" |
	sed -e 's#\(client.pub" \]\),#\1#' -e "s#file:\([a-z]\)#file:$keys/\1#g" >"$tmp/raw.security"
start_server raw -l coaps://127.0.0.1:0 --security "$tmp/raw.security" --json
get_rd rpk --insecure --priority "$rpk" --rawpkkeyfile "$tmp/client.key" --rawpkfile "$keys/client.pub"
comes "it connects" "$tmp/rpk.out" 'Handshake was completed'
has "with the key" "$tmp/rpk.out" 'Raw Public Key'
hash=$(openssl pkey -pubin -in "$keys/client.pub" -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1)
comes "the server knows it by the hash of its key" "$tmp/raw.out" "\"identity\":\"sha256:$hash\""
comes "and answers" "$tmp/raw.out" '"message_id":7,"code":"4.05"'
get_rd stranger --insecure --priority "$rpk" --rawpkkeyfile "$tmp/server.key" --rawpkfile "$keys/server.pub"
comes "an unknown key" "$tmp/raw.out" 'failed: nobody is known by its raw public key'
ok "which is not answered" [ "$(grep -c '"event":"response"' "$tmp/raw.out")" = 1 ]

serve rpk_server --priority "$rpk" --require-client-cert --rawpkkeyfile "$tmp/server.key" --rawpkfile "$keys/server.pub"
start_device raw_device -p vehicle-rpk -s "coaps://127.0.0.1:$port" --json
comes "the device tells the suite" "$tmp/raw_device.out" '"suite":"DTLS1.2 TLS_ECDHE_ECDSA_'
comes "what it says comes back" "$tmp/raw_device.out" '"direction":"in","type":"CON"'
serve other_server --priority "$rpk" --rawpkkeyfile "$tmp/client.key" --rawpkfile "$keys/client.pub"
start_device other_device -p vehicle-rpk -s "coaps://127.0.0.1:$port" --json
comes "another key of the server" "$tmp/other_device.out" 'public key of the server is not that of the account'
# This one takes the time that a handshake may take.
comes "a server with a wrong key" "$tmp/wrong_device.out" 'wrong key'
lacks "is not spoken to" "$tmp/wrong_device.out" '"event":"secured"'
finish
