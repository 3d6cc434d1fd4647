/* SPDX-License-Identifier: MIT */
/* Who runs how far: see the top of soc.h.
 *
 * A core that does not execute is moved after the other one: if that wakes it,
 * the pass ends there (vb_wake), so it wakes in time. While only one core
 * executes, a pass may therefore be much longer than a quantum; while none
 * does, it lasts until the next timer and costs the host nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "soc_internal.h"
#include "vb_cpu.h"

#define ALONE_TICKS (1000U * (uint64_t)VB_TICKS_PER_US)

uint64_t vb_horizon(const struct duo_vb *vb)
{
    return vb->machine.horizon_ticks;
}

uint64_t vb_now(const struct duo_vb *vb)
{
    return vb->machine.now_ticks;
}

void vb_set_now(struct duo_vb *vb, uint64_t ticks)
{
    vb->machine.now_ticks = ticks;
}

void vb_wake(struct duo_vb *vb)
{
    if (vb->machine.now_ticks < vb->machine.horizon_ticks) {
        vb->machine.horizon_ticks = vb->machine.now_ticks;
    }
}

bool vb_stop_pending(const struct duo_vb *vb)
{
    return vb->stops || vb->stop_asked != 0 ||
           vb->machine.reset[DUO_CORE_APP].is_pending ||
           vb->machine.reset[DUO_CORE_NET].is_pending;
}

void duo_vb_stop(struct duo_vb *vb)
{
    vb->stop_asked = 1;
}

void vb_stop_because(struct duo_vb *vb, enum duo_vb_stop_kind kind,
                     enum duo_core core, const char *format, ...)
{
    va_list args;

    if (vb->stops) {
        return;
    }
    vb->stops = true;
    vb->stop = (struct duo_vb_stop){.kind = kind, .core = core};
    if (core != DUO_CORE_NONE) {
        vb->stop.pc = vb_cpu_pc(vb->cpu[core]);
    }
    va_start(args, format);
    (void)vsnprintf(vb->stop.text, sizeof(vb->stop.text), format, args);
    va_end(args);
}

/* Stalled only counts while the flash is known to end: a timer wakes us. */
static bool executes(const struct duo_vb *vb, enum duo_core core)
{
    switch (vb_cpu_state(vb->cpu[core])) {
    case VB_CPU_RUNS: return true;
    case VB_CPU_STALLED:
        return vb_trace_end_ticks(vb, core) <= vb->machine.pass_ticks;
    case VB_CPU_HELD:
    case VB_CPU_SLEEPS:
    case VB_CPU_LOCKED: return false;
    }
    return true;
}

static uint64_t cut_ticks(const struct duo_vb *vb)
{
    return vb->machine.cut.at_ns == UINT64_MAX
               ? VB_NEVER
               : vb_ns_to_ticks(vb->machine.cut.at_ns);
}

static uint64_t least(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

static unsigned executing(const struct duo_vb *vb)
{
    return (unsigned)executes(vb, DUO_CORE_APP) +
           (unsigned)executes(vb, DUO_CORE_NET);
}

/* The core that executes first, then the one that may be woken by it. */
static void run_cores(struct duo_vb *vb)
{
    bool net_first = !executes(vb, DUO_CORE_APP) && executes(vb, DUO_CORE_NET);
    enum duo_core first = net_first ? DUO_CORE_NET : DUO_CORE_APP;

    vb_cpu_run(vb->cpu[first]);
    if (!vb_stop_pending(vb)) {
        vb_cpu_run(vb->cpu[duo_core_other(first)]);
    }
}

/* The power fails now if it is time; false: the run is over. */
static bool still_on(struct duo_vb *vb)
{
    struct duo_vb_cut cut = vb->machine.cut;

    if (vb->machine.pass_ticks < cut_ticks(vb)) {
        return true;
    }
    vb_power_fail(vb, &cut);
    vb_stop_because(vb, DUO_VB_STOP_CUT, DUO_CORE_NONE,
                    "the power was cut at %llu ns",
                    (unsigned long long)cut.at_ns);
    return false;
}

/* How many cores execute; a sleeper whose interrupt has come wakes first. */
static unsigned woken(struct duo_vb *vb)
{
    if (executing(vb) == 0) {
        vb->machine.horizon_ticks = vb->machine.pass_ticks;
        run_cores(vb);
    }
    return executing(vb);
}

/* How far a pass goes if nothing shortens it. While both cores execute, it is
 * not cut short at @p until_ticks: where a caller lets a run end must not
 * change what the cores see of one another. */
static uint64_t pass_end_ticks(const struct duo_vb *vb, unsigned count,
                               uint64_t until_ticks)
{
    uint64_t pass_ticks = vb->machine.pass_ticks;

    if (count > 1U) {
        return pass_ticks + VB_QUANTUM_TICKS;
    }
    return count == 1U ? least(until_ticks, pass_ticks + ALONE_TICKS)
                       : until_ticks;
}

/* From pass_ticks to the horizon, or as far as the cores come. */
static void pass(struct duo_vb *vb, uint64_t end_ticks)
{
    struct vb_machine *machine = &vb->machine;

    machine->horizon_ticks =
        least(end_ticks, least(vb_timers_next(vb), cut_ticks(vb)));
    if (machine->horizon_ticks > machine->pass_ticks) {
        run_cores(vb);
    }
    if (vb_stop_pending(vb)) {
        /* The cores may be apart now; the next pass brings them together. */
        return;
    }
    if (machine->horizon_ticks > machine->pass_ticks) {
        machine->pass_ticks = machine->horizon_ticks;
    }
    vb_set_now(vb, machine->pass_ticks);
    if (still_on(vb)) {
        vb_timers_fire(vb, machine->pass_ticks);
    }
}

static void next_pass(struct duo_vb *vb, uint64_t until_ticks)
{
    unsigned count = woken(vb);

    if (vb_stop_pending(vb)) {
        return;
    }
    bool is_idle = count == 0 && vb_timers_next(vb) == VB_NEVER &&
                   cut_ticks(vb) == VB_NEVER;
    if (!is_idle || until_ticks != VB_NEVER) {
        pass(vb, pass_end_ticks(vb, count, until_ticks));
    }
    if (is_idle && !vb_stop_pending(vb)) {
        vb_stop_because(vb, DUO_VB_STOP_IDLE, DUO_CORE_NONE,
                        "no core runs, and nothing will wake one");
    }
}

static void take_stop(struct duo_vb *vb, struct duo_vb_stop *stop)
{
    *stop = vb->stop;
    vb->stops = false;
    if (stop->kind == DUO_VB_STOP_ASKED) {
        vb->stop_asked = 0;
    }
}

/* What needs no pass. */
static bool stops_now(struct duo_vb *vb, uint64_t until_ticks)
{
    if (!vb->machine.has_power && !vb->stops) {
        vb_stop_because(vb, DUO_VB_STOP_OFF, DUO_CORE_NONE,
                        "there is no power");
    }
    if (vb->stop_asked != 0) {
        vb_stop_because(vb, DUO_VB_STOP_ASKED, DUO_CORE_NONE,
                        "stopped as asked");
    }
    if (vb->machine.pass_ticks >= until_ticks) {
        vb_stop_because(vb, DUO_VB_STOP_TIME, DUO_CORE_NONE, "%s", "");
    }
    return vb->stops;
}

void duo_vb_run(struct duo_vb *vb, uint64_t until_ns, struct duo_vb_stop *stop)
{
    uint64_t until_ticks =
        until_ns == UINT64_MAX ? VB_NEVER : vb_ns_to_ticks(until_ns);

    while (!stops_now(vb, until_ticks)) {
        vb_resets_do(vb);
        next_pass(vb, until_ticks);
    }
    take_stop(vb, stop);
}

/* The stepped core first, whatever it does; then all the rest as far. */
static void step(struct duo_vb *vb, struct vb_cpu *cpu)
{
    vb_resets_do(vb);
    vb->machine.horizon_ticks = least(least(vb_timers_next(vb), cut_ticks(vb)),
                                      vb_cpu_ticks(cpu) + VB_QUANTUM_TICKS);
    vb_cpu_step(cpu);
    while (!stops_now(vb, vb_cpu_ticks(cpu))) {
        vb_resets_do(vb);
        pass(vb, vb_cpu_ticks(cpu));
    }
}

void duo_vb_step(struct duo_vb *vb, enum duo_core core,
                 struct duo_vb_stop *stop)
{
    struct vb_cpu *cpu = vb->cpu[core];
    bool goes_on = !stops_now(vb, VB_NEVER);

    while (goes_on) {
        step(vb, cpu);
        /* Time has come as far as the core; a stall is no instruction. */
        vb->stops = vb->stop.kind != DUO_VB_STOP_TIME;
        goes_on = !vb->stops && vb_cpu_state(cpu) == VB_CPU_STALLED;
    }
    vb_stop_because(vb, DUO_VB_STOP_BREAK, core, "%s", "");
    take_stop(vb, stop);
}

uint64_t duo_vb_now_ns(const struct duo_vb *vb)
{
    return vb_ticks_to_ns(vb->machine.pass_ticks);
}
