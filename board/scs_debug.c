/* SPDX-License-Identifier: MIT */
/* DWT with its cycle counter, the floating-point control registers, and what
 * has no effect here: ITM, FPB, trace, debug and cache maintenance. */
#include "cpu_parts.h"

#define DWT_CTRL      0xE0001000U
#define DWT_CYCCNT    0xE0001004U
#define DWT_PCSR      0xE000101CU
#define ITM_STIM_END  0xE0000400U
#define ITM_ADDR      0xE0000000U
#define ICTR          0xE000E004U
#define DHCSR         0xE000EDF0U
#define DEMCR         0xE000EDFCU
#define FPCCR         0xE000EF34U
#define FPCAR         0xE000EF38U
#define FPDSCR        0xE000EF3CU
#define CACHE_OPS     0xE000EF50U
#define CACHE_OPS_END 0xE000EF7CU
#define IDS           0xE000EFB0U
#define IDS_END       0xE000F000U
#define TRACE         0xE0040000U
#define TRACE_END     0xE0044000U

#define DEMCR_MASK     0x011F0FF1U
#define DEMCR_TRCENA   (1U << 24)
#define DWT_CYCCNTENA  1U
#define DWT_CTRL_FIXED 0x40000000U /* Four comparators. */
#define FPCCR_MASK     0xFC000000U
#define FPCCR_S        0x4U
#define FPDSCR_MASK    0x07C00000U

/* Kept and read back. */
static const struct {
    uint32_t addr;
    uint32_t words;
} stored[] = {
    {0xE0000E00U, 1 }, /* ITM_TER */
    {0xE0000E40U, 1 }, /* ITM_TPR */
    {0xE0000E80U, 1 }, /* ITM_TCR */
    {0xE0001008U, 5 }, /* DWT_CPICNT to DWT_FOLDCNT */
    {0xE0001020U, 16}, /* DWT_COMP0 to DWT_FUNCTION3 */
    {0xE0002000U, 2 }, /* FP_CTRL, FP_REMAP */
    {0xE000E008U, 2 }, /* ACTLR, CPPWR */
    {0xE000EDF4U, 2 }, /* DCRSR, DCRDR */
    {0xE000EE04U, 2 }, /* DAUTHCTRL, DSCSR */
};

/* Read as a constant, ignore writes. */
static const struct {
    uint32_t addr;
    uint32_t end;
    uint32_t value;
} constants[] = {
    {ITM_ADDR,    ITM_STIM_END,  1         }, /* A FIFO that has room. */
    {0xE0000FB0U, 0xE0001000U,   0         }, /* ITM lock and identification */
    {DWT_PCSR,    0xE0001020U,   0         },
    {0xE0001FB0U, 0xE0002000U,   0         },
    {0xE0002008U, 0xE0003000U,   0         }, /* FPB: no comparators */
    {DHCSR,       0xE000EDF4U,   0         }, /* No debugger that code sees. */
    {0xE000EF40U, 0xE000EF44U,   0x10110021}, /* MVFR0 */
    {0xE000EF44U, 0xE000EF48U,   0x11000011}, /* MVFR1 */
    {0xE000EF48U, 0xE000EF4CU,   0x00000040}, /* MVFR2 */
    {CACHE_OPS,   CACHE_OPS_END, 0         },
    {IDS,         IDS_END,       0         },
    {TRACE,       TRACE_END,     0         }, /* TPIU, ETM, CTI: no trace */
};

static uint32_t *find_stored(struct vb_cpu *cpu, uint32_t addr)
{
    uint32_t index = 0;

    for (size_t row = 0; row < sizeof(stored) / sizeof(*stored); row++) {
        uint32_t word = (addr - stored[row].addr) / 4U;

        if (addr >= stored[row].addr && word < stored[row].words) {
            return &cpu->now.scs.stored[index + word];
        }
        index += stored[row].words;
    }
    return NULL;
}

static bool find_constant(const struct vb_cpu *cpu, uint32_t addr,
                          uint32_t *value)
{
    for (size_t row = 0; row < sizeof(constants) / sizeof(*constants); row++) {
        if (addr >= constants[row].addr && addr < constants[row].end) {
            bool is_fp = addr >= 0xE000EF40U && addr < CACHE_OPS;

            *value = is_fp && !vb_cpu_is_app(cpu) ? 0 : constants[row].value;
            return true;
        }
    }
    return false;
}

void vb_debug_reset(struct vb_cpu *cpu)
{
    cpu->now.scs.dwt_start_cycles = vb_cpu_cycles(cpu);
}

static bool counts(const struct vb_scs *scs)
{
    return (scs->demcr & DEMCR_TRCENA) != 0 &&
           (scs->dwt_ctrl & DWT_CYCCNTENA) != 0;
}

/* Bring CYCCNT up to date. */
static void count(struct vb_cpu *cpu)
{
    struct vb_scs *scs = &cpu->now.scs;
    uint64_t cycles = vb_cpu_cycles(cpu);

    if (counts(scs)) {
        scs->dwt_cyccnt += (uint32_t)(cycles - scs->dwt_start_cycles);
    }
    scs->dwt_start_cycles = cycles;
}

uint32_t vb_debug_read(struct vb_cpu *cpu, uint32_t addr, bool *known)
{
    struct vb_scs *scs = &cpu->now.scs;
    const uint32_t *word = find_stored(cpu, addr);
    uint32_t value = 0;

    *known = true;
    if (word != NULL) {
        return *word;
    }
    switch (addr) {
    case DWT_CTRL: return DWT_CTRL_FIXED | scs->dwt_ctrl;
    case DWT_CYCCNT: count(cpu); return scs->dwt_cyccnt;
    case ICTR: return (vb_nvic_line_count(cpu) - 1U) / 32U;
    case DEMCR: return scs->demcr;
    case FPCCR: return scs->fpccr;
    case FPCAR: return scs->fpcar;
    case FPDSCR: return scs->fpdscr;
    default: break;
    }
    *known = find_constant(cpu, addr, &value);
    return value;
}

/* Network core: no floating point, so these read as 0. */
static void write_fp(struct vb_cpu *cpu, uint32_t addr, uint32_t value)
{
    struct vb_scs *scs = &cpu->now.scs;

    if (!vb_cpu_is_app(cpu)) {
        return;
    }
    if (addr == FPCCR) {
        scs->fpccr = (value & FPCCR_MASK) | FPCCR_S;
    } else if (addr == FPCAR) {
        scs->fpcar = value & ~7U;
    } else {
        scs->fpdscr = value & FPDSCR_MASK;
    }
}

bool vb_debug_write(struct vb_cpu *cpu, uint32_t addr, uint32_t value)
{
    struct vb_scs *scs = &cpu->now.scs;
    uint32_t *word = find_stored(cpu, addr);

    if (word != NULL) {
        *word = value;
        return true;
    }
    switch (addr) {
    case DWT_CTRL:
        count(cpu);
        scs->dwt_ctrl = value & 0x00001FFFU;
        return true;
    case DWT_CYCCNT:
        count(cpu);
        scs->dwt_cyccnt = value;
        return true;
    case DEMCR:
        count(cpu);
        scs->demcr = value & DEMCR_MASK;
        return true;
    case FPCCR:
    case FPCAR:
    case FPDSCR: write_fp(cpu, addr, value); return true;
    case ICTR: return true;
    default: return find_constant(cpu, addr, &value);
    }
}
