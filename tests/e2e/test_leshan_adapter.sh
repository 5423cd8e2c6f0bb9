#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Leshan adapter, fed with lines by hand, before a REST interface that misbehaves, and as a driver before
# one that does not; what Leshan itself
# makes of it, tests/interop/leshan.sh tells. Last line: N passed, N failed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
adapter=${BIN%/*}/lwm2m-portfolio-leshan
# How the adapter is watched, by valgrind for instance.
watch=${WATCH-}
if [ ! -x "$adapter" ] && ! pkg-config --exists libcurl; then
	echo "there is no libcurl, and so no adapter"
	finish
fi


# The environment of whoever runs this is not to matter.
unset http_proxy HTTP_PROXY https_proxy all_proxy HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY CURL_CA_BUNDLE
HOME=$tmp
export HOME

fake() { # name options…; its address is in $url
	name=$1
	shift
	start "$name" python3 "$tools/fake_leshan.py" "$@"
	until_line "$tmp/$name.out" || fail "the REST interface does not listen" "$tmp/$name.err"
	url=$(cat "$tmp/$name.out")
}
refuses() { # what words… ; $@ is the address
	what=$1 words=$2
	shift 2
	exits 2 "$what" "$adapter" "$@"
	has "$what: what is wrong" "$tmp/err" "$words"
}
fake fake
fake=$url
refuses "no address" "usage: lwm2m-portfolio-leshan URL"
has "what it is for" "$tmp/err" "adapter protocol"
refuses "another protocol" '"coap://127.0.0.1" is not an address such as http://127.0.0.1:8080' coap://127.0.0.1
for other in "http://" "127.0.0.1:8080" "http://127.0.0.1:99999" "http://a b" "http://127.0.0.1/?x=1" "http://127.0.0.1/#x" \
	"http://$(printf '%01100d' 0)" ftp://127.0.0.1 file:///etc/passwd ""; do
	refuses "an address that is none: $other" "is not an address such as" "$other"
done
refuses "a password on the command line" "put them into ~/.netrc" http://me:secret@127.0.0.1:8080
lacks "it is not repeated" "$tmp/err" secret
exits 0 "help" "$adapter" --help

# --- who does not answer ----------------------------------------------------------------------------
hello='{"id":1,"deadline":5000,"do":"hello","protocol":1,"tool":"a test","role":"server","endpoint":"e"}'
adapt() { # name url
	# shellcheck disable=SC2086 # the words of $watch are meant to split
	start "$1" $watch "$adapter" "$2"
}
hears() { # name line text
	say "$1" "${2:-$hello}"
	comes "$1" "$tmp/$1.out" "$3"
	stop "$1"
}
greets() { # name url line text: what it says then
	start "$1" "$adapter" "$2"
	hears "$1" "$3" "$4"
}
watched() { # the same
	adapt "$1" "$2"
	hears "$1" "$3" "$4"
}
other='is not the REST interface of Leshan'
greets nobody "http://127.0.0.1:$(free_port)" "" '"id":1,"error":"unreachable","text":"Leshan cannot be reached: '
greets no-host "http://leshan.invalid" "" '"id":1,"error":"unreachable","text":"Leshan cannot be reached: Could not resolve host'
watched web-page "$fake/other" "" "\"error\":\"failed\",\"text\":\"what answers $other\""
greets elsewhere "$fake/moved" "" "$other: HTTP status 302"
greets not-found "$fake/nowhere" "" "$other: HTTP status 404"
greets broken "$fake/broken" "" "$other: HTTP status 500"
greets locked "$fake/locked" "" 'Leshan wants a user and a password; put them into ~/.netrc (HTTP status 401)'
greets closed "$fake/closed" "" 'put them into ~/.netrc (HTTP status 403)'
greets endless-page "$fake/page" "" "$other"
greets half "$fake/half" "" "$other: HTTP status 404"
short='{"id":1,"deadline":300,"do":"hello","protocol":1}'
watched silent "$fake/silent" "$short" '"id":1,"error":"timeout","text":"Leshan cannot be reached: it accepts connections and does not answer"'
watched lazy "$fake/lazy" "$short" '"id":1,"error":"timeout"'
greets future "$fake" '{"id":9,"do":"hello","protocol":2}' '"id":9,"error":"unsupported","text":"this adapter speaks version 1'
greets device "$fake" '{"id":9,"do":"hello","protocol":1,"role":"device"}' '"id":9,"error":"unsupported"'

# --- by which way -------------------------------------------------------------------------------------
there='{"id":1,"protocol":1,"name":"Leshan"'
greets slashes "$fake///" "" "$there"
greets below "$fake/below" "" "$there"
export http_proxy="$fake/" # which has nothing for this machine
greets no-proxy "$fake" "" "$there"
greets no-proxy-for-names "http://localhost:${fake##*:}" "" "$there"
greets proxy "http://leshan.invalid/proxied" "" "$there"
greets refused-by-proxy "http://leshan.invalid" "" "$other: HTTP status 502"
unset http_proxy
if python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null; then
	fake six --host ::1
	greets ipv6 "$url" "" "$there"
	signal six KILL
fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$tmp/key.pem" -out "$tmp/cert.pem" \
	-days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
fake tls --tls "$tmp/cert.pem" "$tmp/key.pem"
watched unknown-certificate "$url" "" '"error":"unreachable","text":"Leshan cannot be reached: '
has "it is said what is wrong" "$tmp/unknown-certificate.out" ertificate
greets plain-to-tls "http://${url#https://}" "" '"error":"unreachable"'
greets tls-to-plain "https://${fake#http://}" "" '"error":"unreachable"'
CURL_CA_BUNDLE=$tmp/cert.pem
export CURL_CA_BUNDLE
watched known-certificate "$url" "" "$there"
unset CURL_CA_BUNDLE
signal tls KILL
fake guarded --user me:open-sesame
greets stranger "$url" "" '(HTTP status 401)'
echo "machine 127.0.0.1 login me password open-sesame" >"$tmp/.netrc"
greets friend "$url" "" "$there"
rm "$tmp/.netrc"
signal guarded KILL

# --- what it answers ------------------------------------------------------------------------------
adapt leshan "$fake/"
say leshan "$hello"
comes "hello" "$tmp/leshan.out" "$there"
has "who was there before comes first" "$tmp/leshan.out" '{"event":"registered","endpoint":"e","links":"</3/0>"'
ask() { # id deadline path [endpoint]
	say leshan "{\"id\":$1,\"deadline\":$2,\"do\":\"read\",\"endpoint\":\"${4-e}\",\"path\":\"$3\"}"
}
answers() { # id path what-comes, behind the id
	ask "$1" 5000 "$2"
	comes "$2" "$tmp/leshan.out" "{\"id\":$1,$3"
}
value='"code":"2.05","values":[{"path":"/3/0/0","type":"string","value":"Acme"}]}'
unclear='"error":"failed","text":"Leshan'"'"'s answer cannot be understood"}'
answers 2 /3/0/0 "$value"
ask 3 300 /3/0/1
ask 4 5000 /3/0/0
comes "the next one does not wait" "$tmp/leshan.out" '{"id":4,"code":"2.05"'
comes "the deadline holds" "$tmp/leshan.out" '{"id":3,"error":"failed","text":"Leshan does not answer in time"}'
answers 5 /3/0/2 "$unclear"
answers 6 /3/0/3 '"error":"failed","text":"the answer has more than 1 MiB"}'
answers 7 /9 '"error":"unreachable"'
answers 8 nowhere '"error":"invalid"'
answers 20 /3/0/7 '"error":"timeout","text":"Leshan answers with HTTP status 504: Request timeout"}'
answers 21 /3/0/8 '"error":"failed","text":"Leshan answers with HTTP status 401: a web page"}'
answers 22 /3/0/9 '"error":"invalid","text":"Leshan answers with HTTP status 404: no such thing"}'
answers 23 /3/0/10 '"error":"failed","text":"Leshan answers with HTTP status 404: a web page"}'
answers 24 /3/0/11 '"error":"failed","text":"Leshan answers with HTTP status 500: Unexpected exception: null"}'
answers 25 /3/0/12 '"error":"failed","text":"Leshan answers with HTTP status 502: a web page"}'
answers 26 /3/0/13 "$unclear"
answers 27 /3/0/14 "$unclear"
answers 28 /3/0/15 '"error":"failed","text":"Leshan answers with HTTP status 302: "}'
answers 29 /3/0/16 "$unclear"
answers 30 /3/0/17 "$unclear"
answers 31 /3/0/18 "$unclear"
ask 32 300 /3/0/20
comes "an answer that does not end" "$tmp/leshan.out" '{"id":32,"error":"failed","text":"Leshan does not answer in time"}'
ask 34 5000 /3/0/0 'a b%ü?#+;:1'
comes "a name that needs escapes" "$tmp/leshan.out" "{\"id\":34,$value"
ask 35 5000 /3/0/0 a/b
comes "a name that cannot be said" "$tmp/leshan.out" '{"id":35,"error":"unsupported","text":"Leshan'"'"'s REST interface cannot name'
ask 36 5000 /3/0/0 ..
comes "nor can this one" "$tmp/leshan.out" '{"id":36,"error":"unsupported"'
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
ask 13 5000 /3/0/22
comes "it is known to sleep" "$tmp/leshan.out" '{"id":13,"code":"2.05"'
ask 10 5000 /3/0/4
comes "one that wakes up" "$tmp/leshan.out" '{"id":12,"code":"2.05","values":[{"path":"/3/0/6"'
comes "what the stream tells" "$tmp/leshan.out" '{"event":"deregistered","endpoint":"e"'
comes "its end" "$tmp/leshan.out" '{"event":"log","text":"Leshan'"'"'s event stream has ended"}'
ends_with 1 "who missed something cannot go on" leshan
has "which is said to people, too" "$tmp/leshan.err" "lwm2m-portfolio-leshan: Leshan's event stream has ended"
adapt cut "$fake"
say cut "$hello"
comes "hello" "$tmp/cut.out" "$there"
say cut '{"id":2,"deadline":5000,"do":"read","endpoint":"e","path":"/3/0/21"}'
ends_with 1 "an answer that breaks off" cut
has "who broke it off" "$tmp/cut.err" "Leshan cannot be reached: "
adapt endless "$fake/endless"
say endless "$hello"
ends_with 1 "an event without an end" endless
has "what was wrong" "$tmp/endless.err" "has an event of more than 1 MiB"

# --- the end of its input -----------------------------------------------------------------------------
{
	echo "$hello"
	echo '{"id":2,"deadline":9000,"do":"read","endpoint":"e","path":"/3/0/0"}'
} >"$tmp/lines"
# shellcheck disable=SC2086
feed "$tmp/lines" asked $watch "$adapter" "$fake"
ends_with 0 "the end of its input ends it" asked
has "what was asked is answered before" "$tmp/asked.out" "$there" "{\"id\":2,$value"
echo '{"id":2,"deadline":9000,"do":"read","endpoint":"e","path":"/3/0/1"}' >>"$tmp/lines"
# shellcheck disable=SC2086
feed "$tmp/lines" last $watch "$adapter" "$fake"
ends_with 0 "nor is an answer waited for that does not come" last
if [ -n "$watch" ]; then
	for file in "$tmp"/*.err; do
		lacks "${file##*/}: ${watch%% *} found nothing" "$file" "=="
	done
	finish
fi

# --- as a driver --------------------------------------------------------------------------------------
drives() { # status what url
	exits "$1" "$2" "$BIN" run --server "coap://127.0.0.1:$(free_port)" --driver "leshan=$3" portfolio/use-case-2
}
port=$(free_port)
drives 4 "a driver whose server is not there" "http://127.0.0.1:$port"
has "who is missing" "$tmp/out" "adapter \"leshan=http://127.0.0.1:$port\": Leshan cannot be reached: "
lacks "it is said once" "$tmp/out" "adapter \"leshan=http://127.0.0.1:$port\" adapter"
drives 4 "a driver whose server is another" "$fake/other"
has "who is there instead" "$tmp/out" "is not the REST interface of Leshan"
rest() { # name path: whose reading or execution ends it
	uri=coap://127.0.0.1:$(free_port)
	start "$1" python3 "$tools/rest_server.py" "$BIN" "$uri" "$2"
	until_line "$tmp/$1.out" || fail "the REST interface does not listen" "$tmp/$1.err"
	url=$(cat "$tmp/$1.out")
}
rest whole /none
exits 0 "both use cases" "$BIN" run --server "$uri" --driver "leshan=$url" portfolio/use-case-1 portfolio/use-case-2
has "they pass" "$tmp/out" "2 passed"
signal whole KILL
rest vanishing /16/0/1
exits 4 "a server that goes in the middle" "$BIN" run --server "$uri" --driver "leshan=$url" portfolio/use-case-1
has "who has gone is told" "$tmp/out" "1 could not be run" "Leshan"
lacks "no rule is broken" "$tmp/out" "FAIL"
signal fake KILL
finish
