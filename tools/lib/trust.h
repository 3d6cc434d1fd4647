/* SPDX-License-Identifier: MIT */
/* What a board trusts, made on the host: the code ranges of a layout and the
 * public keys of key files. */
#ifndef DUO_TOOL_TRUST_H
#define DUO_TOOL_TRUST_H

#include "duo/image.h"
#include "duo/layout.h"
#include "fail.h"

#define DUO_TOOL_KEYS_MAX 16U

struct duo_tool_trust {
    struct duo_trust trust; /* Points to keys: do not copy. */
    struct duo_public_key keys[DUO_TOOL_KEYS_MAX];
};

/** No keys; the code ranges are the active slots of @p layout. */
void duo_tool_trust_from_layout(const struct duo_layout *layout,
                                struct duo_tool_trust *trust);

/** Trust the key of @p path too, of which the public part is enough. */
bool duo_tool_trust_add_key(struct duo_tool_trust *trust, const char *path,
                            struct duo_tool_error *error);

#endif
