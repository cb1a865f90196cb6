#!/bin/sh
# Builds and tests the contracts; gas figures are bounded, and written to contracts/snapshots. FOUNDRY_PROFILE=deep
# for 10,000 runs of each property.
set -eu
cd "$(dirname "$0")"
if [ ! -x node_modules/.bin/forge ]; then
    echo "contracts: the toolchain is missing: ./run setup" >&2
    exit 1
fi
PATH=$PWD/node_modules/.bin:$PATH
exec forge test "$@"
