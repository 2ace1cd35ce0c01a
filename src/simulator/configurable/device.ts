import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { DevicePort } from '../device-port.js';
import { Login, type LoginRules, USUAL_RULES } from '../login.js';
import { type Behaviour, USUAL } from './behaviour.js';
import { Hosts } from './hosts.js';
import { barePage, LOGIN_PAGE, OTHER_DOCUMENT } from './pages.js';
import { documentReply, HTML, type Reply, saying, XML } from './replies.js';
import { type Exchange, resourceReply } from './resources.js';
import { fits, type Script } from './scripts.js';
import { Settings } from './settings.js';
import { openStream } from './stream.js';
import { Triggers } from './triggers.js';

/** A request as it was received, and the status it was answered with; 0 while there is no answer. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  status: number;
  readonly body: string;
}

export interface ConfigurableOptions {
  /** A free one unless given. */
  readonly port?: number;
  readonly host?: string;
  /** Speaks HTTPS with it. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A device that can be configured over ISAPI, so that what configures devices can be tried with it. */
export class ConfigurableDevice {
  /** May be changed while it runs. */
  readonly behaviour: Behaviour;
  readonly login: Login;
  /** All of them, refused ones too. */
  readonly requests: ReceivedRequest[] = [];
  readonly #hosts: Hosts;
  readonly #triggers: Triggers;
  readonly #settings: Settings;
  readonly #now: () => number;
  /** When it was switched on. */
  #started: number;
  readonly #port: DevicePort;
  readonly #followed = new Map<Script, number>();

  private constructor(behaviour: Partial<Behaviour>, { certificate, now = Date.now }: ConfigurableOptions) {
    this.behaviour = { ...USUAL, ...behaviour };
    this.#now = now;
    this.#started = now();
    this.login = new Login(this.#rules, now);
    if (this.behaviour.locked) this.login.lock();
    this.#hosts = new Hosts(this.behaviour);
    this.#triggers = new Triggers(this.behaviour);
    this.#settings = new Settings(this.behaviour);
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    const server = certificate
      ? https.createServer(certificate, serve)
      : http.createServer({ requireHostHeader: false }, serve);
    server.on('connection', (socket: Socket) => this.#connected(socket, certificate !== undefined));
    this.#port = new DevicePort(server);
  }

  static async start(
    behaviour: Partial<Behaviour> = {},
    options: ConfigurableOptions = {},
  ): Promise<ConfigurableDevice> {
    const device = new ConfigurableDevice(behaviour, options);
    await device.open(options.port, options.host);
    if (device.behaviour.door === 'closed') await device.close();
    return device;
  }

  get port(): number {
    return this.#port.number;
  }

  /** The httpHosts document as a GET gives it. */
  get hosts(): Buffer {
    return this.#hosts.bytes;
  }

  /** The triggers that are there, as a GET gives each. */
  get triggers(): Map<string, Buffer> {
    return this.#triggers.documents;
  }

  /** What was written as password, by the id of its slot. */
  get passwords(): ReadonlyMap<string, string> {
    return this.#hosts.passwords;
  }

  /** Takes connections, again after {@link close}: at the same port unless another is given. */
  open(port?: number, host?: string): Promise<void> {
    return this.#port.open(port, host);
  }

  /** All connections break and further ones are refused. */
  close(): Promise<void> {
    return this.#port.close();
  }

  /** Off and on again, in no time: connections break, locks open, and some settings are gone. */
  reboot(): void {
    this.#port.disconnect();
    this.#started = this.#now();
    this.login.restart();
    this.#hosts.reboot();
  }

  /** All settings as they left the factory; the login stays. */
  factoryReset(): void {
    this.reboot();
    this.#hosts.reset();
    this.#triggers.reset();
    this.#settings.reset();
  }

  get #rules(): LoginRules {
    return { ...USUAL_RULES, ...this.behaviour.login };
  }

  /** Milliseconds since 1970 by the clock of the device. */
  get #clock(): number {
    const { clock } = this.behaviour;
    return clock === 'unset' ? this.#now() - this.#started : this.#now() + clock * 1000;
  }

  #connected(socket: Socket, secure: boolean): void {
    this.#port.add(socket);
    // Without a certificate nothing can be said in TLS: whoever knocks is sent away, as HTTP is at such a port.
    if (this.behaviour.door === 'tls' && !secure) socket.destroy();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The client went away in the middle of its request.
      return;
    }
    const body = Buffer.concat(chunks);
    const { method = '', url: target = '' } = request;
    const received = { method, target, status: 0, body: body.toString() };
    this.requests.push(received);
    const [path = '', query = ''] = target.split('?', 2);
    const says = saying(path, /format=json/.test(query) ? 'json' : 'xml', this.behaviour.namespace);
    const exchange: Exchange = { method, path, query, body, says };
    const reply = await this.#reply(exchange, target, request.headers.authorization);
    if (reply === undefined) return;
    received.status = reply === 'stream' ? 200 : reply.status;
    if (reply === 'stream') openStream(response, this.behaviour, () => this.#clock);
    else send(response, reply);
  }

  /** @returns undefined for no answer */
  async #reply(
    exchange: Exchange,
    target: string,
    authorization: string | undefined,
  ): Promise<Reply | 'stream' | undefined> {
    const { behaviour } = this;
    const { method, path, says } = exchange;
    const early = this.#scriptFor(method, path, true);
    if (early !== undefined) return this.#follow(early, exchange);
    if (!behaviour.activated) return says('notActivated');
    this.login.rules = this.#rules;
    const refusal = behaviour.login && this.login.check(method, target, authorization);
    if (refusal !== undefined) {
      const headers: Record<string, string | readonly string[]> = { 'WWW-Authenticate': refusal.challenges };
      if (this.login.rules.closes) headers['Connection'] = 'close';
      return { status: 401, type: XML, body: refusal.userCheck, headers };
    }
    if (!this.#mayDo(method, path)) return says('lowPrivilege');
    const script = this.#scriptFor(method, path, false);
    return script === undefined ? this.#usual(exchange) : this.#follow(script, exchange);
  }

  #usual(exchange: Exchange): Promise<Reply | 'stream'> {
    return resourceReply(exchange, {
      behaviour: this.behaviour,
      hosts: this.#hosts,
      triggers: this.#triggers,
      settings: this.#settings,
      now: this.#clock,
    });
  }

  #mayDo(method: string, path: string): boolean {
    const { rights } = this.behaviour;
    if (rights === 'administrator' || path.endsWith('/System/deviceInfo')) return true;
    return rights === 'operator' && method === 'GET';
  }

  #scriptFor(method: string, path: string, early: boolean): Script | undefined {
    const found = this.behaviour.scripts.find((script) => {
      const isOpen = (this.#followed.get(script) ?? 0) < (script.times ?? Number.POSITIVE_INFINITY);
      return (script.early ?? false) === early && isOpen && fits(script, method, path);
    });
    if (found !== undefined) this.#followed.set(found, (this.#followed.get(found) ?? 0) + 1);
    return found;
  }

  async #follow({ answer }: Script, exchange: Exchange): Promise<Reply | undefined> {
    switch (answer.kind) {
      case 'refusal':
        return exchange.says(answer.word, answer.status);
      case 'bare':
        return { status: answer.status, type: HTML, body: barePage(answer.status) };
      case 'page':
        return { status: 200, type: HTML, body: LOGIN_PAGE };
      case 'root':
        return documentReply(OTHER_DOCUMENT);
      case 'document':
        return documentReply(answer.text);
      case 'redirect':
        return { status: 302, type: HTML, body: barePage(302), headers: { Location: answer.location } };
      case 'hang':
        if (answer.done) await this.#usual(exchange);
        return undefined;
      case 'truncated': {
        const whole = await this.#usual(exchange);
        if (whole === 'stream') return undefined;
        return { ...whole, body: Buffer.from(whole.body as Buffer).subarray(0, whole.body.length / 2) };
      }
    }
  }
}

function send(response: ServerResponse, { status, type, body, headers }: Reply): void {
  const bytes = Buffer.from(body as Buffer);
  const lines = Object.entries(headers ?? {}).map(([name, value]) => [name, value as string | string[]]);
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    ...Object.fromEntries(lines),
  });
  response.end(bytes);
}
