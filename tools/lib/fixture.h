/* SPDX-License-Identifier: MIT */
/* Firmware and keys for tests: payloads with a real vector table for the
 * nRF5340 DK's layout, and images signed over them. */
#ifndef DUO_TOOL_FIXTURE_H
#define DUO_TOOL_FIXTURE_H

#include "image_writer.h"
#include "trust.h"

struct duo_tool_fixture {
    struct duo_tool_trust board; /* Trusts the first two keys. */
    struct duo_tool_key keys[2]; /* By enum duo_key_type. */
    struct duo_tool_key strangers[2];
};

/** Makes the keys; ends the process if that fails. */
void duo_tool_fixture_open(struct duo_tool_fixture *fixture);
void duo_tool_fixture_close(struct duo_tool_fixture *fixture);

struct duo_tool_firmware {
    enum duo_core core;
    uint32_t payload_bytes; /* At least 16. */
    uint32_t header_bytes;  /* Of the image that it is linked for. */
    uint8_t seed;           /* Same seed, same bytes. */
};

/** Append the payload (no header) to @p out. */
void duo_tool_fixture_payload(const struct duo_tool_fixture *fixture,
                              const struct duo_tool_firmware *firmware,
                              struct duo_tool_buffer *out);

/** A signed image; ends the process if it cannot be made. header_bytes,
 * pad_header and core of @p options are set from @p firmware, unless a core
 * was set. */
void duo_tool_fixture_image(const struct duo_tool_fixture *fixture,
                            const struct duo_tool_firmware *firmware,
                            struct duo_tool_sign_options options,
                            const struct duo_tool_key *key,
                            struct duo_tool_buffer *image);

#endif
