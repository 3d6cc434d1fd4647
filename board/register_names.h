/* SPDX-License-Identifier: MIT */
/* The generated table of register names; see scripts/register_names.py. */
#ifndef DUO_VB_REGISTER_NAMES_H
#define DUO_VB_REGISTER_NAMES_H

#include <stdint.h>

struct vb_named_periph {
    uint32_t base_addr; /* Non-secure alias. */
    const char *name;
    const char *registers; /* "510:SEND_CNF[n]*10+4 ...", hexadecimal. */
};

extern const struct vb_named_periph vb_named_app[];
extern const unsigned vb_named_app_count;
extern const struct vb_named_periph vb_named_net[];
extern const unsigned vb_named_net_count;

#endif
