import { tryOut } from './try-out.js';

tryOut('query', 'head');
