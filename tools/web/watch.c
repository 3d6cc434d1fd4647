/* SPDX-License-Identifier: MIT */
/* See watch.h. */
#include "watch.h"

#include <errno.h>
#include <libwebsockets.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server.h"

/* Then the WebSockets have their turn. */
#define EVENTS_MAX 64U

bool duo_web_loop_init(struct duo_web_loop *loop, struct lws_vhost *vhost)
{
    lws_sock_file_fd_type fd;

    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll_fd < 0) {
        return false;
    }
    fd.filefd = loop->epoll_fd;
    return lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd,
                                      DUO_WEB_FILES, NULL) != NULL;
}

/* One at a time: what is told may end the watch of another. */
void duo_web_loop_run(struct duo_web_loop *loop)
{
    for (unsigned i = 0; i < EVENTS_MAX; i++) {
        struct epoll_event event;
        struct duo_web_watch *watch;

        if (epoll_wait(loop->epoll_fd, &event, 1, 0) <= 0) {
            return;
        }
        watch = event.data.ptr;
        watch->ready(watch->owner, event.events);
    }
}

static bool control(struct duo_web_loop *loop, struct duo_web_watch *watch,
                    int what)
{
    struct epoll_event event = {
        .events = EPOLLIN | (watch->is_writing ? EPOLLOUT : 0U),
        .data.ptr = watch,
    };

    return epoll_ctl(loop->epoll_fd, what, watch->fd, &event) == 0;
}

bool duo_web_watch(struct duo_web_loop *loop, struct duo_web_watch *watch)
{
    watch->is_on = control(loop, watch, EPOLL_CTL_ADD);
    return watch->is_on;
}

void duo_web_watch_writing(struct duo_web_loop *loop,
                           struct duo_web_watch *watch, bool is_writing)
{
    if (watch->is_on && watch->is_writing != is_writing) {
        watch->is_writing = is_writing;
        (void)control(loop, watch, EPOLL_CTL_MOD);
    }
}

void duo_web_unwatch(struct duo_web_loop *loop, struct duo_web_watch *watch)
{
    if (watch->is_on) {
        (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
        watch->is_on = false;
    }
}
