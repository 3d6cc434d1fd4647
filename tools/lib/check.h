/* SPDX-License-Identifier: MIT */
/* The boot loader's parser and verifier, applied to bytes in memory. */
#ifndef DUO_TOOL_CHECK_H
#define DUO_TOOL_CHECK_H

#include "duo/image.h"
#include "mem_flash.h"

struct duo_tool_verdict {
    enum duo_verdict verdict;
    enum duo_reason reason;
    struct duo_image image; /* As far as the image could be parsed. */
};

/** Verify with OpenSSL; @p verdict->image is filled in also if only digest or
 * signature are wrong. */
void duo_tool_check_image(struct duo_bytes bytes, const struct duo_trust *trust,
                          struct duo_tool_verdict *verdict);

/** The core that the vector table at @p header_bytes into @p bytes is linked
 * for; NONE if it is linked for neither, or there is no vector table. */
enum duo_core duo_tool_core_of_vectors(struct duo_bytes bytes,
                                       uint32_t header_bytes,
                                       const struct duo_trust *trust);

#endif
