import { describeOptionalBackend } from './testing/optional-backend.ts';

await describeOptionalBackend('tensorflow');
