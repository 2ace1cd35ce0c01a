import { tryOut } from './try-out.js';

tryOut('recorder');
