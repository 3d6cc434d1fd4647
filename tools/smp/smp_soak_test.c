/* SPDX-License-Identifier: MIT */
/* Soak: uploads over lines that are bad in every way at once, with power cuts.
 * Each ends with the right bytes in the right slot, or with a sentence, and the
 * device still answers.
 *
 *   smp_soak_test [COUNT [SEED]]   1000 uploads take about a minute */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "calls.h"
#include "double_device.h"
#include "upload.h"

#define COUNT_DEFAULT 60U
#define TRIES_MAX     6U
#define CUTS_TO_TURNS 20000U

static uint32_t soak_count = COUNT_DEFAULT;
static uint64_t soak_seed = 1;

/* What became of the uploads. */
struct tally {
    uint32_t whole;
    uint32_t refused;
    uint32_t resumed;
    uint32_t cuts;
    uint32_t faults;
};

static struct double_faults random_faults(uint64_t *chance,
                                          enum double_coding coding)
{
    /* A console packet is many units; a raw line has no checks at all. */
    uint32_t scale = coding == DOUBLE_CONSOLE ? 4U : 1U;
    struct double_faults faults = {
        .drop = double_random(chance, 120U) / scale,
        .twice = double_random(chance, 120U) / scale,
        .corrupt = double_random(chance, 120U) / scale,
        .cut = double_random(chance, 120U) / scale,
        .late = double_random(chance, 120U),
        .delay_us_max = double_random(chance, 2000000U),
        .chatter = double_random(chance, 120U),
    };

    if (coding == DOUBLE_RAW) {
        faults.corrupt /= 40U;
        faults.cut /= 40U;
        faults.chatter = 0;
    }
    return faults;
}

static bool is_staged(const struct double_device *device, enum duo_core core,
                      struct duo_bytes image)
{
    const struct duo_area *area = &device->device.slots.staged[core];
    const struct duo_sim_flash *flash = device->board->ext;

    return memcmp(flash->data + area->off_bytes, image.data, image.len_bytes) ==
           0;
}

static void assert_answers(struct double_device *device)
{
    static const struct double_faults none = {0};
    struct duo_client client;
    struct duo_tool_error error;
    char *reply = NULL;

    double_device_faults(device, &none);
    duo_client_init(&client, &device->link);
    if (!duo_client_echo(&client, "still there?", &reply, &error)) {
        fail_msg("coding %u: the device is stuck: %s", (unsigned)device->coding,
                 error.text);
    }
    free(reply);
}

static void upload_once(struct double_device *device, enum duo_core core,
                        struct duo_bytes image, struct tally *tally)
{
    struct duo_client_upload upload = {.file = image, .image_index = -1};
    struct duo_tool_error error = {0};
    struct duo_client client;
    bool done = false;

    duo_client_init(&client, &device->link);
    for (unsigned i = 0; i < TRIES_MAX && !done; i++) {
        done = duo_client_upload(&client, &upload, &error);
        tally->resumed += upload.progress.resumed_bytes != 0 ? 1U : 0U;
        assert_true(done || strlen(error.text) > 10U);
    }
    if (!done) {
        print_message("given up: %s\n", error.text);
    }
    tally->whole += done ? 1U : 0U;
    tally->refused += done ? 0U : 1U;
    if (done && !is_staged(device, core, image)) {
        fail_msg("success is told, and other bytes are there");
    }
}

static void soak(uint32_t number, struct tally *tally)
{
    uint64_t chance = (soak_seed + number) * UINT64_C(0x9E3779B97F4A7C15) | 1U;
    enum double_coding coding = (enum double_coding)(number % DOUBLE_CODINGS);
    enum duo_core core = (enum duo_core)double_random(&chance, 2U);
    uint32_t payload_bytes = 500U + double_random(&chance, 30000U);
    struct double_device *device =
        double_device_create(coding, double_random(&chance, UINT32_MAX));
    struct double_faults faults = random_faults(&chance, coding);
    struct duo_tool_buffer image = {0};
    struct duo_tool_error error;

    double_device_image(device, core, 2, payload_bytes, &image);
    double_device_faults(device, &faults);
    if (double_random(&chance, 2U) == 0) {
        device->cut_after = 1U + double_random(&chance, CUTS_TO_TURNS);
    }
    assert_true(device->link.ops->open(&device->link, &error));
    upload_once(device, core, duo_tool_buffer_view(&image), tally);
    tally->cuts +=
        device->cut_after != 0 && device->turn_count >= device->cut_after ? 1U
                                                                          : 0U;
    tally->faults +=
        device->to_device.fault_count + device->to_host.fault_count;
    assert_answers(device);
    duo_tool_buffer_free(&image);
    double_device_destroy(device);
}

static void uploads_end_well_or_with_a_sentence(void **state)
{
    struct tally tally = {0};

    (void)state;
    for (uint32_t number = 0; number < soak_count; number++) {
        soak(number, &tally);
    }
    print_message("%u whole, %u given up, %u resumed, %u power cuts, %u faults "
                  "of the line\n",
                  tally.whole, tally.refused, tally.resumed, tally.cuts,
                  tally.faults);
    assert_true(tally.whole > tally.refused * 4U);
    assert_true(tally.faults > soak_count);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uploads_end_well_or_with_a_sentence),
    };

    if (argc > 1) {
        soak_count = (uint32_t)strtoul(argv[1], NULL, 0);
    }
    if (argc > 2) {
        soak_seed = strtoull(argv[2], NULL, 0);
    }
    return cmocka_run_group_tests_name("smp_soak", tests, NULL, NULL);
}
