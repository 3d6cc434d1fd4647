/* SPDX-License-Identifier: MIT */
/* Faults in the middle of a block that Unicorn does not leave: see struct
 * vb_rescue. Accesses to registers and flash ask vb_cpu_is_faulting(), and
 * stores to the core's own RAM are dropped. What Unicorn itself may write is
 * the network core's windows into application RAM: those are copied and put
 * back. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"

/* Memory that Unicorn writes without asking. Copies it out, or back. */
static void move_ram(struct vb_cpu *cpu, bool back)
{
    struct vb_rescue *rescue = &cpu->rescue;
    uc_mem_region *regions = NULL;
    uint32_t count = 0;
    size_t used_bytes = 0;

    if (uc_mem_regions(cpu->uc, &regions, &count) != UC_ERR_OK) {
        return;
    }
    for (uint32_t at = 0; at < count; at++) {
        size_t len_bytes = (size_t)(regions[at].end - regions[at].begin + 1U);
        uint8_t *ram =
            vb_dma(cpu->vb, cpu->core, (uint32_t)regions[at].begin, len_bytes);

        if ((regions[at].perms & UC_PROT_WRITE) == 0 || ram == NULL) {
            continue;
        }
        if (used_bytes + len_bytes > rescue->ram_bytes) {
            rescue->ram_bytes = used_bytes + len_bytes;
            rescue->ram = realloc(rescue->ram, rescue->ram_bytes);
            if (rescue->ram == NULL) {
                abort();
            }
        }
        memcpy(back ? ram : rescue->ram + used_bytes,
               back ? rescue->ram + used_bytes : ram, len_bytes);
        used_bytes += len_bytes;
    }
    (void)uc_free(regions);
}

static int reg_id(unsigned at)
{
    if (at <= 12U) {
        return UC_ARM_REG_R0 + (int)at;
    }
    return at == 13U ? UC_ARM_REG_SP : UC_ARM_REG_LR;
}

void vb_rescue_begin(struct vb_cpu *cpu, uint32_t addr)
{
    struct vb_rescue *rescue = &cpu->rescue;

    if (!cpu->executes || rescue->active || cpu->event.kind != VB_EVENT_NONE) {
        return;
    }
    rescue->active = true;
    rescue->addr = addr;
    for (unsigned at = 0; at < 15U; at++) {
        (void)uc_reg_read(cpu->uc, reg_id(at), &rescue->r[at]);
    }
    (void)uc_reg_read(cpu->uc, UC_ARM_REG_XPSR, &rescue->xpsr);
    vb_regs_fp_get(cpu, &rescue->fp);
    move_ram(cpu, false);
}

void vb_rescue_end(struct vb_cpu *cpu)
{
    struct vb_rescue *rescue = &cpu->rescue;

    rescue->active = false;
    move_ram(cpu, true);
    vb_regs_fp_put(cpu, &rescue->fp);
    (void)uc_reg_write(cpu->uc, UC_ARM_REG_XPSR_NZCVQG, &rescue->xpsr);
    (void)uc_reg_write(cpu->uc, UC_ARM_REG_APSR_NZCV, &rescue->xpsr);
    for (unsigned at = 0; at < 15U; at++) {
        (void)uc_reg_write(cpu->uc, reg_id(at), &rescue->r[at]);
    }
    cpu->event = (struct vb_event_info){
        .kind = VB_EVENT_ACCESS, .pc = cpu->block_addr, .addr = rescue->addr};
}
