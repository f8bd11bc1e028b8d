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
import { OrderList } from "./orders/OrderList";
import { OrderNew } from "./orders/OrderNew";
import { OrderPage } from "./orders/OrderPage";
import { Supply } from "./orders/Supply";
import { ReceiptList } from "./receipts/ReceiptList";
import { ReceiptNew } from "./receipts/ReceiptNew";
import { ReceiptPage } from "./receipts/ReceiptPage";
import { OpenNumber, Search } from "./Search";
import { Imports } from "./settings/Imports";
import { Products, Refusals, Sites, Suppliers } from "./settings/Lists";
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

/** In order: "new" stands before ":id". */
export const PAGES: [string, ComponentType<{ params: Params }>][] = [
	["/", Today],
	["/board", Board],
	["/search", Search],
	["/open/:number", OpenNumber],
	["/supply", Supply],
	["/orders", OrderList],
	["/orders/new", OrderNew],
	["/orders/:id", OrderPage],
	["/receipts", ReceiptList],
	["/receipts/new", ReceiptNew],
	["/receipts/:id", ReceiptPage],
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
	["/sites", Sites],
	["/users", Users],
	["/imports", Imports],
	["/refusals", Refusals],
];
