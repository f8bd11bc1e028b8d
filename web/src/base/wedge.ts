// Tells a hand scanner from a person. A scanner is a keyboard that types a whole code within a few dozen milliseconds
// and ends with Enter (or Tab). Under a Chinese input method the letters never arrive as text, so they are read from
// the keys that were pressed (keydown codes).

/** What of a keydown event is looked at. */
export interface Key {
	key: string;
	code: string;
	keyCode: number;
	at_ms: number;
	shift: boolean;
	ctrl: boolean;
	caps: boolean;
	repeat: boolean;
	composing: boolean;
}

/** No person types a run of characters with gaps this small; slow wireless scanners stay below it. */
const GAP_MS = 100;
/** And the mean over the code must be below this: a fast typist rolls two or three keys, never a whole code. */
const MEAN_MS = 45;
/** A busy machine may hold a burst up in its middle: what is plainly a scanner is waited for, so that no code is cut in two. */
const HELD_UP_MS = 600;
const SHORTEST = 6;
const LONGEST = 512;

const PUNCTUATION: Record<string, [string, string]> = {
	Minus: ["-", "_"], Equal: ["=", "+"], BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Backslash: ["\\", "|"],
	Semicolon: [";", ":"], Quote: ["'", '"'], Comma: [",", "<"], Period: [".", ">"], Slash: ["/", "?"], Backquote: ["`", "~"],
	Space: [" ", " "], NumpadDecimal: [".", "."], NumpadSubtract: ["-", "-"], NumpadAdd: ["+", "+"],
	NumpadMultiply: ["*", "*"], NumpadDivide: ["/", "/"],
};
const SHIFTED_DIGITS = ")!@#$%^&*(";

/** The character of a key by its place on the keyboard, as the input method would have hidden it. */
export function fromCode(key: Pick<Key, "code" | "shift" | "caps">): string {
	const letter = /^Key([A-Z])$/.exec(key.code);
	if (letter) return key.shift !== key.caps ? letter[1] : letter[1].toLowerCase();
	const digit = /^(?:Digit|Numpad)(\d)$/.exec(key.code);
	if (digit) return key.shift && key.code.startsWith("Digit") ? SHIFTED_DIGITS[Number(digit[1])] : digit[1];
	return PUNCTUATION[key.code]?.[key.shift ? 1 : 0] ?? "";
}

const GROUP_SEPARATOR = "\x1d";

function character(key: Key): string {
	// Scanners send the FNC1 separator of GS1 codes as Ctrl-].
	if (key.ctrl) return key.code === "BracketRight" || key.key === "]" || key.key === GROUP_SEPARATOR ? GROUP_SEPARATOR : "";
	if (key.composing || key.keyCode === 229 || key.key === "Process") return fromCode(key);
	return key.key.length === 1 ? key.key : "";
}

const SILENT = new Set(["Shift", "CapsLock", "Control", "Alt"]);

/** Feed it every keydown; it answers "start" at a first character, "code" when an Enter completes a burst. */
export class Wedge {
	private text = "";
	private last_ms = 0;
	/** Sum and number of the gaps, without those of a machine that was busy. */
	private gaps_ms = 0;
	private gaps = 0;

	/** True while what came so far is too fast and too long for a person. */
	get bursting(): boolean {
		return this.text.length >= SHORTEST && this.gaps_ms <= MEAN_MS * this.gaps;
	}

	private reset(): void {
		this.text = "";
		this.gaps_ms = 0;
		this.gaps = 0;
	}

	/** Does a key at this time go on with what came before? */
	private goesOn(at_ms: number): boolean {
		const gap = at_ms - this.last_ms;
		return gap <= GAP_MS || (gap <= HELD_UP_MS && this.bursting);
	}

	private count(at_ms: number): void {
		const gap = at_ms - this.last_ms;
		if (this.text !== "" && gap <= GAP_MS) {
			this.gaps_ms += gap;
			this.gaps++;
		}
		this.last_ms = at_ms;
	}

	press(key: Key): { kind: "start" } | { kind: "more" } | { kind: "code"; code: string } | { kind: "none" } {
		if (SILENT.has(key.key)) return { kind: "none" };
		if (key.repeat || (this.text !== "" && !this.goesOn(key.at_ms))) this.reset();
		if (key.repeat) return { kind: "none" };
		if (key.code === "Enter" || key.code === "NumpadEnter" || key.key === "Enter" || key.key === "Tab") return this.end();
		const char = character(key);
		if (char === "" || this.text.length >= LONGEST) {
			this.reset();
			return { kind: "none" };
		}
		const start = this.text === "";
		this.count(key.at_ms);
		this.text += char;
		return { kind: start ? "start" : "more" };
	}

	private end(): { kind: "code"; code: string } | { kind: "none" } {
		const code = this.bursting ? this.text : "";
		this.reset();
		return code ? { kind: "code", code } : { kind: "none" };
	}
}
