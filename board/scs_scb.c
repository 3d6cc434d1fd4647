/* SPDX-License-Identifier: MIT */
/* The system control block: 0xE000ED00 to 0xE000ED8F. */
#include <stddef.h>

#include "cpu_parts.h"

#define ICSR  0xD04U
#define AIRCR 0xD0CU
#define SHPR1 0xD18U
#define SHPR3 0xD20U
#define SHCSR 0xD24U
#define CFSR  0xD28U
#define HFSR  0xD2CU
#define DFSR  0xD30U

#define AIRCR_KEY         0x05FA0000U
#define AIRCR_KEY_READ    0xFA050000U
#define AIRCR_SYSRESETREQ (1U << 2)
#define AIRCR_STORED_APP  0x00006708U /* PRIGROUP, BFHFNMINS, PRIS, ... */
#define AIRCR_STORED_NET  0x00000700U
#define ICSR_NMISET       (1U << 31)
#define ICSR_NMICLR       (1U << 30)
#define ICSR_PENDSVSET    (1U << 28)
#define ICSR_PENDSVCLR    (1U << 27)
#define ICSR_PENDSTSET    (1U << 26)
#define ICSR_PENDSTCLR    (1U << 25)
#define ICSR_ISRPENDING   (1U << 22)
#define ICSR_RETTOBASE    (1U << 11)
#define RESETREAS_SREQ    (1U << 3)  /* Application core. */
#define RESETREAS_LSREQ   (1U << 16) /* Network core, its own. */

/* Registers that are only stored (with a mask), or only read. */
struct scb_row {
    uint16_t off;
    uint16_t place; /* In struct vb_scs; 0 with mask 0: constant. */
    uint32_t app_mask;
    uint32_t net_mask;
    uint32_t fixed; /* Bits that always read as 1. */
};
#define STORED(off, field, app_mask, net_mask, fixed)                      \
    {                                                                      \
        off, (uint16_t)offsetof(struct vb_scs, field), app_mask, net_mask, \
            fixed                                                          \
    }
#define CONSTANT(off, value) \
    {                        \
        off, 0, 0, 0, value  \
    }

static const struct scb_row rows[] = {
    CONSTANT(0xD00U, 0x410FD214U), /* CPUID: Cortex-M33 r0p4 */
    STORED(0xD08U, vtor, 0xFFFFFF80U, 0xFFFFFF80U, 0),
    STORED(0xD10U, scr, 0x1EU, 0x16U, 0),
    STORED(0xD14U, ccr, 0x0007051AU, 0x0007051AU, 0x201U),
    STORED(0xD34U, mmfar, 0xFFFFFFFFU, 0xFFFFFFFFU, 0),
    STORED(0xD38U, bfar, 0xFFFFFFFFU, 0xFFFFFFFFU, 0),
    CONSTANT(0xD3CU, 0),           /* AFSR */
    CONSTANT(0xD40U, 0x00000030U), /* ID_PFR0 */
    CONSTANT(0xD48U, 0x00200000U), /* ID_DFR0 */
    CONSTANT(0xD4CU, 0),           /* ID_AFR0 */
    CONSTANT(0xD50U, 0x00101F40U), /* ID_MMFR0 */
    CONSTANT(0xD54U, 0),           /* ID_MMFR1 */
    CONSTANT(0xD58U, 0x01000000U), /* ID_MMFR2 */
    CONSTANT(0xD5CU, 0),           /* ID_MMFR3 */
    CONSTANT(0xD60U, 0x01101110U), /* ID_ISAR0 */
    CONSTANT(0xD64U, 0x02212000U), /* ID_ISAR1 */
    CONSTANT(0xD68U, 0x20232232U), /* ID_ISAR2 */
    CONSTANT(0xD6CU, 0x01111131U), /* ID_ISAR3 */
    CONSTANT(0xD70U, 0x01310132U), /* ID_ISAR4 */
    CONSTANT(0xD74U, 0),           /* ID_ISAR5 */
    CONSTANT(0xD78U, 0),           /* CLIDR: no cache of the core's own */
    CONSTANT(0xD7CU, 0x8000C000U), /* CTR */
    CONSTANT(0xD80U, 0),           /* CCSIDR */
    CONSTANT(0xD84U, 0),           /* CSSELR */
    STORED(0xD88U, cpacr, 0x00F0FFFFU, 0, 0),
    STORED(0xD8CU, nsacr, 0x00000CFFU, 0, 0),
};

static const struct scb_row *find_row(uint32_t off)
{
    for (size_t at = 0; at < sizeof(rows) / sizeof(*rows); at++) {
        if (rows[at].off == off) {
            return &rows[at];
        }
    }
    return NULL;
}

static uint32_t *place_of(struct vb_cpu *cpu, const struct scb_row *row)
{
    return (uint32_t *)(void *)((uint8_t *)&cpu->now.scs + row->place);
}

/* SHCSR: one bit each for enabled, pending, active. */
static const struct {
    uint8_t bit;
    uint8_t exc;
    uint16_t words_off; /* In struct vb_nvic. */
    bool is_writable;
} shcsr_rows[] = {
    {0,  VB_EXC_MEM,     offsetof(struct vb_nvic, active),  true },
    {1,  VB_EXC_BUS,     offsetof(struct vb_nvic, active),  true },
    {2,  VB_EXC_HARD,    offsetof(struct vb_nvic, active),  false},
    {3,  VB_EXC_USAGE,   offsetof(struct vb_nvic, active),  true },
    {5,  VB_EXC_NMI,     offsetof(struct vb_nvic, active),  false},
    {7,  VB_EXC_SVC,     offsetof(struct vb_nvic, active),  true },
    {10, VB_EXC_PENDSV,  offsetof(struct vb_nvic, active),  true },
    {11, VB_EXC_SYSTICK, offsetof(struct vb_nvic, active),  true },
    {12, VB_EXC_USAGE,   offsetof(struct vb_nvic, pending), true },
    {13, VB_EXC_MEM,     offsetof(struct vb_nvic, pending), true },
    {14, VB_EXC_BUS,     offsetof(struct vb_nvic, pending), true },
    {15, VB_EXC_SVC,     offsetof(struct vb_nvic, pending), true },
    {16, VB_EXC_MEM,     offsetof(struct vb_nvic, enabled), true },
    {17, VB_EXC_BUS,     offsetof(struct vb_nvic, enabled), true },
    {18, VB_EXC_USAGE,   offsetof(struct vb_nvic, enabled), true },
    {19, VB_EXC_SECURE,  offsetof(struct vb_nvic, enabled), true },
    {21, VB_EXC_HARD,    offsetof(struct vb_nvic, pending), false},
};
#define SHCSR_ROWS (sizeof(shcsr_rows) / sizeof(*shcsr_rows))

static uint32_t *shcsr_words(struct vb_cpu *cpu, size_t row)
{
    return (uint32_t *)(void *)((uint8_t *)&cpu->now.nvic +
                                shcsr_rows[row].words_off);
}

static uint32_t read_shcsr(struct vb_cpu *cpu)
{
    uint32_t value = 0;

    for (size_t row = 0; row < SHCSR_ROWS; row++) {
        if (vb_exc_bit(shcsr_words(cpu, row), shcsr_rows[row].exc)) {
            value |= 1U << shcsr_rows[row].bit;
        }
    }
    return value;
}

static void write_shcsr(struct vb_cpu *cpu, uint32_t value)
{
    for (size_t row = 0; row < SHCSR_ROWS; row++) {
        if (shcsr_rows[row].is_writable) {
            vb_exc_assign(shcsr_words(cpu, row), shcsr_rows[row].exc,
                          (value >> shcsr_rows[row].bit & 1U) != 0);
        }
    }
    vb_nvic_update(cpu);
}

static uint32_t read_icsr(struct vb_cpu *cpu)
{
    const struct vb_nvic *nvic = &cpu->now.nvic;
    uint32_t ipsr = 0;
    uint32_t value;
    bool others = false;

    (void)uc_reg_read(cpu->uc, UC_ARM_REG_IPSR, &ipsr);
    ipsr &= VB_XPSR_EXC;
    value = ipsr | nvic->candidate << 12;
    for (unsigned exc = 0; exc < VB_EXC_COUNT; exc++) {
        bool pending = vb_exc_bit(nvic->pending, exc);

        others = others || (exc != ipsr && vb_exc_bit(nvic->active, exc));
        if (pending && exc >= VB_EXC_IRQ0) {
            value |= ICSR_ISRPENDING;
        }
    }
    value |= others ? 0 : ICSR_RETTOBASE;
    value |= vb_exc_bit(nvic->pending, VB_EXC_NMI) ? ICSR_NMISET : 0;
    value |= vb_exc_bit(nvic->pending, VB_EXC_PENDSV) ? ICSR_PENDSVSET : 0;
    value |= vb_exc_bit(nvic->pending, VB_EXC_SYSTICK) ? ICSR_PENDSTSET : 0;
    return value;
}

static void write_icsr(struct vb_cpu *cpu, uint32_t value)
{
    static const struct {
        uint32_t bit;
        unsigned exc;
        bool on;
    } actions[] = {
        {ICSR_NMICLR,    VB_EXC_NMI,     false},
        {ICSR_NMISET,    VB_EXC_NMI,     true },
        {ICSR_PENDSVCLR, VB_EXC_PENDSV,  false},
        {ICSR_PENDSVSET, VB_EXC_PENDSV,  true },
        {ICSR_PENDSTCLR, VB_EXC_SYSTICK, false},
        {ICSR_PENDSTSET, VB_EXC_SYSTICK, true },
    };

    for (size_t row = 0; row < sizeof(actions) / sizeof(*actions); row++) {
        if ((value & actions[row].bit) != 0) {
            vb_nvic_pend(cpu, actions[row].exc, actions[row].on);
        }
    }
}

static void write_aircr(struct vb_cpu *cpu, uint32_t value)
{
    bool is_app = vb_cpu_is_app(cpu);

    if ((value & 0xFFFF0000U) != AIRCR_KEY) {
        return;
    }
    cpu->now.scs.aircr = value & (is_app ? AIRCR_STORED_APP : AIRCR_STORED_NET);
    vb_nvic_update(cpu);
    if ((value & AIRCR_SYSRESETREQ) != 0) {
        vb_reset_request(cpu->vb, cpu->core, VB_RESET_SOFT,
                         is_app ? RESETREAS_SREQ : RESETREAS_LSREQ);
    }
}

/* SHPR1 to SHPR3: a byte for each of the exceptions 4 to 15. */
static uint32_t read_shpr(const struct vb_cpu *cpu, uint32_t off)
{
    uint32_t word = 0;

    for (unsigned at = 0; at < 4U; at++) {
        word |= (uint32_t)cpu->now.nvic.priority[off - SHPR1 + 4U + at]
                << 8U * at;
    }
    return word;
}

static void write_shpr(struct vb_cpu *cpu, uint32_t off, uint32_t value)
{
    for (unsigned at = 0; at < 4U; at++) {
        cpu->now.nvic.priority[off - SHPR1 + 4U + at] =
            (uint8_t)(value >> 8U * at & VB_PRIORITY_MASK);
    }
    vb_nvic_update(cpu);
}

uint32_t vb_scb_read(struct vb_cpu *cpu, uint32_t off, bool *known)
{
    const struct scb_row *row = find_row(off);

    *known = true;
    if (row != NULL) {
        return row->fixed | (row->app_mask != 0 ? *place_of(cpu, row) : 0);
    }
    switch (off) {
    case ICSR: return read_icsr(cpu);
    case AIRCR: return AIRCR_KEY_READ | cpu->now.scs.aircr;
    case SHCSR: return read_shcsr(cpu);
    case CFSR: return cpu->now.scs.cfsr;
    case HFSR: return cpu->now.scs.hfsr;
    case DFSR: return cpu->now.scs.dfsr;
    case 0xD44U: /* ID_PFR1: the application core has the security states. */
        return vb_cpu_is_app(cpu) ? 0x210U : 0x200U;
    default: break;
    }
    *known = off >= SHPR1 && off <= SHPR3;
    return *known ? read_shpr(cpu, off) : 0;
}

bool vb_scb_write(struct vb_cpu *cpu, uint32_t off, uint32_t value)
{
    const struct scb_row *row = find_row(off);

    if (row != NULL) {
        uint32_t mask = vb_cpu_is_app(cpu) ? row->app_mask : row->net_mask;

        if (mask != 0) {
            *place_of(cpu, row) = (value & mask) | row->fixed;
        }
        return true;
    }
    switch (off) {
    case ICSR: write_icsr(cpu, value); return true;
    case AIRCR: write_aircr(cpu, value); return true;
    case SHCSR: write_shcsr(cpu, value); return true;
    case CFSR: cpu->now.scs.cfsr &= ~value; return true;
    case HFSR: cpu->now.scs.hfsr &= ~value; return true;
    case DFSR: cpu->now.scs.dfsr &= ~value; return true;
    default: break;
    }
    if (off >= SHPR1 && off <= SHPR3) {
        write_shpr(cpu, off, value);
        return true;
    }
    return off == 0xD44U;
}
