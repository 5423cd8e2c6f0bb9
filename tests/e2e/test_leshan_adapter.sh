#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Leshan adapter, fed with lines by hand, before a REST interface that misbehaves; what Leshan itself
# makes of it, tests/interop/leshan.sh tells. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
adapter=${BIN%/*}/lwm2m-portfolio-leshan
if [ ! -x "$adapter" ] && ! pkg-config --exists libcurl; then
	echo "there is no libcurl, and so no adapter"
	finish
fi

start fake python3 "$tools/fake_leshan.py"
until_line "$tmp/fake.out" || fail "the REST interface does not listen" "$tmp/fake.err"
url=$(cat "$tmp/fake.out")
exits 2 "no address" "$adapter"
has "what it is for" "$tmp/err" "usage: lwm2m-portfolio-leshan URL" "adapter protocol"
exits 2 "another address" "$adapter" coap://127.0.0.1
has "what is wrong with it" "$tmp/err" '"coap://127.0.0.1" is not an address such as http://'
exits 0 "help" "$adapter" --help

# --- who does not answer ----------------------------------------------------------------------------
hello='{"id":1,"deadline":5000,"do":"hello","protocol":1,"tool":"a test","role":"server","endpoint":"e"}'
greets() { # name url line, then what it says
	start "$1" "$adapter" "$2"
	say "$1" "${3-$hello}"
	until_line "$tmp/$1.out" || fail "no answer to hello" "$tmp/$1.err"
}
greets nobody "http://127.0.0.1:$(free_port)"
has "nobody is there" "$tmp/nobody.out" '"id":1,"error":"unreachable","text":"Leshan cannot be reached: '
greets other "$url/other"
has "somebody else is there" "$tmp/other.out" '"id":1,"error":"failed"' 'is not the REST interface of Leshan'
greets future "$url" '{"id":9,"do":"hello","protocol":2}'
has "another protocol" "$tmp/future.out" '"id":9,"error":"unsupported","text":"this adapter speaks version 1'
greets device "$url" '{"id":9,"do":"hello","protocol":1,"role":"device"}'
has "another role" "$tmp/device.out" '"id":9,"error":"unsupported"'

# --- one that does -----------------------------------------------------------------------------------
start leshan "$adapter" "$url/"
say leshan "$hello"
comes "hello" "$tmp/leshan.out" '{"id":1,"protocol":1,"name":"Leshan"'
has "who was there before comes first" "$tmp/leshan.out" '{"event":"registered","endpoint":"e","links":"</3/0>"'
ask() { # id deadline path
	say leshan "{\"id\":$1,\"deadline\":$2,\"do\":\"read\",\"endpoint\":\"e\",\"path\":\"$3\"}"
}
ask 2 5000 /3/0/0
comes "a value" "$tmp/leshan.out" '{"id":2,"code":"2.05","values":[{"path":"/3/0/0","type":"string","value":"Acme"}]}'
ask 3 300 /3/0/1
ask 4 5000 /3/0/0
comes "the next one does not wait" "$tmp/leshan.out" '{"id":4,"code":"2.05"'
comes "the deadline holds" "$tmp/leshan.out" '{"id":3,"error":"timeout"'
ask 5 5000 /3/0/2
comes "nonsense" "$tmp/leshan.out" '{"id":5,"error":"failed","text":"Leshan'"'"'s answer cannot be understood"}'
ask 6 5000 /3/0/3
comes "too much" "$tmp/leshan.out" '{"id":6,"error":"failed","text":"the answer has more than 1 MiB"}'
ask 7 5000 /9
comes "nobody of that name" "$tmp/leshan.out" '{"id":7,"error":"unreachable"'
ask 8 5000 nowhere
comes "no path" "$tmp/leshan.out" '{"id":8,"error":"invalid"'
say leshan '{"id":9,"deadline":1000,"do":"authenticate","endpoint":"e","path":"/16/0"}'
comes "what Leshan does not have" "$tmp/leshan.out" '{"id":9,"error":"unsupported"'
say leshan 'nonsense'
comes "no JSON" "$tmp/leshan.out" '{"event":"log","text":"'
head -c 1100000 /dev/zero | tr '\0' a >"$tmp/long"
echo >>"$tmp/long"
cat "$tmp/long" 1<>"$tmp/leshan.in"
comes "a line that is too long" "$tmp/leshan.out" 'a line of more than 1 MiB was left out'
ask 11 300 /3/0/5
comes "a client that sleeps on" "$tmp/leshan.out" '{"id":11,"error":"timeout","text":"Leshan keeps the request'
ask 12 20000 /3/0/6
ask 10 5000 /3/0/4
comes "one that wakes up" "$tmp/leshan.out" '{"id":12,"code":"2.05","values":[{"path":"/3/0/6"'
comes "what the stream tells" "$tmp/leshan.out" '{"event":"deregistered","endpoint":"e"'
comes "its end" "$tmp/leshan.out" "event stream has ended"
comes "it is taken up again" "$tmp/leshan.out" '"event":"registered"' 2
{
	echo "$hello"
	echo '{"id":2,"deadline":9000,"do":"read","endpoint":"e","path":"/3/0/1"}'
} >"$tmp/lines"
feed "$tmp/lines" last "$adapter" "$url"
ends_with 0 "the end of its input ends it, whatever is under way" last
stop leshan

# --- as a driver --------------------------------------------------------------------------------------
drives() { # status what url
	exits "$1" "$2" "$BIN" run --server "coap://127.0.0.1:$(free_port)" --driver "leshan=$3" portfolio/use-case-2
}
port=$(free_port)
drives 4 "a driver whose server is not there" "http://127.0.0.1:$port"
has "who is missing" "$tmp/out" "adapter \"leshan=http://127.0.0.1:$port\": Leshan cannot be reached: "
lacks "it is said once" "$tmp/out" "adapter \"leshan=http://127.0.0.1:$port\" adapter"
drives 4 "a driver whose server is another" "$url/other"
has "who is there instead" "$tmp/out" "is not the REST interface of Leshan"
signal fake KILL
finish
