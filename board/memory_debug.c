/* SPDX-License-Identifier: MIT */
/* A debugger's look at memory: what the core sees, without side effects. */
#include <string.h>

#include "memory.h"
#include "vb_cpu.h"

#define PRIVATE_BUS_ADDR 0xE0000000U

/* One byte of a register. */
static bool peek_register(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                          uint8_t *value)
{
    struct vb_periph *periph = vb_memory_periph(vb, core, addr);
    uint32_t word = 0;

    if (periph != NULL) {
        *value = (uint8_t)vb_bus_read(periph, addr % VB_PAGE_BYTES, 1, true);
        return true;
    }
    if (addr < PRIVATE_BUS_ADDR ||
        !vb_cpu_peek_ppb(vb->cpu[core], addr & ~3U, &word)) {
        return false;
    }
    *value = (uint8_t)(word >> 8U * (addr & 3U));
    return true;
}

/* Copy to dst, or with NULL only look whether all of it is there. */
static bool read_range(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                       uint8_t *dst, size_t len_bytes)
{
    size_t at = 0;

    while (at < len_bytes) {
        uint32_t here = addr + (uint32_t)at;
        struct vb_host_span span = vb_memory_host(vb, core, here);
        size_t part = len_bytes - at;
        uint8_t byte = 0;

        if (span.bytes == NULL || span.len_bytes == 0) {
            if (!peek_register(vb, core, here, &byte)) {
                return false;
            }
            span.bytes = &byte;
            span.len_bytes = 1;
        }
        part = part < span.len_bytes ? part : span.len_bytes;
        if (dst != NULL) {
            memcpy(dst + at, span.bytes, part);
        }
        at += part;
    }
    return true;
}

bool duo_vb_mem_read(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                     void *dst, size_t len_bytes)
{
    vb_set_now(vb, vb->machine.pass_ticks);
    return read_range(vb, core, addr, NULL, len_bytes) &&
           read_range(vb, core, addr, dst, len_bytes);
}

static void write_span(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                       struct duo_bytes bytes)
{
    struct vb_host_span span = vb_memory_host(vb, core, addr);

    if (span.flash != NULL) {
        duo_sim_poke(span.flash, span.off_bytes, bytes);
        return;
    }
    memcpy(span.bytes, bytes.data, bytes.len_bytes);
    /* Either core may have executed it. */
    for (unsigned index = 0; index < DUO_CORE_COUNT; index++) {
        vb_cpu_forget_code(vb->cpu[index], addr, (uint32_t)bytes.len_bytes);
    }
}

bool duo_vb_mem_write(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                      struct duo_bytes bytes)
{
    size_t at = 0;

    /* All of it is memory, or nothing is written. */
    while (at < bytes.len_bytes) {
        struct vb_host_span span =
            vb_memory_host(vb, core, addr + (uint32_t)at);
        if (span.bytes == NULL || span.len_bytes == 0) {
            return false;
        }
        at += span.len_bytes;
    }
    vb_set_now(vb, vb->machine.pass_ticks);
    at = 0;
    while (at < bytes.len_bytes) {
        struct vb_host_span span =
            vb_memory_host(vb, core, addr + (uint32_t)at);
        struct duo_bytes part = {bytes.data + at, bytes.len_bytes - at};
        if (part.len_bytes > span.len_bytes) {
            part.len_bytes = span.len_bytes;
        }
        write_span(vb, core, addr + (uint32_t)at, part);
        at += part.len_bytes;
    }
    return true;
}
