const LARGE = 'bigint:';
/** What does not go by UDP (raysharp-vstarcam-others.md §1.9). */
const PICTURES = ['PicData', 'alarm_snap_data', 'ai_snap_picture'];

/** A document as recorders write it: minified, and with numbers beyond what a double holds as `bigint`. */
export function jsonBytes(document: object, pictures: 'with' | 'without' = 'with'): Buffer {
  const text = JSON.stringify(document, (name, value) => {
    if (pictures === 'without' && PICTURES.includes(name)) return undefined;
    return typeof value === 'bigint' ? `${LARGE}${value}` : value;
  });
  return Buffer.from(text.replace(new RegExp(`"${LARGE}(-?\\d+)"`, 'g'), '$1'));
}
