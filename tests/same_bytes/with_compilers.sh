#!/bin/sh
# with_compilers.sh SOURCE_DIR BUILD_DIR COMPILER...: builds the plays with each and compares what they print.
set -eu
source=$1
build=$2
shift 2
mkdir -p "$build"
{
    printf 'namespace millpond {\nextern const char* const attacks_text;\nconst char* const attacks_text = R"~~('
    cat "$source/schema/calibration/attacks.json"
    printf ')~~";\n}\n'
} >"$build/built_in.cpp"
for compiler in "$@"; do
    name=$(basename "$compiler")
    mkdir -p "$build/$name"
    find "$source/src/base" "$source/src/model" "$source/src/crypto" "$source/src/core" "$source/src/flow" \
        "$source/src/sim" "$source/src/edge/calibration" "$source/tests/same_bytes" "$build/built_in.cpp" \
        -name '*.cpp' | xargs -P "$(nproc)" -I '{}' sh -ec \
        'object=$3/$(echo "$1" | tr / _).o; "$2" -std=c++2b -O2 -I"$4/src" -c "$1" -o "$object"' \
        sh '{}' "$compiler" "$build/$name" "$source"
    "$compiler" -o "$build/$name/plays" "$build/$name"/*.o -lsecp256k1 -lcrypto -lpthread
    "$build/$name/plays" "$source/schema/scenarios/stealth.scenario" | tee "$build/$name.txt"
done
for compiler in "$@"; do cmp "$build/$(basename "$1").txt" "$build/$(basename "$compiler").txt"; done
