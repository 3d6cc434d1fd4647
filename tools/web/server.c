/* SPDX-License-Identifier: MIT */
/* Start and end of `duoboot web`; see web.h. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer.h"
#include "http.h"
#include "page.h"
#include "text.h"

#define BACKLOG        64
#define FDS_MAX        256
#define SERV_BUF_BYTES 16384
#define REQUEST_S_MAX  15
#define IDLE_S_MAX     60
/* For the pages to hear that it ends. */
/* A signal so long after the first is a person who does not want to wait. Two at
 * once are one request: timeout and shells send them to process and group. */
#define IMPATIENT_US 1000000
#define PART_US      (LWS_US_PER_SEC / 2)

/* --- Connections --- */

static void on_connection(void *owner, uint32_t events)
{
    struct duo_web *web = owner;
    const int yes = 1;
    int fd = accept4(web->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)events;
    if (fd >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        (void)lws_adopt_socket_vhost(web->vhost, fd); /* Closes it if not. */
    }
}

static bool fail_listen(const struct duo_web *web, struct duo_tool_error *error)
{
    return errno == EADDRINUSE
               ? duo_tool_fail(error, DUO_EXIT_IO,
                               "port %u of 127.0.0.1 is in use; --port names "
                               "another, and --port 0 takes any free one",
                               (unsigned)web->options->port)
               : duo_tool_fail(error, DUO_EXIT_IO, "port %u of 127.0.0.1: %s",
                               (unsigned)web->options->port, strerror(errno));
}

static bool start_listening(struct duo_web *web, struct duo_tool_error *error)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)web->options->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof(address);
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    web->listen_fd = fd;
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        return fail_listen(web, error);
    }
    web->port = ntohs(address.sin_port);
    return true;
}

/* --- The end --- */

static void on_parted(lws_sorted_usec_list_t *timer)
{
    struct duo_web *web = lws_container_of(timer, struct duo_web, end_timer);

    web->is_done = true;
}

void duo_web_go_on_ending(struct duo_web *web)
{
    if (!web->is_ending || web->board.is_running) {
        return;
    }
    if (!web->is_parting) {
        web->is_parting = true;
        for (struct duo_web_peer *peer = web->peers; peer != NULL;
             peer = peer->next) {
            duo_web_peer_close(peer, DUO_WEB_CLOSE_AWAY,
                               "duoboot web has ended.");
        }
        lws_sul_schedule(web->context, 0, &web->end_timer, on_parted, PART_US);
    }
    web->is_done = web->is_done || web->peers == NULL;
}

static void on_signal(void *owner, uint32_t events)
{
    struct duo_web *web = owner;
    struct signalfd_siginfo info;

    (void)events;
    if (read(web->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
        return;
    }
    /* A SIGCHLD may stand for any number of them. */
    duo_web_board_reap(web);
    if (info.ssi_signo == SIGCHLD) {
        return;
    }
    if (web->is_ending) {
        if (lws_now_usecs() - web->ending_us >= IMPATIENT_US) {
            duo_web_board_kill(web);
        }
        return;
    }
    web->is_ending = true;
    web->ending_us = lws_now_usecs();
    duo_web_board_end(web);
    duo_web_go_on_ending(web);
}

static bool take_signals(struct duo_web *web, struct duo_tool_error *error)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0) {
        web->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    }
    return web->signal_fd >= 0 ||
           duo_tool_fail(error, DUO_EXIT_INTERNAL, "no signals: %s",
                         strerror(errno));
}

/* --- The start --- */

static bool make_token(struct duo_web *web, struct duo_tool_error *error)
{
    uint8_t bytes[DUO_WEB_TOKEN_CHARS / 2U];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL, "no random numbers: %s",
                             strerror(errno));
    }
    duo_tool_format_hex((struct duo_bytes){bytes, sizeof(bytes)}, web->token);
    return true;
}

/* It opens no port: connections are accepted here, and handed over. */
static bool make_context(struct duo_web *web)
{
    struct lws_context_creation_info info;

    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.gid = -1;
    info.uid = -1;
    info.user = web;
    info.pt_serv_buf_size = SERV_BUF_BYTES;
    info.fd_limit_per_thread = FDS_MAX;
    info.protocols = duo_web_protocols;
    info.headers = &duo_web_headers;
    info.vhost_name = "duoboot";
    info.timeout_secs = REQUEST_S_MAX;
    info.keepalive_timeout = IDLE_S_MAX;
    lws_set_log_level(0, NULL);
    web->context = lws_create_context(&info);
    if (web->context == NULL) {
        return false;
    }
    web->vhost = lws_create_vhost(web->context, &info);
    return web->vhost != NULL && duo_web_loop_init(&web->loop, web->vhost);
}

static bool watch_own(struct duo_web *web)
{
    web->listen_watch = (struct duo_web_watch){
        .fd = web->listen_fd, .ready = on_connection, .owner = web};
    web->signal_watch = (struct duo_web_watch){
        .fd = web->signal_fd, .ready = on_signal, .owner = web};
    return duo_web_watch(&web->loop, &web->listen_watch) &&
           duo_web_watch(&web->loop, &web->signal_watch);
}

static bool start(struct duo_web *web, struct duo_tool_error *error)
{
    if (!duo_web_offer_check(web->options, error) ||
        !duo_web_page_check(web->options->page_path, error) ||
        !make_token(web, error) || !start_listening(web, error) ||
        !take_signals(web, error)) {
        return false;
    }
    if (!make_context(web) || !watch_own(web)) {
        return duo_tool_fail(error, DUO_EXIT_INTERNAL,
                             "libwebsockets cannot be started: %s",
                             strerror(errno));
    }
    return web->options->board_path == NULL || duo_web_board_start(web, error);
}

static void serve(struct duo_web *web)
{
    duo_web_offer_start(web);
    (void)printf("duoboot: the page is at http://127.0.0.1:%u/#token=%s\n",
                 (unsigned)web->port, web->token);
    if (fflush(stdout) != 0) {
        return; /* Nobody can come; main() tells. */
    }
    while (!web->is_done && lws_service(web->context, 0) >= 0) {
    }
}

static void finish(struct duo_web *web)
{
    lws_sul_cancel(&web->offer.timer);
    lws_sul_cancel(&web->end_timer);
    lws_sul_cancel(&web->board.timer);
    duo_web_board_kill(web);
    if (web->context != NULL) {
        lws_context_destroy(web->context);
    }
    if (web->listen_fd >= 0) {
        (void)close(web->listen_fd);
    }
    if (web->signal_fd >= 0) {
        (void)close(web->signal_fd);
    }
    duo_web_offer_free(&web->offer);
    duo_web_board_free(&web->board);
}

int duo_web_run(const struct duo_web_options *options)
{
    struct duo_web web = {
        .options = options,
        .listen_fd = -1,
        .signal_fd = -1,
        .board = {.in_fd = -1, .out_fd = -1}
    };
    struct duo_tool_error error;
    int exit_code = DUO_EXIT_OK;

    if (start(&web, &error)) {
        serve(&web);
    } else {
        exit_code = duo_tool_report(&error);
    }
    finish(&web);
    return exit_code;
}
