/* SPDX-License-Identifier: MIT */
/* See small_device.h. */
#include "small_device.h"

#include "crypto_openssl.h"
#include "duo/ram_files.h"
#include "smp/server_rig.h"

#define JOURNAL_BYTES 700U
#define RAM_BYTES     800U
#define LARGE_STATS   24U

struct small_device {
    struct rig rig;
    struct duo_smp_group groups[6];
    struct duo_smp_os os;
    struct duo_smp_stats stats;
    struct duo_smp_fs fs;
    struct duo_smp_disk disk;
    struct duo_ram_files ram;
    uint8_t ram_memory[RAM_BYTES];
    struct duo_smp_shell shell;
    struct duo_crypto *crypto;
    char line[64];
    char output[256];
    size_t next;
};

static const struct duo_smp_os_names names = {
    .kernel = "Duoboot",
    .node = "board",
    .kernel_release = "1.2.3",
    .kernel_version = "abc",
    .build_time = "now",
    .machine = "arm",
    .processor = "cortex-m33",
    .platform = "nrf5340dk",
    .os = "none",
};

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void reset(void *ctx, enum duo_smp_boot_mode mode)
{
    (void)ctx;
    (void)mode;
}

static bool task(void *ctx, uint32_t index, struct duo_smp_task *task)
{
    (void)ctx;
    *task = (struct duo_smp_task){.name = "main",
                                  .id = 1,
                                  .state = 2,
                                  .stack_used_words = 100,
                                  .stack_words = 300,
                                  .switches = 70000,
                                  .run_ms = 5};
    return index == 0;
}

static const uint32_t values[2] = {7, 70000};
static const struct duo_smp_stat stats[] = {
    {"ticks",  &values[0]},
    {"frames", &values[1]},
};
static const struct duo_smp_stat large_stats[LARGE_STATS] = {
    {"a name of twenty-four ch", &values[0]},
    {"another of twenty-four..", &values[0]},
    {"a third of twenty-four..", &values[0]},
    {"a fourth of twenty-four.", &values[0]},
    {"a fifth of twenty-four..", &values[0]},
    {"a sixth of twenty-four..", &values[0]},
    {"a seventh of twenty-four", &values[0]},
    {"an eighth of twenty-four", &values[0]},
    {"a ninth of twenty-four..", &values[0]},
    {"a tenth of twenty-four..", &values[0]},
    {"an eleventh of the names", &values[0]},
    {"a twelfth of twenty-four", &values[0]},
    {"a thirteenth, and so on.", &values[0]},
    {"a fourteenth, and so on.", &values[0]},
    {"a fifteenth, and so on..", &values[0]},
    {"a sixteenth, and so on..", &values[0]},
    {"a seventeenth, and so on", &values[0]},
    {"an eighteenth, and so on", &values[0]},
    {"a nineteenth, and so on.", &values[0]},
    {"a twentieth, and so on..", &values[0]},
    {"the twenty-first of them", &values[0]},
    {"the twenty-second of all", &values[0]},
    {"the twenty-third of them", &values[0]},
    {"the twenty-fourth of all", &values[0]},
};
static const struct duo_smp_stat_set sets[] = {
    {"smp_svr_stats", stats,       COUNT(stats)},
    {"large",         large_stats, LARGE_STATS },
};

static bool open_journal(void *ctx, uint32_t *len_bytes)
{
    (void)ctx;
    *len_bytes = JOURNAL_BYTES;
    return true;
}

static size_t read_journal(void *ctx, uint32_t off_bytes, uint8_t *dst,
                           size_t room_bytes)
{
    size_t count = room_bytes < 100 ? room_bytes : 100;

    (void)ctx;
    for (size_t i = 0; i < count; i++) {
        dst[i] = (uint8_t)('A' + (off_bytes + i) % 26U);
    }
    return count;
}

static bool open_empty(void *ctx, uint32_t *len_bytes)
{
    (void)ctx;
    *len_bytes = 0;
    return true;
}

static const struct duo_smp_file files[] = {
    {"/boot/journal.txt", open_journal, read_journal, NULL},
    {"/empty",            open_empty,   read_journal, NULL},
};

static int run(void *ctx, char *line, struct duo_smp_shell *shell)
{
    (void)ctx;
    shell->output_bytes = (size_t)snprintf(
        shell->output, shell->output_room_bytes, "ran %s\n", line);
    return strcmp(line, "fail") == 0 ? -22 : 0;
}

static const struct duo_smp_group_type bare_group = {.id = 64, .name = "bare"};

struct small_device *small_device_create(bool is_busy)
{
    struct small_device *device = calloc(1, sizeof(*device));

    assert_non_null(device);
    device->crypto = duo_crypto_openssl_create();
    const struct duo_smp_group groups[] = {
        {&duo_smp_os_group,    &device->os        },
        {&duo_smp_stat_group,  &device->stats     },
        {&duo_smp_fs_group,    &device->fs        },
        {&duo_smp_shell_group, &device->shell     },
        {&duo_smp_enum_group,  &device->rig.server},
        {&bare_group,          NULL               },
    };
    memcpy(device->groups, groups, sizeof(groups));
    rig_init(&device->rig, device->groups, COUNT(groups));
    device->os = (struct duo_smp_os){.server = &device->rig.server,
                                     .clock = &device->rig.clock,
                                     .names = &names,
                                     .may_reset = is_busy ? never : NULL,
                                     .reset = reset,
                                     .task = task};
    device->stats = (struct duo_smp_stats){sets, COUNT(sets)};
    duo_ram_files_init(&device->ram, device->ram_memory, RAM_BYTES);
    device->disk = duo_ram_files_disk(&device->ram, "/ram/");
    device->fs = (struct duo_smp_fs){.files = files,
                                     .count = COUNT(files),
                                     .disk = &device->disk,
                                     .server = &device->rig.server,
                                     .crypto = device->crypto};
    device->shell = (struct duo_smp_shell){
        .line = device->line,
        .line_bytes = sizeof(device->line),
        .run = run,
        .output = device->output,
        .output_room_bytes = sizeof(device->output),
    };
    return device;
}

void small_device_destroy(struct small_device *device)
{
    duo_crypto_openssl_destroy(device->crypto);
    free(device);
}

void small_device_ask(struct small_device *device, struct duo_bytes request)
{
    device->rig.sent_count = 0;
    device->next = 0;
    assert_true(rig_queue(&device->rig, request, 0));
    rig_run(&device->rig);
}

bool small_device_answer(struct small_device *device, struct duo_bytes *answer)
{
    bool is_there = device->next < device->rig.sent_count;

    if (is_there) {
        *answer = (struct duo_bytes){device->rig.sent[device->next],
                                     device->rig.sent_bytes[device->next]};
        device->next++;
    }
    return is_there;
}
