# millpond_proto(<folder> <file>...): adds the code that protoc makes of schema/proto/<file> to the
# module; only that module may include it.
function(millpond_proto folder)
  string(REPLACE "/" "_" target "millpond_${folder}")
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${folder}/generated)
  file(MAKE_DIRECTORY ${out})
  set(made)
  foreach(file IN LISTS ARGN)
    string(REGEX REPLACE "\\.proto$" "" name ${file})
    add_custom_command(
      OUTPUT ${out}/${name}.pb.cc ${out}/${name}.pb.h
      COMMAND protobuf::protoc --cpp_out=${out} -I${PROJECT_SOURCE_DIR}/schema/proto
        ${PROJECT_SOURCE_DIR}/schema/proto/${file}
      DEPENDS ${PROJECT_SOURCE_DIR}/schema/proto/${file})
    list(APPEND made ${out}/${name}.pb.cc ${out}/${name}.pb.h)
  endforeach()
  # A library of its own, so that our warnings do not judge code that is not ours.
  add_library(${target}_generated STATIC ${made})
  target_include_directories(${target}_generated SYSTEM PUBLIC ${out})
  target_link_libraries(${target}_generated PUBLIC outside::protobuf)
  set_target_properties(${target}_generated PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${target} PRIVATE ${target}_generated)
endfunction()
