/* SPDX-License-Identifier: MIT */
/* The flashes for the program that controls the board: which operations ended,
 * and how full each page is. */
#include <stdlib.h>
#include <string.h>

#include "board_control_parts.h"
#include "board_run.h"

#define BLANK_WORD UINT64_MAX
/* In one message, so that no line is long. */
#define OPS_MAX 256U

const char *const duo_control_memory_names[DUO_CONTROL_DEVICE_COUNT] = {
    "app", "net", "ext"};

static void *zeros(size_t count)
{
    void *memory = calloc(count, 1);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

void duo_control_flash_open(struct duo_control *control)
{
    const struct duo_native_board *native = control->run->native;
    const struct duo_sim_flash *const flashes[DUO_CONTROL_DEVICE_COUNT] = {
        native->app, native->net, native->ext};

    for (unsigned i = 0; i < DUO_CONTROL_DEVICE_COUNT; i++) {
        const struct duo_flash_geometry *geometry = &flashes[i]->flash.geometry;
        struct duo_control_device *device = &control->devices[i];

        device->flash = flashes[i];
        device->page_bytes = geometry->erase_bytes;
        device->page_count = geometry->size_bytes / geometry->erase_bytes;
        device->fill = zeros(device->page_count);
        device->is_touched = zeros(device->page_count * sizeof(bool));
    }
    control->ops = json_array();
}

void duo_control_flash_close(struct duo_control *control)
{
    for (unsigned i = 0; i < DUO_CONTROL_DEVICE_COUNT; i++) {
        free(control->devices[i].fill);
        free(control->devices[i].is_touched);
    }
    json_decref(control->ops);
}

static uint32_t programmed_in(uint64_t word)
{
    uint32_t count = 0;

    for (unsigned shift = 0; shift < 64U; shift += 8U) {
        count += ((word >> shift) & 0xFFU) != 0xFFU;
    }
    return count;
}

/* Pages are whole words; most are blank, or full. */
static uint8_t fill_of(const struct duo_control_device *device, uint32_t page)
{
    const uint8_t *data =
        device->flash->data + (size_t)page * device->page_bytes;
    uint32_t count = 0;

    for (size_t off = 0; off < device->page_bytes; off += sizeof(uint64_t)) {
        uint64_t word;

        memcpy(&word, data + off, sizeof(word));
        if (word != BLANK_WORD) {
            count += programmed_in(word);
        }
    }
    if (count == 0) {
        return 0;
    }
    return (uint8_t)((count * 255U + device->page_bytes - 1U) /
                     device->page_bytes);
}

json_t *duo_control_fill_json(struct duo_control *control)
{
    json_t *fill = json_object();

    for (unsigned i = 0; i < DUO_CONTROL_DEVICE_COUNT; i++) {
        struct duo_control_device *device = &control->devices[i];

        for (uint32_t page = 0; page < device->page_count; page++) {
            device->fill[page] = fill_of(device, page);
        }
        (void)json_object_set_new(fill, duo_control_memory_names[i],
                                  duo_control_base64_json((struct duo_bytes){
                                      device->fill, device->page_count}));
    }
    return fill;
}

void duo_control_flash_compare(struct duo_control *control)
{
    for (unsigned i = 0; i < DUO_CONTROL_DEVICE_COUNT; i++) {
        struct duo_control_device *device = &control->devices[i];

        for (uint32_t page = 0; page < device->page_count; page++) {
            if (device->fill[page] != fill_of(device, page)) {
                device->is_touched[page] = true;
                control->has_touched = true;
            }
        }
    }
}

static void add_pages(struct duo_control_device *device, const char *name,
                      json_t *pages)
{
    for (uint32_t page = 0; page < device->page_count; page++) {
        if (!device->is_touched[page]) {
            continue;
        }
        device->is_touched[page] = false;
        device->fill[page] = fill_of(device, page);
        (void)json_array_append_new(pages,
                                    json_pack("{s:s, s:I, s:i}", "memory", name,
                                              "page", (json_int_t)page, "fill",
                                              (int)device->fill[page]));
    }
}

void duo_control_flash_flush(struct duo_control *control)
{
    json_t *pages;

    if (!control->has_touched) {
        return;
    }
    pages = json_array();
    for (unsigned i = 0; i < DUO_CONTROL_DEVICE_COUNT; i++) {
        add_pages(&control->devices[i], duo_control_memory_names[i], pages);
    }
    (void)duo_control_put(&control->out,
                          json_pack("{s:s, s:I, s:o, s:o}", "type", "flash",
                                    "time_us", duo_control_time_us(control),
                                    "ops", control->ops, "pages", pages));
    control->ops = json_array();
    control->has_touched = false;
}

static unsigned device_of(const char *name)
{
    unsigned i = 0;

    while (i + 1U < DUO_CONTROL_DEVICE_COUNT &&
           strcmp(duo_control_memory_names[i], name) != 0) {
        i++;
    }
    return i;
}

static void touch(struct duo_control_device *device, const struct duo_vb_op *op)
{
    uint32_t page = op->off_bytes / device->page_bytes;
    uint64_t end = (uint64_t)op->off_bytes + op->len_bytes;

    while (page < device->page_count &&
           (uint64_t)page * device->page_bytes < end) {
        device->is_touched[page++] = true;
    }
}

void duo_control_op(struct duo_control *control, const struct duo_vb_op *op)
{
    json_int_t end_us;

    if (!control->is_open) {
        return;
    }
    end_us = (json_int_t)((op->end_ns - control->run->base_ns) / 1000U);
    touch(&control->devices[device_of(op->device)], op);
    control->has_touched = true;
    (void)json_array_append_new(
        control->ops,
        json_pack("{s:s, s:s, s:I, s:I, s:I}", "memory", op->device, "kind",
                  op->kind == DUO_SIM_OP_ERASE ? "erase" : "program",
                  "off_bytes", (json_int_t)op->off_bytes, "len_bytes",
                  (json_int_t)op->len_bytes, "end_us", end_us));
    if (json_array_size(control->ops) >= OPS_MAX) {
        duo_control_flash_flush(control);
    }
}
