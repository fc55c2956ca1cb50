import { describeEnvironments, isAntMaze } from './conformance-cases.ts';

describeEnvironments(isAntMaze);
