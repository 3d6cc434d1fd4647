/* SPDX-License-Identifier: MIT */
/* See offer.h. */
#include "offer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "discover.h"
#include "gate.h"
#include "link.h"
#include "server.h"

#define LOOK_US (2 * LWS_US_PER_SEC)

static const struct {
    const char *scheme;
    enum duo_web_coding coding;
    const char *what;
} schemes[] = {
    {"serial:", DUO_WEB_CONSOLE,  "Serial port "               },
    {"raw:",    DUO_WEB_RAW,      "Serial port for SMP alone, "},
    {"udp:",    DUO_WEB_DATAGRAM, "UDP "                       },
};
#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

static size_t scheme_of(const char *url)
{
    for (size_t i = 0; i < SCHEME_COUNT; i++) {
        if (strncmp(url, schemes[i].scheme, strlen(schemes[i].scheme)) == 0) {
            return i;
        }
    }
    return SCHEME_COUNT;
}

static void *need(void *memory)
{
    if (memory == NULL) {
        (void)fputs("duoboot: out of memory\n", stderr);
        abort();
    }
    return memory;
}

const char *duo_web_coding_name(enum duo_web_coding coding)
{
    static const char *const names[] = {[DUO_WEB_CONSOLE] = "console",
                                        [DUO_WEB_RAW] = "raw",
                                        [DUO_WEB_DATAGRAM] = "datagram"};

    return names[coding];
}

char *duo_web_place_of(const char *url)
{
    const char *place = strchr(url, ':') + 1;

    return need(strndup(place, strcspn(place, "?")));
}

static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);

    json_decref(string);
    return string != NULL;
}

static bool check_device(const char *url, struct duo_tool_error *error)
{
    struct duo_link *link = duo_link_create(url, error);

    if (link == NULL) {
        return false;
    }
    duo_link_destroy(link);
    if (scheme_of(url) == SCHEME_COUNT) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s: only serial:, raw: and udp: are relayed; a "
                             "virtual board is named by --board",
                             url);
    }
    if (strlen(url) > DUO_WEB_URL_CHARS_MAX || !is_utf8(url)) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%.100s...: too long, or no UTF-8", url);
    }
    return true;
}

bool duo_web_offer_check(const struct duo_web_options *options,
                         struct duo_tool_error *error)
{
    for (size_t i = 0; i < options->devices.count; i++) {
        if (!check_device(options->devices.list[i], error)) {
            return false;
        }
    }
    return true;
}

const struct duo_web_offered *
duo_web_offer_find(const struct duo_web_offer *offer, const char *url)
{
    for (size_t i = 0; i < offer->count; i++) {
        if (strcmp(offer->list[i].url, url) == 0) {
            return &offer->list[i];
        }
    }
    return NULL;
}

static char *make_title(size_t scheme, const char *place, const char *what)
{
    char *title = NULL;
    int chars = what != NULL && is_utf8(what)
                    ? asprintf(&title, "%s: %s", place, what)
                    : asprintf(&title, "%s%s", schemes[scheme].what, place);

    return need(chars < 0 ? NULL : title);
}

/* @p what: what discovery has told; NULL: nothing. */
static void add(struct duo_web_offer *offer, const char *url, const char *what)
{
    size_t scheme = scheme_of(url);
    char *place;

    if (scheme == SCHEME_COUNT || duo_web_offer_find(offer, url) != NULL ||
        !is_utf8(url)) {
        return;
    }
    place = duo_web_place_of(url);
    offer->list =
        need(realloc(offer->list, (offer->count + 1U) * sizeof(*offer->list)));
    offer->list[offer->count++] =
        (struct duo_web_offered){.url = need(strdup(url)),
                                 .title = make_title(scheme, place, what),
                                 .coding = schemes[scheme].coding};
    free(place);
}

/* What was found about the port that @p url names; NULL: nothing. */
static const char *what_is(const struct duo_found_list *found, const char *url)
{
    char *place = duo_web_place_of(url);
    const char *what = NULL;

    for (size_t i = 0; i < found->count && what == NULL; i++) {
        char *other = duo_web_place_of(found->list[i].url);

        if (strcmp(place, other) == 0) {
            what = found->list[i].what;
        }
        free(other);
    }
    free(place);
    return what;
}

/* A port that was named is not offered once more by its finding. */
static bool is_named(const struct duo_web_words *devices, const char *url)
{
    char *place = duo_web_place_of(url);
    bool is_found = false;

    for (size_t i = 0; i < devices->count && !is_found; i++) {
        char *other = duo_web_place_of(devices->list[i]);

        is_found = strcmp(place, other) == 0;
        free(other);
    }
    free(place);
    return is_found;
}

static void collect(struct duo_web_offer *offer,
                    const struct duo_web_options *options)
{
    const struct duo_discover discover = {0};
    struct duo_found_list found = {0};

    if (!options->is_no_discover) {
        duo_discover_serial(&discover, &found);
    }
    for (size_t i = 0; i < options->devices.count; i++) {
        add(offer, options->devices.list[i],
            what_is(&found, options->devices.list[i]));
    }
    for (size_t i = 0; i < found.count; i++) {
        if (!is_named(&options->devices, found.list[i].url)) {
            add(offer, found.list[i].url, found.list[i].what);
        }
    }
    duo_found_free(&found);
}

static char *write_text(const struct duo_web *web,
                        const struct duo_web_offer *offer)
{
    json_t *links = json_array();
    json_t *object;
    char *text;

    for (size_t i = 0; i < offer->count; i++) {
        const struct duo_web_offered *item = &offer->list[i];

        (void)json_array_append_new(
            links,
            json_pack("{s:s,s:s,s:s}", "url", item->url, "coding",
                      duo_web_coding_name(item->coding), "title", item->title));
    }
    object = json_pack("{s:s,s:s,s:s?,s:o}", "type", "offer", "version",
                       web->options->version, "board",
                       web->board.is_running ? web->board.name : NULL, "links",
                       links);
    text = need(json_dumps(object, JSON_COMPACT));
    json_decref(object);
    return text;
}

void duo_web_offer_free(struct duo_web_offer *offer)
{
    for (size_t i = 0; i < offer->count; i++) {
        free(offer->list[i].url);
        free(offer->list[i].title);
    }
    free(offer->list);
    free(offer->text);
    offer->list = NULL;
    offer->count = 0;
    offer->text = NULL;
}

static const struct duo_web_end offer_end;

void duo_web_offer_update(struct duo_web *web)
{
    struct duo_web_offer now = {0};
    bool is_same;

    collect(&now, web->options);
    now.text = write_text(web, &now);
    is_same = web->offer.text != NULL && strcmp(web->offer.text, now.text) == 0;
    duo_web_offer_free(&web->offer);
    web->offer.list = now.list;
    web->offer.count = now.count;
    web->offer.text = now.text;
    for (struct duo_web_peer *peer = web->peers; !is_same && peer != NULL;
         peer = peer->next) {
        if (peer->end == &offer_end) {
            duo_web_peer_send_text(peer, web->offer.text);
        }
    }
}

static void on_time(lws_sorted_usec_list_t *timer)
{
    struct duo_web_offer *offer =
        lws_container_of(timer, struct duo_web_offer, timer);
    struct duo_web *web = lws_container_of(offer, struct duo_web, offer);

    duo_web_offer_update(web);
    lws_sul_schedule(web->context, 0, timer, on_time, LOOK_US);
}

void duo_web_offer_start(struct duo_web *web)
{
    duo_web_offer_update(web);
    if (!web->options->is_no_discover) {
        lws_sul_schedule(web->context, 0, &web->offer.timer, on_time, LOOK_US);
    }
}

/* The page has nothing to say here. */
static void take(struct duo_web_peer *peer, enum duo_web_kind kind,
                 struct duo_bytes message)
{
    (void)kind;
    (void)message;
    duo_web_peer_close(peer, DUO_WEB_CLOSE_KIND, "Nothing is taken here.");
}

static const struct duo_web_end offer_end = {.take = take};

void duo_web_offer_open(struct duo_web *web, struct lws *wsi,
                        struct duo_web_peer **peer)
{
    *peer = duo_web_peer_create(web, wsi, &offer_end);
    if (*peer != NULL) {
        duo_web_peer_send_text(*peer, web->offer.text);
    }
}
