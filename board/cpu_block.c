/* SPDX-License-Identifier: MIT */
/* What is known about translated blocks: how many instructions they have, and
 * whether one of them needs our care. */
#include <string.h>

#include "cpu_parts.h"

#define BLOCK_BYTES_MAX 4096U /* A block ends with its page. */

static struct vb_block *slot(struct vb_cpu *cpu, uint32_t addr)
{
    return &cpu->blocks[addr / 2U % VB_BLOCK_SLOTS];
}

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
    if (is_fp(first, second) && (block->flags & VB_BLOCK_FP) == 0) {
        block->flags |= VB_BLOCK_FP;
        block->fp_addr = addr;
    }
}

void vb_block_decode(struct vb_cpu *cpu, struct vb_block *block)
{
    uint8_t code[BLOCK_BYTES_MAX + 4U];
    uint32_t at = 0;

    if (block->size_bytes > BLOCK_BYTES_MAX ||
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

const struct vb_block *vb_block_find(struct vb_cpu *cpu, uint32_t addr,
                                     uint32_t size_bytes)
{
    struct vb_block *block = slot(cpu, addr);

    if (block->addr != addr || block->size_bytes != size_bytes) {
        *block = (struct vb_block){.addr = addr, .size_bytes = size_bytes};
        vb_block_decode(cpu, block);
    }
    return block;
}

/* The engine translates this address anew, so its code may have changed. */
void vb_block_on_translated(uc_engine *uc, uc_tb *block, uc_tb *previous,
                            void *user)
{
    struct vb_cpu *cpu = user;

    (void)uc;
    (void)previous;
    slot(cpu, (uint32_t)block->pc)->size_bytes = 0;
}

void vb_block_forget(struct vb_cpu *cpu, uint32_t addr, uint32_t len_bytes)
{
    for (size_t at = 0; at < VB_BLOCK_SLOTS; at++) {
        struct vb_block *block = &cpu->blocks[at];

        if (block->addr - addr < len_bytes ||
            addr - block->addr < block->size_bytes) {
            block->size_bytes = 0;
        }
    }
}
