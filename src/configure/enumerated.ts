/** What fits into a message without hiding the rest of it. */
const READABLE = 200;

/** Names one after the other, as far as people read on; of the others how many there are. */
export function enumerated(names: readonly string[]): string {
  let text = '';
  for (const [at, name] of names.entries()) {
    const longer = text === '' ? name.slice(0, READABLE) : `${text}, ${name}`;
    if (longer.length > READABLE) return `${text}, and ${names.length - at} more`;
    text = longer;
  }
  return text;
}
