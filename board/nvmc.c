/* SPDX-License-Identifier: MIT */
/* NVMC of both cores, with what shares its page: KMU (application core) and
 * ACL (network core). What the operations do is in nvmc_op.c. */
#include "nvmc_internal.h"

#define READY_OFF      0x400U
#define READYNEXT_OFF  0x408U
#define CONFIG_OFF     0x504U
#define ERASEALL_OFF   0x50CU
#define PARTIAL_OFF    0x51CU
#define CONFIGNS_OFF   0x584U
#define KMU_STATUS_OFF 0x40CU
#define KMU_SELECT_OFF 0x500U
#define ACL_OFF        0x800U
#define ACL_STEP       0x10U
#define ACL_COUNT      8U
#define ACL_WRITE      2U
#define ACL_READ       4U

/* CONFIG.WEN */
#define MODE_READ    0U
#define MODE_WRITE   1U
#define MODE_ERASE   2U
#define MODE_PARTIAL 4U

#define KMU_TASK_PUSH   0U
#define KMU_EVENT_ERROR 2U
#define ERASEALL_ERASE  1U

static const struct vb_reg app_regs[] = {
    {"READY",      READY_OFF, 1, 0, VB_R, 1, 1},
    {"READYNEXT",           READYNEXT_OFF, 1, 0, VB_R, 1, 1},
    {"KMU.STATUS",        KMU_STATUS_OFF, 1, 0, VB_R, 0, 3},
    {"KMU.SELECTKEYSLOT",           KMU_SELECT_OFF, 1, 0, VB_RW, 0, 0xFF},
    {"CONFIG",  CONFIG_OFF, 1, 0, VB_RW, 0, 7},
    {"ERASEALL",           ERASEALL_OFF, 1, 0, VB_W, 0, 1},
    {"ERASEPAGEPARTIALCFG",        PARTIAL_OFF, 1, 0, VB_RW, 10, 0x7F},
    {"CONFIGNS",           CONFIGNS_OFF, 1, 0, VB_RW, 0, 3},
    {"WRITEUICRNS", 0x588, 1, 0, VB_W, 0, UINT32_MAX},
 /* Undocumented; written by start-up code (errata 42 and 160). */
    {"(0x530)",           0x530, 1, 0, VB_RW, 0, UINT32_MAX},
    {"(0xE04)",        0xE04, 2, 4, VB_RW, 0, UINT32_MAX},
    {0          },
};

static const struct vb_reg net_regs[] = {
    {"READY",     READY_OFF, 1, 0, VB_R, 1, 1},
    {"READYNEXT",          READYNEXT_OFF, 1, 0, VB_R, 1, 1},
    {"CONFIG",       CONFIG_OFF, 1, 0, VB_RW, 0, 7},
    {"ERASEALL",          ERASEALL_OFF, 1, 0, VB_W, 0, 1},
    {"ERASEPAGEPARTIALCFG", PARTIAL_OFF, 1, 0, VB_RW, 10, 0x7F},
    {"ICACHECNF",          0x540, 1, 0, VB_RW, 0, 0x101},
    {"IHIT",       0x548, 2, 4, VB_RW, 0, UINT32_MAX},
    {"ACL[n].ADDR",          ACL_OFF, ACL_COUNT, ACL_STEP, VB_RW1, 0, UINT32_MAX},
    {"ACL[n].SIZE",    ACL_OFF + 4U, ACL_COUNT, ACL_STEP, VB_RW1, 0, UINT32_MAX},
    {"ACL[n].PERM",          ACL_OFF + 8U, ACL_COUNT, ACL_STEP, VB_RW1, 0, 6},
    {"(0xE04)",      0xE04, 2, 4, VB_RW, 0, UINT32_MAX},
    {0         },
};

struct vb_periph *vb_nvmc_of(struct duo_vb *vb, enum duo_core core)
{
    return vb_find(vb, core,
                   core == DUO_CORE_APP ? &vb_type_nvmc_app : &vb_type_nvmc_net,
                   0);
}

/* Secure code sets CONFIG, non-secure code CONFIGNS; drivers set both. */
static uint32_t mode_of(struct vb_periph *periph)
{
    uint32_t mode = *vb_word(periph, CONFIG_OFF);

    if (mode == MODE_READ && periph->core == DUO_CORE_APP) {
        mode = *vb_word(periph, CONFIGNS_OFF);
    }
    return mode;
}

static bool acl_forbids(struct vb_periph *periph, uint32_t addr,
                        uint32_t len_bytes)
{
    for (uint32_t index = 0; index < ACL_COUNT; index++) {
        uint32_t off = ACL_OFF + index * ACL_STEP;
        uint64_t from = *vb_word(periph, off);
        uint64_t to = from + *vb_word(periph, off + 4U);

        if ((*vb_word(periph, off + 8U) & ACL_WRITE) != 0 && from < to &&
            addr < to && from < (uint64_t)addr + len_bytes) {
            return true;
        }
    }
    return false;
}

static bool is_forbidden(struct vb_periph *periph, uint32_t addr,
                         uint32_t len_bytes)
{
    return periph->core == DUO_CORE_NET && acl_forbids(periph, addr, len_bytes);
}

static bool store_word(struct vb_periph *periph, uint32_t addr, uint32_t value)
{
    const struct duo_sim_flash *flash = vb_flash(periph->vb, periph->core);
    struct nvmc_request request = {
        .kind = value == UINT32_MAX ? NVMC_ONES : NVMC_WORD,
        .off_bytes = addr - flash->flash.geometry.base_addr,
        .value = value,
    };

    if (is_forbidden(periph, addr, sizeof(value))) {
        return false;
    }
    vb_nvmc_request(periph, &request);
    return true;
}

/* Ones stored to a page's first word erase it. */
static bool store_erase(struct vb_periph *periph, uint32_t addr, uint32_t value)
{
    const struct duo_sim_flash *flash = vb_flash(periph->vb, periph->core);
    uint32_t page_bytes = flash->flash.geometry.erase_bytes;
    uint32_t off_bytes = addr - flash->flash.geometry.base_addr;
    struct nvmc_request request = {NVMC_ERASE, off_bytes, 0};

    if (value != UINT32_MAX || off_bytes % page_bytes != 0) {
        vb_note(periph->vb,
                "%s: 0x%08x stored to 0x%08x while erase is enabled: an erase "
                "is ones stored to the first word of a page; ignored",
                periph->name, (unsigned)value, (unsigned)addr);
        return true;
    }
    if (is_forbidden(periph, addr, page_bytes)) {
        return false;
    }
    if (mode_of(periph) == MODE_PARTIAL) {
        request.kind = NVMC_PARTIAL;
        request.value = *vb_word(periph, PARTIAL_OFF);
        if (request.value == 0) {
            return true;
        }
    }
    vb_nvmc_request(periph, &request);
    return true;
}

bool vb_nvmc_store(struct duo_vb *vb, enum duo_core core, uint32_t addr,
                   unsigned size_bytes, uint32_t value)
{
    struct vb_periph *periph = vb_nvmc_of(vb, core);
    const struct duo_sim_flash *flash;
    uint32_t off_bytes;

    if (periph == NULL || size_bytes != sizeof(value) || addr % 4U != 0) {
        return false;
    }
    flash = vb_flash(vb, core);
    off_bytes = addr - flash->flash.geometry.base_addr;
    if (off_bytes >= flash->flash.geometry.size_bytes) {
        return false;
    }
    switch (mode_of(periph)) {
    case MODE_WRITE: return store_word(periph, addr, value);
    case MODE_ERASE:
    case MODE_PARTIAL: return store_erase(periph, addr, value);
    default: return false;
    }
}

bool vb_nvmc_uicr_word(struct duo_vb *vb, enum duo_core core)
{
    struct vb_periph *periph = vb_nvmc_of(vb, core);
    struct nvmc_request request = {.kind = NVMC_UICR};

    if (periph == NULL || mode_of(periph) != MODE_WRITE) {
        return false;
    }
    vb_nvmc_request(periph, &request);
    return true;
}

static void erase_all(struct vb_periph *periph)
{
    const struct duo_sim_flash *flash = vb_flash(periph->vb, periph->core);
    struct nvmc_request request = {.kind = NVMC_ALL};

    if (mode_of(periph) != MODE_ERASE) {
        vb_note(periph->vb, "%s: ERASEALL without erase enabled; ignored",
                periph->name);
    } else if (is_forbidden(periph, flash->flash.geometry.base_addr,
                            flash->flash.geometry.size_bytes)) {
        vb_note(periph->vb, "%s: ERASEALL with pages under ACL; ignored",
                periph->name);
    } else {
        vb_nvmc_request(periph, &request);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)old;
    if (off == ERASEALL_OFF && value == ERASEALL_ERASE) {
        erase_all(periph);
    }
}

static void wrote_net(struct vb_periph *periph, uint32_t off, uint32_t value,
                      uint32_t old)
{
    wrote(periph, off, value, old);
    if (off >= ACL_OFF && off % ACL_STEP == 8U && (value & ACL_READ) != 0) {
        vb_note(periph->vb,
                "%s: ACL forbids reading; not modelled, the region "
                "stays readable",
                periph->name);
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    const struct nvmc_state *state = periph->state;
    struct vb_cpu *cpu = vb_cpu(periph->vb, periph->core);

    if (off != READY_OFF && off != READYNEXT_OFF) {
        return value;
    }
    if (debug) {
        return state->is_busy && state->busy_until > vb_now(periph->vb) ? 0 : 1;
    }
    vb_nvmc_catch_up(periph);
    /* Code in flash that asks has come from RAM, where the operation began:
     * the chip would not have fetched it yet. */
    if (state->is_busy && vb_cpu_runs_from_flash(cpu)) {
        vb_cpu_stall(cpu, state->queue_until);
    }
    return state->is_busy ? 0 : 1;
}

static void task_app(struct vb_periph *periph, unsigned task)
{
    if (task == KMU_TASK_PUSH) {
        vb_note(periph->vb, "%s: KMU cannot push key slot %u: not modelled",
                periph->name, (unsigned)*vb_word(periph, KMU_SELECT_OFF));
        vb_event(periph, KMU_EVENT_ERROR);
    }
}

static void init(struct vb_periph *periph)
{
    struct nvmc_state *state = periph->state;

    vb_timer_init(periph->vb, &state->timer, vb_nvmc_fire, periph);
}

/* What is under way goes on by itself, unless the supply is gone, too. */
static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct nvmc_state *state = periph->state;
    const struct duo_sim_flash *flash = vb_flash(periph->vb, periph->core);

    state->queue_count = 0;
    state->queue_until = state->busy_until;
    vb_op_window_closed(periph->vb, flash);
    if (kind == VB_RESET_POWER || duo_sim_end_ns(flash) == UINT64_MAX) {
        state->is_busy = false;
        state->partial_ms = 0;
        vb_timer_clear(periph->vb, &state->timer);
    }
}

#define SIMPLIFIED                                                            \
    "READYNEXT equals READY. A load of a word in the same block of "          \
    "instructions as its store sees the old word. A core that runs from RAM " \
    "reads a busy flash without waiting, and may go on in flash until it "    \
    "looks at READY. A page "                                                 \
    "whose partial erases do not add up to 87 ms yet reads as after a power " \
    "cut. A store of ones takes its 43 us and does not count as a write. A "  \
    "reset lets the operation end. A malformed erase store is noted and "     \
    "ignored."

const struct vb_type vb_type_nvmc_app = {
    .name = "NVMC",
    .modelled = "Word writes (43 us), page erases (87.5 ms), partial erases, "
                "ERASEALL (173 ms), bus faults in read-only mode and for "
                "stores that are no aligned words, the stall of a core that "
                "runs from its flash or stores while busy, two writes of a "
                "word at most (rule), UICR words.",
    .simplified = SIMPLIFIED " CONFIG or CONFIGNS opens any page, whatever "
                             "its security.",
    .not_modelled = "KMU (pushing a key slot ends with KEYSLOT_ERROR), "
                    "WRITEUICRNS, timing by HFINT accuracy.",
    .task_mask = {1U << KMU_TASK_PUSH},
    .event_mask = { 7U,                  0},
    .regs = app_regs,
    .state_bytes = sizeof(struct nvmc_state),
    .init = init,
    .reset = reset,
    .task = task_app,
    .wrote = wrote,
    .reading = reading,
};

const struct vb_type vb_type_nvmc_net = {
    .name = "NVMC",
    .modelled = "As the application core's, with 2 KB pages; ACL regions, "
                "written once until reset: a write or erase of a protected "
                "page is a bus fault.",
    .simplified = SIMPLIFIED,
    .not_modelled = "ACL's read protection (noted), the instruction cache and "
                    "its counters.",
    .regs = net_regs,
    .state_bytes = sizeof(struct nvmc_state),
    .init = init,
    .reset = reset,
    .wrote = wrote_net,
    .reading = reading,
};
