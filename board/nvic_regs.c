/* SPDX-License-Identifier: MIT */
/* The registers of the NVIC: 0xE000E100 to 0xE000E5EF, and STIR. Words of lines
 * that the core does not have read as 0 and ignore writes. */
#include "cpu_parts.h"

#define ISER       0x100U
#define ICER       0x180U
#define ISPR       0x200U
#define ICPR       0x280U
#define IABR       0x300U
#define BIT_END    0x400U
#define IPR        0x400U
#define IPR_END    0x5F0U
#define BANK_BYTES 0x80U
#define BANK_WORDS 16U
#define STIR       0xF00U
#define STIR_INTID 0x1FFU

/* The NVIC's words begin at interrupt 0, ours at exception 0. */
static uint32_t irq_word(const uint32_t words[VB_EXC_WORDS], unsigned index)
{
    uint32_t low = index < VB_EXC_WORDS ? words[index] >> 16 : 0;
    uint32_t high = index + 1U < VB_EXC_WORDS ? words[index + 1U] << 16 : 0;

    return low | high;
}

/* Lines 32 x index and on that the core has. */
static uint32_t line_mask(const struct vb_cpu *cpu, unsigned index)
{
    unsigned lines = vb_nvic_line_count(cpu);

    if (lines <= index * 32U) {
        return 0;
    }
    lines -= index * 32U;
    return lines >= 32U ? UINT32_MAX : (1U << lines) - 1U;
}

static void assign(const struct vb_cpu *cpu, uint32_t words[VB_EXC_WORDS],
                   unsigned index, uint32_t bits, bool on)
{
    bits &= line_mask(cpu, index);
    for (unsigned bit = 0; bit < 32U; bit++) {
        if ((bits >> bit & 1U) != 0) {
            vb_exc_assign(words, VB_EXC_IRQ0 + index * 32U + bit, on);
        }
    }
}

/* A level that is high keeps its interrupt pending, unless it is being
 * served. */
static void clear_pending(struct vb_cpu *cpu, unsigned index, uint32_t bits)
{
    struct vb_nvic *nvic = &cpu->now.nvic;

    assign(cpu, nvic->pending, index,
           bits &
               ~(irq_word(nvic->level, index) & ~irq_word(nvic->active, index)),
           false);
    vb_nvic_update(cpu);
}

static void set_pending(struct vb_cpu *cpu, unsigned index, uint32_t bits)
{
    bits &= line_mask(cpu, index);
    for (unsigned bit = 0; bit < 32U; bit++) {
        if ((bits >> bit & 1U) != 0) {
            vb_nvic_pend(cpu, VB_EXC_IRQ0 + index * 32U + bit, true);
        }
    }
}

static uint32_t priority_word(const struct vb_cpu *cpu, unsigned irq)
{
    uint32_t word = 0;

    for (unsigned at = 0; at < 4U && irq + at < vb_nvic_line_count(cpu); at++) {
        word |= (uint32_t)cpu->now.nvic.priority[VB_EXC_IRQ0 + irq + at]
                << 8U * at;
    }
    return word;
}

uint32_t vb_nvic_read(struct vb_cpu *cpu, uint32_t off, bool *known)
{
    const struct vb_nvic *nvic = &cpu->now.nvic;
    unsigned index = off % BANK_BYTES / 4U;

    *known = true;
    if (off >= IPR && off < IPR_END) {
        return priority_word(cpu, off - IPR);
    }
    if (off >= BIT_END || index >= BANK_WORDS) {
        *known = off < IPR || off == STIR;
        return 0;
    }
    switch (off & ~(BANK_BYTES - 1U)) {
    case ISER:
    case ICER: return irq_word(nvic->enabled, index);
    case ISPR:
    case ICPR: return irq_word(nvic->pending, index);
    case IABR: return irq_word(nvic->active, index);
    default: return 0; /* ITNS: nothing targets the non-secure state. */
    }
}

static void write_priorities(struct vb_cpu *cpu, unsigned irq, uint32_t word)
{
    for (unsigned at = 0; at < 4U && irq + at < vb_nvic_line_count(cpu); at++) {
        cpu->now.nvic.priority[VB_EXC_IRQ0 + irq + at] =
            (uint8_t)(word >> 8U * at & VB_PRIORITY_MASK);
    }
    vb_nvic_update(cpu);
}

bool vb_nvic_write(struct vb_cpu *cpu, uint32_t off, uint32_t value)
{
    struct vb_nvic *nvic = &cpu->now.nvic;
    unsigned index = off % BANK_BYTES / 4U;

    if (off >= IPR && off < IPR_END) {
        write_priorities(cpu, off - IPR, value);
        return true;
    }
    if (off == STIR) {
        set_pending(cpu, (value & STIR_INTID) / 32U, 1U << value % 32U);
        return true;
    }
    if (off >= BIT_END || index >= BANK_WORDS) {
        return off < IPR;
    }
    switch (off & ~(BANK_BYTES - 1U)) {
    case ISER: assign(cpu, nvic->enabled, index, value, true); break;
    case ICER: assign(cpu, nvic->enabled, index, value, false); break;
    case ISPR: set_pending(cpu, index, value); break;
    case ICPR: clear_pending(cpu, index, value); break;
    default: break; /* IABR is read-only, ITNS has no effect. */
    }
    vb_nvic_update(cpu);
    return true;
}
