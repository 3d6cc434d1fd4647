/* SPDX-License-Identifier: MIT */
/* SPU: who may reach what. The application firmware that we run is secure, so
 * what counts here is which application RAM the network core reaches: out of
 * reset none, until a region is made non-secure or the network core's domain
 * is made secure. */
#include "links.h"

enum reg {
    EXTDOMAIN_PERM = 0x440,
    DPPI_PERM = 0x480,
    DPPI_LOCK = 0x484,
    GPIOPORT_PERM = 0x4C0,
    GPIOPORT_END = 0x4D0,
    REGIONS_NSC = 0x500,
    RAMREGION_PERM = 0x700,
    PERIPHID_PERM = 0x800,
};

#define PERM_WRITE   0x02U
#define PERM_READ    0x04U
#define PERM_SECATTR 0x10U
#define LOCK         0x100U

#define REGION_COUNT      64U
#define REGIONS_PER_SLAVE 8U /* DCNF blocks the RAM in 64 KB pieces. */
#define DCNF_EXTRAM       0x460U

/* see links.h */
void vb_spu_windows(struct duo_vb *vb)
{
    struct vb_periph *spu = vb_find(vb, DUO_CORE_APP, &vb_type_spu, 0);
    struct vb_periph *dcnf = vb_find(vb, DUO_CORE_APP, &vb_type_dcnf, 0);
    bool is_secure;
    uint32_t blocked;

    if (spu == NULL || dcnf == NULL) {
        return; /* The board is being made. */
    }
    is_secure = (*vb_word(spu, EXTDOMAIN_PERM) & PERM_SECATTR) != 0;
    blocked = *vb_word(dcnf, DCNF_EXTRAM);
    for (unsigned i = 0; i < REGION_COUNT; i++) {
        uint32_t perm = *vb_word(spu, RAMREGION_PERM + 4U * i);
        bool is_open = (is_secure || (perm & PERM_SECATTR) == 0) &&
                       (blocked >> i / REGIONS_PER_SLAVE & 1U) == 0;
        vb_net_window(vb, i, is_open && (perm & PERM_READ) != 0,
                      is_open && (perm & PERM_WRITE) != 0);
    }
}

/* Is the register at @p off locked, by its own bit or by its neighbour's? */
static bool is_locked(struct vb_periph *periph, uint32_t off, uint32_t old)
{
    if (off == DPPI_PERM || (off >= GPIOPORT_PERM && off < GPIOPORT_END)) {
        /* PERM, then LOCK; the lock itself stays once it is set. */
        return (*vb_word(periph, off | 4U) & 1U) != 0 && (off & 4U) == 0;
    }
    return (off == EXTDOMAIN_PERM || off >= REGIONS_NSC) && (old & LOCK) != 0;
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)value;
    if (is_locked(periph, off, old)) {
        *vb_word(periph, off) = old;
    } else if (off == DPPI_LOCK || off == GPIOPORT_PERM + 4U ||
               off == GPIOPORT_PERM + 12U) {
        *vb_word(periph, off) |= old;
    } else if (off >= PERIPHID_PERM) {
        /* What the chip has is no setting. */
        *vb_word(periph, off) =
            (*vb_word(periph, off) & ~0x8000000FU) | (old & 0x8000000FU);
    } else if (off == EXTDOMAIN_PERM || off >= RAMREGION_PERM) {
        vb_spu_windows(periph->vb);
    }
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind;
    vb_spu_windows(periph->vb);
}

static const struct vb_reg regs[] = {
    {"CAP",                 0x400,          1,   4, VB_R,  1,          1         },
    {"CPULOCK",             0x404,          1,   4, VB_RW, 0,          0x1F      },
    {"EXTDOMAIN[n].PERM",   EXTDOMAIN_PERM, 1,   4, VB_RW, 2,          0x113     },
    {"DPPI[n].PERM",        DPPI_PERM,      1,   4, VB_RW, 0xFFFFFFFF, 0xFFFFFFFF},
    {"DPPI[n].LOCK",        DPPI_LOCK,      1,   4, VB_RW, 0,          1         },
    {"GPIOPORT[n].PERM",    0x4C0,          2,   8, VB_RW, 0xFFFFFFFF, 0xFFFFFFFF},
    {"GPIOPORT[n].LOCK",    0x4C4,          2,   8, VB_RW, 0,          1         },
    {"FLASHNSC[n].REGION",  0x500,          2,   8, VB_RW, 0,          0x13F     },
    {"FLASHNSC[n].SIZE",    0x504,          2,   8, VB_RW, 0,          0x10F     },
    {"RAMNSC[n].REGION",    0x540,          2,   8, VB_RW, 0,          0x13F     },
    {"RAMNSC[n].SIZE",      0x544,          2,   8, VB_RW, 0,          0x10F     },
    {"FLASHREGION[n].PERM", 0x600,          64,  4, VB_RW, 0x17,       0x117     },
    {"RAMREGION[n].PERM",   RAMREGION_PERM, 64,  4, VB_RW, 0x17,       0x117     },
    {"PERIPHID[n].PERM",    PERIPHID_PERM,  256, 4, VB_RW, 0x12,       0x8000013F},
    {NULL,                  0,              0,   0, VB_R,  0,          0         },
};

const struct vb_type vb_type_spu = {
    .name = "SPU",
    .modelled = "all registers with their locks; which regions of the "
                "application RAM the network core may read and write",
    .simplified = "PERIPHID has one reset value for all peripherals; a "
                  "refused access of the network core is a bus fault there "
                  "and no event here",
    .not_modelled = "non-secure code on the application core: all of it is "
                    "secure, whatever the permissions say",
    .event_mask = {0x7},
    .regs = regs,
    .reset = reset,
    .wrote = wrote,
};
