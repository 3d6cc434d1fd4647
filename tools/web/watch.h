/* SPDX-License-Identifier: MIT */
/* Our own file descriptors in the event loop of libwebsockets. They are in one
 * epoll set, and that is what the loop waits for: it knows nothing of POLLERR,
 * which a refused datagram or a closed pipe raises, and would spin. */
#ifndef DUO_WEB_WATCH_H
#define DUO_WEB_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct lws_vhost;

struct duo_web_loop {
    int epoll_fd; /* Closed by libwebsockets. */
};

/* All zero: not watched. The owner keeps the descriptor and closes it after
 * duo_web_unwatch(). */
struct duo_web_watch {
    bool is_on;
    bool is_writing;
    int fd;
    /* What epoll tells: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP. May free the
     * owner. */
    void (*ready)(void *owner, uint32_t events);
    void *owner;
};

/** Make the set and have libwebsockets wait for it. */
bool duo_web_loop_init(struct duo_web_loop *loop, struct lws_vhost *vhost);
/** Tell the owners what happened. */
void duo_web_loop_run(struct duo_web_loop *loop);

bool duo_web_watch(struct duo_web_loop *loop, struct duo_web_watch *watch);
/** Also tell when it can be written; or no more. */
void duo_web_watch_writing(struct duo_web_loop *loop,
                           struct duo_web_watch *watch, bool is_writing);
void duo_web_unwatch(struct duo_web_loop *loop, struct duo_web_watch *watch);

#endif
