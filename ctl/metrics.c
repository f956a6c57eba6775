/* metrics: what a scrape of the responder would read, without the responder. */
#include "api/exposition.h"
#include "ctl.h"
#include "store/census.h"

enum rc ctl_metrics(struct ctl *ctl)
{
    enum rc rc = census_run(ctl->store, NULL, NULL);

    if (rc != RC_OK && rc != RC_UNAVAILABLE)
        return rc;
    exposition_write(&ctl->out, ctl->store);
    return RC_OK;
}
