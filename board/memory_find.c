/* SPDX-License-Identifier: MIT */
/* What is behind an address of a core, and what follows from that: DMA, bus
 * faults, translated code that is out of date. */
#include "memory.h"

static bool in_span(uint32_t addr, struct vb_span span)
{
    return addr - span.addr < span.len_bytes;
}

/* Of application RAM, as a core or its DMA sees it: how far one may go. */
static uint32_t app_ram_room_bytes(const struct duo_vb *vb, enum duo_core core,
                                   uint32_t addr)
{
    uint32_t off_bytes = addr - VB_APP_RAM_ADDR;
    unsigned index = off_bytes / VB_WINDOW_BYTES;

    if (core == DUO_CORE_APP) {
        return VB_APP_RAM_BYTES - off_bytes;
    }
    while (index < VB_WINDOW_COUNT && vb->machine.windows[index].is_readable) {
        index++;
    }
    return index * VB_WINDOW_BYTES > off_bytes
               ? index * VB_WINDOW_BYTES - off_bytes
               : 0;
}

struct vb_host_span vb_memory_host(const struct duo_vb *vb, enum duo_core core,
                                   uint32_t addr)
{
    const struct duo_sim_flash *own =
        core == DUO_CORE_APP ? vb->config.app : vb->config.net;
    const struct duo_sim_flash *ext = vb->config.ext;
    struct vb_span flash = {core == DUO_CORE_APP ? VB_APP_FLASH_ADDR
                                                 : VB_NET_FLASH_ADDR,
                            own->flash.geometry.size_bytes};
    struct vb_span app_ram = {VB_APP_RAM_ADDR, VB_APP_RAM_BYTES};
    struct vb_span net_ram = {VB_NET_RAM_ADDR, VB_NET_RAM_BYTES};
    struct vb_span xip = {VB_XIP_ADDR, ext->flash.geometry.size_bytes};
    struct vb_host_span none = {NULL, 0, NULL, 0};

    if (in_span(addr, flash)) {
        uint32_t off_bytes = addr - flash.addr;
        return (struct vb_host_span){vb_memory_flash_bytes(own) + off_bytes,
                                     flash.len_bytes - off_bytes,
                                     vb_device(vb, (unsigned)core), off_bytes};
    }
    if (in_span(addr, app_ram)) {
        return (struct vb_host_span){vb->app_ram + (addr - app_ram.addr),
                                     app_ram_room_bytes(vb, core, addr), NULL,
                                     0};
    }
    if (core == DUO_CORE_NET && in_span(addr, net_ram)) {
        uint32_t off_bytes = addr - net_ram.addr;
        return (struct vb_host_span){vb->net_ram + off_bytes,
                                     net_ram.len_bytes - off_bytes, NULL, 0};
    }
    if (core == DUO_CORE_APP && vb->machine.xip_is_on && in_span(addr, xip)) {
        uint32_t off_bytes = addr - xip.addr;
        return (struct vb_host_span){vb_memory_flash_bytes(ext) + off_bytes,
                                     xip.len_bytes - off_bytes,
                                     vb_device(vb, VB_DEVICE_EXT), off_bytes};
    }
    return none;
}

uint8_t *vb_dma(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                size_t len_bytes)
{
    struct vb_host_span span = vb_memory_host(vb, core, addr);

    return span.flash == NULL && len_bytes <= span.len_bytes ? span.bytes
                                                             : NULL;
}

bool vb_access_faults(const struct duo_vb *vb, enum duo_core core,
                      uint32_t addr)
{
    /* Code, RAM and external RAM areas of the address map: nothing there is
     * left to be modelled but what memory.c maps. */
    bool is_device = addr >= 0x40000000U && addr < 0x60000000U;
    bool is_private = addr >= 0xE0000000U;
    bool is_shadow = addr >= 0x00F00000U && addr < 0x01000000U;

    (void)vb;
    /* Cache RAM, FICR and UICR are in the application core's code area. */
    return !is_device && !is_private && !(core == DUO_CORE_APP && is_shadow);
}

void vb_flash_changed(struct duo_vb *vb, enum duo_core core, uint32_t off_bytes,
                      uint32_t len_bytes)
{
    uint32_t base_addr =
        core == DUO_CORE_APP ? VB_APP_FLASH_ADDR : VB_NET_FLASH_ADDR;

    vb_cpu_forget_code(vb->cpu[core], base_addr + off_bytes, len_bytes);
}

void vb_memory_flash_changed(void *ctx, uint32_t off_bytes, uint32_t len_bytes)
{
    const struct vb_flash_link *link = ctx;
    struct duo_vb *vb = link->vb;

    if (link->device != VB_DEVICE_EXT) {
        vb_flash_changed(vb, (enum duo_core)link->device, off_bytes, len_bytes);
    } else if (vb->machine.xip_is_on) {
        vb_cpu_forget_code(vb->cpu[DUO_CORE_APP], VB_XIP_ADDR + off_bytes,
                           len_bytes);
    }
}
