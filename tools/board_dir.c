/* SPDX-License-Identifier: MIT */
/* A simulated board in a directory; see board_dir.h. */
#include "board_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto_openssl.h"

static void on_event(void *ctx, uint64_t time_us, const struct duo_event *event)
{
    const struct duo_board *board = ctx;

    if (board->on_event != NULL) {
        board->on_event(board->on_event_ctx, time_us, event);
    }
}

/* A broken rule is a fault of Duoboot: it is told, and nothing is saved. */
static void on_violation(struct duo_sim_world *world, const char *text)
{
    struct duo_native_board *native =
        (struct duo_native_board *)(void *)((char *)world -
                                            offsetof(struct duo_native_board,
                                                     world));
    struct duo_board *board = native->config.ctx;

    (void)fprintf(stderr, "duoboot: a rule of the flashes was broken: %s\n",
                  text);
    board->has_violation = true;
}

static struct duo_native_board *make_native(struct duo_board *board)
{
    const struct duo_native_config config = {
        .layout = &board->config.layout.layout,
        .trust = &board->config.trust.trust,
        .app_crypto = board->crypto[DUO_CORE_APP],
        .net_crypto = board->crypto[DUO_CORE_NET],
        .policy = board->config.policy,
        .on_event = on_event,
        .ctx = board,
    };
    struct duo_native_board *native = duo_native_create(&config);

    native->world.on_violation = on_violation;
    native->session = board->config.session;
    native->world.core_ns[DUO_CORE_APP] = board->config.time_ns;
    native->world.core_ns[DUO_CORE_NET] = board->config.time_ns;
    native->world.boot_ns = board->config.time_ns;
    return native;
}

static bool lock(struct duo_board *board, struct duo_tool_error *error)
{
    board->lock_fd = open(board->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (board->lock_fd < 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot open: %s",
                             board->dir, strerror(errno));
    }
    if (flock(board->lock_fd, LOCK_EX | LOCK_NB) == 0) {
        return true;
    }
    if (errno == EWOULDBLOCK) {
        (void)fprintf(stderr,
                      "duoboot: %s: another run has this board; waiting for "
                      "its end\n",
                      board->dir);
    }
    if (flock(board->lock_fd, LOCK_EX) != 0) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot lock: %s",
                             board->dir, strerror(errno));
    }
    return true;
}

static void begin(const char *dir, struct duo_board *board)
{
    board->dir = dir;
    board->lock_fd = -1;
    board->native = NULL;
    board->has_violation = false;
    board->on_event = NULL;
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        board->crypto[core] = duo_crypto_openssl_create();
    }
}

static bool load(struct duo_native_board *native, const char *dir,
                 struct duo_tool_error *error)
{
    char message[256];

    return duo_sim_load(&native->world, dir, message) == DUO_OK ||
           duo_tool_fail(error, DUO_EXIT_INPUT, "%s", message);
}

bool duo_board_open(const char *dir, struct duo_board *board,
                    struct duo_tool_error *error)
{
    memset(board, 0, sizeof(*board));
    begin(dir, board);
    if (!lock(board, error) ||
        !duo_board_config_load(dir, &board->config, error)) {
        return false;
    }
    board->native = make_native(board);
    return load(board->native, dir, error);
}

bool duo_board_make(const char *dir, bool force, struct duo_board *board,
                    struct duo_tool_error *error)
{
    begin(dir, board);
    if (mkdir(dir, 0777) != 0 && !(force && errno == EEXIST)) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: cannot make it: %s%s",
                             dir, strerror(errno),
                             errno == EEXIST ? " (--force replaces it)" : "");
    }
    if (!lock(board, error)) {
        return false;
    }
    /* What is half made is no board any more. */
    if (unlinkat(board->lock_fd, "board.json", 0) != 0 && errno != ENOENT) {
        return duo_tool_fail(error, DUO_EXIT_IO,
                             "%s/board.json: cannot remove: %s", dir,
                             strerror(errno));
    }
    board->native = make_native(board);
    return true;
}

struct duo_native_board *duo_board_twin(struct duo_board *board,
                                        struct duo_tool_error *error)
{
    struct duo_native_board *twin = make_native(board);

    twin->config.app_crypto = board->native->config.app_crypto;
    twin->config.net_crypto = board->native->config.net_crypto;
    twin->app_sim_crypto.inner = twin->config.app_crypto;
    twin->net_sim_crypto.inner = twin->config.net_crypto;
    twin->config.on_event = NULL;
    if (!load(twin, board->dir, error)) {
        duo_native_destroy(twin);
        return NULL;
    }
    return twin;
}

bool duo_board_save(struct duo_board *board, struct duo_tool_error *error)
{
    const uint64_t *core_ns = board->native->world.core_ns;
    char message[256];

    if (board->has_violation) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL,
                             "%s: nothing was saved, since a rule of the "
                             "flashes was broken",
                             board->dir);
    }
    if (duo_sim_save(&board->native->world, board->dir, message) != DUO_OK) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s", message);
    }
    board->config.session = board->native->session;
    board->config.time_ns = core_ns[DUO_CORE_APP] > core_ns[DUO_CORE_NET]
                                ? core_ns[DUO_CORE_APP]
                                : core_ns[DUO_CORE_NET];
    return duo_board_config_save(board->dir, &board->config, error);
}

void duo_board_close(struct duo_board *board)
{
    if (board->native != NULL) {
        duo_native_destroy(board->native);
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (board->crypto[core] != NULL) {
            duo_crypto_openssl_destroy(board->crypto[core]);
        }
    }
    if (board->lock_fd >= 0) {
        (void)close(board->lock_fd);
    }
    duo_board_config_free(&board->config);
}

void duo_board_use_small_crypto(struct duo_board *board)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        duo_crypto_small_init(&board->small[core]);
    }
    board->native->config.app_crypto = &board->small[DUO_CORE_APP].crypto;
    board->native->config.net_crypto = &board->small[DUO_CORE_NET].crypto;
    board->native->app_sim_crypto.inner = board->native->config.app_crypto;
    board->native->net_sim_crypto.inner = board->native->config.net_crypto;
}

struct duo_sim_flash *duo_board_flash(const struct duo_board *board,
                                      const char *name)
{
    for (unsigned i = 0; i < board->native->world.device_count; i++) {
        struct duo_sim_flash *flash = board->native->world.devices[i];
        if (strcmp(flash->flash.name, name) == 0) {
            return flash;
        }
    }
    return NULL;
}

void duo_board_view_init(struct duo_board_view *view,
                         const struct duo_native_board *native)
{
    const struct duo_sim_flash *const flashes[] = {native->app, native->net,
                                                   native->ext};
    const struct duo_layout *layout = native->config.layout;
    const struct duo_slots_devices devices = {&view->devices[0].flash,
                                              &view->devices[1].flash,
                                              &view->devices[2].flash};

    for (unsigned i = 0; i < 3; i++) {
        const struct duo_flash *flash = &flashes[i]->flash;
        duo_tool_mem_flash_init(
            &view->devices[i],
            (struct duo_bytes){flashes[i]->data, flash->geometry.size_bytes});
        view->devices[i].flash.geometry = flash->geometry;
        view->devices[i].flash.name = flash->name;
    }
    duo_slots_init(&view->slots, layout, &devices);
    view->slots.active[DUO_CORE_NET] =
        duo_layout_area(layout, DUO_PARTITION_NET_ACTIVE, devices.net);
}
