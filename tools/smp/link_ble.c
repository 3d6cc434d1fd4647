/* SPDX-License-Identifier: MIT */
/* Links over Bluetooth Low Energy: ble:NAME?adapter=hci0&listen=10. A name may
 * be an alias or an address; see ble_find.h. */
#include <stdlib.h>
#include <string.h>

#include "ble_channel.h"
#include "stream.h"
#include "text.h"

#define LISTEN_S_DEFAULT 10U
#define LISTEN_S_MAX     600U

struct ble_link {
    struct duo_link link; /* First. */
    struct duo_ble_wanted wanted;
    char *name;
    char *adapter;
    struct duo_ble_channel channel;
    struct duo_stream stream; /* Puts packets together again. */
    size_t in_off_bytes;      /* Taken out of channel.in. */
};

static struct ble_link *of(struct duo_link *link)
{
    return (struct ble_link *)(void *)link;
}

static bool is_open(const struct ble_link *ble)
{
    return ble->channel.bus.bus != NULL;
}

static void ble_close(struct duo_link *link)
{
    duo_ble_channel_close(&of(link)->channel);
}

static bool ble_open(struct duo_link *link, struct duo_tool_error *error)
{
    struct ble_link *ble = of(link);

    ble_close(link);
    ble->in_off_bytes = 0;
    duo_stream_init(&ble->stream);
    return duo_ble_channel_open(&ble->channel, &ble->wanted, error);
}

static bool ble_send(struct duo_link *link, struct duo_bytes packet,
                     struct duo_tool_error *error)
{
    struct ble_link *ble = of(link);

    if (!is_open(ble)) {
        return duo_tool_fail(error, DUO_EXIT_IO, "%s: not connected",
                             ble->wanted.name);
    }
    return duo_ble_channel_write(&ble->channel, packet, error);
}

static bool take_packet(struct ble_link *ble, struct duo_bytes *packet)
{
    struct duo_bytes rest = duo_tool_buffer_view(&ble->channel.in);
    bool got;

    rest.data += ble->in_off_bytes;
    rest.len_bytes -= ble->in_off_bytes;
    if (rest.len_bytes == 0) {
        return false;
    }
    got = duo_stream_take(&ble->stream, &rest, packet);
    ble->in_off_bytes = ble->channel.in.len_bytes - rest.len_bytes;
    if (rest.len_bytes == 0) {
        ble->channel.in.len_bytes = 0;
        ble->in_off_bytes = 0;
    }
    return got;
}

static enum duo_link_result ble_receive(struct duo_link *link,
                                        uint64_t deadline_us,
                                        struct duo_bytes *packet,
                                        struct duo_tool_error *error)
{
    struct ble_link *ble = of(link);
    enum duo_link_result result;

    if (!is_open(ble)) {
        (void)duo_tool_fail(error, DUO_EXIT_IO, "%s: not connected",
                            ble->wanted.name);
        return DUO_LINK_CLOSED;
    }
    while (!take_packet(ble, packet)) {
        duo_stream_idle(&ble->stream, duo_link_host_now_us(link));
        result = duo_ble_channel_read(&ble->channel, deadline_us, error);
        if (result == DUO_LINK_TIMEOUT) {
            return result;
        }
        if (result != DUO_LINK_PACKET) {
            ble_close(link);
            return result;
        }
    }
    return DUO_LINK_PACKET;
}

static int ble_poll_fd(const struct duo_link *link)
{
    const struct ble_link *ble = (const struct ble_link *)(const void *)link;

    if (!is_open(ble)) {
        return -1;
    }
    return ble->channel.notify_fd >= 0 ? ble->channel.notify_fd
                                       : sd_bus_get_fd(ble->channel.bus.bus);
}

static void ble_destroy(struct duo_link *link)
{
    struct ble_link *ble = of(link);

    ble_close(link);
    duo_stream_free(&ble->stream);
    free(ble->name);
    free(ble->adapter);
    free(ble);
}

static const struct duo_link_ops ble_ops = {
    .open = ble_open,
    .close = ble_close,
    .send = ble_send,
    .receive = ble_receive,
    .now_us = duo_link_host_now_us,
    .wait = duo_link_host_wait,
    .poll_fd = ble_poll_fd,
    .destroy = ble_destroy,
};

static bool take_option(struct ble_link *ble,
                        const struct duo_link_option *option,
                        struct duo_tool_error *error)
{
    uint32_t listen_s;

    if (strcmp(option->key, "adapter") == 0) {
        free(ble->adapter);
        ble->adapter = strdup(option->value);
        ble->wanted.adapter = ble->adapter;
        return true;
    }
    if (strcmp(option->key, "listen") != 0) {
        return duo_tool_fail(error, DUO_EXIT_USAGE,
                             "%s is no option of this link; there are adapter "
                             "and listen",
                             option->key);
    }
    if (!duo_tool_parse_number((struct duo_tool_word){"listen", option->value},
                               LISTEN_S_MAX, &listen_s, error)) {
        return false;
    }
    ble->wanted.listen_ms = listen_s * 1000U;
    return true;
}

struct duo_link *duo_link_ble_create(const char *place, const char *query,
                                     struct duo_tool_error *error)
{
    struct ble_link *ble = calloc(1, sizeof(*ble));
    struct duo_link_option option;
    const char *rest = query;

    if (ble == NULL || (ble->name = strdup(place)) == NULL) {
        free(ble);
        (void)duo_tool_fail(error, DUO_EXIT_INTERNAL, "out of memory");
        return NULL;
    }
    ble->link.ops = &ble_ops;
    ble->link.ends_with_device = true;
    ble->wanted.name = ble->name;
    ble->wanted.listen_ms = LISTEN_S_DEFAULT * 1000U;
    ble->stream.link = &ble->link;
    ble->stream.kind = DUO_STREAM_RAW;
    while (*rest != '\0') {
        if (!duo_link_next_option(&rest, &option, error) ||
            !take_option(ble, &option, error)) {
            ble_destroy(&ble->link);
            return NULL;
        }
    }
    return &ble->link;
}
