import { describeTensorNetwork } from './testing/tensor-network.case.ts';

await describeTensorNetwork('tensorflow');
