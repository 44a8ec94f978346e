#!/usr/bin/env bash
# Makes a folder with all that the service needs to be tried: secrets, the bundled list, settings with a bank and the
# list's owner; their keys lie beside as `bank.key` and `court.key`. PROGRAM is the built service,
# PUBLIC_PORT and ADMIN_PORT are where it listens, RATE is how often a partner may ask in a second.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?the folder to make}
program=${PROGRAM:-${CARGO_TARGET_DIR:-$here/target}/debug/screening-service}
umask 077
mkdir -p "$folder"
cp "$here/../../data/screening/list.ndjson" "$folder/list.ndjson"
for secret in list.key pepper; do head -c 32 /dev/urandom | base64 >"$folder/$secret"; done
cat >"$folder/service.toml" <<END
listen = "127.0.0.1:${PUBLIC_PORT:-8080}"
metrics = "127.0.0.1:${ADMIN_PORT:-9090}"
audit = "audit.log"
editions = "editions"
pepper = { file = "pepper" }

[list]
file = "list.ndjson"
day = "2026-01-05"
key = { file = "list.key" }

[limits]
END
partner() {
    "$program" key "$folder/pepper" >"$folder/made"
    head -n 1 "$folder/made" >"$folder/$1.key"
    printf '\n[[partners]]\nname = "%s"\nkey_hash = "%s"\nper_second = %s\nat_once = %s\n%s\n' \
        "$1" "$(tail -n 1 "$folder/made")" "${RATE:-50}" "${RATE:-50}" "$2" >>"$folder/service.toml"
    rm "$folder/made"
}
partner bank 'activities = ["loan", "g_train"]'
partner court 'owns_list = true'
echo "$program serve $folder/service.toml"
