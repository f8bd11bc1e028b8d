#!/bin/sh
# Runs docs/nginx.conf, with only its ports and folders changed, in front of a real service, and looks at what gets
# through: the page, the login and its cookie, live events, large imports; and what does not: ambiguous heads.
set -u
cd "$(dirname "$0")/../.." || exit 3
PATH=$PATH:/usr/sbin
for tool in nginx curl openssl python3; do
	if ! command -v $tool >/dev/null 2>&1; then
		echo "SKIPPED: docs/nginx.conf in front of the service: $tool is missing"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	fi
done
passed=0 failed=0 service="" front="" stream=""
work=$(mktemp -d)
chmod 755 "$work" # nginx's workers leave root
leave() {
	for pid in $stream $front $service; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP

# is WHAT WANTED FOUND
is() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "  ok      $1"
	else
		failed=$((failed + 1))
		echo "  FAILED  $1: wanted $2, found $3"
	fi
}
# has WHAT PATTERN FILE
has() {
	if grep -qaE -- "$2" "$3"; then
		is "$1" yes yes
	else
		is "$1" "$2" "$(tr '\r\n' '  ' <"$3" | cut -c1-300)"
	fi
}
# Waits up to ten seconds: wait_for COMMAND...
wait_for() {
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	echo "  FAILED  waited in vain for: $*"
	failed=$((failed + 1))
	return 1
}

# ---- the service ----
build/yaocang init --data "$work/data" --consortium t1 --name 测试 --demo --scale 0.02 &&
	echo yaocang2026 | build/yaocang user add keeper --data "$work/data" --consortium t1 --role central_pharmacist || exit 3
build/yaocang serve --data "$work/data" --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
service=$!
wait_for grep -q '^yaocang: ' "$work/serve.out" || exit 1
inner=$(sed -n 's|^yaocang: http://\(.*\)/$|\1|p' "$work/serve.out")

# ---- nginx: the committed file with other ports and folders ----
set -- $(python3 -c 'import socket
s = [socket.socket() for _ in range(2)]
for x in s: x.bind(("127.0.0.1", 0))
print(*(x.getsockname()[1] for x in s))')
plain=$1 tls=$2
v6='^$'
[ -s /proc/net/if_inet6 ] || v6='listen \[::\]'
mkdir -p "$work/nginx"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=yaocang.example.cn -addext subjectAltName=DNS:yaocang.example.cn \
	-keyout "$work/key.pem" -out "$work/fullchain.pem" 2>/dev/null
sed -e "/$v6/d" -e "s|127.0.0.1:8080|$inner|" -e "s|listen 80;|listen 127.0.0.1:$plain;|" -e "s|listen 443|listen 127.0.0.1:$tls|" \
	-e "s|\[::\]:80|[::1]:$plain|" -e "s|\[::\]:443|[::1]:$tls|" -e "s|/etc/ssl/yaocang|$work|" -e "s|/run/nginx.pid|$work/nginx.pid|" \
	-e "s|/var/log/nginx|$work|" -e "s|/var/lib/nginx|$work/nginx|" docs/nginx.conf >"$work/nginx.conf"
nginx -e "$work/start.log" -c "$work/nginx.conf" -g 'daemon off;' 2>"$work/nginx.out" &
front=$!
base=https://yaocang.example.cn:$tls
ask() {
	curl -sS --noproxy '*' --cacert "$work/fullchain.pem" --resolve "yaocang.example.cn:$tls:127.0.0.1" "$@"
}
wait_for ask -f "$base/healthz" || { cat "$work/nginx.out" "$work/start.log"; exit 1; }

# ---- what gets through ----
is "plain HTTP leads to https" 301 "$(curl -sS --noproxy '*' -o /dev/null -w '%{http_code}' -H 'Host: yaocang.example.cn' "http://127.0.0.1:$plain/")"
ask -D "$work/head" -o "$work/body" --compressed "$base/t1/"
has "the page" '<div id=' "$work/body"
has "its Content-Security-Policy" '^[Cc]ontent-[Ss]ecurity-[Pp]olicy: ' "$work/head"
has "Strict-Transport-Security" '^[Ss]trict-[Tt]ransport-[Ss]ecurity: max-age' "$work/head"
is "HTTP/2" 2 "$(ask -o /dev/null -w '%{http_version}' "$base/healthz")"
is "metrics stay inside" 404 "$(ask -o /dev/null -w '%{http_code}' "$base/metrics")"
api=$base/api/v1/t1
login='{"user":"keeper","password":"yaocang2026"}'
is "login from our own page" 200 "$(ask -D "$work/head" -o "$work/body" -w '%{http_code}' -c "$work/jar" -H "Origin: $base" \
	-H 'Content-Type: application/json' -d "$login" "$api/session")"
has "the cookie is Secure" '^[Ss]et-[Cc]ookie: yaocang_session=.*Secure' "$work/head"
is "login from another page is refused" 403 "$(ask -o /dev/null -w '%{http_code}' -H 'Origin: https://example.org' \
	-H 'Content-Type: application/json' -d "$login" "$api/session")"
is "the session goes on" 200 "$(ask -o "$work/body" -w '%{http_code}' -b "$work/jar" "$api/products?limit=200")"
ask -o /dev/null -D "$work/head" -b "$work/jar" -H 'Accept-Encoding: gzip' "$api/products?limit=200"
has "long answers are packed" '^[Cc]ontent-[Ee]ncoding: gzip' "$work/head"

# ---- live events, each as it comes ----
ask -N -b "$work/jar" "$api/events" >"$work/events" &
stream=$!
site=$(ask -b "$work/jar" "$api/sites?limit=1" | python3 -c 'import json,sys; print(json.load(sys.stdin)["rows"][0]["id"])')
product=$(ask -b "$work/jar" "$api/products?limit=1" | python3 -c 'import json,sys; print(json.load(sys.stdin)["rows"][0]["id"])')
is "a write" 201 "$(ask -o "$work/body" -w '%{http_code}' -b "$work/jar" -H 'Idempotency-Key: 1' -H 'Content-Type: application/json' -H "Origin: $base" \
	-d "{\"site_id\":\"$site\",\"product_id\":\"$product\",\"units\":1,\"reason\":\"out_of_stock\"}" "$api/shortages")"
for _ in $(seq 30); do
	grep -q shortages "$work/events" && break
	sleep 0.1
done
has "its event within three seconds" 'shortages' "$work/events"
kill $stream
wait $stream 2>/dev/null
stream=""

# ---- sizes ----
# An import whose head line is unknown: the service must have read it whole to say so.
python3 -c 'import sys; sys.stdout.write("nothing\n" + ("x" * 127 + "\n") * 524200)' >"$work/large.csv" # 64 MiB less 11 KiB
is "64 MiB of import reach the service" 422 "$(ask -o "$work/body" -w '%{http_code}' -b "$work/jar" -H 'Idempotency-Key: 2' -H 'Content-Type: text/csv' \
	-H 'Expect:' --data-binary "@$work/large.csv" "$api/imports/sites?dry_run=1")"
has "and are refused in its words" 'request_id' "$work/body"
{ cat "$work/large.csv" && head -c 20000 "$work/large.csv"; } >"$work/larger.csv"
is "beyond 64 MiB" 413 "$(ask -o "$work/body" -w '%{http_code}' -b "$work/jar" -H 'Idempotency-Key: 3' -H 'Content-Type: text/csv' \
	-H 'Expect:' --data-binary "@$work/larger.csv" "$api/imports/products?dry_run=1")"
has "is a problem too" '"code":"TOO_LARGE"' "$work/body"

# ---- heads that two readers may understand differently ----
# raw TEXT: the status of the answer to these bytes
raw() {
	printf "$1" | timeout 10 openssl s_client -quiet -alpn http/1.1 -connect "127.0.0.1:$tls" 2>/dev/null >"$work/raw"
	head -n 1 "$work/raw" | cut -d' ' -f2
}
host='Host: yaocang.example.cn\r\nConnection: close\r\n'
is "NUL in the URL" 400 "$(raw "GET /t1/\\000 HTTP/1.1\r\n$host\r\n")"
is "an escaped NUL in the URL" 400 "$(raw "GET /t1/%%00 HTTP/1.1\r\n$host\r\n")"
is "Content-Length and Transfer-Encoding" 400 "$(raw "POST /api/v1/t1/session HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")"
is "two Content-Lengths" 400 "$(raw "POST /api/v1/t1/session HTTP/1.1\r\n${host}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")"
is "a blank before the colon" 400 "$(raw "GET /healthz HTTP/1.1\r\n${host}Content-Type : a\r\n\r\n")"
is "no Host" 400 "$(raw "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")"

# ---- the service goes away and comes back ----
kill $service
wait $service
is "the service ends in order" 0 $?
service=""
is "meanwhile" 503 "$(ask -D "$work/head" -o "$work/body" -w '%{http_code}' "$base/healthz")"
has "with Retry-After" '^[Rr]etry-[Aa]fter: 3' "$work/head"
has "as a problem" '"code":"STORE_UNAVAILABLE"' "$work/body"
build/yaocang serve --data "$work/data" --listen "$inner" >"$work/serve.out" 2>>"$work/serve.log" &
service=$!
wait_for ask -f "$base/healthz"
is "the session survives the restart" 200 "$(ask -o /dev/null -w '%{http_code}' -b "$work/jar" "$api/session")"
is "nothing of note in nginx's log" "" "$(grep -aE '\[(alert|emerg|crit)\]' "$work/error.log" | grep -v 'setrlimit(RLIMIT_NOFILE')"

# ---- a service that shall never hand out a plain cookie ----
kill $service
wait $service
printf 'listen = 127.0.0.1:0\ndata = %s/data\nsecure_cookies = always\n' "$work" >"$work/yaocang.conf"
build/yaocang serve --config "$work/yaocang.conf" >"$work/serve.out" 2>>"$work/serve.log" &
service=$!
wait_for grep -q '^yaocang: ' "$work/serve.out"
curl -sS --noproxy '*' -o /dev/null -D "$work/head" -H 'Content-Type: application/json' -d "$login" \
	"$(sed -n 's|^yaocang: \(.*\)/$|\1|p' "$work/serve.out")/api/v1/t1/session"
has "secure_cookies = always" '^[Ss]et-[Cc]ookie: yaocang_session=.*Secure' "$work/head"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
