# SPDX-License-Identifier: GPL-2.0-or-later
#
# hvspec_add_probe(NAME name
#     TARGET target | MANIFEST file | both    # what is checked: a target's file, or a manifest
#     [ENTRY symbol...] [ANSWER kind]         # as in hvspec check
#     [BASELINE file] [PROFILE name] [STRICT]
#     [SECTIONS section...]                   # default: max target gaps generic platform
#     [REPORTS format...] [REPORT_FOLDER dir] # NAME.xml and so on; default: the build folder
#     [OPTIONS option...])                    # any others
#
# Adds a test NAME/SECTION for each section of rules. Ahead of them, and of any one of them alone, come
# NAME/build, which builds the target anew, so that ctest never judges an old library, and NAME/run,
# which runs the suite once and writes the reports: the sections tell what it found.
#
# hvspec_add_table(NAME name
#     FILES file...                           # CPUID dumps, or manifests of tables (table:)
#     [BASELINE file] [STRICT] [REPORTS format...] [REPORT_FOLDER dir] # NAME-hypervisor.xml and so on
#     [OPTIONS option...])                    # any others, such as --guests
#
# Adds a test NAME/hypervisor: what a hypervisor answers, held against the rules hypervisor/*.

function(hvspec_add_probe)
    cmake_parse_arguments(PARSE_ARGV 0 probe "STRICT"
        "NAME;TARGET;MANIFEST;ANSWER;BASELINE;PROFILE;REPORT_FOLDER"
        "ENTRY;SECTIONS;REPORTS;OPTIONS")
    hvspec_check_arguments()
    if(NOT probe_SECTIONS)
        set(probe_SECTIONS max target gaps generic platform)
    endif()
    if(NOT probe_REPORT_FOLDER)
        set(probe_REPORT_FOLDER ${CMAKE_CURRENT_BINARY_DIR})
    endif()
    hvspec_checked_file(file)
    hvspec_check_options(options)
    hvspec_gate_options(gate)
    hvspec_build_targets(targets)
    hvspec_add_build("${targets}")
    hvspec_add_run("${file}" "${gate};${options}")
    hvspec_add_sections("${gate}")
endfunction()

function(hvspec_add_table)
    cmake_parse_arguments(PARSE_ARGV 0 probe "STRICT" "NAME;BASELINE;REPORT_FOLDER"
        "FILES;REPORTS;OPTIONS")
    if(probe_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "hvspec_add_table does not know: ${probe_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT probe_NAME)
        message(FATAL_ERROR "hvspec_add_table needs NAME: the test is called NAME/hypervisor")
    endif()
    if(NOT probe_FILES)
        message(FATAL_ERROR "hvspec_add_table(NAME ${probe_NAME}) needs FILES: CPUID dumps")
    endif()
    if(NOT probe_REPORT_FOLDER)
        set(probe_REPORT_FOLDER ${CMAKE_CURRENT_BINARY_DIR})
    endif()
    set(files)
    foreach(given IN LISTS probe_FILES)
        get_filename_component(file ${given} ABSOLUTE)
        list(APPEND files ${file})
    endforeach()
    hvspec_check_options(options)
    hvspec_gate_options(gate)
    hvspec_build_targets(targets)
    hvspec_add_build("${targets}")
    hvspec_report_options(${probe_NAME}-hypervisor reports)
    add_test(NAME ${probe_NAME}/hypervisor
        COMMAND hvspec::hvspec check ${files} --rule hypervisor/* ${gate} ${options} ${reports}
        COMMAND_EXPAND_LISTS)
    set_tests_properties(${probe_NAME}/hypervisor PROPERTIES
        FIXTURES_REQUIRED hvspec/${probe_NAME} LABELS hvspec)
endfunction()

# --- Parts of them, which read their variables. ---

# NAME/build.
function(hvspec_add_build targets)
    if(targets)
        add_test(NAME ${probe_NAME}/build COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR}
                                                  --config $<CONFIG> --target ${targets})
        set_tests_properties(${probe_NAME}/build PROPERTIES
            FIXTURES_SETUP hvspec/${probe_NAME} RESOURCE_LOCK hvspec_build)
    endif()
endfunction()

# NAME/run: all sections' rules at once, in one part, whose report can be taken apart by rules.
function(hvspec_add_run files options)
    set(rules)
    foreach(section IN LISTS probe_SECTIONS)
        list(APPEND rules --rule ${section}/*)
    endforeach()
    hvspec_report_options(${probe_NAME} reports)
    add_test(NAME ${probe_NAME}/run
        COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/HvspecRun.cmake --
                $<TARGET_FILE:hvspec::hvspec> check ${files} ${rules} ${options} ${reports}
                --shard 1/1 --report json=${CMAKE_CURRENT_BINARY_DIR}/${probe_NAME}.hvspec.json
        COMMAND_EXPAND_LISTS)
    set_tests_properties(${probe_NAME}/run PROPERTIES LABELS hvspec
        FIXTURES_REQUIRED hvspec/${probe_NAME} FIXTURES_SETUP hvspec/${probe_NAME}/run)
endfunction()

# NAME/SECTION: what that run found of the section's rules.
function(hvspec_add_sections gate)
    foreach(section IN LISTS probe_SECTIONS)
        add_test(NAME ${probe_NAME}/${section}
            COMMAND hvspec::hvspec merge ${CMAKE_CURRENT_BINARY_DIR}/${probe_NAME}.hvspec.json
                    --rule ${section}/* ${gate}
            COMMAND_EXPAND_LISTS)
        set_tests_properties(${probe_NAME}/${section} PROPERTIES
            FIXTURES_REQUIRED hvspec/${probe_NAME}/run LABELS hvspec)
    endforeach()
endfunction()

# The options that write the reports NAME.ENDING.
macro(hvspec_report_options name result)
    # Here, because a project that takes hvspec in as a subfolder sees its functions and not its
    # variables.
    set(ending_junit xml)
    set(ending_cunit cunit.xml)
    set(ending_console txt)
    set(${result})
    foreach(format IN LISTS probe_REPORTS)
        set(ending ${format})
        if(ending_${format})
            set(ending ${ending_${format}})
        endif()
        list(APPEND ${result} --report ${format}=${probe_REPORT_FOLDER}/${name}.${ending})
    endforeach()
endmacro()

macro(hvspec_check_arguments)
    if(probe_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "hvspec_add_probe does not know: ${probe_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT probe_NAME)
        message(FATAL_ERROR "hvspec_add_probe needs NAME: the tests are called NAME/max and so on")
    endif()
    if(NOT probe_TARGET AND NOT probe_MANIFEST)
        message(FATAL_ERROR "hvspec_add_probe(NAME ${probe_NAME}) needs TARGET or MANIFEST")
    endif()
    if(probe_TARGET AND NOT TARGET ${probe_TARGET})
        message(FATAL_ERROR "hvspec_add_probe(NAME ${probe_NAME}): no target ${probe_TARGET}")
    endif()
endmacro()

# What the tests need: the target, and the program itself when this build makes it.
macro(hvspec_build_targets result)
    set(${result} ${probe_TARGET})
    get_target_property(imported hvspec::hvspec IMPORTED)
    if(NOT imported)
        list(APPEND ${result} hvspec)
    endif()
endmacro()

# The manifest, or what the target builds. A static library is an archive and no code to be called.
macro(hvspec_checked_file result)
    if(probe_MANIFEST)
        get_filename_component(${result} ${probe_MANIFEST} ABSOLUTE)
    else()
        get_target_property(type ${probe_TARGET} TYPE)
        if(type STREQUAL OBJECT_LIBRARY)
            set(${result} $<TARGET_OBJECTS:${probe_TARGET}>)
        elseif(type MATCHES "^(SHARED_LIBRARY|MODULE_LIBRARY|EXECUTABLE)$")
            set(${result} $<TARGET_FILE:${probe_TARGET}>)
        else()
            message(FATAL_ERROR "hvspec_add_probe(NAME ${probe_NAME}): ${probe_TARGET} is a "
                    "${type}; make it a SHARED, MODULE or OBJECT library or an executable")
        endif()
    endif()
endmacro()

# How a run is held against the baseline, and what reports name files from.
macro(hvspec_gate_options result)
    set(${result} --source-root ${CMAKE_SOURCE_DIR})
    if(probe_BASELINE)
        get_filename_component(baseline ${probe_BASELINE} ABSOLUTE)
        list(APPEND ${result} --baseline ${baseline})
    endif()
endmacro()

macro(hvspec_check_options result)
    set(${result})
    foreach(entry IN LISTS probe_ENTRY)
        list(APPEND ${result} --entry ${entry})
    endforeach()
    if(probe_ANSWER)
        list(APPEND ${result} --answer ${probe_ANSWER})
    endif()
    if(probe_PROFILE)
        list(APPEND ${result} --profile ${probe_PROFILE})
    endif()
    if(probe_STRICT)
        list(APPEND ${result} --strict)
    endif()
    list(APPEND ${result} ${probe_OPTIONS})
endmacro()
