/** The `subStatusCode` of an answer that is not what was asked for; those of isapi.md §11.1 that a device needs here. */
export type Word =
  | 'ok'
  | 'deviceBusy'
  | 'deviceError'
  | 'notSupport'
  | 'lowPrivilege'
  | 'methodNotAllowed'
  | 'invalidOperation'
  | 'notActivated'
  | 'invalidID'
  | 'badXmlFormat'
  | 'badParameters'
  | 'badXmlContent'
  | 'connectSreverFail'
  | 'badPort'
  | 'deployExceedMax'
  | 'rebootRequired';

/** What stands in a ResponseStatus, and the status of HTTP it comes with. */
interface Meaning {
  readonly status: number;
  readonly code: number;
  readonly text: string;
  /** `errorCode`, written in decimal (isapi.md §11.1). */
  readonly error: number;
}

const kind = (status: number, code: number, text: string) => (error: number) => ({
  status,
  code,
  text,
  error,
});
const busy = kind(503, 2, 'Device Busy');
const failed = kind(500, 3, 'Device Error');
const invalid = kind(403, 4, 'Invalid Operation');
const content = kind(400, 6, 'Invalid XML Content');

const MEANINGS: Readonly<Record<Word, Meaning>> = {
  ok: { status: 200, code: 1, text: 'OK', error: 0 },
  deviceBusy: busy(0x20000002),
  deviceError: failed(0x30000001),
  notSupport: invalid(0x40000001),
  lowPrivilege: invalid(0x40000002),
  methodNotAllowed: { ...invalid(0x40000004), status: 405 },
  invalidOperation: invalid(0x40000006),
  notActivated: invalid(0x40000007),
  invalidID: invalid(0x40001008),
  badXmlFormat: kind(400, 5, 'Invalid XML Format')(0x50000001),
  badParameters: content(0x60000001),
  badXmlContent: content(0x60000003),
  connectSreverFail: content(0x60000009),
  badPort: content(0x6000000b),
  deployExceedMax: { ...content(0x60006018), status: 404 },
  rebootRequired: kind(200, 7, 'Reboot Required')(0x70000001),
};

/** Status of HTTP that comes with a word, unless the firmware has its own idea. */
export const statusOf = (word: Word): number => MEANINGS[word].status;

/** A ResponseStatus as XML, in the namespace of the device, or as JSON with the same keys (isapi.md §11.1). */
export function responseStatus(word: Word, path: string, format: 'xml' | 'json', namespace: string): string {
  const { code, text, error } = MEANINGS[word];
  if (format === 'json') {
    const known = { requestURL: path, statusCode: code, statusString: text, subStatusCode: word };
    const wrong = word === 'ok' ? {} : { errorCode: error, errorMsg: word };
    return `${JSON.stringify({ ...known, ...wrong }, undefined, '\t')}\n`;
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<ResponseStatus ${namespace}>`,
    `<requestURL>${path}</requestURL>`,
    `<statusCode>${code}</statusCode>`,
    `<statusString>${text}</statusString>`,
    `<subStatusCode>${word}</subStatusCode>`,
    '</ResponseStatus>',
    '',
  ].join('\n');
}
