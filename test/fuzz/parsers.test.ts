import { tryOut } from './try-out.js';

tryOut('xml', 'json', 'time', 'heartbeat');
