/* SPDX-License-Identifier: MIT */
/* The heart-beat's record; see demo_heartbeat.h. */
#include "demo_heartbeat.h"

#include "duo/bytes.h"
#include "duo/image_format.h"

#define FIRST_WORD   (DEMO_HEARTBEAT_OFF_BYTES / 4U)
#define FORMAT_WORD  (DEMO_HEARTBEAT_VERSION | (DEMO_HEARTBEAT_WORDS * 4U) << 16)
#define BYTES_OF_CRC (DEMO_BEAT_WORD_CRC * 4U)

static uint32_t crc_of(const uint32_t record[DEMO_HEARTBEAT_WORDS])
{
    uint8_t bytes[BYTES_OF_CRC];

    for (size_t i = 0; i < (size_t)DEMO_BEAT_WORD_CRC; i++) {
        duo_store_le32(&bytes[i * 4U], record[i]);
    }
    return duo_crc32(0, (struct duo_bytes){bytes, sizeof(bytes)});
}

void demo_heartbeat_store(volatile uint32_t *mem,
                          const struct demo_heartbeat *beat)
{
    const struct duo_version *version = &beat->version;
    uint32_t record[DEMO_HEARTBEAT_WORDS] = {
        [DEMO_BEAT_WORD_MAGIC] = DEMO_HEARTBEAT_MAGIC,
        [DEMO_BEAT_WORD_FORMAT] = FORMAT_WORD,
        [DEMO_BEAT_WORD_STATE] = (uint32_t)beat->state,
        [DEMO_BEAT_WORD_COUNT] = beat->count,
        [DEMO_BEAT_WORD_UPTIME] = beat->uptime_ms,
        [DEMO_BEAT_WORD_IMAGE] = version->major |
                                 ((uint32_t)version->minor << 8) |
                                 ((uint32_t)version->revision << 16),
        [DEMO_BEAT_WORD_BUILD] = version->build,
    };

    record[DEMO_BEAT_WORD_CRC] = crc_of(record);
    for (uint32_t i = 0; i < DEMO_HEARTBEAT_WORDS; i++) {
        mem[FIRST_WORD + i] = record[i];
    }
}

bool demo_heartbeat_load(const volatile uint32_t *mem,
                         struct demo_heartbeat *beat)
{
    uint32_t record[DEMO_HEARTBEAT_WORDS];
    uint32_t image;

    for (uint32_t i = 0; i < DEMO_HEARTBEAT_WORDS; i++) {
        record[i] = mem[FIRST_WORD + i];
    }
    if (record[DEMO_BEAT_WORD_MAGIC] != DEMO_HEARTBEAT_MAGIC ||
        record[DEMO_BEAT_WORD_FORMAT] != FORMAT_WORD ||
        record[DEMO_BEAT_WORD_CRC] != crc_of(record) ||
        record[DEMO_BEAT_WORD_STATE] < (uint32_t)DEMO_BEAT_HEALTHY ||
        record[DEMO_BEAT_WORD_STATE] > (uint32_t)DEMO_BEAT_UNWELL) {
        return false;
    }
    image = record[DEMO_BEAT_WORD_IMAGE];
    *beat = (struct demo_heartbeat){
        .state = (enum demo_beat_state)record[DEMO_BEAT_WORD_STATE],
        .count = record[DEMO_BEAT_WORD_COUNT],
        .uptime_ms = record[DEMO_BEAT_WORD_UPTIME],
        .version = {.major = (uint8_t)image,
                    .minor = (uint8_t)(image >> 8),
                    .revision = (uint16_t)(image >> 16),
                    .build = record[DEMO_BEAT_WORD_BUILD]},
    };
    return true;
}

bool demo_version_of_header(const uint8_t *header, struct duo_version *version)
{
    const uint8_t *at = header + DUO_IMAGE_OFF_VERSION;

    if (duo_load_le32(header + DUO_IMAGE_OFF_MAGIC) != DUO_IMAGE_MAGIC) {
        return false;
    }
    *version = (struct duo_version){.major = at[0],
                                    .minor = at[1],
                                    .revision = duo_load_le16(at + 2),
                                    .build = duo_load_le32(at + 4)};
    return true;
}
