import { createPolicy, policyNames, type PolicyDeclaration } from '../../../policies/registry.js';
import { describePolicy } from './contract.js';

for (const name of policyNames) {
  const declaration = { name, ...(name === 'fixed' ? { arm: 'a0' } : {}) } as PolicyDeclaration;
  describePolicy(name, () => createPolicy(declaration));
}
