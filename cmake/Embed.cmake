# SPDX-License-Identifier: GPL-2.0-or-later

# Run as a script: cmake -D SOURCE=page.css -D NAME=html_page_css -D OUTPUT=page_css.c -P Embed.cmake
# Writes a file's bytes as the zero-terminated C array NAME.
file(READ ${SOURCE} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],0x[0-9a-f][0-9a-f],)"
                     "\\1\n" bytes "${bytes}")
get_filename_component(file ${SOURCE} NAME)
file(WRITE ${OUTPUT} "/* Generated from ${file}. */\n#include \"reports/html/assets.h\"\n\n"
                     "const char ${NAME}[] = {\n${bytes}0};\n")
