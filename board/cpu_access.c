/* SPDX-License-Identifier: MIT */
/* Which instruction makes an access? Unicorn only knows the block. */
#include <string.h>

#include "cpu_parts.h"

static uint16_t halfword(const uint8_t *code)
{
    return (uint16_t)(code[0] | code[1] << 8);
}

static uint8_t it_after(uint8_t it, uint16_t first)
{
    bool is_it = (first & 0xFF00U) == 0xBF00U && (first & 0xFU) != 0;

    return is_it ? (uint8_t)first : vb_thumb_it_advance(it);
}

static void read_registers(struct vb_cpu *cpu, uint32_t r[15])
{
    for (int at = 0; at < 13; at++) {
        (void)uc_reg_read(cpu->uc, UC_ARM_REG_R0 + at, &r[at]);
    }
    (void)uc_reg_read(cpu->uc, UC_ARM_REG_SP, &r[13]);
    (void)uc_reg_read(cpu->uc, UC_ARM_REG_LR, &r[14]);
}

/* The first instruction that matches with the registers as they are now is
 * taken: had it not been that one, it would have faulted before. */
struct vb_access_found vb_access_find(struct vb_cpu *cpu, uint32_t addr)
{
    struct vb_access_found found = {.pc = cpu->block_addr};
    uint8_t code[VB_BLOCK_BYTES_MAX + 4U];
    uint32_t r[15] = {0};
    uint32_t at = 0;
    uint8_t it = 0;

    if (cpu->block_size_bytes > VB_BLOCK_BYTES_MAX ||
        uc_mem_read(cpu->uc, cpu->block_addr, code, cpu->block_size_bytes) !=
            UC_ERR_OK) {
        return found;
    }
    memset(code + cpu->block_size_bytes, 0, 4);
    read_registers(cpu, r);
    while (at < cpu->block_size_bytes) {
        const uint16_t words[2] = {halfword(code + at),
                                   halfword(code + at + 2U)};
        struct vb_access_span span =
            vb_thumb_access(cpu->block_addr + at, words, r);

        if (addr - span.addr < span.len_bytes) {
            found.pc = cpu->block_addr + at;
            found.it = it;
            return found;
        }
        it = it_after(it, words[0]);
        at += vb_thumb_len(words[0]);
    }
    return found;
}

uint32_t vb_cpu_access_pc(struct vb_cpu *cpu, uint32_t addr)
{
    return cpu->executes ? vb_access_find(cpu, addr).pc : cpu->now.pc;
}
