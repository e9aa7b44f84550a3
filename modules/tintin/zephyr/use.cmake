# SPDX-License-Identifier: Apache-2.0
# Include this before find_package(Zephyr) from an application that lies in this repository: it adds
# the module, unless the workspace or the command line has given it already.

get_filename_component(tintin_module ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
set(tintin_given ${ZEPHYR_MODULES} ${ZEPHYR_EXTRA_MODULES} ${EXTRA_ZEPHYR_MODULES})
if(NOT tintin_module IN_LIST tintin_given)
  list(APPEND ZEPHYR_EXTRA_MODULES ${tintin_module})
endif()
