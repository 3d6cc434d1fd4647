/* SPDX-License-Identifier: MIT */
/* duoboot board boot, reset: one boot of a simulated board. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board_boot_options.h"
#include "board_stats.h"
#include "print_json.h"
#include "text.h"

struct boot {
    const struct duo_board_boot_options *options;
    struct duo_board board;
    struct duo_sim_cut cut;
    bool has_cut_op;      /* The operation of the cut was started: */
    struct duo_sim_op op; /* this one. */
    json_t *log;
    struct duo_board_stats stats;
};

static json_t *event_json(uint64_t time_us, const struct duo_event *event,
                          const char *text)
{
    static const char *const types[] = {
        [DUO_EVENT_BOOT] = "boot",     [DUO_EVENT_VERIFIED] = "verified",
        [DUO_EVENT_BAD] = "bad",       [DUO_EVENT_DECISION] = "decision",
        [DUO_EVENT_STAGED] = "staged", [DUO_EVENT_COPIED] = "copied",
        [DUO_EVENT_REASON] = "reason", [DUO_EVENT_START] = "start",
    };
    bool has_reason =
        event->type == DUO_EVENT_REASON || event->type == DUO_EVENT_BAD;

    return json_pack(
        "{s:I, s:s, s:s?, s:s?, s:s?, s:s}", "time_us", (json_int_t)time_us,
        "event", types[event->type], "core",
        event->core < DUO_CORE_COUNT ? duo_core_name(event->core) : NULL,
        "action",
        event->type == DUO_EVENT_DECISION ? duo_action_name(event->action)
                                          : NULL,
        "reason_name", has_reason ? duo_reason_text(event->reason)->name : NULL,
        "text", text);
}

static void on_event(void *ctx, uint64_t time_us, const struct duo_event *event)
{
    struct boot *boot = ctx;
    char text[256];

    duo_event_format(event, text, sizeof(text));
    (void)json_array_append_new(boot->log, event_json(time_us, event, text));
    if (boot->options->is_json) {
        return;
    }
    (void)printf("[%05llu.%06llu] %s\n",
                 (unsigned long long)(time_us / 1000000U),
                 (unsigned long long)(time_us % 1000000U), text);
}

static void on_op(void *ctx, const struct duo_sim_op *op)
{
    struct boot *boot = ctx;

    if (op->op_index == boot->cut.op_index) {
        boot->op = *op;
        boot->has_cut_op = true;
    }
}

static void power_or_reset(struct duo_native_board *native, bool is_reset,
                           struct duo_sim_cut cut)
{
    if (is_reset) {
        duo_sim_reset(&native->world);
        native->world.cut = cut;
        (void)duo_native_boot(native);
    } else {
        (void)duo_native_power_cycle(native, cut);
    }
}

static void apply_options(struct duo_native_board *native,
                          const struct duo_board_boot_options *options)
{
    native->config.charge_cpu = options->charge_cpu;
    native->net_mode = options->net;
    native->lie_seed = options->seed;
    native->ext->absent = options->ext_absent;
}

/* Of the boot that would happen without a cut, on a board of its own. */
static bool count_operations(struct boot *boot, uint64_t *count,
                             struct duo_tool_error *error)
{
    static const struct duo_sim_cut no_cut = {0, DUO_SIM_CUT_BEFORE, 0};
    struct duo_native_board *twin = duo_board_twin(&boot->board, error);

    if (twin == NULL) {
        return false;
    }
    apply_options(twin, boot->options);
    power_or_reset(twin, boot->options->is_reset, no_cut);
    *count = twin->world.op_count;
    duo_native_destroy(twin);
    return *count != 0 ||
           duo_tool_fail(error, DUO_EXIT_USAGE,
                         "--cut-at random: this boot writes and erases "
                         "nothing, so there is nothing to cut");
}

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

static bool settle_cut(struct boot *boot, struct duo_tool_error *error)
{
    const struct duo_board_boot_options *options = boot->options;
    uint64_t draw = mix(options->seed + 0x9E3779B97F4A7C15U);
    uint64_t count;

    if (!options->has_cut) {
        return true;
    }
    boot->cut.seed = options->seed;
    boot->cut.kind =
        options->has_cut_kind ? options->cut_kind : DUO_SIM_CUT_TORN;
    boot->cut.op_index = options->cut_index;
    if (options->is_cut_random) {
        if (!count_operations(boot, &count, error)) {
            return false;
        }
        boot->cut.op_index = 1U + draw % count;
        if (!options->has_cut_kind) {
            boot->cut.kind =
                (enum duo_sim_cut_kind)((draw >> 40) % DUO_SIM_CUT_KIND_COUNT);
        }
    }
    return true;
}

static const char *op_name(const struct boot *boot)
{
    return boot->op.kind == DUO_SIM_OP_ERASE ? "erase" : "write";
}

static const char *cut_name(const struct boot *boot)
{
    return duo_board_word_of(duo_board_cut_words, (int)boot->cut.kind);
}

static uint32_t op_addr(const struct boot *boot)
{
    const struct duo_sim_flash *flash =
        duo_board_flash(&boot->board, boot->op.device);
    return flash->flash.geometry.base_addr + boot->op.off_bytes;
}

static const char *outcome_name(const struct boot *boot)
{
    if (boot->board.native->world.dead) {
        return "power-cut";
    }
    return boot->board.native->result.outcome == DUO_BOOT_START ? "started"
                                                                : "recovery";
}

static int exit_code_of(const struct boot *boot)
{
    if (boot->board.native->world.dead) {
        return DUO_EXIT_POWER_CUT;
    }
    return boot->board.native->result.outcome == DUO_BOOT_START
               ? DUO_EXIT_OK
               : DUO_EXIT_RECOVERY;
}

static json_t *cut_json(const struct boot *boot)
{
    if (!boot->board.native->world.dead) {
        return json_null();
    }
    return json_pack("{s:I, s:s, s:s, s:I, s:I, s:s, s:I}", "operation",
                     (json_int_t)boot->op.op_index, "device", boot->op.device,
                     "what", op_name(boot), "address",
                     (json_int_t)op_addr(boot), "size_bytes",
                     (json_int_t)boot->op.len_bytes, "kind", cut_name(boot),
                     "seed", (json_int_t)boot->cut.seed);
}

/* What people ask about the last boot; also kept in board.json. */
static json_t *summary_json(const struct boot *boot)
{
    const struct duo_boot_result *result = &boot->board.native->result;
    const struct duo_image *net = duo_native_net_image(boot->board.native);
    bool is_cut = boot->board.native->world.dead;

    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:I}", "from",
        boot->options->is_reset ? "reset" : "power-up", "outcome",
        outcome_name(boot), "app",
        is_cut ? json_null() : duo_board_version_json(&result->app), "net",
        is_cut || net == NULL ? json_null() : duo_board_version_json(net),
        "cut", cut_json(boot), "operations",
        (json_int_t)boot->board.native->world.op_count);
}

static void print_end(const struct boot *boot)
{
    if (boot->board.native->world.dead) {
        (void)printf("*** power cut at operation %llu (%s, %s at 0x%x, %s; "
                     "seed %llu) ***\n",
                     (unsigned long long)boot->op.op_index, boot->op.device,
                     op_name(boot), op_addr(boot), cut_name(boot),
                     (unsigned long long)boot->cut.seed);
    } else if (boot->options->has_cut) {
        (void)fprintf(stderr,
                      "duoboot: note: the boot ended after %llu operations, "
                      "before the cut at %llu\n",
                      (unsigned long long)boot->board.native->world.op_count,
                      (unsigned long long)boot->cut.op_index);
    }
    if (boot->options->has_stats) {
        duo_board_stats_print(&boot->stats);
    }
}

static json_t *report_json(const struct boot *boot)
{
    json_t *root = json_copy(boot->board.config.last_boot);

    (void)json_object_set(root, "log", boot->log);
    (void)json_object_set_new(root, "time_us",
                              json_integer((json_int_t)boot->stats.boot_us));
    if (boot->options->has_stats) {
        (void)json_object_set_new(root, "stats",
                                  duo_board_stats_json(&boot->stats));
    }
    return root;
}

static bool write_report(const struct boot *boot, struct duo_tool_error *error)
{
    static const struct duo_tool_file_mode mode = {0644, true};
    json_t *root = report_json(boot);
    char *text = json_dumps(root, JSON_INDENT(2));
    bool done =
        text != NULL
            ? duo_tool_file_write(
                  boot->options->report_path,
                  (struct duo_bytes){(const uint8_t *)text, strlen(text)}, mode,
                  error)
            : duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");

    free(text);
    json_decref(root);
    return done;
}

static bool report(const struct boot *boot, struct duo_tool_error *error)
{
    if (boot->options->is_json) {
        duo_print_json(report_json(boot));
    } else {
        print_end(boot);
    }
    return boot->options->report_path == NULL || write_report(boot, error);
}

static bool run(struct boot *boot, struct duo_tool_error *error)
{
    const struct duo_board_boot_options *options = boot->options;
    struct duo_board *board = &boot->board;

    if (!duo_board_open(options->words.dir, board, error)) {
        return false;
    }
    if (options->is_reset && !board->config.is_powered) {
        return duo_tool_fail(error, DUO_EXIT_REFUSED,
                             "%s: the board has no power; `duoboot board "
                             "boot' switches it on",
                             options->words.dir);
    }
    if (options->small_crypto) {
        duo_board_use_small_crypto(board);
    }
    apply_options(board->native, options);
    if (!settle_cut(boot, error)) {
        return false;
    }
    board->on_event = on_event;
    board->on_event_ctx = boot;
    board->native->world.on_op = on_op;
    board->native->world.on_op_ctx = boot;
    duo_board_stats_begin(&boot->stats, board);
    power_or_reset(board->native, options->is_reset, boot->cut);
    duo_board_stats_end(&boot->stats, board);
    board->config.is_powered = !board->native->world.dead;
    json_decref(board->config.last_boot);
    board->config.last_boot = summary_json(boot);
    return true;
}

static int boot_board(int argc, char **argv,
                      struct duo_board_boot_options *options)
{
    struct boot boot = {.options = options};
    struct duo_tool_error error;

    duo_board_boot_options_parse(argc, argv, options);
    boot.log = json_array();
    bool done = run(&boot, &error) && duo_board_save(&boot.board, &error) &&
                report(&boot, &error);
    int exit_code = done ? exit_code_of(&boot) : DUO_EXIT_INTERNAL;
    json_decref(boot.log);
    duo_board_stats_free(&boot.stats);
    duo_board_close(&boot.board);
    return done ? exit_code : duo_tool_report(&error);
}

int duo_board_boot(int argc, char **argv)
{
    struct duo_board_boot_options options = {.is_reset = false};

    return boot_board(argc, argv, &options);
}

int duo_board_reset(int argc, char **argv)
{
    struct duo_board_boot_options options = {.is_reset = true};

    return boot_board(argc, argv, &options);
}
