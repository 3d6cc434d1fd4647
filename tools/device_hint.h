/* SPDX-License-Identifier: MIT */
/* What to do about a failure, for somebody who is alone with a board. */
#ifndef DUO_TOOLS_DEVICE_HINT_H
#define DUO_TOOLS_DEVICE_HINT_H

#include <stdio.h>

#include "client.h"

/** Print what may help, if there is anything. @p url: NULL if no device was
 * named or the name means nothing. @p is_reached: it has answered before. */
void duo_talk_hint(FILE *out, const char *url, bool is_reached,
                   const struct duo_client_failure *failure,
                   const struct duo_tool_error *error);

#endif
