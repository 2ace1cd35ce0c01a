import type { VstarcamCgi } from '../device/vstarcam-cgi.js';
import { AlarmError, isCode } from '../errors.js';
import type { PushTarget } from '../vendors/isapi/host-changes.js';
import {
  differing,
  isSameSetting,
  PUSH_FIELDS,
  type PushConfig,
  type PushField,
  shownSetting,
} from '../vendors/vstarcam/push-config.js';
import type { BackupStore } from './backup.js';
import { CameraPush } from './camera-push.js';
import type { ConfigureResult } from './configurator.js';
import { memoryFor, PushBackup, type PushMemory } from './push-backup.js';

/** Which camera to configure, and what for. */
export interface VstarcamJob {
  readonly cgi: Pick<VstarcamCgi, 'ask' | 'limits' | 'generalLimits'>;
  /** Name of the camera in the store. */
  readonly device: string;
  readonly owner: string;
  readonly target: Omit<PushTarget, 'events'>;
  /** Seconds between two signs of life. */
  readonly heartbeat: number;
  readonly backups: BackupStore;
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What is to be done, found out without changing anything. */
interface Plan {
  readonly now: PushConfig;
  readonly wanted: PushConfig;
  readonly fields: readonly PushField[];
  readonly remarks: readonly string[];
}

const SERVERS: readonly PushField[] = ['heartbeatServer', 'alarmPushMainServer'];

/** Tells one VStarcam camera where to push its heartbeats and alarms: read, plan, apply, verify, restore. */
export class VstarcamConfigurator {
  readonly #job: VstarcamJob;
  readonly #push: CameraPush;
  readonly #backup: PushBackup;

  constructor(job: VstarcamJob) {
    this.#job = job;
    this.#push = new CameraPush(job.cgi, job.signal);
    this.#backup = new PushBackup(job.backups, job.device, job.owner);
  }

  /** Where the camera pushes to now. Changes nothing. @throws AlarmError as `CameraPush.read` */
  async read(): Promise<ConfigureResult> {
    const now = await this.#push.read();
    const remarks = PUSH_FIELDS.map((field) => `${field}: ${this.#shown(field, now[field])}`);
    return { url: this.#url, changed: false, difference: [], remarks };
  }

  /** What `apply` would change. Changes nothing. @throws AlarmError `CONFIG_LOGIN`, and as `read` */
  async plan(): Promise<ConfigureResult> {
    const { now, wanted, fields, remarks } = await this.#plan();
    return { url: this.#url, changed: false, difference: this.#lines(now, wanted, fields), remarks };
  }

  /**
   * Writes it, and proves that it is there. What was there before is remembered first.
   * @throws AlarmError `CONFIG_…`: what the camera had is what it has, but for `CONFIG_NOT_RESTORED`
   */
  async apply(): Promise<ConfigureResult> {
    const { now, wanted, fields, remarks } = await this.#plan();
    if (fields.length === 0)
      return { url: this.#url, changed: false, difference: [], remarks: ['nothing to change'] };
    const memory = await this.#backup.load();
    await this.#save(memoryFor(now, wanted, memory));
    try {
      await this.#store(wanted);
    } catch (error) {
      await this.#undo(now, error);
      await this.#save(memory);
      throw error;
    }
    return { url: this.#url, changed: true, difference: this.#lines(now, wanted, fields), remarks };
  }

  /**
   * Brings back what was there before the camera was first told. What somebody else has changed since stays.
   * @throws AlarmError `CONFIG_NO_BACKUP`, `CONFIG_NO_ENTRY`, `CONFIG_NOT_RESTORED`
   */
  async restore(): Promise<ConfigureResult> {
    const memory = await this.#backup.load();
    if (memory === undefined) throw new AlarmError('CONFIG_NO_BACKUP');
    const { before, told } = memory;
    const now = await this.#push.read();
    const isOurs = (field: PushField) =>
      now[field] === this.#url || isSameSetting(field, now[field], told[field]);
    const fields = differing(now, before);
    const servers = fields.filter((field) => SERVERS.includes(field));
    if (servers.length > 0 && !servers.some(isOurs)) throw new AlarmError('CONFIG_NO_ENTRY');
    const ours = fields.filter(isOurs);
    const wanted = { ...now, ...Object.fromEntries(ours.map((field) => [field, before[field]])) };
    try {
      if (ours.length > 0) await this.#store(wanted);
    } catch (error) {
      if (!isCode(error, 'CONFIG_REFUSED') && !isCode(error, 'CONFIG_NOT_STORED')) throw error;
      throw new AlarmError('CONFIG_NOT_RESTORED', undefined, { cause: error });
    }
    await this.#save(undefined);
    const others = fields.filter((field) => !isOurs(field));
    const remarks = others.map((field) => `${field}: changed by somebody else since, and left so`);
    return { changed: ours.length > 0, difference: this.#lines(now, before, ours), remarks };
  }

  async #plan(): Promise<Plan> {
    const { target, heartbeat } = this.#job;
    if (target.auth !== 'none')
      throw new AlarmError('CONFIG_LOGIN', 'it knows no login: let the secret of the listener be enough');
    const now = await this.#push.read();
    const url = this.#url;
    const sub = now.alarmPushSubServer;
    const wanted: PushConfig = {
      ...now,
      heartbeatTime: String(heartbeat),
      heartbeatServer: url,
      alarmPushMainServer: url,
      ...(this.#isOldOurs(sub) && { alarmPushSubServer: url }),
    };
    const fields = differing(now, wanted);
    const taken = SERVERS.filter(
      (field) => fields.includes(field) && now[field] !== '' && !this.#isOldOurs(now[field]),
    );
    const remarks = taken.map(
      (field) => `${field}: another server is there now, which hears nothing any more then`,
    );
    if (target.tls) remarks.push('whether it pushes over HTTPS, only its first heartbeat tells');
    return { now, wanted, fields, remarks };
  }

  /** Whether a server is our listener with another address, or with another secret. */
  #isOldOurs(server: string | undefined): boolean {
    if (server === undefined || !URL.canParse(server)) return false;
    const { secret, path } = this.#job.target;
    const [there, ours] = [new URL(server), new URL(this.#url)];
    if (secret === '') return there.href === ours.href;
    // Another path behind the same secret belongs to another node.
    return there.pathname === path || (there.host === ours.host && there.pathname.split('/')[1] !== secret);
  }

  /**
   * With the names as they are read, and where that does not take, with those of the document.
   * @throws AlarmError `CONFIG_REFUSED`, `CONFIG_NOT_STORED`, and what reading and writing throw
   */
  async #store(wanted: PushConfig): Promise<void> {
    let taken = false;
    for (const blanks of [false, true]) {
      taken = (await this.#push.write(wanted, blanks)) || taken;
      if (differing(await this.#push.readAgain(), wanted).length === 0) return;
    }
    throw new AlarmError(taken ? 'CONFIG_NOT_STORED' : 'CONFIG_REFUSED');
  }

  /** After a write that failed: a camera may have taken half of it. @throws AlarmError `CONFIG_NOT_RESTORED` */
  async #undo(before: PushConfig, failure: unknown): Promise<void> {
    // It did not so much as look at it.
    if (isCode(failure, 'DEVICE_FORBIDDEN') || isCode(failure, 'CONFIG_NO_ALARM_PUSH')) return;
    try {
      if (differing(await this.#push.readAgain(), before).length > 0) await this.#store(before);
    } catch {
      throw new AlarmError('CONFIG_NOT_RESTORED', undefined, { cause: failure });
    }
  }

  async #save(memory: PushMemory | undefined): Promise<void> {
    const { now = Date.now, target } = this.#job;
    await this.#backup.save(memory, `${target.host}:${target.port}${target.path}`, new Date(now()));
  }

  get #url(): string {
    const { host, port, tls, path } = this.#job.target;
    const name = host.includes(':') ? `[${host}]` : host;
    return `${tls ? 'https' : 'http'}://${name}:${port}${path}`;
  }

  #lines(from: PushConfig, to: PushConfig, fields: readonly PushField[]): string[] {
    return fields.map(
      (field) => `${field}: ${this.#shown(field, from[field])} -> ${this.#shown(field, to[field])}`,
    );
  }

  #shown(field: PushField, value: string | undefined): string {
    return shownSetting(field, value, this.#url, this.#job.target.secret);
  }
}
