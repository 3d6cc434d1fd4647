/* SPDX-License-Identifier: MIT */
/* Load simulated flashes; see sim_store.c for the format. Everything is read
 * and checked before anything is changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_store.h"

struct loaded_device {
    uint8_t *content;
    const uint8_t *page_erases; /* These point into the state file. */
    const uint8_t *word_writes;
    const uint8_t *weak;
    uint32_t weak_count;
    bool high_performance;
};

struct load {
    struct duo_sim_world *world;
    const char *dir;
    char *message;
    uint8_t *state;
    struct loaded_device devices[SIM_DEVICE_COUNT_MAX];
};

/* A cursor whose error is sticky: it then gives zeros. */
struct cursor {
    struct duo_bytes left;
    bool short_of_bytes;
};

#define WEAK_BYTES (24U + SIM_EXT_PAGE_BYTES)

/* The whole file of exactly @p len_bytes (any length if 0), or NULL. */
static uint8_t *read_file(const struct load *load, const char *name,
                          size_t *len_bytes)
{
    char path[SIM_STORE_PATH_BYTES];
    struct sim_store_file where = {load->dir, name};
    FILE *file;
    long size_bytes;
    uint8_t *data = NULL;

    sim_store_path(path, where);
    file = fopen(path, "rb");
    if (file == NULL) {
        sim_store_tell(load->message, "%.180s: cannot be opened: %.60s", path,
                       strerror(errno));
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) != 0 || (size_bytes = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        sim_store_tell(load->message, "%.200s: cannot be read", path);
    } else if (*len_bytes != 0 && (size_t)size_bytes != *len_bytes) {
        sim_store_tell(load->message,
                       "%.180s: has %ld bytes, not %zu as the flash", path,
                       size_bytes, *len_bytes);
    } else {
        *len_bytes = (size_t)size_bytes;
        data = sim_alloc(*len_bytes);
        if (fread(data, 1, *len_bytes, file) != *len_bytes) {
            sim_store_tell(load->message, "%.200s: cannot be read", path);
            free(data);
            data = NULL;
        }
    }
    (void)fclose(file);
    return data;
}

static enum duo_err malformed(const struct load *load, const char *what)
{
    char path[SIM_STORE_PATH_BYTES];
    struct sim_store_file where = {load->dir, SIM_STORE_STATE_NAME};

    sim_store_path(path, where);
    sim_store_tell(load->message, "%.180s: %s", path, what);
    return DUO_ERR_FORMAT;
}

static const uint8_t *take(struct cursor *cursor, size_t len_bytes)
{
    const uint8_t *data = cursor->left.data;

    if (cursor->left.len_bytes < len_bytes) {
        cursor->short_of_bytes = true;
        return NULL;
    }
    cursor->left.data += len_bytes;
    cursor->left.len_bytes -= len_bytes;
    return data;
}

static uint32_t take_u32(struct cursor *cursor)
{
    const uint8_t *data = take(cursor, 4);
    return data == NULL ? 0 : duo_load_le32(data);
}

static bool weak_is_sound(const struct duo_sim_flash *flash, const uint8_t *raw)
{
    uint32_t is_erase = duo_load_le32(raw);
    uint32_t power_ups_left = duo_load_le32(raw + 4);
    uint32_t off_bytes = duo_load_le32(raw + 8);
    uint32_t len_bytes = duo_load_le32(raw + 12);
    uint32_t size_bytes = flash->flash.geometry.size_bytes;
    uint32_t page_bytes = flash->state->page_bytes;

    if (is_erase > 1U || power_ups_left == 0 || power_ups_left > UINT8_MAX ||
        len_bytes == 0 || off_bytes > size_bytes ||
        len_bytes > size_bytes - off_bytes) {
        return false;
    }
    return is_erase != 0
               ? len_bytes == page_bytes && off_bytes % page_bytes == 0
               : len_bytes <= SIM_EXT_PAGE_BYTES;
}

static enum duo_err parse_device(struct load *load, unsigned index,
                                 struct cursor *cursor)
{
    const struct duo_sim_flash *flash = load->world->devices[index];
    struct loaded_device *device = &load->devices[index];
    uint32_t size_bytes = flash->flash.geometry.size_bytes;

    if (take_u32(cursor) != (uint32_t)flash->type ||
        take_u32(cursor) != size_bytes ||
        take_u32(cursor) != flash->flash.geometry.base_addr) {
        return malformed(load, "is of a board with other flashes");
    }
    device->high_performance = take_u32(cursor) == 1U;
    device->page_erases = take(cursor, (size_t)flash->state->page_count * 4U);
    if (sim_is_internal(flash)) {
        device->word_writes = take(cursor, size_bytes / SIM_WORD_BYTES);
    }
    device->weak_count = take_u32(cursor);
    device->weak = take(cursor, (size_t)device->weak_count * WEAK_BYTES);
    if (cursor->short_of_bytes) {
        return malformed(load, "ends too early");
    }
    for (uint32_t at = 0; at < device->weak_count; at++) {
        if (!weak_is_sound(flash, device->weak + (size_t)at * WEAK_BYTES)) {
            return malformed(load, "has an unsound weak range");
        }
    }
    return DUO_OK;
}

static enum duo_err parse_state(struct load *load)
{
    size_t len_bytes = 0;
    struct cursor cursor = {0};
    const uint8_t *magic;

    load->state = read_file(load, SIM_STORE_STATE_NAME, &len_bytes);
    if (load->state == NULL) {
        return DUO_ERR_FORMAT;
    }
    if (len_bytes < SIM_STORE_MAGIC_BYTES + 8U) {
        return malformed(load, "is too short");
    }
    cursor.left = (struct duo_bytes){load->state, len_bytes - 4U};
    if (duo_crc32(0, cursor.left) !=
        duo_load_le32(load->state + len_bytes - 4U)) {
        return malformed(load, "is damaged (checksum)");
    }
    magic = take(&cursor, SIM_STORE_MAGIC_BYTES);
    if (magic == NULL ||
        memcmp(magic, SIM_STORE_MAGIC, SIM_STORE_MAGIC_BYTES) != 0) {
        return malformed(load, "is no state of simulated flashes");
    }
    if (take_u32(&cursor) != load->world->device_count) {
        return malformed(load, "is of a board with other flashes");
    }
    for (unsigned index = 0; index < load->world->device_count; index++) {
        enum duo_err err = parse_device(load, index, &cursor);
        if (err != DUO_OK) {
            return err;
        }
    }
    return cursor.left.len_bytes == 0 ? DUO_OK
                                      : malformed(load, "has bytes to spare");
}

static enum duo_err read_contents(struct load *load)
{
    for (unsigned index = 0; index < load->world->device_count; index++) {
        const struct duo_sim_flash *flash = load->world->devices[index];
        size_t len_bytes = flash->flash.geometry.size_bytes;
        char name[16];

        sim_store_bin_name(name, flash);
        load->devices[index].content = read_file(load, name, &len_bytes);
        if (load->devices[index].content == NULL) {
            return DUO_ERR_FORMAT;
        }
    }
    return DUO_OK;
}

static void apply_weak(struct duo_sim_flash *flash, const uint8_t *raw)
{
    struct sim_range range = {duo_load_le32(raw + 8), duo_load_le32(raw + 12)};
    uint64_t seed =
        duo_load_le32(raw + 16) | ((uint64_t)duo_load_le32(raw + 20) << 32);
    struct sim_weak *weak = sim_weak_add(flash, range, seed);

    weak->is_erase = duo_load_le32(raw) == 1U;
    weak->power_ups_left = (uint8_t)duo_load_le32(raw + 4);
    memcpy(weak->mask, raw + 24, sizeof(weak->mask));
}

static void apply_device(struct duo_sim_flash *flash,
                         const struct loaded_device *device)
{
    struct duo_sim_flash_state *state = flash->state;
    uint32_t size_bytes = flash->flash.geometry.size_bytes;
    struct sim_range all = {0, size_bytes};

    state->pending.active = false;
    state->pending.source_unchecked = false;
    sim_touch(flash, all);
    memcpy(state->data, device->content, size_bytes);
    if (state->word_writes != NULL && device->word_writes != NULL) {
        memcpy(state->word_writes, device->word_writes,
               size_bytes / SIM_WORD_BYTES);
    }
    for (uint32_t page = 0; page < state->page_count; page++) {
        flash->page_erases[page] =
            duo_load_le32(device->page_erases + (size_t)page * 4U);
    }
    flash->high_performance = device->high_performance;
    state->weak_count = 0;
    for (uint32_t index = 0; index < device->weak_count; index++) {
        apply_weak(flash, device->weak + (size_t)index * WEAK_BYTES);
    }
}

enum duo_err duo_sim_load(struct duo_sim_world *world, const char *dir,
                          char message[256])
{
    struct load load = {.world = world, .dir = dir, .message = message};
    enum duo_err err;

    message[0] = '\0';
    err = parse_state(&load);
    if (err == DUO_OK) {
        err = read_contents(&load);
    }
    for (unsigned index = 0; index < world->device_count; index++) {
        if (err == DUO_OK) {
            apply_device(world->devices[index], &load.devices[index]);
        }
        free(load.devices[index].content);
    }
    free(load.state);
    return err;
}
