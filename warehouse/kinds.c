/* Every kind of document the program knows; a new one gets its row here. */
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/exception.h"
#include "warehouse/distribution/discrepancy.h"
#include "warehouse/distribution/request.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/receipt.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/shortage.h"

const struct doc_kind *const document_kinds[] = {
        &order_kind,      &receipt_kind,  &request_kind,          &shipment_kind,  &discrepancy_kind,
        &adjustment_kind, &shortage_kind, &catalogue_change_kind, &exception_kind, NULL,
};
