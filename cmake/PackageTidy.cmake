# SPDX-License-Identifier: GPL-2.0-or-later
#
# Run by cpack on what it has installed, ahead of packing: what a Debian package has to hold and an
# installation need not. The folder is CPACK_TEMPORARY_DIRECTORY; HVSPEC_DEBIAN says where the files are.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()
set(share "${CPACK_TEMPORARY_DIRECTORY}/usr/share")

# Without a name and a time, so that the same pages give the same package.
function(compress)
    execute_process(COMMAND gzip -9nf ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB pages "${share}/man/man*/*")
compress(${pages})
file(COPY "${CPACK_HVSPEC_SOURCE}/cmake/debian/copyright" DESTINATION "${share}/doc/hvspec")
file(REMOVE "${share}/doc/hvspec/LICENSE") # which is there once for all packages
file(CREATE_LINK ../../common-licenses/GPL-2 "${share}/doc/hvspec/LICENSE" SYMBOLIC)
file(COPY "${CPACK_HVSPEC_BINARY}/package/changelog" DESTINATION "${share}/doc/hvspec")
compress("${share}/doc/hvspec/changelog")
file(MAKE_DIRECTORY "${share}/lintian/overrides")
configure_file("${CPACK_HVSPEC_SOURCE}/cmake/debian/lintian-overrides"
               "${share}/lintian/overrides/hvspec" COPYONLY)
