#!/bin/sh
# Compiles the contracts into build/contracts/out, one such build at a time.
set -eu
cd "$(dirname "$0")"
if [ ! -x node_modules/.bin/forge ]; then
    echo "contracts: the toolchain is missing: ./run setup" >&2
    exit 1
fi
mkdir -p ../build/contracts
PATH=$PWD/node_modules/.bin:$PATH
exec flock ../build/contracts/lock forge build --quiet
