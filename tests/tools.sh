#!/bin/sh
# The programs that the tests themselves run on this machine, where Debian has them and they are missing.
set -eu
missing=
for pair in sqlite3:sqlite3 ps:procps ssh:openssh-client ip:iproute2 nsenter:util-linux; do
  command -v "${pair%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
[ -n "$missing" ] || exit 0
fail() { echo "tests: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "found no$missing, and installing needs root: apt-get install$missing"
command -v apt-get >/dev/null || fail "found no$missing, and this is not Debian or Ubuntu: install by hand"
echo "… installing$missing from Debian's packages"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o APT::Update::Error-Mode=any -o Acquire::Retries=3 update || fail "apt-get update failed; is there a network?"
# shellcheck disable=SC2086 # a list of names
apt-get -qq install -y --no-install-recommends $missing >/dev/null || fail "apt-get install$missing failed"
