/* SPDX-License-Identifier: MIT */
/* What every verb with --json ends in. */
#ifndef DUO_TOOLS_PRINT_JSON_H
#define DUO_TOOLS_PRINT_JSON_H

#include <jansson.h>

/** Print @p object, indented, and let it go. */
void duo_print_json(json_t *object);

#endif
