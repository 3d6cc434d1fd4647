/* SPDX-License-Identifier: MIT */
/* The board as a whole: making it, power, what comes in from outside, and why
 * it stops. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "vb_cpu.h"

/* [DK] LEDs between the supply and the pin: on while it is low. Buttons to
 * ground: low while pressed, else only pulled up if firmware does that. */
static const uint8_t led_pins[DUO_VB_LED_COUNT] = {28, 29, 30, 31};
static const uint8_t button_pins[DUO_VB_BUTTON_COUNT] = {23, 24, 8, 9};

struct vb_cpu *vb_cpu(struct duo_vb *vb, enum duo_core core)
{
    return vb->cpu[core];
}

const struct vb_cpu *vb_cpu_const(const struct duo_vb *vb, enum duo_core core)
{
    return vb->cpu[core];
}

bool vb_is_lenient(const struct duo_vb *vb)
{
    return vb->config.lenient;
}

uint64_t vb_seed(const struct duo_vb *vb)
{
    return vb->config.seed;
}

bool duo_vb_has_power(const struct duo_vb *vb)
{
    return vb->machine.has_power;
}

/* --- Flashes ------------------------------------------------------------- */

struct duo_sim_flash *vb_device(const struct duo_vb *vb, unsigned device)
{
    struct duo_sim_flash *const devices[VB_FLASH_COUNT] = {
        [VB_DEVICE_APP] = vb->config.app,
        [VB_DEVICE_NET] = vb->config.net,
        [VB_DEVICE_EXT] = vb->config.ext,
    };
    return devices[device];
}

void vb_world_follow(struct duo_vb *vb, enum duo_core core)
{
    uint64_t *core_ns = &vb->config.world->core_ns[core];
    uint64_t now_ns = vb_ticks_to_ns(vb_now(vb));

    if (now_ns > *core_ns) {
        *core_ns = now_ns;
    }
}

struct duo_sim_flash *vb_flash(struct duo_vb *vb, enum duo_core core)
{
    vb_world_follow(vb, core);
    return core == DUO_CORE_APP ? vb->config.app : vb->config.net;
}

struct duo_sim_flash *vb_ext_flash(struct duo_vb *vb)
{
    vb_world_follow(vb, DUO_CORE_APP);
    return vb->config.ext;
}

static void on_violation(struct duo_sim_world *world, const char *text)
{
    struct duo_vb *vb = world->on_violation_ctx;

    vb_stop_because(vb, DUO_VB_STOP_RULE, vb->access_core,
                    "the firmware broke a rule of a flash: %s", text);
}

/* --- Notes --------------------------------------------------------------- */

static void tell(struct duo_vb *vb, const char *text)
{
    if (vb->config.on_note != NULL) {
        vb->config.on_note(vb->config.ctx, vb_ticks_to_ns(vb_now(vb)), text);
    }
}

void vb_note(struct duo_vb *vb, const char *format, ...)
{
    char text[200];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    tell(vb, text);
}

/* A lenient run would drown in repetitions: an address is told once. */
static bool was_noted(struct duo_vb *vb, uint32_t addr)
{
    for (unsigned index = 0; index < vb->noted_count; index++) {
        if (vb->noted[index] == addr) {
            return true;
        }
    }
    if (vb->noted_count < VB_NOTED_COUNT) {
        vb->noted[vb->noted_count++] = addr;
    }
    return false;
}

void vb_unmodelled(struct duo_vb *vb, enum duo_core core,
                   const struct vb_bus_access *access)
{
    char name_buffer[64];
    char value_text[32] = "";
    char text[200];
    const char *name = vb_register_name(core, access->addr, name_buffer);
    uint32_t pc = vb_cpu_access_pc(vb->cpu[core], access->addr);

    if (access->is_write) {
        (void)snprintf(value_text, sizeof(value_text), " of 0x%x",
                       (unsigned)access->value);
    }
    (void)snprintf(text, sizeof(text),
                   "%s core, pc 0x%08x: %u-byte %s%s at 0x%08x (%s) is not "
                   "modelled",
                   duo_core_name(core), (unsigned)pc, access->size_bytes,
                   access->is_write ? "write" : "read", value_text,
                   (unsigned)access->addr,
                   name != NULL ? name : "unknown register");
    if (vb->config.lenient) {
        if (!was_noted(vb, access->addr)) {
            tell(vb, text);
        }
    } else if (!vb->stops) {
        vb_stop_because(vb, DUO_VB_STOP_UNMODELLED, core, "%s", text);
        vb->stop.addr = access->addr;
        vb->stop.pc = pc;
    }
}

/* --- Inputs and outputs -------------------------------------------------- */

void vb_pin_changed(struct duo_vb *vb, unsigned port, unsigned pin, bool level)
{
    for (unsigned led = 0; led < DUO_VB_LED_COUNT; led++) {
        if (port != 0 || pin != led_pins[led] ||
            vb->machine.led_is_on[led] == !level) {
            continue;
        }
        vb->machine.led_is_on[led] = !level;
        if (vb->config.on_led != NULL) {
            vb->config.on_led(vb->config.ctx, led, !level,
                              vb_ticks_to_ns(vb_now(vb)));
        }
    }
}

static void drive_button(struct duo_vb *vb, unsigned index)
{
    if (vb->machine.button_is_pressed[index]) {
        vb_pin_drive(vb, 0, button_pins[index], false);
    } else {
        vb_pin_release(vb, 0, button_pins[index]);
    }
}

void duo_vb_button(struct duo_vb *vb, unsigned button_index, bool pressed)
{
    if (button_index >= DUO_VB_BUTTON_COUNT) {
        return;
    }
    vb->machine.button_is_pressed[button_index] = pressed;
    if (vb->machine.has_power) {
        vb_set_now(vb, vb->machine.pass_ticks);
        drive_button(vb, button_index);
    }
}

void duo_vb_core_stats(const struct duo_vb *vb, enum duo_core core,
                       struct duo_vb_core_stats *stats)
{
    vb_cpu_stats(vb->cpu[core], stats);
}

/* --- Power --------------------------------------------------------------- */

static void wire_pins(struct duo_vb *vb)
{
    for (unsigned led = 0; led < DUO_VB_LED_COUNT; led++) {
        vb_pin_drive(vb, 0, led_pins[led], true);
    }
    for (unsigned button = 0; button < DUO_VB_BUTTON_COUNT; button++) {
        drive_button(vb, button);
    }
}

void duo_vb_power_on(struct duo_vb *vb, const struct duo_vb_cut *cut)
{
    struct duo_sim_world *world = vb->config.world;
    struct duo_sim_cut none = {0, DUO_SIM_CUT_BEFORE, 0};

    if (vb->machine.has_power) {
        duo_vb_power_off(vb);
    }
    duo_sim_power_up(world, none);
    vb->machine.pass_ticks = vb_ns_to_ticks(world->core_ns[DUO_CORE_APP]);
    vb->machine.horizon_ticks = vb->machine.pass_ticks;
    vb_set_now(vb, vb->machine.pass_ticks);
    vb_world_follow(vb, DUO_CORE_APP);
    vb_world_follow(vb, DUO_CORE_NET);
    vb->machine.has_power = true;
    vb->machine.net_is_held = true;
    vb->machine.power_ups++;
    vb->noted_count = 0;
    vb_trace_power_on(vb);
    vb_memory_reset(vb);
    vb_memory_fill_app(vb);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        vb->machine.reset[core].is_pending = false;
        vb_cpu_hold(vb->cpu[core]);
        vb_cpu_run(vb->cpu[core]); /* Its time comes to ours. */
        vb_set_now(vb, vb->machine.pass_ticks);
        vb_cpu_clear_stats(vb->cpu[core]);
        vb_periphs_reset(vb, (enum duo_core)core, VB_RESET_POWER);
    }
    wire_pins(vb);
    vb_cpu_reset(vb->cpu[DUO_CORE_APP], vb->machine.pass_ticks);
    duo_vb_set_cut(vb, cut);
}

void duo_vb_set_cut(struct duo_vb *vb, const struct duo_vb_cut *cut)
{
    vb->machine.cut = (struct duo_vb_cut){.at_ns = UINT64_MAX};
    if (cut != NULL && vb->machine.has_power) {
        vb->machine.cut = *cut;
    }
}

void vb_power_fail(struct duo_vb *vb, const struct duo_vb_cut *cut)
{
    uint64_t now_ns = vb_ticks_to_ns(vb->machine.pass_ticks);
    struct duo_sim_instant instant = {cut->at_ns < now_ns ? cut->at_ns : now_ns,
                                      cut->kind, cut->seed};

    vb_set_now(vb, vb->machine.pass_ticks);
    duo_sim_cut_at(vb->config.world, &instant);
    for (unsigned device = 0; device < VB_FLASH_COUNT; device++) {
        vb_trace_torn(vb, device);
    }
    for (unsigned index = 0; index < vb->timer_count; index++) {
        vb_timer_clear(vb, vb->timers[index]);
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        vb_cpu_hold(vb->cpu[core]);
        vb->machine.reset[core].is_pending = false;
    }
    for (unsigned led = 0; led < DUO_VB_LED_COUNT; led++) {
        vb_pin_changed(vb, 0, led_pins[led], true);
    }
    vb->machine.has_power = false;
    duo_vb_set_cut(vb, NULL);
}

void duo_vb_power_off(struct duo_vb *vb)
{
    struct duo_vb_cut now = {
        .at_ns = vb_ticks_to_ns(vb->machine.pass_ticks),
        .kind = DUO_SIM_CUT_BEFORE,
        .seed = vb->config.seed,
    };

    if (vb->machine.has_power) {
        vb_power_fail(vb, &now);
    }
}

/* --- Making it ----------------------------------------------------------- */

static bool create_parts(struct duo_vb *vb, char message[200])
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        vb->cpu[core] = vb_cpu_create(vb, (enum duo_core)core, message);
        if (vb->cpu[core] == NULL) {
            return false;
        }
    }
    vb_trace_create(vb);
    vb_resets_create(vb);
    vb_bus_create(vb, DUO_CORE_APP, vb_soc_app, vb_soc_app_count);
    vb_bus_create(vb, DUO_CORE_NET, vb_soc_net, vb_soc_net_count);
    vb_uarts_create(vb);
    return vb_memory_create(vb, message);
}

/* From now on the flashes tell us what changes. */
static void listen(struct duo_vb *vb)
{
    struct duo_sim_world *world = vb->config.world;

    vb->old_violation = world->on_violation;
    vb->old_violation_ctx = world->on_violation_ctx;
    world->on_violation = on_violation;
    world->on_violation_ctx = vb;
    for (unsigned device = 0; device < VB_FLASH_COUNT; device++) {
        struct duo_sim_flash *flash = vb_device(vb, device);
        vb->flash_link[device] = (struct vb_flash_link){vb, device};
        flash->on_change = vb_memory_flash_changed;
        flash->on_change_ctx = &vb->flash_link[device];
    }
    vb->listens = true;
}

static void stop_listening(struct duo_vb *vb)
{
    if (!vb->listens) {
        return;
    }
    vb->config.world->on_violation = vb->old_violation;
    vb->config.world->on_violation_ctx = vb->old_violation_ctx;
    for (unsigned device = 0; device < VB_FLASH_COUNT; device++) {
        vb_device(vb, device)->on_change = NULL;
    }
}

struct duo_vb *duo_vb_create(const struct duo_vb_config *config,
                             char message[200])
{
    struct duo_vb *vb = calloc(1, sizeof(*vb));

    message[0] = '\0';
    if (vb == NULL) {
        (void)snprintf(message, 200, "out of memory");
        return NULL;
    }
    vb->config = *config;
    vb->machine.cut.at_ns = UINT64_MAX;
    vb->machine.pass_ticks = vb_ns_to_ticks(config->world->core_ns[0]);
    if (!create_parts(vb, message)) {
        duo_vb_destroy(vb);
        return NULL;
    }
    listen(vb);
    return vb;
}

void duo_vb_destroy(struct duo_vb *vb)
{
    if (vb == NULL) {
        return;
    }
    duo_vb_power_off(vb);
    stop_listening(vb);
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (vb->cpu[core] != NULL) {
            vb_cpu_destroy(vb->cpu[core]);
        }
    }
    vb_bus_destroy(vb);
    vb_memory_destroy(vb);
    free(vb->timers);
    free(vb);
}
