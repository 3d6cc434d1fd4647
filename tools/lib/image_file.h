/* SPDX-License-Identifier: MIT */
/* Image files: raw bytes, or Intel HEX if the name ends in .hex, as in
 * imgtool. */
#ifndef DUO_TOOL_IMAGE_FILE_H
#define DUO_TOOL_IMAGE_FILE_H

#include "file.h"

struct duo_tool_image_file {
    struct duo_tool_buffer bytes; /* From the lowest address on. */
    bool has_addr;
    uint32_t addr; /* Of the first byte; only HEX files know. */
};

bool duo_tool_is_hex_path(const char *path);

/** Fails with IO or INPUT; also if the file is empty. */
bool duo_tool_image_file_read(const char *path,
                              struct duo_tool_image_file *file,
                              struct duo_tool_error *error);
void duo_tool_image_file_free(struct duo_tool_image_file *file);

#endif
