/* SPDX-License-Identifier: MIT */
/* Firmware and keys for tests; see fixture.h. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "duo_layouts.h"

static void require(bool done, const struct duo_tool_error *error)
{
    if (!done) {
        exit(duo_tool_report(error));
    }
}

void duo_tool_fixture_open(struct duo_tool_fixture *fixture)
{
    static const enum duo_key_type types[] = {DUO_KEY_P256, DUO_KEY_ED25519};
    struct duo_tool_error error;

    duo_tool_trust_from_layout(&duo_layout_nrf5340dk, &fixture->board);
    for (size_t i = 0; i < 2; i++) {
        require(duo_tool_key_generate(types[i], &fixture->keys[i], &error),
                &error);
        require(duo_tool_key_generate(types[i], &fixture->strangers[i], &error),
                &error);
        fixture->board.keys[i] = fixture->keys[i].public_key;
    }
    fixture->board.trust.key_count = 2;
}

void duo_tool_fixture_close(struct duo_tool_fixture *fixture)
{
    for (size_t i = 0; i < 2; i++) {
        duo_tool_key_free(&fixture->keys[i]);
        duo_tool_key_free(&fixture->strangers[i]);
    }
}

void duo_tool_fixture_payload(const struct duo_tool_fixture *fixture,
                              const struct duo_tool_firmware *firmware,
                              struct duo_tool_buffer *out)
{
    /* The end of each core's RAM [PS Memory map]. */
    static const uint32_t sp_addr[DUO_CORE_COUNT] = {0x20080000U, 0x21010000U};
    uint32_t entry_addr = fixture->board.trust.code[firmware->core].addr +
                          firmware->header_bytes + DUO_IMAGE_VECTOR_BYTES;
    uint8_t vectors[DUO_IMAGE_VECTOR_BYTES];
    uint32_t state = firmware->seed;

    duo_store_le32(&vectors[0], sp_addr[firmware->core]);
    duo_store_le32(&vectors[4], entry_addr | 1U);
    duo_tool_buffer_append(out, (struct duo_bytes){vectors, sizeof(vectors)});
    for (uint32_t i = DUO_IMAGE_VECTOR_BYTES; i < firmware->payload_bytes;
         i++) {
        state = state * 1664525U + 1013904223U;
        duo_tool_buffer_fill(out, (uint8_t)(state >> 24), 1);
    }
}

void duo_tool_fixture_image(const struct duo_tool_fixture *fixture,
                            const struct duo_tool_firmware *firmware,
                            struct duo_tool_sign_options options,
                            const struct duo_tool_key *key,
                            struct duo_tool_buffer *image)
{
    struct duo_tool_buffer payload = {0};
    struct duo_tool_error error;

    options.header_bytes = firmware->header_bytes;
    options.pad_header = true;
    if (options.core == DUO_CORE_NONE) {
        options.core = firmware->core;
    }
    duo_tool_fixture_payload(fixture, firmware, &payload);
    require(duo_tool_image_make(duo_tool_buffer_view(&payload), &options, key,
                                image, &error),
            &error);
    duo_tool_buffer_free(&payload);
}
