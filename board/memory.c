/* SPDX-License-Identifier: MIT */
/* The memories of both cores in their engines. Flash is the simulated device's
 * own content, so nothing is copied when code runs or is programmed.
 *
 * The network core reaches application RAM through windows of 8 KB that are
 * closed after a reset. Not modelled: its way to the application core's flash,
 * to the XIP window and to peripherals other than MUTEX, and what the SPU
 * forbids the application core itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "vb_cpu.h"

uint8_t *vb_memory_flash_bytes(const struct duo_sim_flash *flash)
{
    /* The engine gets it without write permission. */
    return (uint8_t *)(uintptr_t)flash->data;
}

/* Memory that a store does not change, so that a hook can. Unicorn keeps the
 * rights of uc_mem_map_ptr() for its checks, but drops a store that a hook has
 * dealt with only after uc_mem_protect(). */
static uc_err map_read_only(uc_engine *uc, uint32_t addr,
                            struct duo_bytes bytes)
{
    uint32_t rights = UC_PROT_READ | UC_PROT_EXEC;
    uc_err err = uc_mem_map_ptr(uc, addr, bytes.len_bytes, rights,
                                (void *)(uintptr_t)bytes.data);

    return err == UC_ERR_OK ? uc_mem_protect(uc, addr, bytes.len_bytes, rights)
                            : err;
}

static struct duo_bytes content_of(const struct duo_sim_flash *flash)
{
    return (struct duo_bytes){flash->data, flash->flash.geometry.size_bytes};
}

/* --- Content ------------------------------------------------------------- */

/* xorshift64* (S. Vigna, public domain): RAM at power-up is noise. */
static void fill_noise(uint8_t *dst, size_t len_bytes, uint64_t seed)
{
    uint64_t state = seed * 0x9E3779B97F4A7C15U | 1U;

    for (size_t at = 0; at + sizeof(state) <= len_bytes; at += sizeof(state)) {
        uint64_t word;
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        word = state * 0x2545F4914F6CDD1DU;
        memcpy(dst + at, &word, sizeof(word));
    }
}

void vb_memory_fill_app(struct duo_vb *vb)
{
    fill_noise(vb->app_ram, VB_APP_RAM_BYTES,
               vb->config.seed + vb->machine.power_ups * 2U);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        vb_cpu_forget_code(vb->cpu[core], VB_APP_RAM_ADDR, VB_APP_RAM_BYTES);
    }
}

void vb_memory_fill_net(struct duo_vb *vb)
{
    fill_noise(vb->net_ram, VB_NET_RAM_BYTES,
               vb->config.seed + 0xD1B54A32D192ED03U + vb->machine.net_starts);
    vb_cpu_forget_code(vb->cpu[DUO_CORE_NET], VB_NET_RAM_ADDR,
                       VB_NET_RAM_BYTES);
}

/* --- Windows ------------------------------------------------------------- */

static uint32_t window_addr(unsigned index)
{
    return VB_APP_RAM_ADDR + index * VB_WINDOW_BYTES;
}

static void map_window(struct duo_vb *vb, unsigned index,
                       struct vb_window wanted)
{
    struct vb_window *window = &vb->machine.windows[index];
    uc_engine *uc = vb_cpu_engine(vb->cpu[DUO_CORE_NET]);
    uint32_t addr = window_addr(index);
    uint32_t rights = UC_PROT_EXEC;
    uc_err err = UC_ERR_OK;

    if (window->is_readable || window->is_writable) {
        err = uc_mem_unmap(uc, addr, VB_WINDOW_BYTES);
    }
    *window = wanted;
    if (err == UC_ERR_OK && (wanted.is_readable || wanted.is_writable)) {
        rights |= wanted.is_readable ? UC_PROT_READ : 0U;
        rights |= wanted.is_writable ? UC_PROT_WRITE : 0U;
        err = uc_mem_map_ptr(uc, addr, VB_WINDOW_BYTES, rights,
                             vb->app_ram + (size_t)index * VB_WINDOW_BYTES);
    }
    if (err == UC_ERR_OK && wanted.is_readable && !wanted.is_writable) {
        err = uc_mem_protect(uc, addr, VB_WINDOW_BYTES, rights);
    }
    if (err != UC_ERR_OK) {
        vb_stop_because(vb, DUO_VB_STOP_BROKEN, DUO_CORE_NET,
                        "cannot map a window of RAM: %s", uc_strerror(err));
    }
}

void vb_net_window(struct duo_vb *vb, unsigned region_index, bool readable,
                   bool writable)
{
    struct vb_window wanted = {readable, writable};
    const struct vb_window *window;

    if (region_index >= VB_WINDOW_COUNT) {
        return;
    }
    window = &vb->machine.windows[region_index];
    if (window->is_readable != readable || window->is_writable != writable) {
        map_window(vb, region_index, wanted);
    }
}

void vb_xip_window(struct duo_vb *vb, bool on)
{
    uc_engine *uc = vb_cpu_engine(vb->cpu[DUO_CORE_APP]);
    const struct duo_sim_flash *ext = vb->config.ext;
    uc_err err;

    if (vb->machine.xip_is_on == on) {
        return;
    }
    vb->machine.xip_is_on = on;
    err = on ? map_read_only(uc, VB_XIP_ADDR, content_of(ext))
             : uc_mem_unmap(uc, VB_XIP_ADDR, ext->flash.geometry.size_bytes);
    if (err != UC_ERR_OK) {
        vb_stop_because(vb, DUO_VB_STOP_BROKEN, DUO_CORE_APP,
                        "cannot map the XIP window: %s", uc_strerror(err));
    }
}

void vb_memory_reset(struct duo_vb *vb)
{
    for (unsigned index = 0; index < VB_WINDOW_COUNT; index++) {
        vb_net_window(vb, index, false, false);
    }
    vb_xip_window(vb, false);
}

void vb_memory_apply(struct duo_vb *vb, const struct vb_machine *wanted)
{
    for (unsigned index = 0; index < VB_WINDOW_COUNT; index++) {
        vb_net_window(vb, index, wanted->windows[index].is_readable,
                      wanted->windows[index].is_writable);
    }
    vb_xip_window(vb, wanted->xip_is_on);
}

/* --- Peripherals --------------------------------------------------------- */

static uint64_t on_read(uc_engine *uc, uint64_t off, unsigned size_bytes,
                        void *user)
{
    const struct vb_view *view = user;
    struct duo_vb *vb = view->slot->periph.vb;
    struct vb_cpu *cpu = vb->cpu[view->core];

    (void)uc;
    if (vb_cpu_is_faulting(cpu)) {
        return 0;
    }
    vb->access_core = view->core;
    vb_set_now(vb, vb_cpu_ticks(cpu));
    return vb_bus_read(&view->slot->periph, (uint32_t)off, size_bytes, false);
}

static void on_write(uc_engine *uc, uint64_t off, unsigned size_bytes,
                     uint64_t value, void *user)
{
    const struct vb_view *view = user;
    struct duo_vb *vb = view->slot->periph.vb;
    struct vb_cpu *cpu = vb->cpu[view->core];

    (void)uc;
    if (vb_cpu_is_faulting(cpu)) {
        return;
    }
    vb->access_core = view->core;
    vb_set_now(vb, vb_cpu_ticks(cpu));
    vb_bus_write(&view->slot->periph, (uint32_t)off, size_bytes,
                 (uint32_t)value);
}

static uc_err map_view(struct duo_vb *vb, struct vb_slot *slot,
                       enum duo_core core, uint32_t addr)
{
    struct vb_view *view = &vb->views[vb->view_count];

    if (addr == 0) {
        return UC_ERR_OK;
    }
    vb->view_count++;
    *view = (struct vb_view){slot, core, addr};
    return uc_mmio_map(vb_cpu_engine(vb->cpu[core]), addr, VB_PAGE_BYTES,
                       on_read, view, on_write, view);
}

/* Both addresses of a peripheral, for its core; MUTEX for both cores. */
static uc_err map_slot(struct duo_vb *vb, struct vb_slot *slot)
{
    enum duo_core core = slot->periph.core;
    uc_err err = map_view(vb, slot, core, slot->periph.base_addr);

    if (err == UC_ERR_OK) {
        err = map_view(vb, slot, core, slot->alias_addr);
    }
    if (slot->periph.type != &vb_type_mutex) {
        return err;
    }
    if (err == UC_ERR_OK) {
        err = map_view(vb, slot, DUO_CORE_NET, slot->periph.base_addr);
    }
    return err == UC_ERR_OK ? map_view(vb, slot, DUO_CORE_NET, slot->alias_addr)
                            : err;
}

static uc_err map_peripherals(struct duo_vb *vb)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        for (unsigned index = 0; index < vb->slot_count[core]; index++) {
            uc_err err = map_slot(vb, &vb->slots[core][index]);
            if (err != UC_ERR_OK) {
                return err;
            }
        }
    }
    return UC_ERR_OK;
}

struct vb_periph *vb_memory_periph(const struct duo_vb *vb, enum duo_core core,
                                   uint32_t addr)
{
    for (unsigned index = 0; index < vb->view_count; index++) {
        const struct vb_view *view = &vb->views[index];
        if (view->core == core && view->addr == addr - addr % VB_PAGE_BYTES) {
            return &view->slot->periph;
        }
    }
    return NULL;
}

/* --- Set-up -------------------------------------------------------------- */

/* A core's own RAM. For memory that may be written Unicorn 2.0.1 looks for
 * translated code at each store, at twice the cost of a hook: so stores to RAM
 * come to vb_cpu_own_ram()'s owner, too. */
static uc_err map_ram(struct duo_vb *vb, enum duo_core core,
                      const struct vb_ram *ram)
{
    vb_cpu_own_ram(vb->cpu[core], ram);
    return map_read_only(vb_cpu_engine(vb->cpu[core]), ram->addr,
                         (struct duo_bytes){ram->bytes, ram->size_bytes});
}

static uc_err map_memories(struct duo_vb *vb)
{
    const struct vb_ram app = {vb->app_ram, VB_APP_RAM_ADDR, VB_APP_RAM_BYTES};
    const struct vb_ram net = {vb->net_ram, VB_NET_RAM_ADDR, VB_NET_RAM_BYTES};
    uc_err err = map_read_only(vb_cpu_engine(vb->cpu[DUO_CORE_APP]),
                               VB_APP_FLASH_ADDR, content_of(vb->config.app));

    if (err == UC_ERR_OK) {
        err = map_read_only(vb_cpu_engine(vb->cpu[DUO_CORE_NET]),
                            VB_NET_FLASH_ADDR, content_of(vb->config.net));
    }
    if (err == UC_ERR_OK) {
        err = map_ram(vb, DUO_CORE_APP, &app);
    }
    if (err == UC_ERR_OK) {
        err = map_ram(vb, DUO_CORE_NET, &net);
    }
    return err == UC_ERR_OK ? map_peripherals(vb) : err;
}

bool vb_memory_create(struct duo_vb *vb, char message[200])
{
    /* A peripheral is seen at two addresses, MUTEX at two more. */
    size_t views = 2U * (size_t)(vb->slot_count[0] + vb->slot_count[1]) + 2U;
    uc_err err;

    vb->app_ram = aligned_alloc(VB_PAGE_BYTES, VB_APP_RAM_BYTES);
    vb->net_ram = aligned_alloc(VB_PAGE_BYTES, VB_NET_RAM_BYTES);
    vb->views = calloc(views, sizeof(*vb->views));
    if (vb->app_ram == NULL || vb->net_ram == NULL || vb->views == NULL) {
        (void)snprintf(message, 200, "out of memory");
        return false;
    }
    memset(vb->app_ram, 0, VB_APP_RAM_BYTES);
    memset(vb->net_ram, 0, VB_NET_RAM_BYTES);
    err = map_memories(vb);
    if (err != UC_ERR_OK) {
        (void)snprintf(message, 200, "cannot map the memories: %s",
                       uc_strerror(err));
    }
    return err == UC_ERR_OK;
}

void vb_memory_destroy(struct duo_vb *vb)
{
    free(vb->app_ram);
    free(vb->net_ram);
    free(vb->views);
}
