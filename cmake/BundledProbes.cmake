# SPDX-License-Identifier: GPL-2.0-or-later
#
# The few probes that come with the program, for `hvspec list probes` and to try it on: the reference,
# and one broken probe for each step that goes wrong in the field. In the build tree they are links.
set(HVSPEC_BUNDLED_PROBES reference/reference-gcc-O2-64.so reference/reference-gcc-O2-32.so
    broken/64/max-signed.so broken/64/target-low-byte.so broken/64/gap-first-zero.so
    broken/64/signature-trusted.so broken/64/platform-bx-lost.so)

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/hvspec/probes)
foreach(probe IN LISTS HVSPEC_BUNDLED_PROBES)
    get_filename_component(name ${probe} NAME)
    file(CREATE_LINK ${PROJECT_BINARY_DIR}/probes/${probe}
         ${PROJECT_BINARY_DIR}/share/hvspec/probes/${name} SYMBOLIC)
    install(FILES ${PROJECT_BINARY_DIR}/probes/${probe}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/hvspec/probes OPTIONAL)
endforeach()
# What a project would publish of itself, of these: a table and a badge. They do not all conform (1).
set(hvspec_field ${PROJECT_SOURCE_DIR}/reports/field)
add_custom_target(field
    COMMAND sh -c "\"$@\" || [ $? = 1 ]" field $<TARGET_FILE:hvspec> check -q ${HVSPEC_BUNDLED_PROBES}
            --report markdown=${hvspec_field}/README.md
    COMMAND $<TARGET_FILE:hvspec> check -q reference/reference-gcc-O2-64.so --report badge=${hvspec_field}/badge.svg
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/probes USES_TERMINAL VERBATIM)
if(BUILD_TESTING)
    add_test(NAME reports/field COMMAND ${PROJECT_SOURCE_DIR}/cmake/tests/field_test.sh $<TARGET_FILE:hvspec>
                                        ${hvspec_field} ${PROJECT_BINARY_DIR}/probes ${HVSPEC_BUNDLED_PROBES})
    set_tests_properties(reports/field PROPERTIES SKIP_RETURN_CODE 77)
endif()
# The wrong guests that `check --guests` shows a table to, and the list that names their mistakes.
file(CREATE_LINK ${PROJECT_BINARY_DIR}/probes/broken/64 ${PROJECT_BINARY_DIR}/share/hvspec/guests SYMBOLIC)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/harness/broken/expected.txt
     ${PROJECT_BINARY_DIR}/share/hvspec/guests.txt SYMBOLIC)
install(DIRECTORY ${PROJECT_BINARY_DIR}/probes/broken/64/ DESTINATION ${CMAKE_INSTALL_DATADIR}/hvspec/guests
        FILES_MATCHING PATTERN "*.so" PATTERN "*.yaml")
install(FILES harness/broken/expected.txt DESTINATION ${CMAKE_INSTALL_DATADIR}/hvspec RENAME guests.txt)
install(FILES harness/reference/hv_feature.c harness/reference/hv_feature.h
              harness/reference/README.md
        DESTINATION ${CMAKE_INSTALL_DATADIR}/hvspec/reference)
