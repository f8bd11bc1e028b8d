// Three sounds: done, look here, refused. Browsers allow sound only after the first key or touch.
type Tone = "good" | "warn" | "bad";
const TONES: Record<Tone, { hertz: number; at: number; long: number }[]> = {
	good: [{ hertz: 1320, at: 0, long: 0.07 }],
	warn: [{ hertz: 660, at: 0, long: 0.12 }, { hertz: 880, at: 0.15, long: 0.12 }],
	bad: [{ hertz: 220, at: 0, long: 0.2 }, { hertz: 180, at: 0.25, long: 0.3 }],
};

let audio: AudioContext | null = null;

export function sound(tone: Tone): void {
	if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
	try {
		audio ??= new AudioContext();
		if (audio.state === "suspended") void audio.resume();
		const now = audio.currentTime;
		for (const part of TONES[tone]) {
			const oscillator = audio.createOscillator();
			const volume = audio.createGain();
			oscillator.frequency.value = part.hertz;
			oscillator.type = tone === "bad" ? "square" : "sine";
			volume.gain.value = 0.15;
			oscillator.connect(volume).connect(audio.destination);
			oscillator.start(now + part.at);
			oscillator.stop(now + part.at + part.long);
		}
	} catch {
		// A machine without sound still shows the line.
	}
}
