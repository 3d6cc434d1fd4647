/* SPDX-License-Identifier: MIT */
/* What `duoboot test` and `duoboot confirm` have in common: all but a flag. */
#ifndef DUO_TOOLS_DEVICE_SET_H
#define DUO_TOOLS_DEVICE_SET_H

#include "device_choose.h"

/** Run the verb; @p verb has neither options nor a parser. */
int duo_talk_set(const struct duo_talk_verb *verb, enum duo_choose purpose,
                 int argc, char **argv);

#endif
