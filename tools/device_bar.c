/* SPDX-License-Identifier: MIT */
/* The progress bar; see device_bar.h. */
#include "device_bar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device_text.h"

#define COLUMNS_DEFAULT 80U
#define CELLS_MAX       40U
#define CELLS_MIN       5U

void duo_bar_begin(struct duo_bar *bar, const char *label, bool is_quiet)
{
    const char *terminal = getenv("TERM");

    duo_bar_end(bar);
    *bar = (struct duo_bar){
        .label = label,
        .is_quiet = is_quiet,
        .is_terminal = isatty(STDERR_FILENO) == 1 && terminal != NULL &&
                       strcmp(terminal, "dumb") != 0,
    };
}

static unsigned columns(void)
{
    struct winsize size;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return COLUMNS_DEFAULT;
    }
    return size.ws_col;
}

static unsigned per_cent(const struct duo_client_progress *progress)
{
    if (progress->total_bytes == 0) {
        return 0;
    }
    return (unsigned)((uint64_t)progress->off_bytes * 100U /
                      progress->total_bytes);
}

/* What stands beside the bar: bytes, per cent, rate, time left. */
static void format(char text[200], const struct duo_client_progress *progress)
{
    char off[DUO_TEXT_BYTES];
    char total[DUO_TEXT_BYTES];
    char rate[DUO_TEXT_BYTES];
    char left[DUO_TEXT_BYTES];
    bool is_done = progress->off_bytes == progress->total_bytes;

    duo_text_count(off, progress->off_bytes);
    duo_text_count(total, progress->total_bytes);
    duo_text_size(rate, (uint64_t)progress->rate_bytes_per_s);
    duo_text_time(left, is_done ? progress->elapsed_us : progress->left_us);
    (void)snprintf(text, 200, "%3u %%  %s / %s bytes", per_cent(progress), off,
                   total);
    if (is_done) {
        (void)snprintf(text + strlen(text), 200 - strlen(text), ", in %s",
                       left);
    } else if (progress->rate_bytes_per_s > 0) {
        (void)snprintf(text + strlen(text), 200 - strlen(text), ", %s/s, %s%s",
                       rate, progress->left_us == UINT64_MAX ? "" : left,
                       progress->left_us == UINT64_MAX ? "" : " left");
    }
}

static void draw(struct duo_bar *bar,
                 const struct duo_client_progress *progress)
{
    char cells[CELLS_MAX + 1U];
    char text[200];
    unsigned room = columns();
    unsigned used;
    unsigned cell_count;

    format(text, progress);
    used = (unsigned)(strlen(bar->label) + strlen(text)) + 6U;
    cell_count = room > used ? room - used : 0U;
    cell_count = cell_count > CELLS_MAX ? CELLS_MAX : cell_count;
    if (cell_count < CELLS_MIN) {
        (void)fprintf(stderr, "\r%.*s\033[K", (int)room - 1, text);
    } else {
        memset(cells, '.', cell_count);
        memset(cells, '#', (size_t)per_cent(progress) * cell_count / 100U);
        cells[cell_count] = '\0';
        (void)fprintf(stderr, "\r%s [%s] %s\033[K", bar->label, cells, text);
    }
    (void)fflush(stderr);
    bar->is_open = true;
}

/* For logs of builds: eleven lines at most. */
static void print_line(struct duo_bar *bar,
                       const struct duo_client_progress *progress)
{
    unsigned tenth = per_cent(progress) / 10U;
    char text[200];

    if (tenth <= bar->tenth_shown) {
        return;
    }
    bar->tenth_shown = tenth;
    format(text, progress);
    (void)fprintf(stderr, "%s: %s\n", bar->label, text);
}

void duo_bar_show(struct duo_bar *bar,
                  const struct duo_client_progress *progress)
{
    if (bar->is_quiet) {
        return;
    }
    if (bar->is_terminal) {
        draw(bar, progress);
    } else {
        print_line(bar, progress);
    }
}

void duo_bar_end(struct duo_bar *bar)
{
    if (bar->is_open) {
        (void)fputc('\n', stderr);
        bar->is_open = false;
    }
}
