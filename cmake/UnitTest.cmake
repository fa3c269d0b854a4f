# SPDX-License-Identifier: GPL-2.0-or-later

# Probes for the tests of units may be those of another build, so that one for a checker of memory need
# not compile them once more.
set(HVSPEC_TEST_PROBES "${PROJECT_BINARY_DIR}/probes" CACHE PATH "The probes that the tests of units run")
# All tests of units and what they run, with no probe beside their own fixtures.
add_custom_target(units)

# hvspec_unit_test(NAME LIBRARY...): tests/NAME_test.c as a CUnit program, run by ctest as
# unit/NAME. Its tests are rows of the table that base/tests/unit.h describes.
function(hvspec_unit_test name)
    if(NOT BUILD_TESTING)
        return()
    endif()
    add_executable(${name}_test tests/${name}_test.c)
    target_link_libraries(${name}_test PRIVATE hvspec_options ${ARGN} PkgConfig::CUNIT)
    target_compile_definitions(${name}_test PRIVATE
        HVSPEC_TEST_SOURCE="${CMAKE_CURRENT_SOURCE_DIR}/tests"
        HVSPEC_TEST_BINARY="${CMAKE_CURRENT_BINARY_DIR}"
        HVSPEC_TEST_ROOT="${PROJECT_SOURCE_DIR}"
        HVSPEC_TEST_SCENARIOS="${PROJECT_SOURCE_DIR}/scenarios"
        HVSPEC_TEST_PROBES="${HVSPEC_TEST_PROBES}"
        HVSPEC_TEST_FIXTURES="${PROJECT_BINARY_DIR}/emulator/image/tests/fixtures")
    add_test(NAME unit/${name} COMMAND ${name}_test)
    add_dependencies(units ${name}_test)
    set(labels unit)
    if(name STREQUAL "guest_fuzz")
        list(APPEND labels slow)
    endif()
    set_tests_properties(unit/${name} PROPERTIES LABELS "${labels}")
endfunction()

# hvspec_label_tests(): labels the tests of the current folder by the first part of their names, and
# those that take more than a few seconds as slow, for the preset "quick". Tests run beside each other, so
# each keeps to one processor: more workers in every command would only cost more to start. Those that
# build something are let loose. The slow ones begin first.
function(hvspec_label_tests)
    set(slow "^(audit|bench|package|probes|sweep|hosts|fuzz|prove)/|/(merge.*|schema|sweep.*|terminal|interrupt|slurm|parallel|pages|html_browser|gate|audit|hunt|guest_fuzz|new|explained|process|hunted|hints|qemu|bochs|faithful)$")
    get_property(tests DIRECTORY PROPERTY TESTS)
    foreach(test IN LISTS tests)
        string(REGEX REPLACE "/.*" "" label ${test})
        if(label STREQUAL "commands")
            set(label cli)
        endif()
        set(labels ${label})
        if(test MATCHES "${slow}")
            list(APPEND labels slow)
        endif()
        set_tests_properties(${test} PROPERTIES LABELS "${labels}")
        if(test MATCHES "${slow}")
            set_tests_properties(${test} PROPERTIES COST 10)
        endif()
        if(NOT test MATCHES "^(bench|package)/|-build$|/new$")
            set_tests_properties(${test} PROPERTIES PROCESSOR_AFFINITY ON)
        endif()
    endforeach()
endfunction()
