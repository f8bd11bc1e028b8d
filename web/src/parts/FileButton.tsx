import { Button } from "antd";
import { useRef } from "react";
import { textOf } from "../base/file";

/** A button that takes one CSV file and gives its text. */
export function FileButton(props: { children: string; onText: (text: string, name: string) => void; testid: string; loading?: boolean; type?: "primary" | "default"; disabled?: boolean }) {
	const input = useRef<HTMLInputElement>(null);
	const take = async (files: FileList | null) => {
		const file = files?.[0];
		if (!file) return;
		props.onText(await textOf(file), file.name);
		if (input.current) input.current.value = "";
	};
	return (
		<>
			<input ref={input} type="file" accept=".csv,.txt,text/csv" hidden aria-label={props.children} data-testid={props.testid} onChange={(event) => void take(event.target.files)} />
			<Button type={props.type} loading={props.loading} disabled={props.disabled} onClick={() => input.current?.click()}>
				{props.children}
			</Button>
		</>
	);
}
