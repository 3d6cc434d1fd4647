/* SPDX-License-Identifier: MIT */
/* A layout file (partition manager's pm_static.yml) on the host: read it,
 * check it, and generate everything else from it. The verb `duoboot layout`
 * and the build's own generator share this code. */
#ifndef DUO_TOOLS_LAYOUT_H
#define DUO_TOOLS_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "duo/layout.h"

#define DUO_LAYOUT_NAME_CHARS  64U /* With the terminating 0. */
#define DUO_LAYOUT_ENTRIES_MAX 128U
#define DUO_LAYOUT_SPAN_MAX    32U
/* The progress record has room for this many pages of one slot; see
 * docs/FORMAT.md, section "Progress". */
#define DUO_LAYOUT_SLOT_PAGES_MAX 240U

/* What Duoboot uses a partition for; one row for each enum duo_partition_id,
 * in its order. */
struct duo_layout_role {
    enum duo_partition_id id;
    const char *enum_name; /* "DUO_PARTITION_APPBOOT". */
    const char *stem;      /* "appboot": for symbols and tables. */
    const char *name;      /* In the layout file; NCS's where it has one. */
    enum duo_memory_id memory;
    const char *use; /* For a person. */
};

extern const struct duo_layout_role duo_layout_roles[DUO_PARTITION_COUNT];

/* Device facts of the nRF5340 DK; a row for each enum duo_memory_id. */
extern const struct duo_memory duo_layout_devices[DUO_MEMORY_COUNT];
extern const char *const duo_layout_memory_enum_names[DUO_MEMORY_COUNT];

/** The role of the partition of this name, or NULL. */
const struct duo_layout_role *duo_layout_role_find(const char *name);

/* One entry of the file. */
struct duo_layout_entry {
    char name[DUO_LAYOUT_NAME_CHARS];
    uint32_t line; /* Where its name stands, from 1. */
    bool has_memory;
    enum duo_memory_id memory; /* Valid if has_memory; else not modelled. */
    uint64_t addr;
    uint64_t end_addr;   /* Exclusive. */
    uint32_t span_count; /* > 0: a container; the names inside, closed over
                          * containers in containers. */
    char span[DUO_LAYOUT_SPAN_MAX][DUO_LAYOUT_NAME_CHARS];
};

struct duo_layout_file {
    const char *path;                 /* As given; the caller keeps it alive. */
    char name[DUO_LAYOUT_NAME_CHARS]; /* File stem as a C identifier. */
    FILE *messages;                   /* Where errors and warnings go. */
    bool has_io_failed;               /* It could not be opened or read. */
    uint32_t error_count;
    uint32_t warning_count;
    struct duo_memory memories[DUO_MEMORY_COUNT];
    uint32_t entry_count;
    struct duo_layout_entry entries[DUO_LAYOUT_ENTRIES_MAX];
};

/** Read @p path. Always returns a file (free it); error_count tells whether
 * it can be used. Ends the process if memory is short. */
struct duo_layout_file *duo_layout_read(const char *path, FILE *messages);
void duo_layout_free(struct duo_layout_file *file);

/** Check what was read; counts and prints every error. True: no error. */
bool duo_layout_check(struct duo_layout_file *file);

/** Rules about one partition with respect to another, for duo_layout_check:
 * required partitions, their memories, slot pairs, capacities. */
void duo_layout_check_roles(struct duo_layout_file *file);

/** The entry of this name, or NULL. */
const struct duo_layout_entry *
duo_layout_entry_find(const struct duo_layout_file *file, const char *name);

/** True if @p outer is a container that lists @p name. */
bool duo_layout_spans(const struct duo_layout_entry *outer, const char *name);

/** Print "path:line: error: ..." and count it. */
void duo_layout_error(struct duo_layout_file *file, uint32_t line,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void duo_layout_warning(struct duo_layout_file *file, uint32_t line,
                        const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Generators; the file has passed duo_layout_check(). Write errors stay in
 * the stream for the caller to see with ferror(). */
void duo_layout_emit_c(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_c_table(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_ld(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_dts_app(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_dts_net(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_md(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_json(const struct duo_layout_file *file, FILE *out);
void duo_layout_emit_text(const struct duo_layout_file *file, FILE *out);

/** Indexes of the entries that are partitions of @p memory, by address;
 * containers before what they hold. Returns how many. */
uint32_t duo_layout_sorted(const struct duo_layout_file *file,
                           enum duo_memory_id memory,
                           uint32_t indexes[DUO_LAYOUT_ENTRIES_MAX]);

/** True if the entry describes its whole region (it has the region's name),
 * so is no partition. */
bool duo_layout_is_region(const struct duo_layout_entry *entry);

#endif
