/* SPDX-License-Identifier: MIT */
/* The engine of a core: its set-up, its hooks, and one run of it. The hooks
 * only note what happened; cpu_run.c acts when the engine has come back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"

#define PAGE_BYTES 4096U
#define PPB_END    0xE0100000U /* Above it no pointer means anything. */

/* Our own instructions. The hardware has no memory at this page. */
static const uint8_t stub_code[] = {
    /* VB_STUB_RESUME: clrex; ldr.w pc, [pc, #0]; .word target */
    0xBF, 0xF3, 0x2F, 0x8F, 0xDF, 0xF8, 0x00, 0xF0, 0, 0, 0, 0, 0, 0, 0, 0,
    /* VB_STUB_LIMITS_GET: mrs r0, msplim; mrs r1, psplim; wfi */
    0xEF, 0xF3, 0x0A, 0x80, 0xEF, 0xF3, 0x0B, 0x81, 0x30, 0xBF, 0, 0, 0, 0, 0,
    0,
    /* VB_STUB_LIMITS_PUT: msr msplim, r0; msr psplim, r1; clrex; wfi */
    0x80, 0xF3, 0x0A, 0x88, 0x81, 0xF3, 0x0B, 0x88, 0xBF, 0xF3, 0x2F, 0x8F,
    0x30, 0xBF, 0, 0};

static uint32_t read_pc(struct vb_cpu *cpu)
{
    uint32_t pc = 0;

    (void)uc_reg_read(cpu->uc, UC_ARM_REG_PC, &pc);
    return pc;
}

/* The first thing that happens counts; after a rescue has begun, nothing that
 * the rest of the block does is true. */
static void note(struct vb_cpu *cpu, const struct vb_event_info *event)
{
    if (!cpu->rescue.active && cpu->event.kind == VB_EVENT_NONE) {
        cpu->event = *event;
    }
}

static void on_interrupt(uc_engine *uc, uint32_t intno, void *user)
{
    struct vb_cpu *cpu = user;

    note(cpu, &(struct vb_event_info){
                  .kind = VB_EVENT_INTR, .pc = read_pc(cpu), .intno = intno});
    (void)uc_emu_stop(uc);
}

/* Undefined instructions, but also WFE and YIELD, which have been executed
 * then, and always end their block. */
static bool on_invalid(uc_engine *uc, void *user)
{
    struct vb_cpu *cpu = user;
    struct vb_event_info event = {.kind = VB_EVENT_UNDEFINED,
                                  .pc = read_pc(cpu)};
    uint32_t xpsr = 0;

    (void)uc_reg_read(uc, UC_ARM_REG_XPSR, &xpsr);
    if ((xpsr & VB_XPSR_T) == 0) {
        event.kind = VB_EVENT_INTR;
        event.intno = VB_INTNO_INVSTATE;
    } else if (event.pc == cpu->block_addr + cpu->block_size_bytes) {
        event.kind = VB_EVENT_HINT;
    }
    note(cpu, &event);
    return true;
}

static uint64_t unmodelled_read(uc_engine *uc, uint64_t off,
                                unsigned size_bytes, void *user)
{
    const struct vb_page *page = user;

    (void)uc;
    if (!page->cpu->rescue.active) {
        vb_unmodelled(page->cpu->vb, page->cpu->core,
                      &(struct vb_bus_access){page->addr + (uint32_t)off,
                                              size_bytes, false, 0});
    }
    return 0;
}

static void unmodelled_write(uc_engine *uc, uint64_t off, unsigned size_bytes,
                             uint64_t value, void *user)
{
    const struct vb_page *page = user;

    (void)uc;
    if (!page->cpu->rescue.active) {
        vb_unmodelled(page->cpu->vb, page->cpu->core,
                      &(struct vb_bus_access){page->addr + (uint32_t)off,
                                              size_bytes, true,
                                              (uint32_t)value});
    }
}

/* A page of a peripheral that nothing models: from now on its accesses are
 * told one by one, and an access in a lenient run goes on. */
static bool map_unmodelled(struct vb_cpu *cpu, uint32_t addr)
{
    struct vb_page *page;

    if (cpu->page_count == VB_PAGES_MAX) {
        return false;
    }
    page = &cpu->pages[cpu->page_count];
    page->cpu = cpu;
    page->addr = addr & ~(PAGE_BYTES - 1U);
    if (uc_mmio_map(cpu->uc, page->addr, PAGE_BYTES, unmodelled_read, page,
                    unmodelled_write, page) != UC_ERR_OK) {
        return false;
    }
    cpu->page_count++;
    return true;
}

/* A load leaves its block by itself; a store needs a rescue. */
static bool on_bad_access(uc_engine *uc, uc_mem_type type, uint64_t addr,
                          int size_bytes, int64_t value, void *user)
{
    struct vb_cpu *cpu = user;
    bool is_write = type == UC_MEM_WRITE_UNMAPPED;

    (void)uc;
    (void)size_bytes;
    (void)value;
    if (type != UC_MEM_READ_PROT && addr < PPB_END &&
        !vb_access_faults(cpu->vb, cpu->core, (uint32_t)addr) &&
        map_unmodelled(cpu, (uint32_t)addr)) {
        return true;
    }
    if (is_write) {
        vb_rescue_begin(cpu, (uint32_t)addr);
    } else {
        note(cpu, &(struct vb_event_info){.kind = VB_EVENT_ACCESS,
                                          .pc = cpu->block_addr,
                                          .addr = (uint32_t)addr});
    }
    return false;
}

/* RAM: most stores by far. */
static void store_ram(struct vb_cpu *cpu, uint32_t off_bytes, int64_t value,
                      unsigned size_bytes)
{
    memcpy(cpu->ram.bytes + off_bytes, &value, size_bytes);
    if (cpu->ram_code[off_bytes >> VB_RAM_PAGE_SHIFT] != 0) {
        vb_cpu_forget_code(cpu, cpu->ram.addr + off_bytes, size_bytes);
    }
}

/* A store into memory that is mapped for reading: it is done here to RAM, and
 * by the NVMC to the core's own flash. The engine drops the store itself. */
static bool on_store(uc_engine *uc, uc_mem_type type, uint64_t addr,
                     int size_bytes, int64_t value, void *user)
{
    struct vb_cpu *cpu = user;
    uint32_t off_bytes = (uint32_t)addr - cpu->ram.addr;

    (void)uc;
    (void)type;
    if (cpu->rescue.active) {
        return true; /* It has not been executed. */
    }
    if (off_bytes < cpu->ram.size_bytes &&
        (unsigned)size_bytes <= cpu->ram.size_bytes - off_bytes) {
        store_ram(cpu, off_bytes, value, (unsigned)size_bytes);
        return true;
    }
    vb_set_now(cpu->vb, cpu->now.ticks);
    if (!vb_nvmc_store(cpu->vb, cpu->core, (uint32_t)addr, (unsigned)size_bytes,
                       (uint32_t)value)) {
        vb_rescue_begin(cpu, (uint32_t)addr);
    }
    return true;
}

static bool on_bad_fetch(uc_engine *uc, uc_mem_type type, uint64_t addr,
                         int size_bytes, int64_t value, void *user)
{
    struct vb_cpu *cpu = user;

    (void)uc;
    (void)type;
    (void)size_bytes;
    (void)value;
    note(cpu, &(struct vb_event_info){.kind = VB_EVENT_FETCH,
                                      .pc = read_pc(cpu),
                                      .addr = (uint32_t)addr});
    return false;
}

/* Unicorn takes all kinds of callbacks through one untyped parameter. */
#define CALLBACK(function) ((void *)(uintptr_t)(function))

static uc_err add_hooks(struct vb_cpu *cpu)
{
    const struct {
        int type;
        void *callback;
    } rows[] = {
        {UC_HOOK_BLOCK,                                       CALLBACK(vb_cpu_on_block)       },
        {UC_HOOK_EDGE_GENERATED,                              CALLBACK(vb_block_on_translated)},
        {UC_HOOK_INTR,                                        CALLBACK(on_interrupt)          },
        {UC_HOOK_INSN_INVALID,                                CALLBACK(on_invalid)            },
        {UC_HOOK_MEM_READ_UNMAPPED | UC_HOOK_MEM_WRITE_UNMAPPED |
             UC_HOOK_MEM_READ_PROT,                  CALLBACK(on_bad_access)         },
        {UC_HOOK_MEM_WRITE_PROT,                              CALLBACK(on_store)              },
        {UC_HOOK_MEM_FETCH_UNMAPPED | UC_HOOK_MEM_FETCH_PROT,
         CALLBACK(on_bad_fetch)                                                               },
    };
    uc_err err = UC_ERR_OK;

    for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
        uc_hook hook;

        if (err == UC_ERR_OK) {
            err =
                uc_hook_add(cpu->uc, &hook, rows[row].type, rows[row].callback,
                            cpu, (uint64_t)1, (uint64_t)0);
        }
    }
    return err;
}

bool vb_engine_open(struct vb_cpu *cpu, char message[200])
{
    uc_err err = uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &cpu->uc);

    if (err == UC_ERR_OK) {
        err = uc_ctl_set_cpu_model(cpu->uc, UC_CPU_ARM_CORTEX_M33);
    }
    cpu->stub = aligned_alloc(PAGE_BYTES, PAGE_BYTES);
    if (err == UC_ERR_OK && cpu->stub != NULL) {
        memset(cpu->stub, 0, PAGE_BYTES);
        memcpy(cpu->stub, stub_code, sizeof(stub_code));
        err = uc_mem_map_ptr(cpu->uc, VB_STUB_ADDR, PAGE_BYTES,
                             UC_PROT_READ | UC_PROT_EXEC, cpu->stub);
    }
    if (err == UC_ERR_OK) {
        err = add_hooks(cpu);
    }
    if (err != UC_ERR_OK || cpu->stub == NULL) {
        (void)snprintf(message, 200, "Unicorn cannot make a Cortex-M33: %s",
                       err != UC_ERR_OK ? uc_strerror(err) : "no memory");
        return false;
    }
    return true;
}

void vb_engine_close(struct vb_cpu *cpu)
{
    if (cpu->uc != NULL) {
        (void)uc_close(cpu->uc);
    }
    free(cpu->stub);
}

/* Where to start. A jump through our stub clears the exclusive monitor on the
 * way; it must not be taken with an IT state (it would apply to the stub), nor
 * to an address that a load would take for an EXC_RETURN. */
static uint32_t start_addr(struct vb_cpu *cpu)
{
    uint32_t target = cpu->now.pc | (cpu->now.thumb ? 1U : 0U);
    uint32_t xpsr = 0;

    if (!cpu->now.clear_monitor) {
        return target;
    }
    cpu->now.clear_monitor = false;
    (void)uc_reg_read(cpu->uc, UC_ARM_REG_XPSR, &xpsr);
    if ((xpsr & VB_XPSR_IT) != 0 || target >= 0xF0000000U) {
        return target;
    }
    for (unsigned at = 0; at < 4U; at++) {
        cpu->stub[VB_STUB_TARGET + at] = (uint8_t)(target >> 8U * at);
    }
    return (VB_STUB_ADDR + VB_STUB_RESUME) | 1U;
}

void vb_engine_run(struct vb_cpu *cpu)
{
    uc_err err;

    cpu->event = (struct vb_event_info){.kind = VB_EVENT_NONE};
    cpu->is_first_block = true;
    cpu->executes = true;
    err = uc_emu_start(cpu->uc, start_addr(cpu), VB_NO_END, 0, 0);
    cpu->executes = false;
    cpu->is_first_block = false;
    if (cpu->rescue.active) {
        vb_rescue_end(cpu);
    } else if (cpu->event.kind == VB_EVENT_NONE && err != UC_ERR_OK) {
        vb_stop_because(cpu->vb, DUO_VB_STOP_BROKEN, cpu->core,
                        "the emulator failed: %s", uc_strerror(err));
        cpu->event.kind = VB_EVENT_STOPPED;
    } else if (cpu->event.kind == VB_EVENT_NONE) {
        cpu->event.pc = read_pc(cpu);
    }
}
