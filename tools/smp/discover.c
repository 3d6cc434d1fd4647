/* SPDX-License-Identifier: MIT */
/* What could be a device; see discover.h. */
#include "discover.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *need(void *memory)
{
    if (memory == NULL) {
        (void)fputs("duoboot: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void duo_found_add(struct duo_found_list *found, const char *url,
                   const char *what, int rssi_db)
{
    found->list =
        need(realloc(found->list, (found->count + 1U) * sizeof(*found->list)));
    found->list[found->count++] = (struct duo_found){.url = need(strdup(url)),
                                                     .what = need(strdup(what)),
                                                     .rssi_db = rssi_db};
}

void duo_found_free(struct duo_found_list *found)
{
    for (size_t i = 0; i < found->count; i++) {
        free(found->list[i].url);
        free(found->list[i].what);
    }
    free(found->list);
    *found = (struct duo_found_list){0};
}

/* --- Boards in directories --- */

static bool is_board(const char *dir)
{
    char path[PATH_MAX];
    int chars = snprintf(path, sizeof(path), "%s/board.json", dir);

    return chars > 0 && (size_t)chars < sizeof(path) && access(path, R_OK) == 0;
}

static void add_board(struct duo_found_list *found, const char *dir)
{
    char url[PATH_MAX + 16];

    if (is_board(dir)) {
        (void)snprintf(url, sizeof(url), "board:%s", dir);
        duo_found_add(found, url, "virtual board in this directory", 0);
    }
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The working directory and those right in it. */
static void scan_boards(struct duo_found_list *found)
{
    struct dirent **entries = NULL;
    int count = scandir(".", &entries, is_visible, alphasort);

    add_board(found, ".");
    for (int i = 0; i < count; i++) {
        add_board(found, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

void duo_discover_boards(const struct duo_discover *discover,
                         struct duo_found_list *found)
{
    if (discover->board_dirs == NULL) {
        scan_boards(found);
        return;
    }
    for (size_t i = 0; i < discover->board_dir_count; i++) {
        add_board(found, discover->board_dirs[i]);
    }
}

bool duo_discover(const struct duo_discover *discover,
                  struct duo_found_list *found,
                  void (*on_trouble)(void *ctx, const char *sentence),
                  void *ctx)
{
    struct duo_tool_error error;

    duo_discover_serial(discover, found);
    duo_discover_boards(discover, found);
    if (discover->ble_ms == 0) {
        return true;
    }
    if (!duo_discover_ble(discover->ble_ms, found, &error)) {
        if (error.exit_code == DUO_EXIT_INTERNAL) {
            return false;
        }
        if (on_trouble != NULL) {
            on_trouble(ctx, error.text);
        }
    }
    return true;
}
