add_library(millpond_options INTERFACE)
target_compile_options(millpond_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Wextra-semi -Wmissing-declarations
  # Designated initialisers name what matters and leave the rest at the defaults of the struct.
  -Wno-missing-field-initializers -Wno-missing-designated-field-initializers)
if(MILLPOND_WERROR)
  target_compile_options(millpond_options INTERFACE -Werror)
endif()

# millpond_module(<folder> [PUBLIC <dep>...] [PRIVATE <dep>...])
#
# One folder under src/ is one library: core/session becomes the target millpond::core::session.
# A dep with "::" comes from outside. Any other is a module and must stand above this one,
# so the order of src/CMakeLists.txt is the layering and a cycle cannot be written down.
function(millpond_module folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")
  string(REPLACE "/" "_" target "millpond_${folder}")
  string(REPLACE "/" "::" alias "millpond::${folder}")
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.[ch]pp ${folder}/internal/*.[ch]pp)
  add_library(${target} ${sources})
  add_library(${alias} ALIAS ${target})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE millpond_options)
  foreach(scope IN ITEMS PUBLIC PRIVATE)
    foreach(dep IN LISTS arg_${scope})
      if(NOT dep MATCHES "::")
        string(REPLACE "/" "::" dep_target "millpond::${dep}")
        if(NOT TARGET ${dep_target})
          message(FATAL_ERROR "${folder} uses ${dep}, which is not above it in src/CMakeLists.txt")
        endif()
        set(dep ${dep_target})
      endif()
      target_link_libraries(${target} ${scope} ${dep})
    endforeach()
  endforeach()
  if(folder MATCHES "^core/")
    target_compile_options(${target} PRIVATE -fno-exceptions)
  endif()
  if(BUILD_SHARED_LIBS)
    target_link_options(${target} PRIVATE LINKER:--no-undefined)
  endif()
endfunction()
