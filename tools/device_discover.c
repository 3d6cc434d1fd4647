/* SPDX-License-Identifier: MIT */
/* duoboot device discover: what could be a device; see device_list.h. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "device_list.h"
#include "discover.h"
#include "print_json.h"
#include "text.h"

#define BLE_MS_DEFAULT 3000U
#define BOARDS_MAX     16U

struct discover_options {
    struct duo_talk_options common; /* First. */
    uint32_t ble_ms;
    const char *board_dirs[BOARDS_MAX];
    size_t board_dir_count;
    const char *sysfs_root;
    const char *dev_root;
};

enum { KEY_SYSFS = 0x200, KEY_DEV, KEY_NO_BLE };

/* clang-format off */
static const struct argp_option option_table[] = {
    {"no-ble", KEY_NO_BLE, NULL, 0, "Do not listen for Bluetooth", 0},
    {"sysfs-root", KEY_SYSFS, "DIR", OPTION_HIDDEN, "Read this tree instead of /sys", 0},
    {"dev-root", KEY_DEV, "DIR", OPTION_HIDDEN, "Read this tree instead of /dev", 0},
    {0}};
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct discover_options *options = state->input;

    switch (key) {
    case KEY_NO_BLE: options->ble_ms = 0; break;
    case KEY_SYSFS: options->sysfs_root = arg; break;
    case KEY_DEV: options->dev_root = arg; break;
    case ARGP_KEY_ARG:
        if (options->board_dir_count == BOARDS_MAX) {
            argp_error(state, "at most %u directories", BOARDS_MAX);
        }
        options->board_dirs[options->board_dir_count++] = arg;
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct duo_talk_verb verb = {
    .args_doc = "[BOARD-DIR...]",
    .options = option_table,
    .parse = parse,
    .doc = "What could be a device: serial ports, Bluetooth devices that "
           "offer SMP, virtual boards (in BOARD-DIR, or below the working "
           "directory), and the names of the config file. Nothing is opened. "
           "UDP has no discovery: name the host.\v"
           "JSON: {devices: [{url, what, rssi_db}], names: [{name, url, "
           "is_default}], troubles: [text]}.\n\n"
           "Example:\n"
           "  duoboot device discover\n",
};

static void on_trouble(void *ctx, const char *sentence)
{
    (void)json_array_append_new(ctx, json_string(sentence));
}

static json_t *found_json(const struct duo_found_list *found)
{
    json_t *list = json_array();

    for (size_t i = 0; i < found->count; i++) {
        const struct duo_found *one = &found->list[i];
        (void)json_array_append_new(
            list, json_pack("{s:s,s:s,s:o}", "url", one->url, "what", one->what,
                            "rssi_db",
                            one->rssi_db == 0 ? json_null()
                                              : json_integer(one->rssi_db)));
    }
    return list;
}

static bool is_default(const struct duo_config *config,
                       const struct duo_config_entry *entry)
{
    return config->device != NULL && strcmp(config->device, entry->name) == 0;
}

static json_t *names_json(const struct duo_config *config)
{
    json_t *list = json_array();

    for (size_t i = 0; i < config->count; i++) {
        const struct duo_config_entry *entry = &config->devices[i];
        (void)json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "name",
                                                    entry->name, "url",
                                                    entry->url, "is_default",
                                                    is_default(config, entry)));
    }
    return list;
}

static void print(const struct duo_found_list *found,
                  const struct duo_config *config)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct duo_found *one = &found->list[i];
        (void)printf("%-32s  %s", one->url, one->what);
        if (one->rssi_db != 0) {
            (void)printf(", %d dBm", one->rssi_db);
        }
        (void)printf("\n");
    }
    for (size_t i = 0; i < config->count; i++) {
        const struct duo_config_entry *entry = &config->devices[i];
        (void)printf("%-32s  %s, of %s%s\n", entry->name, entry->url,
                     config->path,
                     is_default(config, entry) ? " (the default)" : "");
    }
    if (found->count == 0 && config->count == 0) {
        (void)printf("Nothing found. Is the board plugged in, and is its cable "
                     "one for data?\n");
    }
}

static bool run(const struct discover_options *options,
                struct duo_tool_error *error)
{
    const struct duo_discover discover = {
        .board_dirs =
            options->board_dir_count == 0 ? NULL : options->board_dirs,
        .board_dir_count = options->board_dir_count,
        .ble_ms = options->ble_ms,
        .sysfs_root = options->sysfs_root,
        .dev_root = options->dev_root,
    };
    json_t *troubles = json_array();
    struct duo_found_list found = {0};
    struct duo_config config = {0};
    bool done = duo_config_read(&config, error) &&
                duo_discover(&discover, &found, on_trouble, troubles);

    if (done && options->common.is_json) {
        duo_print_json(json_pack("{s:o,s:o,s:O}", "devices", found_json(&found),
                                 "names", names_json(&config), "troubles",
                                 troubles));
    } else if (done) {
        print(&found, &config);
        for (size_t i = 0;
             !options->common.is_quiet && i < json_array_size(troubles); i++) {
            (void)fprintf(stderr, "%s\n",
                          json_string_value(json_array_get(troubles, i)));
        }
    }
    json_decref(troubles);
    duo_found_free(&found);
    duo_config_free(&config);
    return done;
}

int duo_talk_discover(int argc, char **argv)
{
    struct discover_options options = {.ble_ms = BLE_MS_DEFAULT};
    struct duo_tool_error error = {
        .exit_code = DUO_EXIT_INTERNAL,
        .text = "the search for devices failed",
    };

    duo_talk_parse(&verb, argc, argv, &options.common);
    return run(&options, &error) ? DUO_EXIT_OK : duo_tool_report(&error);
}
