# SPDX-License-Identifier: GPL-2.0-or-later
#
# Probes are guest code: built beside the program, at build time, by compilers named here and not by
# the project's own flags. One custom command a file and one target a folder, so that a few hundred
# of them cost CMake nothing. What was built is listed in build/probes/FOLDER/list.txt, a line
# "path | abi" each: what to hand to hvspec, relative to the list (a manifest where the code needs
# one), and the convention it is called by; a folder may add fields of its own.

# An x86 machine's own compilers make such code; on any other one it takes GCC's for x86-64, and
# Clang told so by a script of its own, since a probe's compiler is one word.
if(CMAKE_HOST_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64|i[3-6]86)$")
    set(hvspec_probe_cross OFF)
else()
    set(hvspec_probe_cross ON)
endif()
option(HVSPEC_PROBE_CROSS "Probes are built with cross compilers for x86-64" ${hvspec_probe_cross})
set(hvspec_probe_prefix "")
if(HVSPEC_PROBE_CROSS)
    set(hvspec_probe_prefix x86_64-linux-gnu-)
endif()
find_program(HVSPEC_PROBE_GCC NAMES ${hvspec_probe_prefix}gcc DOC "GCC for probes")
find_program(HVSPEC_PROBE_GXX NAMES ${hvspec_probe_prefix}g++ DOC "GCC's C++ compiler for probes")
find_program(HVSPEC_PROBE_CLANG NAMES clang DOC "Clang for probes; optional")
find_program(HVSPEC_PROBE_CLANGXX NAMES clang++ DOC "Clang's C++ compiler for probes; optional")
find_program(HVSPEC_PROBE_RUSTC NAMES rustc DOC "Rust's compiler for probes; optional")
find_program(HVSPEC_PROBE_OBJCOPY NAMES ${hvspec_probe_prefix}objcopy DOC "objcopy for flat probes")
if(HVSPEC_PROBE_CROSS)
    foreach(compiler IN ITEMS CLANG CLANGXX)
        if(HVSPEC_PROBE_${compiler})
            get_filename_component(hvspec_probe_name ${HVSPEC_PROBE_${compiler}} NAME)
            set(hvspec_probe_script ${PROJECT_BINARY_DIR}/CMakeFiles/probe-compilers/${hvspec_probe_name})
            file(WRITE ${hvspec_probe_script}
                "#!/bin/sh\nexec ${HVSPEC_PROBE_${compiler}} --target=x86_64-linux-gnu \"$@\"\n")
            file(CHMOD ${hvspec_probe_script} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                WORLD_READ WORLD_EXECUTE)
            set(HVSPEC_PROBE_${compiler} ${hvspec_probe_script})
        endif()
    endforeach()
endif()

# Debug information with paths from the top of the project; nothing that a distribution adds.
set(HVSPEC_PROBE_FLAGS -g -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -I${PROJECT_SOURCE_DIR}
    -ffreestanding -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables
    -Wall -Wextra)
if(HVSPEC_WERROR)
    list(APPEND HVSPEC_PROBE_FLAGS -Werror)
endif()
set(HVSPEC_PROBE_SHARED -fPIC -shared -nostdlib)

# Sets `result` to true when the compiler makes x86 code for 16, 32 or 64 bits; asked once a compiler.
# Many take -m64 and -m32 and make code for another processor: what they define tells.
function(hvspec_probe_compiler_works compiler bits result)
    get_filename_component(name "${compiler}" NAME)
    set(cache HVSPEC_PROBE_WORKS_${name}_${bits})
    if(NOT compiler)
        set(${result} FALSE PARENT_SCOPE)
        return()
    endif()
    if(NOT DEFINED ${cache})
        set(source ${PROJECT_BINARY_DIR}/CMakeFiles/probe-compiler.c)
        set(defined __i386__)
        if(bits EQUAL 64)
            set(defined __x86_64__)
        endif()
        file(WRITE ${source} "#include <stdint.h>\n#ifndef ${defined}\n#error not x86\n#endif\n"
            "uint32_t probe(void) { return 1; }\n")
        execute_process(COMMAND ${compiler} -m${bits} -ffreestanding -c ${source} -o ${source}.o
                        RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
        if(failed)
            message(WARNING "${compiler} makes no ${bits}-bit x86 code: such probes are left out")
            set(${cache} FALSE CACHE INTERNAL "")
        else()
            set(${cache} TRUE CACHE INTERNAL "")
        endif()
    endif()
    set(${result} ${${cache}} PARENT_SCOPE)
endfunction()

# The convention that code of this mode is called by, unless a manifest says otherwise.
function(hvspec_probe_abi bits result)
    if(bits EQUAL 64)
        set(${result} sysv64 PARENT_SCOPE)
    elseif(bits EQUAL 32)
        set(${result} cdecl32 PARENT_SCOPE)
    else()
        set(${result} registers PARENT_SCOPE)
    endif()
endfunction()

# hvspec_probe_build(OUTPUT SOURCE COMMAND...): one output from one source and the headers in
# HVSPEC_PROBE_HEADERS, by one or more commands. Adds it to HVSPEC_PROBE_OUTPUTS of the folder.
macro(hvspec_probe_build output source)
    get_filename_component(hvspec_probe_folder ${output} DIRECTORY)
    file(MAKE_DIRECTORY ${hvspec_probe_folder})
    file(RELATIVE_PATH hvspec_probe_name ${PROJECT_BINARY_DIR} ${output})
    add_custom_command(OUTPUT ${output} ${ARGN}
        DEPENDS ${source} ${HVSPEC_PROBE_HEADERS}
        COMMENT "Building ${hvspec_probe_name}" VERBATIM)
    list(APPEND HVSPEC_PROBE_OUTPUTS ${output})
endmacro()

# hvspec_probe_listed(PATH ABI FIELD...): notes a line for list.txt.
macro(hvspec_probe_listed path abi)
    string(APPEND HVSPEC_PROBE_LIST "${path} | ${abi}")
    foreach(hvspec_probe_field IN ITEMS ${ARGN})
        string(APPEND HVSPEC_PROBE_LIST " | ${hvspec_probe_field}")
    endforeach()
    string(APPEND HVSPEC_PROBE_LIST "\n")
endmacro()

# hvspec_probe_folder_done(NAME [ALL]): writes list.txt and makes the target probes_NAME of all
# outputs, which the default target builds too with ALL.
macro(hvspec_probe_folder_done name)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/probes/${name}/list.txt CONTENT "${HVSPEC_PROBE_LIST}")
    add_custom_target(probes_${name} ${ARGN} DEPENDS ${HVSPEC_PROBE_OUTPUTS})
endmacro()

# Reads a table of rows with fields separated by '|', comments left out. Each row comes back as one
# element whose fields are still separated by '|'; hvspec_probe_fields takes it apart.
function(hvspec_probe_rows file result)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(STRINGS ${file} rows REGEX "^[^#]")
    set(${result} "${rows}" PARENT_SCOPE)
endfunction()

function(hvspec_probe_fields row)
    string(REPLACE "|" ";" fields "${row}")
    foreach(name IN LISTS ARGN)
        list(POP_FRONT fields field)
        string(STRIP "${field}" field)
        if(field STREQUAL "-")
            set(field "")
        endif()
        set(${name} "${field}" PARENT_SCOPE)
    endforeach()
endfunction()

# The modes that a row names, as numbers.
function(hvspec_probe_modes modes result)
    if(modes STREQUAL "both")
        set(${result} 64 32 PARENT_SCOPE)
    else()
        set(${result} ${modes} PARENT_SCOPE)
    endif()
endfunction()

# Copies NAME.yaml to where the code was built, @BITS@ filled in, when there is one. `result` is
# what to hand to hvspec: the manifest, or the code itself.
function(hvspec_probe_manifest name code result)
    get_filename_component(folder ${code} DIRECTORY)
    set(${result} ${code} PARENT_SCOPE)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}.yaml)
        configure_file(${name}.yaml ${folder}/${name}.yaml @ONLY)
        set(${result} ${folder}/${name}.yaml PARENT_SCOPE)
    endif()
endfunction()
