/* table: what people read: columns, with nothing in them that a terminal obeys. */
#include "base/moment.h"
#include "ctl.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    MOMENT_WIDTH = MOMENT_SIZE - 1,
    UID_WIDTH = UID_SIZE - 1
};

void ctl_cell(struct ctl *ctl, int width, struct text t)
{
    size_t written = 0;

    for (size_t i = 0; i < t.len; written++) {
        size_t control = text_control_len(text_from(t, i));

        if (control > 0)
            buf_put_byte(&ctl->out, '?');
        else
            buf_put_byte(&ctl->out, t.data[i]);
        i += control > 0 ? control : 1;
    }
    for (; written < (size_t)width; written++)
        buf_put_byte(&ctl->out, ' ');
    buf_put_string(&ctl->out, "  ");
}

void ctl_cell_uid(struct ctl *ctl, const struct uid *uid)
{
    char text[UID_SIZE] = "-";

    if (!uid_is_none(uid))
        uid_format(uid, text);
    ctl_cell(ctl, UID_WIDTH, text_of(text));
}

void ctl_cell_moment(struct ctl *ctl, int64_t moment)
{
    char text[MOMENT_SIZE] = "-";

    if (moment != INT64_MAX)
        moment_format(moment, text);
    ctl_cell(ctl, MOMENT_WIDTH, text_of(text));
}

void ctl_cell_integer(struct ctl *ctl, int width, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, value);
    ctl_cell(ctl, width, text_of(text));
}

void ctl_row(struct ctl *ctl)
{
    while (ctl->out.len > 0 && ctl->out.data[ctl->out.len - 1] == ' ')
        ctl->out.len--;
    buf_put_byte(&ctl->out, '\n');
}
