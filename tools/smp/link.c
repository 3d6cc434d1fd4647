/* SPDX-License-Identifier: MIT */
/* Links by their URLs; see link.h. */
#include "link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct scheme {
    const char *name;
    const char *example;
    struct duo_link *(*create)(const char *place, const char *query,
                               struct duo_tool_error *error);
};

static const struct scheme schemes[] = {
    {"serial", "serial:/dev/ttyACM0?baud=115200", duo_link_serial_create},
    {"raw",    "raw:/dev/ttyACM1?baud=1000000",   duo_link_raw_create   },
    {"udp",    "udp:192.0.2.2:1337",              duo_link_udp_create   },
    {"ble",    "ble:NAME",                        duo_link_ble_create   },
    {"board",  "board:DIR",                       duo_link_board_create },
};
#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

static const struct scheme *find_scheme(const char *url, size_t name_chars)
{
    for (size_t i = 0; i < SCHEME_COUNT; i++) {
        if (strlen(schemes[i].name) == name_chars &&
            strncmp(schemes[i].name, url, name_chars) == 0) {
            return &schemes[i];
        }
    }
    return NULL;
}

static struct duo_link *create(const struct scheme *scheme, const char *rest,
                               struct duo_tool_error *error)
{
    size_t place_chars = strcspn(rest, "?");
    const char *query = rest[place_chars] == '?' ? rest + place_chars + 1 : "";
    char *place = strndup(rest, place_chars);
    struct duo_link *link = NULL;

    if (place == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
    } else if (place_chars == 0) {
        (void)duo_tool_fail(error, DUO_EXIT_USAGE,
                            "nothing stands behind \"%s:\"; for example: %s",
                            scheme->name, scheme->example);
    } else {
        link = scheme->create(place, query, error);
    }
    free(place);
    return link;
}

struct duo_link *duo_link_create(const char *url, struct duo_tool_error *error)
{
    const char *colon = strchr(url, ':');
    const struct scheme *scheme =
        colon == NULL ? NULL : find_scheme(url, (size_t)(colon - url));
    struct duo_tool_error inner;
    struct duo_link *link;

    if (scheme == NULL) {
        (void)duo_tool_fail(error, DUO_EXIT_USAGE,
                            "%s: not the URL of a device; it begins with "
                            "serial:, raw:, udp:, ble: or board:",
                            url);
        return NULL;
    }
    link = create(scheme, colon + 1, &inner);
    if (link == NULL) {
        (void)duo_tool_fail(error, inner.exit_code, "%s: %s", url, inner.text);
        return NULL;
    }
    link->url = strdup(url);
    if (link->url == NULL) {
        duo_link_destroy(link);
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    return link;
}

void duo_link_destroy(struct duo_link *link)
{
    if (link != NULL) {
        char *url = link->url;

        link->ops->destroy(link);
        free(url);
    }
}

static bool copy_part(const char *from, size_t chars, char *dst,
                      size_t room_bytes)
{
    if (chars >= room_bytes) {
        return false;
    }
    memcpy(dst, from, chars);
    dst[chars] = '\0';
    return true;
}

bool duo_link_next_option(const char **query, struct duo_link_option *option,
                          struct duo_tool_error *error)
{
    size_t chars = strcspn(*query, "&");
    size_t key_chars = strcspn(*query, "=&");
    size_t value_off = key_chars < chars ? key_chars + 1 : chars;

    if (**query == '\0') {
        return false;
    }
    if (key_chars == 0 ||
        !copy_part(*query, key_chars, option->key, sizeof(option->key)) ||
        !copy_part(*query + value_off, chars - value_off, option->value,
                   sizeof(option->value))) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "\"%s\" is no list of options key=value&...",
                             *query);
    }
    *query += chars;
    if (**query == '&') {
        ++*query;
    }
    return true;
}

uint64_t duo_link_host_now_us(struct duo_link *link)
{
    struct timespec now;

    (void)link;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

/* A signal ends it early: who asked may want to stop. */
void duo_link_host_wait(struct duo_link *link, uint64_t us)
{
    const struct timespec time = {(time_t)(us / 1000000U),
                                  (long)(us % 1000000U * 1000U)};

    (void)link;
    (void)nanosleep(&time, NULL);
}
