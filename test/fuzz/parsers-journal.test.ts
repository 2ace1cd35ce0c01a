import { tryOut } from './try-out.js';

tryOut('record', 'kept');
