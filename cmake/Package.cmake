# SPDX-License-Identifier: GPL-2.0-or-later
#
# `cpack -G DEB` in a build folder: one Debian package with the program, its data, man pages and
# completions, and the libraries. What it depends on comes from the linked libraries themselves.
set(CPACK_PACKAGE_NAME hvspec)
set(CPACK_PACKAGE_VENDOR "the hvspec authors")
set(CPACK_PACKAGE_CONTACT "the hvspec authors <hvspec@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
"hvspec runs guest code that detects hypervisor features under scripted CPUID
values, and judges it rule by rule: whether it reads the maximum leaf first,
whether it takes a zero leaf for absent, and that no vendor's name matters.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
configure_file(cmake/PackageDepends.cmake.in ${PROJECT_BINARY_DIR}/PackageDepends.cmake.in @ONLY)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/PackageDepends.cmake INPUT ${PROJECT_BINARY_DIR}/PackageDepends.cmake.in)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_BINARY_DIR}/PackageDepends.cmake)
# Each where it stands in the sources, so that links lead on.
foreach(document IN ITEMS LICENSE LICENSES.md README.md ARCHITECTURE.md CONTRIBUTING.md GLOSSARY.md CHANGELOG.md SECURITY.md
        Containerfile harness/MANIFEST.md harness/bench/README.md harness/prove/README.md scenarios/README.md
        harness/prove/gallery.txt reports/field/README.md reports/field/badge.svg reports/measured/audit-reference.md
        reports/measured/programs.md reports/measured/rarity.md)
    get_filename_component(folder ${document} DIRECTORY)
    install(FILES ${document} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
string(TIMESTAMP hvspec_packed "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(cmake/debian/changelog.in ${PROJECT_BINARY_DIR}/package/changelog @ONLY)
set(CPACK_HVSPEC_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_HVSPEC_BINARY ${PROJECT_BINARY_DIR})
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/PackageTidy.cmake)
include(CPack)
# What Debian's own checker says of the package: two minutes. Reasons for what it may not like are in
# cmake/debian/lintian-overrides.
add_custom_target(package-lint
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${PROJECT_BINARY_DIR}/package-lint
    COMMAND ${CMAKE_CPACK_COMMAND} -G DEB -B ${PROJECT_BINARY_DIR}/package-lint
    COMMAND sh -c "lintian --allow-root --fail-on error,warning ${PROJECT_BINARY_DIR}/package-lint/hvspec_*.deb"
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR} USES_TERMINAL VERBATIM)
