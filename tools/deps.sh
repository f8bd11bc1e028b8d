#!/bin/sh
# Installs the Debian packages that the build (or the tests) need and that are missing; says what it installs.
# Usage: tools/deps.sh build|test      Silent, and done in a few milliseconds, when all is there.
# Exit: 0 all there, 1 something could not be installed (reason on stderr).
set -eu

# The compiler, the libraries that the program links, and a small Chinese font for labels and sheets.
build="gcc libc6-dev make pkg-config ca-certificates fonts-wqy-microhei
libsqlite3-dev libpq-dev libmicrohttpd-dev libjansson-dev libsodium-dev libinih-dev libqrencode-dev libzint-dev libmodbus-dev
libcairo2-dev libpango1.0-dev zlib1g-dev libzip-dev libexpat1-dev"
# The second compiler and checkers; readers of our labels and sheets; peers and a browser to talk to; faults and load.
test="libcunit1-dev clang-14 libclang-rt-14-dev llvm-14 clang-tidy-14 clang-format-14 cppcheck sqlite3
poppler-utils zbar-tools python3-pymodbus chromium libfiu-dev fiu-utils curl nginx-light wrk procps iproute2 postgresql
patroni etcd-server python3-etcd"

group=${1:-build}
case "$group" in
build) wanted=$build ;;
test) wanted="$build $test" ;;
*) echo "usage: tools/deps.sh build|test" >&2 && exit 2 ;;
esac

# Debian's npm conflicts with the nodejs package of others, so both are named only where the commands are missing.
command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
command -v npm >/dev/null 2>&1 || wanted="$wanted npm"

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "deps: this is not Debian; please see to the like of:" $wanted >&2
	exit 0
fi

# Words of $wanted that dpkg does not call installed (a package of several architectures may answer twice).
missing=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
	awk -v wanted="$wanted" '$2 == "installed" { have[$1] = 1 }
		END { n = split(wanted, w, /[ \n]+/); for (i = 1; i <= n; i++) if (w[i] != "" && !(w[i] in have)) print w[i] }')
[ -n "$missing" ] || exit 0
missing=$(echo $missing)

as_root=""
if [ "$(id -u)" -ne 0 ]; then
	as_root=sudo
	if ! command -v sudo >/dev/null 2>&1; then
		echo "deps: neither root nor sudo; as root, run: apt-get install --no-install-recommends $missing" >&2
		exit 1
	fi
fi

# Services that come with a package (nginx) must not start because somebody builds this program: Debian asks
# policy-rc.d, which answers "no" (101) while we install. A policy that is already there stays untouched.
policy=/usr/sbin/policy-rc.d
log=$(mktemp)
ours=""
leave() {
	rm -f "$log"
	[ -z "$ours" ] || $as_root rm -f "$policy"
}
trap leave EXIT
trap 'exit 1' INT TERM HUP
if [ ! -e "$policy" ]; then
	ours=yes
	printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
	$as_root chmod 755 "$policy"
fi

apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1
}
echo "deps: installing $missing"
apt update || true # an unreachable list is no harm where the older one still serves
if ! apt install -y --no-install-recommends $missing; then
	echo "deps: apt-get install failed:" >&2
	# Without the addresses of package servers: the first address that a start prints is that of the page.
	sed -E 's|https?://[^ ]*|(package server)|g' "$log" | tail -n 15 >&2
	exit 1
fi
echo "deps: done"
