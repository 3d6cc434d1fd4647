/* SPDX-License-Identifier: MIT */
/* Simulated flashes in files. Contents are plain; all the rest is in
 * "flash-state", little endian:
 *
 *     8   "DUOSIM1\n"
 *     4   number of devices
 *     for each device:
 *         4 type, 4 size, 4 base address, 4 mode (1: high performance)
 *         4 for each erase unit: erases
 *         1 for each word: writes since its erase (internal only)
 *         4 number of weak ranges, and for each:
 *             4 kind (1: erase), 4 power-ups left, 4 offset, 4 length,
 *             8 seed, 256 mask
 *     4   CRC-32 of all before it
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_store.h"

void sim_store_tell(char message[256], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, 256, format, args);
    va_end(args);
}

void sim_store_path(char path[SIM_STORE_PATH_BYTES], struct sim_store_file file)
{
    int length_bytes =
        snprintf(path, SIM_STORE_PATH_BYTES, "%s/%s", file.dir, file.name);

    /* A cut-off path could name another file; none is named instead. */
    if (length_bytes < 0 || (size_t)length_bytes >= SIM_STORE_PATH_BYTES) {
        path[0] = '\0';
    }
}

static bool write_all(const char *path, struct duo_bytes bytes)
{
    FILE *file = fopen(path, "wb");
    bool good;

    if (file == NULL) {
        return false;
    }
    good = fwrite(bytes.data, 1, bytes.len_bytes, file) == bytes.len_bytes;
    return fclose(file) == 0 && good;
}

static enum duo_err replace_file(struct sim_store_file file,
                                 struct duo_bytes bytes, char message[256])
{
    char path[SIM_STORE_PATH_BYTES];
    char temporary[SIM_STORE_PATH_BYTES];
    char new_name[32];
    struct sim_store_file new_file = {file.dir, new_name};

    (void)snprintf(new_name, sizeof(new_name), "%s.new", file.name);
    sim_store_path(path, file);
    sim_store_path(temporary, new_file);
    if (path[0] == '\0' || temporary[0] == '\0') {
        sim_store_tell(message, "%.200s: path too long", file.name);
        return DUO_ERR_FLASH;
    }
    errno = 0;
    if (!write_all(temporary, bytes) || rename(temporary, path) != 0) {
        sim_store_tell(message, "%.180s: cannot be written: %.60s", path,
                       strerror(errno));
        (void)remove(temporary);
        return DUO_ERR_FLASH;
    }
    return DUO_OK;
}

/* A buffer that grows as it is written. */
struct out {
    uint8_t *data;
    size_t len_bytes;
    size_t capacity_bytes;
};

static void put(struct out *out, struct duo_bytes bytes)
{
    if (out->capacity_bytes - out->len_bytes < bytes.len_bytes) {
        out->capacity_bytes = (out->capacity_bytes + bytes.len_bytes) * 2U;
        out->data = sim_grow(out->data, out->capacity_bytes);
    }
    if (bytes.len_bytes > 0) {
        memcpy(out->data + out->len_bytes, bytes.data, bytes.len_bytes);
    }
    out->len_bytes += bytes.len_bytes;
}

static void put_u32(struct out *out, uint32_t value)
{
    uint8_t raw[4];
    struct duo_bytes bytes = {raw, sizeof(raw)};

    duo_store_le32(raw, value);
    put(out, bytes);
}

static void put_weak(struct out *out, const struct sim_weak *weak)
{
    struct duo_bytes mask = {weak->mask, sizeof(weak->mask)};

    put_u32(out, weak->is_erase);
    put_u32(out, weak->power_ups_left);
    put_u32(out, weak->off_bytes);
    put_u32(out, weak->len_bytes);
    put_u32(out, (uint32_t)weak->seed);
    put_u32(out, (uint32_t)(weak->seed >> 32));
    put(out, mask);
}

static void put_device(struct out *out, const struct duo_sim_flash *flash)
{
    const struct duo_sim_flash_state *state = flash->state;

    put_u32(out, flash->type);
    put_u32(out, flash->flash.geometry.size_bytes);
    put_u32(out, flash->flash.geometry.base_addr);
    put_u32(out, flash->high_performance);
    for (uint32_t page = 0; page < state->page_count; page++) {
        put_u32(out, flash->page_erases[page]);
    }
    if (state->word_writes != NULL) {
        struct duo_bytes writes = {state->word_writes,
                                   flash->flash.geometry.size_bytes /
                                       SIM_WORD_BYTES};
        put(out, writes);
    }
    put_u32(out, state->weak_count);
    for (uint32_t index = 0; index < state->weak_count; index++) {
        put_weak(out, &state->weak[index]);
    }
}

static enum duo_err save_state(const struct duo_sim_world *world,
                               const char *dir, char message[256])
{
    struct duo_bytes magic = {(const uint8_t *)SIM_STORE_MAGIC,
                              SIM_STORE_MAGIC_BYTES};
    struct sim_store_file file = {dir, SIM_STORE_STATE_NAME};
    struct out out = {0};
    struct duo_bytes bytes;
    enum duo_err err;

    put(&out, magic);
    put_u32(&out, world->device_count);
    for (unsigned index = 0; index < world->device_count; index++) {
        put_device(&out, world->devices[index]);
    }
    bytes = (struct duo_bytes){out.data, out.len_bytes};
    put_u32(&out, duo_crc32(0, bytes));
    bytes = (struct duo_bytes){out.data, out.len_bytes};
    err = replace_file(file, bytes, message);
    free(out.data);
    return err;
}

void sim_store_bin_name(char name[16], const struct duo_sim_flash *flash)
{
    (void)snprintf(name, 16, "%s.bin", flash->flash.name);
}

enum duo_err duo_sim_save(struct duo_sim_world *world, const char *dir,
                          char message[256])
{
    message[0] = '\0';
    for (unsigned index = 0; index < world->device_count; index++) {
        struct duo_sim_flash *flash = world->devices[index];
        struct duo_bytes bytes = {flash->state->data,
                                  flash->flash.geometry.size_bytes};
        char name[16];
        struct sim_store_file file = {dir, name};
        enum duo_err err;

        sim_flash_settle(flash, UINT64_MAX);
        sim_store_bin_name(name, flash);
        err = replace_file(file, bytes, message);
        if (err != DUO_OK) {
            return err;
        }
    }
    return save_state(world, dir, message);
}
