# Headers from outside that most files include, parsed once for each way in which files are compiled. They
# save a third of a full build. Every file still names what it includes: clang-tidy reads src/ and apps/
# without this, and the preset `shared` compiles everything without it.
set(millpond_standard_headers <algorithm> <array> <charconv> <chrono> <coroutine> <cstdint> <cstring> <deque>
  <filesystem> <fstream> <functional> <map> <memory> <optional> <random> <ranges> <set> <span> <string>
  <string_view> <utility> <variant> <vector>)

function(millpond_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK;OPTIONS")
  set(source ${PROJECT_BINARY_DIR}/precompiled/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// carries precompiled headers\n")
  add_library(millpond_precompiled_${name} OBJECT ${source})
  target_link_libraries(millpond_precompiled_${name} PRIVATE millpond_options ${arg_LINK})
  # Without the time in it the same headers make the same file, by which ccache knows its users.
  target_compile_options(millpond_precompiled_${name} PRIVATE ${arg_OPTIONS} "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(millpond_precompiled_${name} PRIVATE ${millpond_standard_headers} ${arg_HEADERS})
endfunction()

millpond_precompile(core OPTIONS -fno-exceptions)
millpond_precompile(world HEADERS <nlohmann/json.hpp>)
millpond_precompile(tests HEADERS <nlohmann/json.hpp> <gtest/gtest.h> LINK GTest::gtest)

# millpond_precompiled(<target> core|world|tests)
function(millpond_precompiled target name)
  target_precompile_headers(${target} REUSE_FROM millpond_precompiled_${name})
endfunction()
