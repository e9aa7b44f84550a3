# SPDX-License-Identifier: Apache-2.0
# -DAPPLICATION=<name>: what applications/<name>/ says of input, network and memory is added to the
# application's own; a folder of yours that `tintin application` wrote does as well, by its absolute
# path. Include this before find_package(Zephyr), with SHIELD set.

if(DEFINED APPLICATION)
  get_filename_component(application_dir ${APPLICATION} ABSOLUTE
    BASE_DIR ${CMAKE_CURRENT_LIST_DIR}/applications)
  if(NOT IS_DIRECTORY ${application_dir})
    file(GLOB known RELATIVE ${CMAKE_CURRENT_LIST_DIR}/applications
      ${CMAKE_CURRENT_LIST_DIR}/applications/*)
    list(JOIN known ", " known)
    message(FATAL_ERROR "APPLICATION=${APPLICATION}: must be one of ${known}, "
      "or the absolute path of a folder that `tintin application` wrote")
  endif()

  string(REPLACE "/" "_" application_board "${BOARD}")
  list(APPEND EXTRA_CONF_FILE ${application_dir}/app.conf)
  list(APPEND EXTRA_DTC_OVERLAY_FILE ${application_dir}/app.overlay)
  # Of a shield, and of a board, where they have a say.
  foreach(name ${SHIELD} ${application_board})
    if(EXISTS ${application_dir}/${name}.overlay)
      list(APPEND EXTRA_DTC_OVERLAY_FILE ${application_dir}/${name}.overlay)
    endif()
  endforeach()
endif()
