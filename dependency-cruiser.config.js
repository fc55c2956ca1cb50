/** The import directions of the architecture: every tier sees only the tiers below it, and siblings only where named. */
const tiers = {
  foundation: '^packages/(errors|random|kernels|kernels-native|tensor|render)/',
  contracts: '^packages/(nn|gym)/',
  services: '^packages/(mujoco|rollout|training|metrics)/',
  algorithms: '^packages/(ppo|trpo|sac|td3|ddpg-her|bc|dagger|gail|airl|sog|ebm|lanmdp|lpt)/',
  environments: '^envs/',
  datasets: '^datasets/',
  tools: '^tools/',
};
const above = (...names) => names.map((name) => tiers[name]).join('|');
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.(test|case)\\.ts$|/testing/' },
  to: { path: to, pathNot: from },
});

export default {
  forbidden: [
    forbid(
      'foundation-is-lowest',
      'Tier 0 imports no other tier.',
      tiers.foundation,
      above('contracts', 'services', 'algorithms', 'environments', 'datasets', 'tools'),
    ),
    forbid(
      'contracts-look-down',
      'nn and gym import the foundation only.',
      tiers.contracts,
      above('services', 'algorithms', 'environments', 'datasets', 'tools'),
    ),
    forbid(
      'services-look-down',
      'Services know no algorithm, environment, dataset or tool.',
      tiers.services,
      above('algorithms', 'environments', 'datasets', 'tools'),
    ),
    forbid(
      'algorithms-know-no-environment',
      'Algorithms meet environments by contract only.',
      tiers.algorithms,
      above('environments', 'datasets', 'tools'),
    ),
    forbid(
      'environments-know-no-network',
      'An environment never imports a network.',
      tiers.environments,
      `^packages/(nn|kernels|tensor|training)/|${above('algorithms', 'datasets', 'tools')}`,
    ),
    forbid(
      'datasets-know-no-algorithm',
      'Datasets know no algorithm, environment or tool.',
      tiers.datasets,
      above('algorithms', 'environments', 'tools'),
    ),
    forbid('nothing-imports-a-tool', 'Libraries never import tools.', '^(packages|envs|datasets)/', '^tools/'),
    {
      name: 'algorithms-stand-alone',
      comment: 'One algorithm never imports another.',
      severity: 'error',
      from: { path: tiers.algorithms, pathNot: '\\.test\\.ts$' },
      to: { path: tiers.algorithms, pathNot: '^packages/$1/' },
    },
    { name: 'no-cycles', comment: 'No file depends on itself.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'packages-by-name',
      comment: 'Another package is imported by its name, never by a path into it.',
      severity: 'error',
      from: { path: '^(packages|envs|datasets|tools)/([^/]+)/' },
      to: {
        path: '^(packages|envs|datasets|tools)/',
        pathNot: '^$1/$2/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'declared-dependencies',
      comment: 'What is imported stands in package.json.',
      severity: 'error',
      from: { path: '^(packages|envs|datasets|tools)/', pathNot: '\\.test\\.ts$|/testing/|vitest\\.config' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'resolvable',
      comment: 'Every import resolves.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|envs|datasets|tools)/[^/]+/(dist|fixtures)/|^test/fixtures/' },
    enhancedResolveOptions: {
      conditionNames: ['@understudy/source', 'import', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.json'],
    },
    combinedDependencies: true,
  },
};
