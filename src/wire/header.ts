/** A header value such as `multipart/form-data; boundary=x`: its main word and its parameters. */
export interface ParameterisedValue {
  /** Lower case, trimmed. */
  readonly value: string;
  /** Lower-case names; the first of equal names counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads `value; name=text; name="quoted text"` (RFC 9110 §5.6.6) the way cameras write it: no blank after the
 * semicolon, a trailing semicolon, or a comma before the first parameter. One pass, no backtracking, never throws.
 */
export function parseParameters(header: string): ParameterisedValue {
  const semicolon = header.indexOf(';');
  const comma = header.indexOf(',');
  const cut = semicolon < 0 ? comma : comma < 0 ? semicolon : Math.min(semicolon, comma);
  const value = (cut < 0 ? header : header.slice(0, cut)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  let at = cut < 0 ? header.length : cut + 1;
  while (at < header.length) {
    const end = header.indexOf(';', at);
    const stop = end < 0 ? header.length : end;
    const equals = header.indexOf('=', at);
    if (equals < 0 || equals > stop) {
      at = stop + 1;
      continue;
    }
    const name = header.slice(at, equals).trim().toLowerCase();
    let from = equals + 1;
    while (header[from] === ' ' || header[from] === '\t') from++;
    const [text, next] =
      header[from] === '"' ? quoted(header, from + 1) : [header.slice(from, stop).trim(), stop];
    if (name !== '' && !parameters.has(name)) parameters.set(name, text);
    const after = header.indexOf(';', next);
    at = after < 0 ? header.length : after + 1;
  }
  return { value, parameters };
}

/** A quoted string from just behind its opening quote: its text and where it ends. */
function quoted(header: string, from: number): [string, number] {
  const end = header.indexOf('"', from);
  const plain = header.slice(from, end < 0 ? header.length : end);
  if (!plain.includes('\\')) return [plain, from + plain.length + 1];
  let text = '';
  for (let at = from; at < header.length; at++) {
    const character = header[at];
    if (character === '"') return [text, at + 1];
    if (character === '\\' && at + 1 < header.length) text += header[++at];
    else text += character;
  }
  return [text, header.length];
}

/** What names nearly always are: nothing to take away. */
const USUAL_LABEL = /^[\w .()-]{0,100}$/;

/** A name from the wire made fit to show: last step of a path, no control characters, at most 100 characters. */
export function label(name: string): string {
  if (USUAL_LABEL.test(name)) return name;
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  let text = '';
  for (const character of last) {
    const code = character.codePointAt(0) ?? 0;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const direction =
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069);
    if (!control && !direction) text += character;
    if (text.length >= 100) break;
  }
  return text;
}
