/* SPDX-License-Identifier: MIT */
/* The build's own generator: duo-layout DIR FILE... checks each layout file
 * and writes DIR/duo_layouts.c, DIR/duo_layouts.h and DIR/<name>.ld. It needs
 * libyaml only, so it is built by the host's compiler in every build. */
#include "../layout.h"

#include <string.h>

struct outputs {
    const char *dir;
    FILE *table;
    FILE *header;
};

static FILE *open_output(const char *dir, const char *name)
{
    char path[4096];
    int len_chars = snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *out = NULL;

    if (len_chars > 0 && (size_t)len_chars < sizeof(path)) {
        out = fopen(path, "w");
    }
    if (out == NULL) {
        (void)fprintf(stderr, "duo-layout: cannot write %s/%s\n", dir, name);
    }
    return out;
}

/* False if anything that was written to the stream got lost. */
static bool close_output(FILE *out)
{
    bool is_whole = !ferror(out);

    return fclose(out) == 0 && is_whole;
}

static bool generate(const struct outputs *outputs, const char *path)
{
    struct duo_layout_file *file = duo_layout_read(path, stderr);
    char ld_name[DUO_LAYOUT_NAME_CHARS + 8];
    bool is_good = duo_layout_check(file);
    FILE *ld = NULL;

    if (is_good) {
        duo_layout_emit_c_table(file, outputs->table);
        (void)fprintf(outputs->header,
                      "extern const struct duo_layout duo_layout_%s;\n",
                      file->name);
        (void)snprintf(ld_name, sizeof(ld_name), "%s.ld", file->name);
        ld = open_output(outputs->dir, ld_name);
        is_good = ld != NULL;
    }
    if (ld != NULL) {
        duo_layout_emit_ld(file, ld);
        is_good = close_output(ld);
    }
    duo_layout_free(file);
    return is_good;
}

static bool generate_all(const struct outputs *outputs, char *const *paths)
{
    bool is_good = true;

    (void)fprintf(outputs->table, "/* Generated from layout files. */\n"
                                  "#include \"duo_layouts.h\"\n\n");
    (void)fprintf(outputs->header, "/* Generated from layout files. */\n"
                                   "#ifndef DUO_LAYOUTS_H\n"
                                   "#define DUO_LAYOUTS_H\n\n"
                                   "#include \"duo/layout.h\"\n\n");
    for (; *paths != NULL; paths++) {
        is_good = generate(outputs, *paths) && is_good;
    }
    (void)fprintf(outputs->header, "\n#endif\n");
    return is_good;
}

int main(int argc, char **argv)
{
    struct outputs outputs = {0};
    bool is_good = false;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: duo-layout DIR FILE...\n");
        return 2;
    }
    outputs.dir = argv[1];
    outputs.table = open_output(outputs.dir, "duo_layouts.c");
    outputs.header = open_output(outputs.dir, "duo_layouts.h");
    if (outputs.table != NULL && outputs.header != NULL) {
        is_good = generate_all(&outputs, &argv[2]);
    }
    if (outputs.table != NULL) {
        is_good = close_output(outputs.table) && is_good;
    }
    if (outputs.header != NULL) {
        is_good = close_output(outputs.header) && is_good;
    }
    return is_good ? 0 : 1;
}
