/* SPDX-License-Identifier: MIT */
/* Printing JSON; see print_json.h. */
#include "print_json.h"

#include <stdio.h>

void duo_print_json(json_t *object)
{
    (void)json_dumpf(object, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(object);
}
