/* SPDX-License-Identifier: MIT */
/* Resets, and the network core's power.
 *
 * A reset of the application core resets all of both cores and ends with the
 * network core held in force-off, whose RAM and power are off: an operation of
 * its flash is torn then, as by a power cut. The application core's own flash
 * finishes what it does (the core waits for it), and so does the external chip.
 * RAM of the application core keeps its content. */
#include "memory.h"
#include "vb_cpu.h"

/* The sequence of erratum 161 (release, hold, release) has a word of its own
 * set meanwhile; the core does not fetch then, but not for ever. */
#define RELEASE_GUARD      0x618U
#define RELEASE_POLL_TICKS VB_TICKS_PER_US
#define RELEASE_TICKS_MAX  (100U * (uint64_t)VB_TICKS_PER_US)
#define RELEASE_TICKS      (6U * (uint64_t)VB_TICKS_PER_US)
#define REAS_FORCEOFF      (1U << 23)
/* Bits of RESETREAS that mean the same on both cores. */
#define REAS_SHARED 0x010000FFU

#define RESTART_TICKS (100U * VB_TICKS_PER_US)

static const char *const kind_names[] = {
    [VB_RESET_POWER] = "power-on", [VB_RESET_PIN] = "pin",
    [VB_RESET_SOFT] = "software",  [VB_RESET_WDT] = "watchdog",
    [VB_RESET_LOCKUP] = "lockup",  [VB_RESET_FORCEOFF] = "force-off",
};

void vb_reset_request(struct duo_vb *vb, enum duo_core core, enum vb_reset kind,
                      uint32_t resetreas_bits)
{
    struct vb_reset_wish *wish = &vb->machine.reset[core];

    if (!wish->is_pending) {
        wish->kind = kind;
    }
    wish->is_pending = true;
    wish->resetreas_bits |= resetreas_bits;
    vb_wake(vb);
}

void duo_vb_reset_pin(struct duo_vb *vb)
{
    if (vb->machine.has_power) {
        vb_set_now(vb, vb->machine.pass_ticks);
        vb_reset_request(vb, DUO_CORE_APP, VB_RESET_PIN, 1);
    }
}

/* --- Force-off ----------------------------------------------------------- */

static void tear_net_flash(struct duo_vb *vb)
{
    struct duo_sim_flash *flash = vb_flash(vb, DUO_CORE_NET);
    struct duo_sim_instant now = {
        .at_ns = vb->config.world->core_ns[DUO_CORE_NET],
        .kind = DUO_SIM_CUT_BEFORE, /* The seed decides. */
        .seed = vb->config.seed + vb->machine.net_starts,
    };

    if (duo_sim_is_busy(flash)) {
        vb_note(vb, "the network core's flash loses power at work");
    }
    duo_sim_tear(flash, &now);
    vb_trace_torn(vb, VB_DEVICE_NET);
}

static void net_off(struct duo_vb *vb, enum vb_reset kind)
{
    vb_timer_clear(vb, &vb->net_release);
    if (!vb->machine.net_is_held) {
        vb->machine.net_is_held = true;
        tear_net_flash(vb);
        vb_cpu_hold(vb->cpu[DUO_CORE_NET]);
    }
    vb->machine.reset[DUO_CORE_NET].is_pending = false;
    vb_periphs_reset(vb, DUO_CORE_NET, kind);
}

static bool is_guarded(struct duo_vb *vb)
{
    struct vb_periph *reset = vb_find(vb, DUO_CORE_APP, &vb_type_clock_app, 0);

    return (*vb_word(reset, RELEASE_GUARD) & 1U) != 0 &&
           vb_now(vb) - vb->machine.released_ticks < RELEASE_TICKS_MAX;
}

static void net_start(void *ctx)
{
    struct duo_vb *vb = ctx;

    if (is_guarded(vb)) {
        vb_timer_set(vb, &vb->net_release, vb_now(vb) + RELEASE_POLL_TICKS);
        return;
    }
    vb->machine.net_is_held = false;
    vb->machine.net_starts++;
    vb_memory_fill_net(vb);
    vb_resetreas_add(vb, DUO_CORE_NET, REAS_FORCEOFF);
    vb_note(vb, "network core: starts");
    vb_cpu_reset(vb->cpu[DUO_CORE_NET], vb_now(vb));
}

void vb_net_forceoff(struct duo_vb *vb, bool hold)
{
    if (hold) {
        if (!vb->machine.net_is_held) {
            vb_note(vb, "network core: held in force-off");
            net_off(vb, VB_RESET_FORCEOFF);
        }
        vb_timer_clear(vb, &vb->net_release);
    } else if (vb->machine.net_is_held &&
               vb->net_release.due_ticks == VB_NEVER) {
        vb->machine.released_ticks = vb_now(vb);
        vb_timer_set(vb, &vb->net_release, vb_now(vb) + RELEASE_TICKS);
    }
}

void vb_resets_create(struct duo_vb *vb)
{
    vb_timer_init(vb, &vb->net_release, net_start, vb);
}

/* --- Resets -------------------------------------------------------------- */

/* The core begins to fetch some time after its reset (an estimate, and what
 * keeps a core that locks up at once from standing still in time). The flash
 * goes on without the core, which cannot fetch before its end. */
static void start_later(struct duo_vb *vb, enum duo_core core)
{
    uint64_t flash_ticks = vb_trace_end_ticks(vb, core);
    uint64_t start_ticks = vb_now(vb) + RESTART_TICKS;

    vb_op_window_closed(vb, vb_device(vb, (unsigned)core));
    vb_cpu_stall(vb->cpu[core],
                 flash_ticks > start_ticks ? flash_ticks : start_ticks);
}

static void app_reset(struct duo_vb *vb, const struct vb_reset_wish *wish)
{
    net_off(vb, wish->kind);
    vb_memory_reset(vb);
    vb_periphs_reset(vb, DUO_CORE_APP, wish->kind);
    vb_resetreas_add(vb, DUO_CORE_APP, wish->resetreas_bits);
    vb_resetreas_add(vb, DUO_CORE_NET, wish->resetreas_bits & REAS_SHARED);
    vb_cpu_reset(vb->cpu[DUO_CORE_APP], vb_now(vb));
    start_later(vb, DUO_CORE_APP);
}

static void net_reset(struct duo_vb *vb, const struct vb_reset_wish *wish)
{
    vb_periphs_reset(vb, DUO_CORE_NET, wish->kind);
    vb_resetreas_add(vb, DUO_CORE_NET, wish->resetreas_bits);
    vb_cpu_reset(vb->cpu[DUO_CORE_NET], vb_now(vb));
    start_later(vb, DUO_CORE_NET);
}

static bool take_wish(struct duo_vb *vb, enum duo_core core,
                      struct vb_reset_wish *wish)
{
    uint64_t core_ticks = vb_cpu_ticks(vb->cpu[core]);

    *wish = vb->machine.reset[core];
    vb->machine.reset[core] = (struct vb_reset_wish){0};
    if (!wish->is_pending) {
        return false;
    }
    vb_set_now(vb, core_ticks > vb->machine.pass_ticks
                       ? core_ticks
                       : vb->machine.pass_ticks);
    vb_note(vb, "%s core: reset (%s)", duo_core_name(core),
            kind_names[wish->kind]);
    return true;
}

void vb_resets_do(struct duo_vb *vb)
{
    struct vb_reset_wish wish;

    if (take_wish(vb, DUO_CORE_APP, &wish)) {
        app_reset(vb, &wish);
    }
    if (take_wish(vb, DUO_CORE_NET, &wish) && !vb->machine.net_is_held) {
        net_reset(vb, &wish);
    }
}
