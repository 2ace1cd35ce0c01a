import type { Node, NodeAPI, NodeDef, NodeMessage, NodeStatus } from 'node-red';
import {
  AlarmError,
  AlarmFilter,
  asAlarmError,
  createIds,
  type FilterExits,
  FilterMemory,
  type FilterOptions,
  type FilterSettings,
  filterRules,
  SYSTEM_CLOCK,
} from '../src/index.js';
import { confirm } from './lib/confirmations.js';
import { guarded, nodeRedLanguage } from './lib/emitter.js';
import { type FilterConfig, readArmed, readFilter } from './lib/filter-settings.js';
import { filterStatus } from './lib/filter-status.js';
import { FilterStore } from './lib/filter-store.js';
import { limitsOf } from './lib/limits.js';
import { readAlarm } from './lib/read-alarm.js';
import { seenValues } from './lib/seen-values.js';
import { readText } from './lib/settings.js';
import { alarmMessage } from './lib/to-msg.js';

type Definition = NodeDef & FilterConfig;
type Filter = AlarmFilter<NodeMessage>;

/** Wires can change while the node goes on. */
type Wired = Node & { readonly wires?: readonly (readonly string[])[] };

/** By node id: the node that comes in the place of one goes on with what that one knew. */
const MEMORIES = new Map<string, FilterMemory<NodeMessage>>();

export default function register(RED: NodeAPI): void {
  function AlarmFilterNode(this: Wired, config: Definition): void {
    RED.nodes.createNode(this, config);
    const { limits } = limitsOf(RED);
    const store = new FilterStore<NodeMessage>(this, limits, SYSTEM_CLOCK);
    let filter: Filter | undefined;
    let problem: AlarmError | undefined;
    let shown: NodeStatus = {};

    const show = () => {
      if (filter === undefined) return;
      const { key, status, values } = filterStatus(filter, problem);
      const text = RED._(`@camera-alarms/node-red-camera-alarms/alarm-filter:status.${key}`, values);
      if (shown.text === text && shown.fill === status.fill) return;
      shown = { ...status, text };
      this.status(shown);
    };
    const out = (send: () => void) => {
      send();
      store.changed(MEMORIES.get(this.id));
      show();
    };
    const exits: FilterExits<NodeMessage> = {
      pass: (message) => out(() => this.send([message, null])),
      suppress: (message, reason) =>
        out(() => {
          // What nobody is told of is dealt with: a listener that waits for it would send it again.
          if ((this.wires?.[1] ?? []).length === 0) confirm(message);
          const suppressed = { reason, count: filter?.suppressed ?? 0 };
          this.send([null, Object.assign(message, { suppressed })]);
        }),
      summarise: (event, attachments) => out(() => this.send([alarmMessage({ event, attachments }), null])),
    };

    const begin = (memory: FilterMemory<NodeMessage>) => {
      const language = nodeRedLanguage(RED);
      const onError = (error: unknown) => this.error(error as Error, {});
      const options = { clock: SYSTEM_CLOCK, limits, newId: createIds(), language, onError };
      MEMORIES.set(this.id, memory);
      const made = makeFilter(readFilter(config), exits, memory, options);
      ({ filter, problem } = made);
      if (problem !== undefined) this.error(problem, {});
      show();
    };
    const setting = readText(config.armed, 'true') === 'true';
    const left = MEMORIES.get(this.id);
    left?.setArmed(setting);
    if (left === undefined) store.read((kept) => begin(new FilterMemory(limits, setting, kept)));
    // Not before all nodes of the flow are there: Catch and Status nodes would miss it.
    else store.soon(() => begin(left));
    const looking = setInterval(() => guarded(this, show), limits.filterLookMs);

    /** @throws AlarmError `NOT_AN_ALARM` */
    const take = (message: NodeMessage, send: (message: NodeMessage) => void) => {
      const item = readAlarm(message);
      const armed = item === undefined ? readArmed(message) : undefined;
      if (item !== undefined) filter?.take(item);
      else if (armed !== undefined) {
        filter?.arm(armed);
        store.changed(MEMORIES.get(this.id));
        show();
      } else if (readText(config.others, 'pass') === 'refuse') throw new AlarmError('NOT_AN_ALARM');
      else send(message);
    };

    this.on('input', (message, send, done) => {
      store.ready(() => {
        try {
          take(message, send);
          done();
        } catch (error) {
          // Node-RED copies the message for Catch nodes, which not every message survives.
          guarded(this, () => done(asAlarmError(error, 'INTERNAL')));
        }
      });
    });

    this.on('close', (removed: boolean, done: () => void) => {
      clearInterval(looking);
      guarded(this, () => store.stop());
      guarded(this, () => (removed ? filter?.end() : filter?.stop()));
      if (removed) MEMORIES.delete(this.id);
      store.close(removed ? undefined : MEMORIES.get(this.id), done);
    });
  }

  RED.nodes.registerType('alarm-filter', AlarmFilterNode);

  /** For the dialog: what alarms have lately named. */
  RED.httpAdmin.get(
    '/camera-alarms/alarm-filter/seen',
    RED.auth.needsPermission('alarm-filter.read'),
    (_, response) => {
      response.json(seenValues(limitsOf(RED).limits).all());
    },
  );
}

/** Without its schedule where that cannot be read: rather an alarm too many than none. */
function makeFilter(
  settings: FilterSettings,
  exits: FilterExits<NodeMessage>,
  memory: FilterMemory<NodeMessage>,
  options: FilterOptions,
): { readonly filter: Filter; readonly problem: AlarmError | undefined } {
  const make = (own: FilterSettings) => new AlarmFilter(filterRules(own), exits, memory, options);
  try {
    return { filter: make(settings), problem: undefined };
  } catch (error) {
    return {
      filter: make({ ...settings, schedule: '', zone: '' }),
      problem: asAlarmError(error, 'INTERNAL'),
    };
  }
}
