// Every page of the house, by its path.
import type { ComponentType } from "react";
import type { Params } from "../base/route";
import { Board } from "./Board";
import { ChangeList, ChangeNew, ChangePage } from "./catalogue/Changes";
import { CodeBindings } from "./catalogue/Codes";
import { CatalogueSettings, Entitlements } from "./catalogue/Entitlements";
import { ExceptionList, ExceptionNew, ExceptionPage } from "./catalogue/Exceptions";
import { HisItemHistory, HisItems } from "./catalogue/HisItems";
import { Levels } from "./catalogue/Levels";
import { Alarms } from "./coldchain/Alarms";
import { SensorPage } from "./coldchain/SensorPage";
import { Wall } from "./coldchain/Wall";
import { OrderLines, PlatformDifferences } from "./orders/Answers";
import { OrderList } from "./orders/OrderList";
import { OrderNew } from "./orders/OrderNew";
import { OrderPage } from "./orders/OrderPage";
import { DispatchDifferences, OpenReports, PlatformMessage, PlatformMessages } from "./orders/Platform";
import { Supply } from "./orders/Supply";
import { ExpiringPapers } from "./partners/Expiring";
import { FirstProductPage, FirstProducts, FirstSupplierPage, FirstSuppliers } from "./partners/Firsts";
import { MakerPage, Makers } from "./partners/Makers";
import { DeliveryRights } from "./partners/Rights";
import { SupplierLines, SupplierScores } from "./partners/Scores";
import { SupplierPage } from "./partners/SupplierPage";
import { Suppliers } from "./partners/Suppliers";
import { PriceAdjustmentList, PriceAdjustmentNew, PriceAdjustmentPage } from "./prices/Adjustments";
import { FilingList, FilingNew, FilingPage } from "./prices/Filings";
import { NegotiationList, NegotiationNew, NegotiationPage } from "./prices/Negotiations";
import { PriceChanges, Prices } from "./prices/Prices";
import { PriceClaims, PriceFlagOrders, PriceFlagReceipts, PriceFlagStock, PricePaid, PricePublic, PriceSavings, PriceSpread } from "./prices/Reports";
import { LongDemands } from "./plans/LongDemands";
import { PlanDepots } from "./plans/PlanDepots";
import { CountyPlanNew, PlanList, SitePlanList, SitePlanNew } from "./plans/PlanList";
import { PlanPage, SitePlanPage } from "./plans/PlanPage";
import { ApprovalLimits, DemandSettings, SplitFlags } from "./plans/Rules";
import { ReceiptList } from "./receipts/ReceiptList";
import { ReceiptNew } from "./receipts/ReceiptNew";
import { ReceiptPage } from "./receipts/ReceiptPage";
import { ReturnList, ReturnNew, ReturnPage } from "./receipts/Returns";
import { OpenNumber, Search } from "./Search";
import { Health } from "./settings/Health";
import { Imports } from "./settings/Imports";
import { InvoiceList, InvoiceNew, InvoicePage, RemoteApprovals } from "./settle/Invoices";
import { DepotDays, DepotLines, MonthCloseList, MonthClosePage, MonthMatrix, SheetList, SheetPage } from "./settle/Months";
import { Balances, Entries, EstimateList, EstimatePage, PayableList, PayablePage, PaymentList, PaymentNew, PaymentPage, Proof, SettleSettings } from "./settle/Payables";
import { WatchExceptions, WatchFiled, WatchMakers, WatchProducts, WatchShares, WatchSplits } from "./settle/Watch";
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
import { Commitments, Credits, Progress } from "./volumes/Progress";
import { ReallocationNew, ReallocationPage, Reallocations } from "./volumes/Reallocations";
import { ReleaseNew, ReleasePage, Releases } from "./volumes/Releases";
import { ReportNew, ReportPage, Reports } from "./volumes/Reports";
import { RoundPage } from "./volumes/RoundPage";
import { RoundNew, Rounds } from "./volumes/Rounds";

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
	["/price-flags", PriceFlagOrders],
	["/price-flags/stock", PriceFlagStock],
	["/price-flags/receipts", PriceFlagReceipts],
	["/price-public", PricePublic],
	["/price-spread", PriceSpread],
	["/price-paid", PricePaid],
	["/price-savings", PriceSavings],
	["/price-claims", PriceClaims],
	["/filings", FilingList],
	["/filings/new", FilingNew],
	["/filings/:id", FilingPage],
	["/negotiations", NegotiationList],
	["/negotiations/new", NegotiationNew],
	["/negotiations/:id", NegotiationPage],
	["/price-adjustments", PriceAdjustmentList],
	["/price-adjustments/new", PriceAdjustmentNew],
	["/price-adjustments/:id", PriceAdjustmentPage],
	["/volume-rounds", Rounds],
	["/volume-rounds/new", RoundNew],
	["/volume-rounds/:id", RoundPage],
	["/volume-progress", Progress],
	["/volume-credits", Credits],
	["/volume-commitments", Commitments],
	["/volume-reports", Reports],
	["/volume-reports/new", ReportNew],
	["/volume-reports/:id", ReportPage],
	["/volume-reallocations", Reallocations],
	["/volume-reallocations/new", ReallocationNew],
	["/volume-reallocations/:id", ReallocationPage],
	["/volume-releases", Releases],
	["/volume-releases/new", ReleaseNew],
	["/volume-releases/:id", ReleasePage],
	["/receipts", ReceiptList],
	["/receipts/new", ReceiptNew],
	["/receipts/:id", ReceiptPage],
	["/supplier-returns", ReturnList],
	["/supplier-returns/new", ReturnNew],
	["/supplier-returns/:id", ReturnPage],
	["/stock", StockList],
	["/stock-moves", StockMoves],
	["/adjustments", AdjustmentList],
	["/adjustments/new", AdjustmentNew],
	["/adjustments/:id", AdjustmentPage],
	["/holds", Holds],
	["/usage-unmatched", Unmatched],
	["/his-items", HisItems],
	["/his-item-history", HisItemHistory],
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
	["/invoices", InvoiceList],
	["/invoices/new", InvoiceNew],
	["/invoices/:id/edit", InvoiceNew],
	["/invoices/:id", InvoicePage],
	["/remote-approvals", RemoteApprovals],
	["/payables", PayableList],
	["/payables/:id", PayablePage],
	["/proof", Proof],
	["/payments", PaymentList],
	["/payments/new", PaymentNew],
	["/payments/:id", PaymentPage],
	["/estimates", EstimateList],
	["/estimates/:id", EstimatePage],
	["/money-balances", Balances],
	["/money-entries", Entries],
	["/settle-settings", SettleSettings],
	["/month-closes", MonthMatrix],
	["/month-closes/list", MonthCloseList],
	["/month-closes/:id", MonthClosePage],
	["/depot-days", DepotDays],
	["/depot-lines", DepotLines],
	["/sheets", SheetList],
	["/sheets/:id", SheetPage],
	["/watch", WatchProducts],
	["/watch/makers", WatchMakers],
	["/watch/shares", WatchShares],
	["/watch/splits", WatchSplits],
	["/watch/filed", WatchFiled],
	["/watch/exceptions", WatchExceptions],
	["/products", Products],
	["/products/:id", ProductPage],
	["/level-lists", Levels],
	["/catalogue-changes", ChangeList],
	["/catalogue-changes/new", ChangeNew],
	["/catalogue-changes/:id", ChangePage],
	["/exceptions", ExceptionList],
	["/exceptions/new", ExceptionNew],
	["/exceptions/:id", ExceptionPage],
	["/code-bindings", CodeBindings],
	["/entitlements", Entitlements],
	["/catalogue-settings", CatalogueSettings],
	["/suppliers", Suppliers],
	["/suppliers/:id", SupplierPage],
	["/makers", Makers],
	["/makers/:id", MakerPage],
	["/delivery-rights", DeliveryRights],
	["/expiring-papers", ExpiringPapers],
	["/first-suppliers", FirstSuppliers],
	["/first-suppliers/:id", FirstSupplierPage],
	["/first-products", FirstProducts],
	["/first-products/:id", FirstProductPage],
	["/supplier-scores", SupplierScores],
	["/supplier-lines", SupplierLines],
	["/sites", Sites],
	["/users", Users],
	["/imports", Imports],
	["/refusals", Refusals],
];
