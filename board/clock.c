/* SPDX-License-Identifier: MIT */
/* CLOCK, POWER and RESET: one page of registers on each core. Start times are
 * typical ones of the data sheet's order; what counts is that they are not 0.
 */
#include <string.h>

#include "links.h"

/* Nothing but the crystal of the low-frequency clock is slow: the core runs
 * from the RC oscillator until the crystal swings. */
#define HFXO_START_US   360U
#define PLL_START_US    10U
#define AUDIO_START_US  40U
#define LFRC_START_US   600U
#define LFXO_START_US   250000U
#define LFSYNT_START_US 100U
#define LFRC_CAL_US     32000U

enum task {
    TASK_HFCLKSTART,
    TASK_HFCLKSTOP,
    TASK_LFCLKSTART,
    TASK_LFCLKSTOP,
    TASK_CAL,
    TASK_HFCLKAUDIOSTART = 6,
    TASK_HFCLKAUDIOSTOP,
    TASK_HFCLK192MSTART,
    TASK_HFCLK192MSTOP,
    TASK_CONSTLAT = 30,
    TASK_LOWPWR,
};

enum event {
    EVENT_HFCLKSTARTED,
    EVENT_LFCLKSTARTED,
    EVENT_POFWARN,
    EVENT_SLEEPENTER = 5,
    EVENT_SLEEPEXIT,
    EVENT_DONE,
    EVENT_HFCLKAUDIOSTARTED,
    EVENT_HFCLK192MSTARTED,
};

enum reg {
    RESETREAS = 0x400,
    HFCLKRUN = 0x408,
    HFCLKSTAT = 0x40C,
    LFCLKRUN = 0x414,
    LFCLKSTAT = 0x418,
    LFCLKSRCCOPY = 0x41C,
    HFCLKAUDIORUN = 0x450,
    HFCLKAUDIOSTAT = 0x454,
    HFCLK192MRUN = 0x458,
    HFCLK192MSTAT = 0x45C,
    HFCLKSRC = 0x514,
    LFCLKSRC = 0x518,
    GPREGRET = 0x51C,
    HFCLKCTRL = 0x558,
    HFCLK192MSRC = 0x580,
    NETWORK_FORCEOFF = 0x614,
};

#define STAT_RUNNING 0x10000U
#define LF_RC        1U
#define LF_XTAL      2U
#define LF_SYNTH     3U

struct clock {
    struct vb_timer hf;
    struct vb_timer lf;
    struct vb_timer cal;
    struct vb_timer audio;
    struct vb_timer pll;
    bool lf_runs; /* As the RTCs were told. */
};

static struct clock *clock_of(const struct vb_periph *periph)
{
    return periph->state;
}

static void after_us(struct vb_periph *periph, struct vb_timer *timer,
                     unsigned time_us)
{
    vb_timer_set(periph->vb, timer,
                 vb_now(periph->vb) + (uint64_t)time_us * VB_TICKS_PER_US);
}

static void hf_started(void *ctx)
{
    struct vb_periph *periph = ctx;

    *vb_word(periph, HFCLKSTAT) = STAT_RUNNING | *vb_word(periph, HFCLKSRC);
    vb_event(periph, EVENT_HFCLKSTARTED);
}

static void audio_started(void *ctx)
{
    struct vb_periph *periph = ctx;

    *vb_word(periph, HFCLKAUDIOSTAT) = STAT_RUNNING;
    vb_event(periph, EVENT_HFCLKAUDIOSTARTED);
}

static void pll_started(void *ctx)
{
    struct vb_periph *periph = ctx;

    *vb_word(periph, HFCLK192MSTAT) =
        STAT_RUNNING | *vb_word(periph, HFCLK192MSRC);
    vb_event(periph, EVENT_HFCLK192MSTARTED);
}

static void calibrated(void *ctx)
{
    vb_event(ctx, EVENT_DONE);
}

static void lf_tell(struct vb_periph *periph, bool runs)
{
    if (clock_of(periph)->lf_runs != runs) {
        clock_of(periph)->lf_runs = runs;
        vb_rtc_clock(periph->vb, periph->core, runs);
    }
}

static void lf_started(void *ctx)
{
    struct vb_periph *periph = ctx;

    *vb_word(periph, LFCLKSTAT) = STAT_RUNNING | *vb_word(periph, LFCLKSRCCOPY);
    lf_tell(periph, true);
    vb_event(periph, EVENT_LFCLKSTARTED);
}

static void lf_start(struct vb_periph *periph)
{
    uint32_t source = *vb_word(periph, LFCLKSRC);
    unsigned time_us = LFRC_START_US;

    *vb_word(periph, LFCLKRUN) = 1;
    *vb_word(periph, LFCLKSRCCOPY) = source;
    if (source == LF_XTAL) {
        time_us = LFXO_START_US;
        if (*vb_word(periph, LFCLKSTAT) == 0) {
            *vb_word(periph, LFCLKSTAT) = STAT_RUNNING | LF_RC;
        }
        lf_tell(periph, true);
    } else if (source == LF_SYNTH) {
        time_us = LFSYNT_START_US;
    }
    after_us(periph, &clock_of(periph)->lf, time_us);
}

static void lf_stop(struct vb_periph *periph)
{
    vb_timer_clear(periph->vb, &clock_of(periph)->lf);
    *vb_word(periph, LFCLKRUN) = 0;
    *vb_word(periph, LFCLKSTAT) = 0;
    lf_tell(periph, false);
}

static void stop(struct vb_periph *periph, struct vb_timer *timer,
                 enum reg run_reg)
{
    /* The status register of each clock follows its run register. */
    vb_timer_clear(periph->vb, timer);
    *vb_word(periph, run_reg) = 0;
    *vb_word(periph, (uint32_t)run_reg + 4U) = 0;
}

static void start(struct vb_periph *periph, struct vb_timer *timer,
                  enum reg run_reg, unsigned time_us)
{
    *vb_word(periph, run_reg) = 1;
    after_us(periph, timer, time_us);
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    struct clock *clock = clock_of(periph);

    switch ((enum task)task) {
    case TASK_HFCLKSTART:
        start(periph, &clock->hf, HFCLKRUN, HFXO_START_US);
        return;
    case TASK_HFCLKSTOP: stop(periph, &clock->hf, HFCLKRUN); return;
    case TASK_LFCLKSTART: lf_start(periph); return;
    case TASK_LFCLKSTOP: lf_stop(periph); return;
    case TASK_CAL: after_us(periph, &clock->cal, LFRC_CAL_US); return;
    case TASK_HFCLKAUDIOSTART:
        start(periph, &clock->audio, HFCLKAUDIORUN, AUDIO_START_US);
        return;
    case TASK_HFCLKAUDIOSTOP:
        stop(periph, &clock->audio, HFCLKAUDIORUN);
        return;
    case TASK_HFCLK192MSTART:
        start(periph, &clock->pll, HFCLK192MRUN, PLL_START_US);
        return;
    case TASK_HFCLK192MSTOP: stop(periph, &clock->pll, HFCLK192MRUN); return;
    case TASK_CONSTLAT:
    case TASK_LOWPWR: return; /* Latency is not modelled. */
    }
}

static void init(struct vb_periph *periph)
{
    struct clock *clock = clock_of(periph);

    vb_timer_init(periph->vb, &clock->hf, hf_started, periph);
    vb_timer_init(periph->vb, &clock->lf, lf_started, periph);
    vb_timer_init(periph->vb, &clock->cal, calibrated, periph);
    vb_timer_init(periph->vb, &clock->audio, audio_started, periph);
    vb_timer_init(periph->vb, &clock->pll, pll_started, periph);
}

static void set_speed(struct vb_periph *periph)
{
    struct vb_cpu *cpu = vb_cpu(periph->vb, periph->core);

    /* The network core knows 64 MHz only. */
    if (cpu != NULL) {
        vb_cpu_set_cycle_ticks(cpu, periph->core == DUO_CORE_APP &&
                                            *vb_word(periph, HFCLKCTRL) == 0
                                        ? 1U
                                        : 2U);
    }
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct clock *clock = clock_of(periph);

    (void)kind;
    vb_timer_clear(periph->vb, &clock->hf);
    vb_timer_clear(periph->vb, &clock->lf);
    vb_timer_clear(periph->vb, &clock->cal);
    vb_timer_clear(periph->vb, &clock->audio);
    vb_timer_clear(periph->vb, &clock->pll);
    lf_tell(periph, false);
    set_speed(periph);
}

static bool retained(uint32_t off, enum vb_reset kind)
{
    return kind != VB_RESET_POWER &&
           (off == RESETREAS || off == GPREGRET || off == GPREGRET + 4U);
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    (void)old;
    if (off == HFCLKCTRL) {
        set_speed(periph);
    } else if (off == NETWORK_FORCEOFF && periph->core == DUO_CORE_APP) {
        vb_net_forceoff(periph->vb, (value & 1U) != 0);
    }
}

static struct vb_periph *clock_page(struct duo_vb *vb, enum duo_core core)
{
    return vb_find(
        vb, core,
        core == DUO_CORE_APP ? &vb_type_clock_app : &vb_type_clock_net, 0);
}

/* see soc.h */
void vb_resetreas_add(struct duo_vb *vb, enum duo_core core, uint32_t bits)
{
    struct vb_periph *periph = clock_page(vb, core);

    if (periph != NULL) {
        *vb_word(periph, RESETREAS) |= bits;
    }
}

/* see links.h */
bool vb_lfclk_runs(struct duo_vb *vb, enum duo_core core)
{
    const struct vb_periph *periph = clock_page(vb, core);

    return periph != NULL && clock_of(periph)->lf_runs;
}

/* see links.h */
void vb_core_slept(struct duo_vb *vb, enum duo_core core, bool is_asleep)
{
    struct vb_periph *periph = clock_page(vb, core);

    if (periph != NULL) {
        vb_event(periph, is_asleep ? EVENT_SLEEPENTER : EVENT_SLEEPEXIT);
        vb_wdt_slept(vb, core, is_asleep);
    }
}

#define COMMON_REGS                                       \
    {"HFCLKRUN", HFCLKRUN, 1, 4, VB_R, 0, 1},             \
        {"HFCLKSTAT", HFCLKSTAT, 1, 4, VB_R, 0, 0x10011}, \
        {"LFCLKRUN", LFCLKRUN, 1, 4, VB_R, 0, 1},         \
        {"LFCLKSTAT", LFCLKSTAT, 1, 4, VB_R, 0, 0x10013}, \
        {"LFCLKSRCCOPY", LFCLKSRCCOPY, 1, 4, VB_R, 1, 3}, \
        {"HFCLKSRC", HFCLKSRC, 1, 4, VB_RW, 1, 1},        \
        {"LFCLKSRC", LFCLKSRC, 1, 4, VB_RW, 1, 3},        \
        {"GPREGRET[n]", GPREGRET, 2, 4, VB_RW, 0, 0xFF},  \
        {"HFCLKALWAYSRUN", 0x570, 1, 4, VB_RW, 0, 1},     \
    {                                                     \
        "LFCLKALWAYSRUN", 0x574, 1, 4, VB_RW, 0, 1        \
    }

static const struct vb_reg regs_app[] = {
    COMMON_REGS,
    {"RESETREAS",            RESETREAS,        1, 4, VB_W1C, 0,      0x070000FF},
    {"HFCLKAUDIORUN",        HFCLKAUDIORUN,    1, 4, VB_R,   0,      1         },
    {"HFCLKAUDIOSTAT",       HFCLKAUDIOSTAT,   1, 4, VB_R,   0,      0x10010   },
    {"HFCLK192MRUN",         HFCLK192MRUN,     1, 4, VB_R,   0,      1         },
    {"HFCLK192MSTAT",        HFCLK192MSTAT,    1, 4, VB_R,   0,      0x10011   },
 /* 1 at reset, 64 MHz: nrfx's check for erratum 159 reads it. */
    {"HFCLKCTRL",            HFCLKCTRL,        1, 4, VB_RW,  1,      3         },
    {"HFCLKAUDIO.FREQUENCY", 0x55C,            1, 4, VB_RW,  0x9BAE, 0xFFFF    },
    {"HFCLKAUDIOALWAYSRUN",  0x57C,            1, 4, VB_RW,  0,      1         },
    {"HFCLK192MSRC",         HFCLK192MSRC,     1, 4, VB_RW,  1,      1         },
    {"HFCLK192MALWAYSRUN",   0x584,            1, 4, VB_RW,  0,      1         },
    {"HFCLK192MCTRL",        0x5B8,            1, 4, VB_RW,  2,      3         },
    {"NETWORK.FORCEOFF",     NETWORK_FORCEOFF, 1, 4, VB_RW,  1,      1         },
 /* Not in the manual; the sequence of erratum 161 writes it. */
    {"(undocumented)",       0x618,            1, 4, VB_RW,  0,      0xFFFFFFFF},
    {NULL,                   0,                0, 0, VB_R,   0,      0         },
};

static const struct vb_reg regs_net[] = {
    COMMON_REGS,
    {"RESETREAS",      RESETREAS, 1, 4, VB_W1C, 0, 0x0F8700FF},
    {"HFCLKCTRL",      HFCLKCTRL, 1, 4, VB_RW,  0, 3         },
    {"(undocumented)", 0x614,     2, 4, VB_RW,  0, 0xFFFFFFFF},
    {NULL,             0,         0, 0, VB_R,   0, 0         },
};

#define MODELLED                                                              \
    "start and stop of the clocks with their events, run, status and source " \
    "registers; RESETREAS; GPREGRET; sleep events"
#define SIMPLIFIED                                                            \
    "start times are typical constants; an RTC stands still while the LFCLK " \
    "of its own core is off; GPREGRET survives every reset but power-on; "    \
    "every clock is exact, calibration changes nothing"
#define NOT_MODELLED "power-fail warning, latency modes, always-run requests"

const struct vb_type vb_type_clock_app = {
    .name = "CLOCK/POWER/RESET",
    .modelled = MODELLED "; CPU at 64 or 128 MHz; network core's force-off",
    .simplified = SIMPLIFIED,
    .not_modelled = NOT_MODELLED,
    .task_mask = {0xC00003DFU},
    .event_mask = {0x000003E7U},
    .regs = regs_app,
    .state_bytes = sizeof(struct clock),
    .init = init,
    .reset = reset,
    .retained = retained,
    .task = run_task,
    .wrote = wrote,
};

const struct vb_type vb_type_clock_net = {
    .name = "CLOCK/POWER/RESET (network)",
    .modelled = MODELLED,
    .simplified = SIMPLIFIED "; the core always runs at 64 MHz",
    .not_modelled = NOT_MODELLED,
    .task_mask = {0xC000001FU},
    .event_mask = {0x000000E7U},
    .regs = regs_net,
    .state_bytes = sizeof(struct clock),
    .init = init,
    .reset = reset,
    .retained = retained,
    .task = run_task,
    .wrote = wrote,
};
