#!/usr/bin/env bash
# The Redis side of the comparison: starts a redis-server of its own, with fsync before every reply, sends it the same
# orders as dossierd gets, prints what it cost, and stops it.
#
#   run.sh [lua|set] [orders] [connections] [depth]       defaults: lua 200000 8 64
#
# LOAD names the dossier-load to use (a release build), REDIS_OPTIONS adds options of redis-server.
set -euo pipefail

mode=${1:-lua} orders=${2:-200000} connections=${3:-8} depth=${4:-64}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
load=${LOAD:-$here/../../../.build/release/dossier-load}
case $mode in
lua) peer=(--peer redis --reference) ;;
set) peer=(--peer redis-set) ;;
*) echo "run.sh: the mode is lua or set, not $mode" >&2; exit 2 ;;
esac
command -v redis-server >/dev/null || { echo "run.sh: redis-server is not installed" >&2; exit 2; }
[ -x "$load" ] || { echo "run.sh: no $load: swift build -c release --product dossier-load" >&2; exit 2; }

folder=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap stop EXIT

# A free port: bind to none, see what the kernel gives.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    echo $((20000 + RANDOM % 20000)))
# shellcheck disable=SC2086
redis-server --port "$port" --bind 127.0.0.1 --dir "$folder" --appendonly yes --appendfsync always --save "" \
    --auto-aof-rewrite-percentage 0 --loglevel warning ${REDIS_OPTIONS:-} >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    redis-cli -p "$port" ping 2>/dev/null | grep -q PONG && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.05
done
loaded=$(redis-cli -p "$port" -x FUNCTION LOAD REPLACE <"$here/dossier.lua")
[ "$loaded" = dossier ] || { echo "run.sh: $loaded" >&2; exit 1; }

# Processor time in clock ticks: user and system are the 12th and 13th fields after the name in brackets.
ticks() { sed 's/.*) //' "/proc/$server/stat" | awk '{ print $12 + $13 }'; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$server/status"; }

ticks_before=$(ticks) resident_before=$(resident)
status=0
"$load" --port "$port" --orders "$orders" --connections "$connections" --depth "$depth" "${peer[@]}" \
    --no-progress --json "$folder/report.json" || status=$?
ticks_after=$(ticks) resident_after=$(resident)

awk -v orders="$orders" -v ticks=$((ticks_after - ticks_before)) -v hertz="$(getconf CLK_TCK)" \
    -v kibibytes=$((resident_after - resident_before)) -v disk="$(du -sk "$folder" | cut -f1)" 'BEGIN {
    printf "redis       %.2f s of processor time, %.1f us an order (verification included)\n",
        ticks / hertz, ticks / hertz / orders * 1e6
    printf "            %.0f bytes resident an order, %.0f bytes on disk\n",
        kibibytes * 1024 / orders, disk * 1024 / orders
}'
exit "$status"
