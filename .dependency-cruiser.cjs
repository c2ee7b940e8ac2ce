/** Who may import whom. Run by `npm run check:layers`. */
const tensorFlow = '^node_modules/@tensorflow/|^framework/device/(?!stage-types)';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A contract loads its stage when a run needs it (`load: () => import(…)`), and the stage names its contract: no cycle in time.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    { name: 'framework-knows-no-plugin', severity: 'error', from: { path: '^framework/' }, to: { path: '^plugins/' } },
    {
      name: 'a-plugin-uses-another-only-through-its-index',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^plugins/[^/]+/', pathNot: '^plugins/$1/|^plugins/[^/]+/index\\.ts$' },
    },
    {
      name: 'contracts-load-no-tensors',
      severity: 'error',
      comment: 'A manifest or a contract is read by every command, so it may not load TensorFlow.js.',
      from: { path: '^plugins/[^/]+/(plugin\\.ts|contracts/)' },
      to: { path: tensorFlow, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'text-phase-loads-no-tensors',
      severity: 'error',
      from: { path: '^framework/(pipeline|plugin|values|errors|flow)/', pathNot: '/test/' },
      to: { path: tensorFlow, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-door-to-tensorflow',
      severity: 'error',
      comment: 'Plugins take `tf` from framework/device, never from the package.',
      from: { path: '^plugins/', pathNot: '/(networks|host|scripts|test)/' },
      to: { path: '^node_modules/@tensorflow/' },
    },
    {
      name: 'plugins-use-the-doors-of-the-framework',
      severity: 'error',
      from: { path: '^plugins/', pathNot: '/test/|/scripts/' },
      to: { path: '^framework/', pathNot: '^framework/(index|device/index|testing/index)\\.ts$' },
    },
    { name: 'no-unknown-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'shipped-code-needs-no-development-package',
      severity: 'error',
      from: { path: '^(framework|plugins)/', pathNot: '/(test|scripts)/|^framework/testing/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|runs|framework/cli/templates)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
