/* SPDX-License-Identifier: MIT */
/* For which layout is a firmware linked? See board_run_layout.h.
 *
 * Reads the symbol table of a 32-bit little-endian ELF file. Each offset is
 * checked against the file, so a table that lies outside is no table. */
#include "board_run_layout.h"

#include <stdio.h>
#include <string.h>

#include "duo/bytes.h"
#include "elf.h"
#include "layout.h"

/* Offsets in the file's header, a section's header and a symbol, as the
 * System V ABI has them. */
#define HEADER_BYTES       52U
#define HEADER_SECTIONS    32U /* Where the section headers begin. */
#define HEADER_ENTRY_BYTES 46U
#define HEADER_COUNT       48U
#define SECTION_BYTES      40U
#define SECTION_TYPE       4U
#define SECTION_OFF        16U
#define SECTION_SIZE       20U
#define SECTION_LINK       24U
#define TYPE_SYMBOLS       2U
#define SYMBOL_BYTES       16U
#define SYMBOL_VALUE       4U

struct symbols {
    struct duo_bytes table;
    struct duo_bytes names;
};

static bool take_range(struct duo_bytes file, uint64_t off_bytes,
                       uint32_t len_bytes, struct duo_bytes *range)
{
    if (off_bytes > file.len_bytes || len_bytes > file.len_bytes - off_bytes) {
        return false;
    }
    *range = (struct duo_bytes){file.data + off_bytes, len_bytes};
    return true;
}

static bool take_section(struct duo_bytes file, uint32_t section_index,
                         struct duo_bytes *section)
{
    uint64_t begin = duo_load_le32(file.data + HEADER_SECTIONS);

    return section_index < duo_load_le16(file.data + HEADER_COUNT) &&
           take_range(file, begin + (uint64_t)section_index * SECTION_BYTES,
                      SECTION_BYTES, section);
}

static bool take_content(struct duo_bytes file, const struct duo_bytes *section,
                         struct duo_bytes *content)
{
    return take_range(file, duo_load_le32(section->data + SECTION_OFF),
                      duo_load_le32(section->data + SECTION_SIZE), content);
}

static bool find_symbols(struct duo_bytes file, struct symbols *symbols)
{
    struct duo_bytes section;
    struct duo_bytes names;

    if (!duo_tool_elf_is(file) || file.len_bytes < HEADER_BYTES ||
        duo_load_le16(file.data + HEADER_ENTRY_BYTES) != SECTION_BYTES) {
        return false;
    }
    for (uint32_t i = 0; take_section(file, i, &section); i++) {
        if (duo_load_le32(section.data + SECTION_TYPE) == TYPE_SYMBOLS) {
            return take_section(file,
                                duo_load_le32(section.data + SECTION_LINK),
                                &names) &&
                   take_content(file, &section, &symbols->table) &&
                   take_content(file, &names, &symbols->names);
        }
    }
    return false;
}

static bool is_named(const struct symbols *symbols, uint32_t name_off_bytes,
                     const char *name)
{
    size_t length_bytes = strlen(name) + 1;

    return name_off_bytes < symbols->names.len_bytes &&
           length_bytes <= symbols->names.len_bytes - name_off_bytes &&
           memcmp(symbols->names.data + name_off_bytes, name, length_bytes) ==
               0;
}

static bool find_value(const struct symbols *symbols, const char *name,
                       uint32_t *value)
{
    for (size_t at = 0; at + SYMBOL_BYTES <= symbols->table.len_bytes;
         at += SYMBOL_BYTES) {
        const uint8_t *symbol = symbols->table.data + at;
        if (is_named(symbols, duo_load_le32(symbol), name)) {
            *value = duo_load_le32(symbol + SYMBOL_VALUE);
            return true;
        }
    }
    return false;
}

/* What the file says of one partition; true if it says nothing. */
static bool agrees(const struct symbols *symbols, const char *stem,
                   const struct duo_partition *ours,
                   struct duo_partition *theirs)
{
    char name[64];

    *theirs = *ours;
    (void)snprintf(name, sizeof(name), "__duo_%s_addr", stem);
    (void)find_value(symbols, name, &theirs->addr);
    (void)snprintf(name, sizeof(name), "__duo_%s_size_bytes", stem);
    (void)find_value(symbols, name, &theirs->size_bytes);
    return theirs->addr == ours->addr && theirs->size_bytes == ours->size_bytes;
}

/* Section headers come last in a file, so one that was cut off lacks them. */
static bool check_whole(const char *path, struct duo_bytes file,
                        struct duo_tool_error *error)
{
    uint64_t end;

    if (!duo_tool_elf_is(file) || file.len_bytes < HEADER_BYTES) {
        return true; /* Whoever read it before has judged. */
    }
    end = (uint64_t)duo_load_le32(file.data + HEADER_SECTIONS) +
          (uint64_t)duo_load_le16(file.data + HEADER_COUNT) * SECTION_BYTES;
    return end <= file.len_bytes ||
           duo_tool_fail(error, DUO_EXIT_INPUT,
                         "%s: cut off at offset 0x%zx: its section headers go "
                         "up to 0x%llx",
                         path, file.len_bytes, (unsigned long long)end);
}

static bool check_symbols(const char *path, struct duo_bytes file,
                          const struct duo_board *board,
                          struct duo_tool_error *error)
{
    const struct duo_layout *layout = &board->config.layout.layout;
    struct symbols symbols;

    if (!find_symbols(file, &symbols)) {
        return true;
    }
    for (uint32_t i = 0; i < DUO_PARTITION_COUNT; i++) {
        const struct duo_layout_role *role = &duo_layout_roles[i];
        const struct duo_partition *ours = &layout->partitions[role->id];
        struct duo_partition theirs;

        if (!agrees(&symbols, role->stem, ours, &theirs)) {
            return duo_tool_fail(
                error, DUO_EXIT_INPUT,
                "%s: linked for another layout: %s is 0x%x bytes at 0x%x "
                "there, and 0x%x bytes at 0x%x in %s/board.json (layout %s)",
                path, ours->name, theirs.size_bytes, theirs.addr,
                ours->size_bytes, ours->addr, board->dir, layout->name);
        }
    }
    return true;
}

bool duo_run_check_layout(const char *path, const struct duo_board *board,
                          struct duo_tool_error *error)
{
    struct duo_tool_buffer file;
    bool done;

    if (!duo_tool_file_read(path, &file, error)) {
        return false;
    }
    done = check_whole(path, duo_tool_buffer_view(&file), error) &&
           check_symbols(path, duo_tool_buffer_view(&file), board, error);
    duo_tool_buffer_free(&file);
    return done;
}
