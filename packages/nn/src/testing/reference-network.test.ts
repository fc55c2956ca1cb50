import { describeNetwork } from './network.case.ts';
import { createReferenceNetwork } from './reference-network.ts';

describeNetwork('reference', createReferenceNetwork);
