/* SPDX-License-Identifier: MIT */
/* What is known about translated blocks: how many instructions they have, and
 * whether one of them needs our care. */
#include <string.h>

#include "cpu_parts.h"

static uint16_t halfword(const uint8_t *code)
{
    return (uint16_t)(code[0] | code[1] << 8);
}

static bool is_sev(uint16_t first, uint16_t second)
{
    return first == 0xBF40U || (first == 0xF3AFU && second == 0x8004U);
}

/* MSR MSPLIM or PSPLIM. */
static bool is_limit_write(uint16_t first, uint16_t second)
{
    return (first & 0xFFF0U) == 0xF380U && (second & 0xFFFEU) == 0x880AU;
}

/* CPSIE, CPSID, and MSR PRIMASK, BASEPRI, BASEPRI_MAX or FAULTMASK. */
static bool is_mask_write(uint16_t first, uint16_t second)
{
    return (first & 0xFFECU) == 0xB660U ||
           ((first & 0xFFF0U) == 0xF380U && (second & 0xFFFCU) == 0x8810U);
}

/* Coprocessors 10 and 11. */
static bool is_fp(uint16_t first, uint16_t second)
{
    return (first & 0xEC00U) == 0xEC00U && (second & 0x0E00U) == 0x0A00U;
}

static void look_at(struct vb_block *block, uint32_t addr, uint16_t first,
                    uint16_t second)
{
    if (is_sev(first, second)) {
        block->flags |= VB_BLOCK_SEV;
    }
    if (is_limit_write(first, second)) {
        block->flags |= VB_BLOCK_LIMITS;
    }
    if (is_mask_write(first, second)) {
        block->flags |= VB_BLOCK_MASKS;
    }
    if (is_fp(first, second) && (block->flags & VB_BLOCK_FP) == 0) {
        block->flags |= VB_BLOCK_FP;
        block->fp_addr = addr;
    }
}

void vb_block_decode(struct vb_cpu *cpu, struct vb_block *block)
{
    uint8_t code[VB_BLOCK_BYTES_MAX + 4U];
    uint32_t at = 0;

    block->instructions = 0;
    block->flags = 0;
    if (block->size_bytes > VB_BLOCK_BYTES_MAX ||
        uc_mem_read(cpu->uc, block->addr, code, block->size_bytes) !=
            UC_ERR_OK) {
        block->instructions = 1;
        return;
    }
    memset(code + block->size_bytes, 0, 4);
    while (at < block->size_bytes) {
        uint16_t first = halfword(code + at);
        unsigned len_bytes = vb_thumb_len(first);

        look_at(block, block->addr + at, first,
                len_bytes == 4U ? halfword(code + at + 2U) : (uint16_t)0);
        block->instructions++;
        at += len_bytes;
    }
}

/* The engine translates this address anew, so its code may have changed. This
 * is how code that was written over is forgotten here, too. */
void vb_block_on_translated(uc_engine *uc, uc_tb *block, uc_tb *previous,
                            void *user)
{
    struct vb_cpu *cpu = user;

    (void)uc;
    (void)previous;
    vb_block_slot(cpu, (uint32_t)block->pc)->size_bytes = 0;
    if ((uint32_t)block->pc - cpu->ram.addr < cpu->ram.size_bytes) {
        uint32_t off_bytes = (uint32_t)block->pc - cpu->ram.addr;
        uint32_t last_bytes = off_bytes + block->size - 1U;
        cpu->ram_code[off_bytes >> VB_RAM_PAGE_SHIFT] = 1;
        cpu->ram_code[last_bytes >> VB_RAM_PAGE_SHIFT] = 1;
    }
}
