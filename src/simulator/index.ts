export type { Outlet, Sent } from './stage/outlet.js';
export type { Play, PlayedVendor } from './stage/play.js';
export { Stage } from './stage/stage.js';
