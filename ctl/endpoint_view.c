/* endpoint_view: one endpoint as commands show it, to people or as JSON. */
#include "api/endpoint_json.h"
#include "api/json_write.h"
#include "ctl.h"

struct endpoint_json_view ctl_view(const struct ctl *ctl)
{
    return (struct endpoint_json_view){.now = ctl->now, .secrets = ctl->show_secrets};
}

static void print_people(struct ctl *ctl, const struct endpoint *endpoint,
                         const struct endpoint_json_view *view)
{
    ctl_cell(ctl, 9, text_of("endpoint"));
    ctl_cell_uid(ctl, &endpoint->uid);
    ctl_cell(ctl, 8, text_of(endpoint_status_name(endpoint->status)));
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_NAME]);
    ctl_row(ctl);
    ctl_cell(ctl, 9, text_of("url"));
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_URL]);
    ctl_row(ctl);
    for (size_t i = 0; i < endpoint->secret_count; i++) {
        const struct secret *secret = &endpoint->secrets[i];
        bool shown = view->secrets || uid_equal(&secret->uid, &view->fresh);

        if (!secret_can_sign(secret, view->now))
            continue;
        ctl_cell(ctl, 9, text_of(secret_state_name(secret, view->now)));
        ctl_cell_uid(ctl, &secret->uid);
        ctl_cell_moment(ctl, secret->expires_at);
        ctl_cell(ctl, 0, shown ? secret->value : text_of(SECRET_MASKED));
        ctl_row(ctl);
    }
    if (view->warning != NULL)
        buf_printf(&ctl->out, "warning: %s\n", view->warning);
}

void ctl_print_endpoint(struct ctl *ctl, const struct endpoint *endpoint,
                        const struct endpoint_json_view *view)
{
    struct json_write json = json_write_to(&ctl->out);

    if (!ctl->json) {
        print_people(ctl, endpoint, view);
        return;
    }
    endpoint_json_write(&json, endpoint, view);
    buf_put_byte(&ctl->out, '\n');
}
