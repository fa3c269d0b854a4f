# SPDX-License-Identifier: GPL-2.0-or-later
#
# cmake -D HVSPEC=PROGRAM -D FOLDER=share -P GeneratePages.cmake: man pages and completion scripts,
# which the program prints from its own rows of commands and options, where an installation has them.

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
generate(bash-completion/completions/hvspec help --completion bash)
generate(zsh/site-functions/_hvspec help --completion zsh)
generate(fish/vendor_completions.d/hvspec.fish help --completion fish)
