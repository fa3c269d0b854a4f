# SPDX-License-Identifier: GPL-2.0-or-later
#
# libhvspec, shared and static: harness/api/hvspec.h over what it needs of our own libraries, with
# nothing else visible, so that its functions cannot meet others of the same names.

include(CMakePackageConfigHelpers)

# What the code needs beside the C library. CUnit is not among it: the program alone uses that.
set(HVSPEC_LIBRARY_NEEDS unicorn capstone dw elf cyaml yaml jansson nettle xml2)
# What it asks a solver with, where it was built with both (harness/symbolic, emulator/lift). libVEX lies where
# no linker looks, so it becomes part of the library.
if(Z3_INCLUDE AND Z3_LIBRARY)
    list(APPEND HVSPEC_LIBRARY_NEEDS z3)
    set(HVSPEC_LIBRARY_Z3 ", z3")
endif()
# What shuts its workers off from the system (base/sandbox.c).
if(SECCOMP_FOUND)
    list(APPEND HVSPEC_LIBRARY_NEEDS seccomp)
    set(HVSPEC_LIBRARY_SECCOMP ", libseccomp")
endif()
set_target_properties(hvspec_base hvspec_emulator hvspec_reports hvspec_harness PROPERTIES
                      POSITION_INDEPENDENT_CODE ON)

add_library(hvspec_api OBJECT harness/api/hvspec.c)
target_link_libraries(hvspec_api PRIVATE hvspec_options)
set_target_properties(hvspec_api PROPERTIES POSITION_INDEPENDENT_CODE ON
                      C_VISIBILITY_PRESET default)

add_library(hvspec_shared SHARED $<TARGET_OBJECTS:hvspec_api>)
target_link_libraries(hvspec_shared PRIVATE hvspec_harness)
target_link_options(hvspec_shared PRIVATE -Wl,--as-needed
                    -Wl,--version-script=${PROJECT_SOURCE_DIR}/harness/api/hvspec.map)
set_target_properties(hvspec_shared PROPERTIES OUTPUT_NAME hvspec EXPORT_NAME libhvspec
                      LINKER_LANGUAGE C VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                      LINK_DEPENDS ${PROJECT_SOURCE_DIR}/harness/api/hvspec.map)

# One object that holds the parts in use, libiberty's among them, its inner names made local.
if(IBERTY_INCLUDE AND IBERTY_LIBRARY)
    set(iberty ${IBERTY_LIBRARY})
endif()
set(object ${CMAKE_CURRENT_BINARY_DIR}/hvspec_all.o)
add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${object} $<TARGET_OBJECTS:hvspec_api>
            -Wl,--start-group $<TARGET_FILE:hvspec_harness> $<TARGET_FILE:hvspec_reports>
            $<TARGET_FILE:hvspec_emulator> $<TARGET_FILE:hvspec_base>
            ${iberty} $<$<BOOL:${VEX_LIBRARY}>:${VEX_LIBRARY}> -Wl,--end-group
    COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=hvspec_* ${object}
    DEPENDS hvspec_api $<TARGET_OBJECTS:hvspec_api> hvspec_harness hvspec_reports hvspec_emulator hvspec_base
    COMMENT "Joining libhvspec.a" COMMAND_EXPAND_LISTS VERBATIM)
set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
add_library(hvspec_static STATIC ${object})
target_link_libraries(hvspec_static INTERFACE ${HVSPEC_LIBRARY_NEEDS})
set_target_properties(hvspec_static PROPERTIES OUTPUT_NAME hvspec EXPORT_NAME libhvspec_static
                      LINKER_LANGUAGE C)

foreach(library hvspec_shared hvspec_static)
    set_target_properties(${library} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
                          LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
    target_include_directories(${library} INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/harness/api> $<INSTALL_INTERFACE:include>)
endforeach()
# The names that an installation has, for projects that take this one in as a subfolder.
add_library(hvspec::libhvspec ALIAS hvspec_shared)
add_library(hvspec::libhvspec_static ALIAS hvspec_static)
add_executable(hvspec::hvspec ALIAS hvspec)

# --- Installation: find_package(hvspec) and pkg-config. ---

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/hvspec)
install(TARGETS hvspec hvspec_shared hvspec_static EXPORT hvspecTargets)
install(FILES harness/api/hvspec.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT hvspecTargets NAMESPACE hvspec:: DESTINATION ${package})
configure_package_config_file(cmake/hvspecConfig.cmake.in hvspecConfig.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(hvspecConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hvspecConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/hvspecConfigVersion.cmake cmake/HvspecAddProbe.cmake
              cmake/HvspecRun.cmake
        DESTINATION ${package})
file(RELATIVE_PATH HVSPEC_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" HVSPEC_PREFIX_FROM_PC "${HVSPEC_PREFIX_FROM_PC}")
configure_file(cmake/hvspec.pc.in hvspec.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/hvspec.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The same from the build tree: -Dhvspec_DIR=build.
configure_file(cmake/HvspecAddProbe.cmake HvspecAddProbe.cmake COPYONLY)
configure_file(cmake/HvspecRun.cmake HvspecRun.cmake COPYONLY)
export(EXPORT hvspecTargets NAMESPACE hvspec:: FILE ${CMAKE_CURRENT_BINARY_DIR}/hvspecTargets.cmake)
include(cmake/HvspecAddProbe.cmake)
