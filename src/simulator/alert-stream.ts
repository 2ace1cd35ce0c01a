import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { DevicePort } from './device-port.js';
import { alertXml, type SimulatedAlert, type SimulatedIdentity } from './isapi-documents.js';
import { Login, type LoginRules, USUAL_RULES } from './login.js';
import { picture } from './picture.js';
import { answerTo, readRequest, type SimulatedRequest, type StreamAnswer } from './requests.js';
import {
  CAMERA_STYLE,
  chunkOf,
  type StreamPart,
  type StreamStyle,
  streamHead,
  streamParts,
  XML_PART,
} from './stream-bytes.js';
import {
  deviceCapabilities,
  type Subscribed,
  type SubscriptionOffer,
  subscribed,
  subscriptionCapabilities,
  subscriptionResponse,
} from './subscription.js';

/** A simulated device that is asked for its alertStream. All of it may be changed while it runs. */
export interface StreamDeviceSettings {
  who: SimulatedIdentity;
  style: StreamStyle;
  /** What a request for the stream is answered. */
  answer: StreamAnswer;
  /** Undefined lets everybody in. */
  login: Partial<LoginRules> | undefined;
  version: '1.1' | '1.0';
  chunked: boolean;
  /** Lines of all heads end in LF alone, which strict clients refuse. */
  bareLf: boolean;
  /** Further lines of all heads, as they are. */
  headers: readonly string[];
  /** Milliseconds between two heartbeats; 0 for none. */
  heartbeatMs: number;
  /** Streams at the same time; one more is told that the device is busy (isapi.md §1.9). */
  streams: number;
  /** Undefined offers none, and says so. */
  subscription: SubscriptionOffer | undefined;
}

/** A stream that is open. */
interface OpenStream {
  readonly wanted: Subscribed | undefined;
  timer: NodeJS.Timeout | undefined;
}

export interface StreamDeviceOptions {
  /** A free one unless given. */
  readonly port?: number;
  readonly host?: string;
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What a device counted of its clients. */
export interface Counts {
  /** Connections, ever and at the same time. */
  connections: number;
  mostConnections: number;
  /** Streams, ever and at the same time. */
  streams: number;
  mostStreams: number;
  requests: number;
}

const USUAL_EVENT = 'linedetection';

const DEFAULTS: StreamDeviceSettings = {
  who: { mac: '00:00:5e:00:53:01', address: '192.0.2.7', serial: 'SIM-CAMERA-20261122AAWR00000001' },
  style: CAMERA_STYLE,
  answer: 'stream',
  login: {},
  version: '1.1',
  chunked: false,
  bareLf: false,
  headers: [],
  heartbeatMs: 10_000,
  streams: Number.POSITIVE_INFINITY,
  subscription: undefined,
};

/**
 * A device with an alertStream on a socket of its own, right down to its faults (isapi.md §1, §2, §11): what clients
 * do when a stream ends, breaks or falls silent can be tried with it. Hundreds run in one process.
 */
export class StreamDevice {
  readonly settings: StreamDeviceSettings;
  readonly counts: Counts = { connections: 0, mostConnections: 0, streams: 0, mostStreams: 0, requests: 0 };
  readonly login: Login;
  /** What clients subscribed, as they sent it. */
  readonly subscriptions: string[] = [];
  readonly #now: () => number;
  readonly #port: DevicePort;
  readonly #streams = new Map<Socket, OpenStream>();
  #count = 0;

  private constructor(settings: Partial<StreamDeviceSettings>, options: StreamDeviceOptions) {
    this.settings = { ...DEFAULTS, ...settings };
    this.#now = options.now ?? Date.now;
    this.login = new Login(this.#rules, this.#now);
    const serve = (socket: Socket) => this.#serve(socket);
    const server = options.certificate
      ? tls.createServer(options.certificate, serve)
      : net.createServer({ noDelay: true }, serve);
    this.#port = new DevicePort(server);
  }

  static async start(
    settings: Partial<StreamDeviceSettings> = {},
    options: StreamDeviceOptions = {},
  ): Promise<StreamDevice> {
    const device = new StreamDevice(settings, options);
    await device.open(options.port, options.host);
    return device;
  }

  get port(): number {
    return this.#port.number;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#port.connections;
  }

  /** Streams that are open now. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Takes connections, again after {@link close}: at the same port unless another is given. */
  open(port?: number, host?: string): Promise<void> {
    return this.#port.open(port, host);
  }

  /** Switched off: all connections break and further ones are refused. */
  close(): Promise<void> {
    return this.#port.close();
  }

  /** An event with its pictures, over all streams that want it. */
  event(alert: Partial<SimulatedAlert> = {}, pictures: readonly StreamPart[] = []): void {
    const bytes = streamParts([this.document(alert), ...pictures], this.settings.style);
    const type = (alert.eventType ?? USUAL_EVENT).toLowerCase();
    for (const [socket, { wanted }] of this.#streams) {
      if (wanted?.events?.has(type) ?? true) this.#writeTo(socket, bytes);
    }
  }

  heartbeat(): void {
    for (const socket of this.#streams.keys()) this.#beat(socket);
  }

  /** Parts, written in the style of the device. */
  send(parts: readonly StreamPart[]): void {
    this.write(streamParts(parts, this.settings.style));
  }

  /** Bytes as they are, over all streams. */
  write(bytes: Buffer): void {
    for (const socket of this.#streams.keys()) this.#writeTo(socket, bytes);
  }

  /** The document of an event; a line crossing at channel 1 unless told otherwise. */
  document(alert: Partial<SimulatedAlert> = {}): StreamPart {
    const usual: SimulatedAlert = {
      eventType: USUAL_EVENT,
      eventState: 'active',
      eventDescription: `${USUAL_EVENT} alarm`,
      channel: 1,
      channelName: 'Gate',
      count: ++this.#count,
      time: new Date(this.#now()),
      zone: 60,
    };
    const bytes = alertXml({ ...usual, ...alert }, this.settings.who, this.settings.style.lineEnd);
    return { contentType: XML_PART, bytes };
  }

  /** The streams end in good order. */
  end(): void {
    for (const socket of this.#streams.keys()) {
      if (this.settings.chunked) socket.write('0\r\n\r\n');
      socket.end();
    }
  }

  /** The streams break. */
  reset(): void {
    for (const socket of this.#streams.keys()) socket.resetAndDestroy();
  }

  /** The cable is pulled: nothing is sent any more, and no connection ends. */
  blackHole(): void {
    for (const stream of this.#streams.values()) clearInterval(stream.timer);
  }

  /** Changes what it wants of a login; what it counted stays. */
  setLogin(login: Partial<LoginRules> | undefined): void {
    this.settings.login = login;
    this.login.rules = this.#rules;
  }

  get #rules(): LoginRules {
    return { ...USUAL_RULES, ...this.settings.login };
  }

  #serve(socket: Socket): void {
    const { counts } = this;
    this.#port.add(socket);
    counts.connections++;
    counts.mostConnections = Math.max(counts.mostConnections, this.connections);
    socket.on('close', () => {
      clearInterval(this.#streams.get(socket)?.timer);
      this.#streams.delete(socket);
    });
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let request = readRequest(received); request !== undefined; request = readRequest(received)) {
        received = received.subarray(request.bytes);
        counts.requests++;
        this.#answer(socket, request);
      }
    });
  }

  #answer(socket: Socket, { method, target, authorization, body }: SimulatedRequest): void {
    const { answer, login, bareLf, headers, streams, subscription } = this.settings;
    if (answer === 'nothing') return;
    const lineEnd = bareLf ? '\n' : '\r\n';
    const refusal = login && this.login.check(method, target, authorization);
    if (refusal !== undefined) {
      const challenges = refusal.challenges.map((challenge) => `WWW-Authenticate: ${challenge}`);
      socket.write(answerTo('401', refusal.userCheck, lineEnd, [...challenges, ...headers]));
      if (this.login.rules.closes) socket.end();
      return;
    }
    const document = this.#documentAt(target);
    if (document !== undefined) {
      const type = `Content-Type: ${typeof document === 'string' ? 'application/xml' : 'image/jpeg'}`;
      socket.write(answerTo('200', document, lineEnd, [type, ...headers]));
      return;
    }
    const subscribes = target.endsWith('/subscribeEvent') && subscription !== undefined;
    const wanted = subscribes ? subscribed(body) : undefined;
    if (subscribes) this.subscriptions.push(body);
    if (!target.endsWith('/alertStream') && wanted === undefined) {
      socket.write(answerTo('404', 'notSupport', lineEnd, headers));
    } else if (wanted !== undefined && subscription?.refusal !== undefined) {
      const { status, body: why = '' } = subscription.refusal;
      socket.write(answerTo(status, why, lineEnd, headers));
    } else if (typeof answer === 'object') {
      socket.write(answerTo(answer.status, answer.body ?? '', lineEnd, headers));
    } else if (this.#streams.size >= streams) {
      socket.write(answerTo('404', 'deployExceedMax', lineEnd, headers));
    } else this.#stream(socket, wanted);
  }

  #documentAt(target: string): string | Buffer | undefined {
    const { subscription } = this.settings;
    if (target.endsWith('/picture')) return picture('gate-scene');
    if (target.endsWith('/deviceInfo')) return this.#deviceInfo();
    if (target.endsWith('/System/capabilities')) return deviceCapabilities(subscription);
    return subscription && target.endsWith('/subscribeEventCap')
      ? subscriptionCapabilities(subscription)
      : undefined;
  }

  #stream(socket: Socket, wanted: Subscribed | undefined): void {
    const { version, chunked, bareLf, headers, style, answer, heartbeatMs } = this.settings;
    const lineEnd = bareLf ? '\n' : '\r\n';
    const contentType = `multipart/mixed; boundary=${style.boundary}`;
    socket.write(streamHead({ version, chunked, lineEnd, headers, contentType }));
    const beats = answer === 'stream' && heartbeatMs > 0;
    const timer = beats
      ? setInterval(() => this.#beat(socket), wanted?.heartbeatMs ?? heartbeatMs)
      : undefined;
    this.#streams.set(socket, { wanted, timer });
    if (wanted !== undefined && answer === 'stream') this.#greet(socket);
    this.counts.streams++;
    this.counts.mostStreams = Math.max(this.counts.mostStreams, this.#streams.size);
    if (answer === 'endless') this.#fill(socket);
  }

  /** A part that never ends. */
  #fill(socket: Socket): void {
    const { style } = this.settings;
    socket.write(`--${style.boundary}${style.lineEnd}Content-Type: video/mp4${style.lineEnd.repeat(2)}`);
    const block = Buffer.alloc(65_536, 0x55);
    const more = () => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', more);
    more();
  }

  #writeTo(socket: Socket, bytes: Buffer): void {
    if (bytes.length > 0 && socket.writable) socket.write(this.settings.chunked ? chunkOf(bytes) : bytes);
  }

  #greet(socket: Socket): void {
    const bytes = subscriptionResponse(this.settings.subscription?.fails ?? []);
    this.#writeTo(socket, streamParts([{ contentType: XML_PART, bytes }], this.settings.style));
  }

  /** A video loss that is none, on a subscribed stream a heartbeat by its name (isapi.md §2). */
  #beat(socket: Socket): void {
    const kind = this.#streams.get(socket)?.wanted
      ? ({ eventType: 'heartBeat', eventState: 'active', eventDescription: 'heartBeat' } as const)
      : ({ eventType: 'videoloss', eventState: 'inactive', eventDescription: 'videoloss alarm' } as const);
    const part = this.document({ ...kind, count: 0, channelName: '' });
    this.#writeTo(socket, streamParts([part], this.settings.style));
  }

  #deviceInfo(): string {
    const { mac, serial } = this.settings.who;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\n<deviceName>Simulated</deviceName>\n<model>SIM-2CD</model>\n<serialNumber>${serial}</serialNumber>\n<macAddress>${mac}</macAddress>\n<firmwareVersion>V5.7.0</firmwareVersion>\n</DeviceInfo>\n`;
  }
}
