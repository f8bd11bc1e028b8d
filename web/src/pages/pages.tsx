// Every page of the house, by its path.
import { type ComponentType, lazy } from "react";
import type { Params } from "../base/route";
import { Board } from "./Board";
import { Alarms } from "./coldchain/Alarms";
import { SensorPage } from "./coldchain/SensorPage";
import { Wall } from "./coldchain/Wall";
import { OrderLines, PlatformDifferences } from "./orders/Answers";
import { OrderList } from "./orders/OrderList";
import { OrderNew } from "./orders/OrderNew";
import { OrderPage } from "./orders/OrderPage";
import { DispatchDifferences, OpenReports, PlatformMessage, PlatformMessages } from "./orders/Platform";
import { Supply } from "./orders/Supply";
import { PriceChanges, Prices } from "./prices/Prices";
import { LongDemands } from "./plans/LongDemands";
import { PlanDepots } from "./plans/PlanDepots";
import { CountyPlanNew, PlanList, SitePlanList, SitePlanNew } from "./plans/PlanList";
import { PlanPage, SitePlanPage } from "./plans/PlanPage";
import { ApprovalLimits, DemandSettings, SplitFlags, SplitOrders } from "./plans/Rules";
import { ReceiptList } from "./receipts/ReceiptList";
import { ReceiptNew } from "./receipts/ReceiptNew";
import { ReceiptPage } from "./receipts/ReceiptPage";
import { ReturnLines, ReturnList, ReturnNew, ReturnPage } from "./receipts/Returns";
import { OpenNumber, Search } from "./Search";
import { Health } from "./settings/Health";
import { Imports } from "./settings/Imports";
import { Products, Refusals, Sites } from "./settings/Lists";
import { ProductPage } from "./settings/ProductPage";
import { Users } from "./settings/Users";
import { Discrepancies, DiscrepancyPage } from "./shipments/Discrepancies";
import { RequestList, RequestNew, RequestPage } from "./shipments/Requests";
import { ShipmentNew } from "./shipments/ShipmentNew";
import { ShipmentPage } from "./shipments/ShipmentPage";
import { ShipmentList } from "./shipments/Shipments";
import { ShortageNew } from "./shortages/ShortageNew";
import { ShortagePage } from "./shortages/ShortagePage";
import { Shortages } from "./shortages/Shortages";
import { AdjustmentList, AdjustmentNew, AdjustmentPage } from "./stock/Adjustments";
import { Holds } from "./stock/Holds";
import { StockList } from "./stock/StockList";
import { StockMoves } from "./stock/StockMoves";
import { Unmatched } from "./stock/Unmatched";
import { Today } from "./Today";
import { LotFlow } from "./trace/LotFlow";
import { PackLife } from "./trace/PackLife";
import { Trace } from "./trace/Trace";

/** A room that nobody opens first: its pages come when one of them is opened, and the first load stays small. */
const later = <M extends object>(load: () => Promise<M>) => (name: keyof M) => lazy(async () => ({ default: (await load())[name] as ComponentType<{ params: Params }> }));
const changes = later(() => import("./catalogue/Changes"));
const codes = later(() => import("./catalogue/Codes"));
const entitlements = later(() => import("./catalogue/Entitlements"));
const exceptions = later(() => import("./catalogue/Exceptions"));
const hisItems = later(() => import("./catalogue/HisItems"));
const levels = later(() => import("./catalogue/Levels"));
const expiring = later(() => import("./partners/Expiring"));
const firsts = later(() => import("./partners/Firsts"));
const makers = later(() => import("./partners/Makers"));
const rights = later(() => import("./partners/Rights"));
const scores = later(() => import("./partners/Scores"));
const supplierPage = later(() => import("./partners/SupplierPage"));
const suppliers = later(() => import("./partners/Suppliers"));
const ticks = later(() => import("./partners/Ticks"));
const adjustments = later(() => import("./prices/Adjustments"));
const bins = later(() => import("./stock/Bins"));
const claims = later(() => import("./prices/Claims"));
const filings = later(() => import("./prices/Filings"));
const negotiations = later(() => import("./prices/Negotiations"));
const priceReports = later(() => import("./prices/Reports"));
const invoices = later(() => import("./settle/Invoices"));
const permits = later(() => import("./settle/Permits"));
const months = later(() => import("./settle/Months"));
const payables = later(() => import("./settle/Payables"));
const progress = later(() => import("./volumes/Progress"));
const reallocations = later(() => import("./volumes/Reallocations"));
const releases = later(() => import("./volumes/Releases"));
const reports = later(() => import("./volumes/Reports"));
const roundPage = later(() => import("./volumes/RoundPage"));
const rounds = later(() => import("./volumes/Rounds"));
const watch = later(() => import("./settle/Watch"));

/** In order: "new" stands before ":id". */
export const PAGES: [string, ComponentType<{ params: Params }>][] = [
	["/", Today],
	["/board", Board],
	["/search", Search],
	["/open/:number", OpenNumber],
	["/supply", Supply],
	["/plans", PlanList],
	["/plans/new", CountyPlanNew],
	["/plans/:id", PlanPage],
	["/site-plans", SitePlanList],
	["/site-plans/new", SitePlanNew],
	["/site-plans/:id", SitePlanPage],
	["/demand-settings", DemandSettings],
	["/long-demands", LongDemands],
	["/plan-depots", PlanDepots],
	["/health", Health],
	["/approval-limits", ApprovalLimits],
	["/split-flags", SplitFlags],
	["/split-flags/:id", SplitOrders],
	["/order-lines", OrderLines],
	["/platform-differences", PlatformDifferences],
	["/orders", OrderList],
	["/orders/new", OrderNew],
	["/orders/:id", OrderPage],
	["/platform-differences/reports", OpenReports],
	["/platform-differences/dispatches", DispatchDifferences],
	["/platform-messages", PlatformMessages],
	["/platform-messages/:id", PlatformMessage],
	["/prices", Prices],
	["/price-changes", PriceChanges],
	["/price-flags", priceReports("PriceFlagOrders")],
	["/price-flags/issue", priceReports("PriceFlagIssue")],
	["/price-flags/stock", priceReports("PriceFlagStock")],
	["/price-flags/receipts", priceReports("PriceFlagReceipts")],
	["/price-public", priceReports("PricePublic")],
	["/price-spread", priceReports("PriceSpread")],
	["/price-paid", priceReports("PricePaid")],
	["/price-savings", priceReports("PriceSavings")],
	["/price-claims", claims("PriceClaims")],
	["/filings", filings("FilingList")],
	["/filings/new", filings("FilingNew")],
	["/filings/:id", filings("FilingPage")],
	["/negotiations", negotiations("NegotiationList")],
	["/negotiations/new", negotiations("NegotiationNew")],
	["/negotiations/:id", negotiations("NegotiationPage")],
	["/price-adjustments", adjustments("PriceAdjustmentList")],
	["/price-adjustments/new", adjustments("PriceAdjustmentNew")],
	["/price-adjustments/:id", adjustments("PriceAdjustmentPage")],
	["/volume-rounds", rounds("Rounds")],
	["/volume-rounds/new", rounds("RoundNew")],
	["/volume-rounds/:id", roundPage("RoundPage")],
	["/volume-progress", progress("Progress")],
	["/volume-credits", progress("Credits")],
	["/volume-commitments", progress("Commitments")],
	["/volume-reports", reports("Reports")],
	["/volume-reports/new", reports("ReportNew")],
	["/volume-reports/:id", reports("ReportPage")],
	["/volume-reallocations", reallocations("Reallocations")],
	["/volume-reallocations/new", reallocations("ReallocationNew")],
	["/volume-reallocations/:id", reallocations("ReallocationPage")],
	["/volume-releases", releases("Releases")],
	["/volume-releases/new", releases("ReleaseNew")],
	["/volume-releases/:id", releases("ReleasePage")],
	["/receipts", ReceiptList],
	["/receipts/new", ReceiptNew],
	["/receipts/:id", ReceiptPage],
	["/supplier-return-lines", ReturnLines],
	["/supplier-returns", ReturnList],
	["/supplier-returns/new", ReturnNew],
	["/supplier-returns/:id", ReturnPage],
	["/stock", StockList],
	["/bins", bins("Bins")],
	["/stock-moves", StockMoves],
	["/adjustments", AdjustmentList],
	["/adjustments/new", AdjustmentNew],
	["/adjustments/:id", AdjustmentPage],
	["/holds", Holds],
	["/usage-unmatched", Unmatched],
	["/his-items", hisItems("HisItems")],
	["/his-items-open", hisItems("HisItemsOpen")],
	["/his-item-history", hisItems("HisItemHistory")],
	["/requests", RequestList],
	["/requests/new", RequestNew],
	["/requests/:id", RequestPage],
	["/shipments", ShipmentList],
	["/shipments/new", ShipmentNew],
	["/shipments/:id", ShipmentPage],
	["/discrepancies", Discrepancies],
	["/discrepancies/:id", DiscrepancyPage],
	["/trace", Trace],
	["/trace/packs/:code", PackLife],
	["/trace/lots/:id", LotFlow],
	["/shortages", Shortages],
	["/shortages/new", ShortageNew],
	["/shortages/:id", ShortagePage],
	["/coldchain", Wall],
	["/sensors", Wall],
	["/coldchain/:id", SensorPage],
	["/sensors/:id", SensorPage],
	["/alarms", Alarms],
	["/invoice-lines", invoices("InvoiceLines")],
	["/invoices", invoices("InvoiceList")],
	["/invoices/new", invoices("InvoiceNew")],
	["/invoices/:id/edit", invoices("InvoiceNew")],
	["/invoices/:id", invoices("InvoicePage")],
	["/remote-approvals", permits("RemoteApprovals")],
	["/maker-permits", permits("MakerPermitList")],
	["/payables", payables("PayableList")],
	["/payables/:id", payables("PayablePage")],
	["/proof", payables("Proof")],
	["/payments", payables("PaymentList")],
	["/payments/new", payables("PaymentNew")],
	["/payments/:id", payables("PaymentPage")],
	["/estimates", payables("EstimateList")],
	["/estimates/due", payables("EstimatesDue")],
	["/estimates/:id", payables("EstimatePage")],
	["/money-balances", payables("Balances")],
	["/money-entries", payables("Entries")],
	["/settle-settings", payables("SettleSettings")],
	["/month-closes", months("MonthMatrix")],
	["/month-closes/list", months("MonthCloseList")],
	["/month-closes/:id", months("MonthClosePage")],
	["/depot-days", months("DepotDays")],
	["/depot-lines", months("DepotLines")],
	["/sheets", months("SheetList")],
	["/sheets/:id", months("SheetPage")],
	["/watch", watch("WatchProducts")],
	["/watch/makers", watch("WatchMakers")],
	["/watch/shares", watch("WatchShares")],
	["/watch/shares/sites", watch("WatchSiteShares")],
	["/watch/site-goods", watch("WatchSiteProducts")],
	["/watch/site-lines", watch("WatchSiteLines")],
	["/watch/splits", watch("WatchSplits")],
	["/watch/filed", watch("WatchFiled")],
	["/watch/offlist", watch("WatchOffList")],
	["/watch/exceptions", watch("WatchExceptions")],
	["/products", Products],
	["/products/:id", ProductPage],
	["/level-lists", levels("Levels")],
	["/catalogue-changes", changes("ChangeList")],
	["/catalogue-changes/new", changes("ChangeNew")],
	["/catalogue-changes/:id", changes("ChangePage")],
	["/exceptions", exceptions("ExceptionList")],
	["/exceptions/new", exceptions("ExceptionNew")],
	["/exceptions/:id", exceptions("ExceptionPage")],
	["/code-bindings", codes("CodeBindings")],
	["/entitlements", entitlements("Entitlements")],
	["/catalogue-settings", entitlements("CatalogueSettings")],
	["/suppliers", suppliers("Suppliers")],
	["/suppliers/:id", supplierPage("SupplierPage")],
	["/makers", makers("Makers")],
	["/makers/:id", makers("MakerPage")],
	["/delivery-rights", rights("DeliveryRights")],
	["/expiring-papers", expiring("ExpiringPapers")],
	["/waiting-papers", expiring("WaitingPapers")],
	["/platform-ticks", ticks("PlatformTicks")],
	["/first-suppliers", firsts("FirstSuppliers")],
	["/first-suppliers/:id", firsts("FirstSupplierPage")],
	["/first-products", firsts("FirstProducts")],
	["/first-products/:id", firsts("FirstProductPage")],
	["/supplier-scores", scores("SupplierScores")],
	["/supplier-lines", scores("SupplierLines")],
	["/sites", Sites],
	["/users", Users],
	["/imports", Imports],
	["/refusals", Refusals],
];
