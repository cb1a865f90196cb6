#!/bin/sh
# with_compiler.sh SOURCE_DIR BUILD_DIR COMPILER OPTION...: builds the verdict function and the judge
# of the golden vectors, without the rest of the product, and judges them.
set -e
source=$1
build=$2
compiler=$3
shift 3
mkdir -p "$build"
cat > "$build/built_in.cpp" <<'TEXT'
namespace millpond {
extern const char* const thresholds_text = "";
}
TEXT
program="$build/judge_vectors"
"$compiler" -std=c++23 -I"$source/src" "$@" -o "$program" "$source"/src/core/verify/*.cpp \
  "$source/src/base/bytes.cpp" "$source/src/crypto/keccak.cpp" "$source/src/model/profile.cpp" \
  "$source/src/edge/picture/report_json.cpp" "$source/src/edge/picture/report_codec.cpp" \
  "$source/src/edge/evidence/threshold_file.cpp" \
  "$build/built_in.cpp" "$source/tests/verdict/judge_vectors.cpp"
"$program" "$source/schema/vectors/verdict"
