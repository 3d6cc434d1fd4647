/* SPDX-License-Identifier: MIT */
/* Manifests of packages as people and builds write them, and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "package.h"
#include "package_test_zip.h"

static struct duo_tool_fixture fixture;

/* A zip of this manifest and the files a.bin and b.bin of 4 bytes each. */
static struct duo_tool_buffer manifest_zip(const char *manifest)
{
    struct zip zip = {0};

    zip_add(&zip, "a.bin", bytes_of("aaaa"));
    zip_add(&zip, "b.bin", bytes_of("bbbb"));
    zip_add(&zip, "manifest.json", bytes_of(manifest));
    return zip_end(&zip);
}

static void parse_good(const char *manifest, struct duo_package *package)
{
    struct duo_tool_buffer zip = manifest_zip(manifest);
    struct duo_tool_error error = {0};

    if (!duo_package_parse(LABEL, duo_tool_buffer_view(&zip), package,
                           &error)) {
        fail_msg("%s: %s", manifest, error.text);
    }
    duo_tool_buffer_free(&zip);
}

static void manifest_refused(const char *manifest, const char *words)
{
    struct duo_tool_buffer zip = manifest_zip(manifest);

    assert_refused(duo_tool_buffer_view(&zip), DUO_EXIT_INPUT, words);
    duo_tool_buffer_free(&zip);
}

/* The forms in which builds wrote the number of the image, and what each phone
 * app makes of it. */
static void each_form_of_image_index_is_understood(void **state)
{
    static const struct {
        const char *text;
        uint32_t image_index;
        uint32_t android;
        uint32_t ios;
    } rows[] = {
        {"\"image_index\":\"1\",",              1,   1,   1  },
        {"\"image_index\":1,",                  1,   1,   0  },
        {"\"image\":1,",                        1,   0,   1  },
        {"\"image\":1,\"image_index\":\"1\",",  1,   1,   1  },
        {"\"image\":1,\"image_index\":1,",      1,   1,   1  },
        {"\"image\":\"1\",",                    1,   0,   0  },
        {"\"image_index\":null,",               0,   0,   0  },
        {"",                                    0,   0,   0  },
        {"\"image_index\":\"255\",\"x\":[{}],", 255, 255, 255},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char manifest[512];
        struct duo_package package;
        (void)snprintf(manifest, sizeof(manifest),
                       "{\"format-version\":0,\"files\":[{%s\"file\":\"a.bin\","
                       "\"slot\":\"1\"},{\"file\":\"b.bin\",\"slot\":\"0\","
                       "\"image_index\":\"9\"}]}",
                       rows[i].text);
        parse_good(manifest, &package);
        assert_int_equal(package.format, 0);
        assert_int_equal(package.entries[0].image_index, rows[i].image_index);
        assert_int_equal(
            package.entries[0].seen_by[DUO_PACKAGE_ANDROID].image_index,
            rows[i].android);
        assert_int_equal(
            package.entries[0].seen_by[DUO_PACKAGE_IOS].image_index,
            rows[i].ios);
        assert_int_equal(package.entries[1].slot, 0);
        duo_package_free(&package);
    }
}

static void the_vendors_other_forms_are_understood(void **state)
{
    struct duo_package package;

    (void)state;
    /* Direct XIP: two files for one image, a raw hexadecimal number. */
    parse_good("{\"files\":[{\"file\":\"a.bin\",\"slot\":\"0\","
               "\"load_address\":0xC200,\"version_MCUBOOT+XIP\":\"1.2.3\"},"
               "{\"file\":\"b.bin\",\"slot\":1,\"load_address\":\"0x8C200\","
               "\"version_MCUBOOT+XIP\":\"1.2.3\",\"type\":\"0x10 \\\\\"}]}",
               &package);
    assert_true(package.entries[0].is_direct_xip);
    assert_int_equal(package.entries[0].load_addr, 0xC200);
    assert_int_equal(package.entries[1].load_addr, 0x8C200);
    assert_string_equal(package.entries[0].version, "1.2.3");
    assert_string_equal(package.entries[1].type, "0x10 \\");
    assert_int_equal(package.entries[1].slot, 1);
    duo_package_free(&package);
    /* The boot loader's own slots, by order of appearance. */
    parse_good("{\"files\":[{\"file\":\"b.bin\",\"type\":\"mcuboot\"},"
               "{\"file\":\"a.bin\",\"type\":\"mcuboot\",\"version\":3}]}",
               &package);
    assert_int_equal(package.entries[0].slot, 0);
    assert_int_equal(package.entries[1].slot, 1);
    assert_string_equal(package.entries[1].version, "3");
    duo_package_free(&package);
}

static void hostile_manifests_are_refused_with_the_field(void **state)
{
    /* clang-format off */
    static const struct {
        const char *manifest;
        const char *words;
    } rows[] = {
        {"", "manifest.json:1:0: not JSON"},
        {"{\"files\":[", "not JSON"},
        {"\"files\"", "not JSON"},
        {"[]", "must be a JSON object"},
        {"{}", "files must be a list"},
        {"{\"files\":{}}", "files must be a list"},
        {"{\"files\":[]}", "at least one file"},
        {"{\"files\":[1]}", "files [0] must be an object"},
        {"{\"files\":[{}]}", "files[0].file is missing"},
        {"{\"files\":[{\"file\":[]}]}", "files[0].file must be a text"},
        {"{\"files\":[{\"file\":\"c.bin\"}]}", "'c.bin', which is not in the zip"},
        {"{\"files\":[{\"file\":\"../a.bin\"}]}", "which is not in the zip"},
        {"{\"files\":[{\"file\":\"manifest.json\"}]}", "taken already"},
        {"{\"files\":[{\"file\":\"a\\u001bb\"}]}", "control character"},
        {"{\"files\":[{\"file\":\"a\\u0085b\"}]}", "control character"},
        {"{\"format-version\":2,\"files\":[]}", "format-version must be"},
        {"{\"time\":-1,\"files\":[]}", "time must be"},
        {"{\"time\":99999999999999999999,\"files\":[]}", "not JSON"},
        {"{\"name\":{},\"files\":[]}", "name must be a text"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        manifest_refused(rows[i].manifest, rows[i].words);
    }
}

/* The same with one good file, and these further fields of it. */
static void hostile_fields_are_refused_by_name(void **state)
{
    /* clang-format off */
    static const struct {
        const char *fields;
        const char *words;
    } rows[] = {
        {"", "'b.bin' is in the zip, but"},
        {"},{\"file\":\"b.bin\"",
         "files[1].image_index with its slot names image 0, slot 1, as 'a.bin'"},
        {"},{\"file\":\"a.bin\",\"slot\":0", "'a.bin', which is taken already"},
        {",\"file\":\"b.bin\"", "duplicate"},
        {",\"size\":5", "files[0].size is 5, but 'a.bin' has 4 bytes"},
        {",\"size\":-1", "files[0].size must"},
        {",\"image_index\":256", "files[0].image_index must be from 0 to 255"},
        {",\"image_index\":\"one\"", "files[0].image_index must be a number"},
        {",\"image_index\":\"0x1\"", "files[0].image_index must be a number"},
        {",\"image_index\":1.5", "files[0].image_index must be a number"},
        {",\"image_index\":\"\"", "files[0].image_index must be a number"},
        {",\"image_index\":\"-1\"", "files[0].image_index must be a number"},
        {",\"image\":1,\"image_index\":\"0\"", "the phone apps would not agree"},
        {",\"slot\":true", "files[0].slot must"},
        {",\"load_address\":0x100000000", "not JSON"},
        {",\"load_address\":10x2", "not JSON"},
        {",\"load_address\":4294967296", "files[0].load_address must"},
        {",\"version\":[1]", "files[0].version must be a text"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char manifest[256];
        (void)snprintf(manifest, sizeof(manifest),
                       "{\"files\":[{\"file\":\"a.bin\"%s}]}", rows[i].fields);
        manifest_refused(manifest, rows[i].words);
    }
}

static void a_manifest_of_great_depth_or_size_is_refused(void **state)
{
    char *text = malloc(DUO_PACKAGE_MANIFEST_BYTES + 2U);

    (void)state;
    assert_non_null(text);
    memset(text, '[', DUO_PACKAGE_MANIFEST_BYTES + 1U);
    text[DUO_PACKAGE_MANIFEST_BYTES + 1U] = '\0';
    manifest_refused(text, "'manifest.json' is larger than 64 KB");
    text[DUO_PACKAGE_MANIFEST_BYTES] = '\0';
    manifest_refused(text, "not JSON: maximum parsing depth");
    free(text);
}

/* Damaged in a few places each, with a right CRC: refused with a sentence, or
 * read as something that the rules below can look at. */
static void damaged_manifests_are_refused_or_read(void **state)
{
    static const char good[] =
        "{\"format-version\":1,\"time\":9,\"name\":\"n\",\"files\":[{\"type\":"
        "\"application\",\"size\":4,\"file\":\"a.bin\",\"slot\":\"1\","
        "\"load_address\":0xC200,\"version\":\"1.2.3\"},{\"image\":1,"
        "\"image_index\":\"1\",\"file\":\"b.bin\",\"board\":\"x\"}]}";
    static const char letters[] = "{}[]\",:0123456789xX-.eE\\u \x01\xFF"
                                  "afnt";
    uint32_t chance = 1;
    unsigned read_count = 0;

    (void)state;
    for (unsigned round = 0; round < 4000; round++) {
        char manifest[sizeof(good)];
        struct duo_tool_buffer zip;
        struct duo_package package;
        struct duo_tool_error error = {0};
        memcpy(manifest, good, sizeof(good));
        for (unsigned i = 0; i <= round % 4; i++) {
            size_t at;
            chance = chance * 1664525U + 1013904223U;
            at = (chance >> 8) % (sizeof(good) - 1U);
            manifest[at] = letters[(chance >> 24) % (sizeof(letters) - 1U)];
        }
        zip = manifest_zip(manifest);
        if (duo_package_parse(LABEL, duo_tool_buffer_view(&zip), &package,
                              &error)) {
            struct duo_package_findings findings;
            duo_package_check(&package, &fixture.board.trust, &findings);
            assert_true(findings.error_count > 0); /* a.bin is no image. */
            duo_package_findings_free(&findings);
            duo_package_free(&package);
            read_count++;
        } else {
            assert_memory_equal(error.text, LABEL ":", sizeof(LABEL));
        }
        duo_tool_buffer_free(&zip);
    }
    assert_in_range(read_count, 100, 3000);
}

static void a_suit_package_is_refused_as_such(void **state)
{
    struct duo_tool_buffer zip = manifest_zip(
        "{\"files\":[{\"type\":\"suit-envelope\",\"file\":\"a.bin\"}]}");

    (void)state;
    assert_refused(duo_tool_buffer_view(&zip), DUO_EXIT_REFUSED,
                   "this is a SUIT package");
    duo_tool_buffer_free(&zip);
}

/* What is in the manifest for one file, and what is found. */
static void each_rule_of_the_apps_and_the_board_is_found(void **state)
{
    static const struct {
        const char *fields; /* Of a.bin. */
        const char *who;
        const char *words;
    } rows[] = {
        {"\"image_index\":1",     "iOS app",     "takes it for image 0 and not 1"   },
        {"\"image\":1",           "Android app", "takes it for image 0 and not 1"   },
        {"\"slot\":0",            "iOS app",     "slot 1 and not 0"                 },
        {"\"slot\":\"0\"",        "board",       "is 0, for a boot loader that runs"},
        {"\"image_index\":\"2\"", "board",       "is 2, but the board has image 0"  },
        {"\"type\":\"mcuboot\"",  "board",       "update of a boot loader"          },
        {"\"size\":\"4\"",        "iOS app",     "must be a JSON number"            },
        {"\"board\":3",           "iOS app",     "must be a JSON text"              },
        {"\"soc\":null",          "iOS app",     "must be a JSON text"              },
        {"\"slot\":\"1\"",        "iOS app",     "is missing"                       },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char manifest[512];
        struct duo_package package;
        struct duo_package_findings findings;
        bool found = false;
        (void)snprintf(manifest, sizeof(manifest),
                       "{\"files\":[{%s,\"file\":\"a.bin\"},{\"file\":"
                       "\"b.bin\",\"image_index\":\"9\"}]}",
                       rows[i].fields);
        parse_good(manifest, &package);
        duo_package_check(&package, &fixture.board.trust, &findings);
        for (size_t j = 0; j < findings.count; j++) {
            const struct duo_package_finding *finding = &findings.list[j];
            found = found || (strncmp(finding->place, "a.bin", 5) == 0 &&
                              strcmp(finding->who, rows[i].who) == 0 &&
                              strstr(finding->sentence, rows[i].words) != NULL);
        }
        if (!found) {
            fail_msg("nothing found says \"%s\"", rows[i].words);
        }
        duo_package_findings_free(&findings);
        duo_package_free(&package);
    }
}

static int open_fixture(void **state)
{
    (void)state;
    duo_tool_fixture_open(&fixture);
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    duo_tool_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_of_image_index_is_understood),
        cmocka_unit_test(the_vendors_other_forms_are_understood),
        cmocka_unit_test(hostile_manifests_are_refused_with_the_field),
        cmocka_unit_test(hostile_fields_are_refused_by_name),
        cmocka_unit_test(a_manifest_of_great_depth_or_size_is_refused),
        cmocka_unit_test(damaged_manifests_are_refused_or_read),
        cmocka_unit_test(a_suit_package_is_refused_as_such),
        cmocka_unit_test(each_rule_of_the_apps_and_the_board_is_found),
    };

    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
