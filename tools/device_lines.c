/* SPDX-License-Identifier: MIT */
/* Typed lines, by libedit; see device_lines.h. */
#include "device_lines.h"

#include <errno.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_verb.h"

#define HISTORY_LINES 1000

struct duo_lines {
    EditLine *edit; /* NULL: the input is no terminal. */
    History *history;
    char *line;
    size_t room_bytes;
};

static char *prompt(EditLine *edit)
{
    static char text[] = "device> ";

    (void)edit;
    return text;
}

/* Wait for a key; -1: a signal came. Signals are let in only while waiting, so
 * that none comes between the look at the flag and the wait. */
static int wait_key(void)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t stops;
    sigset_t before;
    int ready = -1;

    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGINT);
    (void)sigaddset(&stops, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &stops, &before);
    while (ready < 0 && !duo_talk_is_stopped()) {
        ready = ppoll(&fd, 1, NULL, &before);
        if (ready < 0 && errno != EINTR) {
            break;
        }
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return ready;
}

/* libedit's own reader goes on after the first Ctrl-C. Names and commands of
 * shells are ASCII. */
static int read_key(EditLine *edit, wchar_t *key)
{
    (void)edit;
    for (;;) {
        unsigned char byte = 0;
        ssize_t got;

        if (wait_key() < 0) {
            return -1;
        }
        got = read(STDIN_FILENO, &byte, 1);
        if (got <= 0) {
            return (int)got;
        }
        if (byte < 0x80U) {
            *key = byte;
            return 1;
        }
    }
}

struct duo_lines *duo_lines_open(void)
{
    struct duo_lines *lines = calloc(1, sizeof(*lines));
    HistEvent event;

    if (lines == NULL) {
        abort();
    }
    if (isatty(STDIN_FILENO) != 1) {
        return lines;
    }
    lines->edit = el_init("duoboot", stdin, stdout, stderr);
    lines->history = history_init();
    if (lines->edit == NULL || lines->history == NULL) {
        abort();
    }
    (void)history(lines->history, &event, H_SETSIZE, HISTORY_LINES);
    (void)history(lines->history, &event, H_SETUNIQUE, 1);
    (void)el_set(lines->edit, EL_PROMPT, prompt);
    (void)el_set(lines->edit, EL_GETCFN, read_key);
    (void)el_set(lines->edit, EL_EDITOR, "emacs");
    (void)el_set(lines->edit, EL_HIST, history, lines->history);
    (void)el_set(lines->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
    return lines;
}

void duo_lines_close(struct duo_lines *lines)
{
    if (lines->edit != NULL) {
        el_end(lines->edit);
        history_end(lines->history);
    }
    free(lines->line);
    free(lines);
}

static const char *copy(struct duo_lines *lines, const char *from)
{
    free(lines->line);
    lines->line = strdup(from);
    if (lines->line == NULL) {
        abort();
    }
    lines->line[strcspn(lines->line, "\r\n")] = '\0';
    return lines->line;
}

static const char *next_edited(struct duo_lines *lines)
{
    HistEvent event;
    int count = 0;
    const char *line = el_gets(lines->edit, &count);

    if (line == NULL || count <= 0) {
        (void)printf("\n");
        return duo_talk_is_stopped() && duo_talk_resume() ? copy(lines, "")
                                                          : NULL;
    }
    if (strspn(line, " \t\r\n") < strlen(line)) {
        (void)history(lines->history, &event, H_ENTER, line);
    }
    return copy(lines, line);
}

const char *duo_lines_next(struct duo_lines *lines)
{
    ssize_t count;

    if (lines->edit != NULL) {
        return next_edited(lines);
    }
    count = getline(&lines->line, &lines->room_bytes, stdin);
    if (count < 0) {
        return NULL;
    }
    lines->line[strcspn(lines->line, "\r\n")] = '\0';
    return lines->line;
}
