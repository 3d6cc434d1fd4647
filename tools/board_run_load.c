/* SPDX-License-Identifier: MIT */
/* Firmware files of a run; see board_run_load.h. */
#include "board_run_load.h"

#include <string.h>

#include "board_run_layout.h"
#include "text.h"

/* NULL: a memory that the board directory does not keep (UICR). */
static struct duo_sim_flash *
flash_of(const struct duo_native_board *native,
         const struct duo_tool_firmware_segment *segment)
{
    switch (segment->memory) {
    case DUO_TOOL_MEMORY_APP_FLASH: return native->app;
    case DUO_TOOL_MEMORY_NET_FLASH: return native->net;
    case DUO_TOOL_MEMORY_EXT_FLASH: return native->ext;
    case DUO_TOOL_MEMORY_APP_UICR:
    case DUO_TOOL_MEMORY_NET_UICR: break;
    }
    return NULL;
}

/* A layout may have a smaller chip than the DK's. */
static bool check_place(const struct duo_run_load *load,
                        const struct duo_tool_firmware_segment *segment,
                        const struct duo_board *board,
                        struct duo_tool_error *error)
{
    const struct duo_sim_flash *flash = flash_of(board->native, segment);
    uint32_t size_bytes;

    if (flash == NULL) {
        (void)fprintf(stderr,
                      "duoboot: note: %s: 0x%zx bytes at 0x%08x (%s) are not "
                      "kept\n",
                      load->path, segment->bytes.len_bytes, segment->addr,
                      duo_tool_memories[segment->memory].name);
        return true;
    }
    size_bytes = flash->flash.geometry.size_bytes;
    if (segment->off_bytes <= size_bytes &&
        segment->bytes.len_bytes <= size_bytes - segment->off_bytes) {
        return true;
    }
    return duo_tool_fail(
        error, DUO_EXIT_INPUT,
        "%s: 0x%zx bytes at address 0x%08x: the %s of %s has 0x%x bytes",
        load->path, segment->bytes.len_bytes, segment->addr,
        duo_tool_memories[segment->memory].name, board->dir, size_bytes);
}

static bool check_places(const struct duo_run_load *load,
                         const struct duo_board *board,
                         struct duo_tool_error *error)
{
    for (size_t i = 0; i < load->file.segment_count; i++) {
        if (!check_place(load, &load->file.segments[i], board, error)) {
            return false;
        }
    }
    return true;
}

/* The first address that both have, or UINT32_MAX. */
static uint32_t shared_addr(const struct duo_tool_firmware_segment *left,
                            const struct duo_tool_firmware_segment *right)
{
    uint32_t addr = left->addr > right->addr ? left->addr : right->addr;

    return addr - left->addr < left->bytes.len_bytes &&
                   addr - right->addr < right->bytes.len_bytes
               ? addr
               : UINT32_MAX;
}

/* The last of @p loads against the one at @p other_index. */
static bool check_pair(const struct duo_run_loads *loads, unsigned other_index,
                       struct duo_tool_error *error)
{
    const struct duo_run_load *load = &loads->rows[loads->count - 1U];
    const struct duo_run_load *other = &loads->rows[other_index];

    for (size_t i = 0; i < load->file.segment_count; i++) {
        for (size_t k = 0; k < other->file.segment_count; k++) {
            uint32_t addr =
                shared_addr(&load->file.segments[i], &other->file.segments[k]);
            if (addr != UINT32_MAX) {
                return duo_tool_fail(error, DUO_EXIT_INPUT,
                                     "%s: address 0x%08x is given by %s, too",
                                     load->path, addr, other->path);
            }
        }
    }
    return true;
}

/* "FILE" or "FILE@ADDR"; a file's name may have an @ of its own. */
static bool read_file(const char *word, struct duo_run_load *load,
                      struct duo_tool_error *error)
{
    struct duo_tool_firmware_source source = {.path = load->path};
    struct duo_tool_error ignored;
    char *sign;

    if (strlen(word) >= sizeof(load->path)) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "--load: too long");
    }
    memcpy(load->path, word, strlen(word) + 1);
    sign = strrchr(load->path, '@');
    if (sign != NULL &&
        duo_tool_parse_number((struct duo_tool_word){"--load", sign + 1},
                              UINT32_MAX, &source.raw_addr, &ignored)) {
        *sign = '\0';
        source.is_raw = true;
    }
    return duo_tool_firmware_file_read(&source, &load->file, error);
}

static bool read_load(struct duo_run_loads *loads, const char *word,
                      const struct duo_board *board,
                      struct duo_tool_error *error)
{
    struct duo_run_load *load = &loads->rows[loads->count];

    if (!read_file(word, load, error)) {
        return false;
    }
    loads->count++;
    if (!duo_run_check_layout(load->path, board, error) ||
        !check_places(load, board, error)) {
        return false;
    }
    for (unsigned i = 0; i + 1U < loads->count; i++) {
        if (!check_pair(loads, i, error)) {
            return false;
        }
    }
    return true;
}

bool duo_run_loads_read(struct duo_run_loads *loads,
                        const struct duo_run_options *options,
                        const struct duo_board *board,
                        struct duo_tool_error *error)
{
    for (unsigned i = 0; i < options->load_count; i++) {
        if (!read_load(loads, options->loads[i], board, error)) {
            return false;
        }
    }
    return true;
}

void duo_run_loads_free(struct duo_run_loads *loads)
{
    for (unsigned i = 0; i < loads->count; i++) {
        duo_tool_firmware_file_free(&loads->rows[i].file);
    }
    loads->count = 0;
}

typedef void change(struct duo_sim_flash *flash, uint32_t off_bytes,
                    struct duo_bytes bytes);

static void erase_pages(struct duo_sim_flash *flash, uint32_t off_bytes,
                        struct duo_bytes bytes)
{
    uint32_t page_bytes = flash->flash.geometry.erase_bytes;
    uint32_t at = off_bytes - off_bytes % page_bytes;
    uint8_t blank[4096]; /* The largest page of all. */

    memset(blank, 0xFF, sizeof(blank));
    for (; at < off_bytes + bytes.len_bytes; at += page_bytes) {
        duo_sim_poke(flash, at, (struct duo_bytes){blank, page_bytes});
    }
}

static void for_each(const struct duo_run_loads *loads,
                     const struct duo_native_board *native, change *apply)
{
    for (unsigned i = 0; i < loads->count; i++) {
        const struct duo_tool_firmware_file *file = &loads->rows[i].file;
        for (size_t k = 0; k < file->segment_count; k++) {
            struct duo_sim_flash *flash = flash_of(native, &file->segments[k]);
            if (flash != NULL) {
                apply(flash, file->segments[k].off_bytes,
                      file->segments[k].bytes);
            }
        }
    }
}

void duo_run_loads_apply(const struct duo_run_loads *loads,
                         struct duo_native_board *native)
{
    for_each(loads, native, erase_pages);
    for_each(loads, native, duo_sim_poke);
}

bool duo_run_check_start(const struct duo_board *board,
                         struct duo_tool_error *error)
{
    const uint8_t *vectors = board->native->app->data;

    for (unsigned i = 0; i < 8; i++) {
        if (vectors[i] != 0xFF) {
            return true;
        }
    }
    return duo_tool_fail(error, DUO_EXIT_REFUSED,
                         "%s: the application core's flash is blank at 0x0, so "
                         "nothing can start; program a boot loader with --load",
                         board->dir);
}
