/* SPDX-License-Identifier: MIT */
/* The virtual time line: who runs when, and what ends waiting. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim_internal.h"

/* The core's time in @p ns from now; a wait for ever does not wrap. */
static uint64_t later_ns(const struct duo_sim_world *world, enum duo_core core,
                         uint64_t ns)
{
    uint64_t now_ns = world->core_ns[core];
    return ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + ns;
}

static uint64_t since_boot_us(const struct duo_sim_world *world,
                              enum duo_core core)
{
    return (world->core_ns[core] - world->boot_ns) / 1000U;
}

/* The clocks are members of the world, so their address finds it. */
static uint64_t app_now_us(const struct duo_clock *clock)
{
    const char *member = (const char *)clock;
    const void *world = member - offsetof(struct duo_sim_world, app_clock);
    return since_boot_us(world, DUO_CORE_APP);
}

static uint64_t net_now_us(const struct duo_clock *clock)
{
    const char *member = (const char *)clock;
    const void *world = member - offsetof(struct duo_sim_world, net_clock);
    return since_boot_us(world, DUO_CORE_NET);
}

void duo_sim_world_init(struct duo_sim_world *world)
{
    *world = (struct duo_sim_world){
        .app_clock = {app_now_us},
        .net_clock = {net_now_us},
    };
}

uint64_t duo_sim_now_us(const struct duo_sim_world *world)
{
    return world->core_ns[DUO_CORE_APP] / 1000U;
}

void sim_world_violation(struct duo_sim_world *world, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (world->on_violation != NULL) {
        world->on_violation(world, text);
        return;
    }
    (void)fprintf(stderr,
                  "simulation: %s; application %llu ns, network %llu ns\n",
                  text, (unsigned long long)world->core_ns[DUO_CORE_APP],
                  (unsigned long long)world->core_ns[DUO_CORE_NET]);
    abort();
}

/* Move one core forward; the cut happens on the way if it is due. */
static void move_core(struct duo_sim_world *world, enum duo_core core,
                      uint64_t to_ns)
{
    if (world->cut_armed && to_ns >= world->cut_ns) {
        sim_cut_fire(world);
    } else if (to_ns > world->core_ns[core]) {
        world->core_ns[core] = to_ns;
    }
}

/* The next end of an operation on a device of @p core, or UINT64_MAX. */
static uint64_t next_end_ns(const struct duo_sim_world *world,
                            enum duo_core core)
{
    uint64_t end_ns = UINT64_MAX;

    for (unsigned index = 0; index < world->device_count; index++) {
        const struct duo_sim_flash *flash = world->devices[index];
        if (flash->core == core && sim_flash_end_ns(flash) < end_ns) {
            end_ns = sim_flash_end_ns(flash);
        }
    }
    return end_ns;
}

/* One step of the network core, which waits until @p limit_ns at most if it
 * has nothing to do. A step that did something takes time, so that a network
 * core that is always busy cannot stop the clock. */
static bool step_net(struct duo_sim_world *world, uint64_t limit_ns)
{
    uint64_t before_ns = world->core_ns[DUO_CORE_NET];
    uint64_t end_ns;
    bool did;

    world->stepping_net = true;
    did = world->net_step(world->net_ctx);
    world->stepping_net = false;
    if (world->dead) {
        return did;
    }
    if (did) {
        move_core(world, DUO_CORE_NET, before_ns + SIM_NET_STEP_NS);
        return true;
    }
    end_ns = next_end_ns(world, DUO_CORE_NET);
    move_core(world, DUO_CORE_NET, end_ns < limit_ns ? end_ns : limit_ns);
    return false;
}

static bool net_is_behind(const struct duo_sim_world *world, uint64_t ns)
{
    return !world->dead && world->net_step != NULL &&
           world->core_ns[DUO_CORE_NET] < ns;
}

/* A held network core has no past to catch up with when it is released. */
static void drag_held_net(struct duo_sim_world *world)
{
    if (world->net_step == NULL && !world->stepping_net &&
        world->core_ns[DUO_CORE_NET] < world->core_ns[DUO_CORE_APP]) {
        world->core_ns[DUO_CORE_NET] = world->core_ns[DUO_CORE_APP];
    }
}

static uint64_t until_cut_ns(const struct duo_sim_world *world, uint64_t ns)
{
    return world->cut_armed && world->cut_ns < ns ? world->cut_ns : ns;
}

bool sim_world_spend(struct duo_sim_world *world, enum duo_core core,
                     uint64_t ns)
{
    uint64_t to_ns = later_ns(world, core, ns);

    if (world->dead) {
        return false;
    }
    if (core == DUO_CORE_APP && !world->stepping_net) {
        while (net_is_behind(world, until_cut_ns(world, to_ns))) {
            (void)step_net(world, until_cut_ns(world, to_ns));
        }
    }
    if (!world->dead) {
        move_core(world, core, to_ns);
        drag_held_net(world);
    }
    return !world->dead;
}

void duo_sim_spend(struct duo_sim_world *world, enum duo_core core, uint64_t ns)
{
    (void)sim_world_spend(world, core, ns);
}

void duo_sim_idle(struct duo_sim_world *world, uint64_t ns_max)
{
    uint64_t target_ns = later_ns(world, DUO_CORE_APP, ns_max);
    uint64_t end_ns = next_end_ns(world, DUO_CORE_APP);

    if (world->dead) {
        return;
    }
    if (end_ns < target_ns) {
        target_ns = end_ns;
    }
    while (!world->stepping_net &&
           net_is_behind(world, until_cut_ns(world, target_ns))) {
        if (step_net(world, until_cut_ns(world, target_ns))) {
            /* What it did is there when its step has ended. */
            target_ns = world->core_ns[DUO_CORE_NET];
            break;
        }
    }
    if (!world->dead) {
        move_core(world, DUO_CORE_APP, target_ns);
        drag_held_net(world);
    }
}

/* Both cores start again at one time, the network core held. */
static void restart_cores(struct duo_sim_world *world, uint64_t ns)
{
    world->core_ns[DUO_CORE_APP] = ns;
    world->core_ns[DUO_CORE_NET] = ns;
    world->boot_ns = ns;
    world->boot_count++;
    world->net_step = NULL;
    world->stepping_net = false;
}

static uint64_t latest_core_ns(const struct duo_sim_world *world)
{
    uint64_t app_ns = world->core_ns[DUO_CORE_APP];
    uint64_t net_ns = world->core_ns[DUO_CORE_NET];
    return app_ns > net_ns ? app_ns : net_ns;
}

void duo_sim_power_up(struct duo_sim_world *world, struct duo_sim_cut cut)
{
    if (!world->dead) {
        world->cut_ns = latest_core_ns(world);
        sim_cut_fire(world);
    }
    restart_cores(world, latest_core_ns(world) + SIM_POWER_OFF_NS);
    for (unsigned index = 0; index < world->device_count; index++) {
        world->devices[index]->high_performance = false;
        sim_weak_power_up(world->devices[index]);
    }
    world->dead = false;
    world->cut = cut;
    world->cut_armed = false;
    world->op_count = 0;
}

void duo_sim_reset(struct duo_sim_world *world)
{
    uint64_t ns = latest_core_ns(world);

    if (world->dead) {
        return;
    }
    for (unsigned index = 0; index < world->device_count; index++) {
        const struct duo_sim_flash *flash = world->devices[index];
        uint64_t end_ns = sim_flash_end_ns(flash);
        if (sim_is_internal(flash) && end_ns != UINT64_MAX && end_ns > ns) {
            ns = end_ns;
        }
    }
    world->net_step = NULL;
    move_core(world, DUO_CORE_APP, ns);
    if (world->dead) {
        return;
    }
    restart_cores(world, ns);
    for (unsigned index = 0; index < world->device_count; index++) {
        sim_flash_settle(world->devices[index], ns);
    }
}
