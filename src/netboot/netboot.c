/* SPDX-License-Identifier: MIT */
/* The network core's boot loader: protect, look for an invitation, and either
 * start what verifies or serve the mailbox.
 *
 *   RESET --(session asked for)--> SESSION --(start, verified)--> STARTED
 *     |                              | ^--(start, refused)          ^
 *     |                              `----(close)--> HALTED         |
 *     `--(none)--> verify the slot --(accepted)---------------------'
 *                        `----------(refused)-----> HALTED
 *
 * Without an invitation of this boot no word of the mailbox is written: it may
 * be closed, or be somebody else's memory. */
#include "netboot/netboot_internal.h"

#include <string.h>

void duo_netboot_init(struct duo_netboot *netboot,
                      const struct duo_netboot_config *config)
{
    memset(netboot, 0, sizeof(*netboot));
    netboot->config = *config;
    netboot->state = DUO_NETBOOT_RESET;
    netboot->reason = DUO_REASON_NONE;
    netboot->started.core = DUO_CORE_NONE;
    netboot->verdict = DUO_VERDICT_REJECT;
}

bool duo_netboot_accepted(const struct duo_netboot *netboot)
{
    const volatile enum duo_verdict *verdict = &netboot->verdict;
    return *verdict == DUO_VERDICT_ACCEPT;
}

void duo_netboot_verify(struct duo_netboot *netboot,
                        struct duo_mailbox_report *report)
{
    struct duo_image_check check = {
        .area = &netboot->config.slot,
        .size_bytes_max = netboot->config.slot.size_bytes,
        .trust = netboot->config.trust,
        .crypto = netboot->config.crypto,
        .work = netboot->config.work,
        .work_bytes = netboot->config.work_bytes,
    };

    netboot->verdict = DUO_VERDICT_REJECT;
    memset(report, 0, sizeof(*report));
    netboot->verdict =
        duo_image_verify(&check, &report->image, &report->reason);
    /* A genuine image of the other core is still no image for this one. */
    if (duo_netboot_accepted(netboot) && report->image.core != DUO_CORE_NET) {
        netboot->verdict = DUO_VERDICT_REJECT;
        report->reason = DUO_REASON_WRONG_CORE;
    }
    if (duo_netboot_accepted(netboot) && report->reason == DUO_REASON_NONE) {
        return;
    }
    /* Fails closed also if verdict and reason contradict each other. */
    netboot->verdict = DUO_VERDICT_REJECT;
    if (report->reason == DUO_REASON_NONE) {
        report->reason = DUO_REASON_NET_IMAGE_BAD;
    }
    memset(&report->image, 0, sizeof(report->image));
    report->image.core = DUO_CORE_NONE;
}

static void publish_report(struct duo_netboot *netboot, uint32_t state,
                           const struct duo_mailbox_report *report)
{
    uint32_t record[DUO_WIRE_REPORT_WORDS] = {
        [DUO_WIRE_MAGIC] = DUO_WIRE_REPORT_MAGIC,
        [DUO_WIRE_SESSION] = netboot->priv.session,
        [DUO_WIRE_BODY] = state,
    };
    uint8_t bytes[DUO_MAILBOX_REPORT_BYTES];

    duo_wire_format_report(report, bytes);
    for (size_t i = 0; i < DUO_MAILBOX_REPORT_BYTES / 4U; i++) {
        record[DUO_WIRE_BODY + 1U + i] = duo_load_le32(bytes + i * 4U);
    }
    duo_wire_store_record(netboot->config.mem, DUO_WIRE_REPORT_WORD, record,
                          DUO_WIRE_REPORT_WORDS);
    duo_mailbox_barrier();
}

void duo_netboot_conclude(struct duo_netboot *netboot,
                          const struct duo_mailbox_report *report)
{
    bool accepted = duo_netboot_accepted(netboot);

    if (netboot->priv.session != 0) {
        publish_report(netboot,
                       accepted ? DUO_WIRE_REPORT_STARTED
                                : DUO_WIRE_REPORT_HALTED,
                       report);
    }
    if (!accepted) {
        netboot->reason = report->reason;
        netboot->state = DUO_NETBOOT_HALTED;
        return;
    }
    netboot->started = report->image;
    netboot->state = DUO_NETBOOT_STARTED;
}

/* Take the session request: its kind, or 0 if there is none for this boot.
 * Taking it writes the alive record, which names the session; a request whose
 * session is named there was taken by an earlier boot and is void. */
static uint32_t take_session(struct duo_netboot *netboot)
{
    volatile uint32_t *mem = netboot->config.mem;
    const struct duo_version *version = &netboot->config.version;
    uint32_t request[DUO_WIRE_SESSION_WORDS] = {DUO_WIRE_SESSION_MAGIC};
    uint32_t alive[DUO_WIRE_ALIVE_WORDS] = {DUO_WIRE_ALIVE_MAGIC};
    uint32_t kind;

    if (mem == NULL ||
        !duo_wire_take_record(mem, DUO_WIRE_SESSION_WORD, request,
                              DUO_WIRE_SESSION_WORDS) ||
        request[DUO_WIRE_SESSION] == 0) {
        return 0;
    }
    kind = request[DUO_WIRE_BODY];
    if (kind != (uint32_t)DUO_WIRE_KIND_UPDATE &&
        kind != (uint32_t)DUO_WIRE_KIND_REPORT) {
        return 0;
    }
    if (duo_wire_take_record(mem, DUO_WIRE_ALIVE_WORD, alive,
                             DUO_WIRE_ALIVE_WORDS) &&
        alive[DUO_WIRE_SESSION] == request[DUO_WIRE_SESSION]) {
        return 0;
    }
    netboot->priv.session = request[DUO_WIRE_SESSION];
    alive[DUO_WIRE_MAGIC] = DUO_WIRE_ALIVE_MAGIC;
    alive[DUO_WIRE_SESSION] = netboot->priv.session;
    alive[DUO_WIRE_BODY] = version->major | ((uint32_t)version->minor << 8) |
                           ((uint32_t)version->revision << 16);
    alive[DUO_WIRE_BODY + 1U] = version->build;
    duo_wire_store_record(mem, DUO_WIRE_ALIVE_WORD, alive,
                          DUO_WIRE_ALIVE_WORDS);
    duo_mailbox_barrier();
    return kind;
}

static bool step_reset(struct duo_netboot *netboot)
{
    struct duo_mailbox_report report;

    /* First of all, so that nothing that follows can change netboot. */
    netboot->config.protect(netboot->config.ctx);
    if (take_session(netboot) == (uint32_t)DUO_WIRE_KIND_UPDATE) {
        netboot->state = DUO_NETBOOT_SESSION;
        return true;
    }
    duo_netboot_verify(netboot, &report);
    duo_netboot_conclude(netboot, &report);
    return true;
}

/* STARTED and HALTED are for good: whoever calls on changes nothing. */
static bool step_terminal(struct duo_netboot *netboot)
{
    (void)netboot;
    return false;
}

bool duo_netboot_step(struct duo_netboot *netboot)
{
    static bool (*const steps[])(struct duo_netboot *) = {
        [DUO_NETBOOT_RESET] = step_reset,
        [DUO_NETBOOT_SESSION] = duo_netboot_serve,
        [DUO_NETBOOT_STARTED] = step_terminal,
        [DUO_NETBOOT_HALTED] = step_terminal,
    };

    return steps[netboot->state](netboot);
}
