import type { DeviceAnswer, DeviceClient, DeviceRequest } from '../device/device-client.js';
import { isForbidden, readResponseStatus, refusalWords } from '../device/response-status.js';
import { AlarmError } from '../errors.js';
import type { DeviceLimits, Limits } from '../limits.js';
import {
  type HostCapabilities,
  readHostCapabilities,
  UNKNOWN_CAPABILITIES,
} from '../vendors/isapi/host-capabilities.js';
import { type HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import { classify } from '../wire/classify.js';
import { readDeviceDocument } from '../wire/device-document.js';
import { number, text } from '../wire/fields.js';

const PATH = '/ISAPI/Event/notification/httpHosts';
const CAPABILITIES = `${PATH}/capabilities`;
const JSON_QUERY = '?format=json';
const [BUSY, DEVICE_ERROR, REBOOT] = [2, 3, 7];
/** Words for "not in this way": another way may do (isapi.md §8.4). */
const MISSING = new Set([400, 404, 405, 501]);
/** Those of them that say nothing about what was sent. */
const NO_WAY = new Set([404, 405, 501]);

/** What became of a write. */
export interface Written {
  readonly stored: boolean;
  readonly reboot: boolean;
  /** It may take the same a minute later. */
  readonly busy: boolean;
  /** The device has no such way, whatever is written. */
  readonly missing: boolean;
  /** Why not, in the device's words. */
  readonly refusal?: string;
}

/** What the device says of its way to the listener. */
export interface HostTest {
  readonly result: 'ok' | 'problem' | 'unknown';
  readonly words: string;
}

type Asked = Pick<DeviceClient, 'request' | 'limits' | 'generalLimits'>;

/** The list of whom a device pushes to, as it is asked for and written (isapi.md §8). */
export class DeviceHosts {
  readonly #client: Asked;
  readonly #signal: AbortSignal | undefined;
  #query = '';

  constructor(client: Asked, signal?: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * Both ways are tried, as with the list. Never fails for what the device says: there are some that forbid this and take
   * everything (isapi.md §8.7).
   */
  async capabilities(): Promise<HostCapabilities> {
    let answer = await this.#ask({ path: CAPABILITIES });
    if (isMissing(answer, this.#general)) {
      answer = await this.#ask({ path: CAPABILITIES + JSON_QUERY });
      if (answer.status === 200 && classify(answer.body) === 'json') this.#query = JSON_QUERY;
    }
    const capabilities =
      answer.status === 200 ? readHostCapabilities(answer.body, this.#general) : UNKNOWN_CAPABILITIES;
    const { formats } = capabilities;
    if (formats.length > 0 && formats.every((format) => /^json$/i.test(format))) this.#query = JSON_QUERY;
    return capabilities;
  }

  /**
   * Both ways are tried: some devices speak JSON alone (seed 001).
   * @throws AlarmError `CONFIG_UNREADABLE`, `CONFIG_NO_LISTENING`, `CONFIG_BUSY`, `DEVICE_FORBIDDEN`, and those of the
   *   client
   */
  async read(): Promise<HttpHosts> {
    const answer = await this.#ask({ path: PATH + this.#query });
    if (!isMissing(answer, this.#general)) return this.#hostsIn(answer);
    this.#query = this.#query === '' ? JSON_QUERY : '';
    return this.#hostsIn(await this.#ask({ path: PATH + this.#query }));
  }

  /** One slot by its own address. */
  putSlot(hosts: HttpHosts, slot: HostSlot): Promise<Written> {
    return this.#write('PUT', `${PATH}/${encodeURIComponent(slot.id)}`, hosts.alone(slot));
  }

  /** All of them at once, for devices that know no other way. */
  putList(bytes: Buffer): Promise<Written> {
    return this.#write('PUT', PATH, bytes);
  }

  /** One more slot, on devices whose slots are made (isapi.md §8.1). */
  add(hosts: HttpHosts, slot: HostSlot): Promise<Written> {
    return this.#write('POST', PATH, hosts.alone(slot));
  }

  async remove(id: string): Promise<Written> {
    const path = `${PATH}/${encodeURIComponent(id)}${this.#query}`;
    return writtenOf(await this.#ask({ method: 'DELETE', path }), this.#general);
  }

  /** Many devices have no such test, and of those that have one some only open a connection (isapi.md §8.6). */
  async test(hosts: HttpHosts, slot: HostSlot): Promise<HostTest> {
    const path = `${PATH}/${encodeURIComponent(slot.id)}/test${this.#query}`;
    let answer: DeviceAnswer;
    try {
      answer = await this.#ask({ method: 'POST', path, ...content(hosts.alone(slot)) });
    } catch (error) {
      // It waits for its own connection to the listener, and some hang up over it.
      if (error instanceof AlarmError && /^DEVICE_(?:TIMEOUT|ANSWER)/.test(error.code))
        return { result: 'unknown', words: error.message };
      throw error;
    }
    const { status, body } = answer;
    const result = readDeviceDocument(body, 'HttpHostTestResult', this.#general);
    const words = text(result, 'errorDescription') ?? '';
    const code = number(result, 'errorCode');
    if (status !== 200 || result === undefined || (code === undefined && words === '')) {
      const reason = readResponseStatus(body, this.#general)?.reason || `status ${status}`;
      return { result: /^connect/i.test(reason) ? 'problem' : 'unknown', words: reason };
    }
    const good = code === undefined ? /^ok$/i.test(words) : code === 0;
    return { result: good ? 'ok' : 'problem', words: label(words) || `error ${code}` };
  }

  /** A list that was read before, or is to be written. @throws AlarmError `CONFIG_UNREADABLE` */
  listOf(body: Buffer): HttpHosts {
    return new HttpHosts(body, this.#general);
  }

  /** Of the device, for who writes. */
  get limits(): DeviceLimits {
    return this.#client.limits;
  }

  get #general(): Limits {
    return this.#client.generalLimits;
  }

  #hostsIn(answer: DeviceAnswer): HttpHosts {
    checkList(answer, this.#general);
    return this.listOf(answer.body);
  }

  async #write(method: 'PUT' | 'POST', path: string, bytes: Buffer): Promise<Written> {
    return writtenOf(await this.#ask({ method, path: path + this.#query, ...content(bytes) }), this.#general);
  }

  #ask(request: DeviceRequest): Promise<DeviceAnswer> {
    return this.#client.request({ ...request, ...(this.#signal !== undefined && { signal: this.#signal }) });
  }
}

/** What is written has the format of what was read, whichever was asked for: some devices know one alone. */
const content = (body: Buffer): Pick<DeviceRequest, 'body' | 'contentType'> => ({
  body,
  contentType: classify(body) === 'json' ? 'application/json' : 'application/xml',
});

/** @throws AlarmError when it is no list */
function checkList(answer: DeviceAnswer, limits: Limits): void {
  const said = readResponseStatus(answer.body, limits);
  if (isMissing(answer, limits)) throw new AlarmError('CONFIG_NO_LISTENING', refusalWords(answer, limits));
  if (isForbidden(answer, limits)) throw new AlarmError('DEVICE_FORBIDDEN', refusalWords(answer, limits));
  if (answer.status >= 300 && answer.status < 400) throw new AlarmError('DEVICE_REDIRECTS');
  if (answer.status >= 500 || said?.code === BUSY || said?.code === DEVICE_ERROR)
    throw new AlarmError('CONFIG_BUSY', refusalWords(answer, limits));
}

/** An error may come with status 200 (isapi.md §10). */
function isMissing({ status, body }: DeviceAnswer, limits: Limits): boolean {
  if (isForbidden({ status, body }, limits)) return false;
  const said = readResponseStatus(body, limits);
  // A list in JSON begins with the fields of a status, which is a good one (seed 001).
  return MISSING.has(status) || (said !== undefined && said.code > DEVICE_ERROR && said.code < REBOOT);
}

function writtenOf(answer: DeviceAnswer, limits: Limits): Written {
  const said = readResponseStatus(answer.body, limits);
  const code = said?.code ?? 1;
  const stored = answer.status === 200 && (code <= 1 || code === REBOOT);
  const refusal = stored ? {} : { refusal: refusalWords(answer, limits) };
  const busy = !stored && (answer.status === 503 || code === BUSY || code === DEVICE_ERROR);
  return { stored, reboot: code === REBOOT, busy, missing: NO_WAY.has(answer.status), ...refusal };
}

/** Words of a device, for people. */
const label = (words: string) => words.replace(/[^\w .,:-]/g, '').slice(0, 80);
