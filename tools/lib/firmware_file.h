/* SPDX-License-Identifier: MIT */
/* Files that a programmer would flash: ELF, Intel HEX, or raw bytes with an
 * address; checked as a whole before anything is changed. */
#ifndef DUO_TOOL_FIRMWARE_FILE_H
#define DUO_TOOL_FIRMWARE_FILE_H

#include "file.h"

/* The memories of an nRF5340 DK that keep what is written. */
enum duo_tool_memory {
    DUO_TOOL_MEMORY_APP_FLASH,
    DUO_TOOL_MEMORY_APP_UICR,
    DUO_TOOL_MEMORY_NET_FLASH,
    DUO_TOOL_MEMORY_NET_UICR,
    DUO_TOOL_MEMORY_EXT_FLASH, /* At its XIP window, 0x10000000. */
};
#define DUO_TOOL_MEMORY_COUNT 5U

struct duo_tool_memory_place {
    const char *name;
    uint32_t addr;
    uint32_t size_bytes;
};
extern const struct duo_tool_memory_place
    duo_tool_memories[DUO_TOOL_MEMORY_COUNT];

/* Bytes without a gap, in one memory. */
struct duo_tool_firmware_segment {
    enum duo_tool_memory memory;
    uint32_t addr;
    uint32_t off_bytes; /* In the memory. */
    struct duo_bytes bytes;
};

struct duo_tool_firmware_file {
    struct duo_tool_firmware_segment *segments; /* By memory and address. */
    size_t segment_count;
    uint8_t *content[DUO_TOOL_MEMORY_COUNT]; /* Private. */
    uint8_t *used[DUO_TOOL_MEMORY_COUNT];    /* Private. */
};

/* A raw file has no address in it. */
struct duo_tool_firmware_source {
    const char *path;
    bool is_raw; /* Else it must be ELF or HEX. */
    uint32_t raw_addr;
};

/** Read and check a file. Fails with IO or INPUT: it is no firmware, is cut
 * off, is for another machine, sets a byte twice or one outside of all
 * memories, or has nothing to write. The message names the file, the place in
 * it, and the address. Only a success needs duo_tool_firmware_file_free(). */
bool duo_tool_firmware_file_read(const struct duo_tool_firmware_source *source,
                                 struct duo_tool_firmware_file *out,
                                 struct duo_tool_error *error);
void duo_tool_firmware_file_free(struct duo_tool_firmware_file *file);

#endif
