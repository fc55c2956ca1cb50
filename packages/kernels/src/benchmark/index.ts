export { type BenchmarkCase, benchmarkCases } from './cases.ts';
