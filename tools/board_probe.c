/* SPDX-License-Identifier: MIT */
/* duoboot board read, flip: what a debug probe sees and does. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "text.h"

struct probe {
    struct duo_board_words words;
    const char *memory;
    const char *addr;
    const char *len;
    const char *xor_value;
    const char *output_path;
};

enum option_key { OPTION_XOR = 256 };

/* clang-format off */
#define WHERE                                                                  \
    {"memory", 'm', "app|net|ext", 0, "Which flash", 0},                       \
    {"addr", 'a', "ADDRESS", 0, "As its core sees it; external: from 0", 0}
static const struct argp_option read_options[] = {
    WHERE,
    {"len", 'n', "BYTES", 0, "How many (default: to the end)", 0},
    {"output", 'o', "FILE", 0, "Where to; /dev/stdout is allowed", 0},
    {0}};
static const struct argp_option flip_options[] = {
    WHERE,
    {"xor", OPTION_XOR, "VALUE", 0, "Bits to change in that byte (default: 1)", 0},
    {0}};
/* clang-format on */

static const char read_doc[] =
    "Copy a range of a flash into a file.\v"
    "Example:\n"
    "  duoboot board read dk --memory net --addr 0x1004000 --len 512 "
    "--output head.bin\n";

static const char flip_doc[] =
    "Damage one byte of a flash, to see what the boot loader makes of it.\v"
    "Example:\n"
    "  duoboot board flip dk --memory app --addr 0x20000 --xor 0x80\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct probe *probe = state->input;

    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &probe->words; return 0;
    case 'm': probe->memory = arg; return 0;
    case 'a': probe->addr = arg; return 0;
    case 'n': probe->len = arg; return 0;
    case 'o': probe->output_path = arg; return 0;
    case OPTION_XOR: probe->xor_value = arg; return 0;
    case ARGP_KEY_END:
        if (probe->memory == NULL || probe->addr == NULL) {
            argp_error(state, "--memory and --addr are needed");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* The offset in the device that --addr means. */
static bool locate(const struct probe *probe, const struct duo_board *board,
                   struct duo_sim_flash **flash, uint32_t *off_bytes,
                   struct duo_tool_error *error)
{
    const struct duo_flash_geometry *geometry;
    uint32_t addr;

    *flash = duo_board_flash(board, probe->memory);
    if (*flash == NULL) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--memory: '%s' is not 'app', 'net' or 'ext'",
                             probe->memory);
    }
    if (!duo_tool_parse_number((struct duo_tool_word){"--addr", probe->addr},
                               UINT32_MAX, &addr, error)) {
        return false;
    }
    geometry = &(*flash)->flash.geometry;
    if (addr < geometry->base_addr ||
        addr - geometry->base_addr >= geometry->size_bytes) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "--addr: 0x%x is outside the %s flash, which has "
                             "0x%x bytes from 0x%x on",
                             addr, probe->memory, geometry->size_bytes,
                             geometry->base_addr);
    }
    *off_bytes = addr - geometry->base_addr;
    return true;
}

static bool read_range(const struct probe *probe, const struct duo_board *board,
                       struct duo_tool_error *error)
{
    static const struct duo_tool_file_mode mode = {0644, true};
    struct duo_sim_flash *flash;
    uint32_t off_bytes = 0;
    uint32_t len_bytes = 0;

    if (!locate(probe, board, &flash, &off_bytes, error)) {
        return false;
    }
    len_bytes = flash->flash.geometry.size_bytes - off_bytes;
    if (probe->len != NULL &&
        !duo_tool_parse_number((struct duo_tool_word){"--len", probe->len},
                               len_bytes, &len_bytes, error)) {
        return false;
    }
    if (probe->output_path == NULL) {
        return duo_tool_fail(error, DUO_EXIT_USAGE, "--output is needed");
    }
    return duo_tool_file_write(
        probe->output_path,
        (struct duo_bytes){flash->data + off_bytes, len_bytes}, mode, error);
}

int duo_board_read(int argc, char **argv)
{
    static const struct argp argp = {.options = read_options,
                                     .parser = parse,
                                     .args_doc = "DIR",
                                     .doc = read_doc,
                                     .children = duo_board_words_child};
    struct probe probe = {0};
    struct duo_board board;
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &probe);
    bool done = duo_board_open(probe.words.dir, &board, &error) &&
                read_range(&probe, &board, &error);
    duo_board_close(&board);
    return done ? DUO_EXIT_OK : duo_tool_report(&error);
}

static bool flip(const struct probe *probe, struct duo_board *board,
                 struct duo_tool_error *error)
{
    struct duo_sim_flash *flash;
    uint32_t off_bytes = 0;
    uint32_t mask = 1;
    uint8_t old_value;
    uint8_t new_value;

    if (!duo_board_open(probe->words.dir, board, error) ||
        !locate(probe, board, &flash, &off_bytes, error)) {
        return false;
    }
    if (probe->xor_value != NULL &&
        !duo_tool_parse_number(
            (struct duo_tool_word){"--xor", probe->xor_value}, UINT8_MAX, &mask,
            error)) {
        return false;
    }
    old_value = flash->data[off_bytes];
    new_value = (uint8_t)(old_value ^ mask);
    duo_sim_poke(flash, off_bytes, (struct duo_bytes){&new_value, 1});
    (void)printf("%s flash at %s: 0x%02x is 0x%02x now\n", probe->memory,
                 probe->addr, old_value, new_value);
    return true;
}

int duo_board_flip(int argc, char **argv)
{
    static const struct argp argp = {.options = flip_options,
                                     .parser = parse,
                                     .args_doc = "DIR",
                                     .doc = flip_doc,
                                     .children = duo_board_words_child};
    struct probe probe = {0};
    struct duo_board board;
    struct duo_tool_error error;

    (void)argp_parse(&argp, argc, argv, 0, NULL, &probe);
    bool done = flip(&probe, &board, &error);
    return duo_board_finish(&board, done, &error);
}
