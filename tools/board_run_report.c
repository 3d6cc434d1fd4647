/* SPDX-License-Identifier: MIT */
/* How a run of the virtual board ended, and what it cost. */
#include <string.h>

#include "board_boot_options.h"
#include "board_run.h"
#include "print_json.h"

static const char *const device_names[] = {"app", "net", "ext"};

static const struct {
    enum duo_run_end end;
    const char *name;
    int exit_code;
    const char *text; /* NULL: the stop's. */
} ends[] = {
  /* Saved amid a run, when its power was switched off. */
    {DUO_RUN_GOES_ON,    "off",        DUO_EXIT_OK,         "The run goes on."               },
    {DUO_RUN_TIME_OVER,  "time-over",  DUO_EXIT_OK,
     "The time of --time is over."                                                           },
    {DUO_RUN_SEEN,       "seen",       DUO_EXIT_OK,         "All texts of --until were seen."},
    {DUO_RUN_IDLE,       "idle",       DUO_EXIT_OK,         "Nothing would happen any more." },
    {DUO_RUN_USER,       "ended",      DUO_EXIT_OK,
     "The run was ended from outside; the board was saved."                                  },
    {DUO_RUN_CUT,        "power-cut",  DUO_EXIT_POWER_CUT,  "The power was cut."             },
    {DUO_RUN_OFF,        "off",        DUO_EXIT_POWER_CUT,  "The board has no power."        },
    {DUO_RUN_UNMODELLED, "unmodelled", DUO_EXIT_UNMODELLED, NULL                             },
    {DUO_RUN_RULE,       "rule",       DUO_EXIT_RULE,       NULL                             },
    {DUO_RUN_BROKEN,     "broken",     DUO_EXIT_INTERNAL,   NULL                             },
};

static unsigned row_of(const struct duo_run *run)
{
    unsigned i = 0;

    while (ends[i].end != run->end) {
        i++;
    }
    return i;
}

/* The end came before what the user waits for. */
static bool has_missed(const struct duo_run *run)
{
    return run->options->until_count > 0 &&
           (run->end == DUO_RUN_TIME_OVER || run->end == DUO_RUN_IDLE ||
            run->end == DUO_RUN_USER);
}

static const char *outcome(const struct duo_run *run)
{
    return has_missed(run) ? "timeout" : ends[row_of(run)].name;
}

int duo_run_exit_code(const struct duo_run *run)
{
    return has_missed(run) ? DUO_EXIT_TIMEOUT : ends[row_of(run)].exit_code;
}

const char *duo_run_end_text(const struct duo_run *run)
{
    const char *text = ends[row_of(run)].text;

    return text != NULL ? text : run->stop.text;
}

static json_t *cut_json(const struct duo_run *run)
{
    json_t *cut;

    if (run->end != DUO_RUN_CUT) {
        return json_null();
    }
    cut = json_pack("{s:I, s:s, s:I}", "time_us",
                    (json_int_t)(run->cut.at_ns / 1000U), "kind",
                    duo_board_word_of(duo_board_cut_words, (int)run->cut.kind),
                    "seed", (json_int_t)run->cut.seed);
    if (run->cut_op.op_index != 0) {
        (void)json_object_set_new(
            cut, "operation", json_integer((json_int_t)run->cut_op.op_index));
        (void)json_object_set_new(cut, "device",
                                  json_string(run->cut_op.device));
    }
    return cut;
}

json_t *duo_run_summary_json(const struct duo_run *run)
{
    return json_pack("{s:s, s:s, s:n, s:n, s:o, s:I}", "from", "run", "outcome",
                     outcome(run), "app", "net", "cut", cut_json(run),
                     "operations", (json_int_t)run->op_count);
}

static json_t *core_json(const struct duo_run *run, enum duo_core core)
{
    struct duo_vb_core_stats stats;

    duo_vb_core_stats(run->vb, core, &stats);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "instructions",
                     (json_int_t)stats.instructions, "run_us",
                     (json_int_t)(stats.run_ns / 1000U), "sleep_us",
                     (json_int_t)(stats.sleep_ns / 1000U), "stall_us",
                     (json_int_t)(stats.stall_ns / 1000U), "held_us",
                     (json_int_t)(stats.held_ns / 1000U), "exceptions",
                     (json_int_t)stats.exceptions, "resets",
                     (json_int_t)stats.resets);
}

static json_t *device_json(const struct duo_run_device_count *count)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "writes",
                     (json_int_t)count->writes, "written_bytes",
                     (json_int_t)count->written_bytes, "erases",
                     (json_int_t)count->erases, "erased_bytes",
                     (json_int_t)count->erased_bytes, "busy_us",
                     (json_int_t)(count->busy_ns / 1000U));
}

static double host_seconds(const struct duo_run *run)
{
    return (double)run->host_ns / 1e9;
}

static double instructions_per_second(const struct duo_run *run)
{
    double sum = 0;

    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        struct duo_vb_core_stats stats;
        duo_vb_core_stats(run->vb, (enum duo_core)core, &stats);
        sum += (double)stats.instructions;
    }
    return run->host_ns > 0 ? sum / host_seconds(run) : 0;
}

static const struct duo_gateway *gateway_of(const struct duo_run *run)
{
    return run->console.ports[DUO_VB_UART_LINK].gateway;
}

static json_t *stats_json(const struct duo_run *run)
{
    json_t *devices = json_object();
    json_t *stats;

    for (unsigned i = 0; i < 3; i++) {
        (void)json_object_set_new(devices, device_names[i],
                                  device_json(&run->counts[i]));
    }
    stats = json_pack("{s:f, s:f, s:f, s:{s:o, s:o}, s:o}", "virtual_s",
                      (double)duo_run_now_ns(run) / 1e9, "host_s",
                      host_seconds(run), "instructions_per_host_s",
                      instructions_per_second(run), "cores", "app",
                      core_json(run, DUO_CORE_APP), "net",
                      core_json(run, DUO_CORE_NET), "devices", devices);
    if (gateway_of(run) != NULL) {
        (void)json_object_set_new(stats, "udp",
                                  duo_gateway_json(gateway_of(run)));
    }
    return stats;
}

/* A stop names a core and where it was. */
static bool has_place(const struct duo_run *run)
{
    return run->end == DUO_RUN_UNMODELLED || run->end == DUO_RUN_RULE ||
           run->end == DUO_RUN_BROKEN;
}

static json_t *stop_json(const struct duo_run *run)
{
    if (!has_place(run)) {
        return json_null();
    }
    return json_pack("{s:s, s:I, s:I, s:s}", "core",
                     run->stop.core < DUO_CORE_COUNT
                         ? duo_core_name(run->stop.core)
                         : "none",
                     "pc", (json_int_t)run->stop.pc, "address",
                     (json_int_t)run->stop.addr, "text", run->stop.text);
}

json_t *duo_run_report_json(const struct duo_run *run)
{
    json_t *root = duo_run_summary_json(run);

    (void)json_object_set_new(
        root, "time_us",
        json_integer((json_int_t)(duo_run_now_ns(run) / 1000U)));
    (void)json_object_set_new(root, "seed",
                              json_integer((json_int_t)run->seed));
    (void)json_object_set_new(root, "stop", stop_json(run));
    (void)json_object_set(root, "lines", run->console.record);
    if (run->options->has_stats) {
        (void)json_object_set_new(root, "stats", stats_json(run));
    }
    return root;
}

static void print_core(const struct duo_run *run, enum duo_core core)
{
    struct duo_vb_core_stats stats;
    double whole;

    duo_vb_core_stats(run->vb, core, &stats);
    whole = (double)(stats.run_ns + stats.sleep_ns + stats.stall_ns +
                     stats.held_ns) /
            100.0;
    whole = whole > 0 ? whole : 1;
    (void)printf("%s core   %13llu instructions; %.1f %% running, %.1f %% "
                 "asleep, %.1f %% waiting for its flash, %.1f %% held; %llu "
                 "exceptions, %llu resets\n",
                 duo_core_name(core), (unsigned long long)stats.instructions,
                 (double)stats.run_ns / whole, (double)stats.sleep_ns / whole,
                 (double)stats.stall_ns / whole, (double)stats.held_ns / whole,
                 (unsigned long long)stats.exceptions,
                 (unsigned long long)stats.resets);
}

static void print_stats(const struct duo_run *run)
{
    print_core(run, DUO_CORE_APP);
    print_core(run, DUO_CORE_NET);
    for (unsigned i = 0; i < 3; i++) {
        const struct duo_run_device_count *count = &run->counts[i];
        (void)printf("%s flash  %13llu bytes in %llu writes; %llu erases; "
                     "busy %.3f s\n",
                     device_names[i], (unsigned long long)count->written_bytes,
                     (unsigned long long)count->writes,
                     (unsigned long long)count->erases,
                     (double)count->busy_ns / 1e9);
    }
    if (gateway_of(run) != NULL) {
        duo_gateway_print(gateway_of(run));
    }
    (void)printf("%.3f virtual seconds in %.3f host seconds; %.0f million "
                 "instructions a host second\n",
                 (double)duo_run_now_ns(run) / 1e9, host_seconds(run),
                 instructions_per_second(run) / 1e6);
}

static void print_missed(const struct duo_run *run)
{
    for (unsigned i = 0; i < run->options->until_count; i++) {
        if (!run->console.until_seen[i]) {
            (void)fprintf(
                stderr, "duoboot: no UART printed '%s' in %.6f s%s\n",
                run->options->until[i], (double)duo_run_now_ns(run) / 1e9,
                run->end == DUO_RUN_IDLE ? ", and nothing would happen any more"
                                         : "");
        }
    }
}

static void print_cut(const struct duo_run *run)
{
    char place[96] = "";

    if (run->cut_op.op_index != 0) {
        (void)snprintf(
            place, sizeof(place), " at operation %llu (%s, %s)",
            (unsigned long long)run->cut_op.op_index, run->cut_op.device,
            run->cut_op.kind == DUO_SIM_OP_ERASE ? "erase" : "write");
    }
    (void)printf("*** power cut%s, %llu.%09llu s, %s; seed %llu ***\n", place,
                 (unsigned long long)(run->cut.at_ns / 1000000000U),
                 (unsigned long long)(run->cut.at_ns % 1000000000U),
                 duo_board_word_of(duo_board_cut_words, (int)run->cut.kind),
                 (unsigned long long)run->cut.seed);
}

void duo_run_report(const struct duo_run *run)
{
    if (run->options->is_json) {
        duo_print_json(duo_run_report_json(run));
    } else if (run->end == DUO_RUN_CUT && !run->options->is_raw) {
        print_cut(run);
    }
    if (has_place(run)) {
        (void)fprintf(stderr, "duoboot: %s\n", run->stop.text);
    } else if (run->options->cut_at != DUO_RUN_CUT_NONE &&
               run->end != DUO_RUN_CUT) {
        (void)fprintf(
            stderr, "duoboot: note: the run ended before the power was cut\n");
    }
    if (has_missed(run)) {
        print_missed(run);
    }
    if (run->options->has_stats && !run->options->is_json) {
        print_stats(run);
    }
}
