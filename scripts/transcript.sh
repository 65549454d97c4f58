#!/usr/bin/env bash
# Walks through the guards of a running demonstration and prints each answer.
# Usage: scripts/transcript.sh [PORT]   (after: cargo run -p gatewright-cli -- demo)
#
# With EXPIRED_TOKEN in the environment it shows what becomes of that. To get one, start a second
# server in the demonstration's directory with ACCESS_TOKEN_TTL=1s and the first one's BASE_URL, sign
# in there, and wait a moment.
set -euo pipefail

at=http://127.0.0.1:${1:-8080}

# answer HOST TOKEN METHOD PATH [BODY]: the status, the headers that matter and the body.
answer() {
    local host=$1 token=$2 method=$3 path=$4 body=${5:-}
    local arguments=(-s -X "$method" -H "Host: $host")
    [ -z "$token" ] || arguments+=(-H "Authorization: Bearer $token")
    [ -z "$body" ] || arguments+=(-H 'Content-Type: application/json' -d "$body")
    curl "${arguments[@]}" -D - "$at$path" |
        tr -d '\r' | grep -Ei '^(HTTP|www-authenticate|location|[{])'
    echo
}

# sign_in EMAIL HOST: an access token.
sign_in() {
    curl -s -H "Host: $2" -H 'Content-Type: application/json' "$at/auth/login" \
        -d '{"email":"'"$1"'","password":"demo-password-4-acme","transport":"bearer"}' |
        sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}

# me TOKEN: whose it is.
me() {
    curl -s -H 'Host: acme.localhost' -H "Authorization: Bearer $1" "$at/auth/me" |
        sed 's/.*"user":{"id":"\([^"]*\)".*/\1/'
}

# a_record_of USER PATH: the id of one that the user made.
a_record_of() {
    curl -sg -H 'Host: acme.localhost' -H "Authorization: Bearer $owner" \
        "$at$2?filter[created_by]=$1&fields=id&limit=1" | sed 's/.*"data":\[{"id":"\([^"]*\)".*/\1/'
}

say() { printf '# %s\n' "$*"; }

owner=$(sign_in owner@acme.example acme.localhost)
clerk=$(sign_in clerk@acme.example acme.localhost)
viewer=$(sign_in viewer@acme.example acme.localhost)
globex=$(sign_in owner@globex.example globex.localhost)

say "The owner of acme creates a product."
created=$(answer acme.localhost "$owner" POST /api/products '{"name":"Anvil","sku":"anvil-'$$'","price":"99.90","cost":"61.00"}')
echo "$created"
echo
id=$(sed -n 's|.*/api/products/\(.*\)|\1|p' <<<"$created" | head -1)

say "The owner of globex asks for it, then for an id that was never issued."
answer globex.localhost "$globex" GET "/api/products/$id"
answer globex.localhost "$globex" GET /api/products/018f0000-0000-7000-8000-000000000000

say "The owner publishes it, twice."
answer acme.localhost "$owner" POST "/api/products/$id/publish"
answer acme.localhost "$owner" POST "/api/products/$id/publish"

say "A viewer reads it, without what it cost."
answer acme.localhost "$viewer" GET "/api/products/$id"

say "A clerk cancels an order that somebody else took, then an own one."
for taken_by in "$(me "$owner")" "$(me "$clerk")"; do
    order=$(a_record_of "$taken_by" /api/orders)
    answer acme.localhost "$clerk" PATCH "/api/orders/$order" '{"status":"cancelled"}'
done

say "A viewer creates a product."
answer acme.localhost "$viewer" POST /api/products '{"name":"Anvil","sku":"a","price":"1.00"}'

say "Nobody asks."
answer acme.localhost "" GET /api/products

say "The owner of globex asks acme, then a tenant that does not exist."
answer acme.localhost "$globex" GET /api/products
answer nowhere.localhost "$globex" GET /api/products

if [ -n "${EXPIRED_TOKEN:-}" ]; then
    say "A token past its time."
    answer acme.localhost "$EXPIRED_TOKEN" GET /api/products
fi
