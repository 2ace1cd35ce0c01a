import type { DeviceRequest } from '../../src/device/device-client.js';
import { DEVICE_LIMITS, LIMITS } from '../../src/limits.js';

export const PATH = '/ISAPI/Event/notification/httpHosts';

/** What a device is like. */
export interface Traits {
  readonly list: string;
  readonly capabilities?: string;
  /** Whether `?format=json` is; it does not matter when it is left out. */
  readonly query?: 'needed' | 'refused';
  /** Writes that hold it are refused. */
  readonly refuses?: RegExp;
  /** What it does not store. */
  readonly ignores?: RegExp;
  /** Single slots have addresses of their own. */
  readonly single?: boolean;
}

/**
 * A device in the memory of the test that keeps its list as it comes, in any format, with all requests it got. What it
 * does not know it answers with 404.
 */
export function plainDevice({ list, capabilities, query, refuses, ignores, single }: Traits) {
  let text = list;
  const requests: DeviceRequest[] = [];
  const says = (status: number, body: string) =>
    Promise.resolve({ status, headers: new Map<string, string>(), body: Buffer.from(body) });
  const refused = (code: number) =>
    says(
      code === 4 ? 403 : 400,
      `<ResponseStatus><statusCode>${code}</statusCode><subStatusCode>no</subStatusCode></ResponseStatus>`,
    );
  const request = (asked: DeviceRequest) => {
    requests.push(asked);
    const [path = '', search = ''] = asked.path.split('?');
    if (query !== undefined && (query === 'needed') !== (search === 'format=json')) return refused(4);
    if (path === `${PATH}/capabilities` && capabilities !== undefined) return says(200, capabilities);
    if (asked.method === undefined && path === PATH) return says(200, text);
    if (asked.method !== 'PUT' || (path !== PATH && !single)) return says(404, '');
    const body = asked.body?.toString() ?? '';
    if (refuses?.test(body)) return refused(6);
    const stored = ignores === undefined ? body : body.replace(ignores, '');
    text = path === PATH ? stored : withSlot(text, stored);
    return says(200, '<ResponseStatus><statusCode>1</statusCode></ResponseStatus>');
  };
  const writes = () => requests.filter(({ method }) => method === 'PUT');
  const client = { request, limits: DEVICE_LIMITS, generalLimits: LIMITS };
  return { client, requests, writes, list: () => text };
}

/** An XML list with one slot as it was sent by itself. */
function withSlot(list: string, sent: string): string {
  const slot = sent.slice(sent.indexOf('<HttpHostNotification')).trim();
  const [id = ''] = /<id>.*?<\/id>/.exec(slot) ?? [];
  const place = new RegExp(`<HttpHostNotification>\\s*${id}[\\s\\S]*?</HttpHostNotification>`);
  return list.replace(place, () => slot.replace(/^<HttpHostNotification[^>]*>/, '<HttpHostNotification>'));
}
