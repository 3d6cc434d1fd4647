/* SPDX-License-Identifier: MIT */
/* The private peripheral bus, 0xE0000000 to 0xE007FFFF: who serves which
 * address. All registers are words; smaller accesses are made of them. */
#include <stdio.h>
#include <string.h>

#include "cpu_parts.h"

#define PPB_ADDR    0xE0000000U
#define PPB_BYTES   0x80000U
#define SCS_ADDR    0xE000E000U
#define SCS_NS_ADDR 0xE002E000U
#define PAGE_BYTES  0x1000U
#define SYSTICK_OFF 0x010U
#define SYSTICK_END 0x020U
#define NVIC_OFF    0x100U
#define NVIC_END    0x600U
#define SCB_OFF     0xD00U
#define MPU_OFF     0xD90U
#define SAU_END     0xDECU
#define STIR        0xF00U
#define CFSR        0xD28U
#define HFSR        0xD2CU
#define DFSR        0xD30U
#define SFSR        0xDE4U

void vb_scs_reset(struct vb_cpu *cpu)
{
    struct vb_scs *scs = &cpu->now.scs;
    bool is_app = vb_cpu_is_app(cpu);

    memset(scs, 0, sizeof(*scs));
    memset(&cpu->now.systick, 0, sizeof(cpu->now.systick));
    scs->vtor = is_app ? 0 : 0x01000000U;
    scs->ccr = 0x00000201U;
    scs->fpccr = is_app ? 0xC0000004U : 0;
    vb_timer_clear(cpu->vb, &cpu->systick_timer);
    vb_debug_reset(cpu);
    vb_nvic_update(cpu);
}

static uint32_t read_scs(struct vb_cpu *cpu, uint32_t off, bool debug,
                         bool *known)
{
    *known = true;
    if (off >= SYSTICK_OFF && off < SYSTICK_END) {
        return vb_systick_read(cpu, off, debug);
    }
    if ((off >= NVIC_OFF && off < NVIC_END) || off == STIR) {
        return vb_nvic_read(cpu, off, known);
    }
    if (off >= SCB_OFF && off < MPU_OFF) {
        return vb_scb_read(cpu, off, known);
    }
    if (off >= MPU_OFF && off < SAU_END) {
        return vb_mpu_read(cpu, off, known);
    }
    return vb_debug_read(cpu, SCS_ADDR + off, known);
}

static bool write_scs(struct vb_cpu *cpu, uint32_t off, uint32_t value)
{
    if (off >= SYSTICK_OFF && off < SYSTICK_END) {
        vb_systick_write(cpu, off, value);
        return true;
    }
    if ((off >= NVIC_OFF && off < NVIC_END) || off == STIR) {
        return vb_nvic_write(cpu, off, value);
    }
    if (off >= SCB_OFF && off < MPU_OFF) {
        return vb_scb_write(cpu, off, value);
    }
    if (off >= MPU_OFF && off < SAU_END) {
        return vb_mpu_write(cpu, off, value);
    }
    return vb_debug_write(cpu, SCS_ADDR + off, value);
}

/* The non-secure world's registers: secure code may set them up, nothing ever
 * runs there. The network core has only one world. */
static uint32_t *ns_word(struct vb_cpu *cpu, uint32_t addr)
{
    return vb_cpu_is_app(cpu) && addr - SCS_NS_ADDR < PAGE_BYTES
               ? &cpu->now.scs.ns_alias[(addr - SCS_NS_ADDR) / 4U]
               : NULL;
}

static uint32_t read_word(struct vb_cpu *cpu, uint32_t addr, bool debug,
                          bool *known)
{
    const uint32_t *alias = ns_word(cpu, addr);

    *known = true;
    if (addr - SCS_ADDR < PAGE_BYTES) {
        return read_scs(cpu, addr - SCS_ADDR, debug, known);
    }
    if (alias != NULL) {
        return *alias;
    }
    return vb_debug_read(cpu, addr, known);
}

static bool write_word(struct vb_cpu *cpu, uint32_t addr, uint32_t value)
{
    uint32_t *alias = ns_word(cpu, addr);

    if (addr - SCS_ADDR < PAGE_BYTES) {
        return write_scs(cpu, addr - SCS_ADDR, value);
    }
    if (alias != NULL) {
        *alias = value;
        return true;
    }
    return vb_debug_write(cpu, addr, value);
}

bool vb_cpu_peek_ppb(struct vb_cpu *cpu, uint32_t addr, uint32_t *value)
{
    bool known = false;

    if (addr - PPB_ADDR < PPB_BYTES) {
        *value = read_word(cpu, addr & ~3U, true, &known);
    }
    return known;
}

static uint64_t on_read(uc_engine *uc, uint64_t off, unsigned size_bytes,
                        void *user)
{
    struct vb_cpu *cpu = user;
    uint32_t addr = PPB_ADDR + (uint32_t)off;
    uint32_t word;
    bool known;

    (void)uc;
    if (cpu->rescue.active) {
        return 0;
    }
    vb_set_now(cpu->vb, cpu->now.ticks);
    word = read_word(cpu, addr & ~3U, false, &known);
    if (!known) {
        vb_unmodelled(cpu->vb, cpu->core,
                      &(struct vb_bus_access){addr, size_bytes, false, 0});
        return 0;
    }
    word >>= 8U * (addr & 3U);
    return size_bytes >= 4U ? word : word & ((1U << 8U * size_bytes) - 1U);
}

/* Registers where only the ones that are written count: a byte of them is not
 * to be completed with what the others hold. */
static bool counts_ones(uint32_t addr)
{
    uint32_t off = addr - SCS_ADDR;

    return (off >= NVIC_OFF && off < 0x400U) || off == CFSR || off == HFSR ||
           off == DFSR || off == SFSR;
}

static void on_write(uc_engine *uc, uint64_t off, unsigned size_bytes,
                     uint64_t value, void *user)
{
    struct vb_cpu *cpu = user;
    uint32_t addr = PPB_ADDR + (uint32_t)off;
    uint32_t word = (uint32_t)value;
    bool known = true;

    (void)uc;
    if (cpu->rescue.active) {
        return;
    }
    vb_set_now(cpu->vb, cpu->now.ticks);
    if (size_bytes < 4U) {
        unsigned shift = 8U * (addr & 3U);
        uint32_t mask = ((1U << 8U * size_bytes) - 1U) << shift;

        word = word << shift & mask;
        if (!counts_ones(addr & ~3U)) {
            word |= read_word(cpu, addr & ~3U, true, &known) & ~mask;
        }
    }
    if (!known || !write_word(cpu, addr & ~3U, word)) {
        vb_unmodelled(
            cpu->vb, cpu->core,
            &(struct vb_bus_access){addr, size_bytes, true, (uint32_t)value});
    }
}

bool vb_scs_map(struct vb_cpu *cpu, char message[200])
{
    uc_err err = uc_mmio_map(cpu->uc, (uint64_t)PPB_ADDR, (size_t)PPB_BYTES,
                             on_read, cpu, on_write, cpu);

    if (err != UC_ERR_OK) {
        (void)snprintf(message, 200, "Unicorn cannot map the PPB: %s",
                       uc_strerror(err));
    }
    return err == UC_ERR_OK;
}
