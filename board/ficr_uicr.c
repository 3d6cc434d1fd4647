/* SPDX-License-Identifier: MIT */
/* FICR and UICR of both cores: what the factory and the customer wrote. */
#include <string.h>

#include "nvmc_internal.h"

#define ONES UINT32_MAX

/* FICR.INFO */
#define DEVICEID_OFF 0x204U
#define PART_NRF5340 0x00005340U
#define VARIANT_QKAA 0x514B4141U /* The letters of it. */
#define PACKAGE_QK   0x00002000U
#define RAM_KB       0x200U
#define FLASH_KB     0x400U
#define NET_RAM_KB   0x40U
#define NET_FLASH_KB 0x100U
/* Undocumented: what all tests for errata read. */
#define FAMILY_NRF53      0x07U
#define REVISION_1        0x05U
#define ER_OFF            0x280U
#define IR_OFF            0x290U
#define DEVICEADDR_OFF    0x2A4U
#define XOSC32MTRIM_VALUE 0x000000EFU /* Any slope and offset. */

/* UICR */
#define APPROTECT_OFF       0x000U
#define SECUREAPPROTECT_OFF 0x01CU
#define UNPROTECTED         0x50FA50FAU

static const struct vb_reg ficr_app_regs[] = {
    {"(family)",         0x130, 1, 0, VB_R, FAMILY_NRF53, ONES},
    {"(revision)",                 0x134, 1, 0, VB_R, REVISION_1, ONES},
    {"INFO.CONFIGID",              0x200, 1, 0, VB_R, 0xFFFF0001, ONES},
    {"INFO.DEVICEID[n]",              DEVICEID_OFF, 2, 4, VB_R, ONES, ONES},
    {"INFO.PART",       0x20C, 1, 0, VB_R, PART_NRF5340, ONES},
    {"INFO.VARIANT",                 0x210, 1, 0, VB_R, VARIANT_QKAA, ONES},
    {"INFO.PACKAGE",              0x214, 1, 0, VB_R, PACKAGE_QK, ONES},
    {"INFO.RAM",              0x218, 1, 0, VB_R, RAM_KB, ONES},
    {"INFO.FLASH",    0x21C, 1, 0, VB_R, FLASH_KB, ONES},
    {"INFO.CODEPAGESIZE",                 0x220, 1, 0, VB_R, 0x1000, ONES},
    {"INFO.CODESIZE",              0x224, 1, 0, VB_R, 0x100, ONES},
    {"INFO.DEVICETYPE",              0x228, 1, 0, VB_R, 0, ONES},
    {"TRIMCNF[n].ADDR/DATA", 0x300, 64, 4, VB_R, ONES, ONES},
    {"NFC.TAGHEADER0",                 0x450, 1, 0, VB_R, 0xFFFFFF5F, ONES},
    {"NFC.TAGHEADER[n]",              0x454, 3, 4, VB_R, ONES, ONES},
    {"TRNG90B.BYTES",              0xC00, 1, 0, VB_R, 0x210, ONES},
    {"TRNG90B[n]",        0xC04, 7, 4, VB_R, ONES, ONES},
    {"XOSC32MTRIM",                 0xC20, 1, 0, VB_R, XOSC32MTRIM_VALUE, ONES},
    {0             },
};

static const struct vb_reg ficr_net_regs[] = {
    {"(family)",         0x130, 1, 0, VB_R, FAMILY_NRF53, ONES},
    {"(revision)",                 0x134, 1, 0, VB_R, REVISION_1, ONES},
    {"INFO.CONFIGID",              0x200, 1, 0, VB_R, 0xFFFF0001, ONES},
    {"INFO.DEVICEID[n]",              DEVICEID_OFF, 2, 4, VB_R, ONES, ONES},
    {"INFO.PART",       0x20C, 1, 0, VB_R, PART_NRF5340, ONES},
    {"INFO.VARIANT",                 0x210, 1, 0, VB_R, VARIANT_QKAA, ONES},
    {"INFO.PACKAGE",              0x214, 1, 0, VB_R, PACKAGE_QK, ONES},
    {"INFO.RAM",              0x218, 1, 0, VB_R, NET_RAM_KB, ONES},
    {"INFO.FLASH",    0x21C, 1, 0, VB_R, NET_FLASH_KB, ONES},
    {"INFO.CODEPAGESIZE",                 0x220, 1, 0, VB_R, 0x800, ONES},
    {"INFO.CODESIZE",              0x224, 1, 0, VB_R, 0x80, ONES},
    {"INFO.DEVICETYPE",              0x228, 1, 0, VB_R, 0, ONES},
    {"ER[n]", ER_OFF, 4, 4, VB_R, ONES, ONES},
    {"IR[n]",                 IR_OFF, 4, 4, VB_R, ONES, ONES},
    {"DEVICEADDRTYPE",              0x2A0, 1, 0, VB_R, 0xFFFFFFFF, ONES},
    {"DEVICEADDR[n]",              DEVICEADDR_OFF, 2, 4, VB_R, ONES, ONES},
    {"TRIMCNF[n].ADDR/DATA",        0x300, 64, 4, VB_R, ONES, ONES},
    {0                },
};

/* Words of the seed; the same board has the same numbers. (splitmix64 by
 * S. Vigna, public domain.) */
static void fill_words(struct vb_periph *periph, uint32_t off, unsigned count)
{
    uint64_t value = vb_seed(periph->vb) ^ ((uint64_t)periph->core << 32 | off);

    for (unsigned index = 0; index < count; index++) {
        uint64_t mixed;
        value += 0x9E3779B97F4A7C15U;
        mixed = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
        *vb_word(periph, off + 4U * index) = (uint32_t)(mixed >> 32);
    }
}

static void ficr_reset(struct vb_periph *periph, enum vb_reset kind)
{
    (void)kind;
    fill_words(periph, DEVICEID_OFF, 2);
    if (periph->core == DUO_CORE_NET) {
        fill_words(periph, ER_OFF, 4);
        fill_words(periph, IR_OFF, 4);
        fill_words(periph, DEVICEADDR_OFF, 2);
        /* 48 bits; what is above them reads as ones. */
        *vb_word(periph, DEVICEADDR_OFF + 4U) |= 0xFFFF0000U;
    }
}

static const struct vb_reg uicr_app_regs[] = {
    {"APPROTECT", APPROTECT_OFF, 1, 0, VB_RW, ONES, ONES},
    {"VREGHVOUT",          0x010, 1, 0, VB_RW, ONES, ONES},
    {"HFXOCNT",      0x014, 1, 0, VB_RW, ONES, ONES},
    {"SECUREAPPROTECT",       SECUREAPPROTECT_OFF, 1, 0, VB_RW, ONES, ONES},
    {"ERASEPROTECT", 0x020, 1, 0, VB_RW, ONES, ONES},
    {"TINSTANCE",          0x024, 1, 0, VB_RW, ONES, ONES},
    {"NFCPINS",      0x028, 1, 0, VB_RW, ONES, ONES},
    {"OTP[n]",       0x100, 192, 4, VB_RW, ONES, ONES},
    {"KEYSLOT.CONFIG[n]",   0x400, 256, 4, VB_RW, ONES, ONES},
    {"KEYSLOT.KEY[n].VALUE[n]",          0x800, 512, 4, VB_RW, ONES, ONES},
    {0     },
};

static const struct vb_reg uicr_net_regs[] = {
    {"APPROTECT",    APPROTECT_OFF, 1, 0, VB_RW, ONES, ONES},
    {"ERASEPROTECT",             0x004, 1, 0, VB_RW, ONES, ONES},
    {"NRFFW[n]",         0x200, 32, 4, VB_RW, ONES, ONES},
    {"CUSTOMER[n]",          0x300, 32, 4, VB_RW, ONES, ONES},
    {0},
};

/* What no reset takes away. */
struct uicr_state {
    uint32_t kept[VB_REG_SPACE_WORDS];
};

static void uicr_init(struct vb_periph *periph)
{
    struct uicr_state *state = periph->state;

    memset(state->kept, 0xFF, sizeof(state->kept));
    /* As the programmer leaves a kit: the debugger is let in. */
    state->kept[APPROTECT_OFF / 4U] = UNPROTECTED;
    if (periph->core == DUO_CORE_APP) {
        state->kept[SECUREAPPROTECT_OFF / 4U] = UNPROTECTED;
    }
}

static void uicr_reset(struct vb_periph *periph, enum vb_reset kind)
{
    const struct uicr_state *state = periph->state;

    (void)kind;
    memcpy(periph->words, state->kept, sizeof(state->kept));
}

static void uicr_wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                       uint32_t old)
{
    struct uicr_state *state = periph->state;

    if (!vb_nvmc_uicr_word(periph->vb, periph->core)) {
        *vb_word(periph, off) = old;
        vb_cpu_bus_fault(vb_cpu(periph->vb, periph->core),
                         periph->base_addr + off);
        return;
    }
    *vb_word(periph, off) = old & value;
    state->kept[off / 4U] = old & value;
}

void vb_uicr_erase(struct duo_vb *vb, enum duo_core core)
{
    struct vb_periph *periph = vb_find(
        vb, core, core == DUO_CORE_APP ? &vb_type_uicr_app : &vb_type_uicr_net,
        0);
    struct uicr_state *state;

    if (periph != NULL) {
        state = periph->state;
        memset(state->kept, 0xFF, sizeof(state->kept));
        memcpy(periph->words, state->kept, sizeof(state->kept));
    }
}

const struct vb_type vb_type_ficr_app = {
    .name = "FICR",
    .modelled = "Part, memory sizes, revision 1 (words 0x130 and 0x134), "
                "device identifier from the seed.",
    .simplified = "No trim values: TRIMCNF and TRNG90B read as ones.",
    .not_modelled = "",
    .regs = ficr_app_regs,
    .reset = ficr_reset,
};

const struct vb_type vb_type_ficr_net = {
    .name = "FICR",
    .modelled = "As the application core's; encryption and identity root and "
                "device address from the seed.",
    .simplified = "No trim values: TRIMCNF reads as ones.",
    .not_modelled = "",
    .regs = ficr_net_regs,
    .reset = ficr_reset,
};

const struct vb_type vb_type_uicr_app = {
    .name = "UICR",
    .modelled = "Words, written through NVMC (bits only fall; a bus fault "
                "otherwise), erased by ERASEALL, kept over resets and power.",
    .simplified = "A new board has APPROTECT and SECUREAPPROTECT unprotected, "
                  "all else erased; not kept in the board directory. Written "
                  "words read back at once.",
    .not_modelled = "What the settings do; OTP's write-once halves; key slots' "
                    "permissions.",
    .regs = uicr_app_regs,
    .state_bytes = sizeof(struct uicr_state),
    .init = uicr_init,
    .reset = uicr_reset,
    .wrote = uicr_wrote,
};

const struct vb_type vb_type_uicr_net = {
    .name = "UICR",
    .modelled = "As the application core's.",
    .simplified = "A new board has APPROTECT unprotected, all else erased.",
    .not_modelled = "What the settings do.",
    .regs = uicr_net_regs,
    .state_bytes = sizeof(struct uicr_state),
    .init = uicr_init,
    .reset = uicr_reset,
    .wrote = uicr_wrote,
};
