# millpond_text(<folder> <file> <name>): builds schema/<file> into the module, as the text `name` in
# namespace millpond, so that a program needs no data files beside it.
function(millpond_text folder file name)
  string(REPLACE "/" "_" target "millpond_${folder}")
  set(path ${PROJECT_SOURCE_DIR}/schema/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${folder}/${name}.cpp)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
    "namespace millpond {\nextern const char* const @name@;\nconst char* const @name@ = R\"text(@text@)text\";\n}\n")
  target_sources(${target} PRIVATE ${out})
endfunction()
