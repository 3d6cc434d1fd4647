/* SPDX-License-Identifier: MIT */
/* What `duoboot inspect` finds in a file, as a JSON object. Every part is read
 * as far as it goes: broken images are what people inspect. */
#ifndef DUO_TOOLS_INSPECT_H
#define DUO_TOOLS_INSPECT_H

#include <jansson.h>

#include "duo/bytes.h"
#include "duo/image.h"

/**
 * Members: size_bytes, header, vectors, areas (TLVs), digest, trailer, defects
 * (array of sentences with offsets), and verdict, which is null without keys.
 * Members that the file is too short for are left out.
 */
json_t *duo_inspect_bytes(struct duo_bytes bytes,
                          const struct duo_trust *trust);

/** Print such an object for a person. */
void duo_inspect_print(const json_t *report);

#endif
