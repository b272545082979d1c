/**
 * Who may import whom. The order of the layers inside `main`, left to right:
 * system, bytes <- statistics, crypto <- engine <- block <- luks, filesystem <- mount <- session <- services.
 * `test/unit/build/boundaries.test.ts` proves each rule with one forbidden import.
 */

/** Each folder of `main` and the folders it may import, besides itself and `shared`. */
const LAYERS = {
  system: ['bytes'],
  bytes: ['system'],
  statistics: ['bytes'],
  crypto: ['system', 'bytes'],
  engine: ['system', 'bytes', 'statistics', 'crypto'],
  block: ['system', 'bytes', 'statistics', 'crypto', 'engine'],
  luks: ['system', 'bytes', 'crypto', 'engine', 'block'],
  filesystem: ['system', 'bytes', 'crypto', 'engine', 'block'],
  benchmark: ['system', 'bytes', 'crypto', 'engine', 'block'],
  mount: ['system', 'bytes', 'statistics', 'crypto', 'engine', 'block', 'filesystem'],
  session: [
    'system',
    'bytes',
    'statistics',
    'crypto',
    'engine',
    'block',
    'luks',
    'filesystem',
    'mount',
    'benchmark',
  ],
  store: ['system', 'bytes'],
  services: [
    'system',
    'bytes',
    'statistics',
    'crypto',
    'engine',
    'block',
    'luks',
    'filesystem',
    'mount',
    'session',
    'store',
    'benchmark',
  ],
  ipc: ['services', 'bytes'],
  cli: ['services', 'bytes', 'system'],
  preload: [],
};

const layerRules = Object.entries(LAYERS).map(([folder, allowed]) => ({
  name: `main-${folder}`,
  severity: 'error',
  comment: `main/${folder} may import ${allowed.join(', ') || 'nothing else of main'} and shared`,
  from: { path: `^main/${folder}/` },
  to: { path: '^(main|renderer)/', pathNot: `^main/(${[folder, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.wasm$' },
    },
    {
      name: 'shared-is-pure',
      severity: 'error',
      comment: 'shared runs anywhere',
      from: { path: '^shared/' },
      to: { path: '^(main|renderer)/|^electron', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shared-no-builtin',
      severity: 'error',
      from: { path: '^shared/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-is-a-view',
      severity: 'error',
      comment: 'the renderer sees shared and nothing of the system',
      from: { path: '^renderer/' },
      to: { path: '^(main/|electron)' },
    },
    {
      name: 'renderer-no-builtin',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-features-apart',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'mount-backends-apart',
      severity: 'error',
      from: { path: '^main/mount/([^/]+)/' },
      to: { path: '^main/mount/[^/]+/', pathNot: '^main/mount/$1/' },
    },
    {
      name: 'electron-only-in-app',
      severity: 'error',
      from: { path: '^(main|renderer|shared)/', pathNot: '^main/(app|preload)/' },
      to: { path: '^(node_modules/)?electron(/|$)' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      from: { path: '^(main|renderer|shared)/' },
      to: { path: '^(test|resources)/' },
    },
    ...layerRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.as\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    builtInModules: {
      add: ['electron/main', 'electron/common', 'electron/renderer', 'electron/utility'],
    },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
