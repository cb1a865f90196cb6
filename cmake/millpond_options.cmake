add_library(millpond_options INTERFACE)
target_compile_options(millpond_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Wextra-semi -Wmissing-declarations
  # Designated initialisers name what matters and leave the rest at the defaults of the struct.
  -Wno-missing-field-initializers -Wno-missing-designated-field-initializers)
if(MILLPOND_WERROR)
  target_compile_options(millpond_options INTERFACE -Werror)
endif()
