#!/bin/sh
# with_compilers.sh SOURCE_DIR BUILD_DIR COMPILER OPTION [COMPILER OPTION]...: builds the simulator with
# each of them, without the rest of the product, plays the same with each and compares what they print.
set -eu
source=$1
build=$2
shift 2
mkdir -p "$build"
build=$(cd "$build" && pwd)
{
    printf 'namespace millpond {\nextern const char* const attacks_text;\nconst char* const attacks_text = R"~~('
    cat "$source/schema/calibration/attacks.json"
    printf ')~~";\n}\n'
} >"$build/built_in.cpp"
cached=$(command -v ccache || true)
first=
while [ $# -gt 1 ]; do
    compiler=$1
    optimisation=$2
    shift 2
    name=$(basename "$compiler")$optimisation
    rm -rf "${build:?}/$name"
    mkdir -p "$build/$name"
    # Not what plays need nothing of: reports as pages, searches.
    find "$source/src/base" "$source/src/model" "$source/src/crypto" "$source/src/core" "$source/src/flow" \
        "$source/src/sim" "$source/src/edge/calibration" "$source/tests/same_bytes" "$build/built_in.cpp" \
        -name '*.cpp' ! -name html.cpp ! -name tune.cpp ! -name economics.cpp \
        ! -name experiment.cpp ! -name learner.cpp |
        xargs -P "$(nproc)" -I '{}' sh -ec \
            'object=$3/$(echo "$1" | tr / _).o; $5 "$2" -std=c++2b "$6" -I"$4/src" -c "$1" -o "$object"' \
            sh '{}' "$compiler" "$build/$name" "$source" "$cached" "$optimisation"
    "$compiler" -o "$build/$name/plays" "$build/$name"/*.o -lsecp256k1 -lcrypto -lpthread
    (cd "$source/schema/scenarios" &&
        "$build/$name/plays" learner.scenario outvoted.scenario reorganised.scenario saboteurs.scenario \
            stealth.scenario) >"$build/$name.txt"
    [ -n "$first" ] || first=$build/$name.txt
    cmp "$first" "$build/$name.txt"
done
echo "the same by all: $(tail -n 1 "$first")"
