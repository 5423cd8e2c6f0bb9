#!/bin/sh
# Proves the tree on another Debian with nothing but git, make and gcc, as the README promises.
# usage, as root: tests/debian.sh RELEASE FOLDER (say, trixie /var/tmp/trixie)
# debootstrap fills a new folder; one that is there is used again, with what was installed in it.
set -eu
[ $# = 2 ] || {
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
}
mkdir -p "$2"
root=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
[ -e "$root/etc/debian_version" ] ||
	debootstrap --variant=minbase --include=git,make,gcc "$1" "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
rm -rf "$root/src"
mkdir "$root/src"
tar cf - --exclude=./build --exclude=./.git . | tar xf - -C "$root/src"
# What is mounted there goes with the last process.
exec unshare --mount --pid --fork sh -euc '
mount -t proc proc "$0/proc"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -euc "
cd /src
make demo
make check
make CC=clang BUILD=build/clang all unit-programs
"' "$root"
