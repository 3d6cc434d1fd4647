/* SPDX-License-Identifier: MIT */
/* One boot; see duo/boot.h. */
#include "duo/boot.h"

#include <string.h>

#include "boot_internal.h"
#include "duo/observe.h"

/* A round does one thing and looks again. The longest sensible chain is a
 * revert, then a new install; then a repair of each core with three sources. */
#define ROUNDS_MAX 10U

_Static_assert(sizeof(struct duo_boot) <= DUO_BOOT_STATE_BYTES,
               "duo_boot_state must hold a boot");

static void open_ext(struct duo_boot *boot)
{
    const struct duo_boot_config *config = boot->config;
    _Alignas(4) uint8_t probe[4];

    /* The chip may still work on an operation from before the reset. */
    boot->ext_ok =
        config->prepare_ext(config->ctx) == DUO_OK &&
        duo_area_read(&boot->slots.progress, 0, probe, sizeof(probe)) == DUO_OK;
    duo_journal_open(&boot->journal, &boot->slots.journal);
    if (!boot->ext_ok) {
        duo_boot_tell(boot, DUO_REASON_EXT_FLASH_ABSENT, DUO_CORE_NONE, NULL);
    }
}

static void open_net(struct duo_boot *boot)
{
    const struct duo_boot_config *config = boot->config;

    config->hold_net(config->ctx);
    duo_mailbox_request_session(config->net, config->session);
    config->release_net(config->ctx);
    boot->net_ok = duo_mailbox_open(config->net) == DUO_OK;
    if (!boot->net_ok) {
        duo_boot_tell(boot, config->net->fault, DUO_CORE_NET, NULL);
    }
}

static void begin(struct duo_boot *boot, const struct duo_boot_config *config)
{
    const struct duo_slots_devices devices = {
        config->app_flash, &config->net->flash, config->ext_flash};
    const struct duo_event event = {.type = DUO_EVENT_BOOT,
                                    .core = DUO_CORE_NONE};

    memset(boot, 0, sizeof(*boot));
    boot->config = config;
    boot->active[DUO_CORE_APP].verdict = DUO_VERDICT_REJECT;
    boot->active[DUO_CORE_NET].verdict = DUO_VERDICT_REJECT;
    duo_slots_init(&boot->slots, config->layout, &devices);
    duo_boot_log(boot, &event);
    open_ext(boot);
    open_net(boot);
    if (duo_counter_read(&boot->slots.counters, boot->counters) != DUO_OK) {
        duo_boot_tell(boot, DUO_REASON_APP_FLASH_FAILED, DUO_CORE_APP, NULL);
    }
    duo_boot_verify_both(boot);
    if (boot->ext_ok &&
        duo_progress_load(&boot->progress, &boot->slots.progress) != DUO_OK) {
        duo_boot_ext_failed(boot);
    }
    boot->resumed = true;
}

/* Find what is to be done. False: a flash could not be read. Nothing is decided
 * then, since an unread trailer says nothing. */
static bool observe(struct duo_boot *boot)
{
    struct duo_observed observed[DUO_CORE_COUNT];

    boot->actions[DUO_CORE_APP] = DUO_ACTION_NONE;
    boot->actions[DUO_CORE_NET] = DUO_ACTION_NONE;
    if (duo_observe(&boot->slots, &boot->progress, observed) != DUO_OK) {
        boot->ext_ok = false;
    }
    if (!boot->ext_ok) {
        return false;
    }
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        const struct duo_event event = {
            .type = DUO_EVENT_DECISION,
            .core = (enum duo_core)core,
            .action = duo_decide(&observed[core]),
        };
        boot->actions[core] = event.action;
        if (event.action != DUO_ACTION_NONE) {
            duo_boot_log(boot, &event);
        }
    }
    return true;
}

#define BIT(action) (1U << (action))

/* Is one of a set of actions, bit BIT(action), due for any core? */
static bool any_action(const struct duo_boot *boot, unsigned action_set)
{
    unsigned due_set =
        BIT(boot->actions[DUO_CORE_APP]) | BIT(boot->actions[DUO_CORE_NET]);

    return (due_set & action_set) != 0;
}

static bool net_only(const struct duo_boot *boot)
{
    return !boot->progress.images[DUO_CORE_APP].included;
}

static bool resume(struct duo_boot *boot)
{
    if (any_action(boot, BIT(DUO_ACTION_RESUME_INSTALL))) {
        if (!boot->net_ok && boot->progress.images[DUO_CORE_NET].included) {
            duo_boot_roll_back(boot);
        } else {
            duo_boot_run_install(boot);
        }
        /* A network core that is silent leaves its part for a later boot. */
        return boot->net_ok || !net_only(boot);
    }
    if (any_action(boot, BIT(DUO_ACTION_RESUME_REVERT))) {
        duo_boot_run_revert(boot);
        return boot->net_ok ||
               boot->actions[DUO_CORE_NET] != DUO_ACTION_RESUME_REVERT;
    }
    return false;
}

static bool repair_any(struct duo_boot *boot)
{
    bool repaired = false;

    for (unsigned core = 0; core < DUO_CORE_COUNT && !repaired; core++) {
        /* A flash that cannot be read now holds an image that may be good. */
        bool reachable = (core == DUO_CORE_APP || boot->net_ok) &&
                         boot->active[core].reason != DUO_REASON_READ_FAILED;
        repaired = reachable &&
                   boot->active[core].verdict != DUO_VERDICT_ACCEPT &&
                   duo_boot_repair(boot, (enum duo_core)core);
    }
    return repaired;
}

static bool mend_trailer(struct duo_boot *boot)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (boot->actions[core] == DUO_ACTION_MEND_TRAILER &&
            boot->active[core].verdict == DUO_VERDICT_ACCEPT) {
            duo_boot_mend_trailer(boot, (enum duo_core)core);
            return true;
        }
    }
    return false;
}

static bool revert_unrecorded(struct duo_boot *boot)
{
    for (unsigned core = 0; core < DUO_CORE_COUNT; core++) {
        if (boot->actions[core] == DUO_ACTION_REVERT_UNRECORDED &&
            (core == DUO_CORE_APP || boot->net_ok)) {
            duo_boot_revert_unrecorded(boot, (enum duo_core)core);
            return true;
        }
    }
    return false;
}

static bool install(struct duo_boot *boot)
{
    if (!any_action(boot, BIT(DUO_ACTION_INSTALL_TEST) |
                              BIT(DUO_ACTION_INSTALL_PERMANENT))) {
        return false;
    }
    if (!duo_boot_choose(boot)) {
        return false; /* Refused, told and cleared; or to be asked again. */
    }
    if (duo_boot_begin_install(boot) != DUO_OK) {
        duo_boot_ext_failed(boot);
        return false;
    }
    duo_boot_run_install(boot);
    return true;
}

static void clear_requests(struct duo_boot *boot)
{
    for (unsigned i = 0; i < DUO_CORE_COUNT; i++) {
        enum duo_core core = (enum duo_core)i;
        bool torn = boot->actions[core] == DUO_ACTION_CLEAR_TORN;
        if (!torn && boot->actions[core] != DUO_ACTION_CLEAR_DAMAGED) {
            continue;
        }
        duo_boot_tell(
            boot, torn ? DUO_REASON_REQUEST_TORN : DUO_REASON_REQUEST_DAMAGED,
            core, NULL);
        if (duo_trailer_clear(&boot->slots.staged[core]) != DUO_OK) {
            boot->ext_ok = false;
        }
    }
}

/* Do the first thing that is due. False: nothing is left to do. */
static bool round_of_work(struct duo_boot *boot)
{
    if (!observe(boot)) {
        return false;
    }
    if (any_action(boot, BIT(DUO_ACTION_RESUME_INSTALL) |
                             BIT(DUO_ACTION_RESUME_REVERT))) {
        return resume(boot);
    }
    if (any_action(boot, BIT(DUO_ACTION_CONFIRM) | BIT(DUO_ACTION_REVERT))) {
        duo_boot_end_trials(boot);
        return true;
    }
    if (repair_any(boot) || mend_trailer(boot) || revert_unrecorded(boot) ||
        install(boot)) {
        return true;
    }
    clear_requests(boot);
    return false;
}

static void work(struct duo_boot *boot)
{
    bool more = boot->ext_ok;

    for (unsigned i = 0; more && i < ROUNDS_MAX; i++) {
        more = round_of_work(boot) && boot->ext_ok && !boot->commit_pending;
    }
}

/* End the session; the network core stays put until somebody releases it. */
static void close_net(struct duo_boot *boot)
{
    const struct duo_boot_config *config = boot->config;

    enum duo_reason fault = config->net->fault;

    if (boot->net_ok) {
        duo_mailbox_close(config->net);
        if (config->net->fault != fault) {
            duo_boot_tell(boot, config->net->fault, DUO_CORE_NET, NULL);
        }
    }
    config->hold_net(config->ctx);
}

static void log_start(struct duo_boot *boot, enum duo_core core)
{
    const struct duo_event event = {.type = DUO_EVENT_START,
                                    .core = core,
                                    .version =
                                        boot->active[core].image.version};
    duo_boot_log(boot, &event);
}

static void start_net(struct duo_boot *boot, struct duo_boot_result *result)
{
    const struct duo_boot_config *config = boot->config;
    const struct duo_survey *net = &boot->active[DUO_CORE_NET];
    bool good = boot->net_ok && net->verdict == DUO_VERDICT_ACCEPT;

    if (boot->net_ok && !good) {
        duo_boot_tell(boot, DUO_REASON_NET_IMAGE_BAD, DUO_CORE_NET, NULL);
    }
    if (!good || config->policy->net_start == DUO_NET_START_BY_APP) {
        close_net(boot);
        if (good) {
            result->net = net->image;
        }
        return;
    }
    log_start(boot, DUO_CORE_NET);
    if (duo_mailbox_start(config->net) != DUO_OK) {
        duo_boot_tell(boot, config->net->fault, DUO_CORE_NET, NULL);
        config->hold_net(config->ctx);
        return;
    }
    result->net_started = true;
    result->net = net->image;
}

static void finish(struct duo_boot *boot, struct duo_boot_result *result)
{
    const struct duo_survey *app = &boot->active[DUO_CORE_APP];

    if (boot->commit_pending && app->verdict == DUO_VERDICT_ACCEPT) {
        duo_boot_commit(boot);
    }
    duo_boot_raise_counters(boot);
    result->outcome = DUO_BOOT_RECOVERY;
    result->app_verdict = app->verdict;
    if (app->verdict != DUO_VERDICT_ACCEPT) {
        duo_boot_tell(boot, DUO_REASON_APP_IMAGE_BAD, DUO_CORE_APP, NULL);
        duo_boot_tell(boot, DUO_REASON_RECOVERY_ENTERED, DUO_CORE_NONE, NULL);
        return;
    }
    start_net(boot, result);
    log_start(boot, DUO_CORE_APP);
    result->app = app->image;
    result->outcome = DUO_BOOT_START;
}

void duo_boot_run(struct duo_boot_state *state,
                  const struct duo_boot_config *config,
                  struct duo_boot_result *result)
{
    struct duo_boot *boot = (struct duo_boot *)(void *)state;

    memset(result, 0, sizeof(*result));
    result->app_verdict = DUO_VERDICT_REJECT;
    begin(boot, config);
    work(boot);
    if (boot->ext_ok && boot->net_ok) {
        duo_boot_mend_mirror(boot);
    }
    finish(boot, result);
}
