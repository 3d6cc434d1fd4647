/* SPDX-License-Identifier: MIT */
/* Image files; see image_file.h. */
#include "image_file.h"

#include <string.h>
#include <strings.h>

#include "hex.h"

bool duo_tool_is_hex_path(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL && strcasecmp(dot, ".hex") == 0;
}

bool duo_tool_image_file_read(const char *path,
                              struct duo_tool_image_file *file,
                              struct duo_tool_error *error)
{
    struct duo_tool_buffer content;
    bool done = true;

    *file = (struct duo_tool_image_file){0};
    if (!duo_tool_file_read(path, &content, error)) {
        return false;
    }
    if (content.len_bytes == 0) {
        duo_tool_buffer_free(&content);
        return duo_tool_fail(error, DUO_EXIT_INPUT, "%s: the file is empty",
                             path);
    }
    if (!duo_tool_is_hex_path(path)) {
        file->bytes = content;
        return true;
    }
    file->has_addr = true;
    done = duo_tool_hex_decode(path, duo_tool_buffer_view(&content),
                               &file->bytes, &file->addr, error);
    duo_tool_buffer_free(&content);
    return done;
}

void duo_tool_image_file_free(struct duo_tool_image_file *file)
{
    duo_tool_buffer_free(&file->bytes);
}
