/* Every kind of document the program knows; a new one gets its row here. */
#include "warehouse/demand/plan.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/exception.h"
#include "warehouse/distribution/discrepancy.h"
#include "warehouse/distribution/request.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/partner/first.h"
#include "warehouse/price/filing.h"
#include "warehouse/price/issue.h"
#include "warehouse/price/negotiation.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/platform_message.h"
#include "warehouse/procurement/receipt.h"
#include "warehouse/procurement/supplier_return.h"
#include "warehouse/settlement/estimate.h"
#include "warehouse/settlement/invoice.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/payment.h"
#include "warehouse/settlement/sheet.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/shortage.h"
#include "warehouse/volume/reallocation.h"
#include "warehouse/volume/release.h"
#include "warehouse/volume/report.h"

const struct doc_kind *const document_kinds[] = {
        &order_kind,
        &receipt_kind,
        &supplier_return_kind,
        &platform_message_kind,
        &request_kind,
        &shipment_kind,
        &discrepancy_kind,
        &adjustment_kind,
        &shortage_kind,
        &first_supplier_kind,
        &first_product_kind,
        &filing_kind,
        &negotiation_kind,
        &price_adjustment_kind,
        &plan_kind,
        &site_plan_kind,
        &volume_report_kind,
        &volume_reallocation_kind,
        &volume_release_kind,
        &invoice_kind,
        &estimate_kind,
        &payment_kind,
        &month_close_kind,
        &sheet_kind,
        &catalogue_change_kind,
        &exception_kind,
        NULL,
};
