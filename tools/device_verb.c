/* SPDX-License-Identifier: MIT */
/* The frame of the device verbs; see device_verb.h. */
#include "device_verb.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "device_hint.h"
#include "device_text.h"
#include "print_json.h"
#include "text.h"

/* While a virtual board boots: at most a minute, for one that installs. */
#define BOOT_ECHO_MS    300U
#define BOOT_ECHOES_MAX 200U

#define TIMEOUT_MS_MAX 3600000U

enum { KEY_TIMEOUT = 0x100 };

/* clang-format off */
static const struct argp_option common_options[] = {
    {NULL, 0, NULL, 0, "Options of all device verbs:", 1},
    {"device", 'd', "URL|NAME", 0, "The device: a URL, or a name of the config file (default: $DUOBOOT_DEVICE, then "
     "`device:' of the config file)", 1},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0, "Wait at most so long for each answer (default: as the command needs)", 1},
    {"json", 'j', NULL, 0, "Print JSON", 1},
    {"quiet", 'q', NULL, 0, "Only results and failures", 1},
    {0}};
/* clang-format on */

static uint32_t parse_timeout(const char *text, const struct argp_state *state)
{
    char *end = NULL;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds >= 0.001) ||
        seconds > TIMEOUT_MS_MAX / 1000.0) {
        argp_error(state, "--timeout %s: seconds are wanted, such as 0.5",
                   text);
    }
    return (uint32_t)(seconds * 1000.0);
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
    struct duo_talk_options *options = state->input;

    switch (key) {
    case 'd': options->device = arg; break;
    case 'j': options->is_json = true; break;
    case 'q': options->is_quiet = true; break;
    case KEY_TIMEOUT: options->timeout_ms = parse_timeout(arg, state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* What argp hands to parse_own(). */
struct parsing {
    const struct duo_talk_verb *verb;
    struct duo_talk_options *options;
};

static error_t parse_own(int key, char *arg, struct argp_state *state)
{
    const struct parsing *parsing = state->input;
    struct argp_state own = *state;
    error_t result = ARGP_ERR_UNKNOWN;

    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = parsing->options;
        return 0;
    }
    if (parsing->verb->parse != NULL) {
        own.input = parsing->options;
        result = parsing->verb->parse(key, arg, &own);
        state->next = own.next;
    }
    if (key == ARGP_KEY_ARG && result == ARGP_ERR_UNKNOWN) {
        argp_error(state, "'%s' is one word too many", arg);
    }
    return result;
}

void duo_talk_parse(const struct duo_talk_verb *verb, int argc, char **argv,
                    struct duo_talk_options *options)
{
    static const struct argp common = {.options = common_options,
                                       .parser = parse_common};
    const struct argp_child children[] = {{.argp = &common}, {.argp = NULL}};
    const struct argp argp = {.options = verb->options,
                              .parser = parse_own,
                              .args_doc = verb->args_doc,
                              .doc = verb->doc,
                              .children = children};
    struct parsing parsing = {verb, options};

    (void)argp_parse(&argp, argc, argv, 0, NULL, &parsing);
}

/* Set by the signal handler; clients look at it between packets. */
static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
}

bool duo_talk_is_stopped(void)
{
    return stop_signal != 0;
}

/* The second Ctrl-C ends the program at once. No SA_RESTART: waits end. */
static void catch_signals(void)
{
    const struct sigaction stop = {.sa_handler = on_signal,
                                   .sa_flags = (int)SA_RESETHAND};

    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

bool duo_talk_resume(void)
{
    if (stop_signal == SIGTERM) {
        return false;
    }
    stop_signal = 0;
    catch_signals();
    return true;
}

/* A device that was just switched on boots first, and hears nothing until then:
 * not every command may be asked twice. Without an answer the command itself
 * tells. */
static void await_boot(struct duo_client *client)
{
    struct duo_tool_error error;
    char *reply = NULL;
    bool answered = false;

    client->timeout_ms = BOOT_ECHO_MS;
    client->tries = 1;
    for (unsigned i = 0; i < BOOT_ECHOES_MAX && !answered; i++) {
        answered = duo_client_echo(client, "", &reply, &error) ||
                   (client->failure.kind != DUO_CLIENT_NO_ANSWER);
        free(reply);
        reply = NULL;
    }
    client->tries = 0;
}

bool duo_talk_begin(struct duo_talk *talk,
                    const struct duo_talk_options *options)
{
    char *url;

    *talk = (struct duo_talk){.options = options, .is_begun = true};
    url = duo_config_device(options->device, &talk->error);
    if (url == NULL) {
        return false;
    }
    talk->link = duo_link_create(url, &talk->error);
    free(url);
    if (talk->link == NULL) {
        return false;
    }
    catch_signals();
    if (!talk->link->ops->open(talk->link, &talk->error)) {
        talk->client.failure.kind = DUO_CLIENT_GONE;
        return false;
    }
    duo_client_init(&talk->client, talk->link);
    talk->client.cancel = &stop_signal;
    if (talk->link->is_power) {
        await_boot(&talk->client);
    }
    talk->client.timeout_ms = options->timeout_ms;
    return true;
}

static void tell_json(const struct duo_talk *talk)
{
    const struct duo_client_failure *failure = &talk->client.failure;
    json_t *object =
        json_pack("{s:i,s:s}", "exit_code", (int)talk->error.exit_code,
                  "sentence", talk->error.text);

    if (failure->kind == DUO_CLIENT_REFUSED_SMP ||
        failure->kind == DUO_CLIENT_REFUSED_GROUP) {
        (void)json_object_set_new(object, "group",
                                  json_integer((json_int_t)failure->group));
        (void)json_object_set_new(object, "number",
                                  json_integer((json_int_t)failure->error));
    }
    duo_print_json(json_pack("{s:o}", "error", object));
}

static int tell(const struct duo_talk *talk)
{
    const char *url = talk->link == NULL ? NULL : talk->link->url;

    if (talk->options->is_json) {
        tell_json(talk);
    }
    (void)duo_tool_report(&talk->error);
    if (talk->is_begun) {
        duo_talk_hint(stderr, url, talk->is_reached, &talk->client.failure,
                      &talk->error);
    }
    return (int)talk->error.exit_code;
}

int duo_talk_end(struct duo_talk *talk, bool done)
{
    int exit_code = DUO_EXIT_OK;
    int number = (int)stop_signal;

    if (!done) {
        exit_code = tell(talk);
    }
    if (talk->link != NULL) {
        talk->link->ops->close(talk->link);
        duo_link_destroy(talk->link);
        talk->link = NULL;
    }
    if (number != 0) {
        (void)fflush(stdout);
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
    return exit_code;
}

bool duo_talk_is_unsupported(const struct duo_talk *talk)
{
    const struct duo_client_failure *failure = &talk->client.failure;

    return failure->kind == DUO_CLIENT_REFUSED_SMP &&
           failure->error == DUO_SMP_RC_NOT_SUPPORTED;
}

bool duo_talk_was_refused(const struct duo_talk *talk)
{
    enum duo_client_failure_kind kind = talk->client.failure.kind;

    return kind == DUO_CLIENT_REFUSED_SMP || kind == DUO_CLIENT_REFUSED_GROUP;
}

void duo_talk_say(const struct duo_talk *talk, const char *format, ...)
{
    va_list arguments;

    if (talk->options->is_quiet) {
        return;
    }
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}
