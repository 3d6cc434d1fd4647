/* SPDX-License-Identifier: MIT */
/* The heart-beat: one record by which the network core's image tells the
 * application that it lives and which version it is. It lies in the mailbox's
 * RAM, which nobody else uses while images run. Bytes: docs/FORMAT.md, section
 * "Heart-beat".
 *
 * Ownership. All words of the record have one writer, netdemo. The application
 * clears them before it opens the RAM to the network core, and never again.
 *
 * Order. netdemo touches no word before it got the application's signal
 * (DUO_IPC_TO_NET), since the RAM may be closed until then. The application
 * signals all the time, for it cannot know when netdemo begins to listen. A
 * record that was read in the middle of a write fails its check and is read
 * again at the next beat. */
#ifndef DUO_DEMO_HEARTBEAT_H
#define DUO_DEMO_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "duo/image.h"

#define DEMO_HEARTBEAT_OFF_BYTES 0x200U      /* In the mailbox. */
#define DEMO_HEARTBEAT_MAGIC     0x48425544U /* "DUBH" */
#define DEMO_HEARTBEAT_VERSION   1U
#define DEMO_HEARTBEAT_WORDS     8U

/* netdemo beats this often, and the application signals this often. */
#define DEMO_BEAT_MS 100U

/* Words of the record; all are written by netdemo. */
enum {
    DEMO_BEAT_WORD_MAGIC,
    DEMO_BEAT_WORD_FORMAT, /* Version, 16 bits; length in bytes, 16 bits. */
    DEMO_BEAT_WORD_STATE,  /* enum demo_beat_state. */
    DEMO_BEAT_WORD_COUNT,  /* Of beats since netdemo started; from 1. */
    DEMO_BEAT_WORD_UPTIME, /* In ms, since netdemo started. */
    DEMO_BEAT_WORD_IMAGE,  /* Major, 8 bits; minor, 8; revision, 16. */
    DEMO_BEAT_WORD_BUILD,
    DEMO_BEAT_WORD_CRC, /* CRC-32 of the bytes of the words before. */
};

enum demo_beat_state {
    DEMO_BEAT_HEALTHY = 1,
    DEMO_BEAT_UNWELL = 2, /* It runs, but not from a valid image header. */
};

struct demo_heartbeat {
    enum demo_beat_state state;
    uint32_t count;
    uint32_t uptime_ms;
    struct duo_version version;
};

/** Write the record at @p mem, the mailbox. */
void demo_heartbeat_store(volatile uint32_t *mem,
                          const struct demo_heartbeat *beat);

/** Copy and check the record. False: none, or not a sound one. */
bool demo_heartbeat_load(const volatile uint32_t *mem,
                         struct demo_heartbeat *beat);

/** The version in the image header at @p header, or false without one. */
bool demo_version_of_header(const uint8_t *header, struct duo_version *version);

#endif
