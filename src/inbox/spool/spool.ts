import type { Clock } from '../../clock.js';
import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import type { AlarmDraft } from '../../notification.js';
import { Shares } from '../shares.js';
import type { Store, Stored, WhenKept } from '../store.js';
import type { Disk } from './disk.js';
import { type About, type KeptAlarm, readAlarm, writeAlarm } from './kept-alarm.js';
import { HEAD_BYTES, KIND, MARK_BYTES, readRecords, recordHead, settledBody } from './record.js';
import { type Recovered, recover } from './recovery.js';
import { Retired } from './retired.js';
import { type Segment, segmentName, segmentOf } from './segment.js';

export interface SpoolOptions {
  readonly disk: Disk;
  readonly limits: Limits;
  readonly clock: Clock;
  /** So many random bytes. */
  readonly random: (bytes: number) => Buffer;
  /** Whether what is kept outlives a power cut, not only a crash of the process. */
  readonly sync: boolean;
  /** It cannot keep anything just now, and why; undefined when it can again. Told on a change. */
  readonly onTrouble: (trouble: AlarmError | undefined) => void;
  /** An error that costs no alarm. */
  readonly onError: (error: unknown) => void;
}

/** An alarm in the spool. */
export interface Kept extends Stored {
  /** Counts up in the order in which alarms came. */
  readonly number: number;
  readonly about: About;
  segment: Segment;
  /** Of its record in the segment. */
  offset: number;
  /** Of its record. */
  readonly bytes: number;
}

interface Waiting {
  readonly about: About;
  readonly body: readonly Uint8Array[];
  readonly bytes: number;
  readonly done: WhenKept;
}

/** Of alarms; each run begins with those of its own time. */
const NUMBERS_PER_MS = 1_000;
/** Segments that may hold little: what is in a flow is dealt with soon, and would be moved in vain. */
const SPARE = 2;
/** Moved behind one write: what arrives meanwhile has to wait. */
const MOVED_RECORDS = 64;
const MOVED_BYTES = 4 * 1024 * 1024;

/**
 * Alarms on disk until they are dealt with (reliability.md §8, P01–P07): segments that only grow, each record with its
 * checksum. What arrives while something is being written goes with the next write, so that many share one sync.
 */
export class Spool implements Store {
  readonly #disk: Disk;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #random: (bytes: number) => Buffer;
  readonly #sync: boolean;
  readonly #onTrouble: (trouble: AlarmError | undefined) => void;
  readonly #onError: (error: unknown) => void;
  readonly #places: Shares;
  readonly #bytes: Shares;
  /** Oldest first; the last one is written to while it has its file. */
  #segments: Segment[] = [];
  readonly #retired: Retired;
  #lastSegment = 0;
  #lastNumber = 0;
  #waiting: Waiting[] = [];
  /** Of writes that are done, in order. */
  readonly #answers: (() => void)[] = [];
  #settled: number[] = [];
  #running: Promise<void> | undefined;
  #isOpen = false;
  #isClosed = false;
  #trouble: AlarmError | undefined;
  #cancelProbe: () => void = () => undefined;

  constructor(options: SpoolOptions) {
    this.#disk = options.disk;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#sync = options.sync;
    this.#onTrouble = options.onTrouble;
    this.#onError = options.onError;
    this.#retired = new Retired(options.disk, options.onError);
    this.#places = new Shares(this.#limits.spoolEvents);
    this.#bytes = new Shares(this.#limits.spoolBytes);
  }

  /** Bytes of all records that are not settled. */
  get liveBytes(): number {
    return this.#bytes.sum;
  }

  /** Alarms that are not settled. */
  get size(): number {
    return this.#places.sum;
  }

  /**
   * Finds what an earlier run did not deal with. Nothing is kept before.
   * @throws AlarmError `SPOOL_FAILED`
   */
  async open(): Promise<Recovered> {
    try {
      const recovered = await recover(this.#disk, (found) => this.#adopt(found));
      this.#segments = recovered.segments;
      this.#lastSegment = recovered.lastSegment;
      // Never one that was used, also where that cannot be read.
      this.#lastNumber = Math.max(recovered.lastNumber, this.#clock.now() * NUMBERS_PER_MS);
      for (const name of [...recovered.unreadable, ...recovered.damaged])
        this.#onError(new AlarmError('SPOOL_DAMAGED', name));
      for (const { about, bytes } of recovered.unsettled) this.#take(about.device, bytes);
      this.#isOpen = !this.#isClosed;
      this.#run();
      this.#setTrouble(undefined);
      return recovered;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** What is written is finished; what is not settled stays for the next run. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#isClosed = true;
    this.#cancelProbe();
    await this.#running;
    try {
      if (this.#settled.length > 0 && this.size > 0) await this.#write([], this.#settled.splice(0));
      const active = this.#segments.at(-1);
      await active?.file?.close();
      if (this.size === 0) for (const { name } of this.#segments.splice(0)) this.#retired.add(name);
    } catch (error) {
      // What could not be written as settled comes once more.
      this.#fail(error);
    }
    await this.#retired.clear();
  }

  keep(alarm: KeptAlarm, done: WhenKept): void {
    const { vendor, device, receivedAt } = alarm.draft.event;
    const { path, keys } = alarm;
    const about = { path, keys, vendor, device: device.id, receivedAt: Date.parse(receivedAt) };
    const body = writeAlarm(alarm);
    const bytes = HEAD_BYTES + body.reduce((sum, { length }) => sum + length, 0);
    if (!this.#isOpen) done(this.#trouble ?? new AlarmError('SPOOL_FAILED'));
    else if (!this.#hasRoom(about.device, bytes)) done(new AlarmError('SPOOL_FULL'));
    else {
      this.#waiting.push({ about, body, bytes, done });
      this.#run();
    }
  }

  #hasRoom(device: string, bytes: number): boolean {
    if (!this.#places.take(device, 1)) return false;
    if (this.#bytes.take(device, bytes)) return true;
    this.#places.give(device, 1);
    return false;
  }

  #take(device: string, bytes: number): void {
    this.#places.add(device, 1);
    this.#bytes.add(device, bytes);
  }

  #give(device: string, bytes: number): void {
    this.#places.give(device, 1);
    this.#bytes.give(device, bytes);
  }

  #settle(kept: Kept): void {
    if (!kept.segment.live.delete(kept)) return;
    kept.segment.liveBytes -= kept.bytes;
    this.#give(kept.about.device, kept.bytes);
    this.#settled.push(kept.number);
    if (this.#isOpen) this.#run();
  }

  async #load(kept: Kept): Promise<AlarmDraft> {
    const { segment } = kept;
    try {
      return readAlarm(await this.#bodyOf(kept)).draft;
    } catch (error) {
      // It moved on meanwhile.
      if (kept.segment !== segment) return this.#load(kept);
      throw new AlarmError('SPOOL_DAMAGED', undefined, { cause: error });
    }
  }

  async #bodyOf({ segment, offset, bytes, number }: Kept): Promise<Buffer> {
    const record = await this.#disk.readAt(segment.name, offset, bytes);
    const [found] = readRecords(record, segment.mark);
    if (found?.number !== number) throw new Error('the record is not there');
    return found.body;
  }

  #adopt(found: Pick<Kept, 'number' | 'about' | 'segment' | 'offset' | 'bytes'>): Kept {
    const kept: Kept = {
      ...found,
      load: () => this.#load(kept),
      settle: () => this.#settle(kept),
    };
    kept.segment.live.add(kept);
    kept.segment.liveBytes += kept.bytes;
    return kept;
  }

  #run(): void {
    this.#running ??= this.#drain();
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#settled.length > 0;
  }

  /** Writes until there is nothing to write, or nothing can be written. Never rejects. */
  async #drain(): Promise<void> {
    // What is done in the same turn goes together.
    await Promise.resolve();
    while (this.#hasWork) {
      const [waiting, settled] = [this.#waiting.splice(0), this.#settled.splice(0)];
      let kept: Kept[] = [];
      let trouble: AlarmError | undefined;
      try {
        kept = await this.#write(waiting, settled);
        this.#setTrouble(undefined);
      } catch (error) {
        trouble = this.#fail(error);
        this.#settled.unshift(...settled);
        for (const { about, bytes } of waiting) this.#give(about.device, bytes);
      }
      this.#answers.push(() => {
        for (const [index, { done }] of waiting.entries()) this.#answer(done, trouble, kept[index]);
      });
      // What flows do with them does not keep the disk waiting.
      if (this.#waiting.length > 0) setImmediate(() => this.#answerAll());
      else this.#answerAll();
      if (trouble === undefined) await this.#tidy();
      else if (this.#waiting.length === 0) break;
    }
    // In the same turn as the last look at what there is to do: nothing can come in between.
    this.#running = undefined;
  }

  #answerAll(): void {
    for (const answer of this.#answers.splice(0)) answer();
  }

  #answer(done: WhenKept, trouble: AlarmError | undefined, kept: Kept | undefined): void {
    try {
      done(trouble, kept);
    } catch (error) {
      // What goes on behind must not cost those that wait.
      this.#onError(error);
    }
  }

  /** @returns what is kept now, in the same order */
  async #write(waiting: readonly Waiting[], settled: readonly number[]): Promise<Kept[]> {
    const segment = await this.#segmentToWrite();
    const pieces: Uint8Array[] = [];
    const found: Pick<Kept, 'number' | 'about' | 'segment' | 'offset' | 'bytes'>[] = [];
    let end = segment.size;
    for (const { about, body, bytes } of waiting) {
      const number = ++this.#lastNumber;
      pieces.push(recordHead(segment.mark, KIND.kept, number, body), ...body);
      found.push({ number, about, segment, offset: end, bytes });
      end += bytes;
    }
    if (settled.length > 0) {
      const body = settledBody(settled);
      pieces.push(recordHead(segment.mark, KIND.settled, 0, [body]), body);
      end += HEAD_BYTES + body.length;
    }
    await this.#append(segment, pieces, end, this.#sync && waiting.length > 0);
    return found.map((each) => this.#adopt(each));
  }

  /** All of it or, for who reads the file later, nothing of it. */
  async #append(segment: Segment, pieces: Uint8Array[], end: number, sync: boolean): Promise<void> {
    try {
      await segment.file?.append(pieces);
      if (sync) await segment.file?.sync();
      segment.size = end;
    } catch (error) {
      const { file, size, name } = segment;
      segment.file = undefined;
      await file?.shorten(size).catch(() => undefined);
      await file?.close().catch(() => undefined);
      if (size === 0) {
        // A disk that stays full would get one more empty file with each try.
        this.#segments = this.#segments.filter((each) => each !== segment);
        await this.#disk.remove(name).catch(() => undefined);
      }
      throw error;
    }
  }

  async #segmentToWrite(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last?.file !== undefined && last.size < this.#limits.spoolSegmentBytes) return last;
    const name = segmentName(this.#lastSegment + 1, this.#random(MARK_BYTES));
    const fresh = segmentOf(name, await this.#retired.create(name));
    this.#lastSegment++;
    this.#segments.push(fresh);
    await last?.file?.close().catch(() => undefined);
    if (last !== undefined) last.file = undefined;
    return fresh;
  }

  /**
   * Removes segments that hold nothing any more, oldest first: younger ones tell what of them is settled. What is left
   * in an old one moves on when it holds up too much.
   */
  async #tidy(): Promise<void> {
    try {
      for (let [oldest] = this.#segments; oldest !== undefined; [oldest] = this.#segments) {
        if (oldest.file !== undefined) break;
        if (oldest.live.size > 0 && this.#isTooLarge) await this.#move(oldest);
        if (oldest.live.size > 0) break;
        this.#segments.shift();
        this.#retired.add(oldest.name);
      }
    } catch (error) {
      // It is tried again with the next write.
      this.#onError(error);
    }
    this.#retired.resume();
  }

  /** Whether files take a few segments more than twice what is needed of them. */
  get #isTooLarge(): boolean {
    const all = this.#segments.reduce((sum, segment) => sum + segment.size, 0);
    return all > 2 * this.liveBytes + SPARE * this.#limits.spoolSegmentBytes;
  }

  /** Some of what is left in a segment; the rest follows behind the next writes. */
  async #move(from: Segment): Promise<void> {
    const to = await this.#segmentToWrite();
    const pieces: Uint8Array[] = [];
    const moved: { readonly kept: Kept; readonly offset: number }[] = [];
    let end = to.size;
    for (const kept of from.live) {
      if (moved.length === MOVED_RECORDS || end - to.size >= MOVED_BYTES) break;
      const body = await this.#bodyOf(kept).catch(lost);
      // Of what is lost, nothing but its place moves on.
      moved.push({ kept, offset: end });
      if (body === undefined) continue;
      pieces.push(recordHead(to.mark, KIND.kept, kept.number, [body]), body);
      end += kept.bytes;
    }
    await this.#append(to, pieces, end, this.#sync);
    for (const { kept, offset } of moved) {
      // Settled meanwhile.
      if (!from.live.delete(kept)) continue;
      from.liveBytes -= kept.bytes;
      Object.assign(kept, { segment: to, offset });
      to.live.add(kept);
      to.liveBytes += kept.bytes;
    }
  }

  #fail(error: unknown): AlarmError {
    const { code } = error as NodeJS.ErrnoException;
    const trouble = new AlarmError('SPOOL_FAILED', code, { cause: error });
    this.#setTrouble(trouble);
    return trouble;
  }

  /** Tells a change. While there is trouble, it is tried again from time to time. */
  #setTrouble(trouble: AlarmError | undefined): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    this.#cancelProbe();
    if (trouble !== undefined && this.#isOpen)
      this.#cancelProbe = this.#clock.after(this.#limits.spoolRetryMs, () => this.#probe());
    if (before?.message !== trouble?.message) this.#onTrouble(trouble);
  }

  /** Whether it can be written again; a device that was refused may come back late. */
  #probe(): void {
    // Nobody has this number: a record that settles nothing.
    if (!this.#hasWork) this.#settled.push(0);
    this.#run();
  }
}

/** Only what the disk has lost is given up: whoever cannot open a file just now may be able to later. */
function lost(error: NodeJS.ErrnoException): undefined {
  if (error.code !== undefined && error.code !== 'EIO') throw error;
}
