/* SPDX-License-Identifier: MIT */
/* Loads and stores of the Thumb instruction set: which bytes they touch. For
 * finding the instruction that faulted, so what writes back is no matter. */
#include "cpu_parts.h"

#define SP 13U
#define PC 15U

uint8_t vb_thumb_it_advance(uint8_t it)
{
    uint32_t bits = it;

    return (bits & 7U) == 0 ? 0
                            : (uint8_t)((bits & 0xE0U) | (bits << 1 & 0x1FU));
}

static uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & ((2U << (high - low)) - 1U);
}

static unsigned ones(uint32_t word)
{
    unsigned count = 0;

    for (; word != 0; word &= word - 1U) {
        count++;
    }
    return count;
}

static struct vb_access_span span(uint32_t addr, uint32_t len_bytes)
{
    return (struct vb_access_span){.addr = addr, .len_bytes = len_bytes};
}

static const struct vb_access_span none = {0, 0};

/* 5xxx: STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH with two registers. */
static struct vb_access_span by_register(uint32_t op, const uint32_t r[15])
{
    static const uint8_t sizes[8] = {4, 2, 1, 1, 4, 2, 1, 2};

    return span(r[field(op, 5, 3)] + r[field(op, 8, 6)],
                sizes[field(op, 11, 9)]);
}

/* PUSH and POP: register list, and LR or PC. */
static struct vb_access_span push_pop(uint32_t op, const uint32_t r[15])
{
    uint32_t len_bytes = 4U * ones(op & 0x1FFU);

    if ((op & 0xFE00U) == 0xB400U) {
        return span(r[SP] - len_bytes, len_bytes);
    }
    return (op & 0xFE00U) == 0xBC00U ? span(r[SP], len_bytes) : none;
}

static struct vb_access_span narrow(uint32_t pc, uint32_t op,
                                    const uint32_t r[15])
{
    uint32_t base = r[field(op, 5, 3)];
    uint32_t index = field(op, 10, 6);

    switch (op >> 12) {
    case 0x4: /* LDR literal */
        return (op & 0xF800U) == 0x4800U
                   ? span(((pc + 4U) & ~3U) + 4U * field(op, 7, 0), 4)
                   : none;
    case 0x5: return by_register(op, r);
    case 0x6: return span(base + 4U * index, 4);
    case 0x7: return span(base + index, 1);
    case 0x8: return span(base + 2U * index, 2);
    case 0x9: return span(r[SP] + 4U * field(op, 7, 0), 4);
    case 0xB: return push_pop(op, r);
    case 0xC: /* LDM, STM */
        return span(r[field(op, 10, 8)], 4U * ones(op & 0xFFU));
    default: return none;
    }
}

static uint32_t base_of(uint32_t pc, unsigned reg, const uint32_t r[15])
{
    return reg == PC ? (pc + 4U) & ~3U : r[reg];
}

/* E9xx, E8xx: LDM, STM, wide PUSH and POP. */
static struct vb_access_span multiple(uint32_t first, uint32_t second,
                                      const uint32_t r[15])
{
    uint32_t len_bytes = 4U * ones(second);
    unsigned reg = field(first, 3, 0);

    if (reg == PC) {
        return none;
    }
    return (first & 0x0100U) != 0 ? span(r[reg] - len_bytes, len_bytes)
                                  : span(r[reg], len_bytes);
}

/* TBB, TBH. */
static struct vb_access_span table(uint32_t pc, uint32_t first, uint32_t second,
                                   const uint32_t r[15])
{
    unsigned index_reg = field(second, 3, 0);
    uint32_t index = index_reg < PC ? r[index_reg] : 0;
    bool half = (second & 0x10U) != 0;
    uint32_t base =
        field(first, 3, 0) == PC ? pc + 4U : base_of(pc, field(first, 3, 0), r);

    return span(base + (half ? 2U * index : index), half ? 2 : 1);
}

/* LDRD, STRD, the exclusive and acquire/release forms, table branches. */
static struct vb_access_span dual(uint32_t pc, uint32_t first, uint32_t second,
                                  const uint32_t r[15])
{
    static const uint8_t sizes[4] = {1, 2, 4, 8};
    uint32_t base = base_of(pc, field(first, 3, 0), r);
    uint32_t imm = 4U * field(second, 7, 0);

    if ((first & 0x0120U) != 0) { /* P or W: LDRD, STRD */
        if ((first & 0x0100U) == 0) {
            return span(base, 8);
        }
        return span((first & 0x0080U) != 0 ? base + imm : base - imm, 8);
    }
    if ((first & 0x0080U) == 0) { /* LDREX, STREX */
        return span(base + imm, 4);
    }
    if ((first & 0x0010U) != 0 && (second & 0x00E0U) == 0) {
        return table(pc, first, second, r);
    }
    return span(base, sizes[field(second, 5, 4)]);
}

/* F8xx, F9xx: single loads and stores with every kind of address. */
static struct vb_access_span single(uint32_t pc, uint32_t first,
                                    uint32_t second, const uint32_t r[15])
{
    static const uint8_t sizes[4] = {1, 2, 4, 0};
    uint32_t len_bytes = sizes[field(first, 6, 5)];
    unsigned reg = field(first, 3, 0);
    uint32_t base = base_of(pc, reg, r);
    uint32_t imm12 = field(second, 11, 0);
    uint32_t imm8 = field(second, 7, 0);
    unsigned index_reg = field(second, 3, 0);

    if (reg == PC) {
        return span((first & 0x0080U) != 0 ? base + imm12 : base - imm12,
                    len_bytes);
    }
    if ((first & 0x0080U) != 0) {
        return span(base + imm12, len_bytes);
    }
    if ((second & 0x0800U) == 0) {
        return index_reg < PC
                   ? span(base + (r[index_reg] << field(second, 5, 4)),
                          len_bytes)
                   : none;
    }
    if ((second & 0x0400U) == 0) {
        return span(base, len_bytes); /* Post-indexed. */
    }
    return span((second & 0x0200U) != 0 ? base + imm8 : base - imm8, len_bytes);
}

/* ECxx, EDxx: VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP. */
static struct vb_access_span vector(uint32_t pc, uint32_t first,
                                    uint32_t second, const uint32_t r[15])
{
    unsigned reg = field(first, 3, 0);
    uint32_t base = base_of(pc, reg, r);
    uint32_t imm = 4U * field(second, 7, 0);
    bool is_double = (second & 0x0100U) != 0;

    if ((first & 0x0120U) == 0x0100U) {
        return span((first & 0x0080U) != 0 ? base + imm : base - imm,
                    is_double ? 8 : 4);
    }
    return span((first & 0x0100U) != 0 ? base - imm : base, imm);
}

struct vb_access_span vb_thumb_access(uint32_t pc, const uint16_t code[2],
                                      const uint32_t r[15])
{
    uint32_t first = code[0];
    uint32_t second = code[1];

    if (vb_thumb_len(code[0]) == 2U) {
        return narrow(pc, first, r);
    }
    if ((first & 0xFE40U) == 0xE800U) {
        return multiple(first, second, r);
    }
    if ((first & 0xFE40U) == 0xE840U) {
        return dual(pc, first, second, r);
    }
    if ((first & 0xFE00U) == 0xF800U) {
        return single(pc, first, second, r);
    }
    if ((first & 0xFE00U) == 0xEC00U && (second & 0x0E00U) == 0x0A00U) {
        return vector(pc, first, second, r);
    }
    return none;
}
