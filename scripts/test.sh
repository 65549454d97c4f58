#!/usr/bin/env bash
# Everything that must hold before a change is merged, in one command:
#
#     scripts/test.sh
#
# Needs a Rust toolchain with rustfmt and clippy on a Debian machine, root or not. Installs a C
# compiler, git, python3, openssl, PostgreSQL, docker-compose, hadolint and aiosmtpd where they are
# missing. Set GATEWRIGHT_TEST_POSTGRES to the URL of a superuser to use a server of your own, and
# CARGO_TARGET_DIR to build elsewhere than in target/.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
example=(--manifest-path examples/storefront/Cargo.toml)
summary=()
failed=0

die() {
    echo "test: $*" >&2
    exit 1
}

# What the steps need besides PostgreSQL.
require_tools() {
    local packages=()
    command -v cargo >/dev/null || die "cargo is missing: install a Rust toolchain (https://rustup.rs)"
    cargo fmt --version >/dev/null 2>&1 || die "rustfmt is missing: rustup component add rustfmt, or apt-get install rustfmt"
    cargo clippy --version >/dev/null 2>&1 || die "clippy is missing: rustup component add clippy, or apt-get install rust-clippy"
    # aws-lc and SQLite are compiled from C.
    command -v cc >/dev/null || packages+=(build-essential)
    command -v git >/dev/null || packages+=(git)
    # A mail server for tests, from PyPI, and a certificate for it.
    python3 -c 'import venv, ensurepip' 2>/dev/null || packages+=(python3 python3-venv)
    command -v openssl >/dev/null || packages+=(openssl)
    if [ ${#packages[@]} -gt 0 ]; then
        install_packages "${packages[@]}"
    fi
}

install_packages() {
    local run=()
    if [ "$(id -u)" -ne 0 ]; then
        run=(sudo -n)
        sudo -n true 2>/dev/null || die "only root may install what is missing: apt-get install $*"
    fi
    "${run[@]}" apt-get update -qq && "${run[@]}" apt-get install -qq -y --no-install-recommends "$@" ||
        die "apt-get could not install $*"
}

# Runs one step, whatever became of the one before, and keeps its time for the summary.
step() {
    local name=$1 began=$SECONDS outcome=ok
    shift
    printf '\n== %s\n   %s\n' "$name" "$*"
    "$@" || outcome=FAILED
    [ "$outcome" = ok ] || failed=1
    summary+=("$(printf '%-8s %5d s  %s' "$outcome" $((SECONDS - began)) "$name")")
    printf '== %s: %s after %d s\n' "$name" "$outcome" $((SECONDS - began))
}

steps() {
    step "format" cargo fmt --all --check
    step "format of the example" cargo fmt "${example[@]}" --check
    step "lints" cargo clippy --workspace --all-targets --locked -- -D warnings
    step "tests" cargo test --workspace --locked --no-fail-fast
    step "the example is what its schema gives" \
        env -C examples/storefront cargo run -q --locked --manifest-path "$root/Cargo.toml" -p gatewright-cli -- generate --check
    step "lints of containers" scripts/lint-containers.sh
    step "lints of the example" cargo clippy "${example[@]}" --all-targets --locked -- -D warnings
    step "tests of the example, attacks on SQLite included" cargo test "${example[@]}" --locked
}

require_tools
# A server for the whole run: the script starts again beside it.
if [ -z "${GATEWRIGHT_TEST_POSTGRES:-}" ]; then
    exec scripts/with-postgres.sh scripts/test.sh "$@"
fi
steps
printf '\n'
printf '%s\n' "${summary[@]}"
if [ "$failed" -ne 0 ]; then die "some steps failed"; fi
echo "everything passed in $SECONDS s"
