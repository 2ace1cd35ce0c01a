import type { AlarmEvent, AlarmKind, AlarmSeverity } from './event.js';

/** From the least to the most. */
export const SEVERITIES: readonly AlarmSeverity[] = ['low', 'medium', 'high'];

/**
 * How soon somebody should look, by what happened: `high` where somebody should act now, `medium` where somebody should
 * look, `low` for what is good to know. Motion of pixels is `low`: rain, light and spiders cause it.
 */
const OF_KIND: Readonly<Record<AlarmKind, AlarmSeverity>> = {
  motion: 'low',
  'line-crossing': 'high',
  intrusion: 'high',
  'region-entrance': 'high',
  'region-exit': 'medium',
  loitering: 'medium',
  'object-left': 'medium',
  'object-removed': 'high',
  tamper: 'high',
  'scene-change': 'medium',
  'video-loss': 'high',
  audio: 'medium',
  'alarm-input': 'high',
  pir: 'medium',
  doorbell: 'medium',
  person: 'medium',
  vehicle: 'medium',
  face: 'medium',
  plate: 'medium',
  access: 'low',
  counting: 'low',
  fire: 'high',
  smoke: 'high',
  temperature: 'high',
  'baby-cry': 'high',
  absence: 'medium',
  disk: 'medium',
  network: 'medium',
  online: 'low',
  offline: 'medium',
  heartbeat: 'low',
  unknown: 'medium',
};

/** A door that was refused to somebody is more than one that opened; what an alarm panel says is an alarm. */
export function severityOf({
  kind,
  access,
  panel,
}: Pick<AlarmEvent, 'kind' | 'access' | 'panel'>): AlarmSeverity {
  if (panel !== undefined) return 'high';
  return access?.outcome === 'denied' ? 'high' : OF_KIND[kind];
}
