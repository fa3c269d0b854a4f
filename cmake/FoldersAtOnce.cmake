# SPDX-License-Identifier: GPL-2.0-or-later

# hvspec_folders_at_once(TARGET FOLDER...): with the option HVSPEC_FOLDERS_AT_ONCE, compiles each of
# the folders (all there are: ALL) as one file, which makes a build from nothing quick.
function(hvspec_folders_at_once target)
    if(NOT HVSPEC_FOLDERS_AT_ONCE)
        return()
    endif()
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        get_filename_component(path ${source} ABSOLUTE)
        get_filename_component(folder ${path} DIRECTORY)
        file(RELATIVE_PATH folder ${CMAKE_CURRENT_SOURCE_DIR} ${folder})
        if("ALL" IN_LIST ARGN OR folder IN_LIST ARGN)
            string(MAKE_C_IDENTIFIER "all_of_${folder}" group)
            set_source_files_properties(${path} TARGET_DIRECTORY ${target}
                                        PROPERTIES UNITY_GROUP ${group})
        endif()
    endforeach()
endfunction()
