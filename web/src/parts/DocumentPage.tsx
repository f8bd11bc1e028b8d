// The page of any document: head, lines, status footer; related documents and the log in a drawer on the right.
import { Alert, Button, Drawer, Input, Modal } from "antd";
import { type ReactNode, useState } from "react";
import { shortTime, time } from "../base/format";
import type { Topic } from "../base/live";
import type { Action, Doc, DocumentEvent } from "../base/types";
import { Attachments } from "./Attachments";
import { Fact, StateChip, To } from "./cells";
import type { OpenDocument } from "./document";
import { pathOf } from "./kinds";
import { StatusFooter, type WayOn } from "./StatusFooter";
import { Loaded, Trouble } from "./Trouble";

/** Asks for what a step needs; `close(null)` steps back, `close(body)` goes on with it. */
export type StepInput = (close: (body: object | null) => void, action: Action) => ReactNode;

interface Props<T extends Doc> {
	of: OpenDocument<T>;
	facts: (doc: T) => ReactNode;
	children: (doc: T) => ReactNode;
	inputs?: Record<string, StepInput>;
	/** Runs before a step, e.g. saves the draft; false holds the step. */
	before?: (action: string) => Promise<boolean>;
	/** Instead of the plain step, e.g. one that is kept while the line is down. */
	instead?: (action: string, body: object) => Promise<boolean>;
	tools?: (doc: T) => ReactNode;
	/** Where the work goes on when it is not a step of this document. */
	wayOn?: (doc: T) => WayOn | null;
}

function NoteDialog({ title, close, needed }: { title: string; close: (body: object | null) => void; needed: boolean }) {
	const [note, setNote] = useState("");
	return (
		<Modal open closable={false} title={title} okText={title} cancelText="返回" onCancel={() => close(null)} okButtonProps={{ disabled: needed && !note.trim(), "data-testid": "note-ok" }} onOk={() => close({ note: note.trim() })}>
			<label className="field wide">
				<span>说明 {needed && "(必填)"}</span>
				<Input.TextArea autoFocus rows={3} maxLength={2000} value={note} data-testid="note" onChange={(event) => setNote(event.target.value)} />
			</label>
		</Modal>
	);
}

function Events({ events }: { events: DocumentEvent[] }) {
	return (
		<ol className="events">
			{[...events].reverse().map((event) => (
				<li key={event.seq}>
					<b>{event.title}</b> <span className="mute">{time(event.at_ms)} · {event.by}</span>
					{event.note && <p>{event.note}</p>}
				</li>
			))}
		</ol>
	);
}

function Related({ doc }: { doc: Doc }) {
	if (doc.related.length === 0) return <p className="mute">没有关联单据</p>;
	return (
		<ul className="related">
			{doc.related.map((other) => (
				<li key={other.id}>
					<To path={pathOf(other.kind, other.id) ?? "/"}>
						{other.kind_title} {other.number}
					</To>{" "}
					<StateChip state={other.state} title={other.state_title} />
				</li>
			))}
		</ul>
	);
}

function Side({ doc, topic, open, close }: { doc: Doc; topic: Topic; open: boolean; close: () => void }) {
	return (
		<Drawer open={open} onClose={close} title={`${doc.kind_title} ${doc.number}`} size={380} data-testid="document-drawer">
			<h3>关联单据</h3>
			<Related doc={doc} />
			<h3>附件</h3>
			{open && <Attachments kind={doc.kind} id={doc.id} topic={topic} title="" testid="side-papers" />}
			<h3>办理记录</h3>
			<Events events={doc.events} />
		</Drawer>
	);
}

/** After a conflict: who did what since this page was read. */
function News({ of }: { of: OpenDocument<Doc> }) {
	if (!of.news) return null;
	const words = of.news.map((event) => `${shortTime(event.at_ms)} ${event.by} ${event.title}${event.note ? ` (${event.note})` : ""}`);
	return (
		<Alert
			type="warning"
			showIcon
			closable={{ onClose: of.clearNews }}
			data-testid="banner-news"
			title="别人已改过这张单据, 请核对后再办理。"
			description={words.length > 0 ? <ul>{words.map((text) => <li key={text}>{text}</li>)}</ul> : "明细或表头已被修改。"}
		/>
	);
}

export function DocumentPage<T extends Doc>(props: Props<T>) {
	const { of } = props;
	const [asking, setAsking] = useState<Action | null>(null);
	const [side, setSide] = useState(false);

	const finish = async (action: Action, body: object) => {
		setAsking(null);
		if (props.instead && (await props.instead(action.action, body))) return;
		await of.step(action.action, body);
	};
	const start = async (action: Action) => {
		if (props.before && !(await props.before(action.action))) return;
		if (props.inputs?.[action.action] || action.note_needed) setAsking(action);
		else await finish(action, {});
	};
	const close = (body: object | null) => {
		if (body === null || !asking) setAsking(null);
		else void finish(asking, body);
	};
	return (
		<Loaded of={{ data: of.doc, problem: of.readProblem, reload: of.reload }} rows={12}>
			{(doc) => (
				<section className="page document-page" data-state={doc.state} data-version={doc.version}>
					<header className="page-head">
						<h1>
							{doc.kind_title} <span className="num">{doc.number}</span>
						</h1>
						<StateChip state={doc.state} title={doc.state_title} kind={of.kind} />
						<span className="grow" />
						{props.tools?.(doc)}
						<Button className="print-button" onClick={() => print()}>
							打印
						</Button>
						<Button data-testid="document-side" onClick={() => setSide(true)}>
							关联、附件与记录 <b className="count">{doc.related.length}</b>
						</Button>
					</header>
					<Trouble problem={of.news && of.problem?.code === "STALE_VERSION" ? null : of.problem} onClose={of.clear} />
					<News of={of as unknown as OpenDocument<Doc>} />
					<dl className="facts">
						{props.facts(doc)}
						<Fact label="外部单号">{doc.reference}</Fact>
						<Fact label="备注">{doc.note}</Fact>
						<Fact label="制单">{`${time(doc.made_at_ms)} ${doc.made_by ?? ""}`}</Fact>
					</dl>
					{props.children(doc)}
					<StatusFooter doc={doc} wayOn={props.wayOn?.(doc)} busy={of.busy} onStep={(action) => void start(action)} />
					<Side doc={doc} topic={of.kind as Topic} open={side} close={() => setSide(false)} />
					{asking &&
						(props.inputs?.[asking.action]?.(close, asking) ?? <NoteDialog title={asking.title} needed={asking.note_needed} close={close} />)}
				</section>
			)}
		</Loaded>
	);
}
