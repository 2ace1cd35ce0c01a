import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseAuthorization } from '../../wire/digest.js';
import { DevicePort } from '../device-port.js';
import { type CgiBehaviour, FACTORY_PUSH, type PushSettings, USUAL_CGI } from './cgi-behaviour.js';
import { cgiWords, resultWords } from './cgi-words.js';

/** A login of a simulated camera. */
export interface CgiLogin {
  readonly username: string;
  readonly password: string;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly challenge?: true;
}

const PAGE = '<html><head><title>Not here</title></head><body>404 Site or Page Not Found</body></html>';

/** A VStarcam camera as far as its alarm push CGIs go, in all the ways in which they may answer. */
export class CgiCamera {
  /** May be changed while it runs. */
  behaviour: CgiBehaviour;
  /** What it has. */
  settings: PushSettings;
  /** Targets of all requests, those refused as well. */
  readonly requests: string[] = [];
  /** Requests with a login that is not its own. */
  refusals = 0;
  readonly #login: CgiLogin;
  readonly #port: DevicePort;

  private constructor(behaviour: Partial<CgiBehaviour>, settings: Partial<PushSettings>, login: CgiLogin) {
    this.behaviour = { ...USUAL_CGI, ...behaviour };
    this.settings = { ...FACTORY_PUSH, ...settings };
    this.#login = login;
    const server = http.createServer((request, response) => void this.#serve(request, response));
    server.on('connection', (socket) => this.#port.add(socket));
    this.#port = new DevicePort(server);
  }

  static async start(
    behaviour: Partial<CgiBehaviour> = {},
    settings: Partial<PushSettings> = {},
    login: CgiLogin = { username: 'admin', password: 'Simulated-1' },
  ): Promise<CgiCamera> {
    const camera = new CgiCamera(behaviour, settings, login);
    await camera.#port.open();
    return camera;
  }

  get port(): number {
    return this.#port.number;
  }

  /** All connections break and further ones are refused. */
  close(): Promise<void> {
    return this.#port.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: target = '' } = request;
    this.requests.push(target);
    const [path = '', query = ''] = target.split('?', 2);
    const { delayMs, cuts } = this.behaviour;
    const reply = this.#reply(path, new URLSearchParams(query), request.headers.authorization);
    if (delayMs > 0) await pause(delayMs);
    const bytes = Buffer.from(reply.body);
    response.writeHead(reply.status, {
      'Content-Type': 'text/plain',
      'Content-Length': bytes.length,
      ...(reply.challenge && { 'WWW-Authenticate': 'Basic realm="ipcamera"' }),
    });
    if (cuts === 'always' || (cuts === 'set' && path.startsWith('/set_'))) {
      response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
    } else response.end(bytes);
  }

  #reply(path: string, query: URLSearchParams, authorization: string | undefined): Reply {
    const { behaviour } = this;
    const refusal = this.#refusal(query, authorization);
    if (refusal !== undefined) return refusal;
    const isGet = path === '/get_alarm_push_cfg.cgi';
    if (behaviour.alarmPush !== 'yes' || (!isGet && path !== '/set_alarm_push_cfg.cgi'))
      return this.#otherwise();
    if (!isGet) return { status: 200, body: resultWords(this.#set(query), behaviour) };
    const shown = behaviour.shows.map((name) => [name, this.settings[name]]);
    return { status: 200, body: cgiWords(Object.fromEntries(shown), behaviour.words) };
  }

  #refusal(query: URLSearchParams, authorization: string | undefined): Reply | undefined {
    const { login } = this.behaviour;
    if (login === 'none') return undefined;
    const sent = parseAuthorization(authorization);
    const basic = sent?.scheme === 'basic' ? sent : undefined;
    const isQuery = login.startsWith('query');
    const given = isQuery
      ? { username: query.get('loginuse'), password: query.get('loginpas') }
      : { username: basic?.username, password: basic?.password };
    const { username, password } = this.#login;
    if (given.username === username && given.password === password) return undefined;
    if (authorization !== undefined || query.has('loginuse')) this.refusals++;
    return login === 'query'
      ? { status: 200, body: 'var result="Auth Failed";' }
      : { status: 401, body: PAGE, challenge: true };
  }

  /** What a firmware without these CGIs says. */
  #otherwise(): Reply {
    switch (this.behaviour.alarmPush) {
      case 'nothing':
        return { status: 200, body: '' };
      case 'page':
        return { status: 200, body: PAGE };
      case 'unknown':
        return { status: 200, body: 'var result="failed";' };
      default:
        return { status: 404, body: PAGE };
    }
  }

  /** @returns whether it says that it did it */
  #set(query: URLSearchParams): boolean {
    const { names, stores, empties, longest, refuses } = this.behaviour;
    if (refuses) return false;
    for (const name of Object.keys(this.settings) as (keyof PushSettings)[]) {
      if (!stores.includes(name)) continue;
      const asked = names === 'blanks' ? name.replace(/(?<=heartbeat|Sub)Server$/, ' Server') : name;
      const value = query.get(asked) ?? (empties ? '' : undefined);
      if (value !== undefined) this.settings[name] = value.slice(0, longest);
    }
    return true;
  }
}
