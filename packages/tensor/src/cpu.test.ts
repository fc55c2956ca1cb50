import { describeBackend } from './testing/backend.case.ts';

describeBackend('cpu');
