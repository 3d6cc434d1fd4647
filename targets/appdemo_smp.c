/* SPDX-License-Identifier: MIT */
/* The SMP server of the reference product: its groups, the console that it
 * shares with log and shell, and a serial line of its own; see appdemo.h. */
#include <string.h>

#include "appdemo.h"
#include "cpu.h"
#include "duo_layouts.h"
#include "nrf5340.h"
#include "reset.h"
#include "startup.h"

#define BAUD_DEFAULT 115200U

#define STACK_PAINT 0xA5A5A5A5U
/* What main() and its callees may use while they paint. */
#define STACK_SPARE_WORDS 64U

static struct duo_bytes text_bytes(const char *text)
{
    return (struct duo_bytes){(const uint8_t *)text, strlen(text)};
}

/* --- Stack: painted at the start, so that its depth can be told --- */

static uint32_t *stack_word(uint32_t index)
{
    return &duo_stack_limit[index];
}

static uint32_t stack_words(void)
{
    return (uint32_t)(((uintptr_t)duo_stack_top - (uintptr_t)duo_stack_limit) /
                      sizeof(uint32_t));
}

static void paint_stack(void)
{
    uintptr_t here;
    uint32_t here_words;

    __asm__ volatile("mov %0, sp" : "=r"(here));
    here_words =
        (uint32_t)((here - (uintptr_t)duo_stack_limit) / sizeof(uint32_t));
    for (uint32_t i = 0; i + STACK_SPARE_WORDS < here_words; i++) {
        *(volatile uint32_t *)stack_word(i) = STACK_PAINT;
    }
}

static bool tell_task(void *ctx, uint32_t index, struct duo_smp_task *task)
{
    const struct appdemo *demo = ctx;
    uint32_t unused_words = 0;

    if (index != 0) {
        return false;
    }
    while (unused_words < stack_words() &&
           *stack_word(unused_words) == STACK_PAINT) {
        unused_words++;
    }
    *task = (struct duo_smp_task){
        .name = "main",
        .stack_used_words = stack_words() - unused_words,
        .stack_words = stack_words(),
        .run_ms =
            (uint32_t)(demo->timer.clock.now_us(&demo->timer.clock) / 1000U),
    };
    return true;
}

/* --- Settings --- */

/* The UARTs' rates are read once: a new one counts from the next start on. */
static uint32_t read_baud(const struct appdemo_smp *smp, const char *name)
{
    uint8_t digits[8];
    size_t len_bytes = sizeof(digits);
    uint32_t baud = 0;

    if (duo_settings_get(&smp->settings, text_bytes(name), digits,
                         &len_bytes) != DUO_OK ||
        len_bytes > sizeof(digits)) {
        return BAUD_DEFAULT;
    }
    for (size_t i = 0; i < len_bytes; i++) {
        if (digits[i] < (uint8_t)'0' || digits[i] > (uint8_t)'9') {
            return BAUD_DEFAULT;
        }
        baud = baud * 10U + (uint32_t)(digits[i] - (uint8_t)'0');
    }
    return duo_uarte_has_baud(baud) ? baud : BAUD_DEFAULT;
}

static void read_serial_number(struct appdemo_smp *smp)
{
    size_t len_bytes = DUO_SETTINGS_VALUE_BYTES_MAX;

    if (duo_settings_get(&smp->settings, text_bytes("id/serial"),
                         (uint8_t *)smp->serial_number, &len_bytes) != DUO_OK) {
        len_bytes = 0;
    }
    smp->serial_number[len_bytes] = '\0';
}

static void setting_changed(void *ctx, const char *name)
{
    struct appdemo *demo = ctx;

    (void)name;
    read_serial_number(&demo->smp);
}

static void open_settings(struct appdemo *demo)
{
    struct appdemo_smp *smp = &demo->smp;
    const struct duo_area area = duo_layout_area(
        &duo_layout_nrf5340dk, DUO_PARTITION_SETTINGS, &demo->images.app.flash);

    /* A flash that fails now fails at each request too, which is told. */
    if (duo_settings_open(&smp->settings, &area) == DUO_OK) {
        read_serial_number(smp);
    }
    smp->console_baud = read_baud(smp, "console/baud");
    smp->link_baud = read_baud(smp, "link/baud");
    smp->settings_group = (struct duo_smp_settings){
        .settings = &smp->settings, .changed = setting_changed, .ctx = demo};
    smp->basic = (struct duo_smp_basic){.settings = &smp->settings_group};
}

/* --- Hooks of the groups --- */

static bool may_reset(void *ctx)
{
    const struct appdemo *demo = ctx;
    return !duo_smp_image_is_busy(&demo->smp.image);
}

static void reset(void *ctx, enum duo_smp_boot_mode mode)
{
    struct appdemo *demo = ctx;

    appdemo_smp_settle(demo);
    duo_boot_mode_set(mode == DUO_SMP_BOOT_RECOVERY ? DUO_BOOT_MODE_RECOVERY
                                                    : DUO_BOOT_MODE_NORMAL);
    duo_uarte_flush(&demo->smp.link_uart);
    duo_uarte_flush(&demo->console.uart);
    duo_cpu_reset();
}

static enum duo_err open_ext(void *ctx)
{
    struct appdemo *demo = ctx;
    enum duo_err err;

    if (demo->smp.held_ext) {
        return DUO_OK;
    }
    err = appdemo_images_open(&demo->images);
    demo->smp.held_ext = err == DUO_OK;
    return err;
}

static void close_ext(void *ctx)
{
    struct appdemo *demo = ctx;

    if (demo->smp.held_ext) {
        demo->smp.held_ext = false;
        appdemo_images_close(&demo->images);
    }
}

static void images_changed(void *ctx)
{
    struct appdemo *demo = ctx;
    demo->health.on_trial = appdemo_is_on_trial(&demo->images);
}

static void tell_net(void *ctx, struct duo_smp_net_health *told)
{
    const struct appdemo *demo = ctx;
    const struct demo_health *health = &demo->health;

    *told = (struct duo_smp_net_health){
        .held = duo_network_is_held(),
        .well = health->well,
        .seen = health->seen,
        .version = health->last.version,
        .beat_count = health->last.count,
        .uptime_ms = health->last.uptime_ms,
    };
}

static int run_shell(void *ctx, char *line, struct duo_smp_shell *shell)
{
    struct appdemo *demo = ctx;
    int result;

    demo->console.capture = shell;
    result = appdemo_run_line(demo, line);
    demo->console.capture = NULL;
    return result;
}

/* --- Groups --- */

static void open_os(struct appdemo *demo)
{
    struct appdemo_smp *smp = &demo->smp;

    smp->names = (struct duo_smp_os_names){
        .kernel = "Duoboot",
        .node = smp->serial_number,
        .kernel_release = DUO_VERSION,
        .kernel_version = DUO_VERSION,
        .machine = "arm",
        .processor = "cortex-m33",
        .platform = "nrf5340dk/nrf5340/cpuapp",
        .os = "Duoboot",
    };
    smp->os = (struct duo_smp_os){
        .server = &smp->server,
        .clock = &demo->timer.clock,
        .names = &smp->names,
        .may_reset = may_reset,
        .reset = reset,
        .task = tell_task,
        .ctx = demo,
    };
}

static void open_groups(struct appdemo *demo)
{
    struct appdemo_smp *smp = &demo->smp;
    const struct duo_smp_group groups[APPDEMO_GROUPS] = {
        {&duo_smp_os_group,       &smp->os            },
        {&duo_smp_image_group,    &smp->image         },
        {&duo_smp_stat_group,     &smp->stats         },
        {&duo_smp_settings_group, &smp->settings_group},
        {&duo_smp_fs_group,       &smp->fs            },
        {&duo_smp_shell_group,    &smp->shell         },
        {&duo_smp_enum_group,     &smp->server        },
        {&duo_smp_basic_group,    &smp->basic         },
        {&duo_smp_duoboot_group,  &smp->duoboot       },
    };
    const struct duo_smp_server_config server = {
        .groups = smp->groups,
        .group_count = APPDEMO_GROUPS,
        .memory = smp->packets,
        .packet_bytes = APPDEMO_PACKET_BYTES,
        .packet_count = APPDEMO_PACKETS,
        .told_count = APPDEMO_PACKETS_TOLD,
    };
    const struct duo_smp_image_config image = {
        .slots = &demo->images.slots,
        .trust = &demo->images.trust,
        .crypto = &smp->crypto.crypto,
        .clock = &demo->timer.clock,
        .open_ext = open_ext,
        .close_ext = close_ext,
        .on_change = images_changed,
        .ctx = demo,
        .ring = smp->ring,
        .ring_bytes = sizeof(smp->ring),
    };

    memcpy(smp->groups, groups, sizeof(groups));
    duo_smp_server_init(&smp->server, &server);
    duo_crypto_small_hash_init(&smp->crypto);
    duo_smp_image_init(&smp->image, &image);
    open_os(demo);
    smp->shell = (struct duo_smp_shell){
        .line = smp->line,
        .line_bytes = sizeof(smp->line),
        .run = run_shell,
        .ctx = demo,
        .output = smp->output,
        .output_room_bytes = sizeof(smp->output),
    };
    smp->log = (struct duo_smp_log){.ring = demo->console.log_ring,
                                    .ring_bytes = APPDEMO_LOG_BYTES,
                                    .count = &demo->console.log_count};
    smp->duoboot = (struct duo_smp_duoboot){.image = &smp->image,
                                            .layout = &duo_layout_nrf5340dk,
                                            .net = tell_net,
                                            .log = &smp->log,
                                            .ctx = demo};
    appdemo_files_init(demo);
}

static const struct duo_smp_stat *fill_stats(struct appdemo *demo)
{
    const struct duo_smp_counts *counts = &demo->smp.server.counts;
    const struct duo_smp_stat stats[APPDEMO_STATS] = {
        {"requests",     &counts->requests                 },
        {"answers",      &counts->answers                  },
        {"errors",       &counts->errors                   },
        {"no_buffer",    &counts->no_buffer                },
        {"too_long",     &counts->too_long                 },
        {"malformed",    &counts->malformed                },
        {"frame_errors", &counts->frame_errors             },
        {"timeouts",     &counts->timeouts                 },
        {"console_lost", &demo->console.uart.rx_lost_bytes },
        {"link_lost",    &demo->smp.link_uart.rx_lost_bytes},
        {"log_bytes",    &demo->console.log_count          },
        {"net_beats",    &demo->health.beat_count          },
    };

    memcpy(demo->smp.stat_values, stats, sizeof(stats));
    return demo->smp.stat_values;
}

static void open_stats(struct appdemo *demo)
{
    struct appdemo_smp *smp = &demo->smp;
    const struct duo_smp_stat *stats = fill_stats(demo);
    const struct duo_smp_stat_set sets[APPDEMO_STAT_SETS] = {
        {"smp",  &stats[0],  8},
        {"uart", &stats[8],  2},
        {"demo", &stats[10], 2},
    };

    memcpy(smp->stat_sets, sets, sizeof(sets));
    smp->stats = (struct duo_smp_stats){smp->stat_sets, APPDEMO_STAT_SETS};
}

void appdemo_smp_init(struct appdemo *demo)
{
    paint_stack();
    open_settings(demo);
    open_groups(demo);
    open_stats(demo);
    appdemo_lines_open(demo);
}

bool appdemo_smp_step(struct appdemo *demo)
{
    bool more = appdemo_lines_take(demo);

    more = duo_smp_step(&demo->smp.server) || more;
    /* An erase takes long enough to sleep meanwhile. */
    more = (duo_smp_image_step(&demo->smp.image) &&
            !duo_upload_is_erasing(&demo->smp.image.upload)) ||
           more;
    duo_smp_os_step(&demo->smp.os);
    return more;
}

void appdemo_smp_reset_later(struct appdemo *demo)
{
    demo->smp.os.reset_due_us = demo->timer.clock.now_us(&demo->timer.clock) +
                                (uint64_t)DUO_SMP_RESET_MS * 1000U;
    demo->smp.os.reset_mode = DUO_SMP_BOOT_NORMAL;
}

void appdemo_smp_settle(struct appdemo *demo)
{
    duo_smp_image_settle(&demo->smp.image);
}
