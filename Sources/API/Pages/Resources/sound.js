// A sound when somebody comes, for who asked for it (WA-11). Made here: nothing is fetched for it.

const seconds = 0.4;
let context = null;

/** Two soft tones. Where the browser lets a page make no sound before it was touched, none is heard. */
export function chime() {
  context ??= new AudioContext();
  const now = context.currentTime;
  for (const [index, frequency] of [660, 880].entries()) {
    const begin = now + index * seconds / 2;
    const tone = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setTargetAtTime(0.2, begin, 0.02);
    volume.gain.setTargetAtTime(0, begin + seconds / 2, 0.05);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + seconds);
  }
}
