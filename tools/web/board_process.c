/* SPDX-License-Identifier: MIT */
/* See board_process.h. */
#include "board_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board_pages.h"
#include "server.h"

/* To save its flashes; then it is told by a signal, and then killed. */
#define END_US  (3 * LWS_US_PER_SEC)
#define KILL_US (2 * LWS_US_PER_SEC)
/* "duoboot board run DIR --control", and the end. */
#define FIXED_ARGS 6U

extern char **environ;

/* --- Its input and output --- */

void duo_web_board_close_input(struct duo_web *web)
{
    struct duo_web_board *board = &web->board;

    duo_web_unwatch(&web->loop, &board->in_watch);
    if (board->in_fd >= 0) {
        (void)close(board->in_fd);
        board->in_fd = -1;
    }
}

static void on_input(void *owner, uint32_t events)
{
    struct duo_web *web = owner;

    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        duo_web_board_close_input(web); /* It reads no more. */
    }
    duo_web_board_write(web);
}

static void on_output(void *owner, uint32_t events)
{
    struct duo_web *web = owner;

    (void)events;
    if (!duo_web_board_read(web) && errno != EAGAIN) {
        duo_web_unwatch(&web->loop, &web->board.out_watch);
    }
}

/* --- Start --- */

/* A process group of its own, so that Ctrl-C reaches it by us alone. */
static int spawn(struct duo_web_board *board, char *const *argv,
                 const int fds[2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t usual;
    int result;

    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)sigaddset(&usual, SIGINT);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, fds[0], STDIN_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                                    POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setpgroup(&attributes, 0);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    result = posix_spawn(&board->pid, "/proc/self/exe", &actions, &attributes,
                         argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return result;
}

/* The words belong to the command line; posix_spawn() only reads them. */
static char **make_argv(const struct duo_web_options *options)
{
    const char *const fixed[] = {"duoboot", "board", "run", options->board_path,
                                 "--control"};
    size_t count = options->board_args.count;
    char **argv = calloc(FIXED_ARGS + count, sizeof(*argv));

    if (argv != NULL) {
        memcpy(argv, fixed, sizeof(fixed));
        memcpy(argv + sizeof(fixed) / sizeof(fixed[0]),
               options->board_args.list, count * sizeof(*argv));
    }
    return argv;
}

static int run(struct duo_web *web, const int fds[2])
{
    char **argv = make_argv(web->options);
    int result = argv == NULL ? ENOMEM : spawn(&web->board, argv, fds);

    free(argv);
    return result;
}

static bool watch_streams(struct duo_web *web)
{
    struct duo_web_board *board = &web->board;

    board->in_watch = (struct duo_web_watch){
        .fd = board->in_fd, .ready = on_input, .owner = web};
    board->out_watch = (struct duo_web_watch){
        .fd = board->out_fd, .ready = on_output, .owner = web};
    return fcntl(board->in_fd, F_SETFL, O_NONBLOCK) == 0 &&
           fcntl(board->out_fd, F_SETFL, O_NONBLOCK) == 0 &&
           duo_web_watch(&web->loop, &board->in_watch) &&
           duo_web_watch(&web->loop, &board->out_watch);
}

static char *name_of(const char *path)
{
    char *whole = realpath(path, NULL);
    const char *slash = whole == NULL ? NULL : strrchr(whole, '/');
    char *name = strdup(slash == NULL || slash[1] == '\0' ? path : slash + 1);

    free(whole);
    return name;
}

bool duo_web_board_start(struct duo_web *web, struct duo_tool_error *error)
{
    struct duo_web_board *board = &web->board;
    int to_board[2];
    int from_board[2];
    int result;

    if (pipe2(to_board, O_CLOEXEC) != 0 || pipe2(from_board, O_CLOEXEC) != 0) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "no pipe: %s",
                             strerror(errno));
    }
    result = run(web, (const int[2]){to_board[0], from_board[1]});
    (void)close(to_board[0]);
    (void)close(from_board[1]);
    board->in_fd = to_board[1];
    board->out_fd = from_board[0];
    board->name = name_of(web->options->board_path);
    (void)snprintf(board->end_text, sizeof(board->end_text),
                   "The virtual board has ended.");
    if (result != 0) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL,
                             "the virtual board cannot be started: %s",
                             strerror(result));
    }
    board->is_running = true;
    return watch_streams(web) ||
           duo_tool_fail(error, DUO_EXIT_INTERNAL,
                         "the virtual board cannot be waited for: %s",
                         strerror(errno));
}

/* --- End --- */

static void on_late(lws_sorted_usec_list_t *timer)
{
    struct duo_web_board *board =
        lws_container_of(timer, struct duo_web_board, timer);
    struct duo_web *web = lws_container_of(board, struct duo_web, board);

    if (!board->is_running) {
        return;
    }
    if (board->is_told_to_end) {
        duo_web_board_kill(web);
        return;
    }
    board->is_told_to_end = true;
    (void)kill(board->pid, SIGTERM);
    lws_sul_schedule(web->context, 0, timer, on_late, KILL_US);
}

void duo_web_board_end(struct duo_web *web)
{
    if (web->board.is_running && !web->board.is_asked_to_end) {
        web->board.is_asked_to_end = true;
        duo_web_board_close_input(web);
        lws_sul_schedule(web->context, 0, &web->board.timer, on_late, END_US);
    }
}

void duo_web_board_kill(struct duo_web *web)
{
    if (web->board.is_running) {
        (void)fprintf(stderr, "duoboot: the virtual board does not end, and "
                              "is killed; its flashes are as they were\n");
        (void)kill(web->board.pid, SIGKILL);
    }
}

static void tell_end(const struct duo_web_board *board, int status)
{
    if (WIFSIGNALED(status)) {
        (void)fprintf(stderr,
                      "duoboot: the virtual board was ended by signal %d\n",
                      WTERMSIG(status));
    } else if (!board->is_asked_to_end || WEXITSTATUS(status) != 0) {
        (void)fprintf(stderr,
                      "duoboot: the virtual board has ended with exit code "
                      "%d: %s\n",
                      WEXITSTATUS(status), board->end_text);
    }
}

void duo_web_board_reap(struct duo_web *web)
{
    struct duo_web_board *board = &web->board;
    int status;

    if (!board->is_running || waitpid(board->pid, &status, WNOHANG) <= 0) {
        return;
    }
    while (duo_web_board_read(web)) {
        /* Its last words are in the pipe. */
    }
    board->is_running = false;
    lws_sul_cancel(&board->timer);
    duo_web_board_close_input(web);
    duo_web_unwatch(&web->loop, &board->out_watch);
    (void)close(board->out_fd);
    board->out_fd = -1;
    tell_end(board, status);
    duo_web_board_part(web);
    duo_web_offer_update(web);
    duo_web_go_on_ending(web);
}

void duo_web_board_free(struct duo_web_board *board)
{
    duo_tool_buffer_free(&board->waiting);
    duo_tool_buffer_free(&board->line);
    duo_tool_buffer_free(&board->hello);
    duo_web_past_free(&board->past);
    free(board->name);
}
