/* SPDX-License-Identifier: MIT */
/* WDT: once started, only its reload keys keep it from resetting its core (the
 * application core's: both). */
#include "links.h"

#define RELOAD_KEY 0x6E524635U
#define RR_COUNT   8U
/* From the TIMEOUT event to the reset, in edges of the LFCLK. */
#define LAST_WORDS_LF 2U

enum task {
    TASK_START,
    TASK_STOP,
};

enum event {
    EVENT_TIMEOUT,
    EVENT_STOPPED,
};

enum reg {
    NMIENSET = 0x324,
    NMIENCLR = 0x328,
    RUNSTATUS = 0x400,
    REQSTATUS = 0x404,
    CRV = 0x504,
    RREN = 0x508,
    CONFIG = 0x50C,
    TSEN = 0x520,
    RR = 0x600,
};

#define CONFIG_SLEEP  0x01U
#define CONFIG_STOPEN 0x40U

/* RESETREAS. */
#define REAS_DOG0 (1U << 1)
#define REAS_DOG1 (1U << 25)
#define REAS_LDOG (1U << 18)

struct wdt {
    struct vb_timer timer;
    bool has_timed_out; /* The reset is next. */
    bool may_stop;      /* TSEN got its key. */
    bool is_paused;     /* The core sleeps and CONFIG.SLEEP says pause. */
    uint64_t zero_lf;   /* Edge at which the counter is 0. */
    uint64_t left_lf;   /* While paused: edges left. */
    uint32_t nmien;
};

static struct wdt *wdt_of(const struct vb_periph *periph)
{
    return periph->state;
}

static void count_down(struct vb_periph *periph, uint64_t from_lf)
{
    struct wdt *wdt = wdt_of(periph);

    wdt->zero_lf = vb_lf_count(vb_now(periph->vb)) + from_lf;
    vb_timer_set(periph->vb, &wdt->timer, vb_lf_ticks(wdt->zero_lf));
}

static void reload(struct vb_periph *periph)
{
    struct wdt *wdt = wdt_of(periph);
    uint64_t from_lf = (uint64_t)*vb_word(periph, CRV) + 1U;

    *vb_word(periph, REQSTATUS) = *vb_word(periph, RREN);
    if (wdt->is_paused) {
        wdt->left_lf = from_lf;
    } else {
        count_down(periph, from_lf);
    }
}

static void bite(struct vb_periph *periph)
{
    uint32_t reason = REAS_LDOG;

    if (periph->core == DUO_CORE_APP) {
        reason = periph->instance == 0 ? REAS_DOG0 : REAS_DOG1;
    }
    vb_reset_request(periph->vb, periph->core, VB_RESET_WDT, reason);
}

static void fire(void *ctx)
{
    struct vb_periph *periph = ctx;
    struct wdt *wdt = wdt_of(periph);

    if (wdt->has_timed_out) {
        bite(periph);
        return;
    }
    wdt->has_timed_out = true;
    vb_event(periph, EVENT_TIMEOUT);
    if ((wdt->nmien & 1U) != 0) {
        vb_cpu_nmi(vb_cpu(periph->vb, periph->core));
    }
    count_down(periph, LAST_WORDS_LF);
}

static bool is_started(struct vb_periph *periph)
{
    return *vb_word(periph, RUNSTATUS) != 0;
}

static void run_task(struct vb_periph *periph, unsigned task)
{
    struct wdt *wdt = wdt_of(periph);

    if (task == TASK_START && !is_started(periph)) {
        *vb_word(periph, RUNSTATUS) = 1;
        reload(periph);
    } else if (task == TASK_STOP && is_started(periph) && wdt->may_stop &&
               (*vb_word(periph, CONFIG) & CONFIG_STOPEN) != 0) {
        *vb_word(periph, RUNSTATUS) = 0;
        *vb_word(periph, REQSTATUS) = *vb_word(periph, RREN);
        wdt->may_stop = false;
        wdt->has_timed_out = false;
        wdt->is_paused = false;
        vb_timer_clear(periph->vb, &wdt->timer);
        vb_event(periph, EVENT_STOPPED);
    }
}

static void wrote_key(struct vb_periph *periph, unsigned index)
{
    uint32_t *waiting = vb_word(periph, REQSTATUS);

    *waiting &= ~(1U << index);
    /* After the time-out nothing holds the reset up. */
    if (*waiting == 0 && is_started(periph) && !wdt_of(periph)->has_timed_out) {
        reload(periph);
    }
}

static void wrote(struct vb_periph *periph, uint32_t off, uint32_t value,
                  uint32_t old)
{
    struct wdt *wdt = wdt_of(periph);

    if (off == CRV || off == RREN || off == CONFIG) {
        if (is_started(periph)) {
            *vb_word(periph, off) = old; /* Locked. */
        } else if (off == CRV && value < 0xF) {
            *vb_word(periph, off) = 0xF; /* The least that it can count. */
        } else if (off == RREN) {
            *vb_word(periph, REQSTATUS) = *vb_word(periph, RREN);
        }
    } else if (off == TSEN) {
        wdt->may_stop = value == RELOAD_KEY;
    } else if (off == NMIENSET || off == NMIENCLR) {
        wdt->nmien =
            off == NMIENSET ? wdt->nmien | (value & 3U) : wdt->nmien & ~value;
        *vb_word(periph, off) = 0;
    } else if (off >= RR && value == RELOAD_KEY) {
        wrote_key(periph, (off - RR) / 4U);
    }
}

static uint32_t reading(struct vb_periph *periph, uint32_t off, uint32_t value,
                        bool debug)
{
    (void)debug;
    return off == NMIENSET || off == NMIENCLR ? wdt_of(periph)->nmien : value;
}

static void pause(struct vb_periph *periph, bool is_asleep)
{
    struct wdt *wdt = wdt_of(periph);
    uint64_t now_lf = vb_lf_count(vb_now(periph->vb));

    if (!is_started(periph) || wdt->is_paused == is_asleep ||
        (*vb_word(periph, CONFIG) & CONFIG_SLEEP) != 0) {
        return;
    }
    wdt->is_paused = is_asleep;
    if (is_asleep) {
        wdt->left_lf = wdt->zero_lf > now_lf ? wdt->zero_lf - now_lf : 0;
        vb_timer_clear(periph->vb, &wdt->timer);
    } else {
        count_down(periph, wdt->left_lf);
    }
}

/* see links.h */
void vb_wdt_slept(struct duo_vb *vb, enum duo_core core, bool is_asleep)
{
    for (unsigned i = 0;; i++) {
        struct vb_periph *periph = vb_find(vb, core, &vb_type_wdt, i);
        if (periph == NULL) {
            return;
        }
        pause(periph, is_asleep);
    }
}

/* A running watchdog survives what its core can do to itself, or a runaway
 * firmware could shake it off; its settings are still locked then. */
static bool goes_on(enum vb_reset kind)
{
    return kind == VB_RESET_SOFT || kind == VB_RESET_LOCKUP;
}

static bool retained(uint32_t off, enum vb_reset kind)
{
    return goes_on(kind) && off >= RUNSTATUS;
}

static void init(struct vb_periph *periph)
{
    vb_timer_init(periph->vb, &wdt_of(periph)->timer, fire, periph);
}

static void reset(struct vb_periph *periph, enum vb_reset kind)
{
    struct wdt *wdt = wdt_of(periph);

    wdt->nmien = 0;
    if (goes_on(kind)) {
        pause(periph, false); /* The core is awake. */
        return;
    }
    vb_timer_clear(periph->vb, &wdt->timer);
    wdt->has_timed_out = false;
    wdt->may_stop = false;
    wdt->is_paused = false;
}

static const struct vb_reg regs[] = {
    {"NMIENSET",  NMIENSET,  1,        4, VB_RW, 0,          3         },
    {"NMIENCLR",  NMIENCLR,  1,        4, VB_RW, 0,          3         },
    {"RUNSTATUS", RUNSTATUS, 1,        4, VB_R,  0,          1         },
    {"REQSTATUS", REQSTATUS, 1,        4, VB_R,  1,          0xFF      },
    {"CRV",       CRV,       1,        4, VB_RW, 0xFFFFFFFF, 0xFFFFFFFF},
    {"RREN",      RREN,      1,        4, VB_RW, 1,          0xFF      },
    {"CONFIG",    CONFIG,    1,        4, VB_RW, 1,          0x49      },
    {"TSEN",      TSEN,      1,        4, VB_W,  0,          0xFFFFFFFF},
    {"RR[n]",     RR,        RR_COUNT, 4, VB_W,  0,          0xFFFFFFFF},
    {NULL,        0,         0,        0, VB_R,  0,          0         },
};

const struct vb_type vb_type_wdt = {
    .name = "WDT",
    .modelled = "time-out, reload requests, locked settings, stop with its "
                "key, interrupt and NMI, pause while the core sleeps",
    .simplified = "the reset always follows the TIMEOUT event after two "
                  "periods of the LFCLK; it needs no LFCLK to be started; a "
                  "soft reset or a lockup does not stop it",
    .not_modelled = "CONFIG.HALT: a halted debugger stops the time itself",
    .task_mask = {0x3},
    .event_mask = {0x3},
    .regs = regs,
    .state_bytes = sizeof(struct wdt),
    .init = init,
    .reset = reset,
    .retained = retained,
    .task = run_task,
    .wrote = wrote,
    .reading = reading,
};
