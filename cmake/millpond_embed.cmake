# millpond_embed(<folder> <header> <function> <file>): adds to the module a function, declared in its
# header, that returns the text of <file>; a changed file is built in again.
function(millpond_embed folder header function file)
  string(REPLACE "/" "_" target "millpond_${folder}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  file(READ ${PROJECT_SOURCE_DIR}/${file} text)
  file(CONFIGURE OUTPUT ${folder}/${function}.cpp @ONLY CONTENT [==[
#include "@header@"

std::string_view millpond::evidence::@function@()
{
    return R"embedded(@text@)embedded";
}
]==])
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${folder}/${function}.cpp)
endfunction()
