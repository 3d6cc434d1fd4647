/* SPDX-License-Identifier: MIT */
/* The files of the built page. */
#ifndef DUO_WEB_PAGE_H
#define DUO_WEB_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "fail.h"

struct duo_web_file {
    int fd;
    uint64_t size_bytes;
    const char *type; /* For Content-Type. */
    bool is_for_ever; /* Its name changes with its content. */
};

/** Is the page there? Else IO, with how to build it. */
bool duo_web_page_check(const char *page_path, struct duo_tool_error *error);

/** Open the path @p what, "/" being index.html. False: nothing that is
 * served: only regular files of known types below the page's folder are, by
 * paths without links, dots at the start of a name or any odd character. */
bool duo_web_page_open(const char *page_path, const char *what,
                       struct duo_web_file *file);

#endif
