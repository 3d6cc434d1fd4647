/* SPDX-License-Identifier: MIT */
/* Our own group; see duo/smp_duoboot.h. The commands that need one look only. */
#include "smp/duoboot_internal.h"

/* The end of an array, a key and its number, the end of the map. */
#define CLOSING_BYTES 16U

bool duoboot_read_from(struct duo_smp_duoboot *duoboot,
                       struct duo_smp_request *request)
{
    struct duo_cbor_field from = {.key = "from", .kind = DUO_CBOR_UINT};

    if (!duo_smp_read(request, &from, 1)) {
        return false;
    }
    duoboot->from = from.found ? (uint32_t)from.number : 0U;
    return true;
}

void duoboot_put_version(struct duo_cbor_writer *writer,
                         const struct duo_version *version)
{
    char text[32];

    duo_version_format(version, text);
    duo_cbor_put_text(writer, "version", text);
}

bool duoboot_keep(struct duo_cbor_writer *writer,
                  const struct duo_cbor_writer *before)
{
    bool fits = !writer->overflow &&
                writer->room_bytes - writer->len_bytes >= CLOSING_BYTES;

    if (!fits) {
        *writer = *before;
    }
    return fits;
}

static enum duo_smp_outcome not_supported(struct duo_smp_request *request)
{
    duo_smp_reject(request, DUO_SMP_RC_NOT_SUPPORTED);
    return DUO_SMP_DONE;
}

static enum duo_smp_outcome net(void *ctx, struct duo_smp_request *request)
{
    const struct duo_smp_duoboot *duoboot = ctx;
    struct duo_cbor_writer *writer = &request->answer;
    struct duo_smp_net_health health = {0};

    if (duoboot->net == NULL) {
        return not_supported(request);
    }
    duoboot->net(duoboot->ctx, &health);
    duo_cbor_put_bool(writer, "held", health.held);
    duo_cbor_put_bool(writer, "well", health.well);
    duo_cbor_put_bool(writer, "seen", health.seen);
    if (health.seen) {
        duoboot_put_version(writer, &health.version);
        duo_cbor_put_uint(writer, "beats", health.beat_count);
        duo_cbor_put_uint(writer, "uptime", health.uptime_ms);
    }
    return DUO_SMP_DONE;
}

static uint32_t min_bytes(uint32_t left_bytes, uint32_t right_bytes)
{
    return left_bytes < right_bytes ? left_bytes : right_bytes;
}

/* Whoever asks for what is older than the ring, or newer than the log (the count
 * began anew), gets the oldest that is kept. */
static enum duo_smp_outcome read_log(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_duoboot *duoboot = ctx;
    const struct duo_smp_log *log = duoboot->log;
    struct duo_cbor_writer *writer = &request->answer;

    if (log == NULL) {
        return not_supported(request);
    }
    if (!duoboot_read_from(duoboot, request)) {
        return DUO_SMP_DONE;
    }
    const uint32_t count = *log->count;
    const uint32_t kept_bytes = min_bytes(count, log->ring_bytes);
    const uint32_t first = count - kept_bytes;
    uint32_t from = duoboot->from;
    if (from - first > kept_bytes) {
        from = first;
    }
    duo_cbor_put_uint(writer, "first", first);
    const uint32_t at = from & (log->ring_bytes - 1U);
    const uint32_t room_bytes =
        (uint32_t)(writer->room_bytes - writer->len_bytes);
    uint32_t len_bytes = min_bytes(count - from, log->ring_bytes - at);
    len_bytes = min_bytes(len_bytes, room_bytes > 2U * CLOSING_BYTES
                                         ? room_bytes - 2U * CLOSING_BYTES
                                         : 0U);
    duo_cbor_put_bytes(writer, "text",
                       (struct duo_bytes){log->ring + at, len_bytes});
    duo_cbor_put_uint(writer, "next", from + len_bytes);
    return DUO_SMP_DONE;
}

struct unfinished {
    enum duo_core core;
    uint32_t len_bytes;
    uint32_t off_bytes;
    struct duo_bytes sha;
};

static enum duo_smp_outcome put_upload(struct duo_smp_request *request,
                                       const struct unfinished *unfinished)
{
    struct duo_cbor_writer *writer = &request->answer;

    if (unfinished->core != DUO_CORE_NONE) {
        duo_cbor_put_uint(writer, "image", unfinished->core);
    }
    duo_cbor_put_uint(writer, "len", unfinished->len_bytes);
    duo_cbor_put_uint(writer, "off", unfinished->off_bytes);
    if (unfinished->sha.len_bytes != 0) {
        duo_cbor_put_bytes(writer, "sha", unfinished->sha);
    }
    return DUO_SMP_DONE;
}

/* The core whose slot an upload goes to. */
static enum duo_core core_of(const struct duo_smp_image *image)
{
    const struct duo_area *area = &image->upload.target.area;
    const struct duo_area *net = &image->config.slots->staged[DUO_CORE_NET];

    if (image->upload.state == DUO_UPLOAD_HEAD) {
        return DUO_CORE_NONE;
    }
    return area->flash == net->flash && area->off_bytes == net->off_bytes
               ? DUO_CORE_NET
               : DUO_CORE_APP;
}

static enum duo_smp_outcome upload(void *ctx, struct duo_smp_request *request)
{
    struct duo_smp_duoboot *duoboot = ctx;
    struct duo_smp_image *image = duoboot->image;
    const struct duo_upload *now = &image->upload;

    if (!smp_image_ready(image)) {
        return DUO_SMP_AGAIN;
    }
    if (now->state == DUO_UPLOAD_HEAD || now->state == DUO_UPLOAD_RUNNING) {
        const struct unfinished unfinished = {
            core_of(image),
            now->len_bytes,
            now->received_bytes,
            {now->sha, now->sha_bytes}
        };
        return put_upload(request, &unfinished);
    }
    for (unsigned core = 0; smp_image_open(image) && core < DUO_CORE_COUNT;
         core++) {
        struct duo_upload_record record;
        if (duo_upload_look(&image->config.slots->staged[core], &record) ==
                DUO_OK &&
            record.note == DUO_UPLOAD_NOTE_PART) {
            const struct unfinished unfinished = {
                (enum duo_core)core,
                record.len_bytes,
                record.marked_bytes,
                {record.sha, record.sha_bytes}
            };
            return put_upload(request, &unfinished);
        }
    }
    return DUO_SMP_DONE;
}

static const struct duo_smp_command commands[] = {
    {.id = DUO_SMP_DUOBOOT_JOURNAL, .read = duoboot_journal},
    {.id = DUO_SMP_DUOBOOT_MAP,     .read = duoboot_map    },
    {.id = DUO_SMP_DUOBOOT_INSTALL, .read = duoboot_install},
    {.id = DUO_SMP_DUOBOOT_NET,     .read = net            },
    {.id = DUO_SMP_DUOBOOT_LOG,     .read = read_log       },
    {.id = DUO_SMP_DUOBOOT_UPLOAD,  .read = upload         },
};

const struct duo_smp_group_type duo_smp_duoboot_group = {
    .id = DUO_SMP_GROUP_DUOBOOT,
    .name = "duoboot",
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
};
