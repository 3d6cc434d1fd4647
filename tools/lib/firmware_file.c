/* SPDX-License-Identifier: MIT */
/* Firmware files; see firmware_file.h. */
#include "firmware_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf.h"
#include "hex.h"

const struct duo_tool_memory_place duo_tool_memories[DUO_TOOL_MEMORY_COUNT] = {
    [DUO_TOOL_MEMORY_APP_FLASH] = {"application flash", 0x00000000U, 0x100000U},
    [DUO_TOOL_MEMORY_APP_UICR] = {"application UICR",  0x00FF8000U, 0x1000U  },
    [DUO_TOOL_MEMORY_NET_FLASH] = {"network flash",     0x01000000U, 0x40000U },
    [DUO_TOOL_MEMORY_NET_UICR] = {"network UICR",      0x01FF8000U, 0x1000U  },
    [DUO_TOOL_MEMORY_EXT_FLASH] = {"external flash",    0x10000000U, 0x800000U},
};

/* Where a piece of a file comes from, in words. */
enum origin { ORIGIN_RAW, ORIGIN_ELF, ORIGIN_HEX };

struct collector {
    const char *path;
    enum origin origin;
    struct duo_tool_firmware_file *file;
    struct duo_tool_error *error;
};

static bool refuse(const struct collector *collector, uint32_t addr,
                   const char *what, unsigned place)
{
    char where[48] = "";

    if (collector->origin == ORIGIN_HEX) {
        (void)snprintf(where, sizeof(where), ":%u", place);
    } else if (collector->origin == ORIGIN_ELF) {
        (void)snprintf(where, sizeof(where), ": program header %u", place);
    }
    return duo_tool_fail(collector->error, DUO_EXIT_INPUT,
                         "%s%s: address 0x%08x %s", collector->path, where,
                         (unsigned)addr, what);
}

static void *host_bytes(size_t len_bytes)
{
    void *bytes = calloc(1, len_bytes);

    if (bytes == NULL) {
        (void)fprintf(stderr, "duoboot: out of memory\n");
        exit(DUO_EXIT_INTERNAL);
    }
    return bytes;
}

/* The memory that holds an address, or DUO_TOOL_MEMORY_COUNT. */
static unsigned memory_at(uint32_t addr)
{
    unsigned memory = 0;

    while (memory < DUO_TOOL_MEMORY_COUNT &&
           addr - duo_tool_memories[memory].addr >=
               duo_tool_memories[memory].size_bytes) {
        memory++;
    }
    return memory;
}

static bool put(void *ctx, const struct duo_tool_piece *piece)
{
    const struct collector *collector = ctx;
    struct duo_tool_firmware_file *file = collector->file;
    unsigned memory = memory_at(piece->addr);
    uint32_t first, room_bytes;

    if (memory == DUO_TOOL_MEMORY_COUNT) {
        return refuse(collector, piece->addr,
                      "is in none of the board's flashes", piece->place);
    }
    first = piece->addr - duo_tool_memories[memory].addr;
    room_bytes = duo_tool_memories[memory].size_bytes - first;
    if (piece->bytes.len_bytes > room_bytes) {
        return refuse(collector, piece->addr + room_bytes,
                      "is behind the end of that flash", piece->place);
    }
    if (file->content[memory] == NULL) {
        size_t size_bytes = duo_tool_memories[memory].size_bytes;
        file->content[memory] = host_bytes(size_bytes);
        file->used[memory] = host_bytes(size_bytes);
    }
    for (size_t at = 0; at < piece->bytes.len_bytes; at++) {
        if (file->used[memory][first + at] != 0) {
            return refuse(collector, piece->addr + (uint32_t)at,
                          "is given twice", piece->place);
        }
        file->used[memory][first + at] = 1;
        file->content[memory][first + at] = piece->bytes.data[at];
    }
    return true;
}

/* --- From bytes that are used to segments --------------------------------- */

/* The first byte of a memory, from off_bytes on, whose use is this; or its end.
 */
static uint32_t find_use(const struct duo_tool_firmware_file *file,
                         enum duo_tool_memory memory, uint32_t off_bytes,
                         bool is_used)
{
    uint32_t size_bytes = duo_tool_memories[memory].size_bytes;
    const uint8_t *used = file->used[memory];
    const uint8_t *found =
        memchr(used + off_bytes, is_used ? 1 : 0, size_bytes - off_bytes);

    return found == NULL ? size_bytes : (uint32_t)(found - used);
}

/* The next run of used bytes from off_bytes on; false: there is none. */
static bool next_run(const struct duo_tool_firmware_file *file,
                     enum duo_tool_memory memory, uint32_t off_bytes,
                     struct duo_tool_firmware_segment *segment)
{
    uint32_t first = find_use(file, memory, off_bytes, true);
    uint32_t end = find_use(file, memory, first, false);

    *segment = (struct duo_tool_firmware_segment){
        .memory = memory,
        .addr = duo_tool_memories[memory].addr + first,
        .off_bytes = first,
        .bytes = {file->content[memory] + first, end - first},
    };
    return end > first;
}

/* Count them, or with room for them also fill them in. */
static size_t find_segments(const struct duo_tool_firmware_file *file,
                            struct duo_tool_firmware_segment *segments)
{
    size_t count = 0;

    for (unsigned memory = 0; memory < DUO_TOOL_MEMORY_COUNT; memory++) {
        struct duo_tool_firmware_segment segment = {0};

        while (file->used[memory] != NULL &&
               next_run(file, (enum duo_tool_memory)memory,
                        segment.off_bytes + (uint32_t)segment.bytes.len_bytes,
                        &segment)) {
            if (segments != NULL) {
                segments[count] = segment;
            }
            count++;
        }
    }
    return count;
}

/* --- Files ----------------------------------------------------------------- */

static bool looks_like_hex(struct duo_bytes file)
{
    size_t at = 0;

    while (at < file.len_bytes && isspace(file.data[at])) {
        at++;
    }
    return at < file.len_bytes && file.data[at] == ':';
}

static bool collect(const struct duo_tool_firmware_source *source,
                    struct duo_bytes file, struct collector *collector)
{
    struct duo_tool_piece_sink sink = {put, collector};
    struct duo_tool_piece whole = {source->raw_addr, file, 0};

    if (duo_tool_elf_is(file)) {
        collector->origin = ORIGIN_ELF;
        return source->is_raw
                   ? duo_tool_fail(collector->error, DUO_EXIT_INPUT,
                                   "%s: an ELF file has its own addresses; "
                                   "0x%08x cannot be given",
                                   source->path, (unsigned)source->raw_addr)
                   : duo_tool_elf_walk(source->path, file, &sink,
                                       collector->error);
    }
    if (source->is_raw) {
        return put(collector, &whole);
    }
    if (looks_like_hex(file)) {
        collector->origin = ORIGIN_HEX;
        return duo_tool_hex_walk(source->path, file, &sink, collector->error);
    }
    return duo_tool_fail(collector->error, DUO_EXIT_INPUT,
                         "%s: offset 0x0: neither ELF nor Intel HEX; a raw "
                         "file needs an address",
                         source->path);
}

bool duo_tool_firmware_file_read(const struct duo_tool_firmware_source *source,
                                 struct duo_tool_firmware_file *out,
                                 struct duo_tool_error *error)
{
    struct collector collector = {.path = source->path,
                                  .origin = ORIGIN_RAW,
                                  .file = out,
                                  .error = error};
    struct duo_tool_buffer bytes = {0};
    bool done;

    *out = (struct duo_tool_firmware_file){0};
    if (!duo_tool_file_read(source->path, &bytes, error)) {
        return false;
    }
    done = collect(source, duo_tool_buffer_view(&bytes), &collector);
    duo_tool_buffer_free(&bytes);
    out->segment_count = find_segments(out, NULL);
    if (done && out->segment_count == 0) {
        done =
            duo_tool_fail(error, DUO_EXIT_INPUT,
                          "%s: there is nothing to write in it", source->path);
    }
    if (!done) {
        duo_tool_firmware_file_free(out);
        return false;
    }
    out->segments = host_bytes(out->segment_count * sizeof(*out->segments));
    (void)find_segments(out, out->segments);
    return true;
}

void duo_tool_firmware_file_free(struct duo_tool_firmware_file *file)
{
    for (unsigned memory = 0; memory < DUO_TOOL_MEMORY_COUNT; memory++) {
        free(file->content[memory]);
        free(file->used[memory]);
    }
    free(file->segments);
    *file = (struct duo_tool_firmware_file){0};
}
