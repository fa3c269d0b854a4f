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
install(FILES LICENSE LICENSES.md README.md ARCHITECTURE.md CONTRIBUTING.md GLOSSARY.md CHANGELOG.md SECURITY.md
        harness/MANIFEST.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES scenarios/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME SCENARIOS.md)
include(CPack)
