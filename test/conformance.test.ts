import { describeEnvironments, isAntMaze } from './conformance-cases.ts';

describeEnvironments((id) => !isAntMaze(id));
