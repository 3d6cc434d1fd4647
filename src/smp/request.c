/* SPDX-License-Identifier: MIT */
/* What handlers do with requests: read them and refuse them; see duo/smp.h. */
#include "server_internal.h"

void duo_smp_refuse(struct duo_smp_request *request, uint16_t error)
{
    request->error = error;
    request->error_group = request->header.group;
    request->is_group_error = true;
}

void duo_smp_refuse_reason(struct duo_smp_request *request,
                           enum duo_reason reason)
{
    duo_smp_refuse(request, (uint16_t)reason);
    request->error_group = DUO_SMP_GROUP_DUOBOOT;
}

void duo_smp_reject(struct duo_smp_request *request, enum duo_smp_rc rc)
{
    request->error = (uint16_t)rc;
    request->is_group_error = false;
}

bool duo_smp_read(struct duo_smp_request *request,
                  struct duo_cbor_field *fields, size_t field_count)
{
    bool is_good = duo_cbor_read_map(request->payload, fields, field_count);

    if (!is_good) {
        duo_smp_reject(request, DUO_SMP_RC_INVALID);
    }
    return is_good;
}

void duo_smp_put_rc(struct duo_cbor_writer *writer, enum duo_smp_rc rc)
{
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "rc", rc);
    duo_cbor_end(writer);
}

static void put_group_error(const struct duo_smp_request *request,
                            struct duo_cbor_writer *writer)
{
    duo_cbor_begin_map(writer);
    duo_cbor_put_key(writer, "err");
    duo_cbor_begin_map(writer);
    duo_cbor_put_uint(writer, "group", request->error_group);
    duo_cbor_put_uint(writer, "rc", request->error);
    duo_cbor_end(writer);
    duo_cbor_end(writer);
}

/* What version 1 says for an error of a group. */
static enum duo_smp_rc flat_rc(const struct duo_smp_server *server)
{
    const struct duo_smp_request *request = &server->request;
    const struct duo_smp_group *group =
        duo_smp_group_find(server, request->error_group);

    if (group == NULL || request->error >= group->type->error_count ||
        group->type->error_rc[request->error] == DUO_SMP_RC_OK) {
        return DUO_SMP_RC_UNKNOWN;
    }
    return (enum duo_smp_rc)group->type->error_rc[request->error];
}

void duo_smp_put_error(const struct duo_smp_server *server,
                       struct duo_cbor_writer *writer)
{
    const struct duo_smp_request *request = &server->request;

    if (!request->is_group_error) {
        duo_smp_put_rc(writer, (enum duo_smp_rc)request->error);
    } else if (request->header.version != DUO_SMP_V1) {
        put_group_error(request, writer);
    } else if (request->error_group != DUO_SMP_GROUP_DUOBOOT) {
        duo_smp_put_rc(writer, flat_rc(server));
    } else {
        duo_cbor_begin_map(writer);
        duo_cbor_put_uint(writer, "rc", flat_rc(server));
        duo_cbor_put_text(writer, "rsn",
                          duo_reason_name((enum duo_reason)request->error));
        duo_cbor_end(writer);
    }
}
