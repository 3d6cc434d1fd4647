/* SPDX-License-Identifier: MIT */
/* What all verbs that speak with a device share: options, the connection, and
 * how a failure is told. */
#ifndef DUO_TOOLS_DEVICE_VERB_H
#define DUO_TOOLS_DEVICE_VERB_H

#include <argp.h>
#include <jansson.h>

#include "client.h"

/* The first member of every device verb's options. */
struct duo_talk_options {
    const char *device;  /* URL or name; NULL: environment, config file. */
    uint32_t timeout_ms; /* 0: as each command needs. */
    bool is_json;
    bool is_quiet; /* Results and failures only. */
};

/* A verb: its own options, and what it does once the link is open. */
struct duo_talk_verb {
    const char *args_doc;
    const char *doc; /* Text, then \v and examples. */
    const struct argp_option *options;
    error_t (*parse)(int key, char *arg, struct argp_state *state);
};

/** Parse the options that all have into @p options, and the verb's own, for
 * which parse() gets @p options as state->input. A word that parse() does not
 * know is refused. */
void duo_talk_parse(const struct duo_talk_verb *verb, int argc, char **argv,
                    struct duo_talk_options *options);

struct duo_talk {
    const struct duo_talk_options *options;
    struct duo_link *link;
    struct duo_client client;
    struct duo_tool_error error;
    bool is_begun;   /* duo_talk_begin() was called. */
    bool is_reached; /* It has answered something. */
};

/** Find the device, open the link, catch Ctrl-C. False: talk->error tells;
 * end with duo_talk_end() all the same. */
bool duo_talk_begin(struct duo_talk *talk,
                    const struct duo_talk_options *options);

/**
 * Close the link, if it was opened. @p done: the verb's work succeeded, else talk->error and
 * the client's last failure are told, with what can be done about it. After
 * Ctrl-C the process ends by that signal, as shells expect.
 *
 * @return the exit code.
 */
int duo_talk_end(struct duo_talk *talk, bool done);

/** Ctrl-C or SIGTERM came. */
bool duo_talk_is_stopped(void);

/** Forget Ctrl-C, where it ends something else than the program. False: it was
 * SIGTERM, which always ends the program. */
bool duo_talk_resume(void);

/** Does the device not have this command (another kind of server)? */
bool duo_talk_is_unsupported(const struct duo_talk *talk);

/** Has the device answered the last question, if only with a refusal? */
bool duo_talk_was_refused(const struct duo_talk *talk);

/** Print a note on the error stream, unless quiet. */
void duo_talk_say(const struct duo_talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
