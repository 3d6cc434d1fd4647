/* SPDX-License-Identifier: MIT */
/* MPU and SAU registers: kept, not enforced. The SAU has no regions. */
#include "cpu_parts.h"

#define MPU_TYPE  0xD90U
#define MPU_CTRL  0xD94U
#define MPU_RNR   0xD98U
#define MPU_RBAR  0xD9CU /* RBAR, RLAR, and three more pairs. */
#define MPU_END   0xDBCU
#define MPU_MAIR0 0xDC0U
#define MPU_MAIR1 0xDC4U
#define SAU_CTRL  0xDD0U
#define SAU_SFSR  0xDE4U
#define SAU_SFAR  0xDE8U

/* The pair at RBAR is region RNR; the others are numbered in its group of 4. */
static uint32_t *region_word(struct vb_scs *scs, uint32_t off)
{
    uint32_t pair = (off - MPU_RBAR) / 8U;
    uint32_t region = pair == 0 ? scs->mpu_rnr : (scs->mpu_rnr & ~3U) + pair;

    region %= VB_MPU_REGIONS;
    return (off - MPU_RBAR) % 8U == 0 ? &scs->mpu_rbar[region]
                                      : &scs->mpu_rlar[region];
}

static uint32_t *word_of(struct vb_cpu *cpu, uint32_t off, uint32_t *mask)
{
    struct vb_scs *scs = &cpu->now.scs;

    *mask = UINT32_MAX;
    if (off >= MPU_RBAR && off < MPU_END) {
        return region_word(scs, off);
    }
    switch (off) {
    case MPU_CTRL: *mask = 7U; return &scs->mpu_ctrl;
    case MPU_RNR: *mask = VB_MPU_REGIONS - 1U; return &scs->mpu_rnr;
    case MPU_MAIR0: return &scs->mpu_mair[0];
    case MPU_MAIR1: return &scs->mpu_mair[1];
    case SAU_CTRL: *mask = vb_cpu_is_app(cpu) ? 3U : 0; return &scs->sau_ctrl;
    default: return NULL;
    }
}

uint32_t vb_mpu_read(struct vb_cpu *cpu, uint32_t off, bool *known)
{
    uint32_t mask;
    const uint32_t *word = word_of(cpu, off, &mask);

    *known = true;
    if (word != NULL) {
        return *word;
    }
    if (off == MPU_TYPE) {
        return VB_MPU_REGIONS << 8;
    }
    *known = off >= SAU_CTRL && off <= SAU_SFAR;
    return off == SAU_SFSR ? cpu->now.scs.sfsr : 0;
}

bool vb_mpu_write(struct vb_cpu *cpu, uint32_t off, uint32_t value)
{
    uint32_t mask;
    uint32_t *word = word_of(cpu, off, &mask);

    if (word != NULL) {
        *word = value & mask;
        return true;
    }
    if (off == SAU_SFSR) {
        cpu->now.scs.sfsr &= ~value;
    }
    return off == MPU_TYPE || (off >= SAU_CTRL && off <= SAU_SFAR);
}
