import tseslint from 'typescript-eslint';

/** House rules that a machine can check; `npm run check:layers` holds the rules about who may import whom. */
export default tseslint.config(
  { ignores: ['dist/**', 'runs/**', 'node_modules/**', 'framework/cli/templates/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: "MemberExpression[object.name='test'][property.name=/^(only|skip)$/]", message: 'No focused or skipped tests.' },
      ],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true, skipBlankLines: true }],
      eqeqeq: 'error',
    },
  },
  { files: ['**/test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
);
