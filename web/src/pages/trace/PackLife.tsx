// The life of one pack: where it is, what it is in, and everything that happened to it.
import { useData } from "../../base/data";
import { time, units } from "../../base/format";
import type { Params } from "../../base/route";
import type { Product } from "../../base/types";
import { Drug, Expiry, Fact, StateChip, To } from "../../parts/cells";
import { pathOfNumber } from "../../parts/kinds";
import { Loaded } from "../../parts/Trouble";

interface Pack {
	code: string;
	kind: string;
	level: string | number;
	product: Product;
	lot: { id: string; lot: string; expiry_ymd: number } | null;
	state: string;
	state_title: string;
	place: { name: string; site_name: string } | null;
	units: number;
	units_left: number;
	parents: { code: string; level: string | number }[];
	children: { count: number; rows: { code: string }[] };
	events: { at_ms: number; event: string; title: string; from: string | null; to: string | null; document_id: string | null; document_number: string | null; by: string }[];
}

const LEVELS: Record<string, string> = { 1: "小包装", 2: "中包装", 3: "大包装 (件)", pack: "小包装", inner: "中包装", case: "大包装 (件)" };

const code = (one: { code: string }) => (
	<To key={one.code} path={`/trace/packs/${encodeURIComponent(one.code)}`} className="num">
		{one.code}{" "}
	</To>
);

/** A depot's name begins with its site's already; a place on the road is named by its shipment, which stands beside. */
const placeName = (place: { name: string; site_name: string }) => (place.name.startsWith(place.site_name) ? place.name : `${place.site_name} · ${place.name}`);
const onRoad = (name: string | null, number: string | null) => (name && number ? name.replace(number, "").trim() : name);

function way({ from, to, document_number }: Pack["events"][number]): string {
	const places = [from, to].map((name) => onRoad(name, document_number)).filter(Boolean);
	return (places[0] === places[1] ? places.slice(1) : places).join(" → ");
}

export function PackLife({ params }: { params: Params }) {
	const data = useData<Pack>(`trace/packs/${encodeURIComponent(params.code)}`, { topics: ["stock", "shipments"] });
	return (
		<section className="page">
			<header className="page-head">
				<h1>
					追溯码 <span className="num">{params.code}</span>
				</h1>
				{data.data && <StateChip state={data.data.state} title={data.data.state_title} />}
			</header>
			<Loaded of={data}>
				{(pack) => (
					<>
						<dl className="facts">
							<Fact label="药品"><Drug name={pack.product.name} spec={pack.product.spec} maker={pack.product.maker} /></Fact>
							<Fact label="批号">{pack.lot && <><To path={`/trace/lots/${pack.lot.id}`}>{pack.lot.lot}</To> <Expiry at={pack.lot.expiry_ymd} /></>}</Fact>
							<Fact label="包装">{LEVELS[pack.level] ?? pack.level}</Fact>
							<Fact label="现在">{pack.place ? placeName(pack.place) : "不在库"}</Fact>
							<Fact label="剩余">{`${units(pack.units_left, pack.product)} / ${units(pack.units, pack.product)}`}</Fact>
							<Fact label="装在">{pack.parents.length > 0 ? pack.parents.map(code) : null}</Fact>
						</dl>
						<div className={pack.children.count > 0 ? "two" : undefined}>
							<div className="panel">
								<h2>一生</h2>
								<ol className="timeline" data-testid="timeline">
									{pack.events.map((event, i) => (
										<li key={i}>
											<b>{event.title}</b> <span className="mute num">{time(event.at_ms)} · {event.by}</span>
											<div>
												{way(event)}{" "}
												{event.document_id && <To path={pathOfNumber(event.document_number ?? "")}>{event.document_number}</To>}
											</div>
										</li>
									))}
								</ol>
								{pack.events.length === 0 && <p className="mute">还没有记录。</p>}
							</div>
							{pack.children.count > 0 && (
								<div className="panel">
									<h2>里面有 {pack.children.count} 个码</h2>
									{pack.children.rows.map(code)}
									{pack.children.count > pack.children.rows.length && <p className="mute">只列出前 {pack.children.rows.length} 个</p>}
								</div>
							)}
						</div>
					</>
				)}
			</Loaded>
		</section>
	);
}
