/* SPDX-License-Identifier: MIT */
/* The memories of both cores: for memory.c and who looks into them. */
#ifndef DUO_VB_MEMORY_H
#define DUO_VB_MEMORY_H

#include "soc_internal.h"

struct vb_span {
    uint32_t addr;
    uint32_t len_bytes;
};

/* What is behind an address of a core, up to the end of that memory. */
struct vb_host_span {
    uint8_t *bytes; /* NULL: no memory. */
    uint32_t len_bytes;
    struct duo_sim_flash *flash; /* NULL: RAM. */
    uint32_t off_bytes;          /* In the flash. */
};

/* Its content; the engines get it without write permission. */
uint8_t *vb_memory_flash_bytes(const struct duo_sim_flash *flash);
struct vb_host_span vb_memory_host(const struct duo_vb *vb, enum duo_core core,
                                   uint32_t addr);
bool vb_memory_create(struct duo_vb *vb, char message[200]);
void vb_memory_destroy(struct duo_vb *vb);
void vb_memory_fill_app(struct duo_vb *vb);
void vb_memory_fill_net(struct duo_vb *vb);
/* As after a reset of the application core: no windows, no XIP. */
void vb_memory_reset(struct duo_vb *vb);
/* Map what the words of a snapshot say. */
void vb_memory_apply(struct duo_vb *vb, const struct vb_machine *wanted);
/* Debugger: the peripheral page that a core sees at an address, or NULL. */
struct vb_periph *vb_memory_periph(const struct duo_vb *vb, enum duo_core core,
                                   uint32_t addr);
/* duo_sim_flash.on_change, with a struct vb_flash_link. */
void vb_memory_flash_changed(void *ctx, uint32_t off_bytes, uint32_t len_bytes);

#endif
