#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server made for it:
#
#     scripts/with-postgres.sh cargo test -p gatewright
#
# The server listens on 127.0.0.1 alone, trusts everybody there, and is gone with the command.
# GATEWRIGHT_TEST_POSTGRES holds the URL of its superuser. Installs PostgreSQL where it is missing.
set -euo pipefail

say() { echo "with-postgres: $*" >&2; }

die() {
    say "$*"
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# PostgreSQL refuses to run as root.
as_server() {
    if is_root; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Debian keeps the server's programs out of PATH, one directory for each version.
find_programs() {
    local initdb newest
    newest=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    if initdb=$(command -v initdb) || initdb=$newest && [ -n "$initdb" ]; then
        dirname "$(readlink -f "$initdb")"
    fi
}

install_programs() {
    local run=()
    is_root || run=(sudo -n)
    command -v apt-get >/dev/null || die "PostgreSQL is missing, and there is no apt-get to install it with"
    if ! is_root && ! sudo -n true 2>/dev/null; then
        die "PostgreSQL is missing, and only root may install it: apt-get install postgresql"
    fi
    say "installing PostgreSQL"
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql' >&2 ||
        die "PostgreSQL is missing, and apt-get could not install it"
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Starts the server on a port that is free; another process may take it first, so a few times.
start() {
    local options
    for _ in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 12000))
        is_free "$port" || continue
        options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$directory -c fsync=off"
        options+=" -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
        if as_server "$programs/pg_ctl" -D "$directory/data" -l "$directory/log" -w -t 60 -o "$options" start >/dev/null; then
            return
        fi
    done
    tail -n 20 "$directory/log" >&2 || true
    die "PostgreSQL does not start"
}

stop() {
    local pid
    # Whoever is impatient must not leave half of it behind.
    trap '' INT TERM
    if pid=$(head -n 1 "$directory/data/postmaster.pid" 2>/dev/null); then
        # Down at once, without writing anything: the data goes too.
        kill -QUIT "$pid" 2>/dev/null || true
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    fi
    rm -rf "$directory"
}

main() {
    [ $# -gt 0 ] || die "name the command to run"
    programs=$(find_programs)
    if [ -z "$programs" ]; then
        install_programs
        programs=$(find_programs)
        [ -n "$programs" ] || die "PostgreSQL was installed, but initdb is not below /usr/lib/postgresql"
    fi
    # Not below TMPDIR: the server's user must reach it, and a socket's path must be short.
    directory=$(mktemp -d /tmp/gatewright-postgres.XXXXXX)
    trap stop EXIT
    trap 'exit 130' INT TERM
    if is_root; then chown postgres: "$directory"; fi
    # From a directory that the server's user may read.
    (cd "$directory" && as_server "$programs/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 \
        --locale=C --no-sync >/dev/null) || die "initdb failed"
    (cd "$directory" && start && echo "$port" >port)
    port=$(cat "$directory/port")
    GATEWRIGHT_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres" "$@"
}

main "$@"
