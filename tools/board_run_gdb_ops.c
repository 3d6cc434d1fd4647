/* SPDX-License-Identifier: MIT */
/* A core of the virtual board as the GDB stub sees it. */
#include "board_run_gdb_ops.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board_run_gdb.h"

static bool reg_read(void *ctx, unsigned reg, uint32_t *value)
{
    const struct duo_run_gdb_core *core = ctx;

    return duo_vb_reg_read(core->owner->vb, core->core, reg, value);
}

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): as GDB's P packet. */
static bool reg_write(void *ctx, unsigned reg, uint32_t value)
{
    const struct duo_run_gdb_core *core = ctx;

    return duo_vb_reg_write(core->owner->vb, core->core, reg, value);
}

static bool mem_read(void *ctx, uint32_t addr, void *dst, size_t len_bytes)
{
    const struct duo_run_gdb_core *core = ctx;

    return duo_vb_mem_read(core->owner->vb, core->core, addr, dst, len_bytes);
}

static bool mem_write(void *ctx, uint32_t addr, struct duo_bytes bytes)
{
    const struct duo_run_gdb_core *core = ctx;

    return duo_vb_mem_write(core->owner->vb, core->core, addr, bytes);
}

static bool break_add(void *ctx, uint32_t addr)
{
    const struct duo_run_gdb_core *core = ctx;

    return duo_vb_break_add(core->owner->vb, core->core, addr);
}

static void break_remove(void *ctx, uint32_t addr)
{
    const struct duo_run_gdb_core *core = ctx;

    duo_vb_break_remove(core->owner->vb, core->core, addr);
}

__attribute__((format(printf, 2, 3))) static void
print(struct duo_tool_buffer *text, const char *format, ...)
{
    char line[256];
    va_list args;

    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start() did. */
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    duo_tool_buffer_append(
        text, (struct duo_bytes){(const uint8_t *)line, strlen(line)});
}

static void print_core(struct duo_vb *vb, enum duo_core core,
                       struct duo_tool_buffer *text)
{
    struct duo_vb_core_stats stats;
    uint32_t pc = 0;

    duo_vb_core_stats(vb, core, &stats);
    (void)duo_vb_reg_read(vb, core, DUO_GDB_REG_PC, &pc);
    print(text, "%s core: %s, pc 0x%08x, %llu instructions, %llu resets\n",
          duo_core_name(core),
          duo_vb_core_is_parked(vb, core) ? "held, asleep or locked up"
                                          : "runs",
          pc, (unsigned long long)stats.instructions,
          (unsigned long long)stats.resets);
}

static void monitor_state(struct duo_vb *vb, struct duo_tool_buffer *text)
{
    uint64_t now_ns = duo_vb_now_ns(vb);

    print(text, "virtual time %llu.%09llu s, power %s\n",
          (unsigned long long)(now_ns / 1000000000U),
          (unsigned long long)(now_ns % 1000000000U),
          duo_vb_has_power(vb) ? "on" : "off");
    print_core(vb, DUO_CORE_APP, text);
    print_core(vb, DUO_CORE_NET, text);
}

static void monitor_reset(struct duo_vb *vb, struct duo_tool_buffer *text)
{
    duo_vb_reset_pin(vb);
    print(text, "The reset button was pressed. `maintenance flush "
                "register-cache' shows the registers anew.\n");
}

static void monitor_help(struct duo_vb *vb, struct duo_tool_buffer *text);

static const struct {
    const char *name;
    const char *summary;
    void (*run)(struct duo_vb *vb, struct duo_tool_buffer *text);
} monitors[] = {
    {"help",  "this list",                          monitor_help },
    {"state", "virtual time, power and both cores", monitor_state},
    {"reset", "press the reset button",             monitor_reset},
};
#define MONITOR_COUNT (sizeof(monitors) / sizeof(monitors[0]))

static void monitor_help(struct duo_vb *vb, struct duo_tool_buffer *text)
{
    (void)vb;
    for (size_t i = 0; i < MONITOR_COUNT; i++) {
        print(text, "monitor %-6s %s\n", monitors[i].name, monitors[i].summary);
    }
}

static bool monitor(void *ctx, const char *command,
                    struct duo_tool_buffer *text)
{
    const struct duo_run_gdb_core *core = ctx;

    for (size_t i = 0; i < MONITOR_COUNT; i++) {
        if (strcmp(monitors[i].name, command) == 0) {
            monitors[i].run(core->owner->vb, text);
            return true;
        }
    }
    return false;
}

static void describe(void *ctx, struct duo_tool_buffer *text)
{
    const struct duo_run_gdb_core *core = ctx;

    print(text, "%s core, %s", duo_core_name(core->core),
          duo_vb_core_is_parked(core->owner->vb, core->core)
              ? "held, asleep or locked up"
              : "runs");
}

const struct duo_gdb_ops duo_run_gdb_ops = {
    .reg_read = reg_read,
    .reg_write = reg_write,
    .mem_read = mem_read,
    .mem_write = mem_write,
    .break_add = break_add,
    .break_remove = break_remove,
    .monitor = monitor,
    .describe = describe,
};
