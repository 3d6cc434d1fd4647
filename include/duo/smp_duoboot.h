/* SPDX-License-Identifier: MIT */
/* Our own group, 77, read only: what other clients have no command for.
 *
 *  0 journal  {from?: uint} -> {next: uint, entries: [{seq, boot, ms, core?,
 *             reason: uint, name: tstr, text: tstr, version: tstr,
 *             detail: uint}]}: entries from sequence number `from` on, as many
 *             as fit; ask again with `next` until entries is empty. core is
 *             left out where the board is meant.
 *  1 map      {from?: uint} -> {next: uint, partitions: [{name, memory, addr,
 *             size, used?}]}: used is the bytes of the image or records in it.
 *  2 install  {} -> {pending: [{image: uint, changed: uint, ms: uint}],
 *             ms: uint}: what the next boot will do: units of 4 KB that change
 *             and their time; and how long all of it takes.
 *  3 net      {} -> {held: bool, well: bool, seen: bool, version?: tstr,
 *             beats?: uint, uptime?: uint}
 *  4 log      {from?: uint} -> {next: uint, first: uint, text: bstr}: bytes of
 *             the log from count `from` on; first: the oldest that is kept.
 *  5 upload   {} -> {image?: uint, len: uint, off: uint, sha?: bstr}, or {} if
 *             none is unfinished; image is left out while it is not known. */
#ifndef DUO_SMP_DUOBOOT_H
#define DUO_SMP_DUOBOOT_H

#include "duo/journal.h"
#include "duo/layout.h"
#include "duo/smp_image.h"

extern const struct duo_smp_group_type duo_smp_duoboot_group;

enum duo_smp_duoboot_command {
    DUO_SMP_DUOBOOT_JOURNAL = 0,
    DUO_SMP_DUOBOOT_MAP = 1,
    DUO_SMP_DUOBOOT_INSTALL = 2,
    DUO_SMP_DUOBOOT_NET = 3,
    DUO_SMP_DUOBOOT_LOG = 4,
    DUO_SMP_DUOBOOT_UPLOAD = 5,
};

/* Health of the network core, as the product sees it. */
struct duo_smp_net_health {
    bool held; /* In force-off. */
    bool well; /* Beats come in time. */
    bool seen; /* There was a beat: the rest is known. */
    struct duo_version version;
    uint32_t beat_count;
    uint32_t uptime_ms;
};

/* Log bytes that are kept: a ring and a count of all bytes ever. */
struct duo_smp_log {
    const uint8_t *ring;
    uint32_t ring_bytes; /* A power of two. */
    const uint32_t *count;
};

struct duo_smp_duoboot {
    struct duo_smp_image *image;
    const struct duo_layout *layout;
    /* NULL where there is none: the command is then not supported. */
    void (*net)(void *ctx, struct duo_smp_net_health *health);
    const struct duo_smp_log *log;
    void *ctx;

    /* Private: of the request at hand, which looks piece by piece. */
    struct duo_journal journal;
    uint32_t from;
    uint32_t cursor; /* In the journal, or in the image that is compared. */
    uint32_t count;
    enum duo_core core;
    struct duo_area source[DUO_CORE_COUNT]; /* Of what will be installed; */
    uint32_t total_bytes[DUO_CORE_COUNT];   /* 0: nothing. */
    uint32_t changed_units[DUO_CORE_COUNT];
};

#endif
