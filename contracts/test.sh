#!/bin/sh
# Builds and tests the contracts. FOUNDRY_PROFILE=deep for 10,000 runs of each property. Gas figures have bounds and
# are compared with contracts/snapshots; FORGE_SNAPSHOT_CHECK=false writes them anew.
set -eu
cd "$(dirname "$0")"
if [ ! -x node_modules/.bin/forge ]; then
    echo "contracts: the toolchain is missing: ./run setup" >&2
    exit 1
fi
PATH=$PWD/node_modules/.bin:$PATH
export FORGE_SNAPSHOT_CHECK="${FORGE_SNAPSHOT_CHECK:-true}"
exec forge test "$@"
