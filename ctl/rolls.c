/* rolls: roll and revoke. */
#include "api/endpoint_json.h"
#include "base/crypto.h"
#include "ctl.h"
#include "domain/delivery.h"
#include "domain/revoke.h"
#include "domain/roll.h"
#include "store/metrics.h"

#include <stdio.h>

static void explain(struct ctl *ctl, enum rc rc, const struct roll *roll)
{
    if (roll->faults.count > 0)
        ctl->faults = roll->faults;
    if (rc == RC_CONFLICT)
        roll_refusal(roll, ctl->why);
    ctl_explain_missing(ctl, rc, "endpoint");
}

enum rc ctl_roll(struct ctl *ctl)
{
    struct roll roll = {.by = ctl_actor(ctl),
                        .request.has_grace = ctl->values[CTL_EXPIRATION] != NULL,
                        .request.reason = text_of(ctl->values[CTL_REASON])};
    struct endpoint_json_view view = ctl_view(ctl);
    struct endpoint endpoint;
    struct uid project;
    struct uid uid;
    enum rc rc = ctl_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_EXPIRATION, &roll.request.grace);
    if (rc == RC_OK)
        rc = ctl_secret(ctl, &roll.request.secret);
    if (rc == RC_OK) {
        crypto_random(&roll.fresh, sizeof roll.fresh);
        rc = store_endpoint_edit(ctl->store, &project, &uid, roll_apply, &roll, &ctl->arena,
                                 &endpoint);
        crypto_wipe(&roll.fresh, sizeof roll.fresh);
    }
    metrics_roll(rc);
    if (rc == RC_OK) {
        view.now = roll.at;
        view.fresh = endpoint.secrets[endpoint.secret_count - 1].uid;
        view.warning = delivery_warning(&endpoint);
        ctl_print_endpoint(ctl, &endpoint, &view);
    } else {
        explain(ctl, rc, &roll);
    }
    return rc;
}

enum rc ctl_revoke(struct ctl *ctl)
{
    struct revoke revoke = {.reason = text_of(ctl->values[CTL_REASON]), .by = ctl_actor(ctl)};
    struct endpoint_json_view view = ctl_view(ctl);
    struct endpoint endpoint;
    struct uid project;
    struct uid uid;
    enum rc rc = ctl_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = ctl_uid(ctl, CTL_SECRET_ID, &revoke.secret);
    if (rc == RC_OK)
        rc = history_check_reason(revoke.reason, &ctl->faults);
    if (rc == RC_OK)
        rc = store_endpoint_edit(ctl->store, &project, &uid, revoke_apply, &revoke, &ctl->arena,
                                 &endpoint);
    if (rc == RC_OK)
        ctl_print_endpoint(ctl, &endpoint, &view);
    ctl_explain_missing(ctl, rc, "endpoint");
    if (rc == RC_GONE)
        (void)snprintf(ctl->why, sizeof ctl->why,
                       "no such secret can sign: it has ended, or never was");
    if (rc == RC_CONFLICT)
        (void)snprintf(ctl->why, sizeof ctl->why,
                       "the current secret cannot be revoked: use roll with --expiration 0");
    return rc;
}
