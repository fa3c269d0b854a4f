# SPDX-License-Identifier: GPL-2.0-or-later
#
# cmake -D HVSPEC=PROGRAM -D FOLDER=share -D SOURCE=. -D VERSION=1.0.0 -D PYTHON=python3
# -P GeneratePages.cmake: man pages and completion scripts, which the program prints from its own rows
# of commands and options, where an installation has them. Section 3 is made of the library's header and
# section 5 of the texts on files, where there is a Python.

# Runs the program and keeps what it prints in a file below FOLDER.
function(generate file)
    get_filename_component(folder "${FOLDER}/${file}" DIRECTORY)
    file(MAKE_DIRECTORY "${folder}")
    execute_process(COMMAND "${HVSPEC}" ${ARGN} OUTPUT_FILE "${FOLDER}/${file}"
                    COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Pages of commands that are no more do not stay.
file(REMOVE_RECURSE "${FOLDER}/man")
execute_process(COMMAND "${HVSPEC}" help --names OUTPUT_VARIABLE names
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" names "${names}")
generate(man/man1/hvspec.1 help --man)
foreach(name IN LISTS names)
    generate(man/man1/hvspec-${name}.1 help --man ${name})
endforeach()
function(generate_format name summary text)
    file(MAKE_DIRECTORY "${FOLDER}/man/man5")
    execute_process(COMMAND "${PYTHON}" "${SOURCE}/cmake/markdown_man.py" ${name} ${VERSION}
                            "${summary}" "${SOURCE}/${text}"
                    OUTPUT_FILE "${FOLDER}/man/man5/${name}.5" COMMAND_ERROR_IS_FATAL ANY)
endfunction()
if(PYTHON)
    file(MAKE_DIRECTORY "${FOLDER}/man/man3")
    execute_process(COMMAND "${PYTHON}" -B "${SOURCE}/cmake/header_man.py" libhvspec ${VERSION}
                            "conformance checks from within a program" -lhvspec
                            "${SOURCE}/harness/api/hvspec.h"
                    OUTPUT_FILE "${FOLDER}/man/man3/libhvspec.3" COMMAND_ERROR_IS_FATAL ANY)
    generate_format(hvspec-manifest "how a probe is called, and what its answer means"
                    harness/MANIFEST.md)
    generate_format(hvspec-scenario "a way in which feature detection can go wrong, as a file"
                    scenarios/README.md)
endif()
generate(bash-completion/completions/hvspec help --completion bash)
generate(zsh/site-functions/_hvspec help --completion zsh)
generate(fish/vendor_completions.d/hvspec.fish help --completion fish)
