/* SPDX-License-Identifier: MIT */
/* The SMP server: one request after the other, each answered once; see
 * duo/smp.h. */
#include "server_internal.h"

void duo_smp_server_init(struct duo_smp_server *server,
                         const struct duo_smp_server_config *config)
{
    *server = (struct duo_smp_server){.config = *config};
    if (server->config.packet_count > DUO_SMP_PACKETS_MAX) {
        server->config.packet_count = DUO_SMP_PACKETS_MAX;
    }
    server->answer = config->memory;
    for (size_t i = 0; i < server->config.packet_count; i++) {
        server->answer += config->packet_bytes;
        server->packets[i].data = server->answer;
    }
    server->answer = config->memory;
}

const struct duo_smp_group *
duo_smp_group_find(const struct duo_smp_server *server, uint16_t id)
{
    for (size_t i = 0; i < server->config.group_count; i++) {
        if (server->config.groups[i].type->id == id) {
            return &server->config.groups[i];
        }
    }
    return NULL;
}

bool duo_smp_is_request(const struct duo_smp_header *header)
{
    return header->op == DUO_SMP_READ || header->op == DUO_SMP_WRITE;
}

bool duo_smp_is_ready(struct duo_smp_link *link)
{
    return link->ops->is_ready == NULL || link->ops->is_ready(link);
}

struct duo_cbor_writer duo_smp_writer(uint8_t *packet, size_t packet_bytes)
{
    return (struct duo_cbor_writer){
        .data = packet,
        .room_bytes = packet_bytes,
        .len_bytes = DUO_SMP_HEADER_BYTES,
        .overflow = packet_bytes < DUO_SMP_HEADER_BYTES,
    };
}

void duo_smp_send(struct duo_smp_link *link, uint64_t peer,
                  const struct duo_smp_header *request,
                  const struct duo_cbor_writer *writer)
{
    struct duo_smp_header header = *request;

    header.op++;
    if (header.version > DUO_SMP_V2) {
        header.version = DUO_SMP_V2;
    }
    header.len_bytes = (uint16_t)(writer->len_bytes - DUO_SMP_HEADER_BYTES);
    duo_smp_header_store(&header, writer->data);
    link->server->counts.answers++;
    link->ops->send(link, peer,
                    (struct duo_bytes){writer->data, writer->len_bytes});
}

/* The queued packet that came first. Orders may wrap around: their distances
 * are small. */
static struct duo_smp_packet *oldest(struct duo_smp_server *server)
{
    struct duo_smp_packet *found = NULL;

    for (size_t i = 0; i < server->config.packet_count; i++) {
        struct duo_smp_packet *packet = &server->packets[i];

        if (packet->state == DUO_SMP_PACKET_QUEUED &&
            (found == NULL || packet->order - found->order > UINT32_MAX / 2U)) {
            found = packet;
        }
    }
    return found;
}

static void end_packet(struct duo_smp_server *server)
{
    duo_smp_packet_release(server, server->current);
    server->current = NULL;
}

static duo_smp_handler find_handler(struct duo_smp_server *server)
{
    const struct duo_smp_header *header = &server->request.header;
    const struct duo_smp_group *group =
        duo_smp_group_find(server, header->group);

    if (group == NULL) {
        return NULL;
    }
    server->group = group->type;
    server->handler_ctx = group->ctx;
    for (size_t i = 0; i < group->type->command_count; i++) {
        const struct duo_smp_command *command = &group->type->commands[i];

        if (command->id == header->command) {
            return header->op == DUO_SMP_READ ? command->read : command->write;
        }
    }
    return NULL;
}

/* Why the request cannot be handled; OK: it can, and its handler is found. */
static enum duo_smp_rc check_request(struct duo_smp_server *server,
                                     size_t rest_bytes)
{
    const struct duo_smp_request *request = &server->request;

    if (request->header.len_bytes > rest_bytes) {
        return DUO_SMP_RC_CORRUPT;
    }
    if (request->header.version > DUO_SMP_V2) {
        return DUO_SMP_RC_TOO_NEW;
    }
    server->handler = find_handler(server);
    if (server->handler == NULL) {
        return DUO_SMP_RC_NOT_SUPPORTED;
    }
    return duo_cbor_read_map(request->payload, NULL, 0) ? DUO_SMP_RC_OK
                                                        : DUO_SMP_RC_INVALID;
}

/* Room that the packet and the link leave, but for the break of the map. */
static size_t room_bytes(const struct duo_smp_server *server)
{
    size_t room = server->config.packet_bytes;

    if (room > server->current->link->answer_bytes_max) {
        room = server->current->link->answer_bytes_max;
    }
    return room == 0 ? 0 : room - 1U;
}

/* Begin with the next request of the packet. False: there is none, or no more
 * that can be answered. */
static bool begin_request(struct duo_smp_server *server)
{
    struct duo_smp_packet *packet = server->current;
    struct duo_smp_request *request = &server->request;
    uint8_t *data = packet->data + server->current_off_bytes;
    size_t rest_bytes = packet->len_bytes - server->current_off_bytes;

    *request = (struct duo_smp_request){0};
    if (rest_bytes >= DUO_SMP_HEADER_BYTES) {
        request->header = duo_smp_header_load(data);
    }
    if (rest_bytes < DUO_SMP_HEADER_BYTES ||
        !duo_smp_is_request(&request->header)) {
        server->counts.malformed++;
        return false;
    }
    server->counts.requests++;
    request->payload = (struct duo_cbor_input){data + DUO_SMP_HEADER_BYTES,
                                               request->header.len_bytes};
    request->answer = duo_smp_writer(server->answer, room_bytes(server));
    duo_cbor_begin_map(&request->answer);
    duo_smp_reject(request,
                   check_request(server, rest_bytes - DUO_SMP_HEADER_BYTES));
    server->current_off_bytes +=
        DUO_SMP_HEADER_BYTES + request->header.len_bytes;
    return true;
}

/* Complete the answer's payload, or put the error in its place. */
static void end_request(struct duo_smp_server *server)
{
    struct duo_smp_request *request = &server->request;
    struct duo_cbor_writer *writer = &request->answer;

    server->handler = NULL;
    if (request->error == 0) {
        writer->room_bytes++;
        duo_cbor_end(writer);
        if (writer->overflow) {
            duo_smp_reject(request, DUO_SMP_RC_TOO_LARGE);
        }
    }
    if (request->error != 0) {
        server->counts.errors++;
        *writer = duo_smp_writer(server->answer, server->config.packet_bytes);
        duo_smp_put_error(server, writer);
    }
    server->answer_bytes = writer->len_bytes;
}

/* Run the handler of the request at hand, or begin one. False: the packet has
 * ended. */
static bool make_answer(struct duo_smp_server *server)
{
    struct duo_smp_request *request = &server->request;

    if (server->handler == NULL && !begin_request(server)) {
        end_packet(server);
        return false;
    }
    if (request->error != 0 ||
        server->handler(server->handler_ctx, request) == DUO_SMP_DONE) {
        end_request(server);
    }
    return true;
}

static void send_answer(struct duo_smp_server *server)
{
    struct duo_smp_packet *packet = server->current;
    struct duo_smp_request *request = &server->request;

    server->answer_bytes = 0;
    duo_smp_send(packet->link, packet->peer, &request->header,
                 &request->answer);
    /* What follows an error is not trusted: nor was it with the reference. */
    if (request->error != 0 || server->current_off_bytes >= packet->len_bytes) {
        end_packet(server);
    }
}

bool duo_smp_step(struct duo_smp_server *server)
{
    if (server->current == NULL) {
        server->current = oldest(server);
        server->current_off_bytes = 0;
    }
    if (server->current == NULL) {
        return false;
    }
    if (server->answer_bytes == 0) {
        if (!make_answer(server)) {
            return oldest(server) != NULL;
        }
        if (server->answer_bytes == 0) {
            return true;
        }
    }
    /* Nothing to do here until the link is ready: whoever makes it so comes
     * back. */
    if (!duo_smp_is_ready(server->current->link)) {
        return false;
    }
    send_answer(server);
    return server->current != NULL || oldest(server) != NULL;
}
