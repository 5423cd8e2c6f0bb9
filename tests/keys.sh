#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the public test keys of profiles/keys anew: `tests/keys.sh`. The private keys of the shipped
# profiles and of server.security are the same ones, as base64 of their DER; put them there by hand.
set -eu
cd "$(dirname "$0")/../profiles/keys"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for who in ca other-ca server client; do
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$tmp/$who.key" 2>/dev/null
done
cp "$tmp/server.key" "$tmp/client.key" .
for who in server client; do openssl pkey -in $who.key -pubout -out $who.pub; done

# An authority that one can date: FILE, SUBJECT, extensions, first and last day.
cat >"$tmp/ca.conf" <<EOF
[ca]
default_ca = this
[this]
database = $tmp/index
rand_serial = yes
new_certs_dir = $tmp
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
EOF
: >"$tmp/index"
sign() {
	printf '%s\n' "$3" >"$tmp/extensions"
	openssl req -new -key "$tmp/${6:-server}.key" -subj "/CN=$2" -out "$tmp/request"
	openssl ca -batch -notext -config "$tmp/ca.conf" -extfile "$tmp/extensions" -startdate "$4" -enddate "$5" \
		-keyfile "$tmp/ca.key" ${7:--cert ca.pem} -in "$tmp/request" -out "$1" 2>/dev/null
}
anchor='basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash'
leaf='basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature'
server="$leaf
extendedKeyUsage = serverAuth"
from=20200101000000Z
to=21200101000000Z
sign ca.pem 'lwm2m-portfolio test CA' "$anchor" $from $to ca -selfsign
sign server.pem server.example.com "$server
subjectAltName = DNS:server.example.com" $from $to
sign other-name.pem other.example.com "$server
subjectAltName = DNS:other.example.com, DNS:another.example.com" $from $to
sign expired.pem server.example.com "$server
subjectAltName = DNS:server.example.com" $from 20210101000000Z
sign client.pem urn:dev:vehicle-0001 "$leaf
extendedKeyUsage = clientAuth" $from $to client
cp "$tmp/other-ca.key" "$tmp/ca.key"
sign other-ca.pem 'another test CA' "$anchor" $from $to other-ca -selfsign
cp server.key "$tmp/ca.key"
sign stranger.pem server.example.com "$server
subjectAltName = DNS:server.example.com" $from $to server -selfsign
